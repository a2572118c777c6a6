/* SPDX-License-Identifier: MIT */
/*
 * rom.S - a bare-metal test as a 64 KiB ROM: takes the place of the BIOS at F0000h (and under
 * 4 GiB), starts at the reset vector, and does for the program what a multiboot loader does.
 *
 * Source: Intel SDM vol. 3, 9.1.4 (first instruction) and 9.9.1 (switching to protected mode);
 * Multiboot Specification 0.6.96, 3.2 and 3.3. The program is its flat image PROGRAM (a file
 * name); rt.S leaves its end in memory, the end of its .bss and its entry after the multiboot
 * header. POST codes on port 80h: 01 after reset, 02 protected mode, 03 before the program.
 */
.intel_syntax noprefix

#ifndef COMMAND_LINE
#define COMMAND_LINE "rom verbose"
#endif
#define ROM 0xf0000
#define LOAD 0x100000
#define HEADER_END 12 /* file offsets: end of the loaded part, end of .bss, entry */
#define HEADER_BSS_END 16
#define HEADER_ENTRY 20

    .section .text
rom:
    .incbin PROGRAM
    .org 0xfe00
    .code16
start:
    mov al, 1
    out 0x80, al
    lgdt cs:[gdtr - rom]
    mov eax, cr0
    and eax, 0x7fffffff
    or al, 1
    mov cr0, eax
    .att_syntax
    ljmpl $8, $(ROM + protected - rom)
    .intel_syntax noprefix
    .code32
protected:
    mov eax, 16
    mov ds, eax
    mov es, eax
    mov ss, eax
    mov al, 2
    out 0x80, al
    in al, 0x92 /* A20 on, no reset */
    and al, 0xfe
    or al, 2
    out 0x92, al
    cld
    mov esi, ROM
    mov edi, LOAD
    mov ecx, [ROM + HEADER_END]
    sub ecx, edi
    rep movsb
    mov ecx, [ROM + HEADER_BSS_END]
    sub ecx, edi
    xor eax, eax
    rep stosb
    mov al, 3
    out 0x80, al
    mov eax, 0x2badb002
    mov ebx, offset ROM + information - rom
    jmp dword ptr [ROM + HEADER_ENTRY]

    .align 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:
    .word gdtr - gdt - 1
    .long ROM + gdt - rom
information: /* of multiboot: only the command line */
    .long 4, 0, 0, 0
    .long ROM + command_line - rom
    .fill 9, 4, 0
command_line:
    .asciz COMMAND_LINE

    .org 0xfff0
    .code16
    .att_syntax
    cli
    ljmp $0xf000, $(start - rom)
    .org 0xfffe
    .byte 0xfc, 0
