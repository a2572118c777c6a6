/* SPDX-License-Identifier: MIT */
/* e1000.c - the e1000's registers, interrupts and statistics (see e1000.h; SDM 13). */
#include "devices/e1000.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/e1000_parts.h"
#include "mmu/bus.h"

#include <string.h>

#define REGISTER_BYTES 0x20000u
#define PORTS 64u
/* Full duplex, link, 1000 Mb/s, clock there. Reserved bits 19 and 31 read as ones, as in every
   emulator whose value course material quotes. */
#define STATUS_VALUE UINT32_C(0x80080783)
#define CAUSES UINT32_C(0x0001ffff)

/* Registers that only keep what is written: first and last offset, bits that exist. */
static const struct {
    uint16_t first, last;
    uint32_t mask;
} plain[] = {
    {CTRL_EXT, CTRL_EXT, 0xffffffff},
    {0x001c, 0x001c, 0xffffffff}, /* FLA */
    {FCAL, FCAL, 0xffffffff},
    {FCAH, FCAH, 0xffff},
    {FCT, FCT, 0xffff},
    {VET, VET, 0xffff},
    {ITR, ITR, 0xffff},
    {0x0170, 0x0170, 0xffff},     /* FCTTV */
    {0x0178, 0x0178, 0xc000ffff}, /* TXCW */
    {0x0410, 0x0410, 0x3fffffff}, /* TIPG */
    {0x0458, 0x0458, 0xffff},     /* AIFS */
    {LEDCTL, LEDCTL, 0xffffffff},
    {0x2160, 0x2160, 0x8000fff8}, /* FCRTL */
    {0x2168, 0x2168, 0xfff8},     /* FCRTH */
    {RDBAL, RDBAL, 0xfffffff0},
    {RDBAH, RDBAH, 0xffffffff},
    {RDLEN, RDLEN, 0xfff80},
    {RDH, RDH, 0xffff},
    {RDT, RDT, 0xffff},
    {0x2820, 0x2820, 0xffff},     /* RDTR */
    {0x2828, 0x2828, 0xffffffff}, /* RXDCTL */
    {0x282c, 0x282c, 0xffff},     /* RADV */
    {0x2c00, 0x2c00, 0xffff},     /* RSRPD */
    {0x3000, 0x3000, 1},          /* TXDMAC */
    {TDBAL, TDBAL, 0xfffffff0},
    {TDBAH, TDBAH, 0xffffffff},
    {TDLEN, TDLEN, 0xfff80},
    {TDH, TDH, 0xffff},
    {TDT, TDT, 0xffff},
    {0x3820, 0x3820, 0xffff},     /* TIDV */
    {0x3828, 0x3828, 0xffffffff}, /* TXDCTL */
    {0x382c, 0x382c, 0xffff},     /* TADV */
    {0x3830, 0x3830, 0xffffffff}, /* TSPMT */
    {RXCSUM, RXCSUM, 0x3ff},
    {MTA, MTA + 0x1fc, 0xffffffff},
    {RAL, RAL + 0x7c, 0xffffffff},
    {VFTA, VFTA + 0x1fc, 0xffffffff},
    {0x5800, 0x5800, 0x1f},       /* WUC */
    {0x5808, 0x5808, 0xf80ff},    /* WUFC */
    {0x5820, 0x5820, 0xffffffff}, /* MANC */
    {0x5838, 0x5858, 0xffffffff}, /* IPAV, IP4AT */
    {0x5880, 0x588c, 0xffffffff}, /* IP6AT */
    {0x5a00, 0x5a7c, 0xffffffff}, /* WUPM */
    {0x5b50, 0x5b50, 3},          /* SWSM, of later chips: U-Boot locks every EEPROM by it */
};

void e1000_fetch(struct e1000 *e, uint64_t at, void *buf, uint32_t n)
{
    if (at + n > UINT64_C(1) << 32)
        memset(buf, 0xff, n);
    else
        bus_dma_read(e->memory, (phys_t)at, buf, n);
}

void e1000_store(struct e1000 *e, uint64_t at, const void *buf, uint32_t n)
{
    if (at + n <= UINT64_C(1) << 32)
        bus_dma_write(e->memory, (phys_t)at, buf, n);
}

/* ---- Statistics ------------------------------------------------------------------------ */

void e1000_count(struct e1000 *e, unsigned offset)
{
    if (REG(e, offset) != UINT32_MAX)
        REG(e, offset)++;
}

