/* SPDX-License-Identifier: MIT */
/*
 * test_mmu_paging.c - rights, accessed and dirty bits, error codes and the two translation buffers
 * (SDM vol. 3, 4.6-4.8, 4.10; i386 manual 5.2). First the whole product of entry bits, mode and
 * access against a statement of the rules; then what a translation buffer may remember; then
 * random mapping, flushing and access against a plain model, with the claim of mmu/tlb.h that
 * each host pointer is covered by a remembered translation which permits its use.
 */
#include "mmu/bus.h"
#include "mmu/mmu.h"
#include "mmu/paging.h"
#include "tests/report.h"

#include <string.h>

#define RAM (UINT32_C(1) << 20)
#define PD UINT32_C(0x1000)
#define PT UINT32_C(0x2000) /* and the next: page tables of the first two directory entries */
#define FRAMES UINT32_C(0x10000)

struct bench {
    struct bus bus;
    struct mmu mmu;
};

static uint32_t get(const struct bench *t, phys_t at)
{
    uint32_t v;
    memcpy(&v, t->bus.ram + at, 4);
    return v;
}

static void put(struct bench *t, phys_t at, uint32_t v)
{
    memcpy(t->bus.ram + at, &v, 4);
}

static void init(struct bench *t)
{
    struct error err;
    memset(t, 0, sizeof *t);
    CHECK(bus_init(&t->bus, RAM, NULL, &err) &&
              mmu_init(&t->mmu, &t->bus, (struct tlb_shape){0}, NULL, &err),
          "memory");
    bus_map_ram(&t->bus, "ram", 0, RAM, 0);
    mmu_set_cr0(&t->mmu, true, false);
    mmu_set_cr3(&t->mmu, PD);
}

static void fini(struct bench *t)
{
    mmu_fini(&t->mmu);
    bus_fini(&t->bus);
}

static phys_t pte_of(lin_t lin)
{
    return PT + (lin >> 10 & 0x1ffc);
}

/* ---- the product ---- */

/* One bit of n for each of these. */
enum {
    N_WP,
    N_USER,
    N_WRITE,
    N_PDE_P,
    N_PDE_W,
    N_PDE_U,
    N_PDE_A,
    N_PTE_P,
    N_PTE_W,
    N_PTE_U,
    N_PTE_A,
    N_PTE_D,
    N_BITS
};

static bool bit(unsigned n, unsigned which)
{
    return n >> which & 1;
}

static uint32_t entry(unsigned n, unsigned p, unsigned w, unsigned u, unsigned a)
{
    return (bit(n, p) ? PTE_P : 0u) | (bit(n, w) ? PTE_RW : 0u) | (bit(n, u) ? PTE_US : 0u) |
           (bit(n, a) ? PTE_A : 0u);
}

/* The rules in the order of SDM vol. 3, 4.6.1. */
static bool permitted(bool user, bool write, bool wp, bool u, bool w)
{
    if (!user)
        return !write || !wp || w;
    return u && (!write || w);
}

static void product_case(struct bench *t, unsigned n)
{
    const lin_t lin = 0x5678;
    bool user = bit(n, N_USER), write = bit(n, N_WRITE);
    bool present = bit(n, N_PDE_P) && bit(n, N_PTE_P);
    bool ok = present && permitted(user, write, bit(n, N_WP), bit(n, N_PDE_U) && bit(n, N_PTE_U),
                                   bit(n, N_PDE_W) && bit(n, N_PTE_W));
    uint32_t pde = PT | 0xe00 | entry(n, N_PDE_P, N_PDE_W, N_PDE_U, N_PDE_A);
    uint32_t pte = FRAMES | 0xa00 | entry(n, N_PTE_P, N_PTE_W, N_PTE_U, N_PTE_A) |
                   (bit(n, N_PTE_D) ? PTE_D : 0u);
    unsigned access = (user ? MMU_USER : 0u) | (write ? MMU_WRITE : 0u);
    phys_t phys = 0;
    struct mmu_fault f = {0};

    put(t, PD, pde);
    put(t, pte_of(lin), pte);
    mmu_set_cr0(&t->mmu, true, bit(n, N_WP));
    mmu_set_cr3(&t->mmu, PD);
    bool may = mmu_check(&t->mmu, lin, access, &f);
    bool untouched = get(t, PD) == pde && get(t, pte_of(lin)) == pte && !tlb_find(&t->mmu.tlb, lin);
    bool did = mmu_translate(&t->mmu, lin, access, &phys, &f);
    uint32_t pde_after = pde | (ok ? PTE_A : 0u);
    uint32_t pte_after = pte | (ok ? PTE_A | (write ? PTE_D : 0u) : 0u);
    bool right = may == ok && untouched && did == ok && get(t, PD) == pde_after &&
                 get(t, pte_of(lin)) == pte_after;
    if (ok)
        right = right && phys == FRAMES + 0x678;
    else
        right = right && f.lin == lin &&
                f.code == ((present ? 1u : 0u) | (write ? 2u : 0u) | (user ? 4u : 0u));
    CHECK(right, "case %03x: PDE %08x -> %08x PTE %08x -> %08x wp %d user %d write %d: %s, code %x",
          n, pde, get(t, PD), pte, get(t, pte_of(lin)), bit(n, N_WP), user, write,
          did ? "translated" : "fault", f.code);
}

