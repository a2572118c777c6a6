/* SPDX-License-Identifier: MIT */
/*
 * fetch.c - the instruction at CS:EIP. Bytes are fetched as far as the decoder asks for them, so
 * the limit of CS and the second page fault exactly when a byte beyond them is needed.
 *
 * Not modelled: the prefetch queue (stores become visible to the next instruction, as on the P6).
 */
#include "cpu/internal.h"
#include "cpu/opcodes.h"

#include "mmu/bus.h"
#include "mmu/paging.h"

/* Code from RAM that nothing was ever loaded or written to: said once for each page. */
static void note_execution(struct cpu *c, lin_t lin, phys_t phys)
{
    uint8_t *flags = &c->bus->page_flags[phys >> 12];
    if (*flags & (PAGE_TOUCHED | PAGE_ROM | PAGE_MMIO))
        return;
    *flags |= PAGE_TOUCHED;
    struct finding f = {.kind = FINDING_EXECUTE, .lin = lin, .phys = phys};
    sanitizer_report(&c->mmu.sanitizer, &f);
}

/* The processor asks the TLB for code when it comes to another page, not for every instruction; in a
   finite TLB that difference can be seen, so both layers ask here and nowhere else. Coming to
   another page then begins a new code_epoch, or the engine's jump cache would not ask. */
bool fetch_page(struct cpu *c, lin_t lin, phys_t *page, struct mmu_fault *f)
{
    struct fetch *x = &c->fetch;
    lin_t lin_page = lin & PAGE_FRAME_MASK;
    if (x->epoch != c->mmu.code_epoch || x->lin != lin_page || x->user != mem_user(c)) {
        phys_t phys;
        if (!mmu_translate(&c->mmu, lin, mem_user(c), &phys, f))
            return false;
        mmu_note_fetch(&c->mmu, lin);
        if (c->mmu.tlb.shape.ways && c->mmu.paging)
            c->mmu.code_epoch++;
        note_execution(c, lin, phys);
        *x = (struct fetch){.lin = lin_page,
                            .page = phys & PAGE_FRAME_MASK,
                            .user = mem_user(c),
                            .epoch = c->mmu.code_epoch};
    }
    *page = x->page;
    return true;
}

/* Copies n bytes of code at lin, which lie in one page. */
static void fetch_bytes(struct cpu *c, lin_t lin, uint8_t *to, unsigned n)
{
    phys_t phys;
    struct mmu_fault f;
    if (!fetch_page(c, lin, &phys, &f))
        cpu_page_fault(c, &f);
    phys |= lin & PAGE_OFFSET_MASK;
    const uint8_t *page = bus_host_page(c->bus, phys);
    if (page) {
        memcpy(to, page + (phys & PAGE_OFFSET_MASK), n);
        return;
    }
    cpu_sync_clock(c);
    for (unsigned k = 0; k < n; k++)
        to[k] = (uint8_t)bus_read(c->bus, phys + k, 1);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

void fetch_insn(struct cpu *c, struct insn *i)
{
    const struct seg *cs = &c->seg[CS];
    uint8_t code[INSN_MAX_LENGTH];
    lin_t lin = cs->base + c->eip;
    bool code16 = !(cs->attr & DESC_BIG);
    if (c->eip > cs->limit)
        cpu_fault_code(c, EXC_GP, 0, WHY_LIMIT, c->eip, CS | 1 << 8);
    uint32_t to_limit = cs->limit - c->eip;
    unsigned most = to_limit < INSN_MAX_LENGTH - 1 ? to_limit + 1 : INSN_MAX_LENGTH;
    unsigned n = least(most, PAGE_SIZE - (lin & PAGE_OFFSET_MASK));

    fetch_bytes(c, lin, code, n);
    enum decode_status s = decode(i, code, n, code16);
    if (s == DECODE_MORE && n < most) {
        fetch_bytes(c, lin + n, code + n, most - n);
        s = decode(i, code, most, code16);
    }
    switch (s) {
    case DECODE_OK: return;
    case DECODE_MORE: cpu_fault_code(c, EXC_GP, 0, WHY_LIMIT, c->eip, CS | most << 8);
    case DECODE_LONG: cpu_fault_code(c, EXC_GP, 0, WHY_TOO_LONG, 0, 0);
    case DECODE_UD: break;
    }
    cpu_fault(c, EXC_UD,
              i->row == ROW_NONE     ? WHY_NO_INSN
              : i->flags & INSN_LOCK ? WHY_LOCK
                                     : WHY_REG_FORM,
              0, 0);
}
