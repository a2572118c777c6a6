/* SPDX-License-Identifier: MIT */
/*
 * ops.h - what specialised handlers are made of: registers, the classes of addresses, memory
 * (reach.h), and the macros that make one handler for each register or address class.
 *
 * A hot handler is a leaf: it ends in GO, and every way out of its fast case is a tail call
 * (SLOW) before anything was committed. tests/engine/leaves.sh looks at the machine code.
 */
#ifndef CPU_ENGINE_OPS_H
#define CPU_ENGINE_OPS_H

#include "cpu/engine/block.h"
#include "cpu/engine/enter.h"
#include "cpu/engine/holes.h"
#include "cpu/engine/reach.h"
#include "cpu/lazy.h"
#include "mmu/paging.h"

#define HANDLER(name) static void name(ARGS)

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
#define AT(T, host) (((struct at_##T *)(void *)(uintptr_t)(host))->v)

/* The register at a byte offset, as an lvalue of type T. */
#define REG(T, offset) AT(T, (uint8_t *)c->gpr + (offset))

/* The value of a dword register, loaded by an instruction of its own: what was stored just now comes to a load after
   one cycle, to an operation with an operand in memory after seven (Zen 4). */
#define VALUE(reg) (*(volatile uint32_t *)(void *)&(reg))

/* Bytes and words in registers go through the whole register: a processor hands a dword that was stored just
   now to a load of that dword at once, but takes many cycles for a part of it, and more for a dword of
   which a part was stored. low_t is a byte of which this holds, uint8_t one that may be AH CH DH BH. */
typedef uint8_t low_t;
#define at_low_t at_uint8_t
#define WHOLE(offset) (*(volatile uint32_t *)(void *)((uint8_t *)c->gpr + (offset)))

/* The value of type T in the register at a byte offset, and changing it. */
#define GET(T, offset) GET_##T(offset)
#define GET_uint8_t(offset) REG(uint8_t, offset)
#define GET_low_t(offset) ((uint8_t)WHOLE(offset))
#define GET_uint16_t(offset) ((uint16_t)WHOLE(offset))
#define GET_uint32_t(offset) VALUE(REG(uint32_t, offset))
#define PUT(T, offset, value) PUT_##T(offset, value)
#define PUT_uint8_t(offset, value) (REG(uint8_t, offset) = (uint8_t)(value))
#define PUT_low_t(offset, value) PUT_PART(offset, 0xffu, value)
#define PUT_uint16_t(offset, value) PUT_PART(offset, 0xffffu, value)
#define PUT_uint32_t(offset, value) (REG(uint32_t, offset) = (value))
#define PUT_PART(offset, mask, value)                                                              \
    (WHOLE(offset) = (WHOLE(offset) & ~(mask)) | ((uint32_t)(value) & (mask)))

#ifndef FALL_BACK /* how addresses leave: h_flow.c has another way */
#define FALL_BACK() SLOW()
#endif

/* The effective address by its class, with 32-bit addressing; absent parts of the classes with an
   index name the zero register. */
#define EA_abs DISP
#define EA_b WITH_DISP(VALUE(REG(uint32_t, REG_BASE)))
#define EA_w EA_b
#define EA_x0 (EA_b + VALUE(REG(uint32_t, REG_INDEX)))
#define EA_x1 (EA_b + (VALUE(REG(uint32_t, REG_INDEX)) << 1))
#define EA_x2 (EA_b + (VALUE(REG(uint32_t, REG_INDEX)) << 2))
#define EA_x3 (EA_b + (VALUE(REG(uint32_t, REG_INDEX)) << 3))
/* Segments that are not flat, with 32-bit addressing without an index and with 16-bit addressing:
   the offset is checked, with room for any operand behind it and the right to read and to write;
   what is closer to the limit falls back. */
#define EA_s32 IN_SEGMENT(EA_b)
#define EA_s16 IN_SEGMENT(EA_x0 & 0xffff)
#define IN_SEGMENT(offset)                                                                         \
    ({                                                                                             \
        const struct seg *s_ = (const struct seg *)(const void *)((uint8_t *)c->seg + REG_B);      \
        uint32_t off_ = (offset);                                                                  \
        if (UNLIKELY((uint64_t)(off_ - s_->lo) + 4 > s_->rw_bytes))                                \
            FALL_BACK();                                                                           \
        s_->base + off_;                                                                           \
    })
/* The flat classes come first; but b with ESP or EBP, through their windows, is a class of its own. */
enum {
    CLASS_abs,
    CLASS_b,
    CLASS_x0,
    CLASS_x1,
    CLASS_x2,
    CLASS_x3,
    FLAT_CLASSES,
    CLASS_s32 = FLAT_CLASSES,
    CLASS_s16,
    CLASS_w,
    CLASSES,
};

/* M(class, ...) for each address class; an array of handlers, one for each. */
#define EACH_FLAT_CLASS(M, ...)                                                                    \
    M(abs, __VA_ARGS__)                                                                            \
    M(b, __VA_ARGS__) M(x0, __VA_ARGS__) M(x1, __VA_ARGS__) M(x2, __VA_ARGS__) M(x3, __VA_ARGS__)
