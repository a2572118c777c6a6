/* SPDX-License-Identifier: MIT */
/*
 * commands_pages.c - page, maps, pd, pt: what the page tables say, level by level and as ranges
 * (SDM vol. 3, 4.3 and 4.4). The rows of tlb, rmap, lint and as are here too.
 */
#include "monitor/command.h"

#include "cpu/cpu.h"
#include "machine/inspect.h"
#include "mmu/bus.h"
#include "mmu/paging.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/pages.h"
#include "monitor/sentence.h"
#include "monitor/session.h"
#include "monitor/space.h"
#include "monitor/tlbview.h"
#include "monitor/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How a linear address is cut up in the paging mode. */
static unsigned pde_index(const struct space *s, uint32_t lin)
{
    return s->mode.pae ? lin >> 21 & 511 : lin >> 22;
}

static unsigned pte_index(const struct space *s, uint32_t lin)
{
    return lin >> 12 & (s->mode.pae ? 511 : 1023);
}

static void say_entry(const struct space *s, const char *name, unsigned index, uint32_t at,
                      uint64_t value, bool page, struct answer *to)
{
    char bits[100], key[8];
    space_entry_text(s, value, page, bits, sizeof bits);
    snprintf(key, sizeof key, "%s", name);
    for (char *p = key; *p; p++)
        *p = (char)(*p | 0x20);
    answer_object(to, key);
    answer_number(to, "index", index);
    answer_number(to, "at", at);
    answer_number(to, "value", value);
    answer_string(to, "bits", bits);
    answer_close(to);
    answer_text(to, "  %s[%u]%*s at %08x = %0*" PRIx64 "  %s%s", name, index,
                index < 10    ? 2
                : index < 100 ? 1
                              : 0,
                "", at, s->mode.pae ? 16 : 8, value, bits,
                page && value & PTE_P && !strcmp(key, "pde") ? "  (large page)" : "");
    if (!page && value & PTE_P)
        answer_text(to, "  -> table %08" PRIx64, value & UINT64_C(0xffffff000));
    answer_text(to, "\n");
}

void pages_say_walk(const struct space *s, uint32_t lin, const struct walk *w, struct answer *to)
{
    if (s->mode.pae) {
        uint64_t pdpte = s->mode.pdpte[lin >> 30];
        answer_number(to, "pdpte", pdpte);
        answer_text(to, "  PDPTE[%u]             = %016" PRIx64 "  %s", lin >> 30, pdpte,
                    pdpte & PTE_P ? "P" : "not present\n");
        if (pdpte & PTE_P)
            answer_text(to, "  -> directory %08" PRIx64 "\n", pdpte & UINT64_C(0xffffff000));
    }
    if (w->result == WALK_PDPTE_GONE)
        return;
    say_entry(s, "PDE", pde_index(s, lin), w->pde_at, w->pde, w->large, to);
    if (w->result != WALK_PDE_GONE && !w->large && w->pte_at)
        say_entry(s, "PTE", pte_index(s, lin), w->pte_at, w->pte, true, to);
}

static const char *who_forbids(const struct walk *w)
{
    uint32_t lost = (uint32_t)w->pte & ~(uint32_t)w->pde & (PTE_RW | PTE_US);
    if (w->large || !lost)
        return "";
    return lost == (PTE_RW | PTE_US) ? "  (the directory takes away RW and US)"
           : lost == PTE_RW          ? "  (the directory takes away RW)"
                                     : "  (the directory takes away US)";
}

static void say_result(const struct space *s, uint32_t lin, const struct walk *w, struct answer *to)
{
    char size[16] = "4K";
    if (w->large)
        space_size(s->mode.pae ? 2 << 20 : 4 << 20, size, sizeof size);
    answer_bool(to, "present", w->result == WALK_OK);
    if (w->result != WALK_OK) {
        answer_text(to, "  not mapped: %s\n",
                    w->result == WALK_RESERVED   ? "reserved bits are set in an entry"
                    : w->result == WALK_PTE_GONE ? "the page-table entry is not present"
                    : w->result == WALK_PDE_GONE ? "the page-directory entry is not present"
                                                 : "the directory pointer is not present");
        return;
    }
    uint32_t bits = (w->user ? PTE_US : 0) | (w->writable ? PTE_RW : 0);
    uint64_t phys = w->frame | (lin & PAGE_OFFSET_MASK);
    answer_number(to, "phys", phys);
    answer_bool(to, "user", w->user);
    answer_bool(to, "writable", w->writable);
    answer_bool(to, "large", w->large);
    answer_string(to, "behind", space_behind(s, phys));
    answer_text(to, "  physical %08" PRIx64 " (%s), %s page, %s%s%s\n", phys, space_behind(s, phys),
                size, space_rights_long(bits),
                !w->writable && !s->wp ? "; CR0.WP is clear, the kernel may write" : "",
                who_forbids(w));
}

