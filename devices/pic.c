/* SPDX-License-Identifier: MIT */
/*
 * pic.c - the 8259A: priority resolver, initialisation sequence, operation commands.
 * Source: Intel 8259A data sheet (231468). Interface and limits: pic.h.
 *
 *   ICW1  7 6 5 | 4=1 | LTIM | ADI | SNGL | IC4     OCW2  R SL EOI | 0 0 | L2 L1 L0
 *   ICW4  0 0 0 | SFNM | BUF | M/S | AEOI | uPM     OCW3  0 ESMM SMM | 0 1 | P RR RIS
 */
#include "devices/pic.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum {
    ICW1_IC4 = 0x01,
    ICW1_SNGL = 0x02,
    ICW1_LTIM = 0x08,
    ICW1_MARK = 0x10,
    ICW4_AEOI = 0x02,
    ICW4_SFNM = 0x10,
    OCW3_MARK = 0x08,
    NONE = 8, /* "no level" */
};

static uint8_t level_mask(const struct pic *p)
{
    return p->icw[1] & ICW1_LTIM ? 0xFF : p->elcr;
}

/* Priority of a level: 0 is the highest. */
static unsigned priority_of(const struct pic *p, unsigned level)
{
    return (level - p->lowest - 1u) & 7u;
}

/* The level of highest priority among `levels`, or NONE. */
static unsigned highest(const struct pic *p, uint8_t levels)
{
    for (unsigned i = 1; i <= 8; i++) {
        unsigned level = (p->lowest + i) & 7u;
        if (levels & (1u << level))
            return level;
    }
    return NONE;
}

static bool is_cascade(const struct pic *p, unsigned level)
{
    return p->slave.ack && !(p->icw[1] & ICW1_SNGL) && (p->icw[3] & (1u << level));
}

/* The level in service that holds back a request at `level`, or NONE. */
static unsigned blocker(const struct pic *p, unsigned level)
{
    /* Special mask mode: a masked level in service holds nobody back. */
    uint8_t blocking = (uint8_t)(p->special_mask ? p->isr & ~p->imr : p->isr);
    unsigned busy = highest(p, blocking);
    if (busy == NONE || priority_of(p, level) < priority_of(p, busy))
        return NONE;
    /* Special fully nested mode: a slave may ask again while one of its requests is served. */
    if (level == busy && (p->icw[4] & ICW4_SFNM) && is_cascade(p, level))
        return NONE;
    return busy;
}

/* The request that may interrupt now: not masked, and above everything in service. */
static unsigned pending(const struct pic *p)
{
    unsigned level = highest(p, (uint8_t)(p->irr & ~p->imr));
    return level == NONE || p->step || blocker(p, level) != NONE ? NONE : level;
}

void pic_view(const struct pic *p, unsigned n, struct pic_view *v)
{
    uint8_t bit = (uint8_t)(1u << n);
    unsigned busy = blocker(p, n), first = highest(p, (uint8_t)(p->irr & ~p->imr));
    *v = (struct pic_view){.vector = (uint8_t)((p->icw[2] & 0xF8) | n),
                           .line = p->lines & bit,
                           .requested = p->irr & bit,
                           .in_service = p->isr & bit,
                           .masked = p->imr & bit,
                           .level = level_mask(p) & bit,
                           .cascade = is_cascade(p, n),
                           .auto_eoi = p->icw[4] & ICW4_AEOI};
    v->fate = p->step         ? PIC_NOT_READY
              : !v->requested ? PIC_IDLE
              : v->masked     ? PIC_MASKED
              : busy != NONE  ? PIC_BLOCKED
              : first != n    ? PIC_WAITS
                              : PIC_GOES;
    v->by = (uint8_t)(v->fate == PIC_BLOCKED ? busy : first);
}

static void drive(struct pic *p, bool level)
{
    if (p->intr != level) {
        p->intr = level;
        irq_set(&p->out, level);
    }
}

static void update(struct pic *p)
{
    drive(p, pending(p) != NONE);
}

void pic_set_irq(void *pic, unsigned n, bool level)
{
    struct pic *p = pic;
    uint8_t bit = (uint8_t)(1u << (n & 7u));
    bool was = p->lines & bit;
    if (was == level)
        return;
    p->lines ^= bit;
    /* A request that goes away before it is acknowledged is forgotten in either mode. */
    if (level)
        p->irr |= bit;
    else
        p->irr &= (uint8_t)~bit;
    update(p);
}

