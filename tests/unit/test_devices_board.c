/* SPDX-License-Identifier: MIT */
/* test_devices_board.c - ports 61h and 92h, the debug console and the exit port. */
#include "base/clock.h"
#include "base/snap.h"
#include "devices/debugcon.h"
#include "devices/exitport.h"
#include "devices/port61.h"
#include "devices/port92.h"
#include "mmu/bus.h"
#include "tests/report.h"

struct pins {
    bool gate, out2, a20;
    unsigned resets;
    uint32_t value;
    char text[8];
    unsigned len;
};

static void gate_set(void *ctx, bool level)
{
    ((struct pins *)ctx)->gate = level;
}

static bool out_get(void *ctx)
{
    return ((struct pins *)ctx)->out2;
}

static void a20_set(void *dev, unsigned n, bool level)
{
    (void)n;
    ((struct pins *)dev)->a20 = level;
}

static void reset_set(void *dev, unsigned n, bool level)
{
    (void)n;
    ((struct pins *)dev)->resets += level;
}

static void text_put(void *ctx, uint8_t byte)
{
    struct pins *p = ctx;
    if (p->len < sizeof p->text)
        p->text[p->len++] = (char)byte;
}

static void exit_put(void *ctx, uint32_t value)
{
    ((struct pins *)ctx)->value = value;
}

static void test_port61(void)
{
    struct clock k;
    struct port61 p;
    struct pins pins = {.gate = true};
    clock_init(&k);
    port61_init(&p, &k, (struct port61_timer){gate_set, out_get, &pins}, NULL);
    CHECK(!pins.gate && !port61_speaker_on(&p), "closed after reset");
    port61_ops.write(&p, 0, 0xF3, 1);
    CHECK(pins.gate && port61_speaker_on(&p), "gate and data open the speaker");
    CHECK((port61_ops.read(&p, 0, 1) & 0x2F) == 0x03, "bits 0-3 read back, OUT2 low");
    pins.out2 = true;
    CHECK(port61_ops.read(&p, 0, 1) & 0x20, "OUT2 high");
    port61_ops.write(&p, 0, 0x02, 1);
    CHECK(!pins.gate && !port61_speaker_on(&p), "data alone does not");
    unsigned toggles = 0, last = port61_ops.read(&p, 0, 1) & 0x10;
    for (unsigned i = 0; i < 1800; i++) {
        k.now += CLOCK_PIT_TICK;
        unsigned now = port61_ops.read(&p, 0, 1) & 0x10;
        toggles += now != last;
        last = now;
    }
    CHECK(toggles == 100, "a refresh each 18 pulses (%u)", toggles);
}

static void test_port92(void)
{
    struct port92 p;
    struct pins pins = {.a20 = true};
    port92_init(&p, (struct irq){a20_set, &pins, 0}, (struct irq){reset_set, &pins, 0}, NULL);
    CHECK(!pins.a20 && pins.resets == 0, "reset state");
    port92_ops.write(&p, 0, 0x02, 1);
    CHECK(pins.a20 && port92_ops.read(&p, 0, 1) == 0x02, "A20 opens and reads back");
    port92_ops.write(&p, 0, 0x03, 1);
    CHECK(pins.resets == 1, "bit 0 resets");
    port92_ops.write(&p, 0, 0x03, 1);
    CHECK(pins.resets == 1, "only when it rises");
    struct snap s, l;
    snap_save_init(&s);
    port92_snap(&p, &s);
    port92_reset(&p);
    CHECK(!pins.a20 && p.value == 0, "reset again");
    snap_load_init(&l, s.buf, s.len);
    port92_snap(&p, &l);
    CHECK(snap_ok(&l) && p.value == 0x03, "restored");
    snap_free(&s);
}

static void test_ports(void)
{
    struct pins pins = {.len = 0};
    struct debugcon d;
    struct exitport e;
    debugcon_init(&d, text_put, &pins);
    CHECK(debugcon_ops.read(&d, 0, 1) == 0xE9, "the port is there");
    debugcon_ops.write(&d, 0, 'o', 1);
    debugcon_ops.write(&d, 0, 'k', 1);
    CHECK(pins.len == 2 && pins.text[0] == 'o' && pins.text[1] == 'k', "text arrives");
    exitport_init(&e, exit_put, &pins, NULL);
    exitport_ops.write(&e, 0, 0x12345678, 4);
    CHECK(pins.value == 0x12345678, "four bytes at once");
    CHECK(exitport_ops.widths == 7 && exitport_ops.read(&e, 0, 2) == 0xFFFF, "all widths");
}

int main(void)
{
    test_port61();
    test_port92();
    test_ports();
    return report_end();
}
