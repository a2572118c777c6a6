/* SPDX-License-Identifier: MIT */
/*
 * test_devices_ps2mouse.c - the mouse: commands and answers, modes, packets, the knock for wheel and
 * buttons, sample rate, scaling, no count lost, hostile bytes and snapshots.
 */
#include "base/clock.h"
#include "base/out.h"
#include "base/snap.h"
#include "devices/ps2mouse.h"
#include "tests/report.h"

#include <string.h>

struct rig {
    struct clock clock;
    struct ps2mouse mouse;
    unsigned raised;
};

static void ready(void *rig, unsigned n, bool level)
{
    struct rig *r = rig;
    (void)n;
    r->raised += level;
}

static void pass(struct rig *r, uint64_t units)
{
    uint64_t until = r->clock.now + units;
    while (clock_next(&r->clock) <= until) {
        r->clock.now = clock_next(&r->clock);
        clock_fire(&r->clock);
    }
    r->clock.now = until;
}

/* Sends bytes, and compares all that comes back after the last. */
static bool says(struct rig *r, const uint8_t *in, unsigned n, const uint8_t *want, unsigned size)
{
    struct ps2_device d = ps2mouse_device(&r->mouse);
    uint8_t got[16], count = 0;
    for (unsigned i = 0; i < n; i++) {
        uint8_t ack;
        d.write(d.dev, in[i]);
        if (i + 1 < n && (!d.read(d.dev, &ack) || ack != 0xFA))
            return false;
    }
    while (count < sizeof got && d.read(d.dev, &got[count]))
        count++;
    bool same = count == size && (!size || memcmp(got, want, size) == 0);
    for (unsigned i = 0; !same && i < count; i++)
        printf("%02x%s", got[i], i + 1 == count ? " came\n" : " ");
    return same;
}
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define SAYS(r, in, ...) says(r, in, BYTES(__VA_ARGS__))
#define GETS(r, ...) says(r, NULL, 0, BYTES(__VA_ARGS__))
#define SILENT(r) says(r, NULL, 0, NULL, 0)

static void commands(struct rig *r)
{
    CHECK(SAYS(r, BYTES(0xFF), 0xFA), "reset is acknowledged");
    pass(r, clock_periods(1, 500));
    CHECK(GETS(r, 0xAA, 0x00), "self test and ID");
    CHECK(SAYS(r, BYTES(0xE9), 0xFA, 0x00, 0x02, 0x64),
          "defaults: disabled, 4 counts, 100 a second");
    CHECK(SAYS(r, BYTES(0xF2), 0xFA, 0x00), "ID 0");
    CHECK(SAYS(r, BYTES(0xE8, 0x03), 0xFA) && SAYS(r, BYTES(0xE7), 0xFA) &&
              SAYS(r, BYTES(0xF3, 0x28), 0xFA) && SAYS(r, BYTES(0xF4), 0xFA) &&
              SAYS(r, BYTES(0xE9), 0xFA, 0x30, 0x03, 0x28),
          "resolution, scaling, rate, reports on");
    CHECK(SAYS(r, BYTES(0xF3, 0x29), 0xFE) && SAYS(r, BYTES(0x50), 0xFA),
          "a rate there is not; another");
    CHECK(SAYS(r, BYTES(0xE8, 0x04), 0xFE) && SAYS(r, BYTES(0xF2), 0xFA, 0x00),
          "a command instead of a parameter");
    CHECK(SAYS(r, BYTES(0xE1), 0xFE), "no such command: resend");
    CHECK(SAYS(r, BYTES(0xF2), 0xFA, 0x00) && SAYS(r, BYTES(0xFE), 0x00),
          "resend gives the last byte");
    CHECK(SAYS(r, BYTES(0xF6), 0xFA) && SAYS(r, BYTES(0xE9), 0xFA, 0x00, 0x02, 0x64), "defaults");
    ps2mouse_move(&r->mouse, 0, 0, 0, 5);
    CHECK(SAYS(r, BYTES(0xE9), 0xFA, 0x06, 0x02, 0x64), "left and middle in the status");
    ps2mouse_move(&r->mouse, 0, 0, 0, 2);
    CHECK(SAYS(r, BYTES(0xE9), 0xFA, 0x01, 0x02, 0x64), "right in the status");
    ps2mouse_move(&r->mouse, 0, 0, 0, 0);
}

