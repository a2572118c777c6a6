/* SPDX-License-Identifier: MIT */
/*
 * debugcon.h - the debug console port known from Bochs and QEMU: a byte written is a character
 * for the host, a read gives E9h, by which a guest finds out that the port is there.
 *
 * Source: Bochs user manual, "port_e9_hack". No state but a count for the monitor.
 */
#ifndef DEVICES_DEBUGCON_H
#define DEVICES_DEBUGCON_H

#include "base/types.h"

struct io_ops;
struct out;
struct snap;

struct debugcon {
    void (*write)(void *ctx, uint8_t byte); /* where the text goes, may be NULL */
    void *ctx;                              /* passed to write */
    uint64_t bytes;                         /* written so far */
};

extern const struct io_ops debugcon_ops;

void debugcon_init(struct debugcon *d, void (*write)(void *ctx, uint8_t byte), void *ctx);
void debugcon_reset(struct debugcon *d);
void debugcon_snap(struct debugcon *d, struct snap *s);
void debugcon_info(const struct debugcon *d, struct out *to);

#endif
