/* SPDX-License-Identifier: MIT */
/*
 * spaces.h - the address spaces that were seen: which values CR3 has had, newest first. Nothing in
 * the guest depends on it; it is how a debugger knows the other processes of a kernel it knows
 * nothing about.
 *
 * A page directory may have been freed since: whether an entry still is one is for the reader
 * to judge.
 */
#ifndef MMU_SPACES_H
#define MMU_SPACES_H

#include "base/types.h"

struct snap;

#define SPACES 64u

struct space_seen {
    uint32_t cr3;    /* without PWT and PCD */
    uint64_t loads;  /* how often it was loaded */
    uint64_t icount; /* instructions retired when it was loaded last */
    uint32_t eip;    /* by whom */
};

struct spaces {
    struct space_seen seen[SPACES]; /* the last one loaded first */
    unsigned n;                     /* of seen; the oldest goes when there is no room */
};

/* CR3 is loaded. The entry for it, now the first, for the caller to fill in when and by whom. */
struct space_seen *spaces_note(struct spaces *s, uint32_t cr3);
void spaces_snap(struct spaces *s, struct snap *snap);

#endif
