/* SPDX-License-Identifier: MIT */
/*
 * test_smc.S - self-modifying code. The 386 and 486 demand a jump between the write and the
 * changed code (their prefetch queue); the P6 family sees every write at once. These checks
 * jump where the 386 needs it, except those named "at once" (P6, SDM 3A 12.6).
 */
#include "rt.inc"
#include "paging.inc"

    .text
    .global test_main
test_main:
    call next_instruction
    call own_loop
    call other_page
    call string_writes
    call crossing
    call generator
    PAGING_ON
    call aliases
    call remapped
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret

next_instruction:
    xor ecx, ecx
    mov byte ptr [1f + 1], 7
    jmp 1f
1:  mov cl, 1
    EQ "changed immediate after a jump", ecx, 7
    mov byte ptr [2f + 1], 9
2:  mov cl, 1
    EQ "changed immediate at once", ecx, 9
    mov dword ptr [3f], 0x90909090 /* ADD ECX, 40h becomes NOPs */
3:  add ecx, 0x40
    nop
    EQ "instruction becomes nops at once", ecx, 9
    /* the rest of the very instruction that writes may change, too */
    mov eax, offset 4f
    mov byte ptr [eax + 6], 0x41 /* the INC ECX that follows stays what it is: same byte */
4:  nop
    nop
    nop
    nop
    nop
    nop
    inc ecx
    EQ "rewriting the same byte changes nothing", ecx, 10
    ret

/* A loop that changes its own body in every round. */
own_loop:
    xor eax, eax
    mov ecx, 100
    mov byte ptr [1f + 2], 0
1:  add eax, 0
    inc byte ptr [1b + 2]
    loop 1b
    EQ "loop that counts its own immediate up", eax, 4950
    /* backwards jump target changed by the loop's end: ADD becomes SUB and back */
    xor eax, eax
    mov ecx, 101
    mov byte ptr [2f], 0x05
2:  add eax, 1000
    xor byte ptr [2b], 0x28 /* 05h ADD <-> 2Dh SUB */
    loop 2b
    EQ "loop that flips add and sub", eax, 1000
    ret

other_page:
    mov ebx, offset code_page
    mov byte ptr [ebx], 0xb8
    mov dword ptr [ebx + 1], 0x11
    mov byte ptr [ebx + 5], 0xc3
    call ebx
    EQ "generated code", eax, 0x11
    mov dword ptr [ebx + 1], 0x22
    call ebx
    EQ "changed generated code", eax, 0x22
    mov word ptr [ebx + 3], 0x3344
    call ebx
    EQ "half of an immediate", eax, 0x33440022
    mov dword ptr [ebx + 0x800], 1 /* same page, no code */
    call ebx
    EQ "data beside code", eax, 0x33440022
    /* through a hot loop: 1000 rounds of write and call */
    xor ecx, ecx
    xor edx, edx
1:  mov [ebx + 1], ecx
    call ebx
    add edx, eax
    inc ecx
    cmp ecx, 1000
    jb 1b
    EQ "1000 times changed and called", edx, 499500
    ret

string_writes:
    mov edi, offset code_page
    mov esi, offset template1
    mov ecx, template2 - template1
    rep movsb
    mov ebx, offset code_page
    call ebx
    EQ "code copied by rep movsb", eax, 0x1111
    mov edi, offset code_page
    mov esi, offset template2
    mov ecx, 2
    rep movsd
    call ebx
    EQ "code overwritten by rep movsd", eax, 0x2222
    push dword ptr [template1]
    pop dword ptr [code_page]
    call ebx
    EQ "code overwritten by pop", eax, 0x1111
    mov ecx, esp
    mov esp, offset code_page + 4
    push dword ptr [template2]
    mov esp, ecx
    call ebx
    EQ "code overwritten by push", eax, 0x2222
    mov eax, [template1]
    xchg [code_page], eax
    call ebx
    EQ "code overwritten by xchg", eax, 0x1111
    bts dword ptr [code_page], 8 + 1
    call ebx
    EQ "code changed by bts", eax, 0x1113
    lock xor dword ptr [code_page], 0xff00
    call ebx
    EQ "code changed by a locked xor", eax, 0x11ec
    ret
template1:
    mov eax, 0x1111
    ret
    nop
    nop
