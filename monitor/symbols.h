/* SPDX-License-Identifier: MIT */
/*
 * symbols.h - names, lines and frames from ELF files and their DWARF, through elfutils' libdw.
 *
 * A session has modules: the loaded kernel (by itself), and what `symbols FILE [at ADDR] [cr3 X]`
 * adds. Addresses are linear; a module with a cr3 counts in that address space only. Lookups
 * take the address space they are meant for.
 */
#ifndef MONITOR_SYMBOLS_H
#define MONITOR_SYMBOLS_H

#include "base/types.h"

struct symbols;

struct symbols *symbols_new(void); /* NULL: no memory */
void symbols_free(struct symbols *s);

/* Adds a module: an ELF file by its bytes (copied) or by name. bias is added to its addresses. */
bool symbols_add(struct symbols *s, const char *name, const void *bytes, size_t size, uint32_t bias,
                 bool cr3_given, uint32_t cr3, struct error *err);
bool symbols_add_file(struct symbols *s, const char *file, uint32_t bias, bool cr3_given,
                      uint32_t cr3, struct error *err);

/* The symbol that covers addr, or NULL; *offset from its start. The name lives as long as s. */
const char *symbols_name(const struct symbols *s, uint32_t cr3, uint32_t addr, uint32_t *offset);
/* "name+12" or "" (then 0 is returned), as snprintf. */
int symbols_text(const struct symbols *s, uint32_t cr3, uint32_t addr, char *text, size_t n);
/* Address of a symbol (function or object) or source line ("vm.c:120": its first instruction, or
   the next line's that has code). */
bool symbols_find(const struct symbols *s, uint32_t cr3, const char *name, size_t len,
                  uint32_t *addr);
bool symbols_find_line(const struct symbols *s, uint32_t cr3, const char *file, size_t len,
                       unsigned line, uint32_t *addr);
/* Source position of addr: file as DWARF has it (lives as long as s), line. False: none known. */
bool symbols_line(const struct symbols *s, uint32_t cr3, uint32_t addr, const char **file,
                  unsigned *line);
/* For completion: the n-th name that begins with prefix (in sorted order), NULL past the last. */
const char *symbols_complete(const struct symbols *s, const char *prefix, unsigned n);

#endif
