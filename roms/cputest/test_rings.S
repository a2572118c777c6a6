/* SPDX-License-Identifier: MIT */
/*
 * test_rings.S - privilege: ring 3 and back through gates and TSS stacks, IOPL, call gates with
 * parameters, IRET to ring 3 and what it does to data segments, gate checks and their error
 * codes, faults during delivery.
 *
 * Source: 80386 Programmer's Reference Manual, chapters 6.3, 6.4, 8.3 and 9.
 */
#include "rt.inc"

.macro BAD_STACK name, selector, error
    mov dword ptr [rt_tss + 8], \selector
    mov dword ptr [scratch], -1
    RING3 bad_stack_user
    EQ "\name: error code", [scratch], \error
    EQ "\name: eip", [scratch + 4], "offset bad_stack_user"
.endm

    .text
    .global test_main
test_main:
    call privileged
    call io_rights
    call interrupt_gates
    call data_segments
    call call_gates
    call outer_returns
    call flag_rights
    call gate_checks
    call delivery_faults
    ret

privileged:
    FAULT3 "cli in ring 3", V_GP, 0, cli
    FAULT3 "sti in ring 3", V_GP, 0, sti
    FAULT3 "hlt in ring 3", V_GP, 0, hlt
    FAULT3 "mov eax, cr0 in ring 3", V_GP, 0, mov eax, cr0
    FAULT3 "mov cr3, eax in ring 3", V_GP, 0, mov cr3, eax
    FAULT3 "mov eax, dr7 in ring 3", V_GP, 0, mov eax, dr7
    FAULT3 "lgdt in ring 3", V_GP, 0, lgdt [rt_gdtr]
    FAULT3 "lidt in ring 3", V_GP, 0, lidt [rt_idtr]
    FAULT3 "lmsw in ring 3", V_GP, 0, lmsw ax
    FAULT3 "clts in ring 3", V_GP, 0, clts
    FAULT3 "ltr in ring 3", V_GP, 0, ltr ax
    FAULT3 "lldt in ring 3", V_GP, 0, lldt ax
    FAULT3 "ud2 in ring 3", V_UD, 0, .byte 0x0f, 0x0b
    NOFAULT3 "sgdt in ring 3", sgdt [scratch]
    NOFAULT3 "smsw in ring 3", smsw ax
    NOFAULT3 "str in ring 3", str ax
    mov eax, KDATA
    FAULT3 "mov fs, dpl 0 data in ring 3", V_GP, KDATA, mov fs, eax
    mov eax, KDATA + 3
    FAULT3 "mov fs, dpl 0 data with rpl 3", V_GP, KDATA, mov fs, eax
    mov eax, 0x20
    FAULT3 "mov ss, rpl 0 in ring 3", V_GP, 0x20, mov ss, eax
    NOFAULT3 "mov fs, rpl 0 of dpl 3 data in ring 3", mov fs, eax
    FAULT3 "far jmp to ring 0 code", V_GP, KCODE, FARJMP KCODE, nothing
    FAULT3 "far call to ring 0 code", V_GP, KCODE, FARCALL KCODE, nothing
    FAULT3 "far jmp to a tss selector of dpl 0", V_GP, TSSSEL, FARJMP TSSSEL, 0
    /* conforming code of DPL 0 runs at the caller's level */
    SETDESC 0, 0, 0xfffff, 0x9f, 0xc
    RING3 conforming
    EQ "conforming code from ring 3", [rec_vec], V_END
    EQ "conforming code keeps cpl 3", [rec_cs], UCODE
    mov eax, [scratch]
    EQ "cs inside conforming code", eax, SLOT(0) + 3
    ret
conforming:
    FARCALL SLOT(0), 1f
    int V_END
1:  mov eax, cs
    mov [scratch], eax
    retf
nothing:
    int V_END

