/* SPDX-License-Identifier: MIT */
/*
 * rtc.c - the MC146818A. Source: Motorola data sheet. Interface, registers and limits: rtc.h.
 *
 * The time registers are bytes that the update cycle increments, as in the chip: a guest may
 * write any value, in BCD or binary, and an update makes of it what the data sheet says or, for
 * values it does not define, the next number.
 */
#include "devices/rtc.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "mmu/bus.h"

enum {
    REG_SECONDS = 0x00,
    REG_SECONDS_ALARM = 0x01,
    REG_MINUTES = 0x02,
    REG_HOURS = 0x04,
    REG_WEEKDAY = 0x06,
    REG_DAY = 0x07,
    REG_MONTH = 0x08,
    REG_YEAR = 0x09,
    REG_A = 0x0A,
    REG_B = 0x0B,
    REG_C = 0x0C,
    REG_D = 0x0D,
    REG_CENTURY = 0x32,
    A_UIP = 0x80,
    B_SET = 0x80,
    B_UIE = 0x10,
    B_BINARY = 0x04,
    B_24H = 0x02,
    C_IRQF = 0x80,
    C_PF = 0x40,
    C_AF = 0x20,
    C_UF = 0x10,
    D_VRT = 0x80,
    HOUR_PM = 0x80,
    XTAL_HZ = 32768,
    UIP_TICKS = 8 + 65, /* 244 us before the update and 1984 us of it, in crystal ticks */
};

static uint8_t encode(const struct rtc *r, unsigned v)
{
    return (uint8_t)(r->ram[REG_B] & B_BINARY ? v : (v / 10 % 10) << 4 | v % 10);
}

static unsigned decode(const struct rtc *r, uint8_t v)
{
    return r->ram[REG_B] & B_BINARY ? v : (v >> 4) * 10u + (v & 15u);
}

/* Increments a register; true if it passed `last` and started again at `first`. */
static bool increment(struct rtc *r, unsigned reg, unsigned first, unsigned last)
{
    unsigned v = decode(r, r->ram[reg]) + 1;
    bool carry = v > last;
    r->ram[reg] = encode(r, carry ? first : v);
    return carry;
}

static bool increment_hours(struct rtc *r)
{
    if (r->ram[REG_B] & B_24H)
        return increment(r, REG_HOURS, 0, 23);
    uint8_t pm = r->ram[REG_HOURS] & HOUR_PM;
    unsigned hour = decode(r, r->ram[REG_HOURS] & 0x7F) + 1;
    if (hour == 12)
        pm ^= HOUR_PM; /* 11:59 am -> 12:00 pm, 11:59 pm -> 12:00 am */
    r->ram[REG_HOURS] = encode(r, hour > 12 ? 1 : hour) | pm;
    return hour == 12 && !pm;
}

static unsigned days_in_month(unsigned month, unsigned year)
{
    static const uint8_t days[13] = {31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month > 12)
        return 31;
    return days[month] + (month == 2 && year % 4 == 0 ? 1u : 0u);
}

static void increment_time(struct rtc *r)
{
    if (!increment(r, REG_SECONDS, 0, 59) || !increment(r, REG_MINUTES, 0, 59) ||
        !increment_hours(r))
        return;
    increment(r, REG_WEEKDAY, 1, 7);
    unsigned days = days_in_month(decode(r, r->ram[REG_MONTH]), decode(r, r->ram[REG_YEAR]));
    if (increment(r, REG_DAY, 1, days) && increment(r, REG_MONTH, 1, 12) &&
        increment(r, REG_YEAR, 0, 99))
        increment(r, REG_CENTURY, 0, 99);
}

/* Codes C0h-FFh match everything. */
static bool alarm_matches(const struct rtc *r)
{
    for (unsigned reg = REG_SECONDS; reg <= REG_HOURS; reg += 2) {
        uint8_t alarm = r->ram[reg + 1];
        if (alarm < 0xC0 && alarm != r->ram[reg])
            return false;
    }
    return true;
}

static void update_irq(struct rtc *r)
{
    uint8_t *c = &r->ram[REG_C];
    bool level = *c & r->ram[REG_B] & (C_PF | C_AF | C_UF); /* enables sit at the flags' bits */
    *c = (uint8_t)((*c & ~C_IRQF) | (level ? C_IRQF : 0));
    if (level != r->level) {
        r->level = level;
        irq_set(&r->irq, level);
    }
}

static void set_flags(struct rtc *r, uint8_t flags)
{
    r->ram[REG_C] |= flags;
    update_irq(r);
}

static bool divider_runs(const struct rtc *r)
{
    return (r->ram[REG_A] & 0x60) != 0x60;
}

static uint64_t update_time(const struct rtc *r)
{
    return r->epoch + clock_periods(r->halves, 2);
}

/* Crystal ticks in a period of the selected rate; 0 = none. */
static unsigned period_ticks(const struct rtc *r)
{
    unsigned rate = r->ram[REG_A] & 15u;
    if (!rate || !divider_runs(r))
        return 0;
    return rate < 3 ? 64u << rate : 1u << (rate - 1);
}

