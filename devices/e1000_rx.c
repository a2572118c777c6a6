/* SPDX-License-Identifier: MIT */
/*
 * e1000_rx.c - the e1000's receiver: address filters (SDM 13.4.22, 13.5), descriptors (3.2), checksums
 * (3.2.9).
 *
 *   descriptor   0 address | 8 length, 10 checksum, 12 status, 13 errors, 14 VLAN tag
 */
#include "base/trace.h"
#include "devices/e1000_parts.h"
#include "devices/ethernet.h"

#include <string.h>

enum { RX_DD = 0x01, RX_EOP = 0x02, RX_IXSM = 0x04, RX_VP = 0x08 };
enum { RX_TCPCS = 0x20, RX_IPCS = 0x40, RX_PIF = 0x80 };
enum { RX_TCPE = 0x20, RX_IPE = 0x40 };
enum { RXCSUM_IPOFL = 0x100, RXCSUM_TUOFL = 0x200 };
enum { IP_TCP = 6, IP_UDP = 17 };

#define DESCRIPTOR 16u
#define RAH_VALID 0x80000000u

static unsigned get16(const uint8_t *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

static bool is_tagged(const struct e1000 *e, const uint8_t *frame)
{
    return get16(frame + 12) == (REG(e, VET) & 0xffff);
}

static bool vlan_passes(const struct e1000 *e, const uint8_t *frame)
{
    unsigned id = get16(frame + 14) & 0xfff;
    return !(REG(e, RCTL) & RCTL_VFE) || !is_tagged(e, frame) ||
           (e->reg[VFTA / 4 + id / 32] >> id % 32 & 1);
}

static bool is_own(const struct e1000 *e, const uint8_t *address)
{
    uint32_t low = e1000_get32(address), high = e1000_get16(address + 4);
    for (unsigned n = 0; n < 16; n++) {
        uint32_t h = e->reg[RAH / 4 + 2 * n];
        if ((h & RAH_VALID) && !(h >> 16 & 3) /* ASEL: the destination */ && (h & 0xffff) == high &&
            e->reg[RAL / 4 + 2 * n] == low)
            return true;
    }
    return false;
}

/* MO says which twelve bits of the last two bytes choose a bit of the table. */
static bool in_table(const struct e1000 *e, const uint8_t *address)
{
    static const uint8_t shift[4] = {4, 3, 2, 0};
    unsigned bit = (unsigned)e1000_get16(address + 4) >> shift[REG(e, RCTL) >> 12 & 3] & 0xfff;
    return e->reg[MTA / 4 + bit / 32] >> bit % 32 & 1;
}

/* False: not for us. inexact: only the table says that it is. */
static bool accepts(const struct e1000 *e, const uint8_t *frame, bool *inexact)
{
    uint32_t rctl = REG(e, RCTL);
    bool group = eth_is_group(frame);
    *inexact = false;
    if (!vlan_passes(e, frame))
        return false;
    if (is_own(e, frame) || (!group && (rctl & RCTL_UPE)) || (group && (rctl & RCTL_MPE)) ||
        ((rctl & RCTL_BAM) && eth_is_broadcast(frame)))
        return true;
    *inexact = group && in_table(e, frame);
    return *inexact;
}

static unsigned buffer_size(const struct e1000 *e)
{
    unsigned size = 2048u >> (REG(e, RCTL) >> 16 & 3);
    /* 2048 with BSEX is reserved. */
    return (REG(e, RCTL) & RCTL_BSEX) && size < 2048 ? size * 16 : size;
}

static bool tcp_sum_is_right(const uint8_t *ip, unsigned header, unsigned total)
{
    uint32_t pseudo = e1000_sum(ip + 12, 8, ip[9] + (total - header));
    return e1000_sum(ip + header, total - header, pseudo) == 0xffff;
}

/* Status and error bits about the checksums of an IPv4 packet. */
static void look_at_sums(const struct e1000 *e, const uint8_t *frame, unsigned length,
                         uint8_t *status, uint8_t *errors)
{
    uint32_t wanted = REG(e, RXCSUM);
    unsigned at = is_tagged(e, frame) ? 18 : 14;
    const uint8_t *ip = frame + at;
    *status |= RX_IXSM;
    if (length < at + 20 || get16(ip - 2) != 0x0800 || ip[0] >> 4 != 4)
        return;
    unsigned header = (ip[0] & 15u) * 4, total = get16(ip + 2);
    if (header < 20 || total < header || total > length - at)
        return;
    if (wanted & RXCSUM_IPOFL) {
        *status = (uint8_t)((*status & ~RX_IXSM) | RX_IPCS);
        if (e1000_sum(ip, header, 0) != 0xffff)
            *errors |= RX_IPE;
    }
    bool fragment = get16(ip + 6) & 0x3fff, tcp = ip[9] == IP_TCP && total - header >= 20;
    bool udp = ip[9] == IP_UDP && total - header >= 8 && get16(ip + header + 6);
    if ((wanted & RXCSUM_TUOFL) && !fragment && (tcp || udp)) {
        *status = (uint8_t)((*status & ~RX_IXSM) | RX_TCPCS);
        if (!tcp_sum_is_right(ip, header, total))
            *errors |= RX_TCPE;
    }
}

static void count(struct e1000 *e, const uint8_t *frame, unsigned length)
{
    e1000_count(e, GPRC);
    if (eth_is_broadcast(frame))
        e1000_count(e, BPRC);
    else if (eth_is_group(frame))
        e1000_count(e, MPRC);
    e1000_count_octets(e, GORC, length + ETH_FCS);
    e1000_count_size(e, PRC64, length + ETH_FCS);
}

/* Descriptors that the driver has given and that are not used up. */
static uint32_t descriptors(const struct e1000 *e)
{
    uint32_t ring = REG(e, RDLEN) / DESCRIPTOR, head = REG(e, RDH), tail = REG(e, RDT);
    if (!ring || head >= ring || tail >= ring)
        return 0;
    return tail >= head ? tail - head : ring - head + tail;
}

/* bytes: the frame as it is stored. The last descriptor gets the status. */
static void store(struct e1000 *e, const uint8_t *bytes, unsigned length, uint8_t status,
                  uint8_t errors, uint16_t tag)
{
    unsigned size = buffer_size(e), start = REG(e, RXCSUM) & 0xff;
    uint16_t sum = start < length ? e1000_sum(bytes + start, length - start, 0) : 0;
    for (unsigned at = 0; at < length; at += size) {
        uint8_t d[DESCRIPTOR];
        uint64_t place =
            (REG(e, RDBAL) | (uint64_t)REG(e, RDBAH) << 32) + REG(e, RDH) * (uint64_t)DESCRIPTOR;
        unsigned n = length - at < size ? length - at : size;
        bool last = at + n == length;
        e1000_fetch(e, place, d, sizeof d);
        e1000_store(e, e1000_get32(d) | (uint64_t)e1000_get32(d + 4) << 32, bytes + at, n);
        const uint8_t back[8] = {(uint8_t)n,
                                 (uint8_t)(n >> 8),
                                 (uint8_t)sum,
                                 (uint8_t)(sum >> 8),
                                 (uint8_t)(RX_DD | (last ? RX_EOP | status : 0)),
                                 last ? errors : 0,
                                 last ? (uint8_t)tag : 0,
                                 last ? (uint8_t)(tag >> 8) : 0};
        e1000_store(e, place + 8, back, sizeof back);
        uint32_t next = REG(e, RDH) + 1;
        REG(e, RDH) = next >= REG(e, RDLEN) / DESCRIPTOR ? 0 : next;
    }
}

static void lost(struct e1000 *e)
{
    TRACE(e->trace, TRACE_NET, "e1000: no receive descriptors (RDH %u, RDT %u)", REG(e, RDH),
          REG(e, RDT));
    e1000_count(e, MPC);
    e1000_count(e, RNBC);
    e1000_cause(e, CAUSE_RXO);
}

void e1000_receive(void *e1000, const uint8_t *frame, unsigned length)
{
    struct e1000 *e = e1000;
    uint8_t bytes[ETH_MAX + ETH_FCS], status = 0, errors = 0;
    uint16_t tag = 0;
    bool inexact;
    if (!(REG(e, RCTL) & RCTL_EN) || !pci_is_master(&e->pci) || length > ETH_MAX ||
        (!e1000_link(e) && !e1000_phy_loopback(e) && !(REG(e, RCTL) & RCTL_LBM)))
        return;
    e1000_count(e, TPR);
    e1000_count_octets(e, TOR, length + ETH_FCS);
    if (!accepts(e, frame, &inexact))
        return;
    uint32_t fcs = eth_fcs(frame, length);
    look_at_sums(e, frame, length, &status, &errors);
    memcpy(bytes, frame, length);
    unsigned n = length;
    if ((REG(e, CTRL) & CTRL_VME) && is_tagged(e, frame)) {
        tag = (uint16_t)get16(frame + 14);
        status |= RX_VP;
        memmove(bytes + 12, bytes + 16, n - 16);
        n -= 4;
    }
    if (!(REG(e, RCTL) & RCTL_SECRC)) {
        for (unsigned i = 0; i < ETH_FCS; i++)
            bytes[n++] = (uint8_t)(fcs >> 8 * i);
    }
    if (descriptors(e) < (n + buffer_size(e) - 1) / buffer_size(e)) {
        lost(e);
        return;
    }
    count(e, frame, length);
    e->frames_received++;
    store(e, bytes, n, (uint8_t)(status | (inexact ? RX_PIF : 0)), errors, tag);
    TRACE(e->trace, TRACE_NET, "e1000: received %u bytes", length);
    uint32_t few = REG(e, RDLEN) / DESCRIPTOR >> ((REG(e, RCTL) >> 8 & 3) + 1);
    e1000_cause(e, CAUSE_RXT0 | (descriptors(e) <= few ? CAUSE_RXDMT0 : 0));
}
