/* SPDX-License-Identifier: MIT */
/*
 * rt.S - runtime of the bare-metal tests: multiboot 1 start, GDT, IDT whose handlers record
 * and resume, the way to ring 3, the way to real mode and back (rt.inc says how to use it).
 *
 * Source: Intel 80386 Programmer's Reference Manual (order number 230985), chapters 5, 6, 9,
 * 10 and 14; Multiboot Specification 0.6.96. Shares nothing with the emulator.
 */
#include "rt.inc"

    .section .multiboot, "a"
    .align 4
    .long 0x1badb002, 0x00000002, -(0x1badb002 + 0x00000002)
    .long rt_load_end, rt_end, rt_start /* for rom.S */

    .text
    .global rt_start, rt_check_eq, rt_check_fault, rt_snap, rt_none, rt_to_ring3, rt_real
    .global rt_reset_gate, rt_to_v86, rt_v86_gates
rt_start:
    cli
    cld
    mov esp, offset rt_stack_top
    lgdt [rt_gdtr]
    FARJMP KCODE, 1f
1:  mov ecx, KDATA
    mov ds, ecx
    mov es, ecx
    mov fs, ecx
    mov gs, ecx
    mov ss, ecx
    push ebx /* multiboot information */
    /* real-mode code to its place */
    mov esi, offset rt_low_load
    mov edi, offset rt_low_start
    mov ecx, offset rt_low_end
    sub ecx, edi
    rep movsb
    /* IDT: 64 recording gates */
    xor ebx, ebx
1:  mov eax, ebx
    call rt_reset_gate
    inc ebx
    cmp ebx, 64
    jb 1b
    mov byte ptr [rt_idt + 8 * V_END + 5], 0xee
    lidt [rt_idtr]
    /* TSS: the stack for entries from ring 3 */
    mov eax, offset rt_tss
    mov [rt_gdt + TSSSEL + 2], ax
    shr eax, 16
    mov [rt_gdt + TSSSEL + 4], al
    mov [rt_gdt + TSSSEL + 7], ah
    mov eax, TSSSEL
    ltr ax
    lldt word ptr [rt_null]
    /* both PICs: vectors 20h and 28h, everything masked */
    mov esi, offset rt_pic_table
    mov ecx, 10
1:  movzx edx, byte ptr [esi]
    mov al, [esi + 1]
    out dx, al
    add esi, 2
    loop 1b
    call rt_begin /* (multiboot information): reads the command line */
    call test_main
    mov byte ptr [rt_ended], 1
    call rt_finish
1:  hlt
    jmp 1b

/* EAX = vector: the recording interrupt gate of ring 0. Eats EAX, EDX. */
rt_reset_gate:
    mov edx, [rt_stubs + 4 * eax]
    mov [rt_idt + 8 * eax], dx
    mov word ptr [rt_idt + 8 * eax + 2], KCODE
    mov dword ptr [rt_idt + 8 * eax + 4], 0x8e00
    shr edx, 16
    mov [rt_idt + 8 * eax + 6], dx
    ret

/* (got, want, name pushed in this order): every register and flag survives. */
rt_check_eq:
    pushfd
    pushad
    cld
    push [esp + 36 + 8]
    push [esp + 36 + 16]
    push [esp + 36 + 12]
    call rt_report_eq
    add esp, 12
    popad
    popfd
    ret 12

/* (name, vector, error code, eip of the instruction) against rec_*. */
rt_check_fault:
    pushfd
    pushad
    cld
    push [esp + 36 + 16]
    push [esp + 36 + 16]
    push [esp + 36 + 16]
    push [esp + 36 + 16]
    call rt_report_fault
    add esp, 16
    popad
    popfd
    ret 16

/* What the general registers and flags are right after this call returns. */
rt_snap:
    mov [pre_eax], eax
    mov [pre_ecx], ecx
    mov [pre_edx], edx
    mov [pre_ebx], ebx
    mov [pre_ebp], ebp
    mov [pre_esi], esi
    mov [pre_edi], edi
    pop [pre_return]
    mov [pre_esp], esp
    pushfd
    pop [pre_eflags]
    jmp dword ptr [pre_return]

