/* SPDX-License-Identifier: MIT */
/*
 * rmap.c - the commands rmap (which linear addresses map a frame, in every address space that was
 * seen) and as (address spaces by name, and what differs between two).
 */
#include "monitor/pages.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "mmu/bus.h"
#include "mmu/paging.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/space.h"
#include "monitor/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One place where the frame is mapped. */
struct place {
    uint32_t lin;   /* address that leads to the physical one */
    uint32_t last;  /* and so does every page up to this; else equal to lin */
    uint32_t bits;  /* effective rights */
    unsigned count; /* address spaces that have it alike */
    uint32_t cr3;   /* the first of them */
};

struct places {
    struct place *list; /* owned */
    size_t n, room;
    unsigned spaces; /* address spaces looked at */
};

static bool add_place(struct places *p, uint32_t lin, uint32_t last, uint32_t bits, uint32_t cr3)
{
    if (p->n == p->room) {
        size_t room = p->room ? 2 * p->room : 32;
        struct place *more = realloc(p->list, room * sizeof *more);
        if (!more)
            return false;
        p->list = more;
        p->room = room;
    }
    p->list[p->n++] = (struct place){lin, last, bits, 1, cr3};
    return true;
}

/* Every mapping of phys in s. */
static bool find_places(struct places *p, const struct space *s, uint64_t phys)
{
    struct extent e;
    for (uint64_t at = 0; space_next(s, at, UINT64_C(1) << 32, 0, &e); at = (uint64_t)e.last + 1) {
        uint64_t away = phys - e.phys, size = e.repeated ? PAGE_SIZE - 1 : e.last - e.first;
        if (phys < e.phys || away > size)
            continue;
        uint32_t lin = e.first + (uint32_t)away;
        uint32_t last = e.repeated ? (e.last & PAGE_FRAME_MASK) + (uint32_t)away : lin;
        if (!add_place(p, lin, last, e.bits, s->cr3))
            return false;
    }
    return true;
}

static int by_address(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->lin != y->lin)
        return x->lin < y->lin ? -1 : 1;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    return x->bits != y->bits ? (x->bits < y->bits ? -1 : 1) : 0;
}

/* What several address spaces have alike becomes one place. */
static void fold_places(struct places *p)
{
    size_t kept = 0;
    if (!p->n)
        return;
    qsort(p->list, p->n, sizeof *p->list, by_address);
    for (size_t n = 1; n < p->n; n++) {
        struct place *last = &p->list[kept];
        if (p->spaces > 1 && by_address(last, &p->list[n]) == 0 && last->cr3 != p->list[n].cr3)
            last->count++;
        else
            p->list[++kept] = p->list[n];
    }
    p->n = kept + 1;
}

/* Says the address spaces that have lin -> phys with these rights. */
static void say_owners(struct monitor *mon, const struct known_space *known, unsigned n,
                       const struct place *p, uint64_t phys, unsigned spaces, struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    char text[64];
    unsigned said = 0;
    answer_list(to, "spaces");
    if (p->count > 1 && p->count == spaces)
        answer_text(to, "  in all %u address spaces", spaces);
    for (unsigned i = 0; i < n; i++) {
        struct space s;
        struct walk w;
        space_at(&s, m, known[i].cr3);
        if (known[i].gone || !space_walk(&s, p->lin, &w) ||
            (w.frame | (p->lin & PAGE_OFFSET_MASK)) != phys)
            continue;
        views_text(mon->views, known[i].cr3, text, sizeof text);
        answer_number(to, NULL, known[i].cr3);
        if (p->count == 1 || p->count < spaces)
            answer_text(to, "%s%s%s", said++ ? ", " : "  cr3 ", text,
                        known[i].current ? " (current)" : "");
    }
    answer_close(to);
    answer_text(to, "\n");
}

