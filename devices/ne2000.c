/* SPDX-License-Identifier: MIT */
/* ne2000.c - the NE2000 (see ne2000.h). */
#include "devices/ne2000.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/ethernet.h"
#include "mmu/bus.h"

#include <string.h>

enum { PORT_DATA = 0x10, PORT_RESET = 0x18 };

/* Command register. */
enum {
    CR_STP = 0x01,
    CR_STA = 0x02,
    CR_TXP = 0x04,
    CR_READ = 0x08, /* remote DMA: these two and "send packet", which is both */
    CR_WRITE = 0x10,
    CR_ABORT = 0x20,
    CR_RD = 0x38,
};

enum {
    ISR_PRX = 0x01,
    ISR_PTX = 0x02,
    ISR_RXE = 0x04,
    ISR_OVW = 0x10,
    ISR_CNT = 0x20,
    ISR_RDC = 0x40,
    ISR_RST = 0x80,
};

enum { DCR_WTS = 0x01, DCR_LAS = 0x04 };
enum { TCR_CRC = 0x01, TCR_LB = 0x06 };
enum { RCR_AB = 0x04, RCR_AM = 0x08, RCR_PRO = 0x10, RCR_MON = 0x20 };
enum { TSR_PTX = 0x01, TSR_CRS = 0x10, TSR_CDH = 0x40 };
enum { RSR_PRX = 0x01, RSR_CRC = 0x02, RSR_MPA = 0x10, RSR_PHY = 0x20, RSR_DIS = 0x40 };
enum { COUNT_ALIGN, COUNT_CRC, COUNT_MISSED };

#define COUNTER_LIMIT 192u /* where the tally counters stop */

static bool running(const struct ne2000 *n)
{
    return (n->cr & (CR_STA | CR_STP)) == CR_STA;
}

static void update(struct ne2000 *n)
{
    bool level = n->isr & n->imr & 0x7f;
    if (level != n->intr) {
        n->intr = level;
        irq_set(&n->irq, level);
    }
}

static void raise(struct ne2000 *n, uint8_t why)
{
    n->isr |= why;
    update(n);
}

/* The chip's own address space: PROM and memory, 16 KiB each. */
static uint8_t memory_read(const struct ne2000 *n, uint16_t at)
{
    if (at < NE2000_MEMORY)
        return n->prom[at % sizeof n->prom];
    return at < 2 * NE2000_MEMORY ? n->memory[at - NE2000_MEMORY] : 0xff;
}

static void memory_write(struct ne2000 *n, uint16_t at, uint8_t value)
{
    if (at >= NE2000_MEMORY && at < 2 * NE2000_MEMORY)
        n->memory[at - NE2000_MEMORY] = value;
}

static void tally(struct ne2000 *n, unsigned which)
{
    if (n->counter[which] < COUNTER_LIMIT)
        n->counter[which]++;
    if (n->counter[which] & 0x80)
        raise(n, ISR_CNT);
}

static bool accepts(const struct ne2000 *n, const uint8_t *address)
{
    if (eth_is_broadcast(address))
        return n->rcr & RCR_AB;
    if (eth_is_group(address)) {
        uint32_t bit = eth_hash(address) >> 26;
        return (n->rcr & RCR_AM) && (n->mar[bit / 8] >> bit % 8 & 1);
    }
    return (n->rcr & RCR_PRO) || memcmp(address, n->par, ETH_ADDRESS) == 0;
}

static uint8_t next_page(const struct ne2000 *n, uint8_t page)
{
    page++;
    return page == n->pstop ? n->pstart : page;
}

/* The local DMA stops before the page that BNRY names; CURR must not get there either. */
static bool ring_has(const struct ne2000 *n, unsigned pages)
{
    uint8_t page = n->curr;
    for (; pages; pages--) {
        page = next_page(n, page);
        if (page == n->bnry)
            return false;
    }
    return true;
}

static void ring_put(struct ne2000 *n, uint8_t value)
{
    memory_write(n, n->clda, value);
    if ((uint8_t)++n->clda == 0 && n->clda >> 8 == n->pstop)
        n->clda = (uint16_t)(n->pstart << 8);
}

