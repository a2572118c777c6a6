/* SPDX-License-Identifier: MIT */
/*
 * debug_registers.c - every register by name (debug.h): one row each, in the order of listings. What a
 * model does not have is not in its list: rows carry the model they begin with.
 */
#include "machine/debug.h"

#include "cpu/internal.h"
#include "machine/board.h"

#include <string.h>

enum source {
    GENERAL, /* gpr[arg] */
    EIP,
    EFLAGS,
    SELECTOR, /* seg[arg], 6 = LDTR, 7 = TR */
    BASE,
    LIMIT,
    ATTR,
    GDTR_BASE,
    GDTR_LIMIT,
    IDTR_BASE,
    IDTR_LIMIT,
    CONTROL,
    CPL,
    DEBUG,
    X87,
    MODEL, /* MSR number arg */
    ICOUNT,
    NOW,
};

struct row {
    struct debug_reg reg;
    uint8_t source;
    uint8_t from; /* processor generation that has it first (3 = 386) */
    uint32_t arg;
};

#define SEGMENT(name_, arg_)                                                                       \
    {{name_, DEBUG_SEGMENT, 16, (arg_) < 6}, SELECTOR, 3, arg_},                                   \
        {{name_ ".base", DEBUG_SEGMENT, 32, false}, BASE, 3, arg_},                                \
        {{name_ ".limit", DEBUG_SEGMENT, 32, false}, LIMIT, 3, arg_},                              \
    {                                                                                              \
        {name_ ".attr", DEBUG_SEGMENT, 16, false}, ATTR, 3, arg_                                   \
    }

/* clang-format off */
static const struct row rows[] = {
    {{"eax", DEBUG_GENERAL, 32, true}, GENERAL, 3, EAX}, {{"ecx", DEBUG_GENERAL, 32, true}, GENERAL, 3, ECX},
    {{"edx", DEBUG_GENERAL, 32, true}, GENERAL, 3, EDX}, {{"ebx", DEBUG_GENERAL, 32, true}, GENERAL, 3, EBX},
    {{"esp", DEBUG_GENERAL, 32, true}, GENERAL, 3, ESP}, {{"ebp", DEBUG_GENERAL, 32, true}, GENERAL, 3, EBP},
    {{"esi", DEBUG_GENERAL, 32, true}, GENERAL, 3, ESI}, {{"edi", DEBUG_GENERAL, 32, true}, GENERAL, 3, EDI},
    {{"eip", DEBUG_GENERAL, 32, true}, EIP, 3, 0}, {{"eflags", DEBUG_GENERAL, 32, true}, EFLAGS, 3, 0},
    SEGMENT("es", ES), SEGMENT("cs", CS), SEGMENT("ss", SS), SEGMENT("ds", DS), SEGMENT("fs", FS),
    SEGMENT("gs", GS), SEGMENT("ldtr", 6), SEGMENT("tr", 7),
    {{"gdtr.base", DEBUG_TABLES, 32, true}, GDTR_BASE, 3, 0}, {{"gdtr.limit", DEBUG_TABLES, 16, true}, GDTR_LIMIT, 3, 0},
    {{"idtr.base", DEBUG_TABLES, 32, true}, IDTR_BASE, 3, 0}, {{"idtr.limit", DEBUG_TABLES, 16, true}, IDTR_LIMIT, 3, 0},
    {{"cr0", DEBUG_CONTROL, 32, true}, CONTROL, 3, 0}, {{"cr2", DEBUG_CONTROL, 32, true}, CONTROL, 3, 2},
    {{"cr3", DEBUG_CONTROL, 32, true}, CONTROL, 3, 3}, {{"cr4", DEBUG_CONTROL, 32, true}, CONTROL, 5, 4},
    {{"cpl", DEBUG_CONTROL, 8, false}, CPL, 3, 0},
    {{"dr0", DEBUG_DEBUG, 32, true}, DEBUG, 3, 0}, {{"dr1", DEBUG_DEBUG, 32, true}, DEBUG, 3, 1},
    {{"dr2", DEBUG_DEBUG, 32, true}, DEBUG, 3, 2}, {{"dr3", DEBUG_DEBUG, 32, true}, DEBUG, 3, 3},
    {{"dr6", DEBUG_DEBUG, 32, true}, DEBUG, 3, 6}, {{"dr7", DEBUG_DEBUG, 32, true}, DEBUG, 3, 7},
    {{"fctrl", DEBUG_FPU, 16, true}, X87, 3, 0}, {{"fstat", DEBUG_FPU, 16, true}, X87, 3, 1},
    {{"ftag", DEBUG_FPU, 16, true}, X87, 3, 2}, {{"fiseg", DEBUG_FPU, 16, true}, X87, 3, 3},
    {{"fioff", DEBUG_FPU, 32, true}, X87, 3, 4}, {{"foseg", DEBUG_FPU, 16, true}, X87, 3, 5},
    {{"fooff", DEBUG_FPU, 32, true}, X87, 3, 6}, {{"fop", DEBUG_FPU, 16, true}, X87, 3, 7},
    {{"tsc", DEBUG_MODEL, 64, true}, MODEL, 5, MSR_TSC},
    {{"sysenter_cs", DEBUG_MODEL, 32, true}, MODEL, 6, MSR_SYSENTER_CS},
    {{"sysenter_esp", DEBUG_MODEL, 32, true}, MODEL, 6, MSR_SYSENTER_ESP},
    {{"sysenter_eip", DEBUG_MODEL, 32, true}, MODEL, 6, MSR_SYSENTER_EIP},
    {{"pat", DEBUG_MODEL, 64, true}, MODEL, 6, MSR_PAT}, {{"mtrrcap", DEBUG_MODEL, 64, false}, MODEL, 6, MSR_MTRRCAP},
    {{"mtrr_def_type", DEBUG_MODEL, 64, true}, MODEL, 6, MSR_MTRR_DEF_TYPE},
    {{"icount", DEBUG_TIME, 64, false}, ICOUNT, 3, 0}, {{"now", DEBUG_TIME, 64, false}, NOW, 3, 0},
};
/* clang-format on */

