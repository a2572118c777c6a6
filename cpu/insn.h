/* SPDX-License-Identifier: MIT */
/*
 * insn.h - one decoded instruction, and the pure functions that make and print one.
 *
 * decode() looks at bytes and at nothing else: the processor, the monitor, the gdb stub and the
 * fuzzers share it. Registers are held as byte offsets into the register file, so that AL, AH,
 * AX and EAX need no special case; offset REG_NONE names a register that is always zero.
 */
#ifndef CPU_INSN_H
#define CPU_INSN_H

#include "base/types.h"

enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI };
enum { ES, CS, SS, DS, FS, GS, SEGS };

#define REG_NONE 32u /* byte offset of the always-zero ninth register */
#define INSN_MAX_LENGTH 15u

enum {
    INSN_LOCK = 1 << 0,
    INSN_REP = 1 << 1,   /* F3 */
    INSN_REPNE = 1 << 2, /* F2 */
    INSN_MEM = 1 << 3,   /* the ModRM or moffs operand is memory */
    INSN_OS32 = 1 << 4,  /* operand size is 32 bits */
    INSN_AS32 = 1 << 5,  /* address size is 32 bits */
    INSN_SEG = 1 << 6,   /* a segment prefix was given */
    INSN_OS_PREFIX = 1 << 7,
};

struct insn {
    uint16_t row;  /* index into opcodes[] */
    uint8_t len;   /* bytes, prefixes included */
    uint8_t flags; /* INSN_* */
    uint8_t size;  /* operand size of the operation: 1, 2 or 4 */
    uint8_t modrm; /* the ModRM byte, if the row has one */
    uint8_t reg;   /* byte offset of the register in ModRM.reg or in the opcode */
    uint8_t rm;    /* byte offset of the register in ModRM.rm (mod = 3) */
    uint8_t base;  /* memory: byte offset of the base register, or REG_NONE */
    uint8_t index; /* memory: byte offset of the index register, or REG_NONE */
    uint8_t scale; /* memory: shift of the index, 0-3 */
    uint8_t seg;   /* segment of the memory operand, after prefixes and defaults */
    uint32_t disp; /* memory: displacement; moffs; far pointer: offset; ENTER: level */
    uint32_t imm;  /* immediate, extended to 32 bits; far pointer: selector; x87: opcode & 7 */
};

enum decode_status {
    DECODE_OK,
    DECODE_MORE, /* the bytes end inside the instruction */
    DECODE_UD,   /* no such instruction; i->len is what was looked at */
    DECODE_LONG, /* more than 15 bytes */
};

/* Decodes the instruction at code[0..avail). code16: CS.D is clear. On DECODE_UD i->row still
   names the row if there is one (LOCK or register form not allowed), else row 0xffff. */
enum decode_status decode(struct insn *i, const uint8_t *code, unsigned avail, bool code16);

/* Prints i as if it stood at `at` (for relative targets), Intel syntax, lower case. Returns the
   length of the text; always terminates if n > 0. */
int disasm(char *out, size_t n, const struct insn *i, uint32_t at);

#endif
