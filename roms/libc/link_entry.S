/* SPDX-License-Identifier: MIT */
/*
 * link_entry.S - the library's entry point, where the kernel enters a program that names it as its
 * interpreter: links the program (link.c), then jumps to the program's own entry point with the stack
 * as the kernel made it. EDX would be a function to call at the end; there is none.
 * Source: System V ABI, Intel386 supplement, 3-26 (process initialization).
 */
    .text
    .globl  link_entry
    .hidden link_entry
link_entry:
    movl    %esp, %eax
    pushl   %eax
    call    link_program
    popl    %edx
    xorl    %edx, %edx
    jmp     *%eax

    .section .note.GNU-stack, "", @progbits
