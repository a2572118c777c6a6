/* SPDX-License-Identifier: MIT */
/*
 * mmu.c - translation with rights, A and D bits (SDM vol. 3, 4.3, 4.6-4.8; i386 manual 5.2).
 *
 * No execute-disable bit: no model here has it.
 */
#include "mmu/mmu.h"

#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <string.h>

/* Somebody has looked at device memory and must hear of the next store. The guest cannot notice:
   what the architectural TLB holds stays, so does what may be fetched. */
static void dirty_cleared(void *arg)
{
    struct mmu *m = arg;
    tlb_flush_host(&m->tlb);
}

bool mmu_init(struct mmu *m, struct bus *bus, struct tlb_shape shape, struct trace *trace,
              struct error *err)
{
    memset(m, 0, sizeof *m);
    m->bus = bus;
    m->trace = trace;
    if (!tlb_init(&m->tlb, shape, err))
        return false;
    if (!sanitizer_init(&m->sanitizer, err)) {
        tlb_fini(&m->tlb);
        return false;
    }
    bus->table_changes = sanitizer_entry_changes;
    bus->stray = sanitizer_stray;
    bus->dirty_cleared = dirty_cleared;
    bus->mmu_arg = m;
    mmu_reset(m);
    return true;
}

void mmu_fini(struct mmu *m)
{
    tlb_fini(&m->tlb);
    sanitizer_fini(&m->sanitizer);
}

static void flush(struct mmu *m, enum mmu_flush cause)
{
    tlb_flush(&m->tlb);
    m->code_epoch++;
    m->stats.flushes[cause]++;
}

void mmu_reset(struct mmu *m)
{
    m->cr3 = 0;
    m->paging = false;
    m->wp = false;
    m->pge = false;
    m->mode.pse = m->mode.pae = false;
    m->spaces.n = 0;
    flush(m, FLUSH_RESET);
}

/* The processor reads the directory pointers when PAE paging begins and when CR3 is loaded. */
static bool load_pdptes(struct mmu *m, bool paging, bool pae, uint32_t cr3)
{
    uint64_t pdpte[4];
    if (!paging || !pae)
        return true;
    if (!walk_pdptes(m->bus, cr3, pdpte))
        return false;
    memcpy(m->mode.pdpte, pdpte, sizeof pdpte);
    return true;
}

bool mmu_set_cr0(struct mmu *m, bool paging, bool wp)
{
    if (m->paging == paging && m->wp == wp)
        return true;
    if (m->paging != paging && !load_pdptes(m, paging, m->mode.pae, m->cr3))
        return false;
    TRACE(m->trace, TRACE_MMU, "CR0.PG %d -> %d, WP %d -> %d", m->paging, paging, m->wp, wp);
    m->paging = paging;
    m->wp = wp;
    flush(m, FLUSH_CR0);
    return true;
}

static void note_space(struct mmu *m)
{
    struct space_seen *seen = spaces_note(&m->spaces, m->cr3 & (m->mode.pae ? ~31u : ~0xfffu));
    if (m->sanitizer.where)
        m->sanitizer.where(m->sanitizer.arg, &seen->icount, &seen->eip);
}

bool mmu_set_cr3(struct mmu *m, uint32_t cr3)
{
    if (!load_pdptes(m, m->paging, m->mode.pae, cr3))
        return false;
    if (m->cr3 != cr3)
        TRACE(m->trace, TRACE_MMU, "CR3 %08x -> %08x", m->cr3, cr3);
    m->cr3 = cr3;
    note_space(m);
    if (m->pge)
        tlb_flush_local(&m->tlb);
    else
        tlb_flush(&m->tlb);
    m->code_epoch++;
    m->stats.flushes[FLUSH_CR3]++;
    return true;
}

