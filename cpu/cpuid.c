/* SPDX-License-Identifier: MIT */
/*
 * cpuid.c - CPUID (SDM vol. 2, CPUID; Intel application note 485). What the leaves say is model.c's.
 *
 * A leaf above the highest answers as the highest does, extended leaves (8000_0000h) included.
 */
#include "cpu/bodies.h"
#include "cpu/internal.h"

static void put(struct cpu *c, uint32_t eax, uint32_t ebx, uint32_t ecx, uint32_t edx)
{
    c->gpr[EAX] = eax;
    c->gpr[EBX] = ebx;
    c->gpr[ECX] = ecx;
    c->gpr[EDX] = edx;
}

uint32_t x_cpuid(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct cpu_model *m = c->model;
    uint32_t leaf = c->gpr[EAX] > m->leaves ? m->leaves : c->gpr[EAX];
    switch (leaf) {
    case 0: /* "GenuineIntel" in EBX, EDX, ECX */
        put(c, m->leaves, 0x756e6547, 0x6c65746e, 0x49656e69);
        break;
    case 1: put(c, m->reset_edx, 0, 0, cpu_features(c)); break;
    default: put(c, m->caches[0], m->caches[1], m->caches[2], m->caches[3]); break;
    }
    return 0;
}
