/* SPDX-License-Identifier: MIT */
/*
 * main.c - options -> machine -> loader -> front-end -> exit status. What the user reads goes to
 * stderr, one line for a mistake; stdout belongs to the guest.
 *
 * Exit status: 0 ended by the user or a halt that was waited for; (v << 1) | 1 for a write of v
 * to port F4h; 2 usage, image or output, or a command of a script that failed; 3 triple
 * fault; 4 limit reached; 5 a --strict finding; 6 the engines differ; 128 + n
 * ended by signal n. Signals only set a flag, so that the terminal is restored and the screenshot
 * written however a run ends.
 */
#include "base/clock.h"
#include "base/out.h"
#include "base/trace.h"
#include "builtin.h"
#include "debuggers.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "media.h"
#include "monitor/monitor.h"
#include "monitor/postmortem.h"
#include "monitor/symbols.h"
#include "options.h"
#include "ports.h"
#include "roms.h"
#include "tour.h"
#include "ui/net.h"
#include "ui/stdio.h"
#include "ui/ui.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    EXIT_USAGE = 2,
    EXIT_TRIPLE = 3,
    EXIT_LIMIT = 4,
    EXIT_FINDING = 5,
    EXIT_DIVERGED = 6,
    EXIT_BY_SIGNAL = 128,

    QUIT_BY_USER = -1, /* quit_flag: the quit key; a positive value is a signal */
};

static volatile sig_atomic_t quit_flag;
static volatile sig_atomic_t interrupt_flag; /* Ctrl-C while a prompt is there */

struct session {
    struct options options;     /* the command line */
    struct plan plan;           /* what is booted */
    struct roms roms;           /* firmware, if the machine has any */
    struct media media;         /* --disk, --cdrom */
    struct machine *machine;    /* NULL until made */
    char *tour;                 /* --tour: the text of its commands; else NULL */
    struct symbols *symbols;    /* of what is booted; NULL until somebody asked */
    struct ui *ui;              /* NULL until opened */
    struct net *net;            /* --net: the other end of the cable, or NULL */
    struct debuggers debuggers; /* the prompt, its scripts, gdb */
    struct stdio_in in;         /* stdin, of a serial port */
    struct ports ports;         /* serial, parallel, debug console */
    FILE *trace_file;           /* --trace CATS:FILE, or stderr */
    struct out trace_out;       /* the same as a sink */
};

static void on_signal(int number)
{
    quit_flag = number;
}

static void on_interrupt(int number)
{
    (void)number;
    interrupt_flag = 1;
}

/* prompt: Ctrl-C stops the guest instead of ending the program. */
static void install_signals(bool prompt)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction before;

    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        /* nohup and background jobs of a shell ignore some: leave it at that. */
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
            continue;
        action.sa_handler = prompt && ends[i] == SIGINT ? on_interrupt : on_signal;
        sigaction(ends[i], &action, NULL);
    }
    action.sa_handler = SIG_IGN; /* a closed pipe is an error of write */
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL); /* so is a disk's file that may not grow */
}

/* One line, whatever a file's name contains. */
static void print_error(struct error *err)
{
    for (char *p = err->text; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    }
    fprintf(stderr, "emu386: %s\n", err->text);
}

/* With firmware and no image it starts, at the reset vector. */
static bool starts_image(const struct session *s)
{
    return s->options.image || !s->roms.bios.rom.size;
}

static bool plan_boot(struct session *s, struct error *err)
{
    struct boot_source modules[OPTIONS_MAX_MODULES];
    struct boot_request r = {.append = s->options.append,
                             .memory = s->options.config.memory,
                             .acpi = machine_has_tables(&s->options.config),
                             .linux_entry = s->options.linux_entry,
                             .services = !s->roms.bios.rom.size};

    if (!starts_image(s)) {
        plan_init(&s->plan, s->roms.bios.name, r.memory);
        return true;
    }
    for (unsigned i = 0; i < s->options.module_count; i++)
        modules[i] = (struct boot_source){.name = s->options.modules[i]};
    r.modules = modules;
    r.module_count = s->options.module_count;
    r.image.name = s->options.image;
    if (!s->options.image) {
        r.image = (struct boot_source){"kernel.elf", builtin_kernel,
                                       (size_t)(builtin_kernel_end - builtin_kernel)};
        if (r.module_count == 0) {
            modules[0] = (struct boot_source){"initrd.img", builtin_initrd,
                                              (size_t)(builtin_initrd_end - builtin_initrd)};
            r.module_count = 1;
        }
    }
    return boot_plan(&s->plan, &r, err);
}

