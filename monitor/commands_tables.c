/* SPDX-License-Identifier: MIT */
/*
 * commands_tables.c - gdt, ldt, idt, tss, ivt: the processor's tables as they stand in memory, what
 * is there and no more, with entries that would fault marked BROKEN and the reason (SDM vol. 3,
 * 3.5, 6.10, 7.2.1 and 20.1.4).
 */
#include "monitor/command.h"

#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "mmu/bus.h"
#include "mmu/walk.h"
#include "monitor/answer.h"
#include "monitor/descriptor.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/space.h"
#include "monitor/symbols.h"

#include <stdio.h>
#include <string.h>

/* Which register holds this selector? */
static const char *holder(const struct cpu *c, uint16_t sel)
{
    static const char *const names[SEGS] = {"es", "cs", "ss", "ds", "fs", "gs"};
    static const uint8_t order[SEGS] = {CS, SS, DS, ES, FS, GS};
    if (c->tr.sel == sel && (c->tr.attr & DESC_P))
        return "tr";
    if (c->ldtr.sel == sel && (c->ldtr.attr & DESC_P))
        return "ldtr";
    for (unsigned n = 0; n < SEGS; n++) {
        if ((c->seg[order[n]].sel & ~3u) == sel && sel)
            return names[order[n]];
    }
    return NULL;
}

/* A hidden part that is not what the descriptor in memory says now. */
static bool hidden_differs(const struct cpu *c, const char *name, const struct descriptor *d)
{
    const struct seg *s = !strcmp(name, "tr")     ? &c->tr
                          : !strcmp(name, "ldtr") ? &c->ldtr
                          : !strcmp(name, "cs")   ? &c->seg[CS]
                          : !strcmp(name, "ss")   ? &c->seg[SS]
                          : !strcmp(name, "ds")   ? &c->seg[DS]
                          : !strcmp(name, "es")   ? &c->seg[ES]
                          : !strcmp(name, "fs")   ? &c->seg[FS]
                                                  : &c->seg[GS];
    return s->base != d->base || s->limit != d->limit || ((s->attr ^ d->attr) & 0xf0ec);
}

static void say_descriptor(const struct machine *m, uint16_t sel, const struct descriptor *d,
                           struct answer *to)
{
    const struct cpu *c = inspect_cpu(m);
    char type[64], why[160];
    bool gate = descriptor_is_gate(d);
    const char *used = holder(c, sel);
    descriptor_type_text(d->attr, type, sizeof type);
    descriptor_check(m, d, why, sizeof why);
    answer_object(to, NULL);
    answer_number(to, "selector", sel);
    answer_format(to, "raw", "%08x%08x", d->hi, d->lo);
    answer_string(to, "type", type);
    answer_number(to, "dpl", d->dpl);
    answer_bool(to, "present", d->attr & DESC_P);
    answer_number(to, gate ? "target" : "base", gate ? d->sel : d->base);
    answer_number(to, gate ? "offset" : "limit", gate ? d->off : d->limit);
    if (*why)
        answer_string(to, "broken", why);
    answer_close(to);
    answer_text(to, "%04x  ", sel);
    if (gate)
        answer_text(to, "to %04x:%08x               ", d->sel, d->off);
    else
        answer_text(to, "base %08x  limit %08x  ", d->base, d->limit);
    answer_text(to, "DPL %u  %s%s", d->dpl, type,
                d->attr & DESC_S && !(d->attr & DESC_ACCESSED) ? ", not accessed" : "");
    if (used)
        answer_text(to, "  <- %s%s", used,
                    hidden_differs(c, used, d) ? " (loaded before it was changed: see seg)" : "");
    answer_text(to, "\n");
    if (*why)
        answer_text(to, "      BROKEN: %s\n", why);
}

