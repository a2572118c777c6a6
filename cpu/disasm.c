/* SPDX-License-Identifier: MIT */
/*
 * disasm.c - struct insn to text, Intel syntax (SDM vol. 2, chapter 3, "Notational conventions").
 * Mnemonics and operands come from the rows of opcodes.c; nothing here knows an instruction by
 * its number except the few that the rows cannot describe (NOP/PAUSE, XLAT).
 *
 * - Memory operands show their size; a segment shows when a prefix named it.
 * - Relative targets are absolute, cut to 16 bits when the operand size is 16.
 * - String instructions show operands only when a prefix changed what they touch.
 * - Any struct insn is safe to print, even one that decode() did not make.
 */
#include "cpu/insn.h"

#include "cpu/opcodes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *out;  /* where it goes */
    size_t n;   /* room, terminator included */
    size_t len; /* characters so far, those that did not fit included */
};

static void put(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3);

static void put(struct text *t, const char *format, ...)
{
    size_t room = t->len < t->n ? t->n - t->len : 0;
    va_list ap;
    va_start(ap, format);
    int len = vsnprintf(room ? t->out + t->len : NULL, room, format, ap);
    va_end(ap);
    if (len > 0)
        t->len += (size_t)len;
}

static const char *reg_name(unsigned offset, unsigned size)
{
    static const char names[3][8][4] = {
        {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"},
        {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"},
        {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
    };
    unsigned n = offset / 4;
    if (n > 7 || (size == 1 ? n > 3 || offset % 4 > 1 : offset % 4 != 0))
        return "?";
    if (size == 1)
        return names[0][n + 4 * (offset % 4)];
    return names[size == 2 ? 1 : 2][n];
}

static const char *seg_name(unsigned n)
{
    static const char names[SEGS][3] = {"es", "cs", "ss", "ds", "fs", "gs"};
    return n < SEGS ? names[n] : "?";
}

static unsigned os_bytes(const struct insn *i)
{
    return i->flags & INSN_OS32 ? 4 : 2;
}

static unsigned as_bytes(const struct insn *i)
{
    return i->flags & INSN_AS32 ? 4 : 2;
}

static void put_size(struct text *t, unsigned size)
{
    static const char *const names[] = {
        [1] = "byte", [2] = "word", [4] = "dword", [8] = "qword", [10] = "tbyte"};
    put(t, "%s ptr ", names[size]);
}

/* The offset in brackets. A small negative displacement reads better with a minus sign; a large
   one is the address of a kernel in the upper half. */
static void put_address(struct text *t, const struct insn *i)
{
    unsigned size = as_bytes(i);
    bool base = i->base != REG_NONE, index = i->index != REG_NONE;
    if (i->flags & INSN_SEG)
        put(t, "%s:", seg_name(i->seg));
    put(t, "[");
    if (base)
        put(t, "%s", reg_name(i->base, size));
    if (index) {
        put(t, "%s%s", base ? "+" : "", reg_name(i->index, size));
        if (i->scale & 3)
            put(t, "*%u", 1u << (i->scale & 3));
    }
    uint32_t disp = size == 4 ? i->disp : i->disp & 0xffff;
    if (!base && !index)
        put(t, "0x%x", disp);
    else if (i->disp > 0xfff00000)
        put(t, "-0x%x", 0 - i->disp);
    else if (disp)
        put(t, "+0x%x", disp);
    put(t, "]");
}

static void put_rm(struct text *t, const struct insn *i, unsigned mem_size, unsigned reg_size)
{
    if (i->flags & INSN_MEM) {
        put_size(t, mem_size);
        put_address(t, i);
    } else {
        put(t, "%s", reg_name(i->rm, reg_size));
    }
}

static void put_string_operand(struct text *t, const struct insn *i, bool dst, unsigned size)
{
    put_size(t, size);
    if (dst)
        put(t, "es:");
    else if (i->flags & INSN_SEG)
        put(t, "%s:", seg_name(i->seg));
    put(t, "[%s]", reg_name(dst ? EDI * 4 : ESI * 4, as_bytes(i)));
}

static void put_target(struct text *t, const struct insn *i, uint32_t at)
{
    uint32_t to = at + i->len + i->imm;
    put(t, "0x%x", os_bytes(i) == 2 ? to & 0xffff : to);
}

static void put_operand(struct text *t, const struct insn *i, enum operand o, uint32_t at)
{
    unsigned v = os_bytes(i);
    switch (o) {
    case O_NONE: break;
    case Eb: put_rm(t, i, 1, 1); break;
    case Ew: put_rm(t, i, 2, 2); break;
    case Ev: put_rm(t, i, v, v); break;
    case Mw_Rv: put_rm(t, i, 2, v); break;
    case Rd: put(t, "%s", reg_name(i->rm, 4)); break;
    case Gb:
    case Zb: put(t, "%s", reg_name(i->reg, 1)); break;
    case Gw: put(t, "%s", reg_name(i->reg, 2)); break;
    case Gv:
    case Zv: put(t, "%s", reg_name(i->reg, v)); break;
    case Ib:
    case Iw: put(t, "0x%x", i->imm); break;
    case Iv:
    case Is: put(t, "0x%x", v == 2 ? i->imm & 0xffff : i->imm); break;
    case Jb:
    case Jv: put_target(t, i, at); break;
    case Ob:
    case Ov:
        put_size(t, o == Ob ? 1 : v);
        put_address(t, i);
        break;
    case Mx: put_address(t, i); break;
    case Mp:
        put(t, "%s ptr ", v == 4 ? "fword" : "dword");
        put_address(t, i);
        break;
    case Ap: put(t, "0x%02x:0x%x", i->imm, i->disp); break;
    case Sw:
    case Sz: put(t, "%s", seg_name(i->reg)); break;
    case Cd: put(t, "cr%u", i->reg & 7u); break;
    case Dd: put(t, "dr%u", i->reg & 7u); break;
    case Td: put(t, "tr%u", i->reg & 7u); break;
    case R_AL: put(t, "al"); break;
    case R_AX: put(t, "%s", reg_name(EAX * 4, v)); break;
    case R_CL: put(t, "cl"); break;
    case R_DX: put(t, "dx"); break;
    case N_1: put(t, "1"); break;
    case N_3: put(t, "3"); break;
    case Xb:
    case Xv: put_string_operand(t, i, false, o == Xb ? 1 : v); break;
    case Yb:
    case Yv: put_string_operand(t, i, true, o == Yb ? 1 : v); break;
    case ST0: put(t, "st0"); break;
    case STi: put(t, "st%u", i->modrm & 7u); break;
    case N_AX: put(t, "ax"); break;
    case Mi2: put_rm(t, i, 2, 2); break;
    case Mr4:
    case Mi4: put_rm(t, i, 4, 4); break;
    case Mr8:
    case Mi8: put_rm(t, i, 8, 4); break;
    case Mr10:
    case Mb10: put_rm(t, i, 10, 4); break;
    case Ed: put_rm(t, i, 4, 4); break;
    case Pq: put(t, "mm%u", i->modrm >> 3 & 7u); break;
    case Qd:
    case Qq:
        if (i->flags & INSN_MEM)
            put_rm(t, i, o == Qq ? 8 : 4, 4);
        else
            put(t, "mm%u", i->modrm & 7u);
        break;
    case OPERANDS: break;
    }
}

static bool is_source_or_destination(enum operand o)
{
    return o == Xb || o == Xv || o == Yb || o == Yv;
}

/* The default sizes are not in struct insn, but the operand-size prefix tells them. */
static bool odd_address_size(const struct insn *i)
{
    bool code32 = !(i->flags & INSN_OS32) == !!(i->flags & INSN_OS_PREFIX);
    return code32 != !!(i->flags & INSN_AS32);
}

static void put_operands(struct text *t, const struct insn *i, const struct opcode *o, uint32_t at)
{
    const uint8_t operands[3] = {o->dst, o->src, o->third};
    const char *before = " ";
    if ((is_source_or_destination(o->dst) || is_source_or_destination(o->src)) &&
        !(i->flags & INSN_SEG) && !odd_address_size(i))
        return; /* the mnemonic says it all */
    for (unsigned n = 0; n < 3; n++) {
        if (operands[n] == O_NONE)
            continue;
        put(t, "%s", operands[n] == N_3 ? "" : before); /* INT3 is one word */
        before = ", ";
        if (n == 1 && o->dst == Iw && operands[n] == Ib)
            put(t, "0x%x", i->disp); /* ENTER */
        else
            put_operand(t, i, operands[n], at);
    }
}

static void put_prefixes(struct text *t, const struct insn *i, const struct opcode *o)
{
    if (i->flags & INSN_LOCK)
        put(t, "lock ");
    if ((i->flags & INSN_SEG) && i->row == 0xd7)
        put(t, "%s ", seg_name(i->seg)); /* XLAT names no operand */
    if (!(o->flags & OPC_STRING))
        return;
    bool compares = !strncmp(o->name, "cmps", 4) || !strncmp(o->name, "scas", 4);
    if (i->flags & INSN_REP)
        put(t, "%s ", compares ? "repe" : "rep");
    if (i->flags & INSN_REPNE)
        put(t, "repne ");
}

/* "a/b": by operand size; for JCXZ, whose operand is a byte offset, by address size. */
static void put_name(struct text *t, const struct insn *i, const struct opcode *o)
{
    const char *slash = strchr(o->name, '/');
    if (!slash)
        put(t, "%s", o->name);
    else if (o->dst == Jb ? i->flags & INSN_AS32 : i->flags & INSN_OS32)
        put(t, "%s", slash + 1);
    else
        put(t, "%.*s", (int)(slash - o->name), o->name);
}

int disasm(char *out, size_t n, const struct insn *i, uint32_t at)
{
    struct text t = {.out = out, .n = n};
    const struct opcode *o = i->row < OPCODE_ROWS ? &opcodes[i->row] : NULL;
    if (n)
        out[0] = 0;
    if (!o || !o->body) {
        put(&t, "(bad)");
        return (int)t.len;
    }
    put_prefixes(&t, i, o);
    if (i->row == 0x90) {
        put(&t, "%s", i->flags & INSN_REP ? "pause" : "nop");
    } else {
        put_name(&t, i, o);
        put_operands(&t, i, o, at);
    }
    return (int)t.len;
}
