/* SPDX-License-Identifier: MIT */
/* sst286_rig.c - the processors that captured vectors run on, and their memory. */
#include "tests/insn/sst286.h"

#include "cpu/engine/engine.h"

#include <string.h>

static uint8_t no_interrupt(void *arg)
{
    (void)arg;
    return 0;
}

bool machine16_init(struct machine16 *m, bool fast)
{
    struct cpu_config config = {.model = 3, .fast = fast, .inta = no_interrupt};
    struct error err;
    if (!bus_init(&m->bus, RAM, NULL, &err))
        return false;
    bus_map_ram(&m->bus, "ram", 0, RAM, 0);
    clock_init(&m->clock);
    return cpu_init(&m->cpu, &config, &m->bus, &m->clock, NULL, &err);
}

void machine16_set(struct machine16 *m, const struct test *t)
{
    struct cpu *c = &m->cpu;
    const uint16_t *w = t->init;
    const uint16_t sel[SEGS] = {[ES] = w[W_ES], [CS] = w[W_CS], [SS] = w[W_SS], [DS] = w[W_DS]};
    static const uint8_t order[8] = {W_AX, W_CX, W_DX, W_BX, W_SP, W_BP, W_SI, W_DI};
    cpu_reset(c);
    if (c->engine)
        engine_flush(c->engine); /* memory was changed behind its back */
    cpu_enter_real(c, sel, w[W_IP]);
    for (unsigned n = 0; n < 8; n++)
        c->gpr[n] = w[order[n]];
    cpu_set_eflags(c, w[W_FL] & FLAGS_SEEN);
    c->cr0 |= t->e.set_cr0;
    c->deliveries = 0;
}

enum cpu_stop machine16_run(struct machine16 *m, const struct test *t)
{
    machine16_set(m, t);
    return cpu_run(&m->cpu, m->cpu.icount + BUDGET);
}

uint16_t machine16_word(const struct cpu *c, enum word w)
{
    switch (w) {
    case W_AX: return (uint16_t)c->gpr[EAX];
    case W_BX: return (uint16_t)c->gpr[EBX];
    case W_CX: return (uint16_t)c->gpr[ECX];
    case W_DX: return (uint16_t)c->gpr[EDX];
    case W_SP: return (uint16_t)c->gpr[ESP];
    case W_BP: return (uint16_t)c->gpr[EBP];
    case W_SI: return (uint16_t)c->gpr[ESI];
    case W_DI: return (uint16_t)c->gpr[EDI];
    case W_CS: return c->seg[CS].sel;
    case W_SS: return c->seg[SS].sel;
    case W_DS: return c->seg[DS].sel;
    case W_ES: return c->seg[ES].sel;
    case W_IP: return (uint16_t)c->eip;
    default: return (uint16_t)cpu_eflags(c);
    }
}

bool memory_note(struct test *t, uint32_t at, uint32_t n)
{
    if (t->runs == RUNS || n > RAM || at > RAM - n)
        return false;
    t->run[t->runs++] = (struct run){at, n};
    return true;
}

bool memory_noted(const struct test *t, uint32_t at, uint32_t n)
{
    for (unsigned k = 0; k < t->runs; k++) {
        if (at < t->run[k].at + t->run[k].n && t->run[k].at < at + n)
            return true;
    }
    return false;
}

void memory_put(struct suite *s, uint32_t at, uint8_t byte)
{
    for (unsigned n = 0; n < LAYERS; n++)
        s->machine[n].bus.ram[at] = byte;
    s->want[at] = byte;
}

void memory_clear(struct suite *s, const struct test *t, bool all)
{
    struct run everything = {0, RAM};
    for (unsigned k = 0; k < (all ? 1 : t->runs); k++) {
        const struct run *r = all ? &everything : &t->run[k];
        for (unsigned n = 0; n < LAYERS; n++)
            memset(s->machine[n].bus.ram + r->at, 0, r->n);
        memset(s->want + r->at, 0, r->n);
    }
}

uint32_t real_address(uint16_t sel, uint32_t off)
{
    return ((uint32_t)sel << 4) + (off & 0xffff);
}
