/* SPDX-License-Identifier: MIT */
/*
 * x87_env.c - the x87's control instructions (SDM vol. 1, 8.1 and 8.3.11; vol. 2): control and
 * status words, the environment in its four formats (figures 8-9 to 8-12), the whole state,
 * FXSAVE. The FN forms, FXSAVE and FXRSTOR do not look at pending exceptions.
 *
 * Reserved halves of the 32-bit formats are written as ones. FNENI, FNDISI and FNSETPM do nothing.
 */
#include "cpu/bodies.h"

#include "cpu/x87_ops.h"

uint32_t x_fldcw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (x87_ready(c))
        x87_set_cw(c, (uint16_t)mem_read(c, i->seg, exec_ea(c, i), 2));
    return 0;
}

uint32_t x_fnstcw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    mem_write(c, i->seg, exec_ea(c, i), c->x87.cw, 2);
    return 0;
}

uint32_t x_fnstsw(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (i->flags & INSN_MEM)
        mem_write(c, i->seg, exec_ea(c, i), c->x87.sw, 2);
    else
        reg_set(c, EAX * 4, c->x87.sw, 2);
    return 0;
}

uint32_t x_fnclex(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    x87_set_sw(c, c->x87.sw & (uint16_t) ~(SW_EXCEPTIONS | SW_SF));
    return 0;
}

uint32_t x_fninit(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    x87_init(c);
    return 0;
}

uint32_t x_fnop(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (x87_ready(c))
        x87_note(c, i);
    return 0;
}

uint32_t x_fn8087(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    return 0;
}

uint32_t x_ffree(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    x87_cc(&c->x87, SW_C1, 0);
    x87_free(&c->x87, i->modrm & 7);
    if (x87_arg(i) & FARG_POP)
        x87_pop(&c->x87);
    return 0;
}

/* FINCSTP and FDECSTP: arg is what is added to TOP, modulo 8. */
uint32_t x_fstep(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    if (!x87_ready(c))
        return 0;
    x87_note(c, i);
    x87_cc(&c->x87, SW_C1, 0);
    x87_set_top(&c->x87, x87_top(&c->x87) + x87_arg(i));
    return 0;
}

/* ---- the environment ---- */

static uint16_t full_tags(const struct x87 *f)
{
    unsigned tags = 0;
    for (unsigned n = 0; n < 8; n++) {
        enum f80_class k = f80_classify(f->reg[n]);
        unsigned tag = !(f->full >> n & 1) ? 3 : k == F80_NORMAL ? 0 : k == F80_ZERO ? 1 : 2;
        tags |= tag << (2 * n);
    }
    return (uint16_t)tags;
}

static void set_full_tags(struct x87 *f, unsigned tags)
{
    f->full = 0;
    for (unsigned n = 0; n < 8; n++)
        f->full |= (uint8_t)(((tags >> (2 * n) & 3) != 3) << n);
}

static bool real_format(const struct cpu *c)
{
    return cpu_real_mode(c) || (c->eflags & FLAG_VM);
}

static unsigned env_size(const struct insn *i)
{
    return i->flags & INSN_OS32 ? 28 : 14;
}

/* The seven words of the environment, each with its upper half. */
static void env_words(const struct cpu *c, uint32_t word[7])
{
    const struct x87 *f = &c->x87;
    const uint32_t high = 0xffff0000;
    word[0] = high | f->cw;
    word[1] = high | f->sw;
    word[2] = high | full_tags(f);
    if (!real_format(c)) {
        word[3] = f->fip;
        word[4] = (uint32_t)f->fop << 16 | f->fcs;
        word[5] = f->fdp;
        word[6] = high | f->fds;
        return;
    }
    uint32_t ip = f->fip + ((uint32_t)f->fcs << 4), dp = f->fdp + ((uint32_t)f->fds << 4);
    word[3] = high | ip;
    word[4] = (ip >> 16 & 0xffff) << 12 | f->fop;
    word[5] = high | dp;
    word[6] = (dp >> 16 & 0xffff) << 12;
}

static void env_store(const struct cpu *c, const struct insn *i, uint8_t *to)
{
    unsigned width = env_size(i) / 7;
    uint32_t word[7];
    env_words(c, word);
    for (unsigned n = 0; n < 7; n++)
        host_put(to + n * width, word[n], width);
}

