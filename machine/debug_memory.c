/* SPDX-License-Identifier: MIT */
/* debug_memory.c - looking at memory, at the mode and at what was executed lately (debug.h). */
#include "machine/debug.h"

#include "cpu/internal.h"
#include "machine/board.h"

#include <stdio.h>

#define STRETCH_MAX 128u /* instructions without a branch between them: longer than any block */

/* ---- Memory ------------------------------------------------------------------------------- */

bool debug_translate(const struct machine *m, uint32_t cr3, uint32_t lin, uint32_t *phys)
{
    const struct mmu *mmu = &m->cpu.mmu;
    struct walk_mode mode = mmu->mode;
    struct walk w;
    if (!mmu->paging || cr3 == DEBUG_UNPAGED) {
        *phys = bus_a20(&m->bus, lin);
        return true;
    }
    if (mode.pae && cr3 != mmu->cr3)
        (void)walk_pdptes(&m->bus, cr3, mode.pdpte);
    if (!walk_page(&m->bus, cr3, &mode, lin, &w) || w.frame >> 32)
        return false;
    *phys = bus_a20(&m->bus, (uint32_t)w.frame | (lin & PAGE_OFFSET_MASK));
    return true;
}

/* By the TLB, if it remembers the page. */
static bool translate_now(const struct machine *m, uint32_t lin, uint32_t *phys)
{
    const struct mmu *mmu = &m->cpu.mmu;
    const struct tlb_entry *e = mmu->paging ? tlb_look(&mmu->tlb, lin) : NULL;
    if (!e)
        return debug_translate(m, mmu->cr3, lin, phys);
    *phys = bus_a20(&m->bus, (e->frame & PAGE_FRAME_MASK) | (lin & PAGE_OFFSET_MASK));
    return true;
}

static bool place(const struct machine *m, enum debug_space space, uint32_t cr3, uint32_t addr,
                  uint32_t *phys)
{
    switch (space) {
    case SPACE_LINEAR: return debug_translate(m, cr3, addr, phys);
    case SPACE_CPU: return translate_now(m, addr, phys);
    case SPACE_PHYS: break;
    }
    *phys = addr;
    return true;
}

/* Page by page; stops at the first byte that is not there, and at the end of the address space. */
static size_t move(struct machine *m, enum debug_space space, uint32_t cr3, uint32_t addr,
                   uint8_t *to, const uint8_t *from, size_t n)
{
    size_t done = 0;
    while (done < n) {
        uint32_t at = addr + (uint32_t)done, phys;
        size_t take = PAGE_SIZE - (at & PAGE_OFFSET_MASK), got;
        if (take > n - done)
            take = n - done;
        if ((done && !at) || !place(m, space, cr3, at, &phys))
            break;
        got = to ? bus_peek(&m->bus, phys, to + done, take)
                 : bus_poke(&m->bus, phys, from + done, take);
        done += got;
        if (got < take)
            break;
    }
    return done;
}

static struct machine *writable(const struct machine *m)
{
    return (struct machine *)(uintptr_t)m; /* move() only reads when it has a place to read to */
}

size_t debug_peek(const struct machine *m, enum debug_space space, uint32_t addr, void *buf,
                  size_t n)
{
    return move(writable(m), space, m->cpu.mmu.cr3, addr, buf, NULL, n);
}

size_t debug_peek_in(const struct machine *m, uint32_t cr3, uint32_t addr, void *buf, size_t n)
{
    return move(writable(m), SPACE_LINEAR, cr3, addr, buf, NULL, n);
}

size_t debug_poke(struct machine *m, enum debug_space space, uint32_t addr, const void *buf,
                  size_t n)
{
    uint32_t asked = m->cpu.observer.asked;
    m->cpu.observer.asked = 0; /* data points are for the guest's stores */
    n = move(m, space, m->cpu.mmu.cr3, addr, NULL, buf, n);
    m->cpu.observer.asked = asked;
    m->twin_fresh = true;
    return n;
}

/* ---- Mode --------------------------------------------------------------------------------- */

uint32_t debug_pc(const struct machine *m)
{
    return m->cpu.seg[CS].base + m->cpu.eip;
}

bool debug_code16(const struct machine *m)
{
    return !(m->cpu.mode & MODE_CODE32);
}

enum { IN_PROTECTED = 1, IN_PAGING = 2, IN_V86 = 4, IN_CODE32 = 8 };

uint32_t debug_mode(const struct machine *m)
{
    const struct cpu *c = &m->cpu;
    return (c->cr0 & CR0_PE ? IN_PROTECTED : 0u) | (c->mmu.paging ? IN_PAGING : 0u) |
           (c->eflags & FLAG_VM ? IN_V86 : 0u) | (c->mode & MODE_CODE32 ? IN_CODE32 : 0u);
}

int debug_mode_text(uint32_t mode, char *text, size_t n)
{
    const char *kind = mode & IN_V86 ? "virtual-8086" : mode & IN_PROTECTED ? "protected" : "real";
    return snprintf(text, n, "%s%s, %s code", kind, mode & IN_PAGING ? ", paging" : "",
                    mode & IN_CODE32 ? "32-bit" : "16-bit");
}

/* ---- History ------------------------------------------------------------------------------ */

/* How an instruction with so many before it was executed; what is not remembered is taken to be as it
   is now. */
static struct trail_era era_at(const struct machine *m, uint64_t icount)
{
    const struct cpu *c = &m->cpu;
    uint64_t n = c->eras, oldest = n > ERAS ? n - ERAS : 0;
    while (n > oldest && c->era[(n - 1) % ERAS].icount > icount)
        n--;
    return n > oldest ? c->era[(n - 1) % ERAS] : c->era[n % ERAS];
}

/* The instructions of one stretch without a branch, `count` of them from lin on (a REP at its end
   counts once for each iteration). How many were put into list, oldest first. */
static size_t decode_stretch(const struct machine *m, uint32_t lin, uint64_t icount, uint64_t count,
                             struct debug_insn *list)
{
    struct trail_era era = era_at(m, icount);
    size_t n = 0;
    for (uint64_t done = 0; done < count && n < STRETCH_MAX; done++) {
        uint8_t code[INSN_MAX_LENGTH];
        struct insn i;
        size_t have = era.cr3 == m->cpu.mmu.cr3 ? debug_peek(m, SPACE_CPU, lin, code, sizeof code)
                                                : debug_peek_in(m, era.cr3, lin, code, sizeof code);
        list[n++] = (struct debug_insn){
            .icount = icount + done, .lin = lin, .cr3 = era.cr3, .code16 = era.code16};
        if (decode(&i, code, (unsigned)have, era.code16) != DECODE_OK ||
            (i.flags & (INSN_REP | INSN_REPNE)))
            break;
        lin += i.len;
    }
    return n;
}

size_t debug_history(const struct machine *m, struct debug_insn *list, size_t n)
{
    const struct cpu *c = &m->cpu;
    uint64_t end = c->icount, first = end > c->trail_mask ? end - c->trail_mask - 1 : 0;
    size_t got = 0;
    for (uint64_t at = end; at-- > first && got < n;) {
        const struct trail *t = &c->trail[at & c->trail_mask];
        struct debug_insn part[STRETCH_MAX];
        if (t->icount != (uint32_t)at)
            continue;
        size_t k = decode_stretch(m, t->lin, at, end - at, part);
        while (k-- && got < n)
            list[got++] = part[k];
        end = at;
    }
    return got;
}
