/* SPDX-License-Identifier: MIT */
/*
 * bioslog.h - the ports on which PC BIOSes for virtual machines tell what they do: text at 402h
 * (SeaBIOS, Bochs BIOS) and 403h (Bochs BIOS, details), and 400h, 401h when they give up.
 *
 * Source: Bochs user manual, "port 0x400-0x403"; SeaBIOS, Debugging.md. A read of 402h gives E9h,
 * by which SeaBIOS finds out that somebody listens.
 *
 * Whole lines become trace lines of the category `bios`. No interrupt, no state but the line that is
 * being written.
 */
#ifndef DEVICES_BIOSLOG_H
#define DEVICES_BIOSLOG_H

#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

#define BIOSLOG_WIDTH 88u /* longer lines are cut in two */

struct bioslog {
    struct trace *trace;          /* may be NULL */
    char line[BIOSLOG_WIDTH + 1]; /* what came since the last newline */
    uint8_t length;               /* of it */
    uint64_t bytes;               /* written so far */
};

extern const struct io_ops bioslog_ops; /* 400h-403h */

void bioslog_init(struct bioslog *b, struct trace *t);
void bioslog_reset(struct bioslog *b);
void bioslog_snap(struct bioslog *b, struct snap *s);
void bioslog_info(const struct bioslog *b, struct out *to);

#endif
