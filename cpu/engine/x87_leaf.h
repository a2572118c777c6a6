/* SPDX-License-Identifier: MIT */
/*
 * x87_leaf.h - what handlers of x87 instructions are made of, on a host that has an x87 itself (SDM
 * vol. 1, chapter 8). A register of the guest is in memory as FLD and FSTP of the host have it, so
 * that an operation is FLD, the operation, FSTP.
 *
 * - All exceptions are masked, or the reference layer does it. Then the host's responses are the
 *   guest's. Nor is a register full that must be empty, or the other way round, and no exception
 *   is pending.
 * - The host works under F80_PLAIN_CW; another control word is loaded around the operation.
 * - Exceptions stick on both sides. What the host has noted the guest has noted as well (f80_fresh),
 *   so that after an operation its status word is or-ed into the guest's; only C1 is replaced.
 * - What is converted without exceptions, or only copied, goes without the host's x87.
 *
 * Two files use it; on other hosts they have no handlers. h_x87.c: arithmetic, comparisons, and the
 * choice for all; h_x87_move.c: loads, stores, constants, control and status word.
 */
#ifndef CPU_ENGINE_X87_LEAF_H
#define CPU_ENGINE_X87_LEAF_H

#include "cpu/engine/ops.h"

#include "cpu/internal.h"
#include "cpu/opcodes.h"
#include "cpu/x87_ops.h"

#if F80_HOST && defined(__x86_64__)
#define X87_LEAVES 1
#else
#define X87_LEAVES 0
#endif

static const uint16_t plain_cw = F80_PLAIN_CW;

#define TOP_FIELD (7u << 11)
#define TOP_ONE (1u << 11)

/* Declares the unit and TOP. */
#define BEGIN()                                                                                    \
    struct x87 *f = &c->x87;                                                                       \
    NEEDS(!(c->cr0 & (CR0_EM | CR0_TS)));                                                          \
    NEEDS(!(f->sw & SW_ES));                                                                       \
    unsigned top = f->sw >> 11 & 7
#define FULL(at) (f->full >> (at)&1)
#define NEEDS(condition)                                                                           \
    if (UNLIKELY(!(condition)))                                                                    \
    SLOW()
/* Declares the physical number of ST(i). */
#define OTHER() unsigned other = (top + ip->i.modrm) & 7
/* Declares the physical number of the register to be pushed. */
#define ROOM()                                                                                     \
    unsigned to = (top - 1) & 7;                                                                   \
    NEEDS(!FULL(to))
#define REACH(table, size, host)                                                                   \
    uint64_t host;                                                                                 \
    NEEDS(host_at(table, lin, size, &host))

/* Instruction and operand pointers: the opcode's eleven bits are in the record's a and b. */
#define NOTE()                                                                                     \
    do {                                                                                           \
        f->fip = ip->eip;                                                                          \
        f->fcs = c->seg[CS].sel;                                                                   \
        f->fop = (uint16_t)(ip->a | ip->b << 8);                                                   \
    } while (0)
#define NOTE_MEM()                                                                                 \
    do {                                                                                           \
        NOTE();                                                                                    \
        f->fdp = lin;                                                                              \
        f->fds = c->seg[ip->i.seg].sel;                                                            \
    } while (0)

#define BITS_AFTER(which) ((f->sw & ~(unsigned)(which)) | (host & (SW_EXCEPTIONS | (which))))
/* The status word after an operation; the same and popped once or twice. */
#define AFTER_0(which) f->sw = (uint16_t)BITS_AFTER(which)
#define AFTER_1(which) POP(BITS_AFTER(which), 1)
#define AFTER_2(which) POP(BITS_AFTER(which), 2)
#define POP(bits, n)                                                                               \
    do {                                                                                           \
        unsigned now_ = (bits);                                                                    \
        f->full &= (uint8_t) ~(1u << top | ((n) == 2 ? 1u << ((top + 1) & 7) : 0));                \
        f->sw = (uint16_t)((now_ & ~TOP_FIELD) | ((now_ + (n)*TOP_ONE) & TOP_FIELD));              \
    } while (0)
#define PUSHED(bits)                                                                               \
    do {                                                                                           \
        f->full |= (uint8_t)(1u << to);                                                            \
        f->sw = (uint16_t)(((bits) & ~TOP_FIELD) | to << 11);                                      \
    } while (0)

/* Field by field: a value that is fetched in other pieces than it was stored in is late. */
#define COPY(dst, src)                                                                             \
    do {                                                                                           \
        const struct f80 *src_ = (src);                                                            \
        uint64_t m_ = src_->m;                                                                     \
        uint16_t se_ = src_->se;                                                                   \
        (dst)->m = m_;                                                                             \
        (dst)->se = se_;                                                                           \
    } while (0)

/* The operation, under the guest's control word. */
#define HOST(...)                                                                                  \
    if (UNLIKELY(f->cw != F80_PLAIN_CW)) {                                                         \
        if (~f->cw & SW_EXCEPTIONS)                                                                \
            SLOW();                                                                                \
        __asm__ volatile("fldcw %0" : : "m"(f->cw));                                               \
        __VA_ARGS__;                                                                               \
        __asm__ volatile("fldcw %0" : : "m"(plain_cw));                                            \
    } else {                                                                                       \
        __VA_ARGS__;                                                                               \
    }
#define STACK_USED "st", "st(1)", "memory"
#define GUEST(size, host_) (*(struct bytes_##size *)(uintptr_t)(host_))
struct bytes_2 {
    uint8_t byte[2]; /* a word or whatever it is */
} __attribute__((may_alias));
struct bytes_4 {
    uint8_t byte[4]; /* a dword */
} __attribute__((may_alias));
struct bytes_8 {
    uint8_t byte[8]; /* a quadword */
} __attribute__((may_alias));

/* x op y, both registers, into v. Here and below AX is written before the last operand was used: without the
   & a compiler may keep that operand's address there. */
#define TWO(insn, v, x, y)                                                                         \
    HOST(__asm__ volatile("fldt %[b]\n\tfldt %[a]\n\t" insn                                        \
                          " %%st(1), %%st\n\tfnstsw %%ax\n\tfstpt %[r]\n\tfstp %%st(0)"            \
                          : [r] "=m"(f->reg[v]), "=&a"(host)                                       \
                          : [a] "m"(f->reg[x]), [b] "m"(f->reg[y])                                 \
                          : STACK_USED))
/* ST(0) op memory. */
#define WITH_MEM(insn, size, at)                                                                   \
    HOST(__asm__ volatile("fldt %[a]\n\t" insn " %[b]\n\tfnstsw %%ax\n\tfstpt %[a]"                \
                          : [a] "+m"(f->reg[top]), "=&a"(host)                                     \
                          : [b] "m"(GUEST(size, at))                                               \
                          : STACK_USED))
/* op ST(0). */
#define ONE(insn)                                                                                  \
    HOST(__asm__ volatile("fldt %[a]\n\t" insn "\n\tfnstsw %%ax\n\tfstpt %[a]"                     \
                          : [a] "+m"(f->reg[top]), "=&a"(host)                                     \
                          :                                                                        \
                          : STACK_USED))
#define CLEARED (f->sw & ~(unsigned)SW_C1)

/* h_x87_move.c: class is that of the operand in memory, if there is one. */
handler *pick_x87_move(const struct opcode *o, int class, bool memory);

#endif
