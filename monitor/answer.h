/* SPDX-License-Identifier: MIT */
/*
 * answer.h - what a command says, with its two faces. A command collects what it knows, then says it
 * with answer_text for people and with the answer_* fields for programs; each call does nothing
 * in the other face. Keys are lower case, words joined by '_', and stable (docs/monitor.md has
 * the schema); addresses are numbers in JSON.
 */
#ifndef MONITOR_ANSWER_H
#define MONITOR_ANSWER_H

#include "base/types.h"

struct out;

#define ANSWER_DEPTH 16

struct answer {
    struct out *to;            /* where it goes */
    bool json;                 /* the face for programs */
    unsigned depth;            /* open objects and lists */
    bool filled[ANSWER_DEPTH]; /* something stands in the one at this depth */
    uint32_t lists;            /* bit n: the one at depth n is a list */
};

void answer_text(struct answer *a, const char *fmt, ...) PRINTF_LIKE(2, 3); /* people only */
/* key is NULL inside lists. */
void answer_object(struct answer *a, const char *key);
void answer_list(struct answer *a, const char *key);
void answer_close(struct answer *a); /* the innermost object or list */
void answer_number(struct answer *a, const char *key, uint64_t value);
void answer_bool(struct answer *a, const char *key, bool value);
void answer_string(struct answer *a, const char *key, const char *text);
void answer_format(struct answer *a, const char *key, const char *fmt, ...) PRINTF_LIKE(3, 4);
void answer_null(struct answer *a, const char *key);

#endif
