/* SPDX-License-Identifier: MIT */
/*
 * generate.c - see generate.h. Registers and displacements are chosen after the instruction, so
 * that its memory operand lies at a place worth looking at, and operands are often boundary values,
 * selectors or addresses where the instruction makes use of one.
 *
 * A later instruction of a case is made for the registers of its start, which the earlier ones may
 * have changed by then. An instruction that leaves flags undefined is the last one.
 */
#include "tests/diff/generate.h"

#include "cpu/arch.h"
#include "cpu/opcodes.h"
#include "tests/diff/case.h"
#include "tests/diff/exclude.h"
#include "tests/diff/values.h"

#include <string.h>

struct maker {
    struct generator *g;
    struct experiment *x;
    bool code16;       /* CS.D is clear */
    uint32_t eip;      /* of the instruction being made */
    uint32_t aimed;    /* linear address of its memory operand */
    bool esp_is_taken; /* ESP was set for an operand */
};

/* The seed of one case: splitmix64 of both numbers. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t z = a * UINT64_C(0x9e3779b97f4a7c15) + b * UINT64_C(0xd1342543de82ef95) + 1;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return z ? z : 1;
}

/* ---- what there is ---- */

static unsigned rarity(unsigned row)
{
    const struct opcode *o = &opcodes[row];
    bool io = (row >= 0x6c && row <= 0x6f) || (row >= 0xe4 && row <= 0xe7) ||
              (row >= 0xec && row <= 0xef);
    if (io || (o->flags & OPC_CPL0))
        return 12;
    if (row == 0xcc || row == 0xcd || row == 0xf1 || row == 0xfa || row == 0xfb)
        return 6;
    if (row >= 0x70 && row <= 0x7f)
        return 4; /* and so many of them */
    return row >= MAP_0F + 0x80 && row < MAP_0F + 0x90 ? 4 : 1;
}

/* Adds the rows that a row leads to, or the row itself. */
static void add_forms(struct generator *g, unsigned row, struct form f)
{
    const struct opcode *o = &opcodes[row];
    f.row = (uint16_t)row;
    if (o->shape == S_GROUP || o->shape == S_SPLIT) {
        for (unsigned n = 0; n < (o->shape == S_SPLIT ? 16 : 8); n++) {
            f.reg = (int8_t)(n & 7);
            f.mem = o->shape == S_SPLIT ? n < 8 : -1;
            add_forms(g, o->group + n, f);
        }
    } else if (o->shape == S_BY_RM) {
        for (unsigned n = 0; n < 8; n++) {
            f.rm = (int8_t)n;
            f.mem = 0;
            add_forms(g, o->group + n, f);
        }
    } else if (!row_reason(row)) {
        f.one_in = (uint8_t)rarity(row);
        g->form[g->forms++] = f;
    }
}

void generator_init(struct generator *g, uint64_t seed)
{
    g->seed = seed;
    g->forms = 0;
    for (unsigned op = 0; op < 512; op++)
        add_forms(g, op,
                  (struct form){.op = (uint8_t)op, .two = op >> 8, .reg = -1, .rm = -1, .mem = -1});
}

void generator_pattern(uint64_t seed, uint8_t *window)
{
    struct generator g = {.random = mix(seed, 0)};
    for (unsigned at = 0; at < WIN_SIZE; at += 4) {
        uint32_t v = rnd(&g);
        memcpy(window + at, &v, 4);
    }
    memset(window + WIN_CODE, 0xcc, WIN_CODE_END - WIN_CODE);
}

/* ---- values ---- */

static uint16_t any_selector(struct generator *g)
{
    switch (below(g, 8)) {
    case 0: return (uint16_t)(rnd(g) | 4); /* an LDT selector, mostly beyond its limit */
    case 1: return (uint16_t)below(g, 4);  /* null */
    case 2: return (uint16_t)(SEL_DATA & (one_in(g, 3) ? ~3u : ~0u));
    case 3: return SEL_CODE;
    default: return (uint16_t)(SEL_LDT(below(g, LDT_USED + 1)) & (one_in(g, 8) ? ~3u : ~0u));
    }
}

