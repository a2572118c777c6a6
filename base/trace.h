/* SPDX-License-Identifier: MIT */
/*
 * trace.h - what happened lately. Components report state changes (not function entries) in a
 * category; lines go into a ring of the last TRACE_LINES and, for the categories the user
 * asked for (--trace), to a text sink as well. Each line carries the virtual time.
 *
 *     TRACE(t, TRACE_PIT, "channel %u mode %u count %u", ch, mode, count);
 *
 * t may be NULL (unit tests): then nothing happens. The format is a string literal: it is kept.
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "base/types.h"

struct out;

enum trace_cat {
    TRACE_CPU, /* mode changes, debug registers, task switches, shutdown */
    TRACE_INT, /* exceptions and interrupts delivered */
    TRACE_MMU, /* CR0, CR3, flushes, page faults */
    TRACE_BUS, /* accesses where nothing is, writes to ROM */
    TRACE_PIC,
    TRACE_PIT,
    TRACE_RTC,
    TRACE_KBD, /* 8042 and keyboard */
    TRACE_UART,
    TRACE_VGA,
    TRACE_BOARD, /* ports 61h, 92h, E9h, F4h */
    TRACE_POST,  /* POST codes written to port 80h */
    TRACE_NET,   /* network cards */
    TRACE_DISK,  /* disks and CD-ROM drives: commands and what became of them */
    TRACE_DMA,   /* modes of the DMA controllers */
    TRACE_FLOPPY,
    TRACE_BIOS, /* what firmware says at ports 400h-403h */
    TRACE_CATS  /* number of categories */
};

#define TRACE_LINES 4096
#define TRACE_WIDTH 112
#define TRACE_WORDS 6

/* A line of the ring. If its arguments are a few words, it is put together only for who reads it. */
struct trace_entry {
    const char *fmt; /* NULL: `text` is the line */
    union {
        char text[TRACE_WIDTH];
        struct {
            uint64_t when; /* clock units */
            unsigned word[TRACE_WORDS];
            uint8_t cat; /* enum trace_cat */
        };
    };
};

struct trace {
    const uint64_t *now; /* the clock's time, may be NULL */
    struct out *echo_to; /* where echoed lines go, may be NULL */
    uint32_t ring_mask;  /* categories kept in the ring (bit per trace_cat) */
    uint32_t echo_mask;  /* categories also written to echo_to */
    uint64_t lines;      /* lines ever written; the last is (lines-1) % LINES */
    struct trace_entry ring[TRACE_LINES];
};

void trace_init(struct trace *t, const uint64_t *now);
/* Name of a category as in --trace ("pit"), and the reverse; -1 if there is no such category. */
const char *trace_cat_name(enum trace_cat cat);
int trace_cat_find(const char *name, size_t len);
/* Writes the last n lines of the ring, oldest first. */
void trace_dump(const struct trace *t, struct out *to, unsigned n);

void trace_line(struct trace *t, enum trace_cat cat, const char *fmt, ...) PRINTF_LIKE(3, 4);

#define TRACE(t, cat, ...)                                                                         \
    do {                                                                                           \
        struct trace *trace_ = (t); /* the address of an object is a fine argument */              \
        if (trace_ && (((trace_->ring_mask | trace_->echo_mask) >> (cat)) & 1u))                   \
            trace_line(trace_, (cat), __VA_ARGS__);                                                \
    } while (0)

#endif
