/* SPDX-License-Identifier: MIT */
/*
 * fdc_transfer.c - the commands of the floppy controller that read or write the disk. Source: Intel
 * 82077AA data sheet, "Data transfer commands", "Result phase" tables.
 *
 *     begin -> (step: a sector passes the heads) ... -> the result phase
 *
 * A step is an event at the end of the sector's time: its data moves at once, by DMA or, without
 * it, as the processor takes or gives the bytes; then the next sector is looked for.
 */
#include "base/trace.h"
#include "devices/fdc_parts.h"

#include <string.h>

enum {
    SECTOR_CODE = 2,       /* N of 512 bytes */
    BYTES_ON_TRACK = 576,  /* that a sector takes, with its ID and gaps */
    TURNS_HZ = 5,          /* 300 a minute */
    TURNS_OF_A_SEARCH = 2, /* then the chip gives up */
    VERIFY_COUNT = 0x80,   /* EC, in the second byte of VERIFY */
    SCAN_ANY = 0xFF,
};

static struct fdc_drive *drive_of(struct fdc *f)
{
    return &f->drive[f->command[1] & 3];
}

static enum fdc_operation is(const struct fdc *f)
{
    return fdc_operation_of(f);
}

static bool writes(const struct fdc *f)
{
    return is(f) == FDC_WRITE || is(f) == FDC_FORMAT_TRACK;
}

static bool scans(const struct fdc *f)
{
    return is(f) >= FDC_SCAN_EQUAL;
}

bool fdc_transfer_to_host(const struct fdc *f)
{
    return !writes(f) && !scans(f);
}

/* ---- The end ----------------------------------------------------------------------------- */

static void finish(struct fdc *f)
{
    struct fdc_transfer *t = &f->transfer;
    uint8_t st0 = (uint8_t)(t->st0 | (t->head ? ST0_HEAD : 0) | (f->command[1] & 3));
    const uint8_t result[7] = {st0, t->st1, t->st2, t->c, t->h, t->r, t->n};
    t->at = t->length = 0;
    if (t->st0 & ST0_ABNORMAL)
        TRACE(f->trace, TRACE_FLOPPY, "drive %u: ended with ST0 %02x ST1 %02x ST2 %02x",
              f->command[1] & 3u, st0, t->st1, t->st2);
    fdc_give(f, result, sizeof result, true);
}

static void fail(struct fdc *f, uint8_t st1, uint8_t st2)
{
    f->transfer.st0 |= ST0_ABNORMAL;
    f->transfer.st1 |= st1;
    f->transfer.st2 |= st2;
    finish(f);
}

/* What is looked for does not come by: the chip waits for the index hole twice. */
static void give_up(struct fdc *f, uint8_t st1, uint8_t st2)
{
    struct fdc_transfer *t = &f->transfer;
    t->st0 |= ST0_ABNORMAL;
    t->st1 |= st1;
    t->st2 |= st2;
    t->ending = true;
    clock_arm(f->clock, &f->step,
              f->clock->now + clock_periods(TURNS_OF_A_SEARCH, TURNS_HZ * FDC_FASTER));
}

static void next_step(struct fdc *f, uint64_t delay)
{
    static const uint32_t bytes_a_second[] = {62500, 37500, 31250, 125000, 62500};
    f->transfer.at = f->transfer.length = 0;
    delay += clock_periods(BYTES_ON_TRACK, bytes_a_second[f->rate] * FDC_FASTER);
    clock_arm(f->clock, &f->step, f->clock->now + delay);
}

/* The index hole comes by. If it does not, the chip waits for it until it is reset; here it finds nothing,
   as on QEMU: SeaBIOS counts on it for ten seconds otherwise, with a drive that is empty. */
static bool turns(struct fdc *f)
{
    const struct fdc_drive *d = drive_of(f);
    unsigned n = f->command[1] & 3;
    if (d->kind != FDC_NONE && d->medium && fdc_motor_on(f, n))
        return true;
    f->transfer.at = f->transfer.length = 0;
    give_up(f, ST1_MISSING_MARK, 0);
    TRACE(f->trace, TRACE_FLOPPY, "drive %u: %s: no index hole comes by", n,
          d->kind == FDC_NONE ? "not there"
          : d->medium         ? "motor off"
                              : "no medium");
    return false;
}

/* ---- Finding ----------------------------------------------------------------------------- */

/* The medium's data rate, as CCR has it, in this drive: a drive of 1.2 MB turns faster. */
static unsigned rate_of(const struct fdc_drive *d)
{
    switch (d->format.drive) {
    case FDC_360K: return d->kind == FDC_1200K ? 1 : 2;
    case FDC_720K: return 2;
    case FDC_2880K: return 3;
    default: return 0;
    }
}