io_rights:
    mov edx, 0x80
    FAULT3 "in without a bitmap", V_GP, 0, in al, dx
    FAULT3 "out imm8 without a bitmap", V_GP, 0, out 0x80, al
    FAULT3 "outsb without a bitmap", V_GP, 0, outsb
    mov dword ptr [rt_iopl], 0x3000
    NOFAULT3 "in with iopl 3", in al, dx
    NOFAULT3 "cli with iopl 3", cli
    NOFAULT3 "sti with iopl 3", sti
    mov dword ptr [rt_iopl], 0x2000
    FAULT3 "cli with iopl 2", V_GP, 0, cli
    FAULT3 "in with iopl 2", V_GP, 0, in al, dx
    mov dword ptr [rt_iopl], 0
    /* a TSS with a bitmap: port 80h allowed, 81h not; the limit includes 20 bytes of it */
    mov edi, offset big_tss
    mov esi, offset rt_tss
    mov ecx, 26
    rep movsd
    mov word ptr [big_tss + 102], 104
    mov ecx, 20
    mov al, 0xff
    mov edi, offset big_tss + 104
    rep stosb
    mov byte ptr [big_tss + 104 + 16], 0xfe
    SETDESC_AT 15, big_tss, 124, 0x89, 0
    mov eax, SLOT(15)
    ltr ax
    mov edx, 0x80
    NOFAULT3 "in of an allowed port", in al, dx
    NOFAULT3 "out imm8 of an allowed port", out 0x80, al
    FAULT3 "word access needs both bits", V_GP, 0, in ax, dx
    mov edx, 0x81
    FAULT3 "in of a forbidden port", V_GP, 0, in al, dx
    mov byte ptr [big_tss + 104 + 16], 0
    mov edx, 0x80
    NOFAULT3 "dword access with all bits clear", in eax, dx
    mov edx, 0x3f8
    FAULT3 "port beyond the bitmap", V_GP, 0, in al, dx
    mov byte ptr [big_tss + 104 + 19], 0
    mov byte ptr [big_tss + 104 + 18], 0
    mov edx, 0x97
    FAULT3 "the second byte of the bitmap word counts", NONE, 0, in al, dx
    mov word ptr [big_tss + 102], 125
    mov edx, 0
    FAULT3 "bitmap base beyond the limit", V_GP, 0, in al, dx
    and byte ptr [rt_gdt + TSSSEL + 5], 0xfd
    mov eax, TSSSEL
    ltr ax
    ret

interrupt_gates:
    SETGATE 0x40, gate_handler, KCODE, 0xee
    SETGATE 0x41, gate_handler, KCODE, 0xef
    SETGATE 0x42, gate_handler, KCODE, 0x8e
    SETGATE 0x43, gate_handler, KCODE, 0x6e
    mov eax, 0x55
    RING3 int_from_user
    EQ "int gate returned to ring 3", [rec_vec], V_END
    EQ "stack on entry: eip", [seen_eip], "offset int_from_user_next"
    EQ "stack on entry: cs", [seen_cs], UCODE
    EQ "stack on entry: ss", [seen_ss], UDATA
    EQ "stack on entry: esp", [seen_esp], "offset rt_ustack_top - 4"
    EQ "entry esp comes from the tss", [seen_kesp], "offset rt_stack0_top - 20"
    EQ "entry ss comes from the tss", [seen_kss], KDATA
    EQ "entry cs", [seen_kcs], KCODE
    EQ "user esp after iret", [rec_esp], "offset rt_ustack_top - 4"
    EQ "data segments stay through an int gate", [seen_ds], UDATA
    mov eax, [seen_kflags]
    and eax, IF
    EQ "int gate clears if", eax, 0
    mov dword ptr [rt_iopl], 0x3200 /* IF set in ring 3 */
    RING3 trap_from_user
    mov eax, [seen_kflags]
    and eax, IF
    EQ "trap gate keeps if", eax, IF
    mov eax, [seen_flags]
    and eax, IF
    EQ "if saved by the trap gate", eax, IF
    mov dword ptr [rt_iopl], 0
    FAULT3 "int n on a dpl 0 gate", V_GP, 0x42*8+2, int 0x42
    FAULT3 "int n on a dpl 0 exception gate", V_GP, 13*8+2, int 13
    FAULT3 "int n on an absent gate", V_NP, 0x43*8+2, int 0x43
    FAULT3 "int n on an empty gate", V_GP, 0x44*8+2, int 0x44
    FAULT3 "int3 on a dpl 0 gate", V_GP, 3*8+2, int3
    mov al, 0x7f
    add al, 1
    FAULT3 "into on a dpl 0 gate", V_GP, 4*8+2, into
    NOFAULT3 "div on a dpl 0 gate is delivered", nop
    xor edx, edx
    xor ecx, ecx
    FAULT3 "exceptions do not check the gate's dpl", V_DE, 0, div ecx
    ret
int_from_user:
    push 0x77
    int 0x40
int_from_user_next:
    int V_END
trap_from_user:
    int 0x41
    int V_END
gate_handler:
    pushfd
    pop ss:[seen_kflags]
    mov ss:[seen_kesp], esp
    mov ss:[seen_kss], ss
    mov ss:[seen_kcs], cs
    mov ss:[seen_ds], ds
    push [esp]
    pop ss:[seen_eip]
    push [esp + 4]
    pop ss:[seen_cs]
    push [esp + 8]
    pop ss:[seen_flags]
    push [esp + 12]
    pop ss:[seen_esp]
    push [esp + 16]
    pop ss:[seen_ss]
    iretd

