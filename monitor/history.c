/* SPDX-License-Identifier: MIT */
/*
 * history.c - what the processor remembers of the past: its trail of instructions (debug_history) and
 * its deliveries (cpu/fault.h), put in order by the count of instructions.
 */
#include "monitor/history.h"

#include "base/out.h"
#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "monitor/answer.h"
#include "monitor/backtrace.h"
#include "monitor/code.h"
#include "monitor/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_PERIOD 64u /* instructions of a loop that is shown once */

static const struct delivery *delivery(const struct cpu *c, uint64_t n)
{
    return &c->delivery[n % DELIVERIES];
}

static uint64_t oldest(const struct cpu *c)
{
    return c->deliveries > DELIVERIES ? c->deliveries - DELIVERIES : 0;
}

static void event_name(const struct machine *m, const struct delivery *d, char *text, size_t n)
{
    int len = backtrace_event(m, d->external, d->software, d->vector, text, n);
    if (len < 0 || (size_t)len >= n)
        return;
    if (d->has_code && d->vector == 14)
        snprintf(text + len, n - (size_t)len, ", code %04x, CR2 %08x", d->code, d->cr2);
    else if (d->has_code)
        snprintf(text + len, n - (size_t)len, ", code %04x", d->code);
}

/* ---- Interrupts and exceptions --------------------------------------------------------- */

/* Of an exception; INT n and interrupts have no reason but themselves. */
static void reason(const struct symbols *s, const struct delivery *d, char *text, size_t n)
{
    struct fault f = {.vector = d->vector,
                      .has_code = d->has_code,
                      .software = d->software,
                      .external = d->external,
                      .code = d->code,
                      .why = (enum reason)d->why,
                      .arg = {d->arg[0], d->arg[1]}};
    char plain[300];
    struct out to;
    out_buffer(&to, text, n);
    if (d->software || (d->external && d->why == WHY_NONE))
        return;
    fault_explain(&f, plain, sizeof plain);
    symbols_annotate(s, d->cr3, plain, &to);
}

/* The linear address of what was interrupted, as far as the segment is still known. */
static uint32_t interrupted(const struct machine *m, const struct delivery *d)
{
    const struct cpu *c = inspect_cpu(m);
    if (!(c->cr0 & CR0_PE))
        return ((uint32_t)d->cs << 4) + d->eip;
    return d->eip + (d->cs == c->seg[CS].sel ? c->seg[CS].base : 0);
}

static void show_event(const struct machine *m, const struct symbols *s, const struct delivery *d,
                       struct answer *to)
{
    char what[160], why[400], name[200];
    uint32_t lin = interrupted(m, d);
    event_name(m, d, what, sizeof what);
    reason(s, d, why, sizeof why);
    answer_text(to, "@%-12" PRIu64 " %s\n", d->icount, what);
    answer_text(to, "    at %04x:%08x", d->cs, d->eip);
    answer_object(to, NULL);
    answer_number(to, "icount", d->icount);
    answer_string(to, "what", what);
    answer_number(to, "vector", d->vector);
    answer_string(to, "kind", d->software ? "software" : d->external ? "external" : "exception");
    answer_number(to, "cs", d->cs);
    answer_number(to, "eip", d->eip);
    answer_number(to, "ring", d->cpl);
    answer_number(to, "cr3", d->cr3);
    if (d->has_code)
        answer_number(to, "code", d->code);
    if (d->vector == 14 && d->has_code)
        answer_number(to, "cr2", d->cr2);
    if (symbols_text(s, d->cr3, lin, name, sizeof name)) {
        answer_text(to, " <%s>", name);
        answer_string(to, "symbol", name);
    }
    answer_text(to, ", ring %u%s%s\n", d->cpl, *why ? "\n    " : "", why);
    if (*why)
        answer_string(to, "why", why);
    answer_close(to);
}

void history_events(const struct machine *m, const struct symbols *s, unsigned n, struct answer *to)
{
    const struct cpu *c = inspect_cpu(m);
    uint64_t at = c->deliveries - oldest(c) > n ? c->deliveries - n : oldest(c);
    if (!c->deliveries)
        answer_text(to, "no interrupt and no exception yet\n");
    answer_list(to, "events");
    for (; at < c->deliveries; at++)
        show_event(m, s, delivery(c, at), to);
    answer_close(to);
}

/* ---- Instructions ---------------------------------------------------------------------- */

/* Was d delivered after this instruction began? INT n counts itself as not yet retired. */
static bool is_behind(const struct delivery *d, const struct debug_insn *i)
{
    return d->icount > i->icount || (d->software && d->icount == i->icount);
}

struct history {
    const struct machine *m;
    const struct symbols *s;
    struct answer *to;
    uint64_t event;    /* the next one to be shown */
    uint32_t function; /* where the function that was named last begins */
    bool named;        /* one was */
};

static void show_between(struct history *h, const struct delivery *d)
{
    char what[160];
    event_name(h->m, d, what, sizeof what);
    answer_text(h->to, "--- %s, ring %u ---\n", what, d->cpl);
    answer_object(h->to, NULL);
    answer_string(h->to, "event", what);
    answer_number(h->to, "icount", d->icount);
    answer_close(h->to);
    h->named = false;
}

static void show_function(struct history *h, uint32_t cr3, uint32_t lin, const char *name,
                          uint32_t offset)
{
    if (h->named && h->function == lin - offset)
        return;
    h->named = true;
    h->function = lin - offset;
    const char *file;
    unsigned line;
    if (offset)
        answer_text(h->to, "%s+0x%x:", name, offset);
    else
        answer_text(h->to, "%s:", name);
    if (symbols_line(h->s, cr3, lin, &file, &line))
        answer_text(h->to, "  %s:%u", file, line);
    answer_text(h->to, "\n");
}

