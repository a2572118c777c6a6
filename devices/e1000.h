/* SPDX-License-Identifier: MIT */
/*
 * e1000.h - an Intel 82540EM gigabit network card for the PCI bus (8086:100E).
 *
 * Source: PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual (317453,
 * revision 4.0), called SDM here; IEEE 802.3 clause 22 for the PHY's first registers.
 *
 * - BAR 0: 128 KiB of registers. BAR 2: I/O ports IOADDR and IODATA, the way to the same registers
 *   (SDM 13.2.2; QEMU has them at BAR 1).
 * - Transmission: one packet after the other, each takes its time on a cable of 1 Gbit/s. Legacy,
 *   context and data descriptors, checksums, TCP and UDP segmentation, VLAN tags.
 * - Reception: exact and multicast filters, VLAN filter and stripping, checksums. A packet for which
 *   there are no descriptors is lost and counted (MPC, RNBC), and reported (RXO).
 * - Interrupts are moderated as ITR says; the delay timers of single descriptors (TIDV, RDTR) are not
 *   modelled: their interrupts come at once.
 * - EEPROM of 64 words through EERD and through the pins in EECD; it is read only. PHY through MDIC.
 *   After a restart of autonegotiation the link is down for 100 ms.
 * - Every loop over the guest's rings is bounded: a packet of any size costs virtual time.
 *
 * Not modelled: jumbo frames (the cable takes 1518 bytes), flow control, wake-up and power states,
 * the flash, manageability, snooping filters of bad packets (SBP has nothing to store).
 */
#ifndef DEVICES_E1000_H
#define DEVICES_E1000_H

#include "base/clock.h"
#include "base/types.h"
#include "devices/pci.h"

struct bus;
struct out;
struct snap;
struct trace;

#define E1000_RATE UINT32_C(1000000000) /* bits in a second */
#define E1000_REGISTERS 0x1800u         /* of 32 bits; beyond there is nothing */
#define E1000_EEPROM 64u                /* words */
#define E1000_PACKET 4096u              /* what is assembled of a packet or segment to send */

/* What a context descriptor says; one for packets, one for segmentation (SDM 3.3.6). */
struct e1000_context {
    uint8_t ip_start, ip_offset;   /* IPCSS, IPCSO */
    uint16_t ip_end;               /* IPCSE */
    uint8_t tcp_start, tcp_offset; /* TUCSS, TUCSO */
    uint16_t tcp_end;              /* TUCSE */
    uint32_t payload;              /* PAYLEN */
    uint16_t mss;                  /* MSS */
    uint8_t header;                /* HDRLEN */
    uint8_t command;               /* TUCMD */
};

/* The packet that is being put together from descriptors. */
struct e1000_packet {
    uint8_t bytes[E1000_PACKET]; /* header and data */
    uint32_t length;             /* bytes so far, those that found no room included */
    uint8_t header[256];         /* segmentation: the first segment's header */
    uint32_t sent;               /* segmentation: bytes of payload that are gone */
    uint32_t segments;           /* segmentation: how many are gone */
    uint8_t options;             /* POPTS of its first descriptor */
    bool begun;                  /* there was a descriptor */
    bool segmented;              /* its first descriptor said TSE */
    bool tagged;                 /* VLE */
    uint16_t tag;                /* the VLAN tag to insert */
};

struct e1000 {
    struct pci_function pci;
    struct clock *clock;                                            /* time */
    struct bus *memory;                                             /* where descriptors are */
    void (*send)(void *ctx, const uint8_t *frame, uint16_t length); /* the cable, may be NULL */
    void *ctx;                                                      /* passed to send */
    struct trace *trace;                                            /* may be NULL */
    struct event transmit;                                          /* the next packet can go */
    struct event moderation;                                        /* ITR's interval is over */
    struct event link;                                              /* autonegotiation ends */
    uint32_t reg[E1000_REGISTERS]; /* by offset / 4; those without state read as zero */
    uint16_t eeprom[E1000_EEPROM]; /* what is in it */
    uint16_t phy[32];              /* the PHY's registers */
    uint32_t io_address;           /* IOADDR */
    uint16_t serial_in;            /* EEPROM pins: start bit, opcode and address so far */
    uint8_t serial_bits;           /* how many of them */
    uint16_t serial_out;           /* data bits that were clocked out */
    bool serial_data;              /* the DO pin */
    uint64_t quiet_until;          /* ITR: no interrupt before */
    bool interrupt;                /* level of the pin */
    struct e1000_context context;  /* for packets */
    struct e1000_context segmentation;
    struct e1000_packet packet;
    uint64_t frames_sent, frames_received; /* for people */
};

extern const struct io_ops e1000_ops;      /* BAR 0 */
extern const struct io_ops e1000_port_ops; /* BAR 2 */

void e1000_init(struct e1000 *e, struct clock *k, struct bus *memory, const uint8_t address[6],
                void (*send)(void *ctx, const uint8_t *frame, uint16_t length), void *ctx,
                struct trace *t);
void e1000_reset(struct e1000 *e);
void e1000_snap(struct e1000 *e, struct snap *s);
void e1000_info(const struct e1000 *e, struct out *to);
/* At least 60 bytes, at most ETH_MAX, without FCS. */
void e1000_receive(void *e1000, const uint8_t *frame, unsigned length);

#endif