void pic_request(struct pic *p, unsigned n)
{
    p->irr |= (uint8_t)(1u << (n & 7u));
    update(p);
}

static void rotate(struct pic *p, unsigned level)
{
    p->lowest = (uint8_t)(level & 7u);
}

/* First INTA pulse: the request moves into service. */
static void accept(struct pic *p, unsigned level)
{
    uint8_t bit = (uint8_t)(1u << level);
    if (!(level_mask(p) & bit))
        p->irr &= (uint8_t)~bit;
    p->isr |= bit;
}

static void auto_eoi(struct pic *p, unsigned level)
{
    if (!(p->icw[4] & ICW4_AEOI))
        return;
    p->isr &= (uint8_t) ~(1u << level);
    if (p->rotate_aeoi)
        rotate(p, level);
}

uint8_t pic_ack(struct pic *p)
{
    unsigned level = pending(p);
    uint8_t base = p->icw[2] & 0xF8;
    uint8_t vector = base | 7;

    /* INT falls with INTA, so that a request still waiting makes a new edge for a master. */
    drive(p, false);
    p->accepted = (uint8_t)level;
    if (level == NONE) {
        TRACE(p->trace, TRACE_PIC, "%s: spurious, vector %02x", p->name, vector);
    } else {
        accept(p, level);
        vector = is_cascade(p, level) ? p->slave.ack(p->slave.ctx) : (uint8_t)(base | level);
        auto_eoi(p, level);
        TRACE(p->trace, TRACE_PIC, "%s: IR%u acknowledged, vector %02x", p->name, level, vector);
    }
    update(p);
    return vector;
}

/* A poll reads like an INTA that answers on the data bus: bit 7 = there was one, bits 2-0. */
static uint8_t poll_read(struct pic *p)
{
    unsigned level = pending(p);
    p->poll = false;
    if (level == NONE)
        return 0;
    drive(p, false);
    accept(p, level);
    auto_eoi(p, level);
    update(p);
    return (uint8_t)(0x80 | level);
}

static void write_icw1(struct pic *p, uint8_t v)
{
    p->icw[1] = v;
    p->icw[2] = p->icw[3] = p->icw[4] = 0;
    p->imr = 0;
    p->isr = 0;
    p->lowest = 7;
    p->special_mask = p->rotate_aeoi = p->poll = p->read_isr = false;
    /* The edge sense circuits are reset: an edge-triggered input must rise again. */
    p->irr = p->lines & level_mask(p);
    p->step = 2;
    update(p);
}

static void write_icw(struct pic *p, uint8_t v)
{
    p->icw[p->step] = v;
    if (p->step == 2 && !(p->icw[1] & ICW1_SNGL))
        p->step = 3;
    else if (p->step < 4 && (p->icw[1] & ICW1_IC4))
        p->step = 4;
    else
        p->step = 0;
    if (!p->step)
        TRACE(p->trace, TRACE_PIC, "%s: base %02x icw1 %02x icw3 %02x icw4 %02x", p->name,
              p->icw[2], p->icw[1], p->icw[3], p->icw[4]);
    update(p);
}

static void end_of_interrupt(struct pic *p, unsigned level, bool rotating)
{
    if (level == NONE)
        return;
    p->isr &= (uint8_t) ~(1u << level);
    if (rotating)
        rotate(p, level);
}

static void write_ocw2(struct pic *p, uint8_t v)
{
    unsigned level = v & 7u;
    /* In special mask mode a masked in-service bit is not touched by a non-specific EOI. */
    uint8_t served = (uint8_t)(p->special_mask ? p->isr & ~p->imr : p->isr);

    switch (v >> 5) {
    case 0: p->rotate_aeoi = false; break;
    case 1: end_of_interrupt(p, highest(p, served), false); break;
    case 2: break;
    case 3: end_of_interrupt(p, level, false); break;
    case 4: p->rotate_aeoi = true; break;
    case 5: end_of_interrupt(p, highest(p, served), true); break;
    case 6: rotate(p, level); break;
    case 7: end_of_interrupt(p, level, true); break;
    }
    update(p);
}

static void write_ocw3(struct pic *p, uint8_t v)
{
    if (v & 0x40)
        p->special_mask = v & 0x20;
    if (v & 0x02)
        p->read_isr = v & 0x01;
    if (v & 0x04)
        p->poll = true;
    update(p);
}

