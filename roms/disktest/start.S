/* SPDX-License-Identifier: MIT */
/* start.S - multiboot 1 entry of the disk test. Source: Multiboot Specification 0.6.96. */
    .section .multiboot, "a"
    .align 4
    .long 0x1badb002, 2, -(0x1badb002 + 2)

    .text
    .global start
start:
    cli
    cld
    mov $stack_top, %esp
    push %ebx
    push %eax
    call disktest_main
1:  cli
    hlt
    jmp 1b

    .bss
    .align 16
    .fill 16384
stack_top:
    .section .note.GNU-stack, "", @progbits
