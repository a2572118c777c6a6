/* SPDX-License-Identifier: MIT */
/*
 * scale.h - a picture of one size becomes one of another. Each pixel of the result is the mean of what
 * it covers of the source: sharp edges stay as sharp as the new size allows, nothing flickers or gets
 * lost, and whole factors give plain squares. Pure; rows can be done a few at a time.
 */
#ifndef UI_SCALE_H
#define UI_SCALE_H

#include "base/types.h"

/* What one pixel of the result covers in one direction. */
struct scale_span {
    uint16_t first; /* pixel of the source */
    uint16_t count; /* how many */
    uint16_t head;  /* weight of the first one, */
    uint16_t tail;  /* of the last one (unless it is the first), */
    uint16_t body;  /* and of those in between. In all 256 */
};

struct scale {
    int from_w, from_h;        /* the source */
    int to_w, to_h;            /* the result */
    bool whole;                /* whole factors: no mixing */
    struct scale_span *across; /* to_w of them */
    struct scale_span *down;   /* to_h */
    uint32_t *line;            /* rows of the source mixed into one: 3 numbers for each pixel */
};

#define SCALE_MAX 16384 /* the longest side */

/* Prepares for these sizes; nothing to do if they are the ones before. Zeroed the first time. False:
   no memory, or a side is not 1 to SCALE_MAX. */
bool scale_set(struct scale *s, int from_w, int from_h, int to_w, int to_h);
void scale_free(struct scale *s);

/* Rows of the result that rows first to last - 1 of the source have a part in. */
void scale_rows(const struct scale *s, int first, int last, int *to_first, int *to_last);
/* Draws these rows of the result. Strides in pixels. */
void scale_draw(const struct scale *s, const uint32_t *from, size_t from_stride, uint32_t *to,
                size_t to_stride, int to_first, int to_last);

#endif
