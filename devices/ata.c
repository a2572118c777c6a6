/* SPDX-License-Identifier: MIT */
/*
 * ata.c - the cable: task file, selection, status and interrupts, resets, the data port and the flow
 * of data in time. What a command does is in ata_disk.c and atapi.c.
 */
#include "devices/ata.h"

#include "base/block.h"
#include "base/out.h"
#include "base/snap.h"
#include "base/trace.h"
#include "devices/atapi_parts.h"
#include "mmu/bus.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    CONTROL_NIEN = 0x02,
    CONTROL_SRST = 0x04,
    CONTROL_HOB = 0x80,
    COMMAND_DEVICE_RESET = 0x08,
    COMMAND_DIAGNOSTIC = 0x90,
    COMMAND_PACKET = 0xa0,
    FLOATING = 0x7f, /* nobody drives the bus; DD7 is pulled down */
};

/* ---- Interrupts and time ------------------------------------------------------------------ */

static void update(struct ata *a)
{
    bool level = a->drive[a->selected].intrq && !(a->control & CONTROL_NIEN);
    if (level == a->level)
        return;
    a->level = level;
    irq_set(&a->irq, level);
}

void ata_raise(struct ata_drive *d, bool intrq)
{
    d->intrq = intrq;
    update(d->channel);
}

static uint64_t nanoseconds(uint64_t n)
{
    return clock_periods(n, 1000000000);
}

void ata_busy(struct ata_drive *d, enum ata_phase phase, uint64_t ns)
{
    struct clock *k = d->channel->clock;
    d->phase = phase;
    d->status = ST_BSY;
    clock_arm(k, &d->work, k->now + nanoseconds(ns));
}

void ata_end(struct ata_drive *d, uint8_t error)
{
    d->phase = ATA_IDLE;
    d->error = error;
    d->status = (uint8_t)(ST_DRDY | ST_DSC | (error ? ST_ERR : 0));
    if (error)
        TRACE(d->channel->trace, TRACE_DISK, "%s.%u: command %02x fails, error %02x",
              d->channel->name, d->unit, d->command, error);
    ata_raise(d, true);
}

void ata_give(struct ata_drive *d, uint32_t n)
{
    d->phase = ATA_GIVING;
    d->stop = d->at + n;
    d->status = ST_DRDY | ST_DSC | ST_DRQ;
    ata_raise(d, true);
}

void ata_take(struct ata_drive *d, uint32_t n)
{
    d->phase = ATA_TAKING;
    d->at = 0;
    d->end = d->stop = n;
    d->status = ST_DRDY | ST_DSC | ST_DRQ;
}

/* ---- DMA ---------------------------------------------------------------------------------- */

/* How long the data of the command take, or what the drive moves of it in one go. */
static uint64_t dma_time(const struct ata_drive *d)
{
    uint64_t sectors = d->kind == ATA_CDROM ? d->left * UINT64_C(4) : d->left;
    return (sectors ? sectors : 1) * ATA_DMA_SECTOR_NS;
}

static bool engine_runs(const struct ata_drive *d)
{
    const struct ata_dma *e = &d->channel->dma;
    return e->running && e->running(e->ctx);
}

void ata_dma_ready(struct ata_drive *d)
{
    if (engine_runs(d)) {
        ata_busy(d, ATA_DMA_MOVE, dma_time(d));
    } else {
        d->phase = ATA_DMA_WAIT;
        d->status = ST_DRDY | ST_DSC | ST_DRQ;
    }
}

void ata_dma_started(struct ata *a)
{
    struct ata_drive *d = &a->drive[a->selected];
    if (d->phase == ATA_DMA_WAIT)
        ata_dma_ready(d);
}

bool ata_dma_move(struct ata_drive *d, bool to_memory)
{
    const struct ata_dma *e = &d->channel->dma;
    d->at += e->move(e->ctx, d->buf + d->at, d->end - d->at, to_memory);
    if (d->at == d->end)
        return true;
    d->phase = ATA_DMA_WAIT;
    d->status = ST_DRDY | ST_DSC | ST_DRQ;
    return false;
}

/* ---- Resets ------------------------------------------------------------------------------- */

