/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_vme.c - the virtual interrupt flag of the Pentium (SDM vol. 3, 20.3 and 20.4): CR4.VME in
 * virtual-8086 mode below IOPL 3 and the interrupt redirection bitmap; CR4.PVI at CPL 3. Without
 * the CR4 bit the same instructions are #GP(0).
 */
#include "cpu/internal.h"
#include "tests/unit/cpu_one.h"

static struct rig rig;

enum { STACK = 0x7000 };

/* Virtual-8086 mode at CS = 0, SS:SP = 0:7000h. */
static void begin_v86(uint32_t cr4, uint32_t flags)
{
    static const uint16_t none[SEGS];
    struct cpu *c = &rig.cpu;
    one_begin(&rig, false);
    for (unsigned n = 0; n < SEGS; n++)
        seg_set_v86(&c->seg[n], none[n]);
    c->cr4 = cr4;
    c->cpl = 3;
    cpu_set_eflags(c, flags | FLAG_VM);
    cpu_update_mode(c);
    c->gpr[ESP] = STACK;
}

static uint16_t word_at(uint32_t at)
{
    return (uint16_t)(rig.bus.ram[at] | rig.bus.ram[at + 1] << 8);
}

static void put_word(uint32_t at, uint32_t v)
{
    rig.bus.ram[at] = (uint8_t)v;
    rig.bus.ram[at + 1] = (uint8_t)(v >> 8);
}

static bool has(uint32_t flag)
{
    return cpu_eflags(&rig.cpu) & flag;
}

static void test_cli_sti(void)
{
    begin_v86(0, FLAG_IF);
    CHECK(RUN(&rig, 0xfa) == EXC_GP, "CLI at IOPL 0 without VME");
    begin_v86(CR4_VME, FLAG_IF | FLAG_VIF);
    CHECK(RUN(&rig, 0xfa) == -1 && !has(FLAG_VIF) && has(FLAG_IF), "CLI clears VIF, not IF");
    begin_v86(CR4_VME, FLAG_IF);
    CHECK(RUN(&rig, 0xfb) == -1 && has(FLAG_VIF), "STI sets VIF");
    begin_v86(CR4_VME, FLAG_IF | FLAG_VIP);
    CHECK(RUN(&rig, 0xfb) == EXC_GP, "STI with VIP: an interrupt waits");
    begin_v86(CR4_VME, FLAG_IF | FLAG_IOPL);
    CHECK(RUN(&rig, 0xfa) == -1 && !has(FLAG_IF), "CLI at IOPL 3 is the real thing");

    one_begin(&rig, true);
    cpu_set_eflags(&rig.cpu, FLAG_IF | FLAG_VIF);
    CHECK(RUN(&rig, 0xfa) == EXC_GP, "CLI at CPL 3 without PVI");
    one_begin(&rig, true);
    rig.cpu.cr4 = CR4_PVI;
    cpu_set_eflags(&rig.cpu, FLAG_IF | FLAG_VIF);
    CHECK(RUN(&rig, 0xfa) == -1 && !has(FLAG_VIF) && has(FLAG_IF), "CLI with PVI clears VIF");
    one_begin(&rig, true);
    rig.cpu.cr4 = CR4_PVI;
    cpu_set_eflags(&rig.cpu, FLAG_IF);
    CHECK(RUN(&rig, 0xfb) == -1 && has(FLAG_VIF), "STI with PVI sets VIF");
    one_begin(&rig, true);
    rig.cpu.cr4 = CR4_VME;
    cpu_set_eflags(&rig.cpu, FLAG_IF);
    CHECK(RUN(&rig, 0xfb) == EXC_GP, "VME says nothing outside virtual-8086 mode");
}

