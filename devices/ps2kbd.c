/* SPDX-License-Identifier: MIT */
/*
 * ps2kbd.c - the keyboard: buffer, typematic repeat and commands. The codes of the keys are in
 * ps2kbd_codes.c. Source: IBM PS/2 Hardware Interface Technical Reference. Interface: ps2kbd.h.
 */
#include "devices/ps2kbd.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/ps2kbd_codes.h"

enum {
    ACK = 0xFA,
    RESEND = 0xFE,
    BAT_OK = 0xAA,
    TYPEMATIC_DEFAULT = 0x2B, /* 500 ms, 10.9 codes a second */
    RING = PS2KBD_BUFFER + 1,
    BAT_HZ = 1000, /* the self test: keyboards take half a second; see below */
};

static bool bit_get(const uint8_t *set, uint8_t n)
{
    return set[n >> 3] >> (n & 7) & 1;
}

static void bit_put(uint8_t *set, uint8_t n, bool v)
{
    uint8_t bit = (uint8_t)(1u << (n & 7));
    set[n >> 3] = (uint8_t)(v ? set[n >> 3] | bit : set[n >> 3] & ~bit);
}

static void answer(struct ps2kbd *d, uint8_t byte)
{
    if (d->answers < sizeof d->answer)
        d->answer[d->answers++] = byte;
}

static void buffer_clear(struct ps2kbd *d)
{
    d->first = d->count = 0;
    d->overrun = false;
}

static void repeat_stop(struct ps2kbd *d)
{
    d->held = 0;
    clock_disarm(d->clock, &d->repeat);
}

/* Delay of 250 to 1000 ms, then (8 + A) * 2^B * 4.17 ms between codes. */
static uint64_t repeat_delay(const struct ps2kbd *d)
{
    return clock_periods(1u + (d->typematic >> 5 & 3u), 4);
}

static uint64_t repeat_period(const struct ps2kbd *d)
{
    return clock_periods((8u + (d->typematic & 7u)) << (d->typematic >> 3 & 3u), 240);
}

/* A sequence goes into the buffer whole, or the overrun code takes the extra place. */
static void send_codes(struct ps2kbd *d, const uint8_t *codes, unsigned n)
{
    uint8_t overrun = d->set == 1 ? 0xFF : 0x00;
    if (!n || d->overrun) /* nothing may follow the overrun code until it is sent */
        return;
    if (d->count + n > PS2KBD_BUFFER) {
        TRACE(d->trace, TRACE_KBD, "keyboard: buffer overrun");
        codes = &overrun;
        n = 1;
        d->overrun = true;
    }
    for (unsigned i = 0; i < n; i++)
        d->buffer[(d->first + d->count++) % RING] = codes[i];
    irq_set(&d->ready, true);
}

static unsigned modifiers_held(const struct ps2kbd *d)
{
    return (bit_get(d->down, 0xE1) || bit_get(d->down, 0xE5) ? PS2KBD_SHIFT : 0u) |
           (bit_get(d->down, 0xE0) || bit_get(d->down, 0xE4) ? PS2KBD_CTRL : 0u) |
           (bit_get(d->down, 0xE2) || bit_get(d->down, 0xE6) ? PS2KBD_ALT : 0u);
}

static bool repeats(const struct ps2kbd *d, uint8_t usage)
{
    uint8_t codes[8];
    if (d->set == 3 && bit_get(d->set3_no_repeat, ps2kbd_set3_code(usage)))
        return false;
    return ps2kbd_sequence(codes, d->set, usage, PS2KBD_REPEAT, modifiers_held(d), false) != 0;
}

static void send_key(struct ps2kbd *d, uint8_t usage, enum ps2kbd_event ev)
{
    uint8_t codes[8];
    bool make_only = d->set == 3 && bit_get(d->set3_make_only, ps2kbd_set3_code(usage));
    send_codes(d, codes, ps2kbd_sequence(codes, d->set, usage, ev, modifiers_held(d), make_only));
}

void ps2kbd_key(struct ps2kbd *d, uint8_t usage, bool down)
{
    if (bit_get(d->down, usage) == down)
        return;
    bit_put(d->down, usage, down);
    if (!d->scanning || d->testing)
        return;
    if (!down) {
        if (d->held == usage)
            repeat_stop(d);
        send_key(d, usage, PS2KBD_BREAK);
        return;
    }
    send_key(d, usage, PS2KBD_MAKE);
    repeat_stop(d);
    if (repeats(d, usage)) {
        d->held = usage;
        clock_arm(d->clock, &d->repeat, d->clock->now + repeat_delay(d));
    }
}