bool mmu_set_cr4(struct mmu *m, bool pse, bool pae, bool pge)
{
    if (m->mode.pse == pse && m->mode.pae == pae && m->pge == pge)
        return true;
    if (!load_pdptes(m, m->paging, pae, m->cr3))
        return false;
    TRACE(m->trace, TRACE_MMU, "CR4: PSE %d, PAE %d, PGE %d", pse, pae, pge);
    m->mode.pse = pse;
    m->mode.pae = pae;
    m->pge = pge;
    flush(m, FLUSH_CR4);
    return true;
}

/* Code that is fetched elsewhere stays where it is; but of a large page, all slices go. */
static void forget_page(struct mmu *m, lin_t lin)
{
    const struct tlb_entry *e = tlb_look(&m->tlb, lin);
    if (m->tlb.large_seen || m->tlb.shape.ways || (e && (e->frame & TLB_CODE)))
        m->code_epoch++;
    tlb_flush_page(&m->tlb, lin);
}

void mmu_note_fetch(struct mmu *m, lin_t lin)
{
    struct tlb_entry *e = m->paging ? tlb_find(&m->tlb, lin) : NULL;
    if (e)
        e->frame |= TLB_CODE;
}

void mmu_invlpg(struct mmu *m, lin_t lin)
{
    forget_page(m, lin);
    m->stats.page_flushes++;
}

void mmu_watch_pages(struct mmu *m, const lin_t *pages, unsigned n)
{
    if (n == m->watches && memcmp(m->watch, pages, n * sizeof *pages) == 0)
        return;
    memcpy(m->watch, pages, n * sizeof *pages);
    m->watches = n;
    tlb_flush_host(&m->tlb);
}

static bool is_watched(const struct mmu *m, lin_t lin)
{
    for (unsigned n = 0; n < m->watches; n++) {
        if (m->watch[n] == (lin & PAGE_FRAME_MASK))
            return true;
    }
    return false;
}

void mmu_mapping_changed(struct mmu *m)
{
    tlb_flush_host(&m->tlb);
    m->code_epoch++;
}

void mmu_protect_page(struct mmu *m, phys_t page)
{
    const uint8_t *host = bus_host_page(m->bus, page);
    if (host)
        tlb_protect_host(&m->tlb, host);
}

/* A and D are in the low half of a 64-bit entry. */
static void set_bits(struct mmu *m, phys_t at, uint64_t entry, uint32_t bits)
{
    if ((entry & bits) == bits)
        return;
    if (bits & ~entry & PTE_A)
        m->stats.a_updates++;
    if (bits & ~entry & PTE_D)
        m->stats.d_updates++;
    m->sanitizer.updating = true;
    bus_write(m->bus, bus_a20(m->bus, at), (uint32_t)entry | bits, 4);
    m->sanitizer.updating = false;
}

/* What a TLB entry for this walk says, but for D. */
static uint32_t rights_of(const struct mmu *m, const struct walk *w)
{
    return (w->writable ? TLB_W : 0) | (w->user ? TLB_U : 0) | (w->large ? TLB_LARGE : 0) |
           (m->pge && (w->pte & PTE_G) ? TLB_G : 0);
}

/* Walks without effect: are the tables' entries present and do they permit the access? */
static bool walk_check(const struct mmu *m, lin_t lin, unsigned access, struct mmu_fault *f)
{
    struct walk *w = &f->walk;
    bool present = walk_page(m->bus, m->cr3, &m->mode, lin, w);
    if (present && mmu_permits(m, rights_of(m, w), access))
        return true;
    f->lin = lin;
    f->code = access | (present ? PF_P : w->result == WALK_RESERVED ? PF_P | PF_RSVD : 0);
    return false;
}

static phys_t frame_of(const struct walk *w)
{
    return w->frame >> 32 ? BUS_NOWHERE : (phys_t)w->frame;
}

/* A fresh translation gives user code the right to write a table that is in use. */
static void check_user_table(struct mmu *m, lin_t lin, const struct tlb_entry *e)
{
    uint32_t page = e->frame >> 12;
    if ((e->frame & (TLB_U | TLB_W)) != (TLB_U | TLB_W) || !(m->bus->page_flags[page] & PAGE_PT) ||
        m->sanitizer.stamp[page] != m->tlb.gen)
        return;
    struct finding f = {.kind = FINDING_USER_PT, .lin = lin, .phys = page << 12};
    sanitizer_report(&m->sanitizer, &f);
}

