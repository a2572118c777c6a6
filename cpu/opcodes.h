/* SPDX-License-Identifier: MIT */
/*
 * opcodes.h - what a row of the instruction set says. opcodes.c holds the rows.
 *
 * Operand letters are the Intel manual's (SDM vol. 2, appendix A.2): E = ModRM.rm register or
 * memory, G = ModRM.reg, Z = register in the opcode, I = immediate, J = relative, O = moffs,
 * M = memory only, R = register only, S = segment register, C/D/T = control, debug, test
 * register, A = far pointer, X/Y = string source and destination.
 * Sizes: b = byte, w = word, v = by operand size (2 or 4), d = 4 bytes.
 */
#ifndef CPU_OPCODES_H
#define CPU_OPCODES_H

#include "base/types.h"

struct cpu;
struct insn;

enum operand {
    O_NONE,
    Eb,
    Ew,
    Ev,
    Gb,
    Gw,
    Gv,
    Zb,
    Zv,
    Ib,
    Iw,
    Iv,
    Is, /* byte, sign-extended to the operand size */
    Jb,
    Jv,
    Ob,
    Ov,
    Mx,    /* memory of no particular size: LEA, BOUND, SGDT, ... */
    Mp,    /* far pointer in memory */
    Ap,    /* far pointer in the instruction */
    Rd,    /* 32-bit register in ModRM.rm, whatever mod says (MOV CRn) */
    Mw_Rv, /* word in memory, but the whole operand size in a register (MOV E,Sreg) */
    Sw,    /* segment register in ModRM.reg */
    Sz,    /* segment register in bits 3-5 of the opcode */
    Cd,
    Dd,
    Td,
    R_AL,
    R_AX,
    R_CL,
    R_DX, /* AX means eAX by operand size */
    N_1,
    N_3, /* the constants 1 and 3 */
    Xb,
    Xv,
    Yb,
    Yv,
    ST0, /* x87: top of the stack, register by ModRM.rm, the word register AX */
    STi,
    N_AX,
    Mr4, /* x87, memory only: floats by their bytes, integers, packed BCD */
    Mr8,
    Mr10,
    Mi2,
    Mi4,
    Mi8,
    Mb10,
    Pq, /* MMX: register in ModRM.reg; in ModRM.rm, or 8 or 4 bytes of memory */
    Qq,
    Qd,
    Ed, /* 32-bit register or memory, whatever the operand size */
    OPERANDS
};

/* What the executor does around the body. */
enum shape {
    S_NONE,  /* no such row */
    S_PUT,   /* d = f(s) */
    S_GET,   /* f(d, s) */
    S_RMW,   /* d = f(d, s) */
    S_RAW,   /* the body does everything */
    S_GROUP, /* look further: ModRM.reg selects a row of opcodes[row.group ...] */
    S_SPLIT, /* the same with 16 rows: memory forms, then register forms */
    S_BY_RM, /* the same with 8 rows, selected by ModRM.rm */
};

enum {
    OPC_LOCK = 1 << 0,   /* LOCK is allowed when the destination is memory */
    OPC_CPL0 = 1 << 1,   /* #GP(0) unless CPL is 0 */
    OPC_PROT = 1 << 2,   /* #UD in real and virtual-8086 mode */
    OPC_MODRM = 1 << 3,  /* has a ModRM byte although no operand says so */
    OPC_BRANCH = 1 << 4, /* near transfer: ends a block; the successor can be chained */
    OPC_ENDS = 1 << 5,   /* may change mode, interrupts or translations: ends a block for good */
    OPC_STRING = 1 << 6, /* REP is meaningful */
    OPC_FPU = 1 << 7,    /* ESC: #NM if CR0.EM or CR0.TS */
    OPC_BYTE = 1 << 8,   /* the operation is on bytes although no operand says so */
    OPC_BARE = 1 << 10,  /* MMX: #UD with a 66, F2 or F3 prefix */
};

typedef uint32_t opcode_body(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b);

struct opcode {
    const char *name;  /* mnemonic; "a/b" = 16-bit name / 32-bit name */
    opcode_body *body; /* from values to a value (see enum shape) */
    uint8_t shape;     /* enum shape */
    uint8_t dst, src;  /* enum operand */
    uint8_t third;     /* enum operand: an immediate or CL; the body reads it */
    uint16_t flags;    /* OPC_* */
    uint8_t level;     /* 3 = 386, 4 = 486, 5 = Pentium, 6 = Pentium Pro: #UD below */
    uint16_t undef;    /* EFLAGS bits that the manual leaves undefined */
    uint16_t group;    /* S_GROUP, S_SPLIT, S_BY_RM: first of eight or sixteen rows */
    uint8_t arg;       /* for the body, when it serves several rows */
};

/* Rows 000-0ff: one-byte opcodes; 100-1ff: after 0F; from 200: groups, eight rows each. */
enum {
    MAP_0F = 0x100,
    MAP_GROUPS = 0x200,
    G_80 = MAP_GROUPS,
    G_81 = G_80 + 8,
    G_83 = G_81 + 8,
    G_8F = G_83 + 8,
    G_C0 = G_8F + 8,
    G_C1 = G_C0 + 8,
    G_D0 = G_C1 + 8,
    G_D1 = G_D0 + 8,
    G_D2 = G_D1 + 8,
    G_D3 = G_D2 + 8,
    G_C6 = G_D3 + 8,
    G_C7 = G_C6 + 8,
    G_F6 = G_C7 + 8,
    G_F7 = G_F6 + 8,
    G_FE = G_F7 + 8,
    G_FF = G_FE + 8,
    G_0F00 = G_FF + 8,
    G_0F01 = G_0F00 + 8,
    G_0FBA = G_0F01 + 8,
    G_0FC7 = G_0FBA + 8,
    G_ESC = G_0FC7 + 8,      /* D8-DF, sixteen rows each */
    G_D9D0 = G_ESC + 8 * 16, /* register forms told apart by ModRM.rm */
    G_D9E0 = G_D9D0 + 8,
    G_D9E8 = G_D9E0 + 8,
    G_D9F0 = G_D9E8 + 8,
    G_D9F8 = G_D9F0 + 8,
    G_DAE8 = G_D9F8 + 8,
    G_DBE0 = G_DAE8 + 8,
    G_DED8 = G_DBE0 + 8,
    G_DFE0 = G_DED8 + 8,
    G_0F71 = G_DFE0 + 8, /* sixteen rows each from here */
    G_0F72 = G_0F71 + 16,
    G_0F73 = G_0F72 + 16,
    G_0FAE = G_0F73 + 16,
    OPCODE_ROWS = G_0FAE + 16
};

#define ROW_NONE 0xffffu

extern const struct opcode opcodes[OPCODE_ROWS];

#endif
