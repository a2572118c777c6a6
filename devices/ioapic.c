/* SPDX-License-Identifier: MIT */
/* ioapic.c - the I/O APIC (see ioapic.h). */
#include "devices/ioapic.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/apic.h"
#include "mmu/bus.h"

#include <string.h>

enum { REG_ID = 0x00, REG_VERSION = 0x01, REG_ARBITRATION = 0x02, REG_ENTRIES = 0x10 };
enum { OFF_SELECT = 0x00, OFF_WINDOW = 0x10 };

#define VERSION ((IOAPIC_PINS - 1) << 16 | 0x11)
#define WRITABLE UINT32_C(0x1afff) /* not: being sent, remote IRR */

static bool active(const struct ioapic *a, unsigned n)
{
    return (a->lines >> n & 1) != !!(a->low[n] & IOAPIC_ACTIVE_LOW);
}

static unsigned mode_of(const struct ioapic *a, unsigned n)
{
    return a->low[n] >> 8 & 7;
}

/* Only fixed and lowest priority can be level-triggered: the others are edges, says the data sheet. */
static bool is_level(const struct ioapic *a, unsigned n)
{
    return (a->low[n] & IOAPIC_LEVEL) && mode_of(a, n) <= APIC_LOWEST;
}

static void send(struct ioapic *a, unsigned n)
{
    uint32_t *e = &a->low[n];
    struct apic_message m = {.destination = a->destination[n],
                             .logical = *e >> 11 & 1,
                             .mode = (uint8_t)mode_of(a, n),
                             .vector = (uint8_t)*e,
                             .level = is_level(a, n)};
    *e |= IOAPIC_PENDING;
    if (!a->deliver(a->ctx, &m))
        return;
    *e &= ~(uint32_t)IOAPIC_PENDING;
    if (m.level)
        *e |= IOAPIC_REMOTE_IRR;
}

/* After anything that can let a level through. */
static void level_again(struct ioapic *a, unsigned n)
{
    uint32_t *e = &a->low[n];
    if (!is_level(a, n) || (*e & (IOAPIC_MASKED | IOAPIC_REMOTE_IRR)))
        return;
    if (active(a, n))
        send(a, n);
    else
        *e &= ~(uint32_t)IOAPIC_PENDING;
}

void ioapic_set_irq(void *ioapic, unsigned n, bool level)
{
    struct ioapic *a = ioapic;
    if (n >= IOAPIC_PINS)
        return;
    bool was = active(a, n);
    a->lines = level ? a->lines | 1u << n : a->lines & ~(1u << n);
    if (a->low[n] & IOAPIC_MASKED)
        return;
    if (is_level(a, n))
        level_again(a, n);
    else if (active(a, n) && !was)
        send(a, n);
}

void ioapic_eoi(struct ioapic *a, uint8_t vector)
{
    for (unsigned n = 0; n < IOAPIC_PINS; n++) {
        if ((uint8_t)a->low[n] != vector || !(a->low[n] & IOAPIC_REMOTE_IRR))
            continue;
        a->low[n] &= ~(uint32_t)IOAPIC_REMOTE_IRR;
        level_again(a, n);
    }
}

void ioapic_retry(struct ioapic *a)
{
    for (unsigned n = 0; n < IOAPIC_PINS; n++)
        if ((a->low[n] & IOAPIC_PENDING) && !(a->low[n] & IOAPIC_MASKED))
            send(a, n);
}

bool ioapic_request(struct ioapic *a, unsigned n)
{
    if (n >= IOAPIC_PINS || (a->low[n] & IOAPIC_MASKED))
        return false;
    send(a, n);
    return true;
}

int ioapic_pin_of(const struct ioapic *a, uint8_t vector)
{
    for (unsigned n = 0; n < IOAPIC_PINS; n++)
        if ((uint8_t)a->low[n] == vector && !(a->low[n] & IOAPIC_MASKED) &&
            mode_of(a, n) <= APIC_LOWEST)
            return (int)n;
    return -1;
}

/* ---- Registers ------------------------------------------------------------------------- */

static uint32_t register_get(const struct ioapic *a, unsigned reg)
{
    unsigned n = (reg - REG_ENTRIES) / 2;
    switch (reg) {
    case REG_ID:
    case REG_ARBITRATION: return a->id;
    case REG_VERSION: return VERSION;
    }
    if (reg < REG_ENTRIES || n >= IOAPIC_PINS)
        return 0;
    return reg % 2 ? (uint32_t)a->destination[n] << 24 : a->low[n];
}

