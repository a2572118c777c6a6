/* SPDX-License-Identifier: MIT */
/*
 * test_monitor_packet.c - the frames of gdb's protocol: every payload survives framing and reading,
 * however the bytes are cut; what is damaged is noticed and never overflows; the examples of the
 * gdb manual (appendix E.1).
 */
#include "monitor/gdb/packet.h"
#include "tests/report.h"

#include <string.h>

static struct gdb_reader reader;
static uint8_t frame[GDB_FRAME_ROOM(GDB_PACKET_MAX)];

/* Feeds bytes in pieces of `cut`; the last token that was not MORE, and how many there were. */
static enum gdb_token feed(const void *bytes, size_t n, size_t cut, unsigned *tokens)
{
    enum gdb_token last = GDB_MORE;
    const uint8_t *at = bytes;

    *tokens = 0;
    while (n) {
        size_t used;
        enum gdb_token t = gdb_reader_feed(&reader, at, n < cut ? n : cut, &used);

        if (t != GDB_MORE) {
            last = t;
            ++*tokens;
        }
        at += used;
        n -= used;
    }
    return last;
}

static bool reads_as(const char *text, const void *payload, size_t n)
{
    unsigned tokens;

    gdb_reader_init(&reader);
    return feed(text, strlen(text), 1, &tokens) == GDB_PACKET && tokens == 1 && reader.len == n &&
           memcmp(reader.payload, payload, n) == 0 && reader.payload[n] == 0;
}

static enum gdb_token token_of(const char *text)
{
    unsigned tokens;

    gdb_reader_init(&reader);
    return feed(text, strlen(text), 1000, &tokens);
}

static void test_reading(void)
{
    unsigned tokens;

    CHECK(reads_as("$#00", "", 0), "an empty packet");
    CHECK(reads_as("$OK#9a", "OK", 2) && reads_as("$OK#9A", "OK", 2), "digits of either case");
    CHECK(reads_as("$0* #7a", "0000", 4), "the manual's run: 0* is 0000");
    CHECK(reads_as("$}\x03#80", "#", 1) && reads_as("$}]#da", "}", 1), "escapes");
    CHECK(reads_as("noise$g#67", "g", 1), "noise before a frame");
    CHECK(reads_as("$half$g#67", "g", 1), "a frame that begins inside another replaces it");
    CHECK(token_of("+") == GDB_ACK && token_of("-") == GDB_NAK && token_of("\x03") == GDB_INTERRUPT,
          "between frames");
    CHECK(reads_as("$+-\x03#5b", "+-\x03", 3), "inside they are bytes like others");
    CHECK(token_of("$OK#9b") == GDB_BROKEN, "a wrong sum");
    CHECK(token_of("$OK#9g") == GDB_BROKEN && token_of("$OK#g9") == GDB_BROKEN, "no digits");
    CHECK(token_of("$* #4a") == GDB_BROKEN, "a run of nothing");
    CHECK(token_of("$a*\x1d#a8") == GDB_BROKEN, "a run of no length");
    CHECK(token_of("$a}#de") == GDB_BROKEN && token_of("$a*#8b") == GDB_BROKEN,
          "a frame that ends in the middle of an escape or a run");
    gdb_reader_init(&reader);
    CHECK(feed("$OK#9b$OK#9a", 12, 5, &tokens) == GDB_PACKET && tokens == 2,
          "a good frame after a bad one");
}

