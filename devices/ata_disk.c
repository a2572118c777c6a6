/* SPDX-License-Identifier: MIT */
/*
 * ata_disk.c - the commands of an ATA disk (ATA/ATAPI-6, 8; RECALIBRATE, SEEK, INITIALIZE DEVICE
 * PARAMETERS and CHS addresses: ATA-1), and those few that a packet device has as well. A command is one
 * row; every block of data is checked against the end of the medium when it is its turn.
 */
#include "devices/ata_parts.h"

#include "base/block.h"
#include "devices/atapi_parts.h"

#include <string.h>

enum {
    MULTIPLE_MAX = 16, /* sectors in a block of READ and WRITE MULTIPLE */
    CHUNK = ATA_BUFFER / ATA_SECTOR,
    NO_MODE = 0xff,
};

#define NOWHERE ((UINT64_C(1) << 48) - 1) /* an address that no medium has */

/* What a row says of its command. */
enum {
    EXT = 1 << 0,     /* 48-bit address, 16-bit count */
    MULTI = 1 << 1,   /* blocks of SET MULTIPLE MODE's size */
    DMA = 1 << 2,     /* data by DMA */
    PACKET = 1 << 3,  /* a packet device has it too */
    THROUGH = 1 << 4, /* written data are flushed, whatever the write cache is set to */
};

struct command {
    void (*start)(struct ata_drive *d);
    uint8_t flags;
};

static const struct command *row_of(uint8_t code);

/* ---- Addresses ---------------------------------------------------------------------------- */

static bool is_ext(const struct ata_drive *d)
{
    return row_of(d->command)->flags & EXT;
}

static uint32_t low_part(const struct ata_drive *d, unsigned which)
{
    return (uint32_t)d->address[HIGH][which] << 16 | (uint32_t)d->address[MID][which] << 8 |
           d->address[LOW][which];
}

/* What the task file asks for: from where, and how many sectors. A track without that sector is
   beyond every medium. */
static void take_address(struct ata_drive *d)
{
    uint32_t low = low_part(d, 0);
    if (is_ext(d)) {
        d->lba = (uint64_t)low_part(d, 1) << 24 | low;
        d->left = (uint32_t)d->count[1] << 8 | d->count[0];
        d->left = d->left ? d->left : 65536;
        return;
    }
    d->left = d->count[0] ? d->count[0] : 256;
    if (d->device & DEVICE_LBA) {
        d->lba = (uint64_t)(d->device & 0x0f) << 24 | low;
        return;
    }
    uint32_t cylinder = low >> 8, head = d->device & 0x0f, sector = low & 0xff;
    d->lba = sector == 0 || sector > d->track || head >= d->heads
                 ? NOWHERE
                 : ((uint64_t)cylinder * d->heads + head) * d->track + sector - 1;
}

/* The task file shows a sector: the last one that was moved, or the one that could not be. */
static void show_address(struct ata_drive *d, uint64_t lba)
{
    uint32_t low = (uint32_t)lba & 0xffffff;
    if (is_ext(d)) {
        for (unsigned n = 0; n < 3; n++)
            d->address[n][1] = (uint8_t)(lba >> (24 + 8 * n));
    } else if (d->device & DEVICE_LBA) {
        d->device = (uint8_t)((d->device & 0xf0) | (lba >> 24 & 0x0f));
    } else {
        uint32_t tracks = (uint32_t)(lba / d->track), cylinder = tracks / d->heads;
        d->device = (uint8_t)((d->device & 0xf0) | tracks % d->heads);
        low = (cylinder & 0xffff) << 8 | (uint32_t)(lba % d->track + 1);
    }
    for (unsigned n = 0; n < 3; n++)
        d->address[n][0] = (uint8_t)(low >> (8 * n));
}

static void show_count(struct ata_drive *d)
{
    d->count[0] = (uint8_t)d->left;
    d->count[1] = (uint8_t)(d->left >> 8);
}

/* The command ends at d->lba: beyond the medium, or what the medium could not do. */
static void fail_here(struct ata_drive *d, uint8_t error)
{
    bool beyond = d->lba >= d->medium->sectors;
    if (d->lba != NOWHERE) /* else what was written stays */
        show_address(d, d->lba);
    show_count(d);
    ata_end(d, beyond ? ER_IDNF : error);
}

static void passed(struct ata_drive *d, uint32_t n)
{
    d->lba += n;
    d->left -= n;
    d->moved += n;
    show_count(d);
    if (n)
        show_address(d, d->lba - 1);
}

static bool transfer(struct ata_drive *d, bool write, uint32_t skip, uint32_t n)
{
    const struct block *b = d->medium;
    uint8_t *at = d->buf + skip * ATA_SECTOR;
    return write ? b->write(b->ctx, d->lba + skip, n, at) : b->read(b->ctx, d->lba + skip, n, at);
}

