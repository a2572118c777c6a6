/* SPDX-License-Identifier: MIT */
/* piix4_pm.c - power management of the PIIX4 (see piix4_pm.h). */
#include "devices/piix4_pm.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

#include <string.h>

#define PORTS 64u

enum { TMROF = 1 << 0, BM = 1 << 4, GBL = 1 << 5, PWRBTN = 1 << 8, RTC = 1 << 10, RSM = 1 << 15 };
enum {
    STATUS_BITS = TMROF | BM | GBL | PWRBTN | RTC | RSM,
    ENABLE_BITS = TMROF | GBL | PWRBTN | RTC
};
enum { SCI_EN = 1 << 0, BRLD = 1 << 1, GBL_RLS = 1 << 2, SUS_TYP = 7 << 10, SUS_EN = 1 << 13 };
enum { GP_BITS = 0x0f01 }; /* thermal, USB, RI, LID and the GPI in use */
enum {
    REG_STATUS = 0x00,
    REG_ENABLE = 0x02,
    REG_CONTROL = 0x04,
    REG_TIMER = 0x08,
    REG_GP_STATUS = 0x0c,
    REG_GP_ENABLE = 0x0e,
    REG_GLOBAL_CONTROL = 0x28,
};
enum { BIOS_RLS = 1 << 1 }; /* of the global control register */

/* ---- The timer ------------------------------------------------------------------------- */

static uint64_t ticks(const struct piix4_pm *p)
{
    return p->clock->now / CLOCK_PIT_TICK * 3 + p->clock->now % CLOCK_PIT_TICK * 3 / CLOCK_PIT_TICK;
}

/* How often bit 23 has changed. */
static uint64_t changes(const struct piix4_pm *p)
{
    return ticks(p) >> 23;
}

/* The first moment at which so many ticks have passed. */
static uint64_t time_of(uint64_t n)
{
    return n / 3 * CLOCK_PIT_TICK + (n % 3 * CLOCK_PIT_TICK + 2) / 3;
}

static uint16_t status_now(const struct piix4_pm *p)
{
    return (uint16_t)(p->status | (changes(p) != p->overflow_seen ? TMROF : 0));
}

/* ---- SCI ------------------------------------------------------------------------------- */

static void update(struct piix4_pm *p)
{
    bool enabled = p->control & SCI_EN;
    bool level = enabled && ((status_now(p) & p->enable) || (p->gp_status & p->gp_enable));
    if (enabled && (p->enable & TMROF) && !(status_now(p) & TMROF))
        clock_arm(p->clock, &p->overflow, time_of((changes(p) + 1) << 23));
    else
        clock_disarm(p->clock, &p->overflow);
    if (level == p->level)
        return;
    p->level = level;
    irq_set(&p->sci, level);
}

static void overflowed(void *arg)
{
    update(arg);
}

bool piix4_pm_listens(const struct piix4_pm *p)
{
    return (p->enable & PWRBTN) && (p->control & SCI_EN);
}

void piix4_pm_button(struct piix4_pm *p)
{
    TRACE(p->trace, TRACE_BOARD, "power button: %s",
          piix4_pm_listens(p) ? "SCI" : "nobody listens");
    p->status |= PWRBTN;
    update(p);
}

/* ---- Registers, as words --------------------------------------------------------------- */

static uint16_t word_get(const struct piix4_pm *p, unsigned reg)
{
    uint32_t t = (uint32_t)ticks(p) & 0xffffff;
    switch (reg) {
    case REG_STATUS: return status_now(p);
    case REG_ENABLE: return p->enable;
    case REG_CONTROL: return p->control;
    case REG_TIMER: return (uint16_t)t;
    case REG_TIMER + 2: return (uint16_t)(t >> 16);
    case REG_GP_STATUS: return p->gp_status;
    case REG_GP_ENABLE: return p->gp_enable;
    default: return (uint16_t)(p->kept[reg] | p->kept[reg + 1] << 8);
    }
}

static void control_set(struct piix4_pm *p, uint16_t value)
{
    p->control = value & (SCI_EN | BRLD | SUS_TYP);
    if (!(value & SUS_EN))
        return;
    if (value & SUS_TYP) {
        TRACE(p->trace, TRACE_BOARD, "power management: suspend type %u does not exist here",
              value >> 10 & 7u);
        return;
    }
    TRACE(p->trace, TRACE_BOARD, "power management: soft off");
    if (p->power_off)
        p->power_off(p->ctx);
}