static void test_pushf_popf(void)
{
    begin_v86(CR4_VME, FLAG_IF);
    CHECK(RUN(&rig, 0x9c) == -1, "PUSHF");
    CHECK((word_at(STACK - 2) & (FLAG_IF | FLAG_IOPL)) == FLAG_IOPL, "shows VIF as IF, IOPL as 3");
    begin_v86(CR4_VME, FLAG_VIF);
    CHECK(RUN(&rig, 0x9c) == -1 && (word_at(STACK - 2) & FLAG_IF), "VIF set shows as IF");
    begin_v86(CR4_VME, FLAG_IF);
    CHECK(RUN(&rig, 0x66, 0x9c) == EXC_GP, "PUSHFD is the monitor's");

    begin_v86(CR4_VME, 0);
    put_word(STACK, FLAG_IF | FLAG_CF);
    CHECK(RUN(&rig, 0x9d) == -1 && has(FLAG_VIF) && !has(FLAG_IF) && has(FLAG_CF), "POPF sets VIF");
    begin_v86(CR4_VME, FLAG_IF | FLAG_VIF);
    put_word(STACK, FLAG_IOPL);
    CHECK(RUN(&rig, 0x9d) == -1 && !has(FLAG_VIF) && has(FLAG_IF) && !has(FLAG_IOPL),
          "POPF clears VIF, leaves IF and IOPL");
    begin_v86(CR4_VME, FLAG_VIP);
    put_word(STACK, FLAG_IF);
    CHECK(RUN(&rig, 0x9d) == EXC_GP && rig.cpu.gpr[ESP] != STACK + 2, "POPF of IF with VIP");
    begin_v86(CR4_VME, 0);
    put_word(STACK, FLAG_TF);
    CHECK(RUN(&rig, 0x9d) == EXC_GP, "POPF of TF");
    begin_v86(0, 0);
    CHECK(RUN(&rig, 0x9d) == EXC_GP, "POPF without VME");
}

static void test_iret(void)
{
    begin_v86(CR4_VME, FLAG_IF);
    put_word(STACK, 0x1234);
    put_word(STACK + 2, 0);
    put_word(STACK + 4, FLAG_IF);
    CHECK(RUN(&rig, 0xcf) == -1 && has(FLAG_VIF) && rig.cpu.eip == 0x1234, "IRET sets VIF");
    begin_v86(CR4_VME, FLAG_VIP);
    put_word(STACK + 4, FLAG_IF);
    CHECK(RUN(&rig, 0xcf) == EXC_GP, "IRET of IF with VIP");
    begin_v86(CR4_VME, 0);
    CHECK(RUN(&rig, 0x66, 0xcf) == EXC_GP, "IRETD is the monitor's");
}

/* The redirection bitmap lies in the 32 bytes below the I/O bitmap. */
static void test_int(void)
{
    struct cpu *c = &rig.cpu;
    for (unsigned redirect = 0; redirect < 2; redirect++) {
        begin_v86(CR4_VME, FLAG_IF | FLAG_VIF);
        c->tr.limit = 0x68 + 32 + 32;
        seg_update(&c->tr);
        put_word(RIG_TSS + 0x66, 0x68 + 32);
        rig.bus.ram[RIG_TSS + 0x68 + 0x21 / 8] = redirect ? 0 : 1 << (0x21 % 8);
        put_word(0x21 * 4, 0x4567);
        put_word(0x21 * 4 + 2, 0x0010);
        int vector = RUN(&rig, 0xcd, 0x21);
        if (!redirect) {
            CHECK(vector == EXC_GP, "INT 21h with its bit set and IOPL 0: %d", vector);
            continue;
        }
        CHECK(vector == -1, "a redirected INT raises nothing: %d", vector);
        CHECK(c->seg[CS].sel == 0x10 && c->seg[CS].base == 0x100 && c->eip == 0x4567,
              "it goes through the 8086 vector: %04x:%x", c->seg[CS].sel, c->eip);
        CHECK(!has(FLAG_VIF) && has(FLAG_IF), "with VIF clear");
        CHECK(word_at(STACK - 6) == RIG_CODE + 2 && word_at(STACK - 4) == 0, "return address");
        CHECK((word_at(STACK - 2) & (FLAG_IF | FLAG_IOPL)) == (FLAG_IF | FLAG_IOPL), "flags image");
    }
}

int main(void)
{
    for (unsigned fast = 0; fast < 2; fast++) {
        CHECK(rig_init(&rig, fast, 6), "memory");
        test_cli_sti();
        test_pushf_popf();
        test_iret();
        test_int();
        rig_fini(&rig);
    }
    return report_end();
}
