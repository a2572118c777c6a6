/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - the processor: architectural state, and the few things a board does with it.
 *
 * - cpu_run executes until an instruction count or until something needs the board.
 * - Interrupts: the board drives cpu_set_intr (a level, like the INTR pin) and hands down the
 *   acknowledge cycle. NMI is an edge.
 * - EIP is exact whenever cpu_run is not executing. EFLAGS is kept in three parts: see flags.h.
 * - Virtual time is the instruction count: now = time_base + (icount << cost_log2).
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include "base/irq.h"
#include "base/types.h"
#include "cpu/arch.h"
#include "cpu/fault.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/observe.h"
#include "cpu/x87.h"
#include "mmu/mmu.h"

#include <setjmp.h>

struct bus;
struct clock;
struct engine;
struct out;
struct snap;
struct trace;

enum cpu_stop {
    CPU_LIMIT,  /* the instruction count asked for is reached */
    CPU_HALT,   /* HLT, and nothing pending wakes it */
    CPU_TRIPLE, /* shutdown: triple fault */
    CPU_BREAK,  /* cpu_break was called from a device */
};

/* Attention: something to do at the next instruction boundary. */
enum {
    ATT_IO = 1 << 0,    /* a device was touched: deadlines and lines may have changed */
    ATT_CODE = 1 << 1,  /* decoded code or a fetch translation changed under us */
    ATT_BREAK = 1 << 2, /* leave cpu_run */
    ATT_DEBUG = 1 << 3, /* debug_hit was set */
    ATT_JUDGE = 1 << 4, /* the observer has something to judge */
};

/* What holds interrupts off for one instruction; MOV SS and POP SS hold traps off as well. */
enum { INHIBIT_NONE, INHIBIT_STI, INHIBIT_SS };

/* The mode word: what decoded blocks depend on. */
enum {
    MODE_CODE32 = 1 << 0,
    MODE_STACK32 = 1 << 1,
    MODE_USER = 1 << 2,
    MODE_FLAT_CS = 1 << 3,
    MODE_FLAT_DS = 1 << 4,
    MODE_FLAT_ES = 1 << 5,
    MODE_FLAT_SS = 1 << 6,
    MODE_ALIGN = 1 << 7, /* #AC is armed: CPL 3, CR0.AM, EFLAGS.AC */
};

/* The page that instructions come from, as the TLB answered when it was come to. */
struct fetch {
    lin_t lin;      /* linear page */
    phys_t page;    /* physical page */
    unsigned user;  /* MMU_USER or 0: the rights it was asked with */
    uint32_t epoch; /* mmu.code_epoch at that time; another one: ask again */
};

struct cpu_model; /* model.c */

struct cpu {
    uint32_t gpr[9];   /* EAX ECX EDX EBX ESP EBP ESI EDI, and a zero */
    uint32_t eip;      /* the instruction being executed, or the next one */
    uint64_t res, aux; /* arithmetic flags: see lazy.h */
    uint64_t *host;    /* mmu.tlb.host[] for the current privilege */
    uint64_t icount;   /* retired instructions, plus those charged ahead */
    uint64_t limit;    /* icount at which the engine must come up for air */
    uint64_t stop;     /* engine: the icount up to which instructions may be charged */
    uint32_t eflags;   /* the other flags: TF IF DF IOPL NT RF VM AC */
    uint32_t next;     /* EIP after the current instruction */
    uint32_t ahead;    /* of icount: charged but not retired (the current one included) */
    lin_t missed;      /* engine: where a handler found no host pointer */
    uint8_t cpl;       /* current privilege level */
    bool halted;       /* in HLT */
    bool shutdown;     /* triple fault: only reset helps */
    uint8_t inhibit;   /* INHIBIT_*: interrupts are held off for one instruction */
    bool stepping;     /* EFLAGS.TF was set when the current instruction began */
    uint8_t mode;      /* MODE_* */
    uint8_t attention; /* ATT_* */
    bool intr;         /* level of the INTR pin */
    bool nmi;          /* an NMI edge is latched */
    bool nmi_blocked;  /* until IRET */
    struct seg seg[SEGS];
    struct seg_seen seen[SEGS_SEEN]; /* straight.c: flat segments of the GDT, by selector */
    struct seg ldtr, tr;
    struct dtable gdtr, idtr;
    uint32_t cr0, cr2, cr4;
    uint32_t dr[8];
    uint32_t debug_hit;      /* DR6 bits of traps that wait for the end of the instruction */
    bool break_code;         /* DR7 arms an execution breakpoint */
    bool break_io;           /* DR7 arms an I/O breakpoint */
    uint32_t tr_test[8];     /* TR3-TR7 of the 386 and 486 */
    uint64_t tsc_base;       /* time-stamp counter: (time >> cost_log2) - this */
    uint64_t msr[MSR_SLOTS]; /* msr.c */
    uint64_t until;          /* cpu_run's instruction limit */
    uint64_t time_base;      /* clock units at icount 0 */
    uint64_t io_seen;        /* bus->io_count when attention was last given */
    unsigned cost_log2;      /* clock units per instruction = 1 << this */
    const struct cpu_model *model;
    struct clock *clock;
    struct bus *bus;
    struct trace *trace;
    struct engine *engine;      /* NULL: reference layer only */
    uint64_t *row_count;        /* completed in the reference layer, by row; NULL: not counted */
    uint8_t (*inta)(void *arg); /* interrupt acknowledge: gives the vector */
    void *inta_arg;
    struct cpu_apic apic; /* the local APIC that comes with it */
    struct irq ferr;      /* the FERR# pin */
    struct x87 x87;
    struct fault fault;                   /* the fault being raised or last delivered */
    struct fault_link chain[FAULT_CHAIN]; /* the last fault and those raised while delivering it */
    unsigned links;                       /* of chain */
    bool undelivered;                     /* `fault` waits: the observer stopped before it */
    struct delivery delivery[DELIVERIES]; /* the last ones; number n is at n % DELIVERIES */
    uint64_t deliveries;                  /* how many there ever were */
    struct if_off if_off;                 /* who turned interrupts off */
    int delivering;                       /* vector being delivered, -1: none */
    uint32_t rmw_phys[2];                 /* store half of a read-modify-write: page addresses */
    uint8_t *rmw_host;                    /* the same as a host pointer, if there is one */
    uint8_t rmw_first;                    /* bytes in the first page */
    bool strict;                          /* a finding of the sanitizer stops the machine */
    bool finding_stop;                    /* it did: */
    struct finding finding;               /* this one */
    struct fetch fetch;
    struct observer observer; /* what a debugger wants to be told */
    lin_t repeating;          /* the REP instruction here is being repeated, if `is_repeating` */
    bool is_repeating;
    bool accessing;      /* an instruction's own access is on the bus */
    uint32_t trail_mask; /* TRAIL - 1 while somebody is interested, else TRAIL_SHORT - 1 */
    struct trail trail[TRAIL];
    struct trail_era era[ERAS]; /* number n is at n % ERAS */
    uint64_t eras;              /* how many there ever were */
    jmp_buf unwind;             /* where cpu_fault goes */
    struct mmu mmu;
};

