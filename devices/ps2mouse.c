/* SPDX-License-Identifier: MIT */
/*
 * ps2mouse.c - the PS/2 mouse. Source: IBM PS/2 Hardware Interface Technical Reference, "Mouse";
 * Microsoft's IntelliMouse notes. Interface and limits: ps2mouse.h.
 */
#include "devices/ps2mouse.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"

enum {
    ACK = 0xFA,
    RESEND = 0xFE,
    LOWEST_COMMAND = 0xE6,
    BAT_OK = 0xAA,
    RATE_DEFAULT = 100,
    RESOLUTION_DEFAULT = 2,
    BAT_HZ = 1000,
    FAR = 1 << 20, /* what is not told adds up to so much at most */
    BUTTONS = 0x1F,
    BUTTONS_OF_THREE = 0x07,
    PACKET_ALWAYS = 0x08,
    PACKET_X_NEGATIVE = 0x10,
    PACKET_Y_NEGATIVE = 0x20,
};

static void answer(struct ps2mouse *d, uint8_t byte)
{
    if (d->answers < sizeof d->answer)
        d->answer[d->answers++] = byte;
}

static int32_t bounded(int32_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : v;
}

static bool five_buttons(const struct ps2mouse *d)
{
    return d->id == 4;
}

static uint8_t buttons_seen(const struct ps2mouse *d)
{
    return d->buttons & (five_buttons(d) ? BUTTONS : BUTTONS_OF_THREE);
}

/* What happened so far is not told any more. */
static void forget_movement(struct ps2mouse *d)
{
    d->dx = d->dy = d->dz = 0;
    d->told = buttons_seen(d);
    d->packet_size = d->packet_at = 0;
}

static bool news(const struct ps2mouse *d)
{
    return d->dx || d->dy || d->dz || buttons_seen(d) != d->told;
}

/* ---- Packets ----------------------------------------------------------------------------- */

/* 2:1 scaling: small movements become smaller, large ones twice as large. */
static int32_t scaled(const struct ps2mouse *d, int32_t v)
{
    static const uint8_t small[] = {0, 1, 1, 3, 6, 9};
    int32_t size = v < 0 ? -v : v;
    if (!d->scaling || d->mode != PS2MOUSE_STREAM)
        return v;
    size = size < (int32_t)sizeof small ? small[size] : 2 * size;
    return v < 0 ? -size : size;
}

/* What a packet can tell of it; the rest stays. */
static int32_t take(int32_t *from, int32_t low, int32_t high)
{
    int32_t v = bounded(*from, low, high);
    *from -= v;
    return v;
}

/* Makes a packet of what is not told yet. Returns its size. */
static unsigned make_packet(struct ps2mouse *d, uint8_t *p)
{
    bool doubles = d->scaling && d->mode == PS2MOUSE_STREAM;
    int32_t reach = doubles ? 127 : 255;
    int32_t x = scaled(d, take(&d->dx, -reach, reach));
    int32_t y =
        -scaled(d, take(&d->dy, -reach, reach)); /* the packet's Y points away from the user */
    uint8_t buttons = buttons_seen(d);
    p[0] = (uint8_t)(PACKET_ALWAYS | (buttons & BUTTONS_OF_THREE) |
                     (x < 0 ? PACKET_X_NEGATIVE : 0) | (y < 0 ? PACKET_Y_NEGATIVE : 0));
    p[1] = (uint8_t)x;
    p[2] = (uint8_t)y;
    d->told = buttons;
    if (!d->id)
        return 3;
    int32_t z = take(&d->dz, -8, 7);
    p[3] = (uint8_t)(five_buttons(d) ? (z & 0x0F) | (buttons & 0x18) << 1 : z);
    return 4;
}

/* Stream mode: the next packet, when the last one has gone and its time is over. */
static void stream(struct ps2mouse *d)
{
    if (d->mode != PS2MOUSE_STREAM || !d->reporting || d->testing || d->packet_size ||
        d->sample.armed || !news(d))
        return;
    d->packet_size = (uint8_t)make_packet(d, d->packet);
    d->packet_at = 0;
    clock_arm(d->clock, &d->sample, d->clock->now + clock_periods(1, d->rate));
    irq_set(&d->ready, true);
}

static void sample_fire(void *arg)
{
    stream(arg);
}

void ps2mouse_move(struct ps2mouse *d, int dx, int dy, int dz, uint8_t buttons)
{
    d->dx = bounded(d->dx + bounded(dx, -FAR, FAR), -FAR, FAR);
    d->dy = bounded(d->dy + bounded(dy, -FAR, FAR), -FAR, FAR);
    d->dz = d->id ? bounded(d->dz + bounded(dz, -FAR, FAR), -FAR, FAR) : 0;
    d->buttons = buttons & BUTTONS;
    if ((d->mode == PS2MOUSE_STREAM && !d->reporting) || d->testing)
        forget_movement(d); /* nobody wants to know */
    stream(d);
}

