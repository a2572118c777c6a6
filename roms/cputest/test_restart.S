/* SPDX-License-Identifier: MIT */
/*
 * test_restart.S - the state at a fault: an instruction that faults has changed no register and
 * no flag (FAULT checks them all), so that it can be run again after the handler has mapped a page.
 *
 * Source: 80386 Programmer's Reference Manual, chapter 9.1 (faults are restartable). The string
 * instructions keep what whole iterations have done. Not demanded: that memory written below
 * the fault is as before (PUSHA, CALL FAR, ENTER).
 */
#include "rt.inc"
#include "paging.inc"

    .text
    .global test_main
test_main:
    PAGING_ON
    call pushes
    call pops
    call calls
    call frames
    call writes
    call loads
    call strings
    call retries
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret

/* Page 0 absent, page 1 present: a stack at W(1)+n runs into W(0). */
.macro STACK_AT offset
    mov dword ptr [rt_user_esp], W(1) + \offset
.endm

.macro PAGES01 bits0
    PTE 0, FRAME(0), \bits0
    PTE 1, FRAME(1), P+RW+US
    PTE 2, 0, 0
    FLUSH
    mov eax, 0x11111111
    mov ecx, 0x22222222
    mov edx, 0x33333333
    mov ebx, 0x44444444
    mov ebp, 0x55555555
    mov esi, 0x66666666
    mov edi, 0x77777777
.endm

pushes:
    PAGES01 0
    STACK_AT 0
    FAULT3 "push eax", V_PF, 6, push eax
    EQ "push eax: cr2", [rec_cr2], W(0)+0xffc
    FAULT3 "push imm8", V_PF, 6, .byte 0x6a, 5
    FAULT3 "push esp", V_PF, 6, push esp
    FAULT3 "push ds", V_PF, 6, push ds
    FAULT3 "pushf", V_PF, 6, pushfd
    FAULT3 "push m32", V_PF, 6, push [source]
    FAULT3 "push ax", V_PF, 6, push ax
    STACK_AT 2
    FAULT3 "push across the page end", V_PF, 6, push eax
    STACK_AT 16
    FAULT3 "pusha across the page end", V_PF, 6, pushad
    mov edx, [rec_cr2]
    shr edx, 12
    EQ "pusha: the faulting page", edx, W(0)>>12
    STACK_AT 8
    FAULT3 "pusha 16-bit", V_PF, 6, .byte 0x66, 0x60
    STACK_AT 0x100
    FAULT3 "push from an absent page", V_PF, 4, push dword ptr [W(2)]
    ret

pops:
    PAGES01 0
    mov dword ptr [rt_user_esp], W(2)
    FAULT3 "pop eax", V_PF, 4, pop eax
    FAULT3 "pop ds", V_PF, 4, pop ds
    FAULT3 "popf", V_PF, 4, popfd
    FAULT3 "popa", V_PF, 4, popad
    mov dword ptr [rt_user_esp], W(2) - 16
    FAULT3 "popa across the page end", V_PF, 4, popad
    mov dword ptr [rt_user_esp], W(2) - 2
    FAULT3 "pop across the page end", V_PF, 4, pop eax
    STACK_AT 0x100
    mov dword ptr [FRAME(1) + 0x100], 0x1234
    FAULT3 "pop into an absent page", V_PF, 6, pop dword ptr [W(0)]
    FAULT3 "pop across a page end", V_PF, 6, pop dword ptr [W(1) + 0xffe]
    FAULT3 "pop [esp - 108h]: address after esp moves", V_PF, 6, pop dword ptr [esp - 0x108]
    EQ "pop [esp - 108h]: cr2", [rec_cr2], W(0)+0xffc
    FAULT3 "pop ds of a bad selector", V_GP, 0x1234, pop ds
    ret

calls:
    PAGES01 0
    STACK_AT 0
    FAULT3 "call rel32", V_PF, 6, call nothing
    FAULT3 "call m32", V_PF, 6, call [pointer]
    FAULT3 "call from an absent page", V_PF, 4, call [W(2)]
    FAULT3 "call far", V_PF, 6, FARCALL UCODE, nothing
    STACK_AT 4
    FAULT3 "call far across the page end", V_PF, 6, FARCALL UCODE, nothing
    mov dword ptr [rt_user_esp], W(2)
    FAULT3 "ret", V_PF, 4, ret
    FAULT3 "ret imm16", V_PF, 4, ret 8
    FAULT3 "retf", V_PF, 4, retf
    FAULT3 "iret", V_PF, 4, iretd
    mov dword ptr [FRAME(1) + 0xff8], offset nothing
    mov dword ptr [FRAME(1) + 0xffc], UCODE
    mov dword ptr [rt_user_esp], W(2) - 4
    FAULT3 "retf across the page end", V_PF, 4, retf
    mov dword ptr [rt_user_esp], W(2) - 8
    FAULT3 "iret across the page end", V_PF, 4, iretd
    NOFAULT3 "retf just fits", retf
    ret
