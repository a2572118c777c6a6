/* SPDX-License-Identifier: MIT */
/*
 * look.S - a small kernel for the transcripts of the monitor's commands that look and explain. It
 * does one thing after the other, each with a label to stop at; some of them are mistakes that
 * the monitor has to name. Multiboot; identity-mapped and again at C0000000.
 *
 *     start     protected mode, no paging            paged     paging, tables of its own
 *     changed   a PTE was changed, no INVLPG         refused   about to write a read-only page
 *     badsel    about to load a bad selector         in_user   ring 3, address space A
 *     in_other  INT 80h, in A, then in B              masked    IRQ 1 is masked
 *     pressed   a key came, the handler sent no EOI  deaf      interrupts are off
 */
    .intel_syntax noprefix

    .equ P, 1
    .equ RW, 2
    .equ US, 4
    .equ DIR_A, 0x200000     /* page directories of the two processes */
    .equ DIR_B, 0x201000
    .equ LOW, 0x202000       /* table for the first 4 MiB, and for C0000000 */
    .equ USER_A, 0x203000    /* tables for 08048000 */
    .equ USER_B, 0x204000
    .equ CODE, 0x300000      /* user frames: shared code, data of A and of B */
    .equ DATA_A, 0x301000
    .equ DATA_B, 0x302000
    .equ PLAY, 0x310000      /* a page that is played with */
    .equ PLAY_PTE, LOW + (PLAY >> 12) * 4

    .section .multiboot, "a"
    .long 0x1badb002, 0, -0x1badb002

    .text
    .global start, paged, changed, refused, badsel, in_user, in_other, masked, pressed, deaf
    .global page_fault, protection, system_call, key, timer
start:
    mov esp, offset stack_top
    call make_tables
    mov eax, DIR_A
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80010000       /* PG, WP */
    mov cr0, eax
    lgdt gdt_pointer
    jmp 8:1f
1:  mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    lidt idt_pointer
    mov ax, 0x28
    ltr ax
    mov ax, 0x38
    lldt ax
    fninit
    fldpi
    fld1
    fchs
    fldz
    fdivrp                   /* -1 / 0: minus infinity, ZE */
    mov eax, PLAY + 0x100
    mov dr1, eax
    mov eax, 0x00d00008      /* breakpoint 1: writes of four bytes, global */
    mov dr7, eax
paged:
    mov eax, [PLAY]          /* the TLB remembers */
    mov dword ptr [PLAY_PTE], DATA_A | P | RW
changed:
    invlpg [PLAY]
    mov dword ptr [PLAY_PTE], PLAY | P
    invlpg [PLAY]
refused:
    mov dword ptr [PLAY], 1  /* #PF, repaired by its handler */
badsel:
    mov eax, 0x50            /* beyond the GDT: #GP, skipped by its handler */
    mov gs, ax

    mov ax, 0x23             /* to ring 3, at 08048000 */
    mov ds, ax
    mov es, ax
    push 0x23
    push 0x0804a000
    push 0x002
    push 0x1b
    push 0x08048000
    iret

/* What is copied to the users' code page. */
user:
    mov eax, [0x08049000]
    int 0x80
user_end:
    .equ in_user, 0x08048000
    .equ in_other, 0x08048005

page_fault:
    or dword ptr [PLAY_PTE], RW
    invlpg [PLAY]
    add esp, 4
    iret

protection:
    add esp, 4
    add dword ptr [esp], 2   /* over `mov gs, ax` */
    iret

/* The first time: the other address space. The second time: the end of user code. */
system_call:
    mov ecx, cr3
    mov eax, DIR_B
    cmp ecx, eax
    je kernel_again
    mov cr3, eax
    sub dword ptr [esp], 2   /* INT 80h again, over there */
    iret

kernel_again:
    mov esp, offset stack_top
    call start_pic
masked:
    sti
    mov al, 0xfc             /* timer and keyboard */
    out 0x21, al
wait_key:
    hlt
    cmp dword ptr keys, 0
    je wait_key
pressed:
    mov ecx, 4000000
1:  loop 1b
    cli
deaf:
    jmp deaf

