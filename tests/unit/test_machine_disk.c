/* SPDX-License-Identifier: MIT */
/* test_machine_disk.c - media made of files: options, layers, locks, snapshots, damaged overlays. */
#include "machine/disk.h"

#include "base/block.h"
#include "base/snap.h"
#include "machine/disk_echo.h"
#include "tests/report.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#define SECTORS 5000u

static char folder[] = "/tmp/emu386-disk-XXXXXX";

static void fill(uint8_t *sector, uint64_t number, unsigned salt)
{
    for (unsigned n = 0; n < 512; n++)
        sector[n] = (uint8_t)(number * 7 + n * 3 + salt);
}

static void make_file(const char *name, size_t bytes)
{
    uint8_t sector[512];
    FILE *f = fopen(name, "w");
    for (size_t at = 0; at < bytes; at += 512) {
        fill(sector, at / 512, 0);
        fwrite(sector, 1, bytes - at < 512 ? bytes - at : 512, f);
    }
    fclose(f);
}

static bool is(struct disk *d, uint64_t number, unsigned salt)
{
    const struct block *b = disk_block(d);
    uint8_t got[512], want[512];
    fill(want, number, salt);
    return b->read(b->ctx, number, 1, got) && memcmp(got, want, 512) == 0;
}

static bool put(struct disk *d, uint64_t number, unsigned salt)
{
    const struct block *b = disk_block(d);
    uint8_t sector[512];
    fill(sector, number, salt);
    return b->write(b->ctx, number, 1, sector);
}

static bool flush(struct disk *d)
{
    return disk_block(d)->flush(disk_block(d)->ctx);
}

static struct disk *open_disk(const char *spec, struct error *err)
{
    return disk_open(spec, DISK_HARD, err);
}

static bool refused(const char *spec, enum disk_use use, const char *why)
{
    struct error err = {.text = ""};
    struct disk *d = disk_open(spec, use, &err);
    bool good = !d && strstr(err.text, why);
    if (!good)
        printf("said: %s\n", err.text);
    disk_close(d);
    return good;
}

static void test_options(void)
{
    struct error err;
    make_file("a", SECTORS * 512);
    make_file("odd", 1000);
    make_file("empty", 0);
    make_file("a,b", 1024);
    CHECK(refused("none", DISK_HARD, "cannot read"), "no such file");
    CHECK(refused(".", DISK_HARD, "directory"), "a folder");
    CHECK(refused("empty", DISK_HARD, "empty"), "an empty file");
    CHECK(refused("odd", DISK_HARD, ",ro"), "half a sector, and what helps");
    CHECK(refused("a,rw", DISK_HARD, ",rw"), "unknown option");
    CHECK(refused("a,b", DISK_HARD, "written twice"), "a comma, and what helps");
    CHECK(refused("a,overlay=", DISK_HARD, "overlay="), "overlay without a name");
    CHECK(refused("a,snapshot", DISK_CDROM, "never written"), "a CD with snapshot");
    struct disk *d = open_disk("odd,ro", &err);
    CHECK(d && disk_block(d)->sectors == 2 && disk_block(d)->read_only, "read-only it is padded");
    CHECK(d && !put(d, 0, 1), "and not written");
    disk_close(d);
    d = open_disk("a,,b", &err);
    CHECK(d && disk_block(d)->sectors == 2 && is(d, 1, 0), "two commas are one");
    disk_close(d);
    d = disk_open("odd", DISK_CDROM, &err);
    CHECK(d && disk_block(d)->sectors == 4, "a CD has sectors of 2048 bytes");
    disk_close(d);
}

static void test_plain(void)
{
    struct error err;
    struct disk *d = open_disk("a", &err), *e;
    CHECK(d && is(d, 4999, 0) && put(d, 17, 1) && is(d, 17, 1) && flush(d), "read and written");
    CHECK(refused("a", DISK_HARD, "in use"), "not twice");
    CHECK(refused("a,ro", DISK_HARD, "in use"), "nor beside one who writes");
    disk_close(d);
    d = open_disk("a,ro", &err);
    e = open_disk("a,snapshot", &err);
    CHECK(d && e && is(d, 17, 1), "those who only read can share it");
    CHECK(refused("a", DISK_HARD, "in use"), "and nobody writes it then");
    disk_close(d);
    disk_close(e);
    d = open_disk("a", &err);
    disk_pad(d, 6000);
    const struct block *b = disk_block(d);
    uint8_t sector[512];
    CHECK(b->sectors == 6000 && b->read(b->ctx, 5999, 1, sector) && sector[0] == 0, "padded");
    CHECK(put(d, 5500, 1) && is(d, 5500, 1), "grows");
    disk_close(d);
    CHECK(truncate("a", SECTORS * 512) == 0, "as before");
}