/* How many of the next n sectors the medium has, and could read into buf or was given from it. */
static uint32_t transfer_some(struct ata_drive *d, bool write, uint32_t n)
{
    uint64_t sectors = d->medium->sectors;
    uint32_t done = 0;
    if (d->lba >= sectors)
        return 0;
    if (n > sectors - d->lba)
        n = (uint32_t)(sectors - d->lba);
    if (transfer(d, write, 0, n))
        return n;
    while (done < n && transfer(d, write, done, 1))
        done++;
    return done;
}

static bool flush(struct ata_drive *d)
{
    return d->medium->flush(d->medium->ctx);
}

/* ---- Data by PIO -------------------------------------------------------------------------- */

static uint32_t next_block(const struct ata_drive *d)
{
    return d->left < d->block ? d->left : d->block;
}

/* A block goes to the host whole or not at all. */
static void read_block(struct ata_drive *d)
{
    uint32_t n = next_block(d), got = transfer_some(d, false, n);
    if (got < n) {
        d->lba += got;
        d->left -= got;
        fail_here(d, ER_UNC);
        return;
    }
    d->at = 0;
    d->end = n * ATA_SECTOR;
    ata_give(d, d->end);
}

/* The last sector has been written: does it count yet? */
static void end_write(struct ata_drive *d)
{
    bool durable = d->cache && !(row_of(d->command)->flags & THROUGH);
    if (durable || flush(d))
        ata_end(d, 0);
    else
        ata_end(d, ER_ABRT);
}

static void write_block(struct ata_drive *d)
{
    uint32_t n = d->end / ATA_SECTOR, done = transfer_some(d, true, n);
    passed(d, done);
    if (done < n) {
        fail_here(d, ER_ABRT);
    } else if (d->left) {
        ata_take(d, next_block(d) * ATA_SECTOR);
        ata_raise(d, true);
    } else {
        end_write(d);
    }
}

void ata_disk_moved(struct ata_drive *d)
{
    if (d->flow == ATA_FLOW_READ) {
        passed(d, d->end / ATA_SECTOR);
        d->at = d->stop = d->end = 0;
        if (d->left) {
            ata_busy(d, ATA_WORKING, ATA_BLOCK_US * 1000);
            return;
        }
    } else if (d->flow == ATA_FLOW_WRITE) {
        ata_busy(d, ATA_WORKING, ATA_BLOCK_US * 1000);
        return;
    } else if (d->flow == ATA_FLOW_BUFFER) {
        ata_end(d, 0);
        return;
    }
    d->phase = ATA_IDLE;
    d->status = ST_DRDY | ST_DSC;
}

void ata_disk_work(struct ata_drive *d)
{
    if (d->flow == ATA_FLOW_READ)
        read_block(d);
    else
        write_block(d);
}

/* ---- Data by DMA -------------------------------------------------------------------------- */

static bool dma_read_chunk(struct ata_drive *d)
{
    if (d->at == d->end) {
        uint32_t got = transfer_some(d, false, d->left < CHUNK ? d->left : CHUNK);
        if (!got) {
            fail_here(d, ER_UNC);
            return false;
        }
        d->at = 0;
        d->end = d->stop = got * ATA_SECTOR;
    }
    if (!ata_dma_move(d, true))
        return false;
    passed(d, d->end / ATA_SECTOR);
    d->at = d->stop = d->end = 0;
    return true;
}

static bool dma_write_chunk(struct ata_drive *d)
{
    if (d->at == d->end) {
        d->at = 0;
        d->end = d->stop = (d->left < CHUNK ? d->left : CHUNK) * ATA_SECTOR;
    }
    if (!ata_dma_move(d, false))
        return false;
    uint32_t n = d->end / ATA_SECTOR, done = transfer_some(d, true, n);
    passed(d, done);
    d->at = d->stop = d->end = 0;
    if (done < n)
        fail_here(d, ER_ABRT);
    return done == n;
}

void ata_disk_dma(struct ata_drive *d)
{
    bool reads = d->flow == ATA_FLOW_READ;
    while (d->left) {
        if (!(reads ? dma_read_chunk(d) : dma_write_chunk(d)))
            return;
    }
    if (reads)
        ata_end(d, 0);
    else
        end_write(d);
}

/* ---- The commands ------------------------------------------------------------------------- */

/* False: aborted. */
static bool begin_transfer(struct ata_drive *d, enum ata_flow flow)
{
    uint8_t flags = row_of(d->command)->flags;
    d->flow = flow;
    d->dma = flags & DMA;
    d->at = d->stop = d->end = 0;
    d->block = flags & MULTI ? d->multiple : 1;
    if (!d->block || (d->dma && d->mwdma == NO_MODE && d->udma == NO_MODE)) {
        d->block = 1;
        ata_end(d, ER_ABRT);
        return false;
    }
    take_address(d);
    return true;
}

