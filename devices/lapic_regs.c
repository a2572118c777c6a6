/* SPDX-License-Identifier: MIT */
/*
 * lapic_regs.c - the local APIC's registers as the guest and people see them (SDM vol. 3, table 10-1).
 */
#include "base/out.h"
#include "base/trace.h"
#include "devices/apic.h"
#include "devices/lapic.h"
#include "devices/lapic_parts.h"
#include "mmu/bus.h"

#define VERSION UINT32_C(0x00040011) /* integrated, five LVT entries: the P6 family's */

enum {
    REG_ID = 0x02,
    REG_VERSION = 0x03,
    REG_TPR = 0x08,
    REG_APR = 0x09,
    REG_PPR = 0x0a,
    REG_EOI = 0x0b,
    REG_REMOTE = 0x0c,
    REG_LDR = 0x0d,
    REG_DFR = 0x0e,
    REG_SVR = 0x0f,
    REG_ISR = 0x10,
    REG_TMR = 0x18,
    REG_IRR = 0x20,
    REG_ESR = 0x28,
    REG_ICR_LOW = 0x30,
    REG_ICR_HIGH = 0x31,
    REG_LVT_TIMER = 0x32,
    REG_LVT_PERF = 0x34,
    REG_LVT_LINT0 = 0x35,
    REG_LVT_LINT1 = 0x36,
    REG_LVT_ERROR = 0x37,
    REG_INITIAL = 0x38,
    REG_CURRENT = 0x39,
    REG_DIVIDE = 0x3e,
};

/* The entry of the local vector table behind a register, -1: it is none. */
static int lvt_of(unsigned reg)
{
    if (reg == REG_LVT_TIMER)
        return LAPIC_TIMER;
    return reg >= REG_LVT_PERF && reg <= REG_LVT_ERROR ? (int)(reg - REG_LVT_PERF) + LAPIC_PERF
                                                       : -1;
}

/* Arbitration priority: SDM, 10.6.2.4. */
static uint32_t apr(const struct lapic *l)
{
    int r = lapic_highest(l->irr), s = lapic_highest(l->isr);
    unsigned t = l->tpr >> 4, rv = r < 0 ? 0 : (unsigned)r >> 4, sv = s < 0 ? 0 : (unsigned)s >> 4;
    if (t >= rv && t > sv)
        return l->tpr;
    return ((t & sv) > rv ? (t & sv) : rv) << 4;
}

static uint32_t register_get(struct lapic *l, unsigned reg)
{
    int lvt = lvt_of(reg);
    if (lvt >= 0)
        return l->lvt[lvt];
    switch (reg) {
    case REG_ID: return l->id;
    case REG_VERSION: return VERSION;
    case REG_TPR: return l->tpr;
    case REG_APR: return apr(l);
    case REG_PPR: return lapic_ppr(l);
    case REG_EOI:
    case REG_REMOTE: return 0;
    case REG_LDR: return l->ldr;
    case REG_DFR: return l->dfr;
    case REG_SVR: return l->svr;
    case REG_ESR: return l->esr;
    case REG_ICR_LOW: return l->icr[0];
    case REG_ICR_HIGH: return l->icr[1];
    case REG_INITIAL: return l->initial;
    case REG_CURRENT: return lapic_timer_now(l);
    case REG_DIVIDE: return l->divide;
    }
    if (reg >= REG_ISR && reg < REG_ISR + 8)
        return l->isr[reg - REG_ISR];
    if (reg >= REG_TMR && reg < REG_TMR + 8)
        return l->tmr[reg - REG_TMR];
    if (reg >= REG_IRR && reg < REG_IRR + 8)
        return l->irr[reg - REG_IRR];
    lapic_error(l, ESR_REGISTER);
    return 0;
}

