/* SPDX-License-Identifier: MIT */
/*
 * ps2mouse.h - a PS/2 mouse with a wheel and up to five buttons.
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Mouse" (commands, modes, packets, scaling);
 * Microsoft, "IntelliMouse" device notes (ID 3, the fourth byte, the sample rates 200, 100, 80) and the
 * five-button variant (ID 4, rates 200, 200, 80).
 *
 *   packet  YO XO YS XS 1 M R L | X | Y | with ID 3 the wheel, with ID 4 0 0 B5 B4 and 4 bits of it
 *
 * - ps2mouse_move is a hand on it: counts moved right and down, wheel, buttons held now. In stream
 *   mode it is told of at most as often as the sample rate says; what moves meanwhile adds up, and
 *   what a packet cannot hold is in the next one, so that no count is lost.
 * - ps2mouse_device gives the side that the controller sees; `ready` tells it of new bytes.
 * - The self test after FFh takes a millisecond (a real mouse half a second), as firmware counts loops.
 *
 * Not modelled: the resolution's effect on the counts (they are what ps2mouse_move gives), the
 * overflow bits (see above).
 */
#ifndef DEVICES_PS2MOUSE_H
#define DEVICES_PS2MOUSE_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"
#include "devices/ps2.h"

struct out;
struct snap;
struct trace;

enum ps2mouse_mode { PS2MOUSE_STREAM, PS2MOUSE_REMOTE, PS2MOUSE_WRAP };

struct ps2mouse {
    struct clock *clock; /* time */
    struct irq ready;    /* raised when there is a byte for the host */
    struct trace *trace; /* may be NULL */
    struct event sample; /* the next packet may be sent */
    struct event bat;    /* the self test after FFh ends */
    uint8_t answer[8];   /* answers to commands, and packets that were asked for */
    uint8_t answers;     /* bytes in it */
    uint8_t packet[4];   /* the packet that is being sent in stream mode */
    uint8_t packet_at;   /* how much of it was sent ... */
    uint8_t packet_size; /* ... of how much; 0: none */
    uint8_t last;        /* last byte sent, for FEh */
    uint8_t command;     /* command that waits for its parameter, 0 = none */
    uint8_t mode;        /* enum ps2mouse_mode */
    uint8_t mode_before; /* wrap mode: what ECh brings back */
    uint8_t id;          /* 0, 3 (wheel) or 4 (five buttons) */
    uint8_t rate;        /* samples a second */
    uint8_t rates[2];    /* the two before it, for the knock */
    uint8_t resolution;  /* as of E8h: 1 << this counts a millimetre */
    bool scaling;        /* 2:1 */
    bool reporting;      /* F4h / F5h */
    bool testing;        /* self test under way */
    uint8_t buttons;     /* held now */
    uint8_t told;        /* buttons in the last packet */
    int32_t dx, dy, dz;  /* moved right, down, and the wheel, not told yet */
};

void ps2mouse_init(struct ps2mouse *d, struct clock *k, struct irq ready, struct trace *t);
void ps2mouse_reset(struct ps2mouse *d);
void ps2mouse_snap(struct ps2mouse *d, struct snap *s);
void ps2mouse_info(const struct ps2mouse *d, struct out *to);

/* buttons: bit 0 left, 1 right, 2 middle, 3 and 4 the two at the side. */
void ps2mouse_move(struct ps2mouse *d, int dx, int dy, int dz, uint8_t buttons);
struct ps2_device ps2mouse_device(struct ps2mouse *d);

#endif
