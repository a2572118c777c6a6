/* SPDX-License-Identifier: MIT */
/*
 * e1000_tx.c - the e1000's transmitter: descriptors (SDM 3.3), checksums (3.5), segmentation (3.5).
 *
 *   legacy   0 address | 8 length, 10 CSO, 11 CMD | 12 STA, 13 CSS, 14 VLAN tag
 *   context  0 IPCSS, IPCSO, IPCSE | 4 TUCSS, TUCSO, TUCSE | 8 PAYLEN, DTYP, TUCMD | 12 STA, HDRLEN, MSS
 *   data     0 address | 8 DTALEN, DTYP, DCMD | 12 STA, POPTS, VLAN tag
 *
 * One packet goes with each event, and the next event comes when the cable is free again: the guest's
 * ring, however it is made, is walked at the speed of virtual time.
 */
#include "base/trace.h"
#include "devices/e1000_parts.h"
#include "devices/ethernet.h"

#include <string.h>

enum { CMD_EOP = 0x01, CMD_IFCS = 0x02, CMD_IC = 0x04, CMD_TSE = 0x04, CMD_RS = 0x08 };
enum { CMD_DEXT = 0x20, CMD_VLE = 0x40 };
enum { TUCMD_TCP = 0x01, TUCMD_IP = 0x02, TUCMD_TSE = 0x04 };
enum { POPTS_IXSM = 0x01, POPTS_TXSM = 0x02 };
enum { TCP_FIN_PSH = 0x09 };

#define DESCRIPTOR 16u
#define DONE 0x01u
#define BUDGET 64u                          /* descriptors in one event */
#define LATENCY (clock_periods(1, 1000000)) /* from the tail register to the cable */

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

/* The sum of bytes start..end (0: the last one) goes to offset; what is there counts. */
static void insert_sum(uint8_t *bytes, unsigned length, unsigned start, unsigned offset,
                       unsigned end)
{
    unsigned n = end && end + 1 < length ? end + 1 : length;
    if (start >= n || offset + 2 > n)
        return;
    put16(bytes + offset, (uint16_t)~e1000_sum(bytes + start, n - start, 0));
}

/* A whole frame leaves. Returns the time that it takes. */
static uint64_t emit(struct e1000 *e, uint8_t *bytes, unsigned length)
{
    const struct e1000_packet *p = &e->packet;
    if (p->tagged && length >= ETH_HEADER && length + 4 <= E1000_PACKET) {
        memmove(bytes + 16, bytes + 12, length - 12);
        put16(bytes + 12, REG(e, VET) & 0xffff);
        put16(bytes + 14, p->tag);
        length += 4;
    }
    if ((REG(e, TCTL) & TCTL_PSP) && length >= ETH_HEADER && length < ETH_MIN) {
        memset(bytes + length, 0, ETH_MIN - length);
        length = ETH_MIN;
    }
    if (length < ETH_HEADER || length > ETH_MAX) {
        TRACE(e->trace, TRACE_NET, "e1000: %u bytes are no frame", length);
        return eth_duration(length, E1000_RATE);
    }
    e1000_count(e, TPT);
    e1000_count(e, GPTC);
    if (eth_is_broadcast(bytes))
        e1000_count(e, BPTC);
    else if (eth_is_group(bytes))
        e1000_count(e, MPTC);
    e1000_count_octets(e, TOT, length + ETH_FCS);
    e1000_count_octets(e, GOTC, length + ETH_FCS);
    e1000_count_size(e, PTC64, length + ETH_FCS);
    e->frames_sent++;
    if ((REG(e, RCTL) & RCTL_LBM) || e1000_phy_loopback(e)) {
        if (length < ETH_MIN)
            memset(bytes + length, 0, ETH_MIN - length);
        e1000_receive(e, bytes, length < ETH_MIN ? ETH_MIN : length);
    } else if (e->send && e1000_link(e)) {
        e->send(e->ctx, bytes, (uint16_t)length);
    }
    return eth_duration(length, E1000_RATE);
}

