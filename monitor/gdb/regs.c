/* SPDX-License-Identifier: MIT */
/*
 * regs.c - registers as gdb numbers them. First the 32 of org.gnu.gdb.i386.core, which `g` carries,
 * then whatever machine/debug.h has beyond them, then what is derived. The layout is made once
 * and never changes, whatever mode the processor is in.
 *
 * - eip is the linear address of the next instruction (CS base added), so that gdb reads, steps
 *   and breaks at the right place in real mode as well. `ip` is the offset.
 * - What changes by itself, the instruction count and what is derived, can be written without an
 *   effect: gdb writes back every register after it has called a function of the guest's.
 * - Writing a selector loads its descriptor, writing a control register has its effects; what the
 *   processor would refuse is refused, with the reason.
 * - pdpte_cr2, pde_cr2 and pte_cr2 are the entries for the address in CR2, as they are now.
 */
#include "monitor/gdb/stub.h"

#include "cpu/cpu.h"
#include "mmu/walk.h"

#include <stdio.h>
#include <string.h>

static const char core[GDB_CORE_REGS][8] = {
    "eax", "ecx", "edx",   "ebx",   "esp",  "ebp",   "esi",   "edi",   "eip",   "eflags", "cs",
    "ss",  "ds",  "es",    "fs",    "gs",   "st0",   "st1",   "st2",   "st3",   "st4",    "st5",
    "st6", "st7", "fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop",
};

static const struct gdb_reg derived[] = {
    {"ip", "uint32", GDB_REG_IP, 0, 4},
    {"pdpte_cr2", "pdpte", GDB_REG_PDPTE, 0, 8},
    {"pde_cr2", "pde", GDB_REG_PDE, 0, 8},
    {"pte_cr2", "pte", GDB_REG_PTE, 0, 8},
    {"last_vector", "int32", GDB_REG_VECTOR, 0, 4},
    {"last_error", "uint32", GDB_REG_ERROR, 0, 4},
};

