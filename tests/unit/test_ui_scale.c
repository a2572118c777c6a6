/* SPDX-License-Identifier: MIT */
/*
 * Checks ui/scale.c: whole factors give squares, other sizes the mean of what is covered (against the
 * same in floating point), areas keep their colour, and rows can be drawn a few at a time.
 */
#include "ui/scale.h"
#include "tests/report.h"

#include <stdlib.h>
#include <string.h>

#define SIDE 70 /* the largest picture here */

static uint32_t from[SIDE * SIDE], to[SIDE * SIDE * 4], again[SIDE * SIDE * 4];

static uint32_t noise(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8 & 0xffffff;
}

static double channel(uint32_t pixel, unsigned shift)
{
    return pixel >> shift & 0xff;
}

/* The mean over [x0, x1) by [y0, y1) of one channel. */
static double mean(int stride, double x0, double x1, double y0, double y1, unsigned shift)
{
    double sum = 0;

    for (int y = (int)y0; y < y1; y++) {
        for (int x = (int)x0; x < x1; x++) {
            double w = (x + 1 < x1 ? x + 1 : x1) - (x > x0 ? x : x0);
            double h = (y + 1 < y1 ? y + 1 : y1) - (y > y0 ? y : y0);

            sum += w * h * channel(from[y * stride + x], shift);
        }
    }
    return sum / ((x1 - x0) * (y1 - y0));
}

static void check_mean(int fw, int fh, int tw, int th)
{
    struct scale s = {0};
    double worst = 0;

    CHECK(scale_set(&s, fw, fh, tw, th), "%dx%d to %dx%d", fw, fh, tw, th);
    scale_draw(&s, from, (size_t)fw, to, (size_t)tw, 0, th);
    for (int y = 0; y < th; y++) {
        for (int x = 0; x < tw; x++) {
            for (unsigned shift = 0; shift < 24; shift += 8) {
                double is = channel(to[y * tw + x], shift);
                double wanted = mean(fw, (double)x * fw / tw, (double)(x + 1) * fw / tw,
                                     (double)y * fh / th, (double)(y + 1) * fh / th, shift);
                double off = is > wanted ? is - wanted : wanted - is;

                worst = off > worst ? off : worst;
            }
        }
    }
    CHECK(worst < 6, "%dx%d to %dx%d: off by %.1f", fw, fh, tw, th, worst);
    scale_free(&s);
}

static void check_squares(int k)
{
    struct scale s = {0};
    unsigned wrong = 0;

    CHECK(scale_set(&s, 20, 10, 20 * k, 10 * k), "times %d", k);
    CHECK(s.whole, "nothing to mix");
    scale_draw(&s, from, 20, to, (size_t)(20 * k), 0, 10 * k);
    for (int y = 0; y < 10 * k; y++)
        for (int x = 0; x < 20 * k; x++)
            wrong += to[y * 20 * k + x] != from[y / k * 20 + x / k];
    CHECK(!wrong, "times %d: %u pixels", k, wrong);
    scale_free(&s);
}

static void check_plain(void)
{
    static const int sizes[][4] = {
        {64, 40, 101, 77}, {64, 40, 17, 11}, {7, 7, 1, 1}, {3, 2, 64, 63}};

    for (size_t n = 0; n < ARRAY_LEN(sizes); n++) {
        struct scale s = {0};
        uint32_t plain[64 * 40];
        unsigned wrong = 0;

        for (size_t i = 0; i < ARRAY_LEN(plain); i++)
            plain[i] = 0xfe8001;
        scale_set(&s, sizes[n][0], sizes[n][1], sizes[n][2], sizes[n][3]);
        scale_draw(&s, plain, (size_t)sizes[n][0], to, (size_t)sizes[n][2], 0, sizes[n][3]);
        for (int i = 0; i < sizes[n][2] * sizes[n][3]; i++)
            wrong += to[i] != 0xfe8001;
        CHECK(!wrong, "a plain area keeps its colour (%zu: %u)", n, wrong);
        scale_free(&s);
    }
}

/* What a changed row of the source has a part in, and nothing else, is drawn anew. */
static void check_rows(int fh, int th)
{
    struct scale s = {0};
    int first, last;

    scale_set(&s, 30, fh, 41, th);
    scale_draw(&s, from, 30, to, 41, 0, th);
    for (int row = 0; row < fh; row++) {
        for (int x = 0; x < 30; x++)
            from[row * 30 + x] ^= 0xffffff;
        scale_rows(&s, row, row + 1, &first, &last);
        scale_draw(&s, from, 30, to, 41, first, last);
        scale_draw(&s, from, 30, again, 41, 0, th);
        CHECK(first >= 0 && last <= th && first < last, "row %d: %d to %d", row, first, last);
        CHECK(memcmp(to, again, (size_t)(41 * th) * sizeof(*to)) == 0, "row %d of %d to %d", row,
              fh, th);
    }
    scale_free(&s);
}

int main(void)
{
    struct scale s = {0};
    uint32_t state = 1;

    for (size_t n = 0; n < ARRAY_LEN(from); n++)
        from[n] = noise(&state);
    check_squares(1);
    check_squares(2);
    check_squares(3);
    check_mean(64, 40, 100, 75);
    check_mean(64, 40, 64, 48);
    check_mean(64, 40, 37, 29);
    check_mean(70, 70, 9, 5);
    check_plain();
    check_rows(20, 31);
    check_rows(31, 20);
    check_rows(20, 20);
    CHECK(!scale_set(&s, 0, 1, 1, 1) && !scale_set(&s, 1, 1, 1, SCALE_MAX + 1),
          "sizes are checked");
    scale_free(&s);
    return report_end();
}
