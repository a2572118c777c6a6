/* SPDX-License-Identifier: MIT */
/*
 * test_seg.S - protected-mode segmentation in ring 0: null selectors, limits, expand-down and
 * read-only segments, the checks of loading, far transfers at the same level, 16-bit code.
 *
 * Source: 80386 Programmer's Reference Manual, chapters 6 (protection), 9 and 17.
 */
#include "rt.inc"

#define RO 0x91      /* present data, read-only */
#define RW 0x93      /* present data, writable */
#define DOWN 0x97    /* present data, writable, expand-down */
#define XO 0x99      /* present code, execute-only */
#define XR 0x9b      /* present code, readable */
#define CONF 0x9f    /* present code, readable, conforming */
#define NOTP 0x13    /* data, not present */

    .text
    .global test_main
test_main:
    mov dword ptr [rt_gdt + SLOT(15)], 0
    mov dword ptr [0x5000], 0x11111111
    mov dword ptr [0x5ffc], 0x22222222
    mov dword ptr [0x6000], 0x33333333
    call null_selectors
    call limits
    call expand_down
    call types
    call loading
    call far_transfers
    call code16
    call queries
    call system_registers
    call descriptor_cache
    ret

null_selectors:
    xor eax, eax
    NOFAULT "mov fs, 0", mov fs, eax
    FAULT "read through null fs", V_GP, 0, mov ecx, fs:[0]
    mov eax, 3
    NOFAULT "mov gs, 3 (null with rpl)", mov gs, eax
    mov ecx, gs
    EQ "null selector keeps its rpl", ecx, 3
    FAULT "write through null gs", V_GP, 0, mov gs:[0], ecx
    xor eax, eax
    FAULT "mov ss, 0", V_GP, 0, mov ss, eax
    FAULT "far jmp to a null selector", V_GP, 0, .byte 0xea, 0, 0, 0, 0, 0, 0
    FAULT "far call to a null selector", V_GP, 0, .byte 0x9a, 0, 0, 0, 0, 3, 0
    ret

limits:
    SETDESC 0, 0x5000, 0xfff, RW, 4
    SETDESC 1, 0x5000, 0, RW, 0xc /* one page */
    SETDESC 2, 0xffffe000, 0xfffff, RW, 0xc
    mov eax, SLOT(0)
    mov fs, eax
    FAULT "byte at the limit + 1", V_GP, 0, mov al, fs:[0x1000]
    mov eax, SLOT(0)
    mov fs, eax
    NOFAULT "byte at the limit", mov al, fs:[0xfff]
    FAULT "word across the limit", V_GP, 0, mov ax, fs:[0xfff]
    mov eax, SLOT(0)
    mov fs, eax
    FAULT "dword across the limit", V_GP, 0, mov eax, fs:[0xffd]
    mov eax, SLOT(0)
    mov fs, eax
    NOFAULT "dword that ends at the limit", mov eax, fs:[0xffc]
    EQ "dword at the limit", eax, 0x22222222
    FAULT "dword at ffffffff", V_GP, 0, mov eax, fs:[0xffffffff]
    mov eax, SLOT(0)
    mov fs, eax
    FAULT "write across the limit", V_GP, 0, mov dword ptr fs:[0xffe], 0x99999999
    EQ "the part inside is not written", [0x5ffc], 0x22222222
    mov eax, SLOT(1)
    mov gs, eax
    NOFAULT "page-granular limit 0 is fffh", mov eax, gs:[0xffc]
    FAULT "page-granular limit + 1", V_GP, 0, mov eax, gs:[0x1000]
    mov eax, SLOT(2)
    mov gs, eax
    mov eax, gs:[0x7000]
    EQ "base + offset wraps at 4 GiB", eax, 0x11111111
    mov eax, SLOT(0)
    mov fs, eax
    mov esi, 0xffe
    mov edi, 0x6800
    mov ecx, 4
    cld
    RING0 rep_limit
    EQ "rep movs to the limit: vector", [rec_vec], V_GP
    EQ "rep movs to the limit: ecx", [rec_ecx], 2
    EQ "rep movs to the limit: esi", [rec_esi], 0x1000
    EQ "rep movs to the limit: edi", [rec_edi], 0x6802
    EQ "rep movs to the limit: eip", [rec_eip], "offset rep_limit"
    /* limit faults through SS are 12: a stack of 1000h bytes, used through EBP */
    mov eax, SLOT(0)
    RING0 ss_limit
    EQ "read beyond the stack limit: vector", [rec_vec], V_SS
    EQ "read beyond the stack limit: error code", [rec_err], 0
    EQ "read beyond the stack limit: eip", [rec_eip], "offset ss_limit_insn"
    ret
