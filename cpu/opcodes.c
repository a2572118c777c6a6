/* SPDX-License-Identifier: MIT */
/*
 * opcodes.c - THE instruction set: one row per encoding, in the notation of the Intel manual
 * (SDM vol. 2, appendix A; i386 manual, appendix A). Decoder, executor, engine, disassembler
 * and tests all read these rows. Two rows for one opcode are a compile error.
 *
 * Columns: mnemonic, shape, destination, source, third operand, body, then what is special.
 * A mnemonic "a/b" is a with 16-bit operands and b with 32-bit ones.
 *
 * Not here yet (OPC_MISSING rows raise #UD with a trace line): x87.
 */
#include "cpu/opcodes.h"

#include "cpu/bodies.h"
#include "cpu/cpu.h"

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
#define MISSING(n, d, s, ...) {.name = n, .shape = S_RAW, .dst = d, .src = s, .body = x_missing, __VA_ARGS__}
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
#define ESC(b, n) [(b) + (n)] = RAW("esc", O_NONE, O_NONE, x_esc, F(OPC_MODRM | OPC_FPU | OPC_MISSING))
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
    [MAP_0F + 0x24] = RAW("mov", Rd, Td, x_mov_from_tr, F(OPC_CPL0)), [MAP_0F + 0x26] = RAW("mov", Td, Rd, x_mov_to_tr, F(OPC_CPL0 | OPC_ENDS)),
    [MAP_0F + 0x30] = RAW("wrmsr", O_NONE, O_NONE, x_wrmsr, F(OPC_CPL0 | OPC_ENDS), .level = 5), [MAP_0F + 0x31] = RAW("rdtsc", O_NONE, O_NONE, x_rdtsc, F(OPC_ENDS), .level = 5),
    [MAP_0F + 0x32] = RAW("rdmsr", O_NONE, O_NONE, x_rdmsr, F(OPC_CPL0 | OPC_ENDS), .level = 5), [MAP_0F + 0x33] = RAW("rdpmc", O_NONE, O_NONE, x_rdpmc, F(OPC_ENDS), .level = 6),
    [MAP_0F + 0x34] = RAW("sysenter", O_NONE, O_NONE, x_sysenter, F(OPC_ENDS), .level = 6), [MAP_0F + 0x35] = RAW("sysexit", O_NONE, O_NONE, x_sysexit, F(OPC_ENDS), .level = 6),
    SIXTEEN(MAP_0F + 0x40, CMOVCC),
    SIXTEEN(MAP_0F + 0x80, JCC_V),
    SIXTEEN(MAP_0F + 0x90, SETCC),
    [MAP_0F + 0xa0] = RAW("push", O_NONE, Sz, x_push_sreg, F(0)), [MAP_0F + 0xa1] = RAW("pop", Sz, O_NONE, x_pop_sreg, F(OPC_ENDS)),
    [MAP_0F + 0xa2] = RAW("cpuid", O_NONE, O_NONE, x_cpuid, F(OPC_ENDS), .level = 5),
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
};
