/* SPDX-License-Identifier: MIT */
/* packet.c - see packet.h. */
#include "monitor/gdb/packet.h"

#include <string.h>

enum { BETWEEN, PAYLOAD, ESCAPE, REPEAT, SUM_HIGH, SUM_LOW };

enum { REPEAT_BIAS = 29, REPEAT_MAX = 126 - REPEAT_BIAS, REPEAT_MIN = 3 };

void gdb_reader_init(struct gdb_reader *r)
{
    r->len = 0;
    r->state = BETWEEN;
    r->bad = false;
}

static void begin(struct gdb_reader *r)
{
    r->len = 0;
    r->sum = 0;
    r->bad = false;
    r->state = PAYLOAD;
}

static void put(struct gdb_reader *r, uint8_t byte)
{
    if (r->len < GDB_PACKET_MAX)
        r->payload[r->len++] = byte;
    else
        r->bad = true;
}

static void repeat(struct gdb_reader *r, uint8_t count)
{
    if (count < REPEAT_BIAS + 1 || !r->len) {
        r->bad = true;
        return;
    }
    for (uint8_t last = r->payload[r->len - 1]; count > REPEAT_BIAS; count--)
        put(r, last);
}

/* A byte between '$' and '#'. '$' inside means that the frame before it was cut off. */
static void in_payload(struct gdb_reader *r, uint8_t byte)
{
    if (byte == '$') {
        begin(r);
        return;
    }
    if (byte == '#') {
        r->bad |= r->state != PAYLOAD;
        r->state = SUM_HIGH;
        return;
    }
    r->sum = (uint8_t)(r->sum + byte);
    if (r->state == ESCAPE) {
        put(r, byte ^ 0x20);
        r->state = PAYLOAD;
    } else if (r->state == REPEAT) {
        repeat(r, byte);
        r->state = PAYLOAD;
    } else if (byte == '}') {
        r->state = ESCAPE;
    } else if (byte == '*') {
        r->state = REPEAT;
    } else {
        put(r, byte);
    }
}

static enum gdb_token between(struct gdb_reader *r, uint8_t byte)
{
    switch (byte) {
    case '$': begin(r); return GDB_MORE;
    case '+': return GDB_ACK;
    case '-': return GDB_NAK;
    case 3: return GDB_INTERRUPT;
    default: return GDB_MORE;
    }
}

static enum gdb_token take(struct gdb_reader *r, uint8_t byte)
{
    int digit = gdb_hex_digit((char)byte);

    switch (r->state) {
    case BETWEEN: return between(r, byte);
    case SUM_HIGH:
        r->bad |= digit < 0;
        r->claimed = (uint8_t)((unsigned)digit << 4);
        r->state = SUM_LOW;
        return GDB_MORE;
    case SUM_LOW:
        r->bad |= digit < 0 || (r->claimed | (uint8_t)digit) != r->sum;
        r->state = BETWEEN;
        r->payload[r->len] = 0;
        return r->bad ? GDB_BROKEN : GDB_PACKET;
    default: in_payload(r, byte); return GDB_MORE;
    }
}

enum gdb_token gdb_reader_feed(struct gdb_reader *r, const uint8_t *bytes, size_t n, size_t *used)
{
    for (*used = 0; *used < n;) {
        enum gdb_token token = take(r, bytes[(*used)++]);

        if (token != GDB_MORE)
            return token;
    }
    return GDB_MORE;
}

/* How often the byte at p stands there, up to what one repetition can say. */
static size_t run_length(const uint8_t *p, const uint8_t *end)
{
    size_t n = 1;

    while (p + n < end && n <= REPEAT_MAX && p[n] == *p)
        n++;
    return n;
}

/* The counts whose character means something to a frame are left out. */
static size_t sayable(size_t more)
{
    while (strchr("#$+-", (int)(more + REPEAT_BIAS)))
        more--;
    return more;
}

size_t gdb_frame(uint8_t *frame, const uint8_t *payload, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *end = payload + n;
    uint8_t *to = frame, sum = 0;

    *to++ = '$';
    while (payload < end) {
        uint8_t byte = *payload;
        size_t run = run_length(payload, end);

        if (strchr("#$}*", byte) && byte) {
            *to++ = '}';
            *to++ = byte ^ 0x20;
            payload++;
            continue;
        }
        *to++ = byte;
        payload++;
        if (run > REPEAT_MIN) {
            size_t more = sayable(run - 1);

            *to++ = '*';
            *to++ = (uint8_t)(more + REPEAT_BIAS);
            payload += more;
        }
    }
    for (const uint8_t *p = frame + 1; p < to; p++)
        sum = (uint8_t)(sum + *p);
    *to++ = '#';
    *to++ = (uint8_t)digits[sum >> 4];
    *to++ = (uint8_t)digits[sum & 15];
    return (size_t)(to - frame);
}

int gdb_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool gdb_hex_number(const char **p, uint64_t *value)
{
    const char *at = *p;
    uint64_t v = 0;

    for (; gdb_hex_digit(*at) >= 0; at++) {
        if (v >> 60)
            return false;
        v = v << 4 | (unsigned)gdb_hex_digit(*at);
    }
    if (at == *p)
        return false;
    *p = at;
    *value = v;
    return true;
}

bool gdb_hex_bytes(const char **p, void *bytes, size_t n)
{
    const char *at = *p;
    uint8_t *to = bytes;

    for (size_t i = 0; i < n; i++, at += 2) {
        int high = gdb_hex_digit(at[0]), low = high < 0 ? -1 : gdb_hex_digit(at[1]);

        if (low < 0)
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    *p = at;
    return true;
}

void gdb_hex_write(char *to, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;

    for (size_t i = 0; i < n; i++) {
        *to++ = digits[from[i] >> 4];
        *to++ = digits[from[i] & 15];
    }
}