static void test_product(struct bench *t)
{
    for (unsigned n = 0; n < 1u << N_BITS; n++)
        product_case(t, n);
}

/* ---- what is remembered ---- */

static bool access(struct bench *t, lin_t lin, unsigned kind, phys_t *phys)
{
    struct mmu_fault f;
    if (mmu_translate(&t->mmu, lin, kind, phys, &f))
        return true;
    mmu_fault_taken(&t->mmu, &f);
    return false;
}

static bool leads_to(struct bench *t, lin_t lin, unsigned kind, phys_t want)
{
    phys_t phys;
    return access(t, lin, kind, &phys) && phys == want;
}

static void fresh(struct bench *t, lin_t lin, uint32_t flags)
{
    put(t, PD, PT | PTE_P | PTE_RW | PTE_US);
    put(t, pte_of(lin), FRAMES | flags);
    mmu_set_cr0(&t->mmu, true, true);
    mmu_set_cr3(&t->mmu, PD);
}

static void test_stale(struct bench *t)
{
    const lin_t lin = 0x7000;
    const uint32_t all = PTE_P | PTE_RW | PTE_US, other = FRAMES + 0x1000;
    for (unsigned how = 0; how < 3; how++) {
        fresh(t, lin, all);
        CHECK(leads_to(t, lin, MMU_READ, FRAMES), "mapped");
        put(t, pte_of(lin), other | all);
        CHECK(leads_to(t, lin, MMU_READ, FRAMES), "a stale entry leads to the old frame");
        put(t, pte_of(lin), 0);
        CHECK(leads_to(t, lin, MMU_USER, FRAMES), "even if the page is gone");
        mmu_invlpg(&t->mmu, lin + 0x1000);
        CHECK(leads_to(t, lin, MMU_READ, FRAMES), "INVLPG of another page is not enough");
        uint32_t epoch = t->mmu.code_epoch;
        mmu_invlpg(&t->mmu, lin + 0x2000);
        CHECK(t->mmu.code_epoch == epoch, "INVLPG where nothing was fetched moves no code");
        mmu_note_fetch(&t->mmu, lin);
        if (how == 0)
            mmu_invlpg(&t->mmu, lin + 0xabc);
        else if (how == 1)
            mmu_set_cr3(&t->mmu, PD);
        else
            mmu_set_cr0(&t->mmu, true, false);
        CHECK(t->mmu.code_epoch != epoch, "whoever fetches from there must know");
        CHECK(!leads_to(t, lin, MMU_READ, FRAMES), "flush %u ends it", how);
    }
    fresh(t, lin, all);
    (void)leads_to(t, lin, MMU_READ, FRAMES);
    mmu_set_cr0(&t->mmu, true, true);
    put(t, pte_of(lin), 0);
    CHECK(leads_to(t, lin, MMU_READ, FRAMES), "CR0 without a change of PG or WP flushes nothing");

    fresh(t, lin, PTE_P);
    CHECK(leads_to(t, lin, MMU_READ, FRAMES), "read-only, supervisor");
    put(t, pte_of(lin), FRAMES | all);
    CHECK(leads_to(t, lin, MMU_USER | MMU_WRITE, FRAMES), "an upgrade needs no INVLPG");
    put(t, pte_of(lin), FRAMES | PTE_P);
    CHECK(leads_to(t, lin, MMU_USER | MMU_WRITE, FRAMES), "a downgrade does");
    mmu_invlpg(&t->mmu, lin);
    CHECK(!leads_to(t, lin, MMU_USER, FRAMES), "and has it now");

    fresh(t, lin, PTE_P);
    CHECK(leads_to(t, lin, MMU_READ, FRAMES), "remembered");
    put(t, pte_of(lin), 0);
    CHECK(!leads_to(t, lin, MMU_WRITE, FRAMES), "a fault ...");
    CHECK(!leads_to(t, lin, MMU_READ, FRAMES), "... drops what was remembered of the page");
}

