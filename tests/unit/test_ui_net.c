/* SPDX-License-Identifier: MIT */
/*
 * test_ui_net.c - the network behind the card: ARP, DHCP with and without names, what a forward
 * listens on, what `restrict` keeps out, when frames enter the machine, and the capture file.
 * Frames are read back from the capture.
 */
#include "ui/net.h"

#include "base/clock.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const uint8_t guest[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
static char path[] = "/tmp/test_ui_net_XXXXXX";
static uint8_t file[1 << 16];
static size_t length;

static struct machine *new_machine(void)
{
    /* mov al, FFh; out 21h, al; out A1h, al; sti; hlt; jmp to hlt */
    static const char idle[] = "\xb0\xff\xe6\x21\xe6\xa1\xfb\xf4\xeb\xfd";
    struct config c = {.memory = 4 << 20, .machine = MACHINE_ISA, .nic = NIC_NE2000};
    struct machine *m;

    c.insn_cost_log2 = 3;
    memcpy(c.mac, guest, sizeof guest);
    m = machine_new(&c, NULL);
    bus_poke(machine_bus(m), 0x100000, idle, sizeof idle);
    machine_enter(
        m, &(struct machine_entry){.protected_mode = true, .eip = 0x100000, .esp = 0x200000});
    return m;
}

static void read_capture(void)
{
    FILE *f = fopen(path, "rb");

    length = f ? fread(file, 1, sizeof file, f) : 0;
    if (f)
        fclose(f);
}

static uint32_t get32(size_t at)
{
    uint32_t v;

    memcpy(&v, file + at, 4);
    return v;
}

/* The n-th frame from the network in the capture, NULL: there is none. */
static const uint8_t *received(unsigned n, uint32_t *size)
{
    for (size_t at = 24; at + 16 <= length; at += 16 + get32(at + 8)) {
        const uint8_t *frame = file + at + 16;

        if (memcmp(frame + 6, guest, 6) != 0 && n-- == 0) {
            *size = get32(at + 8);
            return frame;
        }
    }
    return NULL;
}

static uint16_t sum(const uint8_t *p, size_t n, uint32_t start)
{
    for (size_t i = 0; i < n; i++)
        start += i & 1 ? p[i] : (uint32_t)p[i] << 8;
    while (start >> 16)
        start = (start & 0xffff) + (start >> 16);
    return (uint16_t)~start;
}

/* An IPv4 packet of the guest's: from and to in host order. */
static void send_ip(struct net *n, uint8_t protocol, uint32_t from, uint32_t to,
                    const uint8_t *data, uint16_t size)
{
    uint8_t f[1514] = {0x52, 0x55, 10, 0, 2, 2};
    uint8_t *ip = f + 14;
    uint32_t addresses[2] = {htonl(from), htonl(to)};

    memcpy(f + 6, guest, 6);
    f[12] = 8;
    ip[0] = 0x45;
    ip[2] = (uint8_t)((20 + size) >> 8);
    ip[3] = (uint8_t)(20 + size);
    ip[8] = 64;
    ip[9] = protocol;
    memcpy(ip + 12, addresses, 8);
    uint16_t s = sum(ip, 20, 0);
    ip[10] = (uint8_t)(s >> 8);
    ip[11] = (uint8_t)s;
    memcpy(ip + 20, data, size);
    net_send(n, f, (uint16_t)(34 + size));
}

static void send_arp(struct net *n, uint8_t host)
{
    uint8_t f[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0x00, 0x12, 0x34,
                     0x56, 8,    6,    0,    1,    8,    0,    6,    4,    0,    1};

    memcpy(f + 22, guest, 6);
    memcpy(f + 28, (const uint8_t[]){10, 0, 2, 15}, 4);
    memcpy(f + 38, (const uint8_t[]){10, 0, 2, host}, 4);
    net_send(n, f, sizeof f);
}

static void send_dhcp(struct net *n)
{
    static const uint8_t options[] = {99, 130, 83, 99, 53, 1, 1, 55, 3, 1, 3, 6, 255};
    uint8_t u[8 + 300] = {0, 68, 0, 67, (8 + 300) >> 8, (8 + 300) & 0xff, 0, 0, 1, 1, 6};

    memcpy(u + 8 + 28, guest, 6);
    memcpy(u + 8 + 236, options, sizeof options);
    send_ip(n, 17, 0, 0xffffffff, u, sizeof u);
}

