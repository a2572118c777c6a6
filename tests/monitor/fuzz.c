/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - the monitor is given lines that nobody would type: rows' examples with pieces exchanged, words
 * of the grammar in any order, random characters; and lets the machine run where a line asks for it.
 * Nothing is checked but that it goes on, that an answer in JSON is one, and that a refusal says why. The
 * same seed gives the same lines; run it under the sanitizers (make test-san).
 *
 *     fuzz KERNEL [LINES [SEED]]
 */
#include "base/out.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "monitor/command.h"
#include "monitor/monitor.h"
#include "monitor/session.h"
#include "monitor/symbols.h"
#include "tests/report.h"

#include <string.h>

static struct machine *m;
static struct monitor *mon;
static uint64_t seed;

static uint32_t chance(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(seed >> 33) % n;
}

static void die(const char *what)
{
    printf("%s\n", what);
    exit(1);
}

static void start(const char *kernel)
{
    static struct out to;
    struct config cfg = {.memory = 8u << 20, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct boot_request r = {.image = {.name = kernel}, .memory = cfg.memory};
    struct plan plan = {0};
    struct error err;

    m = machine_new(&cfg, &err);
    if (!m || !boot_plan(&plan, &r, &err) || !boot_apply(&plan, m, &err))
        die(err.text);
    plan_free(&plan);
    mon = monitor_new(m, &to, false, &err);
    if (!mon || !symbols_add_file(monitor_symbols(mon), kernel, NULL, &err))
        die(err.text);
}

/* ---- Lines ----------------------------------------------------------------------------- */

static const char *const words[] = {
    "exec",      "read", "write", "access",  "exc",    "irq",  "io",     "cr",       "mode",
    "task",      "cpl",  "iret",  "hlt",     "icount", "once", "if",     "do",       "-p",
    "-v",        "-cr3", "-cpu",  "all",     "on",     "off",  "nmi",    "pf",       "why",
    "tlb-stale", "0",    "1",     "-1",      "0x1000", "4K",   "08",     "0x",       "99999999999",
    "eax",       "$eip", "$n",    "kmain",   "ticks",  "cr3",  "cs:eip", "run.c:40", "f000:fff0",
    "(",         ")",    "[",     "]",       "*",      "&",    "&&",     "||",       "?",
    ":",         "<<",   "==",    "=",       "/",      "%",    "(u8)",   "(s16 *)",  "byte",
    "phys",      "'a'",  "\"x",   "\"a b\"", "\\n",    ";",    ",",      "#",        "value",
    "cr2",       "u",    "r",     "w",       "x",      "s",    "as",     "cr3 0",    "0xffffffff",
};

static const struct command *any_row(void)
{
    unsigned rows = 0;

    while (command_at(rows))
        rows++;
    return command_at(chance(rows));
}

static void append(char *line, size_t n, const char *text)
{
    size_t len = strlen(line);

    snprintf(line + len, n - len, "%s", text);
}

static void make_line(char *line, size_t n)
{
    const struct command *c = any_row();

    line[0] = 0;
    if (chance(3) && c->example)
        append(line, n, c->example);
    else
        append(line, n, c->name);
    line[strcspn(line, "\n")] = 0;
    for (uint32_t k = chance(4); k > 0; k--) {
        append(line, n, chance(5) ? " " : "");
        append(line, n, words[chance(ARRAY_LEN(words))]);
    }
    for (uint32_t k = chance(8); k > 5; k--) {
        size_t len = strlen(line), at = len ? chance((uint32_t)len) : 0;

        if (chance(2) && len)
            memmove(line + at, line + at + 1, len - at);
        else if (len)
            line[at] = (char)(1 + chance(255));
    }
}

/* Commands that write files, or read what is not there. */
static bool harmless(const char *line)
{
    static const char *const no[] = {"sa", "load", "source", "restore", "symb"};

    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (strstr(line, no[i]))
            return false;
    return true;
}

/* ---- One line -------------------------------------------------------------------------- */

/* Every brace and bracket outside strings is closed, on each line. */
static bool is_json(const char *text)
{
    char open[64];
    unsigned depth = 0;
    bool string = false;

    for (const char *s = text; *s; s++) {
        if (string && *s == '\\' && s[1])
            s++;
        else if (*s == '"')
            string = !string;
        else if (string)
            continue;
        else if ((*s == '{' || *s == '[') && depth < sizeof open)
            open[depth++] = *s == '{' ? '}' : ']';
        else if ((*s == '}' || *s == ']') && (!depth || open[--depth] != *s))
            return false;
        else if (*s == '\n' && depth)
            return false;
    }
    return !string && !depth;
}

static void let_run(enum monitor_want want)
{
    struct error err;

    for (int slice = 0; want == MONITOR_RUN && slice < 20; slice++) {
        enum machine_stop stop = machine_run(m, machine_now(m) + 20000, UINT64_MAX);

        if (stop == MACHINE_RAN)
            (void)monitor_ran(mon, &want, &err);
        else
            (void)monitor_stopped(mon, stop, &want, &err);
        if (stop == MACHINE_TRIPLE || stop == MACHINE_HALTED)
            (void)monitor_do(mon, "reset", &want, &err);
    }
    if (want == MONITOR_RUN)
        (void)monitor_stopped(mon, MACHINE_RAN, &want, &err);
}

static void one(const char *line)
{
    char *text = NULL;
    size_t n = 0;
    FILE *memory = open_memstream(&text, &n);
    bool json = chance(2), ok;
    enum monitor_want want;
    struct error err = {""};
    struct out to;

    out_file(&to, memory);
    monitor_redirect(mon, (struct monitor_face){&to, json});
    ok = monitor_do(mon, line, &want, &err);
    let_run(want);
    fflush(memory);
    if (!ok)
        CHECK(err.text[0], "a refusal says why: %s", line);
    if (json && monitor_json(mon))
        CHECK(is_json(text), "'%s' answers %.300s", line, text);
    fclose(memory);
    free(text);
}

int main(int argc, char **argv)
{
    unsigned lines = argc > 2 ? (unsigned)atoi(argv[2]) : 3000;

    if (argc < 2)
        die("usage: fuzz KERNEL [LINES [SEED]]");
    seed = argc > 3 ? (uint64_t)atoll(argv[3]) : 1;
    start(argv[1]);
    for (unsigned n = 0; n < lines; n++) {
        char line[600];

        make_line(line, sizeof line);
        if (getenv("FUZZ_VERBOSE"))
            fprintf(stderr, "%s\n", line);
        if (harmless(line))
            one(line);
        if (n % 200 == 199) {
            one("delete all");
            one("reset");
        }
    }
    monitor_free(mon);
    machine_free(m);
    CHECK(true, "%u lines", lines);
    return report_end();
}
