/* SPDX-License-Identifier: MIT */
/*
 * later.c - what monitor.h promises and the commands that run the machine bring: until they are
 * there, weakly defined as a monitor in which nothing runs.
 */
#include "monitor/monitor.h"

#define LATER __attribute__((weak))

LATER bool monitor_stopped(struct monitor *mon, enum machine_stop stop, enum monitor_want *want,
                           struct error *err)
{
    (void)mon;
    (void)stop;
    (void)err;
    *want = MONITOR_PROMPT;
    return true;
}

LATER bool monitor_ran(struct monitor *mon, enum monitor_want *want, struct error *err)
{
    (void)mon;
    (void)err;
    *want = MONITOR_RUN;
    return true;
}

LATER uint64_t monitor_alarm(const struct monitor *mon)
{
    (void)mon;
    return UINT64_MAX;
}