static uint64_t ticks_now(const struct rtc *r)
{
    return clock_count(r->clock->now - r->epoch, XTAL_HZ);
}

/* PF is set at each end of a period, enabled or not; nobody needs an event for that. */
static void periodic_sync(struct rtc *r)
{
    uint64_t now = ticks_now(r);
    unsigned period = period_ticks(r);
    if (period && now / period > r->periodic_tick / period)
        r->ram[REG_C] |= C_PF;
    r->periodic_tick = now;
    update_irq(r);
}

static void periodic_arm(struct rtc *r)
{
    unsigned period = period_ticks(r);
    if (period && (r->ram[REG_B] & C_PF) && !(r->ram[REG_C] & C_PF)) {
        uint64_t next = (r->periodic_tick / period + 1) * period;
        clock_arm(r->clock, &r->periodic, r->epoch + clock_periods(next, XTAL_HZ));
    } else {
        clock_disarm(r->clock, &r->periodic);
    }
}

static void periodic_fire(void *arg)
{
    struct rtc *r = arg;
    periodic_sync(r);
    periodic_arm(r);
}

static void update_arm(struct rtc *r)
{
    if (divider_runs(r))
        clock_arm(r->clock, &r->update, update_time(r));
    else
        clock_disarm(r->clock, &r->update);
}

/* End of every update cycle up to now. */
static void update_sync(struct rtc *r)
{
    if (!divider_runs(r))
        return;
    while (update_time(r) <= r->clock->now) {
        r->halves += 2;
        if (r->ram[REG_B] & B_SET)
            continue;
        increment_time(r);
        set_flags(r, alarm_matches(r) ? C_UF | C_AF : C_UF);
    }
    update_arm(r);
}

static void update_fire(void *arg)
{
    update_sync(arg);
}

static bool in_update(const struct rtc *r)
{
    if ((r->ram[REG_B] & B_SET) || !divider_runs(r))
        return false;
    return r->clock->now + clock_periods(UIP_TICKS, XTAL_HZ) >= update_time(r);
}

static uint8_t read_c(struct rtc *r)
{
    periodic_sync(r);
    uint8_t v = r->ram[REG_C];
    r->ram[REG_C] = 0;
    update_irq(r);
    periodic_arm(r);
    return v;
}

static void write_a(struct rtc *r, uint8_t v)
{
    bool ran = divider_runs(r);
    periodic_sync(r);
    r->ram[REG_A] = v & (uint8_t)~A_UIP;
    if (!ran && divider_runs(r)) {
        r->epoch = r->clock->now;
        r->halves = 1;
        r->periodic_tick = 0;
    }
    if (period_ticks(r))
        TRACE(r->trace, TRACE_RTC, "periodic rate %u Hz", XTAL_HZ / period_ticks(r));
    update_arm(r);
    periodic_arm(r);
}

static void write_b(struct rtc *r, uint8_t v)
{
    periodic_sync(r);
    if (v & B_SET)
        v &= (uint8_t)~B_UIE; /* SET going high clears UIE, and UIE stays clear with it */
    if (r->ram[REG_B] != v)
        TRACE(r->trace, TRACE_RTC, "register B %02x:%s%s%s%s", v, v & B_SET ? " set" : "",
              v & C_PF ? " periodic" : "", v & C_AF ? " alarm" : "", v & C_UF ? " update" : "");
    r->ram[REG_B] = v;
    update_irq(r);
    periodic_arm(r);
}

static uint32_t rtc_read(void *dev, uint32_t off, unsigned size)
{
    struct rtc *r = dev;
    unsigned index = r->index & 0x7Fu;
    (void)size;
    if (!(off & 1))
        return 0xFF; /* the index cannot be read */
    update_sync(r);
    switch (index) {
    case REG_A: return r->ram[REG_A] | (in_update(r) ? A_UIP : 0u);
    case REG_C: return read_c(r);
    case REG_D: return D_VRT;
    default: return r->ram[index];
    }
}

static void rtc_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct rtc *r = dev;
    uint8_t v = (uint8_t)value;
    (void)size;
    if (!(off & 1)) {
        r->index = v;
        return;
    }
    update_sync(r);
    switch (r->index & 0x7F) {
    case REG_A: write_a(r, v); break;
    case REG_B: write_b(r, v); break;
    case REG_C:
    case REG_D: break;                                       /* read only */
    case REG_SECONDS: r->ram[REG_SECONDS] = v & 0x7F; break; /* bit 7 is always 0 */
    default: r->ram[r->index & 0x7F] = v;
    }
}

const struct io_ops rtc_ops = {.read = rtc_read, .write = rtc_write, .widths = 1};

