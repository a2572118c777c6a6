/* SPDX-License-Identifier: MIT */
/*
 * tdesc.c - target.xml (gdb manual, appendix G): the layout of regs.c in gdb's own terms. The core
 * feature is the one gdb knows; everything else is org.emu386.system, with flags and bit-field types
 * so that gdb prints bits by name. Names of bits are Intel's (SDM vol. 3, 2.5, 4.3, 17.2).
 */
#include "monitor/gdb/stub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct field {
    const char *name;
    uint8_t first, last; /* bits */
};

struct type {
    const char *id;
    bool is_struct; /* prints every field; flags print those that are set */
    uint8_t size;   /* bytes */
    struct field field[24];
};

static const struct type eflags = {
    "i386_eflags",
    false,
    4,
    {{"CF", 0, 0},
     {"", 1, 1},
     {"PF", 2, 2},
     {"AF", 4, 4},
     {"ZF", 6, 6},
     {"SF", 7, 7},
     {"TF", 8, 8},
     {"IF", 9, 9},
     {"DF", 10, 10},
     {"OF", 11, 11},
     {"IOPL", 12, 13},
     {"NT", 14, 14},
     {"RF", 16, 16},
     {"VM", 17, 17},
     {"AC", 18, 18},
     {"VIF", 19, 19},
     {"VIP", 20, 20},
     {"ID", 21, 21}},
};

/* An entry has 64 bits, so that one type serves both kinds of paging; without PAE the upper half is
   zero. FRAME counts pages of 4 KiB. */
#define ENTRY_LOW                                                                                  \
    {"P", 0, 0}, {"RW", 1, 1}, {"US", 2, 2}, {"PWT", 3, 3}, {"PCD", 4, 4}, {"A", 5, 5},            \
    {                                                                                              \
        "D", 6, 6                                                                                  \
    }
#define ENTRY_HIGH                                                                                 \
    {"G", 8, 8}, {"avail", 9, 11},                                                                 \
    {                                                                                              \
        "frame", 12, 35                                                                            \
    }

static const struct type types[] = {
    {"cr0",
     false,
     4,
     {{"PE", 0, 0},
      {"MP", 1, 1},
      {"EM", 2, 2},
      {"TS", 3, 3},
      {"ET", 4, 4},
      {"NE", 5, 5},
      {"WP", 16, 16},
      {"AM", 18, 18},
      {"NW", 29, 29},
      {"CD", 30, 30},
      {"PG", 31, 31}}},
    {"cr3", true, 4, {{"PWT", 3, 3}, {"PCD", 4, 4}, {"frame", 12, 31}}},
    {"cr4",
     false,
     4,
     {{"VME", 0, 0},
      {"PVI", 1, 1},
      {"TSD", 2, 2},
      {"DE", 3, 3},
      {"PSE", 4, 4},
      {"PAE", 5, 5},
      {"MCE", 6, 6},
      {"PGE", 7, 7},
      {"PCE", 8, 8}}},
    {"dr6",
     false,
     4,
     {{"B0", 0, 0},
      {"B1", 1, 1},
      {"B2", 2, 2},
      {"B3", 3, 3},
      {"BD", 13, 13},
      {"BS", 14, 14},
      {"BT", 15, 15}}},
    {"dr7",
     false,
     4,
     {{"L0", 0, 0},
      {"G0", 1, 1},
      {"L1", 2, 2},
      {"G1", 3, 3},
      {"L2", 4, 4},
      {"G2", 5, 5},
      {"L3", 6, 6},
      {"G3", 7, 7},
      {"LE", 8, 8},
      {"GE", 9, 9},
      {"GD", 13, 13},
      {"RW0", 16, 17},
      {"LEN0", 18, 19},
      {"RW1", 20, 21},
      {"LEN1", 22, 23},
      {"RW2", 24, 25},
      {"LEN2", 26, 27},
      {"RW3", 28, 29},
      {"LEN3", 30, 31}}},
    {"attr",
     false,
     4,
     {{"type", 0, 3},
      {"S", 4, 4},
      {"DPL", 5, 6},
      {"P", 7, 7},
      {"AVL", 12, 12},
      {"DB", 14, 14},
      {"G", 15, 15}}},
    {"pdpte",
     true,
     8,
     {{"P", 0, 0}, {"PWT", 3, 3}, {"PCD", 4, 4}, {"avail", 9, 11}, {"frame", 12, 35}}},
    {"pde", true, 8, {ENTRY_LOW, {"PS", 7, 7}, ENTRY_HIGH}},
    {"pte", true, 8, {ENTRY_LOW, {"PAT", 7, 7}, ENTRY_HIGH}},
};