static uint32_t pte_rights(uint32_t tlb_rights)
{
    return (tlb_rights & TLB_W ? PTE_RW : 0) | (tlb_rights & TLB_U ? PTE_US : 0);
}

static void report_stale(struct mmu *m, lin_t lin, unsigned access, const struct tlb_entry *e,
                         const struct walk *w)
{
    struct finding f = {.kind = FINDING_STALE,
                        .lin = lin,
                        .access = access,
                        .phys = (e->frame & PAGE_FRAME_MASK) | (lin & PAGE_OFFSET_MASK),
                        .present = w->result == WALK_OK,
                        .now = frame_of(w) | (lin & PAGE_OFFSET_MASK),
                        .had = pte_rights(e->frame),
                        .has = pte_rights(rights_of(m, w))};
    const struct pt_write *by = sanitizer_writer(&m->sanitizer, w->pte_at);
    uint64_t now = w->pte;
    if (!by || w->result == WALK_PDE_GONE) {
        by = sanitizer_writer(&m->sanitizer, w->pde_at);
        now = w->pde;
    }
    if (by) {
        f.writer_known = true;
        f.entry_at = by->at;
        f.old = by->old;
        f.new = (uint32_t)now;
        f.writer_eip = by->eip;
        f.writer_icount = by->icount;
    }
    sanitizer_report(&m->sanitizer, &f);
}

bool mmu_entry_stale(const struct mmu *m, const struct tlb_entry *e, bool present,
                     const struct walk *w)
{
    return !present || frame_of(w) != (e->frame & PAGE_FRAME_MASK) ||
           (e->frame & ~rights_of(m, w) & (TLB_W | TLB_U));
}

/* A paging entry has changed since e was last looked at: does e still say what the tables say? True
   if host pointers may be given out for it. */
static bool still_agrees(struct mmu *m, lin_t lin, unsigned access, struct tlb_entry *e)
{
    struct walk w;
    bool present = walk_page(m->bus, m->cr3, &m->mode, lin, &w);
    uint32_t rights = present ? rights_of(m, &w) : 0;
    bool moved = !present || frame_of(&w) != (e->frame & PAGE_FRAME_MASK);
    if (!mmu_entry_stale(m, e, present, &w)) {
        e->checked = m->sanitizer.epoch;
        return true;
    }
    if (!moved && mmu_permits(m, rights, access))
        return false;                /* this use is right; another kind of access may not be */
    e->checked = m->sanitizer.epoch; /* said once for each change */
    report_stale(m, lin, access, e, &w);
    return true;
}

/* A directory's entries are for many pages, those of a page table for one each. */
static void mark_tables(struct mmu *m, lin_t lin, const struct walk *w)
{
    sanitizer_mark_table(m, w->pde_at, PART_MANY);
    if (w->pte_at && w->pte_at != w->pde_at)
        sanitizer_mark_table(m, w->pte_at, lin >> (m->mode.pae ? 21 : 22));
}

/* Walks, checks, then sets A and D and fills the TLB. */
static struct tlb_entry *walk_and_fill(struct mmu *m, lin_t lin, unsigned access,
                                       struct mmu_fault *f)
{
    const struct walk *w = &f->walk;
    if (!walk_check(m, lin, access, f))
        return NULL;
    m->stats.walks++;
    uint32_t rights = rights_of(m, w);
    if (!w->large)
        set_bits(m, w->pde_at, w->pde, PTE_A);
    set_bits(m, w->pte_at, w->pte, PTE_A | (access & MMU_WRITE ? PTE_D : 0));
    if ((w->pte & PTE_D) || (access & MMU_WRITE))
        rights |= TLB_D;
    mark_tables(m, lin, w);
    struct tlb_entry *e = tlb_put(&m->tlb, lin, frame_of(w) | rights);
    e->checked = m->sanitizer.epoch;
    check_user_table(m, lin, e);
    return e;
}

