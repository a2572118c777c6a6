/* SPDX-License-Identifier: MIT */
/*
 * ports.h - where the guest's serial and parallel ports and its debug console lead to: files, stdout, a
 * pseudo terminal or a socket, as the command line says.
 */
#ifndef PORTS_H
#define PORTS_H

#include "options.h"
#include "ui/stdio.h"

struct machine;
struct remote;

enum { PORT_COM1, PORT_COM2, PORT_LPT1, PORT_DEBUGCON, PORTS };

struct ports {
    struct stdio_out out[PORTS];              /* stdout or a file */
    struct remote *remote[OPTIONS_MAX_LINES]; /* COM1, COM2: another program; NULL: none */
};

/* Opens what the options name, and tells the configuration who takes the bytes of all but the serial
   lines, which are the caller's to pass on (ports_serial). Says on stderr where a pseudo terminal is. */
bool ports_open(struct ports *p, struct options *o, struct error *err);
/* A byte of COM1 or, with line == 1, COM2. */
void ports_serial(struct ports *p, unsigned line, uint8_t byte);
/* Is there something for ports_flush to write? */
bool ports_pending(const struct ports *p);
void ports_flush(struct ports *p);
/* Moves bytes between the lines and other programs. False: an output has failed. */
bool ports_poll(struct ports *p, struct machine *m);
/* Closes all of them. The output that failed, or NULL. */
const struct stdio_out *ports_close(struct ports *p);

/* One of the ports is on stdin and stdout. */
bool ports_stdio(const struct options *o);
/* Something outside types at a serial line. */
bool ports_remote(const struct options *o);

#endif
