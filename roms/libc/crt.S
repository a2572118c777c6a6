/* SPDX-License-Identifier: MIT */
/*
 * crt.S - where every program begins: the only piece of the C library that is in the program itself.
 * On entry ESP points at argc, argv[0], .., NULL, envp[0], .., NULL, and the auxiliary vector
 * (System V ABI, Intel386 supplement, figure 3-31).
 */
    .section .text.start, "ax"
    .globl _start
_start:
    xorl    %ebp, %ebp                      /* ends a debugger's backtrace */
    movl    %esp, %eax
    andl    $-16, %esp
    pushl   %eax
    pushl   $main
    call    libc_start                      /* calls main() and does not return */

    .section .note.GNU-stack, "", @progbits
