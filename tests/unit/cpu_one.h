/* SPDX-License-Identifier: MIT */
/*
 * cpu_one.h - one instruction at a time on the rig of cpu_rig.h: flat segments at CPL 0 or 3, a
 * handler for every vector, and the vector that the instruction raised as the answer.
 */
#ifndef TESTS_UNIT_CPU_ONE_H
#define TESTS_UNIT_CPU_ONE_H

#include "tests/report.h"
#include "tests/unit/cpu_rig.h"

/* Gives the vector it raised or -1. */
static inline int one_run(struct rig *r, const void *code, size_t n)
{
    struct cpu *c = &r->cpu;
    uint64_t before = c->deliveries;
    memcpy(r->bus.ram + RIG_CODE, code, n);
    if (c->engine)
        engine_flush(c->engine);
    c->eip = RIG_CODE;
    cpu_run(c, c->icount + 1);
    return c->deliveries == before ? -1 : c->delivery[(c->deliveries - 1) % DELIVERIES].vector;
}

#define RUN(r, ...) one_run(r, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static inline void one_begin(struct rig *r, bool user)
{
    struct era e = {.iret = RIG_IRET};
    struct cpu *c = &r->cpu;
    memset(r->bus.ram, 0, RIG_RAM);
    rig_system(r->bus.ram, &e);
    cpu_reset(c);
    cpu_enter_flat32(c, RIG_CODE);
    c->gdtr = (struct dtable){0, 8 * GDT_ENTRIES - 1};
    c->idtr = (struct dtable){RIG_IDT, 0x107};
    c->tr = (struct seg){.sel = 8 * GDT_TSS, .attr = 0x8b, .base = RIG_TSS, .limit = 0x67};
    seg_update(&c->tr);
    if (user) {
        for (unsigned n = 0; n < SEGS; n++) {
            c->seg[n].sel = (n == CS ? 8 * GDT_CODE3 : 8 * GDT_DATA3) | 3;
            c->seg[n].attr |= 3 << 5;
            seg_update(&c->seg[n]);
        }
        c->cpl = 3;
    }
    cpu_update_mode(c);
    memset(c->gpr, 0, sizeof c->gpr);
    c->gpr[ESP] = RIG_DATA + 0x1000;
    c->gpr[EBX] = RIG_DATA;
}

#endif