/* A screenshot that cannot be written should be known before a long run, not after it. */
static bool check_screenshot(const char *file, struct error *err)
{
    const char *slash = file ? strrchr(file, '/') : NULL;
    char folder[4096] = ".";

    if (!file)
        return true;
    if (slash && (size_t)(slash - file) + 2 > sizeof folder)
        return error_set(err, "--screenshot %s: the name is too long", file);
    if (slash) {
        size_t length = slash == file ? 1 : (size_t)(slash - file);

        memcpy(folder, file, length);
        folder[length] = 0;
    }
    if (access(folder, W_OK) != 0)
        return error_set(err, "--screenshot %s: cannot write to %s: %s", file, folder,
                         strerror(errno));
    return true;
}

static void pass_on(struct session *s, unsigned line, uint8_t byte)
{
    ports_serial(&s->ports, line, byte);
    debuggers_serial(&s->debuggers, line, byte);
}

static void on_serial(void *session, uint8_t byte)
{
    pass_on(session, 0, byte);
}

static void on_serial2(void *session, uint8_t byte)
{
    pass_on(session, 1, byte);
}

static bool open_outputs(struct session *s, struct error *err)
{
    struct options *o = &s->options;

    if (!check_screenshot(o->screenshot, err) || !ports_open(&s->ports, o, err))
        return false;
    o->config.serial_write = on_serial;
    o->config.serial2_write = on_serial2;
    o->config.serial_ctx = o->config.serial2_ctx = s;
    s->trace_file = stderr;
    if (o->trace_file) {
        s->trace_file = fopen(o->trace_file, "we");
        if (!s->trace_file)
            return error_set(err, "--trace: cannot write %s: %s", o->trace_file, strerror(errno));
    }
    out_file(&s->trace_out, s->trace_file);
    return true;
}

/* The run loop's hook, once a slice: output that is due, input that has come. */
static void flush_outputs(struct session *s)
{
    if (!ports_pending(&s->ports))
        return;
    debuggers_hide(&s->debuggers);
    ports_flush(&s->ports);
    debuggers_show(&s->debuggers);
}

static void on_poll(void *ctx, struct machine *m)
{
    struct session *s = ctx;

    flush_outputs(s);
    if (!ports_poll(&s->ports, m))
        quit_flag = QUIT_BY_USER;
    if (s->net) {
        net_poll(s->net, m);
        if (net_failed(s->net))
            quit_flag = QUIT_BY_USER;
    }
    stdio_in_poll(&s->in, m);
    if (s->in.quit)
        quit_flag = QUIT_BY_USER;
}

static bool translate(void *ctx, uint32_t cr3, uint32_t lin, uint32_t *phys)
{
    return debug_translate(ctx, cr3, lin, phys);
}

/* The names that the prompt knows, else those of the image, read when they are needed first; an image
   without any is no mistake. */
static struct symbols *get_symbols(struct session *s)
{
    if (s->debuggers.monitor)
        return monitor_symbols(s->debuggers.monitor);
    if (!s->symbols && (s->symbols = symbols_new())) {
        symbols_set_paging(s->symbols, translate, s->machine);
        if (s->plan.image)
            (void)symbols_add(s->symbols, s->plan.name, s->plan.image, s->plan.image_size, NULL,
                              NULL);
    }
    return s->symbols;
}

