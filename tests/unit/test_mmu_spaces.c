/* SPDX-License-Identifier: MIT */
/* test_mmu_spaces.c - the list of address spaces: newest first, one entry each, bounded, saved. */
#include "mmu/spaces.h"

#include "base/snap.h"
#include "tests/report.h"

#include <string.h>

static void test_order(void)
{
    struct spaces s = {0};
    spaces_note(&s, 0x1000);
    spaces_note(&s, 0x2000);
    CHECK(s.n == 2 && s.seen[0].cr3 == 0x2000 && s.seen[1].cr3 == 0x1000, "newest first");
    struct space_seen *again = spaces_note(&s, 0x1000);
    CHECK(s.n == 2 && again == &s.seen[0] && again->cr3 == 0x1000 && again->loads == 2,
          "a value has one entry, with a count");
    CHECK(s.seen[1].cr3 == 0x2000 && s.seen[1].loads == 1, "the others stay");
}

static void test_full(void)
{
    struct spaces s = {0};
    for (uint32_t n = 1; n <= SPACES + 1; n++)
        spaces_note(&s, n << 12);
    CHECK(s.n == SPACES, "bounded: %u", s.n);
    CHECK(s.seen[0].cr3 == (SPACES + 1) << 12 && s.seen[SPACES - 1].cr3 == 2 << 12,
          "the oldest went");
    CHECK(s.seen[0].loads == 1, "a new entry inherits nothing");
}

static void test_snap(void)
{
    struct spaces s = {0}, t = {0};
    struct snap save, load;
    struct space_seen *e = spaces_note(&s, 0x5000);
    e->icount = 1234567890123;
    e->eip = 0xc0100000;
    spaces_note(&s, 0x6000);
    snap_save_init(&save);
    spaces_snap(&s, &save);
    snap_load_init(&load, save.buf, save.len);
    spaces_snap(&t, &load);
    CHECK(snap_ok(&load) && t.n == 2 && t.seen[1].icount == 1234567890123 &&
              t.seen[1].eip == 0xc0100000,
          "restored");
    save.buf[save.len - 2 * 24 - 4] = SPACES + 1; /* the count */
    snap_load_init(&load, save.buf, save.len);
    spaces_snap(&t, &load);
    CHECK(!snap_ok(&load), "a count beyond the room is refused");
    snap_free(&save);
}

int main(void)
{
    test_order();
    test_full();
    test_snap();
    return report_end();
}