void ata_signature(struct ata_drive *d)
{
    bool packet = d->kind == ATA_CDROM;
    d->count[0] = d->address[LOW][0] = 1;
    d->address[MID][0] = packet ? 0x14 : 0;
    d->address[HIGH][0] = packet ? 0xeb : 0;
    d->device = 0;
    d->phase = ATA_IDLE;
    d->error = 1; /* the diagnostic found nothing */
    /* A packet device is not ready in ATA's sense before its first packet command (SFF-8020i, 5.4). */
    d->status = d->kind == ATA_NONE ? 0 : packet ? 0 : ST_DRDY | ST_DSC;
}

/* All that is under way is forgotten. */
static void drop_command(struct ata_drive *d)
{
    clock_disarm(d->channel->clock, &d->work);
    d->at = d->end = d->stop = 0;
    d->left = 0;
    d->intrq = false;
    d->dma = false;
    d->phase = ATA_IDLE;
}

static void begin_reset(struct ata *a)
{
    for (unsigned n = 0; n < 2; n++) {
        struct ata_drive *d = &a->drive[n];
        drop_command(d);
        d->phase = ATA_RESET;
        d->status = ST_BSY;
    }
    update(a);
}

static void end_reset(struct ata *a, uint64_t ns)
{
    for (unsigned n = 0; n < 2; n++) {
        if (a->drive[n].kind != ATA_NONE)
            ata_busy(&a->drive[n], ATA_RESET, ns);
        else
            ata_signature(&a->drive[n]);
    }
    a->selected = 0;
    update(a);
}

void ata_reset(struct ata *a)
{
    a->control = 0;
    begin_reset(a);
    for (unsigned n = 0; n < 2; n++) {
        ata_defaults(&a->drive[n]);
        ata_signature(&a->drive[n]); /* firmware takes longer than this takes */
    }
    a->selected = 0;
    update(a);
}

/* 90h: both drives work, drive 0 reports. */
static void diagnose(struct ata *a)
{
    for (unsigned n = 0; n < 2; n++) {
        drop_command(&a->drive[n]);
        ata_signature(&a->drive[n]);
    }
    a->selected = 0;
    ata_raise(&a->drive[a->drive[0].kind == ATA_NONE], true);
}

/* ---- The drive goes on -------------------------------------------------------------------- */

static bool is_packet(const struct ata_drive *d)
{
    return d->flow == ATA_FLOW_PACKET || d->flow == ATA_FLOW_ANSWER || d->flow == ATA_FLOW_SECTORS;
}

static void work(void *drive)
{
    struct ata_drive *d = drive;
    switch (d->phase) {
    case ATA_RESET: ata_signature(d); break;
    case ATA_STARTING:
        d->error = 0;
        if (d->command == COMMAND_DIAGNOSTIC)
            diagnose(d->channel);
        else
            ata_command(d);
        break;
    case ATA_WORKING:
        if (is_packet(d))
            atapi_work(d);
        else
            ata_disk_work(d);
        break;
    case ATA_DMA_MOVE:
        if (!engine_runs(d))
            ata_dma_ready(d); /* stopped meanwhile */
        else if (is_packet(d))
            atapi_dma(d);
        else
            ata_disk_dma(d);
        break;
    case ATA_IDLE:
    case ATA_GIVING:
    case ATA_TAKING:
    case ATA_DMA_WAIT:
    case ATA_PHASES: break;
    }
}

/* The host has moved the last word of a block. */
static void block_moved(struct ata_drive *d)
{
    if (is_packet(d))
        atapi_moved(d);
    else
        ata_disk_moved(d);
}

/* ---- Registers ---------------------------------------------------------------------------- */

static void write_command(struct ata *a, uint8_t value)
{
    struct ata_drive *d = &a->drive[a->selected];
    if (value == COMMAND_DIAGNOSTIC)
        d = &a->drive[a->drive[0].kind == ATA_NONE]; /* whichever is selected, drive 0 leads */
    if (d->kind == ATA_NONE)
        return;
    if (value == COMMAND_DEVICE_RESET && d->kind == ATA_CDROM) {
        drop_command(d);
        ata_busy(d, ATA_RESET, ATA_RESET_US * 1000);
        update(a);
        return;
    }
    if (d->status & (ST_BSY | ST_DRQ))
        return;
    TRACE(a->trace, TRACE_DISK,
          "%s.%u: command %02x features %02x count %02x address %02x%02x%02x "
          "device %02x",
          a->name, d->unit, value, d->feature[0], d->count[0], d->address[HIGH][0],
          d->address[MID][0], d->address[LOW][0], d->device);
    d->command = value;
    d->intrq = false;
    update(a);
    bool packet = value == COMMAND_PACKET && d->kind == ATA_CDROM;
    if (packet || (d->kind == ATA_DISK && ata_takes_data(value))) {
        d->error = 0;
        (packet ? atapi_begin : ata_command)(d);
        return;
    }
    ata_busy(d, ATA_STARTING, ATA_COMMAND_US * 1000);
}

