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

enum input_kind {
    INPUT_KEY,    /* key, down */
    INPUT_SERIAL, /* byte arrives at COM1 */
};

struct input {
    enum input_kind kind;
    uint8_t key;  /* INPUT_KEY: USB HID usage */
    bool down;    /* INPUT_KEY: pressed or released */
    uint8_t byte; /* INPUT_SERIAL */
};

#endif
