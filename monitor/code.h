/* SPDX-License-Identifier: MIT */
/*
 * code.h - one instruction for a human: bytes, text, and names behind the addresses in it.
 */
#ifndef MONITOR_CODE_H
#define MONITOR_CODE_H

#include "base/types.h"
#include "cpu/insn.h"

struct machine;
struct symbols;

struct code {
    uint32_t lin;                   /* linear address */
    uint32_t off;                   /* offset in the code segment, from which branches count */
    uint16_t sel;                   /* code segment, where that is worth showing: else 0 */
    bool code16;                    /* 16-bit code */
    bool good;                      /* it is an instruction */
    unsigned len;                   /* its bytes; of what is none: 1, of what cannot be read: 0 */
    uint8_t bytes[INSN_MAX_LENGTH]; /* len of them */
    char text[240];                 /* "call 0xc0104a00 <sys_fork>" */
};

/* Reads the instruction at lin in the address space cr3. False: there is no memory. */
bool code_read(struct code *code, const struct machine *m, const struct symbols *s, uint32_t cr3,
               uint32_t lin, bool code16);
/* "c0100010", or "f000:fff0" for 16-bit code in a segment that does not begin at 0. */
int code_address(const struct code *code, char *text, size_t n);
/* "55 89 e5", at most `most` bytes and then "+". */
int code_bytes(const struct code *code, unsigned most, char *text, size_t n);

#endif