/* The run loop's hook, when the machine will not go on by itself. */
static void on_stopped(void *ctx, struct machine *m, enum machine_stop stop)
{
    struct session *s = ctx;
    struct out to;

    out_file(&to, stderr);
    flush_outputs(s);
    if (stop == MACHINE_TRIPLE) {
        out_text(&to, "emu386: ");
        postmortem_print(m, get_symbols(s), &to);
        if (ui_kind(s->ui) == UI_NONE && !debuggers_any(&s->debuggers))
            quit_flag = QUIT_BY_USER; /* no screen to keep, nobody to look at it */
    } else if (stop == MACHINE_DIVERGED) {
        out_text(&to, "emu386: the fast and the reference engine disagree\n");
        machine_report(m, &to);
    } else if (stop == MACHINE_HALTED && !s->options.exit_on_halt) {
        out_printf(&to, "emu386: the guest halted with interrupts off\n");
    }
}

/* With a prompt on it the terminal is the guest's only while the guest runs. */
static bool serial_on_stdio(const struct session *s)
{
    return s->options.serial[0] == OPTIONS_PORT_STDIO || s->options.serial[1] == OPTIONS_PORT_STDIO;
}

static void open_stdin(struct session *s)
{
    stdio_in_open(&s->in, s->options.serial[0] != OPTIONS_PORT_STDIO);
}

static void share_terminal(struct session *s)
{
    if (!serial_on_stdio(s) || !s->options.monitor || !isatty(STDIN_FILENO))
        return;
    if (debuggers_prompting(&s->debuggers))
        stdio_in_close(&s->in);
    else if (s->in.fd < 0)
        open_stdin(s);
}

static enum ui_control on_control(void *ctx, struct machine *m, enum machine_stop stop)
{
    struct session *s = ctx;
    enum ui_control want;

    (void)m;
    if (!debuggers_any(&s->debuggers))
        return UI_ALONE;
    if (stop != MACHINE_RAN || interrupt_flag) {
        flush_outputs(s);
        if (s->options.monitor)
            stdio_in_close(&s->in); /* messages of the monitor need a cooked terminal */
    }
    want = debuggers_control(&s->debuggers, stop);
    share_terminal(s);
    return want;
}

/* The user of the display wants the prompt. One in this terminal needs Ctrl-C for itself. */
static bool on_monitor(void *ctx, struct ui *display, struct error *err)
{
    struct session *s = ctx;

    if (ui_kind(display) == UI_TERM)
        install_signals(true);
    return debuggers_prompt(&s->debuggers, &s->options, &s->plan, s->machine, display, err);
}

static void on_complete(void *ctx, const char *line, size_t at, size_t *start,
                        void (*add)(void *add_ctx, const char *word), void *add_ctx)
{
    struct session *s = ctx;

    debuggers_complete(&s->debuggers, line, at, start, add, add_ctx);
}

static unsigned on_files(void *ctx, struct pollfd *files)
{
    const struct session *s = ctx;

    return debuggers_files(&s->debuggers, files);
}

static uint64_t on_alarm(void *ctx)
{
    const struct session *s = ctx;
    uint64_t debuggers = s->debuggers.machine ? debuggers_alarm(&s->debuggers) : UINT64_MAX;
    uint64_t net = s->net ? net_alarm(s->net) : UINT64_MAX;

    return net < debuggers ? net : debuggers;
}

/* Names for the MMU view. */
static int on_symbol(void *ctx, uint32_t cr3, uint32_t addr, char *text, size_t n)
{
    const struct symbols *symbols = get_symbols(ctx);

    return symbols ? symbols_text(symbols, cr3, addr, text, n) : 0;
}

