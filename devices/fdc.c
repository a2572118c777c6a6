/* SPDX-License-Identifier: MIT */
/*
 * fdc.c - registers, resets, media and state of the floppy controller. Source: Intel 82077AA data
 * sheet. Interface and limits: fdc.h; commands: fdc_command.c, fdc_transfer.c.
 */
#include "devices/fdc.h"

#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/fdc_parts.h"
#include "mmu/bus.h"

enum {
    MSR_RQM = 0x80,
    MSR_DIO = 0x40,
    MSR_NON_DMA = 0x20,
    MSR_BUSY = 0x10,
    DSR_RESET = 0x80,
    RATE = 0x03,
    DIR_CHANGED = 0x80,
    POLL_HZ = 976,      /* the drives are polled 1.024 ms after a reset */
    CYLINDERS_MAX = 83, /* where the heads of a drive of 80 tracks are stopped */
};

/* ---- Media ------------------------------------------------------------------------------- */

/* clang-format off */
static const struct fdc_format formats[] = {
    { 320, 40, 1,  8, FDC_360K},  { 360, 40, 1,  9, FDC_360K},
    { 640, 40, 2,  8, FDC_360K},  { 720, 40, 2,  9, FDC_360K},
    {1440, 80, 2,  9, FDC_720K},  {2400, 80, 2, 15, FDC_1200K},
    {2880, 80, 2, 18, FDC_1440K}, {3360, 80, 2, 21, FDC_1440K},
    {3444, 82, 2, 21, FDC_1440K}, {5760, 80, 2, 36, FDC_2880K},
};
/* clang-format on */

bool fdc_format(uint64_t sectors, struct fdc_format *format)
{
    const struct fdc_format *usual = NULL;
    for (unsigned n = 0; n < ARRAY_LEN(formats); n++) {
        const struct fdc_format *f = &formats[n];
        if (f->sectors == sectors) {
            *format = *f;
            return true;
        }
        if (!usual && f->sectors >= sectors && (f->sectors == 2880 || f->sectors == 5760))
            usual = f;
    }
    if (usual)
        *format = *usual;
    return usual != NULL;
}

const char *fdc_kind_name(enum fdc_kind kind)
{
    static const char *const names[] = {"none", "360 kB", "1.2 MB", "720 kB", "1.44 MB", "2.88 MB"};
    return (unsigned)kind < ARRAY_LEN(names) ? names[kind] : "unknown";
}

static bool flush_drive(struct fdc *f, unsigned n)
{
    struct fdc_drive *d = &f->drive[n];
    if (!d->unflushed || !d->medium)
        return true;
    d->unflushed = false;
    if (d->medium->flush(d->medium->ctx))
        return true;
    TRACE(f->trace, TRACE_FLOPPY, "drive %u: the host could not make the writes durable", n);
    return false;
}

bool fdc_flush(struct fdc *f)
{
    bool done = true;
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        done = flush_drive(f, n) && done;
    return done;
}

void fdc_attach(struct fdc *f, unsigned n, enum fdc_kind kind)
{
    f->drive[n].kind = kind;
    f->drive[n].changed = true; /* the latch powers up set */
}

void fdc_insert(struct fdc *f, unsigned n, struct block *medium)
{
    struct fdc_drive *d = &f->drive[n];
    if (d->medium)
        (void)flush_drive(f, n);
    d->unflushed = false;
    d->medium = NULL;
    d->changed = true;
    if (!medium || !fdc_format(medium->sectors, &d->format))
        return;
    d->medium = medium;
    TRACE(f->trace, TRACE_FLOPPY, "drive %u: a medium of %u cylinders, %u sides, %u sectors%s", n,
          d->format.cylinders, d->format.heads, d->format.per_track,
          medium->read_only ? ", write-protected" : "");
}

bool fdc_motor_on(const struct fdc *f, unsigned n)
{
    return f->dor >> n & DOR_MOTOR;
}

/* ---- Interrupt and result ---------------------------------------------------------------- */

static void update_irq(struct fdc *f)
{
    bool level = f->pending && (f->dor & DOR_DMAGATE);
    if (level != f->level) {
        f->level = level;
        irq_set(&f->irq, level);
    }
}

void fdc_set_pending(struct fdc *f, bool pending)
{
    f->pending = pending;
    update_irq(f);
}

