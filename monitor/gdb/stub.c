/* SPDX-License-Identifier: MIT */
/*
 * stub.c - the client's session: packets come from the link, are looked up in one table, and
 * answered. What the packets mean is in the files named in stub.h.
 *
 * - While the client waits for a stop reply only 03h is expected; packets that come nevertheless
 *   are answered, but those behind one that lets the machine run wait until it has run.
 * - A client that leaves without detaching leaves the machine as it is: a session that was cut
 *   off can be taken up again. Its points go.
 */
#include "monitor/gdb/stub.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (UINT32_C(1) << 20) /* said while nobody could hear it: the rest is dropped */

/* ---- Replies -------------------------------------------------------------------------------- */

void gdb_say_bytes(struct gdb *g, const void *bytes, size_t n)
{
    size_t room = sizeof g->reply - g->reply_len;

    if (n > room)
        n = room;
    memcpy(g->reply + g->reply_len, bytes, n);
    g->reply_len += n;
}

void gdb_say(struct gdb *g, const char *fmt, ...)
{
    char text[1200];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n > 0)
        gdb_say_bytes(g, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void gdb_say_hex(struct gdb *g, const void *bytes, size_t n)
{
    size_t room = (sizeof g->reply - g->reply_len) / 2;

    if (n > room)
        n = room;
    gdb_hex_write((char *)g->reply + g->reply_len, bytes, n);
    g->reply_len += 2 * n;
}

void gdb_say_error(struct gdb *g, enum gdb_error e)
{
    g->reply_len = 0;
    gdb_say(g, "E%02x", e);
}

/* As text, for people. gdb shows it as it came, escapes and all, so that none may be needed. */
void gdb_say_refusal(struct gdb *g, const struct error *err)
{
    char text[sizeof err->text];
    size_t n = 0;

    for (const char *p = err->text; *p; p++) {
        if (!strchr("#$}*", *p))
            text[n++] = *p;
    }
    g->reply_len = 0;
    gdb_say(g, "E.%.*s", (int)n, text);
}

void gdb_send(struct gdb *g, const void *payload, size_t n)
{
    if (n > GDB_REPLY_MAX)
        n = GDB_REPLY_MAX;
    g->frame_len = gdb_frame(g->frame, payload, n);
    gdb_link_send(&g->link, g->frame, g->frame_len);
}

/* ---- Text ------------------------------------------------------------------------------------ */

void gdb_send_text(struct gdb *g)
{
    static const size_t piece = (GDB_REPLY_MAX - 1) / 2;
    char packet[GDB_REPLY_MAX];
    size_t at = 0;

    if (!g->attached || !(g->resumed || g->commanding))
        return;
    while (at < g->waiting_len) {
        size_t n = g->waiting_len - at < piece ? g->waiting_len - at : piece;

        packet[0] = 'O';
        gdb_hex_write(packet + 1, g->waiting + at, n);
        gdb_send(g, packet, 1 + 2 * n);
        at += n;
    }
    g->waiting_len = 0;
}

void gdb_borrow(struct gdb *g)
{
    if (!g->borrowed++)
        g->face = monitor_redirect(g->options.monitor, (struct monitor_face){.to = &g->said});
}

void gdb_give_back(struct gdb *g)
{
    if (g->borrowed && !--g->borrowed)
        monitor_redirect(g->options.monitor, g->face);
}

static void said_write(struct out *o, const char *text, size_t n)
{
    struct gdb *g = o->ctx;

    if (n > TEXT_MAX - g->waiting_len)
        n = TEXT_MAX - g->waiting_len;
    if (g->waiting_len + n > g->waiting_room) {
        size_t room = 2 * (g->waiting_len + n);
        char *more = realloc(g->waiting, room);

        if (!more)
            return;
        g->waiting = more;
        g->waiting_room = room;
    }
    memcpy(g->waiting + g->waiting_len, text, n);
    g->waiting_len += n;
    if (g->waiting_len >= GDB_REPLY_MAX / 2)
        gdb_send_text(g);
}

/* ---- Packets about the session --------------------------------------------------------------- */

static void on_extended(struct gdb *g, const char *args, const char *end)
{
    g->extended = true;
    gdb_say(g, "OK");
}

/* There is one processor: thread 1. Operations on others are refused. */
static bool names_us(const char *id)
{
    uint64_t thread;

    if (*id == 'p') { /* multiprocess syntax: p1.1 */
        const char *dot = strchr(id, '.');

        id = dot ? dot + 1 : "1";
    }
    return strcmp(id, "-1") == 0 || (gdb_hex_number(&id, &thread) && thread <= 1 && !*id);
}

static void on_thread(struct gdb *g, const char *args, const char *end)
{
    bool select = *args == 'g' || *args == 'c';

    if (select && names_us(args + 1))
        gdb_say(g, "OK");
    else
        gdb_say_error(g, GDB_E_BAD);
}

static void on_alive(struct gdb *g, const char *args, const char *end)
{
    if (names_us(args))
        gdb_say(g, "OK");
    else
        gdb_say_error(g, GDB_E_BAD);
}

/* The client is gone or goes: the machine keeps nothing of it. */
static void forget_client(struct gdb *g)
{
    if (g->attached)
        debug_attach(g->m, false);
    gdb_points_clear(g);
    debug_step_cancel(g->m);
    while (g->borrowed)
        gdb_give_back(g);
    g->attached = g->no_ack = g->extended = g->swbreak = g->hwbreak = false;
    g->killed = g->phys_mode = g->resumed = g->commanding = g->held_back = false;
    g->stepping = GDB_RUNNING;
    g->waiting_len = 0;
    g->qemu_step = 7;
    g->file = -1;
    gdb_reader_init(&g->reader);
}

static void on_detach(struct gdb *g, const char *args, const char *end)
{
    gdb_send(g, "OK", 2);
    g->reply_held = true;
    forget_client(g);
    gdb_link_drop(&g->link);
    g->want = g->link.place == GDB_STDIO ? GDB_END : GDB_GO;
}

static void on_kill(struct gdb *g, const char *args, const char *end)
{
    g->reply_held = true;
    g->want = GDB_END;
}

/* In extended mode a killed guest can be started again by vRun; until then it is held. */
static void on_vkill(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "OK");
    if (g->extended)
        g->killed = true;
    else
        g->want = GDB_END;
}