key:                         /* the mistake: no EOI */
    push eax
    in al, 0x60
    inc dword ptr keys
    pop eax
    iret

timer:
    push eax
    mov al, 0x20
    out 0x20, al
    pop eax
    iret

start_pic:
    mov al, 0x11
    out 0x20, al
    mov al, 0x20
    out 0x21, al
    mov al, 4
    out 0x21, al
    mov al, 1
    out 0x21, al
    mov al, 0xff
    out 0x21, al
    mov al, 0x36             /* the timer at 100 Hz */
    out 0x43, al
    mov al, 0x9c
    out 0x40, al
    mov al, 0x2e
    out 0x40, al
    ret

make_tables:
    mov edi, DIR_A
    xor eax, eax
    mov ecx, 5 * 1024
    cld
    rep stosd
    mov edi, LOW
    mov eax, P | RW
    mov ecx, 1024
1:  stosd
    add eax, 0x1000
    loop 1b
    mov dword ptr [DIR_A], LOW | P | RW
    mov dword ptr [DIR_A + 0xc00], LOW | P | RW
    mov dword ptr [DIR_A + 32 * 4], USER_A | P | RW | US
    mov dword ptr [USER_A + 0x48 * 4], CODE | P | US
    mov dword ptr [USER_A + 0x49 * 4], DATA_A | P | RW | US
    mov dword ptr [USER_A + 0x60 * 4], DATA_A | P | US /* a frame three times */
    mov dword ptr [USER_A + 0x61 * 4], DATA_A | P | US
    mov dword ptr [USER_A + 0x62 * 4], DATA_A | P | US
    mov dword ptr [DIR_B], LOW | P | RW
    mov dword ptr [DIR_B + 0xc00], LOW | P | RW
    mov dword ptr [DIR_B + 32 * 4], USER_B | P | RW | US
    mov dword ptr [USER_B + 0x48 * 4], CODE | P | US
    mov dword ptr [USER_B + 0x49 * 4], DATA_B | P | US
    mov esi, offset user
    mov edi, CODE
    mov ecx, offset user_end - user
    rep movsb
    ret

    .macro gate n, handler, type
    .org idt + \n * 8
    .word (\handler - start + 0x100100) & 0xffff, 8
    .word \type << 8, (\handler - start + 0x100100) >> 16
    .endm

    .data
    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9a000000ffff /* 08 code */
    .quad 0x00cf92000000ffff /* 10 data */
    .quad 0x00cffa000000ffff /* 18 user code */
    .quad 0x00cff2000000ffff /* 20 user data */
    .word 103, tss - gdt
    .byte 0x12, 0x89, 0, 0   /* 28 TSS; .data is at 120000 */
    .quad 0x00cf12000000ffff /* 30 data, not present */
    .word 15, ldt - gdt
    .byte 0x12, 0x82, 0, 0   /* 38 LDT */
    .quad 0x00008d0000000000 /* 40: reserved type */
gdt_end:
ldt:
    .quad 0x0040f2000000000f /* 04: sixteen bytes for the user */
    .quad 0
tss:
    .long 0, stack_top, 0x10
    .fill 22, 4, 0
    .word 0, 0x68
    .byte 0xff
tss_end:

    .balign 8
idt:
    gate 6, start, 0x8e      /* #UD: nobody expects it */
    gate 13, protection, 0x8e
    gate 14, page_fault, 0x8e
    gate 0x20, timer, 0x8e
    gate 0x21, key, 0x8e
    .org idt + 0x22 * 8
    .word 0, 0x50, 0x8e00, 0 /* IRQ 2: a selector beyond the GDT */
    .word 0, 0x10, 0x8e00, 0 /* IRQ 3: a data segment */
    .word 0, 8, 0x0e00, 0    /* IRQ 4: not present */
    .word 0, 8, 0x8e00, 0x70 /* IRQ 5: a handler where nothing is mapped */
    gate 0x80, system_call, 0xee
    .org idt + 0x81 * 8
idt_end:

gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt
idt_pointer:
    .word idt_end - idt - 1
    .long idt
keys:
    .long 0

    .bss
    .balign 16
    .skip 4096
stack_top:
