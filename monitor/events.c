/* SPDX-License-Identifier: MIT */
/* events.c - see events.h. Exceptions have the names of the manual (SDM vol. 3, table 6-1). */
#include "monitor/events.h"

#include "cpu/fault.h"
#include "machine/lines.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/symbols.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const nouns[DEBUG_KINDS] = {
    [DEBUG_EXEC] = "exec",     [DEBUG_READ] = "read",       [DEBUG_WRITE] = "write",
    [DEBUG_ACCESS] = "access", [DEBUG_EXC] = "exc",         [DEBUG_IRQ] = "irq",
    [DEBUG_IO] = "io",         [DEBUG_CR] = "cr",           [DEBUG_MODE] = "mode",
    [DEBUG_TASK] = "task",     [DEBUG_CPL] = "cpl",         [DEBUG_IRET] = "iret",
    [DEBUG_HLT] = "hlt",       [DEBUG_STALE] = "tlb-stale", [DEBUG_ICOUNT] = "icount",
};

/* Short names of the exceptions, by vector; "" where there is none. */
static const char *const exceptions[] = {"de", "db", "nmi", "bp", "of", "br", "ud", "nm", "df", "",
                                         "ts", "np", "ss",  "gp", "pf", "",   "mf", "ac", "mc"};

enum { VECTORS = 256, EXCEPTIONS = 32, PORTS = 0x10000 };

const char *event_noun(enum debug_kind kind)
{
    return nouns[kind];
}

/* ---- Parsing --------------------------------------------------------------------------- */

static bool take_noun(struct line *l, enum debug_kind *kind)
{
    for (int k = 0; k < DEBUG_KINDS; k++) {
        if (line_keyword(l, nouns[k])) {
            *kind = (enum debug_kind)k;
            return true;
        }
    }
    return false;
}

bool event_noun_next(struct line *l)
{
    struct line copy = *l;
    enum debug_kind kind;

    return take_noun(&copy, &kind) || line_keyword(&copy, "cr0") || line_keyword(&copy, "cr2") ||
           line_keyword(&copy, "cr3") || line_keyword(&copy, "cr4");
}

/* Is there something that is neither a word of the grammar nor the end? */
static bool more_numbers(struct line *l)
{
    struct line copy = *l;

    return line_more(&copy) && !line_keyword(&copy, "if") && !line_keyword(&copy, "do") &&
           !line_keyword(&copy, "once") && *copy.at != '-';
}

/* A whole number up to max; a range "A-B" or "A..B" where last is given. */
static bool small_number(struct line *l, const char *what, uint32_t max, uint32_t *value,
                         struct error *err)
{
    const char *at = (line_more(l), l->at);
    uint64_t wide;

    if (!line_value(l, what, &wide, err))
        return false;
    if (wide > max)
        return line_error(l, at, err, "%s: %#" PRIx64 " is above %#x", what, wide, max);
    *value = (uint32_t)wide;
    return true;
}

/* "pf", "#PF", "gp": false if it is no such name. */
static bool exception_name(struct line *l, uint32_t *vector)
{
    (void)line_more(l);
    for (uint32_t v = 0; v < ARRAY_LEN(exceptions); v++) {
        char upper[8];
        size_t n = strlen(exceptions[v]);

        if (!n)
            continue;
        upper[0] = '#';
        for (size_t i = 0; i <= n; i++)
            upper[i + 1] = (char)(exceptions[v][i] & ~0x20);
        if (line_keyword(l, exceptions[v]) || line_keyword(l, upper) ||
            line_keyword(l, upper + 1)) {
            *vector = v;
            return true;
        }
    }
    return false;
}

bool event_vector(struct line *l, uint32_t *vector, struct error *err)
{
    return exception_name(l, vector) || small_number(l, "vector", VECTORS - 1, vector, err);
}

static bool parse_exception(struct line *l, struct debug_spec *spec, struct error *err)
{
    spec->first = 0;
    spec->last = EXCEPTIONS - 1;
    if (!more_numbers(l))
        return true;
    if (line_keyword(l, "all")) {
        spec->last = VECTORS - 1;
        return true;
    }
    if (!event_vector(l, &spec->first, err))
        return false;
    spec->last = spec->first;
    return true;
}

