/* SPDX-License-Identifier: MIT */
/*
 * frames.S - a small kernel for the transcript of bt, dis, list, hist and ints: every kind of frame
 * that a walk up the stack can meet, one on top of the other. Multiboot, no paging.
 *
 *     ring 3:  user_main (EBP) calls user_work (DWARF frame information, no EBP), which calls
 *              user_trap (plain assembly): INT 80h
 *     ring 0:  an entry with PUSHAD, dispatch (EBP), sys_work (DWARF), helper (plain assembly, which
 *              keeps registers on its stack): UD2
 *     again:   an entry, dispatch, bug; then back through all of it, and `deep`, which calls itself
 */
    .set    KCODE, 8
    .set    KDATA, 16
    .set    UCODE, 24 + 3
    .set    UDATA, 32 + 3
    .set    TASK, 40

    .section .multiboot, "a"
    .long   0x1badb002, 0, -0x1badb002

    .text
    .globl  start, in_bug, in_trap, at_end, about_to_return, pushed
    .type   start, @function
start:
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
    movw    $TASK, %ax
    ltr     %ax
    movl    $entry_06, %eax
    movw    %ax, idt + 8 * 6
    movw    $KCODE, idt + 8 * 6 + 2
    movw    $0x8e00, idt + 8 * 6 + 4
    shrl    $16, %eax
    movw    %ax, idt + 8 * 6 + 6
    movl    $entry_80, %eax
    movw    %ax, idt + 8 * 0x80
    movw    $KCODE, idt + 8 * 0x80 + 2
    movw    $0xee00, idt + 8 * 0x80 + 4
    shrl    $16, %eax
    movw    %ax, idt + 8 * 0x80 + 6
    lidt    idt_pointer
    pushl   $UDATA
    pushl   $user_stack_top
    pushl   $2
    pushl   $UCODE
    pushl   $user_start
    iret
    .size   start, . - start

/* ---- The user -------------------------------------------------------------------------- */

    .type   user_start, @function
user_start:
    movw    $UDATA, %ax
    movw    %ax, %ds
    movw    %ax, %es
    xorl    %ebp, %ebp
    pushl   %ebp
    call    user_main
    ud2
    .size   user_start, . - user_start

    .type   user_main, @function
user_main:
    pushl   %ebp
    movl    %esp, %ebp
    subl    $16, %esp
    call    user_work
    pushl   $70
    call    deep
    leave
    ret
    .size   user_main, . - user_main

    .type   user_work, @function
user_work:
    .cfi_startproc
    pushl   %ebx
    .cfi_adjust_cfa_offset 4
    .cfi_rel_offset %ebx, 0
    subl    $20, %esp
    .cfi_adjust_cfa_offset 20
    movl    $0x12345678, %ebx
    call    user_trap
    addl    $20, %esp
    .cfi_adjust_cfa_offset -20
    popl    %ebx
    .cfi_adjust_cfa_offset -4
    .cfi_restore %ebx
    ret
    .cfi_endproc
    .size   user_work, . - user_work

    .type   user_trap, @function
user_trap:
    pushl   %esi
    movl    $20, %eax
in_trap:
    int     $0x80
    popl    %esi
about_to_return:
    ret
    .size   user_trap, . - user_trap

/* Calls itself as often as it is told. */
    .type   deep, @function
deep:
    pushl   %ebp
pushed:
    movl    %esp, %ebp
    movl    8(%ebp), %eax
    decl    %eax
    jz      at_end
    pushl   %eax
    call    deep
    addl    $4, %esp
at_end:
    popl    %ebp
    ret
    .size   deep, . - deep

/* ---- The kernel ------------------------------------------------------------------------ */

entry_06:
    pushl   $0
    pushl   $6
    jmp     common
entry_80:
    pushl   $0
    pushl   $0x80
common:
    pushl   %ds
    pushl   %es
    pushal
    movl    $KDATA, %ebp
    movw    %bp, %ds
    movw    %bp, %es
    pushl   40(%esp)
    call    dispatch
    addl    $4, %esp
    popal
    popl    %es
    popl    %ds
    addl    $8, %esp
    iret

    .type   dispatch, @function
dispatch:
    pushl   %ebp
    movl    %esp, %ebp
    cmpl    $6, 8(%ebp)
    je      1f
    call    sys_work
    jmp     2f
1:  call    bug
2:  popl    %ebp
    ret
    .size   dispatch, . - dispatch

    .type   sys_work, @function
sys_work:
    .cfi_startproc
    subl    $28, %esp
    .cfi_adjust_cfa_offset 28
    call    helper
    addl    $28, %esp
    .cfi_adjust_cfa_offset -28
    ret
    .cfi_endproc
    .size   sys_work, . - sys_work

    .type   helper, @function
helper:
    pushl   %ebx
    pushl   %edi
    ud2
    popl    %edi
    popl    %ebx
    ret
    .size   helper, . - helper

/* Goes on behind the UD2: EIP is in the frame of the interrupt, above what `common` pushed. */
    .type   bug, @function
bug:
    .cfi_startproc
    subl    $8, %esp
    .cfi_adjust_cfa_offset 8
in_bug:
    addl    $2, 72(%esp)
    addl    $8, %esp
    .cfi_adjust_cfa_offset -8
    ret
    .cfi_endproc
    .size   bug, . - bug

    .data
    .balign 8
gdt:
    .quad   0
    .quad   0x00cf9a000000ffff
    .quad   0x00cf92000000ffff
    .quad   0x00cffa000000ffff
    .quad   0x00cff2000000ffff
    .quad   0x0000890000000067
gdt_end:
gdt_pointer:
    .word   gdt_end - gdt - 1
    .long   gdt
idt_pointer:
    .word   256 * 8 - 1
    .long   idt
    .balign 4
task:
    .long   0, stack_top, KDATA
    .fill   23, 4, 0

    .bss
    .balign 16
idt:
    .skip   2048
    .skip   4096
stack_top:
    .skip   4096
user_stack_top:

    .section .note.GNU-stack, "", @progbits
