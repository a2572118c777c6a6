/* SPDX-License-Identifier: MIT */
/* run.c - see run.h. */
#include "monitor/run.h"

#include "base/out.h"
#include "cpu/insn.h"
#include "cpu/opcodes.h"
#include "machine/debug.h"
#include "monitor/events.h"
#include "monitor/points.h"
#include "monitor/session.h"
#include "monitor/stop.h"
#include "monitor/symbols.h"
#include "monitor/unwind.h"
#include "monitor/wait.h"

#include <string.h>

#define POP_MAX 1024 /* bytes of arguments that a RET may drop */

/* ---- One step -------------------------------------------------------------------------- */

static bool on_own_point(void *ctx, struct machine *m, const struct debug_point *p,
                         const struct debug_event *e)
{
    const struct monitor *mon = ctx;
    uint32_t esp = (uint32_t)session_reg(mon, "esp");

    (void)m;
    (void)p;
    (void)e;
    return esp >= mon->run.esp && esp <= mon->run.esp_max;
}

static void drop_own_point(struct monitor *mon)
{
    if (mon->run.point)
        debug_remove(mon->machine, mon->run.point);
    mon->run.point = 0;
}

/* Runs to lin, on the present stack or above it by at most `above` bytes. In user mode other address
   spaces do not count; the kernel may have changed its own on the way. */
static bool run_to(struct monitor *mon, uint32_t lin, uint32_t above, struct error *err)
{
    struct debug_spec spec = {.kind = DEBUG_EXEC, .first = lin, .last = lin, .ctx = mon};
    uint32_t top = mon->run.esp + above;

    spec.where = WHERE_ANY;
    if (session_reg(mon, "cpl") == 3) {
        spec.where = WHERE_LINEAR;
        spec.cr3_given = true;
        spec.cr3 = mon->run.cr3;
    }
    spec.hit = on_own_point;
    mon->run.esp_max = top < mon->run.esp ? UINT32_MAX : top;
    drop_own_point(mon);
    mon->run.point = debug_add(mon->machine, &spec, err);
    return mon->run.point != 0;
}

static bool decode_here(struct monitor *mon, struct insn *insn)
{
    uint8_t code[INSN_MAX_LENGTH];
    size_t n = debug_peek(mon->machine, SPACE_CPU, mon->run.pc, code, sizeof code);

    return decode(insn, code, (unsigned)n, debug_code16(mon->machine)) == DECODE_OK;
}

/* Instructions that come back behind themselves: CALL and INT. */
static bool comes_back(const struct insn *insn)
{
    const char *name = opcodes[insn->row].name;

    return strncmp(name, "call", 4) == 0 || strcmp(name, "int") == 0;
}

static bool begin_step(struct monitor *mon, struct error *err)
{
    struct run *r = &mon->run;
    struct insn insn;

    r->pc = debug_pc(mon->machine);
    r->esp = (uint32_t)session_reg(mon, "esp");
    r->cr3 = (uint32_t)session_reg(mon, "cr3");
    r->after = 0;
    r->again = false;
    if (decode_here(mon, &insn)) {
        if (r->over && comes_back(&insn))
            return run_to(mon, r->pc + insn.len, POP_MAX, err);
        if (!(opcodes[insn.row].flags & (OPC_BRANCH | OPC_ENDS)))
            r->after = r->pc + insn.len;
    }
    debug_step(mon->machine, r->irqs);
    return true;
}

/* ---- After a part ---------------------------------------------------------------------- */

/* The instruction faulted and the user wants to see it done, not its handler: back to it. */
static bool entered_fault(const struct monitor *mon)
{
    const struct run *r = &mon->run;
    uint32_t pc = debug_pc(mon->machine);

    return (r->over || r->kind == RUN_LINE) && r->after && pc != r->after && pc != r->pc;
}

/* A function without lines was called: to its return address. */
static bool entered_unknown(const struct monitor *mon, uint32_t *back)
{
    const struct run *r = &mon->run;
    uint32_t esp = (uint32_t)session_reg(mon, "esp"), pc = debug_pc(mon->machine);
    struct insn insn;
    uint8_t code[INSN_MAX_LENGTH];
    size_t n = debug_peek(mon->machine, SPACE_CPU, r->pc, code, sizeof code);

    if (esp != r->esp - 4 || decode(&insn, code, (unsigned)n, false) != DECODE_OK ||
        !comes_back(&insn) || pc == r->pc + insn.len ||
        debug_peek(mon->machine, SPACE_CPU, esp, back, 4) != 4)
        return false;
    return *back == r->pc + insn.len;
}

enum progress { DONE, GOES_ON, FAILED };

static enum progress line_progress(struct monitor *mon, struct error *err)
{
    struct run *r = &mon->run;
    const char *file;
    unsigned line;
    uint32_t back;

    if (symbols_line(mon->symbols, r->cr3, debug_pc(mon->machine), &file, &line)) {
        if (line == r->line && r->file && strcmp(file, r->file) == 0)
            return begin_step(mon, err) ? GOES_ON : FAILED;
        r->file = file;
        r->line = line;
        if (--r->left == 0)
            return DONE;
        return begin_step(mon, err) ? GOES_ON : FAILED;
    }
    if (entered_unknown(mon, &back))
        return run_to(mon, back, POP_MAX, err) ? GOES_ON : FAILED;
    return DONE;
}

/* The part is over: what now? */
static enum progress progress(struct monitor *mon, struct error *err)
{
    struct run *r = &mon->run;

