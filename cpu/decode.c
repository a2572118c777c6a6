/* SPDX-License-Identifier: MIT */
/*
 * decode.c - bytes to struct insn, pure (SDM vol. 2, chapter 2; rows in opcodes.c).
 *
 * Order of the answers: a byte that is not there ends the look (MORE); the sixteenth byte is one
 * too many (LONG). Whether LOCK or a register form is legal is only said for a whole instruction.
 */
#include "cpu/insn.h"

#include "cpu/opcodes.h"

#include <string.h>

struct reader {
    const uint8_t *code;
    unsigned avail; /* bytes that are there */
    unsigned pos;   /* next byte */
    bool more;      /* ran off the end */
};

static uint32_t take(struct reader *r, unsigned size)
{
    if (size > r->avail - r->pos) {
        r->more = true;
        r->pos = r->avail;
        return 0;
    }
    uint32_t v = 0;
    for (unsigned n = 0; n < size; n++)
        v |= (uint32_t)r->code[r->pos + n] << (8 * n);
    r->pos += size;
    return v;
}

/* Byte offset of register n of the given size: AH..BH are the second bytes of EAX..EBX. */
static uint8_t reg_offset(unsigned n, unsigned size)
{
    return (uint8_t)(size == 1 ? (n & 3) * 4 + (n >> 2) : n * 4);
}

static unsigned operand_size(enum operand o, unsigned osize)
{
    switch (o) {
    case Eb:
    case Gb:
    case Zb:
    case Ib:
    case Ob:
    case R_AL:
    case R_CL:
    case Xb:
    case Yb: return 1;
    case Ew:
    case Gw:
    case Iw:
    case Sw:
    case R_DX: return 2;
    case Rd:
    case Cd:
    case Dd:
    case Td:
    case Ed: return 4;
    default: return osize;
    }
}

/* Returns false for an opcode byte, after noting a prefix byte. */
static bool prefix(struct insn *i, uint8_t byte, bool code16, int *seg)
{
    switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e: *seg = byte >> 3 & 3; break;
    case 0x64: *seg = FS; break;
    case 0x65: *seg = GS; break;
    case 0x66:
        i->flags = (uint8_t)((i->flags & ~INSN_OS32) | (code16 ? INSN_OS32 : 0) | INSN_OS_PREFIX);
        break;
    case 0x67: i->flags = (uint8_t)((i->flags & ~INSN_AS32) | (code16 ? INSN_AS32 : 0)); break;
    case 0xf0: i->flags |= INSN_LOCK; break;
    case 0xf2: i->flags = (uint8_t)((i->flags & ~INSN_REP) | INSN_REPNE); break;
    case 0xf3: i->flags = (uint8_t)((i->flags & ~INSN_REPNE) | INSN_REP); break;
    default: return false;
    }
    if (*seg >= 0)
        i->flags |= INSN_SEG;
    return true;
}

static void address16(struct insn *i, struct reader *r, unsigned mod, unsigned rm)
{
    static const uint8_t bases[8] = {EBX, EBX, EBP, EBP, ESI, EDI, EBP, EBX};
    static const uint8_t indexes[4] = {ESI, EDI, ESI, EDI};
    if (mod == 0 && rm == 6) {
        i->disp = take(r, 2);
        return;
    }
    i->base = (uint8_t)(bases[rm] * 4);
    if (rm < 4)
        i->index = (uint8_t)(indexes[rm] * 4);
    if (bases[rm] == EBP)
        i->seg = SS;
    if (mod == 1)
        i->disp = (uint32_t)(int8_t)take(r, 1);
    else if (mod == 2)
        i->disp = take(r, 2);
}

