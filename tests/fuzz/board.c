/* SPDX-License-Identifier: MIT */
/*
 * board.c - a guest that programs the chips at random: any port and register of both boards, in any
 * width and order, descriptors of bus masters in its memory, media that fail, keys and frames coming in.
 * Nothing of that may end the emulator, and at every moment the machine can be saved: a machine restored
 * from there, given the same, comes to the same state. A damaged snapshot is refused or gives a machine
 * that runs.
 *
 *     board [ROUNDS [SEED]]      a round is one machine; the same seed gives the same run
 */
#include "base/block.h"
#include "base/clock.h"
#include "base/input.h"
#include "base/out.h"
#include "base/screen.h"
#include "base/snap.h"
#include "machine/config.h"
#include "machine/inspect.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

enum {
    ROUNDS = 12,
    VISITS = 150, /* to a chip, in a round */
    MEMORY = 2 << 20,
    SECTORS = 5760, /* 2.88 MB: as well a floppy */
    SAMPLES = 24,   /* damaged snapshots in a round */
    LIMIT = 200000, /* instructions at a stretch */
};

struct medium {
    struct block block;
    uint8_t data[SECTORS * BLOCK_SECTOR];
};

/* A machine and what is in its drives. */
struct rig {
    struct machine *m;
    struct medium medium[4]; /* disk, CD, disk, floppy */
    uint64_t seed;           /* what comes next */
    bool over;               /* the guest has switched it off */
};

static uint32_t rnd(struct rig *r)
{
    r->seed = r->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(r->seed >> 33) ^ (uint32_t)(r->seed >> 59);
}

/* ---- Media ------------------------------------------------------------------------------ */

static uint64_t moved, sent; /* sectors, frames: to see that a run reaches the chips */

/* Some places are bad. */
static bool is_bad(uint64_t sector, uint32_t count)
{
    return sector % 389 + count > 389;
}

static bool medium_read(void *ctx, uint64_t sector, uint32_t count, void *buf)
{
    const struct medium *d = ctx;

    moved += count;
    CHECK(sector + count <= d->block.sectors, "a read inside the medium");
    memcpy(buf, d->data + sector * BLOCK_SECTOR, (size_t)count * BLOCK_SECTOR);
    return !is_bad(sector, count);
}

static bool medium_write(void *ctx, uint64_t sector, uint32_t count, const void *buf)
{
    struct medium *d = ctx;

    CHECK(sector + count <= d->block.sectors, "a write inside the medium");
    if (is_bad(sector, count))
        return false;
    memcpy(d->data + sector * BLOCK_SECTOR, buf, (size_t)count * BLOCK_SECTOR);
    return true;
}

static bool medium_flush(void *ctx)
{
    const struct medium *d = ctx;

    return d->data[0] != 0x55;
}

static void medium_snap(void *ctx, struct snap *s)
{
    struct medium *d = ctx;

    snap_bytes(s, d->data, sizeof d->data);
}

static struct block *medium_of(struct medium *d, uint32_t sectors)
{
    d->block = (struct block){.read = medium_read,
                              .write = medium_write,
                              .flush = medium_flush,
                              .snap = medium_snap,
                              .ctx = d,
                              .sectors = sectors};
    return &d->block;
}

/* ---- The machine ------------------------------------------------------------------------ */

static void take_frame(void *ctx, const uint8_t *frame, uint16_t length)
{
    (void)ctx;
    sent++;
    CHECK(frame && length <= INPUT_FRAME_MAX, "a frame that a cable can carry");
}

static void take_byte(void *ctx, uint8_t byte)
{
    (void)ctx;
    (void)byte;
}

/* A loop with interrupts on, in real mode; every vector leads to an IRET. */
static void enter(void *ctx, struct machine *m)
{
    static const uint8_t loop[] = {0xfb, 0x40, 0xeb, 0xfd}; /* STI; 1: INC EAX; JMP 1 */
    static const uint8_t handler[] = {0xcf};                /* IRET */
    struct machine_entry e = {.eip = 0x1000, .esp = 0x8000};
    (void)ctx;
    for (uint32_t v = 0; v < 256; v++)
        bus_poke(machine_bus(m), v * 4, (const uint8_t[]){0, 0x09, 0, 0}, 4);
    bus_poke(machine_bus(m), 0x900, handler, sizeof handler);
    bus_poke(machine_bus(m), 0x1000, loop, sizeof loop);
    machine_enter(m, &e);
}