static uint32_t pic_read(void *dev, uint32_t off, unsigned size)
{
    struct pic *p = dev;
    (void)size;
    if (p->poll)
        return poll_read(p);
    if (off & 1)
        return p->imr;
    return p->read_isr ? p->isr : p->irr;
}

static void pic_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct pic *p = dev;
    uint8_t v = (uint8_t)value;
    (void)size;
    if (off & 1) {
        if (p->step >= 2) {
            write_icw(p, v);
        } else {
            if (p->imr != v)
                TRACE(p->trace, TRACE_PIC, "%s: mask %02x", p->name, v);
            p->imr = v;
            update(p);
        }
    } else if (v & ICW1_MARK) {
        write_icw1(p, v);
    } else if (v & OCW3_MARK) {
        write_ocw3(p, v);
    } else {
        write_ocw2(p, v);
    }
}

static uint32_t elcr_read(void *dev, uint32_t off, unsigned size)
{
    const struct pic *p = dev;
    (void)off, (void)size;
    return p->elcr;
}

static void elcr_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct pic *p = dev;
    (void)off, (void)size;
    p->elcr = (uint8_t)(value & p->elcr_mask);
    /* A level-triggered request is its line, no more and no less. */
    p->irr = (uint8_t)((p->irr & ~level_mask(p)) | (p->lines & level_mask(p)));
    TRACE(p->trace, TRACE_PIC, "%s: level-triggered %02x", p->name, p->elcr);
    update(p);
}

const struct io_ops pic_ops = {.read = pic_read, .write = pic_write, .widths = 1};
const struct io_ops pic_elcr_ops = {.read = elcr_read, .write = elcr_write, .widths = 1};

void pic_init(struct pic *p, const char *name, struct irq out, struct pic_slave slave,
              uint8_t elcr_mask, struct trace *t)
{
    *p = (struct pic){.out = out, .slave = slave, .trace = t, .name = name, .elcr_mask = elcr_mask};
    pic_reset(p);
}

/* The chip has no reset pin; the board's reset leaves it silent until the next ICW1. The wires
   keep their levels. */
void pic_reset(struct pic *p)
{
    drive(p, false);
    write_icw1(p, 0);
    p->elcr = 0;
    p->irr = 0;
    p->step = 1;
}

void pic_snap(struct pic *p, struct snap *s)
{
    if (!snap_section(s, "pic", 1))
        return;
    snap_u8(s, &p->lines);
    snap_u8(s, &p->irr);
    snap_u8(s, &p->isr);
    snap_u8(s, &p->imr);
    snap_bytes(s, p->icw, sizeof p->icw);
    snap_u8(s, &p->elcr);
    snap_u8(s, &p->step);
    snap_u8(s, &p->lowest);
    snap_bool(s, &p->rotate_aeoi);
    snap_bool(s, &p->special_mask);
    snap_bool(s, &p->poll);
    snap_bool(s, &p->read_isr);
    snap_bool(s, &p->intr);
    if (s->loading && (p->step > 4 || p->lowest > 7)) {
        p->step = 1;
        p->lowest = 7;
        snap_fail(s, "pic: step or priority out of range");
    }
}

void pic_info(const struct pic *p, struct out *to)
{
    out_printf(to, "pic %s: %s, vectors %02x-%02x, INT %s\n", p->name,
               p->step == 0   ? "ready"
               : p->step == 1 ? "not initialised"
                              : "in the middle of its ICWs",
               p->icw[2] & 0xF8u, (p->icw[2] & 0xF8u) + 7u, p->intr ? "high" : "low");
    out_printf(
        to, "  %s%s%s%s lowest priority IR%u%s\n", p->icw[1] & ICW1_SNGL ? "single" : "cascaded",
        p->icw[4] & ICW4_AEOI ? ", automatic EOI" : "",
        p->icw[4] & ICW4_SFNM ? ", special fully nested" : "",
        p->special_mask ? ", special mask;" : ";", p->lowest, p->rotate_aeoi ? ", rotating" : "");
    out_printf(to, "  input  line irr isr masked trigger\n");
    for (unsigned n = 0; n < 8; n++)
        out_printf(to, "  IR%u       %u   %u   %u      %u %s%s\n", n, p->lines >> n & 1u,
                   p->irr >> n & 1u, p->isr >> n & 1u, p->imr >> n & 1u,
                   level_mask(p) >> n & 1u ? "level" : "edge", is_cascade(p, n) ? ", slave" : "");
}
