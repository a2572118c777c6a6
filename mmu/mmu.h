/* SPDX-License-Identifier: MIT */
/*
 * mmu.h - linear to physical: translation, rights, accessed and dirty bits, page faults.
 *
 * - mmu_translate is the exact answer for one byte's page: architectural TLB, else a walk that
 *   checks first and sets A (and D for a write) only when the access is permitted. A fault is a
 *   value (struct mmu_fault); raising it is the processor's business.
 * - mmu_load / mmu_store give a host pointer when the whole access hits the host TLB, and NULL
 *   for everything that needs care (miss, page crossing, device, ROM, code page, not dirty).
 * - code_epoch changes whenever a linear address that was fetchable may mean something else.
 *
 * Rights (SDM vol. 3, 4.6): a page is user/writable if both entries say so. Supervisor writes
 * ignore R/W unless CR0.WP is set (486 and later; a 386 has no WP and the CPU never sets it).
 * A TLB entry that forbids an access is dropped and the tables are walked again before a fault
 * is raised (SDM vol. 3, 4.10.4.3: permission upgrades need no INVLPG to take effect after a
 * fault).
 */
#ifndef MMU_MMU_H
#define MMU_MMU_H

#include "base/types.h"
#include "mmu/sanitizer.h"
#include "mmu/spaces.h"
#include "mmu/tlb.h"
#include "mmu/walk.h"

struct bus;
struct snap;
struct trace;

/* Kinds of access, or-ed together. */
enum {
    MMU_READ = 0,
    MMU_WRITE = PF_WR,
    MMU_USER = PF_US, /* made at CPL 3 */
};

struct mmu_fault {
    lin_t lin;        /* the address for CR2 */
    uint32_t code;    /* PF_* */
    struct walk walk; /* what the tables said: the reason */
};

/* What flushed the TLB. A task switch counts as the CR3 load that it is. */
enum mmu_flush { FLUSH_RESET, FLUSH_CR0, FLUSH_CR3, FLUSH_CR4, FLUSHES };

struct mmu_stats {
    uint64_t hits;             /* look-ups that the TLB answered and no host pointer did */
    uint64_t walks;            /* misses: page walks */
    uint64_t faults;           /* page faults found */
    uint64_t flushes[FLUSHES]; /* whole-TLB flushes, by cause */
    uint64_t page_flushes;     /* INVLPG */
    uint64_t a_updates;        /* entries whose A bit was set */
    uint64_t d_updates;        /* entries whose D bit was set */
};

struct mmu {
    struct bus *bus;
    struct trace *trace;
    uint32_t cr3;          /* page directory base (bits 31-12) and PWT/PCD */
    bool paging;           /* CR0.PG */
    bool wp;               /* CR0.WP */
    bool pge;              /* CR4.PGE */
    struct walk_mode mode; /* CR4.PSE, CR4.PAE, and the PAE directory pointers */
    uint32_t code_epoch;   /* see above */
    lin_t watch[4];        /* linear pages that get no host pointers */
    unsigned watches;      /* how many of them */
    /* A debugger watches this linear page: no host pointers either. NULL: it watches none. */
    bool (*watched)(void *arg, lin_t lin);
    void *watched_arg;
    bool user_slow; /* no host pointers for user accesses: alignment is checked */
    struct tlb tlb;
    struct mmu_stats stats;
    struct sanitizer sanitizer;
    struct spaces spaces; /* the values CR3 has had */
};

bool mmu_init(struct mmu *m, struct bus *bus, struct tlb_shape shape, struct trace *trace,
              struct error *err);
void mmu_fini(struct mmu *m);
void mmu_reset(struct mmu *m);

/* Control registers, each flushing what it flushes (SDM vol. 3, 4.10.4.1): CR0.PG, WP and a change
   of PSE, PAE or PGE everything, CR3 all but global entries. False: PAE paging would begin with
   reserved bits in a directory pointer; nothing has changed. */
