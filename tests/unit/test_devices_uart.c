/* SPDX-License-Identifier: MIT */
/* test_devices_uart.c - the 16550A: FIFOs, interrupts, timing, loopback, pasted input. */
#include "devices/uart.h"

#include "base/snap.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <string.h>

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR };

struct rig {
    struct clock k;
    struct uart u;
    bool irq;
    unsigned rises;
    uint8_t out[8192];
    unsigned n;
};

static void irq_in(void *dev, unsigned n, bool level)
{
    struct rig *r = dev;
    (void)n;
    r->irq = level;
    r->rises += level;
}

static void put(void *ctx, uint8_t byte)
{
    struct rig *r = ctx;
    if (r->n < sizeof r->out)
        r->out[r->n++] = byte;
}

static void wr(struct rig *r, unsigned off, unsigned v)
{
    uart_ops.write(&r->u, off, v, 1);
}

static unsigned rd(struct rig *r, unsigned off)
{
    return uart_ops.read(&r->u, off, 1);
}

static void pass_chars(struct rig *r, unsigned n, unsigned divisor)
{
    uint64_t end = r->k.now + clock_periods((uint64_t)n * 20 * divisor, 230400) + 1;
    while (clock_next(&r->k) <= end) {
        r->k.now = clock_next(&r->k);
        clock_fire(&r->k);
    }
    r->k.now = end;
}

static void setup(struct rig *r)
{
    memset(r, 0, sizeof *r);
    clock_init(&r->k);
    uart_init(&r->u, "com1", &r->k, (struct irq){irq_in, r, 4}, put, r, NULL);
    wr(r, LCR, 0x83);
    wr(r, 0, 1);
    wr(r, 1, 0);
    wr(r, LCR, 0x03);
    wr(r, MCR, 0x0B);
}

static void test_registers(void)
{
    struct rig r;
    setup(&r);
    CHECK(rd(&r, LSR) == 0x60, "idle: THRE and TEMT");
    CHECK(rd(&r, MSR) == 0xB0, "CTS, DSR, DCD on");
    CHECK(rd(&r, IIR) == 0x01, "no interrupt, no FIFO");
    wr(&r, SCR, 0xA5);
    CHECK(rd(&r, SCR) == 0xA5, "scratch");
    wr(&r, IER, 0xFF);
    CHECK(rd(&r, IER) == 0x0F, "IER has four bits");
    wr(&r, 2, 0xC7);
    CHECK((rd(&r, IIR) & 0xC0) == 0xC0, "a 16550A shows its FIFO");
    wr(&r, LCR, 0x83);
    wr(&r, 0, 0x34);
    wr(&r, 1, 0x12);
    CHECK(rd(&r, 0) == 0x34 && rd(&r, 1) == 0x12, "divisor latch");
}

static void test_transmit(void)
{
    struct rig r;
    setup(&r);
    wr(&r, IER, 0x02);
    CHECK(r.irq, "enabling the interrupt on an empty transmitter raises it");
    CHECK(rd(&r, IIR) == 0x02 && !r.irq, "reading IIR takes it back");
    wr(&r, 0, 'A');
    CHECK(r.irq && rd(&r, LSR) == 0x20, "the shift register took it: THRE, not TEMT");
    wr(&r, 0, 'B');
    CHECK(!r.irq && rd(&r, LSR) == 0x00, "holding register full");
    pass_chars(&r, 1, 1);
    CHECK(r.irq && (rd(&r, LSR) & 0x20), "one character later it is empty");
    pass_chars(&r, 1, 1);
    CHECK(rd(&r, LSR) == 0x60, "all sent");
    CHECK(r.n == 2 && r.out[0] == 'A' && r.out[1] == 'B', "and out");
    uint64_t start = r.k.now;
    wr(&r, LCR, 0x83);
    wr(&r, 0, 12);
    wr(&r, LCR, 0x1E); /* 7 data bits, even parity, 2 stop: 11 bits at 9600 */
    wr(&r, 0, 'C');
    while (!(rd(&r, LSR) & 0x40)) {
        r.k.now += 1000;
        clock_fire(&r.k);
    }
    uint64_t want = clock_periods(11, 9600);
    CHECK(r.k.now - start >= want && r.k.now - start < want + 2000, "time of 11 bits");
}

/* Kernels that poll THRE a few times and then write all the same: no text of theirs is missing. */
static void test_output_of_a_guest_that_does_not_wait(void)
{
    struct rig r;
    for (unsigned fifo = 0; fifo < 2; fifo++) {
        setup(&r);
        wr(&r, 2, fifo);
        for (unsigned i = 0; i < 100; i++)
            wr(&r, 0, i);
        CHECK(r.n == 100, "all of 100 characters, FIFO %u", fifo);
        for (unsigned i = 0; i < 100; i++)
            CHECK(r.out[i] == i, "character %u", i);
        pass_chars(&r, fifo ? 17 : 2, 1);
        CHECK(rd(&r, LSR) == 0x60, "the line has taken no longer than what the chip can hold");
    }
}

