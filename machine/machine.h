/* SPDX-License-Identifier: MIT */
/*
 * machine.h - the board: a processor, memory and chips, wired (machine.c is the list), and
 * the run slice. The only place that sees cpu/ and devices/ together.
 *
 * - machine_new / machine_free: a machine owns everything inside it.
 * - machine_run runs until a virtual time and says why it stopped.
 * - machine_screen looks, machine_input is the one door in, machine_snap saves and restores.
 */
#ifndef MACHINE_MACHINE_H
#define MACHINE_MACHINE_H

#include "base/types.h"

struct bus;
struct config;
struct cpu;
struct input;
struct out;
struct screen;
struct snap;
struct trace;
struct machine;

enum machine_stop {
    MACHINE_RAN,         /* the time asked for has passed */
    MACHINE_INSNS,       /* the instruction limit was reached */
    MACHINE_EXITED,      /* the guest wrote to port F4h; see machine_exit_status */
    MACHINE_POWERED_OFF, /* the guest switched the machine off (ACPI S5) */
    MACHINE_TRIPLE,      /* triple fault (unless configured to reset) */
    MACHINE_HALTED,      /* HLT with interrupts off: nothing can ever wake it but NMI or reset */
    MACHINE_FINDING,     /* --strict: the MMU sanitizer found something; see machine_findings */
    MACHINE_BREAK,       /* a debugger's point or step; see debug_stopped (machine/debug.h) */
    MACHINE_DIVERGED,    /* lockstep: the two engines disagree; the report was printed to `log` */
};

/* Where the picture lies that machine_entry asks for. */
#define MACHINE_FRAME_BUFFER UINT32_C(0xe0000000)
#define MACHINE_FRAME_WIDTH 1600u
#define MACHINE_FRAME_HEIGHT 1200u

/* What the processor holds when the loader hands over. */
struct machine_entry {
    bool protected_mode; /* true: flat 32-bit segments, paging off (multiboot); false: real mode */
    uint32_t eip;        /* entry point: EIP, or IP in real mode */
    uint16_t cs, ds, es,
        ss;             /* segments; in protected mode cs 0: code 08h, data 10h, and no table */
    uint32_t gdt;       /* protected mode with cs: where the table of these selectors lies */
    uint16_t gdt_limit; /* and its last byte */
    uint16_t width, height, depth; /* 0: text mode 3; else a linear frame buffer, of the display
                                      interface's sizes and 15, 16, 24 or 32 bits */
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp;
    bool interrupts; /* IF */
};

/* Does machine_enter put ACPI tables where firmware would have (machine/firmware.h)? */
bool machine_has_tables(const struct config *cfg);

/* Returns NULL and fills err when the host has no memory for it. cfg is copied. */
struct machine *machine_new(const struct config *cfg, struct error *err);
void machine_free(struct machine *m);

/* Power-on reset of everything but memory contents. */
void machine_reset(struct machine *m);
/* Replaces the reset vector: what direct loading (multiboot, ELF, boot sector) needs. The VGA is
   put into text mode 3 with the built-in font, the chips into the state a BIOS leaves them in. */
void machine_enter(struct machine *m, const struct machine_entry *e);

/* Called after every reset that the guest or a triple fault caused: the place to load memory again
   and call machine_enter. Without it the processor starts at its reset vector. */
void machine_on_reset(struct machine *m, void (*rebooted)(void *ctx, struct machine *m), void *ctx);

/* Runs until virtual time `until` (clock units) or, if earlier, until `max_insns` instructions
   have retired since power-on (UINT64_MAX: no limit). */
enum machine_stop machine_run(struct machine *m, uint64_t until, uint64_t max_insns);

uint64_t machine_now(const struct machine *m);         /* virtual time, clock units */
uint64_t machine_icount(const struct machine *m);      /* retired instructions since power-on */
uint32_t machine_exit_status(const struct machine *m); /* (value << 1) | 1 of port F4h */
bool machine_idle(const struct machine *m);            /* the processor is in HLT */
/* Clock units that were spent in HLT since the machine was made; restoring does not change it. */
uint64_t machine_slept(const struct machine *m);

/* For changing, while the machine does not run; to look, inspect.h. */
struct bus *machine_bus(struct machine *m);
struct cpu *machine_cpu(struct machine *m);
struct trace *machine_trace(struct machine *m);

/* Brings a viewer's copy of the picture up to date and says what changed (base/screen.h): zeroed and
   given its pixels before the first call. The guest cannot notice. */
void machine_screen(const struct machine *m, struct screen *out);
/* The built-in 8x16 font (code page 437): 256 glyphs of 16 rows, most significant bit left. */
const uint8_t (*machine_font(void))[16];
void machine_input(struct machine *m, const struct input *in);
/* How many codes of keys the keyboard has room for; 0 as well while the guest has it switched off. */
unsigned machine_key_room(const struct machine *m);
/* How many INPUT_SERIAL bytes the line (0 for COM1, 1 for COM2) takes now without losing one. */
unsigned machine_serial_room(const struct machine *m, unsigned port);

/* How many sectors the floppy disk has that an image of so many is one of; 0: none is so large. */
uint32_t machine_floppy_size(uint64_t sectors);

/* How many INPUT_FRAMEs the cable takes now without losing one. */
unsigned machine_frame_room(const struct machine *m);

/* Whole-machine snapshot (symmetric). After a failed load the machine must be freed. */
void machine_snap(struct machine *m, struct snap *s);
/* 64-bit hash of RAM, video memory and the processor's architectural state. */
uint64_t machine_hash(const struct machine *m);
/* Registers, segments, control registers and the next instructions, for a human. */
void machine_registers(const struct machine *m, struct out *to);
/* The same, with faults, interrupts and the trace: for one who has no debugger at hand. */
void machine_report(const struct machine *m, struct out *to);

/* config.count_rows: "isa ROW COUNT MNEMONIC" for every row of opcodes[] that was completed. */
void machine_isa(const struct machine *m, struct out *to);

/* What the sanitizer found, a line for the first of each kind; nothing if nothing. Without `strays`
   accesses where nothing is and stores into ROM are left out: firmware makes them on purpose. */
void machine_findings(const struct machine *m, bool strays, struct out *to);
/* Counters of the MMU and the engine, a line each. */
void machine_summary(const struct machine *m, struct out *to);

#endif
