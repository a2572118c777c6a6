/* SPDX-License-Identifier: MIT */
/*
 * lazy.h - lazy arithmetic flags in two values that cost one XOR to produce.
 *
 *   res  bits 0-31   the result, moved to the top of 32 bits if it is a byte or a word:
 *                    ZF = (low half is 0), SF = bit 31, PF = parity of its low byte
 *        bit 32      the carry out of an addition, the borrow of a subtraction
 *   aux  bits 0-31   a ^ b of the operands, moved likewise
 *        bit 32      flips CF (and OF)     bit 33   flips SF        bit 36   flips OF
 *        bit 40      the operation was one of bytes        bit 41   of words
 *        bit 48      flips PF
 *
 * x = res ^ aux is then the vector of carries: bit n is the carry (or borrow) into bit n. AF = bit
 * 4 (28 of a byte's, 20 of a word's), CF = bit 32, OF = bit 31 ^ bit 32. Other bits are noise. The
 * flips are for combinations that no result has (POPF), and for what keeps some of the flags.
 *
 * The functions work on the two values, so that the engine can keep them in registers.
 */
#ifndef CPU_LAZY_H
#define CPU_LAZY_H

#include "cpu/arch.h"

#define AUX_CF (UINT64_C(1) << 32)
#define AUX_SIGN (UINT64_C(1) << 31)
#define AUX_FLIP_SF (UINT64_C(1) << 33)
#define AUX_FLIP_OF (UINT64_C(1) << 36)
#define AUX_BYTE (UINT64_C(1) << 40)
#define AUX_WORD (UINT64_C(1) << 41)
#define AUX_FLIP_PF (UINT64_C(1) << 48)

static inline uint32_t sign_extend(uint32_t v, unsigned size)
{
    return size == 4 ? v : size == 2 ? (uint32_t)(int16_t)v : (uint32_t)(int8_t)v;
}

static inline uint32_t size_mask(unsigned size)
{
    return size == 4 ? UINT32_MAX : size == 2 ? 0xffffu : 0xffu;
}

/* How far operands of this size are moved up, and the bit of aux that says so. */
static inline unsigned flags_shift(unsigned size)
{
    return 32 - 8 * size;
}

static inline uint64_t flags_tag(unsigned size)
{
    return size == 4 ? 0 : size == 2 ? AUX_WORD : AUX_BYTE;
}

static inline unsigned aux_shift(uint64_t aux)
{
    return aux & AUX_BYTE ? 24 : aux & AUX_WORD ? 16 : 0;
}

static inline bool flag_zf(uint64_t res)
{
    return (uint32_t)res == 0;
}

static inline bool flag_sf(uint64_t res, uint64_t aux)
{
    return (res >> 31 ^ aux >> 33) & 1;
}

static inline bool flag_pf(uint64_t res, uint64_t aux)
{
    return !__builtin_parity((unsigned)(res >> aux_shift(aux) & 0xff)) ^ (aux >> 48 & 1);
}

static inline bool flag_cf(uint64_t res, uint64_t aux)
{
    return (res ^ aux) >> 32 & 1;
}

static inline bool flag_of(uint64_t res, uint64_t aux)
{
    uint64_t x = res ^ aux;
    return (x >> 31 ^ x >> 32 ^ aux >> 36) & 1;
}

static inline bool flag_af(uint64_t res, uint64_t aux)
{
    return (res ^ aux) >> (4 + aux_shift(aux)) & 1;
}

/* aux for a result (of 32 bits, or sign-extended to them) with exactly these three flags. */
static inline uint64_t aux_make(uint32_t res, bool cf, bool of, bool af)
{
    return res ^ ((uint64_t)cf << 32 | (uint64_t)(cf ^ of) << 31 | (uint64_t)af << 4);
}

/* Sets CF and OF, the others stay. */
static inline uint64_t aux_with_cf_of(uint64_t res, uint64_t aux, bool cf, bool of)
{
    uint64_t want = (uint64_t)cf << 32 | (uint64_t)(cf ^ of) << 31;
    return (aux ^ ((res ^ aux ^ want) & (AUX_CF | AUX_SIGN))) & ~AUX_FLIP_OF;
}

