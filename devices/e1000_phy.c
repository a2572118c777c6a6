/* SPDX-License-Identifier: MIT */
/*
 * e1000_phy.c - the EEPROM and the PHY of the e1000. Sources: SDM 5 (EEPROM), 8.2 and 13.4.8 (PHY),
 * IEEE 802.3 clause 22; the EEPROM's protocol is that of a 93C46.
 */
#include "base/trace.h"
#include "devices/e1000_parts.h"

enum { EECD_SK = 0x01, EECD_CS = 0x02, EECD_DI = 0x04, EECD_DO = 0x08, EECD_FWE = 0x30 };
enum { EECD_REQ = 0x40, EECD_GNT = 0x80, EECD_PRES = 0x100 };
enum { EERD_START = 0x01, EERD_DONE = 0x10 };
enum { MDIC_WRITE = 1, MDIC_READ = 2 };
#define MDIC_READY (1u << 28)
#define MDIC_INTERRUPT (1u << 29)
#define MDIC_ERROR (1u << 30)

enum {
    PHY_CONTROL = 0,
    PHY_STATUS = 1,
    PHY_ID1 = 2,
    PHY_ID2 = 3,
    PHY_ADVERTISES = 4,
    PHY_PARTNER = 5,
    PHY_EXPANSION = 6,
    PHY_1000_CONTROL = 9,
    PHY_1000_STATUS = 10,
    PHY_EXTENDED = 15,
    PHY_SPECIFIC = 16,
    PHY_SPECIFIC_STATUS = 17,
    PHY_SPECIFIC_2 = 20,
};

enum {
    CONTROL_RESTART = 0x0200,
    CONTROL_LOOPBACK = 0x4000,
    CONTROL_RESET = 0x8000,
    STATUS_LINK = 0x0004,
    STATUS_NEGOTIATED = 0x0020,
};

#define SIGNATURE 0xbabau /* the sum of all words */
#define OPCODE_READ 6u    /* start bit and 10b */

void e1000_eeprom_init(struct e1000 *e, const uint8_t address[6])
{
    uint16_t *w = e->eeprom, sum = 0;
    for (unsigned n = 0; n < 3; n++)
        w[n] = (uint16_t)(address[2 * n] | address[2 * n + 1] << 8);
    w[0x04] = 0xffff;
    w[0x08] = w[0x09] = 0xffff; /* part number: none */
    w[0x0a] = 0x4403;           /* valid, full duplex, identity from here */
    w[0x0b] = 0x001e;           /* subsystem: PRO/1000 MT Desktop Adapter */
    w[0x0c] = 0x8086;
    w[0x0d] = 0x100e;
    w[0x0e] = 0x8086;
    for (unsigned n = 0; n < E1000_EEPROM - 1; n++)
        sum = (uint16_t)(sum + w[n]);
    w[E1000_EEPROM - 1] = (uint16_t)(SIGNATURE - sum);
}

uint32_t e1000_eecd_read(const struct e1000 *e)
{
    uint32_t v = REG(e, EECD) | EECD_PRES | (e->serial_data ? EECD_DO : 0);
    return v | (v & EECD_REQ ? EECD_GNT : 0);
}

/* A rising edge of the serial clock: nine bits in (1, opcode, address), then words out. */
static void clock_in(struct e1000 *e, bool bit)
{
    if (e->serial_bits < 9) {
        if (!e->serial_bits && !bit)
            return; /* the start bit is a one */
        e->serial_in = (uint16_t)(e->serial_in << 1 | bit);
        if (++e->serial_bits == 9)
            e->serial_data = false; /* the dummy bit before the data */
        return;
    }
    if (e->serial_in >> 6 != OPCODE_READ)
        return;
    unsigned word = ((e->serial_in & 0x3fu) + e->serial_out / 16u) % E1000_EEPROM;
    e->serial_data = e->eeprom[word] >> (15 - e->serial_out % 16u) & 1;
    e->serial_out++;
}

void e1000_eecd_write(struct e1000 *e, uint32_t v)
{
    uint32_t was = REG(e, EECD);
    REG(e, EECD) = v & (EECD_SK | EECD_CS | EECD_DI | EECD_FWE | EECD_REQ);
    if (!(v & EECD_CS)) {
        e->serial_in = e->serial_out = 0;
        e->serial_bits = 0;
        e->serial_data = true; /* not busy */
    } else if (~was & v & EECD_SK) {
        clock_in(e, v & EECD_DI);
    }
}

