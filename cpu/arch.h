/* SPDX-License-Identifier: MIT */
/*
 * arch.h - the architecture's own numbers (SDM vol. 1, 3.4.3; vol. 3, 2.5, 3.4.5, 6.3.1) and the
 * hidden part of a segment register.
 */
#ifndef CPU_ARCH_H
#define CPU_ARCH_H

#include "base/types.h"

/* EFLAGS */
enum {
    FLAG_CF = 1 << 0,
    FLAG_1 = 1 << 1, /* always set */
    FLAG_PF = 1 << 2,
    FLAG_AF = 1 << 4,
    FLAG_ZF = 1 << 6,
    FLAG_SF = 1 << 7,
    FLAG_TF = 1 << 8,
    FLAG_IF = 1 << 9,
    FLAG_DF = 1 << 10,
    FLAG_OF = 1 << 11,
    FLAG_IOPL = 3 << 12,
    FLAG_NT = 1 << 14,
    FLAG_RF = 1 << 16,
    FLAG_VM = 1 << 17,
    FLAG_AC = 1 << 18,
    FLAG_VIF = 1 << 19,
    FLAG_VIP = 1 << 20,
    FLAG_ID = 1 << 21, /* can be changed: there is a CPUID */
    FLAG_ARITH = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF,
};

/* CR0 */
enum {
    CR0_PE = 1 << 0,
    CR0_MP = 1 << 1,
    CR0_EM = 1 << 2,
    CR0_TS = 1 << 3,
    CR0_ET = 1 << 4,
    CR0_NE = 1 << 5,
    CR0_WP = 1 << 16,
    CR0_AM = 1 << 18,
    CR0_NW = 1 << 29,
    CR0_CD = 1 << 30,
};
#define CR0_PG (UINT32_C(1) << 31)

/* CR4 */
enum {
    CR4_VME = 1 << 0, /* virtual interrupts in virtual-8086 mode */
    CR4_PVI = 1 << 1, /* the same for protected mode at CPL 3 */
    CR4_TSD = 1 << 2, /* RDTSC at CPL 0 only */
    CR4_DE = 1 << 3,  /* I/O breakpoints; DR4 and DR5 are not aliases */
    CR4_PSE = 1 << 4, /* 4 MiB pages */
    CR4_PAE = 1 << 5, /* 36-bit physical addresses */
    CR4_MCE = 1 << 6, /* machine-check exception */
    CR4_PGE = 1 << 7, /* global pages */
    CR4_PCE = 1 << 8, /* RDPMC at any CPL */
    CR4_OSFXSR = 1 << 9,
};

/* DR6 */
enum {
    DR6_BD = 1 << 13, /* a debug register was about to be accessed with DR7.GD set */
    DR6_BS = 1 << 14, /* single step */
    DR6_BT = 1 << 15, /* task switch to a TSS with its T bit set */
};
#define DR7_GD (UINT32_C(1) << 13)

/* CPUID leaf 1, EDX */
enum {
    CPUID_FPU = 1 << 0,
    CPUID_VME = 1 << 1,
    CPUID_DE = 1 << 2,
    CPUID_PSE = 1 << 3,
    CPUID_TSC = 1 << 4,
    CPUID_MSR = 1 << 5,
    CPUID_PAE = 1 << 6,
    CPUID_MCE = 1 << 7,
    CPUID_CX8 = 1 << 8,
    CPUID_APIC = 1 << 9,
    CPUID_SEP = 1 << 11,
    CPUID_MTRR = 1 << 12,
    CPUID_PGE = 1 << 13,
    CPUID_MCA = 1 << 14,
    CPUID_CMOV = 1 << 15,
    CPUID_PAT = 1 << 16,
    CPUID_PSE36 = 1 << 17,
    CPUID_MMX = 1 << 23,
    CPUID_FXSR = 1 << 24,
};

/* Exception vectors */
enum {
    EXC_DE = 0,
    EXC_DB = 1,
    EXC_NMI = 2,
    EXC_BP = 3,
    EXC_OF = 4,
    EXC_BR = 5,
    EXC_UD = 6,
    EXC_NM = 7,
    EXC_DF = 8,
    EXC_TS = 10,
    EXC_NP = 11,
    EXC_SS = 12,
    EXC_GP = 13,
    EXC_PF = 14,
    EXC_MF = 16,
    EXC_AC = 17,
};

/* Segment attributes: descriptor bits 40-47 at 0-7 and 52-55 at 12-15. */
enum {
    DESC_ACCESSED = 0x01,
    DESC_RW = 0x02,      /* data: writable; code: readable */
    DESC_CONFORM = 0x04, /* code: conforming; data: expand-down */
    DESC_CODE = 0x08,
    DESC_S = 0x10, /* code or data, not a system descriptor */
    DESC_P = 0x80,
    DESC_BIG = 0x4000,  /* D or B: 32-bit */
    DESC_GRAN = 0x8000, /* limit in pages */
};

/* Hidden part of a segment register. The valid offsets are lo .. lo + bytes - 1; the two counts
   fold type, presence and limit into one compare (0: no access of that kind is allowed). */
struct seg {
    uint16_t sel;      /* selector */
    uint16_t attr;     /* descriptor bits 40-47 and 52-55: DESC_* */
    uint32_t base;     /* linear base */
    uint32_t limit;    /* last valid offset (expand-down: last invalid one), in bytes */
    uint32_t lo;       /* first valid offset */
    uint64_t rd_bytes; /* how many bytes from lo may be read */
    uint64_t wr_bytes; /* how many bytes from lo may be written */
    uint64_t rw_bytes; /* the lesser of the two */
    bool flat;         /* all of 4 GiB from 0 may be read and written */
};

/* A descriptor and what it says. */
#define SEGS_SEEN 32u
struct seg_seen {
    uint64_t raw; /* the eight bytes; 0: nothing */
    struct seg seg;
};

/* When and where EFLAGS.IF was cleared last. */
struct if_off {
    uint64_t icount; /* instructions retired before it; UINT64_MAX: never seen */
    uint32_t eip;    /* the instruction; for an interrupt or exception, the interrupted one */
    int vector;      /* through this gate; -1: by an instruction */
};

struct dtable {
    uint32_t base;  /* linear */
    uint16_t limit; /* last valid byte */
};

#endif
