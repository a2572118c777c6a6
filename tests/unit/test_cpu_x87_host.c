/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_x87_host.c - x87 and MMX instructions against the host's own processor: from the same
 * random state (registers of every class, empty ones, any TOP, rounding, precision and masks) the
 * same bytes are executed here and there, between FRSTOR and FNSAVE. Afterwards registers, tags,
 * control and status word, memory, EAX and the arithmetic flags are the same.
 *
 *     test_cpu_x87_host [COUNT [SEED]]
 *
 * Not compared: instruction and operand pointers (processors differ in when they keep them) and
 * what the manual leaves undefined. Faults and pending exceptions are the guest tests' business.
 * The last part plants differences. On a host without an x87 nothing is run.
 */
#define _DEFAULT_SOURCE
#include "cpu/flags.h"
#include "tests/report.h"
#include "tests/unit/cpu_rig.h"

#include "cpu/opcodes.h"
#include "cpu/x87.h"

#if defined(__x86_64__)

#include <stdlib.h>
#include <sys/mman.h>

#define DEFAULT_COUNT 400000ul
#define SHOWN 12u
#define MEM 128u

struct state {
    struct x87 x87;   /* registers in the order of ST(i) in `st` */
    struct f80 st[8]; /* the same by stack order */
    uint16_t tags;    /* full tag word */
    uint32_t eax, eflags;
    uint8_t mem[MEM]; /* what EDI points to */
};

struct bench {
    struct rig rig;
    uint64_t random;           /* state of the generator */
    uint8_t *page;             /* code for the host */
    uint64_t met[OPCODE_ROWS]; /* how often a row was compared */
    uint64_t bad[OPCODE_ROWS]; /* how often it differed */
    unsigned wrong;
};

/* The 108 bytes of FNSAVE, by name. */
struct image {
    uint32_t cw, sw, tags, ip, cs, dp, ds;
    uint8_t st[8][10];
};

