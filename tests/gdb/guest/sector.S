/* SPDX-License-Identifier: MIT */
/*
 * sector.S - a boot sector: real mode with segments that are not zero, then 32-bit code, then 16-bit
 * code again, round and round.
 */
    .code16
    .globl _start
_start:
    ljmp    $0x7c0, $1f - _start            /* 07C0:xxxx instead of 0000:7Cxx */
1:  movw    $0x7c0, %ax
    movw    %ax, %ds
    xorw    %ax, %ax
    movw    %ax, %ss
    movw    $0x7000, %sp
    .globl  real
real:
    movw    $0x1234, %ax
    addw    $0x1111, %ax
    call    function
    cli
    lgdtl   gdt_pointer - _start
    movl    %cr0, %eax
    orb     $1, %al
    movl    %eax, %cr0
    ljmpl   $8, $wide
function:
    incw    %bx
    ret

    .code32
    .globl  wide
wide:
    movl    $0x12345678, %eax
    addl    $0x11111111, %eax
    ljmp    $16, $(narrow - _start)

    .code16
    .globl  narrow
narrow:
    movl    %cr0, %eax
    andb    $0xfe, %al
    movl    %eax, %cr0
    ljmp    $0x7c0, $real - _start

    .balign 8
gdt:
    .quad   0
    .quad   0x00cf9a000000ffff              /* 08: flat 32-bit code */
    .quad   0x00009a007c00ffff              /* 10: 16-bit code at 7C00h */
gdt_pointer:
    .word   . - gdt - 1
    .long   gdt
    .org    510
    .word   0xaa55