/* A linear address that a memory operand can have. */
static uint32_t place(struct generator *g)
{
    unsigned r = below(g, 100);
    if (r < 45)
        return WIN + (below(g, 0x2000) & ~3u);
    if (r < 66)
        return WIN + below(g, 0x2000);
    if (r < 76)
        return WIN + 0x1000 - 1 - below(g, 9); /* across two pages */
    if (r < 80)
        return WIN + 0x2000 - 4 + below(g, 8); /* into the read-only page */
    if (r < 84)
        return WIN + WIN_READ_ONLY + below(g, PAGE);
    if (r < 87)
        return WIN + WIN_READ_ONLY + PAGE - 1 - below(g, 9); /* out of it */
    if (r < 90)
        return WIN + WIN_STACK + below(g, PAGE);
    if (r < 92)
        return WIN + WIN_STACK + below(g, 12) - 6;
    if (r < 94)
        return WIN + WIN_CODE + below(g, 0x2000);
    if (r < 97)
        return WIN + WIN_SIZE - below(g, 12); /* the end of 16 bits */
    return r < 98 ? WIN - 4 + below(g, 8) : r < 99 ? WIN + 0x800 + below(g, 8) : rnd(g);
}

static uint32_t base_of(uint16_t sel)
{
    unsigned n = sel >> 3;
    return (sel & 4) && n < LDT_USED ? ldt_table[n].base : 0;
}

static bool stack16(const struct experiment *x)
{
    uint16_t sel = x->start.sel[SS];
    return (sel & 4) && !ldt_table[sel >> 3].big;
}

static uint32_t code_target(struct maker *m, uint16_t cs)
{
    struct generator *g = m->g;
    uint32_t at = WIN + m->x->code_at - base_of(cs);
    if (one_in(g, 12))
        return value_any(g);
    return one_in(g, 4) ? WIN + WIN_CODE + below(g, 0x2000) - base_of(cs) : at + below(g, 60);
}

static void poke(struct maker *m, uint32_t lin, uint32_t v, unsigned size)
{
    struct experiment *x = m->x;
    uint32_t at = lin - WIN;
    if (x->pokes == POKES || at > WIN_SIZE - size)
        return;
    for (unsigned n = 0; n < size; n++) {
        if (!window_writable((at + n) / PAGE))
            return;
    }
    x->poke[x->pokes++] = (struct poke){.at = at, .value = v, .size = (uint8_t)size};
}

/* ---- aiming ---- */

static uint32_t reg32(const struct maker *m, unsigned offset)
{
    return offset == REG_NONE ? 0 : m->x->start.gpr[offset / 4];
}

static uint32_t effective(const struct maker *m, const struct insn *i)
{
    uint32_t off = reg32(m, i->base) + (reg32(m, i->index) << i->scale) + i->disp;
    return i->flags & INSN_AS32 ? off : off & 0xffff;
}

/* Makes register n such that the address moves by `by`. */
static void move_register(struct maker *m, unsigned n, uint32_t by, bool word)
{
    uint32_t *r = &m->x->start.gpr[n];
    *r = word ? (*r & 0xffff0000) | ((*r + by) & 0xffff) : *r + by;
    if (n == ESP)
        m->esp_is_taken = true;
}

