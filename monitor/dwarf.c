/* SPDX-License-Identifier: MIT */
/*
 * dwarf.c - lines and frames of one module, through elfutils' libdw. Source: DWARF 4 and 5, sections
 * 2.5 (expressions), 6.2 (lines) and 6.4 (frames); System V ABI, Intel386 supplement, for the
 * numbers of registers, which are the processor's own, with 8 for the return address.
 *
 * - Which unit describes an address is found by the ranges of the units themselves: not every
 *   compiler writes .debug_aranges. Lines are read unit by unit when they are first asked for.
 * - Frame rules are evaluated by a small stack machine with the operators that compilers put there;
 *   with any other one there is no frame information.
 * Not modelled: inlined calls, variables.
 */
#include "monitor/module.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define MAX_UNIT_RANGES 65536u /* of one unit: more are a mistake */

/* ---- Units --------------------------------------------------------------------------------- */

static bool add_range(struct module *m, size_t *room, const Dwarf_Die *die, uint64_t start,
                      uint64_t end)
{
    if (start >= end || end - 1 > UINT32_MAX)
        return true;
    if (m->unit_count == *room) {
        size_t more = *room ? 2 * *room : 64;
        struct unit *units = realloc(m->units, more * sizeof *units);
        if (!units)
            return false;
        m->units = units;
        *room = more;
    }
    m->units[m->unit_count++] = (struct unit){(uint32_t)start, (uint32_t)(end - 1), *die};
    return true;
}

static bool add_unit(struct module *m, size_t *room, Dwarf_Die *die)
{
    ptrdiff_t at = 0;
    for (unsigned n = 0; n < MAX_UNIT_RANGES; n++) {
        Dwarf_Addr base, start, end;
        at = dwarf_ranges(die, at, &base, &start, &end);
        if (at <= 0)
            break;
        if (!add_range(m, room, die, start, end))
            return false;
    }
    return true;
}

static int by_first(const void *a, const void *b)
{
    const struct unit *x = a, *y = b;
    return x->first != y->first ? (x->first < y->first ? -1 : 1) : 0;
}

static void find_units(struct module *m)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die die;
    uint8_t type;
    size_t room = 0;
    while (dwarf_get_units(m->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0) {
        if (type == DW_UT_compile && !add_unit(m, &room, &die))
            break;
    }
    if (m->units)
        qsort(m->units, m->unit_count, sizeof *m->units, by_first);
}

void dwarf_open(struct module *m)
{
    m->dwarf = dwarf_begin_elf(m->elf, DWARF_C_READ, NULL);
    if (m->dwarf) {
        m->cfi[0] = dwarf_getcfi(m->dwarf);
        find_units(m);
    }
    m->cfi[1] = dwarf_getcfi_elf(m->elf);
}

void dwarf_close(struct module *m)
{
    if (m->cfi[1])
        dwarf_cfi_end(m->cfi[1]); /* the other one belongs to m->dwarf */
    dwarf_end(m->dwarf);
}

/* The last unit that begins at or before addr and covers it; ranges of units do not overlap. */
static Dwarf_Die *unit_at(const struct module *m, uint32_t addr)
{
    size_t first = 0, past = m->unit_count;
    while (first < past) {
        size_t middle = first + (past - first) / 2;
        if (m->units[middle].first <= addr)
            first = middle + 1;
        else
            past = middle;
    }
    return first && m->units[first - 1].last >= addr ? &m->units[first - 1].die : NULL;
}

/* ---- Lines --------------------------------------------------------------------------------- */

static const char *shorten(const char *file)
{
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    return file;
}

bool dwarf_line(const struct module *m, uint32_t addr, const char **file, unsigned *line)
{
    Dwarf_Die *die = unit_at(m, addr);
    Dwarf_Line *row = die ? dwarf_getsrc_die(die, addr) : NULL;
    const char *name = row ? dwarf_linesrc(row, NULL, NULL) : NULL;
    int number = 0;
    if (!name || dwarf_lineno(row, &number) != 0 || number <= 0)
        return false;
    *file = shorten(name);
    *line = (unsigned)number;
    return true;
}

/* Is `name` the whole path or its last components? */
static bool is_file(const char *path, const char *name, size_t len)
{
    size_t n = strlen(path);
    return len && n >= len && memcmp(path + n - len, name, len) == 0 &&
           (n == len || path[n - len - 1] == '/');
}

