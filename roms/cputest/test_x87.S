/* SPDX-License-Identifier: MIT */
/*
 * test_x87.S - the x87 as a system sees it: #NM by CR0, exceptions that wait for the next waiting
 * instruction, #MF, stack faults, masked responses, the environment in its four formats,
 * the state at a page or limit fault. Arithmetic itself is compared with the host's elsewhere.
 *
 * Sources: SDM vol. 1, chapter 8; vol. 3, 2.5 and 9.2; 80387 Programmer's Reference Manual.
 */
#include "rt.inc"

#define MP 2
#define EM 4
#define TS 8
#define NE 0x20

    .macro SW name, mask, want /* status word & mask */
    fnstsw ax
    and eax, \mask
    EQ "\name", eax, \want
    .endm

    .text
    .global test_main
test_main:
    call initial
    call arithmetic
    call stack_faults
    call not_available
    call environment
    call real_environment
    call restart
    mov eax, cr0
    or eax, NE
    mov cr0, eax
    mov eax, cr0
    test eax, NE
    jz 1f /* a 386 */
    call math_faults
1:  ret

initial:
    fninit
    fnstcw word ptr [word]
    movzx eax, word ptr [word]
    EQ "control word after fninit", eax, 0x37f
    SW "status word after fninit", 0xffff, 0
    mov word ptr [word], 0x1f7f
    fldcw word ptr [word]
    fnstcw word ptr [word]
    movzx eax, word ptr [word]
    EQ "control word is kept", eax, 0x1f7f
    fninit
    fxam
    SW "fxam: empty", 0x4700, 0x4100
    fldz
    fchs
    fxam
    SW "fxam: -0", 0x4700, 0x4200
    fstp st(0)
    fld1
    fxam
    SW "fxam: 1", 0x4700, 0x0400
    fstp st(0)
    ret

arithmetic:
    fninit
    fild dword ptr [seven]
    fidiv word ptr [two]
    fst dword ptr [single]
    EQ "7 / 2", [single], 0x40600000
    fistp dword ptr [single]
    EQ "3.5 to the nearest", [single], 4
    SW "inexact, rounded up", 0x23f, 0x220
    mov word ptr [word], 0x0f7f
    fldcw word ptr [word]
    fnclex
    fild dword ptr [seven]
    fidiv word ptr [two]
    fistp dword ptr [single]
    EQ "3.5 chopped", [single], 3
    SW "inexact, not rounded up", 0x23f, 0x20
    fninit
    fld qword ptr [huge]
    fistp word ptr [single]
    movzx eax, word ptr [single]
    EQ "1e300 as a word is the indefinite", eax, 0x8000
    SW "and invalid", 0x3f, 1
    fninit
    fld1
    fldz
    fdivp
    fstp dword ptr [single]
    EQ "1 / 0", [single], 0x7f800000
    SW "zero divide", 0x3f, 4
    fninit
    fldz
    fldz
    fdivp
    fstp dword ptr [single]
    EQ "0 / 0", [single], 0xffc00000
    SW "invalid, no stack fault", 0x7f, 1
    fninit
    fild dword ptr [seven]
    fbstp tbyte ptr [image]
    EQ "fbstp", [image], 7
    fld1
    fld1
    fcomp st(1)
    SW "1 = 1", 0x4700, 0x4000
    fcomp qword ptr [huge]
    SW "1 < 1e300", 0x4700, 0x0100
    ret

stack_faults:
    fninit
    fstp dword ptr [single]
    EQ "an empty register is stored as the indefinite", [single], 0xffc00000
    SW "underflow: IE, SF, C1 clear", 0x3a7f, 0x0841
    fninit
    mov ecx, 9
1:  fld1
    loop 1b
    SW "overflow: IE, SF, C1 set", 0x3a7f, 0x3a41
    fstp dword ptr [single]
    EQ "and the indefinite on top", [single], 0xffc00000
    fninit
    ret

/* CR0.TS, EM and MP */
not_available:
    fninit
    mov eax, cr0
    and eax, ~(MP | EM | TS)
    or eax, TS
    mov cr0, eax
    FAULT "fld1 with TS", V_NM, 0, fld1
    FAULT "fnstsw with TS", V_NM, 0, fnstsw ax
    NOFAULT "wait with TS, without MP", .byte 0x9b
    mov eax, cr0
    or eax, MP
    mov cr0, eax
    FAULT "wait with TS and MP", V_NM, 0, .byte 0x9b
    clts
    mov eax, cr0
    or eax, EM
    mov cr0, eax
    FAULT "fld1 with EM", V_NM, 0, fld1
    NOFAULT "wait with EM", .byte 0x9b
    mov eax, cr0
    and eax, ~(EM | MP)
    mov cr0, eax
    ret

