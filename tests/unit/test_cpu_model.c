/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_model.c - the processor models: which instruction, EFLAGS bit, CR0 and CR4 bit, register
 * and CPUID leaf each of them has, and the state after RESET. The expectations are from Intel's
 * manuals of the four processors (and SDM vol. 3, chapter 22), not from model.c.
 */
#include "tests/isa.h"
#include "tests/unit/cpu_one.h"

enum { M386 = 3, M486, M586, M686, MODELS };

/* A 486 that kept the flags was taken for a Cyrix by Linux. */
static void test_division_flags(struct rig *r, unsigned model)
{
    static const uint8_t divisions[][2] = {{0xf6, 0xf3}, {0xf7, 0xf3}, {0xf6, 0xfb}, {0xf7, 0xfb}};
    for (unsigned n = 0; n < ARRAY_LEN(divisions); n++) {
        one_begin(r, false);
        r->cpu.gpr[EAX] = 5;
        r->cpu.gpr[EBX] = 2;
        cpu_set_eflags(&r->cpu, 0);
        int v = one_run(r, divisions[n], 2);
        bool kept = cpu_eflags(&r->cpu) == 2;
        CHECK(v == -1 && kept == (model >= M586), "%u86: division %u keeps the flags: %d", model, n,
              kept);
    }
}

static void test_instructions(struct rig *r, unsigned model)
{
    static const struct {
        const char *name;
        uint8_t first, last; /* models that have it */
        uint8_t n, code[8];
    } rows[] = {
        {"bswap eax", M486, M686, 2, {0x0f, 0xc8}},
        {"xadd [ebx], al", M486, M686, 3, {0x0f, 0xc0, 0x03}},
        {"lock xadd [ebx], eax", M486, M686, 4, {0xf0, 0x0f, 0xc1, 0x03}},
        {"cmpxchg [ebx], al", M486, M686, 3, {0x0f, 0xb0, 0x03}},
        {"cmpxchg [ebx], eax", M486, M686, 3, {0x0f, 0xb1, 0x03}},
        {"invd", M486, M686, 2, {0x0f, 0x08}},
        {"wbinvd", M486, M686, 2, {0x0f, 0x09}},
        {"invlpg [ebx]", M486, M686, 3, {0x0f, 0x01, 0x3b}},
        {"cmpxchg8b [ebx]", M586, M686, 3, {0x0f, 0xc7, 0x0b}},
        {"lock cmpxchg8b [ebx]", M586, M686, 4, {0xf0, 0x0f, 0xc7, 0x0b}},
        {"cmpxchg8b ebx", 9, 9, 3, {0x0f, 0xc7, 0xcb}},
        {"lock cmpxchg8b ebx", 9, 9, 4, {0xf0, 0x0f, 0xc7, 0xcb}},
        {"cpuid", M486, M686, 2, {0x0f, 0xa2}},
        {"rdtsc", M586, M686, 2, {0x0f, 0x31}},
        {"rdmsr", M586, M686, 2, {0x0f, 0x32}},
        {"wrmsr", M586, M686, 2, {0x0f, 0x30}},
        {"mov eax, cr4", M486, M686, 3, {0x0f, 0x20, 0xe0}},
        {"mov cr4, eax", M486, M686, 3, {0x0f, 0x22, 0xe0}},
        {"rdpmc", M686, M686, 2, {0x0f, 0x33}},
        {"cmovc eax, ebx", M686, M686, 3, {0x0f, 0x42, 0xc3}},
        {"cmovnz eax, [ebx]", M686, M686, 3, {0x0f, 0x45, 0x03}},
        {"nop [ebx]", M686, M686, 3, {0x0f, 0x1f, 0x03}},
        {"nop ebx", M686, M686, 3, {0x0f, 0x1f, 0xc3}},
        {"sysenter", M686, M686, 2, {0x0f, 0x34}},
        {"sysexit", M686, M686, 2, {0x0f, 0x35}},
        {"ud2", 9, 9, 2, {0x0f, 0x0b}},
        {"mov tr6, eax", M386, M486, 3, {0x0f, 0x26, 0xf0}},
        {"mov eax, tr7", M386, M486, 3, {0x0f, 0x24, 0xf8}},
        {"mov eax, tr3", M486, M486, 3, {0x0f, 0x24, 0xd8}},
        {"mov eax, cr1", 9, 9, 3, {0x0f, 0x20, 0xc8}},
        {"mov dr0, eax", M386, M686, 3, {0x0f, 0x23, 0xc0}},
        {"mov eax, dr7", M386, M686, 3, {0x0f, 0x21, 0xf8}},
        {"salc", M386, M686, 1, {0xd6}},
        {"lock add eax, ebx", 9, 9, 3, {0xf0, 0x01, 0xd8}},
        {"lock mov [ebx], eax", 9, 9, 3, {0xf0, 0x89, 0x03}},
        {"lock cmp [ebx], eax", 9, 9, 3, {0xf0, 0x39, 0x03}},
        {"lock add [ebx], eax", M386, M686, 3, {0xf0, 0x01, 0x03}},
    };
    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        bool has = rows[n].first <= model && model <= rows[n].last;
        one_begin(r, false);
        int v = one_run(r, rows[n].code, rows[n].n);
        /* SYSENTER and SYSEXIT without their selector are #GP, not #UD. */
        CHECK((v == EXC_UD) == !has, "%s on model %u: vector %d", rows[n].name, model, v);
    }
}