void fdc_give(struct fdc *f, const uint8_t *bytes, unsigned n, bool interrupt)
{
    for (unsigned i = 0; i < n; i++)
        f->result[i] = bytes[i];
    f->results = (uint8_t)n;
    f->taken = 0;
    f->given = 0;
    f->phase = n ? FDC_RESULT : FDC_COMMAND;
    if (interrupt)
        fdc_set_pending(f, true);
}

static uint8_t result_byte(struct fdc *f)
{
    uint8_t byte = f->result[f->taken++];
    if (f->taken == 1 && f->results == 7)
        fdc_set_pending(f, false); /* the end of an execution phase is acknowledged by reading */
    if (f->taken >= f->results)
        f->phase = FDC_COMMAND;
    return byte;
}

/* ---- Resets ------------------------------------------------------------------------------ */

/* By DOR or DSR: whatever is going on stops. SPECIFY stays, CONFIGURE if LOCK says so. */
static void software_reset(struct fdc *f)
{
    clock_disarm(f->clock, &f->step);
    clock_disarm(f->clock, &f->poll);
    for (unsigned n = 0; n < FDC_DRIVES; n++) {
        clock_disarm(f->clock, &f->drive[n].seek);
        f->drive[n].seeking = false;
        f->drive[n].told = true;
    }
    f->phase = FDC_COMMAND;
    f->given = f->results = f->taken = f->polled = 0;
    f->transfer = (struct fdc_transfer){.length = 0};
    f->perpendicular &= 0x3C; /* all but GAP and WGATE */
    f->configure &= 0x0F | CONFIGURE_NO_FIFO;
    if (!f->lock) {
        f->configure = CONFIGURE_NO_FIFO;
        f->pretrack = 0;
    }
    fdc_set_pending(f, false);
}

static void poll_fire(void *arg)
{
    struct fdc *f = arg;
    f->polled = FDC_DRIVES;
    fdc_set_pending(f, true);
}

static void reset_released(struct fdc *f)
{
    clock_arm(f->clock, &f->poll, f->clock->now + clock_periods(1, POLL_HZ));
}

/* ---- Registers --------------------------------------------------------------------------- */

static void write_dor(struct fdc *f, uint8_t v)
{
    uint8_t was = f->dor;
    f->dor = v;
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        if (was & ~v & DOR_MOTOR << n)
            (void)flush_drive(f, n);
    if (was & ~v & DOR_RUN)
        software_reset(f);
    if (v & ~was & DOR_RUN)
        reset_released(f);
    update_irq(f);
}

static void write_dsr(struct fdc *f, uint8_t v)
{
    f->rate = v & RATE;
    if ((v & DSR_RESET) && (f->dor & DOR_RUN)) { /* clears itself */
        software_reset(f);
        reset_released(f);
    }
}

static bool without_dma(const struct fdc *f)
{
    return f->specify[1] & 1;
}

static uint8_t status(const struct fdc *f)
{
    uint8_t v = 0;
    if (!(f->dor & DOR_RUN))
        return 0;
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        if (f->drive[n].seeking)
            v |= (uint8_t)(1u << n);
    switch (f->phase) {
    case FDC_COMMAND: return (uint8_t)(v | MSR_RQM | (f->given ? MSR_BUSY : 0));
    case FDC_RESULT: return v | MSR_RQM | MSR_DIO | MSR_BUSY;
    case FDC_EXECUTION: break;
    }
    v |= MSR_BUSY;
    if (!without_dma(f))
        return v;
    v |= MSR_NON_DMA;
    if (f->transfer.at < f->transfer.length)
        v |= MSR_RQM | (fdc_transfer_to_host(f) ? MSR_DIO : 0u);
    return v;
}

static uint8_t read_fifo(struct fdc *f)
{
    if (f->phase == FDC_RESULT)
        return result_byte(f);
    if (f->phase == FDC_EXECUTION && f->transfer.at < f->transfer.length &&
        fdc_transfer_to_host(f)) {
        fdc_set_pending(f, false);
        return fdc_transfer_take(f);
    }
    return 0xFF;
}

static void write_fifo(struct fdc *f, uint8_t v)
{
    if (!(f->dor & DOR_RUN))
        return;
    if (f->phase == FDC_COMMAND) {
        fdc_command_byte(f, v);
    } else if (f->phase == FDC_EXECUTION && f->transfer.at < f->transfer.length &&
               !fdc_transfer_to_host(f)) {
        fdc_set_pending(f, false);
        fdc_transfer_put(f, v);
    }
}