/* A return to ring 3 nulls the data segments that ring 3 may not have. */
data_segments:
    SETDESC 0, 0, 0xfffff, 0x9f, 0xc /* conforming readable code */
    RING0 kernel_segments
    EQ "dpl 0 ds is nulled", [rec_ds], 0
    EQ "dpl 3 es stays", [rec_es], UDATA
    EQ "conforming fs stays", [rec_fs], SLOT(0)
    EQ "null gs stays", [rec_gs], 0
    ret
kernel_segments:
    mov eax, UDATA
    mov es, eax
    mov eax, SLOT(0)
    mov fs, eax
    xor eax, eax
    mov gs, eax
    push UDATA
    push offset rt_ustack_top
    push 2
    push UCODE
    push offset 1f
    iretd
1:  int V_END

call_gates:
    /* slot 0: gate of DPL 3 to ring 0, 3 dwords; slot 1: DPL 0; slot 2: 16-bit, 2 words */
    mov eax, offset gate_target
    mov [rt_gdt + SLOT(0)], ax
    mov word ptr [rt_gdt + SLOT(0) + 2], KCODE
    shr eax, 16
    mov word ptr [rt_gdt + SLOT(0) + 4], 0xec03
    mov [rt_gdt + SLOT(0) + 6], ax
    mov eax, [rt_gdt + SLOT(0)]
    mov [rt_gdt + SLOT(1)], eax
    mov [rt_gdt + SLOT(2)], eax
    mov eax, [rt_gdt + SLOT(0) + 4]
    and ah, 0x9f
    mov [rt_gdt + SLOT(1) + 4], eax
    mov dword ptr [rt_gdt + SLOT(2) + 4], 0x0000e402
    mov word ptr [rt_gdt + SLOT(2)], offset low_gate_target
    mov word ptr [rt_gdt + SLOT(2) + 2], CODE16
    RING3 call_gate_user
    EQ "call gate returned to ring 3", [rec_vec], V_END
    EQ "call gate: entry esp", [seen_kesp], "offset rt_stack0_top - 28"
    EQ "call gate: return eip", [seen_eip], "offset call_gate_next"
    EQ "call gate: caller's cs", [seen_cs], UCODE
    EQ "call gate: parameter 1", [scratch], 0x33
    EQ "call gate: parameter 2", [scratch + 4], 0x22
    EQ "call gate: parameter 3", [scratch + 8], 0x11
    EQ "call gate: caller's esp", [seen_esp], "offset rt_ustack_top - 12"
    EQ "call gate: caller's ss", [seen_ss], UDATA
    EQ "call gate: cpl 0 inside", [seen_kcs], KCODE
    EQ "retf n releases the caller's parameters", [rec_esp], "offset rt_ustack_top"
    FAULT3 "call gate of dpl 0 from ring 3", V_GP, SLOT(1), FARCALL SLOT(1), 0
    FAULT3 "call gate with rpl above its dpl", V_GP, SLOT(1), FARCALL (SLOT(1) + 3), 0
    FAULT3 "far jmp through a gate to ring 0", V_GP, KCODE, FARJMP SLOT(0), 0
    RING3 low_call_gate
    EQ "16-bit call gate returned", [rec_vec], V_END
    EQ "16-bit call gate: entry esp", [low_seen], "offset rt_stack0_top - 12"
    EQ "16-bit call gate: parameters", [low_seen + 4], 0x11112222
    EQ "16-bit call gate: releases 4 bytes", [rec_esp], 0x7800
    mov byte ptr [rt_gdt + SLOT(0) + 5], 0x6c
    FAULT3 "call gate not present", V_NP, SLOT(0), FARCALL SLOT(0), 0
    mov byte ptr [rt_gdt + SLOT(0) + 5], 0xec
    ret
call_gate_user:
    push 0x11
    push 0x22
    push 0x33
    FARCALL SLOT(0), 0x99999999
call_gate_next:
    int V_END
gate_target:
    mov ss:[seen_kesp], esp
    mov ss:[seen_kcs], cs
    push [esp]
    pop ss:[seen_eip]
    push [esp + 4]
    pop ss:[seen_cs]
    push [esp + 8]
    pop ss:[scratch]
    push [esp + 12]
    pop ss:[scratch + 4]
    push [esp + 16]
    pop ss:[scratch + 8]
    push [esp + 20]
    pop ss:[seen_esp]
    push [esp + 24]
    pop ss:[seen_ss]
    retf 12