static void test_memory(void)
{
    struct error err;
    struct snap s, l;
    struct disk *d = open_disk("a,snapshot", &err);
    uint8_t many[64 * 512], sector[512];
    CHECK(d && put(d, 100, 5) && put(d, 103, 5) && put(d, 4999, 5) && flush(d), "written");
    CHECK(is(d, 100, 5) && is(d, 101, 0) && is(d, 4999, 5), "and read");
    const struct block *b = disk_block(d);
    CHECK(b->read(b->ctx, 80, 64, many), "both in one");
    fill(sector, 103, 5);
    CHECK(memcmp(many + 23 * 512, sector, 512) == 0, "in place");
    snap_save_init(&s);
    b->snap(b->ctx, &s);
    CHECK(put(d, 100, 6) && put(d, 200, 6), "more is written");
    snap_load_init(&l, s.buf, s.len);
    b->snap(b->ctx, &l);
    CHECK(snap_ok(&l) && is(d, 100, 5) && is(d, 200, 0), "the disk goes back with the machine");
    disk_close(d);
    d = open_disk("a,snapshot", &err);
    CHECK(is(d, 100, 0), "the file was never written");
    b = disk_block(d);
    snap_load_init(&l, s.buf, s.len);
    b->snap(b->ctx, &l);
    CHECK(snap_ok(&l) && is(d, 100, 5), "another process gets it from the snapshot");
    for (size_t n = 0; n < s.len && n < 200; n++) {
        s.buf[n] ^= 0xff;
        snap_load_init(&l, s.buf, s.len);
        b->snap(b->ctx, &l);
        (void)is(d, 100, 0);
        s.buf[n] ^= 0xff;
    }
    disk_close(d);
    d = open_disk("a", &err);
    CHECK(put(d, 0, 0), "the file is written");
    disk_close(d);
    d = open_disk("a,snapshot", &err);
    snap_load_init(&l, s.buf, s.len);
    disk_block(d)->snap(disk_block(d)->ctx, &l);
    CHECK(!snap_ok(&l) && strstr(l.err.text, "has changed"), "what lies below must be the same");
    disk_close(d);
    snap_free(&s);
}

static void test_file_snapshot(void)
{
    struct error err;
    struct snap s, l;
    struct disk *d = open_disk("a", &err);
    const struct block *b = disk_block(d);
    CHECK(put(d, 3, 9), "written before");
    snap_save_init(&s);
    b->snap(b->ctx, &s);
    snap_load_init(&l, s.buf, s.len);
    b->snap(b->ctx, &l);
    CHECK(snap_ok(&l), "nothing has happened: restored");
    CHECK(put(d, 3, 10), "written after");
    snap_load_init(&l, s.buf, s.len);
    b->snap(b->ctx, &l);
    CHECK(!snap_ok(&l) && strstr(l.err.text, "has changed"), "refused");
    disk_close(d);
    snap_free(&s);
}

static void test_overlay(void)
{
    struct error err;
    const char *spec;
    spec = "a,overlay=o";
    struct disk *d = open_disk(spec, &err);
    CHECK(d && put(d, 50, 3) && is(d, 50, 3) && is(d, 51, 0) && put(d, 4999, 3), "written");
    CHECK(refused(spec, DISK_HARD, "in use"), "locked");
    CHECK(put(d, 50, 4) && is(d, 50, 4), "again, in its place");
    disk_close(d);
    d = open_disk("a,ro", &err);
    CHECK(is(d, 50, 0) && is(d, 4999, 0), "the disk itself is as it was");
    disk_close(d);
    d = open_disk(spec, &err);
    CHECK(d && is(d, 50, 4) && is(d, 4999, 3) && is(d, 49, 0), "and the overlay is kept");
    for (unsigned n = 0; n < SECTORS; n += 100)
        put(d, n, 8);
    CHECK(flush(d), "all over the place");
    disk_close(d);
    d = open_disk(spec, &err);
    unsigned good = 0;
    for (unsigned n = 0; n < SECTORS; n += 100)
        good += is(d, n, 8) && is(d, n + 1, 0);
    CHECK(good == SECTORS / 100, "%u of them", good);
    disk_close(d);
    spec = "a,overlay=o,snapshot";
    d = open_disk(spec, &err);
    CHECK(d && is(d, 100, 8) && put(d, 100, 9) && is(d, 100, 9), "in memory above it");
    disk_close(d);
    spec = "a,overlay=o,ro";
    d = open_disk(spec, &err);
    CHECK(d && is(d, 100, 8) && !put(d, 100, 9), "read-only");
    disk_close(d);
}

