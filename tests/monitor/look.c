/* SPDX-License-Identifier: MIT */
/*
 * look.c - looking never changes the guest. Boots the built-in kernel and, at several moments of its
 * life, gives every command of kind LOOK and EXPLAIN with each of its examples, for people and as
 * JSON. Afterwards the machine must have the same hash and, byte by byte, the same snapshot; JSON
 * answers must be JSON.
 *
 *     look KERNEL INITRD                   the test
 *     look KERNEL INITRD INSNS COMMAND...  prints what these say after so many instructions
 */
#include "base/input.h"
#include "base/out.h"
#include "base/snap.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "monitor/command.h"
#include "monitor/monitor.h"
#include "monitor/session.h"
#include "monitor/symbols.h"
#include "tests/report.h"

#include <ctype.h>
#include <string.h>

#define ANSWER_MAX (4u << 20)

static struct machine *boot(const char *kernel, const char *initrd, enum config_engine engine,
                            unsigned ways)
{
    struct config cfg = {.memory = 16u << 20,
                         .cpu = CPU_PPRO,
                         .engine = engine,
                         .tlb_ways = ways,
                         .tlb_sets = ways ? 8 : 0,
                         .tlb_pseudo_lru = ways == 4,
                         .insn_cost_log2 = 3,
                         .rtc_start = 1000000000};
    struct boot_source module = {.name = initrd};
    struct boot_request r = {
        .image = {.name = kernel}, .modules = &module, .module_count = 1, .memory = 16u << 20};
    struct plan plan = {0};
    struct error err;
    struct machine *m = machine_new(&cfg, &err);
    if (!m || !boot_plan(&plan, &r, &err) || !boot_apply(&plan, m, &err)) {
        printf("%s\n", err.text);
        exit(1);
    }
    plan_free(&plan);
    return m;
}

/* ---- A reader of JSON that says yes or no ------------------------------------------------ */

static bool json_value(const char **at);

static bool json_string(const char **at)
{
    const char *p = *at;
    if (*p++ != '"')
        return false;
    for (; *p != '"'; p++) {
        if ((unsigned char)*p < ' ')
            return false;
        if (*p == '\\' && !strchr("\"\\/bfnrtu", *++p))
            return false;
    }
    *at = p + 1;
    return true;
}

/* What stands between the brackets, `close` included. */
static bool json_members(const char **at, char close)
{
    if (**at == close)
        return (*at)++, true;
    for (;;) {
        if (close == '}' && (!json_string(at) || *(*at)++ != ':'))
            return false;
        if (!json_value(at))
            return false;
        if (**at == close)
            return (*at)++, true;
        if (*(*at)++ != ',')
            return false;
    }
}

static bool json_value(const char **at)
{
    static const char *const words[] = {"true", "false", "null"};
    if (**at == '{' || **at == '[') {
        char close = **at == '{' ? '}' : ']';
        (*at)++;
        return json_members(at, close);
    }
    if (**at == '"')
        return json_string(at);
    for (size_t n = 0; n < ARRAY_LEN(words); n++) {
        if (strncmp(*at, words[n], strlen(words[n])) == 0)
            return *at += strlen(words[n]), true;
    }
    size_t digits = strspn(*at, "-0123456789.eE+");
    *at += digits;
    return digits > 0;
}

/* One object and the end of the line. */
static bool is_json_line(const char *text)
{
    return *text == '{' && json_value(&text) && strcmp(text, "\n") == 0;
}

/* ---- The test ---------------------------------------------------------------------------- */

static char answer[ANSWER_MAX];

struct state {
    uint64_t hash;
    struct snap snap;
};

static void remember(struct machine *m, struct state *s)
{
    s->hash = machine_hash(m);
    snap_save_init(&s->snap);
    machine_snap(m, &s->snap);
}

static bool unchanged(struct machine *m, const struct state *before)
{
    struct state now;
    remember(m, &now);
    bool same = now.hash == before->hash && now.snap.len == before->snap.len &&
                memcmp(now.snap.buf, before->snap.buf, now.snap.len) == 0;
    snap_free(&now.snap);
    return same;
}

/* Gives one line in one face. */
static void give(struct monitor *mon, const char *line, bool json, const struct state *before,
                 uint64_t when)
{
    struct out to;
    struct error err = {""};
    enum monitor_want want;
    out_buffer(&to, answer, sizeof answer);
    struct monitor_face old = monitor_redirect(mon, (struct monitor_face){&to, json});
    bool good = monitor_do(mon, line, &want, &err);
    monitor_redirect(mon, old);
    CHECK(want == MONITOR_PROMPT, "'%s' lets the machine stand still", line);
    CHECK(good || err.text[0], "'%s' says why it fails", line);
    CHECK(unchanged(monitor_machine(mon), before), "'%s' changes nothing (json %d, @%llu)", line,
          json, (unsigned long long)when);
    CHECK(!json || is_json_line(answer), "'%s' answers JSON: %.200s", line, answer);
    CHECK(to.len < sizeof answer, "'%s' has a bounded answer", line);
}