/* The entries of a descriptor table in [first, last] (selectors without TI and RPL). */
static void say_table(const struct machine *m, uint32_t base, uint32_t limit, uint16_t ti,
                      uint32_t first, uint32_t last, struct answer *to)
{
    unsigned empty = 0;
    answer_list(to, "entries");
    for (uint32_t at = first & ~7u; at + 7 <= limit && at <= last; at += 8) {
        uint32_t raw[2];
        struct descriptor d;
        if (!descriptor_peek(m, base + at, raw, sizeof raw)) {
            answer_text(to, "%04x  BROKEN: not mapped (linear %08x)\n", at | ti, base + at);
            at |= PAGE_OFFSET_MASK & ~7u; /* the rest of the page is not there either */
            continue;
        }
        if (!(raw[0] | raw[1])) {
            empty++;
            continue;
        }
        descriptor_decode(raw[0], raw[1], &d);
        say_descriptor(m, (uint16_t)(at | ti), &d, to);
    }
    answer_close(to);
    answer_number(to, "empty", empty);
    answer_text(to, "%u empty entr%s not shown\n", empty, empty == 1 ? "y" : "ies");
}

/* [FIRST [LAST]], or everything. */
static bool take_range(struct line *line, const char *what, uint32_t *first, uint32_t *last,
                       struct error *err)
{
    *first = 0;
    *last = UINT32_MAX;
    if (!line_more(line))
        return true;
    if (!line_address(line, what, first, err))
        return false;
    *last = *first;
    if (line_more(line) && !line_address(line, what, last, err))
        return false;
    return line_end(line, err);
}

static bool show_gdt(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    uint32_t first, last;
    if (!take_range(line, "a selector", &first, &last, err))
        return false;
    answer_number(to, "base", c->gdtr.base);
    answer_number(to, "limit", c->gdtr.limit);
    bool real = !(c->cr0 & CR0_PE);
    if (real && !c->gdtr.base && c->gdtr.limit == 0xffff) { /* as after reset: no table */
        answer_text(to, "real mode, and GDTR has not been loaded: there is no GDT\n");
        return true;
    }
    answer_text(to, "GDT at %08x, limit %04x: %u entries%s\n", c->gdtr.base, c->gdtr.limit,
                (c->gdtr.limit + 1u) / 8, real ? " (real mode: not in use)" : "");
    say_table(m, c->gdtr.base, c->gdtr.limit, 0, first, last, to);
    return true;
}

static bool show_ldt(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    uint32_t first, last;
    if (!take_range(line, "a selector", &first, &last, err))
        return false;
    bool there = (c->ldtr.attr & DESC_P) && c->ldtr.sel;
    answer_bool(to, "present", there);
    if (!there) {
        answer_text(to, "LDTR is null: there is no LDT\n");
        return true;
    }
    answer_number(to, "base", c->ldtr.base);
    answer_number(to, "limit", c->ldtr.limit);
    answer_text(to, "LDT %04x at %08x, limit %08x\n", c->ldtr.sel, c->ldtr.base, c->ldtr.limit);
    say_table(m, c->ldtr.base, c->ldtr.limit < 0xffff ? c->ldtr.limit : 0xffff, 4, first, last, to);
    return true;
}

static void vector_text(unsigned n, const struct machine *m, char *text, size_t size)
{
    char who[60];
    if (inspect_vector_name(m, n, who, sizeof who))
        snprintf(text, size, "%s%s%s", n <= 18 ? fault_name(n) : "", n <= 18 ? ", " : "", who);
    else
        snprintf(text, size, "%s", n <= 18 ? fault_name(n) : n < 32 ? "reserved" : "");
}

