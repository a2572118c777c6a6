/* SPDX-License-Identifier: MIT */
/*
 * stdio.h - the host's standard input, standard output and files as back-ends of the guest's
 * serial line and debug console.
 *
 * - Output is buffered and flushed by stdio_flush (the run loop's poll), so that a slice costs
 *   one write; files are written line by line. An output that fails is given up: `failed` and the errno value stay.
 * - Input comes from stdin. A terminal is switched to raw mode, except for Ctrl-C, which still
 *   ends the emulator; Ctrl-A is an escape: x quits, c sends Ctrl-C, a sends Ctrl-A.
 * - Only as many bytes are read as the guest's line takes: a pipe is never lost, it waits.
 * - stdio_close restores the terminal. A background process leaves the terminal alone.
 */
#ifndef UI_STDIO_H
#define UI_STDIO_H

#include "base/types.h"

#include <stdio.h>
#include <termios.h>

struct machine;

struct stdio_out {
    FILE *file;       /* NULL: discard */
    const char *name; /* for messages */
    bool owned;       /* to be closed */
    char last;        /* the last byte written: a line's end or its middle; 0: none yet */
    bool pending;     /* something was written since the last flush */
    int failed;       /* errno of the first failed write, 0: none */
};

struct stdio_in {
    int fd;               /* stdin while it is wanted and not at its end, else -1 */
    bool escape;          /* Ctrl-A was typed */
    bool terminal;        /* raw mode is on, saved is valid */
    bool quit;            /* Ctrl-A x was typed */
    uint8_t port;         /* the serial line: 0 for COM1, 1 for COM2 */
    struct termios saved; /* the terminal as it was */
};

/* A sink for bytes to stdout (path NULL) or to a file. */
bool stdio_out_open(struct stdio_out *o, const char *path, struct error *err);
void stdio_out_byte(void *out, uint8_t byte); /* out: a struct stdio_out */
void stdio_out_flush(struct stdio_out *o);
/* Ends the line that the guest has begun, as somebody else writes to the same file. */
void stdio_out_newline(struct stdio_out *o);
void stdio_out_close(struct stdio_out *o);

/* Begins to read stdin for a serial line: 0 for COM1, 1 for COM2. */
void stdio_in_open(struct stdio_in *in, uint8_t port);
/* Not reading anything: what stdio_in_close leaves behind, and the initial state. */
void stdio_in_none(struct stdio_in *in);
/* Hands the machine what has been typed and what it has room for. */
void stdio_in_poll(struct stdio_in *in, struct machine *m);
void stdio_in_close(struct stdio_in *in);

#endif