/* A write to the low half of the ICR sends what both halves say. */
static void send(struct lapic *l)
{
    uint32_t low = l->icr[0];
    struct apic_message m = {.destination = (uint8_t)(l->icr[1] >> 24),
                             .logical = low >> 11 & 1,
                             .mode = low >> 8 & 7,
                             .vector = (uint8_t)low};
    unsigned shorthand = low >> 18 & 3;
    bool vectored = m.mode == APIC_FIXED || m.mode == APIC_LOWEST;
    if (m.mode == APIC_INIT && (low & LVT_LEVEL) && !(low & LVT_REMOTE_IRR))
        return; /* INIT is let go again: it counts for arbitration only */
    if (vectored && m.vector < FIRST_VECTOR) {
        lapic_error(l, ESR_SENT_VECTOR);
        return;
    }
    if (shorthand == 1 || shorthand == 2)
        m.logical = false, m.destination = 15;
    if (shorthand == 3 || !lapic_deliver(l, &m))
        lapic_error(l, ESR_NOT_ACCEPTED);
}

static void lvt_set(struct lapic *l, unsigned n, uint32_t value)
{
    static const uint32_t writable[LAPIC_LVTS] = {0x300ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff};
    if (!lapic_software_on(l))
        value |= LAPIC_LVT_MASKED;
    value = (value & writable[n]) | (l->lvt[n] & LVT_REMOTE_IRR);
    if (n == LAPIC_TIMER) {
        lapic_timer_mode(l, value);
        return;
    }
    l->lvt[n] = value;
    lapic_pins_again(l);
    lapic_update(l);
}

static void svr_set(struct lapic *l, uint32_t value)
{
    bool was = lapic_software_on(l);
    l->svr = (value & 0x3f0) | 0x0f; /* the P6 wires the low four bits */
    if (was == lapic_software_on(l))
        return;
    TRACE(l->trace, TRACE_PIC, "lapic: %s by software, spurious vector %02x",
          was ? "disabled" : "enabled", l->svr & 0xff);
    if (!was) {
        if (l->board.ready)
            l->board.ready(l->board.ctx);
        return;
    }
    for (unsigned n = 0; n < LAPIC_LVTS; n++)
        l->lvt[n] |= LAPIC_LVT_MASKED;
    lapic_timer_arm(l);
    lapic_update(l);
}

static void register_set(struct lapic *l, unsigned reg, uint32_t value)
{
    int lvt = lvt_of(reg);
    if (lvt >= 0) {
        lvt_set(l, (unsigned)lvt, value);
        return;
    }
    switch (reg) {
    case REG_ID: l->id = value & 0x0f000000; break;
    case REG_TPR:
        l->tpr = (uint8_t)value;
        lapic_update(l);
        break;
    case REG_EOI: lapic_eoi(l); break;
    case REG_LDR: l->ldr = value & 0xff000000; break;
    case REG_DFR: l->dfr = value | 0x0fffffff; break;
    case REG_SVR: svr_set(l, value); break;
    case REG_ESR:
        l->esr = l->errors;
        l->errors = 0;
        break;
    case REG_ICR_LOW:
        l->icr[0] = value & 0xccfff;
        send(l);
        break;
    case REG_ICR_HIGH: l->icr[1] = value & 0xff000000; break;
    case REG_INITIAL: lapic_timer_start(l, value); break;
    case REG_DIVIDE: lapic_timer_divide(l, value); break;
    case REG_VERSION:
    case REG_APR:
    case REG_PPR:
    case REG_REMOTE:
    case REG_CURRENT: break; /* read only */
    default:
        if (reg < REG_ISR || reg >= REG_ESR)
            lapic_error(l, ESR_REGISTER);
        break;
    }
}

static uint32_t lapic_read(void *dev, uint32_t off, unsigned size)
{
    (void)size;
    if (off % 16 >= 4)
        return 0;
    return register_get(dev, off >> 4) >> (8 * (off % 4));
}

static void lapic_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct lapic *l = dev;
    if (off % 16 == 0 && size == 4)
        register_set(l, off >> 4, value);
    else
        TRACE(l->trace, TRACE_PIC, "lapic: write of %u bytes at %03x is dropped", size, off);
}

const struct io_ops lapic_ops = {.read = lapic_read, .write = lapic_write, .widths = 1 | 2 | 4};

