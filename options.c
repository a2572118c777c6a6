/* SPDX-License-Identifier: MIT */
/*
 * options.c - one table row per option: its names, its argument, its help line and the function
 * that takes its value. Options that this version does not have yet are rows as well, so that
 * they are refused for what they are and not as typing errors.
 */
#include "options.h"

#include "base/trace.h"
#include "base/version.h"
#include "options_machine.h"
#include "options_net.h"
#include "options_ports.h"
#include "options_values.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_COST_LOG2 3u
#define DEFAULT_RTC INT64_C(946684800) /* 2000-01-01T00:00:00 */

struct option_row {
    const char *name;  /* without the dashes */
    char letter;       /* short form, or 0 */
    const char *value; /* name of the argument in the help, NULL: none */
    bool (*set)(struct options *o, const char *value, struct error *err); /* NULL: not yet */
    const char *help;                                                     /* one line */
};

static bool set_kernel(struct options *o, const char *value, struct error *err)
{
    if (o->image)
        return error_set(err, "--kernel %s: there is an image already (%s)", value, o->image);
    o->image = value;
    o->direct = true;
    return true;
}

static bool set_initrd(struct options *o, const char *value, struct error *err)
{
    if (o->module_count == OPTIONS_MAX_MODULES)
        return error_set(err, "--initrd %s: at most %u modules", value, OPTIONS_MAX_MODULES);
    o->modules[o->module_count++] = value;
    return true;
}

static bool set_disk(struct options *o, const char *value, struct error *err)
{
    if (o->disk_count == OPTIONS_MAX_DISKS)
        return error_set(err, "--disk %s: at most %u disks", value, OPTIONS_MAX_DISKS);
    o->disks[o->disk_count++] = value;
    return true;
}

static bool set_floppy(struct options *o, const char *value, struct error *err)
{
    if (o->floppy_count == CONFIG_FLOPPIES)
        return error_set(err, "--floppy %s: there are two drives, A and B", value);
    o->floppies[o->floppy_count++] = value;
    return true;
}

static bool set_cdrom(struct options *o, const char *value, struct error *err)
{
    if (o->cdrom)
        return error_set(err, "--cdrom %s: there is one CD-ROM drive, with %s", value, o->cdrom);
    o->cdrom = value;
    return true;
}

static bool set_append(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->append = value;
    return true;
}

static bool set_engine(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"fast", "reference", "lockstep", NULL};
    unsigned n;

    if (!value_choice("--engine", value, names, &n, err))
        return false;
    o->config.engine = (enum config_engine)n;
    return true;
}

static bool set_pace(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"realtime", "idle", "none", NULL};
    static const enum ui_pace paces[] = {UI_PACE_REALTIME, UI_PACE_IDLE, UI_PACE_NONE};
    unsigned n;

    if (!value_choice("--pace", value, names, &n, err))
        return false;
    o->pace = paces[n];
    return true;
}

static bool set_vnc_password(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->vnc_password = value;
    return true;
}

static bool set_display(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"sdl", "term", "none", NULL}; /* and vnc */
    static const enum ui_display displays[] = {UI_SDL, UI_TERM, UI_NONE};
    unsigned n;

    if (strncmp(value, "vnc", 3) == 0 && (!value[3] || value[3] == ':')) {
        o->display = UI_VNC;
        return value_vnc("--display", value, o->vnc_address, &o->vnc_port, err);
    }
    if (!value_choice("--display", value, names, &n, err))
        return false;
    o->display = displays[n];
    return true;
}

static bool set_net(struct options *o, const char *value, struct error *err)
{
    return value_net(value, &o->config, &o->net, err);
}

static bool set_on_triple_fault(struct options *o, const char *value, struct error *err)
{
    static const char *const names[] = {"stop", "reset", "exit", NULL};
    unsigned n;

    if (!value_choice("--on-triple-fault", value, names, &n, err))
        return false;
    o->config.on_triple_fault = (enum triple_fault)n;
    return true;
}