/* ---- Commands ---------------------------------------------------------------------------- */

static void set_defaults(struct ps2mouse *d)
{
    d->rate = RATE_DEFAULT;
    d->resolution = RESOLUTION_DEFAULT;
    d->scaling = d->reporting = false;
    d->mode = PS2MOUSE_STREAM;
    forget_movement(d);
    clock_disarm(d->clock, &d->sample);
}

static void bat_fire(void *arg)
{
    struct ps2mouse *d = arg;
    d->testing = false;
    answer(d, BAT_OK);
    answer(d, 0x00); /* the ID */
    irq_set(&d->ready, true);
}

static void self_test(struct ps2mouse *d)
{
    set_defaults(d);
    d->id = 0;
    d->rates[0] = d->rates[1] = 0;
    d->testing = true;
    clock_arm(d->clock, &d->bat, d->clock->now + clock_periods(1, BAT_HZ));
}

/* Three sample rates in a row are a knock: the mouse shows its wheel, then its buttons. */
static void set_rate(struct ps2mouse *d, uint8_t rate)
{
    if (d->rates[0] == 200 && rate == 80 && (d->rates[1] == 100 || d->rates[1] == 200)) {
        d->id = d->rates[1] == 100 ? 3 : 4;
        TRACE(d->trace, TRACE_KBD, "mouse: ID %u", d->id);
    }
    d->rates[0] = d->rates[1];
    d->rates[1] = rate;
    d->rate = rate;
}

static bool rate_exists(uint8_t rate)
{
    static const uint8_t rates[] = {10, 20, 40, 60, 80, 100, 200};
    for (unsigned n = 0; n < sizeof rates; n++)
        if (rates[n] == rate)
            return true;
    return false;
}

static void parameter(struct ps2mouse *d, uint8_t command, uint8_t v)
{
    if (command == 0xF3 ? !rate_exists(v) : v > 3) {
        answer(d, RESEND);
        d->command = command; /* another try */
        return;
    }
    if (command == 0xF3)
        set_rate(d, v);
    else
        d->resolution = v;
    answer(d, ACK);
}

static void status_request(struct ps2mouse *d)
{
    uint8_t b = d->buttons;
    answer(d, (uint8_t)((d->mode == PS2MOUSE_REMOTE ? 0x40 : 0) | (d->reporting ? 0x20 : 0) |
                        (d->scaling ? 0x10 : 0) | (b & 1) << 2 | (b & 4) >> 1 | (b & 2) >> 1));
    answer(d, d->resolution);
    answer(d, d->rate);
}

static void read_data(struct ps2mouse *d)
{
    uint8_t p[4];
    unsigned n = make_packet(d, p);
    for (unsigned i = 0; i < n; i++)
        answer(d, p[i]);
}

static void set_mode(struct ps2mouse *d, enum ps2mouse_mode mode)
{
    if (mode == PS2MOUSE_WRAP)
        d->mode_before = d->mode;
    d->mode = (uint8_t)mode;
    forget_movement(d);
}

static void command(struct ps2mouse *d, uint8_t v)
{
    answer(d, ACK);
    switch (v) {
    case 0xE6: d->scaling = false; break;
    case 0xE7: d->scaling = true; break;
    case 0xE8:
    case 0xF3: d->command = v; break;
    case 0xE9: status_request(d); break;
    case 0xEA: set_mode(d, PS2MOUSE_STREAM); break;
    case 0xEB: read_data(d); break;
    case 0xEC: break; /* the end of a wrap mode that there is not */
    case 0xEE: set_mode(d, PS2MOUSE_WRAP); break;
    case 0xF0: set_mode(d, PS2MOUSE_REMOTE); break;
    case 0xF2: answer(d, d->id); break;
    case 0xF4:
        d->reporting = true;
        forget_movement(d);
        break;
    case 0xF5: d->reporting = false; break;
    case 0xF6: set_defaults(d); break;
    case 0xFE: d->answer[0] = d->last; break;
    case 0xFF: self_test(d); break;
    default: TRACE(d->trace, TRACE_KBD, "mouse: unknown command %02x", v); d->answer[0] = RESEND;
    }
}

/* Wrap mode gives everything back but its end and a reset. */
static bool wrapped(struct ps2mouse *d, uint8_t v)
{
    if (d->mode != PS2MOUSE_WRAP || v == 0xFF)
        return false;
    answer(d, v == 0xEC ? ACK : v);
    if (v == 0xEC)
        d->mode = d->mode_before;
    return true;
}