/* The instruction did not fault: leave that as the record. */
rt_none:
    mov dword ptr [rec_vec], NONE
    mov dword ptr [rt_resume], 0
    ret

/* Goes to [rt_target] in ring 3 with the registers and arithmetic flags of now. */
rt_to_ring3:
    call rt_snap
    push eax
    mov eax, [rt_user_esp]
    mov [pre_esp], eax
    mov eax, UDATA
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    pop eax
    push UDATA
    push [rt_user_esp]
    push [pre_eflags]
    push ecx
    mov ecx, [rt_iopl]
    or [esp + 4], ecx
    pop ecx
    push UCODE
    push [rt_target]
    iretd

/* Goes to vm_cs:[rt_target] in virtual-8086 mode with the registers and flags of now. */
rt_to_v86:
    call rt_snap
    push [vm_esp]
    pop [pre_esp]
    push [vm_gs]
    push [vm_fs]
    push [vm_ds]
    push [vm_es]
    push [vm_ss]
    push [vm_esp]
    push [pre_eflags]
    push ecx
    mov ecx, [rt_iopl]
    or ecx, VM
    or [esp + 4], ecx
    pop ecx
    push [vm_cs]
    push [rt_target]
    iretd

/* INT3 in virtual-8086 mode ends a test: vector 3 becomes a gate of DPL 3 that records int 31h. */
rt_v86_gates:
    mov eax, [rt_stubs + 4 * V_END]
    mov [rt_idt + 8 * V_BP], ax
    mov dword ptr [rt_idt + 8 * V_BP + 4], 0xee00
    shr eax, 16
    mov [rt_idt + 8 * V_BP + 6], ax
    ret

/* ---- exceptions and interrupts ---- */
    .set n, 0
    .rept 64
    .pushsection .rodata
    .if n == 0
    .global rt_stubs
rt_stubs:
    .endif
    .long 9f
    .popsection
9:
    .if !((n == 8) || ((n >= 10) && (n <= 14)) || (n == 17))
    push 0
    .endif
    push n
    jmp rt_common
    .set n, n + 1
    .endr

/* Stack: gs fs es ds | edi esi ebp esp ebx edx ecx eax | vector error eip cs eflags (esp ss) */
rt_common:
    pushad
    push ds
    push es
    push fs
    push gs
    cld
    mov eax, KDATA
    mov ds, eax
    mov es, eax
    inc dword ptr [rec_count]
    movzx eax, word ptr [esp]
    mov [rec_gs], eax
    movzx eax, word ptr [esp + 4]
    mov [rec_fs], eax
    movzx eax, word ptr [esp + 8]
    mov [rec_es], eax
    movzx eax, word ptr [esp + 12]
    mov [rec_ds], eax
    lea esi, [esp + 16]
    mov edi, offset rec_edi
    mov ecx, 13
    rep movs dword ptr [edi], dword ptr ss:[esi]
    mov edx, [rec_esp] /* ESP at PUSHAD: the vector */
    add edx, 20
    movzx eax, word ptr [rec_cs]
    mov [rec_cs], eax
    mov ecx, ss
    test dword ptr [rec_eflags], VM
    jnz 2f
    test eax, 3
    jz 1f
2:  mov edx, [esp + 16 + 32 + 20]
    mov ecx, [esp + 16 + 32 + 24]
1:  mov [rec_esp], edx
    movzx ecx, cx
    mov [rec_ss], ecx
    test dword ptr [rec_eflags], VM
    jz 1f
    lea esi, [esp + 16 + 32 + 28]
    mov edi, offset rec_vm_es
    mov ecx, 4
    rep movs dword ptr [edi], dword ptr ss:[esi]
1:  mov eax, cr2
    mov [rec_cr2], eax
    mov eax, esp
    mov [rec_frame], eax
    mov eax, [rt_hook]
    test eax, eax
    jz 1f
    call eax
    test eax, eax
    jz 1f
    pop gs
    pop fs
    pop es
    pop ds
    popad
    add esp, 8
    iretd
1:  mov eax, KDATA
    mov ss, eax
    mov esp, [rt_resume_esp]
    cmp dword ptr [rt_resume], 0
    je rt_unexpected
    push [rt_resume]
    mov dword ptr [rt_resume], 0
    push 2
    popfd
    mov eax, [rec_eax]
    mov ecx, [rec_ecx]
    mov edx, [rec_edx]
    mov ebx, [rec_ebx]
    mov ebp, [rec_ebp]
    mov esi, [rec_esi]
    mov edi, [rec_edi]
    ret