/* A SYN from 10.0.2.15:4000. */
static void send_syn(struct net *n, uint32_t to, uint16_t port)
{
    uint8_t t[20] = {4000 >> 8, 4000 & 0xff, (uint8_t)(port >> 8), (uint8_t)port};
    uint32_t from = 0x0a00020f;

    t[12] = 0x50;
    t[13] = 2;
    t[14] = 0x20;
    uint16_t s = sum(t, 20, (from >> 16) + (from & 0xffff) + (to >> 16) + (to & 0xffff) + 6 + 20);
    t[16] = (uint8_t)(s >> 8);
    t[17] = (uint8_t)s;
    send_ip(n, 6, from, to, t, sizeof t);
}

/* Lets virtual time go on, and host time, until the network has had its chances. */
static void settle(struct net *n, struct machine *m, unsigned steps)
{
    const struct timespec wait = {.tv_nsec = 2000000};

    for (unsigned i = 0; i < steps; i++) {
        net_poll(n, m);
        machine_run(m, net_alarm(n), UINT64_MAX);
        nanosleep(&wait, NULL);
    }
    net_poll(n, m);
}

static const uint8_t *find_option(const uint8_t *frame, uint32_t size, uint8_t option)
{
    for (uint32_t at = 14 + 20 + 8 + 240; at + 1 < size && frame[at] != 255;
         at += frame[at] ? 2u + frame[at + 1] : 1u) {
        if (frame[at] == option)
            return frame + at + 2;
    }
    return NULL;
}

static struct net *open_net(struct net_options *o)
{
    struct error err = {.text = ""};
    struct net *n;

    o->user = true;
    o->capture = path;
    n = net_open(o, &err);
    CHECK(n != NULL, "opened: %s", err.text);
    return n;
}

static void test_answers(bool dns)
{
    struct net_options o = {.dns = dns};
    struct net *n = open_net(&o);
    struct machine *m = new_machine();
    unsigned room = machine_frame_room(m);
    const uint8_t *f;
    uint32_t size;

    net_poll(n, m);
    uint64_t due = net_alarm(n);
    send_arp(n, 2);
    net_poll(n, m);
    CHECK(machine_frame_room(m) == room, "an answer waits for the end of the step");
    machine_run(m, due, UINT64_MAX);
    net_poll(n, m);
    CHECK(machine_now(m) == due && machine_frame_room(m) == room - 1, "there it comes, at %llu",
          (unsigned long long)due);
    CHECK(net_alarm(n) - due <= 1u << 20, "and the next step is a short one");
    send_dhcp(n);
    settle(n, m, 3);
    CHECK(net_failed(n) == 0, "the capture is written");
    read_capture();
    f = received(0, &size);
    CHECK(f && f[12] == 8 && f[13] == 6 && f[21] == 2 &&
              memcmp(f + 22, (const uint8_t[]){0x52, 0x55, 10, 0, 2, 2, 10, 0, 2, 2}, 10) == 0,
          "ARP: the gateway's address");
    f = received(1, &size);
    CHECK(f && memcmp(f + 14 + 20 + 8 + 16, (const uint8_t[]){10, 0, 2, 15}, 4) == 0,
          "DHCP: 10.0.2.15");
    const uint8_t *type = f ? find_option(f, size, 53) : NULL;
    const uint8_t *router = f ? find_option(f, size, 3) : NULL;
    const uint8_t *names = f ? find_option(f, size, 6) : NULL;
    CHECK(type && *type == 2, "an offer");
    CHECK(router && memcmp(router, (const uint8_t[]){10, 0, 2, 2}, 4) == 0, "the gateway");
    CHECK((names != NULL) == dns, "a name server %s", dns ? "as asked for" : "is not named");
    machine_free(m);
    net_close(n);
}

/* Does anybody answer to ARP for this host of the network? */
static bool is_there(bool dns, uint8_t host)
{
    struct net_options o = {.dns = dns};
    struct net *n = open_net(&o);
    struct machine *m = new_machine();
    unsigned room = machine_frame_room(m);

    net_poll(n, m);
    send_arp(n, host);
    machine_run(m, net_alarm(n), UINT64_MAX);
    net_poll(n, m);
    bool answered = machine_frame_room(m) < room;
    machine_free(m);
    net_close(n);
    return answered;
}

