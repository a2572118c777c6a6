/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_handlers.c - the two layers of the engine against each other: random code through the
 * blocks and their specialised handlers, and through the reference executor, from the same state;
 * afterwards registers, flags, counts, faults and memory are the same. Stops in the middle of
 * blocks, page crossings, faults, permissions, self-modifying code, aliases, interrupts and
 * segments that are not flat are part of it (cpu_rig.h, cpu_code.h).
 *
 *     test_cpu_handlers [ERAS [SEED]]    an era is ROUNDS pieces of code in one address space
 *
 * That every handler which exists is also met, as a copy where there are copies, is checked; the last part changes one result and
 * expects the comparison to see it.
 */
#include "cpu/flags.h"
#include "tests/isa.h"
#include "tests/report.h"
#include "tests/unit/cpu_code.h"
#include "tests/unit/cpu_handlers.h"

#ifdef __SANITIZE_ADDRESS__
#define DEFAULT_ERAS 150u
#else
#define DEFAULT_ERAS 1500u
#endif
#define ROUNDS 100u
#define STEPS 200u /* at most, of the scout in a round */
#define INSNS 30u  /* at most, made for a round */
#define SHOWN 6u   /* mismatches that are explained */

struct bench {
    struct rig fast, plain;   /* the two layers */
    struct gen gen;           /* where code comes from */
    struct handlers handlers; /* those that exist */
    struct era era;
    struct start start;
    uint32_t string_at; /* where the last string instruction stored or looked */
    uint64_t insns;     /* executed by the plain layer */
    unsigned wrong;     /* mismatches */
};

/* ---- putting a state into a processor ---- */

/* What differs is stored as by a device: only the blocks that these bytes are in die. */
static void place_page(struct rig *r, const struct start *s, unsigned at)
{
    uint8_t *to = r->bus.ram + at;
    const uint8_t *from = s->image + at;
    unsigned first = 0, end = PAGE_SIZE;
    if (!memcmp(to, from, PAGE_SIZE))
        return;
    while (to[first] == from[first])
        first++;
    while (to[end - 1] == from[end - 1])
        end--;
    memcpy(to + first, from + first, end - first);
    if (r->bus.page_flags[at >> 12] & PAGE_CODE)
        (void)engine_invalidate(r->cpu.engine, at + first, end - first);
}

/* The era's page tables again, if the code of the last round changed more than A and D. */
static void place_tables(struct rig *r, const struct era *e)
{
    uint32_t changed = 0;
    for (unsigned n = 0; n < 16; n++)
        changed |= host_get(r->bus.ram + RIG_PT + 4 * n, 4) ^ e->pte[n];
    if (!(changed & ~(uint32_t)(PTE_A | PTE_D)))
        return;
    for (unsigned n = 0; n < 16; n++)
        host_put(r->bus.ram + RIG_PT + 4 * n, e->pte[n], 4);
    mmu_set_cr3(&r->cpu.mmu, RIG_PD);
}

/* Registers, tags and masks out of the memory's random bytes. */
static void place_x87(struct cpu *c, const uint8_t *data)
{
    struct x87 *f = &c->x87;
    x87_reset(c);
    for (unsigned n = 0; n < 8; n++) {
        memcpy(&f->reg[n].m, data + 16 * n, 8);
        f->reg[n].se = (uint16_t)(data[16 * n + 8] << 7);
    }
    f->full = data[9] & 1 ? 0x7f : data[10];
    f->cw = (uint16_t)(data[11] & 3 ? 0x37f : 0x340 | (data[12] & 0x3f));
    c->cr0 |= data[13] & 1 && c->model->level > 3 ? CR0_NE : 0;
}

