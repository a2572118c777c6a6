/* SPDX-License-Identifier: MIT */
/*
 * test_nope.S - what an emulator that does not refuse it cannot come back from: MOV CR0 with
 * PG = 1 and PE = 0 must raise 13. Source: 80386 Programmer's Reference Manual, MOV CR0.
 */
#include "rt.inc"

    .text
    .global test_main
test_main:
    mov eax, 0x80000000
    FAULT "paging without protection", V_GP, 0, mov cr0, eax
    mov eax, cr0
    and eax, 0x80000001
    EQ "cr0 is as before", eax, 1
    ret
