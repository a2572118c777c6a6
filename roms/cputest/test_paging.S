/* SPDX-License-Identifier: MIT */
/*
 * test_paging.S - two-level paging: rights, error codes, CR2, accessed and dirty bits, accesses
 * across a page end, what the TLB keeps, WP and INVLPG of the 486.
 *
 * Source: 80386 Programmer's Reference Manual, chapter 5.2 and 9.8.14; WP and INVLPG: i486
 * manual. That a stale entry stays until CR3 is loaded is what the chip does and the manual
 * warns of: a machine without a TLB would fail these checks.
 */
#include "rt.inc"
#include "paging.inc"

    .text
    .global test_main
test_main:
    PAGING_ON
    call not_present
    call rights
    call directory_rights
    call accessed_dirty
    call crossing
    call stale
    call aliases
    call fetches
    call supervisor_accesses
    call demand
    call features_486
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret

/* A page fault: also compares CR2. */
.macro PF0 name, err, cr2, insn:vararg
    FAULT "\name", V_PF, \err, \insn
    EQ "\name: cr2", [rec_cr2], \cr2
.endm
.macro PF3 name, err, cr2, insn:vararg
    FAULT3 "\name", V_PF, \err, \insn
    EQ "\name: cr2", [rec_cr2], \cr2
.endm

not_present:
    PTE 0, 0, 0
    FLUSH
    PF0 "absent page, supervisor read", 0, W(0)+0x123, mov al, [W(0) + 0x123]
    PF0 "absent page, supervisor write", 2, W(0)+0xffc, mov [W(0) + 0xffc], eax
    PF3 "absent page, user read", 4, W(0), mov eax, [W(0)]
    PF3 "absent page, user write", 6, W(0)+1, mov [W(0) + 1], eax
    PF0 "absent page table, supervisor read", 0, 0x80001004, mov eax, [0x80001004]
    PF3 "absent page table, user write", 6, 0xfffffffc, mov [0xfffffffc], eax
    PTE 0, FRAME(0), RW+US+A+D /* every bit but P */
    PF0 "P decides alone", 0, W(0), mov eax, [W(0)]
    FAULT "cr2 of an older fault stays", V_UD, 0, .byte 0x0f, 0x0b
    EQ "cr2 unchanged by #ud", [rec_cr2], W(0)
    mov eax, 0x12345678
    mov cr2, eax
    mov ecx, cr2
    EQ "cr2 can be written", ecx, 0x12345678
    ret

rights:
    mov dword ptr [FRAME(0)], 0xa0a0a0a0
    PTE 0, FRAME(0), P+RW+US
    PTE 1, FRAME(1), P+US
    PTE 2, FRAME(2), P+RW
    PTE 3, FRAME(3), P
    FLUSH
    NOFAULT3 "user read of a user page", mov eax, [W(0)]
    EQ "value read in ring 3", eax, 0xa0a0a0a0
    NOFAULT3 "user write of a writable user page", mov [W(0)], eax
    NOFAULT3 "user read of a read-only page", mov eax, [W(1)]
    PF3 "user write of a read-only page", 7, W(1)+8, mov [W(1) + 8], eax
    PF3 "user read of a supervisor page", 5, W(2), mov eax, [W(2)]
    PF3 "user write of a supervisor page", 7, W(2), mov [W(2)], eax
    PF3 "user read of a read-only supervisor page", 5, W(3), mov eax, [W(3)]
    NOFAULT "supervisor write of a read-only user page", mov [W(1)], eax
    NOFAULT "supervisor write of a read-only supervisor page", mov [W(3)], eax
    PF3 "user rmw of a read-only page", 7, W(1), add [W(1)], eax
    NOFAULT3 "user cmp with a read-only page", cmp [W(1)], eax
    NOFAULT3 "user bt of a read-only page", bt dword ptr [W(1)], 5
    /* the TLB hit must not lose the rights: the supervisor has just used these pages */
    mov [W(2)], eax
    PF3 "user read after a supervisor hit", 5, W(2), mov eax, [W(2)]
    mov eax, [W(1)]
    PF3 "user write after a supervisor write hit", 7, W(1), mov [W(1)], eax
    ret

