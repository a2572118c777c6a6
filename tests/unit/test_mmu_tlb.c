/* SPDX-License-Identifier: MIT */
/*
 * test_mmu_tlb.c - TLBs of finite geometry against a plain model: random maps, accesses, INVLPG and
 * CR3 loads; after each step the same pages must be resident, lead to the same frames, and host
 * pointers must exist for resident pages only (with pseudo-LRU: for the last used of a set only), and
 * windows must say what these say.
 * Then the test registers of the 386.
 */
#include "mmu/bus.h"
#include "mmu/mmu.h"
#include "mmu/paging.h"
#include "tests/report.h"

#include <string.h>

#define RAM (UINT32_C(1) << 20)
#define PD UINT32_C(0x1000)
#define PT UINT32_C(0x2000)
#define PAGES 96u
#define STEPS 200000u

/* The model: per set a list of ways in memory order, and for each how long ago it came or was used. */
struct way {
    bool valid;
    uint32_t page, frame, rights;
};

struct model {
    struct tlb_shape shape;
    struct way way[64][16];
    unsigned next[64];   /* round-robin: the next victim */
    bool last_pair0[64]; /* pseudo-LRU: pair 0-1 was used last */
    bool last_way0[64];  /* way 0 was used last of its pair */
    bool last_way2[64];  /* way 2 was used last of its pair */
    unsigned mru[64];    /* pseudo-LRU: the page used last */
};

struct bench {
    struct bus bus;
    struct mmu mmu;
    struct model model;
    uint32_t pte[PAGES]; /* as the model believes them to be in memory */
};

static uint64_t seed = 386;

static uint32_t roll(uint32_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % n;
}

static struct way *find(struct model *m, uint32_t page)
{
    struct way *w = m->way[page % m->shape.sets];
    for (unsigned n = 0; n < m->shape.ways; n++) {
        if (w[n].valid && w[n].page == page)
            return &w[n];
    }
    return NULL;
}

static void used(struct model *m, uint32_t page)
{
    unsigned set = page % m->shape.sets, way = (unsigned)(find(m, page) - m->way[set]);
    m->mru[set] = page;
    if (!m->shape.pseudo_lru)
        return;
    m->last_pair0[set] = way < 2;
    if (way < 2)
        m->last_way0[set] = way == 0;
    else
        m->last_way2[set] = way == 2;
}

static struct way *room(struct model *m, uint32_t page)
{
    unsigned set = page % m->shape.sets;
    struct way *w = m->way[set];
    for (unsigned n = 0; n < m->shape.ways; n++) {
        if (!w[n].valid)
            return &w[n];
    }
    if (!m->shape.pseudo_lru) {
        unsigned victim = m->next[set];
        m->next[set] = (victim + 1) % m->shape.ways;
        return &w[victim];
    }
    if (m->last_pair0[set])
        return &w[m->last_way2[set] ? 3 : 2];
    return &w[m->last_way0[set] ? 1 : 0];
}

static bool permits(uint32_t rights, unsigned access)
{
    if (access & MMU_USER)
        return (rights & PTE_US) && (!(access & MMU_WRITE) || (rights & PTE_RW));
    return !(access & MMU_WRITE) || (rights & PTE_RW); /* CR0.WP is on */
}

/* What the access must do, by the model: true and the frame, or false. */
static bool expect(struct bench *t, uint32_t page, unsigned access, uint32_t *frame)
{
    struct model *m = &t->model;
    struct way *w = find(m, page);
    bool served = w && permits(w->rights, access) && (!(access & MMU_WRITE) || (w->rights & PTE_D));
    if (!served) {
        uint32_t pte = t->pte[page];
        if (!(pte & PTE_P) || !permits(pte, access)) {
            if (w)
                w->valid = false; /* a fault removes it */
            return false;
        }
        pte |= PTE_A | (access & MMU_WRITE ? PTE_D : 0);
        t->pte[page] = pte;
        if (!w)
            w = room(m, page);
        *w = (struct way){
            .valid = true, .page = page, .frame = pte & PAGE_FRAME_MASK, .rights = pte};
    }
    used(m, page);
    *frame = w->frame;
    return true;
}