/* Installs host pointers for a page that is plain memory for this kind of access; for stores not before
   the first one (note_use). */
static void fill_host(struct mmu *m, lin_t lin, bool user, uint32_t rights, phys_t page)
{
    uint8_t flags = m->bus->page_flags[page >> 12];
    uint8_t *host = bus_host_page(m->bus, page);
    if (!host || (flags & PAGE_MMIO) || (user && m->user_slow) ||
        (m->watches && is_watched(m, lin)) || (m->watched && m->watched(m->watched_arg, lin)))
        return;
    bool writable =
        mmu_permits(m, rights, MMU_WRITE | (user ? MMU_USER : 0)) && (rights & TLB_D) &&
        (flags & (PAGE_TOUCHED | PAGE_CODE | PAGE_ROM | PAGE_WATCH | PAGE_PT)) == PAGE_TOUCHED;
    tlb_fill_host(&m->tlb, lin, user, flags & PAGE_WATCH ? NULL : host, writable ? host : NULL);
    if (writable)
        bus_note_store(m->bus, page);
}

void mmu_set_user_slow(struct mmu *m, bool slow)
{
    if (slow && !m->user_slow)
        tlb_flush_host(&m->tlb);
    m->user_slow = slow;
}

/* Can this TLB entry answer the access without a look at the tables? */
static bool entry_serves(const struct mmu *m, const struct tlb_entry *e, unsigned access)
{
    return mmu_permits(m, e->frame, access) && (!(access & MMU_WRITE) || (e->frame & TLB_D));
}

bool mmu_remembers(const struct mmu *m, lin_t lin, phys_t *phys)
{
    const struct tlb_entry *e = m->paging ? tlb_look(&m->tlb, lin) : NULL;
    *phys = bus_a20(m->bus, e ? (e->frame & PAGE_FRAME_MASK) | (lin & PAGE_OFFSET_MASK) : lin);
    return e || !m->paging;
}

uint8_t *mmu_store_seen(struct mmu *m, bool user, lin_t lin, unsigned size, unsigned seen,
                        phys_t *phys)
{
    uint8_t *host = mmu_load(m, user, lin, size);
    if (!host)
        return NULL;
    *phys = lin;
    if (m->paging) {
        const struct tlb_entry *e = tlb_look(&m->tlb, lin);
        if (!e || !entry_serves(m, e, MMU_WRITE | (user ? MMU_USER : 0)))
            return NULL;
        *phys = (e->frame & PAGE_FRAME_MASK) | (lin & PAGE_OFFSET_MASK);
    }
    *phys = bus_a20(m->bus, *phys);
    unsigned flags = m->bus->page_flags[*phys >> 12], other = ~(seen | PAGE_TOUCHED);
    return (flags & PAGE_TOUCHED) && (flags & seen) && !(flags & other) ? host : NULL;
}

/* Before a host pointer for stores is given out: the page is going to be written. */
static void note_use(struct mmu *m, phys_t phys, unsigned access)
{
    if (access & MMU_WRITE)
        m->bus->page_flags[phys >> 12] |= PAGE_TOUCHED;
}

