/* SPDX-License-Identifier: MIT */
/*
 * picture.c - looks at PNG files by their pixels, for tests/vga/run.sh.
 *
 *     picture hash FILE...         "NAME WIDTHxHEIGHT HASH" a line: FNV-1a over the RGB bytes
 *     picture same A B BITS        are the pictures the same in the upper BITS bits of each colour?
 *                                  Says how many pixels differ and where the first one is.
 *
 * Exit status 0: the same; 1: not; 2: a file that cannot be read.
 */
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct picture {
    unsigned width, height;
    uint8_t *rgb;
};

static struct picture load(const char *file)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    struct picture p = {0};

    if (png_image_begin_read_from_file(&image, file)) {
        image.format = PNG_FORMAT_RGB;
        p.rgb = malloc(PNG_IMAGE_SIZE(image));
    }
    if (!p.rgb || !png_image_finish_read(&image, NULL, p.rgb, 0, NULL)) {
        fprintf(stderr, "picture: %s: %s\n", file, image.message);
        exit(2);
    }
    p.width = image.width;
    p.height = image.height;
    return p;
}

static uint64_t hash(const struct picture *p)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < (size_t)p->width * p->height * 3; i++)
        h = (h ^ p->rgb[i]) * UINT64_C(0x100000001b3);
    return h;
}

static int print_hash(const char *file)
{
    struct picture p = load(file);
    const char *name = strrchr(file, '/');
    int length;

    name = name ? name + 1 : file;
    length = (int)strcspn(name, ".");
    printf("%.*s %ux%u %016llx\n", length, name, p.width, p.height, (unsigned long long)hash(&p));
    free(p.rgb);
    return 0;
}

static int compare(const char *a_file, const char *b_file, unsigned bits)
{
    struct picture a = load(a_file), b = load(b_file);
    unsigned mask = 0xFF00u >> bits & 0xFF;
    unsigned long differ = 0, first = 0;

    if (a.width != b.width || a.height != b.height) {
        printf("%ux%u and %ux%u\n", a.width, a.height, b.width, b.height);
        differ = 1;
    } else {
        for (unsigned long i = 0; i < (unsigned long)a.width * a.height; i++) {
            const uint8_t *x = a.rgb + 3 * i, *y = b.rgb + 3 * i;

            if (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2])) & mask && !differ++)
                first = i;
        }
        if (differ)
            printf("%lu pixels of %ux%u differ, the first at %lu,%lu\n", differ, a.width, a.height,
                   first % a.width, first / a.width);
    }
    free(a.rgb);
    free(b.rgb);
    return differ != 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "hash") == 0) {
        for (int i = 2; i < argc; i++)
            print_hash(argv[i]);
        return 0;
    }
    if (argc == 5 && strcmp(argv[1], "same") == 0)
        return compare(argv[2], argv[3], (unsigned)atoi(argv[4]));
    fprintf(stderr, "usage: picture hash FILE... | picture same A B BITS\n");
    return 2;
}
