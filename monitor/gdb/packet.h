/* SPDX-License-Identifier: MIT */
/*
 * packet.h - the frames of gdb's remote protocol (gdb manual, appendix E.1), as pure functions:
 * bytes in, tokens out, and back.
 *
 *     $ payload # two hex digits      the digits are the sum of the payload's bytes, modulo 256
 *
 * - In the payload '}' escapes: the byte after it, XOR 20h, is meant. X*n repeats X (n - 29) more
 *   times. Both are understood and both are used.
 * - Between frames '+' and '-' acknowledge, 03h interrupts; everything else there is noise.
 * - Nothing here knows what a packet means, nor where the bytes come from.
 */
#ifndef MONITOR_GDB_PACKET_H
#define MONITOR_GDB_PACKET_H

#include "base/types.h"

#define GDB_PACKET_MAX 0x4000u /* bytes of payload, unpacked: what we announce as PacketSize */

enum gdb_token {
    GDB_MORE,      /* nothing complete yet */
    GDB_PACKET,    /* a packet: payload and len */
    GDB_ACK,       /* '+' */
    GDB_NAK,       /* '-' */
    GDB_INTERRUPT, /* 03h */
    GDB_BROKEN,    /* a frame with a wrong sum, too long, or wrongly packed */
};

struct gdb_reader {
    uint8_t payload[GDB_PACKET_MAX + 1]; /* GDB_PACKET: the bytes, and a zero behind them */
    size_t len;                          /* how many */
    uint8_t sum;                         /* of the frame's bytes so far */
    uint8_t claimed;                     /* what the frame says its sum is */
    uint8_t state;                       /* private: where in the frame */
    bool bad;                            /* private: this frame cannot be used */
};

void gdb_reader_init(struct gdb_reader *r);
/* Takes bytes up to the end of one token; *used: how many. */
enum gdb_token gdb_reader_feed(struct gdb_reader *r, const uint8_t *bytes, size_t n, size_t *used);

/* Frames a payload; `frame` has room for GDB_FRAME_ROOM(n) bytes. The size of the frame. */
#define GDB_FRAME_ROOM(n) (2 * (n) + 4)
size_t gdb_frame(uint8_t *frame, const uint8_t *payload, size_t n);

/* Hexadecimal digit, or -1. */
int gdb_hex_digit(char c);
/* Reads a number of at least one digit at *p and passes it; false: none, or beyond 64 bits. */
bool gdb_hex_number(const char **p, uint64_t *value);
/* Reads n bytes as 2n digits and passes them; false (and *p unchanged) if they are not there. */
bool gdb_hex_bytes(const char **p, void *bytes, size_t n);
/* Writes n bytes as 2n digits, no zero behind them. */
void gdb_hex_write(char *to, const void *bytes, size_t n);

#endif
