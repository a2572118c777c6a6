/* SPDX-License-Identifier: MIT */
/* irqwhy.h - the command irq; its row is in commands_why.c. */
#ifndef MONITOR_IRQWHY_H
#define MONITOR_IRQWHY_H

#include "base/types.h"

struct answer;
struct line;
struct monitor;

bool irq_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err);

#endif