static void say_tlb(struct monitor *mon, uint32_t lin, struct answer *to)
{
    struct tlbview v;
    char text[500] = "";
    tlbview_look(monitor_machine(mon), lin, &v);
    if (v.state == TLBVIEW_NONE) {
        answer_null(to, "tlb");
        answer_text(to, "  TLB      holds nothing for this page\n");
        return;
    }
    if (v.state == TLBVIEW_STALE)
        tlbview_explain(mon, &v, text, sizeof text);
    answer_object(to, "tlb");
    answer_number(to, "phys", v.phys);
    answer_bool(to, "user", v.bits & PTE_US);
    answer_bool(to, "writable", v.bits & PTE_RW);
    answer_bool(to, "dirty", v.bits & PTE_D);
    answer_bool(to, "global", v.bits & PTE_G);
    answer_bool(to, "stale", v.state == TLBVIEW_STALE);
    answer_close(to);
    answer_text(to, "  TLB      %08x, %s%s%s: %s\n", v.phys, space_rights_long(v.bits),
                v.bits & PTE_D ? ", dirty" : "", v.bits & PTE_G ? ", global" : "",
                v.state == TLBVIEW_STALE    ? "STALE"
                : v.state == TLBVIEW_BEHIND ? "the tables allow more now (no flush is needed)"
                                            : "agrees with the tables");
    if (v.state == TLBVIEW_STALE) {
        answer_text(to, "           ");
        answer_sentence(to, 11, 11, "%s", text);
    }
}

static bool show_page(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    struct space s;
    struct walk w;
    uint32_t lin;
    char place[200], as[64];
    if (!line_address(line, "a linear address", &lin, err) || !views_space(mon, line, &s, err) ||
        !line_end(line, err))
        return false;
    bool mine = s.cr3 == inspect_cpu(m)->mmu.cr3;
    session_place(mon, lin, place, sizeof place);
    answer_number(to, "address", lin);
    answer_bool(to, "paging", s.paging);
    if (!s.paging) {
        answer_number(to, "phys", lin);
        answer_text(to, "%s\n  paging is off: physical %08x (%s)\n", place, lin,
                    space_behind(&s, lin));
        return true;
    }
    views_text(mon->views, s.cr3, as, sizeof as);
    answer_number(to, "cr3", s.cr3);
    answer_text(to, "%s, page directory%s at %s\n", place, s.mode.pae ? " pointers" : "", as);
    space_walk(&s, lin, &w);
    pages_say_walk(&s, lin, &w, to);
    say_result(&s, lin, &w, to);
    if (mine)
        say_tlb(mon, lin, to);
    return true;
}

static void say_range(const struct space *s, const struct extent *e, struct answer *to)
{
    char size[16], more[40];
    uint64_t bytes = (uint64_t)e->last - e->first + 1;
    const char *behind = space_behind(s, e->phys);
    space_size(bytes, size, sizeof size);
    space_attributes(e->bits, more, sizeof more);
    answer_object(to, NULL);
    answer_number(to, "first", e->first);
    answer_number(to, "last", e->last);
    answer_number(to, "phys", e->phys);
    answer_bool(to, "contiguous", !e->scattered && !e->repeated);
    answer_bool(to, "same_frame", e->repeated && !e->scattered);
    answer_bool(to, "user", e->bits & PTE_US);
    answer_bool(to, "writable", e->bits & PTE_RW);
    answer_bool(to, "large", e->bits & PTE_PS);
    answer_bool(to, "global", e->bits & PTE_G);
    answer_bool(to, "cache_disable", e->bits & PTE_PCD);
    answer_bool(to, "accessed", e->bits & PTE_A);
    answer_bool(to, "dirty", e->bits & PTE_D);
    answer_string(to, "behind", behind);
    answer_close(to);
    if (e->repeated && !e->scattered)
        answer_text(to, "%08x-%08x  %08" PRIx64 ", the same   %6s  %s", e->first, e->last, e->phys,
                    size, space_rights(e->bits));
    else if (e->scattered)
        answer_text(to, "%08x-%08x  scattered frames    %6s  %s", e->first, e->last, size,
                    space_rights(e->bits));
    else
        answer_text(to, "%08x-%08x  %08" PRIx64 "-%08" PRIx64 "   %6s  %s", e->first, e->last,
                    e->phys, e->phys + bytes - 1, size, space_rights(e->bits));
    answer_text(to, "%s%s%s%s\n", *more ? "  " : "", more, strcmp(behind, "RAM") ? "  " : "",
                strcmp(behind, "RAM") ? behind : "");
}