static void write_type(struct out *o, const struct type *t)
{
    const char *kind = t->is_struct ? "struct" : "flags";

    out_printf(o, "<%s id=\"%s\" size=\"%u\">", kind, t->id, t->size);
    for (const struct field *f = t->field; f->name; f++) {
        out_printf(o, "<field name=\"%s\" start=\"%u\" end=\"%u\"", f->name, f->first, f->last);
        if (f->first == f->last)
            out_text(o, " type=\"bool\"");
        else if (f->last - f->first > 4 && t->size == 8)
            out_text(o, " type=\"uint64\"");
        else
            out_text(o, " type=\"uint32\"");
        out_text(o, "/>");
    }
    out_printf(o, "</%s>\n", kind);
}

const char *gdb_reg_type(const struct debug_reg *d)
{
    const char *dot = strchr(d->name, '.');

    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (!types[i].is_struct && strcmp(dot ? dot + 1 : d->name, types[i].id) == 0)
            return types[i].id;
    }
    if (dot && strcmp(dot, ".base") == 0)
        return "data_ptr";
    if (d->bits == 32 && (strcmp(d->name, "cr2") == 0 || d->group == DEBUG_DEBUG))
        return "data_ptr";
    return d->bits <= 8 ? "uint8" : d->bits <= 16 ? "uint16" : d->bits <= 32 ? "uint32" : "uint64";
}

static const char *group(const struct gdb_reg *r, unsigned n)
{
    if (n >= GDB_CORE_REGS)
        return "system";
    return n < 16 ? "general" : "float";
}

static void write_reg(struct out *o, const struct gdb_reg *r, unsigned n)
{
    out_printf(o, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\" regnum=\"%u\" group=\"%s\"%s/>\n",
               r->name, 8u * r->size, r->type, n, group(r, n),
               n < GDB_CORE_REGS ? "" : " save-restore=\"no\""); /* by calls of functions */
}

static void write_target(const struct gdb *g, bool code16, struct out *o)
{
    out_printf(o,
               "<?xml version=\"1.0\"?>\n"
               "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
               "<target version=\"1.0\">\n"
               "<architecture>%s</architecture>\n"
               "<osabi>none</osabi>\n"
               "<feature name=\"org.gnu.gdb.i386.core\">\n",
               code16 ? "i8086" : "i386");
    write_type(o, &eflags);
    for (unsigned n = 0; n < GDB_CORE_REGS; n++)
        write_reg(o, &g->reg[n], n);
    out_text(o, "</feature>\n<feature name=\"org.emu386.system\">\n");
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        write_type(o, &types[i]);
    for (unsigned n = GDB_CORE_REGS; n < g->regs; n++)
        write_reg(o, &g->reg[n], n);
    out_text(o, "</feature>\n</target>\n");
}

/* gdb takes i8086 if neither its user nor a program's file says i386: right for a boot sector. */
bool gdb_describe(struct gdb *g)
{
    bool code16 = debug_code16(g->m);
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    struct out o;

    if (!f)
        return false;
    out_file(&o, f);
    write_target(g, code16, &o);
    if (fclose(f) != 0) {
        free(text);
        return false;
    }
    free(g->target);
    g->target = text;
    g->target_size = size;
    g->target_code16 = code16;
    return true;
}