rep_limit:
    rep movs byte ptr es:[edi], byte ptr fs:[esi]
    int V_END
ss_limit:
    mov ss, eax
    mov esp, 0xf00
    mov ebp, 0x1000
ss_limit_insn:
    mov ecx, [ebp]
    int V_END

expand_down:
    mov dword ptr [0x6000], 0x33333333
    SETDESC 0, 0, 0x5, DOWN, 0xc   /* valid: 6000h to ffffffffh */
    SETDESC 1, 0, 0x5fff, DOWN, 0  /* valid: 6000h to ffffh */
    mov eax, SLOT(0)
    mov fs, eax
    NOFAULT "expand-down first valid byte", mov ecx, fs:[0x6000]
    EQ "expand-down value", ecx, 0x33333333
    FAULT "expand-down last invalid byte", V_GP, 0, mov cl, fs:[0x5fff]
    FAULT "expand-down crossing from below", V_GP, 0, mov ecx, fs:[0x5fff]
    FAULT "expand-down offset 0", V_GP, 0, mov ecx, fs:[0]
    mov eax, SLOT(0)
    mov fs, eax
    NOFAULT "expand-down with B reaches beyond 64K", mov ecx, fs:[0x12000]
    mov eax, SLOT(1)
    mov gs, eax
    NOFAULT "expand-down without B: ffffh is valid", mov cl, gs:[0xffff]
    FAULT "expand-down without B: 10000h is not", V_GP, 0, mov cl, gs:[0x10000]
    FAULT "expand-down without B: word at ffffh", V_GP, 0, mov cx, gs:[0xffff]
    ret

types:
    SETDESC 0, 0, 0xfffff, RO, 0xc
    SETDESC 1, 0, 0xfffff, XR, 0xc
    SETDESC 2, 0, 0xfffff, XO, 0xc
    mov eax, SLOT(0)
    mov fs, eax
    NOFAULT "read through read-only", mov ecx, fs:[0x5000]
    FAULT "write through read-only", V_GP, 0, mov fs:[0x5000], ecx
    FAULT "rmw through read-only", V_GP, 0, add dword ptr fs:[0x5000], 1
    FAULT "cmp with memory through read-only is a read", NONE, 0, cmp dword ptr fs:[0x5000], 1
    FAULT "sgdt through read-only", V_GP, 0, sgdt fs:[0x6900]
    mov eax, SLOT(1)
    NOFAULT "mov fs, readable code", mov fs, eax
    NOFAULT "read through readable code", mov ecx, fs:[0x5000]
    FAULT "write through readable code", V_GP, 0, mov fs:[0x5000], ecx
    FAULT "write through cs", V_GP, 0, mov cs:[0x5000], ecx
    mov eax, SLOT(2)
    FAULT "mov fs, execute-only code", V_GP, SLOT(2), mov fs, eax
    ret

