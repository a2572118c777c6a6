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

/* ---- The serial line ------------------------------------------------------------------- */

void monitor_serial(struct monitor *mon, uint8_t byte)
{
    struct wait *w = &mon->wait;

    if (byte == '\r')
        return;
    if (w->serial_len == WAIT_SERIAL) { /* the older half is not waited for any more */
        w->serial_len /= 2;
        memmove(w->serial, w->serial + WAIT_SERIAL - w->serial_len, w->serial_len);
    }
    w->serial[w->serial_len++] = (char)byte;
    if (mon->run.kind != RUN_WAIT || w->where == WAIT_ON_SCREEN || w->serial_len < w->len ||
        memcmp(w->serial + w->serial_len - w->len, w->text, w->len) != 0)
        return;
    w->serial_len = 0;
    w->found = true;
    debug_halt(mon->machine);
}

static bool on_serial(struct wait *w)
{
    const char *at = memmem(w->serial, w->serial_len, w->text, w->len);

    if (!at)
        return false;
    w->serial_len -= (size_t)(at - w->serial) + w->len;
    memmove(w->serial, at + w->len, w->serial_len);
    return true;
}

/* ---- The screen ------------------------------------------------------------------------ */

/* Rows follow each other without a break, as a guest's own wrapping makes them. */
static bool on_screen(struct monitor *mon)
{
    struct wait *w = &mon->wait;
    const struct screen *s = &w->screen;
    size_t cells;

    machine_screen(mon->machine, &w->screen);
    cells = s->kind == SCREEN_TEXT ? (size_t)s->rows * s->cols : 0;
    for (size_t at = 0; at + w->len <= cells; at++) {
        size_t n = 0;

        while (n < w->len && s->cells[at + n].ch == (uint8_t)w->text[n])
            n++;
        if (n == w->len)
            return true;
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
    return (where != WAIT_ON_SCREEN && on_serial(w)) || (where != WAIT_ON_SERIAL && on_screen(mon));
}

enum wait_state wait_look(struct monitor *mon, struct error *err)
{
    struct wait *w = &mon->wait;
    uint64_t now = machine_now(mon->machine);

    if (w->found)
        return WAIT_OVER;
    if (w->where != WAIT_ON_SERIAL && (now >= w->next_look || now >= w->until) && on_screen(mon))
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

    if (w->found || (w->where != WAIT_ON_SERIAL && on_screen(mon)))
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
    if (w->where != WAIT_ON_SERIAL && w->next_look < first)
        first = w->next_look;
    return w->until < first ? w->until : first;
}
