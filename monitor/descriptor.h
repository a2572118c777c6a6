/* SPDX-License-Identifier: MIT */
/*
 * descriptor.h - descriptors and gates in words, and what is wrong with them (SDM vol. 3, 3.4.5,
 * 5.8, 6.11, 7.2). Everything is read by the current page tables, without effect.
 */
#ifndef MONITOR_DESCRIPTOR_H
#define MONITOR_DESCRIPTOR_H

#include "base/types.h"

struct machine;

struct descriptor {
    uint32_t lo, hi; /* the eight bytes */
    uint32_t base;   /* code, data, TSS, LDT */
    uint32_t limit;  /* of these: last byte, or the last invalid one of expand-down data */
    uint16_t attr;   /* bits 40-47 and 52-55, as DESC_* */
    uint8_t type;    /* bits 40-44: S and type */
    uint8_t dpl;
    uint16_t sel; /* gates: the code segment or TSS */
    uint32_t off; /* gates: the entry point */
};

/* Types of system descriptors (SDM vol. 3, table 3-2). */
enum {
    TYPE_TSS16 = 1,
    TYPE_LDT = 2,
    TYPE_TSS16_BUSY = 3,
    TYPE_CALL16 = 4,
    TYPE_TASK_GATE = 5,
    TYPE_INT16 = 6,
    TYPE_TRAP16 = 7,
    TYPE_TSS32 = 9,
    TYPE_TSS32_BUSY = 11,
    TYPE_CALL32 = 12,
    TYPE_INT32 = 14,
    TYPE_TRAP32 = 15,
};

void descriptor_decode(uint32_t lo, uint32_t hi, struct descriptor *d);
bool descriptor_is_gate(const struct descriptor *d);
bool descriptor_is_tss(const struct descriptor *d);
/* "code 32-bit, readable", "TSS 32-bit, busy": type and size, no DPL. attr as DESC_*. */
void descriptor_type_text(uint16_t attr, char *text, size_t n);

/* The descriptor that sel names. False and why: null, outside its table, not mapped. */
bool descriptor_find(const struct machine *m, uint16_t sel, struct descriptor *d, char *why,
                     size_t n);
/* The IDT's gate for a vector. False and why: beyond the limit, not mapped. */
bool descriptor_gate(const struct machine *m, unsigned vector, struct descriptor *d, char *why,
                     size_t n);

/* What is wrong with an entry of the GDT or LDT, or with gate `vector` of the IDT, so that its use
   would fault: "" if nothing. */
void descriptor_check(const struct machine *m, const struct descriptor *d, char *why, size_t n);
void descriptor_check_gate(const struct machine *m, const struct descriptor *d, char *why,
                           size_t n);

/* Reads n bytes at a linear address by the current tables; false if not all of them are there. */
bool descriptor_peek(const struct machine *m, uint32_t lin, void *buf, size_t n);

#endif
