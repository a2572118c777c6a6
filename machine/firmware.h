/* SPDX-License-Identifier: MIT */
/*
 * firmware.h - what the board tells its firmware (by fw_cfg), and what firmware would tell a kernel
 * (the memory map), for those who load kernels without any.
 *
 * Source: QEMU's fw_cfg documentation and SeaBIOS's runtime configuration (docs/Runtime_config.md) for
 * the items; ACPI 6.2, chapter 15 for memory maps.
 */
#ifndef MACHINE_FIRMWARE_H
#define MACHINE_FIRMWARE_H

#include "base/types.h"
#include "machine/acpi.h"

struct config;
struct fwcfg;
struct machine;

/* Kinds of memory, as INT 15h E820h gives them. */
enum { FIRMWARE_RAM = 1, FIRMWARE_RESERVED = 2 };

struct firmware_range {
    uint64_t base, size; /* bytes */
    uint32_t kind;       /* FIRMWARE_* */
};

#define FIRMWARE_RANGES 8u
#define FIRMWARE_EBDA UINT32_C(0x9fc00) /* the extended BIOS data area, to A0000h */

/* The map that INT 15h E820h gives on this board; the number of ranges, at most FIRMWARE_RANGES. */
unsigned firmware_memory_map(const struct config *cfg, struct firmware_range map[FIRMWARE_RANGES]);

/* Where tables are for kernels that start without firmware (`pc` only). */
#define FIRMWARE_MP UINT32_C(0xf0000)
#define FIRMWARE_PIR UINT32_C(0xf0800)
#define FIRMWARE_RSDP UINT32_C(0xf0f00)
#define FIRMWARE_SMBIOS UINT32_C(0xf0f40) /* its entry point */
#define FIRMWARE_ACPI UINT32_C(0xf1000)
#define FIRMWARE_DMI (FIRMWARE_ACPI + ACPI_BLOCK)

/* Items that have no place of their own; part of the machine. */
struct firmware {
    uint8_t ram_size[8];     /* bytes of RAM */
    uint8_t cpus[2];         /* processors */
    uint8_t irq0[4];         /* IRQ 0 is pin 2 of the I/O APIC */
    uint8_t e820[20];        /* RAM as the firmware finds it */
    struct acpi_tables acpi; /* with offsets, for firmware to place */
    char boot_order[1024];   /* device paths, a line each, in the order in which to try them */
};

/* Fills f and adds every item to the device. */
void firmware_describe(struct firmware *f, const struct config *cfg, struct fwcfg *device);

/* What power-on self-test leaves in segment 40h and in the first byte of the EBDA, for kernels that look
   there for ports, memory and the MP table (IBM PS/2 and PC BIOS Interface Technical Reference, "ROM BIOS
   Data Areas"). Before an image is loaded, which may lie there. */
void firmware_place_data_area(struct machine *m);

/* What firmware would have put at F0000h: MP table, $PIR, ACPI tables, SMBIOS. Nothing where there is firmware, which
   does it, or no PCI. After chipset_configure. */
void firmware_place_tables(struct machine *m);

#endif