void e1000_count_octets(struct e1000 *e, unsigned low, unsigned octets)
{
    uint64_t was = REG(e, low) | (uint64_t)REG(e, low + 4) << 32, v = was + octets;
    if (v < was)
        v = UINT64_MAX;
    REG(e, low) = (uint32_t)v;
    REG(e, low + 4) = (uint32_t)(v >> 32);
}

void e1000_count_size(struct e1000 *e, unsigned first, unsigned length)
{
    static const uint16_t limit[] = {64, 127, 255, 511, 1023};
    unsigned n = 0;
    while (n < ARRAY_LEN(limit) && length > limit[n])
        n++;
    e1000_count(e, first + 4 * n);
}

static uint32_t read_statistic(struct e1000 *e, unsigned offset)
{
    uint32_t v = REG(e, offset);
    bool low = offset == GORC || offset == GOTC || offset == TOR || offset == TOT;
    if (low) /* the pair is cleared by reading its high half */
        return v;
    REG(e, offset) = 0;
    if (offset == GORC + 4 || offset == GOTC + 4 || offset == TOR + 4 || offset == TOT + 4)
        REG(e, offset - 4) = 0;
    return v;
}

/* ---- Interrupts ------------------------------------------------------------------------ */

static void update(struct e1000 *e)
{
    bool wanted = REG(e, ICR) & REG(e, IMS);
    if (wanted == e->interrupt)
        return;
    if (wanted && e->clock->now < e->quiet_until) {
        clock_arm(e->clock, &e->moderation, e->quiet_until);
        return;
    }
    clock_disarm(e->clock, &e->moderation);
    e->interrupt = wanted;
    if (wanted && REG(e, ITR)) /* in units of 256 ns */
        e->quiet_until = e->clock->now + clock_periods(REG(e, ITR), 3906250);
    pci_function_interrupt(&e->pci, wanted);
}

static void moderation_fire(void *e1000)
{
    update(e1000);
}

void e1000_cause(struct e1000 *e, uint32_t causes)
{
    REG(e, ICR) |= causes & CAUSES;
    update(e);
}

/* ---- Registers ------------------------------------------------------------------------- */

static uint32_t read_register(struct e1000 *e, unsigned offset)
{
    uint32_t v;
    if (offset / 4 >= E1000_REGISTERS)
        return 0;
    if (offset >= STATISTICS && offset < STATISTICS_END)
        return read_statistic(e, offset);
    switch (offset) {
    case STATUS: return STATUS_VALUE & ~(e1000_link(e) ? 0 : STATUS_LU);
    case EECD: return e1000_eecd_read(e);
    case ICR:
        v = REG(e, ICR);
        REG(e, ICR) = 0;
        update(e);
        return v;
    default: return REG(e, offset);
    }
}

/* CTRL.RST: everything but the PCI registers and the PHY. */
static void soft_reset(struct e1000 *e)
{
    clock_disarm(e->clock, &e->transmit);
    clock_disarm(e->clock, &e->moderation);
    memset(e->reg, 0, sizeof e->reg);
    memset(&e->packet, 0, sizeof e->packet);
    memset(&e->context, 0, sizeof e->context);
    memset(&e->segmentation, 0, sizeof e->segmentation);
    e->quiet_until = 0;
    e->serial_in = e->serial_out = 0;
    e->serial_bits = 0;
    e->serial_data = true;
    REG(e, CTRL) = CTRL_FD | CTRL_SLU | CTRL_SPEED_1000;
    REG(e, VET) = 0x8100;
    REG(e, PBA) = 0x00100030;
    REG(e, LEDCTL) = 0x07068302;
    REG(e, RAL) = (uint32_t)e->eeprom[0] | (uint32_t)e->eeprom[1] << 16;
    REG(e, RAH) = e->eeprom[2] | 0x80000000u;
    update(e);
}

static void write_ctrl(struct e1000 *e, uint32_t v)
{
    if (v & CTRL_RST) {
        soft_reset(e);
        return;
    }
    REG(e, CTRL) = v & ~CTRL_PHY_RST;
    if (v & CTRL_PHY_RST)
        e1000_phy_reset(e);
}

static void write_plain(struct e1000 *e, unsigned offset, uint32_t v)
{
    for (unsigned n = 0; n < ARRAY_LEN(plain); n++) {
        if (offset >= plain[n].first && offset <= plain[n].last) {
            REG(e, offset) = v & plain[n].mask;
            return;
        }
    }
}