static void entry_set(struct ioapic *a, unsigned n, uint32_t value)
{
    uint32_t kept = a->low[n] & ~WRITABLE;
    a->low[n] = (value & WRITABLE) | kept;
    if (!is_level(a, n))
        a->low[n] &= ~(uint32_t)IOAPIC_REMOTE_IRR; /* how kernels free a pin that hangs */
    if ((a->low[n] & IOAPIC_PENDING) && (a->low[n] & IOAPIC_MASKED))
        a->low[n] &= ~(uint32_t)IOAPIC_PENDING;
    level_again(a, n);
    TRACE(a->trace, TRACE_PIC, "ioapic pin %u: vector %02x mode %u %s%s%s", n, a->low[n] & 0xff,
          mode_of(a, n), a->low[n] & IOAPIC_LEVEL ? "level" : "edge",
          a->low[n] & IOAPIC_ACTIVE_LOW ? " low" : "", a->low[n] & IOAPIC_MASKED ? " masked" : "");
}

static void register_set(struct ioapic *a, unsigned reg, uint32_t value)
{
    unsigned n = (reg - REG_ENTRIES) / 2;
    if (reg == REG_ID)
        a->id = value & 0x0f000000;
    if (reg < REG_ENTRIES || n >= IOAPIC_PINS)
        return;
    if (reg % 2)
        a->destination[n] = (uint8_t)(value >> 24);
    else
        entry_set(a, n, value);
}

static uint32_t ioapic_read(void *dev, uint32_t off, unsigned size)
{
    const struct ioapic *a = dev;
    (void)size;
    if (off < OFF_SELECT + 4)
        return (uint32_t)a->select >> (8 * (off % 4));
    if (off - OFF_WINDOW < 4)
        return register_get(a, a->select) >> (8 * (off % 4));
    return 0;
}

static void ioapic_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct ioapic *a = dev;
    if (off == OFF_SELECT)
        a->select = (uint8_t)value;
    else if (off == OFF_WINDOW && size == 4)
        register_set(a, a->select, value);
    else
        TRACE(a->trace, TRACE_PIC, "ioapic: write of %u bytes at %03x is dropped", size, off);
}

const struct io_ops ioapic_ops = {.read = ioapic_read, .write = ioapic_write, .widths = 1 | 2 | 4};

/* ---- Life ------------------------------------------------------------------------------ */

void ioapic_init(struct ioapic *a, bool (*deliver)(void *ctx, const struct apic_message *message),
                 void *ctx, struct trace *t)
{
    *a = (struct ioapic){.deliver = deliver, .ctx = ctx, .trace = t};
    ioapic_reset(a);
}

void ioapic_reset(struct ioapic *a)
{
    for (unsigned n = 0; n < IOAPIC_PINS; n++)
        a->low[n] = IOAPIC_MASKED;
    memset(a->destination, 0, sizeof a->destination);
    a->id = 0;
    a->select = 0;
}

void ioapic_snap(struct ioapic *a, struct snap *s)
{
    if (!snap_section(s, "ioapic", 1))
        return;
    for (unsigned n = 0; n < IOAPIC_PINS; n++) {
        snap_u32(s, &a->low[n]);
        snap_u8(s, &a->destination[n]);
    }
    snap_u32(s, &a->lines);
    snap_u32(s, &a->id);
    snap_u8(s, &a->select);
}

void ioapic_info(const struct ioapic *a, struct out *to)
{
    static const char *const mode[8] = {"fixed", "lowest", "SMI",      "reserved",
                                        "NMI",   "INIT",   "reserved", "ExtINT"};
    out_printf(to, "I/O APIC %u: register %02x is selected\n", a->id >> 24, a->select);
    out_text(to, "  pin line vector mode     trigger     destination  state\n");
    for (unsigned n = 0; n < IOAPIC_PINS; n++) {
        uint32_t e = a->low[n];
        out_printf(to, "  %3u %-4s     %02x %-8s %-5s %-5s %02x %-9s %s%s%s\n", n,
                   a->lines >> n & 1 ? "high" : "low", e & 0xff, mode[mode_of(a, n)],
                   e & IOAPIC_LEVEL ? "level" : "edge", e & IOAPIC_ACTIVE_LOW ? "low" : "high",
                   a->destination[n], e >> 11 & 1 ? "logical" : "physical",
                   e & IOAPIC_MASKED ? "masked" : "open",
                   e & IOAPIC_REMOTE_IRR ? ", waits for EOI" : "",
                   e & IOAPIC_PENDING ? ", refused" : "");
    }
}