/* Of the word only the bits in `which` are written. */
static void word_set(struct piix4_pm *p, unsigned reg, uint16_t value, uint16_t which)
{
    uint16_t whole = (uint16_t)((word_get(p, reg) & ~which) | (value & which));
    switch (reg) {
    case REG_STATUS:
        p->status &= (uint16_t) ~(value & which & STATUS_BITS);
        if (value & which & TMROF)
            p->overflow_seen = changes(p);
        break;
    case REG_ENABLE: p->enable = whole & ENABLE_BITS; break;
    case REG_CONTROL: control_set(p, which & 0xff00 ? whole : whole & ~SUS_EN); break;
    case REG_TIMER:
    case REG_TIMER + 2: return; /* read only */
    case REG_GP_STATUS: p->gp_status &= (uint16_t) ~(value & which); break;
    case REG_GP_ENABLE: p->gp_enable = whole & GP_BITS; break;
    case REG_GLOBAL_CONTROL:
        if (value & which & BIOS_RLS) /* firmware gives the global lock back: the guest is told */
            p->status |= GBL;
        whole &= (uint16_t)~BIOS_RLS; /* fall through */
    default:
        p->kept[reg] = (uint8_t)whole;
        p->kept[reg + 1] = (uint8_t)(whole >> 8);
        return;
    }
    update(p);
}

static uint32_t pm_read(void *dev, uint32_t off, unsigned size)
{
    const struct piix4_pm *p = dev;
    uint32_t value = word_get(p, off & 0x3e);
    if (size == 4)
        value |= (uint32_t)word_get(p, (off + 2) & 0x3e) << 16;
    return value >> (8 * (off & 1));
}

static void pm_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct piix4_pm *p = dev;
    if (size == 1)
        word_set(p, off & 0x3e, (uint16_t)(value << (8 * (off & 1))), off & 1 ? 0xff00 : 0x00ff);
    else
        word_set(p, off & 0x3e, (uint16_t)value, 0xffff);
    if (size == 4)
        word_set(p, (off + 2) & 0x3e, (uint16_t)(value >> 16), 0xffff);
}

const struct io_ops piix4_pm_ops = {.read = pm_read, .write = pm_write, .widths = 1 | 2 | 4};

static uint32_t apm_read(void *dev, uint32_t off, unsigned size)
{
    const struct piix4_pm *p = dev;
    (void)size;
    return p->apm[off & 1];
}

static void apm_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct piix4_pm *p = dev;
    (void)size;
    p->apm[off & 1] = (uint8_t)value;
    if (off != 0)
        return;
    TRACE(p->trace, TRACE_BOARD, "APM command %02x%s", value,
          value == PIIX4_ACPI_ENABLE    ? ": ACPI on"
          : value == PIIX4_ACPI_DISABLE ? ": ACPI off"
                                        : ", for which there is no firmware");
    if (value == PIIX4_ACPI_ENABLE)
        p->control |= SCI_EN;
    if (value == PIIX4_ACPI_DISABLE)
        p->control &= (uint16_t)~SCI_EN;
    update(p);
}

const struct io_ops piix4_apm_ops = {.read = apm_read, .write = apm_write, .widths = 1};

/* ---- Configuration space --------------------------------------------------------------- */

/* The ports are where PMBA says while PMREGMISC lets them be. */
static void place(struct piix4_pm *p)
{
    const uint8_t *config = p->pci.config;
    uint16_t at = (uint16_t)((config[PIIX4_PMBA] & 0xc0) | config[PIIX4_PMBA + 1] << 8);
    if (!(config[PIIX4_PMREGMISC] & 1))
        at = 0;
    if (at == p->at)
        return;
    if (p->range)
        bus_unmap_ports(p->bus, p->range);
    p->range = at ? bus_map_ports_over(p->bus, "piix4 pm", at, PORTS, &piix4_pm_ops, p) : 0;
    p->at = at;
}

static void config_written(void *ctx, unsigned reg, unsigned n)
{
    (void)reg, (void)n;
    place(ctx);
}

