/* SPDX-License-Identifier: MIT */
/*
 * gdb_remote.h - a QEMU that stands still, and the few requests of the gdb remote serial protocol
 * with which a test steps it. Source: "Debugging with GDB", appendix E (packets, Z, g, m, s, c);
 * the order of registers is that of gdb's i386 target description; QEMU's own Qqemu.PhyMemMode
 * is in its manual, "GDB usage".
 *
 * QEMU is a child process and dies with its parent; the protocol runs over a socket pair. While
 * it steps, QEMU takes no interrupts and lets no time pass.
 * Not here: x87 registers, threads, memory writes.
 */
#ifndef TESTS_DIFF_GDB_REMOTE_H
#define TESTS_DIFF_GDB_REMOTE_H

#include "base/types.h"
#include "cpu/insn.h"

#include <sys/types.h>

#define REMOTE_PACKET 0x1000u

struct regs {
    uint32_t gpr[8];    /* EAX ECX EDX EBX ESP EBP ESI EDI */
    uint32_t eip;       /* offset in CS */
    uint32_t eflags;    /* all of it */
    uint16_t sel[SEGS]; /* ES CS SS DS FS GS */
};

struct remote {
    int fd;                        /* our end; -1: not running */
    pid_t pid;                     /* QEMU */
    char in[2 * REMOTE_PACKET];    /* what came and was not yet looked at */
    size_t have;                   /* bytes of it */
    char reply[2 * REMOTE_PACKET]; /* the last packet, terminated */
};

/* Is there such a program? */
bool remote_installed(const char *program);

/* Starts it with these options (NULL at the end) and 16 MiB, stopped at its reset vector. */
bool remote_start(struct remote *r, const char *program, const char *const *options,
                  struct error *err);
void remote_stop(struct remote *r);

/* Runs to this address. */
bool remote_run_to(struct remote *r, uint32_t at, struct error *err);

/* One instruction. False with an empty err if QEMU has ended, as the guest can make it. */
bool remote_step(struct remote *r, struct error *err);
bool remote_regs(struct remote *r, struct regs *to, struct error *err);
/* Physical memory. */
bool remote_memory(struct remote *r, phys_t at, uint8_t *to, uint32_t n, struct error *err);

#endif
