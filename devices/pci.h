/* SPDX-License-Identifier: MIT */
/*
 * pci.h - the PCI bus of the board: configuration mechanism 1, and what every function on it shares:
 * the configuration header, base address registers that come and go on the bus, interrupt pins.
 *
 * Source: PCI Local Bus Specification 2.1, chapters 3.7.4 and 6; Intel 82441FX (440FX PMC) data
 * sheet, CONFADD and CONFDATA.
 *
 * A function is a struct pci_function inside the chip's own struct:
 *     pci_function_init(&x->pci, "x", &(struct pci_identity){.vendor = 0x8086, ...});
 *     pci_function_bar(&x->pci, 0, &(struct pci_bar){.kind = PCI_MMIO, .size = 0x20000, ...});
 *     x->pci.write_mask[0x40] = 0xff;          registers of its own, with x->pci.written to hear of writes
 * and the board attaches it: pci_attach(&m->pci, slot, function, &x->pci). The chip's reset and
 * snapshot call pci_function_reset and pci_function_snap.
 *
 * - A BAR is on the bus while its enable bit in the command register is set and it holds an address
 *   that is neither 0 nor runs into the end of the space (so that sizing with all ones is harmless).
 *   What the board itself has mapped (RAM, ROM, chips) answers before any BAR, as it does on the 440FX,
 *   which passes on only what it does not claim; among BARs the highest slot, function and BAR answers.
 * - An expansion ROM asks for its own enable bit alone: Bochs's BIOS reads it while the command register
 *   still has memory switched off.
 * - Interrupt pins are wired as on QEMU's board: slot s, pin INTA + p drives PIRQ (s + p - 1) mod 4.
 *
 * Not modelled: bridges and other buses than 0, capabilities, 64-bit BARs, parity and system errors,
 * special cycles, latency. BARs below 4 KiB of memory do not exist on this board.
 */
#ifndef DEVICES_PCI_H
#define DEVICES_PCI_H

#include "base/irq.h"
#include "base/types.h"

struct bus;
struct io_ops;
struct out;
struct snap;
struct trace;
struct pci;

#define PCI_SLOTS 32u
#define PCI_FUNCTIONS 8u
#define PCI_BARS 7u    /* six, and */
#define PCI_ROM_BAR 6u /* the expansion ROM's */
#define PCI_PIRQS 4u

/* Offsets of the header that chips and boards need by name. */
enum {
    PCI_COMMAND = 0x04,
    PCI_STATUS = 0x06,
    PCI_BAR0 = 0x10,
    PCI_ROM = 0x30,
    PCI_INTERRUPT_LINE = 0x3c,
    PCI_INTERRUPT_PIN = 0x3d,
};

enum {
    PCI_COMMAND_IO = 0x001,
    PCI_COMMAND_MEMORY = 0x002,
    PCI_COMMAND_MASTER = 0x004,
    PCI_COMMAND_NO_INTX = 0x400,
};

enum pci_kind {
    PCI_NO_BAR,
    PCI_PORTS,  /* I/O ports: ops, dev */
    PCI_MMIO,   /* registers in memory: ops, dev */
    PCI_MEMORY, /* prefetchable memory of the device: host, dirty (bus_map_device_memory) */
    PCI_IMAGE,  /* the expansion ROM: host */
};

struct pci_bar {
    enum pci_kind kind;
    uint32_t size;            /* bytes, a power of two; memory at least 4 KiB, ports at least 4 */
    const struct io_ops *ops; /* PCI_PORTS, PCI_MMIO */
    void *dev;                /* what ops work on */
    uint8_t *host;            /* PCI_MEMORY, PCI_IMAGE: the bytes, borrowed */
    uint8_t *dirty;           /* PCI_MEMORY: a byte a page */
    unsigned handle;          /* the bus's, 0: it is not on the bus now */
    uint32_t at;              /* where it is on the bus */
};

struct pci_identity {
    uint16_t vendor, device;
    uint16_t subsystem_vendor, subsystem; /* 0: none */
    uint32_t class_code;                  /* base class << 16 | sub-class << 8 | interface */
    uint8_t revision;
    uint8_t pin;         /* interrupt pin: 1 = INTA .. 4 = INTD, 0 = none */
    bool multi_function; /* function 0 of a device that has others */
};

