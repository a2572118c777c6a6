/* SPDX-License-Identifier: MIT */
/*
 * disk_echo.h - one medium for two machines that must do the same (lockstep). What the first asks of
 * it is done, and remembered until the second asks for the same: it gets the same answer, and the
 * medium is not touched again. Anything else is a difference between the two.
 */
#ifndef MACHINE_DISK_ECHO_H
#define MACHINE_DISK_ECHO_H

#include "base/types.h"

struct block;
struct disk_echo;

/* NULL: no memory. The medium is borrowed. */
struct disk_echo *disk_echo_new(struct block *medium);
void disk_echo_free(struct disk_echo *e);

struct block *disk_echo_first(struct disk_echo *e);
struct block *disk_echo_second(struct disk_echo *e);
/* Has the second asked for exactly what the first has, so far? */
bool disk_echo_agrees(const struct disk_echo *e);
/* The second begins where the first is. */
void disk_echo_restart(struct disk_echo *e);

#endif