static void ps2mouse_write(void *dev, uint8_t v)
{
    struct ps2mouse *d = dev;
    uint8_t waiting = d->command;
    d->command = 0;
    d->answers = 0; /* a byte from the host ends whatever was being sent */
    d->packet_size = d->packet_at = 0;
    if (d->testing) {
        d->testing = false;
        clock_disarm(d->clock, &d->bat);
    }
    if (waiting && v < LOWEST_COMMAND)
        parameter(d, waiting, v);
    else if (!wrapped(d, v))
        command(d, v);
    irq_set(&d->ready, true);
    stream(d);
}

static bool ps2mouse_read(void *dev, uint8_t *byte)
{
    struct ps2mouse *d = dev;
    if (d->answers) {
        *byte = d->answer[0];
        d->answers--;
        for (unsigned i = 0; i < d->answers; i++)
            d->answer[i] = d->answer[i + 1];
    } else if (d->packet_size && !d->command) { /* none between a command and its parameter */
        *byte = d->packet[d->packet_at++];
        if (d->packet_at == d->packet_size)
            d->packet_size = d->packet_at = 0;
    } else {
        return false;
    }
    d->last = *byte;
    stream(d);
    return true;
}

struct ps2_device ps2mouse_device(struct ps2mouse *d)
{
    return (struct ps2_device){.write = ps2mouse_write, .read = ps2mouse_read, .dev = d};
}

/* ---- Life -------------------------------------------------------------------------------- */

void ps2mouse_init(struct ps2mouse *d, struct clock *k, struct irq ready, struct trace *t)
{
    *d = (struct ps2mouse){.clock = k, .ready = ready, .trace = t};
    event_init(k, &d->sample, "mouse sample", sample_fire, d);
    event_init(k, &d->bat, "mouse self test", bat_fire, d);
    ps2mouse_reset(d);
}

/* Power-on with the self test already over. The buttons are where the fingers are. */
void ps2mouse_reset(struct ps2mouse *d)
{
    clock_disarm(d->clock, &d->bat);
    set_defaults(d);
    d->answers = d->last = d->command = d->id = 0;
    d->rates[0] = d->rates[1] = d->mode_before = 0;
    d->testing = false;
}

void ps2mouse_snap(struct ps2mouse *d, struct snap *s)
{
    if (!snap_section(s, "ps2mouse", 1))
        return;
    snap_bytes(s, d->answer, sizeof d->answer);
    snap_bytes(s, d->packet, sizeof d->packet);
    uint8_t *bytes[] = {&d->answers,  &d->packet_at, &d->packet_size, &d->last, &d->command,
                        &d->mode,     &d->id,        &d->mode_before, &d->rate, &d->rates[0],
                        &d->rates[1], &d->buttons,   &d->resolution,  &d->told};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &d->scaling);
    snap_bool(s, &d->reporting);
    snap_bool(s, &d->testing);
    int32_t *counts[] = {&d->dx, &d->dy, &d->dz};
    for (unsigned i = 0; i < ARRAY_LEN(counts); i++) {
        uint32_t v = (uint32_t)*counts[i];
        snap_u32(s, &v);
        *counts[i] = bounded((int32_t)v, -FAR, FAR);
    }
    event_snap(d->clock, &d->sample, s);
    event_snap(d->clock, &d->bat, s);
    if (s->loading &&
        (d->answers > sizeof d->answer || d->packet_size > sizeof d->packet ||
         (d->packet_size && d->packet_at >= d->packet_size) || d->mode > PS2MOUSE_WRAP ||
         d->mode_before > PS2MOUSE_REMOTE || !rate_exists(d->rate) || d->resolution > 3)) {
        d->answers = d->packet_size = d->packet_at = d->mode = d->mode_before = d->resolution = 0;
        d->rate = RATE_DEFAULT;
        snap_fail(s, "ps2mouse: a value is out of range");
    }
}

void ps2mouse_info(const struct ps2mouse *d, struct out *to)
{
    static const char *const modes[] = {"stream", "remote", "wrap"};
    out_printf(to, "mouse: ID %u (%s), %s mode, reports %s, %u samples a second, %u counts/mm%s\n",
               d->id,
               d->id == 4   ? "wheel, five buttons"
               : d->id == 3 ? "wheel"
                            : "three buttons",
               d->testing ? "self test, then stream" : modes[d->mode], d->reporting ? "on" : "off",
               d->rate, 1u << d->resolution, d->scaling ? ", scaling 2:1" : "");
    out_printf(to, "  buttons %02x, not told yet: right %d, down %d, wheel %d; %u bytes to send\n",
               d->buttons, (int)d->dx, (int)d->dy, (int)d->dz,
               d->answers + (unsigned)(d->packet_size - d->packet_at));
}
