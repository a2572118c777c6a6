/* SPDX-License-Identifier: MIT */
/*
 * x86.h - one inline function per privileged or I/O instruction the kernel uses, and the
 * register frame that entry.S builds. Source: Intel 80386 Programmer's Reference Manual.
 */
#ifndef DRIVERS_X86_H
#define DRIVERS_X86_H

#include <stdint.h>

#define CR0_EM 0x00000004u        /* coprocessor emulation: every x87 instruction raises #NM */
#define EFLAGS_IF 0x00000200u     /* interrupts enabled */
#define EFLAGS_ALWAYS 0x00000002u /* the bit that always reads 1 */

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

/* `count` words from a port to memory, from memory to a port. */
static inline void insw(uint16_t port, void *to, uint32_t count)
{
    __asm__ volatile("cld; rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory", "cc");
}

static inline void outsw(uint16_t port, const void *from, uint32_t count)
{
    __asm__ volatile("cld; rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory", "cc");
}

static inline void cli(void)
{
    __asm__ volatile("cli" : : : "memory");
}

static inline void sti(void)
{
    __asm__ volatile("sti" : : : "memory");
}

/* STI holds interrupts off for one more instruction, so nothing can slip in before the HLT. */
static inline void sti_hlt(void)
{
    __asm__ volatile("sti; hlt" : : : "memory");
}

static inline void hlt(void)
{
    __asm__ volatile("hlt" : : : "memory");
}

/* Turns interrupts off and says in EFLAGS how they were, for irq_restore(). */
static inline uint32_t irq_save(void)
{
    uint32_t flags;
    __asm__ volatile("pushfl; popl %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void irq_restore(uint32_t flags)
{
    if (flags & EFLAGS_IF)
        sti();
}

static inline uint32_t read_cr0(void)
{
    uint32_t value;
    __asm__ volatile("movl %%cr0, %0" : "=r"(value));
    return value;
}

static inline void write_cr0(uint32_t value)
{
    __asm__ volatile("movl %0, %%cr0" : : "r"(value));
}

static inline uint32_t read_cr2(void)
{
    uint32_t value;
    __asm__ volatile("movl %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint32_t read_cr3(void)
{
    uint32_t value;
    __asm__ volatile("movl %%cr3, %0" : "=r"(value));
    return value;
}

/* Also flushes the TLB; a 386 has no INVLPG. */
static inline void write_cr3(uint32_t value)
{
    __asm__ volatile("movl %0, %%cr3" : : "r"(value) : "memory");
}

/* The operand of LGDT and LIDT. */
struct table_register {
    uint16_t limit; /* size in bytes - 1 */
    uint32_t base;  /* linear address */
} __attribute__((packed));

/*
 * What entry.S leaves on the kernel stack, lowest address first. Segment registers fill only the
 * low half of their words; what the high half holds depends on the processor.
 */
struct trapframe {
    uint32_t edi, esi, ebp, esp_ignored, ebx, edx, ecx, eax; /* PUSHA */
    uint32_t gs, fs, es, ds;                                 /* data segments */
    uint32_t vector;                                         /* which interrupt */
    uint32_t error;                                          /* error code, 0 if it has none */
    uint32_t eip, cs, eflags;                                /* pushed by the processor */
    uint32_t esp, ss;                                        /* only when it came from ring 3 */
};

#endif
