/* SPDX-License-Identifier: MIT */
/*
 * run.c - opens a display and runs a machine in it: the only place where host time meets
 * virtual time.
 *
 *     poll the display -> ask the debuggers -> feed keys -> run a slice -> show -> sleep until
 *     the host is there
 *
 * - Pace: after a slice the loop sleeps until as much host time as virtual time has passed, or as the
 *   processor has slept in HLT (UI_PACE_IDLE). A
 *   machine that cannot keep up is not chased: a lag of more than MAX_LAG is forgotten, so that
 *   after a pause (a stopped process, a busy host) the guest does not race.
 * - A slice is 1/60 s of virtual time at most; it shrinks when the host needs long for it, so
 *   that keys, quitting and the timeout are answered in time. How the time is cut into slices
 *   is invisible to the guest.
 * - Keys are fed a few at a time in virtual time, and only while the keyboard has room for them: it
 *   buffers 16 bytes. A guest that takes none for two seconds loses them, as on a real machine.
 */
#include "ui/ui.h"
#include "base/clock.h"
#include "base/screen.h"
#include "ui/loop.h"
#include "ui/record.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FRAME (SECOND / 60)         /* how often the screen is shown */
#define HOLD_WAIT (SECOND / 30)     /* between polls while a stopped machine is held */
#define MAX_LAG (SECOND / 10)       /* how far the guest may fall behind and catch up */
#define SLICE_LONG (SECOND / 40)    /* host time of a slice that is too long */
#define SLICE_SHORT (SECOND / 160)  /* and of one that may grow */
#define SLICE_MIN (SECOND / 20000)  /* virtual ns */
#define SLICE_MAX (SECOND / 60)     /* with a display or in real time */
#define SLICE_MAX_HEADLESS (SECOND) /* without both */
#define KEY_GAP (SECOND / 60)       /* virtual ns between two helpings of keys */
#define KEYS_AT_ONCE 4u             /* at most 16 bytes in scan code set 2 */
#define KEY_BYTES 8u                /* the longest code, that of Pause */
#define KEY_PATIENCE (2 * SECOND)   /* virtual ns that keys wait for a guest that takes none */
#define SAMPLE (SECOND / 2)         /* between two looks at the rate of instructions */
#define LEND_TIME (SECOND / 5)      /* a debugged machine runs so long before its screen returns */
#define VGA_FRAME (SECOND / 70)     /* the VGA counts frames to blink */

/* One clock unit is 275/336 ns (base/clock.h: 13.44 GHz / 11). Exact, without overflow. */
static uint64_t units_to_ns(uint64_t units)
{
    return units / 336 * 275 + units % 336 * 275 / 336;
}

static uint64_t ns_to_units(uint64_t ns)
{
    return ns / 275 * 336 + ns % 275 * 336 / 275;
}