static bool show_maps(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct space s;
    struct extent e;
    unsigned how = 0, ranges = 0;
    uint64_t bytes = 0, user = 0;
    uint32_t first = 0, last = UINT32_MAX;
    char as[64], all[16], users[16];
    for (bool more = true; more;) {
        if (line_keyword(line, "-a"))
            how |= SPACE_AD;
        else if (line_keyword(line, "-s"))
            how |= SPACE_SCATTER;
        else
            more = false;
    }
    if (!views_space(mon, line, &s, err))
        return false;
    if (line_more(line) && !line_address(line, "the first address", &first, err))
        return false;
    if (line_more(line) && !line_address(line, "the last address", &last, err))
        return false;
    if (!line_end(line, err))
        return false;
    answer_bool(to, "paging", s.paging);
    answer_number(to, "cr3", s.cr3);
    if (!s.paging) {
        answer_text(to, "paging is off: every linear address is the physical one (`dev memory` "
                        "shows who answers)\n");
        return true;
    }
    views_text(mon->views, s.cr3, as, sizeof as);
    answer_text(to, "address space %s%s\n", as,
                s.wp ? "" : "; CR0.WP is clear: the kernel may write read-only pages");
    answer_text(to, "linear             physical              size  rights   attributes\n");
    answer_list(to, "ranges");
    uint64_t end = (uint64_t)(last | PAGE_OFFSET_MASK) + 1;
    for (uint64_t at = first & PAGE_FRAME_MASK; space_next(&s, at, end, how, &e);
         at = (uint64_t)e.last + 1) {
        say_range(&s, &e, to);
        ranges++;
        bytes += (uint64_t)e.last - e.first + 1;
        user += e.bits & PTE_US ? (uint64_t)e.last - e.first + 1 : 0;
    }
    answer_close(to);
    space_size(bytes, all, sizeof all);
    space_size(user, users, sizeof users);
    answer_text(to, "%u range%s, %s mapped, %s of it for user code\n", ranges,
                ranges == 1 ? "" : "s", all, user ? users : "nothing");
    return true;
}

/* One directory entry as it stands in memory. */
struct dir_entry {
    unsigned n;       /* number: bits 31-22 of the address, or 31-21 */
    uint32_t at;      /* where it is */
    uint64_t value;   /* its value */
    bool large;       /* maps a large page */
    unsigned present; /* entries present in its table */
};

static unsigned directory_size(const struct space *s)
{
    return s->mode.pae ? 2048 : 1024;
}

static unsigned directory_shift(const struct space *s)
{
    return s->mode.pae ? 21 : 22;
}

/* Reads entry n; false if it is not present. */
static bool read_entry(const struct space *s, unsigned n, struct dir_entry *d)
{
    struct walk w;
    uint32_t lin = n << directory_shift(s);
    unsigned pages = s->mode.pae ? 512 : 1024;
    space_walk(s, lin, &w);
    *d = (struct dir_entry){.n = n, .at = w.pde_at, .value = w.pde, .large = w.large};
    if (w.result == WALK_PDPTE_GONE || !(w.pde & PTE_P))
        return false;
    for (unsigned i = 0; !w.large && i < pages; i++) {
        struct walk page;
        space_walk(s, lin | i << 12, &page);
        d->present += (page.pte & PTE_P) != 0;
    }
    return true;
}

