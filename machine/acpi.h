/* SPDX-License-Identifier: MIT */
/*
 * acpi.h - the ACPI tables of the `pc` board: for firmware, which puts them into memory by the script
 * that goes with them, and for kernels that start without firmware, at a fixed place.
 *
 * Source: ACPI specification 1.0b, chapter 5 (tables), and 2.0, 5.2.10.4 (MADT); IA-PC HPET 1.0a, 3.2.4;
 * QEMU's documentation of fw_cfg and SeaBIOS's romfile_loader for the script ("etc/table-loader").
 *
 * The tables lie in one block, in the order FACS, DSDT, FADT, MADT, HPET, RSDT. Pointers in it are kept as
 * offsets; acpi_place turns them into addresses. The DSDT is acpi_dsdt.asl, compiled.
 */
#ifndef MACHINE_ACPI_H
#define MACHINE_ACPI_H

#include "base/types.h"

#define ACPI_BLOCK 8192u /* bytes for all tables but the RSDP */
#define ACPI_ALIGN 64u   /* the FACS */
#define ACPI_RSDP 20u
#define ACPI_POINTERS 12u
#define ACPI_TABLES 6u
#define ACPI_STEP 128u /* a command of the script */

struct acpi_board {
    bool apic;   /* there are APICs */
    bool hpet;   /* and an HPET */
    uint16_t pm; /* ports of the power management */
};

struct acpi_tables {
    uint8_t block[ACPI_BLOCK];       /* all but the RSDP */
    uint32_t size;                   /* bytes of it that are used */
    uint8_t rsdp[ACPI_RSDP];         /* root pointer */
    uint32_t pointer[ACPI_POINTERS]; /* where in the block an offset into it stands */
    unsigned pointers;               /* how many */
    uint32_t table[ACPI_TABLES];     /* where tables with a checksum begin */
    unsigned tables;                 /* how many */
    uint8_t script[ACPI_STEP * (2 + ACPI_POINTERS + 1 + ACPI_TABLES + 1)]; /* for firmware */
    uint32_t script_size;                                                  /* bytes of it */
};

extern const uint8_t acpi_dsdt[];
extern const uint32_t acpi_dsdt_size;

void acpi_build(struct acpi_tables *t, const struct acpi_board *board);
/* Makes t what it is when the block lies at `at`: addresses and checksums are right. */
void acpi_place(struct acpi_tables *t, uint32_t at);

#endif