static const struct row *row_of(const struct machine *m, unsigned n)
{
    for (unsigned r = 0; r < ARRAY_LEN(rows); r++) {
        if (rows[r].from <= m->cpu.model->level && !n--)
            return &rows[r];
    }
    return NULL;
}

const struct debug_reg *debug_reg(const struct machine *m, unsigned n)
{
    const struct row *r = row_of(m, n);
    return r ? &r->reg : NULL;
}

int debug_reg_find(const struct machine *m, const char *name, size_t len)
{
    const struct debug_reg *r;
    for (unsigned n = 0; (r = debug_reg(m, n)); n++) {
        if (strlen(r->name) == len && memcmp(r->name, name, len) == 0)
            return (int)n;
    }
    return -1;
}

static const struct seg *seg_of(const struct cpu *c, uint32_t n)
{
    return n == 6 ? &c->ldtr : n == 7 ? &c->tr : &c->seg[n];
}

/* The tag word as FSTENV stores it: 0 valid, 1 zero, 2 special, 3 empty. */
static uint32_t tag_word(const struct x87 *x)
{
    uint32_t word = 0;
    for (unsigned n = 0; n < 8; n++) {
        const struct f80 *f = &x->reg[n];
        unsigned exponent = f->se & 0x7fffu, tag = 0;
        if (!(x->full >> n & 1))
            tag = 3;
        else if (!exponent && !f->m)
            tag = 1;
        else if (exponent == 0x7fff || !(f->m >> 63))
            tag = 2;
        word |= tag << (2 * n);
    }
    return word;
}

static uint32_t get_x87(const struct x87 *x, uint32_t n)
{
    switch (n) {
    case 0: return x->cw;
    case 1: return x->sw;
    case 2: return tag_word(x);
    case 3: return x->fcs;
    case 4: return x->fip;
    case 5: return x->fds;
    case 6: return x->fdp;
    default: return x->fop;
    }
}

static void set_x87(struct x87 *x, uint32_t n, uint32_t v)
{
    switch (n) {
    case 0: x->cw = (uint16_t)((v & 0x1f7f) | 0x40); break;
    case 1: x->sw = (uint16_t)v; break;
    case 2:
        x->full = 0;
        for (unsigned k = 0; k < 8; k++)
            x->full |= (uint8_t)(((v >> (2 * k) & 3) != 3) << k);
        break;
    case 3: x->fcs = (uint16_t)v; break;
    case 4: x->fip = v; break;
    case 5: x->fds = (uint16_t)v; break;
    case 6: x->fdp = v; break;
    default: x->fop = v & 0x7ff; break;
    }
}

static uint32_t get_control(const struct cpu *c, uint32_t n)
{
    return n == 0 ? c->cr0 : n == 2 ? c->cr2 : n == 3 ? c->mmu.cr3 : c->cr4;
}