static void env_load(struct cpu *c, const struct insn *i, const uint8_t *from)
{
    struct x87 *f = &c->x87;
    unsigned width = env_size(i) / 7;
    uint32_t word[7];
    for (unsigned n = 0; n < 7; n++)
        word[n] = host_get(from + n * width, width);
    if (real_format(c)) {
        f->fcs = f->fds = 0;
        f->fip = (word[3] & 0xffff) | (word[4] & 0xffff000) << 4;
        f->fdp = (word[5] & 0xffff) | (word[6] & 0xffff000) << 4;
        f->fop = word[4] & 0x7ff;
    } else {
        f->fip = word[3];
        f->fcs = (uint16_t)word[4];
        f->fdp = word[5];
        f->fds = (uint16_t)word[6];
        if (width == 4)
            f->fop = word[4] >> 16 & 0x7ff;
    }
    set_full_tags(f, word[2]);
    f->cw = (uint16_t)word[0];
    f->sw = (uint16_t)word[1];
    x87_set_cw(c, f->cw);
}

uint32_t x_fldenv(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint8_t env[28];
    if (!x87_ready(c))
        return 0;
    x87_mem_read(c, i, env, env_size(i));
    env_load(c, i, env);
    return 0;
}

uint32_t x_fnstenv(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    uint8_t env[28];
    env_store(c, i, env);
    x87_mem_write(c, i, env, env_size(i));
    x87_set_cw(c, c->x87.cw | SW_EXCEPTIONS);
    return 0;
}

uint32_t x_frstor(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    uint8_t all[108], *at = all + env_size(i);
    if (!x87_ready(c))
        return 0;
    x87_mem_read(c, i, all, env_size(i) + 80);
    env_load(c, i, all);
    for (unsigned n = 0; n < 8; n++, at += 10) {
        struct f80 *r = &f->reg[x87_phys(f, n)];
        memcpy(&r->m, at, 8);
        memcpy(&r->se, at + 8, 2);
    }
    return 0;
}

uint32_t x_fnsave(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    uint8_t all[108], *at = all + env_size(i);
    env_store(c, i, all);
    for (unsigned n = 0; n < 8; n++, at += 10) {
        struct f80 v = x87_get(f, n);
        memcpy(at, &v.m, 8);
        memcpy(at + 8, &v.se, 2);
    }
    x87_mem_write(c, i, all, env_size(i) + 80);
    x87_init(c);
    return 0;
}

/* ---- FXSAVE ---- */

#define FX_SIZE 512u
#define FX_USED 160u /* what a processor without SSE writes */

static void fx_align(struct cpu *c, const struct insn *i)
{
    uint32_t lin = c->seg[i->seg].base + exec_ea(c, i);
    if (lin & 15)
        cpu_fault_code(c, EXC_GP, 0, WHY_ALIGNMENT, lin, 16);
}

uint32_t x_fxsave(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    const struct x87 *f = &c->x87;
    uint8_t all[FX_USED] = {0};
    fx_align(c, i);
    x87_mem_probe(c, i, FX_SIZE);
    host_put(all, f->cw, 2);
    host_put(all + 2, f->sw, 2);
    all[4] = f->full;
    host_put(all + 6, f->fop, 2);
    host_put(all + 8, f->fip, 4);
    host_put(all + 12, f->fcs, 2);
    host_put(all + 16, f->fdp, 4);
    host_put(all + 20, f->fds, 2);
    for (unsigned n = 0; n < 8; n++) {
        struct f80 v = x87_get(f, n);
        memcpy(all + 32 + 16 * n, &v.m, 8);
        memcpy(all + 40 + 16 * n, &v.se, 2);
    }
    x87_mem_write(c, i, all, FX_USED);
    return 0;
}

uint32_t x_fxrstor(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    struct x87 *f = &c->x87;
    uint8_t all[FX_SIZE];
    fx_align(c, i);
    x87_mem_read(c, i, all, FX_SIZE);
    f->sw = (uint16_t)host_get(all + 2, 2);
    f->full = all[4];
    f->fop = host_get(all + 6, 2) & 0x7ff;
    f->fip = host_get(all + 8, 4);
    f->fcs = (uint16_t)host_get(all + 12, 2);
    f->fdp = host_get(all + 16, 4);
    f->fds = (uint16_t)host_get(all + 20, 2);
    for (unsigned n = 0; n < 8; n++) {
        struct f80 *r = &f->reg[x87_phys(f, n)];
        memcpy(&r->m, all + 32 + 16 * n, 8);
        memcpy(&r->se, all + 40 + 16 * n, 2);
    }
    x87_set_cw(c, (uint16_t)host_get(all, 2));
    return 0;
}
