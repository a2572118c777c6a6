/* SPDX-License-Identifier: MIT */
#include "rt.inc"
    .text
    .global test_main
test_main:
    EQ "one", 1, 1
    xor edx, edx
    xor ecx, ecx
    FAULT "div by zero", V_DE, 0, div ecx
    FAULT3 "cli in ring 3", V_GP, 0, cli
    NOFAULT3 "nop in ring 3", nop
    REAL real1
    ret
    .section .low
    .code16
real1:
    mov ax, 5
    ret
