/* SPDX-License-Identifier: MIT */
/*
 * muldiv.c - MUL, IMUL, DIV, IDIV (SDM vol. 2). After a multiplication CF = OF = "the high half
 * matters"; SF, ZF and PF follow the low half and AF is cleared (all undefined by the manual).
 * DIV and IDIV leave the flags alone (undefined).
 */
#include "cpu/bodies.h"

#include "cpu/flags.h"
#include "cpu/internal.h"

/* Flags of a product with this low half. */
static void mul_flags(struct cpu *c, uint32_t low, unsigned size, bool high_matters)
{
    flags_result(c, size, low, high_matters, high_matters, false);
}

/* Writes a double-width product: AX, DX:AX or EDX:EAX. */
static void put_product(struct cpu *c, unsigned size, uint64_t p)
{
    if (size == 1) {
        reg_set(c, EAX * 4, (uint32_t)p, 2);
        return;
    }
    reg_set(c, EAX * 4, (uint32_t)p, size);
    reg_set(c, EDX * 4, (uint32_t)(p >> (8 * size)), size);
}

uint32_t x_mul(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t p = (uint64_t)reg_get(c, EAX * 4, i->size) * a;
    put_product(c, i->size, p);
    mul_flags(c, (uint32_t)p, i->size, p >> (8 * i->size));
    return 0;
}

static int64_t signed_value(uint32_t v, unsigned size)
{
    return (int32_t)sign_extend(v, size);
}

uint32_t x_imul1(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    int64_t p = signed_value(reg_get(c, EAX * 4, i->size), i->size) * signed_value(a, i->size);
    put_product(c, i->size, (uint64_t)p);
    mul_flags(c, (uint32_t)p, i->size, p != signed_value((uint32_t)p, i->size));
    return 0;
}

static uint32_t imul(struct cpu *c, unsigned size, uint32_t a, uint32_t b)
{
    int64_t p = signed_value(a, size) * signed_value(b, size);
    mul_flags(c, (uint32_t)p, size, p != signed_value((uint32_t)p, size));
    return (uint32_t)p & size_mask(size);
}

uint32_t x_imul(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return imul(c, i->size, a, b);
}

uint32_t x_imul_imm(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return imul(c, i->size, b, i->imm);
}

static uint64_t dividend(const struct cpu *c, unsigned size)
{
    if (size == 1)
        return reg_get(c, EAX * 4, 2);
    return (uint64_t)reg_get(c, EDX * 4, size) << (8 * size) | reg_get(c, EAX * 4, size);
}

/* The flags are undefined. On the 386 and 486 they change, which is how software of the time told them
   from Cyrix's processors; here all are set. Later models leave them alone. */
static void put_quotient(struct cpu *c, unsigned size, uint32_t q, uint32_t r)
{
    if (c->model->level <= 4)
        flags_put(FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF, &c->res, &c->aux);
    reg_set(c, EAX * 4, q, size);
    reg_set(c, size == 1 ? 1 : EDX * 4, r, size); /* remainder: AH, DX or EDX */
}

uint32_t x_div(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t n = dividend(c, i->size);
    if (!a || n / a > size_mask(i->size))
        cpu_fault(c, EXC_DE, WHY_DIVIDE, a, (uint32_t)n);
    put_quotient(c, i->size, (uint32_t)(n / a), (uint32_t)(n % a));
    return 0;
}

uint32_t x_idiv(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint64_t raw = dividend(c, i->size);
    int64_t n = i->size == 1 ? (int16_t)raw : i->size == 2 ? (int32_t)raw : (int64_t)raw;
    int64_t d = signed_value(a, i->size);
    /* INT64_MIN / -1 would overflow on the host as well. */
    if (!d || (d == -1 && n == INT64_MIN) || signed_value((uint32_t)(n / d), i->size) != n / d)
        cpu_fault(c, EXC_DE, WHY_DIVIDE, a, (uint32_t)raw);
    put_quotient(c, i->size, (uint32_t)(n / d), (uint32_t)(n % d));
    return 0;
}