static bool open_ui(struct session *s, struct error *err)
{
    const struct options *o = &s->options;
    bool debugged = debuggers_any(&s->debuggers);
    bool stdio = debugged || ports_stdio(o);
    struct ui_options u = {
        .display = o->display,
        .pace = o->pace,
        .stdio_taken = stdio,
        .interactive = o->monitor || o->gdb || s->net || ports_remote(o) ||
                       (serial_on_stdio(s) && isatty(STDIN_FILENO)),
        .name = o->image               ? o->image
                : s->media.image[0]    ? s->media.image
                : s->roms.bios.name[0] ? s->roms.bios.name
                                       : "built-in kernel",
        .max_insns = o->max_insns,
        .timeout = o->timeout,
        .hold_halted = !o->exit_on_halt && o->max_insns == UINT64_MAX,
        .hold_triple =
            o->config.on_triple_fault == TRIPLE_STOP && (o->display != UI_NONE || debugged),
        .quit = &quit_flag,
        .vnc_address = o->vnc_address,
        .vnc_port = o->vnc_port,
        .vnc_password = o->vnc_password,
        .symbol = on_symbol,
        .mmu_view = o->mmu_view,
        .mmu_record = o->mmu_record,
        .poll = on_poll,
        .stopped = on_stopped,
        .control = on_control,
        .files = on_files,
        .alarm = on_alarm,
        .monitor = on_monitor,
        .complete = on_complete,
        .ctx = s,
    };

    s->ui = ui_open(&u, err);
    return s->ui != NULL;
}

/* A reset starts the image again, as firmware would load it again from its disk. */
static void on_reset(void *ctx, struct machine *m)
{
    struct session *s = ctx;

    (void)boot_apply(&s->plan, m, NULL); /* it fitted the first time */
}

static bool open_net(struct session *s, struct error *err)
{
    struct options *o = &s->options;

    if (!o->net.user)
        return true;
    s->net = net_open(&o->net, err);
    o->config.frame_write = net_send;
    o->config.frame_ctx = s->net;
    return s->net != NULL;
}

static bool start(struct session *s, struct error *err)
{
    struct trace *trace;
    char note[sizeof err->text];

    if (s->options.tour && !tour_prepare(&s->options, &s->tour, err))
        return false;
    if (!media_take_image(&s->media, &s->options, note, sizeof note, err))
        return false;
    if (*note)
        fprintf(stderr, "emu386: %s\n", note);
    if (!media_open(&s->media, &s->options, err) || !roms_open(&s->roms, &s->options, err))
        return false;
    if (!plan_boot(s, err) || (s->plan.services && !roms_serve(&s->roms, &s->options, err)))
        return false;
    if (!open_outputs(s, err) || !open_net(s, err))
        return false;
    s->machine = machine_new(&s->options.config, err);
    if (!s->machine)
        return false;
    trace = machine_trace(s->machine);
    trace->echo_mask = s->options.trace_mask;
    trace->echo_to = &s->trace_out;
    if (starts_image(s)) {
        if (!boot_apply(&s->plan, s->machine, err))
            return false;
        machine_on_reset(s->machine, on_reset, s);
    }
    s->debuggers.serial = &s->ports.out[PORT_COM1];
    s->debuggers.interrupt = &interrupt_flag;
    if (!debuggers_open(&s->debuggers, &s->options, &s->plan, s->machine, err))
        return false;
    install_signals(s->debuggers.interrupt && s->options.monitor);
    if (!open_ui(s, err))
        return false;
    if (serial_on_stdio(s) && !s->options.monitor && !s->options.tour)
        open_stdin(s);
    return true;
}

static int exit_status(const struct session *s, struct ui_result r)
{
    if (debuggers_failed(&s->debuggers) && r.stop != MACHINE_TRIPLE)
        return EXIT_USAGE;
    switch (r.stop) {
    case MACHINE_EXITED: return (int)(machine_exit_status(s->machine) & 0xff);
    case MACHINE_POWERED_OFF: return 0;
    case MACHINE_TRIPLE: return EXIT_TRIPLE;
    case MACHINE_INSNS: return EXIT_LIMIT;
    case MACHINE_FINDING: return EXIT_FINDING;
    case MACHINE_DIVERGED: return EXIT_DIVERGED;
    case MACHINE_RAN:
    case MACHINE_BREAK:
    case MACHINE_HALTED: break;
    }
    if (debuggers_any(&s->debuggers) && r.why != UI_TIMEOUT && quit_flag <= 0)
        return 0; /* they ended the run: whatever the machine did is not an accident */
    if (r.why == UI_TIMEOUT)
        return EXIT_LIMIT;
    if (r.why == UI_QUIT)
        return quit_flag > 0 ? EXIT_BY_SIGNAL + (int)quit_flag : 0;
    if (r.why == UI_STOPPED && !s->options.exit_on_halt)
        return EXIT_LIMIT; /* --max-insns, and no instruction can ever follow */
    return 0;
}