/* The memory operand of the instruction at code; modrm: where that byte is, 0 if none. */
static void aim(struct maker *m, uint8_t *code, unsigned modrm, const struct insn *i)
{
    struct generator *g = m->g;
    uint32_t base = base_of(m->x->start.sel[i->seg]);
    uint32_t want = place(g), by = want - base - effective(m, i);
    unsigned size = i->flags & INSN_AS32 ? 4 : 2;
    if (!modrm) { /* moffs: the displacement ends the instruction */
        uint32_t v = i->disp + by;
        memcpy(code + i->len - size, &v, size);
        m->aimed = want;
        return;
    }
    unsigned mod = code[modrm] >> 6, at = modrm + 1;
    if (size == 4 && (code[modrm] & 7) == 4)
        at++;
    if (mod == 2 || (mod == 0 && i->base == REG_NONE)) {
        uint32_t v = i->disp + by;
        memcpy(code + at, &v, size);
    } else if (i->base != REG_NONE && i->base != i->index) {
        move_register(m, i->base / 4, by, size == 2);
    } else if (i->index != REG_NONE && i->base == REG_NONE) {
        move_register(m, i->index / 4, by >> i->scale, size == 2);
    }
    m->aimed = want;
}

/* ---- operands by kind of instruction ---- */

static void set_register(struct maker *m, unsigned offset, uint32_t v, unsigned size)
{
    memcpy((uint8_t *)m->x->start.gpr + offset, &v, size);
}

static void give_selector(struct maker *m, const struct insn *i, uint16_t sel)
{
    if (i->flags & INSN_MEM)
        poke(m, m->aimed, sel, 2);
    else
        set_register(m, i->rm, sel, 2);
}

static void give_pointer(struct maker *m, uint32_t lin, const struct insn *i, bool code)
{
    struct generator *g = m->g;
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    uint16_t sel = any_selector(g);
    if (code && !one_in(g, 3))
        sel = one_in(g, 2) ? m->x->start.sel[CS] : SEL_LDT(LDT_CODE + below(g, 3));
    poke(m, lin, code ? code_target(m, sel) : value_any(g), size);
    poke(m, lin + size, sel, 2);
}

static void give_strings(struct maker *m, const struct insn *i)
{
    struct generator *g = m->g;
    struct state *s = &m->x->start;
    s->gpr[ESI] = place(g) - base_of(s->sel[i->seg]);
    s->gpr[EDI] = one_in(g, 3) ? s->gpr[ESI] + below(g, 16) : place(g) - base_of(s->sel[ES]);
    s->gpr[ECX] = one_in(g, 20) ? value_any(g) : below(g, one_in(g, 20) ? 2000 : 24);
    if (!(i->flags & INSN_AS32) && one_in(g, 2))
        s->gpr[ECX] |= rnd(g) << 16;
    if (one_in(g, 2)) { /* for SCAS and CMPS: equal for a while */
        for (unsigned n = 0; n < 4; n++)
            poke(m, base_of(s->sel[ES]) + s->gpr[EDI] + 4 * n, s->gpr[EAX], 4);
    }
}

static uint32_t stack_top(const struct maker *m)
{
    const struct state *s = &m->x->start;
    return base_of(s->sel[SS]) + (stack16(m->x) ? s->gpr[ESP] & 0xffff : s->gpr[ESP]);
}

static uint32_t flags_value(struct generator *g)
{
    uint32_t f = rnd(g) & (FLAG_ARITH | FLAG_DF);
    if (one_in(g, 4))
        f |= rnd(g) & ~(uint32_t)(one_in(g, 2) ? FLAG_TF : 0);
    return f;
}

/* Values for what pops: return addresses, selectors, flags. */
static void give_stack(struct maker *m, const struct insn *i, const struct opcode *o)
{
    struct generator *g = m->g;
    uint32_t top = stack_top(m);
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    if (!strcmp(o->name, "ret"))
        poke(m, top, code_target(m, m->x->start.sel[CS]), size);
    else if (!strcmp(o->name, "retf"))
        give_pointer(m, top, i, true);
    else if (!strncmp(o->name, "iret", 4)) {
        give_pointer(m, top, i, true);
        poke(m, top + 2 * size, flags_value(g), size);
    } else if (!strncmp(o->name, "popf", 4))
        poke(m, top, flags_value(g), size);
    else if (o->src == Sz)
        poke(m, top - 2, 0, 2); /* see exclude_state */
    else if (o->dst == Sz)
        poke(m, top, any_selector(g) | rnd(g) << 16, size);
    else if (!strcmp(o->name, "leave"))
        m->x->start.gpr[EBP] = m->x->start.gpr[ESP] + 4 * below(g, 8);
    else if (!strcmp(o->name, "enter"))
        m->x->start.gpr[EBP] = m->x->start.gpr[ESP] + below(g, 80);
}

