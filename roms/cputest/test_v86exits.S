/* SPDX-License-Identifier: MIT */
/*
 * test_v86exits.S - out of virtual-8086 mode and back: INT n, INT3 and INTO through gates, which
 * handlers are allowed, a monitor that emulates an instruction, single steps, interrupts.
 *
 * Source: Intel SDM vol. 3, 20.2.6 to 20.3.3; vol. 2, INT n (from virtual-8086 mode).
 */
#include "rt.inc"

    .text
    .global test_main
test_main:
    call rt_v86_gates
    call software_interrupts
    call gates_out
    call monitor
    call steps
    call interrupts
    ret

/* INT n with IOPL 3, INT3, INTO: through a gate whose DPL is 3. */
software_interrupts:
    mov eax, [rt_stubs + 4 * 0x3a]
    mov [rt_idt + 8 * 0x3a], ax
    mov word ptr [rt_idt + 8 * 0x3a + 4], 0xee00
    mov dword ptr [rt_iopl], IOPL(3) | IF
    RUNV int_3a
    EQ "int n with iopl 3 and dpl 3", [rec_vec], 0x3a
    EQ "int n: ip is the next instruction", [rec_eip], "offset int_3a + 2"
    mov eax, [rec_eflags]
    and eax, VM | IF | IOPL(3) | RF
    EQ "int n: pushed flags", eax, VM | IF | IOPL(3)
    FLAGS "int n: if cleared by the gate", IF, 0
    FAULTV "int n with dpl 0", V_GP, (0x3b * 8 + 2), int 0x3b
    mov byte ptr [rt_idt + 8 * 0x3a + 5], 0xce
    FAULTV "int n with dpl 2", V_GP, (0x3a * 8 + 2), int 0x3a
    mov byte ptr [rt_idt + 8 * 0x3a + 5], 0x6e
    FAULTV "int n, gate not present", V_NP, (0x3a * 8 + 2), int 0x3a
    mov byte ptr [rt_idt + 8 * 0x3a + 5], 0xee
    mov dword ptr [rt_iopl], 0
    /* INT3 and INTO do not look at IOPL */
    mov al, 0x7f
    add al, 1
    mov byte ptr [rt_idt + 8 * V_OF + 5], 0xee
    RUNV into_code
    EQ "into with iopl 0 and dpl 3", [rec_vec], V_OF
    EQ "into: ip is the next instruction", [rec_eip], "offset into_code + 1"
    mov byte ptr [rt_idt + 8 * V_OF + 5], 0x8e
    mov byte ptr [rt_idt + 8 * V_BP + 5], 0x8e
    FAULTV "int3 with dpl 0", V_GP, (V_BP * 8 + 2), int3
    mov byte ptr [rt_idt + 8 * V_BP + 5], 0xee
    test al, al
    NOFAULTV "into without overflow", into
    ret

/* Out of V86 mode means into ring 0: any other level is #GP(selector of the handler). */
gates_out:
    SETDESC 0, 0, 0xfffff, 0x9f, 0xc  /* conforming, DPL 0 */
    SETDESC 1, 0, 0xfffff, 0xfb, 0xc  /* DPL 3 */
    SETDESC 2, 0, 0xfffff, 0xbb, 0xc  /* DPL 1 */
    SETDESC 3, 0, 0xfffff, 0x1b, 0xc  /* not present */
    SETDESC 4, 0, 0xfffff, 0xff, 0xc  /* conforming, DPL 3 */
    mov dword ptr [rt_iopl], IOPL(3)
    mov word ptr [rt_idt + 8 * 0x3a + 2], SLOT(0)
    FAULTV "handler in conforming code", V_GP, SLOT(0), int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], SLOT(1)
    FAULTV "handler in ring 3", V_GP, SLOT(1), int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], SLOT(2)
    FAULTV "handler in ring 1", V_GP, SLOT(2), int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], SLOT(3)
    FAULTV "handler not present", V_NP, SLOT(3), int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], SLOT(4)
    FAULTV "handler in conforming code of dpl 3", V_GP, SLOT(4), int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], KDATA
    FAULTV "handler in data", V_GP, KDATA, int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], 0
    FAULTV "handler null", V_GP, 0, int 0x3a
    mov word ptr [rt_idt + 8 * 0x3a + 2], KCODE
    mov byte ptr [rt_idt + 8 * 0x3a + 5], 0xef
    mov dword ptr [rt_iopl], IOPL(3) | IF
    mov eax, offset trap_handler
    mov [rt_idt + 8 * 0x3a], ax
    shr eax, 16
    mov [rt_idt + 8 * 0x3a + 6], ax
    RUNV int_3a
    EQ "a trap gate out of v86: if stays", [seen_flags], IOPL(3) | IF | 2
    EQ "and iret goes back", [rec_vec], V_END
    EQ "behind int n", [rec_eip], "offset int_3a + 3"
    mov dword ptr [rt_iopl], 0
    ret