struct pci_function {
    const char *name;             /* for the bus and for people; borrowed */
    struct pci *bus;              /* set by pci_attach */
    uint8_t slot, function;       /* set by pci_attach */
    bool interrupt;               /* the chip asks for one on its pin */
    uint8_t config[256];          /* the configuration space */
    uint8_t reset_value[256];     /* what it holds after reset */
    uint8_t write_mask[256];      /* bits that the guest can write */
    uint8_t clear_mask[256];      /* bits that writing a 1 clears */
    struct pci_bar bar[PCI_BARS]; /* [PCI_ROM_BAR]: the expansion ROM */
    /* After the guest has written n bytes at reg; config[] holds the new bytes. May be NULL. */
    void (*written)(void *ctx, unsigned reg, unsigned n);
    void *ctx;
};

struct pci {
    struct bus *memory;         /* where BARs are mapped */
    struct irq pirq[PCI_PIRQS]; /* PIRQA to PIRQD, active high, to the interrupt router */
    /* Bytes and words at CF8h-CFBh are ordinary I/O that the bridge passes on: reset control. */
    const struct io_ops *passed;
    void *passed_dev;
    struct trace *trace; /* may be NULL */
    uint32_t address;    /* CONFADD as written */
    uint8_t pirq_level;  /* a bit for each PIRQ that is driven */
    struct pci_function *at[PCI_SLOTS][PCI_FUNCTIONS];
};

extern const struct io_ops pci_address_ops; /* CF8h-CFBh */
extern const struct io_ops pci_data_ops;    /* CFCh-CFFh */

void pci_init(struct pci *p, struct bus *memory, const struct irq pirq[PCI_PIRQS], struct trace *t);
/* Reset of the bus's own state; functions are reset by their chips. */
void pci_reset(struct pci *p);
void pci_snap(struct pci *p, struct snap *s);
void pci_info(const struct pci *p, struct out *to);
void pci_attach(struct pci *p, unsigned slot, unsigned function, struct pci_function *f);

/* Sets identity, class, pin and the masks of the standard header; chips then add their own. */
void pci_function_init(struct pci_function *f, const char *name, const struct pci_identity *id);
/* n: 0 to 5, or PCI_ROM_BAR. Before pci_attach; handle and at are ignored. */
void pci_function_bar(struct pci_function *f, unsigned n, const struct pci_bar *bar);
/* A register of the chip's own: what it holds after reset and which bits the guest can write. */
void pci_function_register(struct pci_function *f, unsigned reg, uint8_t reset_value,
                           uint8_t write_mask);
/* The registers take their reset values, BARs leave the bus, the pin is released. */
void pci_function_reset(struct pci_function *f);
/* Loading puts BARs where the registers say; the chip itself need do nothing. */
void pci_function_snap(struct pci_function *f, struct snap *s);
/* The level that the chip wants on its pin (the command register can hold it back). */
void pci_function_interrupt(struct pci_function *f, bool level);

/* Configuration space as the guest sees it: for firmware's work done by the board, and for tests.
   size 1, 2 or 4, within a 32-bit register. */
uint32_t pci_config_read(const struct pci *p, unsigned slot, unsigned function, unsigned reg,
                         unsigned size);
void pci_config_write(struct pci *p, unsigned slot, unsigned function, unsigned reg, uint32_t value,
                      unsigned size);

static inline uint16_t pci_command(const struct pci_function *f)
{
    return (uint16_t)(f->config[PCI_COMMAND] | f->config[PCI_COMMAND + 1] << 8);
}

/* May the function read and write memory by itself? */
static inline bool pci_is_master(const struct pci_function *f)
{
    return pci_command(f) & PCI_COMMAND_MASTER;
}

/* Which PIRQ (0 to 3) the pin (1 to 4) of a slot drives. */
static inline unsigned pci_pirq_of(unsigned slot, unsigned pin)
{
    return (slot + pin + 2) % PCI_PIRQS;
}

#endif