static void modes(struct rig *r)
{
    CHECK(SAYS(r, BYTES(0xEE), 0xFA) && SAYS(r, BYTES(0x12), 0x12) && SAYS(r, BYTES(0xF4), 0xF4),
          "wrap mode gives back");
    CHECK(SAYS(r, BYTES(0xEC), 0xFA) && SAYS(r, BYTES(0xE9), 0xFA, 0x00, 0x02, 0x64), "until ECh");
    CHECK(SAYS(r, BYTES(0xF0), 0xFA), "remote mode");
    ps2mouse_move(&r->mouse, 7, 3, 0, 1);
    pass(r, clock_periods(1, 10));
    CHECK(SILENT(r), "says nothing by itself");
    CHECK(SAYS(r, BYTES(0xEB), 0xFA, 0x29, 7, 0xFD), "when asked: right 7, down 3");
    CHECK(SAYS(r, BYTES(0xEB), 0xFA, 0x09, 0, 0), "told once");
    CHECK(SAYS(r, BYTES(0xE9), 0xFA, 0x44, 0x02, 0x64), "remote in the status");
    CHECK(SAYS(r, BYTES(0xEA), 0xFA), "stream mode");
    ps2mouse_move(&r->mouse, 0, 0, 0, 0);
}

static void packets(struct rig *r)
{
    ps2mouse_move(&r->mouse, 9, 9, 9, 0);
    CHECK(SILENT(r), "disabled: not told");
    CHECK(SAYS(r, BYTES(0xF4), 0xFA), "enabled");
    CHECK(SILENT(r), "and not later either");
    unsigned before = r->raised;
    ps2mouse_move(&r->mouse, -2, -5, 3, 1);
    CHECK(r->raised == before + 1 && GETS(r, 0x19, 0xFE, 0x05), "left 2, up 5, button");
    ps2mouse_move(&r->mouse, 1, 0, 0, 1);
    CHECK(SILENT(r), "not before the sample's time is over");
    ps2mouse_move(&r->mouse, 2, 1, 0, 3);
    pass(r, clock_periods(1, 100));
    CHECK(GETS(r, 0x2B, 0x03, 0xFF), "then all of it at once");
    pass(r, clock_periods(1, 50));
    CHECK(SILENT(r), "nothing moves, nothing is said");
    ps2mouse_move(&r->mouse, 300, 0, 0, 0);
    CHECK(GETS(r, 0x08, 0xFF, 0x00), "as far as a packet reaches");
    pass(r, clock_periods(1, 90));
    CHECK(GETS(r, 0x08, 45, 0x00), "the rest in the next");
    ps2mouse_move(&r->mouse, 5, 0, 0, 0);
    pass(r, clock_periods(1, 90));
    ps2mouse_move(&r->mouse, 5, 0, 0, 0);
    struct ps2_device d = ps2mouse_device(&r->mouse);
    uint8_t byte;
    CHECK(d.read(d.dev, &byte) && byte == 0x08, "a packet has begun");
    CHECK(SAYS(r, BYTES(0xF2), 0xFA, 0x00), "a command ends it");
    pass(r, clock_periods(1, 90));
    CHECK(GETS(r, 0x08, 5, 0), "what is new comes later");
    SAYS(r, BYTES(0xE7), 0xFA);
    static const int8_t in[] = {1, 2, 3, 4, 5, 6, -5}, out[] = {1, 1, 3, 6, 9, 12, -9};
    for (unsigned n = 0; n < sizeof in; n++) {
        pass(r, clock_periods(1, 90));
        ps2mouse_move(&r->mouse, in[n], 0, 0, 0);
        CHECK(GETS(r, (uint8_t)(out[n] < 0 ? 0x18 : 0x08), (uint8_t)out[n], 0), "2:1 of %d", in[n]);
    }
    SAYS(r, BYTES(0xE6), 0xFA);
    pass(r, clock_periods(1, 50));
}

