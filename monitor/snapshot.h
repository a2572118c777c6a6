/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - the whole machine in a file: save and restore. A snapshot is written whole or not at
 * all (temporary file beside it, fsync, rename); one that does not fit leaves the machine as it was.
 */
#ifndef MONITOR_SNAPSHOT_H
#define MONITOR_SNAPSHOT_H

#include "base/types.h"

struct machine;

bool snapshot_save(struct machine *m, const char *file, struct error *err);
bool snapshot_restore(struct machine *m, const char *file, struct error *err);

#endif
