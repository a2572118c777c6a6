/* SPDX-License-Identifier: MIT */
/*
 * line.h - a command line being taken apart, from the left. Errors name the column.
 */
#ifndef MONITOR_LINE_H
#define MONITOR_LINE_H

#include "base/types.h"

struct monitor;

struct line {
    struct monitor *mon; /* for registers, symbols and memory in expressions */
    const char *text;    /* the whole line, for error messages */
    const char *at;      /* the rest */
};

bool line_more(struct line *l); /* is there another argument? */
/* The next word (up to a blank) if it is exactly this one: taken. */
bool line_keyword(struct line *l, const char *word);
/* The next word, or "quoted text" with C escapes. False and err: none, unterminated, too long. */
bool line_word(struct line *l, const char *what, char *buf, size_t n, struct error *err);
/* An expression, up to what cannot belong to it (a keyword, a comma, the end). `what` names it in
   errors ("address"). 64 bits; line_address demands 32. */
bool line_value(struct line *l, const char *what, uint64_t *value, struct error *err);
/* Takes an expression without reading memory: for those that are evaluated later. */
bool line_parse_only(struct line *l, const char *what, struct error *err);
bool line_address(struct line *l, const char *what, uint32_t *value, struct error *err);
/* Everything that is left (a condition, a command), without blanks around it. */
const char *line_rest(struct line *l);
/* Text up to the word `word` or the end, without blanks around it; the word stays. */
bool line_until(struct line *l, const char *what, const char *word, char *buf, size_t n,
                struct error *err);
/* False and err if something is left over. Call it when the arguments are complete. */
bool line_end(struct line *l, struct error *err);

/* For parsers. A mistake at this place of the line: always false. */
bool line_error(const struct line *l, const char *at, struct error *err, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* One character of a C string or character constant, with its escapes. */
bool line_char(const char **at, char *ch);
/* Is value a 32-bit address, or a negative number that means one? */
bool line_is_address(uint64_t value);

#endif
