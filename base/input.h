/* SPDX-License-Identifier: MIT */
/*
 * input.h - everything that may come in from outside, as a value. It enters through one door
 * (machine_input), which stamps it with virtual time.
 *
 * Keys are named by their USB HID usage (page 7): 0x04 is the key that says A on a US
 * keyboard. SDL's scancodes are the same numbers.
 */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include "base/types.h"

struct disk;

enum input_kind {
    INPUT_KEY,    /* key, down */
    INPUT_SERIAL, /* byte arrives at COM1 or, with port == 1, COM2 */
    INPUT_MOUSE,  /* dx, dy, dz, buttons */
    INPUT_FRAME,  /* frame, length */
    INPUT_MEDIUM, /* drive, disk: a medium is put into a drive, or taken out */
    INPUT_POWER,  /* the power button is pressed: the guest is asked to power off */
};

enum { INPUT_LEFT = 1, INPUT_RIGHT = 2, INPUT_MIDDLE = 4 };

#define INPUT_FRAME_MAX 1518u /* an Ethernet frame with its check sequence left off may have 1514 */

struct input {
    enum input_kind kind;
    uint8_t key;          /* INPUT_KEY: USB HID usage */
    bool down;            /* INPUT_KEY: pressed or released */
    uint8_t byte;         /* INPUT_SERIAL */
    uint8_t port;         /* INPUT_SERIAL: 0 for COM1, 1 for COM2 */
    uint8_t buttons;      /* INPUT_MOUSE: INPUT_LEFT | ..., those that are held now */
    int16_t dx, dy;       /* INPUT_MOUSE: moved right and down, in the mouse's counts */
    int16_t dz;           /* INPUT_MOUSE: wheel, away from the user is negative */
    uint16_t length;      /* INPUT_FRAME: bytes, at most INPUT_FRAME_MAX */
    uint8_t drive;        /* INPUT_MEDIUM: 0 to 3 the units of the IDE channels, 4 and 5 floppies */
    struct disk *disk;    /* INPUT_MEDIUM: the machine's from now on (machine/disk.h); NULL: out */
    const uint8_t *frame; /* INPUT_FRAME: from the destination address on; borrowed for the call */
};

#endif