static void test_limits(void)
{
    char run[] = "$a*~#89";
    unsigned tokens;
    uint8_t sum = 0;

    gdb_reader_init(&reader);
    (void)feed("$", 1, 1, &tokens);
    for (unsigned i = 0; i < GDB_PACKET_MAX; i++) {
        (void)feed("x", 1, 1, &tokens);
        sum = (uint8_t)(sum + 'x');
    }
    char end[4];
    snprintf(end, sizeof end, "#%02x", sum);
    CHECK(feed(end, 3, 1, &tokens) == GDB_PACKET && reader.len == GDB_PACKET_MAX,
          "the longest packet");

    gdb_reader_init(&reader);
    (void)feed("$", 1, 1, &tokens);
    sum = 0;
    for (unsigned i = 0; i < GDB_PACKET_MAX / 90; i++) { /* 3 bytes make 98 */
        (void)feed(run + 1, 3, 3, &tokens);
        sum = (uint8_t)(sum + 'a' + '*' + '~');
    }
    snprintf(end, sizeof end, "#%02x", sum);
    CHECK(feed(end, 3, 3, &tokens) == GDB_BROKEN && reader.len <= GDB_PACKET_MAX,
          "runs that unpack to too much are refused");
    CHECK(feed("$OK#9a", 6, 6, &tokens) == GDB_PACKET && reader.len == 2, "and do no harm");
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Payloads with many runs and bytes that need escapes. */
static void test_round_trips(void)
{
    static const uint8_t special[] = {'#', '$', '}', '*', 0, 3, '+', '-', ' ', 0xff, 'a', '0'};
    static uint8_t payload[GDB_PACKET_MAX];
    uint32_t seed = 1;
    unsigned bad = 0, tokens;

    for (unsigned round = 0; round < 3000; round++) {
        size_t n = next(&seed) % (round % 100 ? 300 : GDB_PACKET_MAX + 1), at = 0, size;

        while (at < n) {
            uint8_t byte =
                next(&seed) & 1 ? special[next(&seed) % sizeof special] : (uint8_t)next(&seed);
            size_t run = next(&seed) & 1 ? 1 : 1 + next(&seed) % 150;

            for (; run && at < n; run--)
                payload[at++] = byte;
        }
        size = gdb_frame(frame, payload, n);
        gdb_reader_init(&reader);
        bad += size > GDB_FRAME_ROOM(n) ||
               feed(frame, size, 1 + next(&seed) % 50, &tokens) != GDB_PACKET || tokens != 1 ||
               reader.len != n || memcmp(reader.payload, payload, n) != 0;
    }
    CHECK(bad == 0, "%u of 3000 payloads came back changed", bad);
}

/* gdb unpacks runs before it looks at escapes; what we send must mean the same that way. */
static void test_runs_after_escapes(void)
{
    size_t n = gdb_frame(frame, (const uint8_t *)"####\x03\x03\x03\x03\x03", 9);

    CHECK(n < 20 && memcmp(frame, "$}\x03}\x03}\x03}\x03\x03*!#", 13) == 0,
          "escaped bytes are not repeated: %.*s", (int)n, (const char *)frame);
    n = gdb_frame(frame, (const uint8_t *)"0000000", 7);
    CHECK(memcmp(frame, "$0*\"0#", 6) == 0, "counts that look like # and $ are avoided: %.*s",
          (int)n, (const char *)frame);
}

static void test_hex(void)
{
    const char *p = "123abcDEF,";
    uint64_t v = 0;
    uint8_t bytes[2];
    char text[5] = "";

    CHECK(gdb_hex_number(&p, &v) && v == 0x123abcdef && *p == ',', "a number: %llx",
          (unsigned long long)v);
    CHECK(!gdb_hex_number(&p, &v), "no digit is no number");
    p = "ffffffffffffffff0";
    CHECK(!gdb_hex_number(&p, &v), "nor are more than 64 bits");
    p = "1fa0";
    CHECK(gdb_hex_bytes(&p, bytes, 2) && bytes[0] == 0x1f && bytes[1] == 0xa0 && !*p, "bytes");
    p = "1fa";
    CHECK(!gdb_hex_bytes(&p, bytes, 2), "half a byte is missing");
    gdb_hex_write(text, "\x1f\xa0", 2);
    CHECK(strcmp(text, "1fa0") == 0, "and back");
}

int main(void)
{
    test_reading();
    test_limits();
    test_round_trips();
    test_runs_after_escapes();
    test_hex();
    return report_end();
}