static bool fits(const struct fdc_drive *d)
{
    unsigned medium = d->format.drive;
    if (d->kind == FDC_360K || d->kind == FDC_1200K)
        return medium == FDC_360K || (medium == FDC_1200K && d->kind == FDC_1200K);
    return medium != FDC_360K && medium != FDC_1200K &&
           (medium == FDC_720K || medium <= (unsigned)d->kind);
}

/* The medium's cylinder under the heads; none (255) between two tracks or past the last one. */
static unsigned cylinder_of(const struct fdc_drive *d)
{
    unsigned at = d->cylinder;
    if (d->kind == FDC_1200K && d->format.drive == FDC_360K) { /* twice as far apart */
        if (at & 1)
            return 255;
        at /= 2;
    }
    return at < d->format.cylinders ? at : 255;
}

/* Address marks can be made out on this track. */
static bool readable(const struct fdc *f, const struct fdc_drive *d)
{
    return (f->command[0] & COMMAND_MFM) && fits(d) &&
           (f->rate == rate_of(d) || f->rate == FDC_ANY_RATE) && cylinder_of(d) != 255 &&
           f->transfer.head < d->format.heads;
}

/* Looks for the sector; true: `*lba` is it. Otherwise the search has been given up. */
static bool find(struct fdc *f, uint32_t *lba)
{
    struct fdc_drive *d = drive_of(f);
    struct fdc_transfer *t = &f->transfer;
    unsigned cylinder = cylinder_of(d), sector = t->r;
    if (!readable(f, d)) {
        give_up(f, ST1_MISSING_MARK, 0);
        return false;
    }
    if (is(f) == FDC_READ_TRACK) { /* whatever comes by; what was asked for is only compared */
        sector = t->left + 1u;
        if (t->c != cylinder || t->h != t->head || t->r != sector || t->n != SECTOR_CODE)
            t->st1 |= ST1_NO_DATA;
    } else if (t->c != cylinder) {
        give_up(f, ST1_NO_DATA, ST2_WRONG_CYLINDER);
        return false;
    } else if (t->h != t->head || t->n != SECTOR_CODE) {
        sector = 0;
    }
    if (sector == 0 || sector > d->format.per_track) {
        give_up(f, ST1_NO_DATA, 0);
        return false;
    }
    *lba = (cylinder * d->format.heads + t->head) * d->format.per_track + sector - 1;
    return true;
}

/* ---- The medium -------------------------------------------------------------------------- */

/* Beyond the end of an image that is smaller than its disk there are zeroes. */
static bool read_sector(struct fdc_drive *d, uint32_t lba, uint8_t *data)
{
    if (lba < d->medium->sectors)
        return d->medium->read(d->medium->ctx, lba, 1, data);
    memset(data, 0, BLOCK_SECTOR);
    return true;
}

static bool write_sector(struct fdc_drive *d, uint32_t lba, const uint8_t *data)
{
    d->unflushed = true;
    return lba < d->medium->sectors && d->medium->write(d->medium->ctx, lba, 1, data);
}

/* ---- From sector to sector --------------------------------------------------------------- */

/* The ID after the one that was done, as the result phase gives it. */
static void advance_id(struct fdc *f)
{
    struct fdc_transfer *t = &f->transfer;
    bool both = f->command[0] & COMMAND_MT && is(f) != FDC_READ_TRACK;
    if (t->r != t->eot) {
        t->r++;
        return;
    }
    t->r = 1;
    if (!both || t->head)
        t->c++;
    if (both) {
        t->h ^= 1;
        t->head ^= 1;
    }
}

/* A sector is done. `tc`: no more are wanted. */
static void sector_done(struct fdc *f, bool tc)
{
    struct fdc_transfer *t = &f->transfer;
    bool both = f->command[0] & COMMAND_MT && is(f) != FDC_READ_TRACK;
    bool last = is(f) == FDC_READ_TRACK ? ++t->left == t->eot : t->r == t->eot;
    bool end = last && (!both || t->head);
    uint8_t side = t->head;
    if (is(f) == FDC_READ_TRACK && last)
        t->r = t->eot;
    advance_id(f);
    if (end || tc)
        t->head = side; /* ST0 tells where the heads were */
    if (tc)
        finish(f);
    else if (end)
        fail(f, ST1_END_OF_CYLINDER, 0);
    else
        next_step(f, 0);
}

/* VERIFY has no TC: it ends after as many sectors as it was told, or at EOT. */
static void verified(struct fdc *f)
{
    struct fdc_transfer *t = &f->transfer;
    bool counts = f->command[1] & VERIFY_COUNT;
    bool both = f->command[0] & COMMAND_MT;
    bool end = t->r == t->eot && (!both || t->head);
    sector_done(f, counts ? --t->left == 0 : end);
}