/* Directory and table entries combine: both must allow. */
directory_rights:
    PTE 0, FRAME(0), P+RW+US
    mov dword ptr PDE_AT, WINDOW_TABLE + P + RW
    FLUSH
    PF3 "supervisor directory entry, user table entry", 5, W(0), mov eax, [W(0)]
    mov dword ptr PDE_AT, WINDOW_TABLE + P + US
    FLUSH
    NOFAULT3 "read-only directory entry: user read", mov eax, [W(0)]
    PF3 "read-only directory entry: user write", 7, W(0), mov [W(0)], eax
    NOFAULT "read-only directory entry: supervisor write", mov [W(0)], eax
    mov dword ptr PDE_AT, WINDOW_TABLE + P + RW + US
    PTE 0, FRAME(0), P
    FLUSH
    PF3 "user directory entry, supervisor table entry", 5, W(0), mov eax, [W(0)]
    ret

accessed_dirty:
    mov dword ptr PDE_AT, WINDOW_TABLE + P + RW + US
    PTE 0, FRAME(0), P+RW+US
    PTE 1, FRAME(1), P+RW+US
    PTE 2, FRAME(2), P+US
    PTE 3, FRAME(3), P+RW+US
    FLUSH
    EQ "nothing is accessed before use", PTE_AT(0), FRAME(0)+P+RW+US
    mov eax, [W(0)]
    EQ "a read sets a", PTE_AT(0), FRAME(0)+P+RW+US+A
    mov eax, PDE_AT
    and eax, 0xff
    EQ "and a in the directory, never d", eax, P+RW+US+A
    mov [W(0)], eax
    EQ "a write after a read sets d", PTE_AT(0), FRAME(0)+P+RW+US+A+D
    mov [W(1)], eax
    EQ "a write sets a and d", PTE_AT(1), FRAME(1)+P+RW+US+A+D
    FAULT3 "user write of a read-only page", V_PF, 7, mov [W(2)], eax
    mov eax, PTE_AT(2)
    and eax, D
    EQ "a refused write does not set d", eax, 0
    mov dword ptr PTE_AT(0), FRAME(0)+P+RW+US
    mov eax, [W(0)]
    EQ "a tlb hit does not set a again", PTE_AT(0), FRAME(0)+P+RW+US
    mov [W(0)], eax
    EQ "a write hit on a dirty entry writes no d", PTE_AT(0), FRAME(0)+P+RW+US
    FLUSH
    mov [W(0)], eax
    EQ "after a flush a and d are set again", PTE_AT(0), FRAME(0)+P+RW+US+A+D
    lock or dword ptr [W(3)], 0
    EQ "a locked rmw sets d", PTE_AT(3), FRAME(3)+P+RW+US+A+D
    ret

crossing:
    mov dword ptr [FRAME(0) + 0xffc], 0x11223344
    mov dword ptr [FRAME(1)], 0x55667788
    PTE 0, FRAME(0), P+RW+US
    PTE 1, FRAME(1), P+RW+US
    FLUSH
    mov eax, [W(0) + 0xffe]
    EQ "read across a page end", eax, 0x77881122
    PTE 1, FRAME(7), P+RW+US
    mov dword ptr [FRAME(7)], 0x99aabbcc
    FLUSH
    mov dword ptr [W(0) + 0xffd], 0xdeadbeef
    EQ "write across a page end, first part", [FRAME(0) + 0xffc], 0xadbeef44
    EQ "write across a page end, second part", [FRAME(7)], 0x99aabbde
    PTE 1, 0, 0
    FLUSH
    mov dword ptr [FRAME(0) + 0xffc], 0x11223344
    mov eax, 0xcafef00d
    PF0 "second page absent, write", 2, W(1), mov [W(0) + 0xffe], eax
    EQ "nothing was written to the first page", [FRAME(0) + 0xffc], 0x11223344
    PF3 "second page absent, user read", 4, W(1), mov eax, [W(0) + 0xffd]
    PF0 "second page absent, word", 2, W(1), mov [W(0) + 0xfff], ax
    PTE 1, FRAME(1), P+US
    FLUSH
    mov eax, 0xcafef00d
    PF3 "second page read-only", 7, W(1), mov [W(0) + 0xffe], eax
    EQ "nothing was written before the read-only page", [FRAME(0) + 0xffc], 0x11223344
    PF3 "second page read-only, xchg", 7, W(1), xchg [W(0) + 0xffe], eax
    PF3 "second page read-only, add", 7, W(1), add [W(0) + 0xfff], eax
    EQ "nothing was added", [FRAME(0) + 0xffc], 0x11223344
    PTE 0, 0, 0
    FLUSH
    PF0 "first page absent", 0, W(0)+0xffe, mov eax, [W(0) + 0xffe]
    PTE 1, 0, 0
    FLUSH
    PF0 "both absent: the first is reported", 2, W(0)+0xffe, mov [W(0) + 0xffe], eax
    ret

