/* SPDX-License-Identifier: MIT */
/*
 * test_double.S - an exception while another is delivered, in pairs: benign, contributory and
 * page fault first, #NP, #GP and #PF second; which is reported and with what error code.
 *
 * Source: Intel SDM vol. 3, 6.15, interrupt 8 (tables 6-4 and 6-5), and 6.13 (EXT).
 */
#include "rt.inc"
#include "paging.inc"

#define EXT 1
#define IDT_BIT 2

    .text
    .global test_main
test_main:
    call gates
    call missing_pages
    ret

/* The gate of a vector: absent, then of a type that is none. Back to normal after FAULT. */
.macro PAIR name, first, second_np, err_np, second_gp, err_gp, insn:vararg
    mov byte ptr [rt_idt + 8 * (\first) + 5], 0x0e
    FAULT "\name, then #np", \second_np, \err_np, \insn
    mov byte ptr [rt_idt + 8 * (\first) + 5], 0x80
    FAULT "\name, then #gp", \second_gp, \err_gp, \insn
    mov byte ptr [rt_idt + 8 * (\first) + 5], 0x8e
.endm
.macro BENIGN name, first, ext, insn:vararg
    PAIR "\name", \first, V_NP, (8 * (\first) + IDT_BIT + \ext), V_GP, (8 * (\first) + IDT_BIT + \ext), \insn
.endm
.macro CONTRIBUTORY name, first, insn:vararg
    PAIR "\name", \first, V_DF, 0, V_DF, 0, \insn
.endm

gates:
    SETDESC 0, 0, 0xfffff, 0x13, 0xc /* not present */
    SETDESC 1, 0, 0xfff, 0x93, 4     /* a small one */
    mov eax, SLOT(1)
    mov fs, eax
    xor ecx, ecx
    xor edx, edx
    mov ebx, 5
    BENIGN "#ud", V_UD, EXT, .byte 0x0f, 0x0b
    BENIGN "#br", V_BR, EXT, bound ebx, [bounds]
    BENIGN "icebp", V_DB, EXT, .byte 0xf1
    BENIGN "int3", V_BP, 0, int3
    BENIGN "int n", 0x38, 0, int 0x38
    mov eax, cr0
    or eax, 8
    mov cr0, eax
    BENIGN "#nm", V_NM, EXT, fninit
    clts
    mov al, 0x7f
    add al, 1
    mov byte ptr [rt_idt + 8 * V_OF + 5], 0x0e
    FAULT "into, then #np", V_NP, (8 * V_OF + IDT_BIT), into
    mov byte ptr [rt_idt + 8 * V_OF + 5], 0x8e
    CONTRIBUTORY "#de", V_DE, div ecx
    mov eax, SLOT(0)
    CONTRIBUTORY "#np", V_NP, mov gs, eax
    CONTRIBUTORY "#ss", V_SS, mov ss, eax
    mov eax, 0x1000
    CONTRIBUTORY "#gp", V_GP, mov gs, eax
    push NT | 2 /* IRET to a null back link */
    mov word ptr [rt_tss], 0
    popfd
    mov byte ptr [rt_idt + 8 * V_TS + 5], 0x0e
    FAULT "#ts, then #np", V_DF, 0, iretd
    mov byte ptr [rt_idt + 8 * V_TS + 5], 0x8e
    mov eax, KDATA
    mov fs, eax
    ret

/* The IDT lies in the window so that the gates below `vector` are in page 0, the rest in page 1. */
.macro SPLIT_IDT vector, absent
    PTE 0, FRAME(0), P+RW+US
    PTE 1, FRAME(1), P+RW+US
    FLUSH
    mov esi, offset rt_idt
    mov edi, W(1) - 8 * (\vector)
    mov [split_idtr + 2], edi
    mov ecx, 64 * 2
    cld
    rep movsd
    PTE \absent, 0, 0
    FLUSH
    xor ecx, ecx
    xor edx, edx
    mov eax, 0x1000
    lidt [split_idtr]
.endm

missing_pages:
    PAGING_ON
    PTE 2, 0, 0
    SPLIT_IDT 8, 0
    FAULT "#ud, then #pf", V_PF, 0, .byte 0x0f, 0x0b
    EQ "#ud, then #pf: cr2", [rec_cr2], (W(1) - 8 * 2)
    FAULT "#de, then #pf", V_PF, 0, div ecx
    EQ "#de, then #pf: cr2", [rec_cr2], (W(1) - 8 * 8)
    SPLIT_IDT 14, 0
    FAULT "#gp, then #pf", V_PF, 0, mov gs, eax
    EQ "#gp, then #pf: cr2", [rec_cr2], (W(1) - 8)
    SPLIT_IDT 12, 1
    FAULT "#pf, then #pf", V_DF, 0, mov ebx, [W(2)]
    EQ "#pf, then #pf: cr2 of the second", [rec_cr2], (W(1) + 8 * 2)
    SPLIT_IDT 12, 2
    mov byte ptr [W(1) + 8 * 2 + 5], 0x0e
    FAULT "#pf, then #np", V_DF, 0, mov ebx, [W(2)]
    EQ "#pf, then #np: cr2 of the first", [rec_cr2], W(2)
    mov byte ptr [W(1) + 8 * 2 + 5], 0x80
    FAULT "#pf, then #gp", V_DF, 0, mov ebx, [W(2)]
    mov byte ptr [W(1) + 8 * 2 + 5], 0x8e
    FAULT "#pf alone", V_PF, 0, mov ebx, [W(2)]
    lidt [rt_idtr]
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret

    .data
    .align 4
bounds: .long 10, 30
split_idtr: .word 64 * 8 - 1
    .long 0