static void put(uint8_t *bytes, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size && i < 8; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

/* ---- The layout ------------------------------------------------------------------------------ */

static void init_core(struct gdb *g, unsigned n)
{
    struct gdb_reg *r = &g->reg[n];
    const char *name = core[n];

    snprintf(r->name, sizeof r->name, "%s", name);
    r->size = 4;
    r->type = n == 4 || n == 5 ? "data_ptr" : "int32";
    if (strncmp(name, "st", 2) == 0) {
        r->source = GDB_REG_ST;
        r->number = (unsigned)(name[2] - '0');
        r->size = 10;
        r->type = "i387_ext";
        return;
    }
    r->source = GDB_REG_DEBUG;
    r->number = (unsigned)debug_reg_find(g->m, name, strlen(name));
    if (strcmp(name, "eip") == 0) {
        r->source = GDB_REG_PC;
        r->type = "code_ptr";
    } else if (strcmp(name, "eflags") == 0) {
        r->type = "i386_eflags";
    }
}

static bool is_core(const char *name)
{
    for (unsigned n = 0; n < GDB_CORE_REGS; n++) {
        if (strcmp(name, core[n]) == 0)
            return true;
    }
    return false;
}

static void add_system(struct gdb *g, unsigned number, const struct debug_reg *d)
{
    struct gdb_reg *r = &g->reg[g->regs++];

    snprintf(r->name, sizeof r->name, "%s", d->name);
    for (char *p = r->name; *p; p++) {
        if (*p == '.')
            *p = '_'; /* cs.base would be a member of cs */
    }
    r->source = GDB_REG_DEBUG;
    r->number = number;
    r->size = (uint8_t)(d->bits <= 8 ? 1 : d->bits <= 16 ? 2 : d->bits <= 32 ? 4 : 8);
    r->type = gdb_reg_type(d);
    if (strcmp(r->type, "attr") == 0)
        r->size = 4; /* gdb computes with flags of 4 bytes only */
}

void gdb_regs_init(struct gdb *g)
{
    const struct debug_reg *d;

    for (g->regs = 0; g->regs < GDB_CORE_REGS; g->regs++)
        init_core(g, g->regs);
    for (unsigned n = 0; (d = debug_reg(g->m, n)); n++) {
        if (!is_core(d->name) && g->regs < GDB_MAX_REGS - ARRAY_LEN(derived))
            add_system(g, n, d);
    }
    for (unsigned n = 0; n < ARRAY_LEN(derived); n++)
        g->reg[g->regs++] = derived[n];
}

/* ---- Values ---------------------------------------------------------------------------------- */

static uint64_t entry_of_cr2(const struct gdb *g, enum gdb_source which)
{
    const struct cpu *c = machine_cpu(g->m);
    struct walk w = {.result = WALK_PDPTE_GONE};

    if (!c->mmu.paging)
        return 0;
    if (which == GDB_REG_PDPTE)
        return c->mmu.mode.pae ? c->mmu.mode.pdpte[c->cr2 >> 30] : 0;
    walk_page(c->mmu.bus, c->mmu.cr3, &c->mmu.mode, c->cr2, &w);
    if (w.result == WALK_PDPTE_GONE)
        return 0;
    if (which == GDB_REG_PDE)
        return w.pde;
    return w.result == WALK_PDE_GONE ? 0 : w.pte;
}

static const struct delivery *last_delivery(const struct cpu *c)
{
    return &c->delivery[(c->deliveries - 1) % DELIVERIES];
}

void gdb_reg_value(struct gdb *g, const struct gdb_reg *r, uint8_t bytes[16])
{
    const struct cpu *c = machine_cpu(g->m);
    uint64_t value = 0;

    switch (r->source) {
    case GDB_REG_ST: debug_fpu_get(g->m, r->number, bytes); return;
    case GDB_REG_DEBUG: value = debug_reg_get(g->m, r->number); break;
    case GDB_REG_PC: value = debug_pc(g->m); break;
    case GDB_REG_IP: value = c->eip; break;
    case GDB_REG_PDPTE:
    case GDB_REG_PDE:
    case GDB_REG_PTE: value = entry_of_cr2(g, r->source); break;
    case GDB_REG_VECTOR: value = c->deliveries ? last_delivery(c)->vector : UINT32_MAX; break;
    case GDB_REG_ERROR: value = c->deliveries ? last_delivery(c)->code : 0; break;
    }
    put(bytes, value, r->size);
}

/* Writes what differs: a selector that is written again would load its descriptor again. */
static bool set_value(struct gdb *g, const struct gdb_reg *r, const uint8_t *bytes,
                      struct error *err)
{
    uint64_t value = get(bytes, r->size);
    uint8_t now[16];

    gdb_reg_value(g, r, now);
    if (memcmp(now, bytes, r->size) == 0)
        return true;
    switch (r->source) {
    case GDB_REG_ST: debug_fpu_set(g->m, r->number, bytes); return true;
    case GDB_REG_DEBUG:
        return debug_reg(g->m, r->number)->group == DEBUG_TIME ||
               debug_reg_set(g->m, r->number, value, err);
    case GDB_REG_PC: value = (uint32_t)value - machine_cpu(g->m)->seg[CS].base; break;
    case GDB_REG_IP: break;
    default: return true;
    }
    return debug_reg_set(g->m, (unsigned)debug_reg_find(g->m, "eip", 3), value, err);
}

static void say_value(struct gdb *g, const struct gdb_reg *r)
{
    uint8_t bytes[16];

    gdb_reg_value(g, r, bytes);
    gdb_say_hex(g, bytes, r->size);
}

/* What nearly every stop is followed by a question for: the integer registers. */
void gdb_say_expedited(struct gdb *g)
{
    for (unsigned n = 0; n < 16; n++) {
        gdb_say(g, "%02x:", n);
        say_value(g, &g->reg[n]);
        gdb_say(g, ";");
    }
}

/* ---- Packets --------------------------------------------------------------------------------- */

void gdb_on_g(struct gdb *g, const char *args, const char *end)
{
    for (unsigned n = 0; n < GDB_CORE_REGS; n++)
        say_value(g, &g->reg[n]);
}

void gdb_on_G(struct gdb *g, const char *args, const char *end)
{
    struct error err = {""};
    uint8_t bytes[16];

    for (unsigned n = 0; n < GDB_CORE_REGS && *args; n++) {
        if (strncmp(args, "xx", 2) == 0) { /* not known to gdb: stays */
            for (unsigned digits = 2 * g->reg[n].size; digits && *args; digits--)
                args++;
        } else if (!gdb_hex_bytes(&args, bytes, g->reg[n].size)) {
            gdb_say_error(g, GDB_E_BAD);
            return;
        } else if (!set_value(g, &g->reg[n], bytes, &err)) {
            gdb_say_refusal(g, &err);
            return;
        }
    }
    gdb_say(g, "OK");
}

static const struct gdb_reg *parse_reg(struct gdb *g, const char **args)
{
    uint64_t n;

    return gdb_hex_number(args, &n) && n < g->regs ? &g->reg[n] : NULL;
}

void gdb_on_p(struct gdb *g, const char *args, const char *end)
{
    const struct gdb_reg *r = parse_reg(g, &args);

    if (r && (!*args || *args == ';'))
        say_value(g, r);
    else
        gdb_say_error(g, GDB_E_BAD);
}

void gdb_on_P(struct gdb *g, const char *args, const char *end)
{
    const struct gdb_reg *r = parse_reg(g, &args);
    struct error err = {""};
    uint8_t bytes[16];

    if (!r || *args++ != '=' || !gdb_hex_bytes(&args, bytes, r->size) || *args)
        gdb_say_error(g, GDB_E_BAD);
    else if (set_value(g, r, bytes, &err))
        gdb_say(g, "OK");
    else
        gdb_say_refusal(g, &err);
}
