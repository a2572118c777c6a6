/* SPDX-License-Identifier: MIT */
/*
 * snap.c - run, save, run on = load, run on. Boots the built-in kernel, saves the whole machine at
 * random points (by instruction count), loads each snapshot into a fresh machine - on the other
 * engine every second time - and demands the same end: output, counts, hash of RAM and registers.
 *
 * Also: two runs are the same run, however it is cut into slices; input at the same virtual time
 * has the same effect; damaged snapshots are refused or give a machine that still runs.
 *
 *     snap KERNEL INITRD [POINTS]
 */
#include "base/input.h"
#include "base/snap.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "tests/report.h"

#include <string.h>

#define OUTPUT_MAX 65536
#define FOREVER UINT64_MAX

struct output {
    size_t n;
    char text[OUTPUT_MAX];
};

struct end {
    enum machine_stop stop;
    uint64_t icount, now, hash;
};

static const char *kernel, *initrd;
static bool small_tlb; /* run with the 486's TLB instead of the large one */

static void take_byte(void *ctx, uint8_t byte)
{
    struct output *o = ctx;
    if (o->n < OUTPUT_MAX)
        o->text[o->n++] = (char)byte;
}

static struct machine *make(enum config_engine engine, struct output *o)
{
    struct config cfg = {.memory = 16u << 20,
                         .cpu = CPU_PPRO,
                         .engine = engine,
                         .insn_cost_log2 = 3,
                         .rtc_start = 1000000000,
                         .serial_write = take_byte,
                         .serial_ctx = o};
    struct error err;

    if (small_tlb) {
        cfg.tlb_ways = 4;
        cfg.tlb_sets = 8;
        cfg.tlb_pseudo_lru = true;
    }
    struct machine *m = machine_new(&cfg, &err);
    if (!m) {
        printf("%s\n", err.text);
        exit(1);
    }
    return m;
}

static struct machine *boot(enum config_engine engine, const char *line, struct output *o)
{
    struct machine *m = make(engine, o);
    struct boot_source module = {.name = initrd};
    struct boot_request r = {.image = {.name = kernel},
                             .modules = &module,
                             .module_count = 1,
                             .append = line,
                             .memory = 16u << 20};
    struct plan plan;
    struct error err;
    memset(&plan, 0, sizeof plan);
    o->n = 0;
    if (!boot_plan(&plan, &r, &err) || !boot_apply(&plan, m, &err)) {
        printf("%s\n", err.text);
        exit(1);
    }
    plan_free(&plan);
    return m;
}

static struct end end_of(struct machine *m, enum machine_stop stop)
{
    return (struct end){stop, machine_icount(m), machine_now(m), machine_hash(m)};
}

