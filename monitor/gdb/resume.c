/* SPDX-License-Identifier: MIT */
/*
 * resume.c - letting the machine run, and saying why it stopped.
 *
 * - A step is one instruction of the guest's program: interrupts that come between run through,
 *   unless `step-irqs on` or QEMU's sstep asks for them.
 * - A range step (gdb's next and step) stays here until the pc has left the range.
 * - With mode_switch, a stop in code of the other width is announced by an exec stop reply first:
 *   gdb then fetches the target description again, with the other architecture, and resumes. That
 *   resume is answered by the true stop reply.
 * - Commands of the monitor that let the machine run are run like that, too: their answer waits.
 */
#include "monitor/gdb/stub.h"

#include "cpu/cpu.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The host's numbers for signals, as gdb has them. */
enum { SIGNAL_INT = 2, SIGNAL_ILL = 4, SIGNAL_TRAP = 5, SIGNAL_FPE = 8, SIGNAL_SEGV = 11 };

enum { QEMU_NO_IRQ = 2 };

/* ---- Stop replies ---------------------------------------------------------------------------- */

void gdb_set_stop(struct gdb *g, unsigned signal, const char *reason)
{
    g->signal = (uint8_t)signal;
    g->exited = false;
    snprintf(g->reason, sizeof g->reason, "%s", reason);
}

static void say_stop(struct gdb *g)
{
    if (g->exited) {
        gdb_say(g, "%s", g->reason);
        return;
    }
    gdb_say(g, "T%02x", g->signal);
    gdb_say_expedited(g);
    gdb_say(g, "%sthread:1;", g->reason);
}

/* The code's width changed since gdb was told. */
static bool announce_width(struct gdb *g)
{
    const char *name = g->options.exec_name ? g->options.exec_name : "/emu386/image";

    if (!g->options.mode_switch || g->exited || g->target_code16 == debug_code16(g->m) ||
        !gdb_describe(g))
        return false;
    gdb_points_clear(g); /* a program that is executed anew has none */
    if (g->signal == SIGNAL_TRAP && !*g->reason)
        g->signal = 0; /* of a step that gdb has forgotten by then */
    g->held_back = true;
    gdb_say(g, "T05exec:");
    gdb_say_hex(g, name, strlen(name));
    gdb_say(g, ";thread:1;");
    return true;
}

/* The answer to what let the machine run. */
static void send_stop(struct gdb *g)
{
    if (!g->resumed)
        return;
    gdb_send_text(g);
    g->resumed = false;
    g->stepping = GDB_RUNNING;
    g->reply_len = 0;
    if (!announce_width(g))
        say_stop(g);
    gdb_send(g, g->reply, g->reply_len);
}

void gdb_on_why(struct gdb *g, const char *args, const char *end)
{
    say_stop(g);
}

/* The signal that a Unix program would get for the fault. */
static unsigned signal_of(unsigned vector)
{
    switch (vector) {
    case 0:
    case 16: return SIGNAL_FPE;
    case 1:
    case 3: return SIGNAL_TRAP;
    case 6:
    case 7: return SIGNAL_ILL;
    default: return SIGNAL_SEGV;
    }
}

static void stop_at_point(struct gdb *g, const struct debug_stop *stop)
{
    static const char *const names[] = {"swbreak", "hwbreak", "watch", "rwatch", "awatch"};
    const struct gdb_point *p = gdb_point_find(g, stop->point);
    char reason[64] = "";

    if (!p)
        return;
    if (p->type >= '2')
        snprintf(reason, sizeof reason, "%s:%x;", names[p->type - '0'], p->addr);
    else if (p->type == '0' ? g->swbreak : g->hwbreak)
        snprintf(reason, sizeof reason, "%s:;", names[p->type - '0']);
    gdb_set_stop(g, SIGNAL_TRAP, reason);
}

static void stop_for_good(struct gdb *g, unsigned status)
{
    snprintf(g->reason, sizeof g->reason, "W%02x", status & 0xff);
    g->exited = true;
}

/* Fills in the stop reply. */
static void note_stop(struct gdb *g, enum machine_stop stop)
{
    const struct debug_stop *why = debug_stopped(g->m);

    gdb_set_stop(g, SIGNAL_TRAP, "");
    switch (stop) {
    case MACHINE_RAN: g->signal = g->resumed ? SIGNAL_INT : SIGNAL_TRAP; break;
    case MACHINE_BREAK:
        if (why->why == DEBUG_AT_POINT)
            stop_at_point(g, why);
        break;
    case MACHINE_TRIPLE:
        g->signal = (uint8_t)signal_of(machine_cpu(g->m)->chain[0].fault.vector);
        break;
    case MACHINE_EXITED: stop_for_good(g, machine_exit_status(g->m)); break;
    case MACHINE_POWERED_OFF: stop_for_good(g, 0); break;
    case MACHINE_INSNS: stop_for_good(g, 4); break;
    case MACHINE_DIVERGED: stop_for_good(g, 6); break;
    case MACHINE_HALTED:
    case MACHINE_FINDING: break;
    }
}

/* Is the stop of gdb's own making, so that it needs no words? */
static bool is_ours(const struct gdb *g, enum machine_stop stop)
{
    const struct debug_stop *why = debug_stopped(g->m);

    if (stop == MACHINE_BREAK)
        return why->why != DEBUG_AT_POINT || gdb_point_find(g, why->point);
    return stop == MACHINE_RAN || stop == MACHINE_EXITED || stop == MACHINE_POWERED_OFF;
}

/* ---- Stops ----------------------------------------------------------------------------------- */