unsigned ps2kbd_room(const struct ps2kbd *d)
{
    unsigned used = d->count;

    return d->scanning && !d->testing && used < PS2KBD_BUFFER ? PS2KBD_BUFFER - used : 0u;
}

static void repeat_fire(void *arg)
{
    struct ps2kbd *d = arg;
    if (!d->held || !d->scanning)
        return;
    send_key(d, d->held, PS2KBD_REPEAT);
    clock_arm(d->clock, &d->repeat, d->clock->now + repeat_period(d));
}

/* Typematic values, key types and the set; not the lamps. */
static void set_defaults(struct ps2kbd *d)
{
    d->set = 2;
    d->typematic = TYPEMATIC_DEFAULT;
    for (unsigned code = 0; code < 256; code++) {
        enum ps2kbd_type type = ps2kbd_set3_type((uint8_t)code);
        bit_put(d->set3_make_only, (uint8_t)code, type != PS2KBD_MAKE_BREAK);
        bit_put(d->set3_no_repeat, (uint8_t)code, type != PS2KBD_TYPEMATIC);
    }
    repeat_stop(d);
    buffer_clear(d);
}

static void bat_fire(void *arg)
{
    struct ps2kbd *d = arg;
    d->testing = false;
    d->scanning = true;
    answer(d, BAT_OK);
    irq_set(&d->ready, true);
}

/* BIOSes that count loops, each with the microsecond of an ISA access in it, give up after the 16 ms that
   65536 of them are here: the test takes one. */
static void self_test(struct ps2kbd *d)
{
    set_defaults(d);
    d->leds = 0;
    d->scanning = false;
    d->testing = true;
    clock_arm(d->clock, &d->bat, d->clock->now + clock_periods(1, BAT_HZ));
}

/* F7h-FAh for all keys, FBh-FDh for one: typematic, make/break, make only; FAh: all of it. */
static void set_key_type(struct ps2kbd *d, uint8_t code, unsigned type)
{
    bit_put(d->set3_make_only, code, type == 0 || type == 2);
    bit_put(d->set3_no_repeat, code, type == 1 || type == 2);
}

static void parameter(struct ps2kbd *d, uint8_t cmd, uint8_t v)
{
    switch (cmd) {
    case 0xED:
        d->leds = v & 7;
        TRACE(d->trace, TRACE_KBD, "keyboard: lamps %s%s%s", v & 2 ? "Num " : "",
              v & 4 ? "Caps " : "", v & 1 ? "Scroll" : "");
        break;
    case 0xF0:
        if (v > 3) {
            answer(d, RESEND);
            return;
        }
        if (v) {
            d->set = v;
            buffer_clear(d);
            repeat_stop(d);
            TRACE(d->trace, TRACE_KBD, "keyboard: scan code set %u", v);
        }
        answer(d, ACK);
        if (!v)
            answer(d, d->set);
        return;
    case 0xF3: d->typematic = v; break;
    default: /* FBh-FDh take key codes until the next command */
        set_key_type(d, v, cmd - 0xFBu);
        d->command = cmd;
    }
    answer(d, ACK);
}

static void command(struct ps2kbd *d, uint8_t v)
{
    switch (v) {
    case 0xED:
    case 0xF0:
    case 0xF3:
    case 0xFB:
    case 0xFC:
    case 0xFD:
        d->command = v;
        answer(d, ACK);
        break;
    case 0xEE: answer(d, 0xEE); break;
    case 0xF2:
        answer(d, ACK);
        answer(d, 0xAB);
        answer(d, 0x83);
        break;
    case 0xF4:
        buffer_clear(d);
        repeat_stop(d);
        d->scanning = true;
        answer(d, ACK);
        break;
    case 0xF5:
        set_defaults(d);
        d->scanning = false;
        answer(d, ACK);
        break;
    case 0xF6:
        set_defaults(d);
        answer(d, ACK);
        break;
    case 0xF7:
    case 0xF8:
    case 0xF9:
    case 0xFA:
        for (unsigned code = 0; code < 256; code++)
            set_key_type(d, (uint8_t)code, v - 0xF7u);
        answer(d, ACK);
        break;
    case 0xFE: answer(d, d->last); break;
    case 0xFF:
        answer(d, ACK);
        self_test(d);
        break;
    default: TRACE(d->trace, TRACE_KBD, "keyboard: unknown command %02x", v); answer(d, RESEND);
    }
}