static void set_pte(struct bench *t, uint32_t page, uint32_t pte)
{
    t->pte[page] = pte;
    memcpy(t->bus.ram + PT + page * 4, &pte, 4);
}

static bool check_residents(struct bench *t)
{
    for (uint32_t page = 0; page < PAGES; page++) {
        lin_t lin = page << 12;
        struct way *w = find(&t->model, page);
        const struct tlb_entry *e = tlb_look(&t->mmu.tlb, lin);
        if (!!w != !!e ||
            (e && (tlb_slot_of(&t->mmu.tlb, lin) < 0 || (e->frame & PAGE_FRAME_MASK) != w->frame)))
            return false;
        bool host = mmu_load(&t->mmu, false, lin, 1) || mmu_load(&t->mmu, true, lin, 1) ||
                    mmu_store(&t->mmu, false, lin, 1) || mmu_store(&t->mmu, true, lin, 1);
        if (host && !w)
            return false;
        if (host && t->model.shape.pseudo_lru && t->model.mru[page % t->model.shape.sets] != page)
            return false;
    }
    return true;
}

/* As handlers do: a window on a page that was accessed. */
static void move_window(struct bench *t, uint32_t page, unsigned access)
{
    bool store = access & MMU_WRITE;
    uint64_t *table = t->mmu.tlb.host[!!(access & MMU_USER)];
    uint64_t word = table[(store ? HOST_STORES : 0) + page];
    uint64_t *window = table - WINDOW_WORDS + 4 * roll(WINDOW_WORDS / 4) + 2 * store;
    if (!word)
        return;
    window[WINDOW_PAGE] = page << 12;
    window[WINDOW_HOST] = (page << 12) - word;
}

static bool check_windows(const struct bench *t)
{
    for (unsigned user = 0; user < 2; user++) {
        const uint64_t *table = t->mmu.tlb.host[user], *window = table - WINDOW_WORDS;
        for (unsigned n = 0; n < WINDOW_WORDS; n += 2) {
            uint64_t page = window[n + WINDOW_PAGE];
            if (page != NO_WINDOW &&
                page - table[(n & 2 ? HOST_STORES : 0) + (page >> 12)] != window[n + WINDOW_HOST])
                return false;
        }
    }
    return true;
}

static void step(struct bench *t)
{
    static const unsigned access_of[4] = {MMU_READ, MMU_WRITE, MMU_USER, MMU_USER | MMU_WRITE};
    uint32_t page = roll(PAGES), what = roll(100), frame = 0;
    if (what < 80) {
        unsigned access = access_of[roll(4)];
        struct mmu_fault f;
        phys_t phys = 0;
        bool want = expect(t, page, access, &frame);
        bool got = mmu_translate(&t->mmu, page << 12, access, &phys, &f);
        if (!got)
            mmu_fault_taken(&t->mmu, &f);
        CHECK(got == want && (!got || phys == frame), "page %u access %u: %d %08x, wanted %d %08x",
              page, access, got, phys, want, frame);
        if (got)
            move_window(t, page, access);
    } else if (what < 82) {
        tlb_protect_host(&t->mmu.tlb, t->bus.ram + (roll(200) + 16) * PAGE_SIZE);
    } else if (what < 92) {
        set_pte(t, page, (roll(200) + 16) << 12 | roll(8) | (roll(2) ? PTE_D : 0));
    } else if (what < 98) {
        struct way *w = find(&t->model, page);
        mmu_invlpg(&t->mmu, page << 12);
        if (w)
            w->valid = false;
    } else if (roll(4) == 0) {
        mmu_set_cr3(&t->mmu, PD);
        for (unsigned set = 0; set < t->model.shape.sets; set++) {
            for (unsigned n = 0; n < t->model.shape.ways; n++)
                t->model.way[set][n].valid = false;
        }
    }
}

