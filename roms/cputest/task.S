/* SPDX-License-Identifier: MIT */
/*
 * task.S - the tasks of the tests of hardware task switching; task.inc says how they are used.
 *
 * Source: Intel SDM vol. 3, chapter 7; 80386 Programmer's Reference Manual, chapter 7.
 */
#include "rt.inc"
#include "task.inc"

    .text
    .global task_prepare, task_record, task_jmp, task_iret
/* (entry point of B): every register and flag survives. */
task_prepare:
    pushfd
    pushad
    cld
    push [esp + 32] /* the flags that we return with have no NT */
    and dword ptr [esp], ~NT
    popfd
    and dword ptr [esp + 32], ~NT
    mov edi, offset task_area
    mov ecx, (task_area_end - task_area) / 4
    xor eax, eax
    rep stosd
    /* B and H: flat, with registers of their own */
    mov edi, offset tss_b
    call fill
    mov edi, offset tss_h
    call fill
    mov eax, [esp + 40]
    mov [tss_b + T_EIP], eax
    mov dword ptr [tss_b + T_ESP], offset task_stack_b
    mov dword ptr [tss_h + T_ESP], offset task_stack_h
    mov dword ptr [tss_h + T_EIP], offset task_handler
    /* C: 16-bit code in the low 64K */
    mov dword ptr [tss_c], 0xdead
    mov word ptr [tss_c + T16_SS], DATA16 /* the upper half of ESP is undefined */
    mov word ptr [tss_c + 2], 0x7400
    mov word ptr [tss_c + 4], KDATA
    mov word ptr [tss_c + T16_IP], offset task16
    mov word ptr [tss_c + T16_FLAGS], 2
    mov edi, offset tss_c + T16_AX
    mov ecx, 8
    mov eax, 0x1600
1:  stosw
    inc eax
    loop 1b
    mov word ptr [tss_c + T16_SP], 0x7800
    mov eax, KDATA
    mov [tss_c + T16_ES], ax
    mov [tss_c + T16_DS], ax
    mov word ptr [tss_c + T16_CS], CODE16
    /* descriptors, none busy but that of A */
    SETDESC_AT 8, tss_b, 103, 0x89, 0
    SETDESC_AT 9, tss_c, 43, 0x81, 0
    SETDESC_AT 10, tss_h, 103, 0x89, 0
    mov dword ptr [rt_gdt + SEL_GATE], SEL_B << 16
    mov dword ptr [rt_gdt + SEL_GATE + 4], 0x8500
    mov byte ptr [rt_gdt + TSSSEL + 5], 0x89
    mov eax, TSSSEL
    ltr ax
    xor eax, eax
    lldt ax
    mov dword ptr [rt_tss], 0xbeef
    mov dword ptr [seen_vec], NONE
    mov dword ptr [seen_err], -1
    clts
    popad
    popfd
    ret 4

/* EDI = a cleared 32-bit TSS */
fill:
    mov dword ptr [edi + T_LINK], 0xdead
    mov dword ptr [edi + T_ESP0], offset task_stack_0
    mov dword ptr [edi + T_SS0], KDATA
    mov eax, cr3
    mov [edi + T_CR3], eax
    mov dword ptr [edi + T_EFLAGS], 2
    mov dword ptr [edi + T_EAX], 0xb0000000
    mov dword ptr [edi + T_ECX], 0xb1111111
    mov dword ptr [edi + T_EDX], 0xb2222222
    mov dword ptr [edi + T_EBX], 0xb3333333
    mov dword ptr [edi + T_EBP], 0xb5555555
    mov dword ptr [edi + T_ESI], 0xb6666666
    mov dword ptr [edi + T_EDI], 0xb7777777
    mov dword ptr [edi + T_ES], KDATA
    mov dword ptr [edi + T_CS], KCODE
    mov dword ptr [edi + T_SS], KDATA
    mov dword ptr [edi + T_DS], KDATA
    mov dword ptr [edi + T_FS], KDATA
    mov dword ptr [edi + T_GS], KDATA
    mov word ptr [edi + T_MAP], 104
    ret