struct cpu_config {
    unsigned model;       /* 3 = 386, 4 = 486, 5 = Pentium, 6 = Pentium Pro */
    bool fast;            /* with the block engine */
    unsigned cost_log2;   /* clock units per instruction, as a power of two */
    struct tlb_shape tlb; /* all zero: large */
    bool strict;          /* stop at a finding of the MMU sanitizer */
    uint8_t (*inta)(void *arg);
    void *inta_arg;
    struct cpu_apic apic; /* CPUID, IA32_APIC_BASE */
    struct irq ferr;      /* FERR#: an x87 exception that is not reported as #MF */
};

bool cpu_init(struct cpu *c, const struct cpu_config *cfg, struct bus *b, struct clock *k,
              struct trace *t, struct error *err);
void cpu_fini(struct cpu *c);
void cpu_reset(struct cpu *c);
void cpu_initialize(struct cpu *c); /* INIT pin: x87, TSC, MSRs, caches stay (SDM 3, table 9-1) */

/* Runs until icount reaches `until`, a halt, a shutdown or a break. Fires no events: returns
   CPU_LIMIT early when the clock's next event is due. */
enum cpu_stop cpu_run(struct cpu *c, uint64_t until);

void cpu_set_intr(struct cpu *c, bool level); /* the INTR pin */
void cpu_pulse_nmi(struct cpu *c);
void cpu_break(struct cpu *c); /* leave cpu_run after the current instruction */
/* The clock jumps (HLT): the instruction count stands still. */
void cpu_skip_to(struct cpu *c, uint64_t now);
/* Flat 32-bit protected mode, paging off, as a multiboot loader leaves it. */
void cpu_enter_flat32(struct cpu *c, uint32_t eip);

/* For debuggers: what MOV to a segment register at CPL 0 (CS: a far jump at the CPL there is) and MOV
   to a control register would do. False: it would raise *why; nothing has changed. */
bool cpu_load_segment(struct cpu *c, unsigned n, uint16_t sel, struct fault *why);
bool cpu_load_control(struct cpu *c, unsigned n, uint32_t value, struct fault *why);

/* For debuggers: cpu_run begins with the delivery of this exception, at the present instruction. False:
   another one waits already, or the processor has shut down. */
bool cpu_inject(struct cpu *c, unsigned vector, bool has_code, uint32_t code);

/* Whether the trail (observe.h) is long from now on. It is empty then. */
void cpu_keep_trail(struct cpu *c, bool on);

/* Real mode with these selectors (in the order of ES CS SS DS FS GS). */
void cpu_enter_real(struct cpu *c, const uint16_t sel[SEGS], uint32_t eip);

uint32_t cpu_eflags(const struct cpu *c);
void cpu_set_eflags(struct cpu *c, uint32_t value); /* all modelled bits, no checks */
bool cpu_can_wake(const struct cpu *c);             /* HLT: can an interrupt end it? */
void cpu_snap(struct cpu *c, struct snap *s);

#endif
