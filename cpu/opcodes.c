/* SPDX-License-Identifier: MIT */
/*
 * opcodes.c - THE instruction set: one row per encoding, in the notation of the Intel manual
 * (SDM vol. 2, appendix A; i386 manual, appendix A). Decoder, executor, engine, disassembler
 * and tests all read these rows. Two rows for one opcode are a compile error.
 *
 * Columns: mnemonic, shape, destination, source, third operand, body, then what is special.
 * A mnemonic "a/b" is a with 16-bit operands and b with 32-bit ones.
 */
#include "cpu/opcodes.h"

#include "cpu/bodies.h"
#include "cpu/cpu.h"
#include "cpu/mmx.h"
#include "cpu/x87_ops.h"

/* clang-format off */
#define AF_ FLAG_AF
#define SHIFT_UNDEF (FLAG_AF | FLAG_OF)
#define BIT_UNDEF (FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF)
#define SCAN_UNDEF (FLAG_CF | FLAG_OF | FLAG_SF | FLAG_AF | FLAG_PF)
#define MUL_UNDEF (FLAG_SF | FLAG_ZF | FLAG_AF | FLAG_PF)

#define PUT(n, d, s, f, ...) {.name = n, .shape = S_PUT, .dst = d, .src = s, .body = f, __VA_ARGS__}
#define GET(n, d, s, f, ...) {.name = n, .shape = S_GET, .dst = d, .src = s, .body = f, __VA_ARGS__}
#define RMW(n, d, s, f, ...) {.name = n, .shape = S_RMW, .dst = d, .src = s, .body = f, __VA_ARGS__}
#define RAW(n, d, s, f, ...) {.name = n, .shape = S_RAW, .dst = d, .src = s, .body = f, __VA_ARGS__}
#define GROUP(g) {.name = "", .shape = S_GROUP, .flags = OPC_MODRM, .group = g}
#define F(x) .flags = (x)
#define U(x) .undef = (x)

/* ADD, OR, ADC, ... in the six forms of rows n0-n5. */
#define ALU(base, n, f) \
    [(base) + 0] = RMW(n, Eb, Gb, f, F(OPC_LOCK)), [(base) + 1] = RMW(n, Ev, Gv, f, F(OPC_LOCK)), \
    [(base) + 2] = RMW(n, Gb, Eb, f, F(0)),        [(base) + 3] = RMW(n, Gv, Ev, f, F(0)), \
    [(base) + 4] = RMW(n, R_AL, Ib, f, F(0)),      [(base) + 5] = RMW(n, R_AX, Iv, f, F(0))
#define ALU_UNDEF(base, n, f, u) \
    [(base) + 0] = RMW(n, Eb, Gb, f, F(OPC_LOCK), U(u)), [(base) + 1] = RMW(n, Ev, Gv, f, F(OPC_LOCK), U(u)), \
    [(base) + 2] = RMW(n, Gb, Eb, f, F(0), U(u)),        [(base) + 3] = RMW(n, Gv, Ev, f, F(0), U(u)), \
    [(base) + 4] = RMW(n, R_AL, Ib, f, F(0), U(u)),      [(base) + 5] = RMW(n, R_AX, Iv, f, F(0), U(u))
#define ALU_IMM(g, E, I, lock) \
    [(g) + 0] = RMW("add", E, I, x_add, F(lock)), [(g) + 1] = RMW("or",  E, I, x_or,  F(lock), U(AF_)), \
    [(g) + 2] = RMW("adc", E, I, x_adc, F(lock)), [(g) + 3] = RMW("sbb", E, I, x_sbb, F(lock)), \
    [(g) + 4] = RMW("and", E, I, x_and, F(lock), U(AF_)), [(g) + 5] = RMW("sub", E, I, x_sub, F(lock)), \
    [(g) + 6] = RMW("xor", E, I, x_xor, F(lock), U(AF_)), [(g) + 7] = GET("cmp", E, I, x_cmp, F(0))
/* /6 is an undocumented alias of SHL. */
#define SHIFTS(g, E, C) \
    [(g) + 0] = RMW("rol", E, C, x_rol, U(FLAG_OF)), [(g) + 1] = RMW("ror", E, C, x_ror, U(FLAG_OF)), \
    [(g) + 2] = RMW("rcl", E, C, x_rcl, U(FLAG_OF)), [(g) + 3] = RMW("rcr", E, C, x_rcr, U(FLAG_OF)), \
    [(g) + 4] = RMW("shl", E, C, x_shl, U(SHIFT_UNDEF)), [(g) + 5] = RMW("shr", E, C, x_shr, U(SHIFT_UNDEF)), \
    [(g) + 6] = RMW("shl", E, C, x_shl, U(SHIFT_UNDEF)), [(g) + 7] = RMW("sar", E, C, x_sar, U(SHIFT_UNDEF))
#define EIGHT(base, M) M(base, 0), M(base, 1), M(base, 2), M(base, 3), M(base, 4), M(base, 5), M(base, 6), M(base, 7)
#define SIXTEEN(base, M) \
    M(base, 0x0, "o"), M(base, 0x1, "no"), M(base, 0x2, "b"), M(base, 0x3, "ae"), M(base, 0x4, "e"), M(base, 0x5, "ne"), \
    M(base, 0x6, "be"), M(base, 0x7, "a"), M(base, 0x8, "s"), M(base, 0x9, "ns"), M(base, 0xa, "p"), M(base, 0xb, "np"), \
    M(base, 0xc, "l"), M(base, 0xd, "ge"), M(base, 0xe, "le"), M(base, 0xf, "g")