static void test_receive(void)
{
    struct rig r;
    setup(&r);
    wr(&r, 2, 0x81); /* FIFO, trigger 8 */
    wr(&r, IER, 0x05);
    for (unsigned i = 0; i < 7; i++)
        uart_receive(&r.u, (uint8_t)i);
    pass_chars(&r, 1, 1);
    CHECK((rd(&r, LSR) & 1) && !r.irq, "data ready, below the trigger");
    pass_chars(&r, 6, 1);
    CHECK(!r.irq, "seven bytes");
    uart_receive(&r.u, 7);
    pass_chars(&r, 1, 1);
    CHECK(r.irq && (rd(&r, IIR) & 15) == 0x04, "eight bytes: data interrupt");
    CHECK(rd(&r, RBR) == 0 && !r.irq, "below the trigger again");
    pass_chars(&r, 5, 1);
    CHECK(r.irq && (rd(&r, IIR) & 15) == 0x0C, "four silent characters: timeout");
    CHECK(rd(&r, RBR) == 1 && !r.irq, "a read ends it");
    for (unsigned i = 2; i < 8; i++)
        CHECK(rd(&r, RBR) == i, "in order");
    CHECK(!(rd(&r, LSR) & 1), "empty");
}

static void test_paste(void)
{
    struct rig r;
    setup(&r);
    wr(&r, 2, 0x01);
    unsigned taken = 0, seen = 0, wrong = 0;
    while (uart_receive(&r.u, (uint8_t)(taken * 7)))
        taken++;
    CHECK(taken == UART_QUEUE && uart_room(&r.u) == 0, "the queue takes %u", taken);
    pass_chars(&r, 100, 1);
    while (rd(&r, LSR) & 1) {
        CHECK(!(rd(&r, LSR) & 2), "no overrun however long the guest sleeps");
        wrong += rd(&r, RBR) != (seen++ * 7 & 0xFF);
        pass_chars(&r, 1, 1);
    }
    CHECK(seen == taken && !wrong, "%u of %u arrive", seen, taken);
}

static void test_loopback(void)
{
    struct rig r;
    setup(&r);
    rd(&r, MSR);
    wr(&r, MCR, 0x10);
    CHECK(rd(&r, MSR) == 0x0B, "loopback cuts the lines: deltas of CTS, DSR, DCD");
    wr(&r, MCR, 0x1A);
    CHECK((rd(&r, MSR) & 0xF0) == 0x90, "RTS to CTS, OUT2 to DCD");
    wr(&r, MCR, 0x14);
    rd(&r, MSR);
    wr(&r, MCR, 0x10);
    CHECK(rd(&r, MSR) == 0x04, "RI counts when it goes off");
    wr(&r, 0, 'x');
    pass_chars(&r, 1, 1);
    CHECK(rd(&r, LSR) == 0x61 && rd(&r, RBR) == 'x' && r.n == 0, "a byte comes back, not out");
    wr(&r, 0, 'y');
    pass_chars(&r, 1, 1);
    wr(&r, 0, 'z');
    pass_chars(&r, 1, 1);
    CHECK(rd(&r, LSR) == 0x63, "overrun");
    CHECK(rd(&r, LSR) == 0x61 && rd(&r, RBR) == 'z', "cleared by reading; the new byte stays");
    wr(&r, LCR, 0x43);
    CHECK(rd(&r, LSR) == 0x71 && rd(&r, RBR) == 0, "break");
    wr(&r, LCR, 0x03);
    wr(&r, 2, 0x01);
    for (unsigned i = 0; i < 17; i++) {
        wr(&r, 0, i);
        pass_chars(&r, 1, 1);
    }
    CHECK(rd(&r, LSR) & 2, "FIFO overrun");
    CHECK(rd(&r, RBR) == 0, "keeps the old bytes");
}

static void test_gate_and_snap(void)
{
    struct rig r, q;
    setup(&r);
    setup(&q);
    wr(&r, IER, 0x01);
    uart_receive(&r.u, 'k');
    uart_receive(&r.u, 'l');
    wr(&r, MCR, 0x03);
    pass_chars(&r, 1, 1);
    CHECK(!r.irq && rd(&r, IIR) == 0x04, "without OUT2 the wire stays down");
    wr(&r, MCR, 0x0B);
    CHECK(r.irq, "OUT2 opens the gate");
    struct snap s, l;
    snap_save_init(&s);
    uart_snap(&r.u, &s);
    q.k.now = r.k.now;
    snap_load_init(&l, s.buf, s.len);
    uart_snap(&q.u, &l);
    CHECK(snap_ok(&l) && rd(&q, RBR) == 'k', "restored");
    pass_chars(&q, 1, 1);
    CHECK(rd(&q, RBR) == 'l', "the second byte was under way");
    for (size_t i = 0; i < s.len; i++) {
        s.buf[i] ^= 0xFF;
        snap_load_init(&l, s.buf, s.len);
        uart_snap(&q.u, &l);
        for (unsigned n = 0; n < 8; n++)
            (void)rd(&q, n);
        wr(&q, 0, 1);
        s.buf[i] ^= 0xFF;
    }
    CHECK(true, "hostile snapshots are survived");
    snap_free(&s);
}

int main(void)
{
    test_registers();
    test_transmit();
    test_output_of_a_guest_that_does_not_wait();
    test_receive();
    test_paste();
    test_loopback();
    test_gate_and_snap();
    return report_end();
}