rt_unexpected:
    mov esp, offset rt_stack_top
    push [rec_cr2]
    push [rec_eip]
    push [rec_err]
    push [rec_vec]
    call rt_die

/* ---- real mode ---- */
/* EAX = routine in .low; it gets CS=DS=ES=SS=0, SP=7000h, IF=0 and returns with a near RET. */
rt_real:
    pushfd
    pushad
    mov [rm_fn], ax
    mov [rm_esp32], esp
    FARJMP CODE16, rt_to16
rt_from16:
    mov eax, KDATA
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov ss, eax
    mov esp, [rm_esp32]
    lidt [rt_idtr]
    call rt_real_results
    popad
    popfd
    ret

    .section .low, "awx"
    .code16
    .global rm_fault, rm_vec, rm_ip, rm_cs, rm_flags, rm_sp, rm_ss, rm_ds, rm_resume, rm_resume_sp
    .global rm_eax, rm_ecx, rm_edx, rm_ebx, rm_ebp, rm_esi, rm_edi, rm_results, rm_next, rm_ivt_setup
rt_to16:
    mov ax, DATA16
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    FARJMP 0, rt_rm
rt_rm:
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    mov esp, 0x7000
    lidt [rm_idtr]
    call rm_ivt_setup
    call word ptr [rm_fn]
    cli
    cld
    xor ax, ax
    mov ds, ax
    mov eax, cr0
    or al, 1
    mov cr0, eax
    .att_syntax
    ljmpl $KCODE, $rt_from16
    .intel_syntax noprefix

/* The first 32 vectors of the IVT to the recorder. */
rm_ivt_setup:
    xor di, di
    mov cx, 32
    mov ax, offset rm_stubs
1:  mov [di], ax
    mov word ptr [di + 2], 0
    add ax, 5
    add di, 4
    loop 1b
    ret

rm_stubs:
    .set n, 0
    .rept 32
    .byte 0x6a, n /* push imm8 */
    .byte 0xe9    /* jmp rel16 */
    .word rm_fault - . - 2
    .set n, n + 1
    .endr
rm_fault:
    mov cs:[rm_eax], eax
    mov cs:[rm_ecx], ecx
    mov cs:[rm_edx], edx
    mov cs:[rm_ebx], ebx
    mov cs:[rm_ebp], ebp
    mov cs:[rm_esi], esi
    mov cs:[rm_edi], edi
    mov cs:[rm_ds], ds
    mov cs:[rm_ss], ss
    pop word ptr cs:[rm_vec]
    pop word ptr cs:[rm_ip]
    pop word ptr cs:[rm_cs]
    pop word ptr cs:[rm_flags]
    mov cs:[rm_sp], sp
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov ss, ax
    movzx esp, word ptr cs:[rm_resume_sp]
    jmp word ptr cs:[rm_resume]

    .align 4
rm_esp32: .long 0
rm_eax: .long 0
rm_ecx: .long 0
rm_edx: .long 0
rm_ebx: .long 0
rm_ebp: .long 0
rm_esi: .long 0
rm_edi: .long 0
rm_vec: .long 0
rm_ip: .long 0
rm_cs: .long 0
rm_flags: .long 0
rm_sp: .long 0
rm_ss: .long 0
rm_ds: .long 0
rm_fn: .word 0
rm_resume: .word 0
rm_resume_sp: .word 0
rm_idtr: .word 0x3ff
    .long 0
    .align 4
rm_next: .long rm_results
rm_results: .fill 3 * 200, 4, 0 /* name, got, want: reported when back in 32-bit mode */
    .code32

    .data
    .align 16
    .global rt_gdt, rt_gdtr, rt_idtr, rt_tss, rt_idt, rt_iopl, rt_hook, rt_resume, rt_resume_esp
    .global rt_target, rt_ended, rt_user_esp
    .global vm_cs, vm_ss, vm_esp, vm_ds, vm_es, vm_fs, vm_gs
    .global rec_vm_es, rec_vm_ds, rec_vm_fs, rec_vm_gs