static void place(struct rig *r, const struct era *e, const struct start *s)
{
    struct cpu *c = &r->cpu;
    for (unsigned at = 0; at < RIG_IMAGE; at += PAGE_SIZE)
        place_page(r, s, at);
    place_tables(r, e);
    memcpy(c->gpr, s->gpr, sizeof s->gpr);
    c->cr0 = c->model->cr0_fixed | CR0_PE | (e->wp ? CR0_WP : 0) | (e->paging ? CR0_PG : 0);
    if (c->mmu.paging != e->paging || c->mmu.wp != e->wp)
        mmu_set_cr0(&c->mmu, e->paging, e->wp);
    if (c->mmu.cr3 != RIG_PD)
        mmu_set_cr3(&c->mmu, RIG_PD);
    c->cr2 = 0;
    c->cpl = e->user ? 3 : 0;
    c->gdtr = (struct dtable){.base = 0, .limit = 8 * GDT_ENTRIES - 1};
    c->idtr = (struct dtable){.base = RIG_IDT, .limit = 8 * 0x21 - 1};
    c->ldtr = (struct seg){.sel = 0};
    c->tr = (struct seg){.sel = 8 * GDT_TSS, .attr = 0x8b, .base = RIG_TSS, .limit = 0x67};
    for (unsigned n = 0; n < SEGS; n++) {
        struct desc d = {.lo = host_get(s->image + 8 * e->sel[n], 4),
                         .hi = host_get(s->image + 8 * e->sel[n] + 4, 4)};
        seg_from_desc(&c->seg[n], (uint16_t)(8 * e->sel[n] + c->cpl), &d);
    }
    place_x87(c, s->image + RIG_DATA);
    c->eip = s->eip;
    cpu_set_eflags(c, s->eflags);
    c->halted = c->shutdown = c->intr = c->nmi = c->nmi_blocked = c->stepping = false;
    memset(c->dr, 0, sizeof c->dr); /* with a breakpoint armed no block is executed any more */
    debug_update(c);
    c->inhibit = INHIBIT_NONE;
    c->attention = 0;
    c->ahead = 0;
    c->icount = 0;
    c->time_base = r->clock.now = 0;
    c->delivering = -1;
    memset(&c->fault, 0, sizeof c->fault);
    cpu_update_mode(c);
}

static void run(struct rig *r, const struct start *s, uint64_t until)
{
    enum cpu_stop stop = CPU_LIMIT;
    if (s->interrupt && s->interrupt < until) {
        stop = cpu_run(&r->cpu, s->interrupt);
        if (stop == CPU_LIMIT)
            cpu_set_intr(&r->cpu, true);
    }
    if (stop == CPU_LIMIT)
        (void)cpu_run(&r->cpu, until);
}

/* ---- comparing ---- */

/* Not the bytes between a register's sixteen bits and the next register. */
static bool same_x87(const struct x87 *a, const struct x87 *b)
{
    for (unsigned n = 0; n < 8; n++) {
        if (a->reg[n].m != b->reg[n].m || a->reg[n].se != b->reg[n].se)
            return false;
    }
    return a->full == b->full && a->ferr == b->ferr && a->ignne == b->ignne && a->cw == b->cw &&
           a->sw == b->sw && a->fop == b->fop && a->fcs == b->fcs && a->fds == b->fds &&
           a->fip == b->fip && a->fdp == b->fdp;
}

static const char *compare(const struct rig *x, const struct rig *y)
{
    const struct cpu *a = &x->cpu, *b = &y->cpu;
    if (memcmp(a->gpr, b->gpr, sizeof a->gpr) != 0)
        return "registers";
    if (a->eip != b->eip)
        return "EIP";
    if (cpu_eflags(a) != cpu_eflags(b))
        return "EFLAGS";
    if (a->icount != b->icount)
        return "instruction count";
    if (a->cpl != b->cpl || a->halted != b->halted || a->shutdown != b->shutdown ||
        a->inhibit != b->inhibit || a->intr != b->intr || a->mode != b->mode)
        return "processor state";
    if (a->cr0 != b->cr0 || a->cr2 != b->cr2 || a->mmu.cr3 != b->mmu.cr3)
        return "control registers";
    for (unsigned n = 0; n < SEGS; n++) {
        if (a->seg[n].sel != b->seg[n].sel || a->seg[n].base != b->seg[n].base ||
            a->seg[n].limit != b->seg[n].limit || a->seg[n].attr != b->seg[n].attr)
            return "segments";
    }
    if (a->fault.vector != b->fault.vector || a->fault.code != b->fault.code ||
        a->fault.why != b->fault.why)
        return "fault";
    if (a->mmu.stats.walks != b->mmu.stats.walks || a->mmu.stats.faults != b->mmu.stats.faults)
        return "page walks";
    if (!same_x87(&a->x87, &b->x87))
        return "x87";
    return memcmp(x->bus.ram, y->bus.ram, RIG_PT + PAGE_SIZE) ? "memory" : NULL;
}

