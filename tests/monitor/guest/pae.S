/* SPDX-License-Identifier: MIT */
/*
 * pae.S - PAE paging for the monitor's transcripts: a large page, a table with a user page whose
 * directory entry denies user code, and a global page. Then the directory pointers are changed in
 * memory without a load of CR3, and the address behind them is used. Multiboot.
 */
    .intel_syntax noprefix

    .equ POINTERS, 0x200000
    .equ DIR, 0x201000
    .equ TABLE, 0x202000
    .equ OTHER, 0x203000

    .section .multiboot, "a"
    .long 0x1badb002, 0, -0x1badb002

    .text
    .global start, paged, late, beyond
start:
    mov esp, 0x1f0000
    mov edi, POINTERS
    xor eax, eax
    mov ecx, 4 * 1024
    cld
    rep stosd
    mov dword ptr [POINTERS], DIR | 1
    mov dword ptr [DIR], 0x83             /* 0-1fffff: a large page */
    mov dword ptr [DIR + 8], 0x2001e3     /* 200000-3fffff: large, global, accessed, dirty */
    mov dword ptr [DIR + 16], TABLE | 3   /* 400000: no US here ... */
    mov dword ptr [TABLE], 0x300007       /* ... but there */
    mov dword ptr [TABLE + 8], 0x301003
    mov dword ptr [TABLE + 12], 0x10      /* above 32 bits: reserved bits are clear, frame beyond RAM */
    mov dword ptr [TABLE + 16], 0x00abc000 /* not present: kept for the kernel */
    mov eax, 0xa0                         /* PAE, PGE */
    mov cr4, eax
    mov eax, POINTERS
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80010000
    mov cr0, eax
paged:
    mov dword ptr [POINTERS + 8], OTHER | 1
    mov dword ptr [OTHER], 0x83
late:
    mov eax, [0x40000000]                 /* the pointers are not read again: #PF, no IDT */
beyond:
    hlt