rt_gdt:
    .quad 0
    .long DESC_LO(0, 0xfffff), DESC_HI(0, 0xfffff, 0x9b, 0xc)
    .long DESC_LO(0, 0xfffff), DESC_HI(0, 0xfffff, 0x93, 0xc)
    .long DESC_LO(0, 0xfffff), DESC_HI(0, 0xfffff, 0xfb, 0xc)
    .long DESC_LO(0, 0xfffff), DESC_HI(0, 0xfffff, 0xf3, 0xc)
    .long DESC_LO(0, 103), DESC_HI(0, 103, 0x89, 0)
    .long DESC_LO(0, 0xffff), DESC_HI(0, 0xffff, 0x9b, 0)
    .long DESC_LO(0, 0xffff), DESC_HI(0, 0xffff, 0x93, 0)
    .fill 16, 8, 0
rt_gdt_end:
rt_gdtr:
    .word rt_gdt_end - rt_gdt - 1
    .long rt_gdt
rt_idtr:
    .word 256 * 8 - 1
    .long rt_idt
rt_null: .word 0
rt_pic_table: /* port, value */
    .byte 0x20, 0x11, 0xa0, 0x11, 0x21, 0x20, 0xa1, 0x28, 0x21, 0x04, 0xa1, 0x02
    .byte 0x21, 0x01, 0xa1, 0x01, 0x21, 0xff, 0xa1, 0xff
    .align 4
rt_tss:
    .long 0, rt_stack0_top, KDATA
    .fill 22, 4, 0
    .word 0, 104 /* no I/O permission bitmap */
rt_user_esp: .long rt_ustack_top /* ESP on the way to ring 3 */
rt_iopl: .long 0 /* ORed into the EFLAGS of ring 3 */
rt_hook: .long 0 /* called after recording; EAX != 0 on return: IRET instead of resuming */
rt_resume: .long 0
rt_resume_esp: .long rt_stack_top
rt_target: .long 0
vm_cs: .long 0 /* where rt_to_v86 goes */
vm_ss: .long 0
vm_esp: .long 0x7000
vm_ds: .long 0
vm_es: .long 0
vm_fs: .long 0
vm_gs: .long 0
rt_ended: .long 0

    .bss
    .align 16
    .global pre_eax, pre_ecx, pre_edx, pre_ebx, pre_esp, pre_ebp, pre_esi, pre_edi, pre_eflags
    .global rec_edi, rec_esi, rec_ebp, rec_esp, rec_ebx, rec_edx, rec_ecx, rec_eax
    .global rec_vec, rec_err, rec_eip, rec_cs, rec_eflags, rec_ss, rec_ds, rec_es, rec_fs, rec_gs
    .global rec_cr2, rec_count, rec_frame, rt_ustack_top, rt_stack0_top, rt_stack_top
pre_edi: .long 0 /* the same order as PUSHAD leaves */
pre_esi: .long 0
pre_ebp: .long 0
pre_esp: .long 0
pre_ebx: .long 0
pre_edx: .long 0
pre_ecx: .long 0
pre_eax: .long 0
pre_eflags: .long 0
pre_return: .long 0
rec_edi: .long 0
rec_esi: .long 0
rec_ebp: .long 0
rec_esp: .long 0
rec_ebx: .long 0
rec_edx: .long 0
rec_ecx: .long 0
rec_eax: .long 0
rec_vec: .long 0
rec_err: .long 0
rec_eip: .long 0
rec_cs: .long 0
rec_eflags: .long 0
rec_ss: .long 0
rec_ds: .long 0
rec_es: .long 0
rec_fs: .long 0
rec_gs: .long 0
rec_vm_es: .long 0 /* the segment registers that an exit from V86 mode has pushed */
rec_vm_ds: .long 0
rec_vm_fs: .long 0
rec_vm_gs: .long 0
rec_cr2: .long 0
rec_count: .long 0
rec_frame: .long 0
rt_idt: .fill 256, 8, 0
    .align 4096
    .fill 8192
rt_stack0_top: .fill 4096
    .align 4096
    .fill 4096
rt_ustack_top: .fill 4096 /* room above it, too */
    .fill 16384
rt_stack_top:
