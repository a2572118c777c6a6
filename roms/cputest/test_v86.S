/* SPDX-License-Identifier: MIT */
/*
 * test_v86.S - virtual-8086 mode: entry by IRET, real-mode segments and their limits, what IOPL
 * and the I/O bitmap decide, what is #UD there, the frame that an exception leaves, page faults.
 *
 * Source: Intel SDM vol. 3, chapter 20.2 (virtual-8086 mode); vol. 2, IRET and INT n (the parts
 * for VM = 1); 80386 Programmer's Reference Manual, chapter 15. Ways out through gates are
 * in test_v86exits.S, the entry by task switch in test_tasks.S.
 */
#include "rt.inc"
#include "paging.inc"

    .text
    .global test_main
test_main:
    call rt_v86_gates
    call entry
    call way_out
    call sensitive
    call iopl3
    call privileged
    call io_ports
    call segments
    call limits
    call locks_and_faults
    call paged
    ret

/* IRET with VM in the image, from ring 0. */
entry:
    mov dword ptr [vm_ds], 0x1234
    mov dword ptr [vm_es], 0x2345
    mov dword ptr [vm_fs], 0xf456
    mov dword ptr [vm_gs], 0xffff
    mov dword ptr [vm_ss], 0x0100
    mov dword ptr [vm_esp], 0xabcd6000
    mov dword ptr [vm_cs], 0x0100
    mov eax, 0x11223344
    RUNV "entry_code - 0x1000"
    EQ "entry: ends", [rec_vec], V_END
    EQ "entry: cs", [rec_cs], 0x100
    EQ "entry: ip", [rec_eip], "offset entry_end - 0x1000"
    EQ "entry: ss", [rec_ss], 0x100
    EQ "entry: esp keeps its upper half", [rec_esp], 0xabcd6000
    EQ "entry: ds and es", [seen_vm], 0x23451234
    EQ "entry: fs and gs", [seen_vm + 4], 0xfffff456
    EQ "entry: ss inside", [seen_vm + 8], 0x100
    EQ "entry: eax", [rec_eax], 0x11223344
    mov eax, [rec_eflags]
    and eax, VM | IF | NT | RF | IOPL(3)
    EQ "entry: eflags", eax, VM
    mov dword ptr [vm_cs], 0
    mov dword ptr [vm_ss], 0
    mov dword ptr [vm_esp], 0x7000
    /* ring 3 cannot set VM by IRET or POPF */
    RING3 iret_vm_user
    EQ "iret in ring 3 ignores vm", [rec_vec], V_END
    mov eax, [rec_eflags]
    and eax, VM
    EQ "vm stays clear in ring 3", eax, 0
    push VM | 2
    popfd
    FLAGS "popf in ring 0 does not set vm", VM, 0
    /* IP above FFFF in the image */
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    push 0
    push 0
    push 0
    push 0
    push 0
    push 0x7000
    push VM | 2
    push 0
    push offset low_nop
    iretd
1:  EQ "iret to v86 without macros", [rec_vec], V_END
    ret
iret_vm_user:
    .rept 4
    push 0
    .endr
    push 0
    push 0x7000
    push VM | 2
    push UCODE
    push offset both_modes
    iretd

/* The frame of an exception and the segment registers of the handler. */
way_out:
    mov dword ptr [vm_ds], 0x1111
    mov dword ptr [vm_es], 0x2222
    mov dword ptr [vm_fs], 0x3333
    mov dword ptr [vm_gs], 0x4444
    mov dword ptr [vm_esp], 0x12346ff0
    FAULTV "ud2 in v86", V_UD, 0, .byte 0x0f, 0x0b
    EQ "frame: es", [rec_vm_es], 0x2222
    EQ "frame: ds", [rec_vm_ds], 0x1111
    EQ "frame: fs", [rec_vm_fs], 0x3333
    EQ "frame: gs", [rec_vm_gs], 0x4444
    EQ "frame: ss", [rec_ss], 0
    EQ "frame: esp", [rec_esp], 0x12346ff0
    EQ "handler's ds is null", [rec_ds], 0
    EQ "handler's es is null", [rec_es], 0
    EQ "handler's fs is null", [rec_fs], 0
    EQ "handler's gs is null", [rec_gs], 0
    mov eax, [rec_eflags]
    and eax, VM | RF
    EQ "vm and rf in the pushed flags", eax, VM | RF
    mov eax, [rec_frame] /* 16 segments, 32 general, vector and error, then the frame */
    add eax, 16 + 32 + 8 + 36
    EQ "the frame is 36 bytes below esp0", eax, "offset rt_stack0_top"
    FLAGS "vm is clear in the handler", VM, 0
    xor ecx, ecx
    xor edx, edx
    FAULTV "hlt: an error code is pushed", V_GP, 0, hlt
    mov eax, [rec_frame]
    add eax, 16 + 32 + 8 + 36
    EQ "40 bytes with an error code", eax, "offset rt_stack0_top"
    mov dword ptr [vm_ds], 0
    mov dword ptr [vm_es], 0
    mov dword ptr [vm_fs], 0
    mov dword ptr [vm_gs], 0
    mov dword ptr [vm_esp], 0x7000
    ret

