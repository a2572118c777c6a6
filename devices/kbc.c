/* SPDX-License-Identifier: MIT */
/*
 * kbc.c - the 8042. Source: IBM PS/2 Hardware Interface Technical Reference. Interface: kbc.h.
 *
 * Three things can be under way: a byte from a device (rx), a byte to a device (tx), and an
 * answer of the controller itself that waits until the host has taken the previous byte. While
 * the controller sends to a device it does not look at its input buffer (IBF stays up).
 */
#include "devices/kbc.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum {
    STATUS_OBF = 0x01,
    STATUS_IBF = 0x02,
    STATUS_SYS = 0x04,
    STATUS_A2 = 0x08,
    STATUS_KEYLOCK = 0x10,
    STATUS_AUX = 0x20,
    CMD_IRQ1 = 0x01,
    CMD_IRQ12 = 0x02,
    CMD_SYS = 0x04,
    CMD_NO_KBD = 0x10,
    CMD_NO_AUX = 0x20,
    CMD_XLATE = 0x40,
    OUT_RUN = 0x01, /* low = processor reset */
    OUT_A20 = 0x02,
    OUT_AFTER_RESET = 0xCF,
    INPUT_PORT = 0xA0, /* keyboard not locked, no manufacturing jumper */
    BYTE_HZ = 1000,    /* bytes a second on a PS/2 line */
    ANSWER_HZ = 20000, /* the controller's own pace */
};

static void update_irqs(struct kbc *k)
{
    bool full = k->status & STATUS_OBF;
    bool aux = k->status & STATUS_AUX;
    bool want[KBC_PORTS] = {full && !aux && (k->ram[0] & CMD_IRQ1),
                            full && aux && (k->ram[0] & CMD_IRQ12)};
    for (unsigned i = 0; i < KBC_PORTS; i++) {
        if (want[i] == k->level[i])
            continue;
        k->level[i] = want[i];
        irq_set(&k->irq[i], want[i]);
    }
}

static void output_put(struct kbc *k, unsigned port, uint8_t byte)
{
    k->data = byte;
    k->status |= STATUS_OBF;
    if (port == KBC_AUX)
        k->status |= STATUS_AUX;
    else
        k->status &= (uint8_t)~STATUS_AUX;
    update_irqs(k);
}

static bool port_enabled(const struct kbc *k, unsigned port)
{
    return !(k->ram[0] & (port == KBC_AUX ? CMD_NO_AUX : CMD_NO_KBD));
}

/* Set 2 to set 1: F0h is swallowed and becomes bit 7 of the next code. False: nothing to give. */
static bool translate(struct kbc *k, uint8_t *byte)
{
    if (k->rx_port != KBC_KBD || !(k->ram[0] & CMD_XLATE))
        return true;
    if (*byte == 0xF0) {
        k->break_prefix = true;
        return false;
    }
    *byte = ps2_set2_to_set1(*byte);
    if (k->break_prefix)
        *byte |= 0x80;
    k->break_prefix = false;
    return true;
}

/* Starts the next byte from a device if the line and the output buffer are free. */
static void line_start(struct kbc *k)
{
    if (k->rx_busy || k->rx_full || k->tx_busy || k->pending_full || (k->status & STATUS_OBF))
        return;
    for (unsigned port = 0; port < KBC_PORTS; port++) {
        struct ps2_device *d = &k->dev[port];
        if (!d->read || !port_enabled(k, port) || !d->read(d->dev, &k->rx_byte))
            continue;
        k->rx_port = (uint8_t)port;
        k->rx_busy = true;
        clock_arm(k->clock, &k->rx_done, k->clock->now + clock_periods(1, BYTE_HZ));
        return;
    }
}

/* A byte from a device goes to the output buffer as soon as that is free. */
static void line_deliver(struct kbc *k)
{
    if (k->rx_full && !k->pending_full && !(k->status & STATUS_OBF)) {
        uint8_t byte = k->rx_byte;
        k->rx_full = false;
        if (translate(k, &byte))
            output_put(k, k->rx_port, byte);
    }
    line_start(k);
}