void piix4_pm_init(struct piix4_pm *p, struct clock *k, struct bus *b, struct irq sci,
                   void (*power_off)(void *ctx), void *ctx, struct trace *t)
{
    static const struct {
        uint8_t reg, reset_value, write_mask;
    } own[] = {
        {PIIX4_PMBA, 0x01, 0xc0}, {PIIX4_PMBA + 1, 0x00, 0xff}, {PIIX4_PMREGMISC, 0x00, 0x01},
        {0x5b, 0x02, 0x03},                           /* DEVACTB: APMC_EN */
        {0x90, 0x01, 0xf0},       {0x91, 0x00, 0xff}, /* SMBBA */
        {0xd2, 0x00, 0x0f},                           /* SMBHSTCFG */
    };
    *p = (struct piix4_pm){
        .clock = k, .bus = b, .sci = sci, .power_off = power_off, .ctx = ctx, .trace = t};
    pci_function_init(&p->pci, "piix4 pm",
                      &(struct pci_identity){.vendor = 0x8086,
                                             .device = PIIX4_PM_DEVICE,
                                             .subsystem_vendor = 0x1af4,
                                             .subsystem = 0x1100,
                                             .class_code = 0x068000,
                                             .revision = 3,
                                             .pin = 1});
    pci_function_register(&p->pci, PCI_STATUS + 1, 0x02, 0);
    for (unsigned n = 0; n < ARRAY_LEN(own); n++)
        pci_function_register(&p->pci, own[n].reg, own[n].reset_value, own[n].write_mask);
    for (unsigned reg = 0x44; reg < 0x5b; reg++) /* counters, resources, device activity */
        pci_function_register(&p->pci, reg, 0, 0xff);
    for (unsigned reg = 0x5c; reg < 0x80; reg++)
        pci_function_register(&p->pci, reg, 0, 0xff);
    p->pci.written = config_written;
    p->pci.ctx = p;
    event_init(k, &p->overflow, "pm timer", overflowed, p);
}

void piix4_pm_reset(struct piix4_pm *p)
{
    pci_function_reset(&p->pci);
    p->overflow_seen = changes(p);
    p->status = p->enable = p->control = p->gp_status = p->gp_enable = 0;
    memset(p->kept, 0, sizeof p->kept);
    memset(p->apm, 0, sizeof p->apm);
    place(p);
    update(p);
}

void piix4_pm_snap(struct piix4_pm *p, struct snap *s)
{
    pci_function_snap(&p->pci, s);
    if (!snap_section(s, "piix4pm", 1))
        return;
    event_snap(p->clock, &p->overflow, s);
    snap_u64(s, &p->overflow_seen);
    snap_u16(s, &p->status);
    snap_u16(s, &p->enable);
    snap_u16(s, &p->control);
    snap_u16(s, &p->gp_status);
    snap_u16(s, &p->gp_enable);
    snap_bytes(s, p->kept, sizeof p->kept);
    snap_bytes(s, p->apm, sizeof p->apm);
    snap_bool(s, &p->level);
    if (s->loading)
        place(p);
}

void piix4_pm_info(const struct piix4_pm *p, struct out *to)
{
    uint16_t status = status_now(p);
    out_printf(to, "piix4 power management: ");
    if (p->range)
        out_printf(to, "ports %04x-%04x\n", p->at, p->at + PORTS - 1);
    else
        out_text(to, "its ports are not mapped\n");
    out_printf(to, "  ACPI %s, SCI %s\n", p->control & SCI_EN ? "on" : "off",
               p->level ? "high" : "low");
    out_printf(to, "  status %04x%s%s%s, enabled %04x%s%s%s\n", status,
               status & TMROF ? " timer" : "", status & GBL ? " global" : "",
               status & PWRBTN ? " button" : "", p->enable, p->enable & TMROF ? " timer" : "",
               p->enable & GBL ? " global" : "", p->enable & PWRBTN ? " button" : "");
    out_printf(to, "  timer %06x, control %04x, general purpose %04x of %04x, APM %02x %02x\n",
               (unsigned)(ticks(p) & 0xffffff), p->control, p->gp_status, p->gp_enable, p->apm[0],
               p->apm[1]);
}
