/* SPDX-License-Identifier: MIT */
/*
 * test_large.S - 4 MiB pages (CR4.PSE), global pages (CR4.PGE) and PAE with its 2 MiB pages, each
 * where CPUID announces it.
 *
 * Source: SDM vol. 3, 4.3, 4.4, 4.6-4.8 and 4.10. Without CPUID there is nothing to test.
 */
#include "rt.inc"
#include "paging.inc"

#define PS 0x80
#define G 0x100
#define CR4_PSE 0x10
#define CR4_PAE 0x20
#define CR4_PGE 0x80
#define ID 0x200000
#define POINTERS 0x404000  /* PAE: directory pointers */
#define PAE_DIR0 0x405000  /* PAE: first GiB, 2 MiB pages one to one */
#define PAE_DIR1 0x406000  /* PAE: second GiB */
#define PAE_TABLE 0x407000 /* PAE: first table of the second GiB */
#define PAE_PTE [PAE_TABLE]

    .text
    .global test_main
test_main:
    PAGING_ON
    pushfd
    pop ecx
    mov edx, ecx
    xor edx, ID
    push edx
    popfd
    pushfd
    pop eax
    xor eax, ecx
    test eax, ID
    jz 9f
    mov eax, 1
    cpuid
    mov [features], edx
    test edx, 1 << 3
    jz 1f
    call pse
1:  test dword ptr [features], 1 << 13
    jz 1f
    call pge
1:  test dword ptr [features], 1 << 6
    jz 9f
    call pae
9:  mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret

.macro CR4_SET bits
    mov eax, cr4
    or eax, \bits
    mov cr4, eax
.endm
.macro CR4_CLEAR bits
    mov eax, cr4
    and eax, ~(\bits)
    mov cr4, eax
.endm

/* The window becomes the 4 MiB page at 4 MiB, where the tables and frames are. */
pse:
    mov dword ptr [FRAME(0) + 0x10], 0xcafe0001
    CR4_SET CR4_PSE
    mov dword ptr PDE_AT, 0x400000 + P + RW + US + PS
    FLUSH
    mov ebx, [WINDOW + 0x100010]
    EQ "4M page: the right megabyte", ebx, 0xcafe0001
    mov ebx, PDE_AT
    and ebx, A + D
    EQ "4M page: a read sets A alone", ebx, A
    mov dword ptr [WINDOW + 0x100014], 0xcafe0002
    EQ "4M page: a write arrives", [FRAME(0) + 0x14], 0xcafe0002
    mov ebx, PDE_AT
    and ebx, A + D
    EQ "4M page: a write sets D", ebx, A + D
    NOFAULT3 "4M page: user read", mov al, [WINDOW + 0x100010]

    mov dword ptr PDE_AT, 0x400000 + P + RW + PS
    FLUSH
    FAULT3 "4M page: the supervisor's", V_PF, 5, mov al, [WINDOW + 0x100010]
    mov dword ptr PDE_AT, 0x400000 + P + US + PS
    FLUSH
    FAULT3 "4M page: read-only for the user", V_PF, 7, mov [WINDOW + 0x100010], al
    EQ "4M page: cr2", [rec_cr2], WINDOW + 0x100010
    mov ebx, PDE_AT
    and ebx, A + D
    EQ "4M page: no bits for a fault", ebx, 0
    mov dword ptr PDE_AT, 0x400000 + 0x200000 + P + RW + US + PS
    FLUSH
    FAULT "4M page: bit 21 is reserved", V_PF, 9, mov al, [WINDOW + 0x100010]

    mov dword ptr PDE_AT, 0x400000 + P + RW + US + PS
    FLUSH
    mov al, [WINDOW + 0x100010]
    mov al, [WINDOW + 0x200010]
    mov dword ptr PDE_AT, P + RW + US + PS
    invlpg [WINDOW + 0x300000]
    mov ebx, [WINDOW + 0x100010]
    EQ "invlpg anywhere in a 4M page: all of it", ebx, [0x100010]

    mov dword ptr PDE_AT, WINDOW_TABLE + P + RW + US + PS
    CR4_CLEAR CR4_PSE
    PTE 0, FRAME(0), P+RW
    FLUSH
    mov ebx, [W(0) + 0x10]
    EQ "without PSE the S bit says nothing", ebx, 0xcafe0001
    mov dword ptr PDE_AT, WINDOW_TABLE + P + RW + US
    FLUSH
    ret

