/* SPDX-License-Identifier: MIT */
/* apics.c - local APIC and I/O APIC on the board (see apics.h). */
#include "machine/apics.h"

#include "devices/apic.h"
#include "machine/board.h"
#include "machine/lines.h"

bool apics_present(const struct config *cfg)
{
    return cfg->machine == MACHINE_PC && cfg->cpu >= CPU_PENTIUM;
}

unsigned apics_pin(unsigned line)
{
    return line ? line : 2;
}

static void intr_wire(void *cpu, unsigned n, bool level)
{
    (void)n;
    cpu_set_intr(cpu, level);
}

static void nmi_wire(void *cpu, unsigned n, bool level)
{
    (void)n;
    if (level)
        cpu_pulse_nmi(cpu);
}

static void init_wire(void *machine, unsigned n, bool level)
{
    struct machine *m = machine;
    (void)n;
    if (!level)
        return;
    m->init_wanted = true;
    cpu_break(&m->cpu);
}

static uint8_t acknowledge_pics(void *machine)
{
    struct machine *m = machine;
    return pic_ack(&m->pic[PIC_MASTER]);
}

static void end_of_interrupt(void *machine, uint8_t vector)
{
    struct machine *m = machine;
    ioapic_eoi(&m->ioapic, vector);
}

static void ready(void *machine)
{
    struct machine *m = machine;
    ioapic_retry(&m->ioapic);
}

static bool deliver(void *machine, const struct apic_message *message)
{
    struct machine *m = machine;
    return lapic_deliver(&m->lapic, message);
}

static void pic_output(void *machine, unsigned n, bool level)
{
    struct machine *m = machine;
    (void)n;
    lapic_pin(&m->lapic, 0, level);
    ioapic_set_irq(&m->ioapic, 0, level);
}

struct irq apics_pic_output(struct machine *m)
{
    if (apics_present(&m->cfg))
        return (struct irq){pic_output, m, 0};
    return (struct irq){intr_wire, &m->cpu, 0};
}

void apics_line(struct machine *m, unsigned n, bool level)
{
    if (apics_present(&m->cfg) && n != 2) /* the slave 8259 is no source of its own */
        ioapic_set_irq(&m->ioapic, apics_pin(n), level);
}

void apics_wire(struct machine *m)
{
    if (!apics_present(&m->cfg))
        return;
    lapic_init(&m->lapic, &m->clock,
               &(struct lapic_board){.intr = {intr_wire, &m->cpu, 0},
                                     .nmi = {nmi_wire, &m->cpu, 0},
                                     .init = {init_wire, m, 0},
                                     .extint = acknowledge_pics,
                                     .eoi = end_of_interrupt,
                                     .ready = ready,
                                     .ctx = m},
               &m->trace);
    ioapic_init(&m->ioapic, deliver, m, &m->trace);
    bus_map_mmio(&m->bus, "ioapic", IOAPIC_BASE, 4096, &ioapic_ops, &m->ioapic);
    apics_place(m);
}

void apics_reset(struct machine *m)
{
    if (!apics_present(&m->cfg))
        return;
    ioapic_reset(&m->ioapic);
    lapic_reset(&m->lapic);
    apics_place(m);
}

void apics_as_firmware_leaves_them(struct machine *m)
{
    static const struct {
        uint16_t at;
        uint32_t value;
    } setup[] = {{0x0f0, 0x1ff}, {0x350, 0x8700}, {0x360, 0x8400}};
    for (unsigned n = 0; apics_present(&m->cfg) && n < ARRAY_LEN(setup); n++)
        lapic_ops.write(&m->lapic, setup[n].at, setup[n].value, 4);
}

void apics_place(struct machine *m)
{
    uint64_t base = cpu_apic_base(&m->cpu);
    uint64_t at = base & CPU_APIC_ON && base <= UINT32_MAX ? base & ~(uint64_t)(LAPIC_SIZE - 1) : 0;
    if (!apics_present(&m->cfg) || at == m->lapic_at)
        return;
    if (m->lapic_at)
        bus_unmap(&m->bus, m->lapic_region);
    m->lapic_at = at;
    if (at)
        m->lapic_region =
            bus_map_mmio(&m->bus, "lapic", (phys_t)at, LAPIC_SIZE, &lapic_ops, &m->lapic);
}

void apics_moved(void *machine)
{
    struct machine *m = machine;
    if (!apics_present(&m->cfg))
        return;
    lapic_enable(&m->lapic, cpu_apic_base(&m->cpu) & CPU_APIC_ON);
    apics_place(m);
}

/* The line behind a vector that the local APIC gave. */
static unsigned line_of(const struct machine *m, uint8_t vector)
{
    int pin = ioapic_pin_of(&m->ioapic, vector);
    if (pin <= 0)
        return LINE_APIC;
    return pin == 2 ? 0 : (unsigned)pin;
}

uint8_t apics_acknowledge(struct machine *m, unsigned *line)
{
    bool external = true;
    uint8_t vector =
        apics_present(&m->cfg) ? lapic_ack(&m->lapic, &external) : pic_ack(&m->pic[PIC_MASTER]);
    *line = !external                          ? line_of(m, vector)
            : m->pic[PIC_MASTER].accepted == 2 ? 8u + m->pic[PIC_SLAVE].accepted
                                               : m->pic[PIC_MASTER].accepted;
    return vector;
}