static void rx_fire(void *arg)
{
    struct kbc *k = arg;
    k->rx_busy = false;
    k->rx_full = true;
    line_deliver(k);
}

/* An answer of the controller. Only one can wait: a newer one replaces it. */
static void answer_put(struct kbc *k, unsigned port, uint8_t byte)
{
    if (k->status & STATUS_OBF) {
        k->pending_port = (uint8_t)port;
        k->pending = byte;
        k->pending_full = true;
    } else {
        output_put(k, port, byte);
    }
}

static void answer_fire(void *arg)
{
    struct kbc *k = arg;
    if (k->pending_full && !(k->status & STATUS_OBF)) {
        k->pending_full = false;
        output_put(k, k->pending_port, k->pending);
    }
    line_deliver(k);
}

static void device_send(struct kbc *k, unsigned port, uint8_t byte)
{
    if (!k->dev[port].write) {
        answer_put(k, port, 0xFE); /* nobody acknowledges the byte */
        return;
    }
    k->tx_port = (uint8_t)port;
    k->tx_byte = byte;
    k->tx_busy = true;
    clock_arm(k->clock, &k->tx_done, k->clock->now + clock_periods(1, BYTE_HZ));
}

static void pulse_reset(struct kbc *k)
{
    TRACE(k->trace, TRACE_KBD, "controller pulses the processor's reset");
    irq_set(&k->reset, true);
    irq_set(&k->reset, false);
}

static void set_outport(struct kbc *k, uint8_t v)
{
    uint8_t changed = k->outport ^ v;
    k->outport = v;
    if (changed & OUT_A20) {
        TRACE(k->trace, TRACE_KBD, "controller: A20 %s", v & OUT_A20 ? "open" : "closed");
        irq_set(&k->a20, v & OUT_A20);
    }
    if (changed & ~v & OUT_RUN)
        pulse_reset(k);
}

/* The output port as the host reads it: bits 4 and 5 are the interrupt pins. */
static uint8_t outport_value(const struct kbc *k)
{
    uint8_t v = k->outport & 0xCF;
    if (k->status & STATUS_OBF)
        v |= k->status & STATUS_AUX ? 0x20 : 0x10;
    return v;
}

static void set_command_byte(struct kbc *k, uint8_t v)
{
    if (k->ram[0] != v)
        TRACE(k->trace, TRACE_KBD, "controller: command byte %02x", v);
    k->ram[0] = v;
    if (v & CMD_SYS)
        k->status |= STATUS_SYS;
    else
        k->status &= (uint8_t)~STATUS_SYS;
    update_irqs(k);
}

static void self_test(struct kbc *k)
{
    set_outport(k, k->outport | OUT_AFTER_RESET);
    set_command_byte(k, (uint8_t)(k->ram[0] | CMD_NO_KBD | CMD_NO_AUX | CMD_SYS));
    answer_put(k, KBC_KBD, 0x55);
}

static void do_command(struct kbc *k, uint8_t cmd)
{
    uint8_t command_byte = k->ram[0];
    k->param = 0;
    if (cmd >= 0x20 && cmd < 0x40) {
        answer_put(k, KBC_KBD, k->ram[cmd & 31]);
        return;
    }
    if (cmd >= 0xF0) { /* pulse the output port bits that are 0 in the command */
        if (!(cmd & OUT_RUN))
            pulse_reset(k);
        return;
    }
    switch (cmd) {
    case 0xA4: answer_put(k, KBC_KBD, 0xF1); break; /* no password installed */
    case 0xA7: set_command_byte(k, command_byte | CMD_NO_AUX); break;
    case 0xA8: set_command_byte(k, (uint8_t)(command_byte & ~CMD_NO_AUX)); break;
    case 0xA9: answer_put(k, KBC_KBD, 0x00); break; /* both lines of the port are good */
    case 0xAA: self_test(k); break;
    case 0xAB: answer_put(k, KBC_KBD, 0x00); break;
    case 0xAD: set_command_byte(k, command_byte | CMD_NO_KBD); break;
    case 0xAE: set_command_byte(k, (uint8_t)(command_byte & ~CMD_NO_KBD)); break;
    case 0xC0: answer_put(k, KBC_KBD, INPUT_PORT); break;
    case 0xD0: answer_put(k, KBC_KBD, outport_value(k)); break;
    case 0xDD: set_outport(k, (uint8_t)(k->outport & ~OUT_A20)); break;
    case 0xDF: set_outport(k, k->outport | OUT_A20); break;
    case 0xE0: answer_put(k, KBC_KBD, 0x00); break; /* test inputs: both clocks low */
    case 0xD1:
    case 0xD2:
    case 0xD3:
    case 0xD4: k->param = cmd; break;
    default:
        if (cmd >= 0x60 && cmd < 0x80)
            k->param = cmd;
        else
            TRACE(k->trace, TRACE_KBD, "controller: unknown command %02x", cmd);
    }
    line_start(k);
}