/* An operand of the x87 in memory. */
static void give_float(struct maker *m, enum operand kind)
{
    struct generator *g = m->g;
    uint8_t v[12];
    uint64_t f;
    for (unsigned n = 0; n < sizeof v; n += 4) {
        uint32_t word = value_any(g);
        memcpy(v + n, &word, 4);
    }
    if (kind == Mr4) {
        f = value_float(g, 8, 23);
        memcpy(v, &f, 8);
    } else if (kind == Mr8) {
        f = value_float(g, 11, 52);
        memcpy(v, &f, 8);
    } else if (kind == Mr10) {
        value_extended(g, v);
    } else if (kind == Mb10 && !one_in(g, 8)) {
        for (unsigned n = 0; n < 9; n++)
            v[n] = (uint8_t)(below(g, 10) << 4 | below(g, 10));
    }
    for (unsigned n = 0; n < sizeof v; n += 4) {
        uint32_t word;
        memcpy(&word, v + n, 4);
        poke(m, m->aimed + n, word, n == 8 ? 2 : 4);
    }
}

static bool named(const struct opcode *o, const char *name)
{
    return !strcmp(o->name, name);
}

static void give_operands(struct maker *m, uint8_t *code, const struct insn *i)
{
    struct generator *g = m->g;
    const struct opcode *o = &opcodes[i->row];
    bool mem = i->flags & INSN_MEM;
    give_stack(m, i, o);
    if (o->flags & OPC_STRING)
        give_strings(m, i);
    else if (named(o, "xlatb"))
        m->x->start.gpr[EBX] = place(g) - base_of(m->x->start.sel[i->seg]);
    else if (o->dst == Sw || named(o, "lar") || named(o, "lsl") || named(o, "verr") ||
             named(o, "verw") || named(o, "arpl"))
        give_selector(m, i, any_selector(g));
    else if (o->dst == Mp || o->src == Mp)
        give_pointer(m, m->aimed, i, o->dst == Mp);
    else if (i->row == G_FF + 2 || i->row == G_FF + 4) {
        uint32_t to = code_target(m, m->x->start.sel[CS]);
        if (mem)
            poke(m, m->aimed, to, i->size);
        else
            set_register(m, i->rm, to, i->size);
    } else if (o->dst == Ap) {
        uint16_t sel = one_in(g, 3) ? any_selector(g) : SEL_LDT(LDT_CODE + below(g, 3));
        uint32_t to = code_target(m, sel);
        unsigned size = i->flags & INSN_OS32 ? 4 : 2;
        memcpy(code + i->len - 2, &sel, 2);
        memcpy(code + i->len - 2 - size, &to, size);
    } else if (!strncmp(o->name, "bt", 2) && o->src == Gv) {
        set_register(m, i->reg, one_in(g, 4) ? value_any(g) : below(g, 2000) - 1000, i->size);
    } else if (mem && (o->flags & OPC_FPU)) {
        give_float(m, o->src);
    } else if (mem && one_in(g, 2)) {
        poke(m, m->aimed, value_any(g), 4);
    }
}

static void aim_branch(struct maker *m, uint8_t *code, const struct insn *i)
{
    struct generator *g = m->g;
    unsigned size = opcodes[i->row].dst == Jb ? 1 : i->flags & INSN_OS32 ? 4 : 2;
    uint32_t by = below(g, 60);
    if (one_in(g, 4))
        by = value_any(g);
    else if (one_in(g, 8))
        by = 0u - below(g, 60);
    memcpy(code + i->len - size, &by, size);
}

