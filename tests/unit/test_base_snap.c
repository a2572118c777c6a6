/* SPDX-License-Identifier: MIT */
/*
 * test_base_snap.c - fields come back, errors stick and leave the fields alone.
 */
#include "base/snap.h"
#include "tests/report.h"

#include <string.h>

struct thing {
    uint8_t a;      /* a field of each width */
    uint16_t b;     /* two bytes */
    uint32_t c;     /* four */
    uint64_t d;     /* eight */
    bool e;         /* one, 0 or 1 */
    uint8_t raw[5]; /* as it is */
};

static void thing_snap(struct thing *t, struct snap *s)
{
    if (!snap_section(s, "thing", 3))
        return;
    snap_u8(s, &t->a);
    snap_u16(s, &t->b);
    snap_u32(s, &t->c);
    snap_u64(s, &t->d);
    snap_bool(s, &t->e);
    snap_bytes(s, t->raw, sizeof t->raw);
}

static const struct thing sample = {0x12, 0x3456,         0x789abcde, UINT64_C(0xf0e1d2c3b4a59687),
                                    true, {9, 8, 7, 6, 5}};

static bool same(const struct thing *x, const struct thing *y)
{
    return x->a == y->a && x->b == y->b && x->c == y->c && x->d == y->d && x->e == y->e &&
           memcmp(x->raw, y->raw, sizeof x->raw) == 0;
}

static void test_round_trip(void)
{
    /* The layout is a promise: a snapshot moves between hosts. */
    static const uint8_t expect[] = {
        5,    't',  'h',  'i',  'n',  'g',  3,    0,    0,    0, 0x12, 0x56, 0x34, 0xde, 0xbc, 0x9a,
        0x78, 0x87, 0x96, 0xa5, 0xb4, 0xc3, 0xd2, 0xe1, 0xf0, 1, 9,    8,    7,    6,    5};
    struct thing in = sample, out = {0};
    struct snap s, l;

    snap_save_init(&s);
    thing_snap(&in, &s);
    CHECK(snap_ok(&s), "saved: %s", s.err.text);
    CHECK(s.len == sizeof expect && memcmp(s.buf, expect, sizeof expect) == 0,
          "little-endian, fixed widths: %zu bytes", s.len);
    CHECK(same(&in, &sample), "saving changes nothing");
    snap_load_init(&l, s.buf, s.len);
    thing_snap(&out, &l);
    CHECK(snap_ok(&l) && l.pos == l.len, "loaded: %s", l.err.text);
    CHECK(same(&out, &sample), "every field is back");
    snap_free(&l); /* borrowed: must not free the buffer of s */
    CHECK(s.buf[1] == 't', "a loader does not own its buffer");
    snap_free(&s);
}

static void test_growth(void)
{
    struct snap s, l;
    uint32_t i, v;
    bool good = true;

    snap_save_init(&s);
    for (i = 0; i < 100000; i++)
        snap_u32(&s, &i);
    CHECK(snap_ok(&s) && s.len == 400000, "a long stream grows: %zu", s.len);
    snap_load_init(&l, s.buf, s.len);
    for (i = 0; i < 100000; i++) {
        snap_u32(&l, &v);
        good = good && v == i;
    }
    CHECK(good && snap_ok(&l), "and reads back");
    snap_free(&s);
}

static void test_cut(void)
{
    struct thing in = sample;
    struct snap s;

    snap_save_init(&s);
    thing_snap(&in, &s);
    for (size_t n = 0; n < s.len; n++) {
        struct thing out = {.c = 77};
        struct snap l;
        uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees one byte too far */

        memcpy(exact, s.buf, n);
        snap_load_init(&l, exact, n);
        thing_snap(&out, &l);
        CHECK(!snap_ok(&l), "cut to %zu bytes is an error", n);
        CHECK(l.pos <= n, "and is not read beyond");
        if (n < 17)
            CHECK(out.c == 77, "a field that did not arrive is left alone (%zu)", n);
        free(exact);
    }
    snap_free(&s);
}

static void test_wrong_section(void)
{
    struct snap s, l;
    uint8_t v = 1, w = 42;
    struct error first;

    snap_save_init(&s);
    CHECK(snap_section(&s, "pit", 2) == 2, "saving answers its own version");
    snap_u8(&s, &v);

    snap_load_init(&l, s.buf, s.len);
    CHECK(snap_section(&l, "pit", 5) == 2, "loading answers the stream's");
    snap_load_init(&l, s.buf, s.len);
    CHECK(snap_section(&l, "pic", 2) == 0 && strstr(l.err.text, "pic"), "wrong name: %s",
          l.err.text);
    snap_u8(&l, &w);
    CHECK(w == 42, "after an error nothing is read");
    first = l.err;
    snap_fail(&l, "another");
    CHECK(strcmp(first.text, l.err.text) == 0, "the first error stays: %s", l.err.text);
    snap_load_init(&l, s.buf, s.len);
    CHECK(snap_section(&l, "pit", 1) == 0 && strstr(l.err.text, "version"), "too new: %s",
          l.err.text);
    snap_load_init(&l, s.buf, s.len);
    CHECK(snap_section(&l, "pitch", 2) == 0, "a longer name is another name");
    snap_free(&s);

    uint8_t zero[] = {1, 'x', 0, 0, 0, 0};
    snap_load_init(&l, zero, sizeof zero);
    CHECK(snap_section(&l, "x", 1) == 0 && !snap_ok(&l), "version 0 does not exist");
}

static void test_bool(void)
{
    uint8_t raw[] = {2};
    bool b = false;
    struct snap l;

    snap_load_init(&l, raw, 1);
    snap_bool(&l, &b);
    CHECK(!snap_ok(&l) && !b, "a bool is 0 or 1: %s", l.err.text);
}

static void test_fail_while_saving(void)
{
    struct snap s;
    uint8_t v = 0;
    size_t len;

    snap_save_init(&s);
    (void)snap_section(&s, "disk", 1);
    snap_fail(&s, "it is %s", "busy");
    CHECK(strstr(s.err.text, "disk") && strstr(s.err.text, "it is busy"), "message: %s",
          s.err.text);
    len = s.len;
    snap_u8(&s, &v);
    CHECK(s.len == len && snap_section(&s, "next", 1) == 0, "errors stick when saving too");
    snap_free(&s);
}

int main(void)
{
    test_round_trip();
    test_growth();
    test_cut();
    test_wrong_section();
    test_bool();
    test_fail_while_saving();
    return report_end();
}
