/* SPDX-License-Identifier: MIT */
/*
 * test_monitor_gdb.c - the stub by itself, on a machine with a few instructions and a client that is
 * this program: every packet and its answer, and clients that behave badly: they leave in the middle,
 * never read, send noise, come in twos, come back a hundred times.
 */
#include "machine/config.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "monitor/gdb/gdb.h"
#include "monitor/gdb/link.h"
#include "monitor/gdb/packet.h"
#include "monitor/monitor.h"
#include "tests/report.h"

#include "base/out.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* At 1 MiB: inc eax; mov [200000h], eax; mov ebx, [200000h]; jmp to the beginning. */
static const char CODE[] = "\x40\xa3\x00\x00\x20\x00\x8b\x1d\x00\x00\x20\x00\xeb\xf2";
static const char PATH[] = "build-gdb-test.sock"; /* in the temporary directory */

static struct machine *m;
static struct monitor *mon;
static struct gdb *g;
static struct gdb_reader reader;
static struct gdb_address address = {.place = GDB_UNIX};
static bool running, ended;
static char said[8192]; /* the text of O packets since the last request */

static void make(void)
{
    static const struct config config = {
        .memory = 4u << 20, .cpu = CPU_PPRO, .engine = ENGINE_FAST, .insn_cost_log2 = 3};
    static const struct machine_entry entry = {
        .protected_mode = true, .eip = 0x100000, .esp = 0x300000};
    static struct out nowhere;
    static char sink[256];
    struct gdb_options options = {
        .address = &address, .exec_name = "/k.elf", .exec = "\177ELFbytes", .exec_size = 9};
    struct error err = {""};

    m = machine_new(&config, &err);
    out_buffer(&nowhere, sink, sizeof sink);
    mon = m ? monitor_new(m, &nowhere, false, &err) : NULL;
    options.monitor = mon;
    g = mon ? gdb_open(m, &options, &err) : NULL;
    if (!g) {
        printf("FAIL: %s\n", err.text);
        exit(1);
    }
    bus_poke(machine_bus(m), 0x100000, CODE, sizeof CODE - 1);
    machine_enter(m, &entry);
    running = true;
    ended = false;
}

static void drop(void)
{
    gdb_close(g, 0);
    monitor_free(mon);
    machine_free(m);
}

static void obey(enum gdb_want want)
{
    if (want == GDB_GO) {
        running = true;
    } else if (want == GDB_END) {
        ended = true;
    } else if (want == GDB_HOLD && running) {
        running = false;
        obey(gdb_stopped(g, MACHINE_RAN));
    }
}

/* What the run loop does in one round. */
static void turn(void)
{
    obey(gdb_serve(g));
    if (running) {
        enum machine_stop stop = machine_run(m, machine_now(m) + 20000, UINT64_MAX);

        if (stop != MACHINE_RAN) {
            running = false;
            obey(gdb_stopped(g, stop));
        } else {
            obey(gdb_ran(g));
        }
    }
}

