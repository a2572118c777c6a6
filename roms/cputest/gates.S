/* SPDX-License-Identifier: MIT */
/*
 * gates.S - one call through a call gate for test_gates.c: goes to gates_cs/gates_ss:gates_esp
 * by IRET, calls GATE there, and the target keeps what it finds on its stack.
 */
#include "rt.inc"

#define GATE SLOT(8)

    .text
    .global gates_run, gates_return
gates_run:
    pushad
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    mov eax, UDATA
    mov ds, eax
    mov es, eax
    push [gates_ss]
    push [gates_esp]
    push 2
    push [gates_cs]
    push offset gates_caller
    iretd
1:  mov eax, [rec_vec]
    mov [gates_vector], eax
    popad
    ret
gates_caller:
    FARCALL GATE, 0x87654321
gates_return:
    int V_END

    .section .low
    .code32
    .global gates_target
gates_target:
    mov [gates_entry_esp], esp
    mov eax, ss
    mov [gates_entry_ss], eax
    mov eax, cs
    mov [gates_entry_cs], eax
    mov esi, esp
    mov edi, offset gates_frame
    mov ecx, 40
    rep movs dword ptr [edi], dword ptr ss:[esi]
    int V_END

    .bss
    .align 16
    .global gates_cs, gates_ss, gates_esp, gates_vector, gates_frame, gates_entry_esp
    .global gates_entry_ss, gates_entry_cs
gates_cs: .long 0
gates_ss: .long 0
gates_esp: .long 0
gates_vector: .long 0
gates_entry_esp: .long 0
gates_entry_ss: .long 0
gates_entry_cs: .long 0
gates_frame: .fill 40, 4, 0
    .fill 256
