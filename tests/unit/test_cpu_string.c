/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_string.c - string instructions over many elements, beside a model that does one element
 * after the other as SDM vol. 2 writes them down: every width, both directions, stretches that overlap
 * or lie alike, pages that are neighbours in memory and pages that are not, elements across two
 * pages, a run that is cut in two.
 *
 *     test_cpu_string [SEED] [ROUNDS]
 */
#include "tests/unit/cpu_one.h"

#include <stdlib.h>

enum {
    AREA = 0x10000, /* linear */
    FRAMES = 0x14000,
    PAGES = 12,
    AREA_SIZE = PAGES * PAGE_SIZE,
};

enum kind { MOVS, CMPS, STOS, LODS, SCAS, KINDS };

struct string_case {
    enum kind kind;
    unsigned size;
    enum { ALONE, REP, REPNE } prefix;
    bool down, dense; /* dense: few different bytes */
    uint32_t esi, edi, eax, count;
};

struct model {
    uint8_t area[AREA_SIZE];
    uint32_t esi, edi, eax, ecx, flags, done;
};

static uint64_t state;
static struct rig rig;
static struct model model;
static unsigned frame_of[PAGES];

static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state * UINT64_C(0x2545f4914f6cdd1d) >> 32) * n >> 32);
}

static uint32_t get(uint32_t lin, unsigned size)
{
    uint32_t v = 0;
    for (unsigned n = 0; n < size; n++)
        v |= (uint32_t)model.area[lin - AREA + n] << 8 * n;
    return v;
}

static void put(uint32_t lin, uint32_t v, unsigned size)
{
    for (unsigned n = 0; n < size; n++)
        model.area[lin - AREA + n] = (uint8_t)(v >> 8 * n);
}

static uint32_t flags_of(uint32_t a, uint32_t b, unsigned size)
{
    uint32_t sign = UINT32_C(1) << (8 * size - 1), mask = sign | (sign - 1), r = (a - b) & mask;
    uint32_t parity = r & 0xff;
    parity ^= parity >> 4;
    parity ^= parity >> 2;
    parity ^= parity >> 1;
    return (a < b ? FLAG_CF : 0) | (parity & 1 ? 0 : FLAG_PF) | ((a ^ b ^ r) & 0x10 ? FLAG_AF : 0) |
           (r ? 0 : FLAG_ZF) | (r & sign ? FLAG_SF : 0) | ((a ^ b) & (a ^ r) & sign ? FLAG_OF : 0);
}

/* One element; false: REPE or REPNE ends here. */
static bool model_step(const struct string_case *s)
{
    uint32_t by = s->down ? 0u - s->size : s->size;
    uint32_t mask = UINT32_MAX >> (32 - 8 * s->size), a = model.eax & mask, b = 0;
    if (s->kind == MOVS)
        put(model.edi, get(model.esi, s->size), s->size);
    else if (s->kind == STOS)
        put(model.edi, a, s->size);
    else if (s->kind == LODS)
        model.eax = (model.eax & ~mask) | get(model.esi, s->size);
    else
        b = get(model.edi, s->size);
    if (s->kind == CMPS)
        a = get(model.esi, s->size);
    if (s->kind != STOS && s->kind != SCAS)
        model.esi += by;
    if (s->kind != LODS)
        model.edi += by;
    model.done++;
    if (s->kind != CMPS && s->kind != SCAS)
        return true;
    model.flags = flags_of(a, b, s->size);
    return (a == b) == (s->prefix == REP);
}

static void model_run(const struct string_case *s)
{
    model.esi = s->esi;
    model.edi = s->edi;
    model.eax = s->eax;
    model.ecx = s->count;
    model.done = 0;
    if (s->prefix == ALONE) {
        (void)model_step(s);
        return;
    }
    while (model.ecx) {
        model.ecx--;
        if (!model_step(s))
            break;
    }
}

/* Where n elements from the answer on, in string direction, are all in the area. */
static uint32_t place(const struct string_case *s, uint32_t n)
{
    uint32_t bytes = n * s->size, low = below(AREA_SIZE - bytes + 1);
    if (below(3) == 0 && low > PAGE_SIZE) /* one of its ends is near that of a page */
        low = (low & ~PAGE_OFFSET_MASK) - (below(2) ? bytes % PAGE_SIZE : 0) + below(12) - 6;
    if (low > AREA_SIZE - bytes)
        low = AREA_SIZE - bytes;
    return AREA + low + (s->down ? bytes - s->size : 0);
}

