/* SPDX-License-Identifier: MIT */
/*
 * test_insn.S - integer instructions whose point is not arithmetic: addressing, bit strings in
 * memory, string operations, stack frames, loops and far pointers.
 * Source: 80386 Programmer's Reference Manual, chapter 17.
 */
#include "rt.inc"

    .text
    .global test_main
test_main:
    call addressing
    call bit_strings
    call strings
    call stack
    call branches
    call far_pointers
    ret

addressing:
    mov ebx, 0x1000
    mov esi, 0x20
    lea eax, [ebx + esi * 4 + 0x7f]
    EQ "lea base+index*4+disp8", eax, 0x10ff
    lea eax, [ebx + ebx * 8 - 0x12345]
    EQ "lea base+index*8+disp32", eax, 0xffff6cbb
    mov ebp, 0x100
    lea eax, [ebp + ebp * 2]
    EQ "lea ebp as base needs disp", eax, 0x300
    lea eax, [esi * 8 + 0x11223344]
    EQ "lea index without base", eax, 0x11223444
    mov eax, esp
    lea ecx, [esp + 8]
    sub ecx, eax
    EQ "lea esp base", ecx, 8
    mov eax, 0xdeadbeef
    lea ax, [ebx + esi]
    EQ "lea r16, m32 address", eax, 0xdead1020
    mov ebx, 0x1ffff
    mov esi, 0x10003
    .byte 0x67 /* lea eax, [bx+si+5]: 16-bit sum, zero-extended */
    .byte 0x8d, 0x40, 0x05
    EQ "lea r32, m16 wraps at 64K", eax, 0x0007
    mov edi, 0x2fffe
    .byte 0x67, 0x8d, 0x41, 0x80 /* lea eax, [bx+di-80h] */
    EQ "lea [bx+di+disp8]", eax, 0xff7d
    mov ebp, 0x34567
    .byte 0x67, 0x8d, 0x82, 0x99, 0xba /* lea eax, [bp+si-4567h] */
    EQ "lea [bp+si+disp16]", eax, 0x0003
    .byte 0x67, 0x8d, 0x06, 0xcd, 0xab
    EQ "lea [disp16]", eax, 0xabcd
    .byte 0x67, 0x8d, 0x04 /* lea eax, [si] */
    EQ "lea [si]", eax, 3
    .byte 0x67, 0x8d, 0x05
    EQ "lea [di]", eax, 0xfffe
    .byte 0x67, 0x8d, 0x07
    EQ "lea [bx]", eax, 0xffff
    .byte 0x67, 0x8d, 0x46, 0x01
    EQ "lea [bp+1]", eax, 0x4568
    .byte 0x67, 0x8d, 0x43, 0x00
    EQ "lea [bp+di]", eax, 0x4565
    mov dword ptr [0x7000], 0xcafef00d
    mov ebx, 0xffff7000
    .byte 0x67, 0x8b, 0x07 /* mov eax, [bx] */
    EQ "16-bit addressing ignores the high half", eax, 0xcafef00d
    mov ebx, offset table256
    mov eax, 0x11223344
    xlatb
    EQ "xlat", eax, 0x112233bb
    mov ebx, 0xffff7000
    mov eax, 1
    .byte 0x67, 0xd7
    EQ "xlat with bx", eax, 0xf0
    mov eax, 0x12345678
    mov ah, 0x9a
    EQ "byte registers: ah", eax, 0x12349a78
    xchg al, ah
    EQ "xchg al, ah", eax, 0x1234789a
    mov eax, 0x80000001
    .byte 0x66, 0x0f, 0xbe, 0xc0 /* movsx ax, al */
    EQ "movsx r16 leaves the high half", eax, 0x80000001
    mov eax, 0xffffffff
    mov dword ptr [0x7004], 0xffffffff
    mov word ptr [0x7005], 0
    EQ "unaligned word store", [0x7004], 0xff0000ff
    mov eax, [0x7003]
    EQ "unaligned dword load", eax, 0x0000ffca
    .byte 0xa1
    .long 0x7000
    EQ "mov eax, moffs32", eax, 0xcafef00d
    .byte 0x67, 0xa0
    .word 0x7001
    EQ "mov al, moffs16", eax, 0xcafef0f0
    ret

