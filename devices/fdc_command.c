/* SPDX-License-Identifier: MIT */
/*
 * fdc_command.c - the commands of the floppy controller: which there are, and those that do not
 * touch the disk's data. Source: Intel 82077AA data sheet, "Command set / descriptions".
 *
 * A row is a command: the bits of its first byte that decide, its length and what runs once all
 * bytes have come. Anything else is an invalid command.
 */
#include "base/trace.h"
#include "devices/fdc_parts.h"

enum {
    VERSION_82077 = 0x90,
    PERPENDICULAR_OVERWRITE = 0x80,
    RELATIVE_UP = 0x40,
    STEPS_OF_RECALIBRATE = 79,
    CYLINDERS_OF_40 = 41, /* where the heads of a drive of 40 tracks are stopped */
    CYLINDERS_OF_80 = 83,
};

struct fdc_row {
    uint8_t mask, value;        /* of the first byte */
    uint8_t length;             /* bytes, the first included */
    uint8_t operation;          /* enum fdc_operation */
    void (*run)(struct fdc *f); /* all bytes are there */
    const char *name;           /* the manual's */
};

static unsigned selected(const struct fdc *f)
{
    return f->command[1] & 3;
}

static void give_one(struct fdc *f, uint8_t byte)
{
    fdc_give(f, &byte, 1, false);
}

static void give_none(struct fdc *f)
{
    fdc_give(f, NULL, 0, false);
}

/* ---- Heads ------------------------------------------------------------------------------- */

uint64_t fdc_step_time(const struct fdc *f, unsigned steps)
{
    /* SRT counts down from 16 ms at 500 kbit/s; the other rates stretch or shrink the time. */
    static const uint16_t kbits[] = {500, 300, 250, 1000, 500};
    uint64_t ms = 16u - (f->specify[0] >> 4);
    return clock_periods(ms * (steps ? steps : 1), 2u * FDC_FASTER * kbits[f->rate]);
}

void fdc_move_heads(struct fdc_drive *d, int steps)
{
    int end = d->kind == FDC_360K ? CYLINDERS_OF_40 : CYLINDERS_OF_80;
    int to = d->cylinder + steps;
    to = to < 0 ? 0 : to;
    to = to > end ? end : to;
    if (d->medium && steps)
        d->changed = false; /* a step pulse with a disk inside resets the latch */
    d->cylinder = (uint8_t)to;
}

void fdc_seek_done(struct fdc *f, unsigned n)
{
    struct fdc_drive *d = &f->drive[n];
    d->seeking = false;
    d->told = false;
    d->pcn = d->target;
    fdc_set_pending(f, true);
}

static void seek_start(struct fdc *f, unsigned n, uint8_t target, unsigned steps, uint8_t status)
{
    struct fdc_drive *d = &f->drive[n];
    d->target = target;
    d->status = (uint8_t)(status | n);
    d->seeking = true;
    d->told = true;
    clock_arm(f->clock, &d->seek, f->clock->now + fdc_step_time(f, steps));
    give_none(f);
}

static void seek(struct fdc *f)
{
    unsigned n = selected(f);
    struct fdc_drive *d = &f->drive[n];
    int steps = f->command[2] - d->pcn;
    f->seeks = true;
    if (d->kind != FDC_NONE)
        fdc_move_heads(d, steps);
    seek_start(f, n, f->command[2], (unsigned)(steps < 0 ? -steps : steps), ST0_SEEK_END);
}

/* By so many cylinders, whatever the controller believes to be the present one. */
static void relative_seek(struct fdc *f)
{
    unsigned n = selected(f), by = f->command[2];
    struct fdc_drive *d = &f->drive[n];
    bool up = f->command[0] & RELATIVE_UP;
    if (d->kind != FDC_NONE)
        fdc_move_heads(d, up ? (int)by : -(int)by);
    seek_start(f, n, (uint8_t)(up ? d->pcn + by : d->pcn - by), by, ST0_SEEK_END);
}

/* Steps outwards until the drive says that it is at track 0, 79 times at most. */
static void recalibrate(struct fdc *f)
{
    unsigned n = selected(f);
    struct fdc_drive *d = &f->drive[n];
    unsigned steps = d->cylinder < STEPS_OF_RECALIBRATE ? d->cylinder : STEPS_OF_RECALIBRATE;
    bool found = d->kind != FDC_NONE && d->cylinder <= STEPS_OF_RECALIBRATE;
    if (d->kind == FDC_NONE)
        steps = STEPS_OF_RECALIBRATE;
    else
        fdc_move_heads(d, -(int)steps);
    seek_start(f, n, 0, steps,
               (uint8_t)(ST0_SEEK_END | (found ? 0 : ST0_ABNORMAL | ST0_EQUIPMENT)));
}

/* ---- Status ------------------------------------------------------------------------------ */

static void sense_interrupt(struct fdc *f)
{
    struct fdc_drive *d = NULL;
    uint8_t answer[2];
    for (unsigned n = 0; n < FDC_DRIVES && !d; n++)
        if (!f->drive[n].told)
            d = &f->drive[n];
    if (f->polled) {
        unsigned n = FDC_DRIVES - f->polled--;
        answer[0] = (uint8_t)(ST0_READY_CHANGED | n);
        answer[1] = f->drive[n].pcn;
    } else if (d) {
        d->told = true;
        answer[0] = d->status;
        answer[1] = d->pcn;
    } else {
        give_one(f, ST0_INVALID);
        return;
    }
    fdc_give(f, answer, 2, false);
    fdc_set_pending(f, false);
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        if (!f->drive[n].told)
            fdc_set_pending(f, true); /* another drive has arrived meanwhile */
}