#define INC(b, n) [(b) + (n)] = RMW("inc", Zv, O_NONE, x_inc, F(0))
#define DEC(b, n) [(b) + (n)] = RMW("dec", Zv, O_NONE, x_dec, F(0))
#define PUSH(b, n) [(b) + (n)] = RAW("push", O_NONE, Zv, x_push, F(0))
#define POP(b, n) [(b) + (n)] = RAW("pop", Zv, O_NONE, x_pop_reg, F(0))
#define XCHG(b, n) [(b) + (n)] = RAW("xchg", Zv, R_AX, x_xchg, F(0))
#define MOV_B(b, n) [(b) + (n)] = PUT("mov", Zb, Ib, x_mov, F(0))
#define MOV_V(b, n) [(b) + (n)] = PUT("mov", Zv, Iv, x_mov, F(0))
#define BSWAP(b, n) [(b) + (n)] = RMW("bswap", Zv, O_NONE, x_bswap, .level = 4)
#define JCC_B(b, n, s) [(b) + (n)] = RAW("j" s, Jb, O_NONE, x_jcc, F(OPC_BRANCH))
#define JCC_V(b, n, s) [(b) + (n)] = RAW("j" s, Jv, O_NONE, x_jcc, F(OPC_BRANCH))
#define SETCC(b, n, s) [(b) + (n)] = PUT("set" s, Eb, O_NONE, x_setcc, F(0))
#define CMOVCC(b, n, s) [(b) + (n)] = RMW("cmov" s, Gv, Ev, x_cmovcc, .level = 6)
#define SPLIT(g) {.name = "", .shape = S_SPLIT, .flags = OPC_MODRM, .group = g}
#define BY_RM(g) {.name = "", .shape = S_BY_RM, .flags = OPC_MODRM, .group = g}
#define ESC(b, n) [(b) + (n)] = SPLIT(G_ESC + 16 * (n))
/* x87 rows: D8 + op, memory or register form, ModRM.reg; x is the body's argument. */
#define FPU(n, d, s, f, x, ...) {.name = n, .shape = S_RAW, .dst = d, .src = s, .body = f, .flags = OPC_FPU, .arg = (x), __VA_ARGS__}
#define FMEM(op, reg) [G_ESC + 16 * (op) + (reg)]
#define FREG(op, reg) [G_ESC + 16 * (op) + 8 + (reg)]
#define POP_ FARG_POP
/* The eight operations in the order of ModRM.reg. */
#define FARITH_MEM(op, n, M) \
    FMEM(op, 0) = FPU(n "add", O_NONE, M, x_farith, F80_ADD), FMEM(op, 1) = FPU(n "mul", O_NONE, M, x_farith, F80_MUL), \
    FMEM(op, 2) = FPU(n "com", O_NONE, M, x_fcom, 0), FMEM(op, 3) = FPU(n "comp", O_NONE, M, x_fcom, POP_), \
    FMEM(op, 4) = FPU(n "sub", O_NONE, M, x_farith, F80_SUB), FMEM(op, 5) = FPU(n "subr", O_NONE, M, x_farith, F80_SUBR), \
    FMEM(op, 6) = FPU(n "div", O_NONE, M, x_farith, F80_DIV), FMEM(op, 7) = FPU(n "divr", O_NONE, M, x_farith, F80_DIVR)
/* Into ST(i): the manual names the reversed ones from there. */
#define FARITH_STI(op, p, x) \
    FREG(op, 0) = FPU("fadd" p, STi, ST0, x_farith, F80_ADD | (x)), FREG(op, 1) = FPU("fmul" p, STi, ST0, x_farith, F80_MUL | (x)), \
    FREG(op, 4) = FPU("fsubr" p, STi, ST0, x_farith, F80_SUB | (x)), FREG(op, 5) = FPU("fsub" p, STi, ST0, x_farith, F80_SUBR | (x)), \
    FREG(op, 6) = FPU("fdivr" p, STi, ST0, x_farith, F80_DIV | (x)), FREG(op, 7) = FPU("fdiv" p, STi, ST0, x_farith, F80_DIVR | (x))
#define MMX(op, n, s, f, size) [MAP_0F + (op)] = {.name = n, .shape = S_RAW, .dst = Pq, .src = s, .body = x_mmx, .flags = OPC_BARE, .level = 6, .arg = PACKED(f, size)}
#define MMX_IMM(g, reg, n, f, size) [(g) + 8 + (reg)] = {.name = n, .shape = S_RAW, .dst = Qq, .src = Ib, .body = x_mmx_imm, .flags = OPC_BARE, .level = 6, .arg = PACKED(f, size)}
#define FCMOV(op, reg, cc, x) FREG(op, reg) = FPU("fcmov" cc, ST0, STi, x_fcmov, x, .level = 6)
#define NOP_E(b, n) [(b) + (n)] = RAW("nop", Ev, O_NONE, x_nop, .level = 6)

