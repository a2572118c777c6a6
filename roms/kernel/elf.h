/* SPDX-License-Identifier: MIT */
/*
 * elf.h - program files. Source: System V ABI, chapter 5, and its Intel386 supplement.
 */
#ifndef KERNEL_ELF_H
#define KERNEL_ELF_H

#include <stdbool.h>
#include <stdint.h>

struct inode;
struct mm;

enum { ELF_INTERPRETER = 56 };

/* What exec needs to know about a program, or about its interpreter, once it is mapped. */
struct elf {
    uint32_t base;                     /* added to the addresses in the file; 0 for a program */
    uint32_t entry;                    /* where it begins */
    uint32_t headers;                  /* address of the program headers in memory, 0: nowhere */
    uint32_t header_count;             /* how many */
    uint32_t end;                      /* the page after its last one */
    char interpreter[ELF_INTERPRETER]; /* path of the shared library that starts it, or empty */
};

/*
 * Maps the segments of a program (ET_EXEC) or, where there is room, of a shared library (ET_DYN).
 * Pages come when they are touched. The file is not trusted: -ENOEXEC if it does not fit the user
 * half or itself.
 */
int elf_map(struct mm *m, struct inode *i, bool library, struct elf *out);

enum { ELF_HEADER_SIZE = 32 /* of one program header */ };

#endif
