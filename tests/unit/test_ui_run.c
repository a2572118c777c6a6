/* SPDX-License-Identifier: MIT */
/*
 * Checks the run loop (ui/run.c) without a display, on a real machine with a few bytes of code:
 * why it ends, that it holds what it should hold, that it keeps pace without using the host's
 * processor, and the hooks. And the queue of keys. Host times are checked with wide margins.
 */
#include "ui/ui.h"
#include "base/clock.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"
#include "ui/display.h"

#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Programs for 32-bit flat mode at 1 MiB. */
static const char HALT[] = "\xfa\xf4"; /* cli; hlt */
static const char SPIN[] = "\xeb\xfe"; /* jmp $ */
/* mov al, FFh; out 21h, al; out A1h, al; sti; hlt; jmp to hlt: the timer would find no IDT. */
static const char IDLE[] = "\xb0\xff\xe6\x21\xe6\xa1\xfb\xf4\xeb\xfd";
static const char LEAVE[] = "\xb0\x05\xe6\xf4\xeb\xfe"; /* mov al, 5; out F4h, al; jmp $ */

struct seen {
    unsigned polls, stops;      /* calls of the hooks */
    enum machine_stop stop;     /* what `stopped` was told */
    unsigned quit_at;           /* poll number that sets quit, 0: none */
    volatile sig_atomic_t quit; /* the flag */
    /* The debugger: what it answers, one letter per call (Alone Go Wait End), the last for ever. */
    const char *wants;
    unsigned news;          /* stops it was told */
    enum machine_stop told; /* the last of them */
    uint64_t icount;        /* at the last call */
    int file;               /* UI_WAIT is ended by this one */
};

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double virtual_seconds(const struct machine *m)
{
    return (double)machine_now(m) * (double)CLOCK_HZ_DEN / (double)CLOCK_HZ_NUM;
}

static struct machine *make(const char *code, size_t n)
{
    static const struct config config = {
        .memory = 4u << 20, .cpu = CPU_PPRO, .engine = ENGINE_FAST, .insn_cost_log2 = 3};
    static const struct machine_entry entry = {
        .protected_mode = true, .eip = 0x100000, .esp = 0x200000};
    struct error err = {""};
    struct machine *m = machine_new(&config, &err);

    if (!m) {
        printf("machine_new: %s\n", err.text);
        exit(1);
    }
    bus_poke(machine_bus(m), 0x100000, code, n);
    machine_enter(m, &entry);
    return m;
}

static void on_poll(void *ctx, struct machine *m)
{
    struct seen *s = ctx;

    (void)m;
    if (++s->polls == s->quit_at)
        s->quit = 1;
}

static void on_stopped(void *ctx, struct machine *m, enum machine_stop stop)
{
    struct seen *s = ctx;

    (void)m;
    s->stops++;
    s->stop = stop;
}

static enum ui_control on_control(void *ctx, struct machine *m, enum machine_stop stop)
{
    struct seen *s = ctx;
    char want = *s->wants;

    if (s->wants[1])
        s->wants++;
    if (stop != MACHINE_RAN) {
        s->news++;
        s->told = stop;
    }
    s->icount = machine_icount(m);
    return want == 'G' ? UI_GO : want == 'W' ? UI_WAIT : want == 'E' ? UI_END : UI_ALONE;
}

static unsigned on_files(void *ctx, struct pollfd *files)
{
    const struct seen *s = ctx;

    files[0] = (struct pollfd){.fd = s->file, .events = POLLIN};
    return 1;
}

static struct ui_result run(struct machine *m, struct ui_options o, struct seen *s)
{
    struct error err = {""};
    struct ui_result r = {0};
    struct ui *u;

    o.display = UI_NONE;
    o.poll = on_poll;
    o.stopped = on_stopped;
    o.ctx = s;
    o.quit = &s->quit;
    o.control = s->wants ? on_control : NULL;
    o.files = s->file ? on_files : NULL;
    u = ui_open(&o, &err);
    CHECK(u != NULL, "no display always opens: %s", err.text);
    if (u) {
        CHECK(ui_kind(u) == UI_NONE, "and is what was asked for");
        r = ui_run(u, m);
    }
    ui_close(u);
    return r;
}