static void say_gate(struct monitor *mon, unsigned n, const struct descriptor *d, struct answer *to)
{
    const struct machine *m = monitor_machine(mon);
    char type[64], why[160], name[100], symbol[120] = "";
    struct descriptor code;
    char ignored[160];
    descriptor_type_text(d->attr, type, sizeof type);
    descriptor_check_gate(m, d, why, sizeof why);
    if (d->type != TYPE_TASK_GATE && descriptor_find(m, d->sel, &code, ignored, sizeof ignored))
        symbols_text(monitor_symbols(mon), inspect_cpu(m)->mmu.cr3, code.base + d->off, symbol,
                     sizeof symbol);
    answer_object(to, NULL);
    answer_number(to, "vector", n);
    answer_string(to, "type", type);
    answer_number(to, "selector", d->sel);
    answer_number(to, "offset", d->off);
    answer_number(to, "dpl", d->dpl);
    answer_bool(to, "present", d->attr & DESC_P);
    answer_string(to, "symbol", symbol);
    if (*why)
        answer_string(to, "broken", why);
    answer_close(to);
    vector_text(n, m, name, sizeof name);
    answer_text(to, "%02x  %04x:%08x  DPL %u  %s%s%s%s%s\n", n, d->sel, d->off, d->dpl, type,
                *symbol ? "  " : "", symbol, *name ? "  " : "", name);
    if (*why)
        answer_text(to, "    BROKEN: %s\n", why);
}

static bool show_ivt(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    bool real = !(c->cr0 & CR0_PE);
    uint32_t base = real ? c->idtr.base : 0, limit = real ? c->idtr.limit : 0x3ff, first, last;
    char name[40];
    unsigned empty = 0, absent = 0;
    if (!take_range(line, "a vector", &first, &last, err))
        return false;
    answer_number(to, "base", base);
    answer_number(to, "limit", limit);
    answer_text(to, "interrupt vectors of real mode at %08x, limit %04x%s\n", base, limit,
                real ? "" : " (protected mode: not in use)");
    answer_list(to, "entries");
    for (uint32_t n = first; n < 256 && n <= last && n * 4 + 3 <= limit; n++) {
        uint16_t raw[2];
        if (debug_peek(m, real ? SPACE_LINEAR : SPACE_PHYS, base + n * 4, raw, sizeof raw) !=
            sizeof raw) {
            absent++;
            continue;
        }
        if (!(raw[0] | raw[1])) {
            empty++;
            continue;
        }
        answer_object(to, NULL);
        answer_number(to, "vector", n);
        answer_number(to, "segment", raw[1]);
        answer_number(to, "offset", raw[0]);
        answer_close(to);
        vector_text(n, m, name, sizeof name);
        answer_text(to, "%02x  %04x:%04x%s%s\n", n, raw[1], raw[0], *name ? "  " : "", name);
    }
    answer_close(to);
    answer_number(to, "empty", empty);
    answer_text(to, "%u empty (0000:0000) not shown%s\n", empty,
                absent ? "; part of the table is not there" : "");
    return true;
}

static bool show_idt(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    uint32_t first, last;
    unsigned empty = 0, unmapped = 0;
    char why[160];
    if (!(c->cr0 & CR0_PE))
        return show_ivt(mon, line, to, err);
    if (!take_range(line, "a vector", &first, &last, err))
        return false;
    answer_number(to, "base", c->idtr.base);
    answer_number(to, "limit", c->idtr.limit);
    answer_text(to, "IDT at %08x, limit %04x: %u vectors\n", c->idtr.base, c->idtr.limit,
                (c->idtr.limit + 1u) / 8 < 256 ? (c->idtr.limit + 1u) / 8 : 256);
    answer_list(to, "entries");
    for (uint32_t n = first; n < 256 && n <= last && n * 8 + 7 <= c->idtr.limit; n++) {
        struct descriptor d;
        if (!descriptor_gate(m, n, &d, why, sizeof why))
            unmapped++;
        else if (!(d.lo | d.hi))
            empty++;
        else
            say_gate(mon, n, &d, to);
    }
    answer_close(to);
    answer_number(to, "empty", empty);
    if (unmapped)
        answer_text(to, "BROKEN: %u entries are not mapped\n", unmapped);
    answer_text(to, "%u empty entr%s not shown\n", empty, empty == 1 ? "y" : "ies");
    return true;
}

struct tss_field {
    const char *name;
    uint8_t at, size;
};