static bool parse_irq(struct line *l, struct debug_spec *spec, struct error *err)
{
    spec->first = 0;
    spec->last = LINE_APIC;
    if (!more_numbers(l) || line_keyword(l, "all"))
        return true;
    if (line_keyword(l, "nmi"))
        spec->first = LINE_NMI;
    else if (line_keyword(l, "apic"))
        spec->first = LINE_APIC;
    else if (!small_number(l, "line", LINES_ALL - 1, &spec->first, err))
        return false;
    spec->last = spec->first;
    return true;
}

/* First and how many: ports, bytes. */
static bool parse_count(struct line *l, struct debug_spec *spec, uint32_t count, uint64_t limit,
                        struct error *err)
{
    uint64_t wide = count;
    const char *at;

    (void)line_keyword(l, ",");
    (void)line_more(l);
    at = l->at;
    if (more_numbers(l) && !line_value(l, "length", &wide, err))
        return false;
    if (wide == 0 || wide > limit - spec->first)
        return line_error(l, at, err, "the length can be 1 to %#" PRIx64, limit - spec->first);
    spec->last = spec->first + (uint32_t)(wide - 1);
    return true;
}

static bool parse_cr(struct line *l, struct debug_spec *spec, bool given, struct error *err)
{
    uint64_t value = 0, mask = UINT32_MAX;

    if (!given && !small_number(l, "control register", 4, &spec->first, err))
        return false;
    spec->last = spec->first;
    if (!more_numbers(l))
        return true;
    /* VALUE/MASK: the slash is not a division here, so both are words. */
    char word[128], *slash;
    struct line part = {.mon = l->mon};

    if (!line_word(l, "value", word, sizeof word, err))
        return false;
    slash = strchr(word, '/');
    if (slash)
        *slash = 0;
    part.text = part.at = word;
    if (!line_value(&part, "value", &value, err) || !line_end(&part, err))
        return false;
    part.text = part.at = slash ? slash + 1 : "0xffffffff";
    if (!line_value(&part, "mask", &mask, err) || !line_end(&part, err))
        return false;
    if ((value | mask) > UINT32_MAX || !mask)
        return error_set(err, "VALUE/MASK: 32 bits, and a mask that is not 0");
    spec->match = (uint32_t)(value & mask);
    spec->mask = (uint32_t)mask;
    return true;
}

static bool parse_arguments(struct line *l, struct debug_spec *spec, bool cr_given,
                            struct error *err)
{
    switch (spec->kind) {
    case DEBUG_EXEC:
        if (!line_address(l, "address", &spec->first, err))
            return false;
        spec->last = spec->first;
        return true;
    case DEBUG_READ:
    case DEBUG_WRITE:
    case DEBUG_ACCESS:
        return line_address(l, "address", &spec->first, err) &&
               parse_count(l, spec, 4, UINT64_C(1) << 32, err);
    case DEBUG_EXC: return parse_exception(l, spec, err);
    case DEBUG_IRQ: return parse_irq(l, spec, err);
    case DEBUG_IO:
        return small_number(l, "port", PORTS - 1, &spec->first, err) &&
               parse_count(l, spec, 1, PORTS, err);
    case DEBUG_CR: return parse_cr(l, spec, cr_given, err);
    case DEBUG_ICOUNT: return line_value(l, "instruction count", &spec->first64, err);
    default: return true;
    }
}

static bool parse_options(struct line *l, struct debug_spec *spec, struct error *err)
{
    for (;;) {
        if (line_keyword(l, "-p")) {
            spec->where = WHERE_PHYSICAL;
        } else if (line_keyword(l, "-v")) {
            spec->where = WHERE_ANY;
        } else if (line_keyword(l, "once") || line_keyword(l, "-once")) {
            spec->once = true;
        } else if (line_keyword(l, "-cr3")) {
            if (!line_address(l, "cr3", &spec->cr3, err))
                return false;
            spec->cr3_given = true;
        } else {
            return true;
        }
    }
}

bool event_parse(struct line *l, struct debug_spec *spec, struct error *err)
{
    bool cr_given = false;

    *spec = (struct debug_spec){.kind = DEBUG_EXEC};
    if (!parse_options(l, spec, err))
        return false;
    if (!take_noun(l, &spec->kind)) {
        for (uint32_t n = 0; n <= 4 && !cr_given; n++) {
            char name[4] = {'c', 'r', (char)('0' + n), 0};

            cr_given = n != 1 && line_keyword(l, name);
            if (cr_given) {
                spec->kind = DEBUG_CR;
                spec->first = n;
            }
        }
    }
    if (!parse_options(l, spec, err) || !parse_arguments(l, spec, cr_given, err) ||
        !parse_options(l, spec, err))
        return false;
    if (spec->where != WHERE_LINEAR && spec->cr3_given)
        return error_set(err, "-cr3 goes with linear addresses, not with -p or -v");
    return true;
}

