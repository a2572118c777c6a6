/* SPDX-License-Identifier: MIT */
/*
 * mem.h - how instructions touch memory: segment check, then translation, then the bus. All of
 * these either succeed completely or raise the architectural fault and do not return.
 *
 * - mem_*: through a segment register, with the rights of the current privilege level.
 * - lin_*: linear addresses with explicit rights (MMU_USER or 0: descriptor tables, TSS, IDT).
 * - An access that crosses a page translates both pages before the first byte moves.
 * - mem_rmw reads with the right to write already proven; mem_rmw_store cannot fail.
 * - mem_probe proves that a later access will succeed.
 * - Alignment (#AC) is checked last, for accesses with user rights while MODE_ALIGN is set: each
 *   by its size, which is what SDM vol. 3, table 6-7 asks for all data but quadwords; these call
 *   lin_align. The host TLB then has nothing for the user, so that only the slow halves check.
 */
#ifndef CPU_MEM_H
#define CPU_MEM_H

#include "cpu/cpu.h"
#include "cpu/fault.h"

#include <string.h>

uint32_t lin_read_slow(struct cpu *c, lin_t lin, unsigned size, unsigned access);
void lin_write_slow(struct cpu *c, lin_t lin, uint32_t v, unsigned size, unsigned access);
/* Raises the page fault that an access of this kind to [lin, lin + n) would; n <= 4096. */
void lin_probe(struct cpu *c, lin_t lin, unsigned n, unsigned access);

/* Raises #GP(0) or #SS(0) for an access that s does not allow. */
_Noreturn void seg_violation(struct cpu *c, const struct seg *s, uint32_t off, unsigned size,
                             bool write);

uint32_t mem_rmw(struct cpu *c, unsigned seg, uint32_t off, unsigned size);
void mem_rmw_store(struct cpu *c, uint32_t v, unsigned size);
void mem_probe(struct cpu *c, unsigned seg, uint32_t off, unsigned size, bool write);

static inline unsigned mem_user(const struct cpu *c)
{
    return c->cpl == 3 ? MMU_USER : 0;
}

/* Guest memory is little-endian; so are the hosts this is built for (checked in cpu.c). */
static inline uint32_t host_get(const uint8_t *p, unsigned size)
{
    if (size == 4) {
        uint32_t v;
        memcpy(&v, p, 4);
        return v;
    }
    if (size == 2) {
        uint16_t v;
        memcpy(&v, p, 2);
        return v;
    }
    return *p;
}

static inline void host_put(uint8_t *p, uint32_t v, unsigned size)
{
    if (size == 4) {
        memcpy(p, &v, 4);
    } else if (size == 2) {
        uint16_t w = (uint16_t)v;
        memcpy(p, &w, 2);
    } else {
        *p = (uint8_t)v;
    }
}

/* Raises #AC for an access that is allowed otherwise, or the page fault. */
_Noreturn void lin_misaligned(struct cpu *c, lin_t lin, unsigned align, unsigned access);

/* align: a power of two. */
static inline void lin_align(struct cpu *c, lin_t lin, unsigned align, unsigned access)
{
    if (__builtin_expect(c->mode & MODE_ALIGN, 0) && (lin & (align - 1)) && (access & MMU_USER))
        lin_misaligned(c, lin, align, access);
}

static inline uint32_t lin_read(struct cpu *c, lin_t lin, unsigned size, unsigned access)
{
    const uint8_t *p = mmu_load(&c->mmu, access & MMU_USER, lin, size);
    return p ? host_get(p, size) : lin_read_slow(c, lin, size, access);
}

static inline void lin_write(struct cpu *c, lin_t lin, uint32_t v, unsigned size, unsigned access)
{
    uint8_t *p = mmu_store(&c->mmu, access & MMU_USER, lin, size);
    if (p)
        host_put(p, v, size);
    else
        lin_write_slow(c, lin, v, size, access);
}

static inline lin_t seg_lin(struct cpu *c, const struct seg *s, uint32_t off, unsigned size,
                            bool write)
{
    if ((uint64_t)(uint32_t)(off - s->lo) + size > (write ? s->wr_bytes : s->rd_bytes))
        seg_violation(c, s, off, size, write);
    return s->base + off;
}

static inline uint32_t mem_read(struct cpu *c, unsigned seg, uint32_t off, unsigned size)
{
    return lin_read(c, seg_lin(c, &c->seg[seg], off, size, false), size, mem_user(c));
}

static inline void mem_write(struct cpu *c, unsigned seg, uint32_t off, uint32_t v, unsigned size)
{
    lin_write(c, seg_lin(c, &c->seg[seg], off, size, true), v, size, mem_user(c));
}

#endif
