/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_align.c - #AC: when it is armed, which accesses it concerns (SDM vol. 3, 6.15 and table
 * 6-7), that nothing is committed, and the order of faults of one access (table 6-2): segment,
 * page, alignment.
 */
#include "tests/unit/cpu_one.h"

static void arm(struct rig *r, bool user, bool am, bool ac)
{
    struct cpu *c = &r->cpu;
    one_begin(r, user);
    c->cr0 |= am ? CR0_AM : 0;
    cpu_update_mode(c);
    cpu_set_eflags(c, ac ? FLAG_AC : 0);
}

static void test_armed(struct rig *r)
{
    for (unsigned n = 0; n < 8; n++) {
        bool user = n & 1, am = n & 2, ac = n & 4;
        arm(r, user, am, ac);
        r->cpu.gpr[EBX] = RIG_DATA + 1;
        int v = RUN(r, 0x8b, 0x03);
        CHECK(v == (n == 7 ? EXC_AC : -1), "CPL %d AM %d AC %d: %d", user * 3, am, ac, v);
    }
}

/* Each instruction at EBX, EBP, ESI, EDI = DATA + 0 .. 7 and ESP = DATA + 1000h + 0 .. 7. */
static void test_sizes(struct rig *r)
{
    static const struct {
        const char *name;
        uint8_t align, n, code[8];
    } rows[] = {
        {"mov al, [ebx]", 1, 2, {0x8a, 0x03}},
        {"mov ax, [ebx]", 2, 3, {0x66, 0x8b, 0x03}},
        {"mov eax, [ebx]", 4, 2, {0x8b, 0x03}},
        {"mov [ebx], eax", 4, 2, {0x89, 0x03}},
        {"add [ebx], ax", 2, 3, {0x66, 0x01, 0x03}},
        {"add [ebx], eax", 4, 2, {0x01, 0x03}},
        {"lock inc dword [ebx]", 4, 3, {0xf0, 0xff, 0x03}},
        {"xchg [ebx], eax", 4, 2, {0x87, 0x03}},
        {"movzx eax, word [ebx]", 2, 3, {0x0f, 0xb7, 0x03}},
        {"movsd", 4, 1, {0xa5}},
        {"movsw", 2, 2, {0x66, 0xa5}},
        {"movsb", 1, 1, {0xa4}},
        {"stosd", 4, 1, {0xab}},
        {"lodsw", 2, 2, {0x66, 0xad}},
        {"cmpsd", 4, 1, {0xa7}},
        {"push eax", 4, 1, {0x50}},
        {"push ax", 2, 2, {0x66, 0x50}},
        {"pop eax", 4, 1, {0x58}},
        {"pushad", 4, 1, {0x60}},
        {"popad", 4, 1, {0x61}},
        {"leave", 4, 1, {0xc9}},
        {"call next", 4, 5, {0xe8, 0, 0, 0, 0}},
        {"bt [ebx], eax", 4, 3, {0x0f, 0xa3, 0x03}},
        {"bt [ebx], ax", 2, 4, {0x66, 0x0f, 0xa3, 0x03}},
        {"cmpxchg8b [ebx]", 8, 3, {0x0f, 0xc7, 0x0b}},
        {"lea eax, [ebx]", 1, 2, {0x8d, 0x03}},
        {"sldt [ebx]", 2, 3, {0x0f, 0x00, 0x03}},
        {"xlatb", 1, 1, {0xd7}},
        {"fld dword [ebx]", 4, 2, {0xd9, 0x03}},
        {"fld qword [ebx]", 8, 2, {0xdd, 0x03}},
        {"fld tbyte [ebx]", 8, 2, {0xdb, 0x2b}},
        {"fld word int [ebx]", 2, 2, {0xdf, 0x03}},
        {"fstp tbyte [ebx]", 8, 2, {0xdb, 0x3b}},
        {"fnstcw [ebx]", 2, 2, {0xd9, 0x3b}},
        {"fnstenv [ebx]", 4, 2, {0xd9, 0x33}},
        {"fnstenv16 [ebx]", 2, 3, {0x66, 0xd9, 0x33}},
        {"fnsave [ebx]", 4, 2, {0xdd, 0x33}},
        {"frstor16 [ebx]", 2, 3, {0x66, 0xdd, 0x23}},
        {"cmovz eax, [ebx]", 4, 3, {0x0f, 0x44, 0x03}},
    };
    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        for (unsigned at = 0; at < 8; at++) {
            struct cpu *c = &r->cpu;
            uint32_t gpr[8];
            arm(r, true, true, true);
            c->gpr[EBX] = c->gpr[ESI] = c->gpr[EDI] = c->gpr[EBP] = RIG_DATA + at;
            c->gpr[ESP] = RIG_DATA + 0x1000 + at;
            memcpy(gpr, c->gpr, sizeof gpr);
            int v = one_run(r, rows[n].code, rows[n].n);
            bool bad = at % rows[n].align;
            CHECK(v == (bad ? EXC_AC : -1), "%s at %u: %d", rows[n].name, at, v);
            if (!bad)
                continue;
            gpr[ESP] = c->gpr[ESP]; /* of the handler now */
            uint32_t pushed = host_get(r->bus.ram + RIG_STACK0 - 8, 4);
            CHECK(memcmp(gpr, c->gpr, sizeof gpr) == 0 && host_get(r->bus.ram + RIG_DATA, 4) == 0 &&
                      host_get(r->bus.ram + RIG_STACK0 - 24, 4) == 0 &&
                      host_get(r->bus.ram + RIG_STACK0 - 20, 4) == RIG_CODE &&
                      pushed == RIG_DATA + 0x1000 + at,
                  "%s at %u: nothing happened, error code 0", rows[n].name, at);
        }
    }
}