/* ---- Words ----------------------------------------------------------------------------- */

static int add(char *text, size_t n, int used, const char *fmt, ...) PRINTF_LIKE(4, 5);
static int add(char *text, size_t n, int used, const char *fmt, ...)
{
    size_t at = (size_t)used < n ? (size_t)used : n;
    va_list ap;
    int more;

    va_start(ap, fmt);
    more = vsnprintf(text + at, n - at, fmt, ap);
    va_end(ap);
    return used + (more > 0 ? more : 0);
}

static int add_symbol(const struct monitor *mon, uint32_t lin, char *text, size_t n, int used)
{
    char symbol[200];

    if (symbols_text(mon->symbols, (uint32_t)session_reg(mon, "cr3"), lin, symbol, sizeof symbol))
        used = add(text, n, used, " <%s>", symbol);
    return used;
}

static const char *exception_text(uint32_t vector)
{
    return vector < EXCEPTIONS ? fault_name(vector) : NULL;
}

int event_wish(const struct monitor *mon, const struct debug_spec *s, char *text, size_t n)
{
    int used = add(text, n, 0, "%s%s", nouns[s->kind],
                   s->where == WHERE_PHYSICAL ? " -p"
                   : s->where == WHERE_ANY    ? " -v"
                                              : "");

    switch (s->kind) {
    case DEBUG_EXEC:
    case DEBUG_READ:
    case DEBUG_WRITE:
    case DEBUG_ACCESS:
        used = add(text, n, used, " %08x", s->first);
        if (s->where != WHERE_PHYSICAL)
            used = add_symbol(mon, s->first, text, n, used);
        if (s->kind != DEBUG_EXEC || s->last != s->first)
            used = add(text, n, used, ", %u bytes", s->last - s->first + 1);
        if (s->cr3_given)
            used = add(text, n, used, " -cr3 %08x", s->cr3);
        break;
    case DEBUG_EXC:
        if (s->first == s->last)
            used = add(text, n, used, " %u", s->first);
        if (s->first == s->last && exception_text(s->first))
            used = add(text, n, used, " (%s)", exception_text(s->first));
        if (s->first != s->last && s->last == VECTORS - 1)
            used = add(text, n, used, " all");
        break;
    case DEBUG_IRQ:
        if (s->first == LINE_NMI)
            used = add(text, n, used, " nmi");
        else if (s->first == LINE_APIC)
            used = add(text, n, used, " apic");
        else if (s->first == s->last)
            used = add(text, n, used, " %u", s->first);
        break;
    case DEBUG_IO:
        used = add(text, n, used, " %04x", s->first);
        if (s->last != s->first)
            used = add(text, n, used, " to %04x", s->last);
        break;
    case DEBUG_CR:
        used = add(text, n, used, " %u", s->first);
        if (s->mask)
            used = add(text, n, used, " %08x/%08x", s->match, s->mask);
        break;
    case DEBUG_ICOUNT: used = add(text, n, used, " %" PRIu64, s->first64); break;
    default: break;
    }
    return s->once ? add(text, n, used, " once") : used;
}

static int data_text(const struct monitor *mon, const struct debug_event *e, char *text, size_t n)
{
    int digits = (int)(e->size < 4 ? 2 * e->size : 8), used;

    if (e->write && e->old == e->now)
        used = add(text, n, 0, "wrote %0*x (the same as before) to", digits, e->now);
    else if (e->write)
        used = add(text, n, 0, "wrote %0*x (was %0*x) to", digits, e->now, digits, e->old);
    else
        used = add(text, n, 0, "read %0*x from", digits, e->now);
    if (e->lin || e->by_cpu)
        used = add_symbol(mon, e->lin, text, n, add(text, n, used, " %08x", e->lin));
    used =
        add(text, n, used, "%s%08x", e->lin || e->by_cpu ? ", physical " : " physical ", e->phys);
    if (!e->by_cpu)
        used = add(text, n, used, ", not by an instruction's own access");
    return used;
}

