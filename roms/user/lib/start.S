/* SPDX-License-Identifier: MIT */
/*
 * start.S - where every program begins, and the gate to the kernel.
 * On entry ESP points at argc, argv[0], .., NULL, envp[0], .., NULL (System V ABI, Intel386
 * supplement, figure 3-31); main() is called with these and its result is the exit code.
 */
    .section .text.start, "ax"
    .globl _start
_start:
    xorl    %ebp, %ebp                      /* ends a debugger's backtrace */
    movl    (%esp), %eax                    /* argc */
    leal    4(%esp), %ecx                   /* argv */
    leal    8(%esp,%eax,4), %edx            /* envp */
    pushl   %edx
    pushl   %ecx
    pushl   %eax
    call    main
    movl    %eax, %ebx
    movl    $1, %eax                        /* SYS_EXIT */
    int     $0x80

    .text
/* int syscall(number, a, b, c): the kernel's answer as it is, negative for errors. */
    .globl syscall
syscall:
    pushl   %ebx
    movl    8(%esp), %eax
    movl    12(%esp), %ebx
    movl    16(%esp), %ecx
    movl    20(%esp), %edx
    int     $0x80
    popl    %ebx
    ret

    .section .note.GNU-stack, "", @progbits