/* SGDT stores an aligned word and then an aligned doubleword at 2 modulo 4 (SDM vol. 3, 3.5.1). */
static void test_descriptor_table(struct rig *r)
{
    for (unsigned at = 0; at < 4; at++) {
        arm(r, true, true, true);
        r->cpu.gpr[EBX] = RIG_DATA + at;
        int v = RUN(r, 0x0f, 0x01, 0x03);
        CHECK(v == (at == 2 ? -1 : EXC_AC), "SGDT at %u: %d", at, v);
        CHECK(at == 2 || host_get(r->bus.ram + RIG_DATA + at, 4) == 0, "nothing stored");
    }
}

static void test_order(struct rig *r)
{
    struct cpu *c = &r->cpu;
    arm(r, true, true, true);
    c->seg[DS].limit = RIG_DATA + 2;
    c->seg[DS].attr &= ~DESC_GRAN;
    seg_update(&c->seg[DS]);
    cpu_update_mode(c);
    c->gpr[EBX] = RIG_DATA + 1;
    CHECK(RUN(r, 0x8b, 0x03) == EXC_GP, "the limit comes before alignment");
    arm(r, true, true, true);
    c->seg[SS].limit = RIG_DATA;
    c->seg[SS].attr &= ~DESC_GRAN;
    seg_update(&c->seg[SS]);
    cpu_update_mode(c);
    c->gpr[ESP] = RIG_DATA + 3;
    CHECK(RUN(r, 0x50) == EXC_SS, "so does the stack's");
    for (unsigned n = 0; n < 6; n++) {
        struct era e = {.iret = RIG_IRET};
        arm(r, true, true, true);
        for (unsigned p = 0; p < 16; p++)
            e.pte[p] = p << 12 | PTE_P | PTE_RW | PTE_US;
        if (n < 4)
            e.pte[3] &= ~(uint32_t)(n & 1 ? PTE_P : PTE_US);
        uint8_t image[RIG_DATA];
        memcpy(image, r->bus.ram, sizeof image);
        rig_begin(r, &e);
        memcpy(r->bus.ram, image, sizeof image);
        c->cr0 |= CR0_PG;
        c->mmu.cr3 = RIG_PD;
        mmu_set_cr0(&c->mmu, true, true);
        cpu_update_mode(c);
        /* Inside the bad page, or across its beginning. */
        c->gpr[EBX] = n & 2 ? 0x2ffe : 0x3001;
        if (n >= 4)
            c->gpr[EBX] = 0x2fff;
        int v = n & 1 ? RUN(r, 0x8b, 0x03) : RUN(r, 0x01, 0x03);
        CHECK(v == (n < 4 ? EXC_PF : EXC_AC), "page fault before alignment (%u): %d", n, v);
        CHECK(n < 4 || !(host_get(r->bus.ram + RIG_PT + 4 * 3, 4) & PTE_A), "no A bit for #AC");
    }
}

/* Accesses that are the processor's own are not checked: the descriptor, the TSS, the IDT. */
static void test_implicit(struct rig *r)
{
    struct cpu *c = &r->cpu;
    arm(r, true, true, true);
    memmove(r->bus.ram + RIG_DATA + 1, r->bus.ram, 8 * GDT_ENTRIES);
    c->gdtr.base = RIG_DATA + 1;
    c->gpr[EAX] = 8 * GDT_DATA3 | 3;
    CHECK(RUN(r, 0x8e, 0xd8) == -1, "a crooked GDT");
    arm(r, true, true, true);
    host_put(r->bus.ram + RIG_TSS + 4, RIG_STACK0 - 1, 4);
    CHECK(RUN(r, 0xcd, 0x10) == 0x10 && c->cpl == 0 && c->gpr[ESP] == RIG_STACK0 - 21,
          "a crooked inner stack");
}

/* POPFD arms and disarms between two instructions. */
static void test_popf(struct rig *r)
{
    static const uint8_t code[] = {0x9d, 0x8b, 0x03, 0x9d, 0x8b, 0x03};
    struct cpu *c = &r->cpu;
    arm(r, true, true, true);
    memcpy(r->bus.ram + RIG_CODE, code, sizeof code);
    host_put(r->bus.ram + RIG_DATA + 0x1000, 0, 4);
    host_put(r->bus.ram + RIG_DATA + 0x1004, FLAG_AC, 4);
    if (c->engine)
        engine_flush(c->engine);
    c->gpr[EBX] = RIG_DATA + 2;
    c->eip = RIG_CODE;
    cpu_run(c, c->icount + 3);
    CHECK(c->cpl == 3 && c->eip == RIG_CODE + 4, "disarmed");
    cpu_run(c, c->icount + 1);
    CHECK(c->cpl == 0 && c->fault.vector == EXC_AC, "armed again");
}

int main(void)
{
    for (unsigned fast = 0; fast < 2; fast++) {
        struct rig r;
        if (!rig_init(&r, fast, 6)) {
            CHECK(false, "no memory");
            return report_end();
        }
        test_armed(&r);
        test_sizes(&r);
        test_descriptor_table(&r);
        test_order(&r);
        test_implicit(&r);
        test_popf(&r);
        rig_fini(&r);
    }
    return report_end();
}
