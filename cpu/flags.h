/* SPDX-License-Identifier: MIT */
/*
 * flags.h - lazy arithmetic flags in two values that cost two XORs to produce.
 *
 *   res  bits 0-31   result, sign-extended to 32 bits: ZF = (low half is 0), SF = bit 31,
 *                    PF = parity of the low byte
 *        bit 32      flips SF        } only set by flags_put, for combinations that no
 *        bits 40-47  flip PF         } result has (POPF, SAHF)
 *   cv   the carry vector: bit n is the carry (or borrow) into bit n of the operation, moved so
 *        that the carry out of the result is bit 32 and the carry into its sign bit 31.
 *        AF = bit 4, CF = bit 32, OF = bit 31 ^ bit 32. Other bits are noise.
 *
 * The functions work on the two values, so that the engine can keep them in registers.
 */
#ifndef CPU_FLAGS_H
#define CPU_FLAGS_H

#include "cpu/cpu.h"

#define CV_CF (UINT64_C(1) << 32)
#define CV_SIGN (UINT64_C(1) << 31)

static inline uint32_t sign_extend(uint32_t v, unsigned size)
{
    return size == 4 ? v : size == 2 ? (uint32_t)(int16_t)v : (uint32_t)(int8_t)v;
}

static inline uint32_t size_mask(unsigned size)
{
    return size == 4 ? UINT32_MAX : size == 2 ? 0xffffu : 0xffu;
}

static inline bool flag_zf(uint64_t res)
{
    return (uint32_t)res == 0;
}

static inline bool flag_sf(uint64_t res)
{
    return (res >> 31 ^ res >> 32) & 1;
}

static inline bool flag_pf(uint64_t res)
{
    return !__builtin_parity((unsigned)((res ^ res >> 40) & 0xff));
}

static inline bool flag_cf(uint64_t cv)
{
    return cv >> 32 & 1;
}

static inline bool flag_of(uint64_t cv)
{
    return (cv + CV_SIGN) >> 32 & 1;
}

static inline bool flag_af(uint64_t cv)
{
    return cv >> 4 & 1;
}

/* Carry vector that says exactly these three. */
static inline uint64_t cv_make(bool cf, bool of, bool af)
{
    return (uint64_t)cf << 32 | (uint64_t)(cf ^ of) << 31 | (uint64_t)af << 4;
}

/* Moves the carries of an 8- or 16-bit operation into place. */
static inline uint64_t cv_align(uint64_t carries, unsigned size)
{
    return size == 4 ? carries
                     : (carries & 0x10) | (carries << (32 - 8 * size) & (CV_CF | CV_SIGN));
}

/* The six flags as EFLAGS bits. */
static inline uint32_t flags_get(uint64_t res, uint64_t cv)
{
    return (flag_cf(cv) ? FLAG_CF : 0u) | (flag_pf(res) ? FLAG_PF : 0u) |
           (flag_af(cv) ? FLAG_AF : 0u) | (flag_zf(res) ? FLAG_ZF : 0u) |
           (flag_sf(res) ? FLAG_SF : 0u) | (flag_of(cv) ? FLAG_OF : 0u);
}

static inline void flags_put(uint32_t f, uint64_t *res, uint64_t *cv)
{
    uint64_t r = f & FLAG_ZF ? 0 : 1;
    bool parity = f & FLAG_ZF; /* of the low byte just chosen: even for 0, odd for 1 */
    if (f & FLAG_SF)
        r |= UINT64_C(1) << 32;
    if (parity != !!(f & FLAG_PF))
        r |= UINT64_C(1) << 40;
    *res = r;
    *cv = cv_make(f & FLAG_CF, f & FLAG_OF, f & FLAG_AF);
}

/* a + b + carry for operands zero-extended from `size`. */
static inline uint32_t flags_add(struct cpu *c, unsigned size, uint32_t a, uint32_t b, uint32_t cin)
{
    uint64_t r = (uint64_t)a + b + cin;
    c->cv = cv_align(a ^ b ^ r, size);
    c->res = sign_extend((uint32_t)r, size);
    return (uint32_t)r & size_mask(size);
}

/* a - b - borrow. */
static inline uint32_t flags_sub(struct cpu *c, unsigned size, uint32_t a, uint32_t b, uint32_t bin)
{
    uint64_t r = (uint64_t)a - b - bin;
    c->cv = cv_align(a ^ b ^ r, size);
    c->res = sign_extend((uint32_t)r, size);
    return (uint32_t)r & size_mask(size);
}

static inline uint32_t flags_logic(struct cpu *c, unsigned size, uint32_t r)
{
    c->cv = 0;
    c->res = sign_extend(r, size);
    return r & size_mask(size);
}

/* INC and DEC keep CF: the carry vector of the operation with bit 32 replaced. */
static inline uint64_t cv_keep_cf(uint64_t fresh, uint64_t old)
{
    return cv_make(flag_cf(old), flag_of(fresh), flag_af(fresh));
}

/* Sets CF alone, keeping OF and AF. */
static inline void flags_set_cf(struct cpu *c, bool cf)
{
    c->cv = cv_make(cf, flag_of(c->cv), flag_af(c->cv));
}

/* Sets ZF alone. */
static inline void flags_set_zf(struct cpu *c, bool zf)
{
    uint32_t f = flags_get(c->res, c->cv) & ~(uint32_t)FLAG_ZF;
    flags_put(f | (zf ? FLAG_ZF : 0), &c->res, &c->cv);
}

/* EFLAGS as a virtual-8086 task below IOPL 3 sees it with CR4.VME: VIF as IF, and IOPL 3. */
static inline uint32_t flags_as_virtual(uint32_t flags)
{
    flags &= ~(uint32_t)FLAG_IF;
    return flags | FLAG_IOPL | (flags & FLAG_VIF ? FLAG_IF : 0);
}

/* Condition codes 0-15 as in Jcc, SETcc, CMOVcc (SDM vol. 1, appendix B). */
static inline bool flags_cond(unsigned cc, uint64_t res, uint64_t cv)
{
    bool yes = false;
    switch (cc >> 1) {
    case 0: yes = flag_of(cv); break;
    case 1: yes = flag_cf(cv); break;
    case 2: yes = flag_zf(res); break;
    case 3: yes = flag_cf(cv) || flag_zf(res); break;
    case 4: yes = flag_sf(res); break;
    case 5: yes = flag_pf(res); break;
    case 6: yes = flag_sf(res) != flag_of(cv); break;
    default: yes = flag_zf(res) || flag_sf(res) != flag_of(cv); break;
    }
    return yes != (cc & 1);
}

#endif