static bool condition(enum fdc_operation scan, uint8_t disk, uint8_t host)
{
    if (disk == SCAN_ANY || host == SCAN_ANY)
        return true;
    switch (scan) {
    case FDC_SCAN_LOW: return disk <= host;
    case FDC_SCAN_HIGH: return disk >= host;
    default: return disk == host;
    }
}

/* t->data is what the processor compares the sector with. */
static void scanned(struct fdc *f, bool tc)
{
    struct fdc_transfer *t = &f->transfer;
    struct fdc_drive *d = drive_of(f);
    uint8_t disk[BLOCK_SECTOR];
    uint32_t lba;
    bool hit = true, equal = true;
    if (!find(f, &lba))
        return;
    if (!read_sector(d, lba, disk)) {
        fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
        return;
    }
    for (unsigned i = 0; i < BLOCK_SECTOR; i++) {
        hit = hit && condition(is(f), disk[i], t->data[i]);
        equal = equal && condition(FDC_SCAN_EQUAL, disk[i], t->data[i]);
    }
    t->st2 = (uint8_t)(hit ? equal ? ST2_SCAN_HIT : 0 : ST2_SCAN_NOT_SATISFIED);
    bool both = f->command[0] & COMMAND_MT;
    bool last = t->r == t->eot && (!both || t->head);
    if (f->command[8] == 2 && t->r < t->eot) /* STP: every other sector */
        t->r++;
    sector_done(f, hit || tc || last);
}

/* ---- FORMAT TRACK ------------------------------------------------------------------------ */

/* An ID and its sector's filler; an ID that the image has no place for is not kept. */
static void format_id(struct fdc *f, bool tc)
{
    struct fdc_transfer *t = &f->transfer;
    struct fdc_drive *d = drive_of(f);
    unsigned cylinder = cylinder_of(d);
    uint8_t c = t->data[0], h = t->data[1], r = t->data[2], n = t->data[3], filler = f->command[5];
    bool ok = true;
    if (readable(f, d) && c == cylinder && h == t->head && r >= 1 && r <= d->format.per_track &&
        n == SECTOR_CODE) {
        uint8_t sector[BLOCK_SECTOR];
        memset(sector, filler, sizeof sector);
        ok = write_sector(d, (cylinder * d->format.heads + h) * d->format.per_track + r - 1u,
                          sector);
    } else {
        TRACE(f->trace, TRACE_FLOPPY,
              "FORMAT: no place for cylinder %u, side %u, sector %u, size %u", c, h, r,
              128u << (n & 7));
    }
    t->c = c;
    t->h = h;
    t->r = r;
    t->n = n;
    if (!ok)
        fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
    else if (--t->left == 0 || tc)
        finish(f);
    else
        next_step(f, 0);
}

/* ---- Data -------------------------------------------------------------------------------- */

static bool without_dma(const struct fdc *f)
{
    return f->specify[1] & 1;
}

/* What a sector or an ID takes of the host's data. */
static uint16_t piece(const struct fdc *f)
{
    return is(f) == FDC_FORMAT_TRACK ? 4 : BLOCK_SECTOR;
}

/* The data phase of this sector is over. */
static void piece_done(struct fdc *f, bool tc)
{
    struct fdc_transfer *t = &f->transfer;
    uint32_t lba;
    if (!turns(f)) /* the medium was taken out meanwhile */
        return;
    switch (is(f)) {
    case FDC_FORMAT_TRACK: format_id(f, tc); break;
    case FDC_WRITE:
        if (!find(f, &lba))
            break;
        if (write_sector(drive_of(f), lba, t->data))
            sector_done(f, tc);
        else
            fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
        break;
    case FDC_SCAN_EQUAL:
    case FDC_SCAN_LOW:
    case FDC_SCAN_HIGH: scanned(f, tc); break;
    case FDC_READ_DELETED:
        t->st2 |= ST2_CONTROL_MARK; /* none of an image's sectors is deleted */
        finish(f);
        break;
    default: sector_done(f, tc);
    }
}

static void exchange(struct fdc *f)
{
    struct fdc_transfer *t = &f->transfer;
    bool to_host = fdc_transfer_to_host(f), tc = false;
    uint16_t want = piece(f);
    size_t moved = 0;
    if (without_dma(f)) {
        t->at = 0;
        t->length = want;
        fdc_set_pending(f, true);
        return;
    }
    if (f->dor & DOR_DMAGATE)
        moved = f->dma.transfer(f->dma.ctx, to_host, t->data, want, &tc);
    if (moved < want && !tc) {
        fail(f, ST1_OVERRUN, 0); /* nobody took, or gave, the bytes in time */
        return;
    }
    if (!to_host) /* what TC cuts off is zeroes; a scan's, whatever */
        memset(t->data + moved, scans(f) ? SCAN_ANY : 0, want - moved);
    piece_done(f, tc);
}