pge:
    mov dword ptr [FRAME(1)], 0x11111111
    mov dword ptr [FRAME(2)], 0x22222222
    CR4_SET CR4_PGE
    PTE 0, FRAME(1), P+RW+G
    FLUSH
    mov eax, [W(0)]
    PTE 0, FRAME(2), P+RW+G
    FLUSH
    mov ebx, [W(0)]
    EQ "a global entry survives a load of cr3", ebx, 0x11111111
    invlpg [W(0)]
    mov ebx, [W(0)]
    EQ "but not invlpg", ebx, 0x22222222
    PTE 0, FRAME(1), P+RW+G
    CR4_CLEAR CR4_PGE
    mov ebx, [W(0)]
    EQ "nor a change of PGE", ebx, 0x11111111
    PTE 0, FRAME(2), P+RW+G
    FLUSH
    mov ebx, [W(0)]
    EQ "without PGE the G bit says nothing", ebx, 0x22222222
    ret

/* Sixteen MiB one to one by 2 MiB pages, the window by a table of one page. */
pae:
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    mov edi, POINTERS
    xor eax, eax
    mov ecx, 4096
    rep stosd
    mov dword ptr [POINTERS], PAE_DIR0 + P
    mov dword ptr [POINTERS + 8], PAE_DIR1 + P
    mov edi, PAE_DIR0
    mov eax, P + RW + US + PS
    mov ecx, 8
1:  mov [edi], eax
    add edi, 8
    add eax, 0x200000
    loop 1b
    mov dword ptr [PAE_DIR1], PAE_TABLE + P + RW + US
    mov dword ptr PAE_PTE, FRAME(3) + P + RW + US
    mov dword ptr [FRAME(3)], 0x33333333
    mov eax, POINTERS
    mov cr3, eax
    CR4_SET CR4_PAE
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    jmp 1f
1:  mov ebx, [WINDOW]
    EQ "PAE: a 4K page", ebx, 0x33333333
    mov ebx, PAE_PTE
    and ebx, A + D
    EQ "PAE: a read sets A alone", ebx, A
    mov dword ptr [WINDOW + 4], 0x44444444
    EQ "PAE: a write arrives", [FRAME(3) + 4], 0x44444444
    mov ebx, PAE_PTE
    and ebx, A + D
    EQ "PAE: a write sets D", ebx, A + D
    FAULT "PAE: an absent page", V_PF, 2, mov [WINDOW + 0x1000], al
    FAULT "PAE: an absent table", V_PF, 0, mov al, [WINDOW + 0x200000]
    FAULT "PAE: an absent directory", V_PF, 0, mov al, [0x80000000]
    NOFAULT3 "PAE: user read", mov al, [WINDOW]
    mov dword ptr PAE_PTE, FRAME(3) + P + US
    FLUSH
    FAULT3 "PAE: read-only for the user", V_PF, 7, mov [WINDOW], al
    mov dword ptr [PAE_TABLE + 4], 0x100
    FLUSH
    FAULT "PAE: bit 40 of an entry is reserved", V_PF, 9, mov al, [WINDOW]
    mov dword ptr [PAE_TABLE + 4], 0

    mov dword ptr [PAE_DIR1 + 8], 0x400000 + P + RW + PS
    FLUSH
    mov ebx, [WINDOW + 0x200000 + FRAME(3) - 0x400000]
    EQ "PAE: a 2M page", ebx, 0x33333333
    mov ebx, [PAE_DIR1 + 8]
    and ebx, A + D
    EQ "PAE: A of a 2M page", ebx, A
    mov dword ptr [PAE_DIR1 + 8], 0x400000 + 0x100000 + P + RW + PS
    FLUSH
    FAULT "PAE: bit 20 of a 2M entry is reserved", V_PF, 9, mov al, [WINDOW + 0x200000]
    mov dword ptr [PAE_DIR1 + 8], 0

    mov dword ptr [POINTERS + 24], PAE_DIR1 + P + RW
    mov eax, POINTERS
    FAULT "PAE: a reserved bit in a directory pointer", V_GP, 0, mov cr3, eax
    mov dword ptr [POINTERS + 24], 0
    mov dword ptr [POINTERS + 8], 0
    invlpg [WINDOW]
    mov dword ptr PAE_PTE, FRAME(3) + P + RW
    NOFAULT "PAE: directory pointers are kept until cr3 is loaded", mov ebx, [WINDOW]
    FLUSH
    FAULT "PAE: and then read again", V_PF, 0, mov al, [WINDOW]

    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    CR4_CLEAR CR4_PAE
    mov eax, PAGE_DIR
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    jmp 1f
1:  ret

    .data
    .balign 4
features: .long 0