/* The bit offset of a register reaches beyond the operand, both ways. */
bit_strings:
    mov dword ptr [bits - 4], 0
    mov dword ptr [bits], 0
    mov dword ptr [bits + 4], 0
    mov eax, 33
    bts dword ptr [bits], eax
    FLAGS "bts clears cf", CF, 0
    EQ "bts m32, 33", [bits + 4], 2
    bts dword ptr [bits], eax
    FLAGS "bts sets cf", CF, CF
    mov eax, -1
    btc dword ptr [bits], eax
    EQ "btc m32, -1", [bits - 4], 0x80000000
    mov eax, -32
    bts dword ptr [bits], eax
    EQ "bts m32, -32", [bits - 4], 0x80000001
    mov eax, 0xffff0010 /* 16-bit form: offset is AX = 16 */
    bts word ptr [bits], ax
    EQ "bts m16, 16", [bits], 0x00010000
    mov eax, 0xfff0 /* AX = -16 */
    btr word ptr [bits + 2], ax
    bts word ptr [bits + 2], ax
    EQ "bts m16, -16", [bits], 0x00010001
    bts dword ptr [bits], 35
    EQ "bts m32, imm8 is taken modulo 32", [bits], 0x00010009
    btr dword ptr [bits], 0
    FLAGS "btr cf", CF, CF
    EQ "btr m32, imm8", [bits], 0x00010008
    bt dword ptr [bits], 3
    FLAGS "bt m32, imm8", CF, CF
    mov eax, 0x80000000
    bt eax, 63
    FLAGS "bt r32, imm8 modulo", CF, CF
    mov ecx, 65
    xor eax, eax
    bts eax, ecx
    EQ "bts r32, r32 modulo", eax, 2
    ret

strings:
    mov esi, offset text
    mov edi, offset buffer
    mov ecx, 5
    cld
    rep movsb
    EQ "rep movsb esi", esi, "offset text + 5"
    EQ "rep movsb edi", edi, "offset buffer + 5"
    EQ "rep movsb ecx", ecx, 0
    EQ "rep movsb data", [buffer], 0x64636261
    mov esi, offset text + 12
    mov edi, offset buffer + 12
    mov ecx, 4
    std
    rep movsd
    cld
    EQ "std rep movsd esi", esi, "offset text - 4"
    EQ "std rep movsd data", [buffer + 8], 0x6c6b6a69
    mov eax, 0x11223344
    mov edi, offset buffer
    mov ecx, 3
    rep stosw
    EQ "rep stosw", [buffer], 0x33443344
    EQ "rep stosw stops", [buffer + 4], 0x68673344
    mov esi, offset text + 1
    lodsb
    EQ "lodsb", eax, 0x11223362
    lodsw
    EQ "lodsw", eax, 0x11226463
    lodsd
    EQ "lodsd", eax, 0x68676665
    mov edi, offset text
    mov ecx, 100
    mov al, 'g'
    repne scasb
    EQ "repne scasb ecx", ecx, 93
    EQ "repne scasb edi", edi, "offset text + 7"
    FLAGS "repne scasb zf", ZF, ZF
    mov edi, offset text
    mov ecx, 3
    repne scasb
    FLAGS "repne scasb runs out", ZF, 0
    EQ "repne scasb ecx 0", ecx, 0
    mov esi, offset text
    mov edi, offset text2
    mov ecx, 50
    repe cmpsb
    EQ "repe cmpsb ecx", ecx, 44
    FLAGS "repe cmpsb flags are of source minus destination", CF | ZF | SF, CF | SF
    mov esi, offset text
    mov edi, offset text2
    xor ecx, ecx
    cmp ecx, ecx
    repne cmpsd
    FLAGS "rep with ecx 0 keeps flags", ZF | CF, ZF
    EQ "rep with ecx 0 keeps esi", esi, "offset text"
    /* overlapping copy: byte by byte, forward */
    mov byte ptr [buffer], 0x5a
    mov esi, offset buffer
    mov edi, offset buffer + 1
    mov ecx, 7
    rep movsb
    EQ "overlapping rep movsb", [buffer + 4], 0x5a5a5a5a
    /* 16-bit address size: SI, DI, CX, high halves untouched */
    mov dword ptr [0x7100], 0x01020304
    mov dword ptr [0x7200], 0
    mov esi, 0xaaaa7100
    mov edi, 0xbbbb7200
    mov ecx, 0xcccc0004
    .byte 0x67, 0xf3, 0xa4
    EQ "addr16 rep movsb data", [0x7200], 0x01020304
    EQ "addr16 rep movsb esi", esi, 0xaaaa7104
    EQ "addr16 rep movsb edi", edi, 0xbbbb7204
    EQ "addr16 rep movsb ecx", ecx, 0xcccc0000
    mov edi, 0x1ffff
    mov ecx, 2
    mov al, 0x77
    mov byte ptr [0], 0
    .byte 0x67, 0xf3, 0xaa /* stosb at FFFFh then 0 */
    EQ "addr16 stosb wraps di", edi, 0x10001
    movzx eax, byte ptr [0]
    EQ "addr16 stosb wraps to offset 0", eax, 0x77
    /* segment override applies to the source only */
    mov eax, SLOT(0)
    SETDESC 0, 0x7100, 0xfff, 0x93, 4
    mov eax, SLOT(0)
    mov fs, eax
    xor esi, esi
    mov edi, offset buffer
    .byte 0x64, 0xa5 /* fs movsd */
    EQ "movs source override", [buffer], 0x01020304
    mov eax, KDATA
    mov fs, eax
    ret