static void check_ends(void)
{
    struct machine *m = make(HALT, sizeof(HALT) - 1);
    struct seen s = {0};
    struct ui_result r = run(m, (struct ui_options){.timeout = 20}, &s);

    CHECK(r.why == UI_STOPPED && r.stop == MACHINE_HALTED, "HLT for good ends it: %d %d", r.why,
          r.stop);
    CHECK(s.stops == 1 && s.stop == MACHINE_HALTED, "the hook is told once");
    machine_free(m);

    m = make(HALT, sizeof(HALT) - 1);
    s = (struct seen){0};
    r = run(m, (struct ui_options){.timeout = 0.3, .hold_halted = true}, &s);
    CHECK(r.why == UI_TIMEOUT && r.stop == MACHINE_HALTED, "held until the timeout: %d %d", r.why,
          r.stop);
    CHECK(s.stops == 1, "the hook is told once (%u)", s.stops);
    machine_free(m);

    m = make(SPIN, sizeof(SPIN) - 1);
    s = (struct seen){0};
    r = run(m, (struct ui_options){.timeout = 20, .max_insns = 12345}, &s);
    CHECK(r.why == UI_STOPPED && r.stop == MACHINE_INSNS && machine_icount(m) == 12345,
          "the instruction limit is exact: %llu", (unsigned long long)machine_icount(m));
    machine_free(m);

    m = make(SPIN, sizeof(SPIN) - 1);
    s = (struct seen){.quit_at = 3};
    r = run(m, (struct ui_options){.timeout = 20}, &s);
    CHECK(r.why == UI_QUIT && r.stop == MACHINE_RAN && s.stops == 0, "the quit flag ends it");
    CHECK(s.polls == 3, "before the next slice (%u polls)", s.polls);
    machine_free(m);

    m = make(LEAVE, sizeof(LEAVE) - 1);
    s = (struct seen){0};
    r = run(m, (struct ui_options){.timeout = 20, .hold_halted = true, .hold_triple = true}, &s);
    CHECK(r.why == UI_STOPPED && r.stop == MACHINE_EXITED && machine_exit_status(m) == 11,
          "port F4h ends it whatever is held");
    machine_free(m);
}

static void check_debuggers(void)
{
    struct machine *m = make(SPIN, sizeof(SPIN) - 1);
    struct seen s = {.wants = "WWWWE"};
    struct ui_result r = run(m, (struct ui_options){.timeout = 20}, &s);

    CHECK(r.why == UI_QUIT && r.stop == MACHINE_RAN && s.icount == 0,
          "a debugger that waits keeps the machine from its first instruction: %d", r.why);
    machine_free(m);

    m = make(SPIN, sizeof(SPIN) - 1);
    s = (struct seen){.wants = "WGWE"};
    r = run(m, (struct ui_options){.timeout = 20}, &s);
    CHECK(r.why == UI_QUIT && s.icount > 0, "and lets it go");
    machine_free(m);

    m = make(LEAVE, sizeof(LEAVE) - 1);
    s = (struct seen){.wants = "GWWWE"};
    r = run(m, (struct ui_options){.timeout = 20}, &s);
    CHECK(r.why == UI_STOPPED && r.stop == MACHINE_EXITED && s.news == 1 &&
              s.told == MACHINE_EXITED && s.stops == 0,
          "it is told of a stop once, and the stop stays the result");
    machine_free(m);

    m = make(HALT, sizeof(HALT) - 1);
    s = (struct seen){.wants = "GWWGWA"};
    r = run(m, (struct ui_options){.timeout = 20}, &s);
    CHECK(r.why == UI_STOPPED && r.stop == MACHINE_HALTED && s.news == 2 && s.stops == 1,
          "a stop is told again when it comes again; alone, the run ends (%u %u)", s.news, s.stops);
    machine_free(m);

    m = make(HALT, sizeof(HALT) - 1);
    s = (struct seen){.wants = "A"};
    r = run(m, (struct ui_options){.timeout = 0.3, .hold_halted = true}, &s);
    CHECK(r.why == UI_TIMEOUT && r.stop == MACHINE_HALTED && s.news == 1 && s.stops == 1,
          "a debugger that does not care changes nothing");
    machine_free(m);
}

/* A waiting debugger is woken by its file at once, not by the display's clock. */
static void check_files(void)
{
    enum { ROUNDS = 1000 };
    static char waits[ROUNDS + 2];
    struct machine *m = make(SPIN, sizeof(SPIN) - 1);
    struct seen s = {.wants = waits};
    double began = seconds(CLOCK_MONOTONIC);
    int ends[2];

    memset(waits, 'W', ROUNDS);
    waits[ROUNDS] = 'E';
    CHECK(pipe(ends) == 0 && write(ends[1], "x", 1) == 1, "a pipe with a byte in it");
    s.file = ends[0];
    run(m, (struct ui_options){.timeout = 60}, &s);
    CHECK(seconds(CLOCK_MONOTONIC) - began < 10, "1000 rounds take %.1f s",
          seconds(CLOCK_MONOTONIC) - began);
    close(ends[0]);
    close(ends[1]);
    machine_free(m);
}