static bool set_max_insns(struct options *o, const char *value, struct error *err)
{
    return value_count("--max-insns", value, &o->max_insns, err);
}

static bool set_timeout(struct options *o, const char *value, struct error *err)
{
    return value_seconds("--timeout", value, &o->timeout, err);
}

static bool set_screenshot(struct options *o, const char *value, struct error *err)
{
    if (!*value)
        return error_set(err, "--screenshot: the file name is empty");
    o->screenshot = value;
    return true;
}

static bool set_trace(struct options *o, const char *value, struct error *err)
{
    return value_trace(value, &o->trace_mask, &o->trace_summary, &o->config.count_rows,
                       &o->trace_file, err);
}

static bool set_strict(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->config.strict = true;
    return true;
}

static bool set_mmu_view(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->mmu_view = true;
    return true;
}

static bool set_mmu_record(struct options *o, const char *value, struct error *err)
{
    if (!*value)
        return error_set(err, "--mmu-record: the folder's name is empty");
    o->mmu_record = value;
    return true;
}

static bool set_exit_on_halt(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->exit_on_halt = true;
    return true;
}

static bool set_rtc(struct options *o, const char *value, struct error *err)
{
    return value_date("--rtc", value, &o->config.rtc_start, err);
}

static bool set_monitor(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->monitor = true;
    return true;
}

static bool set_json(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->json = true;
    return true;
}

static bool add_command(struct options *o, const char *value, bool is_file, struct error *err)
{
    if (o->command_count == OPTIONS_MAX_COMMANDS)
        return error_set(err, "at most %u times -e and -x; put the commands into one file",
                         OPTIONS_MAX_COMMANDS);
    o->commands[o->command_count++] = (struct options_command){value, is_file};
    return true;
}

static bool set_exec(struct options *o, const char *value, struct error *err)
{
    return add_command(o, value, false, err);
}

static bool set_script(struct options *o, const char *value, struct error *err)
{
    if (access(value, R_OK) != 0)
        return error_set(err, "--script %s: cannot read: %s", value, strerror(errno));
    return add_command(o, value, true, err);
}

static bool set_tour(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->tour = true;
    return true;
}

static bool set_gdb(struct options *o, const char *value, struct error *err)
{
    o->gdb = true;
    return value_gdb("--gdb", value, &o->gdb_address, err);
}

static bool set_gdb_mode_switch(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->gdb_mode_switch = true;
    return true;
}

static bool set_wait(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->wait = true;
    return true;
}

static bool set_version(struct options *o, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    o->action = OPTIONS_VERSION;
    return true;
}

static bool set_help(struct options *o, const char *value, struct error *err)
{
    (void)err;
    o->action = OPTIONS_HELP;
    o->topic = value;
    return true;
}

