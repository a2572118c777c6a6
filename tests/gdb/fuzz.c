/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - hostile bytes for the gdb stub, which serves a small machine meanwhile. Nothing may crash,
 * hang or leave a point behind. An input that begins with '+' is what a client sends, byte for byte;
 * of any other, every line is a payload that is framed here, so that its sum is right.
 *
 * Built with clang's libFuzzer it searches (make fuzz-gdb T=60); without, main replays the given
 * files, then mutations of them: the suite of `make test`.
 */
#define _GNU_SOURCE /* memmem */
#include "base/out.h"
#include "machine/config.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "monitor/gdb/stub.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* At 1 MiB: inc eax; mov [200000h], eax; jmp to the beginning. */
static const char CODE[] = "\x40\xa3\x00\x00\x20\x00\xeb\xf8";

struct rig {
    struct machine *m;
    struct monitor *mon;
    struct gdb *g;
    struct out nowhere;
    char sink[64];
    bool running;
};

static void open_rig(struct rig *r)
{
    static const struct gdb_address address = {.place = GDB_TCP, .port = "0"};
    static const struct config config = {
        .memory = 4u << 20, .cpu = CPU_PPRO, .engine = ENGINE_REFERENCE, .insn_cost_log2 = 3};
    static const struct machine_entry entry = {
        .protected_mode = true, .eip = 0x100000, .esp = 0x300000};
    struct gdb_options options = {
        .address = &address, .exec_name = "/k", .exec = CODE, .exec_size = sizeof CODE};

    out_buffer(&r->nowhere, r->sink, sizeof r->sink);
    r->m = machine_new(&config, NULL);
    r->mon = r->m ? monitor_new(r->m, &r->nowhere, false, NULL) : NULL;
    options.monitor = r->mon;
    options.mode_switch = true;
    r->g = r->mon ? gdb_open(r->m, &options, NULL) : NULL;
    if (!r->g)
        abort();
    bus_poke(machine_bus(r->m), 0x100000, CODE, sizeof CODE - 1);
    machine_enter(r->m, &entry);
    r->running = true;
}

/* False: the program would end. */
static bool obey(struct rig *r, enum gdb_want want)
{
    if (want == GDB_GO)
        r->running = true;
    if (want == GDB_HOLD && r->running) {
        r->running = false;
        return obey(r, gdb_stopped(r->g, MACHINE_RAN));
    }
    return want != GDB_END;
}

static bool turn(struct rig *r)
{
    enum machine_stop stop;

    if (!obey(r, gdb_serve(r->g)))
        return false;
    if (!r->running)
        return true;
    stop = machine_run(r->m, machine_now(r->m) + 4000, UINT64_MAX);
    if (stop == MACHINE_RAN)
        return obey(r, gdb_ran(r->g));
    r->running = false;
    return obey(r, gdb_stopped(r->g, stop));
}

static void drain(int fd)
{
    char bytes[65536];

    while (read(fd, bytes, sizeof bytes) > 0)
        ;
}

/* Commands of the monitor write files; they have a fuzzer of their own. */
static bool is_harmless(const uint8_t *data, size_t size)
{
    return !memmem(data, size, "qRcmd", 5) && !memmem(data, size, "q*", 2);
}

/* Sends a piece; how much of the input it was. */
static size_t send_some(int fd, const uint8_t *data, size_t size, bool raw)
{
    static uint8_t frame[GDB_FRAME_ROOM(8192)];
    const uint8_t *end = memchr(data, '\n', size);
    size_t n = raw ? 1 + data[0] % 200u : end ? (size_t)(end - data) : size;

    if (n > size)
        n = size;
    if (n > 8192)
        n = 8192;
    if (raw) {
        (void)!write(fd, data, n);
        return n;
    }
    if (n == 1 && data[0] == 3)
        (void)!write(fd, data, 1);
    else
        (void)!write(fd, frame, gdb_frame(frame, data, n));
    return n + (end && n < size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rig r; /* making a machine takes longer than an input */
    int ends[2];
    bool alive = true;

    signal(SIGPIPE, SIG_IGN);
    if (!is_harmless(data, size) || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 0;
    if (!r.g)
        open_rig(&r);
    r.running = true;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    r.g->link.in = r.g->link.out = ends[0];
    for (size_t at = 0, n; at < size && alive; at += n) {
        n = send_some(ends[1], data + at, size - at, *data == '+');
        for (unsigned k = 0; k < 3 && alive; k++)
            alive = turn(&r);
        drain(ends[1]);
    }
    close(ends[1]);
    for (unsigned k = 0; k < 4 && alive; k++)
        alive = turn(&r);
    if (alive && (gdb_attached(r.g) || debug_after(r.m, 0)))
        abort();
    if (alive)
        return 0;
    gdb_close(r.g, 0); /* the client ended the program */
    monitor_free(r.mon);
    machine_free(r.m);
    r.g = NULL;
    return 0;
}

#ifndef FUZZER
static uint8_t input[1 << 16];

static void mutate(size_t *size, uint32_t *seed)
{
    for (unsigned n = 1 + (*seed >> 16) % 8; n; n--) {
        *seed = *seed * 1664525 + 1013904223;
        size_t at = *size ? (*seed >> 8) % *size : 0;
        switch (*seed >> 30) {
        case 0: input[at] = (uint8_t)(*seed >> 16); break;
        case 1: input[at] ^= (uint8_t)(1u << (*seed >> 27 & 7)); break;
        case 2:
            memmove(input + at, input + at + 1, *size - at);
            *size -= *size != 0;
            break;
        default: memmove(input + at + 1, input + at, *size - at); *size += *size < sizeof input - 1;
        }
    }
}

int main(int argc, char **argv)
{
    unsigned runs = 0, rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
    uint32_t seed = 1;

    for (int i = 2; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        size_t size = f ? fread(input, 1, sizeof input - 1, f) : 0, now = size;

        if (!f || !size) {
            printf("FAIL: %s: cannot read\n0 passed, 1 failed\n", argv[i]);
            return 1;
        }
        fclose(f);
        for (unsigned round = 0; round <= rounds; round++, runs++) {
            LLVMFuzzerTestOneInput(input, now);
            mutate(&now, &seed);
        }
    }
    printf("%u passed, 0 failed\n", runs);
    return 0;
}
#endif