static uint64_t host_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* Sleeps until then or until a signal: the caller looks at the quit flag next. */
static void host_sleep(uint64_t until)
{
    struct timespec t = {.tv_sec = (time_t)(until / SECOND), .tv_nsec = (long)(until % SECOND)};

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static bool has_desktop(void)
{
    const char *x11 = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

    return (x11 && *x11) || (wayland && *wayland);
}

static bool open_as(struct ui *u, const struct display_ops *ops, struct error *err)
{
    u->ops = ops;
    u->display = ops->open(&u->options, err);
    return u->display != NULL;
}

static bool open_display(struct ui *u, struct error *err)
{
    switch (u->options.display) {
    case UI_SDL: return open_as(u, &display_sdl, err);
    case UI_TERM: return open_as(u, &display_term, err);
    case UI_VNC: return open_as(u, &display_vnc, err);
    case UI_NONE: return open_as(u, &display_headless, err);
    case UI_AUTO: break;
    }
    if (has_desktop() && open_as(u, &display_sdl, NULL))
        return true;
    if (!u->options.stdio_taken && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
        open_as(u, &display_term, NULL))
        return true;
    return open_as(u, &display_headless, err);
}

struct ui *ui_open(const struct ui_options *options, struct error *err)
{
    struct ui *u = calloc(1, sizeof(*u));

    if (!u) {
        error_set(err, "no memory for the user interface");
        return NULL;
    }
    u->options = *options;
    if (!u->options.max_insns)
        u->options.max_insns = UINT64_MAX;
    if (options->mmu_record) {
        u->record = record_new(options->mmu_record, options->symbol, options->ctx, err);
        if (!u->record) {
            free(u);
            return NULL;
        }
    }
    if (!open_display(u, err)) {
        record_free(u->record);
        free(u);
        return NULL;
    }
    if (u->ops->show && !(u->screen.pixels = malloc(SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT *
                                                    sizeof(*u->screen.pixels)))) {
        error_set(err, "no memory for the screen");
        ui_close(u);
        return NULL;
    }
    u->pace = options->pace != UI_PACE_AUTO ? options->pace
              : u->ops->kind != UI_NONE     ? UI_PACE_REALTIME
              : options->interactive        ? UI_PACE_IDLE
                                            : UI_PACE_NONE;
    u->speed = u->pace == UI_PACE_REALTIME ? 100 : 0;
    u->slice = SLICE_MIN;
    u->slice_max =
        u->pace == UI_PACE_NONE && u->ops->kind == UI_NONE ? SLICE_MAX_HEADLESS : SLICE_MAX;
    return u;
}

enum ui_display ui_kind(const struct ui *u)
{
    return u->ops->kind;
}

static void close_display(struct ui *u)
{
    if (u->display)
        u->ops->close(u->display);
    u->display = NULL;
}

void ui_close(struct ui *u)
{
    if (!u)
        return;
    close_display(u);
    free(u->screen.pixels);
    record_free(u->record);
    free(u);
}

static void feed_user(struct ui *u, struct machine *m)
{
    uint64_t now = units_to_ns(machine_now(m));
    struct ui_keys *keys = &u->user.keys;
    struct input in;

    while (ui_mouse_take(&u->user.mouse, &in))
        machine_input(m, &in);
    if (!keys->count || now < u->next_key)
        return;
    if (machine_key_room(m) < KEY_BYTES && now < u->next_key + KEY_PATIENCE)
        return;
    for (unsigned i = 0; i < KEYS_AT_ONCE && ui_keys_take(keys, &in); i++)
        machine_input(m, &in);
    u->next_key = now + KEY_GAP;
}

/* Pictures are taken at exact virtual times: no slice goes past one that is due. False: one cannot
   be written. */
static bool take_picture(struct ui *u, const struct machine *m)
{
    struct error err;

    if (!u->record || machine_now(m) < ns_to_units(record_due(u->record)))
        return true;
    if (record_take(u->record, m, &err))
        return true;
    fprintf(stderr, "emu386: %s\n", err.text);
    return false;
}

static void run_slice(struct ui *u, struct machine *m)
{
    uint64_t began = host_now(), took, until = machine_now(m) + ns_to_units(u->slice);
    uint64_t alarm = u->options.alarm ? u->options.alarm(u->options.ctx) : UINT64_MAX;
    uint64_t longest = u->speed && u->speed < 100 ? u->slice_max * u->speed / 100 : u->slice_max;

    if (u->record && until > ns_to_units(record_due(u->record)))
        until = ns_to_units(record_due(u->record));
    u->stop = machine_run(m, alarm < until ? alarm : until, u->options.max_insns);
    u->told = u->stop == MACHINE_RAN;
    took = host_now() - began;
    if (took > SLICE_LONG && u->slice / 2 >= SLICE_MIN)
        u->slice /= 2;
    else if (took < SLICE_SHORT)
        u->slice *= 2;
    if (u->slice > longest)
        u->slice = longest;
}

static const char *state_name(const struct ui *u)
{
    switch (u->stop) {
    case MACHINE_HALTED: return "halted";
    case MACHINE_TRIPLE: return "triple fault";
    default: return u->waiting ? "stopped" : u->paused ? "paused" : "running";
    }
}

/* Seconds of virtual time and the state: the title changes once a second. */
static void show_title(struct ui *u, const struct machine *m)
{
    uint64_t seconds = units_to_ns(machine_now(m)) / SECOND;
    uint64_t key = (seconds * 4 + u->waiting * 2 + u->paused) * 16 + (uint64_t)u->stop + 1;
    const char *name = u->options.name ? u->options.name : "", *slash = strrchr(name, '/');
    char text[160];

    if (!u->ops->title || key == u->title_key)
        return;
    u->title_key = key;
    if (slash)
        name = slash + 1;
    snprintf(text, sizeof(text), "emu386 - %.60s%s%s, %llu s", name, *name ? " - " : "",
             state_name(u), (unsigned long long)seconds);
    u->ops->title(u->display, text);
}

static void show_status(struct ui *u, const struct machine *m, uint64_t now)
{
    struct ui_status *s = &u->status;
    uint64_t insns = machine_icount(m);

    if (!u->ops->status)
        return;
    if (now - u->sampled >= SAMPLE || insns < u->sampled_insns) {
        if (u->sampled && insns >= u->sampled_insns)
            s->rate = (insns - u->sampled_insns) * 1000 / ((now - u->sampled) / 1000000);
        u->sampled = now;
        u->sampled_insns = insns;
    }
    machine_panel(m, &s->panel);
    s->state = state_name(u);
    s->running = !u->held && !u->waiting && !u->paused;
    s->ns = units_to_ns(machine_now(m));
    s->speed = u->speed;
    s->monitor = u->options.monitor != NULL;
    s->prompt = u->waiting;
    u->ops->status(u->display, s);
}

static void show(struct ui *u, const struct machine *m, uint64_t now)
{
    struct render_phase phase = {.text = now / VGA_FRAME / 16 % 2 == 0,
                                 .cursor = now / VGA_FRAME / 8 % 2 == 0};

    if (u->ops->look)
        u->ops->look(u->display, m);
    if (!u->ops->show || u->lent || now < u->next_show)
        return;
    u->next_show = now + FRAME;
    machine_screen(m, &u->screen);
    show_title(u, m);
    show_status(u, m, now);
    u->ops->show(u->display, &u->screen, phase);
}

void loop_lend(struct ui *u, bool lent)
{
    u->held_since = host_now();
    if (!u->ops->lend || lent == u->lent)
        return;
    u->lent = lent;
    u->ops->lend(u->display, lent);
}

/* A prompt in the terminal has it while the machine is held, and for the moment of a step. */
static void lend(struct ui *u, uint64_t now)
{
    if (u->waiting && u->prompted)
        loop_lend(u, true);
    else if (u->lent && now > u->held_since + LEND_TIME)
        loop_lend(u, false);
}

/* The machine stopped for good: whether it is kept on the screen. */
static bool hold(struct ui *u, struct machine *m)
{
    bool want = (u->stop == MACHINE_HALTED && u->options.hold_halted) ||
                (u->stop == MACHINE_TRIPLE && u->options.hold_triple);

    u->report_due = u->options.stopped != NULL;
    if (want && u->report_due && u->ops->kind != UI_TERM) {
        u->report_due = false;
        u->options.stopped(u->options.ctx, m, u->stop);
    }
    return want;
}

/* Until a debugger has something to read, a signal comes or the display wants to be looked at. */
static void wait_files(struct ui *u)
{
    struct pollfd files[UI_MAX_FILES];
    unsigned n = u->options.files ? u->options.files(u->options.ctx, files) : 0;

    poll(files, n, (int)(HOLD_WAIT / 1000000));
}

void loop_rebase(struct ui *u, const struct machine *m)
{
    u->base_host = host_now();
    u->base_virtual = units_to_ns(machine_now(m));
}

static void keep_pace(struct ui *u, const struct machine *m)
{
    uint64_t now = host_now(), virtual_now = units_to_ns(machine_now(m)), target;

    if (u->held || u->waiting || u->paused) {
        wait_files(u);
        return;
    }
    if (u->pace == UI_PACE_NONE || !u->told) /* debuggers hear of a stop at once */
        return;
    if (u->pace == UI_PACE_IDLE) { /* what the processor did took its own time */
        host_sleep(now + units_to_ns(machine_slept(m) - u->slept));
        u->slept = machine_slept(m);
        return;
    }
    target = u->base_host + wishes_host(u, virtual_now - u->base_virtual);
    if (now > target + MAX_LAG)
        loop_rebase(u, m);
    else if (now < target)
        host_sleep(target);
}

/* The deadline in host ns; a timeout beyond centuries is none. */
static uint64_t deadline(const struct ui *u, uint64_t now)
{
    double ns = u->options.timeout * (double)SECOND;

    return ns > 0 && ns < 9e18 ? now + (uint64_t)ns : UINT64_MAX;
}

/* Asks the debuggers whether to run on. False: the run ends. */
static bool consult(struct ui *u, struct machine *m)
{
    enum machine_stop news = u->told ? MACHINE_RAN : u->stop;
    enum ui_control want = UI_ALONE;

    if (news != MACHINE_RAN && u->prompted)
        loop_lend(u, true); /* a prompt will say something */
    if (u->options.control)
        want = u->options.control(u->options.ctx, m, news);
    u->told = true;
    u->waiting = want == UI_WAIT;
    switch (want) {
    case UI_GO:
        u->stop = MACHINE_RAN;
        u->held = false;
        return true;
    case UI_WAIT: return true;
    case UI_END: return false;
    case UI_ALONE: break;
    }
    if (u->stop == MACHINE_BREAK)
        u->stop = MACHINE_RAN; /* theirs, and they are gone */
    if (u->stop != MACHINE_RAN && !u->held)
        u->held = hold(u, m);
    return u->stop == MACHINE_RAN || u->held;
}

static enum ui_end run_loop(struct ui *u, struct machine *m)
{
    uint64_t end = deadline(u, host_now());

    loop_rebase(u, m);
    u->slept = machine_slept(m);
    for (;;) {
        uint64_t now = host_now();

        if (u->options.quit && *u->options.quit)
            return UI_QUIT;
        if (now >= end)
            return UI_TIMEOUT;
        if (!u->lent && !u->ops->poll(u->display, &u->user))
            return UI_CLOSED;
        wishes_do(u, m);
        if (u->ended)
            return UI_CLOSED;
        if (u->options.poll)
            u->options.poll(u->options.ctx, m); /* in a hold as well: the quit key is typed there */
        if (!consult(u, m))
            return u->stop == MACHINE_RAN ? UI_QUIT : UI_STOPPED;
        lend(u, now);
        if (!u->held && !u->waiting && !u->paused) {
            feed_user(u, m);
            if (!take_picture(u, m)) {
                u->lost = true;
                return UI_QUIT;
            }
            run_slice(u, m);
        }
        show(u, m, host_now());
        keep_pace(u, m);
    }
}

struct ui_result ui_run(struct ui *u, struct machine *m)
{
    struct ui_result result;

    u->stop = MACHINE_RAN;
    u->held = u->waiting = u->paused = u->ended = false;
    u->told = true;
    result.why = run_loop(u, m);
    result.stop = u->stop;
    result.lost = u->lost;
    if (u->ops->kind == UI_TERM)
        close_display(u); /* what is printed from here on must reach the user's terminal */
    if (u->report_due)
        u->options.stopped(u->options.ctx, m, u->stop);
    u->report_due = false;
    return result;
}