environment:
    fninit
    fldz
    fld1
.Lfp:
    fst dword ptr [single]
    fnstenv [image]
    movzx eax, word ptr [image]
    EQ "environment: control word", eax, 0x37f
    movzx eax, word ptr [image + 4]
    and eax, 0x3800
    EQ "environment: top", eax, 0x3000
    movzx eax, word ptr [image + 8]
    EQ "environment: tags", eax, 0x4fff
    mov eax, dword ptr [image + 12]
    EQ "environment: instruction", eax, "offset .Lfp"
    mov eax, dword ptr [image + 16]
    EQ "environment: opcode and selector", eax, 0x01150008
    mov eax, dword ptr [image + 20]
    EQ "environment: operand", eax, "offset single"
    movzx eax, word ptr [image + 24]
    EQ "environment: operand's selector", eax, KDATA
    .byte 0x66
    fnstenv [image]
    movzx eax, word ptr [image + 4]
    EQ "16-bit environment: tags", eax, 0x4fff
    movzx eax, word ptr [image + 10]
    mov ecx, offset single
    movzx ecx, cx
    EQ "16-bit environment: operand", eax, ecx
    fnsave [image]
    SW "fnsave initialises", 0xffff, 0
    frstor [image]
    SW "frstor brings it back", 0x3800, 0x3000
    fstp dword ptr [single]
    EQ "and the registers", [single], 0x3f800000
    fninit
    ret

real_environment:
    REAL real_env
    movzx eax, word ptr [rimage + 4]
    EQ "real 16-bit: tags", eax, 0x3fff
    movzx eax, word ptr [rimage + 6]
    EQ "real 16-bit: linear instruction address", eax, "offset real_fp"
    movzx eax, word ptr [rimage + 8]
    EQ "real 16-bit: opcode", eax, 0x116
    movzx eax, word ptr [rimage + 10]
    EQ "real 16-bit: linear operand address", eax, "offset rdata"
    movzx eax, word ptr [rimage + 28]
    EQ "real 32-bit: linear instruction address", eax, "offset real_fp"
    mov eax, dword ptr [rimage + 32]
    EQ "real 32-bit: opcode", eax, 0x116
    movzx eax, word ptr [rimage + 36]
    EQ "real 32-bit: linear operand address", eax, "offset rdata"
    mov eax, dword ptr [rimage + 40]
    EQ "real 32-bit: its upper part", eax, 0
    ret

/* A limit fault in the middle of an operand changes nothing. */
restart:
    fninit
    SETDESC 0, 0x300000, 0x7, 0x92, 0x4
    push SLOT(0)
    pop fs
    fld1
    FAULT "fld m80 across the limit", V_GP, 0, fld tbyte ptr fs:[0]
    SW "nothing was pushed", 0x3800, 0x3800
    FAULT "fstp m64 across the limit", V_GP, 0, fstp qword ptr fs:[1]
    SW "nothing was popped", 0x3800, 0x3800
    FAULT "fnsave across the limit", V_GP, 0, fnsave fs:[0]
    SW "nothing was initialised", 0x3800, 0x3800
    push KDATA
    pop fs
    fninit
    ret

/* CR0.NE: #MF at the next waiting instruction. */
math_faults:
    fninit
    mov word ptr [word], 0x37b /* zero divide unmasked */
    fldcw word ptr [word]
    fld1
    fldz
    NOFAULT "the division itself does not fault", fdivp
    FAULT "the next instruction does", V_MF, 0, fld1
    FAULT "so does wait", V_MF, 0, .byte 0x9b
    NOFAULT "fnstsw does not wait", fnstsw ax
    SW "the summary is set, nothing was popped", 0xb8ff, 0xb084
    NOFAULT "fnclex", fnclex
    NOFAULT "afterwards all is well", fld1
    fninit
    fldz
    fld1
    fdivrp /* masked */
    fldcw word ptr [word]
    FAULT "unmasking what has happened", V_MF, 0, fld1
    fnstenv [image]
    NOFAULT "fnstenv masks everything", fld1
    fninit
    ret

    .data
    .balign 16
image:  .skip 128
huge:   .quad 0x7e37e43c8800759c
seven:  .long 7
single: .long 0
two:    .word 2
word:   .word 0

    .section .low
    .code16
real_env:
    fninit
    fld1
real_fp:
    fst dword ptr [rdata]
    fnstenv [rimage]
    data32 fnstenv [rimage + 16]
    fninit
    ret
    .balign 16
rdata:  .long 0
rimage: .skip 64