/* IOPL below 3: CLI STI PUSHF POPF INT n IRET are #GP(0) and change nothing. */
sensitive:
    xor esi, esi
1:  mov [rt_iopl], esi
    mov dword ptr [0x7000], 0
    mov dword ptr [0x7004], 0
    mov dword ptr [0x7008], 2
    mov eax, 0x12345678
    FAULTV "cli", V_GP, 0, cli
    FAULTV "sti", V_GP, 0, sti
    FAULTV "pushf", V_GP, 0, pushf
    FAULTV "pushfd", V_GP, 0, pushfd
    FAULTV "popf", V_GP, 0, popf
    FAULTV "popfd", V_GP, 0, popfd
    FAULTV "iret", V_GP, 0, iret
    FAULTV "iretd", V_GP, 0, iretd
    FAULTV "int n", V_GP, 0, int 0x40
    FAULTV "int 3 in two bytes", V_GP, 0, .byte 0xcd, 3
    EQ "pushf has written nothing", [0x6ffc], 0
    mov al, 0x7f
    add al, 1
    FAULTV "into is not sensitive, its gate is", V_GP, (V_OF * 8 + 2), into
    add esi, IOPL(1)
    cmp esi, IOPL(3)
    jb 1b
    mov dword ptr [rt_iopl], 0
    ret

iopl3:
    mov dword ptr [rt_iopl], IOPL(3) | IF
    RUNV cli_pushf
    EQ "cli with iopl 3", [rec_vec], V_END
    mov eax, [0x6ffe]
    and eax, 0xffff & ~ARITH
    EQ "pushf with iopl 3", eax, IOPL(3) | 2
    mov eax, [rec_eflags]
    and eax, IF
    EQ "cli clears if", eax, 0
    mov dword ptr [rt_iopl], IOPL(3)
    RUNV sti_pushfd
    EQ "sti with iopl 3", [rec_vec], V_END
    mov eax, [0x6ffc]
    and eax, 0x3ffff & ~ARITH
    EQ "pushfd shows neither vm nor rf", eax, IOPL(3) | IF | 2
    RUNV popf_all
    EQ "popf with iopl 3", [rec_vec], V_END
    mov eax, [rec_eflags]
    and eax, 0x7eff | VM
    EQ "popf sets if and the rest, not iopl", eax, VM | NT | IOPL(3) | OF | DF | IF | SF | ZF | AF | PF | CF | 2
    RUNV popfd_vm
    mov eax, [rec_eflags]
    and eax, VM | IOPL(3) | IF
    EQ "popfd keeps vm and iopl", eax, VM | IOPL(3)
    RUNV iret_code
    EQ "iret with iopl 3", [rec_vec], V_END
    EQ "iret loads cs", [rec_cs], 0x10
    EQ "iret loads ip", [rec_eip], "offset iret_target + 1 - 0x100"
    mov eax, [rec_eflags]
    and eax, VM | IOPL(3) | IF | CF
    EQ "iret keeps iopl, loads if", eax, VM | IOPL(3) | IF | CF
    EQ "iret pops six bytes", [rec_esp], 0x7000
    RUNV iret_nt
    EQ "iret with nt is a plain one", [rec_vec], V_END
    EQ "iret with nt: cs", [rec_cs], 0x10
    RUNV iretd_code
    EQ "iretd with iopl 3", [rec_vec], V_END
    EQ "iretd loads cs", [rec_cs], 0x10
    EQ "iretd pops twelve bytes", [rec_esp], 0x7000
    mov eax, [rec_eflags]
    and eax, VM | IOPL(3)
    EQ "iretd keeps vm and iopl", eax, VM | IOPL(3)
    FAULTV "hlt with iopl 3", V_GP, 0, hlt
    mov dword ptr [rt_iopl], 0
    cld
    ret

