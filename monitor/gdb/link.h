/* SPDX-License-Identifier: MIT */
/*
 * link.h - the wire to gdb: a TCP port, a unix socket or stdin and stdout. Bytes in, bytes out,
 * nothing ever blocks.
 *
 * - One client at a time; others are turned away at once.
 * - What a client does not read is kept up to a limit. While much is kept nothing more is read
 *   from it, so that it cannot make us keep more; beyond the limit it is dropped.
 * - A port listens on the loopback interface unless an address is given.
 */
#ifndef MONITOR_GDB_LINK_H
#define MONITOR_GDB_LINK_H

#include "base/types.h"

#include <sys/un.h>

struct pollfd;

enum gdb_place { GDB_TCP, GDB_UNIX, GDB_STDIO };

struct gdb_address {
    enum gdb_place place;
    char host[256]; /* GDB_TCP: "" is the loopback interface */
    char port[8];   /* GDB_TCP: decimal; 0: any that is free */
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* GDB_UNIX */
};

struct gdb_link {
    enum gdb_place place; /* what kind */
    int listener;         /* listening socket, -1: GDB_STDIO */
    int in, out;          /* the client's files, -1: nobody is there; equal for sockets */
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* GDB_UNIX: removed at the end */
    char where[320];      /* for people, and as gdb takes it: "127.0.0.1:1234" */
    bool loopback;        /* nobody on another host can reach it */
    uint8_t input[65536]; /* read and not yet taken */
    size_t input_at, input_end;
    uint8_t *output; /* to be written (owned) */
    size_t output_at, output_end, output_room;
};

/* False and err: the address cannot be listened on. */
bool gdb_link_open(struct gdb_link *l, const struct gdb_address *a, struct error *err);
void gdb_link_close(struct gdb_link *l);

bool gdb_link_connected(const struct gdb_link *l);
/* Files whose events call for gdb_link_serve: at most 2, how many. */
unsigned gdb_link_files(const struct gdb_link *l, struct pollfd *files);
/* Accepts, turns away, writes and reads what is possible now. */
void gdb_link_serve(struct gdb_link *l);
/* Queues bytes for the client and writes what goes. A client that does not read is dropped. */
void gdb_link_send(struct gdb_link *l, const void *bytes, size_t n);
/* Ends the connection; what is still kept is written if it goes at once. */
void gdb_link_drop(struct gdb_link *l);

#endif