static void show_state(const char *name, const struct cpu *c)
{
    printf("     %-6s", name);
    for (unsigned n = 0; n < 8; n++)
        printf(" %08x", c->gpr[n]);
    printf("\n            eip %08x flags %08x count %llu fault %02x:%x cr2 %08x%s\n", c->eip,
           cpu_eflags(c), (unsigned long long)c->icount, c->fault.vector, c->fault.code, c->cr2,
           c->halted ? " halted" : "");
    const struct x87 *f = &c->x87;
    printf("            x87 cw %04x sw %04x full %02x last %03x %04x:%08x %04x:%08x\n", f->cw,
           f->sw, f->full, f->fop, f->fcs, f->fip, f->fds, f->fdp);
}

static void show_memory(const struct rig *x, const struct rig *y)
{
    unsigned shown = 0;
    for (unsigned at = 0; at < RIG_PT + PAGE_SIZE && shown < 8; at++) {
        if (x->bus.ram[at] != y->bus.ram[at] && shown++ < 8)
            printf("            %05x: plain %02x fast %02x\n", at, x->bus.ram[at], y->bus.ram[at]);
    }
}

static void begin(struct rig *r, const struct era *e)
{
    rig_begin(r, e);
    mmu_set_cr3(&r->cpu.mmu, RIG_PD);
}

/* Runs both again for one instruction, two, ... and shows where they part. */
static void explain(struct bench *b, const char *what)
{
    const struct start *s = &b->start;
    printf("FAIL %s differ%s: mode %02x cpl %u paging %d wp %d\n", what, what[0] == 'E' ? "s" : "",
           b->plain.cpu.mode, b->era.user ? 3 : 0, b->era.paging, b->era.wp);
    show_state("plain", &b->plain.cpu);
    show_state("fast", &b->fast.cpu);
    show_memory(&b->plain, &b->fast);
    uint64_t most = b->plain.cpu.icount + 2;
    for (uint64_t n = 1; n <= most; n++) {
        begin(&b->plain, &b->era);
        begin(&b->fast, &b->era);
        place(&b->plain, &b->era, s);
        place(&b->fast, &b->era, s);
        if (n > 1)
            run(&b->plain, s, n - 1);
        uint32_t eip = b->plain.cpu.eip;
        struct insn i;
        char text[96] = "";
        (void)decode(&i, b->plain.bus.ram + (eip & 0xffff), INSN_MAX_LENGTH,
                     !(b->plain.cpu.mode & MODE_CODE32));
        (void)disasm(text, sizeof text, &i, eip);
        run(&b->plain, s, n);
        run(&b->fast, s, n);
        const char *bad = compare(&b->plain, &b->fast);
        printf("     %3llu %08x %s%s%s\n", (unsigned long long)n, eip, text, bad ? " <- " : "",
               bad ? bad : "");
        if (bad) {
            show_state("plain", &b->plain.cpu);
            show_state("fast", &b->fast.cpu);
            show_memory(&b->plain, &b->fast);
            return;
        }
    }
    printf("     not with cold caches, stopping after every count\n");
}

/* ---- making eras and rounds ---- */