/* CPL is 3, and what needs protected mode is #UD. */
privileged:
    xor eax, eax
    mov ebx, KDATA
    FAULTV "mov eax, cr0", V_GP, 0, mov eax, cr0
    FAULTV "mov cr0, eax", V_GP, 0, mov cr0, eax
    FAULTV "mov eax, dr6", V_GP, 0, mov eax, dr6
    FAULTV "mov dr7, eax", V_GP, 0, mov dr7, eax
    FAULTV "lgdt", V_GP, 0, lgdt [0x6000]
    FAULTV "lidt", V_GP, 0, lidt [0x6000]
    FAULTV "lmsw", V_GP, 0, lmsw ax
    FAULTV "clts", V_GP, 0, clts
    FAULTV "sldt", V_UD, 0, sldt ax
    FAULTV "str", V_UD, 0, str ax
    FAULTV "lldt", V_UD, 0, lldt ax
    FAULTV "ltr", V_UD, 0, ltr ax
    FAULTV "verr", V_UD, 0, verr bx
    FAULTV "verw", V_UD, 0, verw bx
    FAULTV "lar", V_UD, 0, lar ax, bx
    FAULTV "lsl", V_UD, 0, lsl ax, bx
    FAULTV "arpl", V_UD, 0, .byte 0x63, 0xc0
    NOFAULTV "smsw", smsw ax
    NOFAULTV "sgdt", sgdt [0x6000]
    NOFAULTV "sidt", sidt [0x6000]
    ret

/* The bitmap alone decides on ports: IOPL does not count. */
io_ports:
    mov edi, offset big_tss
    mov esi, offset rt_tss
    mov ecx, 26
    rep movsd
    mov word ptr [big_tss + 102], 104
    mov ecx, 32
    mov al, 0xff
    mov edi, offset big_tss + 104
    rep stosb
    SETDESC_AT 15, big_tss, 135, 0x89, 0
    xor esi, esi
1:  mov [rt_iopl], esi
    mov eax, TSSSEL
    and byte ptr [rt_gdt + TSSSEL + 5], 0xfd
    ltr ax
    mov edx, 0x80
    FAULTV "in without a bitmap", V_GP, 0, in al, dx
    FAULTV "out imm8 without a bitmap", V_GP, 0, out 0x80, al
    FAULTV "outsb without a bitmap", V_GP, 0, outsb
    FAULTV "insw without a bitmap", V_GP, 0, insw
    mov eax, SLOT(15)
    and byte ptr [rt_gdt + SLOT(15) + 5], 0xfd
    ltr ax
    mov byte ptr [big_tss + 104 + 16], 0xfe
    NOFAULTV "in of an allowed port", in al, dx
    NOFAULTV "out imm8 of an allowed port", out 0x80, al
    FAULTV "in of a word across a forbidden port", V_GP, 0, in ax, dx
    mov edx, 0x81
    FAULTV "in of a forbidden port", V_GP, 0, in al, dx
    add esi, IOPL(1)
    cmp esi, IOPL(4)
    jb 1b
    mov dword ptr [rt_iopl], 0
    and byte ptr [rt_gdt + TSSSEL + 5], 0xfd
    mov eax, TSSSEL
    ltr ax
    ret