static const struct tss_field fields32[] = {
    {"link", 0, 2},   {"esp0", 4, 4},     {"ss0", 8, 2},  {"esp1", 12, 4}, {"ss1", 16, 2},
    {"esp2", 20, 4},  {"ss2", 24, 2},     {"cr3", 28, 4}, {"eip", 32, 4},  {"eflags", 36, 4},
    {"eax", 40, 4},   {"ecx", 44, 4},     {"edx", 48, 4}, {"ebx", 52, 4},  {"esp", 56, 4},
    {"ebp", 60, 4},   {"esi", 64, 4},     {"edi", 68, 4}, {"es", 72, 2},   {"cs", 76, 2},
    {"ss", 80, 2},    {"ds", 84, 2},      {"fs", 88, 2},  {"gs", 92, 2},   {"ldt", 96, 2},
    {"trap", 100, 2}, {"io_map", 102, 2}, {NULL, 0, 0},
};
static const struct tss_field fields16[] = {
    {"link", 0, 2}, {"sp0", 2, 2}, {"ss0", 4, 2},    {"sp1", 6, 2},  {"ss1", 8, 2}, {"sp2", 10, 2},
    {"ss2", 12, 2}, {"ip", 14, 2}, {"flags", 16, 2}, {"ax", 18, 2},  {"cx", 20, 2}, {"dx", 22, 2},
    {"bx", 24, 2},  {"sp", 26, 2}, {"bp", 28, 2},    {"si", 30, 2},  {"di", 32, 2}, {"es", 34, 2},
    {"cs", 36, 2},  {"ss", 38, 2}, {"ds", 40, 2},    {"ldt", 42, 2}, {NULL, 0, 0},
};

static void say_fields(const struct machine *m, uint32_t base, const struct tss_field *f,
                       struct answer *to)
{
    unsigned column = 0;
    int pad = 0;
    for (; f->name; f++) {
        uint32_t v = 0;
        if (!descriptor_peek(m, base + f->at, &v, f->size))
            continue;
        answer_number(to, f->name, v);
        answer_text(to, "%*s%-6s %0*x", column % 5 ? pad : 2, "", f->name, f->size * 2, v);
        pad = 10 - f->size * 2;
        if (++column % 5 == 0)
            answer_text(to, "\n");
    }
    if (column % 5)
        answer_text(to, "\n");
}

/* Where the stack of ring 0 is, and whether the next interrupt from ring 3 could use it. */
static void say_stack(const struct machine *m, uint32_t base, bool wide, struct answer *to)
{
    uint32_t esp = 0, ss = 0;
    char why[160];
    struct descriptor d;
    struct space s;
    struct walk w;
    if (!descriptor_peek(m, base + (wide ? 4 : 2), &esp, wide ? 4 : 2) ||
        !descriptor_peek(m, base + (wide ? 8 : 4), &ss, 2))
        return;
    space_current(&s, m);
    if (!descriptor_find(m, (uint16_t)ss, &d, why, sizeof why))
        answer_text(to, "  BROKEN: ss0: %s: interrupts from ring 3 fault\n", why);
    else if (!space_walk(&s, d.base + esp - 4, &w))
        answer_text(to, "  BROKEN: the ring 0 stack below %08x is not mapped\n", d.base + esp);
    else if (s.wp && !w.writable)
        answer_text(to, "  BROKEN: the ring 0 stack below %08x is read-only\n", d.base + esp);
}