bool mmu_set_cr0(struct mmu *m, bool paging, bool wp);
bool mmu_set_cr3(struct mmu *m, uint32_t cr3);
bool mmu_set_cr4(struct mmu *m, bool pse, bool pae, bool pge);
void mmu_invlpg(struct mmu *m, lin_t lin);
/* No host pointers for these linear pages (at most 4; bits 31-12): data breakpoints are there. */
void mmu_watch_pages(struct mmu *m, const lin_t *pages, unsigned n);
/* After A20, a region or a page flag changed: host pointers may be wrong, translations stand. */
void mmu_mapping_changed(struct mmu *m);
/* Stores to this physical page must take the slow path from now on (PAGE_CODE was set). */
void mmu_protect_page(struct mmu *m, phys_t page);

/* Is what mmu_refill knows in use? */
static inline bool mmu_refills(const struct mmu *m)
{
    return m->paging && !m->mode.pae && !m->tlb.shape.ways && !m->watches && !m->watched;
}
/* The frequent miss (refill.c): gives out the host pointer for this access if there is nothing more to it.
   False: nothing was changed; mmu_translate knows. */
bool mmu_refill(struct mmu *m, lin_t lin, unsigned access);

/* mmu_translate was asked for code: until code_epoch changes it is not asked again. */
void mmu_note_fetch(struct mmu *m, lin_t lin);

/* A host pointer for a store inside one page that mmu_store has none for only because decoded code or
   paging entries come from the page (`seen`: PAGE_CODE, PAGE_PT, or both); *phys says where that is.
   NULL in all other cases. */
uint8_t *mmu_store_seen(struct mmu *m, bool user, lin_t lin, unsigned size, unsigned seen,
                        phys_t *phys);

/* Where lin leads by the TLB alone, without any effect. False: it is not there. */
bool mmu_remembers(const struct mmu *m, lin_t lin, phys_t *phys);

/* Translates lin for an access of kind `access` (MMU_*). True: *phys is the address on the bus
   (A20 applied). False: *f says why; nothing was changed. */
bool mmu_translate(struct mmu *m, lin_t lin, unsigned access, phys_t *phys, struct mmu_fault *f);

/* Would that access be permitted? No A or D bit, no TLB fill, no fault counted. */
bool mmu_check(const struct mmu *m, lin_t lin, unsigned access, struct mmu_fault *f);
/* A fault found by either of the two above is being raised: what the TLB holds for the address
   goes (SDM vol. 3, 4.10.4.1). */
void mmu_fault_taken(struct mmu *m, const struct mmu_fault *f);
/* What the tables say now (`present`: *w succeeded), is it less than what the TLB's entry permits, or
   another frame? */
bool mmu_entry_stale(const struct mmu *m, const struct tlb_entry *e, bool present,
                     const struct walk *w);
/* Where does lin lead by the page tables in memory (not the TLB)? No effect at all. */
bool mmu_peek(const struct mmu *m, lin_t lin, phys_t *phys);

/* The test registers of the 386 and 486 (i386 manual, 12.5): TR6 was written; *tr7 goes in or out. */
void mmu_test_register(struct mmu *m, uint32_t tr6, uint32_t *tr7);

/* Saves CR3 and the TLB's contents (stale entries are state). */
void mmu_snap(struct mmu *m, struct snap *s);

/* While set, mmu_load and mmu_store answer NULL for user accesses. */
void mmu_set_user_slow(struct mmu *m, bool slow);

/* Does an entry with these TLB_* rights permit the access? */
static inline bool mmu_permits(const struct mmu *m, uint32_t rights, unsigned access)
{
    if (access & MMU_USER)
        return (rights & TLB_U) && (!(access & MMU_WRITE) || (rights & TLB_W));
    return !(access & MMU_WRITE) || (rights & TLB_W) || !m->wp;
}

/* Does an access of `size` bytes at lin reach into the next page? */
static inline bool mmu_crosses(lin_t lin, unsigned size)
{
    return (lin & PAGE_OFFSET_MASK) + size > PAGE_SIZE;
}

static inline uint8_t *mmu_load(struct mmu *m, bool user, lin_t lin, unsigned size)
{
    return mmu_crosses(lin, size) ? NULL : tlb_host(m->tlb.host[user], lin);
}

static inline uint8_t *mmu_store(struct mmu *m, bool user, lin_t lin, unsigned size)
{
    return mmu_crosses(lin, size) ? NULL : tlb_host(m->tlb.host[user] + HOST_STORES, lin);
}

#endif