#define EACH_CLASS(M, ...)                                                                         \
    EACH_FLAT_CLASS(M, __VA_ARGS__)                                                                \
    M(s32, __VA_ARGS__) M(s16, __VA_ARGS__) M(w, __VA_ARGS__)
#define BY_FLAT_CLASS(name)                                                                        \
    {                                                                                              \
        name##_abs, name##_b, name##_x0, name##_x1, name##_x2, name##_x3                           \
    }
#define BY_CLASS(name)                                                                             \
    {                                                                                              \
        name##_abs, name##_b, name##_x0, name##_x1, name##_x2, name##_x3, name##_s32, name##_s16,  \
            name##_w                                                                               \
    }

/* M(register number, ...) for each register, and for each pair. */
#define EACH_REG(M, ...)                                                                           \
    M(0, __VA_ARGS__)                                                                              \
    M(1, __VA_ARGS__)                                                                              \
    M(2, __VA_ARGS__)                                                                              \
    M(3, __VA_ARGS__) M(4, __VA_ARGS__) M(5, __VA_ARGS__) M(6, __VA_ARGS__) M(7, __VA_ARGS__)
#define EACH_REG_2(M, ...)                                                                         \
    M(0, __VA_ARGS__)                                                                              \
    M(1, __VA_ARGS__)                                                                              \
    M(2, __VA_ARGS__)                                                                              \
    M(3, __VA_ARGS__) M(4, __VA_ARGS__) M(5, __VA_ARGS__) M(6, __VA_ARGS__) M(7, __VA_ARGS__)
#define BY_REG(name)                                                                               \
    {                                                                                              \
        name##_0, name##_1, name##_2, name##_3, name##_4, name##_5, name##_6, name##_7             \
    }
#define BY_PAIR(name)                                                                              \
    {                                                                                              \
        BY_REG(name##_0), BY_REG(name##_1), BY_REG(name##_2), BY_REG(name##_3), BY_REG(name##_4),  \
            BY_REG(name##_5), BY_REG(name##_6), BY_REG(name##_7)                                   \
    }

/* The operations, from values to a value, on the two flag values: as the bodies of alu.c. */
#define op_add(T, a, b) (T) flags_add_to(sizeof(T), a, b, 0, &res, &aux)
#define op_or(T, a, b) (T) flags_logic_to(sizeof(T), (a) | (b), &res, &aux)
#define op_adc(T, a, b) (T) flags_add_to(sizeof(T), a, b, flag_cf(res, aux), &res, &aux)
#define op_sbb(T, a, b) (T) flags_sub_to(sizeof(T), a, b, flag_cf(res, aux), &res, &aux)
#define op_and(T, a, b) (T) flags_logic_to(sizeof(T), (a) & (b), &res, &aux)
#define op_sub(T, a, b) (T) flags_sub_to(sizeof(T), a, b, 0, &res, &aux)
#define op_xor(T, a, b) (T) flags_logic_to(sizeof(T), (a) ^ (b), &res, &aux)
#define op_inc(a) inc_to(a, 1, &res, &aux)
#define op_dec(a) inc_to(a, -1, &res, &aux)

/* INC and DEC: CF stays. */
static inline uint32_t inc_to(uint32_t a, int by, uint64_t *res, uint64_t *aux)
{
    uint64_t old_res = *res, old_aux = *aux;
    *res = by > 0 ? (uint64_t)a + 1 : (uint64_t)a - 1;
    *aux = aux_keep_cf(*res, a ^ 1, old_res, old_aux);
    return (uint32_t)*res;
}

/* Which of an array of handlers by width: dwords, bytes that may be AH CH DH BH, low bytes. */
enum { WIDTH_DWORD, WIDTH_BYTE, WIDTH_LOW, WIDTHS };
/* Of a record that works on bytes or dwords in the registers a and b, which is a where there is but one. */
static inline unsigned width_of(const struct rec *r, uint8_t a, uint8_t b)
{
    return r->i.size != 1 ? WIDTH_DWORD : (a | b) & 1 ? WIDTH_BYTE : WIDTH_LOW;
}

/* pick.c: the class of a memory operand, or -1, and in r->b the byte offset of its window or segment, if the class has
   one; the same for flat ones only, without windows. */
int memory_class(struct rec *r, uint8_t mode);
int flat_class(const struct rec *r, uint8_t mode);

/* h_*.c: each looks at its own rows and answers NULL for the others. */
handler *pick_alu(struct rec *r, uint8_t mode);
handler *pick_move(struct rec *r, uint8_t mode);
handler *pick_shift(struct rec *r, uint8_t mode);
handler *pick_muldiv(struct rec *r, uint8_t mode);
handler *pick_flow(struct rec *r, uint8_t mode);
handler *pick_stack(struct rec *r, uint8_t mode);
handler *pick_string(const struct rec *r, uint8_t mode);
handler *pick_x87(struct rec *r, uint8_t mode);

/* h_quiet.c: the same operation without flags, or NULL. The record has a handler already. */
handler *pick_quiet(struct rec *r, uint8_t mode);
/* h_fused.c: for the record and its successors in one, or NULL. */
handler *pick_fused(struct rec *r, unsigned n, uint8_t mode);

#endif
