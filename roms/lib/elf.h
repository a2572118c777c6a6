/* SPDX-License-Identifier: MIT */
/*
 * elf.h - what exec() reads of a program file. Source: System V ABI, chapters 4 and 5, and its Intel386
 * supplement. The library has its own (libc/include/elf.h), in C's own names.
 */
#ifndef LIB_ELF_H
#define LIB_ELF_H

#include <stdint.h>

struct elf_header {
    uint8_t ident[16];                     /* 7f 'E' 'L' 'F', class, byte order, version */
    uint16_t type, machine;                /* ET_..., EM_386 */
    uint32_t version, entry, phoff, shoff; /* entry point, offset of the program headers */
    uint32_t flags;                        /* none on the i386 */
    uint16_t ehsize, phentsize, phnum;     /* sizes and number of headers */
    uint16_t shentsize, shnum, shstrndx;   /* sections; not used */
};

struct elf_segment {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

enum { ET_EXEC = 2, ET_DYN = 3, EM_386 = 3, PT_LOAD = 1, PT_INTERP = 3 };
enum { PF_X = 1, PF_W = 2, PF_R = 4 };

#endif