stale:
    mov dword ptr [FRAME(0)], 0x10101010
    mov dword ptr [FRAME(1)], 0x20202020
    PTE 0, FRAME(0), P+RW+US
    FLUSH
    mov eax, [W(0)]
    PTE 0, FRAME(1), P+RW+US
    mov eax, [W(0)]
    EQ "stale translation until cr3 is loaded", eax, 0x10101010
    FLUSH
    mov eax, [W(0)]
    EQ "new translation after", eax, 0x20202020
    PTE 0, 0, 0
    NOFAULT "stale entry of an absent page", mov eax, [W(0)]
    FLUSH
    FAULT "and gone after", V_PF, 0, mov eax, [W(0)]
    PTE 0, FRAME(0), P+RW+US
    NOFAULT "absence is not cached", mov eax, [W(0)]
    EQ "value after mapping", eax, 0x10101010
    PTE 0, FRAME(0), P+US
    FLUSH
    FAULT3 "user write of a read-only page", V_PF, 7, mov [W(0)], eax
    PTE 0, FRAME(0), P+RW+US
    FLUSH
    NOFAULT3 "made writable", mov [W(0)], eax
    PTE 0, FRAME(0), P+US
    NOFAULT3 "stale write permission", mov [W(0)], eax
    FLUSH
    /* another directory */
    mov esi, PAGE_DIR
    mov edi, PAGE_DIR + 0x8000
    mov ecx, 1024
    rep movsd
    mov dword ptr [PAGE_DIR + 0x8000 + 4 * (WINDOW >> 22)], 0
    mov eax, PAGE_DIR + 0x8000
    mov cr3, eax
    FAULT "another directory, another space", V_PF, 0, mov ecx, [W(0)]
    mov eax, PAGE_DIR + 0x18 /* the low bits are not part of the base */
    mov cr3, eax
    NOFAULT "and back", mov ecx, [W(0)]
    mov eax, PAGE_DIR
    mov cr3, eax
    ret

aliases:
    PTE 4, FRAME(4), P+RW+US
    PTE 5, FRAME(4), P+RW+US
    FLUSH
    mov dword ptr [W(4) + 8], 0x31313131
    EQ "a write is seen through the alias", [W(5) + 8], 0x31313131
    mov esi, W(4) + 8
    mov edi, W(5) + 12
    mov ecx, 4
    rep movsb
    EQ "and at the frame", [FRAME(4) + 12], 0x31313131
    ret

fetches:
    PTE 0, FRAME(0), P+RW+US
    PTE 1, 0, 0
    PTE 2, FRAME(2), P+RW
    mov byte ptr [FRAME(0) + 0xffd], 0x90
    mov byte ptr [FRAME(0) + 0xffe], 0xb8 /* mov eax, imm32 across the end */
    mov byte ptr [FRAME(0) + 0xfff], 0x78
    mov byte ptr [FRAME(2)], 0x90
    FLUSH
    RING3 fetch_absent
    EQ "fetch from an absent page: vector", [rec_vec], V_PF
    EQ "fetch from an absent page: error code", [rec_err], 4
    EQ "fetch from an absent page: eip", [rec_eip], W(1)+4
    EQ "fetch from an absent page: cr2", [rec_cr2], W(1)+4
    RING3 fetch_crossing
    EQ "instruction across the end: error code", [rec_err], 4
    EQ "instruction across the end: eip is its start", [rec_eip], W(0)+0xffe
    EQ "instruction across the end: cr2 is the second page", [rec_cr2], W(1)
    RING3 fetch_supervisor
    EQ "user fetch from a supervisor page", [rec_err], 5
    EQ "user fetch from a supervisor page: eip", [rec_eip], W(2)
    /* now with the second page: the instruction works, its bytes from two frames */
    mov dword ptr [FRAME(6)], 0xcd123456
    mov byte ptr [FRAME(6) + 4], 0x31
    PTE 1, FRAME(6), P+US
    RING3 fetch_crossing
    EQ "instruction across two frames", [rec_eax], 0x12345678
    EQ "and the next one", [rec_eip], W(1)+5
    ret
fetch_absent:
    mov eax, W(1) + 4
    jmp eax
fetch_crossing:
    mov eax, W(0) + 0xffd
    jmp eax
fetch_supervisor:
    mov eax, W(2)
    jmp eax

