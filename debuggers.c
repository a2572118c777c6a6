/* SPDX-License-Identifier: MIT */
/* debuggers.c - see debuggers.h. */
#include "debuggers.h"

#include "loader/image.h"
#include "monitor/monitor.h"
#include "monitor/repl.h"
#include "monitor/symbols.h"
#include "options.h"
#include "ui/stdio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The monitor ----------------------------------------------------------------------- */

/* Text to stdout; a guest's line that has no end yet gets one first. */
static void write_answer(struct out *to, const char *text, size_t n)
{
    const struct debuggers *d = to->ctx;

    if (n && d->serial && d->serial->file == stdout)
        stdio_out_newline(d->serial);
    fwrite(text, 1, n, stdout);
}

static bool take_screenshot(void *ctx, const struct machine *m, const char *file, struct error *err)
{
    (void)ctx;
    return ui_screenshot(m, file, err);
}

static bool is_elf(const struct plan *p)
{
    static const char magic[] = "\177ELF";

    return p->image_size > 4 && memcmp(p->image, magic, 4) == 0;
}

static bool open_monitor(struct debuggers *d, const struct options *o, const struct plan *plan,
                         struct error *err)
{
    static const struct monitor_host host = {.screenshot = take_screenshot};

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

bool debuggers_open(struct debuggers *d, const struct options *o, const struct plan *plan,
                    struct machine *m, struct error *err)
{
    if (!o->monitor && !o->command_count)
        return true;
    d->machine = m;
    return open_monitor(d, o, plan, err) && open_repl(d, o, err);
}

void debuggers_close(struct debuggers *d)
{
    repl_close(d->repl);
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

/* False: the program ends. */
static bool obey(struct debuggers *d, enum repl_want want)
{
    switch (want) {
    case REPL_KEEP: return true;
    case REPL_GO: d->running = true; return true;
    case REPL_END: return false;
    case REPL_HOLD: break;
    }
    if (!d->running)
        return true;
    d->running = false;
    return obey(d, repl_stopped(d->repl, MACHINE_RAN));
}

static bool take_interrupt(struct debuggers *d)
{
    if (!d->interrupt || !*d->interrupt)
        return true;
    *d->interrupt = 0;
    return obey(d, repl_interrupt(d->repl));
}

enum ui_control debuggers_control(struct debuggers *d, enum machine_stop stop)
{
    if (!d->repl)
        return UI_ALONE;
    if (stop != MACHINE_RAN) {
        d->running = false;
        if (!obey(d, repl_stopped(d->repl, stop)))
            return UI_END;
    } else if (d->running && !obey(d, repl_ran(d->repl))) {
        return UI_END;
    }
    if (!take_interrupt(d))
        return UI_END;
    if (!d->running && !obey(d, repl_serve(d->repl)))
        return UI_END;
    return d->running ? UI_GO : UI_WAIT;
}

unsigned debuggers_files(const struct debuggers *d, struct pollfd *files)
{
    return d->repl ? repl_files(d->repl, files) : 0;
}

uint64_t debuggers_alarm(const struct debuggers *d)
{
    return d->monitor ? monitor_alarm(d->monitor) : UINT64_MAX;
}

void debuggers_serial(struct debuggers *d, uint8_t byte)
{
    if (d->monitor)
        monitor_serial(d->monitor, byte);
}
