/* SPDX-License-Identifier: MIT */
/*
 * test_mmu_modes.c - large pages (PSE, PSE-36), PAE and global pages (SDM vol. 3, 4.3, 4.4, 4.10):
 * for each kind of page the whole product of rights, mode and access against the rules as stated
 * here; every reserved bit; frames beyond 4 GiB; what CR3 loads and INVLPG take away.
 */
#include "mmu/bus.h"
#include "mmu/mmu.h"
#include "mmu/paging.h"
#include "tests/report.h"

#include <string.h>

#define RAM (UINT32_C(16) << 20)
#define TOP UINT32_C(0x1000) /* CR3: page directory, or the four PAE directory pointers */
#define DIR UINT32_C(0x2000) /* PAE: directory of the first GiB */
#define TAB UINT32_C(0x3000) /* page table */
#define LIN UINT32_C(0x00345678)

enum kind { SMALL_32, LARGE_32, SMALL_PAE, LARGE_PAE, KINDS };
static const char *const kind_name[KINDS] = {"4K", "4M", "PAE 4K", "PAE 2M"};

struct bench {
    struct bus bus;
    struct mmu mmu;
};

static void put(struct bench *t, phys_t at, uint64_t v, unsigned size)
{
    memcpy(t->bus.ram + at, &v, size);
}

static uint64_t get(const struct bench *t, phys_t at, unsigned size)
{
    uint64_t v = 0;
    memcpy(&v, t->bus.ram + at, size);
    return v;
}

static bool is_pae(enum kind k)
{
    return k == SMALL_PAE || k == LARGE_PAE;
}

static bool is_large(enum kind k)
{
    return k == LARGE_32 || k == LARGE_PAE;
}

static phys_t dir_at(enum kind k)
{
    return is_pae(k) ? DIR + (LIN >> 21) * 8 : TOP + (LIN >> 22) * 4;
}

static phys_t tab_at(enum kind k)
{
    return is_pae(k) ? TAB + (LIN >> 12 & 0x1ff) * 8 : TAB + (LIN >> 12 & 0x3ff) * 4;
}

static unsigned entry_size(enum kind k)
{
    return is_pae(k) ? 8 : 4;
}

/* Tables for LIN with these entry bits; the frame is at 8 MiB. Returns where LIN leads. */
static phys_t map(struct bench *t, enum kind k, uint64_t dir, uint64_t tab, bool pge)
{
    phys_t frame = UINT32_C(8) << 20;
    memset(t->bus.ram + TOP, 0, 0x3000);
    mmu_reset(&t->mmu);
    if (is_pae(k))
        put(t, TOP, DIR | PTE_P, 8);
    put(t, dir_at(k), is_large(k) ? frame | PTE_PS | dir : TAB | dir, entry_size(k));
    if (!is_large(k))
        put(t, tab_at(k), (uint64_t)frame | tab, entry_size(k));
    CHECK(mmu_set_cr4(&t->mmu, !is_pae(k), is_pae(k), pge), "CR4");
    CHECK(mmu_set_cr3(&t->mmu, TOP), "CR3");
    CHECK(mmu_set_cr0(&t->mmu, true, false), "CR0");
    uint32_t within = k == LARGE_32    ? LIN & 0x3fffff
                      : k == LARGE_PAE ? LIN & 0x1fffff
                                       : LIN & 0xfff;
    return frame + within;
}

