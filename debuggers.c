/* SPDX-License-Identifier: MIT */
/* debuggers.c - see debuggers.h. */
#include "debuggers.h"

#include "loader/image.h"
#include "monitor/gdb/gdb.h"
#include "monitor/monitor.h"
#include "monitor/repl.h"
#include "monitor/symbols.h"
#include "options.h"
#include "ui/mmuview.h"
#include "ui/stdio.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The monitor ----------------------------------------------------------------------- */

/* A guest's line that has no end yet gets one first. */
static void write_answer(struct out *to, const char *text, size_t n)
{
    const struct debuggers *d = to->ctx;

    if (d->display) {
        ui_console_print(d->display, text, n);
        return;
    }
    if (n && d->serial && d->serial->file == d->file)
        stdio_out_newline(d->serial);
    fwrite(text, 1, n, d->file);
}

static bool take_screenshot(void *ctx, const struct machine *m, const char *file, struct error *err)
{
    (void)ctx;
    return ui_screenshot(m, file, err);
}

static int name_address(void *debuggers, uint32_t cr3, uint32_t addr, char *text, size_t n)
{
    const struct debuggers *d = debuggers;

    return d->monitor ? symbols_text(monitor_symbols(d->monitor), cr3, addr, text, n) : 0;
}

static bool take_picture(void *ctx, const struct machine *m, enum monitor_picture what,
                         uint32_t base, const char *file, struct error *err)
{
    static const enum mmuview_page pages[] = {[PICTURE_DIRECTORY] = MMUVIEW_DIRECTORY,
                                              [PICTURE_TABLE] = MMUVIEW_TABLE,
                                              [PICTURE_FRAMES] = MMUVIEW_FRAMES};

    return mmuview_screenshot(m, pages[what], base, file, name_address, ctx, err);
}

static bool is_elf(const struct plan *p)
{
    static const char magic[] = "\177ELF";

    return p->image_size > 4 && memcmp(p->image, magic, 4) == 0;
}

static bool open_monitor(struct debuggers *d, const struct options *o, const struct plan *plan,
                         struct error *err)
{
    const struct monitor_host host = {
        .screenshot = take_screenshot, .picture = take_picture, .ctx = d};

    d->file = o->gdb && o->gdb_address.place == GDB_STDIO ? stderr : stdout;
    d->to = (struct out){.write = write_answer, .ctx = d};
    d->monitor = monitor_new(d->machine, &d->to, o->json, err);
    if (!d->monitor)
        return false;
    monitor_set_host(d->monitor, &host);
    if (is_elf(plan)) /* without symbols it goes as well */
        symbols_add(monitor_symbols(d->monitor), plan->name, plan->image, plan->image_size, NULL,
                    NULL);
    return true;
}

/* ---- The prompt ------------------------------------------------------------------------ */

/* $XDG_CONFIG_HOME/emu386, by default ~/.config/emu386. Empty: there is no home. */
static void config_folder(char *path, size_t n)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    path[0] = 0;
    if (config && *config == '/')
        snprintf(path, n, "%s/emu386", config);
    else if (home && *home == '/')
        snprintf(path, n, "%s/.config/emu386", home);
}

/* The history needs its folder. What cannot be made is done without. */
static void make_folder(const char *path)
{
    char part[4096];

    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        (void)mkdir(part, 0700);
    }
}

static void find_files(struct debuggers *d)
{
    char folder[3000];

    config_folder(folder, sizeof folder);
    if (!folder[0])
        return;
    snprintf(d->rc_file, sizeof d->rc_file, "%s/monitorrc", folder);
    snprintf(d->history, sizeof d->history, "%s/history", folder);
    make_folder(d->history);
}

static bool open_repl(struct debuggers *d, const struct options *o, struct error *err)
{
    struct repl_options r = {
        .input = o->monitor,
        .terminal = o->monitor && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO),
    };

    d->commands = calloc(o->command_count + 1, sizeof *d->commands);
    if (!d->commands)
        return error_set(err, "no memory for the commands");
    if (o->monitor)
        find_files(d);
    if (d->rc_file[0])
        d->commands[r.count++] =
            (struct repl_command){.text = d->rc_file, .is_file = true, .optional = true};
    for (unsigned i = 0; i < o->command_count; i++)
        d->commands[r.count++] = (struct repl_command){
            .text = o->commands[i].text, .is_file = o->commands[i].is_file, .option = "-e"};
    r.commands = d->commands;
    r.history = d->history[0] ? d->history : NULL;
    if (!r.terminal)
        d->interrupt = NULL;
    d->repl = repl_open(d->monitor, &r, err);
    return d->repl != NULL;
}

/* ---- A prompt that comes later ----------------------------------------------------------- */

static enum repl_given next_line(void *ctx, const char **line)
{
    struct debuggers *d = ctx;