static bool restart(struct gdb *g)
{
    enum monitor_want want;
    bool ok;

    debug_step_cancel(g->m);
    g->killed = false;
    gdb_set_stop(g, 5, "");
    gdb_borrow(g);
    ok = monitor_do(g->options.monitor, "reset", &want, NULL);
    gdb_give_back(g);
    g->waiting_len = 0; /* gdb shows the place itself */
    return ok;
}

static void on_run(struct gdb *g, const char *args, const char *end)
{
    if (restart(g))
        gdb_on_why(g, args, end);
    else
        gdb_say_error(g, GDB_E_NOSYS);
}

static void on_restart(struct gdb *g, const char *args, const char *end)
{
    restart(g);
    g->reply_held = true; /* R has no answer */
}

static void on_attach(struct gdb *g, const char *args, const char *end)
{
    g->killed = false;
    gdb_on_why(g, args, end);
}

static void on_interrupt(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "OK");
    g->want = GDB_HOLD;
}

/* Time travel is not in this version; gdb does not ask, as qSupported does not offer it. */
static void on_reverse(struct gdb *g, const char *args, const char *end)
{
    gdb_say(g, "E.This version of emu386 cannot go back in time");
}

static void on_nothing(struct gdb *g, const char *args, const char *end)
{
}

static const struct {
    const char *name; /* the packet begins with it; longer names before their beginnings */
    void (*run)(struct gdb *g, const char *args, const char *end);
} packets[] = {
    {"!", on_extended},
    {"?", gdb_on_why},
    {"D", on_detach},
    {"G", gdb_on_G},
    {"H", on_thread},
    {"M", gdb_on_M},
    {"P", gdb_on_P},
    {"Q", gdb_on_set},
    {"R", on_restart},
    {"S", gdb_on_S},
    {"C", gdb_on_C},
    {"T", on_alive},
    {"X", gdb_on_X},
    {"Z", gdb_on_Z},
    {"bc", on_reverse},
    {"bs", on_reverse},
    {"c", gdb_on_c},
    {"g", gdb_on_g},
    {"k", on_kill},
    {"m", gdb_on_m},
    {"p", gdb_on_p},
    {"qCRC:", gdb_on_crc},
    {"qSearch:memory:", gdb_on_search},
    {"q", gdb_on_query},
    {"s", gdb_on_s},
    {"vAttach", on_attach},
    {"vCont", gdb_on_cont},
    {"vCtrlC", on_interrupt},
    {"vFile:", gdb_on_file},
    {"vKill", on_vkill},
    {"vMustReplyEmpty", on_nothing},
    {"vRun", on_run},
    {"x", gdb_on_x},
    {"z", gdb_on_z},
};