/* Faults of IRET and RETF to an outer level: nothing moves, the error code names the selector. */
outer_returns:
    SETDESC 0, 0, 0xfffff, 0xfb, 0xc
    push UDATA
    push offset rt_ustack_top
    push 2
    push UCODE
    push offset nothing
    mov dword ptr [esp + 16], KDATA
    FAULT "iret to ring 3 with a dpl 0 stack", V_GP, KDATA, iretd
    mov dword ptr [esp + 16], 0
    FAULT "iret to ring 3 with a null stack", V_GP, 0, iretd
    SETDESC 1, 0, 0xfffff, 0x73, 0xc
    mov dword ptr [esp + 16], SLOT(1) + 3
    FAULT "iret to ring 3 with an absent stack", V_SS, SLOT(1), iretd
    mov dword ptr [esp + 16], UDATA
    and byte ptr [rt_gdt + SLOT(0) + 5], 0x7f
    mov dword ptr [esp + 4], SLOT(0) + 3
    FAULT "iret to absent ring 3 code", V_NP, SLOT(0), iretd
    mov dword ptr [esp + 4], KCODE + 3
    FAULT "iret with rpl 3 to dpl 0 code", V_GP, KCODE, iretd
    mov dword ptr [esp + 4], UCODE
    NOFAULT "a corrected frame still works", iretd
    mov eax, [rec_cs]
    EQ "and arrives in ring 3", eax, UCODE
    mov esp, [rt_resume_esp]
    add esp, 20
    push UDATA
    push offset rt_ustack_top
    push UCODE
    push offset nothing
    RING0 outer_retf
    EQ "retf to ring 3: cs", [rec_cs], UCODE
    EQ "retf to ring 3: esp", [rec_esp], "offset rt_ustack_top"
    EQ "retf to ring 3: ss", [rec_ss], UDATA
    add esp, 16
    RING3 inner_iret
    EQ "iret to an inner level: vector", [rec_vec], V_GP
    EQ "iret to an inner level: error code", [rec_err], KCODE
    EQ "iret to an inner level: eip", [rec_eip], "offset inner_iret_at"
    ret
outer_retf:
    retf
inner_iret:
    push 2
    push KCODE
    push offset nothing
inner_iret_at:
    iretd

/* POPF and IRET in ring 3 change IF only with IOPL 3, IOPL never. */
flag_rights:
    RING3 popf_all
    mov eax, [rec_eflags]
    and eax, 0x3000 | IF | DF | CF
    EQ "popf in ring 3 with iopl 0", eax, DF | CF
    mov dword ptr [rt_iopl], 0x3000
    RING3 popf_all
    mov eax, [rec_eflags]
    and eax, 0x3000 | IF
    EQ "popf in ring 3 with iopl 3", eax, 0x3000 | IF
    RING3 popf_none
    mov eax, [rec_eflags]
    and eax, 0x3000 | IF
    EQ "popf in ring 3 keeps iopl", eax, 0x3000
    mov dword ptr [rt_iopl], 0
    RING3 iret_all
    mov eax, [rec_eflags]
    and eax, 0x3000 | IF | DF | CF
    EQ "iret in ring 3 with iopl 0", eax, DF | CF
    cld
    ret
popf_all:
    push 0x3000 | IF | DF | CF | 2
    popfd
    int V_END
popf_none:
    push 2
    popfd
    int V_END
iret_all:
    push 0x3000 | IF | DF | CF | 2
    push UCODE
    push offset 1f
    iretd
1:  int V_END

gate_checks:
    SETGATE 0x40, gate_handler, KDATA, 0xee
    FAULT "gate to data", V_GP, KDATA, int 0x40
    SETGATE 0x40, gate_handler, 0, 0xee
    FAULT "gate to null", V_GP, 0, int 0x40
    SETGATE 0x40, gate_handler, 0x1000, 0xee
    FAULT "gate beyond the gdt", V_GP, 0x1000, int 0x40
    SETDESC 0, 0, 0xfffff, 0x1b, 0xc
    SETGATE 0x40, gate_handler, SLOT(0), 0xee
    FAULT "gate to absent code", V_NP, SLOT(0), int 0x40
    SETGATE 0x40, gate_handler, UCODE, 0xee
    FAULT "gate to an outer level", V_GP, 0x18, int 0x40
    SETGATE 0x40, gate_handler, KCODE, 0xec
    FAULT "a call gate in the idt", V_GP, 0x40*8+2, int 0x40
    /* conforming handler: no level change, no stack change */
    SETDESC 0, 0, 0xfffff, 0x9f, 0xc
    SETGATE 0x40, conforming_handler, SLOT(0), 0xee
    RING3 int_from_user
    EQ "conforming handler runs at the caller's level", [seen_kcs], SLOT(0) + 3
    EQ "conforming handler uses the caller's stack", [seen_kesp], "offset rt_ustack_top - 16"
    /* 16-bit gate: words on the stack */
    mov word ptr [rt_idt + 0x41 * 8], offset low_handler16
    mov word ptr [rt_idt + 0x41*8+2], CODE16
    mov dword ptr [rt_idt + 0x41*8+4], 0xe600
    mov eax, offset low_int16
    call eax
    EQ "16-bit interrupt gate pushes 6 bytes", [low_seen], 6
    mov ecx, esp
    sub ecx, eax
    EQ "16-bit gate returns", ecx, 4
    /* IDT limit */
    lidt [short_idt]
    FAULT "int n beyond the idt limit", V_GP, 0x40*8+2, int 0x40
    lidt [rt_idtr]
    ret
