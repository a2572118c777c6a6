/* SPDX-License-Identifier: MIT */
/*
 * bodies.h - the bodies that the rows of opcodes.c name, grouped by the file that defines them.
 * A body takes the destination's value a and the source's value b and gives the new value of the
 * destination (see enum shape); raw bodies take and give nothing.
 */
#ifndef CPU_BODIES_H
#define CPU_BODIES_H

#include "cpu/opcodes.h"

/* alu.c */
opcode_body x_add, x_or, x_adc, x_sbb, x_and, x_sub, x_xor, x_cmp, x_test, x_inc, x_dec, x_neg,
    x_not, x_cmc, x_clc, x_stc;

/* shift.c */
opcode_body x_rol, x_ror, x_rcl, x_rcr, x_shl, x_shr, x_sar, x_shld, x_shrd;

/* muldiv.c */
opcode_body x_mul, x_imul1, x_imul, x_imul_imm, x_div, x_idiv;

/* bcd.c */
opcode_body x_aaa, x_aad, x_aam, x_aas, x_daa, x_das;

/* bit.c */
opcode_body x_bt_reg, x_bts_reg, x_btr_reg, x_btc_reg, x_bt_imm, x_bts_imm, x_btr_imm, x_btc_imm,
    x_bsf, x_bsr;

/* move.c */
opcode_body x_mov, x_movsx_b, x_movsx_w, x_lea, x_xchg, x_xlat, x_setcc, x_cmovcc, x_bswap, x_cbw,
    x_cwd, x_lahf, x_sahf, x_salc, x_cmpxchg, x_cmpxchg8b, x_xadd, x_bound, x_nop;

/* stack.c */
opcode_body x_push, x_pop_reg, x_pop_e, x_push_sreg, x_pop_sreg, x_pusha, x_popa, x_pushf, x_popf,
    x_enter, x_leave;

/* branch.c */
opcode_body x_jcc, x_jcxz, x_loop, x_jmp, x_jmp_e, x_call, x_call_e, x_ret;

/* string.c */
opcode_body x_movs, x_cmps, x_stos, x_lods, x_scas, x_ins, x_outs;

/* portio.c */
opcode_body x_in, x_out;

/* segment.c */
opcode_body x_mov_to_sreg, x_les, x_lds, x_lss, x_lfs, x_lgs;

/* protect.c */
opcode_body x_arpl, x_lar, x_lsl, x_verr, x_verw, x_sldt, x_str, x_lldt, x_ltr;

/* debug.c */
opcode_body x_mov_from_dr, x_mov_to_dr;

/* far.c */
opcode_body x_call_far_imm, x_call_far_mem, x_jmp_far_imm, x_jmp_far_mem, x_retf, x_iret;

/* intr.c */
opcode_body x_int, x_int1, x_int3, x_into;

/* system.c */
opcode_body x_hlt, x_cli, x_sti, x_cld, x_std, x_clts, x_smsw, x_lmsw, x_mov_from_cr, x_mov_to_cr,
    x_sgdt, x_sidt, x_lgdt, x_lidt, x_invlpg, x_wbinvd, x_ud2, x_wait, x_mov_from_tr, x_mov_to_tr;

/* msr.c, cpuid.c, sysenter.c */
opcode_body x_rdmsr, x_wrmsr, x_rdtsc, x_rdpmc, x_cpuid, x_sysenter, x_sysexit;

/* x87_move.c */
opcode_body x_fld, x_fst, x_fstpnce, x_fst_mem, x_fxch, x_fcmov;

/* x87_arith.c */
opcode_body x_farith, x_fcom, x_fxam, x_fchs, x_fabs;

/* x87_math.c */
opcode_body x_fmath1, x_fmath2, x_fmath_push, x_fconst;

/* x87_env.c */
opcode_body x_fldcw, x_fnstcw, x_fnstsw, x_fnclex, x_fninit, x_fnop, x_fn8087, x_ffree, x_fstep,
    x_fldenv, x_fnstenv, x_frstor, x_fnsave, x_fxsave, x_fxrstor;

/* mmx.c */
opcode_body x_mmx, x_mmx_imm, x_movd_load, x_movd_store, x_movq_store, x_emms;

#endif
