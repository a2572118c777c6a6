/* SPDX-License-Identifier: MIT */
/*
 * test_cpu_ports.c - port instructions and a device that reacts: a data port that can do many
 * accesses at once gives the same memory, registers, counts and device as one that cannot, in either
 * layer; and what an access does to wires and events is seen at the very next instruction.
 *
 * The device: offset 0 is a FIFO of `words` elements; with the last one it raises INTR. Offset 4 arms
 * an event that raises INTR after as many instructions as were written. Not modelled: a real chip.
 */
#include "cpu/flags.h"
#include "tests/report.h"
#include "tests/unit/cpu_one.h"

#define PORT 0x300u
#define FIFO 700u /* elements: more than a page of dwords holds */

struct chip {
    struct rig rig;
    struct event event;
    uint32_t at;      /* next element */
    uint32_t sum;     /* of what was written */
    uint32_t singles; /* accesses that came one by one */
    bool bulk;        /* read_many and write_many do something */
};

static uint32_t element(uint32_t n, unsigned size)
{
    return (n * UINT32_C(2654435761)) >> (size == 4 ? 0 : 32 - 8 * size);
}

/* The last element of the FIFO moves the wire. */
static void passed(struct chip *d, uint32_t n)
{
    d->at += n;
    if (d->at == FIFO)
        cpu_set_intr(&d->rig.cpu, true);
}

static uint32_t chip_read(void *dev, uint32_t off, unsigned size)
{
    struct chip *d = dev;
    uint32_t v = element(d->at, size);
    d->singles++;
    passed(d, 1);
    return off ? 0 : v;
}

static void chip_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct chip *d = dev;
    d->singles++;
    if (off) {
        clock_arm(&d->rig.clock, &d->event, d->rig.clock.now + value);
        return;
    }
    d->sum = d->sum * 31 + value;
    passed(d, 1);
}

static uint32_t quiet_part(const struct chip *d, uint32_t n)
{
    uint32_t left = d->at < FIFO ? FIFO - 1 - d->at : 0;
    return !d->bulk ? 0 : n < left ? n : left;
}

static uint32_t chip_read_many(void *dev, uint32_t off, unsigned size, void *buf, uint32_t n)
{
    struct chip *d = dev;
    n = quiet_part(d, n);
    for (uint32_t k = 0; k < n; k++)
        host_put((uint8_t *)buf + k * size, element(d->at + k, size), size);
    d->at += n;
    return n;
}

static uint32_t chip_write_many(void *dev, uint32_t off, unsigned size, const void *buf, uint32_t n)
{
    struct chip *d = dev;
    n = quiet_part(d, n);
    for (uint32_t k = 0; k < n; k++)
        d->sum = d->sum * 31 + host_get((const uint8_t *)buf + k * size, size);
    d->at += n;
    return n;
}

static const struct io_ops chip_ops = {.read = chip_read,
                                       .write = chip_write,
                                       .widths = 1 | 2 | 4,
                                       .read_many = chip_read_many,
                                       .write_many = chip_write_many};

static void rang(void *arg)
{
    cpu_set_intr(&((struct chip *)arg)->rig.cpu, true);
}

static bool chip_init(struct chip *d, bool fast, bool bulk)
{
    *d = (struct chip){.bulk = bulk};
    if (!rig_init(&d->rig, fast, 6))
        return false;
    bus_map_ports(&d->rig.bus, "chip", PORT, 8, &chip_ops, d);
    event_init(&d->rig.clock, &d->event, "chip", rang, d);
    return true;
}

static void begin(struct chip *d)
{
    one_begin(&d->rig, false);
    d->at = d->sum = d->singles = 0;
    d->rig.bus.ram[RIG_IRET] = 0xf4; /* the interrupt's handler */
    d->rig.cpu.eflags |= FLAG_IF;
    clock_disarm(&d->rig.clock, &d->event);
    cpu_set_intr(&d->rig.cpu, false);
    if (d->rig.cpu.engine)
        engine_flush(d->rig.cpu.engine);
}

/* To the HLT of the interrupt's handler, firing events as a board does. */
static void finish(struct chip *d, uint64_t most)
{
    struct cpu *c = &d->rig.cpu;
    uint64_t until = c->icount + most;
    while (c->icount < until && cpu_run(c, until) == CPU_LIMIT)
        clock_fire(&d->rig.clock);
}

static bool same(const struct chip *x, const struct chip *y)
{
    const struct cpu *a = &x->rig.cpu, *b = &y->rig.cpu;
    return !memcmp(a->gpr, b->gpr, sizeof a->gpr) && a->eip == b->eip &&
           cpu_eflags(a) == cpu_eflags(b) && a->icount == b->icount && a->intr == b->intr &&
           a->halted == b->halted && a->fault.vector == b->fault.vector && x->at == y->at &&
           x->sum == y->sum && x->rig.bus.io_count == y->rig.bus.io_count &&
           x->rig.clock.now == y->rig.clock.now && !memcmp(x->rig.bus.ram, y->rig.bus.ram, RIG_RAM);
}

