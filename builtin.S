/* SPDX-License-Identifier: MIT */
/*
 * builtin.S - the files behind builtin.h. The Makefile says where they are: BUILTIN_KERNEL,
 * BUILTIN_INITRD, BUILTIN_TOUR and BUILTIN_BIOS, paths as strings.
 */
    .section .rodata
    .macro file name, path
    .balign 16
    .globl \name, \name\()_end
    .type \name, @object
\name:
    .incbin "\path"
\name\()_end:
    .size \name, . - \name
    .endm

    file builtin_kernel, BUILTIN_KERNEL
    file builtin_initrd, BUILTIN_INITRD
    file builtin_tour, BUILTIN_TOUR
    file builtin_bios, BUILTIN_BIOS

    .section .note.GNU-stack, "", @progbits
