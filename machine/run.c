/* SPDX-License-Identifier: MIT */
/*
 * run.c - the run slice: events that are due, then instructions up to the next one, and so on.
 * HLT costs no instructions: the clock jumps to the next deadline.
 */
#include "machine/board.h"

/* The instruction count at which virtual time reaches `until`. */
static uint64_t insns_until(const struct machine *m, uint64_t until)
{
    unsigned cost = m->cfg.insn_cost_log2;
    uint64_t units = until - m->clock.now, round = (UINT64_C(1) << cost) - 1;
    uint64_t count = units > UINT64_MAX - round ? units >> cost : (units + round) >> cost;
    uint64_t now = m->cpu.icount;
    return count > UINT64_MAX - now ? UINT64_MAX : now + count;
}

void board_reboot(struct machine *m)
{
    machine_reset(m);
    if (m->rebooted)
        m->rebooted(m->rebooted_ctx, m);
}

/* In HLT: false if only a reset could ever end it. */
static bool sleep_on(struct machine *m, uint64_t until)
{
    if (!cpu_can_wake(&m->cpu))
        return false;
    uint64_t next = clock_next(&m->clock), began = m->clock.now;
    cpu_skip_to(&m->cpu, next < until ? next : until);
    m->slept += m->clock.now - began;
    return true;
}

enum machine_stop board_run(struct machine *m, uint64_t until, uint64_t max_insns)
{
    debug_begin(m);
    for (;;) {
        clock_fire(&m->clock);
        if (m->exited)
            return MACHINE_EXITED;
        if (m->powered_off)
            return MACHINE_POWERED_OFF;
        if (m->cpu.finding_stop)
            return MACHINE_FINDING;
        if (m->reset_wanted)
            board_reboot(m);
        if (m->init_wanted) {
            m->init_wanted = false;
            cpu_initialize(&m->cpu);
        }
        if (m->clock.now >= until)
            return MACHINE_RAN;
        if (m->cpu.icount >= max_insns)
            return MACHINE_INSNS;
        uint64_t limit = insns_until(m, until), goal = debug_goal(m);
        limit = limit < max_insns ? limit : max_insns;
        switch (cpu_run(&m->cpu, limit < goal ? limit : goal)) {
        case CPU_HALT:
            if (!sleep_on(m, until))
                return MACHINE_HALTED;
            break;
        case CPU_TRIPLE:
            if (m->cfg.on_triple_fault != TRIPLE_RESET || m->debug.attached) {
                m->debug.stop = (struct debug_stop){.why = DEBUG_TRIPLE};
                return MACHINE_TRIPLE;
            }
            board_reboot(m);
            break;
        case CPU_LIMIT:
        case CPU_BREAK: break;
        }
        if (debug_reached(m))
            return MACHINE_BREAK;
    }
}