loading:
    SETDESC 0, 0, 0xfffff, RO, 0xc
    SETDESC 1, 0, 0xfffff, XR, 0xc
    SETDESC 2, 0, 0xfffff, NOTP, 0xc
    SETDESC 3, 0, 0xfffff, 0x92, 0xc /* accessed bit clear */
    SETDESC 4, 0, 103, 0x89, 0       /* a TSS */
    SETDESC 5, 0, 0xfffff, 0xf3, 0xc /* data, DPL 3 */
    mov eax, SLOT(0)
    FAULT "mov ss, read-only", V_GP, SLOT(0), mov ss, eax
    mov eax, SLOT(1)
    FAULT "mov ss, code", V_GP, SLOT(1), mov ss, eax
    mov eax, SLOT(2)
    FAULT "mov fs, not present", V_NP, SLOT(2), mov fs, eax
    FAULT "mov ss, not present", V_SS, SLOT(2), mov ss, eax
    mov eax, SLOT(4)
    FAULT "mov fs, a system descriptor", V_GP, SLOT(4), mov fs, eax
    FAULT "mov ss, a system descriptor", V_GP, SLOT(4), mov ss, eax
    mov eax, SLOT(5)
    FAULT "mov ss with dpl 3 in ring 0", V_GP, SLOT(5), mov ss, eax
    mov eax, KDATA + 3
    FAULT "mov ss with rpl 3 in ring 0", V_GP, KDATA, mov ss, eax
    mov eax, KDATA + 3
    FAULT "mov fs, rpl 3 of a dpl 0 segment", V_GP, KDATA, mov fs, eax
    mov eax, SLOT(5) + 3
    NOFAULT "mov fs, rpl 3 of a dpl 3 segment", mov fs, eax
    mov eax, 0x1000
    FAULT "selector beyond the gdt limit", V_GP, 0x1000, mov fs, eax
    mov eax, 0xc3
    FAULT "first selector beyond the gdt limit", V_GP, 0xc0, mov fs, eax
    mov eax, 0x0c
    FAULT "selector of an absent ldt", V_GP, 0x0c, mov fs, eax
    FAULT "lds, not present", V_NP, SLOT(2), lds ecx, [far_notp]
    FAULT "les, null offset of absent ldt", V_GP, 0x0c, les ecx, [far_ldt]
    push SLOT(2)
    FAULT "pop fs, not present, esp stays", V_NP, SLOT(2), pop fs
    EQ "the stack is as before", [esp], SLOT(2)
    add esp, 4
    mov eax, SLOT(3)
    mov fs, eax
    mov ecx, [rt_gdt + SLOT(3) + 4]
    and ecx, 0x100
    EQ "loading sets the accessed bit", ecx, 0x100
    /* an LDT of one descriptor */
    SETDESC_AT 6, ldt, 7, 0x82, 0
    mov eax, SLOT(6)
    NOFAULT "lldt", lldt ax
    sldt ax
    movzx eax, ax
    EQ "sldt", eax, SLOT(6)
    mov eax, 4
    NOFAULT "mov fs, ldt selector", mov fs, eax
    mov eax, fs:[0x10]
    EQ "read through the ldt segment", eax, [0x5010]
    mov eax, 12
    FAULT "selector beyond the ldt limit", V_GP, 12, mov fs, eax
    mov eax, SLOT(5)
    FAULT "lldt of a data segment", V_GP, SLOT(5), lldt ax
    mov eax, 4
    FAULT "lldt of an ldt selector", V_GP, 4, lldt ax
    and byte ptr [rt_gdt + SLOT(6) + 5], 0x7f
    mov eax, SLOT(6)
    FAULT "lldt not present", V_NP, SLOT(6), lldt ax
    xor eax, eax
    NOFAULT "lldt null", lldt ax
    FAULT "ltr null", V_GP, 0, ltr ax
    and byte ptr [rt_gdt + TSSSEL + 5], 0xfd
    mov eax, TSSSEL
    NOFAULT "ltr", ltr ax
    mov eax, TSSSEL
    FAULT "ltr of a busy tss", V_GP, TSSSEL, ltr ax
    mov eax, KDATA
    FAULT "ltr of a data segment", V_GP, KDATA, ltr ax
    and byte ptr [rt_gdt + SLOT(4) + 5], 0x7f
    mov eax, SLOT(4)
    FAULT "ltr not present", V_NP, SLOT(4), ltr ax
    mov ecx, [rt_gdt + TSSSEL + 4]
    and ecx, 0xf00
    EQ "ltr has marked the tss busy", ecx, 0xb00
    str ax
    movzx eax, ax
    EQ "str", eax, TSSSEL
    ret

far_transfers:
    SETDESC 0, 0, 0xfffff, XR, 0xc
    SETDESC 1, 0, 0xfffff, CONF, 0xc
    SETDESC 2, 0, 0xfffff, 0x1b, 0xc  /* code, not present */
    SETDESC 3, 0, 0xfffff, 0xfb, 0xc  /* code, DPL 3 */
    SETDESC 4, 0, 0xfff, XR, 4        /* code, limit fffh */
    SETDESC_AT 5, far_target, 0, 0x8c, 0 /* becomes a call gate below */
    mov eax, offset far_target
    mov [rt_gdt + SLOT(5)], ax
    mov word ptr [rt_gdt + SLOT(5) + 2], KCODE
    shr eax, 16
    mov word ptr [rt_gdt + SLOT(5) + 4], 0x8c00
    mov [rt_gdt + SLOT(5) + 6], ax
    FARJMP SLOT(0), 1f
1:  mov eax, cs
    EQ "far jmp loads cs", eax, SLOT(0)
    FARJMP SLOT(1), 1f
1:  mov eax, cs
    EQ "far jmp to conforming code of the same level", eax, SLOT(1)
    FARJMP KCODE, 1f