static void make(struct rig *r, unsigned round)
{
    struct config c = {.memory = MEMORY,
                       .cpu = CPU_PPRO,
                       .engine = round & 2 ? ENGINE_REFERENCE : ENGINE_FAST,
                       .insn_cost_log2 = 7,
                       .on_triple_fault = TRIPLE_RESET,
                       .rtc_start = 1000000000,
                       .mac = {2, 0, 0, 0, 0, 1},
                       .serial_write = take_byte,
                       .serial2_write = take_byte,
                       .parallel_write = take_byte,
                       .debugcon_write = take_byte,
                       .frame_write = take_frame,
                       .frame_ctx = r};
    struct error err = {.text = ""};

    c.machine = round & 1 ? MACHINE_ISA : MACHINE_PC;
    c.cpu = round & 1 ? CPU_486 : CPU_PPRO;
    c.nic = round & 1 || round % 3 == 0 ? NIC_NE2000 : NIC_E1000;
    c.ide[0] = (struct config_unit){IDE_DISK, medium_of(&r->medium[0], SECTORS)};
    c.ide[1] = (struct config_unit){IDE_CDROM, medium_of(&r->medium[1], SECTORS)};
    c.ide[3] = (struct config_unit){IDE_DISK, medium_of(&r->medium[2], 3000)};
    c.floppy[0] = medium_of(&r->medium[3], 2880);
    r->m = machine_new(&c, &err);
    if (!r->m) {
        printf("%s\n", err.text);
        exit(1);
    }
    machine_on_reset(r->m, enter, r);
    r->over = false;
}

/* ---- What the guest does ---------------------------------------------------------------- */

/* Numbers that mean something to a chip more often than any number does. */
static uint32_t value(struct rig *r)
{
    static const uint32_t edges[] = {0,          1,          0x7fffffff, 0x80000000,
                                     0xffffffff, 0xfffff000, 0x1000,     0x2000,
                                     0xffff,     0x8000,     MEMORY,     MEMORY - 1};
    uint32_t v = rnd(r);

    switch (v & 7) {
    case 0: return edges[rnd(r) % ARRAY_LEN(edges)];
    case 1: return 1u << (rnd(r) & 31);
    case 2: return rnd(r) & (MEMORY - 1) & ~15u;
    case 3: return rnd(r) & 0xff;
    case 4: return rnd(r) & 0x1f;
    default: return rnd(r);
    }
}

static unsigned size(struct rig *r)
{
    return 1u << rnd(r) % 3;
}

static void run(struct rig *r)
{
    uint64_t span = clock_periods(1 + rnd(r) % (rnd(r) % 4 ? 100 : 20000), 1000000);

    switch (machine_run(r->m, machine_now(r->m) + span, machine_icount(r->m) + LIMIT)) {
    case MACHINE_EXITED: r->over = true; break;
    case MACHINE_POWERED_OFF:
    case MACHINE_TRIPLE:
    case MACHINE_HALTED:
        machine_reset(r->m);
        enter(r, r->m);
        break;
    default: break;
    }
}

/* Accesses to one range of ports: a chip's own registers, in a row. Which slot of the bus a range has may
   differ after restoring; so it is found by a port. */