static void test_eflags(struct rig *r, unsigned model)
{
    struct cpu *c = &r->cpu;
    uint32_t want = 0x7fd7; /* all that a 386 can change, and bit 1 */
    if (model >= M486)
        want |= 1 << 18 | 1 << 21;
    one_begin(r, false);
    rig_put(r->bus.ram + c->gpr[ESP], 0xffffffff & ~(uint32_t)FLAG_TF, 4);
    CHECK(RUN(r, 0x9d) == -1, "POPFD");
    uint32_t got = cpu_eflags(c) | FLAG_TF;
    CHECK(got == want, "EFLAGS bits of model %u: %08x, not %08x", model, got, want);
    CHECK(RUN(r, 0x9c) == -1, "PUSHFD");
    uint32_t pushed = host_get(r->bus.ram + c->gpr[ESP], 4);
    CHECK((pushed | FLAG_TF) == want, "PUSHFD of model %u: %08x", model, pushed);
}

static void test_cr0(struct rig *r, unsigned model)
{
    static const uint32_t want[MODELS] = {
        [M386] = 0x0000000f, [M486] = 0x6005003f, [M586] = 0x6005003f, [M686] = 0x6005003f};
    struct cpu *c = &r->cpu;
    one_begin(r, false);
    c->gpr[EAX] = 0x7fffffff;
    CHECK(RUN(r, 0x0f, 0x22, 0xc0) == -1, "MOV CR0");
    CHECK((c->cr0 & ~(model == M386 ? 0x10u : 0u)) == want[model], "CR0 of model %u: %08x", model,
          c->cr0);
    c->gpr[EAX] = 0x20000001; /* NW without CD */
    int v = RUN(r, 0x0f, 0x22, 0xc0);
    CHECK(v == (model >= M486 ? EXC_GP : -1), "NW without CD on model %u: %d", model, v);
    one_begin(r, false);
    c->gpr[EAX] = 0x80000000;
    CHECK(RUN(r, 0x0f, 0x22, 0xc0) == EXC_GP, "PG without PE on model %u", model);
    one_begin(r, false);
    c->gpr[EAX] = 0x12345fff;
    RUN(r, 0x0f, 0x22, 0xd8);
    uint32_t cr3 = model == M386 ? 0x12345000 : model == M686 ? 0x12345ff8 : 0x12345018;
    CHECK(c->mmu.cr3 == cr3, "CR3 of model %u: %08x", model, c->mmu.cr3);
}

