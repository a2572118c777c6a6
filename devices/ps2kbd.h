/* SPDX-License-Identifier: MIT */
/*
 * ps2kbd.h - a PS/2 keyboard with 104 keys (and the function keys up to F24).
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboards" (commands, typematic
 * rates, scan code sets 1-3); USB HID usage tables, page 7, for the names of the keys.
 *
 * - ps2kbd_key is the key contact: a HID usage, pressed or released.
 * - ps2kbd_device gives the side that the controller sees; `ready` tells it of new bytes.
 * - After power-on the keyboard scans, in set 2, and has said its AAh to somebody already.
 *
 * - The self test takes a millisecond, not half a second: Bochs's BIOS waits by counting loops.
 *
 * Not modelled: the fake shifts that surround the grey navigation keys while Shift or Num Lock
 * is active (the plain E0 codes are always sent), ghosting.
 */
#ifndef DEVICES_PS2KBD_H
#define DEVICES_PS2KBD_H

#include "base/clock.h"
#include "base/irq.h"
#include "base/types.h"
#include "devices/ps2.h"

struct out;
struct snap;
struct trace;

#define PS2KBD_BUFFER 16

struct ps2kbd {
    struct clock *clock;               /* time */
    struct irq ready;                  /* raised when there is a byte for the host */
    struct trace *trace;               /* may be NULL */
    struct event repeat;               /* typematic: the held key's next code */
    struct event bat;                  /* the self test after FFh ends */
    uint8_t buffer[PS2KBD_BUFFER + 1]; /* scan codes, and one place for the overrun code */
    uint8_t first, count;              /* ring of sizeof buffer */
    uint8_t answer[4];                 /* answers to commands go first */
    uint8_t answers;                   /* bytes in it */
    uint8_t last;                      /* last byte sent, for FEh */
    uint8_t command;                   /* command that waits for its parameter, 0 = none */
    uint8_t set;                       /* scan code set 1, 2 or 3 */
    uint8_t leds;                      /* bit 0 Scroll, 1 Num, 2 Caps */
    uint8_t typematic;                 /* delay and rate as of F3h */
    uint8_t held;                      /* usage of the key that repeats, 0 = none */
    bool scanning;                     /* F4h / F5h */
    bool overrun;                      /* the last byte in the buffer is the overrun code */
    bool testing;                      /* self test under way: keys are not seen */
    uint8_t down[32];                  /* contacts: bit per usage */
    uint8_t set3_make_only[32];        /* set 3, by code: no break code */
    uint8_t set3_no_repeat[32];        /* set 3, by code: not typematic */
};

void ps2kbd_init(struct ps2kbd *d, struct clock *k, struct irq ready, struct trace *t);
void ps2kbd_reset(struct ps2kbd *d);
void ps2kbd_snap(struct ps2kbd *d, struct snap *s);
void ps2kbd_info(const struct ps2kbd *d, struct out *to);

void ps2kbd_key(struct ps2kbd *d, uint8_t usage, bool down);
/* Bytes of codes that it would take now without losing one. */
unsigned ps2kbd_room(const struct ps2kbd *d);
struct ps2_device ps2kbd_device(struct ps2kbd *d);

#endif