void ne2000_receive(void *ne2000, const uint8_t *frame, unsigned length)
{
    struct ne2000 *n = ne2000;
    unsigned count = length + ETH_FCS, pages = (count + 4 + 255) / 256;
    uint8_t status = eth_is_group(frame) ? RSR_PHY : 0, next = n->curr;
    uint32_t fcs = eth_fcs(frame, length);

    if (!running(n) || (n->tcr & TCR_LB) || !accepts(n, frame))
        return;
    if (n->rcr & RCR_MON) {
        n->rsr = RSR_MPA | RSR_DIS;
        tally(n, COUNT_MISSED);
        return;
    }
    if (!ring_has(n, pages)) {
        TRACE(n->trace, TRACE_NET, "ne2000: no room for a frame of %u bytes (CURR %02x, BNRY %02x)",
              length, n->curr, n->bnry);
        n->rsr = RSR_MPA;
        raise(n, ISR_OVW | ISR_RST);
        tally(n, COUNT_MISSED);
        return;
    }
    for (unsigned i = 0; i < pages; i++)
        next = next_page(n, next);
    n->rsr = RSR_PRX | status;
    n->clda = (uint16_t)(n->curr << 8);
    const uint8_t header[4] = {n->rsr, next, (uint8_t)count, (uint8_t)(count >> 8)};
    for (unsigned i = 0; i < sizeof header; i++)
        ring_put(n, header[i]);
    for (unsigned i = 0; i < length; i++)
        ring_put(n, frame[i]);
    for (unsigned i = 0; i < ETH_FCS; i++)
        ring_put(n, (uint8_t)(fcs >> 8 * i));
    n->curr = next;
    n->frames_received++;
    TRACE(n->trace, TRACE_NET, "ne2000: received %u bytes", length);
    raise(n, ISR_PRX);
}

/* The receiver hears what was sent: into its FIFO, followed by its length. */
static void loop_back(struct ne2000 *n)
{
    uint8_t last[ETH_MAX + ETH_FCS];
    bool inhibited = n->tcr & TCR_CRC;
    unsigned length = n->tbcr < ETH_MAX ? n->tbcr : ETH_MAX, at = 0;
    for (unsigned i = 0; i < length; i++)
        last[i] = memory_read(n, (uint16_t)((n->tpsr << 8) + i));
    if (!inhibited) {
        uint32_t fcs = eth_fcs(last, length);
        for (unsigned i = 0; i < ETH_FCS; i++)
            last[length++] = (uint8_t)(fcs >> 8 * i);
    }
    for (unsigned i = 0; i < length; i++)
        n->fifo[at++ % 8] = last[i];
    n->fifo[at++ % 8] = (uint8_t)length;
    n->fifo[at++ % 8] = (uint8_t)(length >> 8);
    n->fifo[at % 8] = (uint8_t)(length >> 8);
    n->fifo_at = 0;
    /* AN-937: a CRC that the transmitter made cannot be checked and counts as wrong. */
    if (length >= ETH_ADDRESS && accepts(n, last) &&
        (!inhibited || eth_fcs(last, length) != ETH_RESIDUE)) {
        n->rsr = RSR_CRC;
        n->isr |= ISR_RXE;
        tally(n, COUNT_CRC);
    } else {
        n->rsr = RSR_PRX;
    }
    n->tsr_after = (uint8_t)(TSR_PTX | ((n->tcr & TCR_LB) == 2   ? TSR_CRS | TSR_CDH
                                        : (n->tcr & TCR_LB) == 4 ? TSR_CDH
                                                                 : 0));
}

/* A frame whose CRC the driver made itself (TCR) must be right, or everybody drops it. */
static void to_cable(struct ne2000 *n)
{
    uint8_t frame[ETH_MAX + ETH_FCS];
    unsigned length = n->tbcr;
    n->tsr_after = TSR_PTX;
    if (length > sizeof frame) {
        TRACE(n->trace, TRACE_NET, "ne2000: %u bytes are no frame", length);
        return;
    }
    for (unsigned i = 0; i < length; i++)
        frame[i] = memory_read(n, (uint16_t)((n->tpsr << 8) + i));
    if (n->tcr & TCR_CRC) {
        if (length < ETH_FCS || eth_fcs(frame, length) != ETH_RESIDUE)
            return;
        length -= ETH_FCS;
    }
    if (length < ETH_HEADER || length > ETH_MAX)
        return;
    n->frames_sent++;
    TRACE(n->trace, TRACE_NET, "ne2000: sends %u bytes", length);
    if (n->send)
        n->send(n->ctx, frame, (uint16_t)length);
}

static void transmit(struct ne2000 *n)
{
    if (n->sent.armed)
        return;
    if (n->tcr & TCR_LB)
        loop_back(n);
    else
        to_cable(n);
    clock_arm(n->clock, &n->sent, n->clock->now + eth_duration(n->tbcr, NE2000_RATE));
}