/* Mostly flat ones. */
static void new_segments(struct gen *g, struct era *e)
{
    unsigned data = e->user ? GDT_DATA3 : GDT_DATA0;
    for (unsigned n = 0; n < SEGS; n++)
        e->sel[n] = (uint8_t)data;
    e->sel[CS] = e->user ? GDT_CODE3 : GDT_CODE0;
    switch (gen_below(g, 14)) {
    case 0: e->sel[CS] = e->user ? GDT_CODE3_16 : GDT_CODE0_16; break;
    case 1: e->sel[SS] = e->user ? GDT_STACK3_16 : GDT_STACK0_16; break;
    case 2: e->sel[DS] = GDT_BASED; break;
    case 3: e->sel[ES] = GDT_BASED; break;
    case 4: e->sel[DS] = GDT_READ_ONLY; break;
    case 5: e->sel[DS] = GDT_DOWN; break;
    case 6: e->sel[CS] = e->user ? GDT_CODE3_SHORT : GDT_CODE0_SHORT; break;
    default: break;
    }
    e->sel[FS] = (uint8_t)(gen_one_in(g, 2) ? GDT_BASED : data);
}

static void new_era(struct bench *b)
{
    struct gen *g = &b->gen;
    struct era *e = &b->era;
    e->user = gen_one_in(g, 2);
    e->paging = !gen_one_in(g, 4);
    e->wp = gen_one_in(g, 2);
    new_segments(g, e);
    for (unsigned n = 0; n < 16; n++)
        e->pte[n] = n << 12 | PTE_P | PTE_RW | PTE_US;
    for (unsigned n = 2; n < 8; n++) {
        unsigned r = gen_below(g, 12);
        e->pte[n] &= r == 0   ? ~(uint32_t)PTE_P
                     : r == 1 ? ~(uint32_t)PTE_RW
                     : r == 2 ? ~(uint32_t)PTE_US
                              : UINT32_MAX;
    }
    if (gen_one_in(g, 4))
        e->pte[8] &= ~(uint32_t)PTE_RW;
    e->pte[0] &= ~(uint32_t)PTE_US;
    e->pte[1] &= ~(uint32_t)PTE_US;
    e->pte[11] = (e->pte[8] & 0xfff) | PTE_RW | RIG_CODE;
    e->pte[12] = RIG_PT | PTE_P | PTE_RW | (gen_one_in(g, 2) ? PTE_US : 0);
    e->pte[13] = 0;
    e->iret = gen_one_in(g, 2) ? RIG_IRET : RIG_CODE + 0xff0;
    memset(b->start.image, 0, sizeof b->start.image);
    rig_system(b->start.image, e);
    begin(&b->fast, e);
    begin(&b->plain, e);
    begin(&g->scout, e);
}

static void new_start(struct bench *b)
{
    struct gen *g = &b->gen;
    struct start *s = &b->start;
    for (unsigned at = RIG_DATA; at < RIG_IMAGE; at += 4)
        host_put(s->image + at, gen_random(g), 4);
    for (unsigned n = 0; n < 600; n++)
        host_put(s->image + RIG_DATA + 4 * gen_below(g, 0x1800), gen_value(g, RIG_CODE + 0x100), 4);
    memset(g->used, 0, sizeof g->used);
    if (b->era.iret >= RIG_CODE) {
        s->image[b->era.iret] = 0xcf;
        g->used[b->era.iret - RIG_CODE] = true;
    }
    s->eip = RIG_CODE + (gen_one_in(g, 4) ? 0xfb0 + gen_below(g, 0x40) : gen_below(g, 0xf00));
    for (unsigned n = 0; n < 8; n++)
        s->gpr[n] = gen_value(g, s->eip);
    s->gpr[ESP] = RIG_DATA + 0x100 + gen_below(g, 0x5000);
    if (!gen_one_in(g, 4))
        s->gpr[ESP] &= ~3u;
    s->eflags = gen_random(g) & (FLAG_ARITH | FLAG_IF);
    if (gen_one_in(g, 4))
        s->eflags |= FLAG_DF;
    if (gen_one_in(g, 40))
        s->eflags |= FLAG_TF;
    if (gen_one_in(g, 6))
        s->eflags |= gen_random(g) & FLAG_IOPL;
    s->interrupt = 0;
}

