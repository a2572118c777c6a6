/* SPDX-License-Identifier: MIT */
/*
 * boot.S - from the boot loader to kmain().
 *
 * A multiboot 1 loader enters _start at physical 1 MiB with EAX = 2BADB002h, EBX = the physical
 * address of the boot information, flat 32-bit segments, paging and interrupts off (Multiboot
 * Specification 0.6.96, sections 3.1 and 3.2). The image is linked at c0100000, so until paging is on
 * every symbol is written as PHYS(symbol).
 *
 * Four page tables map physical 0-16 MiB twice: at 0, so that the instruction after the one that
 * sets CR0.PG can be fetched, and at PAGE_OFFSET, where the kernel lives. Once EIP is high the
 * first mapping is removed for good: page 0 is never accessible again.
 */
#include "kernel/layout.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x00000003 /* bit 0: modules page-aligned, bit 1: memory information */

#define PHYS(symbol) ((symbol) - PAGE_OFFSET)
#define BOOT_TABLES (BOOT_MAPPED >> 22)
#define PTE_PW 3 /* present, writable */
#define CR0_PG 0x80000000

    .section .boot, "ax"
    .globl _start
_start:
    jmp     boot

    .balign 4
    .long   MULTIBOOT_MAGIC
    .long   MULTIBOOT_FLAGS
    .long   -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

boot:
    cli
    cld
    movl    %eax, %ebp                      /* the loader's magic number */

    /* boot_tables[i] = i * PAGE_SIZE, present and writable. */
    movl    $PHYS(boot_tables), %edi
    movl    $PTE_PW, %eax
    movl    $(BOOT_TABLES * 1024), %ecx
1:  stosl
    addl    $PAGE_SIZE, %eax
    loop    1b

    /* The same tables behind directory entries 0.. and 768.. */
    movl    $PHYS(kernel_pgdir), %edi
    movl    $(PHYS(boot_tables) + PTE_PW), %eax
    movl    $BOOT_TABLES, %ecx
2:  movl    %eax, (%edi)
    movl    %eax, (PAGE_OFFSET >> 22) * 4(%edi)
    addl    $PAGE_SIZE, %eax
    addl    $4, %edi
    loop    2b

    movl    $PHYS(kernel_pgdir), %eax
    movl    %eax, %cr3
    movl    %cr0, %eax
    orl     $CR0_PG, %eax
    movl    %eax, %cr0
    movl    $high, %eax
    jmp     *%eax

high:
    .cfi_sections .debug_frame
    .cfi_startproc simple
    .cfi_def_cfa %esp, 4
    .cfi_undefined %eip                     /* a debugger's backtrace ends here */
    /* EIP is above PAGE_OFFSET now. Take the low mapping away and flush the TLB. */
    movl    $kernel_pgdir, %edi
    xorl    %eax, %eax
    movl    $BOOT_TABLES, %ecx
    rep stosl
    movl    %cr3, %eax
    movl    %eax, %cr3

    movl    $boot_stack_top, %esp
    pushl   $0
    popfl
    pushl   %ebx
    pushl   %ebp
    xorl    %ebp, %ebp                      /* for those who follow frame pointers */
    call    kmain
3:  cli
    hlt
    jmp     3b
    .cfi_endproc

    .section .bss.pages, "aw", @nobits
    .balign PAGE_SIZE
    .globl kernel_pgdir
kernel_pgdir:
    .skip   PAGE_SIZE
boot_tables:
    .skip   BOOT_TABLES * PAGE_SIZE
boot_stack:
    .skip   PAGE_SIZE
boot_stack_top:

    .section .note.GNU-stack, "", @progbits