uint64_t debug_reg_get(const struct machine *m, unsigned n)
{
    const struct row *r = row_of(m, n);
    const struct cpu *c = &m->cpu;
    uint64_t v = 0;
    if (!r)
        return 0;
    switch ((enum source)r->source) {
    case GENERAL: return c->gpr[r->arg];
    case EIP: return c->eip;
    case EFLAGS: return cpu_eflags(c);
    case SELECTOR: return seg_of(c, r->arg)->sel;
    case BASE: return seg_of(c, r->arg)->base;
    case LIMIT: return seg_of(c, r->arg)->limit;
    case ATTR: return seg_of(c, r->arg)->attr;
    case GDTR_BASE: return c->gdtr.base;
    case GDTR_LIMIT: return c->gdtr.limit;
    case IDTR_BASE: return c->idtr.base;
    case IDTR_LIMIT: return c->idtr.limit;
    case CONTROL: return get_control(c, r->arg);
    case CPL: return c->cpl;
    case DEBUG: return c->dr[r->arg];
    case X87: return get_x87(&c->x87, r->arg);
    case MODEL: return msr_read(c, r->arg, &v) ? v : 0;
    case ICOUNT: return c->icount;
    case NOW: return m->clock.now;
    }
    return 0;
}

static bool refused(const struct debug_reg *r, uint64_t value, const struct fault *why,
                    struct error *err)
{
    char text[200];
    fault_explain(why, text, sizeof text);
    return error_set(err, "%s = %#llx would raise %s: %s", r->name, (unsigned long long)value,
                     fault_name(why->vector), text);
}

bool debug_reg_set(struct machine *m, unsigned n, uint64_t value, struct error *err)
{
    const struct row *r = row_of(m, n);
    struct cpu *c = &m->cpu;
    struct fault why = {0};
    uint32_t v = (uint32_t)value;
    if (!r)
        return error_set(err, "there is no register number %u", n);
    if (!r->reg.writable)
        return error_set(err, "%s cannot be written", r->reg.name);
    if (r->reg.bits < 64 && value >> r->reg.bits)
        return error_set(err, "%s has %u bits; %#llx does not fit", r->reg.name, r->reg.bits,
                         (unsigned long long)value);
    if (value == debug_reg_get(m, n))
        return true;
    m->twin_fresh = true;
    switch ((enum source)r->source) {
    case GENERAL: c->gpr[r->arg] = v; return true;
    case EIP:
        c->eip = v;
        c->undelivered = c->is_repeating = false;
        return true;
    case EFLAGS:
        if ((v ^ cpu_eflags(c)) & FLAG_VM)
            return error_set(err,
                             "EFLAGS.VM cannot be changed from outside: the segments would not "
                             "fit the mode");
        cpu_set_eflags(c, v);
        return true;
    case SELECTOR:
        if (!cpu_load_segment(c, r->arg, (uint16_t)v, &why))
            return refused(&r->reg, value, &why, err);
        return true;
    case CONTROL:
        if (!cpu_load_control(c, r->arg, v, &why))
            return refused(&r->reg, value, &why, err);
        return true;
    case GDTR_BASE: c->gdtr.base = v; return true;
    case GDTR_LIMIT: c->gdtr.limit = (uint16_t)v; return true;
    case IDTR_BASE: c->idtr.base = v; return true;
    case IDTR_LIMIT: c->idtr.limit = (uint16_t)v; return true;
    case DEBUG:
        c->dr[r->arg] = v;
        debug_update(c);
        return true;
    case X87: set_x87(&c->x87, r->arg, v); return true;
    case MODEL:
        return msr_write(c, r->arg, value) ||
               error_set(err, "%s does not take %#llx", r->reg.name, (unsigned long long)value);
    case BASE:
    case LIMIT:
    case ATTR:
    case CPL:
    case ICOUNT:
    case NOW: break;
    }
    return error_set(err, "%s cannot be written", r->reg.name);
}

void debug_fpu_get(const struct machine *m, unsigned i, uint8_t value[10])
{
    const struct x87 *x = &m->cpu.x87;
    const struct f80 *f = &x->reg[((x->sw >> 11) + i) & 7];
    memcpy(value, &f->m, 8);
    memcpy(value + 8, &f->se, 2);
}

void debug_fpu_set(struct machine *m, unsigned i, const uint8_t value[10])
{
    struct x87 *x = &m->cpu.x87;
    struct f80 *f = &x->reg[((x->sw >> 11) + i) & 7];
    memcpy(&f->m, value, 8);
    memcpy(&f->se, value + 8, 2);
    m->twin_fresh = true;
}