/* ---- instructions ---- */

static unsigned prefixes(struct maker *m, const struct form *f, uint8_t *code)
{
    static const uint8_t segments[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65};
    struct generator *g = m->g;
    const struct opcode *o = &opcodes[f->row];
    unsigned n = 0;
    if (one_in(g, 5))
        code[n++] = 0x66;
    if (one_in(g, 9))
        code[n++] = 0x67;
    if (one_in(g, 12))
        code[n++] = segments[below(g, sizeof segments)];
    if (one_in(g, o->flags & OPC_LOCK ? 12 : 300))
        code[n++] = 0xf0;
    if (one_in(g, o->flags & OPC_STRING ? 2 : f->two ? 100000 : 150))
        code[n++] = one_in(g, 2) ? 0xf2 : 0xf3;
    if (one_in(g, 500)) { /* too many */
        unsigned more = 4 + below(g, 10);
        while (n < more)
            code[n++] = 0x66;
    }
    return n;
}

/* One instruction for the registers of the start; its length, or 0 to try again. */
static unsigned make_insn(struct maker *m, uint8_t *code, struct insn *i)
{
    struct generator *g = m->g;
    const struct form *f = &g->form[below(g, g->forms)];
    uint8_t bytes[40];
    if (!one_in(g, f->one_in))
        return 0;
    unsigned n = prefixes(m, f, bytes), modrm;
    if (f->two)
        bytes[n++] = 0x0f;
    bytes[n++] = f->op;
    modrm = n;
    for (; n < sizeof bytes; n++)
        bytes[n] = (uint8_t)(one_in(g, 6) ? value_edge(g) : rnd(g));
    if (f->reg >= 0)
        bytes[modrm] = (uint8_t)((bytes[modrm] & 0xc7) | f->reg << 3);
    if (f->rm >= 0)
        bytes[modrm] = (uint8_t)((bytes[modrm] & 0xf8) | f->rm);
    if (f->mem == 0)
        bytes[modrm] |= 0xc0;
    else if (f->mem == 1 && bytes[modrm] >= 0xc0)
        bytes[modrm] = (uint8_t)((bytes[modrm] & 0x3f) | below(g, 3) << 6);
    enum decode_status status = decode(i, bytes, INSN_MAX_LENGTH, m->code16);
    if (i->row != f->row || exclude_form(i, bytes))
        return status == DECODE_LONG && i->len == INSN_MAX_LENGTH ? 15 : 0;
    const struct opcode *o = &opcodes[i->row];
    if (status == DECODE_OK) {
        bool moffs = o->dst == Ob || o->dst == Ov || o->src == Ob || o->src == Ov;
        if (o->dst == Jb || o->dst == Jv)
            aim_branch(m, bytes, i);
        else if (i->flags & INSN_MEM)
            aim(m, bytes, moffs ? 0 : modrm, i);
        (void)decode(i, bytes, INSN_MAX_LENGTH, m->code16);
        give_operands(m, bytes, i);
        (void)decode(i, bytes, INSN_MAX_LENGTH, m->code16);
        if (exclude_form(i, bytes))
            return 0;
    } else if (status == DECODE_UD && !one_in(g, 8)) {
        return 0;
    }
    memcpy(code, bytes, INSN_MAX_LENGTH);
    return i->len;
}

/* ---- cases ---- */

static uint16_t loadable(struct generator *g, unsigned seg)
{
    for (;;) {
        unsigned n = below(g, LDT_USED);
        const struct ldt_entry *l = &ldt_table[n];
        if (seg == CS ? l->loads_code : seg == SS ? l->loads_stack : l->loads_data)
            return SEL_LDT(n);
    }
}