static void check_pace(void)
{
    struct machine *m = make(IDLE, sizeof(IDLE) - 1);
    struct seen s = {0};
    double began = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    struct ui_options o = {.timeout = 1, .pace = UI_PACE_REALTIME};
    struct ui_result r = run(m, o, &s);
    double took = seconds(CLOCK_MONOTONIC) - began;

    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    CHECK(r.why == UI_TIMEOUT && took >= 1 && took < 1.5, "a timeout is host seconds: %.3f", took);
    CHECK(virtual_seconds(m) > 0.8 && virtual_seconds(m) < took + 0.1,
          "real time: %.3f virtual seconds in %.3f", virtual_seconds(m), took);
    CHECK(cpu < 0.2, "an idle guest takes %.3f s of the host's processor", cpu);
    machine_free(m);

    m = make(IDLE, sizeof(IDLE) - 1);
    o = (struct ui_options){.timeout = 0.2};
    run(m, o, &s);
    CHECK(virtual_seconds(m) > 5, "without pace an idle guest's time flies: %.3f s",
          virtual_seconds(m));
    machine_free(m);

    m = make(IDLE, sizeof(IDLE) - 1);
    o = (struct ui_options){.timeout = 0.5, .interactive = true};
    began = seconds(CLOCK_MONOTONIC);
    run(m, o, &s);
    took = seconds(CLOCK_MONOTONIC) - began;
    CHECK(virtual_seconds(m) > 0.2 && virtual_seconds(m) < took + 0.1,
          "somebody types: sleep takes its time, %.3f virtual seconds", virtual_seconds(m));
    machine_free(m);

    m = make(SPIN, sizeof(SPIN) - 1);
    o.pace = UI_PACE_IDLE;
    run(m, o, &s);
    CHECK(machine_slept(m) == 0, "a busy guest is not held up");
    machine_free(m);

    m = make(SPIN, sizeof(SPIN) - 1);
    began = seconds(CLOCK_MONOTONIC);
    run(m, (struct ui_options){.timeout = 0.3}, &s);
    took = seconds(CLOCK_MONOTONIC) - began;
    CHECK(took >= 0.3 && took < 0.8, "a busy guest is stopped in time: %.3f s", took);
    machine_free(m);
}

static void check_keys(void)
{
    static struct ui_keys k;
    struct keymap_stroke stroke = {KEY_A, MOD_SHIFT};
    struct input in;
    unsigned typed = 0, wrong = 0, taken = 0;

    CHECK(!ui_keys_take(&k, &in), "an empty queue gives nothing");
    for (unsigned round = 0; round < 3; round++) { /* the ring wraps */
        for (typed = 0; ui_keys_type(&k, stroke); typed++)
            ;
        CHECK(typed == UI_KEYS / 4, "%u strokes of 4 events fit", typed);
        CHECK(!ui_keys_push(&k, KEY_A, true) && !ui_keys_room(&k), "then it is full");
        for (taken = 0; ui_keys_take(&k, &in); taken++) {
            bool shift = taken % 4 == 0 || taken % 4 == 3;

            wrong += in.key != (shift ? KEY_LEFT_SHIFT : KEY_A) || in.down != (taken % 4 < 2);
        }
        CHECK(taken == UI_KEYS && wrong == 0, "all events come out in order, %u wrong", wrong);
        ui_keys_push(&k, KEY_A, true);
        CHECK(ui_keys_take(&k, &in) && in.key == KEY_A && in.down, "one goes through");
    }
}

static void check_refused(void)
{
    struct ui_options o = {.display = UI_TERM, .stdio_taken = true};
    struct error err = {""};

    CHECK(!ui_open(&o, &err) && strstr(err.text, "--display term"), "%s", err.text);
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("SDL_VIDEODRIVER");
    o = (struct ui_options){.display = UI_SDL};
    err.text[0] = 0;
    CHECK(!ui_open(&o, &err) && strstr(err.text, "--display sdl"), "%s", err.text);
    ui_close(NULL);
}

int main(void)
{
    check_keys();
    check_refused();
    check_ends();
    check_debuggers();
    check_files();
    check_pace();
    return report_end();
}