static const char *unit_file(Dwarf_Die *die, const char *file, size_t len)
{
    Dwarf_Files *files;
    size_t n = 0;
    if (dwarf_getsrcfiles(die, &files, &n) != 0)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const char *name = dwarf_filesrc(files, i, NULL, NULL);
        if (name && is_file(name, file, len))
            return name;
    }
    return NULL;
}

/* The best row of a unit: the nearest line at or behind the one asked for, at its lowest address. */
static void search_unit(Dwarf_Die *die, const char *file, size_t len, unsigned line,
                        unsigned *found, uint32_t *addr)
{
    Dwarf_Lines *lines;
    size_t n = 0;
    if (dwarf_getsrclines(die, &lines, &n) != 0)
        return;
    for (size_t i = 0; i < n; i++) {
        Dwarf_Line *row = dwarf_onesrcline(lines, i);
        int number = 0;
        bool end = true, begins = false;
        Dwarf_Addr at;
        if (!row || dwarf_lineno(row, &number) != 0 || dwarf_lineendsequence(row, &end) != 0 ||
            end || dwarf_linebeginstatement(row, &begins) != 0 || !begins ||
            dwarf_lineaddr(row, &at) != 0 || at > UINT32_MAX || number < (int)line ||
            (unsigned)number > *found || ((unsigned)number == *found && at >= *addr))
            continue;
        const char *name = dwarf_linesrc(row, NULL, NULL);
        if (!name || !is_file(name, file, len))
            continue;
        *found = (unsigned)number;
        *addr = (uint32_t)at;
    }
}

bool dwarf_find_line(const struct module *m, const char *file, size_t len, unsigned line,
                     uint32_t *addr, unsigned *found)
{
    *found = UINT32_MAX;
    *addr = UINT32_MAX;
    for (size_t n = 0; line && line <= INT32_MAX && n < m->unit_count; n++) {
        Dwarf_Die *die = &m->units[n].die;
        if ((n == 0 || m->units[n - 1].die.addr != die->addr) && unit_file(die, file, len))
            search_unit(die, file, len, line, found, addr);
    }
    return *found != UINT32_MAX;
}

const char *dwarf_file(const struct module *m, const char *file, size_t len, const char **folder)
{
    for (size_t n = 0; n < m->unit_count; n++) {
        Dwarf_Attribute a;
        const char *name = unit_file(&m->units[n].die, file, len);
        if (!name)
            continue;
        if (folder)
            *folder = dwarf_formstring(dwarf_attr(&m->units[n].die, DW_AT_comp_dir, &a));
        return shorten(name);
    }
    return NULL;
}

/* ---- Frames -------------------------------------------------------------------------------- */

#define STACK 16u

struct eval {
    const struct symbols_frame *f; /* the callee's registers */
    bool (*read)(void *ctx, uint32_t addr, uint32_t *value);
    void *ctx;
    uint32_t cfa; /* DW_OP_call_frame_cfa */
    uint32_t stack[STACK];
    unsigned depth;
    bool is_value; /* the result is the value, not where it is */
    uint32_t from; /* where the last register was saved, 0: not on the stack */
};

static bool push(struct eval *e, uint32_t value)
{
    if (e->depth == STACK)
        return false;
    e->stack[e->depth++] = value;
    return true;
}

static bool push_reg(struct eval *e, uint64_t reg, uint64_t offset)
{
    return reg < 9 && (e->f->known >> reg & 1) && push(e, e->f->reg[reg] + (uint32_t)offset);
}

static bool binary(struct eval *e, unsigned op)
{
    if (e->depth < 2)
        return false;
    uint32_t b = e->stack[--e->depth], *a = &e->stack[e->depth - 1];
    switch (op) {
    case DW_OP_plus: *a += b; return true;
    case DW_OP_minus: *a -= b; return true;
    case DW_OP_and: *a &= b; return true;
    case DW_OP_or: *a |= b; return true;
    case DW_OP_mul: *a *= b; return true;
    case DW_OP_shl: *a = b < 32 ? *a << b : 0; return true;
    case DW_OP_shr: *a = b < 32 ? *a >> b : 0; return true;
    case DW_OP_ge: *a = (int32_t)*a >= (int32_t)b; return true;
    case DW_OP_gt: *a = (int32_t)*a > (int32_t)b; return true;
    case DW_OP_le: *a = (int32_t)*a <= (int32_t)b; return true;
    case DW_OP_lt: *a = (int32_t)*a < (int32_t)b; return true;
    case DW_OP_eq: *a = *a == b; return true;
    case DW_OP_ne: *a = *a != b; return true;
    default: return false;
    }
}