static void give_all(struct monitor *mon, uint64_t when)
{
    const struct command *c;
    struct state before;
    remember(monitor_machine(mon), &before);
    for (unsigned n = 0; (c = command_at(n)) != NULL; n++) {
        if (c->kind != COMMAND_LOOK && c->kind != COMMAND_EXPLAIN)
            continue;
        CHECK(c->example && *c->example, "%s has an example", c->name);
        char *lines = strdup(c->example ? c->example : ""), *rest = lines;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
            give(mon, line, false, &before, when);
            give(mon, line, true, &before, when);
        }
        free(lines);
    }
    snap_free(&before.snap);
}

static void run_to(struct machine *m, uint64_t icount)
{
    if (machine_icount(m) < icount)
        machine_run(m, UINT64_MAX, icount);
}

static void type(struct machine *m, const char *text)
{
    for (; *text; text++)
        machine_input(m, &(struct input){.kind = INPUT_SERIAL, .byte = (uint8_t)*text});
}

static void test(const char *kernel, const char *initrd, enum config_engine engine, unsigned ways)
{
    static const uint64_t moments[] = {0, 1000, 200000, 3000000, 12000000};
    struct machine *m = boot(kernel, initrd, engine, ways);
    struct out none;
    struct error err;
    out_buffer(&none, answer, 1);
    struct monitor *mon = monitor_new(m, &none, false, &err);
    CHECK(mon, "a monitor: %s", err.text);
    CHECK(mon && symbols_add_file(monitor_symbols(mon), kernel, NULL, &err), "symbols");
    for (size_t n = 0; mon && n < ARRAY_LEN(moments); n++) {
        run_to(m, moments[n]);
        if (n == 3)
            type(m, "ps\nsegv\ncat /proc/maps\n");
        give_all(mon, moments[n]);
    }
    monitor_free(mon);
    machine_free(m);
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 32);
}

static uint64_t reg_of(const struct machine *m, const char *name)
{
    int n = debug_reg_find(m, name, strlen(name));
    return n < 0 ? 0 : debug_reg_get(m, (unsigned)n);
}

/* Half of the entries of the directory and the tables behind it, the descriptor tables and the task
   state become anything; so do the registers that say where they are. */
static void spoil(struct machine *m, uint64_t *seed)
{
    static const char *const registers[] = {"gdtr.limit", "idtr.limit", "ldtr.base", "ldtr.limit",
                                            "ldtr.attr",  "tr.base",    "tr.limit",  "tr.attr",
                                            "cs.base",    "cr2",        "eip",       "dr7"};
    uint32_t bases[] = {(uint32_t)reg_of(m, "gdtr.base"), (uint32_t)reg_of(m, "idtr.base"),
                        (uint32_t)reg_of(m, "tr.base")};
    uint32_t cr3 = (uint32_t)reg_of(m, "cr3") & ~0xfffu;
    for (unsigned n = 0; n < 512; n++) {
        uint32_t value = next_random(seed), at = next_random(seed);
        debug_poke(m, SPACE_LINEAR, bases[n % ARRAY_LEN(bases)] + at % 2048, &value, 4);
        if (n % 4 == 0) /* mostly tables in RAM, of random contents */
            value = (value & 0x00fff000) | (at >> 12 & 0xfff);
        debug_poke(m, SPACE_PHYS, cr3 + (at & 0xffc), &value, 4);
        debug_poke(m, SPACE_PHYS, value & 0x00fff000, &at, 4);
    }
    for (size_t n = 0; n < ARRAY_LEN(registers); n++) {
        int reg = debug_reg_find(m, registers[n], strlen(registers[n]));
        struct error ignored;
        if (reg >= 0 && next_random(seed) % 2)
            debug_reg_set(m, (unsigned)reg, next_random(seed), &ignored);
    }
}

/* Tables that make no sense are no reason to fall over, or to run for ever. */
static void test_garbage(const char *kernel, const char *initrd)
{
    uint64_t seed = 1;
    for (unsigned round = 0; round < 6; round++) {
        struct machine *m = boot(kernel, initrd, ENGINE_FAST, round & 1 ? 4 : 0);
        struct out none;
        struct error err;
        out_buffer(&none, answer, 1);
        struct monitor *mon = monitor_new(m, &none, false, &err);
        run_to(m, 3000000 + round * 50000);
        spoil(m, &seed);
        give_all(mon, round);
        monitor_free(mon);
        machine_free(m);
    }
}

static int print(int argc, char **argv)
{
    struct machine *m = boot(argv[1], argv[2], ENGINE_FAST, 0);
    struct out to;
    struct error err;
    enum monitor_want want;
    out_file(&to, stdout);
    struct monitor *mon = monitor_new(m, &to, getenv("JSON") != NULL, &err);
    if (!mon || !symbols_add_file(monitor_symbols(mon), argv[1], NULL, &err))
        return 1;
    run_to(m, strtoull(argv[3], NULL, 0));
    for (int n = 4; n < argc; n++) {
        printf("> %s\n", argv[n]);
        if (!monitor_do(mon, argv[n], &want, &err))
            printf("error: %s\n", err.text);
        if (want == MONITOR_RUN)
            machine_run(m, UINT64_MAX, UINT64_MAX);
    }
    monitor_free(mon);
    machine_free(m);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 4)
        return print(argc, argv);
    if (argc != 3) {
        printf("usage: look KERNEL INITRD [INSNS COMMAND...]\n");
        return 2;
    }
    test(argv[1], argv[2], ENGINE_FAST, 0);
    test(argv[1], argv[2], ENGINE_REFERENCE, 4);
    test_garbage(argv[1], argv[2]);
    return report_end();
}