static const struct option_row rows[] = {
    /* clang-format off */
    { "kernel",    'k', "FILE",    set_kernel,    "image to load; IMAGE may be a disk, too" },
    { "initrd",    'i', "FILE",    set_initrd,    "module \"FILE args\", or Linux's RAM disk; repeatable" },
    { "append",    'a', "TEXT",    set_append,    "kernel command line" },
    { "bios",       0,  "FILE",    options_set_bios,      "a ROM that starts instead of an image" },
    { "vgabios",    0,  "FILE",    options_set_vgabios,   "the VGA's BIOS, or none (goes with the firmware)" },
    { "post-port",  0,  "PORT",    options_set_post_port, "where the ROM writes its codes (0x80)" },
    { "disk",       0,  "FILE",    set_disk,      "hard disk; FILE,snapshot keeps it as it is (disks)" },
    { "cdrom",      0,  "FILE",    set_cdrom,     "CD-ROM drive with this disc; none: empty" },
    { "boot",       0,  "DEVICES", options_set_boot, "what firmware tries: disk, cdrom, floppy; a list" },
    { "floppy",     0,  "FILE",    set_floppy,    "floppy disk in drive A; once more: in B" },
    { "machine",    0,  "KIND",    options_set_machine,   "pc (440FX, PCI) or isa (AT, ISA only) (pc)" },
    { "memory",    'm', "SIZE",    options_set_memory,    "RAM in MiB, or with K, M or G: 1M to 3584M (64M)" },
    { "cpu",        0,  "MODEL",   options_set_cpu,       "386, 486, pentium or ppro (ppro)" },
    { "tlb",        0,  "MODEL",   options_set_tlb,       "large, 386, 486 or WAYSxSETS (large)" },
    { "speed",      0,  "N",       options_set_speed,     "instructions per virtual us, 1-1221 (153)" },
    { "rtc",        0,  "DATE",    set_rtc,       "clock at power-on (2000-01-01T00:00:00)" },
    { "pace",       0,  "HOW",     set_pace,      "realtime (default with a display), idle or none" },
    { "display",    0,  "KIND",    set_display,   "sdl, term, vnc:ADDR:PORT or none (what works)" },
    { "vnc-password", 0, "FILE",   set_vnc_password, "its first line is what VNC clients must know" },
    { "serial",     0,  "WHERE",   options_set_serial, "COM1, then COM2: stdio, file:F, pty, unix:F or none" },
    { "parallel",   0,  "WHERE",   options_set_parallel, "LPT1: stdio, file:F or none (none)" },
    { "debugcon",   0,  "WHERE",   options_set_debugcon, "port E9h: stdio, file:F or none (none)" },
    { "net",        0,  "KIND",    set_net,       "none or user[,hostfwd=...]: --help network (none)" },
    { "version",    0,  NULL,      set_version,   NULL },
    { "help",       0,  "[TOPIC]", set_help,      "what there is to read; --version" },
    /* How it runs, and what is to be seen of that. */
    { "engine",     0,  "NAME",    set_engine,    "fast, reference or lockstep (fast)" },
    { "linux-entry", 0, "BITS",    options_set_linux_entry, "where a Linux kernel begins: 16, 32 or auto (auto)" },
    { "strict",     0,  NULL,      set_strict,    "stop at a stale TLB entry or a stray access" },
    { "screenshot", 0,  "FILE",    set_screenshot, "write the screen as a PNG file at the end" },
    { "mmu-view",   0,  NULL,      set_mmu_view,  "open the MMU view beside the window" },
    { "mmu-record", 0,  "FOLDER",  set_mmu_record, "film the MMU view: PNG files, ten a second" },
    { "max-insns",  0,  "N",       set_max_insns, "end after N instructions" },
    { "timeout",    0,  "SECONDS", set_timeout,   "end after so many seconds of the host's time" },
    { "trace",      0,  "CATS",    set_trace,     "what to trace, CATS:FILE for a file (stderr)" },
    { "on-triple-fault", 0, "DO",  set_on_triple_fault, "stop, reset or exit (stop)" },
    { "exit-on-halt", 0, NULL,     set_exit_on_halt, "end at HLT with interrupts off" },
    { "monitor",   'M', NULL,      set_monitor,   "start stopped, at the monitor's prompt" },
    { "exec",      'e', "CMD",     set_exec,      "execute a command of the monitor; repeatable" },
    { "script",    'x', "FILE",    set_script,    "execute a file of them; repeatable" },
    { "json",       0,  NULL,      set_json,      "the monitor answers in JSON" },
    { "tour",       0,  NULL,      set_tour,      "a guided tour of the built-in kernel's memory" },
    { "gdb",       'g', "ADDR",    set_gdb,       "serve gdb at [ADDR:]PORT, unix:PATH or stdio" },
    { "wait",      'S', NULL,      set_wait,      "wait for gdb before the first instruction" },
    { "gdb-mode-switch", 0, NULL,  set_gdb_mode_switch, "tell gdb when code becomes 16 or 32 bits wide" },
    /* Not in this version: recognised, refused, not in the help. */
    { "record",     0,  "FILE",    NULL,          NULL },
    { "replay",     0,  "FILE",    NULL,          NULL },
    /* clang-format on */
};

enum { ROWS = ARRAY_LEN(rows), FIRST_LONG = 256 };