static void check_product(struct bench *t, enum kind k, unsigned n)
{
    static const unsigned access_of[4] = {MMU_READ, MMU_WRITE, MMU_USER, MMU_USER | MMU_WRITE};
    uint64_t dir = (n & 1 ? PTE_P : 0) | (n & 2 ? PTE_RW : 0) | (n & 4 ? PTE_US : 0);
    uint64_t tab = (n & 8 ? PTE_P : 0) | (n & 16 ? PTE_RW : 0) | (n & 32 ? PTE_US : 0);
    bool wp = n & 64, dirty = n & 128;
    unsigned access = access_of[n >> 8 & 3];
    if (is_large(k)) {
        tab = dir;
        dir |= dirty ? PTE_D : 0;
    } else {
        tab |= dirty ? PTE_D : 0;
    }
    phys_t want = map(t, k, dir, tab, false), phys = 0;
    mmu_set_cr0(&t->mmu, true, wp);

    bool present = (dir & PTE_P) && (tab & PTE_P);
    bool may_user = dir & tab & PTE_US, may_write = dir & tab & PTE_RW;
    bool ok = present;
    if (access & MMU_USER)
        ok = ok && may_user && (!(access & MMU_WRITE) || may_write);
    else if (access & MMU_WRITE)
        ok = ok && (may_write || !wp);

    struct mmu_fault f;
    bool got = mmu_translate(&t->mmu, LIN, access, &phys, &f);
    CHECK(got == ok, "%s case %03x: %d, wanted %d", kind_name[k], n, got, ok);
    uint64_t leaf = get(t, is_large(k) ? dir_at(k) : tab_at(k), entry_size(k));
    if (ok) {
        CHECK(phys == want, "%s case %03x: %08x, wanted %08x", kind_name[k], n, phys, want);
        CHECK((leaf & PTE_A) && !!(leaf & PTE_D) == (dirty || (access & MMU_WRITE)),
              "%s case %03x: A and D, entry %llx", kind_name[k], n, (unsigned long long)leaf);
        CHECK(get(t, dir_at(k), entry_size(k)) & PTE_A, "%s case %03x: A above", kind_name[k], n);
    } else {
        CHECK(f.code == (access | (present ? PF_P : 0)) && f.lin == LIN, "%s case %03x: code %x",
              kind_name[k], n, f.code);
        CHECK(!(leaf & PTE_A) && !!(leaf & PTE_D) == dirty, "%s case %03x: nothing set",
              kind_name[k], n);
    }
}

/* Each bit of each entry by itself: a fault with RSVD exactly for the reserved ones. */
static void check_reserved(struct bench *t, enum kind k, bool wide)
{
    const uint64_t ok = PTE_P | PTE_RW | PTE_US;
    uint64_t in_dir = 0, in_tab = 0;
    t->mmu.mode.wide = wide;
    if (k == LARGE_32)
        in_dir = wide ? UINT64_C(0x3e0000) : UINT64_C(0x3fe000);
    if (is_pae(k)) {
        in_dir = in_tab = UINT64_C(0xfffffff000000000);
        if (k == LARGE_PAE)
            in_dir |= 0x1fe000;
    }
    for (unsigned bit = 0; bit < 8 * entry_size(k); bit++) {
        uint64_t one = UINT64_C(1) << bit;
        for (unsigned level = 0; level < (is_large(k) ? 1u : 2u); level++) {
            struct mmu_fault f = {.code = 0};
            phys_t phys;
            if (bit == 0 || (bit == 7 && level == 0))
                continue; /* P and S decide something else */
            if (k == SMALL_PAE && level == 0 && bit >= 24 && bit < 36)
                continue; /* the table would lie where nothing is, and read as all ones */
            map(t, k, ok | (level ? 0 : one), ok | (level ? one : 0), false);
            bool reserved = (level ? in_tab : in_dir) & one;
            /* A frame or table elsewhere may be anything; what matters is RSVD or not. */
            bool got = mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f);
            CHECK((!got && (f.code & PF_RSVD)) == reserved, "%s bit %u of level %u: code %x",
                  kind_name[k], bit, level, got ? 0 : f.code);
            CHECK(!reserved || f.code == (PF_P | PF_RSVD), "%s bit %u: code %x", kind_name[k], bit,
                  f.code);
        }
    }
}

static void check_directory_pointers(struct bench *t)
{
    for (unsigned bit = 1; bit < 64; bit++) {
        uint64_t one = UINT64_C(1) << bit;
        bool reserved = (UINT64_C(0xfffffff0000001e6) & one) != 0;
        map(t, SMALL_PAE, PTE_P, PTE_P, false);
        put(t, TOP + 24, DIR | PTE_P | one, 8); /* the fourth: CR3 loads look at all */
        uint64_t before = t->mmu.mode.pdpte[3];
        CHECK(mmu_set_cr3(&t->mmu, TOP) == !reserved, "directory pointer bit %u", bit);
        CHECK(!reserved || t->mmu.mode.pdpte[3] == before, "bit %u: nothing changed", bit);
    }
    /* They are registers: memory may change after CR3 was loaded. */
    phys_t want = map(t, SMALL_PAE, PTE_P, PTE_P, false), phys = 0;
    struct mmu_fault f;
    put(t, TOP, 0, 8);
    mmu_invlpg(&t->mmu, LIN);
    CHECK(mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f) && phys == want, "kept pointers");
    mmu_set_cr3(&t->mmu, TOP);
    CHECK(!mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f) && f.code == 0, "reloaded pointers");
}