/* Loads of segment registers are those of real mode: base = 16 * selector, nothing is checked. */
segments:
    mov dword ptr [0x50000], 0xaabbccdd
    mov dword ptr [0x10ffec], 0
    mov eax, 0x5000
    RUNV load_ds
    EQ "mov ds: base", [rec_eax], 0xaabbccdd
    EQ "mov ds: selector", [rec_vm_ds], 0x5000
    mov eax, 3
    NOFAULTV "mov fs, a null selector with rpl 3", mov fs, ax
    EQ "is just a paragraph", [rec_vm_fs], 3
    mov eax, 0xfffc
    NOFAULTV "mov gs, beyond every table", mov gs, ax
    EQ "gs", [rec_vm_gs], 0xfffc
    mov eax, 0x700
    RUNV load_ss
    EQ "mov ss: selector", [rec_ss], 0x700
    EQ "mov ss: push goes there", [0x70fc], 0x1234
    RUNV far_call
    EQ "far call ends", [rec_vec], V_END
    movzx eax, word ptr [seen_vm]
    EQ "far call: cs inside", eax, 0x20
    EQ "far call: back", [rec_cs], 0
    EQ "far call: sp", [rec_esp], 0x7000
    RUNV far_jump
    EQ "far jmp: cs", [rec_cs], 0x30
    EQ "far jmp: ip", [rec_eip], "offset far_jump_target + 1 - 0x300"
    RUNV load_pointer
    EQ "les: selector", [rec_vm_es], 0x8765
    mov eax, [rec_ebx]
    and eax, 0xffff
    EQ "les: offset", eax, 0x4321
    RUNV pop_segments
    EQ "pop ds", [rec_vm_ds], 0x1357
    EQ "pop gs", [rec_vm_gs], 0x2468
    ret

limits:
    mov eax, 0
    mov ebx, 0xffff
    mov ebp, 0xffff
    FAULTV "word at ffff", V_GP, 0, mov ax, [bx]
    FAULTV "word written at ffff", V_GP, 0, mov [bx], ax
    FAULTV "word at ffff through bp", V_SS, 0, mov ax, [bp]
    NOFAULTV "byte at ffff", mov al, [bx]
    mov ebx, 0x10000
    FAULTV "32-bit offset 10000", V_GP, 0, mov al, [ebx]
    mov ebx, 0xfffd
    FAULTV "dword at fffd", V_GP, 0, mov eax, [bx]
    mov ebx, 0xffff
    mov esi, 3
    mov eax, 0
    mov byte ptr [2], 0x5a
    RUNV wrap_read
    mov eax, [rec_eax]
    and eax, 0xff
    EQ "bx+si wraps at 64k", eax, 0x5a
    mov dword ptr [vm_esp], 1
    FAULTV "push with sp 1", V_SS, 0, push ax
    mov dword ptr [vm_esp], 0xffff
    FAULTV "pop with sp ffff", V_SS, 0, pop ax
    mov dword ptr [vm_esp], 0x10000
    mov dword ptr [vm_ss], 0x1000
    RUNV push_wrap
    EQ "push with sp 0 wraps", [0x1fffc], 0x1234
    EQ "and leaves the upper half of esp", [rec_esp], 0x1fffc
    mov dword ptr [vm_ss], 0
    mov dword ptr [vm_esp], 0x7000
    /* code: the limit of CS is ffff */
    mov dword ptr [0x30000], 0xcccccccc /* for a processor that does not stop, or wraps */
    mov dword ptr [0x20000], 0xcccccccc
    mov byte ptr [0x2ffff], 0x90
    mov byte ptr [0x2fffe], 0x90
    mov dword ptr [vm_cs], 0x2000
    RUNV 0xfffe
    EQ "ip runs past ffff", [rec_vec], V_GP
    EQ "ip past ffff: error code", [rec_err], 0
    mov byte ptr [0x2ffff], 0xb8
    RUNV 0xffff
    EQ "instruction across ffff", [rec_vec], V_GP
    EQ "instruction across ffff: ip", [rec_eip], 0xffff
    mov byte ptr [0x20000], 0xe9 /* jmp rel16 */
    mov word ptr [0x20001], 0xfff0
    mov byte ptr [0x2fff3], 0xcc
    RUNV 0
    EQ "near jmp wraps ip", [rec_eip], 0xfff4
    mov dword ptr [vm_cs], 0
    ret

