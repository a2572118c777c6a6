/* SPDX-License-Identifier: MIT */
/* flags.h - the arithmetic flags of a processor: what lazy.h says, on c->res and c->aux. */
#ifndef CPU_FLAGS_H
#define CPU_FLAGS_H

#include "cpu/cpu.h"
#include "cpu/lazy.h"

static inline uint32_t flags_add(struct cpu *c, unsigned size, uint32_t a, uint32_t b, uint32_t cin)
{
    return flags_add_to(size, a, b, cin, &c->res, &c->aux);
}

static inline uint32_t flags_sub(struct cpu *c, unsigned size, uint32_t a, uint32_t b, uint32_t bin)
{
    return flags_sub_to(size, a, b, bin, &c->res, &c->aux);
}

static inline uint32_t flags_logic(struct cpu *c, unsigned size, uint32_t r)
{
    return flags_logic_to(size, r, &c->res, &c->aux);
}

/* The flags of a result of this size with CF, OF and AF given. */
static inline void flags_result(struct cpu *c, unsigned size, uint32_t r, bool cf, bool of, bool af)
{
    c->res = sign_extend(r, size);
    c->aux = aux_make((uint32_t)c->res, cf, of, af);
}

/* Sets CF alone. */
static inline void flags_set_cf(struct cpu *c, bool cf)
{
    c->aux = aux_with_cf(c->res, c->aux, cf);
}

/* Sets ZF alone. */
static inline void flags_set_zf(struct cpu *c, bool zf)
{
    uint32_t f = flags_get(c->res, c->aux) & ~(uint32_t)FLAG_ZF;
    flags_put(f | (zf ? FLAG_ZF : 0), &c->res, &c->aux);
}

/* EFLAGS as a virtual-8086 task below IOPL 3 sees it with CR4.VME: VIF as IF, and IOPL 3. */
static inline uint32_t flags_as_virtual(uint32_t flags)
{
    flags &= ~(uint32_t)FLAG_IF;
    return flags | FLAG_IOPL | (flags & FLAG_VIF ? FLAG_IF : 0);
}

#endif
