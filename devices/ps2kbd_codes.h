/* SPDX-License-Identifier: MIT */
/*
 * ps2kbd_codes.h - which codes a key sends: USB HID usage to scan code sets 1, 2 and 3.
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboards", scan code tables;
 * USB HID usage tables, page 7. Print Screen and Pause have sequences of their own, chosen by
 * ps2kbd_sequence from the state of Shift, Ctrl and Alt.
 */
#ifndef DEVICES_PS2KBD_CODES_H
#define DEVICES_PS2KBD_CODES_H

#include "base/types.h"

enum ps2kbd_event { PS2KBD_MAKE, PS2KBD_REPEAT, PS2KBD_BREAK };

enum { PS2KBD_SHIFT = 1, PS2KBD_CTRL = 2, PS2KBD_ALT = 4 }; /* modifiers held */

enum ps2kbd_type { PS2KBD_TYPEMATIC, PS2KBD_MAKE_BREAK, PS2KBD_MAKE_ONLY };

/* Writes the codes (at most 8) of a key in a set and returns their number; 0 = no such key, or
   nothing to say. `make_only`: set 3, the key has no break code. */
unsigned ps2kbd_sequence(uint8_t out[8], unsigned set, uint8_t usage, enum ps2kbd_event ev,
                         unsigned modifiers, bool make_only);

/* Set 3 code of a key (0 = none), and the default type of a set 3 code. */
uint8_t ps2kbd_set3_code(uint8_t usage);
enum ps2kbd_type ps2kbd_set3_type(uint8_t code);

#endif
