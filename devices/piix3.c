/* SPDX-License-Identifier: MIT */
/*
 * piix3.c - the ISA bridge: interrupt routing and reset control.
 * Source: Intel 82371SB data sheet. Interface and limits: piix3.h.
 */
#include "devices/piix3.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <string.h>

enum {
    ROUTE_OFF = 0x80,
    ROUTES = 0xdef8, /* interrupts a PIRQ can be routed to */
    RCR_HARD = 0x02,
    RCR_RESET = 0x04,
};

unsigned piix3_route(const struct piix3 *p, unsigned n)
{
    uint8_t v = p->pci.config[PIIX3_PIRQRC + n % PCI_PIRQS];

    return v & ROUTE_OFF || !(ROUTES >> (v & 15) & 1) ? 0 : v & 15u;
}

static void update(struct piix3 *p)
{
    uint16_t driven = 0, changed;

    for (unsigned n = 0; n < PCI_PIRQS; n++)
        if ((p->pirq & 1u << n) && piix3_route(p, n))
            driven |= (uint16_t)(1u << piix3_route(p, n));
    changed = driven ^ p->driven;
    p->driven = driven;
    for (unsigned n = 0; n < ARRAY_LEN(p->isa); n++)
        if (changed & 1u << n)
            irq_set(&p->isa[n], driven & 1u << n);
}

void piix3_set_pirq(void *piix3, unsigned n, bool level)
{
    struct piix3 *p = piix3;
    uint8_t bit = (uint8_t)(1u << n % PCI_PIRQS);

    p->pirq = (uint8_t)(level ? p->pirq | bit : p->pirq & ~bit);
    update(p);
}

static void config_written(void *ctx, unsigned reg, unsigned n)
{
    struct piix3 *p = ctx;

    if (reg >= PIIX3_PIRQRC + PCI_PIRQS || reg + n <= PIIX3_PIRQRC)
        return;
    for (unsigned i = 0; i < PCI_PIRQS; i++)
        TRACE(p->trace, TRACE_BOARD, "piix3: PIRQ%c to IRQ %u", 'A' + (int)i, piix3_route(p, i));
    update(p);
}

static uint32_t reset_read(void *dev, uint32_t off, unsigned size)
{
    const struct piix3 *p = dev;

    (void)size;
    return off == 1 ? p->rcr : UINT32_MAX;
}

static void reset_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct piix3 *p = dev;
    bool rises = value & RCR_RESET && !(p->rcr & RCR_RESET);

    (void)size;
    if (off != 1)
        return;
    p->rcr = (uint8_t)(value & (RCR_HARD | RCR_RESET));
    if (!rises)
        return;
    TRACE(p->trace, TRACE_BOARD, "port CF9h: %s reset", value & RCR_HARD ? "hard" : "soft");
    irq_set(&p->reset, true);
    irq_set(&p->reset, false);
}

const struct io_ops piix3_reset_ops = {.read = reset_read, .write = reset_write, .widths = 1};

/* Registers with nothing behind them here: what they hold after reset, and which bits are kept. */
static const struct {
    uint8_t reg, reset_value, write_mask;
} kept[] = {
    {0x4c, 0x4d, 0xff},                     /* IORT: recovery times */
    {0x4e, 0x03, 0xff},                     /* XBCS: chip selects */
    {0x4f, 0x00, 0x01}, {0x69, 0x02, 0xfe}, /* TOM: top of memory for ISA masters */
    {0x6a, 0x00, 0x80},                     /* MSTAT */
    {0x6b, 0x00, 0x80}, {0x70, 0x80, 0xef}, /* MBIRQ0 */
    {0x76, 0x0c, 0x8f},                     /* MBDMA0, MBDMA1 */
    {0x77, 0x0c, 0x8f}, {0x78, 0x02, 0xfe}, /* PCSC: programmable chip select */
    {0x79, 0x00, 0xff}, {0x80, 0x00, 0x7f}, /* APICBASE */
    {0x82, 0x00, 0x0f},                     /* DLC */
    {0xa0, 0x08, 0x1f},                     /* SMICNTL, SMIEN, SEE, FTMR */
    {0xa2, 0x00, 0xff}, {0xa3, 0x00, 0x01}, {0xa4, 0x00, 0xff},
    {0xa5, 0x00, 0xff}, {0xa6, 0x00, 0xff}, {0xa7, 0x00, 0xff},
    {0xa8, 0x0f, 0xff}, {0xac, 0x00, 0xff}, /* CTLTMR, CTHTMR */
    {0xae, 0x00, 0xff},
};

void piix3_init(struct piix3 *p, const struct irq isa[16], struct irq reset, struct trace *t)
{
    *p = (struct piix3){.reset = reset, .trace = t};
    memcpy(p->isa, isa, sizeof p->isa);
    pci_function_init(
        &p->pci, "piix3 isa bridge",
        &(struct pci_identity){
            .vendor = 0x8086, .device = 0x7000, .class_code = 0x060100, .multi_function = true});
    pci_function_register(&p->pci, PCI_COMMAND,
                          PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0x08);
    pci_function_register(&p->pci, PCI_COMMAND + 1, 0, 0x01);
    pci_function_register(&p->pci, PCI_STATUS + 1, 0x02, 0);
    for (unsigned n = 0; n < PCI_PIRQS; n++)
        pci_function_register(&p->pci, PIIX3_PIRQRC + n, ROUTE_OFF, 0x8f);
    for (unsigned n = 0; n < ARRAY_LEN(kept); n++)
        pci_function_register(&p->pci, kept[n].reg, kept[n].reset_value, kept[n].write_mask);
    p->pci.written = config_written;
    p->pci.ctx = p;
}

void piix3_reset(struct piix3 *p)
{
    pci_function_reset(&p->pci);
    p->rcr = 0;
    update(p);
}

void piix3_snap(struct piix3 *p, struct snap *s)
{
    pci_function_snap(&p->pci, s);
    if (!snap_section(s, "piix3", 1))
        return;
    snap_u8(s, &p->pirq);
    snap_u16(s, &p->driven);
    snap_u8(s, &p->rcr);
    p->pirq &= (1u << PCI_PIRQS) - 1;
    p->driven &= ROUTES;
    p->rcr &= RCR_HARD | RCR_RESET;
}

void piix3_info(const struct piix3 *p, struct out *to)
{
    out_printf(to, "piix3: reset control %02x, XBCS %02x%02x\n", p->rcr,
               p->pci.config[PIIX3_XBCS + 1], p->pci.config[PIIX3_XBCS]);
    for (unsigned n = 0; n < PCI_PIRQS; n++) {
        out_printf(to, "  PIRQ%c %s, ", 'A' + (int)n, p->pirq & 1u << n ? "high" : "low");
        if (piix3_route(p, n))
            out_printf(to, "IRQ %u\n", piix3_route(p, n));
        else
            out_printf(to, "routed nowhere\n");
    }
}
