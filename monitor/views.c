/* SPDX-License-Identifier: MIT */
/* views.c - address spaces by name, and what differs between two of them (see views.h). */
#include "monitor/views.h"

#include "machine/inspect.h"
#include "mmu/paging.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void view_free(struct view *v)
{
    free(v->list);
    free(v);
}

void views_free(struct view *all)
{
    while (all) {
        struct view *next = all->next;
        view_free(all);
        all = next;
    }
}

struct view *views_find(struct view *all, const char *name)
{
    while (all && strcmp(all->name, name) != 0)
        all = all->next;
    return all;
}

const char *views_name(const struct view *all, uint32_t cr3)
{
    const char *saved = NULL;
    for (; all; all = all->next) {
        if ((all->cr3 & PAGE_FRAME_MASK) != (cr3 & PAGE_FRAME_MASK))
            continue;
        if (!all->kept)
            return all->name;
        if (!saved)
            saved = all->name;
    }
    return saved; /* better than nothing */
}

void views_text(const struct view *all, uint32_t cr3, char *text, size_t n)
{
    const char *name = views_name(all, cr3);
    if (name)
        snprintf(text, n, "%08x (%s)", cr3, name);
    else
        snprintf(text, n, "%08x", cr3);
}

bool views_drop(struct view **all, const char *name)
{
    for (struct view **at = all; *at; at = &(*at)->next) {
        if (strcmp((*at)->name, name) == 0) {
            struct view *v = *at;
            *at = v->next;
            view_free(v);
            return true;
        }
    }
    return false;
}

struct view *views_put(struct view **all, const char *name, uint32_t cr3, struct error *err)
{
    struct view *v = NULL;
    if (strlen(name) >= sizeof v->name) {
        error_set(err, "'%s' is too long for a name: at most %zu characters", name,
                  sizeof v->name - 1);
        return NULL;
    }
    v = calloc(1, sizeof *v);
    if (!v) {
        error_set(err, "not enough memory");
        return NULL;
    }
    views_drop(all, name);
    snprintf(v->name, sizeof v->name, "%s", name);
    v->cr3 = cr3;
    v->next = *all;
    *all = v;
    return v;
}

bool view_fill(struct view *v, const struct space *s, unsigned how)
{
    size_t room = 0;
    struct extent e;
    v->n = 0;
    for (uint64_t at = 0; space_next(s, at, UINT64_C(1) << 32, how, &e);
         at = (uint64_t)e.last + 1) {
        if (v->n == room) {
            room = room ? 2 * room : 64;
            struct extent *more = realloc(v->list, room * sizeof e);
            if (!more)
                return false;
            v->list = more;
        }
        v->list[v->n++] = e;
    }
    return true;
}

/* A piece of linear memory in which both sides are of one kind. */
struct piece {
    uint64_t first, end; /* linear, end exclusive */
    bool in[2];          /* mapped here? */
    struct extent of[2]; /* with phys at `first` */
};

/* The piece at *at or after it; moves on. False: neither side has anything more. */
static bool next_piece(const struct view *v[2], size_t index[2], uint64_t *at, struct piece *p)
{
    uint64_t first = UINT64_MAX, end = UINT64_C(1) << 32;
    for (unsigned side = 0; side < 2; side++) {
        while (index[side] < v[side]->n && v[side]->list[index[side]].last < *at)
            index[side]++;
        if (index[side] < v[side]->n) {
            uint64_t begins = v[side]->list[index[side]].first;
            first = begins < first ? begins : first;
        }
    }
    if (first == UINT64_MAX)
        return false;
    p->first = first > *at ? first : *at;
    for (unsigned side = 0; side < 2; side++) {
        const struct extent *e = index[side] < v[side]->n ? &v[side]->list[index[side]] : NULL;
        p->in[side] = e && e->first <= p->first;
        if (e && !p->in[side] && e->first < end)
            end = e->first;
        if (p->in[side] && (uint64_t)e->last + 1 < end)
            end = (uint64_t)e->last + 1;
        if (p->in[side]) {
            p->of[side] = *e;
            p->of[side].phys = extent_phys(e, (uint32_t)p->first);
        }
    }
    p->end = end;
    *at = end;
    return true;
}