1:  FAULT "far jmp with rpl above cpl", V_GP, KCODE, FARJMP (KCODE + 3), far_target
    FAULT "far jmp to absent code", V_NP, SLOT(2), FARJMP SLOT(2), far_target
    FAULT "far jmp to less privileged code", V_GP, SLOT(3), FARJMP SLOT(3), far_target
    FAULT "far jmp to data", V_GP, KDATA, FARJMP KDATA, far_target
    FAULT "far jmp beyond the code limit", V_GP, 0, FARJMP SLOT(4), 0x1000
    FAULT "far jmp beyond the gdt", V_GP, 0x1000, FARJMP 0x1000, 0
    FAULT "far call to absent code", V_NP, SLOT(2), FARCALL SLOT(2), far_target
    FAULT "far call to data", V_GP, KDATA, FARCALL KDATA, far_target
    FAULT "far call beyond the code limit", V_GP, 0, FARCALL SLOT(4), 0x1000
    xor edx, edx
    FARCALL SLOT(5), 0x12345678 /* the offset is ignored */
    EQ "call gate, same level", edx, 1
    EQ "call gate to cs", ebx, KCODE
    SETDESC 6, 0, 0, 0, 0
    mov eax, [rt_gdt + SLOT(5)]
    mov [rt_gdt + SLOT(6)], eax
    mov eax, [rt_gdt + SLOT(5) + 4]
    and eax, 0xffff7fff
    mov [rt_gdt + SLOT(6) + 4], eax
    FAULT "call gate not present", V_NP, SLOT(6), FARCALL SLOT(6), 0
    mov word ptr [rt_gdt + SLOT(5) + 2], SLOT(2)
    FAULT "call gate to absent code", V_NP, SLOT(2), FARCALL SLOT(5), 0
    mov word ptr [rt_gdt + SLOT(5) + 2], KDATA
    FAULT "call gate to data", V_GP, KDATA, FARCALL SLOT(5), 0
    mov word ptr [rt_gdt + SLOT(5) + 2], 0
    FAULT "call gate to null", V_GP, 0, FARCALL SLOT(5), 0
    push SLOT(2)
    push offset far_target
    FAULT "retf to absent code", V_NP, SLOT(2), retf
    mov dword ptr [esp + 4], KDATA
    FAULT "retf to data", V_GP, KDATA, retf
    mov dword ptr [esp + 4], 0
    FAULT "retf to null", V_GP, 0, retf
    mov dword ptr [esp + 4], SLOT(4)
    FAULT "retf beyond the code limit", V_GP, 0, retf
    add esp, 8
    push 2
    push SLOT(2)
    push offset far_target
    FAULT "iret to absent code", V_NP, SLOT(2), iretd
    mov dword ptr [esp + 4], KDATA
    FAULT "iret to data", V_GP, KDATA, iretd
    add esp, 12
    /* near transfers check the limit, too: code of limit fffh at the bytes below */
    SETDESC_AT 4, near_code, 0xff, XR, 4
    RING0 near_jmp
    EQ "near jmp beyond the code limit: vector", [rec_vec], V_GP
    EQ "near jmp beyond the code limit: eip", [rec_eip], 0
    EQ "near jmp beyond the code limit: cs", [rec_cs], SLOT(4)
    SETDESC_AT 4, near_code2, 4, XR, 4
    RING0 near_jmp
    EQ "running off the code limit: vector", [rec_vec], V_GP
    EQ "running off the code limit: eip", [rec_eip], 3
    ret
far_target:
    inc edx
    mov ebx, cs
    retf
near_jmp:
    FARJMP SLOT(4), 0
near_code:
    .byte 0xe9, 0xfb, 0, 0, 0 /* to 100h */
    .fill 256, 1, 0x90
near_code2:
    nop
    nop
    nop
    .byte 0xb8, 1, 0, 0, 0 /* five bytes at 3, limit 4 */
    int V_END

/* A 16-bit code segment over the .low section: operand and address size defaults swap. */
code16:
    mov dword ptr [low_out], 0
    mov ebx, 0xffff0000
    FARCALL CODE16, low_code
    EQ "16-bit code: operand size", eax, 0x12340005
    EQ "16-bit code: 66h gives 32 bits", ecx, 0x11223344
    EQ "16-bit code: address size", [low_out], 0x5678
    EQ "16-bit code: inc bx wraps in 16 bits", ebx, 0xffff0001
    ret