/* A register of the command block that both drives take. */
static void write_register(struct ata_drive *d, unsigned reg, uint8_t value)
{
    uint8_t *pair;
    if (d->status & (ST_BSY | ST_DRQ))
        return;
    switch (reg) {
    case 1: pair = d->feature; break;
    case 2: pair = d->count; break;
    case 6: d->device = value & (uint8_t)~DEVICE_DEV; return;
    default: pair = d->address[reg - 3]; break;
    }
    pair[1] = pair[0];
    pair[0] = value;
}

static void write_byte(struct ata *a, unsigned reg, uint8_t value)
{
    a->control &= (uint8_t)~CONTROL_HOB;
    if (reg == 7) {
        write_command(a, value);
        return;
    }
    for (unsigned n = 0; n < 2; n++)
        write_register(&a->drive[n], reg, value);
    if (reg == 6 && !(a->control & CONTROL_SRST)) {
        a->selected = value & DEVICE_DEV ? 1 : 0;
        update(a);
    }
}

static uint8_t status(const struct ata *a)
{
    const struct ata_drive *d = &a->drive[a->selected];
    if (d->kind != ATA_NONE)
        return d->status;
    return a->selected && a->drive[0].kind != ATA_NONE ? 0 : FLOATING;
}

static uint8_t read_byte(struct ata *a, unsigned reg)
{
    struct ata_drive *d = &a->drive[a->selected];
    unsigned previous = a->control & CONTROL_HOB ? 1 : 0;
    if (reg == 7) {
        uint8_t v = status(a);
        if (d->intrq)
            ata_raise(d, false);
        return v;
    }
    if (d->kind == ATA_NONE && a->drive[0].kind == ATA_NONE)
        return FLOATING;
    if (d->kind == ATA_NONE)
        d = &a->drive[0];
    switch (reg) {
    case 1: return d->error;
    case 2: return d->count[previous];
    case 6: return (uint8_t)(0xa0 | d->device | (a->selected ? DEVICE_DEV : 0));
    default: return d->address[reg - 3][previous];
    }
}

/* The data port moves words; what is beyond the end of a block reads as ones and is not taken. */
static uint32_t read_data(struct ata *a, unsigned size)
{
    struct ata_drive *d = &a->drive[a->selected];
    unsigned words = size == 4 ? 2 : 1;
    uint32_t v = 0;
    if (d->phase != ATA_GIVING)
        return d->kind == ATA_NONE && a->drive[0].kind == ATA_NONE ? 0xffffff00 | FLOATING
                                                                   : UINT32_MAX;
    for (unsigned n = 0; n < 2 * words; n++) {
        uint8_t byte = d->at < d->stop ? d->buf[d->at++] : 0xff;
        v |= (uint32_t)byte << (8 * n);
    }
    if (d->at == d->stop)
        block_moved(d);
    return v;
}

static void write_data(struct ata *a, uint32_t value, unsigned size)
{
    struct ata_drive *d = &a->drive[a->selected];
    unsigned words = size == 4 ? 2 : 1;
    if (d->phase != ATA_TAKING)
        return;
    for (unsigned n = 0; n < 2 * words && d->at < d->stop; n++)
        d->buf[d->at++] = (uint8_t)(value >> (8 * n));
    if (d->at == d->stop)
        block_moved(d);
}

static uint32_t ata_read(void *dev, uint32_t off, unsigned size)
{
    struct ata *a = dev;
    uint32_t v = 0;
    if (off == 0)
        return read_data(a, size);
    for (unsigned n = 0; n < size; n++)
        v |= (uint32_t)read_byte(a, (off + n) & 7) << (8 * n);
    return v;
}

static void ata_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct ata *a = dev;
    if (off == 0) {
        write_data(a, value, size);
        return;
    }
    for (unsigned n = 0; n < size; n++)
        write_byte(a, (off + n) & 7, (uint8_t)(value >> (8 * n)));
}

