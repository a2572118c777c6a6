/* SPDX-License-Identifier: MIT */
/*
 * module.h - one ELF file with names: what module.c (reading it), symbols.c (the session's
 * modules) and dwarf.c (lines and frames) share. Addresses in here are as linked, without the bias.
 */
#ifndef MONITOR_MODULE_H
#define MONITOR_MODULE_H

#include "base/types.h"
#include "monitor/symbols.h"

#include <elfutils/libdw.h>

#define RANK_THING 4u /* a symbol of this rank and up is a function or an object, not a label */

struct symbol {
    uint32_t addr;    /* where it begins */
    uint32_t end;     /* past it; addr: it covers nothing (labels behind everything) */
    uint32_t reach;   /* the greatest end of this one and all before it */
    const char *name; /* in the file's string table */
    uint32_t order;   /* in the table */
    uint8_t rank;     /* among several at one address the highest is shown */
    bool absolute;    /* a number, not an address */
};

/* A piece of code that one compilation unit describes. */
struct unit {
    uint32_t first, last; /* its addresses */
    Dwarf_Die die;        /* the unit */
};

/* What a loader places. */
struct segment {
    uint32_t lin, phys, size;
};

struct module {
    char *name;                 /* the file (owned) */
    void *bytes;                /* its contents (owned) */
    Elf *elf;                   /* over bytes */
    Dwarf *dwarf;               /* NULL: none */
    Dwarf_CFI *cfi[2];          /* .debug_frame and .eh_frame, NULL: none; owned by libdw */
    struct symbols_place place; /* at: of the lowest byte */
    uint32_t bias;              /* what is added to its addresses */
    uint32_t low, high;         /* lowest and highest loaded byte */
    struct segment *segments;   /* of type PT_LOAD */
    size_t segment_count;
    struct symbol *symbols;        /* by address, then rank */
    const struct symbol **by_name; /* the same by name, the highest rank first (owned) */
    size_t symbol_count;
    struct unit *units; /* by address */
    size_t unit_count;
};

/* Reads everything of a module whose name, bytes, elf and place are set. */
bool module_read(struct module *m, struct error *err);
void module_free(struct module *m); /* m and all that it has; NULL is none */
/* The symbol of this name that counts most, or NULL. */
const struct symbol *module_find(const struct module *m, const char *name, size_t len);

/* Finds the DWARF of a module whose elf is open. Without any there is nothing to fail. */
void dwarf_open(struct module *m);
void dwarf_close(struct module *m);
bool dwarf_line(const struct module *m, uint32_t addr, const char **file, unsigned *line);
/* The lowest address of the line, or of the first one behind it that has code: *found is its
   number. */
bool dwarf_find_line(const struct module *m, const char *file, size_t len, unsigned line,
                     uint32_t *addr, unsigned *found);
const char *dwarf_file(const struct module *m, const char *file, size_t len, const char **folder);
/* As symbols_unwind; addresses in f are the guest's. */
bool dwarf_unwind(const struct module *m, uint32_t at, struct symbols_frame *f,
                  bool (*read)(void *ctx, uint32_t addr, uint32_t *value), void *ctx);

#endif