static void write_register(struct e1000 *e, unsigned offset, uint32_t v)
{
    if (offset / 4 >= E1000_REGISTERS)
        return;
    switch (offset) {
    case CTRL: write_ctrl(e, v); break;
    case EECD: e1000_eecd_write(e, v); break;
    case EERD: e1000_eerd_write(e, v); break;
    case MDIC: e1000_mdic_write(e, v); break;
    case ICR:
        REG(e, ICR) &= ~v;
        update(e);
        break;
    case ICS: e1000_cause(e, v); break;
    case IMS:
        REG(e, IMS) |= v & CAUSES;
        update(e);
        break;
    case IMC:
        REG(e, IMS) &= ~v;
        update(e);
        break;
    case PBA: /* of 64 KiB; the transmitter gets what the receiver leaves */
        REG(e, PBA) = (v & 0x3f) | (0x40 - (v & 0x3f)) << 16;
        break;
    case RCTL: REG(e, RCTL) = v & 0x07f7fffe; break;
    case TCTL:
        REG(e, TCTL) = v & 0x03fffffa;
        e1000_transmit_kick(e);
        break;
    default:
        write_plain(e, offset, v);
        if (offset == TDT)
            e1000_transmit_kick(e);
    }
}

/* A part of a register is the register: PCI's byte enables choose what the processor sees of it. */
static uint32_t e1000_read(void *dev, uint32_t off, unsigned size)
{
    uint32_t v = read_register(dev, off & ~3u);
    (void)size;
    return v >> 8 * (off & 3);
}

static void e1000_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct e1000 *e = dev;
    unsigned offset = off & ~3u, shift = 8 * (off & 3);
    if (size < 4 && offset / 4 < E1000_REGISTERS) {
        uint32_t mask = (size == 1 ? 0xffu : 0xffffu) << shift;
        bool keeps = offset < ICR || offset > IMC; /* the others act on the ones that are written */
        value = (keeps ? REG(e, offset) & ~mask : 0) | (value << shift & mask);
    }
    write_register(e, offset, value);
}

const struct io_ops e1000_ops = {.read = e1000_read, .write = e1000_write, .widths = 1 | 2 | 4};

/* IOADDR at 0, IODATA at 4. */
static uint32_t port_read(void *dev, uint32_t off, unsigned size)
{
    struct e1000 *e = dev;
    if (off >= 8)
        return 0;
    uint32_t v = off < 4                          ? e->io_address
                 : e->io_address < REGISTER_BYTES ? read_register(e, e->io_address & ~3u)
                                                  : 0;
    (void)size;
    return v >> 8 * (off & 3);
}

static void port_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct e1000 *e = dev;
    unsigned shift = 8 * (off & 3);
    if (off < 4) {
        uint32_t mask = (size == 4 ? UINT32_MAX : size == 2 ? 0xffff : 0xff) << shift;
        e->io_address = (e->io_address & ~mask) | (value << shift & mask);
    } else if (off < 8 && e->io_address < REGISTER_BYTES) {
        e1000_write(e, (e->io_address & ~3u) + (off & 3), value, size);
    }
}

const struct io_ops e1000_port_ops = {.read = port_read, .write = port_write, .widths = 1 | 2 | 4};

/* ---- Life ------------------------------------------------------------------------------ */

void e1000_init(struct e1000 *e, struct clock *k, struct bus *memory, const uint8_t address[6],
                void (*send)(void *ctx, const uint8_t *frame, uint16_t length), void *ctx,
                struct trace *t)
{
    memset(e, 0, sizeof *e);
    e->clock = k;
    e->memory = memory;
    e->send = send;
    e->ctx = ctx;
    e->trace = t;
    event_init(k, &e->transmit, "e1000 transmit", e1000_transmit_fire, e);
    event_init(k, &e->moderation, "e1000 moderation", moderation_fire, e);
    event_init(k, &e->link, "e1000 link", e1000_link_up, e);
    pci_function_init(&e->pci, "e1000",
                      &(struct pci_identity){.vendor = 0x8086,
                                             .device = 0x100e,
                                             .subsystem_vendor = 0x8086,
                                             .subsystem = 0x001e,
                                             .class_code = 0x020000,
                                             .revision = 2,
                                             .pin = 1});
    pci_function_bar(
        &e->pci, 0,
        &(struct pci_bar){.kind = PCI_MMIO, .size = REGISTER_BYTES, .ops = &e1000_ops, .dev = e});
    pci_function_bar(
        &e->pci, 2,
        &(struct pci_bar){.kind = PCI_PORTS, .size = PORTS, .ops = &e1000_port_ops, .dev = e});
    e1000_eeprom_init(e, address);
}