/* REP INS or OUTS, then NOPs; the same on all three chips. */
static void check_rep(struct chip *chip, uint8_t opcode, unsigned size, uint32_t count,
                      uint32_t off, uint32_t eflags, uint64_t most)
{
    uint8_t code[] = {0x90, 0xf3, opcode, 0x90, 0x90, 0x90, 0xeb, 0xfb};
    uint8_t wide[] = {0x90, 0x66, 0xf3, opcode, 0x90, 0x90, 0xeb, 0xfc};
    for (unsigned n = 0; n < 3; n++) {
        struct cpu *c = &chip[n].rig.cpu;
        begin(&chip[n]);
        memcpy(c->bus->ram + RIG_CODE, size == 2 ? wide : code, sizeof code);
        for (uint32_t k = RIG_DATA; k < RIG_CODE; k++)
            c->bus->ram[k] = (uint8_t)element(k, 1);
        c->eip = RIG_CODE;
        c->icount = 0;
        c->time_base = chip[n].rig.clock.now = 0;
        chip[n].rig.bus.io_count = 0;
        c->eflags |= eflags;
        c->gpr[ECX] = count;
        c->gpr[EDX] = PORT;
        c->gpr[ESI] = c->gpr[EDI] = off;
        finish(&chip[n], most);
    }
    CHECK(same(&chip[0], &chip[1]), "%02x: size %u, count %u at %x: as one by one", opcode, size,
          count, off);
    CHECK(same(&chip[0], &chip[2]), "%02x: size %u, count %u at %x: as without the engine", opcode,
          size, count, off);
}

static void test_rep(struct chip *chip)
{
    static const uint32_t counts[] = {0, 1, 2, 255, FIFO - 1, FIFO, FIFO + 5};
    static const uint32_t places[] = {RIG_DATA, RIG_DATA + 0xffe, RIG_DATA + 0x1001, 0x1fff0};
    for (unsigned k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        for (unsigned p = 0; p < sizeof places / sizeof places[0]; p++) {
            for (unsigned size = 1; size <= 4; size *= 2) {
                uint8_t ins = size == 1 ? 0x6c : 0x6d, outs = size == 1 ? 0x6e : 0x6f;
                check_rep(chip, ins, size, counts[k], places[p], 0, 3000);
                check_rep(chip, outs, size, counts[k], places[p], 0, 3000);
                check_rep(chip, ins, size, counts[k], places[p], 0, 100); /* stops inside */
                check_rep(chip, outs, size, counts[k], places[p], FLAG_DF, 3000);
                check_rep(chip, ins, size, counts[k], RIG_DATA + 0x2000, FLAG_DF, 3000);
            }
        }
    }
    check_rep(chip, 0x6d, 2, FIFO - 1, RIG_DATA, 0, 3000);
    CHECK(chip[0].singles < 8 && chip[1].singles == FIFO - 1,
          "%u accesses came singly where many are possible, %u where not", chip[0].singles,
          chip[1].singles);
}

/* A breakpoint on the port sees each access: none goes by the bulk. */
static void test_break(struct chip *d)
{
    struct cpu *c = &d->rig.cpu;
    begin(d);
    c->cr4 |= CR4_DE;
    c->deliveries = 0;
    c->dr[0] = PORT;
    c->dr[7] = 0x400 | 1 | 2 << 16 | 1 << 18;
    debug_update(c);
    c->gpr[ECX] = 10;
    c->gpr[EDX] = PORT;
    c->gpr[EDI] = RIG_DATA;
    memcpy(c->bus->ram + RIG_CODE, (uint8_t[]){0x66, 0xf3, 0x6d, 0x90}, 4);
    c->eip = RIG_CODE;
    finish(d, 50);
    CHECK(d->singles == 1 && c->gpr[ECX] == 9 && c->delivery[0].vector == EXC_DB,
          "#DB after the first access: %u were made", d->singles);
    c->dr[7] = 0x400;
    c->cr4 = 0;
    debug_update(c);
}

/* mov $delay, %eax; out %eax, (%dx); then INC ECX for ever: the handler finds how far it came. */
static void test_event(struct chip *chip)
{
    static const uint8_t code[] = {0x41, 0xef, 0x41, 0x41, 0x41, 0x41, 0xeb, 0xfa};
    for (uint32_t delay = 0; delay < 40; delay++) {
        for (unsigned n = 0; n < 3; n++) {
            struct cpu *c = &chip[n].rig.cpu;
            begin(&chip[n]);
            memcpy(c->bus->ram + RIG_CODE, code, sizeof code);
            c->icount = 0;
            c->time_base = chip[n].rig.clock.now = 0;
            chip[n].rig.bus.io_count = 0;
            c->gpr[EAX] = delay;
            c->gpr[EDX] = PORT + 4;
            c->eip = RIG_CODE;
            finish(&chip[n], 1000);
        }
        CHECK(chip[0].rig.cpu.halted, "the event of delay %u rang", delay);
        CHECK(same(&chip[0], &chip[2]), "delay %u: at the same instruction without the engine",
              delay);
    }
}

int main(void)
{
    static struct chip chip[3];
    if (!chip_init(&chip[0], true, true) || !chip_init(&chip[1], true, false) ||
        !chip_init(&chip[2], false, true))
        return 2;
    test_rep(chip);
    test_break(&chip[0]);
    test_event(chip);
    for (unsigned n = 0; n < 3; n++)
        rig_fini(&chip[n].rig);
    return report_end();
}