/* Every CR4 bit that the model never had is #GP; CR4 is then as before. */
static void test_cr4(struct rig *r, unsigned model)
{
    static const uint32_t had[MODELS] = {[M486] = 0x003, [M586] = 0x05f, [M686] = 0x3ff};
    struct cpu *c = &r->cpu;
    if (model < M486)
        return;
    for (unsigned n = 0; n < 32; n++) {
        one_begin(r, false);
        c->gpr[EAX] = UINT32_C(1) << n;
        int v = RUN(r, 0x0f, 0x22, 0xe0);
        bool set = c->cr4 == c->gpr[EAX];
        CHECK((v == -1 && set) || (v == EXC_GP && c->cr4 == 0), "CR4 bit %u: %d %08x", n, v,
              c->cr4);
        if (!(had[model] >> n & 1))
            CHECK(v == EXC_GP, "CR4 bit %u does not exist on model %u", n, model);
        else if (n <= 3 || n == 6 || n == 8)
            CHECK(v == -1, "CR4 bit %u of model %u", n, model);
    }
}

static void cpuid(struct rig *r, uint32_t leaf, uint32_t out[4])
{
    struct cpu *c = &r->cpu;
    one_begin(r, false);
    c->gpr[EAX] = leaf;
    RUN(r, 0x0f, 0xa2);
    memcpy(out, c->gpr, 16); /* EAX ECX EDX EBX */
}

static void test_cpuid(struct rig *r, unsigned model)
{
    static const uint32_t never[MODELS] = {
        [M486] = ~UINT32_C(3), [M586] = ~UINT32_C(0x3bf), [M686] = ~UINT32_C(0x183fbff)};
    static const uint32_t always[MODELS] = {[M486] = 3, [M586] = 0x1b6, [M686] = 0x1d9b6};
    uint32_t o[4], top[4];
    if (model < M486)
        return;
    cpuid(r, 0, o);
    CHECK(o[0] == (model <= M586 ? 1u : 2u), "highest leaf: %u", o[0]);
    CHECK(o[3] == 0x756e6547 && o[2] == 0x49656e69 && o[1] == 0x6c65746e, "GenuineIntel");
    cpuid(r, 1, o);
    CHECK((o[0] >> 8 & 15) == model && o[0] >> 12 == 0, "family: %08x", o[0]);
    CHECK(o[0] == r->cpu.model->reset_edx, "signature");
    CHECK(o[3] == 0 && o[1] == 0, "leaf 1: EBX %08x ECX %08x", o[3], o[1]);
    CHECK(!(o[2] & never[model]), "features of model %u: %08x", model, o[2]);
    CHECK((o[2] & always[model]) == always[model], "features of model %u: %08x", model, o[2]);
    cpuid(r, model <= M586 ? 1 : 2, top);
    CHECK(model <= M586 || (top[0] & 0xff) == 1, "leaf 2 is to be read once: %08x", top[0]);
    static const uint32_t above[] = {3, 4, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff};
    for (unsigned n = 0; n < ARRAY_LEN(above); n++) {
        cpuid(r, above[n], o);
        CHECK(memcmp(o, top, sizeof o) == 0, "leaf %08x is as the highest", above[n]);
    }
    one_begin(r, true);
    CHECK(RUN(r, 0x0f, 0xa2) == -1, "CPUID at CPL 3");
}

/* What CPUID announces must be there, and what it does not announce must not. */
static void test_features(struct rig *r, unsigned model)
{
    struct cpu *c = &r->cpu;
    uint32_t o[4];
    static const struct {
        uint32_t feature, cr4;
    } pairs[] = {{CPUID_VME, CR4_VME}, {CPUID_DE, CR4_DE},      {CPUID_PSE, CR4_PSE},
                 {CPUID_TSC, CR4_TSD}, {CPUID_MCE, CR4_MCE},    {CPUID_PAE, CR4_PAE},
                 {CPUID_PGE, CR4_PGE}, {CPUID_FXSR, CR4_OSFXSR}};
    if (model < M486)
        return;
    cpuid(r, 1, o);
    for (unsigned n = 0; n < ARRAY_LEN(pairs); n++) {
        one_begin(r, false);
        c->gpr[EAX] = pairs[n].cr4;
        int v = RUN(r, 0x0f, 0x22, 0xe0);
        CHECK((v == -1) == !!(o[2] & pairs[n].feature), "CR4 bits %x and features %08x agree",
              pairs[n].cr4, o[2]);
    }
    if (model < M586)
        return;
    static const struct {
        uint32_t feature, msr;
    } with[] = {{CPUID_TSC, 0x10},   {CPUID_APIC, 0x1b}, {CPUID_SEP, 0x174}, {CPUID_MTRR, 0xfe},
                {CPUID_MTRR, 0x2ff}, {CPUID_MCA, 0x179}, {CPUID_PAT, 0x277}};
    for (unsigned n = 0; n < ARRAY_LEN(with); n++) {
        one_begin(r, false);
        c->gpr[ECX] = with[n].msr;
        int v = RUN(r, 0x0f, 0x32);
        CHECK((v == -1) == !!(o[2] & with[n].feature), "MSR %x and features %08x agree",
              with[n].msr, o[2]);
    }
}