/* Length, identification and sequence number of a segment, and the checksums over them. */
static void finish_segment(struct e1000 *e, uint8_t *bytes, unsigned length, bool last)
{
    const struct e1000_context *c = &e->segmentation;
    const struct e1000_packet *p = &e->packet;
    unsigned ip = c->ip_start, tcp = c->tcp_start;
    if (c->command & TUCMD_IP) {
        if (ip + 6 > length)
            return;
        put16(bytes + ip + 2, length - ip);
        put16(bytes + ip + 4, get16(bytes + ip + 4) + p->segments);
    } else if (ip + 6 <= length) {
        put16(bytes + ip + 4, length - ip - 40);
    }
    if (c->command & TUCMD_TCP) {
        if (tcp + 14 > length)
            return;
        uint32_t sequence = get16(bytes + tcp + 4) << 16 | get16(bytes + tcp + 6);
        put32(bytes + tcp + 4, sequence + p->sent);
        if (!last)
            bytes[tcp + 13] &= (uint8_t)~TCP_FIN_PSH;
    } else if (tcp + 6 <= length) {
        put16(bytes + tcp + 4, length - tcp);
    }
    /* The driver has summed the pseudo header up but for the length. */
    unsigned sum = c->tcp_offset;
    if ((p->options & POPTS_TXSM) && sum + 2 <= length)
        put16(bytes + sum, e1000_fold(get16(bytes + sum) + (length - tcp)));
}

static void insert_sums(const struct e1000_context *c, uint8_t options, uint8_t *bytes,
                        unsigned length)
{
    if (options & POPTS_TXSM)
        insert_sum(bytes, length, c->tcp_start, c->tcp_offset, c->tcp_end);
    if (options & POPTS_IXSM)
        insert_sum(bytes, length, c->ip_start, c->ip_offset, c->ip_end);
}

/* The segment in packet.bytes goes out; the next begins with the header again. */
static uint64_t emit_segment(struct e1000 *e, bool last)
{
    struct e1000_packet *p = &e->packet;
    const struct e1000_context *c = &e->segmentation;
    unsigned length = p->length < E1000_PACKET ? p->length : E1000_PACKET;
    uint32_t data = p->length > c->header ? p->length - c->header : 0;
    uint64_t takes = eth_duration(p->length, E1000_RATE);
    if (!p->segments)
        memcpy(p->header, p->bytes, c->header);
    if (p->length <= E1000_PACKET) { /* else it cannot be a frame */
        finish_segment(e, p->bytes, length, last);
        insert_sums(c, p->options, p->bytes, length);
        takes = emit(e, p->bytes, length);
    }
    p->sent += data;
    p->segments++;
    memcpy(p->bytes, p->header, c->header);
    p->length = c->header;
    return takes;
}

static void append(struct e1000_packet *p, const uint8_t *bytes, uint32_t n)
{
    if (p->length < E1000_PACKET) {
        uint32_t room = E1000_PACKET - p->length;
        memcpy(p->bytes + p->length, bytes, n < room ? n : room);
    }
    p->length += n;
}

/* The bytes of one descriptor; returns the time of the segments that they completed. */
static uint64_t gather(struct e1000 *e, uint64_t at, uint32_t n)
{
    struct e1000_packet *p = &e->packet;
    const struct e1000_context *c = &e->segmentation;
    uint64_t takes = 0;
    while (n) {
        uint8_t piece[2048];
        uint32_t take = n < sizeof piece ? n : (uint32_t)sizeof piece;
        if (p->segmented) {
            uint32_t full = c->header + (c->mss ? c->mss : 1u);
            if (p->length >= full)
                takes += emit_segment(e, false);
            if (take > full - p->length)
                take = full - p->length;
        }
        if (p->length < E1000_PACKET) /* beyond, nobody will ever see it */
            e1000_fetch(e, at, piece, take);
        append(p, piece, take);
        at += take;
        n -= take;
    }
    return takes;
}

static void load_context(struct e1000 *e, const uint8_t *d)
{
    struct e1000_context c = {
        .ip_start = d[0],
        .ip_offset = d[1],
        .ip_end = e1000_get16(d + 2),
        .tcp_start = d[4],
        .tcp_offset = d[5],
        .tcp_end = e1000_get16(d + 6),
        .payload = e1000_get32(d + 8) & 0xfffff,
        .command = d[11],
        .header = d[13],
        .mss = e1000_get16(d + 14),
    };
    if (c.command & TUCMD_TSE) {
        e->segmentation = c;
        e1000_count(e, TSCTC);
    } else {
        e->context = c;
    }
}