static uint32_t control_read(void *dev, uint32_t off, unsigned size)
{
    (void)off;
    (void)size;
    return status(dev);
}

static void control_write(void *dev, uint32_t off, uint32_t value, unsigned size)
{
    struct ata *a = dev;
    uint8_t before = a->control;
    (void)off;
    (void)size;
    a->control = value & (CONTROL_HOB | CONTROL_SRST | CONTROL_NIEN);
    if (~before & a->control & CONTROL_SRST)
        begin_reset(a);
    if (before & ~a->control & CONTROL_SRST)
        end_reset(a, ATA_RESET_US * 1000);
    update(a);
}

/* How many accesses may go at once: all before the one that ends the block. */
static uint32_t at_once(const struct ata_drive *d, enum ata_phase phase, uint32_t off,
                        unsigned size, uint32_t n)
{
    uint32_t most = (d->stop - d->at) / size;
    if (d->phase != phase || off != 0 || size == 1 || !most)
        return 0;
    return n < most ? n : most - 1;
}

static uint32_t ata_read_many(void *dev, uint32_t off, unsigned size, void *buf, uint32_t n)
{
    struct ata *a = dev;
    struct ata_drive *d = &a->drive[a->selected];
    n = at_once(d, ATA_GIVING, off, size, n);
    memcpy(buf, d->buf + d->at, n * size);
    d->at += n * size;
    return n;
}

static uint32_t ata_write_many(void *dev, uint32_t off, unsigned size, const void *buf, uint32_t n)
{
    struct ata *a = dev;
    struct ata_drive *d = &a->drive[a->selected];
    n = at_once(d, ATA_TAKING, off, size, n);
    memcpy(d->buf + d->at, buf, n * size);
    d->at += n * size;
    return n;
}

const struct io_ops ata_ops = {.read = ata_read,
                               .write = ata_write,
                               .read_many = ata_read_many,
                               .write_many = ata_write_many,
                               .widths = 1 | 2 | 4};
const struct io_ops ata_control_ops = {.read = control_read, .write = control_write, .widths = 1};

/* ---- Made, saved, shown ------------------------------------------------------------------- */

void ata_init(struct ata *a, const char *name, struct clock *k, struct irq irq, struct ata_dma dma,
              struct trace *t)
{
    *a = (struct ata){.clock = k, .irq = irq, .dma = dma, .trace = t, .name = name};
    for (unsigned n = 0; n < 2; n++) {
        a->drive[n].channel = a;
        a->drive[n].unit = n;
        event_init(k, &a->drive[n].work, n ? "ide drive 1" : "ide drive 0", work, &a->drive[n]);
        ata_defaults(&a->drive[n]);
    }
    ata_reset(a);
}

void ata_plug(struct ata *a, unsigned unit, enum ata_kind kind, struct block *medium)
{
    struct ata_drive *d = &a->drive[unit];
    d->kind = kind;
    d->medium = medium;
    ata_defaults(d);
    ata_signature(d);
}

static void snap_registers(struct ata_drive *d, struct snap *s)
{
    uint8_t *bytes[] = {&d->feature[0], &d->feature[1], &d->count[0],   &d->count[1],   &d->device,
                        &d->status,     &d->error,      &d->command,    &d->multiple,   &d->heads,
                        &d->track,      &d->pio,        &d->mwdma,      &d->udma,       &d->form,
                        &d->sense.key,  &d->sense.asc,  &d->sense.ascq, &d->media_event};
    bool *flags[] = {&d->intrq, &d->cache, &d->standby, &d->dma, &d->locked, &d->open, &d->changed};
    for (unsigned n = 0; n < ARRAY_LEN(bytes); n++)
        snap_u8(s, bytes[n]);
    for (unsigned n = 0; n < ARRAY_LEN(flags); n++)
        snap_bool(s, flags[n]);
    snap_bytes(s, d->address, sizeof d->address);
    snap_bytes(s, d->packet, sizeof d->packet);
}

/* What a drive of this kind can be in the middle of. */
static bool is_possible(const struct ata_drive *d, uint8_t phase, uint8_t flow)
{
    bool packet = flow == ATA_FLOW_PACKET || flow == ATA_FLOW_ANSWER || flow == ATA_FLOW_SECTORS;
    if (phase >= ATA_PHASES || flow >= ATA_FLOWS)
        return false;
    switch (d->kind) {
    case ATA_DISK: return !packet && d->block <= ATA_BUFFER / ATA_SECTOR && d->multiple <= 16;
    case ATA_CDROM: return (packet || flow == ATA_FLOW_REPLY) && atapi_form_size(d->form);
    case ATA_NONE: break;
    }
    return phase == ATA_IDLE || phase == ATA_RESET;
}

