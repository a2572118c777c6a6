/* SPDX-License-Identifier: MIT */
/* Checks ui/png: files read back with libpng, and every way a file can be impossible. */
#include "ui/png.h"
#include "tests/report.h"

#include <png.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define W 37
#define H 21
#define STRIDE 40

static char dir[] = "test_ui_png.XXXXXX";

static void path(char *out, size_t n, const char *name)
{
    snprintf(out, n, "%s/%s", dir, name);
}

static void fill(uint32_t *pixels)
{
    uint32_t seed = 1;

    for (unsigned i = 0; i < STRIDE * H; i++) {
        seed = seed * 1664525u + 1013904223u;
        pixels[i] = seed & 0xFFFFFFu;
    }
}

static void check_same(const char *file, const uint32_t *pixels)
{
    static uint8_t bytes[W * H * 3];
    png_image image = {.version = PNG_IMAGE_VERSION};
    unsigned wrong = 0;

    if (!png_image_begin_read_from_file(&image, file)) {
        CHECK(false, "%s: %s", file, image.message);
        return;
    }
    CHECK(image.width == W && image.height == H, "the size is %ux%u", image.width, image.height);
    CHECK(image.format == PNG_FORMAT_RGB, "8-bit RGB without alpha (format %x)", image.format);
    if (image.width != W || image.height != H) {
        png_image_free(&image);
        return;
    }
    image.format = PNG_FORMAT_RGB;
    CHECK(png_image_finish_read(&image, NULL, bytes, 0, NULL), "%s", image.message);
    for (unsigned y = 0; y < H; y++)
        for (unsigned x = 0; x < W; x++) {
            const uint8_t *b = bytes + (y * W + x) * 3;

            wrong += ((uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2]) != pixels[y * STRIDE + x];
        }
    CHECK(wrong == 0, "%u pixels differ", wrong);
}

static void check_errors(const uint32_t *pixels)
{
    char file[64];
    struct stat st;
    struct error err = {""};

    path(file, sizeof(file), "nowhere/x.png");
    CHECK(!ui_png_write(file, pixels, W, H, STRIDE, &err) && strstr(err.text, file),
          "a missing directory is an error that names the file: %s", err.text);
    err.text[0] = 0;
    CHECK(!ui_png_write(dir, pixels, W, H, STRIDE, &err) && strstr(err.text, "directory"),
          "a directory is refused: %s", err.text);
    err.text[0] = 0;
    CHECK(!ui_png_write("x.png", pixels, 0, H, STRIDE, &err) && err.text[0], "no pixels: %s",
          err.text);
    err.text[0] = 0;
    CHECK(!ui_png_write("/dev/full", pixels, W, H, STRIDE, &err) && err.text[0],
          "a full device is an error: %s", err.text);
    CHECK(ui_png_write("/dev/null", pixels, W, H, STRIDE, &err), "a device takes the picture");
    CHECK(!stat("/dev/null", &st) && S_ISCHR(st.st_mode), "and is still a device");
}

int main(void)
{
    static uint32_t pixels[STRIDE * H];
    char file[64], link[64];
    struct stat st;
    struct error err = {""};
    mode_t mask = umask(022);

    (void)mask;
    if (!mkdtemp(dir))
        return 1;
    fill(pixels);
    path(file, sizeof(file), "a.png");
    CHECK(ui_png_write(file, pixels, W, H, STRIDE, &err), "writes: %s", err.text);
    check_same(file, pixels);
    CHECK(!stat(file, &st) && (st.st_mode & 0777) == 0644, "the umask decides the mode");

    pixels[0] ^= 0xFFFFFF;
    path(link, sizeof(link), "link.png");
    CHECK(!symlink("a.png", link), "a symbolic link can be made");
    CHECK(ui_png_write(link, pixels, W, H, STRIDE, &err), "overwrites by the link: %s", err.text);
    CHECK(!lstat(link, &st) && S_ISLNK(st.st_mode), "the link is still a link");
    check_same(file, pixels);
    check_errors(pixels);

    unlink(link);
    unlink(file);
    CHECK(!rmdir(dir), "no temporary file is left behind");
    return report_end();
}
