/* SPDX-License-Identifier: MIT */
/*
 * ps2.h - what the keyboard controller and a PS/2 device know of each other, and the relation
 * of scan code set 2 to set 1.
 *
 * Source: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and auxiliary device
 * controller" and "Keyboards" (scan code tables).
 *
 * The controller pulls: it asks a device for its next byte when the line is free. A device
 * that comes to have a byte raises its `ready` wire (a struct irq to kbc_ready).
 */
#ifndef DEVICES_PS2_H
#define DEVICES_PS2_H

#include "base/types.h"

/* A device at a port of the controller; {0} = nothing is plugged in. */
struct ps2_device {
    void (*write)(void *dev, uint8_t byte); /* a byte from the host has arrived */
    bool (*read)(void *dev, uint8_t *byte); /* takes its next byte for the host; false = none */
    void *dev;                              /* passed to both */
};

/* The set 1 code of a set 2 code (without prefixes). Codes above 84h are their own. */
uint8_t ps2_set2_to_set1(uint8_t code);

#endif
