/* SPDX-License-Identifier: MIT */
/*
 * rtc.h - the MC146818A real-time clock with 128 bytes of CMOS memory, and the century byte at
 * 32h of its successor DS12C887.
 *
 * Source: Motorola MC146818A data sheet; Dallas DS12C887 data sheet (century).
 *
 *   A  UIP | DV2 DV1 DV0 | RS3 RS2 RS1 RS0       C  IRQF PF AF UF | 0 0 0 0
 *   B  SET PIE AIE UIE | SQWE DM 24/12 DSE       D  VRT | 0
 *
 * - rtc_ops: offset 0 the index (bit 7 = NMI mask), 1 the data.
 * - Time goes by the virtual clock only, from the date given to rtc_init. An update ends at
 *   each whole second of the divider chain; UIP rises 244 us before the 1984 us that it takes.
 * - Releasing the divider from reset (DV = 11x) makes the first update follow half a second
 *   later. All other DV values run the chain as 010 does.
 *
 * Not modelled: daylight saving (DSE), the square wave pin, a wrong crystal.
 */
#ifndef DEVICES_RTC_H
#define DEVICES_RTC_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"

struct io_ops;
struct out;
struct snap;
struct trace;

struct rtc {
    struct clock *clock;    /* time */
    struct irq irq;         /* IRQ pin */
    struct trace *trace;    /* may be NULL */
    struct event update;    /* end of the update cycle, once a second */
    struct event periodic;  /* next periodic interrupt, while it is enabled and not pending */
    uint8_t ram[128];       /* 00h-0Dh registers, then CMOS memory; A without UIP */
    uint8_t index;          /* selected register, bit 7 = NMI masked */
    bool level;             /* level of the wire */
    uint64_t epoch;         /* when the divider chain started */
    uint64_t halves;        /* half seconds from epoch to the next update */
    uint64_t periodic_tick; /* 1/32768 s ticks from epoch already looked at for PF */
};

extern const struct io_ops rtc_ops;

/* start: seconds since 1970-01-01 00:00:00 that the clock shows at first. */
void rtc_init(struct rtc *r, struct clock *k, struct irq irq, int64_t start, struct trace *t);
/* The RESET pin: interrupt enables and flags; time and memory stay. */
void rtc_reset(struct rtc *r);
void rtc_snap(struct rtc *r, struct snap *s);
void rtc_info(const struct rtc *r, struct out *to);

/* The board's battery-backed configuration, and a look at any byte; no side effects. */
void rtc_cmos_set(struct rtc *r, unsigned index, uint8_t value);
uint8_t rtc_cmos_get(const struct rtc *r, unsigned index);
/* Over 10h-2Dh, into 2Eh and 2Fh: firmware that finds another one calls the settings lost. */
void rtc_cmos_checksum(struct rtc *r);
bool rtc_nmi_masked(const struct rtc *r);

#endif