static void ps2kbd_write(void *dev, uint8_t v)
{
    struct ps2kbd *d = dev;
    uint8_t cmd = d->command;
    d->command = 0;
    d->answers = 0;   /* a new byte ends the answer to the one before */
    if (d->testing) { /* a byte during the self test ends it without a result */
        d->testing = false;
        d->scanning = true;
        clock_disarm(d->clock, &d->bat);
    }
    /* A command instead of a parameter is taken as a command (key codes end at 8Dh). */
    if (cmd && v < 0xE0)
        parameter(d, cmd, v);
    else
        command(d, v);
    irq_set(&d->ready, true);
}

static bool ps2kbd_read(void *dev, uint8_t *byte)
{
    struct ps2kbd *d = dev;
    if (d->answers) {
        *byte = d->answer[0];
        d->answers--;
        for (unsigned i = 0; i < d->answers; i++)
            d->answer[i] = d->answer[i + 1];
    } else if (d->count && !d->command) { /* no codes between a command and its parameter */
        *byte = d->buffer[d->first];
        d->first = (uint8_t)((d->first + 1u) % RING);
        d->count--;
        if (!d->count)
            d->overrun = false; /* it was the last one */
    } else {
        return false;
    }
    d->last = *byte;
    return true;
}

struct ps2_device ps2kbd_device(struct ps2kbd *d)
{
    return (struct ps2_device){.write = ps2kbd_write, .read = ps2kbd_read, .dev = d};
}

void ps2kbd_init(struct ps2kbd *d, struct clock *k, struct irq ready, struct trace *t)
{
    *d = (struct ps2kbd){.clock = k, .ready = ready, .trace = t};
    event_init(k, &d->repeat, "keyboard repeat", repeat_fire, d);
    event_init(k, &d->bat, "keyboard self test", bat_fire, d);
    ps2kbd_reset(d);
}

/* Power-on with the self test already over. The contacts are where the fingers are. */
void ps2kbd_reset(struct ps2kbd *d)
{
    clock_disarm(d->clock, &d->bat);
    set_defaults(d);
    d->answers = d->last = d->command = d->leds = 0;
    d->testing = false;
    d->scanning = true;
}

void ps2kbd_snap(struct ps2kbd *d, struct snap *s)
{
    if (!snap_section(s, "ps2kbd", 1))
        return;
    snap_bytes(s, d->buffer, sizeof d->buffer);
    snap_bytes(s, d->answer, sizeof d->answer);
    uint8_t *bytes[] = {&d->first, &d->count, &d->answers,   &d->last, &d->command,
                        &d->set,   &d->leds,  &d->typematic, &d->held};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &d->scanning);
    snap_bool(s, &d->testing);
    snap_bool(s, &d->overrun);
    snap_bytes(s, d->down, sizeof d->down);
    snap_bytes(s, d->set3_make_only, sizeof d->set3_make_only);
    snap_bytes(s, d->set3_no_repeat, sizeof d->set3_no_repeat);
    event_snap(d->clock, &d->repeat, s);
    event_snap(d->clock, &d->bat, s);
    if (s->loading && (d->first >= RING || d->count > RING - !d->overrun ||
                       d->answers > sizeof d->answer || d->set < 1 || d->set > 3)) {
        d->first = d->count = d->answers = 0;
        d->set = 2;
        snap_fail(s, "ps2kbd: buffer position or scan code set out of range");
    }
}

void ps2kbd_info(const struct ps2kbd *d, struct out *to)
{
    out_printf(to, "keyboard: %s, scan code set %u, %u bytes to send, lamps%s%s%s%s\n",
               d->testing    ? "self test"
               : d->scanning ? "scanning"
                             : "disabled",
               d->set, d->count + d->answers, d->leds & 2 ? " Num" : "", d->leds & 4 ? " Caps" : "",
               d->leds & 1 ? " Scroll" : "", d->leds ? "" : " off");
    if (d->answers + d->count)
        out_text(to, "  waiting:");
    for (unsigned n = 0; n < d->answers; n++)
        out_printf(to, " %02x (answer)", d->answer[n]);
    for (unsigned n = 0; n < d->count; n++)
        out_printf(to, " %02x", d->buffer[(d->first + n) % sizeof d->buffer]);
    if (d->answers + d->count)
        out_text(to, "\n");
    out_printf(
        to, "  repeat after %u ms, every %u ms; held (usage):", 250 * (1 + (d->typematic >> 5 & 3)),
        ((8u + (d->typematic & 7u)) << (d->typematic >> 3 & 3u)) * 1000 / 240);
    bool held = false;
    for (unsigned usage = 0; usage < 256; usage++) {
        if (bit_get(d->down, (uint8_t)usage)) {
            out_printf(to, " %02x", usage);
            held = true;
        }
    }
    out_text(to, held ? "\n" : " none\n");
}