static bool same_end(struct end a, struct end b)
{
    return a.stop == b.stop && a.icount == b.icount && a.now == b.now && a.hash == b.hash;
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static int by_value(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

/* The machine at `m` is saved; a fresh one on `engine` goes on from there to the end. */
static void check_point(struct machine *m, enum config_engine engine, const struct output *so_far,
                        struct end want, const struct output *whole)
{
    static struct output o;
    struct snap save, load;
    struct machine *fresh = make(engine, &o);
    o = *so_far;
    snap_save_init(&save);
    machine_snap(m, &save);
    snap_load_init(&load, save.buf, save.len);
    machine_snap(fresh, &load);
    CHECK(snap_ok(&load), "snapshot at %llu loads: %s", (unsigned long long)machine_icount(m),
          load.err.text);
    CHECK(machine_hash(fresh) == machine_hash(m), "hash after loading at %llu",
          (unsigned long long)machine_icount(m));
    struct end got = end_of(fresh, machine_run(fresh, FOREVER, FOREVER));
    got.hash = machine_hash(fresh);
    CHECK(same_end(got, want), "from %llu: ends at %llu, hash %016llx, wanted %llu, %016llx",
          (unsigned long long)machine_icount(m), (unsigned long long)got.icount,
          (unsigned long long)got.hash, (unsigned long long)want.icount,
          (unsigned long long)want.hash);
    CHECK(o.n == whole->n && memcmp(o.text, whole->text, o.n) == 0, "the same output from %llu",
          (unsigned long long)machine_icount(m));
    snap_free(&save);
    machine_free(fresh);
}

static void test_round_trips(const char *line, unsigned points)
{
    static struct output whole, o;
    struct machine *m = boot(ENGINE_FAST, line, &whole);
    enum machine_stop stop = machine_run(m, FOREVER, FOREVER);
    struct end want = end_of(m, stop);
    machine_free(m);
    CHECK(stop == MACHINE_EXITED, "'%s' runs to its exit", line);

    uint64_t seed = 20260101, *at = calloc(points, sizeof *at);
    for (unsigned n = 0; n < points; n++)
        at[n] = ((uint64_t)next_random(&seed) << 16) % want.icount;
    qsort(at, points, sizeof *at, by_value);
    m = boot(ENGINE_FAST, line, &o);
    for (unsigned n = 0; n < points; n++) {
        machine_run(m, FOREVER, at[n]);
        CHECK(machine_icount(m) == at[n], "stops exactly at %llu", (unsigned long long)at[n]);
        check_point(m, n % 4 == 3 ? ENGINE_REFERENCE : ENGINE_FAST, &o, want, &whole);
    }
    struct end cut = end_of(m, machine_run(m, FOREVER, FOREVER));
    cut.hash = machine_hash(m);
    CHECK(same_end(cut, want), "a run cut into %u pieces and saved in between ends the same",
          points);
    machine_free(m);
    free(at);
}

static void test_engines_agree(const char *line)
{
    static struct output a, b, c;
    struct output *o[3] = {&a, &b, &c};
    const enum config_engine engine[3] = {ENGINE_FAST, ENGINE_REFERENCE, ENGINE_LOCKSTEP};
    struct end end[3];
    for (unsigned n = 0; n < 3; n++) {
        struct machine *m = boot(engine[n], line, o[n]);
        enum machine_stop stop = machine_run(m, FOREVER, FOREVER);
        end[n] = end_of(m, stop);
        machine_free(m);
    }
    CHECK(same_end(end[0], end[1]), "'%s': reference and fast end the same", line);
    CHECK(same_end(end[0], end[2]), "'%s': lockstep ends the same", line);
    CHECK(a.n == b.n && memcmp(a.text, b.text, a.n) == 0, "'%s': the same output", line);
}

/* Typing into the shell at fixed virtual times, in slices of different lengths. */
static struct end typed_run(enum config_engine engine, uint64_t slice, struct output *o)
{
    static const char keys[] = "echo one two\rsegv\rps\r";
    const uint64_t step = 12000000; /* clock units between two bytes: about 10 ms */
    struct machine *m = boot(engine, "", o);
    enum machine_stop stop = MACHINE_RAN;
    for (unsigned n = 0; n < sizeof keys + 40; n++) {
        uint64_t until = (n + 1) * step;
        while (machine_now(m) < until && stop == MACHINE_RAN) {
            uint64_t to = machine_now(m) + slice;
            stop = machine_run(m, to < until ? to : until, FOREVER);
        }
        if (n >= 20 && n < 20 + sizeof keys - 1) {
            struct input in = {.kind = INPUT_SERIAL, .byte = (uint8_t)keys[n - 20]};
            machine_input(m, &in);
        }
    }
    struct end e = end_of(m, stop);
    machine_free(m);
    return e;
}

static void test_input(void)
{
    static struct output a, b;
    struct end first = typed_run(ENGINE_FAST, 1234567, &a);
    struct end second = typed_run(ENGINE_REFERENCE, 98765432, &b);
    CHECK(same_end(first, second), "typing at the same virtual times: hash %016llx and %016llx",
          (unsigned long long)first.hash, (unsigned long long)second.hash);
    a.text[a.n < OUTPUT_MAX ? a.n : OUTPUT_MAX - 1] = 0;
    CHECK(strstr(a.text, "one two") && strstr(a.text, "Segmentation fault"),
          "the shell did what was typed:\n%s", a.text);
}

static void test_damage(void)
{
    static struct output o, none;
    struct machine *m = boot(ENGINE_FAST, "run=hello", &o);
    struct snap save;
    uint64_t seed = 7;
    unsigned refused = 0;
    machine_run(m, FOREVER, FOREVER);
    uint64_t half = machine_icount(m) / 2; /* of the way to the end: the guest is busy */
    machine_free(m);
    m = boot(ENGINE_FAST, "run=hello", &o);
    machine_run(m, FOREVER, half);
    snap_save_init(&save);
    machine_snap(m, &save);
    machine_free(m);
    for (unsigned n = 0; n < 300; n++) {
        uint8_t *copy = malloc(save.len);
        struct snap load;
        memcpy(copy, save.buf, save.len);
        size_t len = n % 3 ? save.len : next_random(&seed) % save.len;
        for (unsigned k = 0; k <= n % 5; k++) { /* most of the state lies outside RAM: aim there */
            size_t at = next_random(&seed) % (n % 2 ? save.len : 4096);
            copy[n % 2 ? at : save.len - 1 - at] ^= (uint8_t)(1u << (next_random(&seed) & 7));
        }
        m = make(n % 2 ? ENGINE_FAST : ENGINE_REFERENCE, &none);
        none.n = 0;
        snap_load_init(&load, copy, len);
        machine_snap(m, &load);
        if (!snap_ok(&load))
            refused++;
        else /* it may wait for ever in a HLT that the damage made: time ends as well */
            machine_run(m, machine_now(m) + (UINT64_C(1) << 24), machine_icount(m) + 100000);
        machine_free(m);
        free(copy);
    }
    CHECK(refused >= 100, "every truncated snapshot is refused (%u)", refused);
    snap_free(&save);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: snap KERNEL INITRD [POINTS]\n");
        return 2;
    }
    kernel = argv[1];
    initrd = argv[2];
    test_engines_agree("run=hello");
    test_engines_agree("run=segv");
    test_round_trips("run=hello", argc > 3 ? (unsigned)atoi(argv[3]) : 100);
    small_tlb = true;
    test_engines_agree("run=hello");
    test_round_trips("run=hello", 20);
    small_tlb = false;
    test_input();
    test_damage();
    return report_end();
}