    drop_own_point(mon);
    if (r->kind != RUN_INSN && r->kind != RUN_LINE)
        return DONE;
    if (r->again)
        return begin_step(mon, err) ? GOES_ON : FAILED;
    if (entered_fault(mon)) {
        r->again = true;
        return run_to(mon, r->pc, 0, err) ? GOES_ON : FAILED;
    }
    if (r->kind == RUN_LINE)
        return line_progress(mon, err);
    if (--r->left == 0)
        return DONE;
    return begin_step(mon, err) ? GOES_ON : FAILED;
}

/* Is this stop a part of the command's own doing? */
static bool is_own_stop(const struct monitor *mon, enum machine_stop stop)
{
    const struct debug_stop *s = debug_stopped(mon->machine);

    if (stop != MACHINE_BREAK || mon->run.kind == RUN_NONE)
        return false;
    if (s->why == DEBUG_AT_POINT)
        return s->point == mon->run.point;
    return s->why == DEBUG_STEPPED;
}

/* ---- Commands -------------------------------------------------------------------------- */

static void begin(struct monitor *mon, enum run_kind kind)
{
    mon->run.kind = kind;
    mon->want = MONITOR_RUN;
    mon->event = NULL;
}

void run_continue(struct monitor *mon)
{
    begin(mon, RUN_CONTINUE);
}

bool run_insns(struct monitor *mon, bool over, uint64_t n, struct error *err)
{
    mon->run.over = over;
    mon->run.left = n;
    if (!begin_step(mon, err))
        return false;
    begin(mon, RUN_INSN);
    return true;
}

bool run_lines(struct monitor *mon, bool over, uint64_t n, struct error *err)
{
    struct run *r = &mon->run;

    if (!symbols_line(mon->symbols, (uint32_t)session_reg(mon, "cr3"), debug_pc(mon->machine),
                      &r->file, &r->line))
        return run_insns(mon, over, n, err);
    r->over = over;
    r->left = n;
    if (!begin_step(mon, err))
        return false;
    begin(mon, RUN_LINE);
    return true;
}

bool run_out(struct monitor *mon, struct error *err)
{
    struct run *r = &mon->run;
    struct unwind u;

    if (!unwind_start(&u, mon->machine, mon->symbols, NULL) || !unwind_next(&u))
        return error_set(err, "finish: no caller can be found from here; bt shows what is known");
    r->esp = u.frame.reg[ESP];
    r->cr3 = (uint32_t)session_reg(mon, "cr3");
    if (!(u.frame.known & 1u << ESP)) {
        r->esp = 0;
        if (!run_to(mon, u.frame.pc, UINT32_MAX, err))
            return false;
    } else if (!run_to(mon, u.frame.pc, POP_MAX, err)) {
        return false;
    }
    begin(mon, RUN_OUT);
    return true;
}

void run_wait(struct monitor *mon)
{
    begin(mon, RUN_WAIT);
}

bool monitor_running(const struct monitor *mon)
{
    return mon->run.kind != RUN_NONE;
}

/* ---- What whoever runs the machine tells ----------------------------------------------- */

/* What a program sees of a mistake. */
static bool report(struct monitor *mon, bool ok, const struct error *mistake, struct error *err)
{
    if (!ok && mon->json)
        session_complain(mon, mistake);
    if (!ok && err)
        *err = *mistake;
    return ok;
}

static bool go_on(struct monitor *mon, enum monitor_want *want, struct error *err)
{
    struct error mistake = {""};

    return report(mon, session_go(mon, want, &mistake), &mistake, err);
}

static bool fail(struct monitor *mon, const struct error *why, enum monitor_want *want,
                 struct error *err)
{
    struct error mistake = {""};

    return report(mon, session_fail(mon, why, want, &mistake), &mistake, err);
}

/* The actions of the point that stopped, before what waits behind the command. */
static bool push_action(struct monitor *mon, struct error *err)
{
    const struct debug_stop *s = debug_stopped(mon->machine);
    const struct point *p = s->why == DEBUG_AT_POINT ? point_find(mon, s->point) : NULL;

    return !p || !p->action || session_push(mon, p->action, NULL, err);
}

static void end_run(struct monitor *mon)
{
    drop_own_point(mon);
    debug_step_cancel(mon->machine);
    mon->run.kind = RUN_NONE;
}

bool monitor_stopped(struct monitor *mon, enum machine_stop stop, enum monitor_want *want,
                     struct error *err)
{
    bool own = is_own_stop(mon, stop), nobodys, waited = mon->run.kind == RUN_WAIT, ok = true;
    struct error mistake = {""};

    if (own && !waited) {
        enum progress p = progress(mon, &mistake);

        *want = MONITOR_RUN;
        if (p == GOES_ON)
            return true;
        ok = p == DONE;
    }
    nobodys = !own && stop == MACHINE_BREAK && debug_stopped(mon->machine)->why == DEBUG_STEPPED;
    end_run(mon);
    *want = MONITOR_PROMPT;
    if (nobodys) /* another client's step */
        return true;
    if (!(own && waited))
        stop_say(mon, stop, own);
    ok = ok && (stop != MACHINE_BREAK || push_action(mon, &mistake));
    point_sweep(mon, true);
    if (waited && !own)
        ok = wait_stopped(mon, &mistake);
    return ok ? go_on(mon, want, err) : fail(mon, &mistake, want, err);
}

bool monitor_ran(struct monitor *mon, enum monitor_want *want, struct error *err)
{
    struct error mistake = {""};

    *want = MONITOR_RUN;
    wait_type(mon);
    if (mon->run.kind != RUN_WAIT)
        return true;
    switch (wait_look(mon, &mistake)) {
    case WAIT_GOES_ON: return true;
    case WAIT_OVER: end_run(mon); return go_on(mon, want, err);
    case WAIT_LATE: break;
    }
    end_run(mon);
    return fail(mon, &mistake, want, err);
}