static void sent_fire(void *ne2000)
{
    struct ne2000 *n = ne2000;
    n->tsr = n->tsr_after;
    raise(n, ISR_PTX);
}

static void write_cr(struct ne2000 *n, uint8_t v)
{
    /* Started is started until it is stopped. */
    uint8_t sta = v & CR_STP ? 0 : n->cr & (n->cr & CR_STP ? 0 : CR_STA);
    n->cr = (uint8_t)((v & ~CR_TXP) | sta);
    if (v & CR_STP)
        n->isr |= ISR_RST;
    else if (running(n))
        n->isr &= (uint8_t)~ISR_RST;
    if ((v & CR_RD) == (CR_READ | CR_WRITE)) { /* "send packet": the oldest frame of the ring */
        n->crda = (uint16_t)(n->bnry << 8);
        n->rbcr = (uint16_t)(memory_read(n, (uint16_t)(n->crda + 2)) |
                             memory_read(n, (uint16_t)(n->crda + 3)) << 8);
    }
    if (!(v & CR_ABORT) && (v & CR_RD) && !n->rbcr)
        n->isr |= ISR_RDC;
    if ((v & CR_TXP) && running(n))
        transmit(n);
    update(n);
}

/* The remote DMA has moved `step` bytes. */
static void remote_step(struct ne2000 *n, unsigned step)
{
    n->crda = (uint16_t)(n->crda + step);
    if (n->crda == n->pstop << 8)
        n->crda = (uint16_t)(n->pstart << 8);
    n->rbcr = (uint16_t)(n->rbcr > step ? n->rbcr - step : 0);
    if (n->rbcr)
        return;
    if ((n->cr & CR_RD) == (CR_READ | CR_WRITE)) {
        n->bnry = memory_read(n, (uint16_t)((n->bnry << 8) + 1));
        n->isr &= (uint8_t)~ISR_RST;
    }
    raise(n, ISR_RDC);
}

static bool remote_active(const struct ne2000 *n, uint8_t direction)
{
    return !(n->cr & CR_ABORT) && (n->cr & direction) && n->rbcr;
}

/* Size 1 or 2; in byte mode the bus has cut a word into two bytes (see data_read). */
static uint32_t remote_read(struct ne2000 *n, unsigned size)
{
    unsigned step = n->dcr & DCR_WTS ? 2 : 1;
    if (!remote_active(n, CR_READ))
        return size == 2 ? 0xffff : 0xff;
    uint32_t v = memory_read(n, n->crda);
    if (size == 2)
        v |= (uint32_t)memory_read(n, (uint16_t)(n->crda + 1)) << 8;
    remote_step(n, step);
    return v;
}

static void remote_write(struct ne2000 *n, uint32_t value, unsigned size)
{
    unsigned step = n->dcr & DCR_WTS ? 2 : 1;
    if (!remote_active(n, CR_WRITE) || (n->cr & CR_READ))
        return;
    memory_write(n, n->crda, (uint8_t)value);
    if (size == 2)
        memory_write(n, (uint16_t)(n->crda + 1), (uint8_t)(value >> 8));
    remote_step(n, step);
}

/* In byte mode the card is an 8-bit one: the bus makes two accesses of a word. */
static uint32_t data_read(struct ne2000 *n, unsigned size)
{
    if (size == 1 || (n->dcr & DCR_WTS))
        return remote_read(n, size);
    uint32_t low = remote_read(n, 1);
    return low | remote_read(n, 1) << 8;
}

static void data_write(struct ne2000 *n, uint32_t value, unsigned size)
{
    if (size == 1 || (n->dcr & DCR_WTS)) {
        remote_write(n, value, size);
        return;
    }
    remote_write(n, value & 0xff, 1);
    remote_write(n, value >> 8 & 0xff, 1);
}

static uint8_t counter_read(struct ne2000 *n, unsigned which)
{
    uint8_t v = n->counter[which];
    n->counter[which] = 0;
    return v;
}

static uint8_t page0_read(struct ne2000 *n, unsigned reg)
{
    switch (reg) {
    case 0x1: return (uint8_t)n->clda;
    case 0x2: return (uint8_t)(n->clda >> 8);
    case 0x3: return n->bnry;
    case 0x4: return n->tsr;
    case 0x5: return 0; /* NCR: there are no collisions */
    case 0x6: return n->fifo[n->fifo_at++ % 8];
    case 0x7: return n->isr;
    case 0x8: return (uint8_t)n->crda;
    case 0x9: return (uint8_t)(n->crda >> 8);
    case 0xc: return n->rsr;
    case 0xd:
    case 0xe:
    case 0xf: return counter_read(n, reg - 0xd);
    default: return 0xff;
    }
}

