/* SPDX-License-Identifier: MIT */
/*
 * ethernet.h - what network cards have in common: the frame check sequence, the multicast hash, the
 * time that a frame takes, and the incoming half of the cable.
 *
 * Source: IEEE 802.3, clauses 3 (frame, 32-bit FCS), 4.4.2 (preamble, gap between frames).
 *
 * - A frame here goes from the destination address to the end of the data, without FCS.
 * - The cable brings what was put into it with eth_line_put to the card, one frame after the other,
 *   each when its last bit has arrived at the cable's speed. Senders on it pad short frames.
 * - The cable never waits for the card: one that has no room loses the frame.
 *
 * Not modelled: collisions, damaged frames.
 */
#ifndef DEVICES_ETHERNET_H
#define DEVICES_ETHERNET_H

#include "base/clock.h"
#include "base/types.h"

struct snap;

#define ETH_ADDRESS 6u
#define ETH_HEADER 14u /* two addresses and the type */
#define ETH_MIN 60u    /* shorter ones are padded by their sender */
#define ETH_MAX 1518u  /* with a VLAN tag; 1514 without */
#define ETH_FCS 4u     /* the frame check sequence that follows on the cable */
#define ETH_QUEUE 64u  /* frames in the cable */

struct eth_line {
    struct clock *clock;  /* time */
    struct event arrival; /* the oldest frame is complete */
    void (*deliver)(void *nic, const uint8_t *frame, unsigned length); /* to the card */
    void *nic;                                                         /* the card */
    uint32_t rate;                                                     /* bits in a second */
    unsigned first, count;                                             /* ring of ETH_QUEUE */
    uint16_t length[ETH_QUEUE];                                        /* of each frame */
    uint8_t frame[ETH_QUEUE][ETH_MAX];                                 /* their bytes */
};

void eth_line_init(struct eth_line *l, struct clock *k, uint32_t rate,
                   void (*deliver)(void *nic, const uint8_t *frame, unsigned length), void *nic);
void eth_line_reset(struct eth_line *l);
void eth_line_snap(struct eth_line *l, struct snap *s);
/* False: no room, or no frame (14 to ETH_MAX bytes). */
bool eth_line_put(struct eth_line *l, const uint8_t *frame, unsigned length);
/* How many more frames it takes now. */
unsigned eth_line_room(const struct eth_line *l);

/* Clock units that a frame occupies the cable for: preamble, frame, FCS and the gap behind it. */
uint64_t eth_duration(unsigned length, uint32_t rate);
/* The FCS; the least significant byte goes first. Over a frame and its FCS it gives ETH_RESIDUE. */
uint32_t eth_fcs(const uint8_t *bytes, unsigned n);
#define ETH_RESIDUE UINT32_C(0x2144df1c)
/* The same polynomial over an address, most significant bit first, as multicast filters use it. */
uint32_t eth_hash(const uint8_t address[ETH_ADDRESS]);

static inline bool eth_is_group(const uint8_t *address)
{
    return address[0] & 1;
}

bool eth_is_broadcast(const uint8_t *address);

#endif