    switch (ui_console_line(d->display, line)) {
    case UI_LINE: return REPL_LINE;
    case UI_LINE_LEFT: return REPL_LEFT;
    case UI_LINE_NONE: break;
    }
    return REPL_NO_LINE;
}

static void say_mistake(void *ctx, const char *text)
{
    const struct debuggers *d = ctx;

    ui_console_print(d->display, text, strlen(text));
    ui_console_print(d->display, "\n", 1);
}

static bool open_later(struct debuggers *d, struct ui *display, struct error *err)
{
    bool inside = ui_console(display);
    const struct repl_options r = {.input = !inside,
                                   .terminal = !inside,
                                   .history = d->history[0] ? d->history : NULL,
                                   .elsewhere = inside ? &d->elsewhere : NULL};

    if (!inside && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return error_set(err, "there is no terminal for the monitor's prompt");
    d->elsewhere = (struct repl_elsewhere){.line = next_line, .mistake = say_mistake, .ctx = d};
    d->repl = repl_open(d->monitor, &r, err);
    if (!d->repl)
        return false;
    d->display = inside ? display : NULL;
    return true;
}

void debuggers_complete(struct debuggers *d, const char *line, size_t at, size_t *start,
                        void (*add)(void *ctx, const char *word), void *ctx)
{
    bool files;

    if (d->monitor)
        monitor_complete(d->monitor, line, at, start, &files, add, ctx);
}

/* ---- gdb ------------------------------------------------------------------------------- */

/* A name under which gdb finds the file by itself, too; the built-in kernel has only our copy. */
static void name_exec(struct debuggers *d, const struct options *o)
{
    char *path = o->image ? realpath(o->image, NULL) : NULL;

    snprintf(d->exec_name, sizeof d->exec_name, "%s", path ? path : "/emu386/kernel.elf");
    free(path);
}

static bool open_gdb(struct debuggers *d, const struct options *o, const struct plan *plan,
                     struct error *err)
{
    struct gdb_options g = {.address = &o->gdb_address,
                            .monitor = d->monitor,
                            .prompt = o->monitor,
                            .mode_switch = o->gdb_mode_switch};

    if (is_elf(plan)) {
        name_exec(d, o);
        g.exec_name = d->exec_name;
        g.exec = plan->image;
        g.exec_size = plan->image_size;
    }
    d->gdb = gdb_open(d->machine, &g, err);
    if (!d->gdb)
        return false;
    if (o->gdb_address.place != GDB_STDIO)
        fprintf(stderr, "emu386: gdb: target remote %s%s\n", gdb_where(d->gdb),
                o->wait ? " (the machine waits)" : "");
    if (!gdb_loopback(d->gdb))
        fprintf(stderr,
                "emu386: --gdb: whoever can reach %s, from any host, controls this guest and can "
                "use every command of the monitor\n",
                gdb_where(d->gdb));
    return true;
}

bool debuggers_open(struct debuggers *d, const struct options *o, const struct plan *plan,
                    struct machine *m, struct error *err)
{
    bool repl = o->monitor || o->command_count;

    if (!repl && !o->gdb)
        return true;
    d->machine = m;
    d->wait = o->wait;
    d->running = !repl && !o->wait;
    return open_monitor(d, o, plan, err) && (!repl || open_repl(d, o, err)) &&
           (!o->gdb || open_gdb(d, o, plan, err));
}

void debuggers_close(struct debuggers *d, int status)
{
    gdb_close(d->gdb, status);
    repl_close(d->repl);
    d->gdb = NULL;
    monitor_free(d->monitor);
    free(d->commands);
    d->repl = NULL;
    d->monitor = NULL;
    d->commands = NULL;
    d->machine = NULL;
}

bool debuggers_any(const struct debuggers *d)
{
    return d->machine != NULL;
}

bool debuggers_failed(const struct debuggers *d)
{
    return d->repl && repl_failed(d->repl);
}

bool debuggers_prompting(const struct debuggers *d)
{
    return d->repl && !d->running;
}

void debuggers_hide(const struct debuggers *d)
{
    if (d->repl && !d->running)
        repl_hide(d->repl);
}

void debuggers_show(const struct debuggers *d)
{
    if (d->repl && !d->running)
        repl_show(d->repl);
}

/* ---- The run loop ---------------------------------------------------------------------- */

/* What either of them wants. */
enum wish { KEEP = REPL_KEEP, GO = REPL_GO, HOLD = REPL_HOLD, END = REPL_END };

static_assert((int)KEEP == GDB_KEEP && (int)GO == GDB_GO && (int)HOLD == GDB_HOLD &&
                  (int)END == GDB_END,
              "the prompt and gdb have the same wishes");

static bool attached(const struct debuggers *d)
{
    return d->gdb && gdb_attached(d->gdb);
}

/* Tells everybody that the machine stands still. `stop` is told to the monitor by gdb, if gdb has one
   of its commands run. */
static enum wish tell(struct debuggers *d, enum machine_stop stop)
{
    bool told = d->gdb && gdb_commands(d->gdb), ok = true;
    enum wish want = d->gdb ? (enum wish)gdb_stopped(d->gdb, stop) : KEEP;
    enum monitor_want next;

    if (want == GO || want == END)
        return want;
    if (d->repl && !told)
        return (enum wish)repl_stopped(d->repl, stop);
    if (!told && !attached(d) && stop == MACHINE_BREAK) { /* a point, and nobody is there */
        ok = monitor_stopped(d->monitor, stop, &next, NULL);
        fflush(d->file);
        return ok && next == MONITOR_RUN ? GO : KEEP;
    }
    return want;
}

/* False: the program ends. */
static bool obey(struct debuggers *d, enum wish want)
{
    switch (want) {
    case KEEP: return true;
    case GO:
        d->running = true;
        d->stop = MACHINE_RAN;
        return true;
    case END: return false;
    case HOLD: break;
    }
    if (!d->running)
        return true;
    d->running = false;
    return obey(d, tell(d, d->stop));
}

/* The guest is gone, or a limit was reached: without a prompt the run ends, gdb has been told. */
static bool is_final(enum machine_stop stop)
{
    return stop == MACHINE_EXITED || stop == MACHINE_POWERED_OFF || stop == MACHINE_INSNS ||
           stop == MACHINE_DIVERGED;
}

/* A prompt wants to know what became of the machine: always one that was asked for from the start, one
   in the display only while a command of it runs. */
static bool minds(const struct debuggers *d)
{
    return d->repl && (!d->display || repl_running(d->repl));
}

static bool take_stop(struct debuggers *d, enum machine_stop stop)
{
    d->stop = stop;
    d->running = false;
    if (!obey(d, tell(d, stop)))
        return false;
    if (!minds(d) && (is_final(stop) || (!attached(d) && stop != MACHINE_BREAK)))
        d->running = true; /* nobody holds it: the run loop decides what comes of it */
    return true;
}

static bool take_slice(struct debuggers *d)
{
    if (d->gdb && !obey(d, (enum wish)gdb_ran(d->gdb)))
        return false;
    if (!d->repl || !d->running)
        return true;
    bool waited = repl_running(d->repl);
    if (!obey(d, (enum wish)repl_ran(d->repl)))
        return false;
    if (waited && !repl_running(d->repl)) /* what it waited for has come */
        d->running = false;
    return true;
}

bool debuggers_prompt(struct debuggers *d, const struct options *o, const struct plan *plan,
                      struct machine *m, struct ui *display, struct error *err)
{
    if (!d->machine) {
        d->machine = m;
        d->running = true;
    }
    if (!d->monitor && !open_monitor(d, o, plan, err)) {
        d->machine = NULL;
        return false;
    }
    if (!d->repl) {
        find_files(d);
        if (!open_later(d, display, err))
            return false;
    } else if (d->display) {
        ui_console(d->display);
    }
    return obey(d, HOLD); /* false: a prepared command ends the program, which control says */
}

static bool take_interrupt(struct debuggers *d)
{
    if (!d->interrupt || !*d->interrupt)
        return true;
    *d->interrupt = 0;
    return obey(d, (enum wish)repl_interrupt(d->repl));
}

static bool serve(struct debuggers *d)
{
    if (d->gdb && !obey(d, (enum wish)gdb_serve(d->gdb)))
        return false;
    if (d->running || !d->repl)
        return true;
    if (d->gdb && repl_done(d->repl)) { /* -e and -x are over: the rest is gdb's */
        repl_close(d->repl);
        d->repl = NULL;
        return obey(d, d->wait || attached(d) ? KEEP : GO);
    }
    return obey(d, (enum wish)repl_serve(d->repl));
}

enum ui_control debuggers_control(struct debuggers *d, enum machine_stop stop)
{
    bool alone;

    if (stop != MACHINE_RAN && !take_stop(d, stop))
        return UI_END;
    if (stop == MACHINE_RAN && d->running && !take_slice(d))
        return UI_END;
    alone = !minds(d) && d->running && d->stop != MACHINE_RAN; /* it stopped, and nobody minds */
    if (!take_interrupt(d) || !serve(d))
        return UI_END;
    if (!d->running)
        return UI_WAIT;
    return alone || (!minds(d) && !attached(d)) ? UI_ALONE : UI_GO;
}

unsigned debuggers_files(const struct debuggers *d, struct pollfd *files)
{
    unsigned n = d->gdb ? gdb_files(d->gdb, files) : 0;

    return n + (d->repl ? repl_files(d->repl, files + n) : 0);
}

uint64_t debuggers_alarm(const struct debuggers *d)
{
    return d->monitor ? monitor_alarm(d->monitor) : UINT64_MAX;
}

void debuggers_serial(struct debuggers *d, unsigned line, uint8_t byte)
{
    if (d->monitor)
        monitor_serial(d->monitor, line, byte);
}