/* Sets CF, the others stay. */
static inline uint64_t aux_with_cf(uint64_t res, uint64_t aux, bool cf)
{
    return aux ^ (flag_cf(res, aux) != cf ? AUX_CF | AUX_FLIP_OF : 0);
}

/* INC and DEC keep CF: aux for the fresh result and operands with the CF of before. */
static inline uint64_t aux_keep_cf(uint64_t res, uint64_t aux, uint64_t old_res, uint64_t old_aux)
{
    uint64_t differs = (res ^ aux ^ old_res ^ old_aux) & AUX_CF;
    return aux ^ differs ^ differs << 4;
}

/* The six flags as EFLAGS bits. */
static inline uint32_t flags_get(uint64_t res, uint64_t aux)
{
    return (flag_cf(res, aux) ? FLAG_CF : 0u) | (flag_pf(res, aux) ? FLAG_PF : 0u) |
           (flag_af(res, aux) ? FLAG_AF : 0u) | (flag_zf(res) ? FLAG_ZF : 0u) |
           (flag_sf(res, aux) ? FLAG_SF : 0u) | (flag_of(res, aux) ? FLAG_OF : 0u);
}

static inline void flags_put(uint32_t f, uint64_t *res, uint64_t *aux)
{
    bool parity = f & FLAG_ZF; /* of the result just chosen: even for 0, odd for 1 */
    *res = f & FLAG_ZF ? 0 : 1;
    *aux = aux_make((uint32_t)*res, f & FLAG_CF, f & FLAG_OF, f & FLAG_AF);
    if (f & FLAG_SF)
        *aux |= AUX_FLIP_SF;
    if (parity != !!(f & FLAG_PF))
        *aux |= AUX_FLIP_PF;
}

/* a + b + carry; bits of the operands above `size` do not matter. */
static inline uint32_t flags_add_to(unsigned size, uint32_t a, uint32_t b, uint32_t cin,
                                    uint64_t *res, uint64_t *aux)
{
    unsigned up = flags_shift(size);
    uint32_t x = a << up, y = b << up;
    *res = (uint64_t)x + y + ((uint64_t)cin << up);
    *aux = (x ^ y) | flags_tag(size);
    return (uint32_t)*res >> up;
}

/* a - b - borrow. */
static inline uint32_t flags_sub_to(unsigned size, uint32_t a, uint32_t b, uint32_t bin,
                                    uint64_t *res, uint64_t *aux)
{
    unsigned up = flags_shift(size);
    uint32_t x = a << up, y = b << up;
    *res = (uint64_t)x - y - ((uint64_t)bin << up);
    *aux = (x ^ y) | flags_tag(size);
    return (uint32_t)*res >> up;
}

static inline uint32_t flags_logic_to(unsigned size, uint32_t r, uint64_t *res, uint64_t *aux)
{
    unsigned up = flags_shift(size);
    *res = r << up;
    *aux = *res | flags_tag(size);
    return (uint32_t)*res >> up;
}

/* Condition codes 0-15 as in Jcc, SETcc, CMOVcc (SDM vol. 1, appendix B). */
static inline bool flags_cond(unsigned cc, uint64_t res, uint64_t aux)
{
    bool yes = false;
    switch (cc >> 1) {
    case 0: yes = flag_of(res, aux); break;
    case 1: yes = flag_cf(res, aux); break;
    case 2: yes = flag_zf(res); break;
    case 3: yes = flag_cf(res, aux) || flag_zf(res); break;
    case 4: yes = flag_sf(res, aux); break;
    case 5: yes = flag_pf(res, aux); break;
    case 6: yes = flag_sf(res, aux) != flag_of(res, aux); break;
    default: yes = flag_zf(res) || flag_sf(res, aux) != flag_of(res, aux); break;
    }
    return yes != (cc & 1);
}

#endif