static void page0_write(struct ne2000 *n, unsigned reg, uint8_t v)
{
    switch (reg) {
    case 0x1: n->pstart = v; break;
    case 0x2: n->pstop = v; break;
    case 0x3:
        n->bnry = v;
        if (running(n)) /* there is room again */
            n->isr &= (uint8_t)~ISR_RST;
        break;
    case 0x4: n->tpsr = v; break;
    case 0x5: n->tbcr = (uint16_t)((n->tbcr & 0xff00) | v); break;
    case 0x6: n->tbcr = (uint16_t)((n->tbcr & 0xff) | v << 8); break;
    case 0x7: n->isr &= (uint8_t)(~v | ISR_RST); break;
    case 0x8: n->crda = (uint16_t)((n->crda & 0xff00) | v); break;
    case 0x9: n->crda = (uint16_t)((n->crda & 0xff) | v << 8); break;
    case 0xa: n->rbcr = (uint16_t)((n->rbcr & 0xff00) | v); break;
    case 0xb: n->rbcr = (uint16_t)((n->rbcr & 0xff) | v << 8); break;
    case 0xc: n->rcr = v & 0x3f; break;
    case 0xd: n->tcr = v & 0x1f; break;
    case 0xe: n->dcr = v & 0x7f; break;
    default: n->imr = v & 0x7f; break;
    }
    update(n);
}

static uint8_t page1_read(const struct ne2000 *n, unsigned reg)
{
    return reg < 7 ? n->par[reg - 1] : reg == 7 ? n->curr : n->mar[reg - 8];
}

static void page1_write(struct ne2000 *n, unsigned reg, uint8_t v)
{
    if (reg < 7)
        n->par[reg - 1] = v;
    else if (reg == 7)
        n->curr = v;
    else
        n->mar[reg - 8] = v;
}

static uint8_t page2_read(const struct ne2000 *n, unsigned reg)
{
    switch (reg) {
    case 0x1: return n->pstart;
    case 0x2: return n->pstop;
    case 0x3: return n->rnpp;
    case 0x4: return n->tpsr;
    case 0x5: return n->lnpp;
    case 0x6: return (uint8_t)(n->address >> 8);
    case 0x7: return (uint8_t)n->address;
    case 0xc: return n->rcr;
    case 0xd: return n->tcr;
    case 0xe: return n->dcr;
    case 0xf: return n->imr;
    default: return 0xff;
    }
}

static void page2_write(struct ne2000 *n, unsigned reg, uint8_t v)
{
    switch (reg) {
    case 0x1: n->clda = (uint16_t)((n->clda & 0xff00) | v); break;
    case 0x2: n->clda = (uint16_t)((n->clda & 0xff) | v << 8); break;
    case 0x3: n->rnpp = v; break;
    case 0x5: n->lnpp = v; break;
    case 0x6: n->address = (uint16_t)((n->address & 0xff) | v << 8); break;
    case 0x7: n->address = (uint16_t)((n->address & 0xff00) | v); break;
    default: break;
    }
}

static uint32_t ne2000_read(void *dev, uint32_t off, unsigned size)
{
    struct ne2000 *n = dev;
    if (off >= PORT_RESET) {
        ne2000_reset(n);
        return 0xff;
    }
    if (off >= PORT_DATA)
        return data_read(n, size);
    if (size == 2) { /* the registers have eight bits */
        uint32_t low = ne2000_read(dev, off, 1);
        return low | (ne2000_read(dev, off + 1, 1) & 0xff) << 8;
    }
    if (!off)
        return n->cr | (n->sent.armed ? CR_TXP : 0);
    switch (n->cr >> 6) {
    case 0: return page0_read(n, off);
    case 1: return page1_read(n, off);
    case 2: return page2_read(n, off);
    default: return 0xff;
    }
}

static void ne2000_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct ne2000 *n = dev;
    uint8_t v = (uint8_t)value;
    if (off >= PORT_RESET) /* the end of the reset pulse that the read began */
        return;
    if (off >= PORT_DATA) {
        data_write(n, value, size);
        return;
    }
    if (size == 2) {
        ne2000_write(dev, off, v, 1);
        ne2000_write(dev, off + 1, value >> 8, 1);
        return;
    }
    if (!off)
        write_cr(n, v);
    else if (n->cr >> 6 == 0)
        page0_write(n, off, v);
    else if (n->cr >> 6 == 1)
        page1_write(n, off, v);
    else if (n->cr >> 6 == 2)
        page2_write(n, off, v);
}

