/* SPDX-License-Identifier: MIT */
/*
 * gdb.h - the stub: one machine served to gdb (or anything that speaks its remote protocol, gdb
 * manual appendix E). main joins it with the run loop and the prompt (debuggers.c).
 *
 *     gdb_open        listens; nothing happens to the machine before a first packet
 *     gdb_serve       before every slice: answers what has come; what is to happen to the machine
 *     gdb_stopped     after a slice that ended early, or when somebody held the machine
 *     gdb_ran         after any other slice
 *
 * - It is a client of machine/debug.h like the prompt: both may hold points and stop the machine;
 *   a stop is told to both, and whoever lets the machine go lets it go for both.
 * - The guest's memory is never written for a breakpoint.
 * - Nothing blocks; SIGPIPE must be ignored.
 */
#ifndef MONITOR_GDB_GDB_H
#define MONITOR_GDB_GDB_H

#include "base/types.h"
#include "machine/machine.h"

struct gdb;
struct gdb_address; /* link.h */
struct monitor;
struct pollfd;

struct gdb_options {
    const struct gdb_address *address; /* where to listen */
    struct monitor *monitor;           /* gdb's `monitor` is its commands, borrowed */
    bool prompt;           /* the monitor has a prompt of its own: what it says goes there, except
                                for answers to gdb's commands */
    bool mode_switch;      /* follow 16/32-bit switches of the code by exec stop replies */
    const char *exec_name; /* the kernel's ELF file as gdb will call it; NULL: not an ELF file */
    const void *exec;      /* its bytes, borrowed */
    size_t exec_size;      /* how many */
};

enum gdb_want {
    GDB_KEEP, /* nothing: as it was */
    GDB_GO,   /* let the machine run */
    GDB_HOLD, /* hold it where it is; if it ran, tell everybody of a stop: MACHINE_RAN */
    GDB_END,  /* end the program */
};

/* NULL and err: the address cannot be listened on. */
struct gdb *gdb_open(struct machine *m, const struct gdb_options *options, struct error *err);
/* status: of the program that ends, for a client that waits. */
void gdb_close(struct gdb *g, int status);

/* Where it listens, for people; whether only this host can reach it. */
const char *gdb_where(const struct gdb *g);
bool gdb_loopback(const struct gdb *g);
/* A client is there and has spoken. */
bool gdb_attached(const struct gdb *g);
/* Files whose events call for gdb_serve: at most 2, how many. */
unsigned gdb_files(const struct gdb *g, struct pollfd *files);

enum gdb_want gdb_serve(struct gdb *g);
/* The machine stopped, or (MACHINE_RAN) was held. GDB_GO: it is a step on the way to a stop that
   gdb asked for; nobody else need be told. */
enum gdb_want gdb_stopped(struct gdb *g, enum machine_stop stop);
enum gdb_want gdb_ran(struct gdb *g);
/* A command of the monitor runs for gdb: gdb_stopped tells the monitor of stops, nobody else may. */
bool gdb_commands(const struct gdb *g);

#endif