static void address32(struct insn *i, struct reader *r, unsigned mod, unsigned rm)
{
    unsigned base = rm;
    if (rm == 4) {
        unsigned sib = take(r, 1);
        base = sib & 7;
        if ((sib >> 3 & 7) != 4) {
            i->index = (uint8_t)((sib >> 3 & 7) * 4);
            i->scale = (uint8_t)(sib >> 6);
        }
    }
    if (mod == 0 && base == 5) {
        i->disp = take(r, 4);
        return;
    }
    i->base = (uint8_t)(base * 4);
    if (base == ESP || base == EBP)
        i->seg = SS;
    if (mod == 1)
        i->disp = (uint32_t)(int8_t)take(r, 1);
    else if (mod == 2)
        i->disp = take(r, 4);
}

static void modrm(struct insn *i, struct reader *r)
{
    unsigned mod = i->modrm >> 6, rm = i->modrm & 7;
    if (mod == 3)
        return;
    i->flags |= INSN_MEM;
    if (i->flags & INSN_AS32)
        address32(i, r, mod, rm);
    else
        address16(i, r, mod, rm);
}

static void immediate(struct insn *i, struct reader *r, enum operand o)
{
    unsigned osize = i->flags & INSN_OS32 ? 4 : 2;
    switch (o) {
    case Ib: i->imm = take(r, 1); break;
    case Iw: i->imm = take(r, 2); break;
    case Iv: i->imm = take(r, osize); break;
    case Is:
    case Jb: i->imm = (uint32_t)(int8_t)take(r, 1); break;
    case Jv: i->imm = osize == 4 ? take(r, 4) : (uint32_t)(int16_t)take(r, 2); break;
    case Ap:
        i->disp = take(r, osize);
        i->imm = take(r, 2);
        break;
    case Ob:
    case Ov:
        i->disp = take(r, i->flags & INSN_AS32 ? 4 : 2);
        i->flags |= INSN_MEM;
        break;
    default: break;
    }
}

static bool has_modrm(const struct opcode *o)
{
    static const uint8_t wants[] = {
        [Eb] = 1, [Ew] = 1, [Ev] = 1,    [Gb] = 1, [Gw] = 1,       [Gv] = 1, [Mx] = 1,
        [Mp] = 1, [Rd] = 1, [Mw_Rv] = 1, [Sw] = 1, [Cd] = 1,       [Dd] = 1, [Td] = 1,
        [Pq] = 1, [Qq] = 1, [Qd] = 1,    [Ed] = 1, [OPERANDS] = 0,
    };
    return (o->flags & OPC_MODRM) || wants[o->dst] || wants[o->src];
}

/* Register operands as byte offsets, each by its own size (MOVZX Gv,Eb has two). */
static void registers(struct insn *i, const struct opcode *o, unsigned code, unsigned osize)
{
    const uint8_t operands[2] = {o->dst, o->src};
    for (unsigned n = 0; n < 2; n++) {
        enum operand k = operands[n];
        unsigned size = operand_size(k, osize);
        if (k == Zb || k == Zv)
            i->reg = reg_offset(code & 7, size);
        else if (k == Gb || k == Gw || k == Gv)
            i->reg = reg_offset(i->modrm >> 3 & 7, size);
        else if (k == Eb || k == Ew || k == Ev || k == Rd || k == Mw_Rv || k == Ed)
            i->rm = reg_offset(i->modrm & 7, size);
        else if (k == Sz)
            i->reg = (uint8_t)(code >> 3 & 7);
        else if (k == Sw || k == Cd || k == Dd || k == Td)
            i->reg = i->modrm >> 3 & 7;
    }
}

/* Forms that the opcode space holds but the processor refuses, given the whole instruction. */
static bool legal(const struct insn *i, const struct opcode *o)
{
    bool mem = i->flags & INSN_MEM;
    if ((o->flags & OPC_BARE) && (i->flags & (INSN_REP | INSN_REPNE | INSN_OS_PREFIX)))
        return false;
    if ((i->flags & INSN_LOCK) && !(mem && (o->flags & OPC_LOCK)))
        return false;
    bool memory_only = o->dst == Mx || o->src == Mx || o->dst == Mp || o->src == Mp;
    if (memory_only && !mem)
        return false;
    if ((o->dst == Sw && (i->reg == CS || i->reg > GS)) || (o->src == Sw && i->reg > GS))
        return false;
    if (o->dst == Cd || o->src == Cd)
        return i->reg == 0 || i->reg == 2 || i->reg == 3 || i->reg == 4;
    return true;
}

