/* SPDX-License-Identifier: MIT */
/* stop.h - says why the machine stopped, and where it stands. */
#ifndef MONITOR_STOP_H
#define MONITOR_STOP_H

#include "machine/machine.h"

struct answer;
struct monitor;

/* own: by the command that let it run (a step that is done), so that the place says enough. */
void stop_say(struct monitor *mon, enum machine_stop stop, bool own);
/* The place and the instruction there. */
void stop_place(struct monitor *mon, struct answer *to);

#endif
