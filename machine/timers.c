/* SPDX-License-Identifier: MIT */
/* timers.c - IRQ 0 and IRQ 8, the HPET on the board (see timers.h). */
#include "machine/timers.h"

#include "base/snap.h"
#include "machine/apics.h"
#include "machine/board.h"

static const unsigned line_of[TIMERS] = {[TIMERS_PIT] = 0, [TIMERS_RTC] = 8};

/* The I/O APIC's inputs above the ISA's are PCI's, active low: the ICH's timers come in like that. */
#define FIRST_INVERTED 16u

bool timers_hpet_present(const struct config *cfg)
{
    return cfg->machine == MACHINE_PC && !cfg->no_hpet;
}

static void legacy_chip(void *machine, unsigned which, bool level)
{
    struct machine *m = machine;
    m->timer_level[which] = level;
    if (!m->timers_replaced)
        board_drive_line(m, LINE_CHIP, line_of[which], level);
}

static void hpet_timer(void *machine, unsigned which, bool level)
{
    board_drive_line(machine, LINE_HPET, line_of[which], level);
}

/* The chips go on, their lines are not listened to. */
static void replace(void *machine, unsigned n, bool on)
{
    struct machine *m = machine;
    (void)n;
    m->timers_replaced = on;
    for (unsigned which = 0; which < TIMERS; which++)
        board_drive_line(m, LINE_CHIP, line_of[which], !on && m->timer_level[which]);
}

static void hpet_pin(void *machine, unsigned pin, bool level)
{
    struct machine *m = machine;
    ioapic_set_irq(&m->ioapic, pin, level != (pin >= FIRST_INVERTED));
}

struct irq timers_line(struct machine *m, enum timers_legacy which)
{
    return (struct irq){legacy_chip, m, which};
}

/* Where nobody drives them, these pins are high. */
static void pull_up(struct machine *m)
{
    for (unsigned pin = FIRST_INVERTED; pin < IOAPIC_PINS && apics_present(&m->cfg); pin++)
        if (HPET_PINS >> pin & 1)
            hpet_pin(m, pin, false);
}

void timers_wire(struct machine *m)
{
    const struct hpet_board board = {
        .legacy = {{hpet_timer, m, TIMERS_PIT}, {hpet_timer, m, TIMERS_RTC}},
        .replace = {replace, m, 0},
        .pin = {hpet_pin, m, 0},
        .pins = apics_present(&m->cfg) ? HPET_PINS : 0,
    };
    if (!timers_hpet_present(&m->cfg))
        return;
    hpet_init(&m->hpet, &m->clock, &board, &m->trace);
    pull_up(m);
    bus_map_mmio(&m->bus, "hpet", HPET_BASE, 4096, &hpet_ops, &m->hpet);
}

void timers_reset(struct machine *m)
{
    if (timers_hpet_present(&m->cfg))
        hpet_reset(&m->hpet);
}

void timers_snap(struct machine *m, struct snap *s)
{
    if (!timers_hpet_present(&m->cfg))
        return;
    hpet_snap(&m->hpet, s);
    for (unsigned n = 0; n < TIMERS; n++)
        snap_bool(s, &m->timer_level[n]);
    snap_bool(s, &m->timers_replaced);
}