static uint64_t next_random(struct bench *b)
{
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    return b->random * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(struct bench *b, unsigned n)
{
    return (unsigned)((next_random(b) >> 32) * n >> 32);
}

/* ---- values ---- */

static uint64_t any_significand(struct bench *b)
{
    uint64_t r = next_random(b);
    switch (below(b, 8)) {
    case 0: return UINT64_C(1) << 63;
    case 1: return UINT64_MAX;
    case 2: return r | UINT64_C(1) << 63 | UINT64_C(1) << 62;
    case 3: return r & UINT64_C(0xffffff0000000000);
    case 4: return (r & UINT64_C(0xfffffffffffff800)) | UINT64_C(0x400);
    case 5: return UINT64_C(1) << below(b, 64);
    case 6: return r >> below(b, 64);
    default: return r | UINT64_C(1) << 63;
    }
}

static struct f80 value(struct bench *b)
{
    struct f80 v = {.m = any_significand(b)};
    unsigned e;
    switch (below(b, 10)) {
    case 0: e = 0; break;
    case 1: e = 0x7fff; break;
    case 2: e = below(b, 0x8000); break;
    case 3: e = 1 + below(b, 70); break;
    case 4: e = 0x7ffe - below(b, 70); break;
    case 5: e = 16383 - 1040 + below(b, 100); break;
    case 6: e = 16383 + 1000 + below(b, 40); break;
    case 7: e = 16383 + (below(b, 2) ? 127 : -126) - 30 + below(b, 60); break;
    default: e = 16383 - 70 + below(b, 140); break;
    }
    if (e && e < 0x7fff && below(b, 40))
        v.m |= UINT64_C(1) << 63;
    if (!below(b, 12))
        v.m = 0, e = 0;
    v.se = (uint16_t)(e | (below(b, 2) << 15));
    return v;
}

static uint16_t control(struct bench *b)
{
    static const uint16_t precision[] = {0x000, 0x200, 0x300, 0x300};
    uint16_t cw = (uint16_t)(precision[below(b, 4)] | below(b, 4) << 10 | 0x40);
    return (uint16_t)(cw | (below(b, 2) ? 0x3f : below(b, 0x40)));
}

static void new_state(struct bench *b, struct state *s)
{
    struct x87 *f = &s->x87;
    memset(s, 0, sizeof *s);
    for (unsigned n = 0; n < 8; n++)
        s->st[n] = value(b);
    if (!below(b, 4))
        s->st[1] = s->st[0];
    if (!below(b, 8))
        s->st[1].se = (uint16_t)(s->st[0].se + below(b, 5) - 2);
    f->full = (uint8_t)(below(b, 3) ? 0x7f : below(b, 256));
    unsigned top = below(b, 8);
    f->full = (uint8_t)(f->full << top | f->full >> (8 - top));
    f->cw = control(b);
    f->sw = (uint16_t)(below(b, 0x10000) & (0x4740 | (f->cw & 0x3f)));
    f->sw = (uint16_t)((f->sw & ~0x3800u) | top << 11);
    for (unsigned n = 0; n < 8; n++)
        f->reg[(top + n) & 7] = s->st[n];
    s->eax = (uint32_t)next_random(b);
    s->eflags = (uint32_t)next_random(b) & FLAG_ARITH;
    for (unsigned n = 0; n < MEM; n += 8) {
        uint64_t r = next_random(b);
        memcpy(s->mem + n, &r, 8);
    }
}

/* Bytes that mean something as the operand of this row. */
static void new_operand(struct bench *b, struct state *s, enum operand o)
{
    struct f80 v = value(b), out;
    const struct f80 none = {0};
    uint64_t edge[] = {0, 1, UINT64_C(1) << 63, UINT64_MAX, 0x7f800001, 0x00400000, 0x80000000};
    switch (o) {
    case Mr4:
    case Mr8:
        out = f80_run(o == Mr4 ? F80_TO_F32 : F80_TO_F64, F80_REG, v, none, 0x37f).v;
        if (!below(b, 6))
            out.m = edge[below(b, ARRAY_LEN(edge))];
        if (!below(b, 8))
            out.m = o == Mr4 ? (next_random(b) & 0x807fffff) | (below(b, 2) ? 0x7f800000 : 0)
                             : (next_random(b) & UINT64_C(0x800fffffffffffff)) |
                                   (below(b, 2) ? UINT64_C(0x7ff0000000000000) : 0);
        memcpy(s->mem, &out.m, 8);
        break;
    case Mr10:
        memcpy(s->mem, &v.m, 8);
        memcpy(s->mem + 8, &v.se, 2);
        break;
    case Mb10:
        for (unsigned n = 0; n < 9; n++)
            s->mem[n] = (uint8_t)(below(b, 10) | below(b, 10) << 4);
        break;
    case Mi2:
    case Mi4:
    case Mi8:
        if (!below(b, 3))
            memcpy(s->mem, &edge[below(b, ARRAY_LEN(edge))], 8);
        break;
    default: break;
    }
}

/* ---- the two processors ---- */

static uint16_t tags_of(const struct x87 *f)
{
    unsigned tags = 0;
    for (unsigned n = 0; n < 8; n++) {
        enum f80_class k = f80_classify(f->reg[n]);
        tags |= (!(f->full >> n & 1) ? 3u
                 : k == F80_NORMAL   ? 0u
                 : k == F80_ZERO     ? 1u
                                     : 2u)
                << (2 * n);
    }
    return (uint16_t)tags;
}

static void run_host(struct bench *b, struct state *s, const uint8_t *insn, unsigned len)
{
    struct image save, load;
    uint64_t rax = s->eax, flags = s->eflags | 2;
    memset(&load, 0xff, sizeof load);
    load.cw = s->x87.cw;
    load.sw = s->x87.sw;
    load.tags = tags_of(&s->x87);
    for (unsigned n = 0; n < 8; n++) {
        memcpy(load.st[n], &s->st[n].m, 8);
        memcpy(load.st[n] + 8, &s->st[n].se, 2);
    }
    static const uint8_t before[] = {0xdd, 0x26}, after[] = {0xdd, 0x32, 0xc3};
    memcpy(b->page, before, 2); /* frstor [rsi] */
    memcpy(b->page + 2, insn, len);
    memcpy(b->page + 2 + len, after, 3); /* fnsave [rdx]; ret */
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %[flags]\n\tpopfq\n\tcall *%[code]\n\t"
                     "pushfq\n\tpop %[flags]\n\tlea 128(%%rsp), %%rsp\n\tcld"
                     : "+a"(rax), [flags] "+r"(flags)
                     : [code] "c"(b->page), "S"(&load), "D"(s->mem), "d"(&save)
                     : "memory", "cc", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)",
                       "st(7)");
    s->eax = (uint32_t)rax;
    s->eflags = (uint32_t)flags & FLAG_ARITH;
    s->x87.cw = (uint16_t)save.cw;
    s->x87.sw = (uint16_t)save.sw;
    s->tags = (uint16_t)save.tags;
    for (unsigned n = 0; n < 8; n++) {
        s->st[n] = (struct f80){0};
        memcpy(&s->st[n].m, save.st[n], 8);
        memcpy(&s->st[n].se, save.st[n] + 8, 2);
    }
}