static void visit_ports(struct rig *r)
{
    struct bus *b = machine_bus(r->m);
    uint8_t many[512];
    uint32_t port = 0;

    for (unsigned tries = 0; tries < 1000 && !b->port_of[port]; tries++)
        port = rnd(r) & (rnd(r) & 7 ? 0x3ff : 0xffff);
    const struct port_range *p = &b->range[b->port_of[port]];
    if (!p->name || strcmp(p->name, "exit") == 0) /* that would be the end of the round */
        return;
    uint16_t base = p->base, n = p->n;
    for (unsigned k = 1 + rnd(r) % 24; k; k--) {
        port = base + rnd(r) % n;
        switch (rnd(r) % 8) {
        case 0: (void)bus_in_many(b, (uint16_t)port, 2, many, rnd(r) % 256 + 1); break;
        case 1:
            memset(many, (int)rnd(r), sizeof many);
            (void)bus_out_many(b, (uint16_t)port, 2, many, rnd(r) % 256 + 1);
            break;
        case 2:
        case 3: (void)bus_in(b, (uint16_t)port, size(r)); break;
        default: bus_out(b, (uint16_t)port, value(r), size(r)); break;
        }
    }
}

/* Where a card has its registers or its memory now. */
static phys_t bar(struct rig *r)
{
    struct bus *b = machine_bus(r->m);

    bus_out(b, 0xcf8, 1u << 31 | rnd(r) % 5 << 11 | (0x10 + 4 * (rnd(r) & 1)), 4);
    return bus_in(b, 0xcfc, 4) & ~15u;
}

/* The same for memory-mapped registers and video memory. */
static void visit_memory(struct rig *r)
{
    static const phys_t places[] = {0xa0000,    0xb8000,    0xc0000,    0xf0000,
                                    0xfec00000, 0xfed00000, 0xfee00000, 0xfff80000};
    struct bus *b = machine_bus(r->m);
    phys_t base = rnd(r) & 3 ? places[rnd(r) % ARRAY_LEN(places)] : bar(r);
    uint32_t span = rnd(r) & 1 ? 0x400 : 0x10000;

    for (unsigned k = 1 + rnd(r) % 24; k; k--) {
        phys_t at = base + (rnd(r) % span & (rnd(r) % 4 ? ~3u : ~0u));

        if (rnd(r) % 3)
            bus_write(b, at, value(r), size(r));
        else
            (void)bus_read(b, at, size(r));
    }
}

/* PCI configuration space: where the cards are, and what they may do. */
static void visit_pci(struct rig *r)
{
    struct bus *b = machine_bus(r->m);

    for (unsigned k = 1 + rnd(r) % 8; k; k--) {
        static const uint8_t useful[] = {0x04, 0x10, 0x14, 0x18, 0x20,
                                         0x30, 0x40, 0x58, 0x80, 0x90};
        uint32_t reg = rnd(r) & 1 ? useful[rnd(r) % ARRAY_LEN(useful)] : rnd(r) & 0xff;

        bus_out(b, 0xcf8, 1u << 31 | rnd(r) % 5 << 11 | rnd(r) % 4 << 8 | (reg & 0xfc), 4);
        if (rnd(r) & 3)
            bus_out(b, (uint16_t)(0xcfc + (reg & 3)),
                    reg == 4                     ? 7
                    : reg == 0x10 || reg == 0x14 ? 0xe0000000 + (rnd(r) & 0xff00000)
                                                 : value(r),
                    size(r));
        else
            (void)bus_in(b, (uint16_t)(0xcfc + (reg & 3)), size(r));
    }
}

/* Commands as a driver gives them: so the data phases are reached. */
static void visit_disk(struct rig *r)
{
    static const uint8_t codes[] = {0x20, 0x30, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0xec, 0xa1, 0xa0,
                                    0xef, 0xe7, 0x91, 0x24, 0x34, 0x25, 0x35, 0x40, 0xf8, 0x10};
    static const uint8_t masks[6] = {0, 3, 15, 0xff, 15, 0}; /* mostly inside the medium */
    struct bus *b = machine_bus(r->m);
    uint16_t base = rnd(r) & 1 ? 0x1f0 : 0x170;

    bus_out(b, base + 6, rnd(r) & (rnd(r) & 7 ? 0x50 : 0x5f), 1);
    for (unsigned reg = 1; reg < 6; reg++)
        bus_out(b, (uint16_t)(base + reg), rnd(r) & (rnd(r) & 7 ? masks[reg] : 0xff), 1);
    bus_out(b, base + 7, codes[rnd(r) % ARRAY_LEN(codes)], 1);
    run(r);
    for (unsigned k = rnd(r) % 900, in = rnd(r) & 1; k; k--) {
        if (in)
            (void)bus_in(b, base, 2);
        else
            bus_out(b, base, value(r), 2);
        if (k % 300 == 0)
            run(r);
    }
}