static void answer(struct gdb *g)
{
    const char *payload = (const char *)g->reader.payload;

    g->reply_len = 0;
    g->reply_held = false;
    for (size_t i = 0; i < ARRAY_LEN(packets); i++) {
        size_t n = strlen(packets[i].name);

        if (strncmp(payload, packets[i].name, n) == 0) {
            packets[i].run(g, payload + n, payload + g->reader.len);
            break;
        }
    }
    if (!g->reply_held)
        gdb_send(g, g->reply, g->reply_len);
}

/* The first packet of a client: from now on the machine is debugged. */
static void greet(struct gdb *g)
{
    if (g->attached)
        return;
    g->attached = true;
    debug_attach(g->m, true);
    if (!g->options.prompt)
        gdb_borrow(g);
    g->want = GDB_HOLD;
}

static void take_token(struct gdb *g, enum gdb_token token)
{
    switch (token) {
    case GDB_PACKET:
        if (!g->no_ack)
            gdb_link_send(&g->link, "+", 1);
        greet(g);
        answer(g);
        break;
    case GDB_BROKEN:
        if (!g->no_ack)
            gdb_link_send(&g->link, "-", 1);
        break;
    case GDB_NAK:
        if (!g->no_ack)
            gdb_link_send(&g->link, g->frame, g->frame_len);
        break;
    case GDB_INTERRUPT:
        if (g->attached)
            g->want = GDB_HOLD;
        break;
    case GDB_ACK:
    case GDB_MORE: break;
    }
}

enum gdb_want gdb_serve(struct gdb *g)
{
    struct gdb_link *l = &g->link;
    bool was_connected = gdb_link_connected(l);

    g->want = GDB_KEEP;
    gdb_link_serve(l);
    while (l->input_at < l->input_end && g->want == GDB_KEEP) {
        size_t used;
        enum gdb_token token =
            gdb_reader_feed(&g->reader, l->input + l->input_at, l->input_end - l->input_at, &used);

        l->input_at += used;
        take_token(g, token);
    }
    if (was_connected && !gdb_link_connected(l) && g->want == GDB_KEEP) {
        if (g->killed || l->place == GDB_STDIO)
            g->want = GDB_END;
        forget_client(g);
    }
    gdb_send_text(g);
    return g->want;
}

/* ---- Life ------------------------------------------------------------------------------------ */

struct gdb *gdb_open(struct machine *m, const struct gdb_options *options, struct error *err)
{
    struct gdb *g = calloc(1, sizeof *g);

    if (!g) {
        error_set(err, "no memory for the gdb stub");
        return NULL;
    }
    g->m = m;
    g->options = *options;
    g->said = (struct out){.write = said_write, .ctx = g};
    g->link.listener = g->link.in = g->link.out = -1;
    forget_client(g);
    gdb_set_stop(g, 5, "");
    gdb_regs_init(g);
    if (!gdb_describe(g)) {
        error_set(err, "no memory for the gdb stub");
        gdb_close(g, 0);
        return NULL;
    }
    if (!gdb_link_open(&g->link, options->address, err)) {
        gdb_close(g, 0);
        return NULL;
    }
    return g;
}

static void send_end(struct gdb *g, int status)
{
    char text[8];

    snprintf(text, sizeof text, "W%02x", (unsigned)status & 0xff);
    gdb_send(g, text, strlen(text));
}

void gdb_close(struct gdb *g, int status)
{
    if (!g)
        return;
    gdb_send_text(g);
    if (g->attached && g->resumed)
        send_end(g, status);
    forget_client(g);
    gdb_link_close(&g->link);
    free(g->points);
    free(g->target);
    free(g->waiting);
    free(g);
}

const char *gdb_where(const struct gdb *g)
{
    return g->link.where;
}

bool gdb_loopback(const struct gdb *g)
{
    return g->link.loopback;
}

bool gdb_commands(const struct gdb *g)
{
    return g->commanding;
}

bool gdb_attached(const struct gdb *g)
{
    return g->attached;
}

unsigned gdb_files(const struct gdb *g, struct pollfd *files)
{
    return gdb_link_files(&g->link, files);
}
