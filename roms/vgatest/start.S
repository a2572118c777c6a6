/* SPDX-License-Identifier: MIT */
/*
 * start.S - multiboot 1 entry of the VGA test, its descriptors, and the timer interrupt that motion
 * tests wait for. Source: Multiboot Specification 0.6.96; 80386 Programmer's Reference, chapter 9.
 */
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
    lgdt gdtr
    ljmp $0x08, $1f
1:  mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov %eax, %ss
    mov $timer_entry, %eax
    mov %ax, idt + 8 * 0x20
    movw $0x08, idt + 8 * 0x20 + 2
    movw $0x8e00, idt + 8 * 0x20 + 4
    shr $16, %eax
    mov %ax, idt + 8 * 0x20 + 6
    lidt idtr
    call vgatest_main
1:  cli
    hlt
    jmp 1b

timer_entry:
    push %eax
    incl ticks
    mov $0x20, %al
    out %al, $0x20
    pop %eax
    iret

    .data
    .global ticks
    .align 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:
    .word gdtr - gdt - 1
    .long gdt
idtr:
    .word 0x21 * 8 - 1
    .long idt
ticks:
    .long 0

    .bss
    .align 16
idt: .fill 0x21, 8, 0
    .fill 16384
stack_top:
    .section .note.GNU-stack, "", @progbits
