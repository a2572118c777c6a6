/* SPDX-License-Identifier: MIT */
/*
 * outside.c - a debugger changes what only instructions can change: segment registers through their
 * descriptors, control registers with their checks. A fault on the way is caught and handed back;
 * the processor's own account of faults is left as it was.
 */
#include "cpu/cpu.h"

#include "cpu/engine/engine.h"
#include "cpu/internal.h"

struct attempt {
    struct fault fault; /* c->fault before */
    uint32_t cr2;
    uint8_t cpl;
    jmp_buf unwind;
};

static void begin(struct cpu *c, struct attempt *a)
{
    a->fault = c->fault;
    a->cr2 = c->cr2;
    a->cpl = c->cpl;
    memcpy(&a->unwind, &c->unwind, sizeof a->unwind);
}

static bool end(struct cpu *c, const struct attempt *a, bool done, struct fault *why)
{
    if (!done) {
        *why = c->fault;
        c->cr2 = a->cr2;
    }
    c->fault = a->fault;
    memcpy(&c->unwind, &a->unwind, sizeof a->unwind);
    if (c->engine)
        engine_flush(c->engine);
    return done;
}

static void load_code(struct cpu *c, uint16_t sel)
{
    struct desc d;
    if (cpu_real_mode(c)) {
        seg_set_real(&c->seg[CS], sel);
        return;
    }
    if (cpu_v86(c)) {
        seg_set_v86(&c->seg[CS], sel);
        return;
    }
    if (!(sel & ~3u))
        cpu_fault_code(c, EXC_GP, 0, WHY_NULL_SEG, CS, sel);
    desc_read(c, sel, &d, EXC_GP, 0);
    unsigned attr = desc_attr(&d), code = sel & ~3u;
    bool conforming = attr & DESC_CONFORM;
    if ((attr & (DESC_S | DESC_CODE)) != (DESC_S | DESC_CODE))
        cpu_fault_code(c, EXC_GP, code, WHY_DESC_TYPE, sel, attr & 0xff);
    if (conforming ? desc_dpl(&d) > c->cpl : desc_dpl(&d) != c->cpl || (sel & 3u) > c->cpl)
        cpu_fault_code(c, EXC_GP, code, WHY_DESC_DPL, sel, desc_dpl(&d));
    if (!(attr & DESC_P))
        cpu_fault_code(c, EXC_NP, code, WHY_NOT_PRESENT, sel, 0);
    desc_mark_accessed(c, &d);
    seg_from_desc(&c->seg[CS], (uint16_t)(code | c->cpl), &d);
}

bool cpu_load_segment(struct cpu *c, unsigned n, uint16_t sel, struct fault *why)
{
    struct attempt a;
    begin(c, &a);
    if (setjmp(c->unwind))
        return end(c, &a, false, why);
    if (n == CS)
        load_code(c, sel);
    else
        seg_load(c, n, sel);
    cpu_update_mode(c);
    return end(c, &a, true, why);
}

bool cpu_load_control(struct cpu *c, unsigned n, uint32_t value, struct fault *why)
{
    struct attempt a;
    begin(c, &a);
    if (setjmp(c->unwind))
        return end(c, &a, false, why);
    control_load(c, n, value);
    return end(c, &a, true, why);
}