static void check_beyond_4_gib(struct bench *t)
{
    struct mmu_fault f;
    phys_t phys = 0;
    map(t, SMALL_PAE, PTE_P | PTE_RW, PTE_P | PTE_RW, false);
    put(t, tab_at(SMALL_PAE), UINT64_C(0x100800000) | PTE_P | PTE_RW, 8);
    CHECK(mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f), "a frame at 4 GiB is present");
    bus_write(&t->bus, phys, 0x11111111, 4);
    CHECK(bus_read(&t->bus, phys, 4) == UINT32_MAX, "and nothing is there");
    CHECK(!mmu_peek(&t->mmu, LIN, &phys), "nor to look at");
    t->mmu.mode.wide = true;
    map(t, LARGE_32, PTE_P | 1 << 13, 0, false); /* PSE-36: physical bit 32 */
    CHECK(mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f), "a 4 MiB page at 4 GiB");
    CHECK(bus_read(&t->bus, phys, 4) == UINT32_MAX, "nothing is there either");
}

static bool stays(struct bench *t, lin_t lin)
{
    struct mmu_fault f;
    phys_t phys;
    return mmu_check(&t->mmu, lin, MMU_READ, &f) &&
           mmu_translate(&t->mmu, lin, MMU_READ, &phys, &f);
}

static void check_flushes(struct bench *t, enum kind k)
{
    const uint64_t bits = PTE_P | PTE_RW | PTE_US;
    for (unsigned n = 0; n < 4; n++) {
        bool global = n & 1, pge = n & 2;
        phys_t phys;
        struct mmu_fault f;
        map(t, k, bits | (global ? PTE_G : 0), bits | (global ? PTE_G : 0), pge);
        mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f);
        put(t, dir_at(k), 0, entry_size(k)); /* from here on only the TLB knows */
        CHECK(stays(t, LIN), "%s: remembered", kind_name[k]);
        mmu_set_cr3(&t->mmu, TOP);
        CHECK(stays(t, LIN) == (global && pge), "%s: CR3 load, G %d, PGE %d", kind_name[k], global,
              pge);
        map(t, k, bits | PTE_G, bits | PTE_G, true);
        mmu_translate(&t->mmu, LIN, MMU_READ, &phys, &f);
        put(t, dir_at(k), 0, entry_size(k));
        if (n == 0)
            mmu_invlpg(&t->mmu, LIN ^ 0x1000 * is_large(k)); /* any address of a large page */
        else if (n == 1)
            mmu_set_cr4(&t->mmu, t->mmu.mode.pse, t->mmu.mode.pae, false);
        else if (n == 2)
            mmu_set_cr0(&t->mmu, false, false), mmu_set_cr0(&t->mmu, true, false);
        else
            mmu_set_cr4(&t->mmu, !t->mmu.mode.pse, t->mmu.mode.pae, true);
        CHECK(!stays(t, LIN), "%s: flush %u takes a global entry", kind_name[k], n);
    }
}

int main(void)
{
    static struct bench t;
    struct error err;
    CHECK(bus_init(&t.bus, RAM, NULL, &err) &&
              mmu_init(&t.mmu, &t.bus, (struct tlb_shape){0}, NULL, &err),
          "memory");
    bus_map_ram(&t.bus, "ram", 0, RAM, 0);
    for (unsigned k = 0; k < KINDS; k++) {
        for (unsigned n = 0; n < 1024; n++)
            check_product(&t, k, n);
        check_reserved(&t, k, false);
        check_reserved(&t, k, true);
        check_flushes(&t, k);
    }
    check_directory_pointers(&t);
    check_beyond_4_gib(&t);
    mmu_fini(&t.mmu);
    bus_fini(&t.bus);
    return report_end();
}
