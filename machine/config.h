/* SPDX-License-Identifier: MIT */
/*
 * config.h - what the user chose, as values; filled by main's option parser, read by
 * machine_init and the front-ends. Strings are borrowed (argv lives as long as the program).
 */
#ifndef MACHINE_CONFIG_H
#define MACHINE_CONFIG_H

#include "base/types.h"

enum config_cpu { CPU_386, CPU_486, CPU_PENTIUM, CPU_PPRO };
enum config_engine { ENGINE_FAST, ENGINE_REFERENCE, ENGINE_LOCKSTEP };
enum config_machine {
    MACHINE_PC, /* 440FX and PIIX: PCI, APICs */
    MACHINE_ISA /* an AT: ISA only, no APIC */
};
enum config_ide { IDE_NONE, IDE_DISK, IDE_CDROM };
enum config_nic {
    NIC_NONE,
    NIC_USUAL, /* what people expect: e1000 on the pc, ne2000 on the isa machine */
    NIC_NE2000,
    NIC_E1000
};
enum triple_fault { TRIPLE_STOP, TRIPLE_RESET, TRIPLE_EXIT };

#define CONFIG_MIN_MEMORY (UINT32_C(1) << 20)    /* 1 MiB */
#define CONFIG_MAX_MEMORY (UINT32_C(3584) << 20) /* the PCI hole begins at 3.5 GiB */

#define CONFIG_MAX_ROM (UINT32_C(1) << 20)

struct block;

/* A unit of an IDE channel. */
struct config_unit {
    enum config_ide kind;
    struct block *medium; /* borrowed; of a CD-ROM NULL when the tray is empty */
};

/* A ROM, borrowed; of size 0: there is none. */
struct config_rom {
    uint8_t *data; /* never written */
    uint32_t size; /* bytes, whole pages */
};

#define CONFIG_UNITS 4 /* primary master and slave, secondary master and slave */
#define CONFIG_FLOPPIES 2

struct config {
    enum config_machine machine; /* default MACHINE_PC */
    struct config_rom bios;      /* the firmware: ends at 4 GiB; at most CONFIG_MAX_ROM */
    bool services; /* bios is no firmware, but the services that a loaded kernel calls in real mode
                      (roms/bios): the board is set up and has tables as without any */
    struct config_rom vgabios; /* the VGA's; a power of two, at most 64 KiB */
    struct config_unit ide[CONFIG_UNITS];
    struct block *floppy[CONFIG_FLOPPIES]; /* media, borrowed; NULL: the drive is empty */
    char boot_order[4];                    /* "acd"-like: a floppy, c disk, d CD; "": as found */
    uint32_t memory;                       /* bytes of RAM, a multiple of 4 KiB */
    enum config_cpu cpu;                   /* default CPU_PPRO */
    enum config_engine engine;             /* default ENGINE_FAST */
    unsigned tlb_sets;                     /* --tlb: finite geometry; 0: large */
    unsigned tlb_ways;                     /* --tlb: entries in a set; 0: large */
    bool tlb_pseudo_lru;     /* --tlb 486: the 486's replacement instead of round-robin */
    bool count_rows;         /* count executions of each row of opcodes[]; no block engine */
    unsigned insn_cost_log2; /* an instruction costs 1 << this many clock units */
    enum triple_fault on_triple_fault;
    bool strict;        /* --strict: stop at the first finding of the MMU sanitizer */
    bool no_hpet;       /* pc without HPET */
    uint16_t post_port; /* where POST codes are written; 0: port 80h */
    int64_t rtc_start;  /* seconds since 1970 that the RTC shows at power-on (fixed, so
                                  that runs repeat; see --rtc) */
    void (*serial_write)(void *ctx, uint8_t byte); /* COM1 output, may be NULL */
    void *serial_ctx;
    void (*parallel_write)(void *ctx, uint8_t byte); /* LPT1 output, may be NULL */
    void *parallel_ctx;
    void (*serial2_write)(void *ctx, uint8_t byte); /* COM2 output, may be NULL */
    void *serial2_ctx;
    enum config_nic nic; /* which network card there is */
    uint8_t mac[6];      /* its address */
    uint16_t nic_port;   /* NE2000: first port, 0: 300h */
    uint8_t nic_irq;     /* NE2000: interrupt line, 0: 9 (5 on a machine with PCI) */
    void (*frame_write)(void *ctx, const uint8_t *frame, uint16_t length); /* what it sends */
    void *frame_ctx;
    void (*debugcon_write)(void *ctx, uint8_t byte); /* port E9h output, may be NULL */
    void *debugcon_ctx;
};

#endif
