/* SPDX-License-Identifier: MIT */
/*
 * board.h - struct machine: everything by value, in one place. For the files of machine/ only.
 */
#ifndef MACHINE_BOARD_H
#define MACHINE_BOARD_H

#include "base/clock.h"
#include "base/trace.h"
#include "cpu/cpu.h"
#include "cpu/opcodes.h"
#include "devices/ata.h"
#include "devices/bmdma.h"
#include "devices/bioslog.h"
#include "devices/debugcon.h"
#include "devices/dma.h"
#include "devices/exitport.h"
#include "devices/fdc.h"
#include "devices/fperr.h"
#include "devices/fwcfg.h"
#include "devices/hpet.h"
#include "devices/i440fx.h"
#include "devices/ioapic.h"
#include "devices/kbc.h"
#include "devices/lapic.h"
#include "devices/lpt.h"
#include "devices/pci.h"
#include "devices/pic.h"
#include "devices/piix3.h"
#include "devices/piix4_pm.h"
#include "devices/pit.h"
#include "devices/port61.h"
#include "devices/port92.h"
#include "devices/postcode.h"
#include "devices/ps2kbd.h"
#include "devices/ps2mouse.h"
#include "devices/rtc.h"
#include "devices/uart.h"
#include "devices/vga.h"
#include "devices/vga_pci.h"
#include "machine/config.h"
#include "machine/debug_state.h"
#include "machine/firmware.h"
#include "machine/lines.h"
#include "machine/machine.h"
#include "machine/network.h"
#include "mmu/bus.h"

enum { PIC_MASTER, PIC_SLAVE };
/* Who can drive an interrupt line of the ISA bus. */
enum line_source {
    LINE_CHIP, /* the chip that sits on it */
    LINE_PIRQ, /* PCI, as the PIIX3 routes it */
    LINE_HPET, /* in place of the chip, with legacy routes */
};
enum { A20_PORT92, A20_KBC, A20_SOURCES };

/* The last interrupt that the processor took from one line, for debuggers; not state. */
struct irq_taken {
    uint64_t count;  /* how many there were */
    uint64_t icount; /* instructions retired before it */
    uint32_t eip;    /* what it interrupted */
    uint16_t cs;
};

/* The units of the IDE channels, then floppy drives; what is in them stands in cfg. */
#define BOARD_DRIVES (CONFIG_UNITS + CONFIG_FLOPPIES)

struct drive {
    struct disk *owned;     /* put in while the machine ran; else the medium is borrowed, NULL */
    struct disk_echo *echo; /* lockstep: for the twin (owned) */
};

struct machine {
    struct config cfg;
    struct clock clock;
    struct trace trace;
    struct bus bus;
    struct cpu cpu;
    struct pic pic[2];
    struct pit pit;
    struct port61 port61;
    struct rtc rtc;
    struct kbc kbc;
    struct ps2kbd kbd;
    struct ps2mouse mouse;
    struct uart com1;
    struct uart com2;
    struct lpt lpt1;
    struct drive drive[BOARD_DRIVES]; /* media */
    struct ata ide[2];                /* primary and secondary channel */
    struct bmdma bmdma;               /* pc: their PCI function */
    struct dma dma;
    struct fdc fdc;
    struct vga vga;
    struct vga_memory *vga_memory; /* owned */
    struct port92 port92;
    struct fperr fperr;
    struct postcode postcode;
    struct debugcon debugcon;
    struct bioslog bioslog;
    struct exitport exitport;
    struct lapic lapic;
    struct ioapic ioapic;
    struct hpet hpet;
    struct fwcfg fwcfg;
    struct firmware firmware; /* what fw_cfg says */
    struct network network;
    struct pci pci;       /* this and the next three: on `pc` only */
    struct i440fx i440fx; /* 0.0 */
    struct piix3 piix3;
    struct piix4_pm pm;     /* 1.0 */
    struct vga_pci vga_pci; /* 2.0 */
    uint64_t rom_hash[2];   /* of firmware and VGA BIOS: a snapshot goes with its ROMs */
    uint8_t line[16]; /* interrupt lines of the ISA bus: who drives each, a bit for a line_source */
    struct irq_taken taken[LINE_NUMBERS]; /* by line */
    bool timer_level[2];                  /* what the 8254 and the RTC drive, listened to or not */
    bool timers_replaced;                 /* by the HPET: they are not */
    bool a20[A20_SOURCES];                /* who holds the gate open: it is open if anybody does */
    uint64_t slept;        /* clock units spent in HLT; for the run loop's pace, not state */
    uint64_t lapic_at;     /* where the local APIC is mapped, 0: nowhere */
    unsigned lapic_region; /* its mapping */
    bool init_wanted;      /* the local APIC pulsed INIT */
    bool reset_wanted;     /* a chip pulled the reset line */
    bool powered_off;      /* the guest switched itself off */
    bool exited;           /* the guest wrote to the exit port */
    uint32_t exit_value;   /* what it wrote */
    void (*rebooted)(void *ctx, struct machine *m); /* what a reset starts; may be NULL */
    void *rebooted_ctx;
    struct debug debug;
    struct machine *twin;            /* lockstep: the same machine on the reference layer (owned) */
    bool twin_fresh;                 /* the twin must be given our state before it runs */
    bool diverged;                   /* lockstep: the two have parted */
    uint64_t ram_compared;           /* lockstep: icount at the last comparison of RAM */
    uint64_t row_count[OPCODE_ROWS]; /* config.count_rows: completed instructions */
};

/* wiring.c: makes the chips, connects them and puts them on the bus; the processor is there. */
bool board_wire(struct machine *m, struct error *err);
/* The input of the PICs that interrupt line n of the ISA bus ends at. */
struct irq board_line(struct machine *m, unsigned n);
/* What the processor is given: its INTA cycle, and where FERR# goes. */
uint8_t board_acknowledge(void *machine);
void board_ferr(void *fperr, unsigned n, bool level);
/* A source drives an interrupt line of the ISA bus, or no longer; somebody pulls the reset line. */
void board_drive_line(struct machine *m, enum line_source source, unsigned n, bool level);
void board_reset_line(struct machine *m, bool level);
/* run.c: one machine by itself. */
enum machine_stop board_run(struct machine *m, uint64_t until, uint64_t max_insns);
/* Reset, and what a reset starts. */
void board_reboot(struct machine *m);
/* drives.c: the media of a new machine (and of its twin, if it has one); changes; what belongs to a
   snapshot; whether the twin does with them what the machine does. */
bool board_share_media(struct config *first, struct config *twin,
                       struct disk_echo *echo[BOARD_DRIVES], struct error *err);
void board_change_medium(struct machine *m, unsigned drive, struct disk *disk);
void board_snap_media(struct machine *m, struct snap *s);
bool board_media_agree(const struct machine *m);
void board_restart_media(struct machine *m);
void board_free_media(struct machine *m);
/* snapshot.c: all but the media. */
void board_snap(struct machine *m, struct snap *s);
/* lockstep.c: the machine and its twin side by side. */
enum machine_stop lockstep_run(struct machine *m, uint64_t until, uint64_t max_insns);

#endif
