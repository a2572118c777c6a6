/* SPDX-License-Identifier: MIT */
/*
 * i440fx.h - the host bridge of the 440FX: function 0.0 of the PCI bus, and what it does with the
 * memory between C0000h and FFFFFh.
 *
 * Source: Intel 440FX PCIset, 82441FX (PMC) data sheet, section 3.2: configuration registers.
 *
 *   59h      7-6 0 | 5 WE 4 RE for F0000-FFFFF | 3-0 0
 *   5Ah-5Fh  7-6 0 | 5 WE 4 RE upper 16 KiB | 3-2 0 | 1 WE 0 RE lower 16 KiB, from C0000 on
 *   72h      6 DOPEN | 5 DCLS | 4 DLCK | 3 G_SMRAME | 2-0 C_BASE_SEG = 010
 *
 * - RE sends loads to RAM, WE sends stores there; what is not sent to RAM goes on to PCI and ISA: to
 *   the ROM or whatever else is mapped beneath.
 * - The SMRAM register is kept, with its lock; there is no system management mode, and the
 *   64 KiB at A0000h are always the VGA's.
 * - The DRAM rows (60h-67h) say that all of RAM is in row 0, as far as 8 bits of 8 MiB go.
 *
 * Not modelled: cache control, DRAM timing, error reporting, the deturbo counter, APBASE.
 */
#ifndef DEVICES_I440FX_H
#define DEVICES_I440FX_H

#include "base/types.h"
#include "devices/pci.h"

struct bus;
struct out;
struct snap;
struct trace;

#define I440FX_SEGMENTS 13u /* twelve of 16 KiB from C0000h on, and one of 64 KiB */

enum {
    I440FX_PAM = 0x59,
    I440FX_SMRAM = 0x72,
};

struct i440fx {
    struct pci_function pci;
    struct bus *bus;                  /* where the segments are mapped */
    struct trace *trace;              /* may be NULL */
    unsigned handle[I440FX_SEGMENTS]; /* the bus's, of a run of one mode; 0: none begins here */
    uint8_t mode[I440FX_SEGMENTS];    /* as mapped: bit 0 RE, bit 1 WE */
};

/* memory: bytes of RAM, in which C0000-FFFFF is at the same offset. */
void i440fx_init(struct i440fx *h, struct bus *bus, uint32_t memory, struct trace *t);
void i440fx_reset(struct i440fx *h);
void i440fx_snap(struct i440fx *h, struct snap *s);
void i440fx_info(const struct i440fx *h, struct out *to);

#endif
