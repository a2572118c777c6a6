/* SPDX-License-Identifier: MIT */
/*
 * entry.S - the way into the kernel, the way out, and the way from one process to another.
 *
 * Each vector has a small entry that completes the frame to the form of struct trapframe (x86.h):
 * a zero where the processor pushes no error code, then the vector number. Everything else is
 * common. Vectors with an error code: 8, 10-14, 17 (80386 Programmer's Reference Manual, 9.7;
 * 17 since the 486).
 */
#include "kernel/layout.h"

    .text

/* Entry points of vectors 0-47 and 128, 16 bytes apart so that trap.c can compute them. */
    .macro ENTRY vector
    .balign 16
    .if (\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17)
    .else
    pushl   $0
    .endif
    pushl   $\vector
    jmp     trap_common
    .endm

    .balign 16
    .globl trap_entries
trap_entries:
    .altmacro
    .set    v, 0
    .rept   48
    ENTRY   %v
    .set    v, v + 1
    .endr

    .globl trap_syscall_entry
    ENTRY   128
    .set    trap_syscall_entry, trap_entries + 48 * 16

trap_common:
    pushl   %ds
    pushl   %es
    pushl   %fs
    pushl   %gs
    pushal
    cld
    movl    $SEL_KDATA, %eax
    movw    %ax, %ds
    movw    %ax, %es
    pushl   %esp                            /* the argument: struct trapframe * */
    call    trap
    addl    $4, %esp

/* A new process starts here, with a frame that fork or exec made. */
    .globl trap_return
trap_return:
    popal
    popl    %gs
    popl    %fs
    popl    %es
    popl    %ds
    addl    $8, %esp                        /* vector, error code */
    iret

/*
 * void switch_context(uint32_t *save_esp, uint32_t load_esp)
 * Leaves the callee-saved registers on the old stack and continues on the new one.
 */
    .globl switch_context
switch_context:
    movl    4(%esp), %eax
    movl    8(%esp), %edx
    pushl   %ebp
    pushl   %ebx
    pushl   %esi
    pushl   %edi
    movl    %esp, (%eax)
    movl    %edx, %esp
    popl    %edi
    popl    %esi
    popl    %ebx
    popl    %ebp
    ret

    .section .note.GNU-stack, "", @progbits
