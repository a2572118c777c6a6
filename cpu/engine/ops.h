/* SPDX-License-Identifier: MIT */
/*
 * ops.h - what specialised handlers are made of: registers by byte offset, the flat effective
 * address, the host TLB, and the ALU operations on the two flag values.
 *
 * The operations take and give plain values, so that every form (register, immediate, memory) of
 * every size is one line. They must agree with the bodies of alu.c; test_cpu_handlers compares.
 */
#ifndef CPU_ENGINE_OPS_H
#define CPU_ENGINE_OPS_H

#include "cpu/engine/block.h"
#include "cpu/flags.h"

#define HANDLER(name)                                                                              \
    static void name(struct cpu *c, const struct rec *ip, uint64_t res, uint64_t cv)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Values at addresses of any alignment, whatever else the bytes are accessed as. */
struct at_uint8_t {
    uint8_t v; /* the value */
} __attribute__((packed, may_alias));
struct at_uint16_t {
    uint16_t v; /* the value */
} __attribute__((packed, may_alias));
struct at_uint32_t {
    uint32_t v; /* the value */
} __attribute__((packed, may_alias));

/* The value of type T (uint8_t, uint16_t or uint32_t) at a host address, as an lvalue. */
#define AT(T, host) (((struct at_##T *)(void *)(host))->v)

/* The register at a byte offset, as an lvalue of type T. */
#define REG(T, offset) AT(T, (uint8_t *)c->gpr + (offset))

/* Effective address with 32-bit addressing; absent parts name the zero register. */
#define EA() (REG(uint32_t, ip->i.base) + (REG(uint32_t, ip->i.index) << ip->i.scale) + ip->i.disp)

/* What a handler does when its fast case does not hold: nothing is committed yet. */
#define SLOW()                                                                                     \
    do {                                                                                           \
        h_generic(c, ip, res, cv);                                                                 \
        return;                                                                                    \
    } while (0)
#define SLOW_END()                                                                                 \
    do {                                                                                           \
        h_generic_end(c, ip, res, cv);                                                             \
        return;                                                                                    \
    } while (0)

static inline uint8_t *load_at(const struct cpu *c, lin_t lin, unsigned size)
{
    const struct host_entry *h = &c->host[(lin + size - 1) >> 12 & (HOST_TLB_SIZE - 1)];
    if (UNLIKELY(h->rtag != ((lin & PAGE_FRAME_MASK) | c->mmu.tlb.host_gen)))
        return NULL;
    return (uint8_t *)(h->addend + lin);
}

static inline uint8_t *store_at(const struct cpu *c, lin_t lin, unsigned size)
{
    const struct host_entry *h = &c->host[(lin + size - 1) >> 12 & (HOST_TLB_SIZE - 1)];
    if (UNLIKELY(h->wtag != ((lin & PAGE_FRAME_MASK) | c->mmu.tlb.host_gen)))
        return NULL;
    return (uint8_t *)(h->addend + lin);
}

static inline uint32_t op_add(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    uint64_t r = (uint64_t)a + b;
    *cv = cv_align(a ^ b ^ r, size);
    *res = sign_extend((uint32_t)r, size);
    return (uint32_t)r;
}

static inline uint32_t op_adc(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    uint64_t r = (uint64_t)a + b + flag_cf(*cv);
    *cv = cv_align(a ^ b ^ r, size);
    *res = sign_extend((uint32_t)r, size);
    return (uint32_t)r;
}

static inline uint32_t op_sub(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    uint64_t r = (uint64_t)a - b;
    *cv = cv_align(a ^ b ^ r, size);
    *res = sign_extend((uint32_t)r, size);
    return (uint32_t)r;
}

static inline uint32_t op_sbb(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    uint64_t r = (uint64_t)a - b - flag_cf(*cv);
    *cv = cv_align(a ^ b ^ r, size);
    *res = sign_extend((uint32_t)r, size);
    return (uint32_t)r;
}

static inline uint32_t op_and(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    *cv = 0;
    *res = sign_extend(a & b, size);
    return a & b;
}

static inline uint32_t op_or(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    *cv = 0;
    *res = sign_extend(a | b, size);
    return a | b;
}

static inline uint32_t op_xor(uint32_t a, uint32_t b, unsigned size, uint64_t *res, uint64_t *cv)
{
    *cv = 0;
    *res = sign_extend(a ^ b, size);
    return a ^ b;
}

/* The forms in which an operation exists, by destination and source. */
struct forms {
    handler *rr; /* register, register: i.base and i.index hold the two offsets */
    handler *ri; /* register, immediate: i.base */
    handler *rm; /* register (i.reg), memory */
    handler *mr; /* memory, register (i.reg) */
    handler *mi; /* memory, immediate */
};

/* Picks by the row's operands; moves register numbers to where rr and ri expect them. */
handler *forms_pick(const struct forms *f, struct rec *r, uint8_t mode);
/* Is the memory operand in a flat segment, with a 32-bit address? */
bool flat_memory(const struct rec *r, uint8_t mode);

/* h_*.c: each looks at its own rows and answers NULL for the others. */
handler *pick_alu(struct rec *r, uint8_t mode);
handler *pick_move(struct rec *r, uint8_t mode);
handler *pick_shift(struct rec *r, uint8_t mode);
handler *pick_flow(struct rec *r, uint8_t mode);
handler *pick_stack(struct rec *r, uint8_t mode);

#endif