static uint32_t fdc_read(void *dev, uint32_t off, unsigned size)
{
    struct fdc *f = dev;
    (void)size;
    switch (off) {
    case 2: return f->dor;
    case 3: return f->tdr | 0xFCu; /* the upper bits are not driven */
    case 4: return status(f);
    case 5: return read_fifo(f);
    default: return 0xFF;
    }
}

static void fdc_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct fdc *f = dev;
    (void)size;
    switch (off) {
    case 2: write_dor(f, (uint8_t)value); break;
    case 3: f->tdr = value & 3; break;
    case 4: write_dsr(f, (uint8_t)value); break;
    case 5: write_fifo(f, (uint8_t)value); break;
    default: break;
    }
}

/* The change line is that of the drive that is selected and turns; a drive of 360 kB has none. */
static uint32_t dir_read(void *dev, uint32_t off, unsigned size)
{
    const struct fdc *f = dev;
    unsigned n = f->dor & DOR_SELECT;
    const struct fdc_drive *d = &f->drive[n];
    (void)off, (void)size;
    bool line = d->kind != FDC_NONE && d->kind != FDC_360K && fdc_motor_on(f, n) && d->changed;
    return 0x7Fu | (line ? DIR_CHANGED : 0u); /* the others are not driven */
}

static void ccr_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct fdc *f = dev;
    (void)off, (void)size;
    f->rate = value & RATE;
}

const struct io_ops fdc_ops = {.read = fdc_read, .write = fdc_write, .widths = 1};
const struct io_ops fdc_dir_ops = {.read = dir_read, .write = ccr_write, .widths = 1};

/* ---- Life -------------------------------------------------------------------------------- */

static void step_fire(void *arg)
{
    fdc_transfer_step(arg);
}

/* Four handlers, as an event has one argument. */
#define SEEK_FIRE(n)                                                                               \
    static void seek_fire_##n(void *arg)                                                           \
    {                                                                                              \
        fdc_seek_done(arg, n);                                                                     \
    }
SEEK_FIRE(0)
SEEK_FIRE(1)
SEEK_FIRE(2)
SEEK_FIRE(3)

void fdc_init(struct fdc *f, struct clock *k, struct irq irq, struct fdc_dma dma, struct trace *t)
{
    static void (*const seek_fire[FDC_DRIVES])(void *) = {seek_fire_0, seek_fire_1, seek_fire_2,
                                                          seek_fire_3};
    *f = (struct fdc){.clock = k, .irq = irq, .dma = dma, .trace = t};
    event_init(k, &f->step, "fdc", step_fire, f);
    event_init(k, &f->poll, "fdc reset", poll_fire, f);
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        event_init(k, &f->drive[n].seek, "fdc seek", seek_fire[n], f);
    fdc_reset(f);
}

void fdc_reset(struct fdc *f)
{
    f->lock = f->seeks = false;
    software_reset(f);
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        (void)flush_drive(f, n); /* the motors stop */
    f->dor = f->tdr = f->perpendicular = 0;
    f->rate = FDC_ANY_RATE;
    f->specify[0] = f->specify[1] = 0;
    update_irq(f);
}

static void snap_drive(struct fdc *f, unsigned n, struct snap *s)
{
    struct fdc_drive *d = &f->drive[n];
    uint8_t *bytes[] = {&d->cylinder, &d->pcn, &d->target, &d->status};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &d->seeking);
    snap_bool(s, &d->told);
    snap_bool(s, &d->changed);
    snap_bool(s, &d->unflushed);
    event_snap(f->clock, &d->seek, s);
    if (s->loading && d->cylinder > CYLINDERS_MAX) {
        d->cylinder = 0;
        snap_fail(s, "fdc: the heads of drive %u are nowhere", n);
    }
}

static void snap_transfer(struct fdc *f, struct snap *s)
{
    struct fdc_transfer *t = &f->transfer;
    uint8_t *bytes[] = {&t->c,    &t->h,    &t->r,   &t->n,   &t->eot,
                        &t->head, &t->left, &t->st0, &t->st1, &t->st2};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &t->ending);
    snap_bytes(s, t->data, sizeof t->data);
    snap_u16(s, &t->at);
    snap_u16(s, &t->length);
    if (s->loading && (t->length > sizeof t->data || t->at > t->length || t->head > 1)) {
        t->at = t->length = t->head = 0;
        snap_fail(s, "fdc: position in a sector out of range");
    }
}