/* Puts code at the scout's EIP; false if there is no room for it. */
static bool emit(struct bench *b, const uint8_t *code, unsigned len)
{
    struct gen *g = &b->gen;
    uint32_t at = g->scout.cpu.eip;
    if (at + len > RIG_CODE_END)
        return false;
    for (unsigned n = 0; n < len; n++) {
        if (g->used[at - RIG_CODE + n])
            return false;
    }
    memcpy(g->scout.bus.ram + at, code, len);
    memcpy(b->start.image + at, code, len);
    memset(g->used + (at - RIG_CODE), true, len);
    return true;
}

/* MOV r32, imm32: brings something useful into a register. */
static bool emit_load(struct bench *b)
{
    struct gen *g = &b->gen;
    const struct cpu *c = &g->scout.cpu;
    unsigned n = 0, reg = gen_below(g, 8);
    uint8_t code[8];
    uint32_t v = gen_value(g, c->eip);
    if (c->gpr[ESP] - RIG_DATA >= RIG_CODE - RIG_DATA || reg == ESP) {
        reg = ESP;
        v = RIG_DATA + 0x100 + gen_below(g, 0x5000);
    }
    if (!(c->mode & MODE_CODE32))
        code[n++] = 0x66;
    code[n++] = (uint8_t)(0xb8 + reg);
    host_put(code + n, v, 4);
    return emit(b, code, n + 4);
}

/* MOV dword [page table], imm32: a page goes, moves or changes its rights, perhaps this one. */
static bool emit_remap(struct bench *b)
{
    struct gen *g = &b->gen;
    uint32_t page = 2 + gen_below(g, 10), to = gen_one_in(g, 2) ? page : 2 + gen_below(g, 9);
    uint8_t code[10] = {0xc7, 0x05};
    host_put(code + 2, RIG_TABLES + 4 * page, 4);
    host_put(code + 6, to << 12 | (gen_one_in(g, 8) ? gen_below(g, 128) : 7), 4);
    return emit(b, code, sizeof code);
}

/* More instructions in a row than a block holds. */
static bool emit_sled(struct bench *b)
{
    uint8_t code[100];
    for (unsigned n = 0; n < sizeof code; n++)
        code[n] = (uint8_t)(0x40 | (gen_random(&b->gen) & 0xb)); /* INC, DEC; never ESP */
    return emit(b, code, 50 + gen_below(&b->gen, 50));
}

/* Code for a handler that was not met often yet. */
static bool emit_sample(struct bench *b)
{
    struct gen *g = &b->gen;
    struct handlers *h = &b->handlers;
    unsigned k = gen_below(g, h->n), tries = 0;
    while (h->met[k] >= FEW && tries++ < h->n)
        k = (k + 1) % h->n;
    if (h->met[k] >= FEW)
        return false;
    uint8_t code[sizeof h->sample[k].code];
    struct insn i;
    memcpy(code, h->sample[k].code, sizeof code);
    (void)decode(&i, code, INSN_MAX_LENGTH, false);
    unsigned modrm = 1;
    while (memchr("\x64\x66\x67", code[modrm - 1], 3))
        modrm++; /* a prefix */
    modrm += code[modrm - 1] == 0x0f;
    if ((i.flags & INSN_MEM) && i.modrm && !gen_aim(g, code, modrm, &i, g->scout.cpu.eip))
        return false;
    return emit(b, code, h->sample[k].len);
}

/* A string instruction whose registers mean something: short, perhaps where the last one was (so that
   there is something equal), perhaps overlapping. */