/* What would go wrong on another day: said at the end of every run, if there was anything. */
static void print_findings(struct session *s)
{
    const struct config *c = &s->options.config;
    bool strays = !c->bios.size || c->services || c->strict;
    struct out to;
    char none[1];

    out_buffer(&to, none, sizeof none);
    machine_findings(s->machine, strays, &to);
    if (!to.len)
        return;
    out_file(&to, stderr);
    postmortem_findings(s->machine, get_symbols(s), strays, &to);
}

static void print_summary(struct session *s)
{
    struct machine *m = s->machine;
    uint64_t us = clock_count(machine_now(m), 1000000);

    out_printf(&s->trace_out, "instructions %" PRIu64 "\n", machine_icount(m));
    out_printf(&s->trace_out, "virtual time %" PRIu64 ".%06" PRIu64 " s\n", us / 1000000,
               us % 1000000);
    out_printf(&s->trace_out, "state hash %016" PRIx64 "\n", machine_hash(m));
    machine_summary(m, &s->trace_out);
}

/* Closes the outputs; says what was lost. A reader that has gone away is not a mistake. */
static int close_ports(struct ports *p)
{
    const struct stdio_out *lost = ports_close(p);

    if (!lost)
        return 0;
    if (lost->failed == EPIPE)
        return EXIT_BY_SIGNAL + SIGPIPE;
    fprintf(stderr, "emu386: %s: cannot write: %s\n", lost->name, strerror(lost->failed));
    return EXIT_USAGE;
}

static int finish(struct session *s, struct ui_result r)
{
    int status = r.lost ? EXIT_USAGE : exit_status(s, r);
    struct error err;
    int lost;

    if (s->options.screenshot && !ui_screenshot(s->machine, s->options.screenshot, &err)) {
        print_error(&err);
        status = EXIT_USAGE;
    }
    print_findings(s);
    if (s->options.trace_summary)
        print_summary(s);
    if (s->options.config.count_rows)
        machine_isa(s->machine, &s->trace_out);
    if (net_failed(s->net)) {
        fprintf(stderr, "emu386: %s: cannot write: %s\n", s->options.net.capture,
                strerror(net_failed(s->net)));
        status = EXIT_USAGE;
    }
    if ((lost = close_ports(&s->ports)))
        status = lost;
    return status;
}

static void close_session(struct session *s, int status)
{
    stdio_in_close(&s->in);
    debuggers_close(&s->debuggers, status);
    ui_close(s->ui);
    symbols_free(s->symbols);
    free(s->tour);
    if (s->machine)
        machine_free(s->machine);
    net_close(s->net);
    media_close(&s->media);
    plan_free(&s->plan);
    roms_close(&s->roms);
    (void)ports_close(&s->ports);
    if (s->trace_file && s->trace_file != stderr)
        fclose(s->trace_file);
}

int main(int argc, char **argv)
{
    struct session s = {.machine = NULL};
    struct error err = {.text = ""};
    struct ui_result result;
    int status = EXIT_USAGE;

    stdio_in_none(&s.in);
    if (!options_parse(&s.options, argc, argv, &err)) {
        print_error(&err);
        return EXIT_USAGE;
    }
    if (s.options.action == OPTIONS_VERSION)
        options_version(stdout);
    if (s.options.action == OPTIONS_HELP && !options_help(s.options.topic, stdout, &err)) {
        print_error(&err);
        return EXIT_USAGE;
    }
    if (s.options.action != OPTIONS_RUN)
        return fflush(stdout) == 0 ? 0 : EXIT_USAGE;

    if (start(&s, &err)) {
        result = ui_run(s.ui, s.machine);
        stdio_in_close(&s.in);
        status = finish(&s, result);
    } else {
        /* The display may hold the terminal: give it back before saying anything. */
        ui_close(s.ui);
        s.ui = NULL;
        print_error(&err);
    }
    close_session(&s, status);
    return status;
}
