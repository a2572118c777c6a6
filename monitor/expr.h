/* SPDX-License-Identifier: MIT */
/*
 * expr.h - expressions as in C, on registers, symbols and guest memory.
 *
 *     1234 0x4d2 0b101 0777 64K 'a'          numbers (C's rules; suffix K, M, G)
 *     $eax $cs.base $al $pc eax cr2          registers; without $ an event's variable wins, and a
 *                                            register wins over a symbol of the same name
 *     $name                                  what `set $name = ...` has set
 *     kmain  kmain+4  vm.c:120               symbols and source lines are addresses
 *     cs:eip 0x10:0x1000 f000:fff0           seg:off; pairs of four digits are hexadecimal
 *     *A  *(u8 *)A  byte [A]  phys word [A]  memory; * and [ ] alone are 32 bits
 *     (s8)X                                  conversion
 *     - ! ~  * / %  + -  << >>  < <= > >=  == !=  &  ^  |  &&  ||  ?:
 *
 * Values are signed 64-bit numbers, registers and memory are extended with zeroes. A `-` after a
 * blank and directly before a letter is not taken: it begins an option of the command. Inside
 * ?: a seg:off needs parentheses.
 */
#ifndef MONITOR_EXPR_H
#define MONITOR_EXPR_H

#include "machine/debug.h"

struct line;

enum expr_kind {
    EXPR_VALUE,    /* a number */
    EXPR_REGISTER, /* all of register `reg` */
    EXPR_PART,     /* a part of it: `size` bytes from bit `shift` */
    EXPR_MEMORY,   /* `size` bytes at addr in `space` */
    EXPR_SYMBOL,   /* a symbol's address */
    EXPR_VARIABLE, /* $name */
};

struct expr {
    uint64_t value;         /* what it is worth */
    enum expr_kind kind;    /* where it lies, for `set` */
    unsigned reg, shift;    /* REGISTER, PART */
    uint32_t addr;          /* MEMORY, SYMBOL */
    enum debug_space space; /* MEMORY */
    unsigned size;          /* MEMORY, PART: bytes */
    char name[32];          /* VARIABLE */
    unsigned width;         /* a pointer's target: bytes; 0: not cast to a pointer */
    bool target_signed;     /* and whether it has a sign */
};

/* Takes the longest expression from l->at. False and err, which names the column. */
bool expr_parse(struct line *l, const char *what, struct expr *out, struct error *err);
/* The same without evaluating: grammar and names only. */
bool expr_check(struct line *l, const char *what, struct error *err);

#endif