/* The last descriptor of a packet was taken. */
static uint64_t finish_packet(struct e1000 *e, const uint8_t *d, bool extended)
{
    struct e1000_packet *p = &e->packet;
    uint64_t takes = 0;
    if (p->segmented) {
        if (p->length > e->segmentation.header || !p->segments)
            takes = emit_segment(e, true);
    } else if (p->length > E1000_PACKET) {
        TRACE(e->trace, TRACE_NET, "e1000: %u bytes are no frame", p->length);
        takes = eth_duration(p->length, E1000_RATE);
    } else {
        if (extended)
            insert_sums(&e->context, p->options, p->bytes, p->length);
        else if (d[11] & CMD_IC)
            insert_sum(p->bytes, p->length, d[13], d[10], 0);
        if (!(d[11] & CMD_IFCS))
            TRACE(e->trace, TRACE_NET,
                  "e1000: a frame without FCS (IFCS clear); on a real cable it would be lost");
        takes = emit(e, p->bytes, p->length);
    }
    p->length = p->sent = p->segments = 0;
    p->begun = false;
    return takes;
}

/* One descriptor. Returns the time that the cable needs for what it sent. */
static uint64_t take(struct e1000 *e, const uint8_t *d)
{
    struct e1000_packet *p = &e->packet;
    bool extended = d[11] & CMD_DEXT, data = (d[10] >> 4) == 1;
    uint64_t takes;
    if (extended && !data) {
        load_context(e, d);
        return 0;
    }
    uint32_t n = extended ? e1000_get32(d + 8) & 0xfffff : e1000_get16(d + 8);
    if (!p->begun) {
        p->begun = true;
        p->options = extended ? d[13] : 0;
        p->segmented = extended && (d[11] & CMD_TSE);
        p->length = p->sent = p->segments = 0;
    }
    takes = gather(e, e1000_get32(d) | (uint64_t)e1000_get32(d + 4) << 32, n);
    if (!(d[11] & CMD_EOP))
        return takes;
    p->tagged = (d[11] & CMD_VLE) && (REG(e, CTRL) & CTRL_VME);
    p->tag = e1000_get16(d + 14);
    return takes + finish_packet(e, d, extended);
}

static bool can_transmit(const struct e1000 *e)
{
    return (REG(e, TCTL) & TCTL_EN) && pci_is_master(&e->pci) && REG(e, TDLEN) / DESCRIPTOR &&
           REG(e, TDH) != REG(e, TDT);
}

void e1000_transmit_fire(void *e1000)
{
    struct e1000 *e = e1000;
    uint32_t causes = 0;
    uint64_t takes = 0;
    for (unsigned n = 0; n < BUDGET && !takes && can_transmit(e); n++) {
        uint8_t d[DESCRIPTOR];
        uint64_t ring = REG(e, TDBAL) | (uint64_t)REG(e, TDBAH) << 32;
        uint64_t at = ring + REG(e, TDH) * (uint64_t)DESCRIPTOR;
        e1000_fetch(e, at, d, sizeof d);
        takes = take(e, d);
        if (d[11] & CMD_RS) {
            d[12] |= DONE;
            e1000_store(e, at + 12, d + 12, 1);
            causes |= CAUSE_TXDW;
        }
        uint32_t next = REG(e, TDH) + 1;
        REG(e, TDH) = next >= REG(e, TDLEN) / DESCRIPTOR ? 0 : next;
        if (REG(e, TDH) == REG(e, TDT))
            causes |= CAUSE_TXQE;
    }
    if (can_transmit(e))
        clock_arm(e->clock, &e->transmit, e->clock->now + (takes > LATENCY ? takes : LATENCY));
    if (causes)
        e1000_cause(e, causes);
}

void e1000_transmit_kick(struct e1000 *e)
{
    if (!e->transmit.armed && can_transmit(e))
        clock_arm(e->clock, &e->transmit, e->clock->now + LATENCY);
}