/* The monitor's command has let the machine run and goes on, or is done: `want`, or failed. */
static enum gdb_want command_done(struct gdb *g, bool ok, enum monitor_want want,
                                  const struct error *err)
{
    if (ok && want == MONITOR_RUN)
        return GDB_GO;
    if (!ok)
        out_printf(&g->said, "%s\n", err->text);
    gdb_send_text(g);
    g->commanding = false;
    gdb_give_back(g);
    gdb_send(g, "OK", 2);
    return ok && want == MONITOR_QUIT ? GDB_END : GDB_HOLD;
}

/* In a range step: is the machine still inside, with nothing to tell? Breakpoints there count. */
static bool goes_on(const struct gdb *g, enum machine_stop stop)
{
    uint32_t pc = debug_pc(g->m);

    if (!g->resumed || g->stepping != GDB_RANGE || stop != MACHINE_BREAK ||
        debug_stopped(g->m)->why != DEBUG_STEPPED)
        return false;
    return pc - g->range[0] < g->range[1] - g->range[0] && !debug_exec_at(g->m, pc);
}

static void step(struct gdb *g)
{
    bool irqs = monitor_step_irqs(g->options.monitor) || !(g->qemu_step & QEMU_NO_IRQ);

    debug_step(g->m, irqs);
}

enum gdb_want gdb_stopped(struct gdb *g, enum machine_stop stop)
{
    struct error err = {""};
    enum monitor_want want = MONITOR_PROMPT;
    bool ok;

    if (goes_on(g, stop)) {
        step(g);
        return GDB_GO;
    }
    if (stop == MACHINE_RAN)
        debug_step_cancel(g->m);
    note_stop(g, stop);
    if (g->commanding) {
        ok = monitor_stopped(g->options.monitor, stop, &want, &err);
        return command_done(g, ok, want, &err);
    }
    if (g->borrowed && !is_ours(g, stop))
        (void)monitor_stopped(g->options.monitor, stop, &want, NULL);
    send_stop(g);
    return GDB_KEEP;
}

enum gdb_want gdb_ran(struct gdb *g)
{
    struct error err = {""};
    enum monitor_want want = MONITOR_RUN;

    gdb_send_text(g);
    if (!g->commanding)
        return GDB_KEEP;
    if (monitor_ran(g->options.monitor, &want, &err) && want == MONITOR_RUN)
        return GDB_KEEP;
    return command_done(g, !*err.text, want, &err);
}

/* ---- Packets --------------------------------------------------------------------------------- */

void gdb_resume(struct gdb *g, enum gdb_stepping how)
{
    if (g->killed) {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    if (g->held_back) { /* the stop of before the exec stop reply */
        g->held_back = false;
        say_stop(g);
        return;
    }
    if (how != GDB_RUNNING)
        step(g);
    g->stepping = how;
    g->resumed = true;
    g->reply_held = true;
    g->want = GDB_GO;
}

/* [ADDR] or SIGNAL[;ADDR]: where to go on. Signals are not for the guest to have. */
static void resume_at(struct gdb *g, const char *args, enum gdb_stepping how)
{
    uint64_t addr;

    if (*args) {
        if (!gdb_hex_number(&args, &addr) || *args) {
            gdb_say_error(g, GDB_E_BAD);
            return;
        }
        addr -= machine_cpu(g->m)->seg[CS].base;
        debug_reg_set(g->m, (unsigned)debug_reg_find(g->m, "eip", 3), (uint32_t)addr, NULL);
    }
    gdb_resume(g, how);
}

static const char *behind_signal(const char *args)
{
    const char *semicolon = strchr(args, ';');

    return semicolon ? semicolon + 1 : "";
}

void gdb_on_c(struct gdb *g, const char *args, const char *end)
{
    resume_at(g, args, GDB_RUNNING);
}

void gdb_on_C(struct gdb *g, const char *args, const char *end)
{
    resume_at(g, behind_signal(args), GDB_RUNNING);
}

void gdb_on_s(struct gdb *g, const char *args, const char *end)
{
    resume_at(g, args, GDB_STEP);
}

void gdb_on_S(struct gdb *g, const char *args, const char *end)
{
    resume_at(g, behind_signal(args), GDB_STEP);
}

/* vCont;ACTION[:THREAD]...: the first action is ours, whatever the thread is called. */
void gdb_on_cont(struct gdb *g, const char *args, const char *end)
{
    uint64_t first, past;

    if (*args == '?') {
        gdb_say(g, "vCont;c;C;s;S;r");
        return;
    }
    if (*args++ != ';') {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    switch (*args++) {
    case 'c':
    case 'C': gdb_resume(g, GDB_RUNNING); return;
    case 's':
    case 'S': gdb_resume(g, GDB_STEP); return;
    case 'r':
        if (gdb_hex_number(&args, &first) && *args++ == ',' && gdb_hex_number(&args, &past)) {
            g->range[0] = (uint32_t)first;
            g->range[1] = (uint32_t)past;
            gdb_resume(g, GDB_RANGE);
            return;
        }
    }
    gdb_say_error(g, GDB_E_BAD);
}

/* qRcmd,HEX: a line of the monitor's. */
void gdb_on_command(struct gdb *g, const char *args, const char *end)
{
    size_t n = (size_t)(end - args) / 2;
    char line[GDB_PACKET_MAX / 2 + 1];
    struct error err = {""};
    enum monitor_want want = MONITOR_PROMPT;
    bool ok;

    if (n > sizeof line - 1 || !gdb_hex_bytes(&args, line, n) || args != end) {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    line[n] = 0;
    g->reply_held = true;
    g->commanding = true;
    gdb_borrow(g);
    ok = monitor_do(g->options.monitor, line, &want, &err);
    g->want = command_done(g, ok, want, &err);
    if (g->want == GDB_HOLD) /* it did not run */
        g->want = GDB_KEEP;
}
