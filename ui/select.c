/* SPDX-License-Identifier: MIT */
/* select.c - see select.h. */
#include "ui/select.h"

#include "base/screen.h"
#include "ui/cp437.h"

#include <stdlib.h>

#define UTF8_MAX 3 /* bytes of a character of code page 437 */

bool select_cell(const struct screen *s, int x, int y, unsigned *col, unsigned *row)
{
    unsigned px = x < 0 ? 0 : (unsigned)x / (s->scale_x ? s->scale_x : 1);
    unsigned py = y < 0 ? 0 : (unsigned)y / (s->scale_y ? s->scale_y : 1);

    if (s->kind != SCREEN_TEXT || !s->cols || !s->rows || !s->cell_w)
        return false;
    *row = 0;
    while (*row + 1 < s->rows && s->row[*row + 1].y <= py && s->row[*row + 1].lines)
        ++*row;
    *col = (px + s->row[*row].pan) / s->cell_w;
    if (*col >= s->cols)
        *col = s->cols - 1;
    return true;
}

static bool backwards(const struct select *sel)
{
    return sel->to_row < sel->from_row ||
           (sel->to_row == sel->from_row && sel->to_col < sel->from_col);
}

bool select_row(const struct select *sel, const struct screen *s, unsigned row, unsigned *first,
                unsigned *last)
{
    bool turned = backwards(sel);
    unsigned top = turned ? sel->to_row : sel->from_row;
    unsigned bottom = turned ? sel->from_row : sel->to_row;

    if (!sel->active || row < top || row > bottom || row >= s->rows)
        return false;
    *first = row == top ? (turned ? sel->to_col : sel->from_col) : 0;
    *last = row == bottom ? (turned ? sel->from_col : sel->to_col) + 1 : s->cols;
    if (*last > s->cols)
        *last = s->cols;
    return *first < *last;
}

static bool is_blank(const struct screen *s, unsigned row, unsigned col)
{
    uint8_t ch = s->cells[(size_t)row * s->cols + col].ch;

    return ch == 0 || ch == ' ' || ch == 0xff;
}

void select_word(struct select *sel, const struct screen *s)
{
    unsigned row = sel->from_row, left = sel->from_col, right = left;

    if (row >= s->rows || left >= s->cols)
        return;
    if (!is_blank(s, row, left)) {
        while (left > 0 && !is_blank(s, row, left - 1))
            left--;
        while (right + 1 < s->cols && !is_blank(s, row, right + 1))
            right++;
    }
    *sel = (struct select){true, left, row, right, row};
}

void select_line(struct select *sel, const struct screen *s)
{
    if (s->cols)
        *sel = (struct select){true, 0, sel->from_row, s->cols - 1, sel->from_row};
}

static char *put_utf8(char *to, uint16_t ch)
{
    if (ch < 0x80) {
        *to++ = (char)ch;
    } else if (ch < 0x800) {
        *to++ = (char)(0xC0 | ch >> 6);
        *to++ = (char)(0x80 | (ch & 0x3F));
    } else {
        *to++ = (char)(0xE0 | ch >> 12);
        *to++ = (char)(0x80 | (ch >> 6 & 0x3F));
        *to++ = (char)(0x80 | (ch & 0x3F));
    }
    return to;
}

char *select_text(const struct select *sel, const struct screen *s)
{
    char *text = malloc((size_t)s->rows * (s->cols * UTF8_MAX + 1) + 1), *to = text;
    unsigned first, last;
    bool begun = false;

    for (unsigned row = 0; text && row < s->rows; row++) {
        if (!select_row(sel, s, row, &first, &last))
            continue;
        if (begun)
            *to++ = '\n';
        begun = true;
        while (last > first && is_blank(s, row, last - 1))
            last--;
        for (unsigned col = first; col < last; col++)
            to = is_blank(s, row, col)
                     ? put_utf8(to, ' ')
                     : put_utf8(to, cp437_unicode(s->cells[(size_t)row * s->cols + col].ch));
    }
    if (text)
        *to = 0;
    return text;
}