stack:
    mov ebx, esp
    push esp
    pop eax
    EQ "push esp pushes the old value", eax, ebx
    push offset buffer
    push 0x12345678
    pop dword ptr [buffer]
    EQ "pop m32", [buffer], 0x12345678
    pop eax
    /* POP [ESP+n] computes its address after ESP moved */
    push 0
    push 0x55
    pop dword ptr [esp]
    pop eax
    EQ "pop [esp] uses the new esp", eax, 0x55
    push 0x66
    mov eax, esp
    mov [esp - 4], esp
    sub esp, 4
    pop esp
    sub eax, esp
    EQ "pop esp", eax, 0
    pop eax
    mov ecx, esp
    push ax
    sub ecx, esp
    EQ "push r16 takes 2 bytes", ecx, 2
    pop ax
    .byte 0x6a, 0x80 /* push imm8 */
    pop eax
    EQ "push imm8 sign-extends", eax, 0xffffff80
    mov dword ptr [esp - 4], 0xffffffff
    mov ecx, esp
    push ds
    sub ecx, esp
    EQ "push ds takes 4 bytes", ecx, 4
    pop eax
    and eax, 0xffff
    EQ "push ds value", eax, KDATA
    mov ecx, esp
    .byte 0x66
    push es
    sub ecx, esp
    EQ "o16 push es takes 2 bytes", ecx, 2
    .byte 0x66
    pop es
    mov eax, 1
    mov ecx, 2
    mov edx, 3
    mov ebx, 4
    mov ebp, 5
    mov esi, 6
    mov edi, 7
    mov [buffer], esp
    pushad
    EQ "pusha edi lowest", [esp], 7
    EQ "pusha ebx", [esp + 24 - 8], 4
    mov eax, [esp + 12]
    EQ "pusha esp is the old one", eax, [buffer]
    EQ "pusha eax highest", [esp + 28], 1
    mov dword ptr [esp + 12], 0xdead /* POPA ignores the ESP image */
    mov dword ptr [esp + 16], 0x44
    popad
    EQ "popa ignores esp", esp, [buffer]
    EQ "popa ebx", ebx, 0x44
    EQ "popa eax", eax, 1
    mov ecx, esp
    .byte 0x66, 0x60
    sub ecx, esp
    EQ "pusha 16-bit takes 16 bytes", ecx, 16
    .byte 0x66, 0x61
    pushfd
    pop eax
    or eax, ARITH | DF
    push eax
    popfd
    FLAGS "popf sets the arithmetic flags and df", ARITH | DF, ARITH | DF
    cld
    pushfd
    pop eax
    and eax, 0x0000802a
    EQ "reserved eflags bits: 1 set, 3 5 15 clear", eax, 2
    .byte 0x66, 0x9c /* pushfw */
    .byte 0x66, 0x9d
    /* ENTER: level 0, 1 and 3 */
    mov ebp, 0xbb
    mov edx, esp
    enter 16, 0
    mov eax, edx
    sub eax, esp
    EQ "enter 16,0 size", eax, 20
    mov eax, edx
    sub eax, ebp
    EQ "enter 16,0 ebp", eax, 4
    leave
    EQ "leave esp", esp, edx
    EQ "leave ebp", ebp, 0xbb
    mov dword ptr [frame - 4], 0x111
    mov dword ptr [frame - 8], 0x222
    mov ebp, offset frame
    mov edx, esp
    enter 8, 3
    mov eax, edx
    sub eax, esp
    EQ "enter 8,3 size", eax, 24
    mov eax, edx
    sub eax, ebp
    EQ "enter 8,3 ebp", eax, 4
    EQ "enter 8,3 copies display 1", [ebp - 4], 0x111
    EQ "enter 8,3 copies display 2", [ebp - 8], 0x222
    mov eax, [ebp - 12]
    EQ "enter 8,3 own frame", eax, ebp
    leave
    EQ "leave after enter 8,3", ebp, "offset frame"
    mov ebp, 0xbb
    mov edx, esp
    enter 0, 33 /* the level is taken modulo 32: 1 */
    mov eax, edx
    sub eax, esp
    EQ "enter level modulo 32", eax, 8
    leave
    push 0x11
    push 0x22
    push 0x33
    mov ebx, esp
    call ret_8
    sub ebx, esp
    EQ "ret imm16 releases arguments", ebx, -8
    pop eax
    EQ "ret imm16 leaves the rest", eax, 0x11
    mov eax, 0x12345678
    mov ecx, 0x9abcdef0
    xchg eax, ecx
    EQ "xchg eax, ecx", eax, 0x9abcdef0
    xchg [buffer], eax
    EQ "xchg m32", [buffer], 0x9abcdef0
    ret
