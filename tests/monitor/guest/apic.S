/* SPDX-License-Identifier: MIT */
/*
 * apic.S - a small kernel that takes its interrupts through the APICs: the local APIC's timer as vector
 * 41h, the 8254 by pin 2 as 42h, a timer of the HPET by pin 20 as 54h; the 8259s are masked. Its handler
 * of the timer forgets EOI once. Multiboot, no paging.
 */
    .set    KCODE, 8
    .set    KDATA, 16
    .set    LAPIC, 0xfee00000
    .set    IOAPIC, 0xfec00000
    .set    HPET, 0xfed00000

    .macro  gate vector, to
    movl    $\to, %eax
    movw    %ax, idt + 8 * \vector
    movw    $KCODE, idt + 8 * \vector + 2
    movw    $0x8e00, idt + 8 * \vector + 4
    shrl    $16, %eax
    movw    %ax, idt + 8 * \vector + 6
    .endm

    .macro  pin n, low
    movl    $0x10 + 2 * \n, IOAPIC
    movl    $\low, IOAPIC + 0x10
    .endm

    .section .multiboot, "a"
    .long   0x1badb002, 0, -0x1badb002

    .text
    .globl  start, ready, on, forgot, idle, timer, clock, event, message
    .type   start, @function
start:
    movl    $stack_top, %esp
    lgdt    gdt_pointer
    ljmp    $KCODE, $1f
1:  movw    $KDATA, %ax
    movw    %ax, %ds
    movw    %ax, %es
    movw    %ax, %ss
    gate    0x41, timer
    gate    0x42, clock
    gate    0x54, event
    gate    0x65, message
    gate    0xff, spurious
    lidt    idt_pointer
    movb    $0xff, %al
    outb    %al, $0x21
    outb    %al, $0xa1
    movl    $0x1ff, LAPIC + 0xf0
    movl    $0x10000, LAPIC + 0x350
    movl    $0xb, LAPIC + 0x3e0
    movl    $0x20041, LAPIC + 0x320
    pin     2, 0x42
    pin     20, 0xa054
    movl    $(20 << 9 | 6), HPET + 0x140
    movl    $0, HPET + 0x14c
    movl    $100000, HPET + 0x148
ready:
    movl    $1000000, LAPIC + 0x380
    movl    $1, HPET + 0x10
    movb    $0x34, %al
    outb    %al, $0x43
    movb    $4, %al
    outb    %al, $0x40
    outb    %al, $0x40
on: sti
    hlt
forgot:
    cli
    movl    $2000, %ecx
2:  loop    2b
    sti
    hlt
idle:
    jmp     idle

timer:
    cmpl    $0, missed
    movl    $1, missed
    je      3f
    movl    $0, LAPIC + 0xb0
3:  iret
clock:
    movl    $0, LAPIC + 0xb0
    iret
event:
    movl    $4, HPET + 0x20
message:
    movl    $0, LAPIC + 0xb0
spurious:
    iret

    .data
    .balign 8
gdt:
    .quad   0
    .quad   0x00cf9a000000ffff
    .quad   0x00cf92000000ffff
gdt_end:
gdt_pointer:
    .word   gdt_end - gdt - 1
    .long   gdt
idt_pointer:
    .word   256 * 8 - 1
    .long   idt
missed:
    .long   0

    .bss
    .balign 16
idt:
    .skip   2048
    .skip   4096
stack_top:

    .section .note.GNU-stack, "", @progbits
