/* SPDX-License-Identifier: MIT */
/* test_base_trace.c - categories, the ring and its end, echo, and text that bites. */
#include "base/clock.h"
#include "base/out.h"
#include "base/trace.h"
#include "tests/report.h"

#include <string.h>

static struct trace t; /* half a megabyte: not for the stack */
static char text[TRACE_LINES * 2 * TRACE_WIDTH];

static void test_names(void)
{
    for (int i = 0; i < TRACE_CATS; i++) {
        const char *name = trace_cat_name((enum trace_cat)i);

        CHECK(name && name[0], "category %d has a name", i);
        CHECK(name && trace_cat_find(name, strlen(name)) == i, "and is found by it");
    }
    CHECK(trace_cat_name(TRACE_CATS) == NULL, "there is no category after the last");
    CHECK(trace_cat_find("pi", 2) == -1 && trace_cat_find("pitx", 4) == -1, "names are whole");
    CHECK(trace_cat_find("pit,kbd", 3) == TRACE_PIT, "len bounds the name");
}

static void test_ring(void)
{
    struct out o;
    uint64_t now = CLOCK_HZ_NUM; /* eleven seconds */

    trace_init(&t, &now);
    out_buffer(&o, text, sizeof text);
    trace_dump(&t, &o, 10);
    CHECK(o.len == 0, "an empty ring prints nothing");
    TRACE(&t, TRACE_PIT, "channel %u", 2u);
    trace_dump(&t, &o, 10);
    CHECK(strstr(text, "11.000000000") && strstr(text, "pit") && strstr(text, "channel 2\n"),
          "time, category, text: %s", text);

    for (unsigned i = 0; i < TRACE_LINES + 5; i++)
        TRACE(&t, TRACE_PIC, "number %u.", i);
    CHECK(t.lines == TRACE_LINES + 6, "lines are counted: %llu", (unsigned long long)t.lines);
    out_buffer(&o, text, sizeof text);
    trace_dump(&t, &o, 3);
    CHECK(!strstr(text, "number 4097.") && strstr(text, "number 4098.") &&
              strstr(text, "number 4100."),
          "the last three: %s", text);
    CHECK(strstr(text, "number 4098.") < strstr(text, "number 4099."), "oldest first");
    out_buffer(&o, text, sizeof text);
    trace_dump(&t, &o, 1000000);
    CHECK(!strstr(text, "number 4.") && strstr(text, "number 5."), "the ring keeps TRACE_LINES");
}

static void test_masks(void)
{
    struct out o, d;
    char dump[400];

    trace_init(&t, NULL);
    out_buffer(&o, text, sizeof text);
    t.echo_to = &o;
    t.echo_mask = 1u << TRACE_KBD;
    t.ring_mask = 1u << TRACE_UART;
    TRACE(&t, TRACE_KBD, "key");
    TRACE(&t, TRACE_UART, "byte");
    TRACE(&t, TRACE_VGA, "picture");
    CHECK(strstr(text, "key\n") && !strstr(text, "byte") && !strstr(text, "picture"), "echo: %s",
          text);
    out_buffer(&d, dump, sizeof dump);
    trace_dump(&t, &d, 10);
    CHECK(t.lines == 1 && strstr(dump, "byte") && !strstr(dump, "key"), "ring: %s", dump);
    TRACE((struct trace *)NULL, TRACE_KBD, "no ring, no line");
}

static void test_hostile_text(void)
{
    struct out o;
    char guest[500];

    trace_init(&t, NULL);
    memset(guest, 'A', sizeof guest - 1);
    guest[sizeof guest - 1] = '\0';
    guest[0] = '\x1b';
    guest[1] = '\n';
    guest[2] = '\x7f';
    TRACE(&t, TRACE_UART, "%s", guest);
    out_buffer(&o, text, sizeof text);
    trace_dump(&t, &o, 1);
    CHECK(strlen(text) == TRACE_WIDTH, "a long line is cut: %zu", strlen(text));
    CHECK(!strchr(text, '\x1b') && !strchr(text, '\x7f') &&
              strchr(text, '\n') == text + TRACE_WIDTH - 1,
          "control characters do not pass");
}

int main(void)
{
    test_names();
    test_ring();
    test_masks();
    test_hostile_text();
    return report_end();
}
