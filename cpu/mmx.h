/* SPDX-License-Identifier: MIT */
/* mmx.h - the packed operations of MMX as a pure function of two registers. */
#ifndef CPU_MMX_H
#define CPU_MMX_H

#include "base/types.h"

enum packed {
    P_MOV,
    P_AND,
    P_ANDN,
    P_OR,
    P_XOR,
    P_ADD,
    P_ADDS,
    P_ADDUS,
    P_SUB,
    P_SUBS,
    P_SUBUS,
    P_CMPEQ,
    P_CMPGT,
    P_MULL,
    P_MULH,
    P_MADD,
    P_SRL,
    P_SRA,
    P_SLL,
    P_PACKS,  /* to elements of the size given */
    P_PACKUS, /* the same, unsigned saturation */
    P_UNPCKL,
    P_UNPCKH,
};

/* What a row says: operation and element size (0: byte, 1: word, 2: dword, 3: qword). */
#define PACKED(op, size) ((op) << 2 | (size))

uint64_t mmx_compute(unsigned arg, uint64_t a, uint64_t b);

#endif