bool rmap_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    struct known_space known[KNOWN_SPACES];
    struct places p = {0};
    struct space s;
    uint32_t phys;
    bool good = true;
    char more[40];
    if (!line_address(line, "a physical address", &phys, err) || !line_end(line, err))
        return false;
    space_current(&s, m);
    unsigned n = space_known(m, known);
    for (unsigned i = 0; good && i < n && s.paging; i++) {
        if (known[i].gone)
            continue;
        space_at(&s, m, known[i].cr3);
        p.spaces++;
        good = find_places(&p, &s, phys);
    }
    if (!good) {
        free(p.list);
        return error_set(err, "not enough memory");
    }
    fold_places(&p);
    answer_number(to, "phys", phys);
    answer_bool(to, "paging", s.paging);
    answer_string(to, "behind", space_behind(&s, phys));
    answer_number(to, "spaces_searched", p.spaces);
    answer_text(to, "physical %08x (%s)", phys, space_behind(&s, phys));
    if (!s.paging)
        answer_text(to, ": paging is off, the linear address is the same\n");
    else
        answer_text(to, " is mapped at %zu address%s in %u address space%s%s\n", p.n,
                    p.n == 1 ? "" : "es", p.spaces, p.spaces == 1 ? "" : "s", p.n ? ":" : "");
    answer_list(to, "mappings");
    for (size_t i = 0; i < p.n; i++) {
        space_attributes(p.list[i].bits, more, sizeof more);
        answer_object(to, NULL);
        answer_number(to, "linear", p.list[i].lin);
        answer_bool(to, "user", p.list[i].bits & PTE_US);
        answer_bool(to, "writable", p.list[i].bits & PTE_RW);
        answer_number(to, "last", p.list[i].last);
        answer_text(to, "  %08x", p.list[i].lin);
        if (p.list[i].last != p.list[i].lin)
            answer_text(to, "-%08x (every page)", p.list[i].last);
        answer_text(to, "  %s%s%s", space_rights(p.list[i].bits), *more ? " " : "", more);
        say_owners(mon, known, n, &p.list[i], phys, p.spaces, to);
        answer_close(to);
    }
    answer_close(to);
    free(p.list);
    return true;
}

static void list_spaces(struct monitor *mon, struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    struct known_space known[KNOWN_SPACES];
    unsigned n = space_known(m, known);
    bool paging = inspect_cpu(m)->mmu.paging;
    answer_bool(to, "paging", paging);
    if (!paging)
        answer_text(to, "paging is off: CR3 has no meaning yet\n");
    answer_text(to, "cr3       name              loads  last loaded\n");
    answer_list(to, "spaces");
    for (unsigned i = 0; i < n; i++) {
        const char *name = views_name(mon->views, known[i].cr3);
        char place[200] = "";
        if (known[i].loads)
            session_place(mon, known[i].eip, place, sizeof place);
        answer_object(to, NULL);
        answer_number(to, "cr3", known[i].cr3);
        if (name)
            answer_string(to, "name", name);
        else
            answer_null(to, "name");
        answer_bool(to, "current", known[i].current);
        answer_bool(to, "gone", known[i].gone);
        answer_number(to, "loads", known[i].loads);
        answer_number(to, "last_icount", known[i].icount);
        answer_number(to, "last_eip", known[i].eip);
        answer_close(to);
        answer_text(to, "%08x  %-16s %6" PRIu64 "  @%" PRIu64 " %s%s%s\n", known[i].cr3,
                    name ? name : "", known[i].loads, known[i].icount, place,
                    known[i].current ? "  (current)" : "",
                    known[i].gone ? "  (no address space any more)" : "");
    }
    answer_close(to);
    answer_list(to, "saved");
    for (const struct view *v = mon->views; v; v = v->next) {
        answer_object(to, NULL);
        answer_string(to, "name", v->name);
        answer_number(to, "cr3", v->cr3);
        answer_bool(to, "kept", v->kept);
        answer_number(to, "icount", v->icount);
        answer_close(to);
        if (v->kept)
            answer_text(to, "saved: %s, cr3 %08x @%" PRIu64 ", %zu ranges\n", v->name, v->cr3,
                        v->icount, v->n);
    }
    answer_close(to);
}