/* The processor's own accesses to GDT and TSS are supervisor accesses, also in ring 3. */
supervisor_accesses:
    mov eax, offset rt_gdt
    mov ecx, eax
    and eax, 0xfffff000
    and ecx, 0xfff
    mov edx, eax
    or eax, P + RW
    mov PTE_AT(8), eax
    lea eax, [edx + 0x1000 + P + RW]
    mov PTE_AT(9), eax
    FLUSH
    mov word ptr [gdtr], 0xbf
    lea eax, [ecx + W(8)]
    mov [gdtr + 2], eax
    lgdt [gdtr]
    mov eax, UDATA
    NOFAULT3 "ring 3 loads a segment from a supervisor page", mov fs, eax
    lgdt [rt_gdtr]
    ret

/* A handler that maps what is missing and returns: each page faults once. */
demand:
    mov eax, WINDOW_TABLE + 4 * 100
    mov ecx, 16
1:  mov dword ptr [eax], 0
    add eax, 4
    loop 1b
    FLUSH
    mov dword ptr [rt_hook], offset demand_hook
    mov dword ptr [demand_count], 0
    mov edi, W(100)
    mov ecx, 16 * 1024
    mov eax, 0x5a5a5a5a
    rep stosd
    EQ "rep stosd over absent pages: one fault a page", [demand_count], 16
    EQ "rep stosd over absent pages: ecx", ecx, 0
    EQ "rep stosd over absent pages: edi", edi, W(116)
    mov esi, W(100)
    mov ecx, 16 * 1024
1:  lodsd
    cmp eax, 0x5a5a5a5a
    loope 1b
    EQ "rep stosd over absent pages: every dword", ecx, 0
    FLAGS "rep stosd over absent pages: last dword", ZF, ZF
    mov dword ptr [rt_hook], 0
    ret
demand_hook:
    cmp dword ptr [rec_vec], V_PF
    jne 1f
    inc dword ptr [demand_count]
    mov eax, [rec_cr2]
    mov ecx, eax
    and eax, 0xfff000
    add eax, FRAME(0) - 0x64000 /* page 100 of the window gets frame 0 */
    or eax, P + RW + US
    shr ecx, 12
    and ecx, 0x3ff
    mov [WINDOW_TABLE + 4 * ecx], eax
    mov eax, 1
    ret
1:  xor eax, eax
    ret

/* EFLAGS.AC can be toggled from the 486 on: WP and INVLPG. */
features_486:
    pushfd
    pop eax
    mov ecx, eax
    xor eax, 0x40000
    push eax
    popfd
    pushfd
    pop eax
    push ecx
    popfd
    xor eax, ecx
    test eax, 0x40000
    jz 1f
    PTE 0, FRAME(0), P+US
    PTE 1, FRAME(1), P
    mov eax, cr0
    or eax, 0x10000
    mov cr0, eax
    FLUSH
    PF0 "wp: supervisor write of a read-only user page", 3, W(0), mov [W(0)], ecx
    PF0 "wp: supervisor write of a read-only supervisor page", 3, W(1), mov [W(1)], ecx
    NOFAULT "wp: supervisor read", mov ecx, [W(0)]
    mov dword ptr PDE_AT, WINDOW_TABLE + P + US
    PTE 2, FRAME(2), P+RW+US
    FLUSH
    PF0 "wp: read-only directory entry", 3, W(2), mov [W(2)], ecx
    mov dword ptr PDE_AT, WINDOW_TABLE + P + RW + US
    mov eax, cr0
    and eax, 0xfffeffff
    mov cr0, eax
    FLUSH
    mov dword ptr [FRAME(0)], 0x10101010
    mov dword ptr [FRAME(1)], 0x20202020
    mov dword ptr [FRAME(2)], 0x30303030
    PTE 0, FRAME(0), P+RW
    PTE 1, FRAME(1), P+RW
    FLUSH
    mov eax, [W(0)]
    mov ecx, [W(1)]
    PTE 0, FRAME(2), P+RW
    PTE 1, FRAME(2), P+RW
    .byte 0x0f, 0x01, 0x3d /* invlpg [W(0) + 77h] */
    .long W(0) + 0x77
    mov eax, [W(0)]
    mov ecx, [W(1)]
    EQ "invlpg forgets its page", eax, 0x30303030
    EQ "invlpg forgets no other page", ecx, 0x20202020
    FAULT3 "invlpg in ring 3", V_GP, 0, .byte 0x0f, 0x01, 0x3d, 0, 0, 0, 0x40
    FAULT "invlpg of a register", V_UD, 0, .byte 0x0f, 0x01, 0xf8
    FLUSH
1:  ret

    .data
    .align 4
gdtr: .fill 2, 4, 0
demand_count: .long 0