static void sense_drive(struct fdc *f)
{
    const struct fdc_drive *d = &f->drive[selected(f)];
    uint8_t st3 = (uint8_t)(ST3_FIXED | (f->command[1] & (ST3_HEAD | 3)));
    if (d->kind != FDC_NONE && d->cylinder == 0)
        st3 |= ST3_TRACK0;
    if (d->medium && d->medium->read_only)
        st3 |= ST3_PROTECTED;
    give_one(f, st3);
}

static void dump_registers(struct fdc *f)
{
    uint8_t all[10];
    for (unsigned n = 0; n < FDC_DRIVES; n++)
        all[n] = f->drive[n].pcn;
    all[4] = f->specify[0];
    all[5] = f->specify[1];
    all[6] = f->transfer.eot; /* the last sector of a track, or FORMAT's count */
    all[7] = (uint8_t)(f->lock << 7 | f->perpendicular);
    all[8] = f->configure;
    all[9] = f->pretrack;
    fdc_give(f, all, sizeof all, false);
}

/* ---- Settings ---------------------------------------------------------------------------- */

static void specify(struct fdc *f)
{
    f->specify[0] = f->command[1];
    f->specify[1] = f->command[2];
    give_none(f);
}

static void configure(struct fdc *f)
{
    f->configure = f->command[2] & 0x7F;
    f->seeks = true;
    f->pretrack = f->command[3];
    give_none(f);
}

/* The drives' bits change only with OW. */
static void perpendicular(struct fdc *f)
{
    uint8_t v = f->command[1];
    uint8_t drives = v & PERPENDICULAR_OVERWRITE ? v : f->perpendicular;
    f->perpendicular = (uint8_t)((drives & 0x3C) | (v & 3));
    give_none(f);
}

static void lock(struct fdc *f)
{
    f->lock = f->command[0] & 0x80;
    give_one(f, (uint8_t)(f->lock << 4));
}

static void version(struct fdc *f)
{
    give_one(f, VERSION_82077);
}

static void invalid(struct fdc *f)
{
    TRACE(f->trace, TRACE_FLOPPY, "invalid command %02x", f->command[0]);
    give_one(f, ST0_INVALID);
}

/* ---- The list ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct fdc_row rows[] = {
    {0x1F, 0x06, 9, FDC_READ,         fdc_transfer_begin, "READ DATA"},
    {0x1F, 0x0C, 9, FDC_READ_DELETED, fdc_transfer_begin, "READ DELETED DATA"},
    {0xBF, 0x02, 9, FDC_READ_TRACK,   fdc_transfer_begin, "READ TRACK"},
    {0xBF, 0x0A, 2, FDC_READ_ID,      fdc_transfer_begin, "READ ID"},
    {0x1F, 0x16, 9, FDC_VERIFY,       fdc_transfer_begin, "VERIFY"},
    {0x3F, 0x05, 9, FDC_WRITE,        fdc_transfer_begin, "WRITE DATA"},
    {0x3F, 0x09, 9, FDC_WRITE,        fdc_transfer_begin, "WRITE DELETED DATA"},
    {0xBF, 0x0D, 6, FDC_FORMAT_TRACK, fdc_transfer_begin, "FORMAT TRACK"},
    {0x1F, 0x11, 9, FDC_SCAN_EQUAL,   fdc_transfer_begin, "SCAN EQUAL"},
    {0x1F, 0x19, 9, FDC_SCAN_LOW,     fdc_transfer_begin, "SCAN LOW OR EQUAL"},
    {0x1F, 0x1D, 9, FDC_SCAN_HIGH,    fdc_transfer_begin, "SCAN HIGH OR EQUAL"},
    {0xFF, 0x07, 2, FDC_OTHER,        recalibrate,        "RECALIBRATE"},
    {0xFF, 0x0F, 3, FDC_OTHER,        seek,               "SEEK"},
    {0xBF, 0x8F, 3, FDC_OTHER,        relative_seek,      "RELATIVE SEEK"},
    {0xFF, 0x08, 1, FDC_OTHER,        sense_interrupt,    "SENSE INTERRUPT STATUS"},
    {0xFF, 0x04, 2, FDC_OTHER,        sense_drive,        "SENSE DRIVE STATUS"},
    {0xFF, 0x03, 3, FDC_OTHER,        specify,            "SPECIFY"},
    {0xFF, 0x13, 4, FDC_OTHER,        configure,          "CONFIGURE"},
    {0xFF, 0x12, 2, FDC_OTHER,        perpendicular,      "PERPENDICULAR MODE"},
    {0x7F, 0x14, 1, FDC_OTHER,        lock,               "LOCK"},
    {0xFF, 0x10, 1, FDC_OTHER,        version,            "VERSION"},
    {0xFF, 0x0E, 1, FDC_OTHER,        dump_registers,     "DUMPREG"},
    {0x00, 0x00, 1, FDC_OTHER,        invalid,            "invalid"}, /* whatever is left */
};
/* clang-format on */

unsigned fdc_rows(void)
{
    return ARRAY_LEN(rows);
}

enum fdc_operation fdc_operation_of(const struct fdc *f)
{
    return (enum fdc_operation)rows[f->row].operation;
}

void fdc_command_byte(struct fdc *f, uint8_t byte)
{
    if (f->given == 0) {
        f->row = 0;
        while ((byte & rows[f->row].mask) != rows[f->row].value)
            f->row++;
    }
    f->command[f->given++] = byte;
    if (f->given < rows[f->row].length)
        return;
    if (rows[f->row].operation != FDC_OTHER)
        TRACE(f->trace, TRACE_FLOPPY, "drive %u: %s, cylinder %u, side %u, sector %u to %u",
              selected(f), rows[f->row].name, f->command[2], f->command[3], f->command[4],
              f->command[6]);
    rows[f->row].run(f);
}