uint8_t fdc_transfer_take(struct fdc *f)
{
    struct fdc_transfer *t = &f->transfer;
    uint8_t byte = t->data[t->at++];
    if (t->at == t->length)
        piece_done(f, false);
    return byte;
}

void fdc_transfer_put(struct fdc *f, uint8_t byte)
{
    struct fdc_transfer *t = &f->transfer;
    t->data[t->at++] = byte;
    if (t->at == t->length)
        piece_done(f, false);
}

/* ---- Begin and step ---------------------------------------------------------------------- */

/* The ID that comes by: the disk turns all the time. */
static void read_id(struct fdc *f)
{
    const struct fdc_drive *d = drive_of(f);
    struct fdc_transfer *t = &f->transfer;
    if (!readable(f, d)) {
        give_up(f, ST1_MISSING_MARK, 0);
        return;
    }
    uint32_t sectors_hz = TURNS_HZ * FDC_FASTER * d->format.per_track;
    t->c = (uint8_t)cylinder_of(d);
    t->h = t->head;
    t->r = (uint8_t)(clock_count(f->clock->now, sectors_hz) % d->format.per_track + 1);
    t->n = SECTOR_CODE;
    finish(f);
}

static void read_next(struct fdc *f)
{
    struct fdc_transfer *t = &f->transfer;
    uint32_t lba;
    if (!find(f, &lba))
        return;
    if (is(f) == FDC_READ_DELETED && (f->command[0] & COMMAND_SK)) {
        t->st2 |= ST2_CONTROL_MARK; /* not deleted: skipped */
        sector_done(f, false);
        return;
    }
    if (!read_sector(drive_of(f), lba, t->data))
        fail(f, ST1_DATA_ERROR, ST2_DATA_ERROR);
    else if (is(f) == FDC_VERIFY)
        verified(f);
    else
        exchange(f);
}

void fdc_transfer_step(struct fdc *f)
{
    uint32_t lba;
    if (f->phase != FDC_EXECUTION)
        return;
    if (f->transfer.ending) {
        finish(f);
        return;
    }
    if (!turns(f))
        return;
    if (writes(f) && drive_of(f)->medium->read_only)
        fail(f, ST1_NOT_WRITABLE, 0);
    else if (is(f) == FDC_READ_ID)
        read_id(f);
    else if (is(f) == FDC_FORMAT_TRACK)
        exchange(f);
    else if (fdc_transfer_to_host(f))
        read_next(f);
    else if (find(f, &lba)) /* before data is asked for; the place is found again with it */
        exchange(f);
}

/* CONFIGURE's implied seek: the heads go to the cylinder of the command first. Until the guest
   has given it or SEEK they do so anyway: Bochs's BIOS knows neither. */
static uint64_t implied_seek(struct fdc *f, uint8_t cylinder)
{
    struct fdc_drive *d = drive_of(f);
    int steps = cylinder - d->pcn;
    if (f->configure & CONFIGURE_IMPLIED_SEEK)
        f->transfer.st0 |= ST0_SEEK_END;
    else if (f->seeks)
        return 0;
    else if (steps)
        TRACE(f->trace, TRACE_FLOPPY, "no SEEK to cylinder %u: an 82077AA would not find it",
              cylinder);
    if (d->kind != FDC_NONE)
        fdc_move_heads(d, steps);
    d->pcn = cylinder;
    return steps ? fdc_step_time(f, (unsigned)(steps < 0 ? -steps : steps)) : 0;
}

void fdc_transfer_begin(struct fdc *f)
{
    const uint8_t *c = f->command;
    struct fdc_transfer *t = &f->transfer;
    uint64_t delay = 0;
    *t = (struct fdc_transfer){.head = c[1] & ST0_HEAD ? 1 : 0};
    f->phase = FDC_EXECUTION;
    if (is(f) == FDC_FORMAT_TRACK) {
        t->n = c[2];
        t->left = t->eot = c[3];
    } else if (is(f) != FDC_READ_ID) {
        t->c = c[2];
        t->h = c[3];
        t->r = c[4];
        t->n = c[5];
        t->eot = c[6];
        t->left = is(f) == FDC_VERIFY ? c[8] : 0;
        delay = implied_seek(f, c[2]);
    }
    next_step(f, delay);
}