queries:
    SETDESC 0, 0, 0x12345, RO, 4
    SETDESC 1, 0, 0x12, RW, 0xc
    SETDESC 2, 0, 0x12, XO, 0xc
    SETDESC 3, 0, 0x12, NOTP, 0xc
    SETDESC 4, 0, 0, 0x8e, 0 /* interrupt gate: no segment */
    mov eax, SLOT(0)
    lar ecx, eax
    FLAGS "lar zf", ZF, ZF
    and ecx, 0x00f0ff00
    EQ "lar", ecx, 0x00409100
    lsl ecx, eax
    EQ "lsl byte-granular", ecx, 0x12345
    mov eax, SLOT(1)
    lsl ecx, eax
    EQ "lsl page-granular", ecx, 0x12fff
    mov eax, SLOT(0)
    verr ax
    FLAGS "verr read-only", ZF, ZF
    verw ax
    FLAGS "verw read-only", ZF, 0
    mov eax, SLOT(1)
    verw ax
    FLAGS "verw writable", ZF, ZF
    mov eax, SLOT(2)
    verr ax
    FLAGS "verr execute-only", ZF, 0
    mov eax, SLOT(3)
    lar ecx, eax
    FLAGS "lar works on absent segments", ZF, ZF
    mov eax, SLOT(4)
    mov ecx, 0x55
    lar ecx, eax
    FLAGS "lar of an interrupt gate", ZF, 0
    EQ "lar failing keeps the destination", ecx, 0x55
    lsl ecx, eax
    FLAGS "lsl of an interrupt gate", ZF, 0
    xor eax, eax
    verr ax
    FLAGS "verr null", ZF, 0
    mov eax, 0x1000
    lsl ecx, eax
    FLAGS "lsl beyond the gdt", ZF, 0
    mov eax, KDATA + 3
    verr ax
    FLAGS "verr with rpl above dpl", ZF, 0
    mov eax, 0x10
    mov ecx, 0xb3
    arpl ax, cx
    FLAGS "arpl raises", ZF, ZF
    EQ "arpl result", eax, 0x13
    arpl ax, cx
    FLAGS "arpl keeps", ZF, 0
    ret

system_registers:
    sgdt [low_out]
    mov eax, [low_out + 2]
    EQ "sgdt base", eax, "offset rt_gdt"
    movzx eax, word ptr [low_out]
    EQ "sgdt limit", eax, 0xbf
    sidt [low_out]
    mov eax, [low_out + 2]
    EQ "sidt base", eax, "offset rt_idt"
    smsw ax
    and eax, 1
    EQ "smsw pe", eax, 1
    mov eax, cr0
    mov ecx, eax
    or eax, 8
    lmsw ax
    mov eax, cr0
    and eax, 8
    EQ "lmsw sets ts", eax, 8
    xor eax, eax
    lmsw ax
    mov eax, cr0
    and eax, 9
    EQ "lmsw clears ts, never pe", eax, 1
    mov eax, cr0
    or eax, 8
    mov cr0, eax
    clts
    mov eax, cr0
    and eax, 8
    EQ "clts", eax, 0
    mov eax, cr0
    or eax, 4
    and eax, 0xffffffed
    mov cr0, eax
    FAULT "x87 instruction with em", V_NM, 0, fninit
    mov cr0, ecx
    ret

/* A register keeps what it was loaded with until it is loaded again. */
descriptor_cache:
    mov dword ptr [0x5000], 0x11111111
    mov dword ptr [0x6000], 0x33333333
    SETDESC 0, 0x5000, 0xfff, RW, 4
    mov eax, SLOT(0)
    mov fs, eax
    SETDESC 0, 0x6000, 0xfff, RW, 4
    mov ecx, fs:[0]
    EQ "old base until reloaded", ecx, 0x11111111
    mov fs, eax
    mov ecx, fs:[0]
    EQ "new base after reloading", ecx, 0x33333333
    mov eax, KDATA
    mov fs, eax
    mov gs, eax
    ret

    .section .low
    .code16
low_code:
    mov eax, 0x12340000
    mov ax, 5
    .byte 0x66, 0xb9
    .long 0x11223344
    mov si, offset low_out
    mov word ptr [si], 0x5678
    inc bx
    .byte 0x66, 0xcb /* 32-bit far return */
    .align 4
low_out: .long 0, 0
    .code32

    .data
    .align 8
ldt: .long DESC_LO(0x5000, 0xfff), DESC_HI(0x5000, 0xfff, 0x93, 4)
far_notp: .long 0
    .word SLOT(2)
far_ldt: .long 0
    .word 0x0c
