/* SPDX-License-Identifier: MIT */
/*
 * uart.c - the 16550A. Source: PC16550D data sheet. Interface and limits: uart.h.
 */
#include "devices/uart.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum {
    IER_RDA = 0x01,
    IER_THRE = 0x02,
    IER_RLS = 0x04,
    IER_MS = 0x08,
    IIR_NONE = 0x01,
    IIR_MS = 0x00,
    IIR_THRE = 0x02,
    IIR_RDA = 0x04,
    IIR_TIMEOUT = 0x0C,
    IIR_RLS = 0x06,
    IIR_FIFO = 0xC0,
    FCR_ENABLE = 0x01,
    FCR_CLEAR_RX = 0x02,
    FCR_CLEAR_TX = 0x04,
    LCR_STOP = 0x04,
    LCR_PARITY = 0x08,
    LCR_BREAK = 0x40,
    LCR_DLAB = 0x80,
    MCR_DTR = 0x01,
    MCR_RTS = 0x02,
    MCR_OUT1 = 0x04,
    MCR_OUT2 = 0x08,
    MCR_LOOP = 0x10,
    LSR_DR = 0x01,
    LSR_OE = 0x02,
    LSR_BI = 0x10,
    LSR_ERRORS = 0x1E,
    LSR_THRE = 0x20,
    LSR_TEMT = 0x40,
    LSR_FIFO_ERROR = 0x80,
    MSR_CTS = 0x10,
    MSR_DSR = 0x20,
    MSR_RI = 0x40,
    MSR_DCD = 0x80,
    MSR_TERI = 0x04,
};

static bool has_fifo(const struct uart *u)
{
    return u->fcr & FCR_ENABLE;
}

static unsigned capacity(const struct uart *u)
{
    return has_fifo(u) ? UART_FIFO : 1;
}

static unsigned trigger_level(const struct uart *u)
{
    static const uint8_t level[4] = {1, 4, 8, 14};
    return has_fifo(u) ? level[u->fcr >> 6] : 1;
}

/* Length of n characters on the line: start, data, parity and stop bits at 115200 / divisor. */
static uint64_t char_units(const struct uart *u, unsigned n)
{
    unsigned data = 5u + (u->lcr & 3u);
    unsigned half_bits = 2 * (1 + data + (u->lcr & LCR_PARITY ? 1 : 0)) + 2;
    if (u->lcr & LCR_STOP)
        half_bits += data == 5 ? 1 : 2;
    uint64_t divisor = u->divisor ? u->divisor : 65536;
    return clock_periods(n * half_bits * divisor, 230400);
}

static uint8_t modem_lines(const struct uart *u)
{
    if (!(u->mcr & MCR_LOOP))
        return MSR_CTS | MSR_DSR | MSR_DCD;
    return (uint8_t)((u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) |
                     (u->mcr & MCR_OUT1 ? MSR_RI : 0) | (u->mcr & MCR_OUT2 ? MSR_DCD : 0));
}

/* The interrupt of highest priority that is pending and enabled. */
static uint8_t interrupt_id(const struct uart *u)
{
    if ((u->ier & IER_RLS) && u->lsr_error)
        return IIR_RLS;
    if ((u->ier & IER_RDA) && u->rx_count >= trigger_level(u))
        return IIR_RDA;
    if ((u->ier & IER_RDA) && u->rx_timeout)
        return IIR_TIMEOUT;
    if ((u->ier & IER_THRE) && u->thre_pending)
        return IIR_THRE;
    if ((u->ier & IER_MS) && u->msr_delta)
        return IIR_MS;
    return IIR_NONE;
}

