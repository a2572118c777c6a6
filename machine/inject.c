/* SPDX-License-Identifier: MIT */
/* inject.c - see inject.h. Vectors with an error code: SDM vol. 3, table 6-1. */
#include "machine/inject.h"

#include "devices/apic.h"
#include "machine/apics.h"
#include "machine/board.h"

#define EVERYBODY 15u /* as a physical destination */

static bool has_code(const struct cpu *c, unsigned vector)
{
    const uint32_t with = 1u << 8 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 17;

    return (c->cr0 & CR0_PE) && vector < 32 && (with >> vector & 1);
}

bool inject_exception(struct machine *m, unsigned vector, uint32_t code, struct error *err)
{
    if (vector > 255)
        return error_set(err, "vector %u: they end at 255", vector);
    if (!cpu_inject(&m->cpu, vector, has_code(&m->cpu, vector), code))
        return error_set(err, m->cpu.shutdown
                                  ? "the processor has shut down: only a reset helps"
                                  : "another exception is about to be delivered: step first");
    m->twin_fresh = true;
    return true;
}

bool inject_irq(struct machine *m, unsigned line, struct error *err)
{
    bool apics = apics_present(&m->cfg);
    if (line >= (apics ? IOAPIC_PINS : 16) || line == 2)
        return error_set(err, "line %u: there are 0 to %u, and 2 is the cascade", line,
                         apics ? IOAPIC_PINS - 1 : 15);
    m->twin_fresh = true;
    if (apics && ioapic_request(&m->ioapic, apics_pin(line)))
        return true;
    if (line >= 16)
        return error_set(err, "pin %u of the I/O APIC is masked", line);
    pic_request(&m->pic[line < 8 ? PIC_MASTER : PIC_SLAVE], line & 7);
    return true;
}

bool inject_vector(struct machine *m, unsigned vector, struct error *err)
{
    const struct apic_message message = {
        .destination = EVERYBODY, .mode = APIC_FIXED, .vector = (uint8_t)vector};
    if (!apics_present(&m->cfg))
        return error_set(err, "this machine has no APIC; irq N goes through the 8259s");
    if (vector < 16 || vector > 255)
        return error_set(err, "vector %u: a local APIC takes 16 to 255", vector);
    if (!lapic_deliver(&m->lapic, &message))
        return error_set(err, "the local APIC is disabled");
    m->twin_fresh = true;
    return true;
}

void inject_nmi(struct machine *m)
{
    cpu_pulse_nmi(&m->cpu);
    m->twin_fresh = true;
}

void inject_reset(struct machine *m)
{
    m->exited = false;
    m->diverged = false;
    board_reboot(m);
}
