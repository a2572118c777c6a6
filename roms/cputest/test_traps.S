/* SPDX-License-Identifier: MIT */
/*
 * test_traps.S - the faults and traps that instructions raise by themselves, with the state they
 * leave: #DE, #BR, #UD, INTO, INT3, INT n, single steps, too long instructions.
 *
 * Source: 80386 Programmer's Reference Manual, chapters 9, 12.3 and 17.
 */
#include "rt.inc"

    .text
    .global test_main
test_main:
    call faults
    call traps
    ret

faults:
    mov eax, 1
    xor edx, edx
    xor ecx, ecx
    FAULT "div by zero", V_DE, 0, div ecx
    FAULT "idiv by zero", V_DE, 0, idiv ecx
    FAULT "div m8 by zero", V_DE, 0, div byte ptr [zero]
    mov edx, 1
    mov ecx, 1
    FAULT "div quotient too large", V_DE, 0, div ecx
    mov eax, 0x80000000
    mov edx, -1
    mov ecx, -1
    FAULT "idiv of the most negative number by -1", V_DE, 0, idiv ecx
    mov eax, 0x8000
    mov edx, 0xffff
    FAULT "idiv16 overflow", V_DE, 0, idiv cx
    mov eax, 0xff80
    mov cl, -1
    FAULT "idiv8 of -128 by -1", V_DE, 0, idiv cl
    mov eax, 0x0100
    mov cl, 1
    FAULT "div8 quotient too large", V_DE, 0, div cl
    mov eax, 0x80000000
    mov edx, -1
    mov ecx, 1
    NOFAULT "idiv largest negative quotient is allowed", idiv ecx
    EQ "idiv -2^31 by 1", eax, 0x80000000
    mov eax, 0xff80
    mov cl, 1
    NOFAULT "idiv8 quotient -128 is allowed", idiv cl
    FAULT "aam 0", V_DE, 0, .byte 0xd4, 0
    mov eax, 5
    FAULT "bound below", V_BR, 0, bound eax, [bounds]
    mov eax, 31
    FAULT "bound above", V_BR, 0, bound eax, [bounds]
    mov eax, 30
    NOFAULT "bound at the upper end", bound eax, [bounds]
    mov eax, 10
    NOFAULT "bound at the lower end", bound eax, [bounds]
    mov eax, -1
    FAULT "bound is signed", V_BR, 0, bound eax, [bounds]
    mov eax, 0x1234fff0
    FAULT "bound 16-bit", V_BR, 0, bound ax, [bounds]
    FAULT "ud2", V_UD, 0, .byte 0x0f, 0x0b
    FAULT "0f ff", V_UD, 0, .byte 0x0f, 0xff
    FAULT "lock on a load", V_UD, 0, .byte 0xf0, 0x8b, 0x05, 0, 0, 0, 0
    FAULT "lock on a register destination", V_UD, 0, .byte 0xf0, 0x01, 0xc0
    FAULT "lock nop", V_UD, 0, .byte 0xf0, 0x90
    NOFAULT "lock add m32", lock add dword ptr [buffer], eax
    NOFAULT "lock bts m32", lock bts dword ptr [buffer], 3
    FAULT "lea with a register operand", V_UD, 0, .byte 0x8d, 0xc0
    FAULT "les with a register operand", V_UD, 0, .byte 0xc4, 0xc0
    FAULT "bound with a register operand", V_UD, 0, .byte 0x62, 0xc0
    FAULT "mov to cs", V_UD, 0, .byte 0x8e, 0xc8
    FAULT "mov from segment register 6", V_UD, 0, .byte 0x8c, 0xf0
    FAULT "far call with a register operand", V_UD, 0, .byte 0xff, 0xd8
    FAULT "far jmp with a register operand", V_UD, 0, .byte 0xff, 0xe8
    FAULT "ff /7", V_UD, 0, .byte 0xff, 0xf8
    FAULT "fe /2", V_UD, 0, .byte 0xfe, 0xd0
    FAULT "mov cr1", V_UD, 0, .byte 0x0f, 0x20, 0xc8
    FAULT "mov cr5", V_UD, 0, .byte 0x0f, 0x20, 0xe8
    FAULT "sidt with a register operand", V_UD, 0, .byte 0x0f, 0x01, 0xc8
    NOFAULT "test f6 /0", test byte ptr [buffer], 1
    FAULT "15 prefixes and an opcode", V_GP, 0, .fill 15, 1, 0x3e
    NOFAULT "14 prefixes and an opcode", .byte 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x3e, 0x90
    ret

/* INTO, INT3, INT n and single steps are traps: EIP is the next instruction. */
traps:
    RING0 trap_int3
    EQ "int3 vector", [rec_vec], V_BP
    EQ "int3 eip", [rec_eip], "offset trap_int3 + 1"
    RING0 trap_int_3
    EQ "cd 03 vector", [rec_vec], V_BP
    EQ "cd 03 eip", [rec_eip], "offset trap_int_3 + 2"
    mov al, 0x7f
    add al, 1
    RING0 trap_into
    EQ "into vector", [rec_vec], V_OF
    EQ "into eip", [rec_eip], "offset trap_into + 1"
    test eax, eax
    NOFAULT "into without overflow", into
    RING0 trap_13
    EQ "int 0dh vector", [rec_vec], 0x20
    EQ "int 20h pushes no error code", [rec_err], 0
    EQ "int eip", [rec_eip], "offset trap_13 + 2"
    RING0 trap_step
    EQ "single step vector", [rec_vec], V_DB
    EQ "single step after the instruction that follows popf", [rec_eip], "offset trap_step_next"
    mov eax, [rec_eflags]
    and eax, TF
    EQ "tf is in the saved flags", eax, TF
    FLAGS "tf and if are clear in an interrupt gate", TF | IF, 0
    mov esi, offset text
    mov edi, offset buffer
    mov ecx, 3
    RING0 trap_step_rep
    EQ "single step inside rep: vector", [rec_vec], V_DB
    EQ "single step inside rep: ecx", [rec_ecx], 2
    EQ "single step inside rep: eip stays", [rec_eip], "offset trap_step_rep_insn"
    RING0 trap_step_ss
    EQ "no single step after mov ss", [rec_eip], "offset trap_step_ss_next"
    RING0 trap_step_int
    EQ "int with tf: the handler is not stepped", [rec_vec], 0x22
    ret
trap_int3:
    int3
    int V_END
trap_int_3:
    .byte 0xcd, 3
    int V_END
trap_into:
    into
    int V_END
trap_13:
    int 0x20
    int V_END
trap_step:
    push TF | 2
    popfd
    nop
trap_step_next:
    nop
    int V_END
trap_step_rep:
    push TF | 2
    popfd
trap_step_rep_insn:
    rep movsb
    int V_END
trap_step_ss:
    mov eax, KDATA
    push TF | 2
    popfd
    mov ss, ax
    nop
trap_step_ss_next:
    nop
    int V_END
trap_step_int:
    push TF | 2
    popfd
    int 0x22
    .data
    .align 4
zero: .long 0
bounds: .long 10, 30
text: .ascii "abcdefgh"
buffer: .fill 16, 1, 0
