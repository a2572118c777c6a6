/* SPDX-License-Identifier: MIT */
/* network.c - which network card there is and where (see network.h). */
#include "machine/network.h"

#include "base/out.h"
#include "machine/board.h"

#include <stdio.h>

#define NE2000_IRQ 9u    /* what people set it to; on a PCI machine that line is ACPI's, so */
#define NE2000_IRQ_PC 5u /* there it has another */
#define NE2000_BASE 0x300u
#define E1000_SLOT 3u /* where QEMU has it: interrupt pin A of this slot is PIRQC */

static unsigned ne2000_line(const struct machine *m)
{
    return m->cfg.nic_irq                  ? m->cfg.nic_irq
           : m->cfg.machine == MACHINE_ISA ? NE2000_IRQ
                                           : NE2000_IRQ_PC;
}

static bool wire_ne2000(struct machine *m, struct error *err)
{
    struct network *n = &m->network;
    const struct config *c = &m->cfg;
    uint16_t base = c->nic_port ? c->nic_port : NE2000_BASE;

    ne2000_init(&n->ne2000, &m->clock, board_line(m, ne2000_line(m)), c->mac, c->frame_write,
                c->frame_ctx, &m->trace);
    eth_line_init(&n->cable, &m->clock, NE2000_RATE, ne2000_receive, &n->ne2000);
    for (unsigned port = base; port < base + NE2000_PORTS; port++) {
        if (m->bus.port_of[port])
            return error_set(err,
                             "--net: port %#x of the card at %#x belongs to another device (%s)",
                             port, base, m->bus.range[m->bus.port_of[port]].name);
    }
    bus_map_ports(&m->bus, "ne2000", base, NE2000_PORTS, &ne2000_ops, &n->ne2000);
    return true;
}

static bool wire_e1000(struct machine *m, struct error *err)
{
    struct network *n = &m->network;
    const struct config *c = &m->cfg;

    if (c->machine != MACHINE_PC)
        return error_set(err, "--net: an e1000 is a PCI card, and --machine isa has no PCI; "
                              "model=ne2000 would be right");
    if (c->nic_port || c->nic_irq)
        return error_set(err, "--net: port= and irq= are for model=ne2000; PCI assigns an e1000's");
    e1000_init(&n->e1000, &m->clock, &m->bus, c->mac, c->frame_write, c->frame_ctx, &m->trace);
    pci_attach(&m->pci, E1000_SLOT, 0, &n->e1000.pci);
    eth_line_init(&n->cable, &m->clock, E1000_RATE, e1000_receive, &n->e1000);
    return true;
}

bool network_wire(struct machine *m, struct error *err)
{
    if (m->cfg.nic == NIC_USUAL)
        m->cfg.nic = m->cfg.machine == MACHINE_PC ? NIC_E1000 : NIC_NE2000;
    switch (m->cfg.nic) {
    case NIC_NE2000: return wire_ne2000(m, err);
    case NIC_E1000: return wire_e1000(m, err);
    case NIC_USUAL:
    case NIC_NONE: break;
    }
    return true;
}

void network_reset(struct machine *m)
{
    if (m->cfg.nic == NIC_NONE)
        return;
    eth_line_reset(&m->network.cable);
    if (m->cfg.nic == NIC_E1000)
        e1000_reset(&m->network.e1000);
    else
        ne2000_reset(&m->network.ne2000);
}

void network_snap(struct machine *m, struct snap *s)
{
    if (m->cfg.nic == NIC_NONE)
        return;
    eth_line_snap(&m->network.cable, s);
    if (m->cfg.nic == NIC_E1000)
        e1000_snap(&m->network.e1000, s);
    else
        ne2000_snap(&m->network.ne2000, s);
}

void network_info(const struct machine *m, struct out *to)
{
    if (m->cfg.nic == NIC_NONE) {
        out_text(to, "there is no network card (--net user)\n");
        return;
    }
    if (m->cfg.nic == NIC_E1000)
        e1000_info(&m->network.e1000, to);
    else
        ne2000_info(&m->network.ne2000, to);
    out_printf(to, "cable: %u frames on their way to it\n", m->network.cable.count);
}

uint64_t network_used(const struct machine *m)
{
    const struct network *n = &m->network;

    if (m->cfg.nic == NIC_NONE)
        return 0;
    if (m->cfg.nic == NIC_E1000)
        return n->e1000.frames_sent + n->e1000.frames_received;
    return n->ne2000.frames_sent + n->ne2000.frames_received;
}

unsigned network_line(const struct machine *m)
{
    return m->cfg.nic == NIC_NE2000 ? ne2000_line(m) : 0;
}

int network_why(const struct machine *m, char *text, size_t size)
{
    const struct ne2000 *n = &m->network.ne2000;

    return snprintf(text, size, "the ne2000 (ISR %02x, IMR %02x) %s", n->isr, n->imr,
                    n->intr ? "asks for attention" : "has nothing to report");
}

void network_input(struct machine *m, const uint8_t *frame, unsigned length)
{
    if (m->cfg.nic != NIC_NONE)
        (void)eth_line_put(&m->network.cable, frame, length);
}

unsigned machine_frame_room(const struct machine *m)
{
    return m->cfg.nic == NIC_NONE ? 0 : eth_line_room(&m->network.cable);
}