bool mmu_translate(struct mmu *m, lin_t lin, unsigned access, phys_t *phys, struct mmu_fault *f)
{
    bool user = access & MMU_USER;
    if (!m->paging) {
        *phys = bus_a20(m->bus, lin);
        note_use(m, *phys, access);
        fill_host(m, lin, user, TLB_W | TLB_U | TLB_D, *phys & PAGE_FRAME_MASK);
        return true;
    }
    struct tlb_entry *e = tlb_find(&m->tlb, lin);
    if (mmu_refill(m, lin, access)) {
        e = &m->tlb.entry[lin >> 12];
        *phys = bus_a20(m->bus, (e->frame & PAGE_FRAME_MASK) | (lin & PAGE_OFFSET_MASK));
        return true;
    }
    if (e && entry_serves(m, e, access)) {
        m->stats.hits++;
    } else {
        uint32_t old = e ? e->frame : 0;
        bool had = e;
        e = walk_and_fill(m, lin, access, f);
        if (!e)
            return false;
        if (had) {
            tlb_flush_host_page(&m->tlb, lin);
            if ((e->frame ^ old) & ~(uint32_t)(TLB_D | TLB_CODE))
                m->code_epoch++; /* what was fetchable here has moved */
            else
                e->frame |= old & TLB_CODE;
        }
    }
    bool agrees = e->checked == m->sanitizer.epoch || still_agrees(m, lin, access, e);
    tlb_touch(&m->tlb, lin);
    *phys = bus_a20(m->bus, (e->frame & PAGE_FRAME_MASK) | (lin & PAGE_OFFSET_MASK));
    note_use(m, *phys, access);
    if (agrees)
        fill_host(m, lin, user, e->frame & PAGE_OFFSET_MASK, *phys & PAGE_FRAME_MASK);
    return true;
}

bool mmu_check(const struct mmu *m, lin_t lin, unsigned access, struct mmu_fault *f)
{
    if (!m->paging)
        return true;
    const struct tlb_entry *e = tlb_look(&m->tlb, lin);
    if (e && entry_serves(m, e, access))
        return true;
    return walk_check(m, lin, access, f);
}

void mmu_fault_taken(struct mmu *m, const struct mmu_fault *f)
{
    m->stats.walks++;
    m->stats.faults++;
    if (tlb_find(&m->tlb, f->lin))
        forget_page(m, f->lin);
}

bool mmu_peek(const struct mmu *m, lin_t lin, phys_t *phys)
{
    struct walk w;
    if (!m->paging) {
        *phys = bus_a20(m->bus, lin);
        return true;
    }
    if (!walk_page(m->bus, m->cr3, &m->mode, lin, &w) || w.frame >> 32)
        return false;
    *phys = bus_a20(m->bus, (phys_t)w.frame | (lin & PAGE_OFFSET_MASK));
    return true;
}

/* TR6: 31-12 linear page, 11 V, 10-5 D D# U U# W W#, 0 command (0 write, 1 look up).
   TR7: 31-12 frame, 4 hit, 3-2 way. A pair x x# of 10 or 01 asks for a one or a zero, 11 for any. */
void mmu_test_register(struct mmu *m, uint32_t tr6, uint32_t *tr7)
{
    static const struct {
        unsigned shift;
        uint32_t bit;
    } pair[] = {{9, TLB_D}, {7, TLB_U}, {5, TLB_W}};
    lin_t lin = tr6 & PAGE_FRAME_MASK;
    struct tlb_entry *e = tlb_find(&m->tlb, lin);
    if (!(tr6 & 1)) {
        uint32_t rights = 0;
        for (unsigned n = 0; n < 3; n++)
            rights |= tr6 >> pair[n].shift & 2 ? pair[n].bit : 0;
        if (e)
            tlb_flush_page(&m->tlb, lin);
        if (tr6 & 1 << 11)
            tlb_put(&m->tlb, lin, (*tr7 & PAGE_FRAME_MASK) | rights);
        tlb_flush_host(&m->tlb);
        m->code_epoch++;
        return;
    }
    bool hit = e != NULL;
    for (unsigned n = 0; hit && n < 3; n++)
        hit = tr6 >> pair[n].shift & (e->frame & pair[n].bit ? 2 : 1);
    *tr7 &= ~UINT32_C(0x10);
    if (hit)
        *tr7 = (e->frame & PAGE_FRAME_MASK) | 0x10 |
               (m->tlb.shape.ways ? (uint32_t)tlb_slot_of(&m->tlb, lin) << 2 & 0xc : 0);
}

