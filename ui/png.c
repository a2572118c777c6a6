/* SPDX-License-Identifier: MIT */
/*
 * png.c - see png.h. Uses libpng's simplified interface (png_image), which reports errors as
 * text instead of jumping.
 */
#include "ui/png.h"

#include <errno.h>
#include <fcntl.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint8_t *rgb_bytes(const uint32_t *pixels, unsigned width, unsigned height, size_t stride)
{
    uint8_t *bytes = malloc((size_t)width * height * 3);
    uint8_t *at = bytes;

    for (unsigned y = 0; bytes && y < height; y++) {
        for (unsigned x = 0; x < width; x++) {
            uint32_t p = pixels[y * stride + x];

            *at++ = (uint8_t)(p >> 16);
            *at++ = (uint8_t)(p >> 8);
            *at++ = (uint8_t)p;
        }
    }
    return bytes;
}

/* Closes f in any case: what is buffered is only known to be written after fclose. */
static bool write_stream(FILE *f, const char *file, const uint8_t *bytes, unsigned width,
                         unsigned height, struct error *err)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGB};
    bool ok = png_image_write_to_stdio(&image, f, 0, bytes, 0, NULL);
    int closed = fclose(f);

    if (!ok)
        return error_set(err, "%s: cannot write the PNG: %s", file, image.message);
    if (closed)
        return error_set(err, "%s: cannot write: %s", file, strerror(errno));
    return true;
}

static bool write_beside(const char *file, const uint8_t *bytes, unsigned width, unsigned height,
                         struct error *err)
{
    char *resolved = realpath(file, NULL); /* keeps a symbolic link a link */
    const char *place = resolved ? resolved : file;
    size_t size = strlen(place) + 32;
    char *temp = malloc(size);
    int fd = -1;
    FILE *f = NULL;
    bool ok = false;

    if (!temp) {
        error_set(err, "%s: no memory to write it", file);
        goto out;
    }
    snprintf(temp, size, "%s.tmp%ld", place, (long)getpid());
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 || !(f = fdopen(fd, "wb"))) {
        error_set(err, "%s: cannot create: %s", file, strerror(errno));
        if (fd >= 0) {
            close(fd);
            unlink(temp);
        }
        goto out;
    }
    ok = write_stream(f, file, bytes, width, height, err);
    if (ok && rename(temp, place)) {
        error_set(err, "%s: cannot create: %s", file, strerror(errno));
        ok = false;
    }
    if (!ok)
        unlink(temp);
out:
    free(temp);
    free(resolved);
    return ok;
}

bool ui_png_write(const char *file, const uint32_t *pixels, unsigned width, unsigned height,
                  size_t stride, struct error *err)
{
    struct stat st;
    uint8_t *bytes;
    bool ok;

    if (!width || !height)
        return error_set(err, "%s: a picture of %u by %u pixels cannot be written", file, width,
                         height);
    if (!(bytes = rgb_bytes(pixels, width, height, stride)))
        return error_set(err, "%s: no memory for a picture of %u by %u pixels", file, width,
                         height);
    if (!stat(file, &st) && S_ISDIR(st.st_mode)) {
        ok = error_set(err, "%s: is a directory; name a file for the PNG", file);
    } else if (!stat(file, &st) && !S_ISREG(st.st_mode)) {
        FILE *f = fopen(file, "wb");

        ok = f ? write_stream(f, file, bytes, width, height, err)
               : error_set(err, "%s: cannot open: %s", file, strerror(errno));
    } else {
        ok = write_beside(file, bytes, width, height, err);
    }
    free(bytes);
    return ok;
}
