/* SPDX-License-Identifier: MIT */
/*
 * exclude.c - see exclude.h. The host runs 32-bit code in the compatibility mode of long mode, under
 * an operating system; what these two change is listed here and nowhere else.
 * Sources: SDM vol. 2 ("undefined" in the descriptions); vol. 3, 22 (what later processors gave old
 * encodings); AMD64 manual vol. 3.
 */
#include "tests/diff/exclude.h"

#include "cpu/internal.h"
#include "cpu/opcodes.h"
#include "tests/diff/emulated.h"

#include <string.h>

struct exclusion {
    const char *name;   /* mnemonic of the rows */
    const char *reason; /* why they cannot be compared */
};

/* clang-format off */
static const struct exclusion rows[] = {
    {"cpuid",    "says which processor it is"},
    {"rdtsc",    "gives the host's time"},
    {"rdpmc",    "CR4.PCE is the operating system's"},
    {"sysenter", "is a system call, or #UD on some processors in long mode"},
    {"sysexit",  "MSRs are the operating system's"},
    {"sgdt",     "gives the host's table, or #GP with UMIP"},
    {"sidt",     "gives the host's table, or #GP with UMIP"},
    {"sldt",     "gives the host's table, or #GP with UMIP"},
    {"str",      "gives the host's task, or #GP with UMIP"},
    {"smsw",     "gives the host's CR0, or #GP with UMIP"},
    {"fxsave",   "the host's has SSE in it"},
    {"fxrstor",  "the host's has SSE in it"},
    {"int1",     "virtual machine monitors disagree whether EIP is before or after it"},
    {"ud1",      "takes a ModRM byte on Intel, none on AMD"},
    {"rsm",      "depends on the mode of the firmware"},
};
/* clang-format on */

const char *row_reason(unsigned row)
{
    const struct opcode *o = &opcodes[row];
    if (o->shape == S_NONE || o->shape == S_GROUP || o->shape == S_SPLIT || o->shape == S_BY_RM)
        return "no instruction";

    for (unsigned n = 0; n < ARRAY_LEN(rows); n++) {
        if (!strcmp(rows[n].name, o->name))
            return rows[n].reason;
    }
    return NULL;
}

const char *exclude_form(const struct insn *i, const uint8_t *code)
{
    const struct opcode *o = &opcodes[i->row];
    bool two_byte = (i->row >= MAP_0F && i->row < MAP_GROUPS) || i->row >= G_0F00;
    if (two_byte && (i->flags & (INSN_REP | INSN_REPNE)))
        return "F2 and F3 before 0F select other instructions (SSE, POPCNT, TZCNT, ...)";
    if ((o->flags & OPC_BARE) && (i->flags & (INSN_OS_PREFIX | INSN_REP | INSN_REPNE)))
        return "MMX with 66, F2 or F3 is SSE2";
    if ((i->row == 0xe0 || i->row == 0xe1) && (i->flags & (INSN_REP | INSN_REPNE)))
        return "AMD takes F2 and F3 before LOOPE and LOOPNE for the condition";
    if ((i->row == 0x62 || i->row == 0xc4 || i->row == 0xc5) && !(i->flags & INSN_MEM))
        return "the register forms of BOUND, LES and LDS begin VEX and EVEX";
    if (i->row >= G_0F01 && i->row < G_0F01 + 8 && !(i->flags & INSN_MEM))
        return "register forms of 0F 01 are other instructions (VMCALL, SWAPGS, ...)";
    if (i->row >= G_0F00 && i->row < G_0F00 + 8 && (i->flags & INSN_LOCK))
        return "AMD looks at the operand of VERR before it looks at LOCK";
    if ((o->dst == Cd || o->src == Cd) && (i->flags & INSN_LOCK))
        return "LOCK MOV CR0 is MOV CR8 on AMD";
    if ((o->dst == Cd || o->src == Cd || o->dst == Dd || o->src == Dd))
        return i->modrm >> 3 & 7 ? "which control registers exist has changed" : NULL;
    if (i->row == 0xcd && i->imm == 0x80)
        return "INT 80h is a system call";
    return NULL;
}

