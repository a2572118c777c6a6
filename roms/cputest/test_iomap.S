/* SPDX-License-Identifier: MIT */
/*
 * test_iomap.S - the I/O permission bitmap: two bytes are read for every access, so the last
 * ports need a byte behind the map; where the limit cuts it off; its place is anywhere up to
 * the limit; a 16-bit TSS has none; IN, OUT, INS and OUTS of every width.
 *
 * Source: Intel SDM vol. 1, 19.5.2 (I/O permission bit map); 80386 Programmer's Reference
 * Manual, 8.3.2.
 */
#include "rt.inc"

#define MAP 104
#define FULL (MAP + 8192) /* limit with the byte behind the last port's */

    .text
    .global test_main
test_main:
    call widths
    call last_ports
    call limits
    call places
    call old_tss
    call ring_iopl
    and byte ptr [rt_gdt + TSSSEL + 5], 0xfd
    mov eax, TSSSEL
    ltr ax
    ret

/* A TSS with a given limit; every bit of the map is set. Eats EAX, ECX, ESI, EDI. */
.macro TSS limit
    mov edi, offset tss
    mov esi, offset rt_tss
    mov ecx, 26
    cld
    rep movsd
    mov word ptr [tss + 102], MAP
    mov edi, offset tss + MAP
    mov ecx, 8192 + 1
    mov al, 0xff
    rep stosb
    SETDESC_AT 0, tss, \limit, 0x89, 0
    mov eax, SLOT(0)
    ltr ax
.endm

widths:
    TSS FULL
    /* ports 84h-87h allowed: bits 4-7 of byte 16 */
    mov byte ptr [tss + MAP + 16], 0x0f
    mov edx, 0x84
    mov esi, offset buffer
    mov edi, offset buffer
    NOFAULT3 "in al", in al, dx
    NOFAULT3 "in ax", in ax, dx
    NOFAULT3 "in eax", in eax, dx
    NOFAULT3 "out al", out dx, al
    NOFAULT3 "out ax", out dx, ax
    NOFAULT3 "out eax", out dx, eax
    NOFAULT3 "in imm8", in al, 0x87
    FAULT3 "in imm8, next port", V_GP, 0, in al, 0x88
    FAULT3 "in imm8, port before", V_GP, 0, in al, 0x83
    mov edx, 0x85
    NOFAULT3 "in ax in the middle", in ax, dx
    FAULT3 "in eax running out", V_GP, 0, in eax, dx
    mov edx, 0x87
    NOFAULT3 "in al, last one", in al, dx
    FAULT3 "in ax running out", V_GP, 0, in ax, dx
    FAULT3 "out ax running out", V_GP, 0, out dx, ax
    mov edx, 0x83
    FAULT3 "in ax, first byte", V_GP, 0, in ax, dx
    FAULT3 "out eax, first byte", V_GP, 0, out dx, eax
    mov edx, 0x86
    FAULT3 "outsd running out", V_GP, 0, outsd
    FAULT3 "insd running out", V_GP, 0, insd
    FAULT3 "rep insd running out", V_GP, 0, rep insd
    mov esi, offset buffer
    NOFAULT3 "outsw", outsw
    /* a dword over two bytes of the map */
    mov byte ptr [tss + MAP + 16], 0x3f
    mov byte ptr [tss + MAP + 17], 0xfc
    mov edx, 0x86
    NOFAULT3 "out eax over two bytes of the map", out dx, eax
    mov byte ptr [tss + MAP + 17], 0xfe
    FAULT3 "the last bit in the second byte", V_GP, 0, out dx, eax
    ret

last_ports:
    TSS FULL
    mov byte ptr [tss + MAP + 8191], 0
    mov edx, 0xffff
    NOFAULT3 "port ffff", in al, dx
    FAULT3 "word at port ffff: the byte behind the map", V_GP, 0, in ax, dx
    mov edx, 0xfffc
    NOFAULT3 "dword at port fffc", in eax, dx
    TSS (FULL - 1)
    mov byte ptr [tss + MAP + 8191], 0
    mov edx, 0xffff
    FAULT3 "port ffff without the byte behind", V_GP, 0, in al, dx
    mov edx, 0xfff7
    mov byte ptr [tss + MAP + 8190], 0
    NOFAULT3 "port fff7", in al, dx
    ret

/* Only as much of the map as the limit allows. */
limits:
    TSS (MAP + 17)
    mov byte ptr [tss + MAP + 15], 0
    mov byte ptr [tss + MAP + 16], 0
    mov byte ptr [tss + MAP + 17], 0
    mov edx, 0x87
    NOFAULT3 "last byte but one within the limit", in al, dx
    mov edx, 0x88
    FAULT3 "last byte within the limit", V_GP, 0, in al, dx
    mov edx, 0x90
    FAULT3 "beyond the limit", V_GP, 0, in al, dx
    mov edx, 0xfff8
    FAULT3 "far beyond the limit", V_GP, 0, in al, dx
    TSS 103
    mov edx, 0
    FAULT3 "no map at all", V_GP, 0, in al, dx
    ret

places:
    TSS (FULL + 100)
    mov word ptr [tss + 102], 0xffff
    mov edx, 0x80
    FAULT3 "map base ffff", V_GP, 0, in al, dx
    mov word ptr [tss + 102], 300
    mov byte ptr [tss + 300 + 16], 0xfe
    NOFAULT3 "map base 300", in al, dx
    mov byte ptr [tss + 300 + 16], 0xff
    FAULT3 "map base 300, forbidden", V_GP, 0, in al, dx
    /* the base is read anew at every access; below 104 is allowed as well */
    mov word ptr [tss + 102], 0
    mov dword ptr [tss + 16], 0
    NOFAULT3 "map base 0", in al, dx
    mov dword ptr [tss + 16], -1
    FAULT3 "map base 0, forbidden", V_GP, 0, in al, dx
    ret

/* A 16-bit TSS: no map, however large it is. */
old_tss:
    TSS FULL
    mov edi, offset tss + MAP
    mov ecx, 8192
    xor eax, eax
    rep stosb
    mov eax, offset rt_stack0_top
    mov word ptr [tss + 2], 0x7400
    mov word ptr [tss + 4], KDATA
    SETDESC_AT 0, tss, FULL, 0x81, 0
    mov eax, SLOT(0)
    ltr ax
    mov edx, 0x80
    FAULT3 "in with a 16-bit tss", V_GP, 0, in al, dx
    FAULT3 "out imm8 with a 16-bit tss", V_GP, 0, out 0x80, al
    mov dword ptr [rt_iopl], IOPL(3)
    NOFAULT3 "in with a 16-bit tss and iopl 3", in al, dx
    mov dword ptr [rt_iopl], 0
    ret

/* CPL <= IOPL: the map does not count. */
ring_iopl:
    TSS 103
    mov edx, 0x80
    NOFAULT "in in ring 0", in al, dx
    mov dword ptr [rt_iopl], IOPL(3)
    NOFAULT3 "in with iopl 3 and no map", in al, dx
    mov esi, offset buffer
    NOFAULT3 "outsb with iopl 3 and no map", outsb
    mov dword ptr [rt_iopl], IOPL(2)
    FAULT3 "in with iopl 2", V_GP, 0, in al, dx
    mov dword ptr [rt_iopl], 0
    ret

    .bss
    .align 16
buffer: .fill 16
tss: .fill 8192 + 512
