/* SPDX-License-Identifier: MIT */
/*
 * stale.S - kernels with one mistake each, for the MMU sanitizer. Assembled once for each CASE;
 * tests/mmu/strict.sh says what must be found. Multiboot, identity-mapped, ends by port F4h.
 */
    .intel_syntax noprefix

    .equ PD, 0x200000
    .equ PT, 0x201000
    .equ DATA, 0x300000
    .equ PTE, PT + (DATA >> 12) * 4
    .equ P, 1
    .equ RW, 2
    .equ US, 4

    .section .multiboot, "a"
    .long 0x1badb002, 0, -0x1badb002

    .text
    .global _start, change, use, done
_start:
    mov esp, 0x1f0000
    mov edi, PD
    xor eax, eax
    mov ecx, 1024
    cld
    rep stosd
    mov dword ptr [PD], PT | P | RW | US
    mov edi, PT
    mov eax, P | RW
    mov ecx, 1024
1:  stosd
    add eax, 0x1000
    loop 1b
    mov dword ptr [DATA], 0xaaaa0001
    mov dword ptr [DATA + 0x1000], 0xbbbb0002
    mov eax, PD
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80010000 /* PG, WP */
    mov cr0, eax
    mov ecx, [DATA] /* the TLB remembers */

#if CASE == 0 /* frame changed, INVLPG forgotten */
change:
    mov dword ptr [PTE], (DATA + 0x1000) | P | RW
use:
    mov ecx, [DATA]
#elif CASE == 1 /* the same, done right */
change:
    mov dword ptr [PTE], (DATA + 0x1000) | P | RW
    invlpg [DATA]
use:
    mov ecx, [DATA]
#elif CASE == 2 /* the same, with CR3 */
change:
    mov dword ptr [PTE], (DATA + 0x1000) | P | RW
    mov eax, cr3
    mov cr3, eax
use:
    mov ecx, [DATA]
#elif CASE == 3 /* write permission taken away; reads are still right, the write is not */
    mov [DATA], ecx
change:
    mov dword ptr [PTE], DATA | P
    mov ecx, [DATA]
use:
    mov [DATA], ecx
#elif CASE == 4 /* write permission added: needs nothing */
    mov dword ptr [PTE], DATA | P
    invlpg [DATA]
    mov ecx, [DATA]
change:
    mov dword ptr [PTE], DATA | P | RW
use:
    mov [DATA], ecx
#elif CASE == 5 /* unmapped, INVLPG forgotten */
change:
    mov dword ptr [PTE], 0
use:
    mov ecx, [DATA]
#elif CASE == 6 /* a whole directory entry replaced */
    mov edi, PT + 0x1000
    mov eax, DATA | P | RW
    mov ecx, 1024
1:  stosd
    loop 1b
change:
    mov dword ptr [PD + 4], (PT + 0x1000) | P | RW
    mov ecx, [0x400000] /* was not present: nothing remembered */
    mov dword ptr [PD + 4], PT | P | RW
use:
    mov ecx, [0x400000]
#elif CASE == 7 /* a jump into memory that nothing was ever written to */
change:
    mov eax, 0x380000
use:
    jmp eax
#elif CASE == 8 /* the page table itself, writable for user code */
change:
    mov dword ptr [PTE], PT | P | RW | US
    invlpg [DATA]
use:
    mov ecx, [DATA]
#elif CASE == 9 /* physical memory that is not there */
change:
    mov dword ptr [PTE], 0xd0000000 | P | RW
    invlpg [DATA]
use:
    mov ecx, [DATA]
#elif CASE == 10 /* changed back before anybody used it */
change:
    mov dword ptr [PTE], (DATA + 0x1000) | P | RW
    mov dword ptr [PTE], DATA | P | RW
use:
    mov ecx, [DATA]
#elif CASE == 11 /* read before it is written, and then executed: no wild jump (D is set already) */
change:
    or dword ptr [PT + 0x380 * 4], 0x60
    mov eax, [0x380000]
    mov byte ptr [0x380000], 0xc3
use:
    mov eax, 0x380000
    call eax
#else
#error unknown case
#endif
done:
    xor eax, eax
    out 0xf4, eax
    hlt
