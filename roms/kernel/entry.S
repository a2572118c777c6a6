/* SPDX-License-Identifier: MIT */
/*
 * entry.S - the way into the kernel, the way out, and the way from one process to another.
 *
 * Each vector has a small entry that completes the frame to the form of struct trapframe
 * (drivers/x86.h): a zero where the processor pushes no error code, then the vector number. The
 * rest is common. Vectors with an error code: 8, 10-14, 17 (80386 Programmer's Reference Manual, 9.7;
 * 17 since the 486).
 *
 * The .cfi lines tell a debugger how to get from here to what was interrupted (DWARF 4, 6.4).
 */
#include "kernel/layout.h"

    .cfi_sections .debug_frame
    .text

/*
 * The frame of an interrupt, for debuggers. The CFA is where the processor pushed EIP; CS and EFLAGS
 * follow, and from another ring ESP and SS. So the interrupted ESP is at CFA + 12 or is CFA + 12,
 * which an expression says by the RPL of CS: dup, +4, deref, 3, and, bra; +12, skip; +12, deref.
 */
    .macro FRAME_BEGIN pushed
    .cfi_startproc simple
    .cfi_signal_frame
    .cfi_def_cfa %esp, \pushed
    .cfi_offset %eip, 0
    .cfi_offset 9, 8                         /* EFLAGS; not every assembler knows its name */
    .cfi_escape 0x16, 4, 17, 0x12, 0x23, 4, 0x06, 0x33, 0x1a, 0x28, 5, 0, 0x23, 12, 0x2f, 3, 0, 0x23, 12, 0x06
    .endm

/* Entry points of vectors 0-47 and 128, 16 bytes apart so that trap.c can compute them. */
    .macro ENTRY vector
    .balign 16
    .if (\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17)
    FRAME_BEGIN 4
    .else
    FRAME_BEGIN 0
    pushl   $0
    .cfi_adjust_cfa_offset 4
    .endif
    pushl   $\vector
    .cfi_adjust_cfa_offset 4
    jmp     trap_common
    .cfi_endproc
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
    FRAME_BEGIN 8
    pushl   %ds
    .cfi_adjust_cfa_offset 4
    pushl   %es
    .cfi_adjust_cfa_offset 4
    pushl   %fs
    .cfi_adjust_cfa_offset 4
    pushl   %gs
    .cfi_adjust_cfa_offset 4
    pushal
    .cfi_adjust_cfa_offset 32
    .cfi_offset %eax, -28
    .cfi_offset %ecx, -32
    .cfi_offset %edx, -36
    .cfi_offset %ebx, -40
    .cfi_offset %ebp, -48
    .cfi_offset %esi, -52
    .cfi_offset %edi, -56
    cld
    movl    $SEL_KDATA, %eax
    movw    %ax, %ds
    movw    %ax, %es
    pushl   %esp                            /* the argument: struct trapframe * */
    .cfi_adjust_cfa_offset 4
    call    trap
    addl    $4, %esp
    .cfi_adjust_cfa_offset -4

/* A new process starts here, with a frame that fork or exec made. */
    .globl trap_return
trap_return:
    popal
    .cfi_adjust_cfa_offset -32
    .irp    reg, eax, ecx, edx, ebx, ebp, esi, edi
    .cfi_same_value %\reg
    .endr
    popl    %gs
    .cfi_adjust_cfa_offset -4
    popl    %fs
    .cfi_adjust_cfa_offset -4
    popl    %es
    .cfi_adjust_cfa_offset -4
    popl    %ds
    .cfi_adjust_cfa_offset -4
    addl    $8, %esp                        /* vector, error code */
    .cfi_adjust_cfa_offset -8
    iret
    .cfi_endproc

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