nothing:
    int V_END

frames:
    PAGES01 0
    STACK_AT 0
    FAULT3 "enter 0,0", V_PF, 6, enter 0, 0
    STACK_AT 4
    mov ebp, W(1) + 0x100
    FAULT3 "enter 0,2 across the page end", V_PF, 6, enter 0, 2
    STACK_AT 0x40
    mov ebp, W(2) + 4
    FAULT3 "enter 0,2 reading an absent frame", V_PF, 4, enter 0, 2
    mov ebp, W(2) + 0x10
    FAULT3 "leave of an absent frame", V_PF, 4, leave
    mov ebp, W(2) - 2
    FAULT3 "leave across the page end", V_PF, 4, leave
    ret

/* Read-modify-write: nothing changes when the page may not be written. */
writes:
    PAGES01 P+US
    mov dword ptr [rt_user_esp], offset rt_ustack_top
    mov dword ptr [FRAME(0)], 0x80000001
    stc
    FAULT3 "add m32, r32", V_PF, 7, add [W(0)], eax
    FAULT3 "adc m8, imm8", V_PF, 7, adc byte ptr [W(0)], 5
    FAULT3 "inc m32", V_PF, 7, inc dword ptr [W(0)]
    FAULT3 "neg m32", V_PF, 7, neg dword ptr [W(0)]
    FAULT3 "not m16", V_PF, 7, not word ptr [W(0)]
    FAULT3 "shl m32, 1", V_PF, 7, shl dword ptr [W(0)], 1
    FAULT3 "rcr m32, cl", V_PF, 7, rcr dword ptr [W(0)], cl
    FAULT3 "shld m32, r32, 4", V_PF, 7, shld dword ptr [W(0)], eax, 4
    FAULT3 "bts m32, imm8", V_PF, 7, bts dword ptr [W(0)], 3
    mov ecx, 40
    FAULT3 "btr m32, r32", V_PF, 7, btr dword ptr [W(0)], ecx
    FAULT3 "xchg m32, r32", V_PF, 7, xchg [W(0)], eax
    FAULT3 "xchg m8, r8", V_PF, 7, xchg [W(0)], dl
    FAULT3 "setc m8", V_PF, 7, setc byte ptr [W(0)]
    FAULT3 "mov m16, ds", V_PF, 7, mov [W(0)], ds
    FAULT3 "mov m32, imm32", V_PF, 7, mov dword ptr [W(0)], 1
    FAULT3 "mov moffs32, eax", V_PF, 7, .byte 0xa3, 0, 0, 0, 0x40
    FAULT3 "sgdt", V_PF, 7, sgdt [W(0)]
    FAULT3 "arpl m16, r16", V_PF, 7, arpl [W(0) + 4], cx
    FAULT3 "pop m32", V_PF, 7, pop dword ptr [W(0)]
    EQ "the page is as before", [FRAME(0)], 0x80000001
    ret

loads:
    PAGES01 P+RW+US
    mov dword ptr [FRAME(1) + 0xffc], 0x00100000
    FAULT3 "mov r32, m32", V_PF, 4, mov eax, [W(2)]
    FAULT3 "movzx across the page end", V_PF, 4, movzx eax, word ptr [W(1) + 0xfff]
    FAULT3 "les across the page end", V_PF, 4, les eax, [W(1) + 0xffc]
    FAULT3 "lss across the page end", V_PF, 4, lss esp, [W(1) + 0xffc]
    FAULT3 "bound across the page end", V_PF, 4, bound eax, [W(1) + 0xffc]
    FAULT3 "mul m32", V_PF, 4, mul dword ptr [W(2)]
    FAULT3 "div m32", V_PF, 4, div dword ptr [W(2)]
    FAULT3 "imul r32, m32, imm", V_PF, 4, imul eax, [W(2)], 9
    FAULT3 "mov ds, m16", V_PF, 4, mov ds, [W(2)]
    FAULT3 "jmp m32", V_PF, 4, jmp [W(2)]
    FAULT3 "cmp m32, imm", V_PF, 4, cmp dword ptr [W(2)], 7
    mov ebx, W(2)
    FAULT3 "xlat", V_PF, 4, xlatb
    mov dword ptr [FRAME(1) + 0xff8], 0x123
    mov word ptr [FRAME(1) + 0xffc], 0x1233
    FAULT3 "les of a bad selector keeps the register", V_GP, 0x1230, les eax, [W(1) + 0xff8]
    FAULT3 "lss of a null selector keeps esp", V_GP, 0, lss esp, [zeros]
    ret