static void do_data(struct kbc *k, uint8_t v)
{
    uint8_t cmd = k->param;
    k->param = 0;
    switch (cmd) {
    case 0:
        /* A byte for the keyboard also enables its line. */
        if (k->ram[0] & CMD_NO_KBD)
            set_command_byte(k, (uint8_t)(k->ram[0] & ~CMD_NO_KBD));
        device_send(k, KBC_KBD, v);
        break;
    case 0x60: set_command_byte(k, v); break;
    case 0xD1: set_outport(k, v); break;
    case 0xD2: answer_put(k, KBC_KBD, v); break;
    case 0xD3: answer_put(k, KBC_AUX, v); break;
    case 0xD4: device_send(k, KBC_AUX, v); break;
    default: k->ram[cmd & 31] = v;
    }
    line_start(k);
}

static void input_take(struct kbc *k, bool command, uint8_t v)
{
    if (command)
        k->status |= STATUS_A2;
    else
        k->status &= (uint8_t)~STATUS_A2;
    if (k->tx_busy) {
        k->input = v;
        k->input_command = command;
        k->input_full = true;
    } else if (command) {
        do_command(k, v);
    } else {
        do_data(k, v);
    }
}

static void tx_fire(void *arg)
{
    struct kbc *k = arg;
    k->tx_busy = false;
    k->dev[k->tx_port].write(k->dev[k->tx_port].dev, k->tx_byte);
    if (k->input_full) {
        k->input_full = false;
        if (k->input_command)
            do_command(k, k->input);
        else
            do_data(k, k->input);
    }
    line_start(k);
}

void kbc_ready(void *kbc, unsigned port, bool level)
{
    (void)port;
    if (level)
        line_start(kbc);
}

static uint8_t data_read(struct kbc *k)
{
    if (k->status & STATUS_OBF) {
        k->status &= (uint8_t) ~(STATUS_OBF | STATUS_AUX);
        update_irqs(k);
        if (k->pending_full || k->rx_full)
            clock_arm(k->clock, &k->answer, k->clock->now + clock_periods(1, ANSWER_HZ));
        else
            line_start(k);
    }
    return k->data;
}

static uint32_t kbc_data_read(void *dev, uint32_t off, unsigned size)
{
    (void)off, (void)size;
    return data_read(dev);
}

static void kbc_data_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    (void)off, (void)size;
    input_take(dev, false, (uint8_t)value);
}

static uint32_t kbc_status_read(void *dev, uint32_t off, unsigned size)
{
    const struct kbc *k = dev;
    (void)off, (void)size;
    return k->status | STATUS_KEYLOCK | (k->input_full ? STATUS_IBF : 0u);
}

static void kbc_command_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    (void)off, (void)size;
    input_take(dev, true, (uint8_t)value);
}

static uint32_t kbc_read(void *dev, uint32_t off, unsigned size)
{
    return off == 0   ? kbc_data_read(dev, off, size)
           : off == 4 ? kbc_status_read(dev, off, size)
                      : 0xFF;
}

static void kbc_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    if (off == 0)
        kbc_data_write(dev, off, value, size);
    else if (off == 4)
        kbc_command_write(dev, off, value, size);
}

