/* SPDX-License-Identifier: MIT */
/*
 * crash.S - kernels that end in a triple fault, one way for each -DCASE. Multiboot, one page table that
 * maps the first 4 MiB to themselves; the symbols of the steps are in the reports that crash.sh
 * compares.
 *
 *  0  the IDT is all zeroes; a page fault
 *  1  the IDT's limit is 0; an undefined instruction
 *  2  the kernel's stack runs into a page that is not mapped; a call
 *  3  ring 3 makes a system call, and the TSS names a stack that is not mapped
 *  4  real mode with an IDT limit of 0; INT 10h
 *  5  the timer interrupts, and its gate names a data segment
 *  6  the gates are good, but the code segment in the GDT is overwritten
 *  7  the double fault's task gate names a TSS that is not there
 *  8  paging is turned on, and nothing is mapped
 *  9  the stack grows until a recursion without end meets the page below it
 *  10 a call of a null pointer, and the IDT is all zeroes
 */
    .set    FLAGS, 0
    .section .multiboot, "a"
    .long   0x1badb002, FLAGS, -(0x1badb002 + FLAGS)

    .set    KCODE, 8
    .set    KDATA, 16
    .set    UCODE, 24 + 3
    .set    UDATA, 32 + 3
    .set    TASK, 40

    .text
    .globl  _start
    .type   _start, @function
_start:
    cli
    movl    $stack_top, %esp
    xorl    %ebp, %ebp
    lgdt    gdt_pointer
    ljmp    $KCODE, $1f
1:  movw    $KDATA, %ax
    movw    %ax, %ds
    movw    %ax, %es
    movw    %ax, %ss
    movl    $task, %eax
    movw    %ax, gdt + TASK + 2
    shrl    $16, %eax
    movb    %al, gdt + TASK + 4
    movb    %ah, gdt + TASK + 7
    movw    $TASK, %ax
    ltr     %ax
    call    paging
    call    gates
    lidt    idt_pointer
    call    crash
    .size   _start, . - _start

/* The first 4 MiB as they are, for everybody, but for the page `hole` and the first one. */
    .type   paging, @function
paging:
    movl    $7, %eax
    movl    $table, %edi
1:  stosl
    addl    $0x1000, %eax
    cmpl    $0x400007, %eax
    jb      1b
    movl    $hole, %eax
    shrl    $10, %eax
    movl    $0, table(%eax)
    movl    $0, table
    movl    $table + 7, directory
    movl    $directory, %eax
    movl    %eax, %cr3
    movl    %cr0, %eax
    orl     $0x80000000, %eax
    movl    %eax, %cr0
    ret
    .size   paging, . - paging

/* Interrupt gates for all vectors, but for what the case wants otherwise. */
    .type   gates, @function
gates:
#if CASE != 0 && CASE != 10
    movl    $idt, %edi
    movl    $256, %ecx
1:  movl    $handler, %eax
    movw    %ax, (%edi)
    movw    $KCODE, 2(%edi)
    movw    $0xee00, 4(%edi)
    shrl    $16, %eax
    movw    %ax, 6(%edi)
    addl    $8, %edi
    loop    1b
#endif
#if CASE == 5
    movw    $KDATA, idt + 8 * 0x20 + 2
    movl    $0, idt + 8 * 11
    movl    $0, idt + 8 * 11 + 4
    movl    $0, idt + 8 * 13
    movl    $0, idt + 8 * 13 + 4
    movl    $0, idt + 8 * 8
    movl    $0, idt + 8 * 8 + 4
#elif CASE == 7
    movl    $0, idt + 8 * 6
    movl    $0, idt + 8 * 6 + 4
    movl    $0, idt + 8 * 11
    movl    $0, idt + 8 * 11 + 4
    movl    $0x00480000, idt + 8 * 8
    movl    $0x00008500, idt + 8 * 8 + 4
    movl    $0, idt + 8 * 13
    movl    $0, idt + 8 * 13 + 4
#endif
    ret
    .size   gates, . - gates

    .type   handler, @function
handler:
    hlt
    jmp     handler
    .size   handler, . - handler

    .type   crash, @function
crash:
    pushl   %ebp
    movl    %esp, %ebp
    call    cause
    popl    %ebp
    ret
    .size   crash, . - crash

    .type   cause, @function
cause:
    pushl   %ebp
    movl    %esp, %ebp
#if CASE == 0
    movl    $1, 0x00800000
#elif CASE == 1 || CASE == 7
    ud2
#elif CASE == 2
    movl    $hole + 0x1000, %esp
    call    cause
#elif CASE == 3
    pushl   $UDATA
    pushl   $user_stack_top
    pushl   $2
    pushl   $UCODE
    pushl   $user
    iret
#elif CASE == 4
    movl    %cr0, %eax
    andl    $0x7fffffff, %eax
    movl    %eax, %cr0
    ljmp    $48, $0x10 + 0x20
#elif CASE == 5
    movb    $0x11, %al
    outb    %al, $0x20
    movb    $0x20, %al
    outb    %al, $0x21
    movb    $4, %al
    outb    %al, $0x21
    movb    $1, %al
    outb    %al, $0x21
    movb    $0xfe, %al
    outb    %al, $0x21
    movb    $0x34, %al
    outb    %al, $0x43
    movb    $0, %al
    outb    %al, $0x40
    movb    $1, %al
    outb    %al, $0x40
    sti
1:  jmp     1b
#elif CASE == 9
    call    cause
#elif CASE == 10
    xorl    %eax, %eax
    call    *%eax
#elif CASE == 8
    movl    $empty, %eax
    movl    %eax, %cr3
#elif CASE == 6
    movl    $0, gdt + KCODE
    movl    $0, gdt + KCODE + 4
    movl    $1, 0x00800000
#endif
    ret
    .size   cause, . - cause

    .type   user, @function
user:
    movl    $20, %eax
    int     $0x80
    jmp     user
    .size   user, . - user

/* Linked at 100020h: just above 1 MiB, where segment FFFFh still reaches. */
    .section .real, "ax"
    .code16
    .set    REAL_BASE, 0xffff0
real:
    movl    %cr0, %eax
    andl    $0xfffffffe, %eax
    movl    %eax, %cr0
    .byte   0xea
    .word   0x10 + 0x20 + (real_mode - real)
    .word   REAL_BASE >> 4
real_mode:
    int     $0x10
    hlt
    .code32

    .data
    .balign 8
gdt:
    .quad   0
    .quad   0x00cf9a000000ffff
    .quad   0x00cf92000000ffff
    .quad   0x00cffa000000ffff
    .quad   0x00cff2000000ffff
    .quad   0x0000890000000067
    .quad   0x00009a0ffff0ffff
gdt_end:
gdt_pointer:
    .word   gdt_end - gdt - 1
    .long   gdt
idt_pointer:
#if CASE == 1 || CASE == 4
    .word   0
#else
    .word   256 * 8 - 1
#endif
    .long   idt
    .balign 4
task:
    .long   0, hole + 0x1000, KDATA
    .fill   23, 4, 0

    .bss
    .balign 4096
directory:
    .skip   4096
table:
    .skip   4096
hole:
    .skip   4096
stack:
    .skip   4096
stack_top:
    .skip   4096
user_stack_top:
idt:
    .skip   4096
empty:
    .skip   4096

    .section .note.GNU-stack, "", @progbits
