/* SPDX-License-Identifier: MIT */
/*
 * pick.c - which specialised handler, if any, serves a record in a mode, and what becomes better
 * when the neighbours are known: flags that nobody sees need not be computed, and some neighbours
 * are executed as one.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

int flat_class(const struct rec *r, uint8_t mode)
{
    static const uint8_t flat[SEGS] = {
        [ES] = MODE_FLAT_ES, [SS] = MODE_FLAT_SS, [DS] = MODE_FLAT_DS};
    if (!(r->i.flags & INSN_AS32) || !(mode & flat[r->i.seg]))
        return -1;
    if (r->i.index != REG_NONE)
        return CLASS_x0 + r->i.scale;
    return r->i.base != REG_NONE ? CLASS_b : CLASS_abs;
}

int memory_class(struct rec *r, uint8_t mode)
{
    int class = flat_class(r, mode);
    if (class == CLASS_b && HAS_WINDOW(r->i.base / 4)) {
        r->b = (uint8_t)WINDOW_OF(r->i.base / 4);
        return CLASS_w;
    }
    if (class >= 0)
        return class;
    _Static_assert(GS * sizeof(struct seg) <= UINT8_MAX, "offsets are bytes");
    r->b = (uint8_t)(r->i.seg * sizeof(struct seg));
    if (!(r->i.flags & INSN_AS32))
        return CLASS_s16;
    return r->i.index == REG_NONE ? CLASS_s32 : -1;
}

handler *handler_pick(struct rec *r, uint8_t mode)
{
    handler *h = pick_move(r, mode);
    if (!h)
        h = pick_alu(r, mode);
    if (!h)
        h = pick_flow(r, mode);
    if (!h)
        h = pick_stack(r, mode);
    if (!h)
        h = pick_shift(r, mode);
    if (!h)
        h = pick_muldiv(r, mode);
    if (!h)
        h = pick_string(r, mode);
    return h ? h : pick_x87(r, mode);
}

/* What a record does with the arithmetic flags. Everything that might fault, or leave the block, or
   is executed by the reference layer, shows them. */
enum flag_use {
    SHOWS,   /* they must be right before it */
    IGNORES, /* cannot fault, does not look at them */
    SETS,    /* cannot fault, sets all of them without a look */
    ALTERS,  /* cannot fault, sets some and keeps the others */
    LOADS,   /* shows them and sets all, unless it faults */
};

/* ADD OR AND SUB XOR of a register and memory, and IMUL of these two. */
static bool is_quiet_load(unsigned row)
{
    return row == MAP_0F + 0xaf || (row < 0x38 && (row & 7) == 3 && row >> 3 != 2 && row >> 3 != 3);
}

static enum flag_use use_of(const struct rec *r)
{
    unsigned row = r->i.row;
    if (r->fn == h_generic || r->fn == h_body || r->fn == h_generic_end || r->fn == h_careful)
        return SHOWS;
    if (r->i.flags & INSN_MEM)
        return row == 0x8d ? IGNORES : is_quiet_load(row) ? LOADS : SHOWS; /* 8D: LEA */
    if ((row < 0x40 && (row & 7) < 6) || (row >= G_80 && row < G_8F)) {
        unsigned op = row < 0x40 ? row >> 3 : row & 7;
        return op == 2 || op == 3 ? SHOWS : SETS; /* ADC, SBB */
    }
    if (row == 0x84 || row == 0x85 || row == 0xa8 || row == 0xa9 || row == G_F6 || row == G_F7 ||
        row == G_F7 + 3 || row == MAP_0F + 0xaf || row == 0x69 || row == 0x6b)
        return SETS;
    if ((row >= 0x40 && row < 0x50) || row == G_FF || row == G_FF + 1)
        return ALTERS;
    if ((row >= G_C1 && row < G_C1 + 8) || (row >= G_D1 && row < G_D1 + 8))
        return (row & 7) < 4 ? ALTERS : SETS; /* rotates, shifts; handlers have counts above 0 */
    if ((row >= 0x88 && row <= 0x8b) || (row >= 0xb0 && row <= 0xbf) || row == G_C6 ||
        row == G_C7 || (row >= MAP_0F + 0xb6 && row <= MAP_0F + 0xb7) ||
        (row >= MAP_0F + 0xbe && row <= MAP_0F + 0xbf) || row == G_F7 + 2 ||
        (row >= 0x90 && row <= 0x97) || row == 0x86 || row == 0x87 || row == 0x99)
        return IGNORES;
    return SHOWS;
}

/* From the end to the start: are the flags that a record leaves behind ever seen? */
static void drop_flags(struct rec *r, unsigned n, uint8_t mode)
{
    bool seen = true;
    while (n-- > 0) {
        enum flag_use use = use_of(&r[n]);
        if (use == IGNORES)
            continue;
        handler *quiet = use != SHOWS && !seen ? pick_quiet(&r[n], mode) : NULL;
        if (quiet)
            r[n].fn = quiet;
        if (!quiet || use == LOADS)
            seen = use != SETS; /* without a quiet handler they are computed for nobody */
    }
}

void handlers_fuse(struct rec *r, unsigned n, uint8_t mode)
{
    drop_flags(r, n, mode);
    for (unsigned k = 0; k + 1 < n; k++) {
        handler *fused = pick_fused(&r[k], n - k, mode);
        if (fused)
            r[k].fn = fused;
    }
}