/* What is not flushed may be lost, what is may not: a copy of the files is what a kill leaves. */
static void test_overlay_kill(void)
{
    const char *spec;
    struct error err;
    spec = "a,overlay=k";
    struct disk *d = open_disk(spec, &err);
    CHECK(d && put(d, 1, 7) && put(d, 2000, 7) && flush(d) && put(d, 3000, 7) && put(d, 1, 6),
          "three clusters, one of them after the flush");
    CHECK(system("cp -p k k2") == 0, "killed here");
    disk_close(d);
    spec = "a,overlay=k2";
    d = open_disk(spec, &err);
    CHECK(d && is(d, 2000, 7) && is(d, 1, 6) && is(d, 3000, 0), "what was flushed is there");
    CHECK(put(d, 4000, 2) && is(d, 4000, 2) && is(d, 3000, 0), "a lost place is used again");
    disk_close(d);
}

static void test_overlay_damage(void)
{
    const char *spec;
    struct error err;
    uint8_t byte;
    make_file("zero", 0);
    CHECK(truncate("zero", 1 << 20) == 0, "a file of zeroes");
    spec = "a,overlay=zero";
    CHECK(refused(spec, DISK_HARD, "not an overlay"), "may be somebody's disk");
    spec = "a,overlay=a,,b";
    CHECK(refused(spec, DISK_HARD, "not an overlay"), "so may this");
    make_file("small", 512 * 10);
    spec = "small,overlay=o";
    CHECK(refused(spec, DISK_HARD, "5000 sectors"), "of another disk");
    spec = "a,overlay=o";
    int fd = open("o", O_RDWR);
    unsigned survived = 0;
    for (off_t at = 0; at < 4096 + 4 * 40; at += at < 64 || at >= 4096 ? 1 : 64) {
        CHECK(pread(fd, &byte, 1, at) == 1, "read");
        uint8_t bad = byte ^ 0x41;
        CHECK(pwrite(fd, &bad, 1, at) == 1, "damaged");
        struct disk *d = open_disk(spec, &err);
        for (unsigned n = 0; d && n < SECTORS; n += 64)
            (void)is(d, n, 0);
        survived++;
        disk_close(d);
        CHECK(pwrite(fd, &byte, 1, at) == 1, "mended");
    }
    close(fd);
    CHECK(survived > 200, "%u damages survived", survived);
    CHECK(truncate("o", 65536 * 3) == 0, "cut off");
    CHECK(refused(spec, DISK_HARD, "damaged"), "is seen");
    struct disk *d = open_disk("a", &err);
    put(d, 0, 0);
    disk_close(d);
    spec = "a,overlay=k";
    CHECK(refused(spec, DISK_HARD, "touch -d @"), "a base that was written");
}

/* A disk that is full: the file may not grow, and the guest must be told. */
static void test_full(void)
{
    const char *spec;
    struct error err;
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    spec = "a,overlay=f";
    struct disk *d = open_disk(spec, &err);
    CHECK(d && put(d, 0, 2) && flush(d), "there is room");
    small = old;
    small.rlim_cur = 65536 * 3;
    setrlimit(RLIMIT_FSIZE, &small);
    CHECK(put(d, 200, 2) && !put(d, 400, 2), "and then there is not");
    CHECK(is(d, 400, 0), "what could not be written is as it was");
    CHECK(put(d, 1, 2) && flush(d) && is(d, 0, 2) && is(d, 200, 2), "all else is well");
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK(put(d, 400, 2) && flush(d) && is(d, 400, 2), "when there is room again it goes on");
    disk_close(d);
}

static void test_echo(void)
{
    struct error err;
    struct disk *d = open_disk("a,snapshot", &err);
    struct disk_echo *e = disk_echo_new(disk_block(d));
    const struct block *one = disk_echo_first(e), *two = disk_echo_second(e);
    uint8_t x[1024], y[1024];
    CHECK(one->read(one->ctx, 10, 2, x) && one->write(one->ctx, 20, 2, x) && one->flush(one->ctx),
          "the first does three things");
    CHECK(!disk_echo_agrees(e), "which the second has not done yet");
    CHECK(two->read(two->ctx, 10, 2, y) && memcmp(x, y, 1024) == 0, "it reads the same");
    CHECK(two->write(two->ctx, 20, 2, y) && two->flush(two->ctx) && disk_echo_agrees(e), "agrees");
    CHECK(one->read(one->ctx, 20, 1, x) && x[0] == y[0], "written once, and for both");
    CHECK(!two->read(two->ctx, 21, 1, y) && !disk_echo_agrees(e), "another sector: they differ");
    disk_echo_restart(e);
    y[5] ^= 1;
    CHECK(one->write(one->ctx, 20, 2, x) && two->write(two->ctx, 20, 2, y) && !disk_echo_agrees(e),
          "another byte: they differ");
    disk_echo_restart(e);
    CHECK(one->read(one->ctx, 1, 1, x) && !disk_echo_agrees(e), "left over");
    disk_echo_free(e);
    disk_close(d);
}

int main(void)
{
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    test_options();
    test_plain();
    test_memory();
    test_file_snapshot();
    test_overlay();
    test_overlay_kill();
    test_overlay_damage();
    test_full();
    test_echo();
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    CHECK(system(command) == 0, "cleaned up");
    return report_end();
}
