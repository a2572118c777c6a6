/* SPDX-License-Identifier: MIT */
/* test_devices_kbc.c - the 8042 with a keyboard plugged in, as the board wires them. */
#include "devices/kbc.h"

#include "base/snap.h"
#include "devices/ps2kbd.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <stdarg.h>
#include <string.h>

struct rig {
    struct clock k;
    struct kbc c;
    struct ps2kbd kbd;
    bool irq1, irq12, a20;
    unsigned rises, resets;
};

static void pin(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    switch (n) {
    case 1:
        r->irq1 = level;
        r->rises += level;
        break;
    case 12: r->irq12 = level; break;
    case 20: r->a20 = level; break;
    default: r->resets += level;
    }
}

static void data(struct rig *r, unsigned v)
{
    kbc_ops.write(&r->c, 0, v, 1);
}

static void cmd(struct rig *r, unsigned v)
{
    kbc_ops.write(&r->c, 4, v, 1);
}

static unsigned rd(struct rig *r)
{
    return kbc_ops.read(&r->c, 0, 1);
}

static unsigned status(struct rig *r)
{
    return kbc_ops.read(&r->c, 4, 1);
}

static void pass(struct rig *r, unsigned ms)
{
    uint64_t end = r->k.now + clock_periods(ms, 1000) + 1;
    while (clock_next(&r->k) <= end) {
        r->k.now = clock_next(&r->k);
        clock_fire(&r->k);
    }
    r->k.now = end;
}

/* Reads what comes within some milliseconds and compares; ends with -1. */
static bool gives(struct rig *r, ...)
{
    va_list ap;
    bool ok = true;
    va_start(ap, r);
    for (int want = va_arg(ap, int); want >= 0; want = va_arg(ap, int)) {
        unsigned waited = 0;
        while (!(status(r) & 1) && waited++ < 20)
            pass(r, 1);
        unsigned got = status(r) & 1 ? rd(r) : 0x100;
        if (got != (unsigned)want) {
            printf("  got %03x, want %02x\n", got, want);
            ok = false;
        }
    }
    va_end(ap);
    pass(r, 5);
    if (status(r) & 1) {
        printf("  one more: %02x\n", rd(r));
        ok = false;
    }
    return ok;
}

static void setup(struct rig *r, unsigned command_byte)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->k);
    ps2kbd_init(&r->kbd, &r->k, (struct irq){kbc_ready, &r->c, KBC_KBD}, NULL);
    struct irq w1 = {pin, r, 1}, w12 = {pin, r, 12}, wa = {pin, r, 20}, wr = {pin, r, 0};
    kbc_init(&r->c, &r->k, w1, w12, wa, wr, ps2kbd_device(&r->kbd), (struct ps2_device){0}, NULL);
    cmd(r, 0x60);
    data(r, command_byte);
}

static void test_controller(void)
{
    struct rig r;
    setup(&r, 0x61);
    CHECK(status(&r) == 0x10, "idle, not locked: %02x", status(&r));
    cmd(&r, 0x20);
    CHECK(gives(&r, 0x61, -1), "command byte");
    cmd(&r, 0xAA);
    CHECK(status(&r) & 8, "the last write was a command");
    CHECK(gives(&r, 0x55, -1), "self test");
    CHECK(status(&r) & 4, "SYS after the self test");
    cmd(&r, 0xAB);
    CHECK(gives(&r, 0x00, -1), "keyboard line");
    cmd(&r, 0x25);
    CHECK(gives(&r, 0x00, -1), "RAM");
    cmd(&r, 0x65);
    data(&r, 0x99);
    cmd(&r, 0x25);
    CHECK(gives(&r, 0x99, -1), "RAM keeps");
    CHECK(r.a20, "A20 open after reset");
    cmd(&r, 0xD1);
    data(&r, 0xDD);
    CHECK(!r.a20, "output port closes A20");
    cmd(&r, 0xD0);
    CHECK((rd(&r) & 2) == 0, "and shows it");
    cmd(&r, 0xDF);
    CHECK(r.a20 && r.resets == 0, "DF opens it");
    cmd(&r, 0xFE);
    CHECK(r.resets == 1, "FE pulses reset");
    cmd(&r, 0xF1);
    CHECK(r.resets == 1, "F1 does not");
    cmd(&r, 0xD1);
    data(&r, 0x02);
    CHECK(r.resets == 2, "bit 0 of the output port does");
    setup(&r, 0x63);
    cmd(&r, 0xD2);
    data(&r, 0x5A);
    CHECK(r.irq1 && !r.irq12 && (status(&r) & 0x21) == 0x01 && rd(&r) == 0x5A, "D2");
    cmd(&r, 0xD3);
    data(&r, 0xA5);
    CHECK(!r.irq1 && r.irq12 && (status(&r) & 0x21) == 0x21 && rd(&r) == 0xA5, "D3");
    CHECK(!r.irq12, "reading drops the wire");
}