static bool operate(struct eval *e, const Dwarf_Op *o)
{
    if (o->atom >= DW_OP_breg0 && o->atom <= DW_OP_breg31)
        return push_reg(e, o->atom - DW_OP_breg0, o->number);
    if (o->atom >= DW_OP_reg0 && o->atom <= DW_OP_reg31) {
        e->is_value = true;
        return push_reg(e, o->atom - DW_OP_reg0, 0);
    }
    if (o->atom >= DW_OP_lit0 && o->atom <= DW_OP_lit31)
        return push(e, o->atom - DW_OP_lit0);
    switch (o->atom) {
    case DW_OP_bregx: return push_reg(e, o->number, o->number2);
    case DW_OP_regx: e->is_value = true; return push_reg(e, o->number, 0);
    case DW_OP_addr:
    case DW_OP_const1u:
    case DW_OP_const1s:
    case DW_OP_const2u:
    case DW_OP_const2s:
    case DW_OP_const4u:
    case DW_OP_const4s:
    case DW_OP_constu:
    case DW_OP_consts: return push(e, (uint32_t)o->number);
    case DW_OP_call_frame_cfa: return push(e, e->cfa);
    case DW_OP_dup: return e->depth && push(e, e->stack[e->depth - 1]);
    case DW_OP_drop: return e->depth && e->depth--;
    case DW_OP_plus_uconst:
        return e->depth && (e->stack[e->depth - 1] += (uint32_t)o->number, true);
    case DW_OP_deref:
        return e->depth && e->read(e->ctx, e->stack[e->depth - 1], &e->stack[e->depth - 1]);
    case DW_OP_stack_value: e->is_value = true; return true;
    case DW_OP_nop: return true;
    default: return binary(e, o->atom);
    }
}

static bool evaluate(struct eval *e, const Dwarf_Op *ops, size_t n, uint32_t *result)
{
    e->depth = 0;
    e->is_value = false;
    for (size_t i = 0; i < n; i++) {
        if (!operate(e, &ops[i]))
            return false;
    }
    if (!e->depth)
        return false;
    *result = e->stack[e->depth - 1];
    return true;
}

/* The caller's register r, by its rule. False: it cannot be known. */
static bool restore(struct eval *e, Dwarf_Frame *frame, unsigned r, uint32_t *value)
{
    Dwarf_Op mem[3], *ops = mem;
    size_t n = 0;
    if (dwarf_frame_register(frame, (int)r, mem, &ops, &n) != 0)
        return false;
    if (!n) {
        if (r == 4) {
            *value = e->cfa; /* ESP before the call is what a CFA is */
            return true;
        }
        *value = e->f->reg[r];
        return !ops && r != SYMBOLS_EIP && (e->f->known >> r & 1); /* the same; else undefined */
    }
    if (!evaluate(e, ops, n, value))
        return false;
    e->from = e->is_value ? 0 : *value;
    return e->is_value || e->read(e->ctx, *value, value);
}

static bool unwind_by(Dwarf_Frame *frame, struct symbols_frame *f, struct eval *e)
{
    struct symbols_frame out = {.known = 0};
    Dwarf_Op *ops;
    size_t n;
    bool signal = false;
    if (dwarf_frame_info(frame, NULL, NULL, &signal) < 0 || dwarf_frame_cfa(frame, &ops, &n) != 0 ||
        !evaluate(e, ops, n, &out.cfa))
        return false;
    e->cfa = out.cfa;
    e->from = 0;
    for (unsigned r = 0; r < 9; r++) {
        if (restore(e, frame, r, &out.reg[r]))
            out.known |= (uint16_t)(1u << r);
    }
    out.signal = signal;
    out.eip_at = out.known >> SYMBOLS_EIP & 1 ? e->from : 0;
    *f = out;
    return true;
}

bool dwarf_unwind(const struct module *m, uint32_t at, struct symbols_frame *f,
                  bool (*read)(void *ctx, uint32_t addr, uint32_t *value), void *ctx)
{
    struct eval e = {.f = f, .read = read, .ctx = ctx};
    for (unsigned n = 0; n < ARRAY_LEN(m->cfi); n++) {
        Dwarf_Frame *frame;
        if (!m->cfi[n] || dwarf_cfi_addrframe(m->cfi[n], at, &frame) != 0)
            continue;
        bool good = unwind_by(frame, f, &e);
        free(frame);
        if (good)
            return true;
    }
    return false;
}
