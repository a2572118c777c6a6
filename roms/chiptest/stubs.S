/* SPDX-License-Identifier: MIT */
/* stubs.S - 256 gates of the chip test: each calls chip_irq(vector, EIP) with every register kept. */
    .intel_syntax noprefix
    .text
    .set n, 0
    .rept 256
    .pushsection .rodata
    .if n == 0
    .global chip_stubs
chip_stubs:
    .endif
    .long 9f
    .popsection
9:  push n
    jmp common
    .set n, n + 1
    .endr

common:
    pushad
    cld
    push [esp + 36]
    push [esp + 36]
    call chip_irq
    add esp, 8
    popad
    add esp, 4
    iretd
    .section .note.GNU-stack, "", @progbits
