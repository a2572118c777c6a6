/* SPDX-License-Identifier: MIT */
/*
 * elf.h - the parts of an ELF file that the dynamic linker reads.
 * Source: System V ABI, chapters 4 and 5, and its Intel386 supplement.
 */
#ifndef LIBC_ELF_H
#define LIBC_ELF_H

#include <stdint.h>

typedef struct {
    uint8_t e_ident[16];           /* 7f 'E' 'L' 'F', class, byte order, version */
    uint16_t e_type, e_machine;    /* ET_EXEC or ET_DYN, EM_386 */
    uint32_t e_version, e_entry;   /* 1; where it begins */
    uint32_t e_phoff, e_shoff;     /* where the headers are in the file */
    uint32_t e_flags;              /* none on the i386 */
    uint16_t e_ehsize;             /* size of this */
    uint16_t e_phentsize, e_phnum; /* program headers: size of one, and how many */
    uint16_t e_shentsize, e_shnum; /* section headers: the same */
    uint16_t e_shstrndx;           /* which section has the names of the sections */
} Elf32_Ehdr;

enum { ET_EXEC = 2, ET_DYN = 3, EM_386 = 3 };

typedef struct {
    uint32_t p_type;            /* PT_... */
    uint32_t p_offset;          /* where it begins in the file */
    uint32_t p_vaddr, p_paddr;  /* where it belongs in memory */
    uint32_t p_filesz, p_memsz; /* bytes in the file; in memory, the rest is zero */
    uint32_t p_flags;           /* PF_... */
    uint32_t p_align;           /* p_vaddr and p_offset are equal modulo this */
} Elf32_Phdr;

enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_PHDR = 6 };
enum { PF_X = 1, PF_W = 2, PF_R = 4 };

typedef struct {
    int32_t d_tag;  /* DT_... */
    uint32_t d_val; /* a number or an address, before relocation */
} Elf32_Dyn;

enum {
    DT_NULL = 0,
    DT_NEEDED = 1,
    DT_PLTRELSZ = 2,
    DT_HASH = 4,
    DT_STRTAB = 5,
    DT_SYMTAB = 6,
    DT_REL = 17,
    DT_RELSZ = 18,
    DT_JMPREL = 23,
};

typedef struct {
    uint32_t st_name;  /* offset in the string table */
    uint32_t st_value; /* address, before relocation */
    uint32_t st_size;  /* bytes */
    uint8_t st_info;   /* binding << 4 | type */
    uint8_t st_other;  /* visibility */
    uint16_t st_shndx; /* section; 0: not defined here */
} Elf32_Sym;

enum { STB_LOCAL = 0, STB_GLOBAL = 1, STB_WEAK = 2 };

typedef struct {
    uint32_t r_offset; /* the place, before relocation */
    uint32_t r_info;   /* symbol << 8 | type */
} Elf32_Rel;

enum {
    R_386_NONE = 0,
    R_386_32 = 1,
    R_386_PC32 = 2,
    R_386_COPY = 5,
    R_386_GLOB_DAT = 6,
    R_386_JMP_SLOT = 7,
    R_386_RELATIVE = 8,
};

/* The auxiliary vector: pairs of these behind the environment on the initial stack. */
enum {
    AT_NULL = 0,
    AT_PHDR = 3,
    AT_PHENT = 4,
    AT_PHNUM = 5,
    AT_PAGESZ = 6,
    AT_BASE = 7,
    AT_ENTRY = 9
};

#endif
