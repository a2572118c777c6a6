/* SPDX-License-Identifier: MIT */
/*
 * test_irq13.S - an x87 error with CR0.NE clear: FERR#, IRQ 13, and port F0h, after which the handler
 * may use the x87 although its exception is still pending.
 *
 * Sources: AT Technical Reference, "Coprocessor"; SDM vol. 1, appendix D.
 */
#include "rt.inc"

    .text
    .global test_main
test_main:
    mov al, 0xff
    out 0x21, al
    out 0xa1, al
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 0x50
    out 0x21, al
    mov al, 0x58
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    mov al, 0xfb
    out 0x21, al
    mov al, 0xdf
    out 0xa1, al
    SETGATE 0x5d, handler13, KCODE, 0x8e
    mov dword ptr [count13], 0
    fninit
    mov word ptr [word], 0x37b
    fldcw word ptr [word]
    fld1
    fldz
    sti
    fdivp
    fwait
    nop
    cli
    EQ "one interrupt 13", [count13], 1
    fnstsw ax
    and eax, 0x80
    EQ "the handler could clear the exception", eax, 0
    mov al, 0xff
    out 0x21, al
    out 0xa1, al
    fninit
    ret

handler13:
    push eax
    inc dword ptr [count13]
    xor eax, eax
    out 0xf0, al
    fnstsw ax
    fnclex
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    pop eax
    iretd

    .data
count13: .long 0
word:   .word 0