/* The reset pin, and power-on: the link is up. */
void e1000_reset(struct e1000 *e)
{
    pci_function_reset(&e->pci);
    e->interrupt = false;
    e->io_address = 0;
    e1000_phy_power_on(e);
    soft_reset(e);
}

static void snap_context(struct e1000_context *c, struct snap *s)
{
    snap_u8(s, &c->ip_start);
    snap_u8(s, &c->ip_offset);
    snap_u16(s, &c->ip_end);
    snap_u8(s, &c->tcp_start);
    snap_u8(s, &c->tcp_offset);
    snap_u16(s, &c->tcp_end);
    snap_u32(s, &c->payload);
    snap_u16(s, &c->mss);
    snap_u8(s, &c->header);
    snap_u8(s, &c->command);
}

static void snap_packet(struct e1000_packet *p, struct snap *s)
{
    snap_bytes(s, p->bytes, sizeof p->bytes);
    snap_bytes(s, p->header, sizeof p->header);
    snap_u32(s, &p->length);
    snap_u32(s, &p->sent);
    snap_u32(s, &p->segments);
    snap_u8(s, &p->options);
    snap_bool(s, &p->begun);
    snap_bool(s, &p->segmented);
    snap_bool(s, &p->tagged);
    snap_u16(s, &p->tag);
}

void e1000_snap(struct e1000 *e, struct snap *s)
{
    if (!snap_section(s, "e1000", 1))
        return;
    for (unsigned n = 0; n < E1000_REGISTERS; n++)
        snap_u32(s, &e->reg[n]);
    for (unsigned n = 0; n < ARRAY_LEN(e->phy); n++)
        snap_u16(s, &e->phy[n]);
    snap_u32(s, &e->io_address);
    snap_u16(s, &e->serial_in);
    snap_u8(s, &e->serial_bits);
    snap_u16(s, &e->serial_out);
    snap_bool(s, &e->serial_data);
    snap_u64(s, &e->quiet_until);
    snap_bool(s, &e->interrupt);
    snap_context(&e->context, s);
    snap_context(&e->segmentation, s);
    snap_packet(&e->packet, s);
    snap_u64(s, &e->frames_sent);
    snap_u64(s, &e->frames_received);
    event_snap(e->clock, &e->transmit, s);
    event_snap(e->clock, &e->moderation, s);
    event_snap(e->clock, &e->link, s);
    pci_function_snap(&e->pci, s);
}

void e1000_info(const struct e1000 *e, struct out *to)
{
    uint32_t low = REG(e, RAL), high = REG(e, RAH), rctl = REG(e, RCTL);
    out_printf(to, "e1000: link %s, address %02x:%02x:%02x:%02x:%02x:%02x%s, INTA %s\n",
               e1000_link(e) ? "up" : "down", low & 0xff, low >> 8 & 0xff, low >> 16 & 0xff,
               low >> 24, high & 0xff, high >> 8 & 0xff, high >> 31 ? "" : " (not valid)",
               e->interrupt ? "asserted" : "idle");
    out_printf(to, "  receiver %s%s%s%s%s, ring at %08x of %u, head %u, tail %u\n",
               rctl & RCTL_EN ? "on" : "off", rctl & RCTL_UPE ? ", every address" : "",
               rctl & RCTL_MPE ? ", every multicast" : "", rctl & RCTL_BAM ? ", broadcasts" : "",
               rctl & RCTL_LBM ? ", loopback" : "", REG(e, RDBAL), REG(e, RDLEN) / 16, REG(e, RDH),
               REG(e, RDT));
    out_printf(to, "  transmitter %s, ring at %08x of %u, head %u, tail %u\n",
               REG(e, TCTL) & TCTL_EN ? "on" : "off", REG(e, TDBAL), REG(e, TDLEN) / 16,
               REG(e, TDH), REG(e, TDT));
    out_printf(to, "  CTRL %08x RCTL %08x TCTL %08x ICR %08x IMS %08x ITR %u, bus master %s\n",
               REG(e, CTRL), rctl, REG(e, TCTL), REG(e, ICR), REG(e, IMS), REG(e, ITR),
               pci_is_master(&e->pci) ? "on" : "off");
    out_printf(to, "  %llu frames sent, %llu received, %u missed\n",
               (unsigned long long)e->frames_sent, (unsigned long long)e->frames_received,
               REG(e, MPC));
}
