/* SPDX-License-Identifier: MIT */
/*
 * test_real.S - real-address mode: addresses, segment limits of 64K, interrupts through the
 * vector table, 32-bit operands, unreal mode, the A20 gate.
 *
 * Source: 80386 Programmer's Reference Manual, chapter 14 (real mode: offsets beyond FFFFh
 * raise 13, or 12 on the stack; no error code is pushed).
 */
#include "rt.inc"

    .text
    .global test_main
test_main:
    REAL real_addresses
    REAL real_limits
    REAL real_interrupts
    REAL real_operands
    REAL real_a20
    REAL real_unreal
    ret

/* One result, reported by name when back in 32-bit mode. got: 32-bit register or constant. */
.macro REQ name, got, want
    .pushsection .rodata
.Lq\@: .asciz "\name"
    .popsection
    push edi
    mov edi, cs:[rm_next]
    mov dword ptr cs:[edi], offset .Lq\@
    mov dword ptr cs:[edi + 4], \got
    mov dword ptr cs:[edi + 8], \want
    lea edi, [edi + 12]
    mov cs:[rm_next], edi
    pop edi
.endm

.macro REQM name, var, want
    push eax
    mov eax, cs:[\var]
    REQ "\name", eax, "\want"
    pop eax
.endm

/* The instruction must fault so, IP at it (vector FFFFh: must not fault). SS = 0. */
.macro RFAULT name, vec, insn:vararg
    mov word ptr cs:[rm_resume], offset .Lr\@
    mov cs:[rm_resume_sp], sp
.Li\@: \insn
    mov dword ptr cs:[rm_vec], NONE
    mov dword ptr cs:[rm_ip], offset .Li\@
.Lr\@:
    REQM "\name", rm_vec, \vec
    REQM "\name: ip", rm_ip, "offset .Li\@"
.endm

    .section .low
    .code16
real_addresses:
    mov ax, 0x1000
    mov es, ax
    mov dword ptr es:[0x234], 0x11223344
    mov ax, 0x0fff
    mov es, ax
    mov eax, es:[0x244]
    REQ "segment * 16 + offset", eax, 0x11223344
    mov ax, 0x1000
    mov es, ax
    mov byte ptr es:[0xffff], 0x5a
    mov byte ptr es:[0], 0xa5
    mov si, 0xffff
    mov ds, ax
    cld
    lodsb
    lodsb
    movzx eax, al
    REQ "lodsb wraps si to 0", eax, 0xa5
    movzx eax, si
    REQ "si after the wrap", eax, 1
    xor ax, ax
    mov ds, ax
    mov es, ax
    mov bx, 0xfff0
    mov eax, 0
    .byte 0x8d, 0x47, 0x20 /* lea ax, [bx+20h] */
    REQ "16-bit address wraps", eax, 0x10
    mov eax, 0x12345678
    mov ebx, eax
    shl ebx, 4
    REQ "32-bit operands in real mode", ebx, 0x23456780
    mov ebx, offset rm_scratch
    mov dword ptr [ebx], 0x87654321
    mov eax, [ebx]
    REQ "32-bit addressing in real mode", eax, 0x87654321
    mov ecx, esp
    mov esp, 0xabcd6f00
    push ax
    mov edx, esp
    mov esp, ecx
    REQ "a 16-bit stack moves sp only", edx, 0xabcd6efe
    mov esp, 0xabcd6f00
    pushd 0x01020304
    pop edx
    mov ebx, esp
    mov esp, ecx
    REQ "32-bit push on a 16-bit stack", edx, 0x01020304
    REQ "32-bit push and pop keep esp", ebx, 0xabcd6f00
    mov bx, sp
    push sp
    pop dx
    sub dx, bx
    movzx edx, dx
    REQ "push sp pushes the old value", edx, 0
    mov ax, ss
    mov bx, 0x1000
    mov ecx, esp
    mov ss, bx
    xor sp, sp
    push 0x4321
    mov dx, sp
    mov ss, ax
    mov esp, ecx
    movzx edx, dx
    REQ "push at sp 0 goes to fffe", edx, 0xfffe
    mov es, bx
    mov edx, es:[0xfffc]
    shr edx, 16
    REQ "pushed word at fffe", edx, 0x4321
    ret