ret_8:
    ret 8

branches:
    mov ecx, 3
    xor eax, eax
1:  inc eax
    loop 1b
    EQ "loop count", eax, 3
    mov ecx, 0x10001 /* CX = 1 */
    xor eax, eax
1:  inc eax
    .byte 0x67
    loop 1b
    EQ "loop with cx", eax, 1
    EQ "loop with cx keeps the high half", ecx, 0x10000
    xor edx, edx
    .byte 0x67
    jecxz 1f /* jcxz: CX = 0 */
    inc edx
1:  jecxz 2f
    inc edx
2:  EQ "jcxz taken, jecxz not", edx, 1
    mov ecx, 0
    stc
    jecxz 1f
    inc edx
1:  EQ "jecxz taken", edx, 1
    FLAGS "loops and jecxz keep flags", CF, CF
    mov ecx, 5
    xor eax, eax
1:  inc eax
    cmp eax, 3
    loopne 1b
    EQ "loopne leaves on zf", ecx, 2
    mov ecx, 5
    xor eax, eax
1:  inc eax
    cmp eax, 1
    loope 1b
    EQ "loope leaves without zf", ecx, 3
    mov eax, offset 1f
    jmp eax
    inc edx
1:  mov dword ptr [buffer], offset 1f
    jmp dword ptr [buffer]
    inc edx
1:  EQ "indirect jumps", edx, 1
    mov dword ptr [buffer], offset ret_0
    call dword ptr [buffer]
    mov eax, offset ret_0
    call eax
    FARJMP KCODE, 1f
    inc edx
1:  FARCALL KCODE, retf_0
    mov dword ptr [buffer], offset 1f
    mov word ptr [buffer + 4], KCODE
    jmp fword ptr [buffer]
    inc edx
1:  mov dword ptr [buffer], offset retf_0
    call fword ptr [buffer]
    EQ "far jumps and calls", edx, 1
    push 0x44
    push 0x55
    mov ebx, esp
    push cs
    push offset 1f
    .byte 0xca, 4, 0 /* retf 4 */
1:  sub ebx, esp
    EQ "retf imm16", ebx, -4
    pop eax
    EQ "retf imm16 leaves the rest", eax, 0x44
    pushfd
    push cs
    push offset 1f
    iretd
1:  EQ "iret same level", edx, 1
    /* a 16-bit near jump cuts EIP to 16 bits: target below 64K */
    mov dword ptr [0x7300], 0x00c3c390 /* nop; ret */
    push offset 1f
    mov eax, 0xffff7300
    .byte 0x66, 0xff, 0xe0 /* jmp ax */
1:  EQ "o16 jmp truncates eip", edx, 1
    ret
ret_0:
    ret
retf_0:
    retf

far_pointers:
    mov dword ptr [buffer], 0x87654321
    mov word ptr [buffer + 4], SLOT(1)
    SETDESC 1, 0x100000, 0xfffff, 0xf3, 0xc
    les eax, [buffer]
    EQ "les offset", eax, 0x87654321
    mov ecx, es
    EQ "les selector", ecx, SLOT(1)
    lfs eax, [buffer]
    mov ecx, fs
    EQ "lfs selector", ecx, SLOT(1)
    lgs eax, [buffer]
    mov ecx, gs
    EQ "lgs selector", ecx, SLOT(1)
    mov word ptr [buffer + 2], KDATA
    mov eax, -1
    .byte 0x66, 0xc5, 0x05 /* lds ax, [buffer] */
    .long buffer
    EQ "lds r16", eax, 0xffff4321
    mov [buffer], esp
    mov word ptr [buffer + 4], KDATA
    mov ebx, esp
    lss esp, [buffer]
    EQ "lss esp", esp, ebx
    mov eax, KDATA
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov eax, -1
    mov eax, ds
    and eax, 0xffff
    EQ "mov r32, ds", eax, KDATA
    mov dword ptr [buffer], -1
    mov [buffer], ds
    EQ "mov m16, ds stores 2 bytes", [buffer], 0xffff0000 + KDATA
    ret

    .data
    .align 4
    .long 0
bits: .long 0, 0, 0, 0
    .long 0x11111111
text: .ascii "abcdefghijklmnop"
text2: .ascii "abcdez"
    .fill 64, 1, 0
    .align 4
buffer: .fill 64, 1, 0
table256:
    .set n, 0
    .rept 256
    .byte 0xff - n
    .set n, n + 1
    .endr
    .fill 32, 1, 0
frame: .long 0