static uint32_t clamp(const struct string_case *s, uint32_t n, uint32_t lin)
{
    uint32_t bytes = n * s->size, low = lin - (s->down ? bytes - s->size : 0);
    if (low - AREA > AREA_SIZE - bytes)
        return place(s, n);
    return lin;
}

static struct string_case choose(void)
{
    static const uint32_t at_most[] = {3, 20, 70, 300, 1100, 5000, 9000};
    struct string_case s = {.kind = (enum kind)below(KINDS),
                            .size = 1u << below(3),
                            .prefix = below(8) ? REP + below(2) : ALONE,
                            .down = below(2),
                            .dense = below(2)};
    if (s.prefix != ALONE && below(4)) /* so that it goes on for long */
        s.prefix = s.dense ? REP : REPNE;
    s.count = below(at_most[below(ARRAY_LEN(at_most))]);
    uint32_t n = s.prefix == ALONE || !s.count ? 1 : s.count;
    s.esi = place(&s, n);
    s.edi = place(&s, n);
    switch (below(4)) {
    case 0: s.edi = clamp(&s, n, s.esi + below(24) - 8); break;
    case 1: s.edi = clamp(&s, n, s.esi + below(2 * PAGE_SIZE) - PAGE_SIZE); break;
    case 2: s.edi = clamp(&s, n, (s.edi & ~PAGE_OFFSET_MASK) | (s.esi & PAGE_OFFSET_MASK)); break;
    default: break;
    }
    s.eax = s.dense ? UINT32_C(0x01010101) * below(3) : below(UINT32_MAX);
    return s;
}

/* What is in memory: equal for long, or different for long. */
static void fill(const struct string_case *s)
{
    uint8_t most = (uint8_t)below(3);
    for (uint32_t n = 0; n < AREA_SIZE; n++)
        model.area[n] = s->dense ? most : (uint8_t)(n * 7 + (n >> 8));
    for (unsigned n = below(8); n--;)
        model.area[below(AREA_SIZE)] = (uint8_t)below(3);
    if (below(2) && s->kind == SCAS) /* what is looked for, somewhere */
        put(AREA + below(AREA_SIZE - 4), s->eax, s->size);
    for (unsigned n = 0; n < PAGES; n++)
        memcpy(rig.bus.ram + frame_of[n], model.area + n * PAGE_SIZE, PAGE_SIZE);
}

static void load(const struct string_case *s)
{
    static const uint8_t op[KINDS] = {
        [MOVS] = 0xa4, [CMPS] = 0xa6, [STOS] = 0xaa, [LODS] = 0xac, [SCAS] = 0xae};
    uint8_t *code = rig.bus.ram + RIG_CODE;
    unsigned n = 0;
    if (s->prefix != ALONE)
        code[n++] = s->prefix == REP ? 0xf3 : 0xf2;
    if (s->size == 2)
        code[n++] = 0x66;
    code[n++] = (uint8_t)(op[s->kind] + (s->size > 1));
    code[n] = 0xeb; /* JMP to itself */
    code[n + 1] = 0xfe;
    if (rig.cpu.engine)
        engine_flush(rig.cpu.engine);
    rig.cpu.eip = RIG_CODE;
    cpu_set_eflags(&rig.cpu, s->down ? FLAG_DF : 0);
    rig.cpu.gpr[ESI] = s->esi;
    rig.cpu.gpr[EDI] = s->edi;
    rig.cpu.gpr[EAX] = s->eax;
    rig.cpu.gpr[ECX] = s->count;
}

static bool memory_is_right(void)
{
    for (unsigned n = 0; n < PAGES; n++)
        if (memcmp(rig.bus.ram + frame_of[n], model.area + n * PAGE_SIZE, PAGE_SIZE) != 0)
            return false;
    return true;
}