/* Selectors of the GDT that mean the same on both sides: none, user code, user data. */
static bool selector_known(uint16_t sel)
{
    return !(sel & ~3u) || (sel & 4) || (sel & ~3u) == (SEL_CODE & ~3u) ||
           (sel & ~3u) == (SEL_DATA & ~3u);
}

static bool peek(struct emulated *e, lin_t lin, unsigned size, uint32_t *v)
{
    uint32_t at = lin - WIN;
    if (at > WIN_SIZE - size)
        return false;
    *v = host_get(emulated_window(e) + at, size);
    return true;
}

/* Whether the selector that this instruction uses, if it can be read at all, is known. */
static bool selectors_known(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    const struct opcode *o = &opcodes[i->row];
    uint32_t v, ea = c->seg[i->seg].base + exec_ea(c, i);
    uint32_t esp = c->seg[SS].attr & DESC_BIG ? c->gpr[ESP] : c->gpr[ESP] & 0xffff;
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    if (o->dst == Ap)
        return selector_known((uint16_t)i->imm);
    if (o->dst == Mp || o->src == Mp)
        return !peek(e, ea + size, 2, &v) || selector_known((uint16_t)v);
    if (!strncmp(o->name, "retf", 4) || !strncmp(o->name, "iret", 4))
        return !peek(e, c->seg[SS].base + esp + size, 2, &v) || selector_known((uint16_t)v);
    if (o->dst == Sz)
        return !peek(e, c->seg[SS].base + esp, 2, &v) || selector_known((uint16_t)v);
    if (o->dst == Sw || !strcmp(o->name, "lar") || !strcmp(o->name, "lsl") ||
        !strncmp(o->name, "ver", 3)) {
        if (!(i->flags & INSN_MEM))
            return selector_known((uint16_t)reg_get(c, i->rm, 2));
        return !peek(e, ea, 2, &v) || selector_known((uint16_t)v);
    }
    return true;
}

static bool inside(const struct seg *s, uint32_t off, unsigned size, bool write)
{
    return (uint64_t)(uint32_t)(off - s->lo) + size <= (write ? s->wr_bytes : s->rd_bytes);
}

/* Whether `size` bytes can be read (or written) in user mode. */
static bool accessible(struct emulated *e, unsigned seg, uint32_t off, unsigned size, bool write)
{
    const struct seg *s = &e->cpu.seg[seg];
    struct mmu_fault f;
    unsigned access = MMU_USER | (write ? MMU_WRITE : MMU_READ);
    if (!inside(s, off, size, write))
        return false;
    if ((e->cpu.eflags & FLAG_AC) && ((s->base + off) & (size - 1)))
        return false;
    return mmu_check(&e->cpu.mmu, s->base + off, access, &f) &&
           mmu_check(&e->cpu.mmu, s->base + off + size - 1, access, &f);
}

/* Both operands of CMPS fault: which one is looked at first differs. */
static bool cmps_faults_twice(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    uint32_t mask = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    return (i->row == 0xa6 || i->row == 0xa7) &&
           !accessible(e, i->seg, c->gpr[ESI] & mask, i->size, false) &&
           !accessible(e, ES, c->gpr[EDI] & mask, i->size, false);
}

/* PUSH of a segment register with a 32-bit operand, over something else than zero. */
static bool push_keeps_half(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    uint32_t v, esp = c->gpr[ESP], mask = c->seg[SS].attr & DESC_BIG ? UINT32_MAX : 0xffff;
    if (opcodes[i->row].src != Sz || !(i->flags & INSN_OS32))
        return false;
    if (!inside(&c->seg[SS], (esp - 4) & mask, 4, true))
        return true;
    if (!accessible(e, SS, (esp - 4) & mask, 4, true))
        return accessible(e, SS, (esp - 4) & mask, 2, true);
    return peek(e, c->seg[SS].base + ((esp - 2) & mask), 2, &v) && v != 0;
}

/* ENTER that copies frame pointers and finds some of its memory missing; CALL whose target and
   stack are both wrong. */
