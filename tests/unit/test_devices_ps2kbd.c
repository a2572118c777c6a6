/* SPDX-License-Identifier: MIT */
/* test_devices_ps2kbd.c - the keyboard without a controller: sets, repeat, buffer, key types. */
#include "devices/ps2kbd.h"

#include "base/out.h"
#include "tests/report.h"

#include <stdarg.h>
#include <string.h>

struct rig {
    struct clock k;
    struct ps2kbd d;
    struct ps2_device dev;
};

static void setup(struct rig *r)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->k);
    ps2kbd_init(&r->d, &r->k, (struct irq){0}, NULL);
    r->dev = ps2kbd_device(&r->d);
}

static void pass(struct rig *r, unsigned ms)
{
    uint64_t end = r->k.now + clock_periods(ms, 1000);
    while (clock_next(&r->k) <= end) {
        r->k.now = clock_next(&r->k);
        clock_fire(&r->k);
    }
    r->k.now = end;
}

static bool gives(struct rig *r, ...)
{
    va_list ap;
    uint8_t b;
    bool ok = true;
    va_start(ap, r);
    for (int want = va_arg(ap, int); want >= 0; want = va_arg(ap, int))
        ok = r->dev.read(r->dev.dev, &b) && b == want && ok;
    va_end(ap);
    return !r->dev.read(r->dev.dev, &b) && ok;
}

static unsigned drain(struct rig *r, uint8_t *last)
{
    unsigned n = 0;
    while (r->dev.read(r->dev.dev, last))
        n++;
    return n;
}

static void host(struct rig *r, uint8_t v)
{
    r->dev.write(r->dev.dev, v);
}

static void tap(struct rig *r, uint8_t usage)
{
    ps2kbd_key(&r->d, usage, true);
    ps2kbd_key(&r->d, usage, false);
}

static void test_sets(void)
{
    struct rig r;
    setup(&r);
    tap(&r, 0xE4);
    CHECK(gives(&r, 0xE0, 0x14, 0xE0, 0xF0, 0x14, -1), "right Ctrl, set 2");
    host(&r, 0xF0);
    host(&r, 0x01);
    CHECK(gives(&r, 0xFA, -1), "set 1 (the parameter's answer replaces the command's)");
    tap(&r, 0xE4);
    CHECK(gives(&r, 0xE0, 0x1D, 0xE0, 0x9D, -1), "right Ctrl, set 1");
    tap(&r, 0x29);
    CHECK(gives(&r, 0x01, 0x81, -1), "Esc, set 1");
    host(&r, 0xF0);
    host(&r, 0x03);
    CHECK(gives(&r, 0xFA, -1), "set 3");
    tap(&r, 0xE4);
    CHECK(gives(&r, 0x58, -1), "right Ctrl, set 3: make only");
    tap(&r, 0xE0);
    CHECK(gives(&r, 0x11, 0xF0, 0x11, -1), "left Ctrl, set 3: make and break");
    host(&r, 0xFA);
    CHECK(gives(&r, 0xFA, -1), "all keys typematic, make and break");
    tap(&r, 0x04);
    CHECK(gives(&r, 0x1C, 0xF0, 0x1C, -1), "A now has a break code");
    host(&r, 0xFD);
    host(&r, 0x1C);
    CHECK(gives(&r, 0xFA, -1), "A make only");
    tap(&r, 0x04);
    host(&r, 0xEE);
    CHECK(gives(&r, 0xEE, 0x1C, -1), "no break; an answer goes first");
    host(&r, 0xF0);
    host(&r, 0x04);
    CHECK(gives(&r, 0xFE, -1) && r.d.set == 3, "there is no set 4");
    host(&r, 0xF6);
    CHECK(gives(&r, 0xFA, -1) && r.d.set == 2, "defaults");
}