static bool emit_string(struct bench *b)
{
    struct gen *g = &b->gen;
    static const uint8_t op[] = {0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf};
    uint32_t eip = g->scout.cpu.eip;
    uint32_t to = gen_one_in(g, 3) ? b->string_at : gen_address(g, eip), from = gen_address(g, eip);
    unsigned n = 0;
    uint8_t code[24];
    if (gen_one_in(g, 2))
        from = to - 40 + gen_below(g, 80);
    if (gen_one_in(g, 8))
        from = to;
    code[n++] = 0xb8 + ESI;
    host_put(code + n, from, 4);
    code[n + 4] = 0xb8 + EDI;
    host_put(code + n + 5, to, 4);
    code[n + 9] = 0xb8 + ECX;
    host_put(code + n + 10, gen_one_in(g, 8) ? gen_below(g, 1500) : gen_below(g, 70), 4);
    n += 14;
    if (!gen_one_in(g, 4))
        code[n++] = gen_one_in(g, 2) ? 0xf2 : 0xf3;
    if (gen_one_in(g, 4))
        code[n++] = 0x66;
    code[n++] = op[gen_below(g, sizeof op)];
    b->string_at = to;
    return emit(b, code, n);
}

static bool emit_insn(struct bench *b)
{
    struct gen *g = &b->gen;
    const struct cpu *c = &g->scout.cpu;
    bool lost = c->gpr[ESP] - RIG_DATA >= RIG_CODE - RIG_DATA;
    if (gen_one_in(g, lost ? 2 : 5))
        return emit_load(b);
    if (b->era.paging && (c->mode & MODE_CODE32) && gen_one_in(g, 40))
        return emit_remap(b);
    if (gen_one_in(g, 300))
        return emit_sled(b);
    if ((c->mode & MODE_CODE32) && gen_one_in(g, 25) && emit_string(b))
        return true;
    if ((c->mode & MODE_CODE32) && gen_one_in(g, 4) && emit_sample(b))
        return true;
    uint8_t code[INSN_MAX_LENGTH + 2];
    struct insn i;
    unsigned len = 0;
    for (unsigned n = 0; n < 100 && !len; n++)
        len = gen_insn(g, c->eip, code, &i);
    return len && emit(b, code, len);
}

/* Writes code while the scout executes it. */
static void new_code(struct bench *b)
{
    struct rig *scout = &b->gen.scout;
    place(scout, &b->era, &b->start);
    unsigned made = 0;
    for (unsigned n = 0; n < STEPS && made < INSNS; n++) {
        uint32_t at = scout->cpu.eip - RIG_CODE;
        if (scout->cpu.halted || scout->cpu.shutdown || at >= RIG_CODE_END - RIG_CODE)
            break;
        bool empty = !b->gen.used[at];
        if (empty && !emit_insn(b))
            break;
        made += empty;
        (void)cpu_run(&scout->cpu, scout->cpu.icount + 1);
    }
}

static const char *run_both(struct bench *b)
{
    place(&b->plain, &b->era, &b->start);
    place(&b->fast, &b->era, &b->start);
    run(&b->plain, &b->start, b->start.until);
    run(&b->fast, &b->start, b->start.until);
    b->insns += b->plain.cpu.icount;
    return compare(&b->plain, &b->fast);
}

static void round_of(struct bench *b)
{
    struct gen *g = &b->gen;
    new_start(b);
    new_code(b);
    unsigned most = (unsigned)g->scout.cpu.icount + 1;
    if (gen_one_in(g, 16)) {
        mmu_set_cr3(&b->plain.cpu.mmu, RIG_PD);
        mmu_set_cr3(&b->fast.cpu.mmu, RIG_PD);
    }
    struct era era = b->era;
    /* Cold, then with blocks, links and translations from before; often to the end. */
    for (unsigned n = 0; n < 3; n++) {
        b->start.until = gen_one_in(g, 3) ? 1 + gen_below(g, most) : most + gen_below(g, 60);
        if (gen_one_in(g, 6))
            b->start.interrupt = 1 + gen_below(g, most);
        if (n == 2 && gen_one_in(g, 4))
            new_segments(g, &b->era); /* the same code in another mode */
        const char *bad = run_both(b);
        if (b->fast.cpu.engine->hot <= 1)
            note_blocks(&b->handlers, b->fast.cpu.engine);
        if (!bad)
            continue;
        if (b->wrong++ < SHOWN)
            explain(b, bad);
        begin(&b->fast, &b->era);
        begin(&b->plain, &b->era);
        break;
    }
    b->era = era;
}

