/* SPDX-License-Identifier: MIT */
/*
 * holes.h - what is different in the source of copies (splice.h), which is that of the handlers compiled with
 * FOR_COPIES: fields of records are holes to be filled in, and slow cases are left to the handler. In handlers
 * alone (ops.h): ip and c are the handler's.
 */
#ifndef CPU_ENGINE_HOLES_H
#define CPU_ENGINE_HOLES_H

#include "cpu/engine/block.h"

/* What handlers read from records that does not change once there are copies of them: the byte offsets of the
   registers that a record names, its immediate and displacement, and for branches. The source of the copies
   (splice.h) has a symbol for each instead, whose value is filled in when a handler is copied; n: of the n-th record from
   ip on. Assembler says how where gcc would load the symbol into a register first. */
#ifdef FOR_COPIES
#define HOLES(n)                                                                                   \
    extern const char hole_##n##_a[], hole_##n##_b[], hole_##n##_i_base[], hole_##n##_i_index[],   \
        hole_##n##_i_rm[], hole_##n##_i_disp[], hole_##n##_i_imm[], hole_##n##_to[],               \
        hole_##n##_after[];
HOLES(0)
HOLES(1)
HOLES(2)
HOLES(3)
HOLES(4)
#define REG_A_OF(n) (uintptr_t) hole_##n##_a
#define REG_B (uintptr_t) hole_0_b
#define REG_BASE (uintptr_t) hole_0_i_base
#define REG_INDEX (uintptr_t) hole_0_i_index
#define REG_RM (uintptr_t) hole_0_i_rm
/* The compiler need not extend what 32-bit instructions have left in 64. */
#define UPPER_HALF_IS_0(v)                                                                         \
    do {                                                                                           \
        if ((v) > UINT32_MAX)                                                                      \
            __builtin_unreachable();                                                               \
    } while (0)
#define FILLED(hole)                                                                               \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        __asm__("movl %1, %k0" : "=r"(value_) : "i"(hole));                                        \
        UPPER_HALF_IS_0(value_);                                                                   \
        (uint32_t) value_;                                                                         \
    })
#define IMM_OF(n) FILLED(hole_##n##_i_imm)
#define DISP FILLED(hole_0_i_disp)
#define NEXT_EIP FILLED(hole_0_to)
#define WITH_DISP(value)                                                                           \
    ({                                                                                             \
        uint64_t lin_;                                                                             \
        __asm__("leal %c2(%q1), %k0" : "=r"(lin_) : "r"(value), "i"(hole_0_i_disp));               \
        UPPER_HALF_IS_0(lin_);                                                                     \
        (uint32_t) lin_;                                                                           \
    })
#define PUT_IMM(where) __asm__("movl %1, %0" : "=m"(where) : "i"(hole_0_i_imm))
#define PUT_TO(n, where) __asm__("movl %1, %0" : "=m"(where) : "i"(hole_##n##_to))
#define SUB_REST(n, at) __asm__("subl %1 - 1, %0" : "+r"(at) : "i"(hole_##n##_after) : "cc")
/* Shift v, of the kind that the constraint says, by the count in b; and with `out` all ones if the last bit that left it
   was set, else 0. */
#define SHIFT_BY_B(insn, kind, v) __asm__(insn " %1, %0" : kind(v) : "i"(hole_0_b) : "cc")
#define SHIFT_BY_B_OUT(insn, v, out)                                                               \
    __asm__(insn " %2, %0\n\tsbbq %1, %1" : "+r"(v), "=r"(out) : "i"(hole_0_b) : "cc")
#else
#define REG_A_OF(n) ip[n].a
#define REG_B ip->b
#define REG_BASE ip->i.base
#define REG_INDEX ip->i.index
#define REG_RM ip->i.rm
#define IMM_OF(n) ip[n].i.imm
#define DISP ip->i.disp
#define NEXT_EIP ip->to
#define WITH_DISP(value) ((value) + ip->i.disp)
#define PUT_IMM(where) (where) = ip->i.imm
#define PUT_TO(n, where) (where) = ip[n].to
#define SUB_REST(n, at) (at) -= ip[n].after - 1u
#endif
#define REG_A REG_A_OF(0)
#define IMM IMM_OF(0)

/* What a handler does when its fast case does not hold: nothing is committed yet. A copy leaves all
   of that to the handler. */
#ifdef FOR_COPIES
#define SLOW() GO_TO(h_again, ip)
#define SLOW_END() SLOW()
#else
#define SLOW() GO_TO(h_generic, ip)
#define SLOW_END() GO_TO(h_generic_end, ip)
#endif

#endif