static enum decode_status result(struct insn *i, const struct reader *r, enum decode_status s)
{
    i->len = (uint8_t)r->pos;
    if (r->more)
        return r->avail >= INSN_MAX_LENGTH ? DECODE_LONG : DECODE_MORE;
    return s;
}

/* The row of a group that a ModRM byte selects. */
static unsigned member(const struct opcode *o, unsigned modrm)
{
    unsigned reg = modrm >> 3 & 7;
    if (o->shape == S_BY_RM)
        return o->group + (modrm & 7);
    return o->group + reg + (o->shape == S_SPLIT && modrm >= 0xc0 ? 8 : 0);
}

enum decode_status decode(struct insn *i, const uint8_t *code, unsigned avail, bool code16)
{
    struct reader r = {.code = code, .avail = avail < INSN_MAX_LENGTH ? avail : INSN_MAX_LENGTH};
    int seg = -1;
    memset(i, 0, sizeof *i);
    i->flags = code16 ? 0 : INSN_OS32 | INSN_AS32;
    i->base = i->index = REG_NONE;
    i->seg = DS;
    i->row = ROW_NONE;

    uint8_t op;
    do
        op = (uint8_t)take(&r, 1);
    while (!r.more && prefix(i, op, code16, &seg));
    unsigned row = op;
    if (op == 0x0f) {
        op = (uint8_t)take(&r, 1);
        row = MAP_0F + op;
    }
    if (r.more)
        return result(i, &r, DECODE_UD);
    const struct opcode *o = &opcodes[row];
    if (o->shape == S_NONE)
        return result(i, &r, DECODE_UD);
    if (has_modrm(o)) {
        i->modrm = (uint8_t)take(&r, 1);
        if (r.more)
            return result(i, &r, DECODE_UD);
        while (o->shape == S_GROUP || o->shape == S_SPLIT || o->shape == S_BY_RM) {
            row = member(o, i->modrm);
            o = &opcodes[row];
        }
        if (o->shape == S_NONE)
            return result(i, &r, DECODE_UD);
        /* MOV to and from control registers ignores mod: always a register. */
        if (o->dst != Rd && o->src != Rd)
            modrm(i, &r);
    }
    i->row = (uint16_t)row;
    unsigned osize = i->flags & INSN_OS32 ? 4 : 2;
    immediate(i, &r, o->dst);
    if (o->shape == S_RAW && o->dst == Iw && o->src == Ib) /* ENTER: both are immediates */
        i->disp = take(&r, 1);
    else
        immediate(i, &r, o->src);
    immediate(i, &r, o->third);
    registers(i, o, op, osize);
    if (o->flags & OPC_FPU)
        i->imm = op & 7; /* part of the opcode that FNSTENV shows */
    enum operand sized = o->dst != O_NONE && o->dst != R_DX ? o->dst : o->src;
    if (o->dst == Jb || o->dst == Sw || o->dst == Iw || (o->dst == Ib && o->src == O_NONE))
        sized = O_NONE; /* these operands say nothing about the operation's size */
    if (o->dst == Ib && o->src != O_NONE)
        sized = o->src; /* OUT Ib, AL/eAX */
    i->size = (uint8_t)(o->flags & OPC_BYTE ? 1 : operand_size(sized, osize));
    if (seg >= 0)
        i->seg = (uint8_t)seg;
    return result(i, &r, legal(i, o) ? DECODE_OK : DECODE_UD);
}