static void test_specials(void)
{
    struct rig r;
    uint8_t last;
    setup(&r);
    tap(&r, 0x46);
    CHECK(gives(&r, 0xE0, 0x12, 0xE0, 0x7C, 0xE0, 0xF0, 0x7C, 0xE0, 0xF0, 0x12, -1), "PrtSc");
    ps2kbd_key(&r.d, 0xE2, true);
    drain(&r, &last);
    tap(&r, 0x46);
    CHECK(gives(&r, 0x84, 0xF0, 0x84, -1), "Alt + PrtSc is SysRq");
    ps2kbd_key(&r.d, 0xE2, false);
    ps2kbd_key(&r.d, 0xE0, true);
    drain(&r, &last);
    tap(&r, 0x48);
    CHECK(gives(&r, 0xE0, 0x7E, 0xE0, 0xF0, 0x7E, -1), "Ctrl + Pause is Break");
    ps2kbd_key(&r.d, 0xE0, false);
    drain(&r, &last);
    tap(&r, 0x48);
    CHECK(gives(&r, 0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77, -1), "Pause");
    tap(&r, 0x00);
    tap(&r, 0xFF);
    CHECK(gives(&r, -1), "keys that do not exist say nothing");
    ps2kbd_key(&r.d, 0x04, true);
    ps2kbd_key(&r.d, 0x04, true);
    CHECK(gives(&r, 0x1C, -1), "a contact closes once");
}

static void test_repeat(void)
{
    struct rig r;
    uint8_t last = 0;
    setup(&r);
    ps2kbd_key(&r.d, 0x04, true);
    pass(&r, 499);
    CHECK(drain(&r, &last) == 1, "nothing for 500 ms");
    unsigned n = 0;
    for (unsigned i = 0; i < 100; i++) {
        pass(&r, 10);
        n += drain(&r, &last);
    }
    CHECK(n >= 10 && n <= 12 && last == 0x1C, "10.9 a second: %u", n);
    ps2kbd_key(&r.d, 0x05, true);
    pass(&r, 520);
    drain(&r, &last);
    CHECK(last == 0x32, "the last key pressed repeats");
    ps2kbd_key(&r.d, 0x04, false);
    drain(&r, &last);
    pass(&r, 200);
    CHECK(drain(&r, &last) && last == 0x32, "releasing another does not stop it");
    ps2kbd_key(&r.d, 0x05, false);
    drain(&r, &last);
    pass(&r, 2000);
    CHECK(drain(&r, &last) == 0, "releasing it does");
    host(&r, 0xF3);
    host(&r, 0x00);
    drain(&r, &last);
    ps2kbd_key(&r.d, 0x04, true);
    n = 0;
    for (unsigned i = 0; i < 125; i++) {
        pass(&r, 10);
        n += drain(&r, &last);
    }
    CHECK(n >= 30 && n <= 32, "250 ms, then 30 a second: %u", n);
}

static void test_buffer(void)
{
    struct rig r;
    uint8_t b = 0;
    setup(&r);
    for (unsigned i = 0; i < 10; i++)
        tap(&r, 0x04); /* three bytes each */
    unsigned n = 0;
    uint8_t last = 0xEE;
    while (r.dev.read(r.dev.dev, &b)) {
        last = b;
        n++;
    }
    CHECK(n <= 17 && n >= 16 && last == 0x00, "16 bytes and the overrun code: %u", n);
    tap(&r, 0x04);
    CHECK(gives(&r, 0x1C, 0xF0, 0x1C, -1), "and it goes on");
    host(&r, 0xF5);
    CHECK(gives(&r, 0xFA, -1), "disable");
    tap(&r, 0x04);
    CHECK(gives(&r, -1), "a disabled keyboard is silent");
    host(&r, 0xF4);
    CHECK(gives(&r, 0xFA, -1), "enable");
    tap(&r, 0x04);
    CHECK(gives(&r, 0x1C, 0xF0, 0x1C, -1), "it scans");
    host(&r, 0xED);
    host(&r, 0xEE);
    CHECK(gives(&r, 0xEE, -1), "a command in the place of a parameter is a command");
    char text[400];
    struct out o;
    out_buffer(&o, text, sizeof text);
    ps2kbd_info(&r.d, &o);
    CHECK(strstr(text, "scan code set 2") != NULL, "%s", text);
}

int main(void)
{
    test_sets();
    test_specials();
    test_repeat();
    test_buffer();
    return report_end();
}
