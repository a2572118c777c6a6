/* SPDX-License-Identifier: MIT */
/*
 * x87.h - the floating-point unit's state, and what the rest of the processor does with it (SDM
 * vol. 1, chapter 8). MMX registers are the significands of the physical registers.
 *
 * An unmasked exception waits: it is reported by the next waiting x87 or MMX instruction, as #MF
 * if CR0.NE, else through the FERR# pin and by standing still until an interrupt comes (unless the
 * board holds IGNNE#). A 386 drives the pin at once, as the ERROR# pin of its 387 does.
 */
#ifndef CPU_X87_H
#define CPU_X87_H

#include "base/types.h"
#include "cpu/f80.h"

struct cpu;
struct snap;

struct x87 {
    struct f80 reg[8]; /* physical registers; ST(i) is reg[(TOP + i) & 7] */
    uint8_t full;      /* bit n: reg[n] is not empty */
    bool ferr;         /* level of the FERR# pin */
    bool ignne;        /* level of the IGNNE# pin */
    uint16_t cw;       /* control word */
    uint16_t sw;       /* status word, TOP and ES included */
    uint16_t fop;      /* last opcode, 11 bits */
    uint16_t fcs, fds; /* selectors of the last instruction and operand */
    uint32_t fip, fdp; /* their offsets */
};

void x87_reset(struct cpu *c); /* as FNINIT leaves it, registers zero */
/* Before a waiting instruction: reports a pending exception; false if it stands still. */
bool x87_ready(struct cpu *c);
void cpu_set_ignne(struct cpu *c, bool level);
void x87_snap(struct cpu *c, struct snap *s);

#endif