static void test_reset(struct rig *r, unsigned model)
{
    static const uint32_t edx[MODELS] = {0, 0, 0, 0x308, 0x483, 0x526, 0x652};
    struct cpu *c = &r->cpu;
    one_begin(r, false);
    c->cr4 = 4;
    cpu_reset(c);
    CHECK(c->gpr[EDX] == edx[model], "EDX after RESET: %08x", c->gpr[EDX]);
    CHECK((c->cr0 & ~0x10u) == (model == M386 ? 0 : 0x60000000), "CR0 after RESET: %08x", c->cr0);
    CHECK(cpu_eflags(c) == 2 && c->eip == 0xfff0 && c->seg[CS].base == 0xffff0000 &&
              c->seg[CS].sel == 0xf000 && c->idtr.limit >= 0x3ff && c->cr4 == 0,
          "registers after RESET");
    CHECK(msr_tsc(c) == 0, "the time-stamp counter starts at 0");
}

static int wrmsr(struct rig *r, uint32_t number, uint64_t v)
{
    one_begin(r, false);
    r->cpu.gpr[ECX] = number;
    r->cpu.gpr[EAX] = (uint32_t)v;
    r->cpu.gpr[EDX] = (uint32_t)(v >> 32);
    return RUN(r, 0x0f, 0x30);
}

static void test_msr_values(struct rig *r)
{
    static const struct {
        uint32_t number;
        uint64_t value;
        bool good;
    } rows[] = {
        {0x250, UINT64_C(0x0606060606060606), true},
        {0x250, UINT64_C(0x0600000200000000), false},
        {0x26f, UINT64_C(0x0504010006050401), true},
        {0x268, UINT64_C(0x0700000000000000), false},
        {0x200, UINT64_C(0x00000000f0000006), true},
        {0x200, UINT64_C(0x1000000000000006), false},
        {0x20e, UINT64_C(0x0000000ffffff006), true},
        {0x201, UINT64_C(0x0000000ff0000800), true},
        {0x201, UINT64_C(0x0000000ff0000801), false},
        {0x200, 3, false},
        {0x2ff, 0xc06, true},
        {0x2ff, 0x1c06, false},
        {0x2ff, 0xc02, false},
        {0x0fe, 0x508, false},
        {0x277, UINT64_C(0x0007040600070406), true},
        {0x277, 2, false},
        {0x179, 0, false},
        {0x17a, 4, true},
        {0x400, UINT64_MAX, true},
        {0x401, 0, true},
        {0x401, 1, false},
        {0x413, 0, false},
        {0x174, 8, true},
        {0x174, UINT64_C(1) << 32, false},
        {0x01b, 0, false},
        {0x08b, 0, true},
        {0x079, 0x1000, true},
        {0xc0000080, 0, false},
        {0x003, 0, false},
        {0x414, 0, false},
    };
    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        int v = wrmsr(r, rows[n].number, rows[n].value);
        uint64_t back = 0;
        CHECK(v == (rows[n].good ? -1 : EXC_GP), "WRMSR %x: %d", rows[n].number, v);
        if (rows[n].good && msr_read(&r->cpu, rows[n].number, &back))
            CHECK(back == rows[n].value, "MSR %x reads back", rows[n].number);
    }
    one_begin(r, false);
    r->cpu.gpr[ECX] = 0x79;
    CHECK(RUN(r, 0x0f, 0x32) == EXC_GP, "the microcode trigger cannot be read");
    one_begin(r, true);
    r->cpu.gpr[ECX] = 0x10;
    CHECK(RUN(r, 0x0f, 0x32) == EXC_GP && RUN(r, 0x90) == -1, "RDMSR needs CPL 0");
    one_begin(r, true);
    CHECK(RUN(r, 0x0f, 0x33) == EXC_GP, "RDPMC at CPL 3 needs CR4.PCE");
    one_begin(r, true);
    r->cpu.cr4 = CR4_PCE;
    CHECK(RUN(r, 0x0f, 0x33) == -1, "CR4.PCE allows it");
    one_begin(r, false);
    r->cpu.gpr[ECX] = 2;
    CHECK(RUN(r, 0x0f, 0x33) == EXC_GP, "there are two counters");
    wrmsr(r, 0xc1, 0x80000001);
    r->cpu.gpr[ECX] = 0;
    RUN(r, 0x0f, 0x33);
    CHECK(r->cpu.gpr[EAX] == 0x80000001 && r->cpu.gpr[EDX] == 0xff,
          "a counter takes 32 bits, signed");
}

