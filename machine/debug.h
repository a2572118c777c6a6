/* SPDX-License-Identifier: MIT */
/*
 * debug.h - the narrow door for debuggers: the monitor and the gdb stub are two clients of it, at
 * the same time if need be, and neither knows the other or the engine.
 *
 * - Looking never changes the guest: no A or D bits, TLB fills or device reads.
 * - Points cost nothing where they are not: they cut blocks and take host pointers away.
 * - Points are judged between instructions. Execution points and faults (exceptions whose
 *   instruction will be restarted) stop before it happens: EIP at the instruction. Everything
 *   else stops after it has happened: data, ports and control registers at the next instruction,
 *   interrupts and INT n at the first instruction of their handler.
 * - A stopped machine goes on by machine_run; debug_stopped says what stopped it.
 */
#ifndef MACHINE_DEBUG_H
#define MACHINE_DEBUG_H

#include "base/types.h"

struct machine;
struct debug_point;

/* ---- Memory ---------------------------------------------------------------------------- */

enum debug_space {
    SPACE_LINEAR, /* by the page tables in memory */
    SPACE_PHYS,   /* physical, A20 not applied */
    SPACE_CPU,    /* as the processor would read it now: by the TLB, else the page tables */
};

/* Reads up to n bytes of RAM or ROM; the number that was there (stops at the first that is not). */
size_t debug_peek(const struct machine *m, enum debug_space space, uint32_t addr, void *buf,
                  size_t n);
/* SPACE_LINEAR by the tables at cr3 in the current paging mode. */
#define DEBUG_UNPAGED 1u /* instead of a CR3: without paging */
size_t debug_peek_in(const struct machine *m, uint32_t cr3, uint32_t addr, void *buf, size_t n);
/* Writes memory, ROM too; decoded code is forgotten, rights are ignored. Data points do not fire. */
size_t debug_poke(struct machine *m, enum debug_space space, uint32_t addr, const void *buf,
                  size_t n);
/* Physical address behind a linear one by the tables at cr3. False: not mapped. */
bool debug_translate(const struct machine *m, uint32_t cr3, uint32_t lin, uint32_t *phys);

/* ---- Registers -------------------------------------------------------------------------- */

enum debug_group {
    DEBUG_GENERAL, /* eax ecx edx ebx esp ebp esi edi eip eflags */
    DEBUG_SEGMENT, /* selectors (es cs ss ds fs gs ldtr tr), and es.base es.limit es.attr ... */
    DEBUG_TABLES,  /* gdtr.base gdtr.limit idtr.base idtr.limit */
    DEBUG_CONTROL, /* cr0 cr2 cr3 cr4 cpl */
    DEBUG_DEBUG,   /* dr0-dr3 dr6 dr7 */
    DEBUG_FPU,     /* fctrl fstat ftag fop fioff fiseg fooff foseg; st0-st7 by debug_fpu_* */
    DEBUG_MODEL,   /* MSRs that this model has, by name */
    DEBUG_TIME,    /* icount (64 bits), tsc, now (clock units): read only but for tsc */
};

struct debug_reg {
    const char *name;       /* "eax", "cs", "cs.base", "cr0", "icount" */
    enum debug_group group; /* for listings */
    uint8_t bits;           /* 8 (cpl), 16, 20 (attr uses 16), 32 or 64 */
    bool writable;          /* debug_reg_set can do it */
};

/* Registers are numbered from 0; NULL past the last. The list never changes within a run. */
const struct debug_reg *debug_reg(const struct machine *m, unsigned n);
/* Number of the register of this name (lower case), -1: there is none. */
int debug_reg_find(const struct machine *m, const char *name, size_t len);
uint64_t debug_reg_get(const struct machine *m, unsigned n);
/* A selector loads its descriptor with the checks of a MOV at CPL 0 (CS: of a far jump), in real and
   virtual-8086 mode base = selector << 4; control registers with the checks of MOV CR. False and
   err: refused, nothing changed. */
bool debug_reg_set(struct machine *m, unsigned n, uint64_t value, struct error *err);

/* x87 register ST(i) as 10 bytes. */
void debug_fpu_get(const struct machine *m, unsigned i, uint8_t value[10]);
void debug_fpu_set(struct machine *m, unsigned i, const uint8_t value[10]);
/* Linear address of the instruction at CS:EIP, and whether code is 16-bit there. */
uint32_t debug_pc(const struct machine *m);
bool debug_code16(const struct machine *m);

/* ---- Points ----------------------------------------------------------------------------- */

enum debug_kind {
    DEBUG_EXEC,   /* an instruction that begins in [first, last] is about to be executed */
    DEBUG_READ,   /* data in [first, last] was read */
    DEBUG_WRITE,  /* ... written */
    DEBUG_ACCESS, /* ... read or written */
    DEBUG_EXC,    /* exception or INT n; first..last = vectors */
    DEBUG_IRQ,    /* interrupt lines first..last (lines.h) were acknowledged */
    DEBUG_IO,     /* ports first..last were read or written */
    DEBUG_CR,     /* control register `first` was written: (value & mask) == match */
    DEBUG_MODE,   /* real, protected, paging, virtual-8086, 16/32-bit code: any change */
    DEBUG_TASK,   /* hardware task switch */
    DEBUG_CPL,    /* the privilege level changed */
    DEBUG_IRET,   /* IRET was executed */
    DEBUG_HLT,    /* HLT was executed */
    DEBUG_STALE,  /* the sanitizer saw a stale TLB entry used */
    DEBUG_ICOUNT, /* `first64` instructions have retired */
    DEBUG_KINDS
};