static bool order_matters(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    uint32_t mask = c->seg[SS].attr & DESC_BIG ? UINT32_MAX : 0xffff;
    unsigned size = i->flags & INSN_OS32 ? 4 : 2, level = i->disp & 31;
    bool misaligned = (c->eflags & FLAG_AC) && ((c->seg[SS].base + c->gpr[ESP]) & (size - 1));
    if (!strcmp(opcodes[i->row].name, "call far"))
        return misaligned;
    if (i->row == 0xe8 || i->row == G_FF + 2)
        return !accessible(e, SS, (c->gpr[ESP] - size) & mask, size, true);
    if (strcmp(opcodes[i->row].name, "enter") != 0)
        return false;
    if ((c->eflags & FLAG_AC) && (i->imm & (size - 1)))
        return true; /* AMD wants the new top of the stack aligned as well */
    if (level == 0)
        return false;
    for (unsigned n = 1; n <= level + 1; n++) {
        if (!accessible(e, SS, (c->gpr[ESP] - n * size) & mask, size, true) ||
            (n < level && !accessible(e, SS, (c->gpr[EBP] - n * size) & mask, size, false)))
            return true;
    }
    return false;
}

/* RETF and IRET whose frame cannot be read as a whole, with the outer stack's pointer: AMD reads it
   all at first, and CS before EIP. */
static bool frame_unreadable(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    const char *name = opcodes[i->row].name;
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    uint32_t mask = c->seg[SS].attr & DESC_BIG ? UINT32_MAX : 0xffff;
    bool far = !strcmp(name, "retf");
    if (!far && strncmp(name, "iret", 4) != 0)
        return false;
    for (unsigned n = 0; n < 5; n++) {
        uint32_t at = c->gpr[ESP] + n * size + (far && n >= 2 ? i->imm : 0);
        if (!accessible(e, SS, at & mask, size, false))
            return true;
    }
    return false;
}

/* Is it a word or a doubleword that has to be aligned? */
static bool selector_misaligned(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    const struct opcode *o = &opcodes[i->row];
    return (c->eflags & FLAG_AC) && (i->flags & INSN_OS32) && (o->src == Sz || o->dst == Sz) &&
           ((c->seg[SS].base + c->gpr[ESP]) & 3);
}

/* POP of a segment register with a 32-bit operand where only the selector can be read. */
static bool pop_reads_half(struct emulated *e, const struct insn *i)
{
    const struct cpu *c = &e->cpu;
    uint32_t mask = c->seg[SS].attr & DESC_BIG ? UINT32_MAX : 0xffff;
    return opcodes[i->row].dst == Sz && (i->flags & INSN_OS32) &&
           !accessible(e, SS, (c->gpr[ESP] + 2) & mask, 2, false);
}

/* Operands of 80 bits are two parts to AMD: they wrap one by one with 16-bit addresses, and the
   first one's alignment comes before the second one's limit. */
static bool two_parts(struct emulated *e, const struct insn *i)
{
    enum operand dst = opcodes[i->row].dst, src = opcodes[i->row].src;
    uint32_t off = exec_ea(&e->cpu, i);
    if (dst != Mr10 && src != Mr10 && dst != Mb10 && src != Mb10)
        return false;
    if (!(i->flags & INSN_AS32) && off > 0x10000 - 10)
        return true;
    return (e->cpu.eflags & FLAG_AC) &&
           !accessible(e, i->seg, off + 8, 2, dst == Mr10 || dst == Mb10);
}

/* The x87's environment and state, where not all of it can be reached: the order of its parts. */
static bool environment_unreachable(struct emulated *e, const struct insn *i)
{
    const char *name = opcodes[i->row].name;
    bool env = !strcmp(name, "fldenv") || !strcmp(name, "fnstenv");
    bool all = !strcmp(name, "frstor") || !strcmp(name, "fnsave");
    unsigned size = i->flags & INSN_OS32 ? 4 : 2, n = 7 * size + (all ? 80 : 0);
    uint32_t off = exec_ea(&e->cpu, i);
    for (unsigned at = 0; (env || all) && at < n; at += size) {
        if (!accessible(e, i->seg, off + at, size, opcodes[i->row].dst == Mx))
            return true;
    }
    return false;
}

static bool arpl_read_only(struct emulated *e, const struct insn *i)
{
    return i->row == 0x63 && (i->flags & INSN_MEM) &&
           !accessible(e, i->seg, exec_ea(&e->cpu, i), 2, true);
}

