/* SPDX-License-Identifier: MIT */
/* sentence.h - explanations for people: broken at blanks, so that they fit a terminal. */
#ifndef MONITOR_SENTENCE_H
#define MONITOR_SENTENCE_H

#include "base/types.h"

struct answer;

#define SENTENCE_COLUMNS 98u

/* Says the text (people only) from column `at`, where the cursor is, and ends the line; further lines
   begin at column `indent`. */
void answer_sentence(struct answer *a, unsigned at, unsigned indent, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The same from the beginning of a line: `indent` blanks, further lines two more. */
void answer_paragraph(struct answer *a, unsigned indent, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
