/* SPDX-License-Identifier: MIT */
/*
 * start.S - multiboot 1 entry of the benchmark guest, its descriptors, page-fault and system-call
 * entry, and the way to ring 3. Source: 80386 Programmer's Reference Manual, chapters 5, 6, 9.
 */
    .section .multiboot, "a"
    .align 4
    .long 0x1badb002, 2, -(0x1badb002 + 2)
    .long image_end, bss_end, start /* for the ROM (roms/cputest/rom.S) */

    .text
    .global start, load_cr3, run_user_syscalls, run_user_sysenters, sysenter_init, switch_stack, ticks
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
    mov $tss, %eax
    mov %ax, gdt + 0x28 + 2
    shr $16, %eax
    mov %al, gdt + 0x28 + 4
    mov %ah, gdt + 0x28 + 7
    mov $0x28, %eax
    ltr %ax
    mov $14, %ebx
    mov $page_fault_entry, %eax
    mov $0x8e00, %ecx
    call set_gate
    mov $0x80, %ebx
    mov $syscall_entry, %eax
    mov $0xee00, %ecx
    call set_gate
    mov $0x20, %ebx
    mov $timer_entry, %eax
    mov $0x8e00, %ecx
    call set_gate
    mov $0xee00, %ecx
    mov $0x81, %ebx
    mov $leave_user, %eax
    call set_gate
    lidt idtr
    call paging_init
    mov %eax, %cr3
    mov %cr0, %eax
    or $0x80000000, %eax
    mov %eax, %cr0
    jmp 1f
1:  call bench_main
1:  hlt
    jmp 1b

/* EBX = vector, EAX = handler, ECX = access << 8 */
set_gate:
    mov %ax, idt(, %ebx, 8)
    movw $0x08, idt + 2(, %ebx, 8)
    mov %ecx, idt + 4(, %ebx, 8)
    shr $16, %eax
    mov %ax, idt + 6(, %ebx, 8)
    ret

page_fault_entry:
    pusha
    mov %cr2, %eax
    push %eax
    call page_fault
    add $4, %esp
    popa
    add $4, %esp
    iret

/* EAX = EAX * 3 + 1, after saving and restoring what a kernel would. */
syscall_entry:
    push %ds
    push %es
    pusha
    mov $0x10, %ecx
    mov %ecx, %ds
    mov %ecx, %es
    incl syscalls
    lea 1(%eax, %eax, 2), %eax
    mov %eax, 28(%esp)
    popa
    pop %es
    pop %ds
    iret

timer_entry:
    push %eax
    incl ticks
    mov $0x20, %al
    out %al, $0x20
    pop %eax
    iret

sysenter_entry:
    lea 1(%eax, %eax, 2), %eax
    sysexit

sysenter_init:
    xor %edx, %edx
    mov $0x174, %ecx
    mov $0x08, %eax
    wrmsr
    mov $0x175, %ecx
    mov $entry_stack_top, %eax
    wrmsr
    mov $0x176, %ecx
    mov $sysenter_entry, %eax
    wrmsr
    ret

switch_stack:
    mov 4(%esp), %eax
    mov 8(%esp), %edx
    mov 12(%esp), %ecx
    push %ebp
    push %ebx
    push %esi
    push %edi
    mov %esp, (%eax)
    mov %ecx, %cr3
    mov %edx, %esp
    pop %edi
    pop %esi
    pop %ebx
    pop %ebp
    ret

load_cr3:
    mov 4(%esp), %eax
    mov %eax, %cr3
    ret

run_user_sysenters:
    mov $user_fast, %eax
    jmp 1f
run_user_syscalls:
    mov $user_code, %eax
1:
    push %ebp
    push %ebx
    push %esi
    push %edi
    mov 20(%esp), %ecx
    mov %esp, kernel_esp
    mov $0x23, %edx
    mov %edx, %ds
    mov %edx, %es
    push $0x23
    push $user_stack_top
    push $2
    push $0x1b
    push %eax
    iret
leave_user:
    mov $0x10, %eax
    mov %eax, %ds
    mov %eax, %es
    mov kernel_esp, %esp
    mov %ebx, %eax
    pop %edi
    pop %esi
    pop %ebx
    pop %ebp
    ret

user_code:
    xor %ebx, %ebx
1:  mov %ecx, %eax
    int $0x80
    add %eax, %ebx
    dec %ecx
    jnz 1b
    int $0x81

user_fast:
    xor %ebx, %ebx
    mov %ecx, %esi
1:  mov %esi, %eax
    mov %esp, %ecx
    mov $2f, %edx
    sysenter
2:  add %eax, %ebx
    dec %esi
    jnz 1b
    int $0x81

    .data
    .align 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff
    .quad 0x0000890000000067
gdtr:
    .word gdtr - gdt - 1
    .long gdt
idtr:
    .word 0x82 * 8 - 1
    .long idt
    .align 4
tss:
    .long 0, entry_stack_top, 0x10
    .fill 22, 4, 0
    .word 0, 104
ticks: .long 0
syscalls: .long 0
kernel_esp: .long 0

    .bss
    .align 16
idt: .fill 0x82, 8, 0
    .fill 4096
entry_stack_top:
    .fill 4096
user_stack_top:
    .fill 65536
stack_top:
    .section .note.GNU-stack, "", @progbits
