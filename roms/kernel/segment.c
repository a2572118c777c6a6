/* SPDX-License-Identifier: MIT */
/*
 * segment.c - flat segments and the one task state segment.
 * Source: Intel 80386 Programmer's Reference Manual, 5.1.2 (descriptors), 7.1 (TSS).
 *
 *    63      56 55     52 51     48 47          40 39              16 15          0
 *   +----------+---------+---------+--------------+------------------+------------+
 *   |base 31:24| G D 0 0 |limit 19:16| P DPL S type | base 23:0        | limit 15:0 |
 *   +----------+---------+---------+--------------+------------------+------------+
 *
 * All code and data segments cover 4 GiB; protection is the business of paging. Tasks are
 * switched by software; the TSS only says where the kernel stack is. It has no I/O bitmap (its
 * base is the limit), so no port is open to ring 3. There is no LDT, which has to be said: after a
 * reset the processor believes in one at address 0.
 */
#include "kernel/core.h"

#include "drivers/x86.h"
#include "kernel/layout.h"

struct tss {
    uint32_t link;         /* previous task; not used */
    uint32_t esp0, ss0;    /* stack for ring 0 */
    uint32_t not_used[22]; /* other stacks and the registers of a hardware task switch */
    uint16_t trap;         /* debug trap on a task switch */
    uint16_t io_map;       /* offset of the I/O bitmap */
};

static struct tss tss = {.ss0 = SEL_KDATA, .io_map = sizeof(struct tss)};

#define FLAT(access) (0x00cf00000000ffffull | (uint64_t)(access) << 40)

/* Access bytes: present, DPL, type. */
enum {
    CODE_RING0 = 0x9a,
    DATA_RING0 = 0x92,
    CODE_RING3 = 0xfa,
    DATA_RING3 = 0xf2,
    TSS_AVAILABLE = 0x89,
};

static uint64_t gdt[] = {
    0,
    FLAT(CODE_RING0), /* SEL_KCODE */
    FLAT(DATA_RING0), /* SEL_KDATA */
    FLAT(CODE_RING3), /* SEL_UCODE */
    FLAT(DATA_RING3), /* SEL_UDATA */
    0,                /* SEL_TSS, made by segment_init() because it holds an address */
};

void segment_init(void)
{
    uint32_t base = (uint32_t)&tss;
    gdt[SEL_TSS / 8] = (sizeof tss - 1) | (uint64_t)(base & 0xffffff) << 16 |
                       (uint64_t)TSS_AVAILABLE << 40 | (uint64_t)(base >> 24) << 56;

    struct table_register gdtr = {sizeof gdt - 1, (uint32_t)gdt};
    __asm__ volatile("lgdt %0\n\t"
                     "ljmp %1, $1f\n"
                     "1:\n\t"
                     "movw %w2, %%ds\n\t"
                     "movw %w2, %%es\n\t"
                     "movw %w2, %%fs\n\t"
                     "movw %w2, %%gs\n\t"
                     "movw %w2, %%ss\n\t"
                     "ltr %w3\n\t"
                     "lldt %w4"
                     :
                     : "m"(gdtr), "i"(SEL_KCODE), "r"(SEL_KDATA), "r"(SEL_TSS), "r"(0)
                     : "memory");
}

void segment_set_kernel_stack(uint32_t esp0)
{
    tss.esp0 = esp0;
}