static void update(struct uart *u)
{
    bool gate = (u->mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2;
    bool level = gate && interrupt_id(u) != IIR_NONE;
    if (level != u->intr) {
        u->intr = level;
        irq_set(&u->irq, level);
    }
}

/* LSR shows the errors of the byte at the top of the FIFO. */
static void reveal_errors(struct uart *u)
{
    if (u->rx_count) {
        u->lsr_error |= u->rx_error[u->rx_first];
        u->rx_error[u->rx_first] = 0;
    }
}

static void restart_timeout(struct uart *u)
{
    u->rx_timeout = false;
    if (has_fifo(u) && u->rx_count)
        clock_arm(u->clock, &u->timeout, u->clock->now + char_units(u, 4));
    else
        clock_disarm(u->clock, &u->timeout);
}

static void receiver_push(struct uart *u, uint8_t byte, uint8_t error)
{
    if (u->rx_count >= capacity(u)) {
        u->lsr_error |= LSR_OE;
        /* Without FIFO the new byte replaces the old one; with FIFO the new one is lost. */
        if (!has_fifo(u)) {
            u->rx[u->rx_first] = byte;
            u->rx_error[u->rx_first] = error;
        }
    } else {
        unsigned at = (u->rx_first + u->rx_count) % UART_FIFO;
        u->rx[at] = byte;
        u->rx_error[at] = error;
        u->rx_count++;
    }
    reveal_errors(u);
    restart_timeout(u);
    update(u);
}

/* The line outside: start the next byte if one waits and the receiver will have room. */
static void line_start(struct uart *u)
{
    if (u->queue_count && !u->rx_done.armed && u->rx_count < capacity(u) && !(u->mcr & MCR_LOOP))
        clock_arm(u->clock, &u->rx_done, u->clock->now + char_units(u, 1));
}

static void rx_fire(void *arg)
{
    struct uart *u = arg;
    if (u->queue_count && u->rx_count < capacity(u) && !(u->mcr & MCR_LOOP)) {
        uint8_t byte = u->queue[u->queue_first];
        u->queue_first = (uint16_t)((u->queue_first + 1u) % UART_QUEUE);
        u->queue_count--;
        receiver_push(u, byte, 0);
    }
    line_start(u);
}

static void timeout_fire(void *arg)
{
    struct uart *u = arg;
    u->rx_timeout = u->rx_count != 0;
    update(u);
}

/* THR or FIFO -> shift register, if it is free. */
static void transmitter_start(struct uart *u)
{
    if (u->tx_busy || !u->tx_count)
        return;
    u->tsr = u->tx[u->tx_first];
    u->tx_first = (uint8_t)((u->tx_first + 1u) % UART_FIFO);
    u->tx_count--;
    u->tx_busy = true;
    if (!u->tx_count)
        u->thre_pending = true;
    clock_arm(u->clock, &u->tx_done, u->clock->now + char_units(u, 1));
    update(u);
}

static void tx_fire(void *arg)
{
    struct uart *u = arg;
    u->tx_busy = false;
    if ((u->mcr & MCR_LOOP) && !(u->lcr & LCR_BREAK)) {
        unsigned unused = 3u - (u->lcr & 3u);
        receiver_push(u, (uint8_t)(u->tsr & (0xFFu >> unused)), 0);
    }
    transmitter_start(u);
}

static void transmit(struct uart *u, uint8_t byte)
{
    u->thre_pending = false;
    update(u);
    if (u->write && !(u->mcr & MCR_LOOP))
        u->write(u->ctx, byte);
    if (u->tx_count < capacity(u)) {
        u->tx[(u->tx_first + u->tx_count) % UART_FIFO] = byte;
        u->tx_count++;
    } else {
        TRACE(u->trace, TRACE_UART, "%s: %02x written while the transmitter is full", u->name,
              byte);
        if (!has_fifo(u))
            u->tx[u->tx_first] = byte;
    }
    transmitter_start(u);
}

static uint8_t receive(struct uart *u)
{
    uint8_t byte = u->rx[u->rx_first];
    if (u->rx_count) {
        u->rx_first = (uint8_t)((u->rx_first + 1u) % UART_FIFO);
        u->rx_count--;
    }
    reveal_errors(u);
    restart_timeout(u);
    update(u);
    line_start(u);
    return byte;
}

static uint8_t lsr_value(const struct uart *u)
{
    uint8_t v = u->lsr_error;
    if (u->rx_count)
        v |= LSR_DR;
    if (!u->tx_count)
        v |= LSR_THRE;
    if (!u->tx_count && !u->tx_busy)
        v |= LSR_TEMT;
    if (has_fifo(u))
        for (unsigned i = 0; i < u->rx_count; i++)
            if (u->rx_error[(u->rx_first + i) % UART_FIFO])
                v |= LSR_FIFO_ERROR;
    return v;
}

static uint8_t lsr_read(struct uart *u)
{
    uint8_t v = lsr_value(u);
    u->lsr_error = 0;
    update(u);
    return v;
}

static uint8_t iir_read(struct uart *u)
{
    uint8_t id = interrupt_id(u);
    if (id == IIR_THRE) {
        u->thre_pending = false;
        update(u);
    }
    return (uint8_t)(id | (has_fifo(u) ? IIR_FIFO : 0));
}

static uint8_t msr_read(struct uart *u)
{
    uint8_t v = (uint8_t)(modem_lines(u) | u->msr_delta);
    u->msr_delta = 0;
    update(u);
    return v;
}

static uint32_t uart_read(void *dev, uint32_t off, unsigned size)
{
    struct uart *u = dev;
    bool dlab = u->lcr & LCR_DLAB;
    (void)size;
    switch (off & 7) {
    case 0: return dlab ? u->divisor & 0xFFu : receive(u);
    case 1: return dlab ? u->divisor >> 8 : u->ier;
    case 2: return iir_read(u);
    case 3: return u->lcr;
    case 4: return u->mcr;
    case 5: return lsr_read(u);
    case 6: return msr_read(u);
    default: return u->scr;
    }
}

static void clear_rx(struct uart *u)
{
    u->rx_first = u->rx_count = 0;
    restart_timeout(u);
}

static void clear_tx(struct uart *u)
{
    if (u->tx_count)
        u->thre_pending = true;
    u->tx_first = u->tx_count = 0;
}

static void write_fcr(struct uart *u, uint8_t v)
{
    if ((v ^ u->fcr) & FCR_ENABLE) {
        clear_rx(u);
        clear_tx(u);
    }
    /* The other bits are only taken while bit 0 is 1. */
    u->fcr = v & FCR_ENABLE ? v & 0xC1 : 0;
    if ((v & FCR_ENABLE) && (v & FCR_CLEAR_RX))
        clear_rx(u);
    if ((v & FCR_ENABLE) && (v & FCR_CLEAR_TX))
        clear_tx(u);
    update(u);
    line_start(u);
}

static void trace_line_settings(const struct uart *u)
{
    static const char parity[8] = {'N', 'O', 'N', 'E', 'N', 'M', 'N', 'S'};
    TRACE(u->trace, TRACE_UART, "%s: %u baud %u%c%s", u->name,
          115200u / (u->divisor ? u->divisor : 65536u), 5u + (u->lcr & 3u), parity[u->lcr >> 3 & 7],
          !(u->lcr & LCR_STOP) ? "1"
          : u->lcr & 3         ? "2"
                               : "1.5");
}

static void write_lcr(struct uart *u, uint8_t v)
{
    uint8_t changed = u->lcr ^ v;
    u->lcr = v;
    if ((changed & v & LCR_BREAK) && (u->mcr & MCR_LOOP))
        receiver_push(u, 0, LSR_BI);
    if ((changed & 0x3F) || (changed & ~v & LCR_DLAB))
        trace_line_settings(u);
}

static void write_mcr(struct uart *u, uint8_t v)
{
    uint8_t before = modem_lines(u);
    u->mcr = v & 0x1F;
    uint8_t after = modem_lines(u);
    uint8_t delta = (uint8_t)((before ^ after) >> 4);
    /* RI counts when it goes off, the others at each change. */
    if (!(before & ~after & MSR_RI))
        delta &= (uint8_t)~MSR_TERI;
    u->msr_delta |= delta;
    update(u);
    line_start(u);
}

static void write_ier(struct uart *u, uint8_t v)
{
    /* Enabling the transmitter interrupt while THR is empty raises it. */
    if ((v & ~u->ier & IER_THRE) && !u->tx_count)
        u->thre_pending = true;
    u->ier = v & 0x0F;
    update(u);
}

static void uart_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct uart *u = dev;
    uint8_t v = (uint8_t)value;
    bool dlab = u->lcr & LCR_DLAB;
    (void)size;
    switch (off & 7) {
    case 0:
        if (dlab)
            u->divisor = (uint16_t)((u->divisor & 0xFF00) | v);
        else
            transmit(u, v);
        break;
    case 1:
        if (dlab)
            u->divisor = (uint16_t)((u->divisor & 0x00FF) | v << 8);
        else
            write_ier(u, v);
        break;
    case 2: write_fcr(u, v); break;
    case 3: write_lcr(u, v); break;
    case 4: write_mcr(u, v); break;
    case 7: u->scr = v; break;
    default: break; /* LSR and MSR are for reading */
    }
}