strings:
    PAGES01 P+RW+US
    mov esi, offset zeros
    mov edi, W(2)
    FAULT3 "movsb to an absent page", V_PF, 6, movsb
    mov edi, W(1) + 0xffe
    FAULT3 "movsd across the page end", V_PF, 6, movsd
    FAULT3 "stosd across the page end", V_PF, 6, stosd
    mov esi, W(2)
    mov edi, W(0)
    FAULT3 "lodsd from an absent page", V_PF, 4, lodsd
    FAULT3 "movsd from an absent page", V_PF, 4, movsd
    FAULT3 "cmpsd with an absent page", V_PF, 4, cmpsd
    mov edi, W(2)
    FAULT3 "scasb of an absent page", V_PF, 4, scasb
    xor ecx, ecx
    NOFAULT3 "rep with ecx 0 touches nothing", rep movsd
    mov ecx, 5
    mov esi, W(0)
    mov edi, W(2) - 12
    RING3 rep_movs
    EQ "rep movsd: vector", [rec_vec], V_PF
    EQ "rep movsd: ecx", [rec_ecx], 2
    EQ "rep movsd: esi", [rec_esi], W(0)+12
    EQ "rep movsd: edi", [rec_edi], W(2)
    EQ "rep movsd: eip", [rec_eip], "offset rep_movs"
    EQ "rep movsd: cr2", [rec_cr2], W(2)
    mov eax, 0x5a5a5a5a
    mov ecx, 5
    mov edi, W(2) - 10
    mov dword ptr [FRAME(1) + 0xffc], 0
    RING3 rep_stos
    EQ "rep stosd across the end: ecx", [rec_ecx], 3
    EQ "rep stosd across the end: edi", [rec_edi], W(2)-2
    EQ "rep stosd across the end: nothing of the split element", [FRAME(1) + 0xffc], 0x00005a5a
    PTE 0, 0, 0
    FLUSH
    std
    mov ecx, 4
    mov edi, W(1) + 4
    RING3 rep_stos
    cld
    EQ "std rep stosd: ecx", [rec_ecx], 2
    EQ "std rep stosd: edi", [rec_edi], W(1)-4
    mov ecx, 8
    mov esi, W(2) - 3
    mov edi, offset zeros
    mov dword ptr [FRAME(1) + 0xffc], 0
    RING3 rep_cmps
    EQ "repe cmpsb: ecx", [rec_ecx], 5
    EQ "repe cmpsb: esi", [rec_esi], W(2)
    mov ecx, 8
    mov al, 1
    mov edi, W(2) - 3
    RING3 rep_scas
    EQ "repne scasb: ecx", [rec_ecx], 5
    EQ "repne scasb: edi", [rec_edi], W(2)
    ret
rep_movs:
    rep movsd
    int V_END
rep_stos:
    rep stosd
    int V_END
rep_cmps:
    repe cmpsb
    int V_END
rep_scas:
    repne scasb
    int V_END

/* The handler maps the page and returns: every instruction runs again and gives its result. */
retries:
    mov dword ptr [rt_hook], offset retry_hook
    PAGES01 0
    PTE 1, 0, 0
    FLUSH
    STACK_AT 8
    RING3 retry_push
    EQ "retried pushes: esp", [rec_esp], W(1)-24
    EQ "retried pusha: eax", [FRAME(1) + 4], 0x1111
    EQ "retried pusha: edi", [FRAME(0) + 0xff0 - 8], 0x7777
    EQ "faults taken", [retry_count], 2
    PTE 0, 0, 0
    PTE 1, 0, 0
    FLUSH
    mov dword ptr [FRAME(0) + 0xffc], 0x00ff0000
    mov dword ptr [FRAME(1)], 0
    mov eax, 0x01020304
    mov dword ptr [retry_count], 0
    add [W(0) + 0xffe], eax
    EQ "retried add across two absent pages, low", [FRAME(0) + 0xffc], 0x04030000
    EQ "retried add across two absent pages, high", [FRAME(1)], 0x00000102
    PTE 0, 0, 0
    PTE 1, 0, 0
    FLUSH
    mov dword ptr [retry_count], 0
    mov esi, offset pattern
    mov edi, W(0) + 0xffa
    mov ecx, 13
    rep movsb
    EQ "retried rep movsb: ecx", ecx, 0
    EQ "retried rep movsb: first part", [FRAME(0) + 0xffc], 0x66656463
    EQ "retried rep movsb: last part", [FRAME(1) + 3], 0x6d6c6b6a
    EQ "retried rep movsb: faults", [retry_count], 2
    mov dword ptr [rt_hook], 0
    mov dword ptr [rt_user_esp], offset rt_ustack_top
    ret
retry_push:
    mov eax, 0x1111
    mov edi, 0x7777
    pushad
    int V_END
retry_hook:
    xor eax, eax
    cmp dword ptr [rec_vec], V_PF
    jne 1f
    inc dword ptr [retry_count]
    mov ecx, [rec_cr2]
    shr ecx, 12
    and ecx, 3
    mov eax, ecx
    shl eax, 12
    add eax, FRAME(0) + P + RW + US
    mov [WINDOW_TABLE + 4 * ecx], eax
    mov eax, 1
1:  ret

    .data
    .align 4
source: .long 0x12345678
pointer: .long nothing
zeros: .fill 4, 4, 0
pattern: .ascii "abcdefghijklmnop"
retry_count: .long 0