trap_handler:
    pushfd
    pop ss:[seen_flags]
    and dword ptr ss:[seen_flags], 0x3ffff & ~ARITH
    iretd

/* A monitor: #GP at HLT, the handler steps over it and goes back. */
monitor:
    mov dword ptr [rt_hook], offset monitor_hook
    mov dword ptr [vm_ds], 0x4321
    mov dword ptr [seen_count], 0
    mov eax, 7
    RUNV monitor_code
    mov dword ptr [rt_hook], 0
    EQ "monitor: ends", [rec_vec], V_END
    EQ "monitor: three emulated hlt", [seen_count], 3
    EQ "monitor: registers are kept", [rec_eax], 10
    EQ "monitor: ds comes back", [rec_vm_ds], 0x4321
    mov dword ptr [vm_ds], 0
    ret
monitor_hook:
    xor eax, eax
    cmp dword ptr [rec_vec], V_GP
    jne 1f
    inc dword ptr [seen_count]
    mov eax, [rec_frame]
    inc dword ptr [eax + 16 + 32 + 8]
    mov eax, 1
1:  ret

steps:
    mov dword ptr [rt_iopl], IOPL(3)
    RUNV step_code
    EQ "single step in v86", [rec_vec], V_DB
    EQ "single step: ip", [rec_eip], "offset step_next"
    mov eax, dr6
    and eax, 0x4000
    EQ "single step: bs", eax, 0x4000
    mov eax, [rec_eflags]
    and eax, TF | VM
    EQ "single step: tf and vm saved", eax, TF | VM
    xor eax, eax
    mov dr6, eax
    mov dword ptr [rt_iopl], TF
    RUNV low_nop
    EQ "iret into v86 with tf: one instruction", [rec_eip], "offset low_nop + 1"
    EQ "iret into v86 with tf: vector", [rec_vec], V_DB
    mov dr6, eax
    mov dword ptr [rt_iopl], 0
    RUNV icebp_code
    EQ "icebp in v86", [rec_vec], V_DB
    EQ "icebp: ip", [rec_eip], "offset icebp_code + 1"
    mov dr6, eax
    ret

/* IRQ 0 out of V86 code with IF set, whatever the IOPL. */
interrupts:
    mov al, 0x30
    out 0x43, al
    mov al, 0x40
    out 0x40, al
    mov al, 0
    out 0x40, al
    mov al, 0xfe
    out 0x21, al
    mov dword ptr [rt_iopl], IF
    mov ecx, 10000000
    RUNV spin
    mov al, 0xff
    out 0x21, al
    mov al, 0x20
    out 0x20, al
    EQ "an interrupt arrives in v86 mode", [rec_vec], 0x20
    mov eax, [rec_eflags]
    and eax, VM | IF
    EQ "interrupt: pushed flags", eax, VM | IF
    EQ "interrupt: ds is null", [rec_ds], 0
    mov dword ptr [rt_iopl], 0
    ret

    .section .low
    .code16
low_nop:
    nop
    int3
int_3a:
    int 0x3a
    int3
into_code:
    into
    int3
monitor_code:
    hlt
    inc eax
    hlt
    inc eax
    hlt
    inc eax
    int3
step_code:
    push TF
    popf
    nop
step_next:
    nop
    int3
icebp_code:
    .byte 0xf1
    int3
spin:
    loopd spin
    int3
    .code32

    .data
    .align 4
seen_flags: .long 0
seen_count: .long 0