static void say_directory(const struct space *s, const struct dir_entry *d, unsigned count,
                          struct answer *to)
{
    char bits[100], name[24];
    uint32_t first = d->n << directory_shift(s);
    uint32_t last = first + ((count << directory_shift(s)) - 1);
    space_entry_text(s, d->value, d->large, bits, sizeof bits);
    answer_object(to, NULL);
    answer_number(to, "index", d->n);
    answer_number(to, "count", count);
    answer_number(to, "first", first);
    answer_number(to, "last", last);
    answer_number(to, "value", d->value);
    answer_string(to, "bits", bits);
    answer_bool(to, "large", d->large);
    answer_number(to, "present", d->present);
    answer_close(to);
    snprintf(name, sizeof name, count > 1 ? "%u-%u" : "%u", d->n, d->n + count - 1);
    answer_text(to, "%-9s %08x-%08x  %0*" PRIx64 "  ", name, first, last, s->mode.pae ? 16 : 8,
                d->value);
    if (d->large)
        answer_text(to, "%s large page%s\n", bits, count > 1 ? "s, one after the other" : "");
    else
        answer_text(to, "%s, table with %u page%s\n", bits, d->present, d->present == 1 ? "" : "s");
}

static bool show_pd(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct space s;
    struct dir_entry d, held = {0};
    unsigned count = 0, total = 0;
    char as[64];
    if (!views_space(mon, line, &s, err) || !line_end(line, err))
        return false;
    if (!s.paging && !s.cr3)
        return error_set(err, "paging is off and CR3 is 0: there is no page directory");
    if (!s.paging)
        answer_text(to, "paging is off; this is what CR3 points to\n");
    s.paging = true;
    views_text(mon->views, s.cr3, as, sizeof as);
    answer_number(to, "cr3", s.cr3);
    answer_text(to, "page directory%s at %s\nentry     linear             value\n",
                s.mode.pae ? " pointers" : "", as);
    answer_list(to, "entries");
    for (unsigned n = 0; n < directory_size(&s); n++) {
        bool there = read_entry(&s, n, &d);
        uint64_t step = (uint64_t)count << directory_shift(&s);
        if (there && count && d.large && held.large && d.value == held.value + step) {
            count++;
        } else {
            if (count)
                say_directory(&s, &held, count, to);
            held = d;
            count = there;
        }
        total += there;
    }
    if (count)
        say_directory(&s, &held, count, to);
    answer_close(to);
    answer_text(to, "%u of %u entries are present\n", total, directory_size(&s));
    return true;
}

/* Entries that follow each other with the same bits and frames in sequence. */
struct page_run {
    uint32_t lin;  /* of the first */
    unsigned n;    /* how many; 0: none */
    struct walk w; /* of the first */
};

static void say_page_run(const struct space *s, const struct page_run *r, struct answer *to)
{
    char bits[100], name[24];
    if (!r->n)
        return;
    const char *behind = r->w.pte & PTE_P ? space_behind(s, r->w.frame) : "RAM";
    unsigned index = pte_index(s, r->lin);
    space_entry_text(s, r->w.pte, true, bits, sizeof bits);
    answer_object(to, NULL);
    answer_number(to, "index", index);
    answer_number(to, "count", r->n);
    answer_number(to, "linear", r->lin);
    answer_number(to, "at", r->w.pte_at);
    answer_number(to, "value", r->w.pte);
    answer_string(to, "bits", bits);
    answer_close(to);
    snprintf(name, sizeof name, r->n > 1 ? "%u-%u" : "%u", index, index + r->n - 1);
    answer_text(to, "%-9s %08x  %0*" PRIx64 "  %s%s%s%s%s\n", name, r->lin, s->mode.pae ? 16 : 8,
                r->w.pte, bits, r->n > 1 ? ", frames in sequence" : "",
                r->w.result == WALK_RESERVED ? "  BROKEN: reserved bits are set" : "",
                strcmp(behind, "RAM") ? "  " : "", strcmp(behind, "RAM") ? behind : "");
}

static bool goes_on(const struct space *s, const struct page_run *r, const struct walk *w)
{
    return r->n && (w->pte & PTE_P) && w->pte == r->w.pte + (uint64_t)r->n * PAGE_SIZE &&
           strcmp(space_behind(s, w->frame), space_behind(s, r->w.frame)) == 0;
}