/* That sectors lie on the medium is looked at when it is their turn. */
static bool is_sane(const struct ata_drive *d)
{
    return d->at <= d->stop && d->stop <= d->end && d->end <= ATA_BUFFER && d->heads &&
           d->heads <= 16 && d->track && d->block && d->block <= ATA_BUFFER &&
           d->lba < UINT64_C(1) << 48;
}

static void snap_drive(struct ata_drive *d, struct snap *s)
{
    uint8_t kind = (uint8_t)d->kind, phase = (uint8_t)d->phase, flow = (uint8_t)d->flow;
    snap_u8(s, &kind);
    if (kind != d->kind)
        snap_fail(s, "drive %u is of another kind", d->unit);
    snap_u8(s, &phase);
    snap_u8(s, &flow);
    snap_registers(d, s);
    snap_u64(s, &d->lba);
    snap_u32(s, &d->left);
    snap_u32(s, &d->at);
    snap_u32(s, &d->stop);
    snap_u32(s, &d->end);
    snap_u32(s, &d->block);
    snap_u64(s, &d->moved);
    event_snap(d->channel->clock, &d->work, s);
    if (s->loading && (!is_sane(d) || !is_possible(d, phase, flow))) {
        drop_command(d);
        ata_defaults(d);
        d->lba = 0;
        snap_fail(s, "drive %u: a value is out of range", d->unit);
        return;
    }
    if (!snap_ok(s))
        return;
    d->phase = (enum ata_phase)phase;
    d->flow = (enum ata_flow)flow;
    /* READ BUFFER may ask for the first sector at any time. */
    snap_bytes(s, d->buf, d->end > ATA_SECTOR ? d->end : ATA_SECTOR);
}

void ata_snap(struct ata *a, struct snap *s)
{
    uint8_t selected = (uint8_t)a->selected;
    if (!snap_section(s, "ide", 1))
        return;
    snap_u8(s, &selected);
    a->selected = selected & 1;
    snap_u8(s, &a->control);
    snap_bool(s, &a->level);
    for (unsigned n = 0; n < 2; n++)
        snap_drive(&a->drive[n], s);
}

static void info_drive(const struct ata_drive *d, struct out *to)
{
    static const char *const phases[ATA_PHASES] = {
        "idle",       "in reset", "beginning a command", "gives data",
        "takes data", "busy",     "waits for DMA",       "moves data by DMA"};
    const struct ata *a = d->channel;
    if (d->kind == ATA_NONE) {
        out_printf(to, "  drive %u: none\n", d->unit);
        return;
    }
    out_printf(to, "  drive %u%s: %s", d->unit, a->selected == d->unit ? " (selected)" : "",
               d->kind == ATA_DISK ? "disk" : "CD-ROM");
    if (d->medium)
        out_printf(to, ", %" PRIu64 " sectors%s", d->medium->sectors,
                   d->medium->read_only ? ", read-only" : "");
    else
        out_printf(to, ", no medium%s", d->open ? ", tray open" : "");
    if (d->kind == ATA_DISK)
        out_printf(to, ", %u heads, %u sectors a track, write cache %s", d->heads, d->track,
                   d->cache ? "on" : "off");
    out_printf(to, "\n    %s, command %02x, status %02x, error %02x%s; %" PRIu64 " sectors moved\n",
               phases[d->phase], d->command, d->status, d->error, d->intrq ? ", INTRQ" : "",
               d->moved);
    if (d->left || d->at < d->stop)
        out_printf(to, "    at sector %" PRIu64 ", %u to come; %u of %u bytes of a block moved\n",
                   d->lba, d->left, d->at, d->stop);
}

void ata_info(const struct ata *a, struct out *to)
{
    out_printf(to, "%s: INTRQ %s, interrupts %s\n", a->name, a->level ? "high" : "low",
               a->control & CONTROL_NIEN ? "off (nIEN)" : "on");
    for (unsigned n = 0; n < 2; n++)
        info_drive(&a->drive[n], to);
}
