/* SPDX-License-Identifier: MIT */
/*
 * network.h - the board's network: one card, as config.h says, and the cable that frames come in by.
 * Frames go out by config.frame_write. For the files of machine/ only.
 */
#ifndef MACHINE_NETWORK_H
#define MACHINE_NETWORK_H

#include "base/types.h"
#include "devices/e1000.h"
#include "devices/ethernet.h"
#include "devices/ne2000.h"

struct machine;
struct out;
struct snap;

struct network {
    struct eth_line cable; /* frames on their way in */
    struct ne2000 ne2000;  /* NIC_NE2000 */
    struct e1000 e1000;    /* NIC_E1000 */
};

/* After the chipset. Nothing of this does anything on a board without a card. */
bool network_wire(struct machine *m, struct error *err);
void network_reset(struct machine *m);
void network_snap(struct machine *m, struct snap *s);
/* Frames that the card has sent and received, for who looks. */
uint64_t network_used(const struct machine *m);
void network_info(const struct machine *m, struct out *to);
/* The ISA interrupt line of an NE2000, 0: there is none; and why it is driven or not: one sentence, as
   snprintf. */
unsigned network_line(const struct machine *m);
int network_why(const struct machine *m, char *text, size_t size);
void network_input(struct machine *m, const uint8_t *frame, unsigned length);

#endif