static int exception_event(const struct debug_event *e, char *text, size_t n)
{
    const char *name = exception_text(e->number);
    int used = add(text, n, 0, e->software ? "INT %02xh" : "exception %u", e->number);

    if (name)
        used = add(text, n, used, " (%s)", name);
    if (e->software)
        return used;
    used = add(text, n, used, ", error code %04x", e->code);
    if (e->number == 14)
        used =
            add(text, n, used, " (%s, %s, %s), cr2 %08x", e->code & 4 ? "user" : "supervisor",
                e->code & 2 ? "write" : "read", e->code & 1 ? "protection" : "not present", e->cr2);
    return used;
}

static int mode_change(const struct debug_event *e, char *text, size_t n)
{
    char before[120], after[120];

    debug_mode_text(e->old, before, sizeof before);
    debug_mode_text(e->now, after, sizeof after);
    return add(text, n, 0, "mode: %s -> %s", before, after);
}

int event_text(const struct monitor *mon, const struct debug_event *e, char *text, size_t n)
{
    switch (e->kind) {
    case DEBUG_EXEC: return add(text, n, 0, "about to execute");
    case DEBUG_READ:
    case DEBUG_WRITE:
    case DEBUG_ACCESS: return data_text(mon, e, text, n);
    case DEBUG_EXC: return exception_event(e, text, n);
    case DEBUG_IRQ:
        return e->number == LINE_NMI    ? add(text, n, 0, "NMI")
               : e->number == LINE_APIC ? add(text, n, 0, "vector %02x of the local APIC", e->code)
                                        : add(text, n, 0, "interrupt line %u", e->number);
    case DEBUG_IO:
        return add(text, n, 0, "%s %0*x %s port %04x", e->write ? "wrote" : "read",
                   (int)(2 * e->size), e->now, e->write ? "to" : "from", e->number);
    case DEBUG_CR: return add(text, n, 0, "cr%u: %08x -> %08x", e->number, e->old, e->now);
    case DEBUG_MODE: return mode_change(e, text, n);
    case DEBUG_TASK: return add(text, n, 0, "task switch: TSS %04x -> %04x", e->old, e->now);
    case DEBUG_CPL: return add(text, n, 0, "ring %u -> ring %u", e->old, e->now);
    case DEBUG_IRET: return add(text, n, 0, "IRET");
    case DEBUG_HLT: return add(text, n, 0, "HLT");
    case DEBUG_STALE: return add(text, n, 0, "a stale TLB entry was used for %08x", e->lin);
    case DEBUG_ICOUNT: return add(text, n, 0, "%" PRIu64 " instructions", e->icount);
    case DEBUG_KINDS: break;
    }
    return 0;
}

void event_fields(const struct debug_event *e, struct answer *to)
{
    bool data = e->kind == DEBUG_READ || e->kind == DEBUG_WRITE || e->kind == DEBUG_ACCESS;

    answer_string(to, "kind", nouns[e->kind]);
    answer_number(to, "icount", e->icount);
    answer_number(to, "cs", e->cs);
    answer_number(to, "eip", e->eip);
    if (data || e->kind == DEBUG_STALE)
        answer_number(to, "address", e->lin);
    if (data) {
        answer_number(to, "phys", e->phys);
        answer_bool(to, "by_cpu", e->by_cpu);
    }
    if (data || e->kind == DEBUG_IO) {
        answer_number(to, "size", e->size);
        answer_bool(to, "write", e->write);
        answer_number(to, "value", e->now);
    }
    if (data || e->kind == DEBUG_CR || e->kind == DEBUG_CPL || e->kind == DEBUG_MODE ||
        e->kind == DEBUG_TASK)
        answer_number(to, "old", e->old);
    if (e->kind == DEBUG_CR || e->kind == DEBUG_CPL || e->kind == DEBUG_MODE ||
        e->kind == DEBUG_TASK)
        answer_number(to, "value", e->now);
    if (e->kind == DEBUG_EXC) {
        answer_number(to, "vector", e->number);
        answer_number(to, "code", e->code);
        answer_number(to, "cr2", e->cr2);
        answer_bool(to, "software", e->software);
    }
    if (e->kind == DEBUG_IRQ)
        answer_number(to, "line", e->number), answer_number(to, "vector", e->code);
    if (e->kind == DEBUG_IO)
        answer_number(to, "port", e->number);
    if (e->kind == DEBUG_CR)
        answer_number(to, "number", e->number);
}