const char *exclude_state(struct emulated *e, const struct insn *i)
{
    if (cmps_faults_twice(e, i))
        return "both operands of CMPS fault: AMD looks at ES:EDI first";
    if (frame_unreadable(e, i))
        return "RETF and IRET: the order in which the frame is read";
    if (selector_misaligned(e, i))
        return "PUSH and POP of a selector: the same, and EFLAGS.AC is set";
    if (pop_reads_half(e, i))
        return "POP of a selector: Intel reads a word, AMD the doubleword";
    if (environment_unreachable(e, i) || two_parts(e, i))
        return "x87 operands in several parts: their order, and wrapping at 64 KiB";
    if (order_matters(e, i))
        return "ENTER and CALL with several reasons to fault: the order of the checks";
    if (push_keeps_half(e, i))
        return "PUSH of a selector: Intel leaves the upper half, AMD writes zero";
    if (arpl_read_only(e, i))
        return "ARPL that has nothing to write does not mind on AMD";
    if (!strncmp(opcodes[i->row].name, "iret", 4) && (e->cpu.eflags & FLAG_NT))
        return "IRET with NT set is #GP in long mode";
    if (!selectors_known(e, i))
        return "selectors of the host's GDT";
    return NULL;
}

static bool is_shift(unsigned row)
{
    return (row >= G_C0 && row < G_C0 + 16) || (row >= G_D0 && row < G_D0 + 32);
}

static unsigned shift_count(const struct cpu *c, const struct insn *i)
{
    const struct opcode *o = &opcodes[i->row];
    enum operand count = is_shift(i->row) ? o->src : o->third;
    return (count == N_1 ? 1 : count == R_CL ? c->gpr[ECX] : i->imm) & 31;
}

static bool is_double_shift(unsigned row)
{
    return row == MAP_0F + 0xa4 || row == MAP_0F + 0xa5 || row == MAP_0F + 0xac ||
           row == MAP_0F + 0xad;
}

uint32_t undefined_flags(const struct cpu *c, const struct insn *i)
{
    uint32_t undef = opcodes[i->row].undef;
    if (!is_shift(i->row) && !is_double_shift(i->row))
        return undef;
    unsigned n = shift_count(c, i);
    if (!n)
        return 0;
    if (n == 1) /* OF is what the sign does */
        undef &= ~(uint32_t)FLAG_OF;
    bool rotate = is_shift(i->row) && (i->row & 7) < 4, right = (i->row & 7) == 7;
    if (!rotate && !(is_shift(i->row) && right) && n >= 8u * i->size)
        undef |= FLAG_CF; /* SHL and SHR by the operand's width or more */
    return undef;
}

bool undefined_result(const struct cpu *c, const struct insn *i)
{
    if (is_double_shift(i->row))
        return shift_count(c, i) > 8u * i->size;
    return !strcmp(opcodes[i->row].name, "bswap") && !(i->flags & INSN_OS32);
}

enum partial partial_effect(const struct insn *i)
{
    const char *name = opcodes[i->row].name;
    if (!strncmp(name, "popa", 4))
        return PARTIAL_REGISTERS;
    if (!strncmp(name, "pusha", 5) || !strcmp(name, "enter") || !strcmp(name, "call far"))
        return PARTIAL_STACK;
    return PARTIAL_NOTHING;
}

uint16_t undefined_status(const struct insn *i)
{
    const char *name = opcodes[i->row].name;
    return !strncmp(name, "fcomi", 5) || !strncmp(name, "fucomi", 6) ? 0x200 : 0;
}

/* FNSTENV, FNSAVE: where the pointers of the last instruction are. AMD keeps them only while an
   exception is pending; FCS and FDS do not exist on later processors. */
bool pointers_stored(const struct cpu *c, const struct insn *i, uint32_t *lin, unsigned *n)
{
    const char *name = opcodes[i->row].name;
    if (strncmp(name, "fnstenv", 7) != 0 && strncmp(name, "fnsave", 6) != 0)
        return false;
    unsigned size = i->flags & INSN_OS32 ? 4 : 2;
    *lin = c->seg[i->seg].base + exec_ea(c, i) + 3 * size;
    *n = 4 * size;
    return true;
}
