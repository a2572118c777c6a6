/* SPDX-License-Identifier: MIT */
/*
 * net.c - libslirp at the end of the cable (see net.h). Source: libslirp.h of libslirp 4.7.
 *
 * libslirp lives in host time, as the connections do that it keeps; the guest's side of it moves in
 * steps of virtual time: short ones while there is traffic, so that answers come soon, long ones
 * else, so that an idle guest costs nothing.
 */
#include "ui/net.h"

#include "base/input.h"
#include "machine/machine.h"
#include "ui/late.h"
#include "ui/pcap.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define QUEUE 256u           /* frames for the guest that may wait */
#define FILES 256u           /* sockets that are looked at */
#define TIMERS 4u            /* libslirp has one, for IPv6 */
#define STEP_BUSY (1u << 20) /* clock units: 0.86 ms */
#define STEP_IDLE (1u << 24) /* 13.7 ms */
#define STEPS_AFTER 128u     /* short steps after a frame */
#define HEADER 14u           /* of an Ethernet frame */

#define DHCP_OPTIONS (14u + 20u + 8u + 240u) /* where they begin in a frame */
#define DHCP_NAME_SERVER 6u

struct timer {
    SlirpTimerCb call; /* NULL: the slot is free */
    void *ctx;         /* for it */
    int64_t due;       /* host ms, INT64_MAX: never */
};

struct frame {
    uint16_t length;
    uint8_t bytes[INPUT_FRAME_MAX];
};

struct net {
    Slirp *slirp;               /* owned */
    struct pcap *capture;       /* owned, or NULL */
    const struct machine *from; /* whose time frames carry; NULL before the first poll */
    struct timer timer[TIMERS];
    struct pollfd file[FILES]; /* for one poll */
    unsigned files;            /* of them used */
    struct frame queue[QUEUE]; /* ring: for the guest */
    unsigned first, count;     /* of it */
    uint64_t due;              /* virtual time of the next step */
    unsigned busy;             /* short steps to go */
    bool dns;                  /* names are resolved */
};