static void test_dirty(struct bench *t)
{
    const lin_t lin = 0x9000;
    fresh(t, lin, PTE_P | PTE_RW);
    (void)leads_to(t, lin, MMU_READ, FRAMES);
    CHECK(!(get(t, pte_of(lin)) & PTE_D), "a read leaves D alone");
    CHECK(!mmu_store(&t->mmu, false, lin, 1), "no host pointer for stores to a clean page");
    (void)leads_to(t, lin, MMU_WRITE, FRAMES);
    CHECK(get(t, pte_of(lin)) & PTE_D, "the first write sets D");
    CHECK(mmu_store(&t->mmu, false, lin, 1) == t->bus.ram + FRAMES, "then there is one");
    put(t, pte_of(lin), FRAMES | PTE_P | PTE_RW);
    (void)leads_to(t, lin, MMU_WRITE, FRAMES);
    CHECK(!(get(t, pte_of(lin)) & PTE_D), "later writes do not look at the tables");
    mmu_invlpg(&t->mmu, lin);
    (void)leads_to(t, lin, MMU_WRITE, FRAMES);
    CHECK(get(t, pte_of(lin)) & PTE_D, "until the entry is flushed");
    CHECK(!(get(t, PD) & PTE_D), "a directory entry has no D");
}

/* ---- random against a model ---- */

#define PAGES 24u /* 12 pages, and 12 that share their places in the host TLB */
#define STEPS 400000u

struct remembered {
    bool valid;     /* there is an entry */
    uint32_t frame; /* physical page */
    bool w, u, d;   /* rights, dirty */
};

struct model {
    struct remembered page[PAGES];
    bool paging, wp;
    uint64_t random;
    unsigned hits; /* host pointers that were looked at */
};