static bool show_pt(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct space s;
    struct dir_entry d;
    struct page_run run = {0};
    struct walk w;
    uint32_t n;
    unsigned there = 0;
    if (!line_address(line, "the number of a directory entry, or an address", &n, err) ||
        !views_space(mon, line, &s, err) || !line_end(line, err))
        return false;
    if (!s.paging && !s.cr3)
        return error_set(err, "paging is off and CR3 is 0: there is no page table");
    s.paging = true;
    if (n >= directory_size(&s))
        n >>= directory_shift(&s);
    uint32_t lin = n << directory_shift(&s);
    if (!read_entry(&s, n, &d))
        return error_set(err, "directory entry %u (%08x-%08x) is not present", n, lin,
                         lin + (1u << directory_shift(&s)) - 1);
    if (d.large)
        return error_set(err, "directory entry %u maps a large page: it has no table", n);
    answer_number(to, "index", n);
    answer_number(to, "first", lin);
    answer_text(to, "page table %u at %08" PRIx64 " for %08x-%08x\nentry     linear    value\n", n,
                d.value & UINT64_C(0xffffff000), lin, lin + (1u << directory_shift(&s)) - 1);
    answer_list(to, "entries");
    for (unsigned i = 0; i < (s.mode.pae ? 512u : 1024u); i++) {
        space_walk(&s, lin | i << 12, &w);
        if (goes_on(&s, &run, &w)) {
            run.n++;
        } else {
            say_page_run(&s, &run, to);
            run = (struct page_run){.lin = lin | i << 12, .n = w.pte != 0, .w = w};
        }
        there += (w.pte & PTE_P) != 0;
    }
    say_page_run(&s, &run, to);
    answer_close(to);
    answer_text(to, "%u present; entries that are zero are not shown\n", there);
    return true;
}

const struct command commands_pages[] = {
    {"page", "pg walk v2p", "VA [cr3 X | as NAME]",
     "the way of a linear address through directory and table, and the TLB's view",
     "Shows each entry with its bits, the effective rights of all levels together, what\n"
     "answers at the physical address, and what the TLB holds; STALE if that differs.\n"
     "In another address space with cr3 or as.",
     "page $eip\npage 0x1000 cr3 $cr3", "symbol", COMMAND_LOOK, false, show_page},
    {"maps", "map mem", "[-a] [-s] [cr3 X | as NAME] [FIRST [LAST]]",
     "what is mapped: ranges with physical addresses and effective rights",
     "Pages are one range if they follow each other in linear and in physical memory with\n"
     "the same effective rights. -a tells accessed and dirty pages apart; -s merges pages\n"
     "whose frames are scattered.",
     "maps\nmaps -s\nmaps -a $eip $eip", "symbol", COMMAND_LOOK, false, show_maps},
    {"pd", "", "[cr3 X | as NAME]", "the page directory's entries that are present", NULL, "pd",
     NULL, COMMAND_LOOK, false, show_pd},
    {"pt", "", "N [cr3 X | as NAME]",
     "the page table behind directory entry N (or behind an address)",
     "Entries that are not present but not zero are shown: kernels keep swap slots there.",
     "pt $eip", "symbol", COMMAND_LOOK, false, show_pt},
    {"tlb", "", "[VA | stale]", "what the TLB holds, compared with the page tables",
     "A STALE entry leads elsewhere than the tables, or allows more: INVLPG or a load of CR3\n"
     "is missing. `tlb stale` shows these only.",
     "tlb\ntlb stale\ntlb $eip", "stale symbol", COMMAND_LOOK, false, tlb_show},
    {"rmap", "", "PA", "every linear address that maps a physical one, in every address space",
     "The address spaces are the values that CR3 has had (`as`), newest first. What all of\n"
     "them map alike is shown once.",
     "rmap 0x100000", NULL, COMMAND_LOOK, false, rmap_show},
    {"lint", "", "[all]", "is the kernel's use of the MMU and the tables healthy?",
     "Errors will fault or let user code take over; warnings work by luck; `all` adds notes\n"
     "on what is legal but worth a look.",
     "lint\nlint all", "all", COMMAND_EXPLAIN, false, lint_show},
    {"as", "space spaces", "[name NAME [cr3 X] | save NAME [cr3 X] | drop NAME | diff A [B]]",
     "address spaces: which were seen, names for them, and what differs between two",
     "`save` keeps what is mapped now for a later diff. A and B are names or CR3 values; a\n"
     "name that was saved stands for what was mapped then; B is the current space if absent.",
     "as\nas save before\nas diff before\nas drop before", "name save drop diff", COMMAND_LOOK,
     false, as_show},
    {.name = NULL},
};