static void run_here(struct bench *b, struct state *s, const uint8_t *insn, unsigned len)
{
    struct cpu *c = &b->rig.cpu;
    uint8_t *ram = b->rig.bus.ram;
    memcpy(ram + RIG_CODE, insn, len);
    memcpy(ram + RIG_DATA, s->mem, MEM);
    c->eip = RIG_CODE;
    c->gpr[EAX] = s->eax;
    c->gpr[EDI] = RIG_DATA;
    c->fault.why = WHY_NONE;
    cpu_set_eflags(c, s->eflags);
    bool ferr = c->x87.ferr;
    c->x87 = s->x87;
    c->x87.ferr = ferr;
    (void)cpu_run(c, c->icount + 1);
    memcpy(s->mem, ram + RIG_DATA, MEM);
    s->eax = c->gpr[EAX];
    s->eflags = cpu_eflags(c) & FLAG_ARITH;
    s->x87 = c->x87;
    s->tags = tags_of(&c->x87);
    for (unsigned n = 0; n < 8; n++)
        s->st[n] = c->x87.reg[((c->x87.sw >> 11 & 7u) + n) & 7];
}

/* Status bits on which processors differ: C1 after FCOMI is 0 in Intel's manual and stays in AMD's
   processors. */
static uint16_t varying(const char *name)
{
    return strstr(name, "comi") ? SW_C1 : 0;
}

static const char *compare(const struct state *x, const struct state *y, const struct insn *i)
{
    const char *name = opcodes[i->row].name;
    for (unsigned n = 0; n < 8; n++) {
        if (x->st[n].m != y->st[n].m || x->st[n].se != y->st[n].se)
            return "register";
    }
    if (x->tags != y->tags)
        return "tags";
    if (x->x87.cw != y->x87.cw)
        return "control word";
    if ((x->x87.sw ^ y->x87.sw) & ~varying(name))
        return "status word";
    if (x->eax != y->eax)
        return "EAX";
    if (x->eflags != y->eflags)
        return "flags";
    bool env = !strcmp(name, "fnstenv") || !strcmp(name, "fnsave");
    for (unsigned n = 0; n < MEM; n++) {
        if (x->mem[n] != y->mem[n] && !(env && n >= 12 && n < 28))
            return "memory";
    }
    return NULL;
}

static void show_state(const char *who, const struct state *s)
{
    printf("     %-5s cw %04x sw %04x tags %04x eax %08x flags %03x mem", who, s->x87.cw, s->x87.sw,
           s->tags, s->eax, s->eflags);
    for (unsigned n = 10; n-- > 0;)
        printf("%s%02x", n == 9 ? " " : "", s->mem[n]);
    printf("\n          ");
    for (unsigned n = 0; n < 8; n++)
        printf(" %04x:%016llx%s", s->st[n].se, (unsigned long long)s->st[n].m,
               n == 3 ? "\n          " : "");
    printf("\n");
}

/* ---- rounds ---- */

static bool is_mmx(unsigned row)
{
    return (opcodes[row].flags & OPC_BARE) && row < G_0FAE;
}