real_limits:
    mov ax, 0x1000
    mov ds, ax
    mov es, ax
    mov si, 0xffff
    mov di, 0xfffd
    mov bp, 0xffff
    RFAULT "word read at ffff", V_GP, mov ax, [si]
    mov ax, 0x1000
    mov ds, ax
    RFAULT "word write at ffff", V_GP, mov word ptr [si], 1
    mov ax, 0x1000
    mov ds, ax
    RFAULT "dword read at fffd", V_GP, mov eax, [di]
    mov ax, 0x1000
    mov ds, ax
    RFAULT "dword read at fffc", NONE, mov eax, [di - 1]
    RFAULT "byte read at ffff", NONE, mov al, [si]
    RFAULT "word read at ffff through bp", V_SS, mov ax, [bp]
    RFAULT "word read at ffff through cs", V_GP, mov ax, cs:[si]
    mov ebx, 0x10000
    RFAULT "32-bit offset 10000", V_GP, mov al, [ebx]
    RFAULT "32-bit offset 10000 through esp", V_SS, mov al, [esp + ebx]
    mov ax, 0x1000
    mov es, ax
    RFAULT "xchg at ffff", V_GP, xchg es:[si], ax
    mov ax, 0x1000
    mov es, ax
    mov ax, 0x5555
    mov di, 0xffff
    RFAULT "stosw at ffff", V_GP, stosw
    REQM "stosw at ffff keeps di", rm_edi, 0x0000ffff
    xor ax, ax
    mov ds, ax
    mov ax, 0x1000
    mov es, ax
    mov edi, 0xfffc
    mov ecx, 3
    mov ax, 0x7777
    RFAULT "rep stosw running into ffff wraps evenly", NONE, rep stosw
    mov ax, 0x1000
    mov es, ax
    mov edi, 0xfffb
    mov ecx, 5
    RFAULT "rep stosw at an odd address faults at ffff", V_GP, rep stosw
    REQM "rep stosw fault leaves cx", rm_ecx, 3
    REQM "rep stosw fault leaves di", rm_edi, 0xffff
    /* running off the end of the code segment */
    mov ax, 0x1000
    mov es, ax
    mov byte ptr es:[0xffff], 0x90
    mov word ptr es:[0], 0xcccc /* breakpoints where a machine that wraps goes */
    mov ax, 0x2000
    mov es, ax
    mov word ptr es:[0], 0xcccc
    mov word ptr cs:[rm_resume], offset 1f
    mov cs:[rm_resume_sp], sp
    FARJMP 0x1000, 0xffff
1:  REQM "ip runs past ffff", rm_vec, V_GP
    mov ax, 0x1000
    mov es, ax
    mov byte ptr es:[0xffff], 0xb0 /* mov al, imm8: one byte short */
    mov word ptr cs:[rm_resume], offset 1f
    mov cs:[rm_resume_sp], sp
    FARJMP 0x1000, 0xffff
1:  REQM "instruction across ffff", rm_vec, V_GP
    REQM "instruction across ffff: ip", rm_ip, 0xffff
    xor ax, ax
    mov es, ax
    ret

real_interrupts:
    mov word ptr [4 * 0x60], offset rm_handler
    mov word ptr [4 * 0x60 + 2], 0
    mov bx, sp
    stc
    std
    sti
rm_int_at:
    int 0x60