static int dial(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(at.sun_path, address.path, sizeof at.sun_path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        CHECK(false, "cannot connect");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    gdb_reader_init(&reader);
    turn();
    return fd;
}

static void send_bytes(int fd, const void *bytes, size_t n)
{
    CHECK(write(fd, bytes, n) == (ssize_t)n, "sent");
}

static void ask_bytes(int fd, const char *payload, size_t n)
{
    static uint8_t frame[GDB_FRAME_ROOM(GDB_PACKET_MAX)];

    send_bytes(fd, frame, gdb_frame(frame, (const uint8_t *)payload, n));
}

/* The next packet but for text; NULL: none within many rounds. Acknowledges it. */
static const char *hear(int fd)
{
    static uint8_t bytes[65536];
    static size_t at, end;

    for (unsigned round = 0; round < 3000;) {
        size_t used;
        enum gdb_token token;

        if (at == end) {
            ssize_t n = read(fd, bytes, sizeof bytes);

            at = 0;
            end = n > 0 ? (size_t)n : 0;
            if (!end) {
                turn();
                round++;
                continue;
            }
        }
        token = gdb_reader_feed(&reader, bytes + at, end - at, &used);
        at += used;
        if (token == GDB_BROKEN)
            return "broken";
        if (token != GDB_PACKET)
            continue;
        (void)!write(fd, "+", 1);
        if (reader.payload[0] == 'O' && reader.payload[1] != 'K') {
            const char *p = (const char *)reader.payload + 1;
            size_t n = reader.len / 2, had = strlen(said);

            if (had + n < sizeof said && gdb_hex_bytes(&p, said + had, n))
                said[had + n] = 0;
            continue;
        }
        return (const char *)reader.payload;
    }
    return NULL;
}

static const char *ask(int fd, const char *payload)
{
    const char *answer;

    said[0] = 0;
    ask_bytes(fd, payload, strlen(payload));
    answer = hear(fd);
    return answer ? answer : "nothing";
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

#define SAYS(request, answer)                                                                      \
    do {                                                                                           \
        const char *got_ = ask(fd, request);                                                       \
        CHECK(strcmp(got_, answer) == 0, "%s: %.200s instead of %s", request, got_, answer);       \
    } while (0)
#define BEGINS(request, answer)                                                                    \
    do {                                                                                           \
        const char *got_ = ask(fd, request);                                                       \
        CHECK(begins(got_, answer), "%s: %.200s instead of %s...", request, got_, answer);         \
    } while (0)

static void test_session(void)
{
    int fd;

    make();
    fd = dial();
    turn();
    CHECK(!gdb_attached(g) && running, "a client that says nothing stops nothing");
    BEGINS("qSupported:swbreak+;hwbreak+", "PacketSize=4000;");
    CHECK(gdb_attached(g) && !running, "its first packet does");
    BEGINS("?", "T05");
    SAYS("qC", "QC1");
    SAYS("qfThreadInfo", "m1");
    SAYS("qsThreadInfo", "l");
    SAYS("qAttached", "1");
    SAYS("Hg0", "OK");
    SAYS("Hc-1", "OK");
    SAYS("Hg7", "E01");
    SAYS("T1", "OK");
    SAYS("T2", "E01");
    SAYS("qSymbol::", "OK");
    SAYS("vMustReplyEmpty", "");
    SAYS("unheard of", "");
    SAYS("vCont?", "vCont;c;C;s;S;r");
    BEGINS("qXfer:features:read:target.xml:0,3ff", "m<?xml");
    SAYS("qXfer:features:read:other.xml:0,3ff", "E01");
    BEGINS("qXfer:features:read:target.xml:ffffff,3ff", "E01");
    BEGINS("qXfer:memory-map:read::0,3fff", "l<?xml");
    SAYS("qXfer:exec-file:read:1:0,100", "l/k.elf");
    BEGINS("bs", "E.");
    BEGINS("bc", "E.");
    SAYS("qemu.Supported", "");
    SAYS("qqemu.sstep", "0x7");
    SAYS("Qqemu.sstep=0x5", "OK");
    SAYS("Qqemu.sstep=0x9", "E01");
    SAYS("Qqemu.sstep=7", "OK");
    SAYS("qqemu.PhyMemMode", "0");
    SAYS("Qqemu.PhyMemMode:1", "OK");
    SAYS("qqemu.PhyMemMode", "1");
    SAYS("Qqemu.PhyMemMode:0", "OK");
    SAYS("Qqemu.PhyMemMode:2", "E01");
    SAYS("vFile:setfs:0", "F0");
    SAYS("vFile:open:2f6574632f706173737764,0,0", "F-1,2"); /* /etc/passwd */
    SAYS("vFile:open:2f6b2e656c66,1,0", "F-1,2");
    SAYS("vFile:pread:1,10,0", "F-1,9");
    SAYS("vFile:open:2f6b2e656c66,0,0", "F1");
    SAYS("vFile:pread:1,10,0", "F9;\177ELFbytes");
    SAYS("vFile:pread:1,10,5", "F4;ytes");
    SAYS("vFile:pread:1,10,ffffffffffff", "F0;");
    BEGINS("vFile:fstat:1", "F40;");
    SAYS("vFile:close:1", "F0");
    SAYS("vFile:close:1", "F-1,9");
    SAYS("QStartNoAckMode", "OK");
    SAYS("qC", "QC1");
    SAYS("D", "OK");
    turn();
    CHECK(running && !gdb_attached(g), "detached, it runs");
    close(fd);
    drop();
}

static void test_memory(void)
{
    int fd;

    make();
    fd = dial();
    SAYS("m100000,4", "40a30000");
    SAYS("m100000,0", "E0e");
    SAYS("mfffffff0,4", "E0e");
    SAYS("m3ffffe,10", "0000");
    SAYS("mzz,4", "E01");
    SAYS("m100000", "E01");
    SAYS("M200010,4:01020304", "OK");
    SAYS("M200010,4:010203", "E01");
    SAYS("M200010,ffffffff:01", "E01");
    SAYS("Mffffff00,1:00", "E0e");
    SAYS("X200014,0:", "OK");
    SAYS("X200014,2:ab", "OK");
    SAYS("X200014,3:ab", "E01");
    SAYS("m200010,6", "010203046162");
    ask_bytes(fd, "X200020,4:#$}*", 14);
    CHECK(strcmp(hear(fd), "OK") == 0, "bytes that need escapes");
    SAYS("m200020,4", "23247d2a");
    SAYS("x200020,4", "b#$}*");
    SAYS("qCRC:200010,4", "C793737cd");
    SAYS("qCRC:fffffff0,4", "E0e");
    SAYS("qSearch:memory:100000;200000;\x23\x24\x7d", "1,200020");
    SAYS("qSearch:memory:200ffe;1000;zzz", "0");
    SAYS("M200fff,2:7a79", "OK");
    SAYS("qSearch:memory:200000;2000;zy", "1,200fff");
    SAYS("qSearch:memory:200000;2000;", "E01");
    drop();
    close(fd);
}

static void test_registers(void)
{
    const char *answer;
    int fd;

    make();
    fd = dial();
    answer = ask(fd, "g");
    CHECK(strlen(answer) == 2 * (16 * 4 + 80 + 32), "g has the core registers: %zu",
          strlen(answer));
    SAYS("p8", "00001000");
    BEGINS("Pa=99000000", "E.cs = 0x99 would raise GP: ");
    SAYS("P0=78563412", "OK");
    SAYS("p0", "78563412");
    SAYS("P0=7856", "E01");
    SAYS("P0=785634120", "E01");
    SAYS("p999", "E01");
    SAYS("P999=00", "E01");
    SAYS("px", "E01");
    SAYS("P10=0102030405060708ff3f", "OK");
    SAYS("p10", "0102030405060708ff3f");
    BEGINS("Gxxxxxxxx01000000", "OK");
    SAYS("p0", "78563412");
    SAYS("p1", "01000000");
    SAYS("G12", "E01");
    drop();
    close(fd);
}

static void test_running(void)
{
    const char *answer;
    int fd;

    make();
    fd = dial();
    BEGINS("?", "T");
    SAYS("P8=00001000", "OK");
    BEGINS("s", "T05");
    BEGINS("vCont;s:1;c", "T05");
    BEGINS("vCont;r100000,10000e", "nothing"); /* the loop never leaves the range ... */
    send_bytes(fd, "\x03", 1);
    answer = hear(fd);
    CHECK(answer && begins(answer, "T02"), "... but an interrupt ends it");
    SAYS("Z0,100006,1", "OK");
    SAYS("Z0,100006,1", "OK");
    answer = ask(fd, "c");
    CHECK(begins(answer, "T05") && strstr(answer, "08:06001000;"), "at the breakpoint: %s", answer);
    answer = ask(fd, "vCont;r100006,10000c");
    CHECK(begins(answer, "T05") && strstr(answer, "08:0c001000;"), "a range: %s", answer);
    SAYS("m100006,2", "8b1d");
    SAYS("z0,100006,1", "OK");
    SAYS("z0,100006,1", "OK");
    SAYS("Z2,200000,4", "OK");
    answer = ask(fd, "c");
    CHECK(begins(answer, "T05") && strstr(answer, "watch:200000;"), "%s", answer);
    SAYS("z2,200000,4", "OK");
    SAYS("Z3,200002,1", "OK");
    answer = ask(fd, "C05;100000");
    CHECK(strstr(answer, "rwatch:200002;") != NULL, "%s", answer);
    SAYS("z3,200002,1", "OK");
    SAYS("Z4,200000,4", "OK");
    answer = ask(fd, "c");
    CHECK(strstr(answer, "awatch:200000;") != NULL, "%s", answer);
    SAYS("z4,200000,4", "OK");
    SAYS("Z2,200000,0", "E01");
    SAYS("Z2,200000,ffffffff", "E01");
    SAYS("Z5,0,1", "");
    SAYS("Z0,x,1", "E01");
    BEGINS("vCont;x", "E01");
    BEGINS("vCont", "E01");
    BEGINS("vCont;r1", "E01");
    BEGINS("c", "nothing");
    SAYS("vCtrlC", "OK");
    answer = hear(fd);
    CHECK(answer && begins(answer, "T02"), "vCtrlC");
    CHECK(!debug_after(m, 0), "every point that gdb set is gone");
    SAYS("Z0,123456,1", "OK");
    drop();
    close(fd);
}

static void test_commands(void)
{
    int fd;

    make();
    fd = dial();
    SAYS("qRcmd,76657273696f6e", "OK"); /* version */
    CHECK(strstr(said, "emu386") != NULL, "the monitor answers: %s", said);
    SAYS("qRcmd,6e6f6e73656e7365", "OK"); /* nonsense */
    CHECK(strstr(said, "nonsense") != NULL, "its errors are text: %s", said);
    SAYS("qRcmd,736920", "OK"); /* si */
    SAYS("qRcmd,7", "E01");
    SAYS("qRcmd,zz", "E01");
    SAYS("qRcmd,", "OK");
    SAYS("qRcmd,71756974", "OK"); /* quit */
    CHECK(ended, "monitor quit ends the program");
    drop();
    close(fd);
}

static void test_acknowledgements(void)
{
    char bytes[64];
    int fd;
    ssize_t n;

    make();
    fd = dial();
    send_bytes(fd, "$qC#00", 6);
    turn();
    CHECK(read(fd, bytes, sizeof bytes) == 1 && bytes[0] == '-', "a wrong sum is asked for again");
    CHECK(!gdb_attached(g), "and is no packet");
    send_bytes(fd, "$qC#b4", 6);
    turn();
    CHECK(read(fd, bytes, sizeof bytes) == 8 && memcmp(bytes, "+$QC1#c5", 8) == 0, "acknowledged");
    send_bytes(fd, "-", 1);
    turn();
    n = read(fd, bytes, sizeof bytes);
    CHECK(n == 7 && memcmp(bytes, "$QC1#c5", 7) == 0, "sent again when it was asked for (%zd)", n);
    close(fd);
    turn();
    CHECK(!gdb_attached(g), "gone");
    drop();
}

static void test_bad_clients(void)
{
    static char noise[60000];
    uint32_t seed = 7;
    int fd, other;
    char byte;

    make();
    fd = dial();
    other = dial();
    turn();
    CHECK(read(other, &byte, 1) == 0, "a second client is turned away");
    close(other);
    BEGINS("?", "T");
    send_bytes(fd, "$m1000", 6); /* half a packet */
    close(fd);
    turn();
    turn();
    CHECK(!gdb_attached(g) && !running, "a session that was cut off leaves the machine as it is");
    fd = dial();
    BEGINS("?", "T");
    SAYS("D", "OK");
    close(fd);
    turn();
    CHECK(running, "running again");

    fd = dial();
    for (unsigned round = 0; round < 50; round++) {
        for (size_t i = 0; i < sizeof noise; i++) {
            seed = seed * 1664525 + 1013904223;
            noise[i] = (char)(seed >> 24);
            if (noise[i] == 'k' || noise[i] == 'D') /* those would be obeyed */
                noise[i] = '#';
        }
        (void)!write(fd, noise, sizeof noise);
        turn();
    }
    close(fd);
    turn();
    turn();
    fd = dial();
    BEGINS("qSupported", "PacketSize");
    /* Asks for megabytes and never reads: it is not listened to, then forgotten, never waited for. */
    for (unsigned round = 0; round < 20000; round++) {
        if (write(fd, "$m100000,1f00#b8", 16) != 16)
            break;
        turn();
    }
    CHECK(true, "a client that does not read does not block");
    close(fd);
    for (unsigned round = 0; round < 5; round++)
        turn();
    CHECK(!gdb_attached(g), "and can leave");
    drop();
}

static void test_reconnects(void)
{
    unsigned good = 0;

    make();
    for (unsigned i = 0; i < 100; i++) {
        int fd = dial();

        good += begins(ask(fd, "?"), "T") && strcmp(ask(fd, "Z0,100000,1"), "OK") == 0;
        if (i & 1)
            good -= strcmp(ask(fd, "D"), "OK") != 0;
        close(fd);
        turn();
        turn();
        good -= debug_after(m, 0) != NULL;
    }
    CHECK(good == 100, "%u of 100 connections were served and cleaned up after", good);
    drop();
}

int main(void)
{
    const char *dir = getenv("TMPDIR");
    int n = snprintf(address.path, sizeof address.path, "%s/%ld-%s", dir ? dir : "/tmp",
                     (long)getpid(), PATH);

    if (n < 0 || n >= (int)sizeof address.path)
        return 1;
    signal(SIGPIPE, SIG_IGN);
    test_session();
    test_memory();
    test_registers();
    test_running();
    test_commands();
    test_acknowledgements();
    test_bad_clients();
    test_reconnects();
    return report_end();
}