static void visit_floppy(struct rig *r)
{
    static const uint8_t codes[] = {0x03, 0x04, 0x07, 0x08, 0x0f, 0x46, 0xe6, 0xc5, 0x4a,
                                    0x4d, 0x13, 0x0e, 0x10, 0x36, 0x16, 0x62, 0x49};
    struct bus *b = machine_bus(r->m);
    unsigned n = rnd(r) % 12;

    bus_out(b, 0x3f2, rnd(r) & 1 ? 0x1c : rnd(r) & 0xff, 1);
    bus_out(b, 0x3f5, codes[rnd(r) % ARRAY_LEN(codes)], 1);
    for (; n; n--)
        bus_out(b, 0x3f5, rnd(r) & (rnd(r) & 1 ? 3 : 0xff), 1);
    run(r);
    for (n = rnd(r) % 10; n; n--)
        (void)bus_in(b, 0x3f5, 1);
}

/* Network cards are told to send what lies in their memory. */
static void visit_card(struct rig *r)
{
    struct bus *b = machine_bus(r->m);
    uint32_t e1000[][2] = {{0x400, 0x2 | (rnd(r) & 0xff8)},
                           {0x3800, 0x2000 + (rnd(r) & 0xfff0)},
                           {0x3808, 128 << rnd(r) % 4},
                           {0x3810, 0},
                           {0x3818, rnd(r) % 8},
                           {0x100, rnd(r) | 2},
                           {0x2800, 0x2000 + (rnd(r) & 0xfff0)},
                           {0x2808, 128},
                           {0x2818, rnd(r) % 8}};
    static const uint8_t ne2000[][2] = {{0, 0x22}, {4, 0x40}, {5, 60}, {6, 0}, {0, 0x26}, {13, 0}};
    phys_t base = bar(r);

    for (unsigned k = 0; k < ARRAY_LEN(e1000) && base < 0xfec00000; k++)
        bus_write(b, base + e1000[k][0], e1000[k][1], 4);
    for (unsigned k = 0; k < ARRAY_LEN(ne2000); k++)
        bus_out(b, (uint16_t)(0x300 + ne2000[k][0]),
                ne2000[k][1] ^ (rnd(r) % 8 ? 0 : rnd(r) & 0xff), 1);
}

/* fw_cfg: names and files, by port and by its DMA. */
static void visit_fwcfg(struct rig *r)
{
    struct bus *b = machine_bus(r->m);
    uint8_t access[16];

    for (unsigned k = 0; k < sizeof access; k++)
        access[k] = (uint8_t)(rnd(r) & (k < 4 ? 0x1f : k < 12 ? 0x01 : 0xff));
    access[3] |= (uint8_t)(rnd(r) & 0x1e);
    bus_poke(b, 0x3000, access, sizeof access);
    bus_out(b, 0x510, rnd(r) & 0x3f, 2);
    (void)bus_in(b, 0x511, 1);
    bus_out(b, 0x514, 0, 4);
    bus_out(b, 0x518, rnd(r) & 1 ? 0x00300000 : value(r), 4);
}

/* Something that a bus master may take for a descriptor. */
static void fill_memory(struct rig *r)
{
    uint32_t words[64];

    for (unsigned k = 0; k < ARRAY_LEN(words); k++)
        words[k] = value(r);
    bus_poke(machine_bus(r->m), 0x2000 + (rnd(r) & (MEMORY / 2 - 1)), words, sizeof words);
}

static void come_in(struct rig *r)
{
    static const uint8_t frame[256] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9, 8};
    struct input in = {.key = (uint8_t)rnd(r), .down = rnd(r) & 1, .byte = (uint8_t)rnd(r)};

    in.kind = (enum input_kind)(rnd(r) % 4);
    in.port = rnd(r) & 1;
    in.dx = (int16_t)rnd(r);
    in.dy = (int16_t)rnd(r);
    in.dz = (int16_t)(rnd(r) % 9);
    in.buttons = rnd(r) & 7;
    in.frame = frame;
    in.length = (uint16_t)(60 + rnd(r) % (sizeof frame - 60));
    if (rnd(r) % 16 == 0)
        in.kind = INPUT_POWER;
    if (in.kind != INPUT_FRAME || machine_frame_room(r->m))
        machine_input(r->m, &in);
}