static void show_insn(struct history *h, const struct debug_insn *i)
{
    struct code c;
    char where[16], bytes[48], name[200];
    uint32_t offset;
    code_read(&c, h->m, h->s, i->cr3, i->lin, i->code16);
    code_address(&c, where, sizeof where);
    const char *symbol = symbols_name(h->s, i->cr3, i->lin, &offset);
    if (symbol)
        show_function(h, i->cr3, i->lin, symbol, offset);
    else
        h->named = false;
    code_bytes(&c, 8, bytes, sizeof bytes);
    answer_text(h->to, "  @%-12" PRIu64 " %s  %-24s %s\n", i->icount, where, bytes, c.text);
    answer_object(h->to, NULL);
    answer_number(h->to, "icount", i->icount);
    answer_number(h->to, "address", i->lin);
    if (i->cr3 == DEBUG_UNPAGED)
        answer_null(h->to, "cr3");
    else
        answer_number(h->to, "cr3", i->cr3);
    code_bytes(&c, INSN_MAX_LENGTH, bytes, sizeof bytes);
    answer_string(h->to, "bytes", bytes);
    answer_string(h->to, "text", c.text);
    if (symbols_text(h->s, i->cr3, i->lin, name, sizeof name))
        answer_string(h->to, "symbol", name);
    answer_close(h->to);
}

/* A piece of the list, which begins with the newest: `times` rounds of `period` instructions. */
struct piece {
    size_t first; /* the newest instruction of the newest round */
    size_t period, times;
    size_t count; /* instructions in all */
    bool more;    /* what was before is not looked at: there may be more rounds */
};

/* Are the rounds at `a` and, before it, at `b` the same, with nothing delivered inside or between? */
static bool same_round(const struct debug_insn *list, const bool *behind, size_t a, size_t b,
                       size_t period)
{
    for (size_t j = 0; j < period; j++) {
        if (list[a + j].lin != list[b + j].lin || behind[b + j] || (j && behind[a + j]))
            return false;
    }
    return true;
}

static struct piece find_piece(const struct debug_insn *list, const bool *behind, size_t have,
                               size_t at)
{
    for (size_t period = 1; period <= MAX_PERIOD && at + 2 * period <= have; period++) {
        size_t b = at + period;
        while (b + period <= have && same_round(list, behind, at, b, period))
            b += period;
        if (b == at + period)
            continue;
        /* What is left of a round that began before belongs to it. */
        bool more = b + period > have && same_round(list, behind, at, b, have - b);
        return (struct piece){at, period, (b - at) / period, more ? have - at : b - at, more};
    }
    return (struct piece){at, 1, 1, 1, false};
}

static void show_piece(struct history *h, const struct debug_insn *list, const struct piece *p)
{
    const struct cpu *c = inspect_cpu(h->m);
    if (p->times > 1 && p->period > 1)
        answer_text(h->to, "  (%zu times%s these %zu, the last of them:)\n", p->times,
                    p->more ? " or more" : "", p->period);
    else if (p->times > 1)
        answer_text(h->to, "  (%zu times%s, the last of them:)\n", p->times,
                    p->more ? " or more" : "");
    for (size_t k = p->first + p->period; k-- > p->first;) {
        show_insn(h, &list[k]);
        for (; h->event < c->deliveries; h->event++) {
            if (k && is_behind(delivery(c, h->event), &list[k - 1]))
                break;
            show_between(h, delivery(c, h->event));
        }
    }
}

/* behind[k]: something was delivered behind instruction k and before the next one. */
static void find_behind(const struct cpu *c, const struct debug_insn *list, size_t have,
                        bool *behind)
{
    uint64_t at = c->deliveries;
    for (size_t k = 0; k < have; k++) {
        behind[k] = at > oldest(c) && is_behind(delivery(c, at - 1), &list[k]);
        while (at > oldest(c) && is_behind(delivery(c, at - 1), &list[k]))
            at--;
    }
}

/* The list in at most `have` pieces, as many as show n instructions; how many. */
static size_t find_pieces(const struct debug_insn *list, const bool *behind, size_t have, size_t n,
                          bool fold, struct piece *pieces)
{
    size_t count = 0;
    for (size_t at = 0, shown = 0; at < have && shown < n; count++) {
        struct piece *p = &pieces[count];
        *p = fold ? find_piece(list, behind, have, at) : (struct piece){at, 1, 1, 1, false};
        at += p->count;
        shown += p->period;
    }
    return count;
}

bool history_insns(const struct machine *m, const struct symbols *s, unsigned n, unsigned reach,
                   struct answer *to, struct error *err)
{
    const struct cpu *c = inspect_cpu(m);
    struct history h = {.m = m, .s = s, .to = to, .event = oldest(c)};
    struct debug_insn *list = malloc(reach * sizeof *list);
    struct piece *pieces = malloc(reach * sizeof *pieces);
    bool *behind = malloc(reach * sizeof *behind), good = list && pieces && behind;
    size_t have = good ? debug_history(m, list, reach) : 0, count = 0;
    if (good) {
        find_behind(c, list, have, behind);
        count = find_pieces(list, behind, have, n, !to->json, pieces);
    } else {
        error_set(err, "no memory for the history");
    }
    answer_list(to, "instructions");
    if (count) {
        const struct piece *p = &pieces[count - 1];
        while (h.event < c->deliveries &&
               !is_behind(delivery(c, h.event), &list[p->first + p->period - 1]))
            h.event++;
    }
    for (size_t k = count; k-- > 0;)
        show_piece(&h, list, &pieces[k]);
    answer_close(to);
    if (good && !have)
        answer_text(to, "no instruction was executed yet\n");
    free(list);
    free(pieces);
    free(behind);
    return good;
}