conforming_handler:
    mov [seen_kcs], cs
    mov [seen_kesp], esp
    iretd

/* What happens when delivery itself faults. */
delivery_faults:
    xor edx, edx
    xor ecx, ecx
    mov byte ptr [rt_idt + 8 * V_DE + 5], 0x0e
    FAULT "#de on an absent gate is #df", V_DF, 0, div ecx
    mov byte ptr [rt_idt + 8 * V_DE + 5], 0x8e
    mov byte ptr [rt_idt + 8 * V_GP + 5], 0x0e
    RING0 gp_raiser
    EQ "#gp on an absent gate is #df", [rec_vec], V_DF
    EQ "#df error code", [rec_err], 0
    mov byte ptr [rt_idt + 8 * V_GP + 5], 0x8e
    mov byte ptr [rt_idt + 8 * V_UD + 5], 0x0e
    FAULT "#ud on an absent gate is #np", V_NP, (V_UD * 8 + 3), .byte 0x0f, 0x0b
    mov byte ptr [rt_idt + 8 * V_UD + 5], 0x8e
    call bad_stacks
    ret

/* A ring 0 stack that cannot be loaded: the handler runs in ring 3, as conforming code. */
bad_stacks:
    SETDESC 0, 0, 0xfffff, 0x9f, 0xc
    SETDESC 1, 0, 0xfffff, 0x13, 0xc
    SETDESC 2, 0, 0xfffff, 0x91, 0xc
    SETGATE V_TS, ts_handler, SLOT(0), 0x8e
    SETGATE V_SS, ts_handler, SLOT(0), 0x8e
    BAD_STACK "null ss0", 0, 0
    BAD_STACK "ss0 of rpl 3", 0x23, 0x20
    BAD_STACK "ss0 of code", KCODE, KCODE
    BAD_STACK "ss0 read-only", SLOT(2), SLOT(2)
    BAD_STACK "ss0 beyond the gdt", 0x1000, 0x1000
    BAD_STACK "ss0 not present", SLOT(1), SLOT(1)
    UNGATE V_TS
    UNGATE V_SS
    ret
gp_raiser:
    xor eax, eax
    mov ss, eax
    int V_END
bad_stack_user:
    int 0x31
    int V_END
ts_handler:
    pop [scratch]
    pop [scratch + 4]
    mov dword ptr [rt_tss + 8], KDATA
    int V_END

    .section .low
    .code16
low_gate_target:
    mov ss:[low_seen], esp
    mov eax, [esp + 4]
    mov ss:[low_seen + 4], eax
    retf 4
low_handler16:
    push eax
    mov eax, [esp + 10]
    sub eax, esp
    sub eax, 8
    mov ss:[low_seen], eax
    pop eax
    iret
    .align 4
low_seen: .long 0, 0
    .code32
/* Callers of 16-bit gates must live below 64K: only IP and SP are saved. */
low_call_gate:
    mov esp, 0x7800
    push 0x11112222
    FARCALL SLOT(2), 0
    int V_END
low_int16:
    mov eax, esp
    push eax
    int 0x41
    pop eax
    ret

    .data
    .align 4
scratch: .fill 4, 4, 0
seen_eip: .long 0
seen_cs: .long 0
seen_flags: .long 0
seen_esp: .long 0
seen_ss: .long 0
seen_kesp: .long 0
seen_kss: .long 0
seen_kcs: .long 0
seen_kflags: .long 0
seen_ds: .long 0
short_idt: .word 64 * 8 - 1
    .long rt_idt
    .align 16
big_tss: .fill 128, 1, 0