static void test_tsc(struct rig *r, unsigned model)
{
    static const uint8_t code[] = {0x0f, 0x31, 0x89, 0xc3, 0x90, 0x90, 0x0f, 0x31, 0x29, 0xd8};
    struct cpu *c = &r->cpu;
    if (model < M586)
        return;
    one_begin(r, false);
    memcpy(r->bus.ram + RIG_CODE, code, sizeof code);
    if (c->engine)
        engine_flush(c->engine);
    c->eip = RIG_CODE;
    cpu_run(c, c->icount + 6);
    CHECK(c->gpr[EAX] == 4, "four instructions from one RDTSC to the next: %u", c->gpr[EAX]);
    one_begin(r, false);
    cpu_skip_to(c, c->clock->now + (100 << c->cost_log2));
    RUN(r, 0x0f, 0x31);
    CHECK(c->gpr[EAX] == 100 && c->gpr[EDX] == 0, "it goes on in HLT: %u", c->gpr[EAX]);
    wrmsr(r, 0x10, UINT64_C(0x500000010));
    RUN(r, 0x0f, 0x31);
    CHECK(c->gpr[EDX] == (model == M686 ? 0 : 5), "upper half of model %u: %x", model, c->gpr[EDX]);
    CHECK(c->gpr[EAX] == 0x11, "one after the WRMSR: %x", c->gpr[EAX]);
    one_begin(r, true);
    CHECK(RUN(r, 0x0f, 0x31) == -1, "RDTSC at CPL 3");
    one_begin(r, true);
    c->cr4 = CR4_TSD;
    CHECK(RUN(r, 0x0f, 0x31) == EXC_GP, "not with CR4.TSD");
    one_begin(r, false);
    c->cr4 = CR4_TSD;
    CHECK(RUN(r, 0x0f, 0x31) == -1, "but at CPL 0");
}