rm_int_next:
    cli
    cld
    sub bx, sp
    movzx ebx, bx
    REQ "int and iret balance the stack", ebx, 0
    movzx eax, word ptr [rm_scratch]
    REQ "int pushes the next ip", eax, "offset rm_int_next"
    movzx eax, word ptr [rm_scratch + 2]
    REQ "int pushes cs", eax, 0
    movzx eax, word ptr [rm_scratch + 4]
    and eax, IF | CF | DF
    REQ "int pushes flags", eax, IF | CF | DF
    movzx eax, word ptr [rm_scratch + 6]
    and eax, IF | TF | DF
    REQ "int clears if and tf, keeps df", eax, DF
    xor cx, cx
    mov ax, 1
    xor dx, dx
    RFAULT "div by zero", V_DE, div cx
    RFAULT "bound", V_BR, bound ax, [rm_bounds]
    RFAULT "arpl in real mode", V_UD, .byte 0x63, 0xc0
    RFAULT "sldt in real mode", V_UD, sldt ax
    RFAULT "ltr in real mode", V_UD, ltr ax
    RFAULT "lar in real mode", V_UD, lar ax, ax
    RFAULT "verr in real mode", V_UD, verr ax
    RFAULT "ud2", V_UD, .byte 0x0f, 0x0b
    RFAULT "smsw works", NONE, smsw ax
    RFAULT "lgdt works", NONE, sgdt [rm_scratch]
    RFAULT "cli, sti, in and out need no right", NONE, cli
    /* vector table shorter than the vector: 8 in the 386 manual, 13 in later ones */
    lidt [rm_short_idt]
    mov word ptr [rm_resume], offset 1f
    mov [rm_resume_sp], sp
2:  int 0x60
    mov dword ptr [rm_vec], NONE
1:  lidt [rm_full_idt]
    mov eax, [rm_vec]
    cmp al, V_DF
    jne 1f
    mov al, V_GP
1:  REQ "int beyond the limit of the vector table", eax, V_GP
    REQM "int beyond the limit: ip", rm_ip, "offset 2b"
    /* the table elsewhere */
    mov eax, [4 * 0x60]
    mov [rm_table + 4], eax
    mov word ptr [rm_scratch], 0
    lidt [rm_moved_idt]
    int 1
1:  lidt [rm_full_idt]
    movzx eax, word ptr [rm_scratch]
    REQ "vector table at another base", eax, "offset 1b"
    mov word ptr [4 * 0x60], offset rm_far
    pushf
    FARCALL 0, rm_handler
    RFAULT "far call and iret", NONE, nop
    xor eax, eax
    mov [rm_resume_sp], sp
    mov word ptr [rm_resume], offset 1f
    push TF | 2
    popf
    nop
2:  nop
1:  REQM "single step", rm_vec, V_DB
    REQM "single step ip", rm_ip, "offset 2b"
    mov al, 0x7f
    add al, 1
    mov word ptr [rm_resume], offset 1f
    into
2:  nop
1:  REQM "into", rm_vec, V_OF
    REQM "into ip", rm_ip, "offset 2b"
    ret

rm_handler:
    push bp
    mov bp, sp
    pushf
    pop word ptr cs:[rm_scratch + 6]
    push word ptr [bp + 2]
    pop word ptr cs:[rm_scratch]
    push word ptr [bp + 4]
    pop word ptr cs:[rm_scratch + 2]
    push word ptr [bp + 6]
    pop word ptr cs:[rm_scratch + 4]
    pop bp
    iret
rm_far:
    iret

real_operands:
    mov ecx, 0x20001
    xor eax, eax
1:  inc eax
    loop 1b
    REQ "loop uses cx", eax, 1
    REQ "loop keeps the high half of ecx", ecx, 0x20000
    mov ecx, 2
1:  inc eax
    .byte 0x67
    loop 1b
    REQ "addr32 loop uses ecx", ecx, 0
    mov eax, 0xffff1234
    push eax
    pop bx
    pop dx
    movzx ebx, bx
    movzx edx, dx
    REQ "32-bit push: low word at the top", ebx, 0x1234
    REQ "32-bit push: high word above", edx, 0xffff
    mov bp, 0x6800
    mov dx, sp
    enter 4, 0
    mov ax, dx
    sub ax, sp
    movzx eax, ax
    REQ "enter 4,0 in 16 bits", eax, 6
    leave
    movzx ebp, bp
    REQ "leave in 16 bits", ebp, 0x6800
    .att_syntax
    calll 1f /* 32-bit near call on a 16-bit stack */
    jmp 2f
