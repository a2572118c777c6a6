/* SPDX-License-Identifier: MIT */
/*
 * views.h - address spaces by name: `as name` gives a CR3 value a name, `as save` keeps what is
 * mapped there now, to be compared later. A session has a list of them.
 */
#ifndef MONITOR_VIEWS_H
#define MONITOR_VIEWS_H

#include "monitor/space.h"

struct answer;
struct line;

struct view {
    char name[32];       /* as the user calls it */
    uint32_t cr3;        /* the address space */
    bool kept;           /* `list` is what was mapped at `icount`; else the name alone */
    uint64_t icount;     /* when it was saved */
    struct extent *list; /* ranges in order, owned */
    size_t n;            /* of them */
    struct view *next;   /* or NULL */
};

void views_free(struct view *all);
/* The view of this name, NULL: none. The name of an address space, NULL: it has none. */
struct view *views_find(struct view *all, const char *name);
const char *views_name(const struct view *all, uint32_t cr3);
/* "00101000 (sh)", or without a name. */
void views_text(const struct view *all, uint32_t cr3, char *text, size_t n);
/* Adds or replaces. */
struct view *views_put(struct view **all, const char *name, uint32_t cr3, struct error *err);
bool views_drop(struct view **all, const char *name);

/* What is mapped in s, as a list of ranges. False: no memory. */
bool view_fill(struct view *v, const struct space *s, unsigned how);

/* Says in what two views differ. The number of ranges that do. */
unsigned view_diff(const struct view *a, const struct view *b, struct answer *to);

/* Takes `cr3 X` or `as NAME` from the line if it is next; else the current address space. */
bool views_space(struct monitor *mon, struct line *line, struct space *s, struct error *err);

#endif
