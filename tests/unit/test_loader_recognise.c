/* SPDX-License-Identifier: MIT */
/*
 * test_loader_recognise.c - files of every kind, and what could be taken for another one: GRUB's floppy
 * with a multiboot header, a CD with a partition table, kernels that carry a boot sector; short
 * files, pipes and names that are none; and mutated ones, which have to be some kind, quietly.
 */
#include "loader/recognise.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 0x12000, CD = 0x8000 };

static char path[64];

static enum image_kind kind_of(const uint8_t *data, size_t size, off_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size || ftruncate(fd, length) != 0)
        CHECK(false, "a file can be made");
    close(fd);
    return image_recognise(path);
}

static void put_partition(uint8_t *sector)
{
    sector[446] = 0x80;
    sector[450] = 0x83;
    image_put32(sector + 454, 1);
    image_put32(sector + 458, 100);
}

static void put_descriptor(uint8_t *cd, unsigned n, uint8_t type, const char *system)
{
    uint8_t *d = cd + CD + n * 2048;

    d[0] = type;
    memcpy(d + 1, "CD001\1", 6);
    memcpy(d + 7, system, strlen(system));
}

static void put_multiboot(uint8_t *at)
{
    image_put32(at, 0x1badb002);
    image_put32(at + 4, 0x10000);
    image_put32(at + 8, 0u - (0x1badb002 + 0x10000));
}

static void test_kinds(uint8_t *data)
{
    image_bootsector(data);
    CHECK(kind_of(data, 512, 512) == IMAGE_FLOPPY, "a boot sector alone");
    CHECK(kind_of(data, SIZE, 1474560) == IMAGE_FLOPPY, "a floppy");
    CHECK(kind_of(data, SIZE, 2880 * 1024) == IMAGE_FLOPPY, "the largest floppy");
    CHECK(kind_of(data, SIZE, 2880 * 1024 + 512) == IMAGE_DISK, "a disk without partitions");
    put_partition(data);
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_DISK, "a disk, however small");
    put_descriptor(data, 0, 1, "");
    put_descriptor(data, 1, 255, "");
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_CD_UNBOOTED, "a CD that does not boot");
    put_descriptor(data, 1, 0, "EL TORITO SPECIFICATION");
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_CD, "a CD, although it has partitions as well");
    CHECK(kind_of(data, CD + 2048, CD + 2048) == IMAGE_CD_UNBOOTED, "its boot record cut off");
    CHECK(kind_of(data, CD + 5, CD + 5) == IMAGE_DISK, "no CD any more");
}

static void test_kernels(uint8_t *data)
{
    memset(data, 0, SIZE);
    image_bootsector(data);
    memcpy(data + 0x202, "HdrS", 4);
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_LOADED, "Linux has a boot sector");
    memset(data + 0x200, 0, 0x200);
    put_multiboot(data + 0x400);
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_LOADED, "so may a multiboot image");
    data[0] = 0xeb;
    data[1] = 0x3c;
    data[2] = 0x90;
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_FLOPPY, "a boot loader that could be loaded as well");
    image_elf(data, 0x100000, 0x100000, 0x100000);
    data[510] = 0x55;
    data[511] = 0xaa;
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_LOADED, "ELF with an odd byte pair");
    memset(data, 0, SIZE);
    CHECK(kind_of(data, SIZE, SIZE) == IMAGE_LOADED, "zeroes");
    CHECK(kind_of(data, 511, 511) == IMAGE_LOADED, "511 bytes");
    CHECK(kind_of(data, 0, 0) == IMAGE_LOADED, "an empty file");
}

static void test_others(void)
{
    unlink(path);
    CHECK(image_recognise(path) == IMAGE_LOADED, "no such file");
    CHECK(image_recognise("/") == IMAGE_LOADED, "a folder");
    CHECK(mkfifo(path, 0600) == 0 && image_recognise(path) == IMAGE_LOADED,
          "a pipe is not waited on");
    unlink(path);
}

static void test_fuzz(uint8_t *data)
{
    uint64_t seed = 21;
    unsigned kinds[IMAGE_FLOPPY + 1] = {0};

    for (unsigned i = 0; i < 3000; i++) {
        uint8_t *mutant;
        size_t size;

        memset(data, 0, SIZE);
        image_bootsector(data);
        if (i & 1)
            put_partition(data);
        if (i & 2) {
            put_descriptor(data, 0, 1, "");
            put_descriptor(data, 1, 0, "EL TORITO SPECIFICATION");
        }
        size = image_mutate(&seed, data + (i & 2 ? CD : 0), SIZE - CD, 600, &mutant);
        memcpy(data + (i & 2 ? CD : 0), mutant, size);
        free(mutant);
        kinds[kind_of(data, i & 2 ? CD + size : size, (off_t)(i & 2 ? CD + size : size))]++;
    }
    CHECK(kinds[IMAGE_CD] > 100 && kinds[IMAGE_DISK] > 100 && kinds[IMAGE_FLOPPY] > 100,
          "%u CDs, %u disks, %u floppies", kinds[IMAGE_CD], kinds[IMAGE_DISK], kinds[IMAGE_FLOPPY]);
}

int main(void)
{
    uint8_t *data = calloc(1, SIZE);
    char dir[] = P_tmpdir "/emu386-test-XXXXXX";

    if (!mkdtemp(dir) || !data) {
        CHECK(false, "no temporary directory");
        return report_end();
    }
    snprintf(path, sizeof path, "%s/image", dir);
    test_kinds(data);
    test_kernels(data);
    test_others();
    test_fuzz(data);
    unlink(path);
    rmdir(dir);
    free(data);
    return report_end();
}
