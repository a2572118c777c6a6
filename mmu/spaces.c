/* SPDX-License-Identifier: MIT */
/* spaces.c - the values that CR3 has had (see spaces.h). */
#include "mmu/spaces.h"

#include "base/snap.h"

#include <string.h>

struct space_seen *spaces_note(struct spaces *s, uint32_t cr3)
{
    struct space_seen mine = {.cr3 = cr3};
    unsigned at = 0;
    while (at < s->n && s->seen[at].cr3 != cr3)
        at++;
    if (at < s->n)
        mine = s->seen[at];
    else if (s->n < SPACES)
        s->n++;
    else
        at--;
    memmove(&s->seen[1], &s->seen[0], at * sizeof mine);
    mine.loads++;
    s->seen[0] = mine;
    return &s->seen[0];
}

void spaces_snap(struct spaces *s, struct snap *snap)
{
    uint32_t n = s->n;
    if (!snap_section(snap, "spaces", 1))
        return;
    snap_u32(snap, &n);
    if (n > SPACES) {
        snap_fail(snap, "%u address spaces, at most %u can be", n, SPACES);
        return;
    }
    s->n = n;
    for (unsigned i = 0; i < n; i++) {
        snap_u32(snap, &s->seen[i].cr3);
        snap_u64(snap, &s->seen[i].loads);
        snap_u64(snap, &s->seen[i].icount);
        snap_u32(snap, &s->seen[i].eip);
    }
}
