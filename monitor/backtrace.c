/* SPDX-License-Identifier: MIT */
/* backtrace.c - frames as lines and as JSON. */
#include "monitor/backtrace.h"

#include "cpu/fault.h"
#include "machine/inspect.h"
#include "monitor/answer.h"
#include "monitor/symbols.h"

#include <inttypes.h>
#include <stdio.h>

int backtrace_event(const struct machine *m, bool external, bool software, uint8_t vector,
                    char *text, size_t n)
{
    char who[60];
    if (software)
        return snprintf(text, n, "INT %02xh", vector);
    if (!external)
        return snprintf(text, n, "exception %u (%s)", vector, fault_name(vector));
    if (vector < 0x20 && vector == 2)
        return snprintf(text, n, "NMI");
    if (inspect_vector_name(m, vector, who, sizeof who))
        return snprintf(text, n, "interrupt %02xh (%s)", vector, who);
    return snprintf(text, n, "interrupt %02xh", vector);
}

static const char *how_name(enum frame_how how)
{
    static const char *const names[] = {
        [FRAME_FIRST] = "registers", [FRAME_CFI] = "cfi",     [FRAME_EBP] = "ebp",
        [FRAME_ENTRY] = "entry",     [FRAME_GUESS] = "guess", [FRAME_INTERRUPT] = "interrupt",
    };
    return names[how];
}

static void show_event(const struct unwind *u, unsigned below, struct answer *to)
{
    const struct frame_event *e = &u->frame.event;
    char what[80] = "interrupt or exception", more[80] = "";
    bool named = e->known || e->software;
    if (named)
        backtrace_event(u->m, e->external, e->software, e->vector, what, sizeof what);
    if (e->has_code && e->vector == 14)
        snprintf(more, sizeof more, ", code %04x, CR2 %08x", e->code, e->cr2);
    else if (e->has_code)
        snprintf(more, sizeof more, ", code %04x", e->code);
    answer_text(to, "--- %s from ring %u to ring %u%s", what, u->frame.ring, below, more);
    if (e->known)
        answer_text(to, ", @%" PRIu64, e->icount);
    answer_text(to, " ---\n");
    answer_object(to, "event");
    answer_string(to, "what", what);
    if (named)
        answer_number(to, "vector", e->vector);
    if (e->has_code)
        answer_number(to, "code", e->code);
    if (e->has_code && e->vector == 14)
        answer_number(to, "cr2", e->cr2);
    if (e->known)
        answer_number(to, "icount", e->icount);
    answer_close(to);
}

static void show_frame(const struct unwind *u, unsigned n, unsigned below, struct answer *to)
{
    const struct frame *f = &u->frame;
    const char *name, *file;
    uint32_t offset = 0;
    unsigned line;
    answer_object(to, NULL);
    if (f->how == FRAME_INTERRUPT)
        show_event(u, below, to);
    name = symbols_name(u->symbols, u->cr3, f->at, &offset);
    offset += f->pc - f->at;
    answer_text(to, "#%-3u%c %08x", n, f->how == FRAME_GUESS ? '?' : ' ', f->pc);
    if (name && offset)
        answer_text(to, "  %s+0x%x", name, offset);
    else if (name)
        answer_text(to, "  %s", name);
    else if (f->ring == 3)
        answer_text(to, "  (no symbol; user code)");
    else
        answer_text(to, "  (no symbol)");
    answer_number(to, "frame", n);
    answer_string(to, "by", how_name(f->how));
    answer_number(to, "address", f->pc);
    answer_number(to, "cs", f->cs);
    answer_number(to, "eip", f->eip);
    answer_number(to, "esp", f->reg[4]);
    answer_number(to, "ring", f->ring);
    if (name) {
        answer_string(to, "function", name);
        answer_number(to, "offset", offset);
    }
    if (symbols_line(u->symbols, u->cr3, f->at, &file, &line)) {
        answer_text(to, "  %s:%u", file, line);
        answer_string(to, "file", file);
        answer_number(to, "line", line);
    }
    answer_text(to, "\n");
    answer_close(to);
}

static void show_again(unsigned *same, struct answer *to)
{
    if (*same)
        answer_text(to, "      (%u more of the same)\n", *same);
    *same = 0;
}

void backtrace_answer(const struct machine *m, const struct symbols *s,
                      const struct unwind_from *from, unsigned most, struct answer *to)
{
    struct unwind u;
    unsigned n = 0, shown = 0, same = 0, ring = 0;
    uint32_t before = 0;
    bool more;
    answer_list(to, "frames");
    for (more = unwind_start(&u, m, s, from); more; more = unwind_next(&u), n++) {
        /* A function that calls itself: programs are told of every frame, people once. */
        bool again = n && u.frame.pc == before && u.frame.how != FRAME_INTERRUPT && !to->json;
        before = u.frame.pc;
        same += again;
        if (again)
            continue;
        if (shown++ == most)
            break;
        show_again(&same, to);
        show_frame(&u, n, ring, to);
        ring = u.frame.ring;
    }
    show_again(&same, to);
    answer_close(to);
    if (more)
        answer_text(to, "(more frames; bt N shows N)\n");
}