/* `name NAME [cr3 X]` and `save NAME [cr3 X]` */
static bool keep_space(struct monitor *mon, struct line *line, bool save, struct answer *to,
                       struct error *err)
{
    char name[64];
    struct space s;
    if (!line_word(line, "a name", name, sizeof name, err) || !views_space(mon, line, &s, err) ||
        !line_end(line, err))
        return false;
    struct view *v = views_put(&mon->views, name, s.cr3, err);
    if (!v)
        return false;
    v->kept = save;
    v->icount = inspect_cpu(monitor_machine(mon))->icount;
    if (save && !view_fill(v, &s, 0)) {
        views_drop(&mon->views, name);
        return error_set(err, "not enough memory to keep the address space");
    }
    answer_string(to, "name", name);
    answer_number(to, "cr3", s.cr3);
    answer_number(to, "ranges", v->n);
    if (save)
        answer_text(to, "%s: cr3 %08x as it is now, %zu ranges\n", name, s.cr3, v->n);
    else
        answer_text(to, "%s is cr3 %08x\n", name, s.cr3);
    return true;
}

/* One side of a diff: a saved view, a name, a CR3 value, or (nothing) the current space. */
static bool take_side(struct monitor *mon, struct line *line, struct view *out, struct error *err)
{
    char name[64];
    struct space s;
    struct line back = *line;
    struct error ignored;
    space_current(&s, monitor_machine(mon));
    snprintf(out->name, sizeof out->name, "now");
    if (line_more(line) && line_word(line, "an address space", name, sizeof name, &ignored)) {
        const struct view *v = views_find(mon->views, name);
        if (v && v->kept) {
            *out = *v;
            out->next = NULL;
            out->list = malloc(v->n ? v->n * sizeof *v->list : 1);
            if (!out->list)
                return error_set(err, "not enough memory");
            memcpy(out->list, v->list, v->n * sizeof *v->list);
            return true;
        }
        if (v) {
            space_at(&s, monitor_machine(mon), v->cr3);
            snprintf(out->name, sizeof out->name, "%s", v->name);
        } else {
            uint32_t cr3;
            *line = back;
            if (!line_address(line, "an address space (a name from `as`, or a CR3 value)", &cr3,
                              err))
                return false;
            space_at(&s, monitor_machine(mon), cr3);
            snprintf(out->name, sizeof out->name, "cr3 %08x", cr3);
        }
    }
    out->cr3 = s.cr3;
    return view_fill(out, &s, 0) || error_set(err, "not enough memory");
}

static bool diff_spaces(struct monitor *mon, struct line *line, struct answer *to,
                        struct error *err)
{
    struct view a = {.n = 0}, b = {.n = 0};
    bool good = line_more(line) || error_set(err, "which address spaces? (as diff A [B])");
    good = good && take_side(mon, line, &a, err) && take_side(mon, line, &b, err) &&
           line_end(line, err);
    if (good) {
        answer_string(to, "a", a.name);
        answer_string(to, "b", b.name);
        answer_text(to, "from %s (cr3 %08x) to %s (cr3 %08x)\n", a.name, a.cr3, b.name, b.cr3);
        answer_list(to, "differences");
        unsigned n = view_diff(&a, &b, to);
        answer_close(to);
        answer_text(to, n ? "- only in the first, + only in the second, ~ in both\n"
                          : "no difference\n");
    }
    free(a.list);
    free(b.list);
    return good;
}

bool as_show(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char name[64];
    if (!inspect_cpu(monitor_machine(mon))->mmu.paging && line_more(line))
        return error_set(err, "paging is off: there are no address spaces yet");
    if (line_keyword(line, "name"))
        return keep_space(mon, line, false, to, err);
    if (line_keyword(line, "save"))
        return keep_space(mon, line, true, to, err);
    if (line_keyword(line, "diff"))
        return diff_spaces(mon, line, to, err);
    if (line_keyword(line, "drop")) {
        if (!line_word(line, "a name", name, sizeof name, err) || !line_end(line, err))
            return false;
        return views_drop(&mon->views, name) ||
               error_set(err, "no address space is called '%s' (`as` lists them)", name);
    }
    if (!line_end(line, err))
        return false;
    list_spaces(mon, to);
    return true;
}
