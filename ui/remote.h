/* SPDX-License-Identifier: MIT */
/*
 * remote.h - the far end of a guest's serial line when it is another program's: a pseudo terminal that
 * a terminal program opens, or a socket that clients connect to.
 *
 * - Nothing here blocks. What the guest sends waits for its reader, 1 MiB at most; beyond that, and
 *   while no client is connected to a socket, it is lost, as on a line with nobody at its end.
 * - What comes from outside is read only as the guest's line has room: a writer waits.
 * - A socket's file belongs to this program: it is made by remote_open_unix, may be used by this user
 *   alone, and is removed by remote_close. One client at a time; the next one waits for it to leave. A
 *   file that was left by a program that is gone is replaced; any other is not touched.
 */
#ifndef UI_REMOTE_H
#define UI_REMOTE_H

#include "base/types.h"

struct machine;
struct remote;

/* NULL and err if it cannot be opened. */
struct remote *remote_open_pty(struct error *err);
struct remote *remote_open_unix(const char *path, struct error *err);
void remote_close(struct remote *r);

/* Where the far end is found: the name of the terminal or of the socket. */
const char *remote_name(const struct remote *r);
/* A byte from the guest. */
void remote_byte(struct remote *r, uint8_t byte);
/* Moves what can be moved, to the machine's line `port` (0: COM1). */
void remote_poll(struct remote *r, struct machine *m, uint8_t port);

#endif
