/* SPDX-License-Identifier: MIT */
/*
 * transcript.c - sessions of the monitor on small guests, compared with what is written down. A
 * transcript holds what is given, marked in the first column, and below it what must be said:
 *
 *     # text             nothing
 *     > COMMAND          a command of the monitor
 *     @ ADDRESS [N]      the machine runs until an instruction there is next, for the Nth time
 *     + run N            ... for N instructions, or to the triple fault
 *     + key N            the key of usage N goes down and up
 *     + cpu 486 --tlb 4  (first line only) another machine: model, ways of the TLB (8 sets)
 *
 *     transcript KERNEL FILE             compares
 *     transcript --golden KERNEL FILE    writes what is said now (`make golden-monitor`; read the diff)
 */
#include "base/input.h"
#include "base/out.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "monitor/line.h"
#include "monitor/monitor.h"
#include "monitor/session.h"
#include "monitor/symbols.h"
#include "tests/report.h"

#include <string.h>

#define LONG_ENOUGH UINT64_C(50000000)

static struct machine *m;
static struct monitor *mon;

static void die(const char *what)
{
    printf("%s\n", what);
    exit(1);
}

static void start(const char *kernel, unsigned model, unsigned ways)
{
    static struct out to;
    struct config cfg = {.memory = 8u << 20,
                         .cpu = (enum config_cpu)(model - 3),
                         .engine = ENGINE_FAST,
                         .tlb_ways = ways,
                         .tlb_sets = ways ? 8 : 0,
                         .insn_cost_log2 = 3,
                         .rtc_start = 1000000000};
    struct boot_request r = {.image = {.name = kernel}, .memory = 8u << 20};
    struct plan plan = {0};
    struct error err;
    out_file(&to, stdout);
    m = machine_new(&cfg, &err);
    if (!m || !boot_plan(&plan, &r, &err) || !boot_apply(&plan, m, &err))
        die(err.text);
    plan_free(&plan);
    mon = monitor_new(m, &to, false, &err);
    if (!mon || !symbols_add_file(monitor_symbols(mon), kernel, NULL, &err))
        die(err.text);
}

static void finish(void)
{
    monitor_free(mon);
    machine_free(m);
}

static void run_to_address(const char *text, FILE *to)
{
    struct line line = {.mon = mon, .text = text, .at = text};
    struct debug_spec spec = {.kind = DEBUG_EXEC, .where = WHERE_ANY};
    struct error err = {""};
    uint64_t times = 1;
    if (!line_address(&line, "an address", &spec.first, &err) ||
        (line_more(&line) && !line_value(&line, "a count", &times, &err))) {
        fprintf(to, "%s\n", err.text);
        return;
    }
    spec.last = spec.first;
    registers_note(&mon->seen, m);
    int id = debug_add(m, &spec, &err);
    for (enum machine_stop stop = MACHINE_BREAK; times && stop == MACHINE_BREAK; times--)
        stop = machine_run(m, UINT64_MAX, machine_icount(m) + LONG_ENOUGH);
    debug_remove(m, id);
    if (times || debug_stopped(m)->why != DEBUG_AT_POINT)
        fprintf(to, "it did not come there\n");
}

/* `+ ...` */
static void direct(const char *text, FILE *to)
{
    unsigned n;
    if (sscanf(text, "run %u", &n) == 1) {
        registers_note(&mon->seen, m);
        machine_run(m, UINT64_MAX, machine_icount(m) + n);
    } else if (sscanf(text, "key %u", &n) == 1) {
        machine_input(m, &(struct input){.kind = INPUT_KEY, .key = (uint8_t)n, .down = true});
        machine_input(m, &(struct input){.kind = INPUT_KEY, .key = (uint8_t)n, .down = false});
    } else if (strncmp(text, "cpu ", 4) != 0) {
        fprintf(to, "unknown directive\n");
    }
}

static void command(const char *text, FILE *file)
{
    struct out to;
    struct error err = {""};
    enum monitor_want want;
    out_file(&to, file);
    struct monitor_face old = monitor_redirect(mon, (struct monitor_face){&to, mon->json});
    if (!monitor_do(mon, text, &want, &err))
        fprintf(file, "error: %s\n", err.text);
    old.json = mon->json; /* the command may have been `json on` */
    monitor_redirect(mon, old);
}

static bool is_input(const char *line)
{
    return strchr("#>@+", line[0]) && line[0] && (line[1] == ' ' || !line[1]);
}

/* Does what one line of input says; everything that is said goes to `to`. */
static void perform(const char *line, FILE *to)
{
    fprintf(to, "%s\n", line);
    if (line[0] == '>')
        command(line + 2, to);
    else if (line[0] == '@')
        run_to_address(line + 2, to);
    else if (line[0] == '+')
        direct(line + 2, to);
}

static char *read_all(const char *name)
{
    FILE *f = fopen(name, "r");
    char *text = calloc(1, 1u << 20);
    if (!f || !text || !fread(text, 1, (1u << 20) - 1, f))
        die("transcript: cannot read the file");
    fclose(f);
    return text;
}

/* The inputs of `text`, with what is said now. */
static char *play(const char *kernel, const char *text)
{
    char *copy = strdup(text), *rest = copy, *said = NULL;
    size_t size;
    unsigned model = 686, ways = 0;
    FILE *to = open_memstream(&said, &size);
    sscanf(text, "+ cpu %u --tlb %u", &model, &ways);
    start(kernel, model / 100, ways);
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        if (is_input(line))
            perform(line, to);
    }
    finish();
    free(copy);
    fclose(to);
    return said;
}

/* From one input to the next. */
static size_t block_length(const char *at)
{
    const char *p = at;
    do {
        p += strcspn(p, "\n");
        p += *p == '\n';
    } while (*p && !is_input((char[]){p[0], p[0] ? p[1] : '\0', '\0'}));
    return (size_t)(p - at);
}

static void compare(const char *want, const char *got)
{
    while (*want && *got) {
        size_t w = block_length(want), g = block_length(got);
        CHECK(w == g && memcmp(want, got, w) == 0, "wanted:\n%.*sgot:\n%.*s", (int)w, want, (int)g,
              got);
        want += w;
        got += g;
    }
    CHECK(!*want && !*got, "the same inputs");
}

int main(int argc, char **argv)
{
    bool golden = argc > 1 && strcmp(argv[1], "--golden") == 0;
    if (argc != 3 + golden) {
        printf("usage: transcript [--golden] KERNEL FILE\n");
        return 2;
    }
    const char *kernel = argv[1 + golden], *name = argv[2 + golden];
    char *want = read_all(name), *got = play(kernel, want);
    if (golden) {
        FILE *f = fopen(name, "w");
        if (!f || fputs(got, f) < 0 || fclose(f) != 0)
            die("transcript: cannot write the file");
    } else {
        compare(want, got);
    }
    free(want);
    free(got);
    return golden ? 0 : report_end();
}
