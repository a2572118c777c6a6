/* SPDX-License-Identifier: MIT */
/*
 * loader_images.h - builds small images for the loader's tests: an ELF executable with one
 * segment, optionally with a multiboot header inside; and a mutator with a fixed seed.
 */
#ifndef TESTS_UNIT_LOADER_IMAGES_H
#define TESTS_UNIT_LOADER_IMAGES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    IMAGE_EHDR = 0,
    IMAGE_PHDR = 52,
    IMAGE_CODE = 4096, /* file offset of the segment */
    IMAGE_CODE_SIZE = 256,
    IMAGE_SYMBOLS = IMAGE_CODE + IMAGE_CODE_SIZE, /* a section that no segment loads */
    IMAGE_SYMBOLS_SIZE = 64,
    IMAGE_SHDR = IMAGE_SYMBOLS + IMAGE_SYMBOLS_SIZE,
    IMAGE_SIZE = IMAGE_SHDR + 3 * 40,
};

static inline void image_put16(uint8_t *at, unsigned v)
{
    at[0] = (uint8_t)v;
    at[1] = (uint8_t)(v >> 8);
}

static inline void image_put32(uint8_t *at, uint32_t v)
{
    image_put16(at, v & 0xffff);
    image_put16(at + 2, v >> 16);
}

static inline uint32_t image_get32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static inline void image_section(uint8_t *image, unsigned i, uint32_t type, uint32_t flags,
                                 uint32_t addr, uint32_t offset, uint32_t size)
{
    uint8_t *s = image + IMAGE_SHDR + i * 40;

    image_put32(s + 4, type);
    image_put32(s + 8, flags);
    image_put32(s + 12, addr);
    image_put32(s + 16, offset);
    image_put32(s + 20, size);
}

/* IMAGE_SIZE bytes: one segment at vaddr/paddr with 256 bytes and as many zeroes again, a
   loaded section and a symbol section. The code writes 2 to port F4h. */
static inline void image_elf(uint8_t *image, uint32_t vaddr, uint32_t paddr, uint32_t entry)
{
    static const uint8_t code[] = {0xb0, 0x02, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd};
    uint8_t *p = image + IMAGE_PHDR;

    memset(image, 0, IMAGE_SIZE);
    memcpy(image, "\177ELF\1\1\1", 7);
    image_put16(image + 16, 2);
    image_put16(image + 18, 3);
    image_put32(image + 20, 1);
    image_put32(image + 24, entry);
    image_put32(image + 28, IMAGE_PHDR);
    image_put32(image + 32, IMAGE_SHDR);
    image_put16(image + 40, 52);
    image_put16(image + 42, 32);
    image_put16(image + 44, 1);
    image_put16(image + 46, 40);
    image_put16(image + 48, 3);
    image_put16(image + 50, 2);
    image_put32(p, 1);
    image_put32(p + 4, IMAGE_CODE);
    image_put32(p + 8, vaddr);
    image_put32(p + 12, paddr);
    image_put32(p + 16, IMAGE_CODE_SIZE);
    image_put32(p + 20, 2 * IMAGE_CODE_SIZE);
    image_put32(p + 24, 5);
    image_put32(p + 28, 4096);
    memcpy(image + IMAGE_CODE, code, sizeof code);
    memset(image + IMAGE_SYMBOLS, 'S', IMAGE_SYMBOLS_SIZE);
    image_section(image, 1, 1, 2, vaddr, IMAGE_CODE, IMAGE_CODE_SIZE);
    image_section(image, 2, 3, 0, 0, IMAGE_SYMBOLS, IMAGE_SYMBOLS_SIZE);
}

/* Puts a multiboot header (magic, flags, checksum) at a file offset. */
static inline void image_multiboot(uint8_t *image, uint32_t at, uint32_t flags)
{
    image_put32(image + at, 0x1badb002);
    image_put32(image + at + 4, flags);
    image_put32(image + at + 8, -(0x1badb002 + flags));
}

/* A boot sector whose code writes 2 to port F4h. */
static inline void image_bootsector(uint8_t *image)
{
    static const uint8_t code[] = {0xb0, 0x02, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd};

    memset(image, 0, 512);
    memcpy(image, code, sizeof code);
    image[510] = 0x55;
    image[511] = 0xaa;
}

static inline uint32_t image_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* Changes a few bytes, preferring the first 128 and values at the edges; may cut the file.
   Returns the new size; the result is an exact allocation, so that ASan sees every overrun. */
static inline size_t image_mutate(uint64_t *seed, const uint8_t *image, size_t size, size_t hot,
                                  uint8_t **out)
{
    static const uint32_t edges[] = {0,          1,          0x7fffffff, 0x80000000, 0xffffffff,
                                     0xfffffff0, 0x000fffff, 0x00100000, 0xffff,     0x2000};
    size_t cut = image_random(seed) % 4 ? size : image_random(seed) % (size + 1);
    unsigned changes = 1 + image_random(seed) % 4;

    *out = malloc(cut ? cut : 1);
    memcpy(*out, image, cut);
    for (unsigned i = 0; i < changes && cut >= 4; i++) {
        size_t range = image_random(seed) % 4 && hot < cut ? hot : cut;
        size_t at = image_random(seed) % (range - 3);

        if (image_random(seed) % 2)
            (*out)[at] = (uint8_t)image_random(seed);
        else
            image_put32(*out + (at & ~(size_t)3), edges[image_random(seed) % 10]);
    }
    return cut;
}

#endif