static uint32_t next_random(struct model *o, uint32_t below)
{
    o->random ^= o->random << 13;
    o->random ^= o->random >> 7;
    o->random ^= o->random << 17;
    return (uint32_t)((o->random * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below);
}

static lin_t page_lin(unsigned n)
{
    return (n % 12 + 0x10) << 12 | (n < 12 ? 0 : 0x400u << 12);
}

static void forget(struct model *o)
{
    memset(o->page, 0, sizeof o->page);
}

static bool entry_permits(const struct model *o, const struct remembered *e, bool user, bool write)
{
    return e->valid && permitted(user, write, o->wp, e->u, e->w);
}

/* What an access does to the tables and to what is remembered; false: it faults. */
static bool model_access(struct bench *t, struct model *o, unsigned n, bool user, bool write,
                         phys_t *phys)
{
    struct remembered *e = &o->page[n];
    lin_t lin = page_lin(n);
    phys_t pde_at = PD + (lin >> 20 & 0xffc);
    if (!o->paging) {
        *phys = lin;
        return true;
    }
    if (!entry_permits(o, e, user, write) || (write && !e->d)) {
        uint32_t pde = get(t, pde_at), pte = get(t, pte_of(lin));
        bool w = pde & pte & PTE_RW, u = pde & pte & PTE_US;
        if (!(pde & pte & PTE_P) || !permitted(user, write, o->wp, u, w)) {
            e->valid = false;
            return false;
        }
        put(t, pde_at, pde | PTE_A);
        put(t, pte_of(lin), pte | PTE_A | (write ? PTE_D : 0u));
        *e = (struct remembered){true, pte & PAGE_FRAME_MASK, w, u, write || (pte & PTE_D)};
    }
    *phys = e->frame;
    return true;
}

/* Is the pointer, if there is one, to the right byte, and does the model permit its use? */
static bool pointer_is_covered(struct bench *t, struct model *o, unsigned n, bool user, bool write)
{
    const struct remembered *e = &o->page[n];
    lin_t lin = page_lin(n) + 0x123;
    const uint8_t *p = (write ? mmu_store : mmu_load)(&t->mmu, user, lin, 4);
    if (!p)
        return true;
    o->hits++;
    uint32_t frame = o->paging ? e->frame : page_lin(n);
    if (p != t->bus.ram + frame + 0x123)
        return false;
    if (write && (t->bus.page_flags[frame >> 12] & PAGE_CODE))
        return false;
    return !o->paging || (entry_permits(o, e, user, write) && (!write || e->d));
}

static bool all_covered(struct bench *t, struct model *o)
{
    bool good = true;
    for (unsigned n = 0; n < PAGES; n++) {
        for (unsigned k = 0; k < 4; k++)
            good = pointer_is_covered(t, o, n, k & 1, k & 2) && good;
    }
    return good;
}

static bool random_access(struct bench *t, struct model *o)
{
    unsigned n = next_random(o, PAGES), kind = next_random(o, 4);
    bool user = kind & 1, write = kind & 2;
    phys_t want = 0, got = 0;
    uint32_t before[2] = {get(t, PD), get(t, PD + 4)}, pte = get(t, pte_of(page_lin(n)));
    bool ok = model_access(t, o, n, user, write, &want);
    uint32_t after[3] = {get(t, PD), get(t, PD + 4), get(t, pte_of(page_lin(n)))};
    put(t, PD, before[0]);
    put(t, PD + 4, before[1]);
    put(t, pte_of(page_lin(n)), pte);
    bool did = access(t, page_lin(n), (user ? MMU_USER : 0u) | (write ? MMU_WRITE : 0u), &got);
    return did == ok && (!ok || got == want) && get(t, PD) == after[0] &&
           get(t, PD + 4) == after[1] && get(t, pte_of(page_lin(n))) == after[2];
}

static void random_change(struct bench *t, struct model *o)
{
    unsigned n = next_random(o, PAGES), frame = 16 + next_random(o, 24);
    uint32_t flags = next_random(o, 128) | (next_random(o, 4) ? 7 : 0);
    switch (next_random(o, 40)) {
    case 0:
        mmu_set_cr3(&t->mmu, PD);
        forget(o);
        break;
    case 1:
        o->wp = !o->wp;
        mmu_set_cr0(&t->mmu, o->paging, o->wp);
        forget(o);
        break;
    case 2:
        o->paging = !o->paging || next_random(o, 4);
        if (o->paging != t->mmu.paging)
            forget(o);
        mmu_set_cr0(&t->mmu, o->paging, o->wp);
        break;
    case 3: put(t, PD + 4 * (n & 1), (PT + 0x1000 * (n & 1)) | flags); break;
    case 4:
        t->bus.page_flags[frame] ^= PAGE_CODE;
        if (t->bus.page_flags[frame] & PAGE_CODE)
            mmu_protect_page(&t->mmu, frame << 12);
        break;
    case 5: mmu_mapping_changed(&t->mmu); break;
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
        mmu_invlpg(&t->mmu, page_lin(n) + next_random(o, 4096));
        o->page[n].valid = false;
        break;
    default: put(t, pte_of(page_lin(n)), frame << 12 | flags); break;
    }
}

static void test_random(struct bench *t)
{
    struct model o = {.paging = true, .wp = true, .random = UINT64_C(0x3865)};
    unsigned wrong = 0, uncovered = 0;
    put(t, PD, PT | PTE_P | PTE_RW | PTE_US);
    put(t, PD + 4, (PT + 0x1000) | PTE_P | PTE_RW | PTE_US);
    mmu_set_cr0(&t->mmu, true, true);
    mmu_set_cr3(&t->mmu, PD);
    for (unsigned n = 0; n < STEPS; n++) {
        if (next_random(&o, 4))
            wrong += !random_access(t, &o);
        else
            random_change(t, &o);
        if (n % 4 == 0)
            uncovered += !all_covered(t, &o);
    }
    CHECK(wrong == 0, "%u accesses differ from the model", wrong);
    CHECK(uncovered == 0, "%u times a host pointer was not covered", uncovered);
    CHECK(o.hits > STEPS / 4, "%u host pointers were looked at", o.hits);

    /* The claim can fail: a pointer that outlives its translation is seen. */
    unsigned n = 0;
    mmu_set_cr0(&t->mmu, true, true);
    mmu_set_cr3(&t->mmu, PD);
    o.paging = o.wp = true;
    forget(&o);
    put(t, PD, PT | PTE_P | PTE_RW | PTE_US);
    put(t, pte_of(page_lin(n)), FRAMES | PTE_P | PTE_RW | PTE_US);
    phys_t phys;
    (void)model_access(t, &o, n, true, false, &phys);
    (void)access(t, page_lin(n), MMU_USER, &phys);
    CHECK(all_covered(t, &o), "right to begin with");
    o.page[n].valid = false;
    CHECK(!all_covered(t, &o), "a pointer without a translation");
}

/* ---- generations ---- */

/* The tags of the host TLB have 12 bits of generation: after that many flushes nothing old may
   come back. */
static void test_generations(struct bench *t)
{
    const lin_t lin = 0x3000;
    fresh(t, lin, PTE_P | PTE_RW);
    (void)leads_to(t, lin, MMU_WRITE, FRAMES);
    unsigned back = 0;
    for (unsigned n = 0; n < 10000; n++) {
        mmu_mapping_changed(&t->mmu);
        back += mmu_load(&t->mmu, false, lin, 1) || mmu_store(&t->mmu, false, lin, 1);
    }
    CHECK(back == 0, "an old host pointer came back %u times", back);
    CHECK(leads_to(t, lin, MMU_WRITE, FRAMES), "the translation itself stands");
    t->mmu.tlb.gen = UINT32_MAX;
    t->mmu.tlb.entry[lin >> 12].gen = 1;
    mmu_set_cr3(&t->mmu, PD);
    CHECK(!tlb_find(&t->mmu.tlb, lin), "no entry returns when the generations start again");
}

int main(void)
{
    static struct bench t;
    init(&t);
    test_product(&t);
    test_stale(&t);
    test_dirty(&t);
    test_random(&t);
    test_generations(&t);
    fini(&t);
    return report_end();
}
