/* SPDX-License-Identifier: MIT */
/*
 * keymap.h - from text and terminal input to keys of a US keyboard. Pure.
 *
 * Keys are USB HID usages, page 7 (HID Usage Tables 1.4, chapter 10). A stroke is a key that
 * is pressed and released with modifiers held; keymap_events spells it out for machine_input.
 * Terminal sequences: xterm control sequences (CSI and SS3), the Linux console's and rxvt's
 * function keys, ESC as the prefix for Alt. Characters beyond ASCII have no key and are dropped.
 */
#ifndef BASE_KEYMAP_H
#define BASE_KEYMAP_H

#include "base/types.h"

struct input;

enum keymap_key {
    KEY_A = 0x04,
    KEY_1 = 0x1E,
    KEY_0 = 0x27,
    KEY_ENTER = 0x28,
    KEY_ESCAPE,
    KEY_BACKSPACE,
    KEY_TAB,
    KEY_SPACE,
    KEY_F1 = 0x3A,
    KEY_F11 = 0x44,
    KEY_INSERT = 0x49,
    KEY_HOME,
    KEY_PAGE_UP,
    KEY_DELETE,
    KEY_END,
    KEY_PAGE_DOWN,
    KEY_RIGHT,
    KEY_LEFT,
    KEY_DOWN,
    KEY_UP,
    KEY_LEFT_CTRL = 0xE0,
    KEY_LEFT_SHIFT,
    KEY_LEFT_ALT,
    KEY_RIGHT_GUI = 0xE7, /* the last usage that is a key */
};

enum keymap_mods { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4 }; /* xterm's bits */

struct keymap_stroke {
    uint8_t key;  /* HID usage, 0: none */
    uint8_t mods; /* enum keymap_mods */
};

#define KEYMAP_EVENTS 8 /* most events of one stroke */

/* The stroke that types an ASCII character: text, Enter for \n and \r, Tab, Backspace (also
   for 7Fh), Escape, and Ctrl with a letter for the other control codes. False: there is none. */
bool keymap_ascii(uint8_t ch, struct keymap_stroke *out);

/* A key by its name: a character that it types, or enter esc tab space backspace del insert home end
   pgup pgdn up down left right f1-f12 caps num scroll print pause ctrl shift alt gui menu, and rctrl
   rshift ralt. False: there is none of this name. */
bool keymap_key(const char *name, size_t len, uint8_t *key);

/* Modifiers down, key down, key up, modifiers up: at most KEYMAP_EVENTS. Returns how many. */
unsigned keymap_events(struct keymap_stroke stroke, struct input *out);

/* Decodes the first key in n bytes read from a terminal. Returns how many bytes it took; 0 if
   they are the beginning of something longer. With `final` nothing more will come soon (an ESC
   alone is the Escape key) and the result is never 0 unless n is. out->key is 0 if the bytes
   mean no key. */
size_t keymap_terminal(const uint8_t *bytes, size_t n, bool final, struct keymap_stroke *out);

#endif