static void read_sectors(struct ata_drive *d)
{
    if (!begin_transfer(d, ATA_FLOW_READ))
        return;
    if (d->dma)
        ata_dma_ready(d);
    else
        read_block(d);
}

static void write_sectors(struct ata_drive *d)
{
    if (!begin_transfer(d, ATA_FLOW_WRITE))
        return;
    if (d->medium->read_only)
        ata_end(d, ER_WP | ER_ABRT);
    else if (d->lba >= d->medium->sectors)
        fail_here(d, ER_IDNF);
    else if (d->dma)
        ata_dma_ready(d);
    else
        ata_take(d, next_block(d) * ATA_SECTOR);
}

/* Reads without telling. */
static void verify_sectors(struct ata_drive *d)
{
    if (!begin_transfer(d, ATA_FLOW_READ))
        return;
    while (d->left) {
        uint32_t got = transfer_some(d, false, d->left < CHUNK ? d->left : CHUNK);
        if (!got) {
            fail_here(d, ER_UNC);
            return;
        }
        passed(d, got);
    }
    ata_end(d, 0);
}

static void seek(struct ata_drive *d)
{
    d->flow = ATA_FLOW_READ;
    take_address(d);
    d->left = 0;
    if (d->lba >= d->medium->sectors)
        fail_here(d, ER_IDNF);
    else
        ata_end(d, 0);
}

static void recalibrate(struct ata_drive *d)
{
    d->address[MID][0] = d->address[HIGH][0] = 0;
    ata_end(d, 0);
}

/* The geometry of CHS addresses from now on: heads from the device register, sectors from the count. */
static void set_geometry(struct ata_drive *d)
{
    if (!d->count[0]) {
        ata_end(d, ER_ABRT);
        return;
    }
    d->heads = (uint8_t)((d->device & 0x0f) + 1);
    d->track = d->count[0];
    ata_end(d, 0);
}

static void set_multiple(struct ata_drive *d)
{
    uint8_t n = d->count[0];
    if (n > MULTIPLE_MAX || (n & (n - 1))) {
        d->multiple = 0;
        ata_end(d, ER_ABRT);
        return;
    }
    d->multiple = n;
    ata_end(d, 0);
}

/* SET FEATURES 03h: the count register is a mode of transfer, kind in the upper five bits. */
static bool set_mode(struct ata_drive *d)
{
    uint8_t kind = d->count[0] >> 3, mode = d->count[0] & 7;
    switch (kind) {
    case 0: /* default PIO, 1: without IORDY */
        if (mode > 1)
            return false;
        d->pio = 0;
        return true;
    case 1:
        if (mode > 4)
            return false;
        d->pio = mode;
        return true;
    case 4:
        if (mode > 2)
            return false;
        d->mwdma = mode;
        d->udma = NO_MODE;
        return true;
    case 8:
        if (mode > 5)
            return false;
        d->udma = mode;
        d->mwdma = NO_MODE;
        return true;
    default: return false;
    }
}

static void set_features(struct ata_drive *d)
{
    bool disk = d->kind == ATA_DISK, good = true;
    switch (d->feature[0]) {
    case 0x02:
        good = disk;
        d->cache = true;
        break;
    case 0x82:
        good = disk && flush(d); /* what was promised before is kept */
        d->cache = !good && d->cache;
        break;
    case 0x03: good = set_mode(d); break;
    case 0x55: /* read look-ahead: there is none to be seen */
    case 0xaa: good = disk; break;
    case 0x66: /* settings that survive SRST: all of them do */
    case 0xcc: break;
    default: good = false; break;
    }
    ata_end(d, good ? 0 : ER_ABRT);
}

static void flush_cache(struct ata_drive *d)
{
    ata_end(d, flush(d) ? 0 : ER_ABRT);
}

static void idle(struct ata_drive *d)
{
    ata_end(d, 0);
}

static void stand_by(struct ata_drive *d)
{
    bool good = d->kind != ATA_DISK || flush(d);
    d->standby = good;
    ata_end(d, good ? 0 : ER_ABRT);
}

static void check_power(struct ata_drive *d)
{
    d->count[0] = d->standby ? 0x00 : 0xff;
    ata_end(d, 0);
}

static void native_max(struct ata_drive *d)
{
    uint64_t last = d->medium->sectors - 1;
    if (!is_ext(d)) {
        if (!(d->device & DEVICE_LBA)) {
            ata_end(d, ER_ABRT);
            return;
        }
        last = last < 0x0fffffff ? last : 0x0fffffff;
    }
    show_address(d, last);
    ata_end(d, 0);
}