static void test_names(void)
{
    CHECK(is_there(false, 2) && is_there(true, 2), "the gateway is there");
    CHECK(!is_there(false, 3), "without dns there is no name server");
    CHECK(is_there(true, 3), "with dns there is one");
}

static int listener(const char *where, uint16_t *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof a;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    inet_pton(AF_INET, where, &a.sin_addr);
    CHECK(bind(s, (struct sockaddr *)&a, sizeof a) == 0 && listen(s, 1) == 0 &&
              getsockname(s, (struct sockaddr *)&a, &size) == 0,
          "a listener: %s", strerror(errno));
    *port = ntohs(a.sin_port);
    return s;
}

static void test_outgoing(bool restricted)
{
    struct net_options o = {.restricted = restricted};
    struct net *n = open_net(&o);
    struct machine *m = new_machine();
    uint16_t port;
    int s = listener("127.0.0.1", &port), c;

    send_arp(n, 2);
    settle(n, m, 1);
    send_syn(n, 0x0a000202, port);
    settle(n, m, 20);
    c = accept(s, NULL, NULL);
    CHECK((c >= 0) == !restricted, "a connection to the host %s",
          restricted ? "is not made: restrict" : "is made");
    if (c >= 0)
        close(c);
    close(s);
    machine_free(m);
    net_close(n);
}

static bool connects(const char *where, uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    int s = socket(AF_INET, SOCK_STREAM, 0);

    inet_pton(AF_INET, where, &a.sin_addr);
    bool ok = connect(s, (struct sockaddr *)&a, sizeof a) == 0;
    close(s);
    return ok;
}

static void test_forward(void)
{
    struct net_options o = {.forwards = 1};
    struct error err = {.text = ""};
    struct machine *m = new_machine();
    struct net *n;
    uint16_t port;
    uint32_t size;
    const uint8_t *f;
    bool syn = false;
    int s = listener("127.0.0.1", &port);

    o.forward[0] = (struct net_forward){
        .host_address = htonl(INADDR_LOOPBACK), .host_port = port, .guest_port = 7};
    CHECK(!net_open(&(struct net_options){.user = true, .forward = {o.forward[0]}, .forwards = 1},
                    &err) &&
              strstr(err.text, "127.0.0.1"),
          "a port that is taken: %s", err.text);
    close(s);
    n = open_net(&o);
    CHECK(!connects("127.0.0.2", port), "a forward is on 127.0.0.1 and nowhere else");
    CHECK(connects("127.0.0.1", port), "there it listens");
    settle(n, m, 5); /* the gateway asks who the guest is */
    send_arp(n, 2);
    settle(n, m, 5);
    CHECK(net_failed(n) == 0, "the capture is complete");
    read_capture();
    for (unsigned i = 0; (f = received(i, &size)); i++)
        syn = syn || (f[23] == 6 && f[12] == 8 && f[13] == 0 && f[36] == 0 && f[37] == 7 &&
                      (f[47] & 0x12) == 2);
    CHECK(syn, "a SYN for port 7 reaches the guest");
    machine_free(m);
    net_close(n);
}

static void test_floods(void)
{
    struct net_options o = {.user = true, .capture = "/dev/full"};
    struct net *n = net_open(&o, NULL);
    struct machine *m = new_machine();

    for (unsigned i = 0; i < 1000; i++)
        send_arp(n, 2);
    settle(n, m, 1);
    CHECK(machine_frame_room(m) == 0, "as many as the cable holds");
    settle(n, m, 30);
    CHECK(machine_frame_room(m) == 64, "the others as room comes; none is kept for ever");
    CHECK(net_failed(n) == ENOSPC, "a capture that cannot be written is noticed");
    net_send(n, guest, 6);
    net_send(n, guest, 0);
    machine_free(m);
    net_close(n);
}

int main(void)
{
    int fd = mkstemp(path);

    CHECK(fd >= 0, "a file");
    close(fd);
    test_answers(false);
    test_answers(true);
    test_names();
    test_outgoing(false);
    test_outgoing(true);
    test_forward();
    test_floods();
    unlink(path);
    return report_end();
}