/* Everything survives but the flags. */
task_record:
    push [esp]
    pop [seen_return]
    mov [seen_eax], eax
    mov [seen_ecx], ecx
    mov [seen_edx], edx
    mov [seen_ebx], ebx
    mov [seen_esp], esp
    mov [seen_ebp], ebp
    mov [seen_esi], esi
    mov [seen_edi], edi
    pushfd
    pop [seen_flags]
    push eax
    str eax
    movzx eax, ax
    mov [seen_tr], eax
    sldt eax
    movzx eax, ax
    mov [seen_ldt], eax
    mov eax, cs
    mov [seen_cs], eax
    test eax, 3
    jnz 1f
    mov eax, cr0
    mov [seen_cr0], eax
1:  mov eax, ds
    mov [seen_ds], eax
    mov eax, fs
    mov [seen_fs], eax
    movzx eax, byte ptr [rt_gdt + TSSSEL + 5]
    mov [seen_busy_a], eax
    movzx eax, byte ptr [rt_gdt + SEL_B + 5]
    mov [seen_busy_b], eax
    mov eax, [tss_b]
    mov [seen_link], eax
    inc dword ptr [seen_runs]
    pop eax
    ret

/* B: back by a jump, or by IRET; goes on behind it the next time. */
task_jmp:
    call task_record
    FARJMP TSSSEL, 0
    jmp task_jmp
task_iret:
    call task_record
    iretd
    jmp task_iret

/* H: an exception with an error code arrived through its task gate. */
task_handler:
    mov eax, [seen_expect]
    mov [seen_vec], eax
    mov [seen_esp], esp
    pop [seen_err]
    mov eax, [tss_h]
    mov [seen_link], eax
    FARJMP TSSSEL, 0
    jmp task_handler

    .section .low
    .code16
    .global task16_seen, task16_exit, task16
/* C: 16-bit code. */
task16:
    mov [task16_seen], ax
    mov [task16_seen + 2], sp
    str [task16_seen + 4]
    pushf
    pop word ptr [task16_seen + 6]
    mov [task16_seen + 8], fs
    mov [task16_seen + 10], ds
    jmp word ptr [task16_exit]
    .align 4
task16_seen: .fill 8, 2, 0
task16_exit: .word 0
    .global task16_jmp, task16_iret, task16_call
task16_jmp:
    .byte 0xea
    .word 0, TSSSEL
    jmp task16
task16_iret:
    iret
    jmp task16
task16_call: /* and B comes back by IRET */
    .byte 0x9a
    .word 0, SEL_B
    mov [task16_seen + 12], ax
    .byte 0xea
    .word 0, TSSSEL
    jmp task16
    .code32

    .bss
    .align 16
    .global tss_b, tss_c, tss_h, task_stack_b, task_stack_h, task_stack_0
    .global seen_eax, seen_ecx, seen_edx, seen_ebx, seen_esp, seen_ebp, seen_esi, seen_edi
    .global seen_flags, seen_tr, seen_ldt, seen_cs, seen_cr0, seen_ds, seen_fs, seen_busy_a
    .global seen_busy_b, seen_link, seen_runs, seen_vec, seen_err, seen_expect, seen_return
task_area:
tss_b: .fill 128
tss_c: .fill 64
tss_h: .fill 128
seen_eax: .long 0
seen_ecx: .long 0
seen_edx: .long 0
seen_ebx: .long 0
seen_esp: .long 0
seen_ebp: .long 0
seen_esi: .long 0
seen_edi: .long 0
seen_flags: .long 0
seen_tr: .long 0
seen_ldt: .long 0
seen_cs: .long 0
seen_cr0: .long 0
seen_ds: .long 0
seen_fs: .long 0
seen_busy_a: .long 0
seen_busy_b: .long 0
seen_link: .long 0
seen_runs: .long 0
seen_return: .long 0
task_area_end:
seen_vec: .long 0
seen_err: .long 0
seen_expect: .long 0
    .fill 1024
task_stack_b: .fill 1024
task_stack_h: .fill 1024
task_stack_0: .long 0