/* The ports that the bitmap opens for ring 3. */
static void say_io_map(const struct machine *m, uint32_t base, uint32_t limit, struct answer *to)
{
    uint16_t map = 0;
    int first = -1;
    unsigned open = 0;
    descriptor_peek(m, base + 102, &map, 2);
    answer_list(to, "open_ports");
    for (unsigned port = 0; port <= 65536 && map <= limit; port++) {
        uint8_t byte = 0xff;
        uint32_t at = map + port / 8;
        bool allowed = port < 65536 && at < limit && descriptor_peek(m, base + at, &byte, 1) &&
                       !(byte >> (port & 7) & 1);
        if (allowed && first < 0)
            first = (int)port;
        if (!allowed && first >= 0) {
            answer_format(to, NULL, "%04x-%04x", (unsigned)first, port - 1);
            answer_text(to, "%s%04x-%04x",
                        open++ ? ", " : "  ports open for ring 3: ", (unsigned)first, port - 1);
            first = -1;
        }
        if (port < 65536 && at >= limit && first < 0)
            break;
    }
    answer_close(to);
    answer_text(to, open ? "\n" : "  no port is open for ring 3 (%s)\n",
                map > limit ? "the I/O map is beyond the limit" : "the I/O map has no zeroes");
}

static bool show_tss(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct machine *m = monitor_machine(mon);
    const struct cpu *c = inspect_cpu(m);
    uint32_t sel = c->tr.sel, base = c->tr.base, limit = c->tr.limit;
    unsigned type = c->tr.attr & 0x1f;
    bool loaded = true, there = (c->tr.attr & DESC_P) && c->tr.sel;
    char text[64], why[160];
    if (line_more(line)) {
        struct descriptor d;
        if (!line_address(line, "the selector of a TSS", &sel, err) || !line_end(line, err))
            return false;
        if (!descriptor_find(m, (uint16_t)sel, &d, why, sizeof why))
            return error_set(err, "%s", why);
        if (!descriptor_is_tss(&d))
            return error_set(err, "selector %04x names no TSS (`gdt` shows what there is)", sel);
        base = d.base;
        limit = d.limit;
        type = d.type;
        loaded = (sel & ~3u) == (c->tr.sel & ~3u);
        there = true;
    }
    answer_bool(to, "present", there);
    if (!there) {
        answer_text(to, "TR is null: there is no task state\n");
        return true;
    }
    bool wide = type & 8;
    descriptor_type_text((uint16_t)(type | DESC_P), text, sizeof text);
    answer_number(to, "selector", sel);
    answer_number(to, "base", base);
    answer_number(to, "limit", limit);
    answer_string(to, "type", text);
    answer_text(to, "%s at selector %04x, base %08x, limit %x%s\n", text, sel, base, limit,
                loaded ? " (in TR)" : "");
    if (limit < (wide ? 103u : 43u))
        answer_text(to, "  BROKEN: a TSS of this kind has at least %u bytes\n", wide ? 104 : 44);
    say_fields(m, base, wide ? fields32 : fields16, to);
    say_stack(m, base, wide, to);
    if (wide)
        say_io_map(m, base, limit, to);
    return true;
}

const struct command commands_tables[] = {
    {"gdt", "", "[FIRST [LAST]]", "the global descriptor table: entries that are there",
     "FIRST and LAST are selectors. BROKEN entries would fault when used; the arrow shows\n"
     "which register holds the selector now.",
     "gdt\ngdt 0x8", "", COMMAND_LOOK, false, show_gdt},
    {"ldt", "", "[FIRST [LAST]]", "the local descriptor table", NULL, "ldt", NULL, COMMAND_LOOK,
     false, show_ldt},
    {"idt", "", "[FIRST [LAST]]",
     "the interrupt descriptor table: gates with their handlers by name",
     "FIRST and LAST are vectors. In real mode these are the vectors of `ivt`.",
     "idt\nidt 14\nidt 0x20 0x2f", NULL, COMMAND_LOOK, false, show_idt},
    {"tss", "", "[SELECTOR]", "the task state: ring 0 stack, saved registers, I/O permissions",
     "Without a selector the one in TR.", "tss", NULL, COMMAND_LOOK, false, show_tss},
    {"ivt", "", "[FIRST [LAST]]", "the interrupt vectors of real mode", NULL, "ivt", NULL,
     COMMAND_LOOK, false, show_ivt},
    {.name = NULL},
};