const struct opcode opcodes[OPCODE_ROWS] = {
    ALU(0x00, "add", x_add),
    [0x06] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)), [0x07] = RAW("pop", Sz, O_NONE, x_pop_sreg, F(OPC_ENDS)),
    ALU_UNDEF(0x08, "or", x_or, AF_),
    [0x0e] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)),
    ALU(0x10, "adc", x_adc),
    [0x16] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)), [0x17] = RAW("pop", Sz, O_NONE, x_pop_sreg, F(OPC_ENDS)),
    ALU(0x18, "sbb", x_sbb),
    [0x1e] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)), [0x1f] = RAW("pop", Sz, O_NONE, x_pop_sreg, F(OPC_ENDS)),
    ALU_UNDEF(0x20, "and", x_and, AF_),
    [0x27] = RAW("daa", O_NONE, O_NONE, x_daa, F(OPC_BYTE), U(FLAG_OF)),
    ALU(0x28, "sub", x_sub),
    [0x2f] = RAW("das", O_NONE, O_NONE, x_das, F(OPC_BYTE), U(FLAG_OF)),
    ALU_UNDEF(0x30, "xor", x_xor, AF_),
    [0x37] = RAW("aaa", O_NONE, O_NONE, x_aaa, F(OPC_BYTE), U(FLAG_OF | FLAG_SF | FLAG_ZF | FLAG_PF)),
    [0x38] = GET("cmp", Eb, Gb, x_cmp, F(0)), [0x39] = GET("cmp", Ev, Gv, x_cmp, F(0)),
    [0x3a] = GET("cmp", Gb, Eb, x_cmp, F(0)), [0x3b] = GET("cmp", Gv, Ev, x_cmp, F(0)),
    [0x3c] = GET("cmp", R_AL, Ib, x_cmp, F(0)), [0x3d] = GET("cmp", R_AX, Iv, x_cmp, F(0)),
    [0x3f] = RAW("aas", O_NONE, O_NONE, x_aas, F(OPC_BYTE), U(FLAG_OF | FLAG_SF | FLAG_ZF | FLAG_PF)),
    EIGHT(0x40, INC), EIGHT(0x48, DEC), EIGHT(0x50, PUSH), EIGHT(0x58, POP),
    [0x60] = RAW("pusha/pushad", O_NONE, O_NONE, x_pusha, F(0)), [0x61] = RAW("popa/popad", O_NONE, O_NONE, x_popa, F(0)),
    [0x62] = RAW("bound", Gv, Mx, x_bound, F(0)), [0x63] = RAW("arpl", Ew, Gw, x_arpl, F(OPC_PROT)),
    [0x68] = RAW("push", O_NONE, Iv, x_push, F(0)), [0x69] = PUT("imul", Gv, Ev, x_imul_imm, .third = Iv, U(MUL_UNDEF)),
    [0x6a] = RAW("push", O_NONE, Is, x_push, F(0)), [0x6b] = PUT("imul", Gv, Ev, x_imul_imm, .third = Is, U(MUL_UNDEF)),
    [0x6c] = RAW("insb", Yb, R_DX, x_ins, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0x6d] = RAW("insw/insd", Yv, R_DX, x_ins, F(OPC_STRING | OPC_ENDS)),
    [0x6e] = RAW("outsb", R_DX, Xb, x_outs, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0x6f] = RAW("outsw/outsd", R_DX, Xv, x_outs, F(OPC_STRING | OPC_ENDS)),
    SIXTEEN(0x70, JCC_B),
    [0x80] = GROUP(G_80), [0x81] = GROUP(G_81), [0x82] = GROUP(G_80), [0x83] = GROUP(G_83),
    [0x84] = GET("test", Eb, Gb, x_test, U(AF_)), [0x85] = GET("test", Ev, Gv, x_test, U(AF_)),
    [0x86] = RAW("xchg", Eb, Gb, x_xchg, F(OPC_LOCK)), [0x87] = RAW("xchg", Ev, Gv, x_xchg, F(OPC_LOCK)),
    [0x88] = PUT("mov", Eb, Gb, x_mov, F(0)), [0x89] = PUT("mov", Ev, Gv, x_mov, F(0)),
    [0x8a] = PUT("mov", Gb, Eb, x_mov, F(0)), [0x8b] = PUT("mov", Gv, Ev, x_mov, F(0)),
    [0x8c] = PUT("mov", Mw_Rv, Sw, x_mov, F(0)), [0x8d] = RAW("lea", Gv, Mx, x_lea, F(0)),
    [0x8e] = RAW("mov", Sw, Ew, x_mov_to_sreg, F(OPC_ENDS)), [0x8f] = GROUP(G_8F),
    EIGHT(0x90, XCHG),
    [0x98] = RAW("cbw/cwde", O_NONE, O_NONE, x_cbw, F(0)), [0x99] = RAW("cwd/cdq", O_NONE, O_NONE, x_cwd, F(0)),
    [0x9a] = RAW("call far", Ap, O_NONE, x_call_far_imm, F(OPC_ENDS)), [0x9b] = RAW("wait", O_NONE, O_NONE, x_wait, F(0)),
    [0x9c] = RAW("pushf/pushfd", O_NONE, O_NONE, x_pushf, F(0)), [0x9d] = RAW("popf/popfd", O_NONE, O_NONE, x_popf, F(OPC_ENDS)),
    [0x9e] = RAW("sahf", O_NONE, O_NONE, x_sahf, F(0)), [0x9f] = RAW("lahf", O_NONE, O_NONE, x_lahf, F(0)),
    [0xa0] = PUT("mov", R_AL, Ob, x_mov, F(0)), [0xa1] = PUT("mov", R_AX, Ov, x_mov, F(0)),
    [0xa2] = PUT("mov", Ob, R_AL, x_mov, F(0)), [0xa3] = PUT("mov", Ov, R_AX, x_mov, F(0)),
    [0xa4] = RAW("movsb", Yb, Xb, x_movs, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0xa5] = RAW("movsw/movsd", Yv, Xv, x_movs, F(OPC_STRING | OPC_ENDS)),
    [0xa6] = RAW("cmpsb", Xb, Yb, x_cmps, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0xa7] = RAW("cmpsw/cmpsd", Xv, Yv, x_cmps, F(OPC_STRING | OPC_ENDS)),
    [0xa8] = GET("test", R_AL, Ib, x_test, U(AF_)), [0xa9] = GET("test", R_AX, Iv, x_test, U(AF_)),
    [0xaa] = RAW("stosb", Yb, R_AL, x_stos, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0xab] = RAW("stosw/stosd", Yv, R_AX, x_stos, F(OPC_STRING | OPC_ENDS)),
    [0xac] = RAW("lodsb", R_AL, Xb, x_lods, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0xad] = RAW("lodsw/lodsd", R_AX, Xv, x_lods, F(OPC_STRING | OPC_ENDS)),
    [0xae] = RAW("scasb", R_AL, Yb, x_scas, F(OPC_STRING | OPC_ENDS | OPC_BYTE)), [0xaf] = RAW("scasw/scasd", R_AX, Yv, x_scas, F(OPC_STRING | OPC_ENDS)),
    EIGHT(0xb0, MOV_B), EIGHT(0xb8, MOV_V),
    [0xc0] = GROUP(G_C0), [0xc1] = GROUP(G_C1),
    [0xc2] = RAW("ret", Iw, O_NONE, x_ret, F(OPC_BRANCH)), [0xc3] = RAW("ret", O_NONE, O_NONE, x_ret, F(OPC_BRANCH)),
    [0xc4] = RAW("les", Gv, Mp, x_les, F(OPC_ENDS)), [0xc5] = RAW("lds", Gv, Mp, x_lds, F(OPC_ENDS)),
    [0xc6] = GROUP(G_C6), [0xc7] = GROUP(G_C7),
    [0xc8] = RAW("enter", Iw, Ib, x_enter, F(0)), [0xc9] = RAW("leave", O_NONE, O_NONE, x_leave, F(0)),
    [0xca] = RAW("retf", Iw, O_NONE, x_retf, F(OPC_ENDS)), [0xcb] = RAW("retf", O_NONE, O_NONE, x_retf, F(OPC_ENDS)),
    [0xcc] = RAW("int", N_3, O_NONE, x_int3, F(OPC_ENDS)), [0xcd] = RAW("int", Ib, O_NONE, x_int, F(OPC_ENDS)),
    [0xce] = RAW("into", O_NONE, O_NONE, x_into, F(OPC_ENDS)), [0xcf] = RAW("iret/iretd", O_NONE, O_NONE, x_iret, F(OPC_ENDS)),
    [0xd0] = GROUP(G_D0), [0xd1] = GROUP(G_D1), [0xd2] = GROUP(G_D2), [0xd3] = GROUP(G_D3),
    [0xd4] = RAW("aam", Ib, O_NONE, x_aam, F(OPC_BYTE), U(FLAG_OF | FLAG_AF | FLAG_CF)), [0xd5] = RAW("aad", Ib, O_NONE, x_aad, F(OPC_BYTE), U(FLAG_OF | FLAG_AF | FLAG_CF)),
    [0xd6] = RAW("salc", O_NONE, O_NONE, x_salc, F(OPC_BYTE)), [0xd7] = RAW("xlatb", O_NONE, O_NONE, x_xlat, F(OPC_BYTE)),
    EIGHT(0xd8, ESC),
    [0xe0] = RAW("loopne", Jb, O_NONE, x_loop, F(OPC_BRANCH)), [0xe1] = RAW("loope", Jb, O_NONE, x_loop, F(OPC_BRANCH)),
    [0xe2] = RAW("loop", Jb, O_NONE, x_loop, F(OPC_BRANCH)), [0xe3] = RAW("jcxz/jecxz", Jb, O_NONE, x_jcxz, F(OPC_BRANCH)),
    [0xe4] = RAW("in", R_AL, Ib, x_in, F(OPC_BYTE | OPC_ENDS)), [0xe5] = RAW("in", R_AX, Ib, x_in, F(OPC_ENDS)),
    [0xe6] = RAW("out", Ib, R_AL, x_out, F(OPC_BYTE | OPC_ENDS)), [0xe7] = RAW("out", Ib, R_AX, x_out, F(OPC_ENDS)),
    [0xe8] = RAW("call", Jv, O_NONE, x_call, F(OPC_BRANCH)), [0xe9] = RAW("jmp", Jv, O_NONE, x_jmp, F(OPC_BRANCH)),
    [0xea] = RAW("jmp far", Ap, O_NONE, x_jmp_far_imm, F(OPC_ENDS)), [0xeb] = RAW("jmp", Jb, O_NONE, x_jmp, F(OPC_BRANCH)),
    [0xec] = RAW("in", R_AL, R_DX, x_in, F(OPC_BYTE | OPC_ENDS)), [0xed] = RAW("in", R_AX, R_DX, x_in, F(OPC_ENDS)),
    [0xee] = RAW("out", R_DX, R_AL, x_out, F(OPC_BYTE | OPC_ENDS)), [0xef] = RAW("out", R_DX, R_AX, x_out, F(OPC_ENDS)),
    [0xf1] = RAW("int1", O_NONE, O_NONE, x_int1, F(OPC_ENDS)),
    [0xf4] = RAW("hlt", O_NONE, O_NONE, x_hlt, F(OPC_CPL0 | OPC_ENDS)), [0xf5] = RAW("cmc", O_NONE, O_NONE, x_cmc, F(0)),
    [0xf6] = GROUP(G_F6), [0xf7] = GROUP(G_F7),
    [0xf8] = RAW("clc", O_NONE, O_NONE, x_clc, F(0)), [0xf9] = RAW("stc", O_NONE, O_NONE, x_stc, F(0)),
    [0xfa] = RAW("cli", O_NONE, O_NONE, x_cli, F(OPC_ENDS)), [0xfb] = RAW("sti", O_NONE, O_NONE, x_sti, F(OPC_ENDS)),
    [0xfc] = RAW("cld", O_NONE, O_NONE, x_cld, F(0)), [0xfd] = RAW("std", O_NONE, O_NONE, x_std, F(0)),
    [0xfe] = GROUP(G_FE), [0xff] = GROUP(G_FF),

    [MAP_0F + 0x00] = GROUP(G_0F00), [MAP_0F + 0x01] = GROUP(G_0F01),
    [MAP_0F + 0x02] = RAW("lar", Gv, Ew, x_lar, F(OPC_PROT)), [MAP_0F + 0x03] = RAW("lsl", Gv, Ew, x_lsl, F(OPC_PROT)),
    [MAP_0F + 0x06] = RAW("clts", O_NONE, O_NONE, x_clts, F(OPC_CPL0 | OPC_ENDS)),
    [MAP_0F + 0x08] = RAW("invd", O_NONE, O_NONE, x_wbinvd, F(OPC_CPL0), .level = 4), [MAP_0F + 0x09] = RAW("wbinvd", O_NONE, O_NONE, x_wbinvd, F(OPC_CPL0), .level = 4),
    [MAP_0F + 0x0b] = RAW("ud2", O_NONE, O_NONE, x_ud2, F(OPC_ENDS)),
    EIGHT(MAP_0F + 0x18, NOP_E),
    [MAP_0F + 0x20] = RAW("mov", Rd, Cd, x_mov_from_cr, F(OPC_CPL0)), [MAP_0F + 0x22] = RAW("mov", Cd, Rd, x_mov_to_cr, F(OPC_CPL0 | OPC_ENDS)),
    [MAP_0F + 0x21] = RAW("mov", Rd, Dd, x_mov_from_dr, F(OPC_CPL0)), [MAP_0F + 0x23] = RAW("mov", Dd, Rd, x_mov_to_dr, F(OPC_CPL0 | OPC_ENDS)),
    [MAP_0F + 0x24] = RAW("mov", Rd, Td, x_mov_from_tr, F(0)), [MAP_0F + 0x26] = RAW("mov", Td, Rd, x_mov_to_tr, F(OPC_ENDS)),
    [MAP_0F + 0x30] = RAW("wrmsr", O_NONE, O_NONE, x_wrmsr, F(OPC_CPL0 | OPC_ENDS), .level = 5), [MAP_0F + 0x31] = RAW("rdtsc", O_NONE, O_NONE, x_rdtsc, F(OPC_ENDS), .level = 5),
    [MAP_0F + 0x32] = RAW("rdmsr", O_NONE, O_NONE, x_rdmsr, F(OPC_CPL0 | OPC_ENDS), .level = 5), [MAP_0F + 0x33] = RAW("rdpmc", O_NONE, O_NONE, x_rdpmc, F(OPC_ENDS), .level = 6),
    [MAP_0F + 0x34] = RAW("sysenter", O_NONE, O_NONE, x_sysenter, F(OPC_ENDS), .level = 6), [MAP_0F + 0x35] = RAW("sysexit", O_NONE, O_NONE, x_sysexit, F(OPC_ENDS), .level = 6),
    SIXTEEN(MAP_0F + 0x40, CMOVCC),
    SIXTEEN(MAP_0F + 0x80, JCC_V),
    SIXTEEN(MAP_0F + 0x90, SETCC),
    [MAP_0F + 0xa0] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)), [MAP_0F + 0xa1] = RAW("pop", Sz, O_NONE, x_pop_sreg, F(OPC_ENDS)),
    [MAP_0F + 0xa2] = RAW("cpuid", O_NONE, O_NONE, x_cpuid, F(OPC_ENDS), .level = 4),
    [MAP_0F + 0xa3] = RAW("bt", Ev, Gv, x_bt_reg, U(BIT_UNDEF)),
    [MAP_0F + 0xa4] = RMW("shld", Ev, Gv, x_shld, .third = Ib, U(SHIFT_UNDEF)), [MAP_0F + 0xa5] = RMW("shld", Ev, Gv, x_shld, .third = R_CL, U(SHIFT_UNDEF)),
    [MAP_0F + 0xa8] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)), [MAP_0F + 0xa9] = RAW("pop", Sz, O_NONE, x_pop_sreg, F(OPC_ENDS)),
    [MAP_0F + 0xab] = RAW("bts", Ev, Gv, x_bts_reg, F(OPC_LOCK), U(BIT_UNDEF)),
    [MAP_0F + 0xac] = RMW("shrd", Ev, Gv, x_shrd, .third = Ib, U(SHIFT_UNDEF)), [MAP_0F + 0xad] = RMW("shrd", Ev, Gv, x_shrd, .third = R_CL, U(SHIFT_UNDEF)),
    [MAP_0F + 0xaf] = RMW("imul", Gv, Ev, x_imul, U(MUL_UNDEF)),
    [MAP_0F + 0xb0] = RAW("cmpxchg", Eb, Gb, x_cmpxchg, F(OPC_LOCK), .level = 4), [MAP_0F + 0xb1] = RAW("cmpxchg", Ev, Gv, x_cmpxchg, F(OPC_LOCK), .level = 4),
    [MAP_0F + 0xb2] = RAW("lss", Gv, Mp, x_lss, F(OPC_ENDS)), [MAP_0F + 0xb3] = RAW("btr", Ev, Gv, x_btr_reg, F(OPC_LOCK), U(BIT_UNDEF)),
    [MAP_0F + 0xb4] = RAW("lfs", Gv, Mp, x_lfs, F(OPC_ENDS)), [MAP_0F + 0xb5] = RAW("lgs", Gv, Mp, x_lgs, F(OPC_ENDS)),
    [MAP_0F + 0xb6] = PUT("movzx", Gv, Eb, x_mov, F(0)), [MAP_0F + 0xb7] = PUT("movzx", Gv, Ew, x_mov, F(0)),
    [MAP_0F + 0xb9] = RAW("ud1", Gv, Ev, x_ud2, F(OPC_ENDS)), [MAP_0F + 0xba] = GROUP(G_0FBA),
    [MAP_0F + 0xbb] = RAW("btc", Ev, Gv, x_btc_reg, F(OPC_LOCK), U(BIT_UNDEF)),
    [MAP_0F + 0xbc] = RMW("bsf", Gv, Ev, x_bsf, U(SCAN_UNDEF)), [MAP_0F + 0xbd] = RMW("bsr", Gv, Ev, x_bsr, U(SCAN_UNDEF)),
    [MAP_0F + 0xbe] = PUT("movsx", Gv, Eb, x_movsx_b, F(0)), [MAP_0F + 0xbf] = PUT("movsx", Gv, Ew, x_movsx_w, F(0)),
    [MAP_0F + 0xc0] = RAW("xadd", Eb, Gb, x_xadd, F(OPC_LOCK), .level = 4), [MAP_0F + 0xc1] = RAW("xadd", Ev, Gv, x_xadd, F(OPC_LOCK), .level = 4),
    [MAP_0F + 0xc7] = GROUP(G_0FC7),
    EIGHT(MAP_0F + 0xc8, BSWAP),

    ALU_IMM(G_80, Eb, Ib, OPC_LOCK), ALU_IMM(G_81, Ev, Iv, OPC_LOCK), ALU_IMM(G_83, Ev, Is, OPC_LOCK),
    [G_8F] = RAW("pop", Ev, O_NONE, x_pop_e, F(0)),
    SHIFTS(G_C0, Eb, Ib), SHIFTS(G_C1, Ev, Ib), SHIFTS(G_D0, Eb, N_1), SHIFTS(G_D1, Ev, N_1), SHIFTS(G_D2, Eb, R_CL), SHIFTS(G_D3, Ev, R_CL),
    [G_C6] = PUT("mov", Eb, Ib, x_mov, F(0)), [G_C7] = PUT("mov", Ev, Iv, x_mov, F(0)),
    /* F6/1 and F7/1 are undocumented aliases of TEST. */
    [G_F6 + 0] = GET("test", Eb, Ib, x_test, U(AF_)), [G_F6 + 1] = GET("test", Eb, Ib, x_test, U(AF_)),
    [G_F6 + 2] = RMW("not", Eb, O_NONE, x_not, F(OPC_LOCK)), [G_F6 + 3] = RMW("neg", Eb, O_NONE, x_neg, F(OPC_LOCK)),
    [G_F6 + 4] = GET("mul", Eb, O_NONE, x_mul, U(MUL_UNDEF)), [G_F6 + 5] = GET("imul", Eb, O_NONE, x_imul1, U(MUL_UNDEF)),
    [G_F6 + 6] = GET("div", Eb, O_NONE, x_div, U(FLAG_ARITH)), [G_F6 + 7] = GET("idiv", Eb, O_NONE, x_idiv, U(FLAG_ARITH)),
    [G_F7 + 0] = GET("test", Ev, Iv, x_test, U(AF_)), [G_F7 + 1] = GET("test", Ev, Iv, x_test, U(AF_)),
    [G_F7 + 2] = RMW("not", Ev, O_NONE, x_not, F(OPC_LOCK)), [G_F7 + 3] = RMW("neg", Ev, O_NONE, x_neg, F(OPC_LOCK)),
    [G_F7 + 4] = GET("mul", Ev, O_NONE, x_mul, U(MUL_UNDEF)), [G_F7 + 5] = GET("imul", Ev, O_NONE, x_imul1, U(MUL_UNDEF)),
    [G_F7 + 6] = GET("div", Ev, O_NONE, x_div, U(FLAG_ARITH)), [G_F7 + 7] = GET("idiv", Ev, O_NONE, x_idiv, U(FLAG_ARITH)),
    [G_FE + 0] = RMW("inc", Eb, O_NONE, x_inc, F(OPC_LOCK)), [G_FE + 1] = RMW("dec", Eb, O_NONE, x_dec, F(OPC_LOCK)),
    [G_FF + 0] = RMW("inc", Ev, O_NONE, x_inc, F(OPC_LOCK)), [G_FF + 1] = RMW("dec", Ev, O_NONE, x_dec, F(OPC_LOCK)),
    [G_FF + 2] = RAW("call", Ev, O_NONE, x_call_e, F(OPC_BRANCH)), [G_FF + 3] = RAW("call far", Mp, O_NONE, x_call_far_mem, F(OPC_ENDS)),
    [G_FF + 4] = RAW("jmp", Ev, O_NONE, x_jmp_e, F(OPC_BRANCH)), [G_FF + 5] = RAW("jmp far", Mp, O_NONE, x_jmp_far_mem, F(OPC_ENDS)),
    [G_FF + 6] = RAW("push", O_NONE, Ev, x_push, F(0)),
    [G_0F00 + 0] = PUT("sldt", Mw_Rv, O_NONE, x_sldt, F(OPC_PROT)), [G_0F00 + 1] = PUT("str", Mw_Rv, O_NONE, x_str, F(OPC_PROT)),
    [G_0F00 + 2] = RAW("lldt", Ew, O_NONE, x_lldt, F(OPC_PROT | OPC_CPL0 | OPC_ENDS)), [G_0F00 + 3] = RAW("ltr", Ew, O_NONE, x_ltr, F(OPC_PROT | OPC_CPL0 | OPC_ENDS)),
    [G_0F00 + 4] = RAW("verr", Ew, O_NONE, x_verr, F(OPC_PROT)), [G_0F00 + 5] = RAW("verw", Ew, O_NONE, x_verw, F(OPC_PROT)),
    [G_0F01 + 0] = RAW("sgdt", Mx, O_NONE, x_sgdt, F(0)), [G_0F01 + 1] = RAW("sidt", Mx, O_NONE, x_sidt, F(0)),
    [G_0F01 + 2] = RAW("lgdt", Mx, O_NONE, x_lgdt, F(OPC_CPL0 | OPC_ENDS)), [G_0F01 + 3] = RAW("lidt", Mx, O_NONE, x_lidt, F(OPC_CPL0 | OPC_ENDS)),
    [G_0F01 + 4] = PUT("smsw", Mw_Rv, O_NONE, x_smsw, F(0)), [G_0F01 + 6] = RAW("lmsw", Ew, O_NONE, x_lmsw, F(OPC_CPL0 | OPC_ENDS)),
    [G_0F01 + 7] = RAW("invlpg", Mx, O_NONE, x_invlpg, F(OPC_CPL0 | OPC_ENDS), .level = 4),
    [G_0FBA + 4] = GET("bt", Ev, Ib, x_bt_imm, U(BIT_UNDEF)), [G_0FBA + 5] = RMW("bts", Ev, Ib, x_bts_imm, F(OPC_LOCK), U(BIT_UNDEF)),
    [G_0FBA + 6] = RMW("btr", Ev, Ib, x_btr_imm, F(OPC_LOCK), U(BIT_UNDEF)), [G_0FBA + 7] = RMW("btc", Ev, Ib, x_btc_imm, F(OPC_LOCK), U(BIT_UNDEF)),
    [G_0FC7 + 1] = RAW("cmpxchg8b", Mx, O_NONE, x_cmpxchg8b, F(OPC_LOCK), .level = 5),

    /* x87. DC D0, DC D8, DE D0 and D9 D8, DD C8, DF C0-DF are undocumented aliases. */
    FARITH_MEM(0, "f", Mr4), FARITH_MEM(2, "fi", Mi4), FARITH_MEM(4, "f", Mr8), FARITH_MEM(6, "fi", Mi2),
    FREG(0, 0) = FPU("fadd", ST0, STi, x_farith, F80_ADD), FREG(0, 1) = FPU("fmul", ST0, STi, x_farith, F80_MUL),
    FREG(0, 2) = FPU("fcom", O_NONE, STi, x_fcom, 0), FREG(0, 3) = FPU("fcomp", O_NONE, STi, x_fcom, POP_),
    FREG(0, 4) = FPU("fsub", ST0, STi, x_farith, F80_SUB), FREG(0, 5) = FPU("fsubr", ST0, STi, x_farith, F80_SUBR),
    FREG(0, 6) = FPU("fdiv", ST0, STi, x_farith, F80_DIV), FREG(0, 7) = FPU("fdivr", ST0, STi, x_farith, F80_DIVR),
    FARITH_STI(4, "", 0), FARITH_STI(6, "p", POP_),
    FREG(4, 2) = FPU("fcom", O_NONE, STi, x_fcom, 0), FREG(4, 3) = FPU("fcomp", O_NONE, STi, x_fcom, POP_),
    FREG(6, 2) = FPU("fcomp", O_NONE, STi, x_fcom, POP_), FREG(6, 3) = BY_RM(G_DED8),
    [G_DED8 + 1] = FPU("fcompp", O_NONE, STi, x_fcom, FARG_POP2),
    FMEM(1, 0) = FPU("fld", O_NONE, Mr4, x_fld, 0), FMEM(1, 2) = FPU("fst", Mr4, O_NONE, x_fst_mem, 0), FMEM(1, 3) = FPU("fstp", Mr4, O_NONE, x_fst_mem, POP_),
    FMEM(1, 4) = FPU("fldenv", O_NONE, Mx, x_fldenv, 0), FMEM(1, 5) = FPU("fldcw", O_NONE, Mi2, x_fldcw, 0),
    FMEM(1, 6) = FPU("fnstenv", Mx, O_NONE, x_fnstenv, 0), FMEM(1, 7) = FPU("fnstcw", Mi2, O_NONE, x_fnstcw, 0),
    FREG(1, 0) = FPU("fld", O_NONE, STi, x_fld, 0), FREG(1, 1) = FPU("fxch", O_NONE, STi, x_fxch, 0),
    FREG(1, 2) = BY_RM(G_D9D0), FREG(1, 3) = FPU("fstpnce", STi, O_NONE, x_fstpnce, 0),
    FREG(1, 4) = BY_RM(G_D9E0), FREG(1, 5) = BY_RM(G_D9E8), FREG(1, 6) = BY_RM(G_D9F0), FREG(1, 7) = BY_RM(G_D9F8),
    [G_D9D0 + 0] = FPU("fnop", O_NONE, O_NONE, x_fnop, 0),
    [G_D9E0 + 0] = FPU("fchs", O_NONE, O_NONE, x_fchs, 0), [G_D9E0 + 1] = FPU("fabs", O_NONE, O_NONE, x_fabs, 0),
    [G_D9E0 + 4] = FPU("ftst", O_NONE, O_NONE, x_fcom, 0), [G_D9E0 + 5] = FPU("fxam", O_NONE, O_NONE, x_fxam, 0),
    [G_D9E8 + 0] = FPU("fld1", O_NONE, O_NONE, x_fconst, F80_LD1), [G_D9E8 + 1] = FPU("fldl2t", O_NONE, O_NONE, x_fconst, F80_LDL2T),
    [G_D9E8 + 2] = FPU("fldl2e", O_NONE, O_NONE, x_fconst, F80_LDL2E), [G_D9E8 + 3] = FPU("fldpi", O_NONE, O_NONE, x_fconst, F80_LDPI),
    [G_D9E8 + 4] = FPU("fldlg2", O_NONE, O_NONE, x_fconst, F80_LDLG2), [G_D9E8 + 5] = FPU("fldln2", O_NONE, O_NONE, x_fconst, F80_LDLN2),
    [G_D9E8 + 6] = FPU("fldz", O_NONE, O_NONE, x_fconst, F80_LDZ),
    [G_D9F0 + 0] = FPU("f2xm1", O_NONE, O_NONE, x_fmath1, F80_2XM1), [G_D9F0 + 1] = FPU("fyl2x", O_NONE, O_NONE, x_fmath2, F80_YL2X | POP_),
    [G_D9F0 + 2] = FPU("fptan", O_NONE, O_NONE, x_fmath_push, F80_PTAN), [G_D9F0 + 3] = FPU("fpatan", O_NONE, O_NONE, x_fmath2, F80_PATAN | POP_),
    [G_D9F0 + 4] = FPU("fxtract", O_NONE, O_NONE, x_fmath_push, F80_XTRACT), [G_D9F0 + 5] = FPU("fprem1", O_NONE, O_NONE, x_fmath2, F80_PREM1),
    [G_D9F0 + 6] = FPU("fdecstp", O_NONE, O_NONE, x_fstep, 7), [G_D9F0 + 7] = FPU("fincstp", O_NONE, O_NONE, x_fstep, 1),
    [G_D9F8 + 0] = FPU("fprem", O_NONE, O_NONE, x_fmath2, F80_PREM), [G_D9F8 + 1] = FPU("fyl2xp1", O_NONE, O_NONE, x_fmath2, F80_YL2XP1 | POP_),
    [G_D9F8 + 2] = FPU("fsqrt", O_NONE, O_NONE, x_fmath1, F80_SQRT), [G_D9F8 + 3] = FPU("fsincos", O_NONE, O_NONE, x_fmath_push, F80_SINCOS),
    [G_D9F8 + 4] = FPU("frndint", O_NONE, O_NONE, x_fmath1, F80_RNDINT), [G_D9F8 + 5] = FPU("fscale", O_NONE, O_NONE, x_fmath2, F80_SCALE),
    [G_D9F8 + 6] = FPU("fsin", O_NONE, O_NONE, x_fmath1, F80_SIN), [G_D9F8 + 7] = FPU("fcos", O_NONE, O_NONE, x_fmath1, F80_COS),
    FCMOV(2, 0, "b", 0), FCMOV(2, 1, "e", 0), FCMOV(2, 2, "be", 0), FCMOV(2, 3, "u", 0), FREG(2, 5) = BY_RM(G_DAE8),
    [G_DAE8 + 1] = FPU("fucompp", O_NONE, STi, x_fcom, FARG_UNORDERED | FARG_POP2),
    FMEM(3, 0) = FPU("fild", O_NONE, Mi4, x_fld, 0), FMEM(3, 2) = FPU("fist", Mi4, O_NONE, x_fst_mem, 0), FMEM(3, 3) = FPU("fistp", Mi4, O_NONE, x_fst_mem, POP_),
    FMEM(3, 5) = FPU("fld", O_NONE, Mr10, x_fld, 0), FMEM(3, 7) = FPU("fstp", Mr10, O_NONE, x_fst_mem, POP_),
    FCMOV(3, 0, "nb", 1), FCMOV(3, 1, "ne", 1), FCMOV(3, 2, "nbe", 1), FCMOV(3, 3, "nu", 1), FREG(3, 4) = BY_RM(G_DBE0),
    FREG(3, 5) = FPU("fucomi", ST0, STi, x_fcom, FARG_UNORDERED | FARG_EFLAGS, .level = 6), FREG(3, 6) = FPU("fcomi", ST0, STi, x_fcom, FARG_EFLAGS, .level = 6),
    [G_DBE0 + 0] = FPU("feni8087_nop", O_NONE, O_NONE, x_fn8087, 0), [G_DBE0 + 1] = FPU("fdisi8087_nop", O_NONE, O_NONE, x_fn8087, 0),
    [G_DBE0 + 2] = FPU("fnclex", O_NONE, O_NONE, x_fnclex, 0), [G_DBE0 + 3] = FPU("fninit", O_NONE, O_NONE, x_fninit, 0),
    [G_DBE0 + 4] = FPU("fsetpm287_nop", O_NONE, O_NONE, x_fn8087, 0),
    FMEM(5, 0) = FPU("fld", O_NONE, Mr8, x_fld, 0), FMEM(5, 2) = FPU("fst", Mr8, O_NONE, x_fst_mem, 0), FMEM(5, 3) = FPU("fstp", Mr8, O_NONE, x_fst_mem, POP_),
    FMEM(5, 4) = FPU("frstor", O_NONE, Mx, x_frstor, 0), FMEM(5, 6) = FPU("fnsave", Mx, O_NONE, x_fnsave, 0), FMEM(5, 7) = FPU("fnstsw", Mi2, O_NONE, x_fnstsw, 0),
    FREG(5, 0) = FPU("ffree", O_NONE, STi, x_ffree, 0), FREG(5, 1) = FPU("fxch", O_NONE, STi, x_fxch, 0),
    FREG(5, 2) = FPU("fst", STi, O_NONE, x_fst, 0), FREG(5, 3) = FPU("fstp", STi, O_NONE, x_fst, POP_),
    FREG(5, 4) = FPU("fucom", O_NONE, STi, x_fcom, FARG_UNORDERED), FREG(5, 5) = FPU("fucomp", O_NONE, STi, x_fcom, FARG_UNORDERED | POP_),
    FMEM(7, 0) = FPU("fild", O_NONE, Mi2, x_fld, 0), FMEM(7, 2) = FPU("fist", Mi2, O_NONE, x_fst_mem, 0), FMEM(7, 3) = FPU("fistp", Mi2, O_NONE, x_fst_mem, POP_),
    FMEM(7, 4) = FPU("fbld", O_NONE, Mb10, x_fld, 0), FMEM(7, 5) = FPU("fild", O_NONE, Mi8, x_fld, 0),
    FMEM(7, 6) = FPU("fbstp", Mb10, O_NONE, x_fst_mem, POP_), FMEM(7, 7) = FPU("fistp", Mi8, O_NONE, x_fst_mem, POP_),
    FREG(7, 0) = FPU("ffreep", O_NONE, STi, x_ffree, POP_), FREG(7, 1) = FPU("fxch", O_NONE, STi, x_fxch, 0),
    FREG(7, 2) = FPU("fstp", STi, O_NONE, x_fst, POP_), FREG(7, 3) = FPU("fstp", STi, O_NONE, x_fst, POP_), FREG(7, 4) = BY_RM(G_DFE0),
    FREG(7, 5) = FPU("fucomip", ST0, STi, x_fcom, FARG_UNORDERED | FARG_EFLAGS | POP_, .level = 6), FREG(7, 6) = FPU("fcomip", ST0, STi, x_fcom, FARG_EFLAGS | POP_, .level = 6),
    [G_DFE0 + 0] = FPU("fnstsw", N_AX, O_NONE, x_fnstsw, 0),

    /* MMX. */
    MMX(0x60, "punpcklbw", Qd, P_UNPCKL, 0), MMX(0x61, "punpcklwd", Qd, P_UNPCKL, 1), MMX(0x62, "punpckldq", Qd, P_UNPCKL, 2),
    MMX(0x63, "packsswb", Qq, P_PACKS, 0), MMX(0x64, "pcmpgtb", Qq, P_CMPGT, 0), MMX(0x65, "pcmpgtw", Qq, P_CMPGT, 1),
    MMX(0x66, "pcmpgtd", Qq, P_CMPGT, 2), MMX(0x67, "packuswb", Qq, P_PACKUS, 0), MMX(0x68, "punpckhbw", Qq, P_UNPCKH, 0),
    MMX(0x69, "punpckhwd", Qq, P_UNPCKH, 1), MMX(0x6a, "punpckhdq", Qq, P_UNPCKH, 2), MMX(0x6b, "packssdw", Qq, P_PACKS, 1),
    MMX(0x6f, "movq", Qq, P_MOV, 3), MMX(0x74, "pcmpeqb", Qq, P_CMPEQ, 0), MMX(0x75, "pcmpeqw", Qq, P_CMPEQ, 1),
    MMX(0x76, "pcmpeqd", Qq, P_CMPEQ, 2), MMX(0xd1, "psrlw", Qq, P_SRL, 1), MMX(0xd2, "psrld", Qq, P_SRL, 2),
    MMX(0xd3, "psrlq", Qq, P_SRL, 3), MMX(0xd5, "pmullw", Qq, P_MULL, 1), MMX(0xd8, "psubusb", Qq, P_SUBUS, 0),
    MMX(0xd9, "psubusw", Qq, P_SUBUS, 1), MMX(0xdb, "pand", Qq, P_AND, 3), MMX(0xdc, "paddusb", Qq, P_ADDUS, 0),
    MMX(0xdd, "paddusw", Qq, P_ADDUS, 1), MMX(0xdf, "pandn", Qq, P_ANDN, 3), MMX(0xe1, "psraw", Qq, P_SRA, 1),
    MMX(0xe2, "psrad", Qq, P_SRA, 2), MMX(0xe5, "pmulhw", Qq, P_MULH, 1), MMX(0xe8, "psubsb", Qq, P_SUBS, 0),
    MMX(0xe9, "psubsw", Qq, P_SUBS, 1), MMX(0xeb, "por", Qq, P_OR, 3), MMX(0xec, "paddsb", Qq, P_ADDS, 0),
    MMX(0xed, "paddsw", Qq, P_ADDS, 1), MMX(0xef, "pxor", Qq, P_XOR, 3), MMX(0xf1, "psllw", Qq, P_SLL, 1),
    MMX(0xf2, "pslld", Qq, P_SLL, 2), MMX(0xf3, "psllq", Qq, P_SLL, 3), MMX(0xf5, "pmaddwd", Qq, P_MADD, 1),
    MMX(0xf8, "psubb", Qq, P_SUB, 0), MMX(0xf9, "psubw", Qq, P_SUB, 1), MMX(0xfa, "psubd", Qq, P_SUB, 2),
    MMX(0xfc, "paddb", Qq, P_ADD, 0), MMX(0xfd, "paddw", Qq, P_ADD, 1), MMX(0xfe, "paddd", Qq, P_ADD, 2),
    [MAP_0F + 0x6e] = RAW("movd", Pq, Ed, x_movd_load, F(OPC_BARE), .level = 6), [MAP_0F + 0x7e] = RAW("movd", Ed, Pq, x_movd_store, F(OPC_BARE), .level = 6),
    [MAP_0F + 0x7f] = RAW("movq", Qq, Pq, x_movq_store, F(OPC_BARE), .level = 6), [MAP_0F + 0x77] = RAW("emms", O_NONE, O_NONE, x_emms, F(OPC_BARE), .level = 6),
    [MAP_0F + 0x71] = SPLIT(G_0F71), [MAP_0F + 0x72] = SPLIT(G_0F72), [MAP_0F + 0x73] = SPLIT(G_0F73), [MAP_0F + 0xae] = SPLIT(G_0FAE),
    MMX_IMM(G_0F71, 2, "psrlw", P_SRL, 1), MMX_IMM(G_0F71, 4, "psraw", P_SRA, 1), MMX_IMM(G_0F71, 6, "psllw", P_SLL, 1),
    MMX_IMM(G_0F72, 2, "psrld", P_SRL, 2), MMX_IMM(G_0F72, 4, "psrad", P_SRA, 2), MMX_IMM(G_0F72, 6, "pslld", P_SLL, 2),
    MMX_IMM(G_0F73, 2, "psrlq", P_SRL, 3), MMX_IMM(G_0F73, 6, "psllq", P_SLL, 3),
    [G_0FAE + 0] = RAW("fxsave", Mx, O_NONE, x_fxsave, F(OPC_FPU | OPC_BARE), .level = 6), [G_0FAE + 1] = RAW("fxrstor", O_NONE, Mx, x_fxrstor, F(OPC_FPU | OPC_BARE), .level = 6),
};