/* Number of single-letter changes that make b of a, for the suggestion. */
static unsigned word_distance(const char *a, size_t a_len, const char *b)
{
    unsigned row[32];
    size_t b_len = strlen(b);

    if (b_len >= ARRAY_LEN(row) || a_len >= ARRAY_LEN(row))
        return 99;
    for (unsigned j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned diagonal = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned best = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b_len];
}

static bool refuse_unknown(const char *word, struct error *err)
{
    size_t length = strcspn(word, "=");
    const char *nearest = NULL;
    unsigned best = 99;

    for (unsigned i = 0; i < ROWS; i++) {
        unsigned distance = length > 2 ? word_distance(word + 2, length - 2, rows[i].name) : 99;

        if (rows[i].set && distance < best) {
            best = distance;
            nearest = rows[i].name;
        }
    }
    if (nearest && best <= 3 && best * 2 < strlen(nearest) + 1)
        return error_set(err, "unknown option %.*s; did you mean --%s? (see --help)", (int)length,
                         word, nearest);
    return error_set(err, "unknown option %.*s; see --help options", (int)length, word);
}

/* getopt's view of the table: long options return FIRST_LONG + row. */
static void fill_getopt(struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (unsigned i = 0; i < ROWS; i++) {
        bool optional = rows[i].value && rows[i].value[0] == '[';

        longs[i].name = rows[i].name;
        longs[i].has_arg = !rows[i].value ? no_argument
                           : optional     ? optional_argument
                                          : required_argument;
        longs[i].flag = NULL;
        longs[i].val = (int)(FIRST_LONG + i);
        if (rows[i].letter) {
            *shorts++ = rows[i].letter;
            if (rows[i].value)
                *shorts++ = ':';
            if (optional)
                *shorts++ = ':';
        }
    }
    memset(&longs[ROWS], 0, sizeof longs[ROWS]);
    *shorts = 0;
}

static const struct option_row *find_row(int code)
{
    if (code >= FIRST_LONG)
        return &rows[code - FIRST_LONG];
    for (unsigned i = 0; i < ROWS; i++) {
        if (code && rows[i].letter == code)
            return &rows[i];
    }
    return NULL;
}

/* An option of a later version. */
static bool refuse_missing(const struct option_row *row, int code, struct error *err)
{
    if (code == row->letter)
        return error_set(err, "-%c: not available in this version", row->letter);
    return error_set(err, "--%s: not available in this version", row->name);
}

/* getopt answered '?' or ':'. */
static bool refuse_mistake(int answer, char *const *argv, struct error *err)
{
    const struct option_row *row = find_row(optopt);
    char letter[3] = {'-', (char)optopt, 0};

    if (answer == ':' && row)
        return row->set ? error_set(err, "--%s needs a value: %s", row->name, row->value)
                        : refuse_missing(row, optopt, err);
    if (row && optopt >= FIRST_LONG)
        return error_set(err, "--%s takes no value", row->name);
    return refuse_unknown(optopt ? letter : argv[optind - 1], err);
}