enum debug_where {
    WHERE_LINEAR,   /* this linear address and, for data, every alias of the frame behind it */
    WHERE_ANY,      /* this linear address, whatever the address space (-v) */
    WHERE_PHYSICAL, /* physical addresses (-p), by whichever linear address, the page walker too */
};

/* What happened, for a point's verdict and for the one who stopped. */
struct debug_event {
    enum debug_kind kind;
    uint64_t icount;   /* instructions retired */
    uint32_t cs, eip;  /* the instruction that did it, or is about to */
    uint32_t lin;      /* data: the linear address; 0 for accesses of the page walker or a device */
    uint32_t phys;     /* data: the physical one */
    uint32_t size;     /* data, ports: bytes */
    uint32_t old, now; /* before and after: data, CR, TASK (selectors), CPL, MODE (debug_mode) */
    uint32_t number;   /* vector, line, port, control register */
    uint32_t code, cr2; /* exceptions */
    bool write;         /* data, ports */
    bool by_cpu;        /* data: an instruction's own access */
    bool software;      /* exceptions: INT n */
};

struct debug_spec {
    enum debug_kind kind;
    enum debug_where where;
    uint32_t first, last; /* addresses, vectors, lines, ports; CR: its number in `first` */
    uint32_t cr3;         /* WHERE_LINEAR with cr3_given: only there */
    bool cr3_given;       /* WHERE_LINEAR: in this address space only, else in any */
    uint32_t mask, match; /* CR: 0, 0 = every write */
    uint64_t first64;     /* ICOUNT */
    bool once;            /* goes when it has stopped the machine */
    /* Asked when everything else holds: stop? NULL: yes. Called between instructions; it may peek,
       print, and add or remove points, not run. */
    bool (*hit)(void *ctx, struct machine *m, const struct debug_point *p,
                const struct debug_event *e);
    void *ctx;
};

struct debug_point {
    int id;          /* from 1, never used again */
    bool enabled;    /* set by debug_enable */
    uint64_t hits;   /* times it held, whatever the verdict */
    uint64_t ignore; /* hits still to be passed over before it stops (set freely) */
    struct debug_spec spec;
};

/* Adds an enabled point; its id, or 0 and err. */
int debug_add(struct machine *m, const struct debug_spec *spec, struct error *err);
bool debug_remove(struct machine *m, int id);
bool debug_enable(struct machine *m, int id, bool on);
/* The point with this id, or NULL; the first one with an id greater than `after`, or NULL. */
struct debug_point *debug_find(struct machine *m, int id);
struct debug_point *debug_after(struct machine *m, int after);
/* Does an enabled execution point lie on the instruction at this linear address? */
bool debug_exec_at(const struct machine *m, uint32_t lin);

enum debug_why {
    DEBUG_RUNNING,  /* nothing stopped it yet */
    DEBUG_AT_POINT, /* a point: id and event */
    DEBUG_STEPPED,  /* the step asked for is done */
    DEBUG_TRIPLE,   /* triple fault */
};

struct debug_stop {
    enum debug_why why;
    int point;                /* DEBUG_AT_POINT: its id (the point itself may be gone: once) */
    struct debug_event event; /* DEBUG_AT_POINT */
};

/* After MACHINE_BREAK or MACHINE_TRIPLE. */
const struct debug_stop *debug_stopped(const struct machine *m);

/* The next machine_run stops after one instruction of the guest's, with MACHINE_BREAK and
   DEBUG_STEPPED: REP runs to its end; HLT waits for its interrupt. INT n, faults and calls are
   entered. Unless irqs is set, interrupts that come between are run through to where they return
   (points inside them still stop). */
void debug_step(struct machine *m, bool irqs);
void debug_step_cancel(struct machine *m); /* forgets a step that did not end */
/* The next machine_run, or the running one, stops at once, as after a step. */
void debug_halt(struct machine *m);

/* While any client watches (count), history is long and triple faults stop the machine even if the
   configuration says reset or exit. */
void debug_attach(struct machine *m, bool on);

struct debug_insn {
    uint64_t icount; /* retired before it */
    uint32_t lin;    /* where it began */
    uint32_t cr3;    /* its address space, or DEBUG_UNPAGED */
    bool code16;     /* 16-bit code */
};

/* The last instructions, newest first: fills at most n, the number filled. 4096 while a client is
   attached, else 256. Iterations of REP count one each and appear once. */
size_t debug_history(const struct machine *m, struct debug_insn *list, size_t n);

/* The processor's mode as a code, and in words ("protected, paging, 32-bit code"). */
uint32_t debug_mode(const struct machine *m);
int debug_mode_text(uint32_t mode, char *text, size_t n);

#endif