template2:
    mov eax, 0x2222
    ret
    nop
    nop

/* One instruction over two pages, changed on either side. */
crossing:
    mov ebx, offset code_page + 0xffe
    mov byte ptr [ebx], 0xb8
    mov dword ptr [ebx + 1], 0x01020304
    mov byte ptr [ebx + 5], 0xc3
    call ebx
    EQ "instruction across pages", eax, 0x01020304
    mov byte ptr [ebx + 1], 0x14
    call ebx
    EQ "changed on the first page", eax, 0x01020314
    mov byte ptr [ebx + 4], 0x11
    call ebx
    EQ "changed on the second page", eax, 0x11020314
    mov ebx, offset code_page + 0x1ffe
    mov dword ptr [ebx], 0x90909090
    mov byte ptr [ebx + 4], 0xc3
    xor eax, eax
    call ebx
    mov dword ptr [ebx], 0x40404040 /* one store, four instructions on two pages */
    call ebx
    EQ "one store over two pages of code", eax, 4
    ret

/* Builds a chain of 256 functions, each calling the next, then rebuilds it. */
generator:
    mov edi, offset code_page
    mov ecx, 255
1:  mov byte ptr [edi], 0x40 /* inc eax */
    mov byte ptr [edi + 1], 0xe8
    mov dword ptr [edi + 2], 10 /* call the next one, 16 bytes on */
    mov byte ptr [edi + 6], 0xc3
    add edi, 16
    loop 1b
    mov byte ptr [edi], 0xc3
    xor eax, eax
    mov ebx, offset code_page
    call ebx
    EQ "chain of calls", eax, 255
    mov edi, offset code_page
    mov ecx, 255
1:  mov byte ptr [edi], 0x48 /* dec eax */
    add edi, 16
    loop 1b
    xor eax, eax
    call ebx
    EQ "chain of calls after rebuilding", eax, -255
    ret

/* Written at one address, executed at another. */
aliases:
    PTE 0, FRAME(0), P+RW+US
    PTE 1, FRAME(0), P+RW+US
    FLUSH
    mov byte ptr [W(0)], 0xb8
    mov dword ptr [W(0) + 1], 0x55
    mov byte ptr [W(0) + 5], 0xc3
    mov ebx, W(1)
    call ebx
    EQ "executed through an alias", eax, 0x55
    mov dword ptr [W(0) + 1], 0x66
    call ebx
    EQ "changed through an alias", eax, 0x66
    mov dword ptr [FRAME(0) + 1], 0x77
    call ebx
    EQ "changed at the frame", eax, 0x77
    mov byte ptr [W(0) + 0x10], 0xb8
    mov byte ptr [W(0) + 0x15], 0xc3
    mov dword ptr [W(0) + 0x11], 0x88
    mov ebx, W(1) + 0x10
    mov ecx, 3
    xor edx, edx
1:  inc dword ptr [W(0) + 0x11]
    call ebx
    add edx, eax
    loop 1b
    EQ "loop through an alias", edx, 0x89 + 0x8a + 0x8b
    ret

/* Another frame under the same address: the code is another after CR3 is loaded. */
remapped:
    PTE 0, FRAME(0), P+RW+US
    FLUSH
    mov byte ptr [FRAME(1)], 0xb8
    mov dword ptr [FRAME(1) + 1], 0x99
    mov byte ptr [FRAME(1) + 5], 0xc3
    mov dword ptr [FRAME(0) + 1], 0x77
    mov ebx, W(0)
    call ebx
    EQ "code of the first frame", eax, 0x77
    PTE 0, FRAME(1), P+RW+US
    FLUSH
    call ebx
    EQ "code of the second frame", eax, 0x99
    PTE 0, FRAME(0), P+RW+US
    FLUSH
    call ebx
    EQ "and of the first again", eax, 0x77
    /* absent, then back: a call into nothing faults at its target */
    PTE 0, 0, 0
    FLUSH
    RING0 jump_there
    EQ "code of an absent page", [rec_vec], V_PF
    EQ "code of an absent page: eip", [rec_eip], W(0)
    PTE 0, FRAME(1), P+RW+US
    call ebx
    EQ "and back with another frame", eax, 0x99
    ret
jump_there:
    jmp ebx

    .section .page, "aw", @nobits
    .align 4096
code_page: .fill 4 * 4096
