/* SPDX-License-Identifier: MIT */
/* ethernet.c - frames, their check sequence and the cable (see ethernet.h). */
#include "devices/ethernet.h"

#include "base/snap.h"

#include <string.h>

enum { PREAMBLE = 8, GAP = 12 }; /* bytes' worth of time */

uint64_t eth_duration(unsigned length, uint32_t rate)
{
    return clock_periods((uint64_t)(PREAMBLE + length + ETH_FCS + GAP) * 8, rate);
}

uint32_t eth_fcs(const uint8_t *bytes, unsigned n)
{
    uint32_t crc = UINT32_MAX;
    for (unsigned i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

uint32_t eth_hash(const uint8_t address[ETH_ADDRESS])
{
    uint32_t crc = UINT32_MAX;
    for (unsigned i = 0; i < ETH_ADDRESS * 8; i++) {
        uint32_t bit = address[i / 8] >> i % 8 & 1;
        crc = crc << 1 ^ (crc >> 31 ^ bit ? UINT32_C(0x04c11db7) : 0);
    }
    return crc;
}

bool eth_is_broadcast(const uint8_t *address)
{
    static const uint8_t all[ETH_ADDRESS] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    return memcmp(address, all, sizeof all) == 0;
}

static void begin(struct eth_line *l)
{
    uint64_t takes = eth_duration(l->length[l->first], l->rate);
    clock_arm(l->clock, &l->arrival, l->clock->now + takes);
}

static void arrived(void *line)
{
    struct eth_line *l = line;
    unsigned slot = l->first;
    l->first = (l->first + 1) % ETH_QUEUE;
    l->count--;
    if (l->count)
        begin(l);
    l->deliver(l->nic, l->frame[slot], l->length[slot]);
}

void eth_line_init(struct eth_line *l, struct clock *k, uint32_t rate,
                   void (*deliver)(void *nic, const uint8_t *frame, unsigned length), void *nic)
{
    *l = (struct eth_line){.clock = k, .deliver = deliver, .nic = nic, .rate = rate};
    event_init(k, &l->arrival, "frame arrives", arrived, l);
}

void eth_line_reset(struct eth_line *l)
{
    clock_disarm(l->clock, &l->arrival);
    l->first = l->count = 0;
}

unsigned eth_line_room(const struct eth_line *l)
{
    return ETH_QUEUE - l->count;
}

bool eth_line_put(struct eth_line *l, const uint8_t *frame, unsigned length)
{
    if (length < ETH_HEADER || length > ETH_MAX || !eth_line_room(l))
        return false;
    unsigned slot = (l->first + l->count) % ETH_QUEUE;
    memcpy(l->frame[slot], frame, length);
    if (length < ETH_MIN) {
        memset(l->frame[slot] + length, 0, ETH_MIN - length);
        length = ETH_MIN;
    }
    l->length[slot] = (uint16_t)length;
    if (l->count++ == 0)
        begin(l);
    return true;
}

/* A ring is saved from its oldest frame on, and comes back at the front. */
void eth_line_snap(struct eth_line *l, struct snap *s)
{
    uint32_t count = l->count;
    if (!snap_section(s, "eth line", 1))
        return;
    snap_u32(s, &count);
    event_snap(l->clock, &l->arrival, s);
    if (count > ETH_QUEUE) {
        snap_fail(s, "eth line: more frames than it holds");
        count = 0;
    }
    if (s->loading) {
        l->first = 0;
        l->count = 0;
    }
    for (unsigned n = 0; n < count && snap_ok(s); n++) {
        unsigned slot = (l->first + n) % ETH_QUEUE;
        uint16_t length = l->length[slot];
        snap_u16(s, &length);
        if (length < ETH_MIN || length > ETH_MAX) {
            snap_fail(s, "eth line: a frame of %u bytes", length);
            break;
        }
        l->length[slot] = length;
        snap_bytes(s, l->frame[slot], length);
        if (s->loading)
            l->count++;
    }
    if (s->loading && !l->count)
        clock_disarm(l->clock, &l->arrival);
    else if (s->loading && !l->arrival.armed)
        begin(l);
}
