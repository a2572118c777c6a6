/* SPDX-License-Identifier: MIT */
/*
 * test_base_clock.c - order of events, re-arming while firing, exact rates, save and restore.
 */
#include "base/clock.h"
#include "base/snap.h"
#include "tests/report.h"

#include <string.h>

struct probe {
    struct clock *clock; /* for probes that arm while they fire */
    struct event event;  /* our own */
    struct event *other; /* armed or disarmed when we fire, may be NULL */
    uint64_t again;      /* re-arm this far ahead, 0 = do not */
    bool kill;           /* disarm `other` instead of arming it */
    char mark;           /* appended to the log */
    char *log;           /* shared */
};

static void probe_fire(void *arg)
{
    struct probe *p = arg;
    size_t n = strlen(p->log);

    p->log[n] = p->mark;
    p->log[n + 1] = '\0';
    if (p->again)
        clock_arm(p->clock, &p->event, p->event.when + p->again);
    if (p->other && p->kill)
        clock_disarm(p->clock, p->other);
    else if (p->other)
        clock_arm(p->clock, p->other, p->clock->now);
}

static void probe_init(struct probe *p, struct clock *k, char mark, char *log)
{
    *p = (struct probe){.clock = k, .mark = mark, .log = log};
    event_init(k, &p->event, "probe", probe_fire, p);
}

static void test_order(void)
{
    struct clock k;
    struct probe a, b, c;
    char log[64] = "";

    clock_init(&k);
    probe_init(&a, &k, 'a', log);
    probe_init(&b, &k, 'b', log);
    probe_init(&c, &k, 'c', log);
    CHECK(clock_next(&k) == CLOCK_NEVER, "an empty list has no deadline");
    clock_arm(&k, &c.event, 10);
    clock_arm(&k, &b.event, 10);
    clock_arm(&k, &a.event, 10);
    CHECK(clock_next(&k) == 10, "next is %llu", (unsigned long long)clock_next(&k));
    k.now = 9;
    clock_fire(&k);
    CHECK(log[0] == '\0', "nothing fires early: '%s'", log);
    k.now = 10;
    clock_fire(&k);
    CHECK(strcmp(log, "abc") == 0, "ties fire in order of initialisation: '%s'", log);
    CHECK(clock_next(&k) == CLOCK_NEVER, "a fired event is disarmed");

    log[0] = '\0';
    clock_arm(&k, &a.event, 30);
    clock_arm(&k, &b.event, 20);
    clock_arm(&k, &c.event, 25);
    clock_arm(&k, &c.event, 15); /* re-arming moves it */
    clock_disarm(&k, &b.event);
    clock_disarm(&k, &b.event); /* twice is harmless */
    k.now = 100;
    clock_fire(&k);
    CHECK(strcmp(log, "ca") == 0, "by deadline, without the disarmed: '%s'", log);
    CHECK(!a.event.armed && !b.event.armed && !c.event.armed, "all are disarmed");

    log[0] = '\0';
    clock_arm(&k, &a.event, 3);
    CHECK(log[0] == '\0', "arming in the past does not fire at once");
    clock_fire(&k);
    CHECK(strcmp(log, "a") == 0, "but at the next clock_fire: '%s'", log);
}

static void test_arm_while_firing(void)
{
    struct clock k;
    struct probe a, b;
    char log[64] = "";

    clock_init(&k);
    probe_init(&a, &k, 'a', log);
    probe_init(&b, &k, 'b', log);
    a.again = 10;
    clock_arm(&k, &a.event, 10);
    k.now = 45;
    clock_fire(&k);
    CHECK(strcmp(log, "aaaa") == 0, "a periodic event catches up: '%s'", log);
    CHECK(clock_next(&k) == 50, "and is armed for its next period");

    log[0] = '\0';
    a.again = 0;
    a.other = &b.event;
    k.now = 50;
    clock_fire(&k);
    CHECK(strcmp(log, "ab") == 0, "an event armed for now by another fires too: '%s'", log);

    log[0] = '\0';
    a.kill = true;
    clock_arm(&k, &a.event, 60);
    clock_arm(&k, &b.event, 60);
    k.now = 60;
    clock_fire(&k);
    CHECK(strcmp(log, "a") == 0, "an event disarmed by another does not: '%s'", log);
}

