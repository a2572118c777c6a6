/* SPDX-License-Identifier: MIT */
/* recognise.c - see recognise.h. Only the first sectors of a file are read, however large it is. */
#include "loader/recognise.h"

#include "loader/bootsector.h"
#include "loader/bytes.h"
#include "loader/bzimage.h"
#include "loader/elf.h"
#include "loader/multiboot1.h"
#include "loader/multiboot2.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CD_SECTOR = 2048,
    CD_DESCRIPTORS = 16 * CD_SECTOR, /* volume descriptors begin here */
    CD_LOOKED_AT = 16,               /* and the boot record is one of the first */
    HEAD = CD_DESCRIPTORS + CD_LOOKED_AT * CD_SECTOR,
    FLOPPY_MOST = 2880 * 1024,
};

static bool is_cd(struct bytes head)
{
    return bytes_have(head, CD_DESCRIPTORS, 6) &&
           memcmp(head.data + CD_DESCRIPTORS + 1, "CD001", 5) == 0;
}

/* Type 0, and who it is for. */
static bool has_boot_record(struct bytes head)
{
    static const char system[] = "EL TORITO SPECIFICATION";

    for (unsigned n = 0; n < CD_LOOKED_AT; n++) {
        uint64_t at = CD_DESCRIPTORS + n * CD_SECTOR;

        if (!bytes_have(head, at, CD_SECTOR) || memcmp(head.data + at + 1, "CD001", 5) != 0)
            return false;
        if (head.data[at] == 0 && memcmp(head.data + at + 7, system, sizeof system - 1) == 0)
            return true;
    }
    return false;
}

static bool is_multiboot(struct bytes head)
{
    struct multiboot1_header h;
    size_t at;

    return multiboot1_find(head, &h) == MULTIBOOT1_FOUND ||
           multiboot2_find(head, &at) == MULTIBOOT2_FOUND;
}

/* A jump over the parameters of a file system, as boot sectors have it. */
static bool begins_with_jump(struct bytes head)
{
    return head.data[0] == 0xe9 || (head.data[0] == 0xeb && head.data[2] == 0x90);
}

static enum image_kind recognise(struct bytes head, uint64_t size)
{
    struct bytes file = {head.data, (size_t)size}; /* bootsector_is_disk reads the first sector */

    if (is_cd(head))
        return has_boot_record(head) ? IMAGE_CD : IMAGE_CD_UNBOOTED;
    if (bzimage_is(head) || elf_is(head) || !bootsector_is(head))
        return IMAGE_LOADED;
    if (bootsector_is_disk(file))
        return IMAGE_DISK;
    if (is_multiboot(head) && !begins_with_jump(head))
        return IMAGE_LOADED;
    return size > FLOPPY_MOST ? IMAGE_DISK : IMAGE_FLOPPY;
}

enum image_kind image_recognise(const char *path)
{
    enum image_kind kind = IMAGE_LOADED;
    struct bytes head = {.size = 0};
    uint8_t *data = malloc(HEAD);
    struct stat st;
    int fd = -1;

    /* A pipe that is opened and closed again would lose its writer. */
    if (data && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t n;

        head.data = data;
        while (head.size < HEAD &&
               (n = pread(fd, data + head.size, HEAD - head.size, (off_t)head.size)) > 0)
            head.size += (size_t)n;
        if (head.size >= BOOTSECTOR_SIZE)
            kind = recognise(head, (uint64_t)st.st_size);
    }
    if (fd >= 0)
        close(fd);
    free(data);
    return kind;
}