const struct io_ops uart_ops = {.read = uart_read, .write = uart_write, .widths = 1};

bool uart_receive(struct uart *u, uint8_t byte)
{
    if (!uart_room(u)) {
        TRACE(u->trace, TRACE_UART, "%s: input queue full, byte %02x lost", u->name, byte);
        return false;
    }
    u->queue[(u->queue_first + u->queue_count) % UART_QUEUE] = byte;
    u->queue_count++;
    line_start(u);
    return true;
}

unsigned uart_room(const struct uart *u)
{
    return (unsigned)(UART_QUEUE - u->queue_count);
}

void uart_init(struct uart *u, const char *name, struct clock *k, struct irq irq,
               void (*write)(void *ctx, uint8_t byte), void *ctx, struct trace *t)
{
    *u =
        (struct uart){.clock = k, .irq = irq, .write = write, .ctx = ctx, .trace = t, .name = name};
    event_init(k, &u->tx_done, "uart transmit", tx_fire, u);
    event_init(k, &u->rx_done, "uart receive", rx_fire, u);
    event_init(k, &u->timeout, "uart timeout", timeout_fire, u);
    u->divisor = 12; /* undefined at power-on; 9600 baud is what firmware leaves */
    uart_reset(u);
}

/* MR pin: the divisor, SCR and the data survive in the chip, but nothing is in flight. */
void uart_reset(struct uart *u)
{
    clock_disarm(u->clock, &u->tx_done);
    clock_disarm(u->clock, &u->rx_done);
    u->ier = u->lcr = u->mcr = u->fcr = u->lsr_error = u->msr_delta = 0;
    u->rx_first = u->rx_count = u->tx_first = u->tx_count = 0;
    u->tx_busy = u->thre_pending = false;
    restart_timeout(u);
    update(u);
    line_start(u);
}