static void visit(struct rig *r)
{
    static void (*const all[])(struct rig * r) = {
        visit_ports, visit_ports, visit_ports,  visit_memory, visit_memory, visit_pci, visit_card,
        visit_disk,  visit_disk,  visit_floppy, visit_fwcfg,  fill_memory,  come_in,
    };

    all[rnd(r) % ARRAY_LEN(all)](r);
    run(r);
}

/* ---- Rounds ----------------------------------------------------------------------------- */

static struct rig first, second;

/* What the debugger says of the chips, and the picture: looking may not stumble over any state. */
static void look(struct rig *r)
{
    static uint32_t pixels[SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT];
    static struct screen screen;
    const struct inspect_device *d;
    char text[256];
    struct out to;

    out_buffer(&to, text, sizeof text);
    for (unsigned n = 0; (d = inspect_device(n)); n++)
        d->info(r->m, &to);
    machine_report(r->m, &to);
    memset(&screen, 0, sizeof screen);
    screen.pixels = pixels;
    machine_screen(r->m, &screen);
}

static void check_damaged(struct rig *r, unsigned round, const struct snap *save)
{
    uint8_t *copy = malloc(save->len);

    for (unsigned k = 0; k < SAMPLES; k++) {
        struct snap load;
        size_t n = rnd(r) % 4 ? save->len : rnd(r) % save->len;

        memcpy(copy, save->buf, save->len);
        for (unsigned c = 1 + rnd(r) % 6; c; c--) /* devices come after memory, at the end */
            copy[rnd(r) % 4 ? save->len - 1 - rnd(r) % 60000 : rnd(r) % save->len] =
                (uint8_t)rnd(r);
        make(&second, round);
        snap_load_init(&load, copy, n);
        machine_snap(second.m, &load);
        second.seed = r->seed;
        if (snap_ok(&load)) {
            for (unsigned v = 0; v < 10 && !second.over; v++)
                visit(&second);
        }
        machine_free(second.m);
    }
    free(copy);
}

static void play(unsigned round, uint64_t seed)
{
    struct snap save, load;

    memset(&first, 0, sizeof first);
    first.seed = seed;
    make(&first, round);
    enter(&first, first.m);
    for (unsigned v = 0; v < VISITS && !first.over; v++)
        visit(&first);
    look(&first);

    snap_save_init(&save);
    machine_snap(first.m, &save);
    CHECK(snap_ok(&save), "round %u: saved: %s", round, save.err.text);
    memset(&second, 0, sizeof second);
    make(&second, round);
    snap_load_init(&load, save.buf, save.len);
    machine_snap(second.m, &load);
    CHECK(snap_ok(&load), "round %u: what was saved is taken: %s", round, load.err.text);
    if (snap_ok(&load)) {
        second.seed = first.seed;
        second.over = first.over;
        for (unsigned v = 0; v < VISITS / 4 && !first.over && !second.over; v++) {
            visit(&first);
            visit(&second);
        }
        CHECK(first.over == second.over && machine_hash(first.m) == machine_hash(second.m) &&
                  machine_now(first.m) == machine_now(second.m),
              "round %u: restored, it goes on as the other", round);
    }
    machine_free(second.m);
    check_damaged(&first, round, &save);
    machine_free(first.m);
    snap_free(&save);
}

int main(int argc, char **argv)
{
    unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : ROUNDS;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

    for (unsigned round = 0; round < rounds; round++) {
        if (argc > 1) {
            printf("round %u\n", round);
            fflush(stdout);
        }
        play(round, seed + round * UINT64_C(0x9e3779b97f4a7c15));
    }
    CHECK(moved > rounds, "%llu sectors were read", (unsigned long long)moved);
    CHECK(sent > 0, "frames were sent");
    return report_end();
}
