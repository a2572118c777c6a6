/* SPDX-License-Identifier: MIT */
/*
 * select.h - a stretch of the guest's text screen, from one cell to another as in a book, and what it
 * says in UTF-8: code page 437, without the blanks at the ends of lines. Pure.
 */
#ifndef UI_SELECT_H
#define UI_SELECT_H

#include "base/types.h"

struct screen;

struct select {
    bool active;                 /* there is one */
    unsigned from_col, from_row; /* the cell where it began */
    unsigned to_col, to_row;     /* the cell where it ends, itself included */
};

/* The cell under a pixel of the picture that render_draw makes; false: no text there. */
bool select_cell(const struct screen *s, int x, int y, unsigned *col, unsigned *row);
/* Columns of a row that are selected: first to last - 1. False: none. */
bool select_row(const struct select *sel, const struct screen *s, unsigned row, unsigned *first,
                unsigned *last);
/* Widens the selection to the word or the line under its beginning. */
void select_word(struct select *sel, const struct screen *s);
void select_line(struct select *sel, const struct screen *s);
/* The text, to be freed; NULL: no memory. */
char *select_text(const struct select *sel, const struct screen *s);

#endif