const struct io_ops kbc_ops = {.read = kbc_read, .write = kbc_write, .widths = 1};
const struct io_ops kbc_data_ops = {.read = kbc_data_read, .write = kbc_data_write, .widths = 1};
const struct io_ops kbc_command_ops = {
    .read = kbc_status_read, .write = kbc_command_write, .widths = 1};

void kbc_init(struct kbc *k, struct clock *clock, struct irq irq1, struct irq irq12, struct irq a20,
              struct irq reset, struct ps2_device kbd, struct ps2_device aux, struct trace *t)
{
    *k = (struct kbc){.clock = clock,
                      .irq = {irq1, irq12},
                      .a20 = a20,
                      .reset = reset,
                      .dev = {kbd, aux},
                      .trace = t};
    event_init(clock, &k->rx_done, "kbc receive", rx_fire, k);
    event_init(clock, &k->tx_done, "kbc send", tx_fire, k);
    event_init(clock, &k->answer, "kbc answer", answer_fire, k);
    kbc_reset(k);
}

void kbc_reset(struct kbc *k)
{
    clock_disarm(k->clock, &k->rx_done);
    clock_disarm(k->clock, &k->tx_done);
    clock_disarm(k->clock, &k->answer);
    for (unsigned i = 0; i < ARRAY_LEN(k->ram); i++)
        k->ram[i] = 0;
    k->ram[0] = CMD_NO_KBD | CMD_NO_AUX;
    k->status = k->param = 0;
    k->input_full = k->rx_busy = k->rx_full = k->tx_busy = k->pending_full = false;
    k->break_prefix = false;
    update_irqs(k);
    k->outport = OUT_AFTER_RESET;
    irq_set(&k->a20, true);
}

void kbc_snap(struct kbc *k, struct snap *s)
{
    if (!snap_section(s, "kbc", 1))
        return;
    snap_bytes(s, k->ram, sizeof k->ram);
    uint8_t *bytes[] = {&k->outport, &k->status,       &k->data,    &k->input,
                        &k->param,   &k->rx_port,      &k->rx_byte, &k->tx_port,
                        &k->tx_byte, &k->pending_port, &k->pending};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    bool *bits[] = {&k->input_full,   &k->input_command, &k->rx_busy,  &k->rx_full, &k->tx_busy,
                    &k->pending_full, &k->break_prefix,  &k->level[0], &k->level[1]};
    for (unsigned i = 0; i < ARRAY_LEN(bits); i++)
        snap_bool(s, bits[i]);
    event_snap(k->clock, &k->rx_done, s);
    event_snap(k->clock, &k->tx_done, s);
    event_snap(k->clock, &k->answer, s);
    if (s->loading &&
        (k->rx_port >= KBC_PORTS || k->tx_port >= KBC_PORTS || k->pending_port >= KBC_PORTS ||
         ((k->tx_busy || k->tx_done.armed) && !k->dev[k->tx_port].write))) {
        k->rx_port = k->tx_port = k->pending_port = KBC_KBD;
        clock_disarm(k->clock, &k->tx_done);
        snap_fail(s, "kbc: no such port");
    }
}

void kbc_info(const struct kbc *k, struct out *to)
{
    out_printf(to, "kbc: status %02x command byte %02x (keyboard %s, aux %s, translation %s)\n",
               k->status | STATUS_KEYLOCK | (k->input_full ? STATUS_IBF : 0u), k->ram[0],
               port_enabled(k, KBC_KBD) ? "on" : "off", port_enabled(k, KBC_AUX) ? "on" : "off",
               k->ram[0] & CMD_XLATE ? "on" : "off");
    out_printf(to, "  output buffer %02x (%s), output port %02x (A20 %s), IRQ1 %u IRQ12 %u\n",
               k->data, k->status & STATUS_OBF ? "full" : "empty", outport_value(k),
               k->outport & OUT_A20 ? "open" : "closed", k->level[KBC_KBD], k->level[KBC_AUX]);
    out_printf(to, "  line: receiving %u sending %u waiting answer %u\n", k->rx_busy, k->tx_busy,
               k->pending_full);
}