static void choose_segments(struct generator *g, struct state *s)
{
    bool flat = !one_in(g, 3);
    for (unsigned n = 0; n < SEGS; n++)
        s->sel[n] = n == CS ? SEL_CODE : SEL_DATA;
    s->sel[FS] = one_in(g, 2) ? 0 : loadable(g, FS);
    for (unsigned n = 0; n < SEGS && !flat; n++) {
        if (one_in(g, n == CS ? 4 : 2))
            s->sel[n] = loadable(g, n);
        else if (n != CS && n != SS && one_in(g, 24))
            s->sel[n] = 0;
    }
}

static void choose_registers(struct generator *g, struct experiment *x)
{
    struct state *s = &x->start;
    for (unsigned n = 0; n < 8; n++)
        s->gpr[n] = one_in(g, 4) ? place(g) : value_any(g);
    uint32_t esp = WIN + WIN_STACK + (below(g, PAGE) & (one_in(g, 6) ? ~0u : ~3u));
    if (one_in(g, 10))
        esp = WIN + WIN_STACK + PAGE - below(g, 20);
    else if (one_in(g, 10))
        esp = WIN + WIN_STACK + below(g, 40);
    else if (one_in(g, 40))
        esp = place(g);
    s->gpr[ESP] = esp - base_of(s->sel[SS]);
    if (stack16(x) && one_in(g, 2))
        s->gpr[ESP] = (s->gpr[ESP] & 0xffff) | rnd(g) << 16;
    s->eflags = FLAG_1 | FLAG_IF | (rnd(g) & FLAG_ARITH) | (one_in(g, 5) ? FLAG_DF : 0);
    if (one_in(g, 40) && !stack16(x))
        s->eflags |= FLAG_TF;
    if (one_in(g, 60))
        s->eflags |= FLAG_NT;
    if (one_in(g, 16))
        s->eflags |= FLAG_AC;
    if (one_in(g, 60))
        s->eflags |= FLAG_ID;
    value_fpu(g, s->fpu);
}

static void choose_place(struct generator *g, struct experiment *x)
{
    x->code_at = WIN_CODE + 0x100 + below(g, 0x1000);
    if (one_in(g, 12))
        x->code_at = WIN_CODE + PAGE - 1 - below(g, 24); /* across two pages */
    else if (one_in(g, 24))
        x->code_at = WIN_CODE_END - 1 - below(g, 16); /* out of the code */
    x->start.eip = WIN + x->code_at - base_of(x->start.sel[CS]);
}

/* MOV to and from test registers is no instruction on the host: how many bytes of it are fetched
   is not told. */
static bool past_end(const struct experiment *x, const struct insn *i, unsigned n)
{
    const struct opcode *o = &opcodes[i->row];
    return (o->dst == Td || o->src == Td) && x->code_at + x->code_bytes + n > WIN_CODE_END;
}

void generator_make(struct generator *g, uint64_t number, struct experiment *x)
{
    struct maker m = {.g = g, .x = x};
    g->random = mix(g->seed, number + 1);
    x->number = number;
    x->code_bytes = 0;
    x->pokes = 0;
    choose_segments(g, &x->start);
    choose_registers(g, x);
    choose_place(g, x);
    uint16_t cs = x->start.sel[CS];
    m.code16 = (cs & 4) && !ldt_table[cs >> 3].big;
    unsigned insns = one_in(g, 3) ? 2 + below(g, 3) : 1;
    while (insns) {
        struct insn i;
        uint8_t code[INSN_MAX_LENGTH + 1];
        m.eip = x->start.eip + x->code_bytes;
        unsigned n = make_insn(&m, code, &i);
        if (!n || (i.row < OPCODE_ROWS && past_end(x, &i, n)))
            continue;
        memcpy(x->code + x->code_bytes, code, n);
        x->code_bytes += n;
        insns--;
        if (i.row < OPCODE_ROWS && opcodes[i.row].undef)
            break;
    }
    if (x->code_at + x->code_bytes > WIN_CODE_END)
        x->code_bytes = WIN_CODE_END - x->code_at;
}
