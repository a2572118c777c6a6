/* SPDX-License-Identifier: MIT */
/*
 * gate.S - what of the library cannot be written in C.
 *
 *   kernel_call   the gate: EAX the number, EBX ECX EDX ESI EDI EBP the arguments; the answer
 *                 as it is, negative for errors
 *   setjmp, longjmp, and the way out of a signal handler
 *
 * Source: System V ABI, Intel386 supplement, 3-12 (which registers a function preserves).
 */
    .text
    .globl  kernel_call
    .hidden kernel_call
kernel_call:
    pushl   %ebp
    pushl   %edi
    pushl   %esi
    pushl   %ebx
    movl    20(%esp), %eax
    movl    24(%esp), %ebx
    movl    28(%esp), %ecx
    movl    32(%esp), %edx
    movl    36(%esp), %esi
    movl    40(%esp), %edi
    movl    44(%esp), %ebp
    int     $0x80
    popl    %ebx
    popl    %esi
    popl    %edi
    popl    %ebp
    ret

    .globl  setjmp, longjmp
    .type   setjmp, @function
    .type   longjmp, @function
setjmp:
    movl    4(%esp), %eax
    movl    %ebx, (%eax)
    movl    %esi, 4(%eax)
    movl    %edi, 8(%eax)
    movl    %ebp, 12(%eax)
    leal    4(%esp), %ecx                   /* ESP as it is after the return */
    movl    %ecx, 16(%eax)
    movl    (%esp), %ecx
    movl    %ecx, 20(%eax)
    xorl    %eax, %eax
    ret

longjmp:
    movl    4(%esp), %ecx
    movl    8(%esp), %eax
    testl   %eax, %eax
    jnz     1f
    incl    %eax                            /* setjmp() never returns 0 twice */
1:  movl    (%ecx), %ebx
    movl    4(%ecx), %esi
    movl    8(%ecx), %edi
    movl    12(%ecx), %ebp
    movl    16(%ecx), %esp
    jmp     *20(%ecx)

/* A handler returns here: the kernel has put this address below the handler's argument. */
    .globl  signal_return, signal_return_info
    .hidden signal_return, signal_return_info
signal_return:
    popl    %eax                            /* the signal's number */
    movl    $119, %eax                      /* SYS_sigreturn */
    int     $0x80
signal_return_info:
    movl    $173, %eax                      /* SYS_rt_sigreturn: its frame starts where ESP is */
    int     $0x80

    .section .note.GNU-stack, "", @progbits
