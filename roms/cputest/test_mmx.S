/* SPDX-License-Identifier: MIT */
/*
 * test_mmx.S - how MMX and the x87 share registers, FXSAVE and FXRSTOR, on processors that announce
 * them (CPUID leaf 1, EDX bits 23 and 24). The packed operations are compared with the host's.
 *
 * Sources: SDM vol. 1, chapter 9; vol. 3, chapter 12; vol. 2, FXSAVE.
 */
#include "rt.inc"


    .text
    .global test_main
test_main:
    pushfd
    pop eax
    mov ecx, eax
    xor eax, 0x200000
    push eax
    popfd
    pushfd
    pop eax
    xor eax, ecx
    test eax, 0x200000
    jz 9f
    mov eax, 1
    cpuid
    test edx, 1 << 23
    jz 9f
    push edx
    call sharing
    call faults
    pop edx
    test edx, 1 << 24
    jz 9f
    call fx
9:  EQ "done", 1, 1
    ret

sharing:
    fninit
    fld1
    fld1
    mov eax, 0x12345678
    movd mm3, eax
    fnstenv [image]
    movzx eax, word ptr [image + 4]
    and eax, 0x3800
    EQ "an mmx write sets top to 0", eax, 0
    movzx eax, word ptr [image + 8]
    and eax, 0x00c0
    EQ "register 3 is special", eax, 0x80
    fnsave [image]
    mov eax, dword ptr [image + 28 + 30]
    EQ "significand", eax, 0x12345678
    mov eax, dword ptr [image + 28 + 34]
    EQ "its upper half", eax, 0
    movzx eax, word ptr [image + 28 + 38]
    EQ "sign and exponent are ones", eax, 0xffff
    fld1
    emms
    fnstenv [image]
    movzx eax, word ptr [image + 8]
    EQ "emms empties all", eax, 0xffff
    mov eax, 0x00ff7f01
    movd mm0, eax
    paddusb mm0, mm0
    movd eax, mm0
    EQ "paddusb", eax, 0x00fffe02
    FAULT "66 prefix is another instruction", V_UD, 0, .byte 0x66, 0x0f, 0x38, 0xff, 0xc0
    emms
    ret

faults:
    mov eax, cr0
    and eax, ~0xc
    or eax, 8
    mov cr0, eax
    FAULT "movd with TS", V_NM, 0, movd mm0, eax
    mov eax, cr0
    xor eax, 0xc
    mov cr0, eax
    FAULT "movd with EM", V_UD, 0, movd mm0, eax
    mov eax, cr0
    and eax, ~0xc
    or eax, 0x20
    mov cr0, eax
    fninit
    mov word ptr [word], 0x37b
    fldcw word ptr [word]
    fld1
    fldz
    fdivp
    FAULT "movd with a pending exception", V_MF, 0, movd mm0, eax
    FAULT "emms too", V_MF, 0, emms
    fnclex
    fninit
    ret

fx:
    fninit
    fld1
    fldz
    fxsave [area]
    movzx eax, word ptr [area]
    EQ "fxsave: control word", eax, 0x37f
    movzx eax, word ptr [area + 2]
    and eax, 0x3800
    EQ "fxsave: top", eax, 0x3000
    movzx eax, byte ptr [area + 4]
    EQ "fxsave: tags, by physical register", eax, 0xc0
    mov eax, dword ptr [area + 36]
    EQ "fxsave: st(0)", eax, 0
    mov eax, dword ptr [area + 52]
    EQ "fxsave: st(1)", eax, 0x80000000
    movzx eax, word ptr [area + 56]
    EQ "fxsave: exponent of st(1)", eax, 0x3fff
    fnstsw ax
    and eax, 0x3800
    EQ "fxsave does not initialise", eax, 0x3000
    fninit
    fxrstor [area]
    faddp
    fstp dword ptr [image]
    mov eax, [image]
    EQ "fxrstor brings it back", eax, 0x3f800000
    FAULT "fxsave is aligned", V_GP, 0, fxsave [area8]
    FAULT "fxrstor is aligned", V_GP, 0, fxrstor [area4]
    fninit
    ret

    .data
    .balign 16
area:   .skip 512
        .equ area4, area+4
        .equ area8, area + 8
image:  .skip 128
word:   .word 0