void uart_snap(struct uart *u, struct snap *s)
{
    if (!snap_section(s, "uart", 1))
        return;
    uint8_t *bytes[] = {&u->ier,      &u->lcr,       &u->mcr,       &u->scr,
                        &u->fcr,      &u->lsr_error, &u->msr_delta, &u->rx_first,
                        &u->rx_count, &u->tx_first,  &u->tx_count,  &u->tsr};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_u16(s, &u->divisor);
    snap_bytes(s, u->rx, sizeof u->rx);
    snap_bytes(s, u->rx_error, sizeof u->rx_error);
    snap_bytes(s, u->tx, sizeof u->tx);
    snap_bool(s, &u->tx_busy);
    snap_bool(s, &u->thre_pending);
    snap_bool(s, &u->rx_timeout);
    snap_bool(s, &u->intr);
    snap_bytes(s, u->queue, sizeof u->queue);
    snap_u16(s, &u->queue_first);
    snap_u16(s, &u->queue_count);
    event_snap(u->clock, &u->tx_done, s);
    event_snap(u->clock, &u->rx_done, s);
    event_snap(u->clock, &u->timeout, s);
    if (s->loading &&
        (u->rx_first >= UART_FIFO || u->rx_count > UART_FIFO || u->tx_first >= UART_FIFO ||
         u->tx_count > UART_FIFO || u->queue_first >= UART_QUEUE || u->queue_count > UART_QUEUE)) {
        u->rx_first = u->rx_count = u->tx_first = u->tx_count = 0;
        u->queue_first = u->queue_count = 0;
        snap_fail(s, "uart: queue position out of range");
    }
}

/* Names of the bits that are set, after a word of introduction. */
static void info_bits(struct out *to, const char *what, uint8_t bits, const char *const name[8])
{
    bool any = false;
    out_printf(to, "%s", what);
    for (unsigned n = 0; n < 8; n++) {
        if (bits >> n & 1u && name[n]) {
            out_printf(to, "%s%s", any ? ", " : " ", name[n]);
            any = true;
        }
    }
    if (!any)
        out_text(to, " none");
}

void uart_info(const struct uart *u, struct out *to)
{
    static const char *const parity[8] = {"no parity", "odd parity",   "no parity", "even parity",
                                          "no parity", "parity bit 1", "no parity", "parity bit 0"};
    static const char *const interrupts[8] = {"receiver", "transmitter", "line status",
                                              "modem status"};
    static const char *const modem[8] = {"DTR", "RTS", "OUT1", "OUT2", "loopback"};
    static const char *const line[8] = {
        "data ready", "overrun",           "parity error", "framing error",
        "break",      "transmitter empty", "all sent",     "error in the FIFO"};
    const char *stop = !(u->lcr & 4) ? "1 stop bit" : u->lcr & 3 ? "2 stop bits" : "1.5 stop bits";
    out_printf(to, "uart %s: %u baud (divisor %u), %u data bits, %s, %s%s\n", u->name,
               115200u / (u->divisor ? u->divisor : 65536u), u->divisor, 5u + (u->lcr & 3u),
               parity[u->lcr >> 3 & 7u], stop, u->lcr & 0x40 ? ", sending a break" : "");
    out_printf(to, "  FIFO %s", has_fifo(u) ? "on" : "off");
    if (has_fifo(u))
        out_printf(to, ", trigger at %u", trigger_level(u));
    info_bits(to, "; interrupts enabled:", u->ier, interrupts);
    out_printf(to, "; INTR %s\n", u->intr ? "high" : "low");
    info_bits(to, "  outputs:", u->mcr, modem);
    info_bits(to, "; line status:", lsr_value(u), line);
    out_text(to, "\n");
    out_printf(to, "  IER %02x IIR %02x LCR %02x MCR %02x LSR %02x MSR %02x SCR %02x\n", u->ier,
               interrupt_id(u) | (has_fifo(u) ? IIR_FIFO : 0u), u->lcr, u->mcr, lsr_value(u),
               modem_lines(u) | u->msr_delta, u->scr);
    out_printf(to, "  receiver %u bytes, %u more on the line; transmitter %u bytes%s\n",
               u->rx_count, u->queue_count, u->tx_count, u->tx_busy ? ", shifting" : "");
}