const struct io_ops ne2000_ops = {.read = ne2000_read, .write = ne2000_write, .widths = 1 | 2};

void ne2000_init(struct ne2000 *n, struct clock *k, struct irq irq, const uint8_t address[6],
                 void (*send)(void *ctx, const uint8_t *frame, uint16_t length), void *ctx,
                 struct trace *t)
{
    *n = (struct ne2000){.clock = k, .irq = irq, .send = send, .ctx = ctx, .trace = t};
    for (unsigned i = 0; i < sizeof n->prom; i++)
        n->prom[i] = i < 12 ? address[i / 2] : i < 28 ? 0 : 0x57;
    event_init(k, &n->sent, "ne2000 transmit", sent_fire, n);
    ne2000_reset(n);
}

/* The reset pin; addresses, ring and memory stay. */
void ne2000_reset(struct ne2000 *n)
{
    clock_disarm(n->clock, &n->sent);
    n->cr = CR_STP | CR_ABORT;
    n->isr = ISR_RST;
    n->imr = 0;
    n->dcr |= DCR_LAS;
    n->tcr &= (uint8_t)~TCR_LB;
    n->rbcr = 0;
    update(n);
}

void ne2000_snap(struct ne2000 *n, struct snap *s)
{
    if (!snap_section(s, "ne2000", 1))
        return;
    uint8_t *bytes[] = {&n->cr,   &n->isr,  &n->imr,    &n->dcr,     &n->tcr,      &n->rcr,
                        &n->tsr,  &n->rsr,  &n->pstart, &n->pstop,   &n->bnry,     &n->curr,
                        &n->tpsr, &n->rnpp, &n->lnpp,   &n->fifo_at, &n->tsr_after};
    uint16_t *words[] = {&n->address, &n->clda, &n->crda, &n->rbcr, &n->tbcr};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    for (unsigned i = 0; i < ARRAY_LEN(words); i++)
        snap_u16(s, words[i]);
    snap_bytes(s, n->memory, sizeof n->memory);
    snap_bytes(s, n->par, sizeof n->par);
    snap_bytes(s, n->mar, sizeof n->mar);
    snap_bytes(s, n->counter, sizeof n->counter);
    snap_bytes(s, n->fifo, sizeof n->fifo);
    snap_bool(s, &n->intr);
    snap_u64(s, &n->frames_sent);
    snap_u64(s, &n->frames_received);
    event_snap(n->clock, &n->sent, s);
}

void ne2000_info(const struct ne2000 *n, struct out *to)
{
    const uint8_t *a = n->par;
    out_printf(to, "ne2000: %s, address %02x:%02x:%02x:%02x:%02x:%02x, INT %s\n",
               running(n) ? "started" : "stopped", a[0], a[1], a[2], a[3], a[4], a[5],
               n->intr ? "high" : "low");
    out_printf(to, "  receives%s%s%s%s%s; %s transfers%s\n",
               n->rcr & RCR_PRO ? " every address" : " its own address",
               n->rcr & RCR_AB ? ", broadcasts" : "", n->rcr & RCR_AM ? ", multicasts" : "",
               n->rcr & RCR_MON ? ", monitor mode: keeps nothing" : "",
               n->tcr & TCR_LB ? ", loopback: nothing" : "", n->dcr & DCR_WTS ? "word" : "byte",
               n->sent.armed ? ", transmitting" : "");
    out_printf(to, "  ring %02x00-%02x00, next frame to %02x00, boundary %02x00\n", n->pstart,
               n->pstop, n->curr, n->bnry);
    out_printf(to, "  remote DMA at %04x, %u bytes left; transmit from %02x00, %u bytes\n", n->crda,
               n->rbcr, n->tpsr, n->tbcr);
    out_printf(to,
               "  CR %02x ISR %02x IMR %02x DCR %02x TCR %02x RCR %02x TSR %02x RSR %02x, "
               "missed %u\n",
               n->cr, n->isr, n->imr, n->dcr, n->tcr, n->rcr, n->tsr, n->rsr,
               n->counter[COUNT_MISSED]);
    out_printf(to, "  %llu frames sent, %llu received\n", (unsigned long long)n->frames_sent,
               (unsigned long long)n->frames_received);
}