static bool leap(int64_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* Seconds since 1970 -> registers (24 h, BCD). Dates before 1970 count as 1970. */
static void set_date(struct rtc *r, int64_t start)
{
    if (start < 0)
        start = 0;
    if (start > INT64_C(253402300799)) /* the end of 9999 */
        start = INT64_C(253402300799);
    int64_t days = start / 86400, secs = start % 86400;
    unsigned weekday = (unsigned)((days + 4) % 7) + 1; /* 1970-01-01 was a Thursday; 1 = Sunday */
    int64_t year = 1970;
    unsigned month = 1;
    while (days >= (leap(year) ? 366 : 365))
        days -= leap(year++) ? 366 : 365;
    for (;; month++) {
        unsigned n = days_in_month(month, leap(year) ? 0 : 1);
        if (days < n)
            break;
        days -= n;
    }
    r->ram[REG_SECONDS] = encode(r, (unsigned)(secs % 60));
    r->ram[REG_MINUTES] = encode(r, (unsigned)(secs / 60 % 60));
    r->ram[REG_HOURS] = encode(r, (unsigned)(secs / 3600));
    r->ram[REG_WEEKDAY] = encode(r, weekday);
    r->ram[REG_DAY] = encode(r, (unsigned)days + 1);
    r->ram[REG_MONTH] = encode(r, month);
    r->ram[REG_YEAR] = encode(r, (unsigned)(year % 100));
    r->ram[REG_CENTURY] = encode(r, (unsigned)(year / 100));
}

void rtc_init(struct rtc *r, struct clock *k, struct irq irq, int64_t start, struct trace *t)
{
    *r = (struct rtc){.clock = k, .irq = irq, .trace = t, .epoch = k->now, .halves = 2};
    event_init(k, &r->update, "rtc update", update_fire, r);
    event_init(k, &r->periodic, "rtc periodic", periodic_fire, r);
    r->ram[REG_A] = 0x26;
    r->ram[REG_B] = B_24H;
    r->ram[REG_D] = D_VRT;
    set_date(r, start);
    update_arm(r);
    rtc_reset(r);
}

void rtc_reset(struct rtc *r)
{
    update_sync(r);
    periodic_sync(r);
    r->ram[REG_B] &= B_SET | B_BINARY | B_24H | 0x01;
    r->ram[REG_C] = 0;
    r->index = 0;
    update_irq(r);
    periodic_arm(r);
}

void rtc_snap(struct rtc *r, struct snap *s)
{
    if (!snap_section(s, "rtc", 1))
        return;
    snap_bytes(s, r->ram, sizeof r->ram);
    snap_u8(s, &r->index);
    snap_bool(s, &r->level);
    snap_u64(s, &r->epoch);
    snap_u64(s, &r->halves);
    snap_u64(s, &r->periodic_tick);
    event_snap(r->clock, &r->update, s);
    event_snap(r->clock, &r->periodic, s);
    if (!s->loading)
        return;
    /* An update long overdue, or in the far future, is not a state this chip can be in. */
    uint64_t now = r->clock->now, second = clock_periods(1, 1);
    if (r->epoch > now || r->halves > (UINT64_C(1) << 33) ||
        (divider_runs(r) && (update_time(r) + second < now || update_time(r) > now + second))) {
        r->epoch = now;
        r->halves = 2;
        snap_fail(s, "rtc: update time out of range");
    }
}

void rtc_info(const struct rtc *r, struct out *to)
{
    const uint8_t *m = r->ram;
    out_printf(to, "rtc: %02x%02x-%02x-%02x %02x:%02x:%02x weekday %u (%s, %s)%s\n", m[REG_CENTURY],
               m[REG_YEAR], m[REG_MONTH], m[REG_DAY], m[REG_HOURS], m[REG_MINUTES], m[REG_SECONDS],
               m[REG_WEEKDAY], m[REG_B] & B_BINARY ? "binary" : "BCD",
               m[REG_B] & B_24H ? "24 h" : "12 h", m[REG_B] & B_SET ? ", stopped by SET" : "");
    out_printf(to, "  alarm %02x:%02x:%02x, A %02x B %02x C %02x, index %02x, IRQ %s\n",
               m[REG_HOURS + 1], m[REG_MINUTES + 1], m[REG_SECONDS_ALARM],
               m[REG_A] | (in_update(r) ? A_UIP : 0u), m[REG_B], m[REG_C], r->index,
               r->level ? "high" : "low");
    if (period_ticks(r))
        out_printf(to, "  periodic rate %u Hz%s\n", XTAL_HZ / period_ticks(r),
                   m[REG_B] & C_PF ? ", interrupt enabled" : "");
}

void rtc_cmos_set(struct rtc *r, unsigned index, uint8_t value)
{
    if (index < sizeof r->ram)
        r->ram[index] = value;
}

uint8_t rtc_cmos_get(const struct rtc *r, unsigned index)
{
    return index < sizeof r->ram ? r->ram[index] : 0xFF;
}

void rtc_cmos_checksum(struct rtc *r)
{
    unsigned sum = 0;
    for (unsigned n = 0x10; n <= 0x2d; n++)
        sum += r->ram[n];
    r->ram[0x2e] = (uint8_t)(sum >> 8);
    r->ram[0x2f] = (uint8_t)sum;
}

bool rtc_nmi_masked(const struct rtc *r)
{
    return r->index & 0x80;
}