static void test_sysenter(struct rig *r)
{
    struct cpu *c = &r->cpu;
    one_begin(r, true);
    CHECK(RUN(r, 0x0f, 0x34) == EXC_GP, "SYSENTER with a null selector");
    one_begin(r, false);
    CHECK(RUN(r, 0x0f, 0x35) == EXC_GP, "SYSEXIT with a null selector");
    one_begin(r, true);
    msr_write(c, MSR_SYSENTER_CS, 0x0b);
    msr_write(c, MSR_SYSENTER_ESP, 0x2345);
    msr_write(c, MSR_SYSENTER_EIP, 0x8765);
    CHECK(RUN(r, 0x0f, 0x35) == EXC_GP, "SYSEXIT at CPL 3");
    one_begin(r, true);
    msr_write(c, MSR_SYSENTER_CS, 0x0b);
    msr_write(c, MSR_SYSENTER_ESP, 0x2345);
    msr_write(c, MSR_SYSENTER_EIP, 0x8765);
    c->eflags |= FLAG_IF;
    CHECK(RUN(r, 0x0f, 0x34) == -1, "SYSENTER");
    CHECK(c->cpl == 0 && c->seg[CS].sel == 0x08 && c->seg[SS].sel == 0x10 && c->eip == 0x8765 &&
              c->gpr[ESP] == 0x2345 && !(c->eflags & FLAG_IF),
          "kernel side: %04x:%08x", c->seg[CS].sel, c->eip);
    CHECK(c->seg[CS].attr == 0xc09b && c->seg[SS].attr == 0xc093 &&
              c->seg[CS].limit == UINT32_MAX && c->seg[SS].base == 0,
          "flat segments");
    c->gpr[ECX] = 0x3456;
    c->gpr[EDX] = 0x9876;
    CHECK(RUN(r, 0x0f, 0x35) == -1, "SYSEXIT");
    CHECK(c->cpl == 3 && c->seg[CS].sel == 0x1b && c->seg[SS].sel == 0x23 && c->eip == 0x9876 &&
              c->gpr[ESP] == 0x3456 && c->seg[CS].attr == 0xc0fb && c->seg[SS].attr == 0xc0f3,
          "user side: %04x:%08x", c->seg[CS].sel, c->eip);
    one_begin(r, false);
    msr_write(c, MSR_SYSENTER_CS, 8);
    c->cr0 &= ~(uint32_t)CR0_PE;
    c->idtr.base = RIG_IDT;
    CHECK(RUN(r, 0x0f, 0x34) == EXC_GP, "SYSENTER in real mode");
}

static void note_move(void *arg)
{
    ++*(unsigned *)arg;
}

/* A board with a local APIC: CPUID and, from the P6 on, IA32_APIC_BASE; without: neither. */
static void test_apic(struct rig *r, unsigned model)
{
    struct cpu *c = &r->cpu;
    unsigned moves = 0;
    uint32_t o[4];
    if (model < M586)
        return;
    CHECK(cpu_apic_base(c) == 0, "no APIC, no base");
    c->apic = (struct cpu_apic){true, note_move, &moves};
    cpu_reset(c);
    cpuid(r, 1, o);
    CHECK(o[2] & CPUID_APIC, "CPUID says that there is one: %08x", o[2]);
    CHECK(cpu_apic_base(c) == 0xfee00900, "where it is after reset");
    if (model == M686) {
        CHECK(wrmsr(r, 0x1b, 0xd0000800) == -1 && cpu_apic_base(c) == 0xd0000900 && moves == 1,
              "moved; the bootstrap flag stays: %llx", (unsigned long long)cpu_apic_base(c));
        CHECK(wrmsr(r, 0x1b, 0x1fee00c00) == EXC_GP && moves == 1, "x2APIC does not exist");
        CHECK(wrmsr(r, 0x1b, 0xfee00000) == -1 && moves == 2, "turned off");
        CHECK(!(cpu_features(c) & CPUID_APIC), "off: CPUID shows none");
        CHECK(wrmsr(r, 0x1b, 0xfec01800) == -1 && cpu_features(c) & CPUID_APIC, "on again");
        cpu_initialize(c);
        CHECK(cpu_apic_base(c) == 0xfec01900 && c->eip == 0xfff0, "INIT leaves it alone");
    } else {
        CHECK(wrmsr(r, 0x1b, 0xfee00800) == EXC_GP, "a Pentium has no IA32_APIC_BASE");
    }
    c->apic = (struct cpu_apic){0};
    cpu_reset(c);
}

int main(void)
{
    static struct isa_counts counts;
    for (unsigned model = M386; model < MODELS; model++) {
        for (unsigned fast = 0; fast < 2; fast++) {
            struct rig r;
            if (!rig_init(&r, fast, model)) {
                CHECK(false, "no memory");
                return report_end();
            }
            r.cpu.row_count = counts.row;
            test_instructions(&r, model);
            test_division_flags(&r, model);
            test_eflags(&r, model);
            test_cr0(&r, model);
            test_cr4(&r, model);
            test_cpuid(&r, model);
            test_features(&r, model);
            test_reset(&r, model);
            test_tsc(&r, model);
            test_apic(&r, model);
            if (model == M686) {
                test_msr_values(&r);
                test_sysenter(&r);
            }
            rig_fini(&r);
        }
    }
    CHECK(isa_write(&counts, "model"), "cannot write the recording");
    return report_end();
}
