/* SPDX-License-Identifier: MIT */
/*
 * mkinitrd.c - packs files into the archive that roms/lib/archive.h describes. Host program.
 * Usage: mkinitrd ARCHIVE PATH=FILE...   PATH is the absolute path inside, e.g. /bin/sh=build/sh
 * The same input gives the same bytes: no dates, no owners.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, HEADER = 64, ENTRY = 64, PATH_MAX_LENGTH = 55, MAX_SIZE = 1 << 26 };

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "mkinitrd: %s: %s\n", what, name);
    exit(1);
}

static void store32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static size_t round_up(size_t size)
{
    return (size + PAGE - 1) / PAGE * PAGE;
}

/* Appends the file's contents at image[at] and returns their size. */
static size_t append_file(uint8_t *image, size_t at, const char *name)
{
    FILE *f = fopen(name, "rb");
    if (!f)
        fail("cannot open", name);
    size_t n = fread(image + at, 1, MAX_SIZE - at, f);
    if (ferror(f) || !feof(f))
        fail("cannot read, or the archive would be too large", name);
    fclose(f);
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: mkinitrd ARCHIVE PATH=FILE...\n");
        return 2;
    }
    uint8_t *image = calloc(1, MAX_SIZE);
    size_t count = (size_t)argc - 2, at = round_up(HEADER + count * ENTRY);
    if (!image || at >= MAX_SIZE)
        fail("no memory for", argv[1]);
    for (size_t i = 0; i < count; i++) {
        char *path = argv[i + 2], *equals = strchr(path, '=');
        if (!equals || path[0] != '/' || equals - path > PATH_MAX_LENGTH)
            fail("not /PATH=FILE with a short path", path);
        uint8_t *entry = image + HEADER + i * ENTRY;
        size_t size = append_file(image, at, equals + 1);
        memcpy(entry, path, (size_t)(equals - path));
        store32(entry + 56, (uint32_t)at);
        store32(entry + 60, (uint32_t)size);
        at = round_up(at + size);
        if (at >= MAX_SIZE)
            fail("the archive would be too large", argv[1]);
    }
    memcpy(image, "RAMDISK1", 8);
    store32(image + 8, (uint32_t)count);
    store32(image + 12, (uint32_t)at);

    FILE *out = fopen(argv[1], "wb");
    if (!out || fwrite(image, 1, at, out) != at || fclose(out) != 0)
        fail("cannot write", argv[1]);
    free(image);
    return 0;
}