/* A random instruction: ESC or MMX, ModRM for [EDI] or registers. */
static bool new_insn(struct bench *b, uint8_t code[4], struct insn *i)
{
    unsigned modrm = below(b, 2) ? 0xc0 + below(b, 64) : below(b, 8) << 3 | 7, n = 0;
    bool mmx = !below(b, 3);
    if (mmx)
        code[n++] = 0x0f;
    code[n++] = (uint8_t)(mmx ? below(b, 256) : 0xd8 + below(b, 8));
    code[n++] = (uint8_t)modrm;
    code[n] = (uint8_t)(below(b, 2) ? below(b, 70) : 0x90);
    code[3] = n < 3 ? 0x90 : code[3];
    if (decode(i, code, 4, false) != DECODE_OK)
        return false;
    /* The host's other registers are not ours. */
    bool movd = i->row == MAP_0F + 0x6e || i->row == MAP_0F + 0x7e;
    bool other = movd && !(i->flags & INSN_MEM) && (modrm & 7) != EAX;
    return mmx ? is_mmx(i->row) && !other : i->row >= G_ESC;
}

static void round_of(struct bench *b)
{
    uint8_t code[4];
    struct insn i;
    struct state start, host, here;
    if (!new_insn(b, code, &i))
        return;
    new_state(b, &start);
    const struct opcode *o = &opcodes[i.row];
    if (i.flags & INSN_MEM)
        new_operand(b, &start, o->src ? o->src : o->dst);
    if (is_mmx(i.row) && below(b, 2)) /* shift counts that do not shift everything out */
        start.mem[0] = start.mem[0] & 63, memset(start.mem + 1, 0, 7);
    host = here = start;
    run_host(b, &host, code, i.len);
    run_here(b, &here, code, i.len);
    b->met[i.row]++;
    const char *bad = compare(&here, &host, &i);
    if (!bad)
        return;
    if (b->bad[i.row]++ < 3 && b->wrong++ < SHOWN) {
        char text[64];
        (void)disasm(text, sizeof text, &i, 0);
        printf("FAIL %s: %s (%02x %02x %02x)\n", text, bad, code[0], code[1], code[2]);
        start.tags = tags_of(&start.x87);
        show_state("start", &start);
        show_state("host", &host);
        show_state("here", &here);
    }
}

static void check_planted(void)
{
    struct insn i = {.row = G_ESC};
    struct state x, y;
    memset(&x, 0, sizeof x);
    y = x;
    CHECK(!compare(&x, &y, &i), "equal to begin with");
    y.st[3].m ^= 1;
    CHECK(compare(&x, &y, &i), "a wrong significand is seen");
    y = x;
    y.x87.sw ^= SW_C1;
    CHECK(compare(&x, &y, &i), "a wrong status bit is seen");
    y = x;
    y.mem[9] ^= 0x80;
    CHECK(compare(&x, &y, &i), "a wrong byte is seen");
}

int main(int argc, char **argv)
{
    static struct bench b;
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 0) : DEFAULT_COUNT;
    b.random = argc > 2 ? strtoull(argv[2], NULL, 0) : UINT64_C(0x387387);
    b.page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool ok = b.page != MAP_FAILED && rig_init(&b.rig, false, 6);
    CHECK(ok, "a processor and a page for code");
    if (!ok)
        return report_end();
    cpu_reset(&b.rig.cpu);
    cpu_enter_flat32(&b.rig.cpu, RIG_CODE);
    b.rig.cpu.cr0 |= CR0_NE;
    for (unsigned long n = 0; n < count; n++)
        round_of(&b);
    for (unsigned n = 0; n < OPCODE_ROWS; n++) {
        if (!is_mmx(n) && (n < G_ESC || n >= G_0F71 || !opcodes[n].body))
            continue;
        CHECK(!b.bad[n], "row %03x (%s) differs in %llu of %llu", n, opcodes[n].name,
              (unsigned long long)b.bad[n], (unsigned long long)b.met[n]);
        CHECK(b.met[n] * 40000 >= count, "row %03x (%s) was met %llu times", n, opcodes[n].name,
              (unsigned long long)b.met[n]);
    }
    check_planted();
    rig_fini(&b.rig);
    return report_end();
}

#else

int main(void)
{
    printf("the host has no x87: nothing to compare with\n");
    return report_end();
}

#endif