static void reply(struct ata_drive *d)
{
    d->flow = ATA_FLOW_REPLY;
    d->at = 0;
    d->end = ATA_SECTOR;
    ata_give(d, ATA_SECTOR);
}

static void identify(struct ata_drive *d)
{
    if (d->kind == ATA_CDROM) { /* says what it is, and that this is not its command */
        ata_signature(d);
        ata_end(d, ER_ABRT);
        return;
    }
    ata_identify(d);
    reply(d);
}

static void identify_packet(struct ata_drive *d)
{
    if (d->kind != ATA_CDROM) {
        ata_end(d, ER_ABRT);
        return;
    }
    ata_identify(d);
    reply(d);
}

static void write_buffer(struct ata_drive *d)
{
    d->flow = ATA_FLOW_BUFFER;
    ata_take(d, ATA_SECTOR);
}

/* clang-format off */
static const struct command commands[256] = {
    [0x20] = {read_sectors,    0},
    [0x21] = {read_sectors,    0},
    [0x24] = {read_sectors,    EXT},
    [0x25] = {read_sectors,    EXT | DMA},
    [0x27] = {native_max,      EXT},
    [0x29] = {read_sectors,    EXT | MULTI},
    [0x30] = {write_sectors,   0},
    [0x31] = {write_sectors,   0},
    [0x34] = {write_sectors,   EXT},
    [0x35] = {write_sectors,   EXT | DMA},
    [0x39] = {write_sectors,   EXT | MULTI},
    [0x3c] = {write_sectors,   0},                        /* WRITE VERIFY */
    [0x3d] = {write_sectors,   EXT | DMA | THROUGH},  /* FUA */
    [0x40] = {verify_sectors,  0},
    [0x41] = {verify_sectors,  0},
    [0x42] = {verify_sectors,  EXT},
    [0x91] = {set_geometry,    0},
    [0x94] = {stand_by,        PACKET},
    [0x95] = {idle,            PACKET},
    [0x96] = {stand_by,        PACKET},
    [0x97] = {idle,            PACKET},
    [0x98] = {check_power,     PACKET},
    [0x99] = {stand_by,        PACKET},                          /* SLEEP */
    [0xa1] = {identify_packet, PACKET},
    [0xc4] = {read_sectors,    MULTI},
    [0xc5] = {write_sectors,   MULTI},
    [0xc6] = {set_multiple,    0},
    [0xc8] = {read_sectors,    DMA},
    [0xc9] = {read_sectors,    DMA},
    [0xca] = {write_sectors,   DMA},
    [0xcb] = {write_sectors,   DMA},
    [0xce] = {write_sectors,   EXT | MULTI | THROUGH}, /* FUA */
    [0xe0] = {stand_by,        PACKET},
    [0xe1] = {idle,            PACKET},
    [0xe2] = {stand_by,        PACKET},
    [0xe3] = {idle,            PACKET},
    [0xe4] = {reply,           0},                               /* READ BUFFER */
    [0xe5] = {check_power,     PACKET},
    [0xe6] = {stand_by,        PACKET},                          /* SLEEP */
    [0xe7] = {flush_cache,     0},
    [0xe8] = {write_buffer,    0},
    [0xea] = {flush_cache,     0},
    [0xec] = {identify,        PACKET},
    [0xef] = {set_features,    PACKET},
    [0xf8] = {native_max,      0},
};
/* clang-format on */

static const struct command recalibrate_row = {recalibrate, 0}, seek_row = {seek, 0};

static const struct command *row_of(uint8_t code)
{
    if ((code & 0xf0) == 0x10)
        return &recalibrate_row;
    if ((code & 0xf0) == 0x70)
        return &seek_row;
    return &commands[code];
}

bool ata_takes_data(uint8_t command)
{
    const struct command *c = row_of(command);
    return c->start == write_buffer || (c->start == write_sectors && !(c->flags & DMA));
}

void ata_command(struct ata_drive *d)
{
    const struct command *c = row_of(d->command);
    if (!c->start || (d->kind == ATA_CDROM && !(c->flags & PACKET))) {
        ata_end(d, ER_ABRT);
        return;
    }
    if (c->start != check_power)
        d->standby = false;
    c->start(d);
}

void ata_defaults(struct ata_drive *d)
{
    struct ata_geometry g = ata_geometry(d->medium ? d->medium->sectors : 1);
    d->heads = g.heads;
    d->track = g.track;
    d->multiple = MULTIPLE_MAX;
    d->block = 1;
    d->pio = 4;
    d->mwdma = 2;
    d->udma = NO_MODE;
    d->form = FORM_DATA;
    d->cache = true;
    d->standby = d->locked = false;
}