/* ---- For people ------------------------------------------------------------------------ */

static void set_info(const char *name, const uint32_t set[8], struct out *to)
{
    unsigned n = 0;
    out_printf(to, "  %s:", name);
    for (unsigned v = 0; v < 256; v++)
        if (set[v / 32] >> (v % 32) & 1)
            out_printf(to, "%s%02x", n++ % 20 == 0 && n > 1 ? "\n      " : " ", v);
    out_text(to, n ? "\n" : " none\n");
}

static void lvt_info(const struct lapic *l, unsigned n, struct out *to)
{
    static const char *const name[LAPIC_LVTS] = {"timer", "perf", "LINT0", "LINT1", "error"};
    static const char *const mode[8] = {"fixed", "lowest", "SMI",     "reserved",
                                        "NMI",   "INIT",   "STARTUP", "ExtINT"};
    uint32_t v = l->lvt[n];
    bool pin = n == LAPIC_LINT0 || n == LAPIC_LINT1;
    out_printf(to, "  %-6s %08x  vector %02x %s%s%s%s", name[n], v, v & 0xff, mode[v >> 8 & 7],
               n == LAPIC_TIMER ? (v & LVT_PERIODIC ? " periodic" : " one-shot") : "",
               pin && (v & LVT_LEVEL) ? " level" : "", pin && (v & LVT_ACTIVE_LOW) ? " low" : "");
    out_printf(to, "%s\n", v & LAPIC_LVT_MASKED ? ", masked" : "");
}

void lapic_info(const struct lapic *l, struct out *to)
{
    uint64_t rate = LAPIC_BUS_HZ / lapic_timer_divider(l);
    out_printf(to, "local APIC %u: %s%s; TPR %02x, PPR %02x, INTR %s\n", l->id >> 24,
               !l->enabled            ? "off (IA32_APIC_BASE)"
               : lapic_software_on(l) ? "on"
                                      : "disabled by software (SVR)",
               l->enabled && l->errors ? ", errors" : "", l->tpr, lapic_ppr(l),
               l->intr ? "high" : "low");
    out_printf(
        to, "  logical %02x (%s), spurious vector %02x, ICR %08x:%08x, ESR %02x (%02x to come)\n",
        l->ldr >> 24, l->dfr >> 28 == 15 ? "flat" : "cluster", l->svr & 0xff, l->icr[1], l->icr[0],
        l->esr, l->errors);
    for (unsigned n = 0; n < LAPIC_LVTS; n++)
        lvt_info(l, n, to);
    out_printf(to, "  timer counts %u of %u, %u.%03u MHz (divided by %u)\n", lapic_timer_now(l),
               l->initial, (unsigned)(rate / 1000000), (unsigned)(rate / 1000 % 1000),
               lapic_timer_divider(l));
    set_info("requested (IRR)", l->irr, to);
    set_info("in service (ISR)", l->isr, to);
    set_info("level-triggered (TMR)", l->tmr, to);
}

void lapic_view(const struct lapic *l, uint8_t vector, struct lapic_view *v)
{
    int top = lapic_highest(l->irr), serving = lapic_highest(l->isr);
    *v = (struct lapic_view){.ppr = lapic_ppr(l),
                             .requested = l->irr[vector / 32] >> (vector % 32) & 1,
                             .in_service = l->isr[vector / 32] >> (vector % 32) & 1};
    if (!l->enabled || (!lapic_software_on(l) && !v->requested))
        v->fate = LAPIC_OFF;
    else if (!v->requested)
        v->fate = LAPIC_IDLE;
    else if (vector >> 4 <= v->ppr >> 4) {
        v->fate = LAPIC_LOW;
        v->by = serving > 0 && serving >> 4 >= vector >> 4 ? (uint8_t)serving : 0;
    } else if (top > vector) {
        v->fate = LAPIC_WAITS;
        v->by = (uint8_t)top;
    } else {
        v->fate = LAPIC_DELIVERS;
    }
}