static void init(struct bench *t, struct tlb_shape shape)
{
    struct error err;
    uint32_t pde = PT | PTE_P | PTE_RW | PTE_US | PTE_A;
    memset(t, 0, sizeof *t);
    t->model.shape = shape;
    CHECK(bus_init(&t->bus, RAM, NULL, &err) && mmu_init(&t->mmu, &t->bus, shape, NULL, &err),
          "memory");
    bus_map_ram(&t->bus, "ram", 0, RAM, 0);
    memcpy(t->bus.ram + PD, &pde, 4);
    for (uint32_t page = 0; page < PAGES; page++)
        set_pte(t, page, (page + 16) << 12 | PTE_P | PTE_RW | PTE_US);
    mmu_set_cr0(&t->mmu, true, true);
    mmu_set_cr3(&t->mmu, PD);
}

static void fini(struct bench *t)
{
    mmu_fini(&t->mmu);
    bus_fini(&t->bus);
}

static void test_model(struct bench *t, struct tlb_shape shape)
{
    bool good = true;
    init(t, shape);
    for (unsigned n = 0; n < STEPS && good; n++) {
        step(t);
        if (n % 7 == 0)
            good = check_residents(t);
        CHECK(check_windows(t), "windows differ at step %u", n);
        CHECK(good, "%ux%u%s: residents differ at step %u", shape.ways, shape.sets,
              shape.pseudo_lru ? " pseudo-LRU" : "", n);
    }
    CHECK(t->mmu.tlb.evictions > STEPS / 100, "there were evictions: %llu",
          (unsigned long long)t->mmu.tlb.evictions);
    fini(t);
}

/* i386 manual, 12.5: write an entry through TR7 and TR6, use it, look it up. */
static void test_registers(struct bench *t, struct tlb_shape shape)
{
    struct mmu_fault f;
    phys_t phys = 0;
    uint32_t tr7 = 0x55000 | 1 << 4;
    init(t, shape);
    mmu_test_register(&t->mmu, 0x7000 | 1 << 11 | 2 << 9 | 2 << 7 | 2 << 5, &tr7);
    CHECK(mmu_translate(&t->mmu, 0x7123, MMU_USER | MMU_WRITE, &phys, &f) && phys == 0x55123,
          "an entry that was written is used: %08x", phys);
    tr7 = 0;
    mmu_test_register(&t->mmu, 0x7000 | 3 << 9 | 3 << 7 | 3 << 5 | 1, &tr7);
    CHECK((tr7 & 0xfffff010) == 0x55010, "it is found: TR7 %08x", tr7);
    tr7 = 0;
    mmu_test_register(&t->mmu, 0x7000 | 1 << 9 | 3 << 7 | 3 << 5 | 1, &tr7);
    CHECK(!(tr7 & 0x10), "not when D must be clear");
    mmu_test_register(&t->mmu, 0x7000 | 2 << 9 | 2 << 7 | 2 << 5, &tr7); /* V clear: removed */
    mmu_test_register(&t->mmu, 0x7000 | 3 << 9 | 3 << 7 | 3 << 5 | 1, &tr7);
    CHECK(!(tr7 & 0x10), "an entry written invalid is not found");
    CHECK(mmu_translate(&t->mmu, 0x7123, MMU_READ, &phys, &f) && phys == 0x17123, "%08x", phys);
    fini(t);
}

int main(void)
{
    static struct bench t;
    const struct tlb_shape shapes[] = {
        {8, 4, false}, {8, 4, true}, {1, 1, false}, {16, 2, false}, {1, 16, false}, {4, 4, true},
    };
    for (unsigned n = 0; n < ARRAY_LEN(shapes); n++)
        test_model(&t, shapes[n]);
    test_registers(&t, (struct tlb_shape){0});
    test_registers(&t, (struct tlb_shape){8, 4, false});
    return report_end();
}