static bool differs(const struct piece *p)
{
    return p->in[0] != p->in[1] ||
           (p->in[0] && (p->of[0].phys != p->of[1].phys || p->of[0].bits != p->of[1].bits ||
                         (p->of[0].repeated != p->of[1].repeated && p->end - p->first > 4096)));
}

/* Does b go on where a ends, with the same kind of difference? */
static bool continues(const struct piece *a, const struct piece *b)
{
    if (b->first != a->end)
        return false;
    for (unsigned side = 0; side < 2; side++) {
        if (a->in[side] != b->in[side])
            return false;
        const struct extent *x = &a->of[side], *y = &b->of[side];
        uint64_t next = x->repeated ? x->phys : x->phys + (a->end - a->first);
        if (a->in[side] && (x->bits != y->bits || x->repeated != y->repeated || next != y->phys))
            return false;
    }
    return true;
}

static void say_side(const struct extent *e, struct answer *to)
{
    char more[32];
    space_attributes(e->bits, more, sizeof more);
    answer_text(to, " %s%s%s at %08llx", space_rights(e->bits), *more ? " " : "", more,
                (unsigned long long)e->phys);
}

static void say_side_json(const char *key, bool in, const struct extent *e, struct answer *to)
{
    if (!in) {
        answer_null(to, key);
        return;
    }
    answer_object(to, key);
    answer_number(to, "phys", e->phys);
    answer_bool(to, "user", e->bits & PTE_US);
    answer_bool(to, "writable", e->bits & PTE_RW);
    answer_close(to);
}

static void say_piece(const struct piece *p, struct answer *to)
{
    char size[16];
    space_size(p->end - p->first, size, sizeof size);
    answer_object(to, NULL);
    answer_number(to, "first", p->first);
    answer_number(to, "last", p->end - 1);
    say_side_json("a", p->in[0], &p->of[0], to);
    say_side_json("b", p->in[1], &p->of[1], to);
    answer_close(to);
    answer_text(to, "%c %08llx-%08llx %6s ",
                p->in[0] && p->in[1] ? '~'
                : p->in[0]           ? '-'
                                     : '+',
                (unsigned long long)p->first, (unsigned long long)p->end - 1, size);
    if (p->in[0])
        say_side(&p->of[0], to);
    if (p->in[0] && p->in[1])
        answer_text(to, " ->");
    if (p->in[1])
        say_side(&p->of[1], to);
    if (p->in[0] && p->in[1])
        answer_text(to, "  (%s frame)", p->of[0].phys == p->of[1].phys ? "same" : "other");
    answer_text(to, "\n");
}

unsigned view_diff(const struct view *a, const struct view *b, struct answer *to)
{
    const struct view *v[2] = {a, b};
    size_t index[2] = {0, 0};
    uint64_t at = 0;
    unsigned count = 0;
    struct piece p, held;
    bool holding = false;
    while (next_piece(v, index, &at, &p)) {
        if (holding && differs(&p) && continues(&held, &p)) {
            held.end = p.end;
            continue;
        }
        if (holding)
            say_piece(&held, to);
        holding = differs(&p);
        held = p;
        count += holding;
    }
    if (holding)
        say_piece(&held, to);
    return count;
}

bool views_space(struct monitor *mon, struct line *line, struct space *s, struct error *err)
{
    uint32_t cr3;
    char name[64];
    const struct machine *m = monitor_machine(mon);
    if (line_keyword(line, "cr3")) {
        if (!line_address(line, "the page directory's address (cr3)", &cr3, err))
            return false;
        space_at(s, m, cr3);
    } else if (line_keyword(line, "as")) {
        if (!line_word(line, "the name of an address space", name, sizeof name, err))
            return false;
        const struct view *v = views_find(mon->views, name);
        if (!v)
            return error_set(err, "no address space is called '%s' (`as` lists them)", name);
        space_at(s, m, v->cr3);
    } else {
        space_current(s, m);
    }
    return true;
}
