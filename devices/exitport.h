/* SPDX-License-Identifier: MIT */
/*
 * exitport.h - the port by which a test guest ends the emulator, as QEMU's isa-debug-exit: a
 * write of 1, 2 or 4 bytes hands the value to the board. Reads give ones. No state.
 */
#ifndef DEVICES_EXITPORT_H
#define DEVICES_EXITPORT_H

#include "base/types.h"

struct io_ops;
struct out;
struct trace;

struct exitport {
    void (*exit)(void *ctx, uint32_t value); /* the guest asked to stop with this value */
    void *ctx;                               /* passed to exit */
    struct trace *trace;                     /* may be NULL */
};

extern const struct io_ops exitport_ops;

void exitport_init(struct exitport *e, void (*exit)(void *ctx, uint32_t value), void *ctx,
                   struct trace *t);
void exitport_info(const struct exitport *e, struct out *to);

#endif