static void knocks(struct rig *r)
{
    CHECK(SAYS(r, BYTES(0xF3, 200, 0xF3, 100, 0xF3, 80), 0xFA) && SAYS(r, BYTES(0xF2), 0xFA, 0x03),
          "200, 100, 80: a wheel");
    ps2mouse_move(&r->mouse, 0, 0, -1, 0);
    CHECK(GETS(r, 0x08, 0, 0, 0xFF), "away from the user");
    ps2mouse_move(&r->mouse, 1, 1, 20, 0x18);
    pass(r, clock_periods(1, 70));
    CHECK(GETS(r, 0x28, 1, 0xFF, 7), "seven clicks at most");
    pass(r, clock_periods(1, 70));
    CHECK(GETS(r, 0x08, 0, 0, 7), "seven more");
    pass(r, clock_periods(1, 70));
    CHECK(GETS(r, 0x08, 0, 0, 6), "twenty in all; five buttons are not asked for");
    CHECK(SAYS(r, BYTES(0xF3, 200, 0xF3, 200, 0xF3, 80), 0xFA) && SAYS(r, BYTES(0xF2), 0xFA, 0x04),
          "200, 200, 80: five buttons");
    pass(r, clock_periods(1, 70));
    CHECK(GETS(r, 0x08, 0, 0, 0x30), "which are told of");
    ps2mouse_move(&r->mouse, 0, 0, -3, 0x08);
    pass(r, clock_periods(1, 70));
    CHECK(GETS(r, 0x08, 0, 0, 0x1D), "four bits of wheel beside them");
    CHECK(SAYS(r, BYTES(0xFF), 0xFA), "a reset");
    pass(r, clock_periods(1, 500));
    CHECK(GETS(r, 0xAA, 0x00) && SAYS(r, BYTES(0xF2), 0xFA, 0x00), "makes it simple again");
    ps2mouse_move(&r->mouse, 0, 0, 0, 0);
}

static void hostile(struct rig *r)
{
    static struct rig copy;
    uint32_t seed = 3;
    bool same = true;
    struct ps2_device d = ps2mouse_device(&r->mouse), c;
    clock_init(&copy.clock);
    ps2mouse_init(&copy.mouse, &copy.clock, (struct irq){ready, &copy, 0}, NULL);
    c = ps2mouse_device(&copy.mouse);
    for (unsigned i = 0; i < 200000; i++) {
        uint8_t byte;
        seed = seed * 1664525u + 1013904223u;
        if (seed >> 30 == 0)
            d.write(d.dev, (uint8_t)(seed >> 16));
        else if (seed >> 30 == 1)
            (void)d.read(d.dev, &byte);
        else if (seed >> 30 == 2)
            ps2mouse_move(&r->mouse, (int)(seed << 4), (int)(seed << 9), (int)seed, (uint8_t)seed);
        else
            pass(r, seed >> 8);
        if (i % 100)
            continue;
        for (unsigned damage = 0; damage < 2; damage++) {
            struct snap s, l, again;
            snap_save_init(&s);
            clock_snap(&r->clock, &s);
            ps2mouse_snap(&r->mouse, &s);
            if (damage)
                s.buf[seed % s.len] ^= (uint8_t)(1 + (seed >> 20));
            snap_load_init(&l, s.buf, s.len);
            clock_snap(&copy.clock, &l);
            ps2mouse_snap(&copy.mouse, &l);
            snap_save_init(&again);
            clock_snap(&copy.clock, &again);
            ps2mouse_snap(&copy.mouse, &again);
            if (!damage)
                same =
                    same && snap_ok(&l) && s.len == again.len && !memcmp(s.buf, again.buf, s.len);
            snap_free(&s);
            snap_free(&again);
            for (unsigned n = 0; n < 20; n++) {
                c.write(c.dev, (uint8_t)(seed >> n));
                ps2mouse_move(&copy.mouse, 1, 1, 1, (uint8_t)n);
                while (c.read(c.dev, &byte) && clock_next(&copy.clock) != CLOCK_NEVER) {
                    copy.clock.now = clock_next(&copy.clock);
                    clock_fire(&copy.clock);
                }
            }
        }
    }
    CHECK(same, "saved, loaded and saved again: the same");
    char text[512];
    struct out to;
    out_buffer(&to, text, sizeof text);
    ps2mouse_info(&r->mouse, &to);
    CHECK(strstr(text, "samples a second"), "described");
}

int main(void)
{
    static struct rig r;
    clock_init(&r.clock);
    ps2mouse_init(&r.mouse, &r.clock, (struct irq){ready, &r, 0}, NULL);
    commands(&r);
    modes(&r);
    packets(&r);
    knocks(&r);
    hostile(&r);
    return report_end();
}