static int64_t host_ns(void *net)
{
    struct timespec t;

    (void)net;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void capture(struct net *n, const void *bytes, size_t length)
{
    if (n->capture)
        pcap_frame(n->capture, n->from ? machine_now(n->from) : 0, bytes, length);
}

/* libslirp's calls. */

/* libslirp's DHCP names its name server even when that is closed: the option becomes padding
   (RFC 2132), the UDP checksum "none" (RFC 768). */
static void hide_names(uint8_t *frame, size_t length)
{
    uint8_t *udp = frame + 34, *end = frame + length;

    if (length < DHCP_OPTIONS || frame[12] != 8 || frame[13] != 0 || frame[14] != 0x45 ||
        frame[23] != 17 || udp[0] != 0 || udp[1] != 67)
        return;
    for (uint8_t *p = frame + DHCP_OPTIONS; p + 1 < end && *p != 255;) {
        size_t size = *p ? 2u + p[1] : 1u;

        if (size > (size_t)(end - p))
            return;
        if (*p == DHCP_NAME_SERVER) {
            memset(p, 0, size);
            udp[6] = udp[7] = 0;
        }
        p += size;
    }
}

static ssize_t on_packet(const void *bytes, size_t length, void *net)
{
    struct net *n = net;
    struct frame *f = &n->queue[(n->first + n->count) % QUEUE];

    /* What finds no room is lost, as on a network; TCP sends it again. */
    if (length <= sizeof f->bytes && n->count < QUEUE) {
        memcpy(f->bytes, bytes, length);
        f->length = (uint16_t)length;
        n->count++;
        if (!n->dns)
            hide_names(f->bytes, length);
    }
    return (ssize_t)length;
}

static void on_guest_error(const char *message, void *net)
{
    (void)message; /* a mistake of the guest's, which the capture shows */
    (void)net;
}

static void *on_timer_new(SlirpTimerCb call, void *ctx, void *net)
{
    struct net *n = net;

    unsigned i = 0;

    while (i < TIMERS && n->timer[i].call)
        i++;
    assert(i < TIMERS); /* libslirp has one */
    n->timer[i] = (struct timer){call, ctx, INT64_MAX};
    return &n->timer[i];
}

static void on_timer_free(void *timer, void *net)
{
    struct timer *t = timer;

    (void)net;
    t->call = NULL;
}

static void on_timer_mod(void *timer, int64_t due, void *net)
{
    struct timer *t = timer;

    (void)net;
    t->due = due;
}

static void on_file(int fd, void *net)
{
    (void)fd; /* files are asked for before each poll */
    (void)net;
}

static void on_notify(void *net)
{
    (void)net; /* the sockets are looked at anyway */
}

static const SlirpCb calls = {
    .send_packet = on_packet,
    .guest_error = on_guest_error,
    .clock_get_ns = host_ns,
    .timer_new = on_timer_new,
    .timer_free = on_timer_free,
    .timer_mod = on_timer_mod,
    .register_poll_fd = on_file,
    .unregister_poll_fd = on_file,
    .notify = on_notify,
};

static const struct {
    int slirp;
    short poll;
} events[] = {
    {SLIRP_POLL_IN, POLLIN},   {SLIRP_POLL_OUT, POLLOUT}, {SLIRP_POLL_PRI, POLLPRI},
    {SLIRP_POLL_ERR, POLLERR}, {SLIRP_POLL_HUP, POLLHUP},
};

static int add_file(int fd, int wanted, void *net)
{
    struct net *n = net;

    if (n->files == FILES)
        return -1;
    n->file[n->files] = (struct pollfd){.fd = fd};
    for (unsigned i = 0; i < ARRAY_LEN(events); i++) {
        if (wanted & events[i].slirp)
            n->file[n->files].events |= events[i].poll;
    }
    return (int)n->files++;
}

static int get_events(int index, void *net)
{
    const struct net *n = net;
    int happened = 0;

    for (unsigned i = 0; index >= 0 && i < ARRAY_LEN(events); i++) {
        if (n->file[index].revents & events[i].poll)
            happened |= events[i].slirp;
    }
    return happened;
}

static void look_at_sockets(struct net *n)
{
    uint32_t wait = 0;
    int64_t now = host_ns(n) / 1000000;
    int r;

    n->files = 0;
    slirp_pollfds_fill(n->slirp, &wait, add_file, n);
    r = poll(n->file, n->files, 0);
    slirp_pollfds_poll(n->slirp, r < 0, get_events, n);
    for (unsigned i = 0; i < TIMERS; i++) {
        struct timer *t = &n->timer[i];

        if (t->call && t->due <= now) {
            t->due = INT64_MAX;
            t->call(t->ctx);
        }
    }
}

/* As many frames as the cable takes; the others wait. */
static void bring_frames(struct net *n, struct machine *m)
{
    unsigned room = machine_frame_room(m);

    for (; n->count && room; room--) {
        const struct frame *f = &n->queue[n->first];
        struct input in = {.kind = INPUT_FRAME, .length = f->length, .frame = f->bytes};

        capture(n, f->bytes, f->length);
        machine_input(m, &in);
        n->first = (n->first + 1) % QUEUE;
        n->count--;
        n->busy = STEPS_AFTER;
    }
}

void net_poll(struct net *n, struct machine *m)
{
    uint64_t now = machine_now(m), step;

    n->from = m;
    look_at_sockets(n);
    if (now < n->due && n->due - now <= STEP_IDLE)
        return;
    bring_frames(n, m);
    step = n->busy ? STEP_BUSY : STEP_IDLE;
    if (n->busy)
        n->busy--;
    n->due = (now | (step - 1)) + 1;
}

uint64_t net_alarm(const struct net *n)
{
    return n->due;
}

/* ARP or IPv4 to 10.0.2.3, where the host's name server would be: libslirp takes it for the host's
   loopback when names are closed. */
static bool is_for_names(const uint8_t *frame, unsigned length)
{
    static const uint8_t address[4] = {10, 0, 2, 3};
    unsigned at = frame[13] == 6 ? 38 : 30;

    return length >= at + 4 && frame[12] == 8 && (frame[13] == 6 || frame[13] == 0) &&
           memcmp(frame + at, address, 4) == 0;
}

void net_send(void *net, const uint8_t *frame, uint16_t length)
{
    struct net *n = net;

    capture(n, frame, length);
    n->busy = STEPS_AFTER;
    if (length >= HEADER && (n->dns || !is_for_names(frame, length)))
        slirp_input(n->slirp, frame, length);
}

int net_failed(const struct net *n)
{
    return n && n->capture ? pcap_failed(n->capture) : 0;
}

static bool open_forward(struct net *n, const struct net_forward *f, struct error *err)
{
    struct in_addr host = {f->host_address}, guest = {f->guest_address};
    char text[INET_ADDRSTRLEN];

    if (slirp_add_hostfwd(n->slirp, f->udp, host, f->host_port, guest, f->guest_port) == 0)
        return true;
    return error_set(err, "--net: cannot listen on %s port %s:%u: %s", f->udp ? "UDP" : "TCP",
                     inet_ntop(AF_INET, &host, text, sizeof text), f->host_port, strerror(errno));
}

struct net *net_open(const struct net_options *options, struct error *err)
{
    SlirpConfig config = {
        .version = 4,
        .restricted = options->restricted,
        .in_enabled = true,
        .vnetwork.s_addr = htonl(0x0a000200),
        .vnetmask.s_addr = htonl(0xffffff00),
        .vhost.s_addr = htonl(0x0a000202),
        .vdhcp_start.s_addr = htonl(0x0a00020f),
        .vnameserver.s_addr = htonl(0x0a000203),
        .disable_dns = !options->dns,
    };
    struct net *n = calloc(1, sizeof *n);

    if (!n) {
        error_set(err, "no memory for the network");
        return NULL;
    }
    n->dns = options->dns;
    if (!late_load(LATE_SLIRP, err)) {
        free(n);
        return NULL;
    }
    n->slirp = slirp_new(&config, &calls, n);
    if (!n->slirp) {
        error_set(err, "--net user: libslirp refuses");
        net_close(n);
        return NULL;
    }
    for (unsigned i = 0; i < options->forwards; i++) {
        if (!open_forward(n, &options->forward[i], err)) {
            net_close(n);
            return NULL;
        }
    }
    if (options->capture && !(n->capture = pcap_open(options->capture, err))) {
        net_close(n);
        return NULL;
    }
    return n;
}

void net_close(struct net *n)
{
    if (!n)
        return;
    if (n->slirp)
        slirp_cleanup(n->slirp);
    pcap_close(n->capture);
    free(n);
}
