/* SPDX-License-Identifier: MIT */
/*
 * reclaim.h - what to do when memory is short.
 */
#ifndef KERNEL_RECLAIM_H
#define KERNEL_RECLAIM_H

#include <stdbool.h>

#include "kernel/page.h"

/* Pages out up to `wanted` frames of that zone or lower ones; false: there was nothing to get. */
bool reclaim(enum zone_id highest, unsigned wanted);

/*
 * For a process that needs a frame when even reclaim() has found none: kills the largest process
 * and lets it go. True: try again; false: this process is the one to die.
 */
bool out_of_memory(void);

#endif