void e1000_eerd_write(struct e1000 *e, uint32_t v)
{
    unsigned word = v >> 8 & 0xff;
    if (!(v & EERD_START))
        REG(e, EERD) = v & 0xff00;
    else
        REG(e, EERD) = EERD_DONE | word << 8 |
                       (uint32_t)(word < E1000_EEPROM ? e->eeprom[word] : 0xffff) << 16;
}

/* ---- PHY ------------------------------------------------------------------------------- */

bool e1000_link(const struct e1000 *e)
{
    return e->phy[PHY_STATUS] & STATUS_LINK;
}

bool e1000_phy_loopback(const struct e1000 *e)
{
    return e->phy[PHY_CONTROL] & CONTROL_LOOPBACK;
}

static void negotiated(struct e1000 *e)
{
    e->phy[PHY_STATUS] |= STATUS_LINK | STATUS_NEGOTIATED;
    e->phy[PHY_EXPANSION] = 0x0001;
    e->phy[PHY_SPECIFIC_STATUS] = 0xac00; /* 1000 Mb/s, full duplex, resolved, link */
}

void e1000_link_up(void *e1000)
{
    struct e1000 *e = e1000;
    negotiated(e);
    TRACE(e->trace, TRACE_NET, "e1000: link up");
    e1000_cause(e, CAUSE_LSC);
}

static void negotiate(struct e1000 *e)
{
    bool was = e1000_link(e);
    e->phy[PHY_STATUS] &= (uint16_t) ~(STATUS_LINK | STATUS_NEGOTIATED);
    e->phy[PHY_SPECIFIC_STATUS] = 0;
    clock_arm(e->clock, &e->link, e->clock->now + clock_periods(1, 10));
    if (was)
        e1000_cause(e, CAUSE_LSC);
}

static void phy_defaults(struct e1000 *e)
{
    static const struct {
        uint8_t n;
        uint16_t value;
    } defaults[] = {
        {PHY_CONTROL, 0x1140},      {PHY_STATUS, 0x7949},      {PHY_ID1, 0x0141},
        {PHY_ID2, 0x0c20},          {PHY_ADVERTISES, 0x0de1},  {PHY_PARTNER, 0x45e1},
        {PHY_1000_CONTROL, 0x0e00}, {PHY_1000_STATUS, 0x3c00}, {PHY_EXTENDED, 0x3000},
        {PHY_SPECIFIC, 0x0360},     {PHY_SPECIFIC_2, 0x0d60},
    };
    for (unsigned n = 0; n < ARRAY_LEN(e->phy); n++)
        e->phy[n] = 0;
    for (unsigned n = 0; n < ARRAY_LEN(defaults); n++)
        e->phy[defaults[n].n] = defaults[n].value;
}

void e1000_phy_power_on(struct e1000 *e)
{
    clock_disarm(e->clock, &e->link);
    phy_defaults(e);
    negotiated(e);
}

void e1000_phy_reset(struct e1000 *e)
{
    bool was = e1000_link(e);
    phy_defaults(e);
    e->phy[PHY_STATUS] |= was ? STATUS_LINK : 0;
    negotiate(e);
}

static void phy_write(struct e1000 *e, unsigned n, uint16_t v)
{
    switch (n) {
    case PHY_CONTROL:
        if (v & CONTROL_RESET) {
            e1000_phy_reset(e);
            return;
        }
        e->phy[n] = v & 0x7dff & (uint16_t)~0x003f;
        if (v & CONTROL_RESTART)
            negotiate(e);
        return;
    case PHY_STATUS:
    case PHY_ID1:
    case PHY_ID2:
    case PHY_PARTNER:
    case PHY_EXPANSION:
    case PHY_1000_STATUS:
    case PHY_EXTENDED:
    case PHY_SPECIFIC_STATUS: return;
    default: e->phy[n] = v;
    }
}

/*
 *  30 error | 29 interrupt | 28 ready | 27-26 operation | 25-21 PHY | 20-16 register | 15-0 data
 */
void e1000_mdic_write(struct e1000 *e, uint32_t v)
{
    unsigned operation = v >> 26 & 3, phy = v >> 21 & 31, n = v >> 16 & 31;
    v &= ~(MDIC_READY | MDIC_ERROR);
    if (phy != 1 || (operation != MDIC_READ && operation != MDIC_WRITE))
        v |= MDIC_ERROR;
    else if (operation == MDIC_WRITE)
        phy_write(e, n, (uint16_t)v);
    else
        v = (v & 0xffff0000) | e->phy[n];
    REG(e, MDIC) = v | MDIC_READY;
    if (v & MDIC_INTERRUPT)
        e1000_cause(e, CAUSE_MDAC);
}