1:  retl
    .intel_syntax noprefix
2:  mov eax, 0x00010000
    mov ecx, 4
    mov esi, offset rm_bounds
    mov edi, 0x1000
    .byte 0xf3, 0x67, 0xa4
    mov eax, edi
    REQ "addr32 rep movsb in real mode", eax, 0x1004
    mov eax, cr0
    and eax, 1
    REQ "protection is off", eax, 0
    mov ax, 0xf000
    mov fs, ax
    mov bx, fs
    movzx ebx, bx
    REQ "any value is a segment", ebx, 0xf000
    lds si, [rm_pointer]
    mov ax, ds
    xor dx, dx
    mov ds, dx
    movzx eax, ax
    movzx esi, si
    REQ "lds segment", eax, 0xabcd
    REQ "lds offset", esi, 0x1234
    ret

/* AL to the output port of the keyboard controller (bit 1 is A20, bit 0 must stay set). */
kbc_output_port:
    mov ah, al
    call kbc_wait
    mov al, 0xd1
    out 0x64, al
    call kbc_wait
    mov al, ah
    out 0x60, al
kbc_wait: /* until it has taken the byte */
    mov ecx, 1000000
1:  in al, 0x64
    test al, 2
    .byte 0x67
    loopnz 1b
    ret

/* A20 is on while the keyboard controller or port 92h bit 1 says so. At 1 MiB lies this program's multiboot header. */
real_a20:
    mov ax, 0xffff
    mov es, ax
    mov dword ptr [0x500], 0x600d600d
    mov eax, es:[0x10]
    REQ "ffff:0010 is 1 MiB with a20 on", eax, 0x1badb002
    mov al, 0xdd
    call kbc_output_port
    in al, 0x92
    and al, 0xfc
    out 0x92, al
    mov eax, es:[0x510]
    mov ebx, es:[0x10]
    mov esi, [0]
    push eax
    mov al, 0xdf
    call kbc_output_port
    in al, 0x92
    or al, 2
    and al, 0xfe
    out 0x92, al
    in al, 0x92
    pop edx
    and eax, 2
    REQ "port 92h reads back", eax, 2
    REQ "ffff:0510 is 500 with a20 off", edx, 0x600d600d
    REQ "ffff:0010 is 0 with a20 off", ebx, esi
    mov eax, es:[0x10]
    REQ "ffff:0010 is 1 MiB again", eax, 0x1badb002
    ret

/* A descriptor of 4 GiB loaded in protected mode keeps its limit in real mode. */
real_unreal:
    mov eax, cr0
    or al, 1
    mov cr0, eax
    mov bx, KDATA
    mov fs, bx
    and al, 0xfe
    mov cr0, eax
    mov ebx, 0x100000
    mov eax, fs:[ebx]
    REQ "unreal mode reads 1 MiB", eax, 0x1badb002
    xor ax, ax
    mov fs, ax
    mov ebx, 0x100000
    mov eax, fs:[ebx]
    REQ "a real-mode load keeps the limit", eax, 0x1badb002
    mov ax, 0x20
    mov fs, ax
    mov dword ptr fs:[0x300], 0x0badcafe
    mov eax, [0x500]
    REQ "and sets the base", eax, 0x0badcafe
    ret

    .align 4
rm_bounds: .word 100, 200
rm_scratch: .fill 16, 1, 0
rm_pointer: .word 0x1234, 0xabcd
rm_short_idt: .word 32 * 4 - 1
    .long 0
rm_full_idt: .word 0x3ff
    .long 0
rm_moved_idt: .word 0x3ff
    .long rm_table
rm_table: .fill 8, 4, 0
