/* SPDX-License-Identifier: MIT */
/*
 * cp437.h - code page 437, what the built-in font shows, for terminals. Codes 00h-1Fh and 7Fh
 * are the pictures that the VGA shows for them, not control characters.
 * Source: the Unicode consortium's mapping of IBM PC code page 437 and its table of graphics.
 */
#ifndef UI_CP437_H
#define UI_CP437_H

#include <stdint.h>

uint16_t cp437_unicode(uint8_t ch);
/* The nearest ASCII character: letters without accents, boxes of + - |. */
char cp437_ascii(uint8_t ch);

#endif