static void test_typing(void)
{
    struct rig r;
    setup(&r, 0x45);
    ps2kbd_key(&r.kbd, 0x04, true);
    CHECK(!(status(&r) & 1), "a byte takes its time");
    pass(&r, 1);
    CHECK((status(&r) & 1) && r.irq1, "1 ms later it is there");
    ps2kbd_key(&r.kbd, 0x04, false);
    pass(&r, 10);
    CHECK(r.rises == 1, "the next waits for the first to be read");
    CHECK(gives(&r, 0x1E, 0x9E, -1), "A, translated to set 1");
    CHECK(r.rises == 2, "one interrupt each");
    ps2kbd_key(&r.kbd, 0x52, true);
    ps2kbd_key(&r.kbd, 0x52, false);
    CHECK(gives(&r, 0xE0, 0x48, 0xE0, 0xC8, -1), "up arrow");
    ps2kbd_key(&r.kbd, 0x48, true);
    ps2kbd_key(&r.kbd, 0x48, false);
    CHECK(gives(&r, 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, -1), "Pause");
    ps2kbd_key(&r.kbd, 0x46, true);
    ps2kbd_key(&r.kbd, 0x46, false);
    CHECK(gives(&r, 0xE0, 0x2A, 0xE0, 0x37, 0xE0, 0xB7, 0xE0, 0xAA, -1), "Print Screen");
    ps2kbd_key(&r.kbd, 0x40, true);
    ps2kbd_key(&r.kbd, 0x40, false);
    CHECK(gives(&r, 0x41, 0xC1, -1), "F7");
    cmd(&r, 0xAD);
    ps2kbd_key(&r.kbd, 0x05, true);
    pass(&r, 5);
    CHECK(!(status(&r) & 1), "disabled keyboard line");
    cmd(&r, 0xAE);
    CHECK(gives(&r, 0x30, -1), "nothing was lost");
}

static void test_commands(void)
{
    struct rig r;
    setup(&r, 0x05);
    data(&r, 0xEE);
    CHECK(gives(&r, 0xEE, -1), "echo");
    data(&r, 0xF2);
    CHECK(gives(&r, 0xFA, 0xAB, 0x83, -1), "identity");
    data(&r, 0xFF);
    CHECK(gives(&r, 0xFA, 0xAA, -1), "reset is acknowledged, and the self test passes");
    data(&r, 0xED);
    CHECK(gives(&r, 0xFA, -1), "lamps");
    data(&r, 0x05);
    CHECK(gives(&r, 0xFA, -1) && r.kbd.leds == 5, "set");
    data(&r, 0xF0);
    CHECK(gives(&r, 0xFA, -1), "scan code set");
    data(&r, 0);
    CHECK(gives(&r, 0xFA, 0x02, -1), "is 2");
    data(&r, 0xC7);
    CHECK(gives(&r, 0xFE, -1), "unknown command");
    data(&r, 0xFE);
    CHECK(gives(&r, 0xFE, -1), "resend");
    data(&r, 0xED);
    data(&r, 0x02); /* written while the controller still sends */
    CHECK(status(&r) & 2, "input buffer full");
    pass(&r, 1);
    CHECK(!(status(&r) & 2), "taken when the line is free");
    CHECK(gives(&r, 0xFA, 0xFA, -1) && r.kbd.leds == 2, "both bytes got through");
    ps2kbd_key(&r.kbd, 0x04, true);
    ps2kbd_key(&r.kbd, 0x04, false);
    CHECK(gives(&r, 0x1C, 0xF0, 0x1C, -1), "set 2 as it is");
    cmd(&r, 0xD4);
    data(&r, 0xFF);
    CHECK(gives(&r, 0xFE, -1), "nobody at the aux port");
}

static void test_snap(void)
{
    struct rig r, q;
    setup(&r, 0x45);
    setup(&q, 0x45);
    ps2kbd_key(&r.kbd, 0x0B, true);
    ps2kbd_key(&r.kbd, 0x0B, false);
    struct snap s, l;
    snap_save_init(&s);
    kbc_snap(&r.c, &s);
    ps2kbd_snap(&r.kbd, &s);
    q.k.now = r.k.now;
    snap_load_init(&l, s.buf, s.len);
    kbc_snap(&q.c, &l);
    ps2kbd_snap(&q.kbd, &l);
    CHECK(snap_ok(&l) && gives(&q, 0x23, 0xA3, -1), "a byte on the line survives");
    for (size_t i = 0; i < s.len; i++) {
        s.buf[i] ^= 0xFF;
        snap_load_init(&l, s.buf, s.len);
        kbc_snap(&q.c, &l);
        ps2kbd_snap(&q.kbd, &l);
        for (unsigned n = 0; n < 20; n++) {
            pass(&q, 1);
            (void)rd(&q);
            ps2kbd_key(&q.kbd, (uint8_t)(n * 13), n & 1);
        }
        s.buf[i] ^= 0xFF;
    }
    CHECK(true, "hostile snapshots are survived");
    snap_free(&s);
}

int main(void)
{
    test_controller();
    test_typing();
    test_commands();
    test_snap();
    return report_end();
}
