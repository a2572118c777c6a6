/* SPDX-License-Identifier: MIT */
/* scale.c - see scale.h. Weights are integers that add up to 256, so a plain area keeps its colour. */
#include "ui/scale.h"

#include <stdlib.h>
#include <string.h>

/* Pixel n of `to` covers the source from n * from / to to (n + 1) * from / to: in units of
   1 / to of a source pixel, everything is whole. */
static void set_span(struct scale_span *s, int n, int from, int to)
{
    int64_t begin = (int64_t)n * from, end = begin + from; /* in 1/to */
    int64_t first = begin / to, last = (end - 1) / to;
    int64_t tail = end - last * to; /* what is covered of the last one */

    s->first = (uint16_t)first;
    s->count = (uint16_t)(last - first + 1);
    s->head = 256;
    s->tail = s->body = 0;
    if (s->count == 1)
        return;
    s->tail = (uint16_t)(256 * tail / from);
    if (s->count > 2)
        s->body = (uint16_t)(256 * (int64_t)to / from);
    /* What rounding left over goes to the first one. */
    s->head = (uint16_t)(256 - s->tail - (s->count - 2) * s->body);
}

void scale_free(struct scale *s)
{
    free(s->across);
    free(s->down);
    free(s->line);
    *s = (struct scale){0};
}

bool scale_set(struct scale *s, int from_w, int from_h, int to_w, int to_h)
{
    if (s->line && s->from_w == from_w && s->from_h == from_h && s->to_w == to_w && s->to_h == to_h)
        return true;
    scale_free(s);
    if (from_w < 1 || from_h < 1 || to_w < 1 || to_h < 1 || from_w > SCALE_MAX ||
        from_h > SCALE_MAX || to_w > SCALE_MAX || to_h > SCALE_MAX)
        return false;
    s->across = calloc((size_t)to_w, sizeof(*s->across));
    s->down = calloc((size_t)to_h, sizeof(*s->down));
    s->line = calloc((size_t)from_w * 3, sizeof(*s->line));
    if (!s->across || !s->down || !s->line) {
        scale_free(s);
        return false;
    }
    s->from_w = from_w;
    s->from_h = from_h;
    s->to_w = to_w;
    s->to_h = to_h;
    s->whole = to_w % from_w == 0 && to_h % from_h == 0;
    for (int n = 0; n < to_w; n++)
        set_span(&s->across[n], n, from_w, to_w);
    for (int n = 0; n < to_h; n++)
        set_span(&s->down[n], n, from_h, to_h);
    return true;
}

void scale_rows(const struct scale *s, int first, int last, int *to_first, int *to_last)
{
    int64_t begin = (int64_t)first * s->to_h / s->from_h;
    int64_t end = ((int64_t)last * s->to_h + s->from_h - 1) / s->from_h;

    *to_first = begin < 0 ? 0 : (int)begin;
    *to_last = end > s->to_h ? s->to_h : (int)end;
}

static uint32_t weight(const struct scale_span *span, unsigned n)
{
    return n == 0 ? span->head : n == span->count - 1u ? span->tail : span->body;
}

/* The rows that one row of the result covers, mixed: 24.8 fixed point, red, green, blue. */
static void mix_rows(const struct scale *s, const struct scale_span *span, const uint32_t *from,
                     size_t stride)
{
    memset(s->line, 0, (size_t)s->from_w * 3 * sizeof(*s->line));
    for (unsigned n = 0; n < span->count; n++) {
        const uint32_t *row = from + (span->first + n) * stride;
        uint32_t w = weight(span, n), *sum = s->line;

        for (int x = 0; x < s->from_w; x++, sum += 3) {
            sum[0] += (row[x] >> 16 & 0xff) * w;
            sum[1] += (row[x] >> 8 & 0xff) * w;
            sum[2] += (row[x] & 0xff) * w;
        }
    }
}

static uint32_t mix_across(const struct scale *s, const struct scale_span *span)
{
    const uint32_t *sum = s->line + span->first * 3u;
    uint32_t r = 0x8000, g = 0x8000, b = 0x8000; /* half, for rounding */

    for (unsigned n = 0; n < span->count; n++, sum += 3) {
        uint32_t w = weight(span, n);

        r += sum[0] * w;
        g += sum[1] * w;
        b += sum[2] * w;
    }
    return (r >> 16) << 16 | (g >> 16) << 8 | b >> 16;
}

/* Squares: one row is made, the others are copies of it. */
static void draw_whole(const struct scale *s, const uint32_t *from, uint32_t *to)
{
    int k = s->to_w / s->from_w;

    if (k == 1) {
        memcpy(to, from, (size_t)s->to_w * sizeof(*to));
        return;
    }
    for (int x = 0; x < s->from_w; x++)
        for (int n = 0; n < k; n++)
            *to++ = from[x];
}

void scale_draw(const struct scale *s, const uint32_t *from, size_t from_stride, uint32_t *to,
                size_t to_stride, int to_first, int to_last)
{
    for (int y = to_first; y < to_last; y++) {
        const struct scale_span *span = &s->down[y];
        uint32_t *row = to + (size_t)y * to_stride;

        if (y > to_first && memcmp(span, span - 1, sizeof(*span)) == 0) {
            memcpy(row, row - to_stride, (size_t)s->to_w * sizeof(*row));
        } else if (s->whole) {
            draw_whole(s, from + span->first * from_stride, row);
        } else {
            mix_rows(s, span, from, from_stride);
            for (int x = 0; x < s->to_w; x++)
                row[x] = mix_across(s, &s->across[x]);
        }
    }
}
