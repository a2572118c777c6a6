/* SPDX-License-Identifier: MIT */
/* test_machine_drives.c - media that come and go in a machine, its twin, and its snapshots. */
#include "machine/drives.h"

#include "base/block.h"
#include "base/clock.h"
#include "base/snap.h"
#include "machine/config.h"
#include "machine/disk.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/emu386-drives-XXXXXX";

static void make_file(const char *name, size_t bytes, int salt)
{
    FILE *f = fopen(name, "w");
    for (size_t n = 0; n < bytes; n++)
        fputc((int)(n / 512 + (size_t)salt) & 0xff, f);
    fclose(f);
}

static struct machine *make(enum config_engine engine, struct disk *disk)
{
    struct error err = {.text = ""};
    struct config c = {.memory = 1u << 20, .cpu = CPU_486, .engine = engine, .insn_cost_log2 = 3};
    c.machine = MACHINE_ISA;
    c.ide[0] = (struct config_unit){IDE_DISK, disk_block(disk)};
    c.ide[2] = (struct config_unit){IDE_CDROM, NULL};
    struct machine *m = machine_new(&c, &err);
    if (!m)
        printf("%s\n", err.text);
    return m;
}

static bool insert(struct machine *m, const char *name, const char *file, bool force)
{
    struct error err;
    return drives_insert(m, name, file, force, &err);
}

static bool eject(struct machine *m, const char *name, bool force)
{
    struct error err;
    return drives_eject(m, name, force, &err);
}

static void test_names(void)
{
    struct error err;
    struct disk *d = disk_open("disk", DISK_HARD, &err);
    struct machine *m = make(ENGINE_FAST, d);
    CHECK(strcmp(drives_name(m, 0), "cdrom") == 0 && strcmp(drives_name(m, 1), "floppy") == 0,
          "the drives that can be changed");
    CHECK(!insert(m, "disk", "cd", false) && !insert(m, "floppy1", "floppy", false), "no others");
    CHECK(insert(m, "cdrom", "cd", false) && insert(m, "cdrom", "cd", false), "in, and another");
    CHECK(!insert(m, "cdrom", "none", false), "a file that is not there");
    CHECK(eject(m, "cdrom", false) && eject(m, "cdrom", false), "out, twice");
    CHECK(insert(m, "floppy", "floppy", false) && !insert(m, "floppy", "disk", false),
          "a disk is no floppy");
    CHECK(eject(m, "floppy", false), "out");
    machine_free(m);
    disk_close(d);
}

/* A floppy of the command line, taken out and put in again: its file is locked by nobody then. */
static void test_again(void)
{
    struct error err;
    struct disk *a = disk_open("floppy", DISK_FLOPPY, &err);
    struct disk *d = disk_open("disk", DISK_HARD, &err);
    struct config c = {.memory = 1u << 20, .cpu = CPU_486, .insn_cost_log2 = 3};
    c.machine = MACHINE_ISA;
    c.floppy[0] = disk_block(a);
    struct machine *m = machine_new(&c, &err);
    CHECK(!insert(m, "floppy", "floppy", false), "it is in use while it is in");
    CHECK(eject(m, "floppy", false) && insert(m, "floppy", "floppy", false), "out and in");
    machine_free(m);
    disk_close(a);
    m = make(ENGINE_FAST, d);
    CHECK(insert(m, "floppy", "floppy", false), "and nobody keeps it afterwards");
    machine_free(m);
    disk_close(d);
}

static void save(struct machine *m, struct snap *s)
{
    snap_save_init(s);
    machine_snap(m, s);
}

static bool restore(struct machine *m, const struct snap *s)
{
    struct snap l;
    snap_load_init(&l, s->buf, s->len);
    machine_snap(m, &l);
    return snap_ok(&l);
}

static void test_snapshots(void)
{
    struct error err;
    struct snap empty, full;
    uint8_t sector[512] = {9};
    struct disk *d = disk_open("disk,snapshot", DISK_HARD, &err);
    const struct block *b = disk_block(d);
    struct machine *m = make(ENGINE_FAST, d);
    save(m, &empty);
    insert(m, "cdrom", "cd", false);
    b->write(b->ctx, 5, 1, sector);
    save(m, &full);
    sector[0] = 10;
    b->write(b->ctx, 5, 1, sector);
    CHECK(restore(m, &full) && b->read(b->ctx, 5, 1, sector) && sector[0] == 9,
          "the disk goes back with the machine");
    CHECK(!restore(m, &empty) && b->read(b->ctx, 5, 1, sector) && sector[0] == 9,
          "refused: the drive was empty then; the disk was not touched");
    eject(m, "cdrom", false);
    CHECK(restore(m, &empty) && b->read(b->ctx, 5, 1, sector) && sector[0] == 5, "as it was empty");
    insert(m, "cdrom", "other", false);
    CHECK(!restore(m, &full), "refused: another disc");
    insert(m, "cdrom", "cd", false);
    CHECK(restore(m, &full), "with the right one");
    snap_free(&empty);
    snap_free(&full);
    machine_free(m);
    disk_close(d);
}

/* A driver in eleven instructions: READ SECTORS, a sector to 2000h, HLT. */
static const uint8_t reader[] = {0xba, 0xf2, 0x01,             /* mov dx, 1f2h */
                                 0xb0, 0x01, 0xee,             /* one sector */
                                 0x42, 0xb0, 0x07, 0xee,       /* sector 7 */
                                 0x42, 0x30, 0xc0, 0xee,       /* cylinder 0 */
                                 0x42, 0xee,                   /* the same */
                                 0x42, 0xb0, 0xa0, 0xee,       /* head 0 */
                                 0x42, 0xb0, 0x20, 0xee,       /* READ SECTORS */
                                 0xec, 0xa8, 0x08, 0x74, 0xfb, /* until DRQ */
                                 0xba, 0xf0, 0x01,             /* mov dx, 1f0h */
                                 0xbf, 0x00, 0x20, 0xb9, 0x00,
                                 0x01, 0xfc, 0xf3, 0x6d, /* rep insw */
                                 0xfa, 0xf4};

static void test_lockstep(void)
{
    struct error err;
    uint8_t got[512];
    struct disk *d = disk_open("disk", DISK_HARD, &err);
    struct machine *m = make(ENGINE_LOCKSTEP, d);
    bus_poke(machine_bus(m), 0x1000, reader, sizeof reader);
    machine_enter(m, &(struct machine_entry){.eip = 0x1000});
    insert(m, "cdrom", "cd", false);
    CHECK(machine_run(m, CLOCK_NEVER - 1, 100000) == MACHINE_HALTED, "both machines read a sector");
    bus_peek(machine_bus(m), 0x2000, got, sizeof got);
    CHECK(got[0] == 6 && got[511] == 6, "the right one");
    eject(m, "cdrom", false);
    CHECK(insert(m, "cdrom", "other", false), "the twin has the new disc as well");
    machine_free(m);
    disk_close(d);
}

int main(void)
{
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    make_file("disk", 4 << 20, 0);
    make_file("floppy", 1440 << 10, 1);
    make_file("cd", 100 * 2048, 2);
    make_file("other", 90 * 2048, 3);
    test_names();
    test_again();
    test_snapshots();
    test_lockstep();
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK(system(command) == 0, "cleaned up");
    return report_end();
}
