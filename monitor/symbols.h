/* SPDX-License-Identifier: MIT */
/*
 * symbols.h - names, lines and frames from ELF files and their DWARF, through elfutils' libdw.
 *
 * - A session has modules: the loaded kernel (by itself), and what `symbols FILE [at ADDR] [cr3 X]`
 *   adds. Addresses are linear; a module with a cr3 counts in that address space only. Lookups
 *   take the address space they are meant for.
 * - Before paging a kernel of the upper half runs where it was loaded: with symbols_set_paging,
 *   lookups of an address also ask what lies at the physical address behind it.
 * - Strings that are handed out live as long as their module.
 */
#ifndef MONITOR_SYMBOLS_H
#define MONITOR_SYMBOLS_H

#include "base/types.h"

struct out;
struct symbols;

/* Where a file's addresses hold. Without `at` as it was linked, without cr3 in any address space. */
struct symbols_place {
    bool at_given; /* its lowest loaded byte lies at `at` */
    uint32_t at;
    bool cr3_given; /* it is there in this address space only */
    uint32_t cr3;
};

struct symbols *symbols_new(void); /* NULL: no memory */
void symbols_free(struct symbols *s);

/* How to find the physical address behind a linear one (false: none). */
void symbols_set_paging(struct symbols *s,
                        bool (*translate)(void *ctx, uint32_t cr3, uint32_t lin, uint32_t *phys),
                        void *ctx);

/* Adds a module: an ELF file by its bytes (copied) or by name. place may be NULL. */
bool symbols_add(struct symbols *s, const char *name, const void *bytes, size_t size,
                 const struct symbols_place *place, struct error *err);
bool symbols_add_file(struct symbols *s, const char *file, const struct symbols_place *place,
                      struct error *err);
/* Takes the modules of this name away. False: there is none. */
bool symbols_remove(struct symbols *s, const char *name);

/* Module n from 0. False: past the last. */
struct symbols_info {
    const char *name;           /* the file */
    struct symbols_place place; /* where; at is filled in in any case */
    uint32_t end;               /* its last loaded byte */
    size_t count;               /* symbols */
    bool lines;                 /* DWARF lines are there */
    bool frames;                /* DWARF frame information is there */
};
bool symbols_module(const struct symbols *s, unsigned n, struct symbols_info *info);

/* The symbol that covers addr, or NULL; *offset from its start. */
const char *symbols_name(const struct symbols *s, uint32_t cr3, uint32_t addr, uint32_t *offset);
/* "name+0x12" or "" (then 0 is returned), as snprintf. */
int symbols_text(const struct symbols *s, uint32_t cr3, uint32_t addr, char *text, size_t n);
/* First and last address of the symbol that covers addr. */
bool symbols_extent(const struct symbols *s, uint32_t cr3, uint32_t addr, uint32_t *first,
                    uint32_t *last);
/* Prints text, and behind each 8-digit hexadecimal number in it that is an address of code or
   data with a name, that name: "c0100040 <boot+0x30>". */
void symbols_annotate(const struct symbols *s, uint32_t cr3, const char *text, struct out *to);

/* Address of a symbol (function or object) or source line ("vm.c:120": its first instruction, or
   the next line's that has code). */
bool symbols_find(const struct symbols *s, uint32_t cr3, const char *name, size_t len,
                  uint32_t *addr);
bool symbols_find_line(const struct symbols *s, uint32_t cr3, const char *file, size_t len,
                       unsigned line, uint32_t *addr);
/* Source position of addr: file as DWARF has it, line. False: none known. */
bool symbols_line(const struct symbols *s, uint32_t cr3, uint32_t addr, const char **file,
                  unsigned *line);
/* The whole name of a source file whose name ends in this one, NULL if there is none; *folder: where
   it was compiled (may be NULL). */
const char *symbols_file(const struct symbols *s, uint32_t cr3, const char *file, size_t len,
                         const char **folder);
/* Folders in which source files are looked for. */
bool symbols_add_folder(struct symbols *s, const char *folder, struct error *err);
const char *symbols_folder(const struct symbols *s, unsigned n); /* NULL past the last */
/* For completion: the n-th name that begins with prefix (in sorted order), NULL past the last. */
const char *symbols_complete(struct symbols *s, const char *prefix, unsigned n);

/* The caller's registers from a callee's, by DWARF frame information: numbers 0-7 are EAX ... EDI in
   the processor's order, 8 is EIP. */
#define SYMBOLS_EIP 8u
struct symbols_frame {
    uint32_t reg[9]; /* in: the callee's; out: the caller's */
    uint16_t known;  /* which are known, a bit each */
    uint32_t cfa;    /* out: ESP before the call */
    bool signal;     /* out: the frame of an interrupt or exception: EIP is exact */
    uint32_t eip_at; /* out: offset on the stack from which EIP comes, 0: from elsewhere */
};
/* `at`: an address inside the callee's instruction. False: no frame information, or it cannot be
   followed. EIP unknown (out): the outermost frame. */
bool symbols_unwind(const struct symbols *s, uint32_t cr3, uint32_t at, struct symbols_frame *f,
                    bool (*read)(void *ctx, uint32_t addr, uint32_t *value), void *ctx);

#endif
