/* SPDX-License-Identifier: MIT */
/* wait.c - see wait.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include "monitor/wait.h"

#include "base/clock.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "monitor/session.h"

#include <inttypes.h>
#include <string.h>

#define HELPINGS_HZ 60u /* keys are typed and the screen is read so often in virtual time */
#define KEYS_AT_ONCE 4u /* a PS/2 keyboard has room for 16 bytes */

static uint64_t next_tick(const struct monitor *mon)
{
    return clock_periods(clock_count(machine_now(mon->machine), HELPINGS_HZ) + 1, HELPINGS_HZ);
}

/* ---- Keys ------------------------------------------------------------------------------ */

bool wait_keys(struct monitor *mon, const struct input *events, unsigned n)
{
    struct wait *w = &mon->wait;

    if (n > WAIT_KEYS - w->keys_len)
        return false;
    /* From here on it depends on the machine's time alone: a restored machine is typed at the same. */
    if (!w->keys_len)
        w->next_key = next_tick(mon);
    for (unsigned i = 0; i < n; i++)
        w->keys[(w->keys_head + w->keys_len++) % WAIT_KEYS] = events[i];
    return true;
}

void wait_type(struct monitor *mon)
{
    struct wait *w = &mon->wait;

    if (!w->keys_len || machine_now(mon->machine) < w->next_key)
        return;
    for (unsigned i = 0; i < KEYS_AT_ONCE && w->keys_len; i++) {
        const struct input *in = &w->keys[w->keys_head];

        if (in->kind == INPUT_SERIAL && !machine_serial_room(mon->machine, in->port))
            break; /* the guest has not read what came before */
        machine_input(mon->machine, in);
        w->keys_head = (w->keys_head + 1) % WAIT_KEYS;
        w->keys_len--;
        if (in->kind == INPUT_MOUSE)
            break; /* one for each sample, else a click is gone before it is told */
    }
    w->next_key = next_tick(mon);
}

/* ---- The serial lines ------------------------------------------------------------------ */

static bool wants_line(const struct wait *w, unsigned line)
{
    return line ? w->where == WAIT_ON_SERIAL2
                : w->where == WAIT_ON_SERIAL || w->where == WAIT_ANYWHERE;
}

static bool wants_screen(const struct wait *w)
{
    return w->where == WAIT_ON_SCREEN || w->where == WAIT_ANYWHERE;
}

void monitor_serial(struct monitor *mon, unsigned line, uint8_t byte)
{
    struct wait *w = &mon->wait;
    struct wait_line *l = &w->lines[line];

    if (byte == '\r')
        return;
    if (l->len == WAIT_SERIAL) { /* the older half is not waited for any more */
        l->len /= 2;
        memmove(l->bytes, l->bytes + WAIT_SERIAL - l->len, l->len);
    }
    l->bytes[l->len++] = (char)byte;
    if (mon->run.kind != RUN_WAIT || !wants_line(w, line) || l->len < w->len ||
        memcmp(l->bytes + l->len - w->len, w->text, w->len) != 0)
        return;
    l->len = 0;
    w->found = true;
    debug_halt(mon->machine);
}

static bool on_line(struct wait *w, unsigned line)
{
    struct wait_line *l = &w->lines[line];
    const char *at = wants_line(w, line) ? memmem(l->bytes, l->len, w->text, w->len) : NULL;

    if (!at)
        return false;
    l->len -= (size_t)(at - l->bytes) + w->len;
    memmove(l->bytes, at + w->len, l->len);
    return true;
}

/* ---- The screen ------------------------------------------------------------------------ */

static bool is_blank(const struct screen *s, unsigned row, unsigned col)
{
    const struct screen_cell *c = &s->cells[(size_t)row * s->cols];

    while (col < s->cols && (c[col].ch == ' ' || c[col].ch == 0))
        col++;
    return col == s->cols;
}

/* Does the text begin at that place? Rows follow each other without a break, as a guest's own wrapping
   makes them; a line end in the text is the blank rest of a row. */
static bool stands_at(const struct screen *s, const char *text, unsigned row, unsigned col)
{
    for (; *text; text++) {
        bool end = *text == '\n';

        if (!end && col == s->cols) {
            row++;
            col = 0;
        }
        if (row >= s->rows || (end ? !is_blank(s, row, col)
                                   : s->cells[(size_t)row * s->cols + col].ch != (uint8_t)*text))
            return false;
        row += end;
        col = end ? 0 : col + 1;
    }
    return true;
}

static bool on_screen(struct monitor *mon)
{
    struct wait *w = &mon->wait;
    const struct screen *s = &w->screen;

    if (!wants_screen(w))
        return false;
    machine_screen(mon->machine, &w->screen);
    if (s->kind != SCREEN_TEXT)
        return false;
    /* The first row begins a line as well. */
    if (w->text[0] == '\n' && stands_at(s, w->text + 1, 0, 0))
        return true;
    for (unsigned row = 0; row < s->rows; row++) {
        for (unsigned col = 0; col < s->cols; col++) {
            if (stands_at(s, w->text, row, col))
                return true;
        }
    }
    return false;
}

/* ---- Waiting --------------------------------------------------------------------------- */

bool wait_begin(struct monitor *mon, const char *text, enum wait_where where, uint64_t limit_ms)
{
    struct wait *w = &mon->wait;
    uint64_t now = machine_now(mon->machine), span;

    w->len = strlen(text);
    memcpy(w->text, text, w->len + 1);
    w->where = where;
    w->found = false;
    w->limit_ms = limit_ms;
    span = limit_ms ? clock_periods(limit_ms, 1000) : UINT64_MAX;
    w->until = span > UINT64_MAX - now ? UINT64_MAX : now + span;
    w->next_look = next_tick(mon);
    return on_line(w, 0) || on_line(w, 1) || on_screen(mon);
}

enum wait_state wait_look(struct monitor *mon, struct error *err)
{
    struct wait *w = &mon->wait;
    uint64_t now = machine_now(mon->machine);

    if (w->found)
        return WAIT_OVER;
    if ((now >= w->next_look || now >= w->until) && on_screen(mon))
        return WAIT_OVER;
    w->next_look = next_tick(mon);
    if (now < w->until)
        return WAIT_GOES_ON;
    error_set(err, "wait: \"%s\" did not come within %" PRIu64 " ms of guest time", w->text,
              w->limit_ms);
    return WAIT_LATE;
}

bool wait_stopped(struct monitor *mon, struct error *err)
{
    const struct wait *w = &mon->wait;

    if (w->found || on_screen(mon))
        return true;
    return error_set(err, "wait: the machine stopped before \"%s\" came", w->text);
}

uint64_t monitor_alarm(const struct monitor *mon)
{
    const struct wait *w = &mon->wait;
    uint64_t first = UINT64_MAX;

    if (w->keys_len)
        first = w->next_key;
    if (mon->run.kind != RUN_WAIT)
        return first;
    if (wants_screen(w) && w->next_look < first)
        first = w->next_look;
    return w->until < first ? w->until : first;
}