static bool check_combination(const struct options *o, struct error *err)
{
    bool no_image = o->bios && !o->image;
    bool both = o->serial[0] == OPTIONS_PORT_STDIO && o->serial[1] == OPTIONS_PORT_STDIO;
    const char *taker = o->serial[0] == OPTIONS_PORT_STDIO || o->serial[1] == OPTIONS_PORT_STDIO
                            ? "serial"
                        : o->parallel == OPTIONS_PORT_STDIO ? "parallel"
                        : o->debugcon == OPTIONS_PORT_STDIO ? "debugcon"
                                                            : NULL;

    if (both)
        return error_set(err, "--serial stdio: only one of the two serial ports can have it");
    if (o->tour &&
        (o->image || o->bios || o->module_count || o->monitor || o->command_count || o->gdb))
        return error_set(err, "--tour is of the built-in kernel, with a script of its own; without "
                              "image, module, monitor and gdb it would be right");
    if (o->display == UI_TERM && taker)
        return error_set(err, "--display term and --%s stdio both need the terminal; use file:F",
                         taker);
    if (o->display == UI_TERM && (o->monitor || o->command_count))
        return error_set(err,
                         "--display term and the monitor both need the terminal; use --display "
                         "sdl or none");
    if (o->json && !o->monitor && !o->command_count)
        return error_set(err, "--json is for the monitor's answers: with -M, -e or -x");
    if (o->gdb && o->gdb_address.place == GDB_STDIO && (taker || o->display == UI_TERM))
        return error_set(err,
                         "--gdb stdio and --%s both need stdin and stdout; use file:F or "
                         "--gdb PORT",
                         taker ? taker : "display term");
    if (o->gdb && o->gdb_address.place == GDB_STDIO && o->monitor)
        return error_set(err,
                         "--gdb stdio and the monitor both need stdin and stdout; use --gdb PORT");
    if (o->wait && !o->gdb && !o->monitor)
        return error_set(err, "-S waits for gdb: with -g PORT (the monitor, -M, waits by itself)");
    if (o->gdb_mode_switch && !o->gdb)
        return error_set(err, "--gdb-mode-switch goes with -g PORT");
    if (o->cdrom && o->disk_count == OPTIONS_MAX_DISKS)
        return error_set(err, "--cdrom %s: with it there is room for three disks", o->cdrom);
    if (no_image && (o->module_count || o->append))
        return error_set(err, "--%s goes to an image, and --bios starts without one",
                         o->append ? "append" : "initrd");
    return true;
}

bool options_parse(struct options *o, int argc, char **argv, struct error *err)
{
    struct option longs[ROWS + 1];
    char shorts[3 * ROWS + 2];
    int answer;

    memset(o, 0, sizeof *o);
    o->config.memory = OPTIONS_DEFAULT_MEMORY;
    o->config.cpu = CPU_PPRO;
    o->config.insn_cost_log2 = DEFAULT_COST_LOG2;
    o->config.rtc_start = DEFAULT_RTC;
    o->max_insns = UINT64_MAX;

    fill_getopt(longs, shorts);
    opterr = 0;
    while ((answer = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct option_row *row = find_row(answer);

        if (answer == '?' || answer == ':' || !row)
            return refuse_mistake(answer, argv, err);
        if (!row->set)
            return refuse_missing(row, answer, err);
        if (!row->set(o, optarg, err))
            return false;
        if (o->action == OPTIONS_VERSION)
            return true;
        if (o->action == OPTIONS_HELP) {
            if (!o->topic && optind < argc && argv[optind][0] != '-')
                o->topic = argv[optind];
            return true;
        }
    }
    for (; optind < argc; optind++) {
        if (o->image)
            return error_set(err, "one image at a time: %s, then %s; modules go with --initrd",
                             o->image, argv[optind]);
        o->image = argv[optind];
    }
    return check_combination(o, err);
}

void options_version(FILE *to)
{
    fprintf(to, "emu386 " EMU386_VERSION "\n");
}

/* The first row of the second topic: how the machine runs, and what is to be seen of that. */
#define RUNNING_FIRST "engine"

static void print_options(bool running, FILE *to)
{
    bool second = false;

    for (unsigned i = 0; i < ROWS; i++) {
        char names[40];

        second = second || strcmp(rows[i].name, RUNNING_FIRST) == 0;
        if (second != running)
            continue;

        if (!rows[i].set || !rows[i].help) /* refused, or explained in another row */
            continue;
        snprintf(names, sizeof names, "%c%c%s --%s %s", rows[i].letter ? '-' : ' ',
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].value ? rows[i].value : "");
        fprintf(to, "%-24s %s\n", names, rows[i].help);
    }
}

bool options_help(const char *topic, FILE *to, struct error *err)
{
    bool running = topic && strcmp(topic, "running") == 0;

    if (running || (topic && strcmp(topic, "options") == 0)) {
        print_options(running, to);
        return true;
    }
    return help_print(topic, to, err);
}