locks_and_faults:
    mov eax, 5
    xor ecx, ecx
    xor edx, edx
    mov ebx, 0x6000
    mov dword ptr [0x6000], 0x00200010
    NOFAULTV "lock add m16", lock add word ptr [0x6100], ax
    FAULTV "lock nop", V_UD, 0, .byte 0xf0, 0x90
    FAULTV "div by zero", V_DE, 0, div cx
    FAULTV "bound", V_BR, 0, bound ax, [bx]
    FAULTV "aam 0", V_DE, 0, .byte 0xd4, 0
    mov eax, cr0
    push eax
    or eax, 8
    and al, 0xfb
    mov cr0, eax
    FAULTV "x87 instruction with ts", V_NM, 0, fninit
    pop eax
    mov cr0, eax
    FAULTV "15 prefixes and an opcode", V_GP, 0, .fill 15, 1, 0x3e
    ret

/* Pages are checked as for ring 3. */
paged:
    PAGING_ON
    mov dword ptr [TABLE0 + 4 * 0x60], 0x60000 + P + RW
    mov dword ptr [TABLE0 + 4 * 0x61], 0x61000 + P + US
    mov dword ptr [TABLE0 + 4 * 0x62], 0
    FLUSH
    mov dword ptr [vm_ds], 0x6000
    xor eax, eax
    FAULTV "supervisor page read", V_PF, 5, mov al, [0]
    EQ "supervisor page read: cr2", [rec_cr2], 0x60000
    FAULTV "supervisor page written", V_PF, 7, mov [0], al
    FAULTV "read-only page written", V_PF, 7, mov [0x1000], al
    NOFAULTV "read-only page read", mov al, [0x1000]
    FAULTV "absent page read", V_PF, 4, mov al, [0x2000]
    FAULTV "absent page written", V_PF, 6, mov [0x2ffe], ax
    EQ "absent page written: cr2", [rec_cr2], 0x62ffe
    mov dword ptr [vm_ds], 0
    mov dword ptr [vm_ss], 0x6000
    mov dword ptr [vm_esp], 0x3000
    FAULTV "push to an absent page", V_PF, 6, push ax
    mov dword ptr [vm_ss], 0
    mov dword ptr [vm_esp], 0x7000
    mov dword ptr [vm_cs], 0x6000
    RUNV 0
    EQ "code in a supervisor page", [rec_vec], V_PF
    EQ "code in a supervisor page: error code", [rec_err], 5
    mov dword ptr [vm_cs], 0
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret

    .section .low
    .code16
entry_code:
    mov cs:[seen_vm - 0x1000], ds
    mov cs:[seen_vm + 2 - 0x1000], es
    mov cs:[seen_vm + 4 - 0x1000], fs
    mov cs:[seen_vm + 6 - 0x1000], gs
    mov cs:[seen_vm + 8 - 0x1000], ss
    int3
entry_end:
both_modes: /* the same place in flat ring 3; as V86 code it would be 1b0h further */
    int V_END
    .fill UCODE * 16, 1, 0xcc
low_nop:
    nop
    int3
cli_pushf:
    cli
    pushf
    int3
sti_pushfd:
    sti
    pushfd
    int3
popf_all:
    push 0x4ed7
    popf
    int3
popfd_vm:
    pushd 0
    popfd
    int3
iret_code:
    push IF | CF
    push 0x10
    push offset iret_target - 0x100
    iret
iret_nt:
    push NT
    popf
    jmp iret_code
iretd_code:
    pushd 0
    pushd 0x10
    pushd offset iret_target - 0x100
    iretd
iret_target:
    int3
load_ds:
    mov ds, ax
    mov eax, [0]
    int3
load_ss:
    mov ss, ax
    mov sp, 0x100
    pushd 0x1234
    int3
far_call:
    .byte 0x9a
    .word far_call_target - 0x200, 0x20
    int3
far_call_target:
    mov ss:[seen_vm], cs
    retf
far_jump:
    .byte 0xea
    .word far_jump_target - 0x300, 0x30
far_jump_target:
    int3
load_pointer:
    les bx, cs:[low_pointer]
    int3
low_pointer: .word 0x4321, 0x8765
pop_segments:
    push 0x1357
    pop ds
    push 0x2468
    pop gs
    int3
wrap_read:
    mov al, [bx + si]
    int3
push_wrap:
    pushd 0x1234
    int3
    .align 4
seen_vm: .fill 4, 4, 0
    .code32

    .bss
    .align 16
big_tss: .fill 136 + 8