/* ---- checks ---- */

static void check_handlers(struct handlers *h)
{
    CHECK(h->n > 2000 && h->n < HANDLERS, "%u handlers exist", h->n);
    for (unsigned n = 0; n < h->n; n++)
        CHECK(h->met[n] > 10, "a handler of row %03x (%s) was met %llu times", h->row[n],
              opcodes[h->row[n]].name, (unsigned long long)h->met[n]);
}

static void check_planted(struct bench *b)
{
    CHECK(!compare(&b->plain, &b->fast), "equal to begin with");
    b->fast.cpu.gpr[EBX] ^= 0x100;
    CHECK(compare(&b->plain, &b->fast), "a wrong register is seen");
    b->fast.cpu.gpr[EBX] ^= 0x100;
    uint64_t old = b->fast.cpu.aux;
    flags_set_cf(&b->fast.cpu, !flag_cf(b->fast.cpu.res, old));
    CHECK(compare(&b->plain, &b->fast), "a wrong flag is seen");
    b->fast.cpu.aux = old;
    b->fast.bus.ram[RIG_CODE - 1] ^= 1;
    CHECK(compare(&b->plain, &b->fast), "a wrong byte is seen");
    b->fast.bus.ram[RIG_CODE - 1] ^= 1;
    CHECK(!compare(&b->plain, &b->fast), "equal in the end");
}

/* Do handlers have copies (splice.h) from the first time on, or as in a machine? */
static void copy_at_once(struct engine *e, bool once)
{
    if (e->splice)
        e->hot = once ? 1 : 2;
}

int main(int argc, char **argv)
{
    static struct bench b;
    static struct isa_counts counts;
    unsigned long eras = argc > 1 ? strtoul(argv[1], NULL, 0) : DEFAULT_ERAS;
    bool ok = rig_init(&b.fast, true, 6) && rig_init(&b.plain, false, 6) &&
              rig_init(&b.gen.scout, false, 6);
    CHECK(ok, "memory for three processors");
    if (!ok)
        return report_end();
    gen_init(&b.gen, argc > 2 ? strtoull(argv[2], NULL, 0) : UINT64_C(0x3860486));
    find_handlers(&b.handlers);
    b.plain.cpu.row_count = counts.row;
    for (unsigned long n = 0; n < eras && b.wrong < SHOWN; n++) {
        new_era(&b);
        copy_at_once(b.fast.cpu.engine, n % 4 != 0);
        for (unsigned k = 0; k < ROUNDS; k++)
            round_of(&b);
    }
    CHECK(b.wrong == 0, "%u of %lu pieces of code end differently", b.wrong, eras * ROUNDS);
    CHECK(b.insns > eras * ROUNDS * 10, "%llu instructions", (unsigned long long)b.insns);
    const struct engine_stats *st = engine_stats(b.fast.cpu.engine);
    CHECK(st->killed > eras && st->blocks > eras * ROUNDS, "%llu blocks",
          (unsigned long long)st->blocks);
    CHECK(st->patched > 50, "%llu records patched", (unsigned long long)st->patched);
    CHECK(st->steps < b.insns / 2, "%llu instructions in blocks",
          (unsigned long long)(b.insns - st->steps));
    CHECK(isa_write(&counts, "handlers"), "cannot write the recording");
    check_handlers(&b.handlers);
    if (!b.wrong)
        check_planted(&b);
    printf("%llu instructions, %llu of them stepped, %llu blocks\n", (unsigned long long)b.insns,
           (unsigned long long)st->steps, (unsigned long long)st->blocks);
    rig_fini(&b.fast);
    rig_fini(&b.plain);
    rig_fini(&b.gen.scout);
    return report_end();
}