void fdc_snap(struct fdc *f, struct snap *s)
{
    if (!snap_section(s, "fdc", 1))
        return;
    uint8_t phase = (uint8_t)f->phase;
    uint8_t *bytes[] = {&f->dor,        &f->tdr,       &f->rate,     &f->specify[0],
                        &f->specify[1], &f->configure, &f->pretrack, &f->polled,
                        &phase,         &f->given,     &f->row,      &f->perpendicular,
                        &f->results,    &f->taken};
    for (unsigned i = 0; i < ARRAY_LEN(bytes); i++)
        snap_u8(s, bytes[i]);
    snap_bool(s, &f->seeks);
    snap_bool(s, &f->lock);
    snap_bool(s, &f->pending);
    snap_bool(s, &f->level);
    snap_bytes(s, f->command, sizeof f->command);
    snap_bytes(s, f->result, sizeof f->result);
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        snap_drive(f, n, s);
    snap_transfer(f, s);
    event_snap(f->clock, &f->step, s);
    event_snap(f->clock, &f->poll, s);
    if (!s->loading)
        return;
    f->rate = f->rate < FDC_ANY_RATE ? f->rate : FDC_ANY_RATE;
    f->phase = (enum fdc_phase)phase;
    if (phase > FDC_RESULT || f->given > sizeof f->command - (phase == FDC_COMMAND) ||
        f->row >= fdc_rows() || f->results > sizeof f->result || f->polled > FDC_DRIVES ||
        (phase == FDC_RESULT && f->taken >= f->results)) {
        f->phase = FDC_COMMAND;
        f->given = f->row = f->results = f->taken = f->polled = 0;
        clock_disarm(f->clock, &f->step);
        snap_fail(s, "fdc: state of the FIFO out of range");
    }
}

static void info_drive(const struct fdc *f, unsigned n, struct out *to)
{
    const struct fdc_drive *d = &f->drive[n];
    if (d->kind == FDC_NONE)
        return;
    out_printf(to, "  drive %u: %s, motor %s, heads at cylinder %u (the controller: %u)%s%s\n", n,
               fdc_kind_name(d->kind), fdc_motor_on(f, n) ? "on" : "off", d->cylinder, d->pcn,
               d->seeking ? ", seeking" : "", d->changed ? ", disk change" : "");
    if (d->medium)
        out_printf(to, "    medium: %u cylinders, %u sides, %u sectors%s%s\n", d->format.cylinders,
                   d->format.heads, d->format.per_track,
                   d->medium->read_only ? ", write-protected" : "",
                   d->unflushed ? ", written since the last flush" : "");
    else
        out_text(to, "    no medium\n");
}

void fdc_info(const struct fdc *f, struct out *to)
{
    static const char *const phases[] = {"command", "execution", "result"};
    static const char *const rates[] = {"500 kbit/s", "300 kbit/s", "250 kbit/s", "1 Mbit/s",
                                        "no data rate selected"};
    const struct fdc_transfer *t = &f->transfer;
    out_printf(to, "fdc: %s, DOR %02x MSR %02x, drive %u selected, DMA gate %s, %s\n",
               f->dor & DOR_RUN ? "running" : "held in reset", f->dor, status(f),
               f->dor & DOR_SELECT, f->dor & DOR_DMAGATE ? "on" : "off", rates[f->rate]);
    out_printf(to, "  %s phase: command", phases[f->phase]);
    for (unsigned n = 0; n < f->given; n++)
        out_printf(to, " %02x", f->command[n]);
    out_text(to, f->given ? "; result" : " none; result");
    for (unsigned n = 0; n < f->results; n++)
        out_printf(to, " %02x", f->result[n]);
    out_printf(to, "%s; INT %s\n", f->results ? "" : " none", f->pending ? "high" : "low");
    if (f->phase == FDC_EXECUTION)
        out_printf(to,
                   "  looks for cylinder %u, side %u, sector %u, to sector %u; %u of %u bytes\n",
                   t->c, t->h, t->r, t->eot, t->at, t->length);
    out_printf(to, "  SPECIFY %02x %02x (%s), CONFIGURE %02x, precompensation from %u%s\n",
               f->specify[0], f->specify[1], without_dma(f) ? "without DMA" : "DMA", f->configure,
               f->pretrack, f->lock ? ", locked" : "");
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        info_drive(f, n, to);
}