static void one_case(void)
{
    static const char *const name[KINDS] = {"movs", "cmps", "stos", "lods", "scas"};
    static const char *const prefix[] = {"", "rep ", "repne "};
    const uint32_t arithmetic = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF;
    struct string_case s = choose();
    struct cpu *c = &rig.cpu;
    fill(&s);
    load(&s);
    model.flags = cpu_eflags(c) & arithmetic;
    model_run(&s);
    /* Often more is allowed than is needed: the rest is the JMP. */
    uint64_t begin = c->icount, end = begin + (model.done ? model.done : 1);
    if (below(4) == 0 && end - begin > 1)
        cpu_run(c, begin + 1 + below((uint32_t)(end - begin)));
    end += below(2) ? s.count + 10 : 0;
    if (c->icount < end)
        cpu_run(c, end);
    bool right = memory_is_right() && c->icount == end && c->gpr[ESI] == model.esi &&
                 c->gpr[EDI] == model.edi && c->gpr[EAX] == model.eax && c->gpr[ECX] == model.ecx &&
                 (cpu_eflags(c) & arithmetic) == model.flags && rig.bus.ram[c->eip] == 0xeb;
    CHECK(right,
          "%s%s, %u bytes, %s, ECX %u ESI %x EDI %x EAX %x: ECX %u ESI %x EDI %x EAX %x flags %x "
          "at %x; must be "
          "%u %x %x %x %x, memory %s",
          prefix[s.prefix], name[s.kind], s.size, s.down ? "down" : "up", s.count, s.esi, s.edi,
          s.eax, c->gpr[ECX], c->gpr[ESI], c->gpr[EDI], c->gpr[EAX], cpu_eflags(c) & arithmetic,
          c->eip, model.ecx, model.esi, model.edi, model.eax, model.flags,
          memory_is_right() ? "right" : "wrong");
}

/* scattered: the area's pages in disorder. */
static void begin(bool user, bool scattered)
{
    one_begin(&rig, user);
    rig_put(rig.bus.ram + RIG_PD, RIG_PT | PTE_P | PTE_RW | PTE_US, 4);
    for (unsigned n = 0; n < PAGES; n++)
        frame_of[n] = FRAMES + (scattered ? (n * 5 + 3) % PAGES : n) * PAGE_SIZE;
    for (unsigned n = 0; n < AREA / PAGE_SIZE; n++)
        rig_put(rig.bus.ram + RIG_PT + 4 * n, n * PAGE_SIZE | PTE_P | PTE_RW | PTE_US, 4);
    for (unsigned n = 0; n < PAGES; n++)
        rig_put(rig.bus.ram + RIG_PT + AREA / PAGE_SIZE * 4 + 4 * n,
                frame_of[n] | PTE_P | PTE_RW | PTE_US, 4);
    mmu_set_cr0(&rig.cpu.mmu, true, true);
    mmu_set_cr3(&rig.cpu.mmu, RIG_PD);
    if (rig.cpu.engine)
        engine_flush(rig.cpu.engine);
}

/* A limit in the middle of a page, far behind the first: whole elements up to there, then #GP. */
static void test_limit(bool source)
{
    for (unsigned size = 1; size <= 4; size *= 2) {
        struct string_case s = {.kind = MOVS, .size = size, .prefix = REP, .count = 9000 / size};
        struct cpu *c = &rig.cpu;
        struct seg *seg = &c->seg[source ? DS : ES];
        uint32_t done = 5001 / size;
        s.esi = AREA + (source ? 1 : 24000);
        s.edi = AREA + (source ? 24000 : 1);
        fill(&s);
        load(&s);
        uint32_t limit = seg->limit;
        seg->limit = AREA + 5001;
        seg_update(seg);
        cpu_update_mode(c);
        uint64_t before = c->deliveries;
        cpu_run(c, c->icount + s.count);
        CHECK(c->deliveries == before + 1 && c->delivery[before % DELIVERIES].vector == EXC_GP,
              "#GP at the limit of %s, by %u bytes", source ? "DS" : "ES", size);
        CHECK(c->gpr[ECX] == s.count - done && c->gpr[ESI] == s.esi + done * size &&
                  c->gpr[EDI] == s.edi + done * size,
              "all whole elements were moved, by %u bytes: ECX %u of %u", size, c->gpr[ECX],
              s.count);
        model.esi = s.esi;
        model.edi = s.edi;
        while (done--)
            (void)model_step(&s);
        CHECK(memory_is_right(), "and nothing more");
        seg->limit = limit;
        seg_update(seg);
        cpu_update_mode(c);
        c->halted = false;
    }
}

int main(int argc, char **argv)
{
    state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 0) : 5000;
    for (unsigned n = 0; n < 8; n++) {
        CHECK(rig_init(&rig, n & 1, 6), "memory");
        begin(n & 2, n & 4);
        for (unsigned round = 0; round < rounds; round++)
            one_case();
        if (!(n & 2)) { /* at CPL 0, which the #GP does not leave */
            test_limit(true);
            test_limit(false);
        }
        rig_fini(&rig);
    }
    return report_end();
}