/* The slots of a finite TLB. A loaded entry without a slot could never be evicted: it is dropped. */
static void snap_slots(struct tlb *t, struct snap *s)
{
    uint32_t sets = t->shape.sets, ways = t->shape.ways;
    snap_u32(s, &sets);
    snap_u32(s, &ways);
    if (sets != t->shape.sets || ways != t->shape.ways) {
        snap_fail(s, "the snapshot was made with another --tlb");
        return;
    }
    snap_u64(s, &t->evictions);
    for (uint32_t n = 0; n < sets * ways; n++) {
        snap_u32(s, &t->slot[n]);
        if (t->slot[n] > TLB_PAGES)
            t->slot[n] = TLB_PAGES; /* none */
    }
    for (uint32_t n = 0; n < sets; n++) {
        snap_u8(s, &t->order[n]);
        t->order[n] = (uint8_t)(t->shape.pseudo_lru ? t->order[n] & 7 : t->order[n] % ways);
    }
    for (uint32_t page = 0; s->loading && ways && page < TLB_PAGES; page++) {
        if (tlb_look(t, page << 12) && tlb_slot_of(t, page << 12) < 0)
            t->entry[page].gen = 0;
    }
}

/* The TLB as a list of (page, entry), closed by a page number out of range. */
static void snap_tlb(struct tlb *t, struct snap *s)
{
    uint32_t page, frame;
    if (s->loading)
        tlb_flush(t);
    for (page = 0; !s->loading && page < TLB_PAGES; page++) {
        if (!tlb_look(t, page << 12))
            continue;
        frame = t->entry[page].frame & ~(uint32_t)TLB_CODE;
        snap_u32(s, &page);
        snap_u32(s, &frame);
    }
    page = TLB_PAGES; /* the end, when saving */
    snap_u32(s, &page);
    while (s->loading && snap_ok(s) && page < TLB_PAGES) {
        snap_u32(s, &frame);
        frame &= ~(uint32_t)TLB_CODE;
        t->entry[page].frame = frame;
        t->entry[page].gen = frame & TLB_G ? t->global_gen : t->gen;
        t->large_seen |= (frame & TLB_LARGE) != 0;
        snap_u32(s, &page);
    }
    snap_slots(t, s);
}

/* What the sanitizer knows follows from memory and the TLB, but for who wrote an entry: after
   loading, entries count as unchecked and the tables they come from are marked again. */
static void watch_loaded_tables(struct mmu *m)
{
    memset(m->sanitizer.log, 0, sizeof m->sanitizer.log);
    m->sanitizer.epoch++;
    for (uint32_t page = 0; page < TLB_PAGES; page++) {
        struct walk w;
        struct tlb_entry *e = tlb_find(&m->tlb, page << 12);
        if (!e)
            continue;
        e->checked = m->sanitizer.epoch - 1;
        walk_page(m->bus, m->cr3, &m->mode, page << 12, &w);
        mark_tables(m, page << 12, &w);
    }
}

void mmu_snap(struct mmu *m, struct snap *s)
{
    if (!snap_section(s, "mmu", 1))
        return;
    snap_u32(s, &m->cr3);
    snap_bool(s, &m->paging);
    snap_bool(s, &m->wp);
    snap_bool(s, &m->pge);
    snap_bool(s, &m->mode.pse);
    snap_bool(s, &m->mode.pae);
    for (unsigned n = 0; n < 4; n++)
        snap_u64(s, &m->mode.pdpte[n]);
    snap_u64(s, &m->stats.walks);
    snap_u64(s, &m->stats.faults);
    for (unsigned n = 0; n < FLUSHES; n++)
        snap_u64(s, &m->stats.flushes[n]);
    snap_u64(s, &m->stats.page_flushes);
    snap_u64(s, &m->stats.a_updates);
    snap_u64(s, &m->stats.d_updates);
    spaces_snap(&m->spaces, s);
    snap_tlb(&m->tlb, s);
    if (s->loading)
        watch_loaded_tables(m);
    m->code_epoch++;
}