static void test_rates(void)
{
    static const uint32_t rates[] = {1,      2,       18,       1000,       32768,     44100,
                                     115200, 1193182, 25175000, 1221818181, UINT32_MAX};

    CHECK(clock_periods(CLOCK_HZ_DEN, 1) == CLOCK_HZ_NUM, "11 seconds are exact");
    CHECK(clock_periods(1, 1) == CLOCK_HZ_NUM / CLOCK_HZ_DEN, "one second, rounded down");
    CHECK(clock_periods(UINT64_MAX, 1) == CLOCK_NEVER, "what does not fit is never");
    /* 1193181.818... Hz is 13125000/11: 11 seconds hold 13125000 ticks of 1024 units. */
    CHECK(clock_periods(11, 1) == UINT64_C(13125000) * CLOCK_PIT_TICK, "the PIT's tick is exact");
    for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
        uint32_t hz = rates[i];

        /* hz * 11 * m periods are exactly 11 * m seconds: no drift after three years. */
        CHECK(clock_periods((uint64_t)hz * 11 * 9000000, hz) == CLOCK_HZ_NUM * 9000000,
              "%u Hz drifts", hz);
        for (uint64_t n = 0; n < 200000; n = n * 3 + 1) {
            uint64_t end = clock_periods(n, hz);

            CHECK(clock_count(end, hz) >= n, "%u Hz: period %llu has ended at its end", hz,
                  (unsigned long long)n);
            if (end > 0)
                CHECK(clock_count(end - 1, hz) < n, "%u Hz: period %llu has not ended before", hz,
                      (unsigned long long)n);
        }
    }
    CHECK(clock_count(0, 1000) == 0, "nothing has ended at the start");
    CHECK(clock_count(UINT64_MAX, UINT32_MAX) == UINT64_MAX, "a count saturates");
}

static void test_snap(void)
{
    struct clock k, k2;
    struct probe a, b, a2, b2;
    struct snap s, l;
    char log[64] = "";

    clock_init(&k);
    probe_init(&a, &k, 'a', log);
    probe_init(&b, &k, 'b', log);
    k.now = 1234;
    clock_arm(&k, &b.event, 2000);
    snap_save_init(&s);
    clock_snap(&k, &s);
    event_snap(&k, &a.event, &s);
    event_snap(&k, &b.event, &s);
    CHECK(snap_ok(&s), "saved: %s", s.err.text);

    struct snap s2; /* a deadline that no longer counts must not make two equal states differ */
    a.event.when = 999;
    snap_save_init(&s2);
    clock_snap(&k, &s2);
    event_snap(&k, &a.event, &s2);
    event_snap(&k, &b.event, &s2);
    CHECK(s.len == s2.len && memcmp(s.buf, s2.buf, s.len) == 0, "equal states, equal streams");
    snap_free(&s2);

    clock_init(&k2);
    probe_init(&a2, &k2, 'a', log);
    probe_init(&b2, &k2, 'b', log);
    clock_arm(&k2, &a2.event, 5); /* must not survive the load */
    snap_load_init(&l, s.buf, s.len);
    clock_snap(&k2, &l);
    event_snap(&k2, &a2.event, &l);
    event_snap(&k2, &b2.event, &l);
    CHECK(snap_ok(&l) && l.pos == l.len, "loaded to the last byte: %s", l.err.text);
    CHECK(k2.now == 1234 && clock_next(&k2) == 2000, "time and deadline are back");
    CHECK(!a2.event.armed && b2.event.armed, "and so is who is armed");

    snap_load_init(&l, s.buf, s.len - 1);
    clock_disarm(&k2, &b2.event);
    clock_snap(&k2, &l);
    event_snap(&k2, &a2.event, &l);
    event_snap(&k2, &b2.event, &l);
    CHECK(!snap_ok(&l) && !b2.event.armed, "a cut stream arms nothing");
    snap_free(&s);
}

int main(void)
{
    test_order();
    test_arm_while_firing();
    test_rates();
    test_snap();
    return report_end();
}
