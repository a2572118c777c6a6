/* SPDX-License-Identifier: MIT */
/*
 * prompt.h - a line of input on a terminal through GNU readline: editing, completion, history; and
 * long answers page by page. Never blocks: prompt_read takes what has been typed so far.
 *
 * readline has one state for the process, so there is one prompt at a time.
 */
#ifndef MONITOR_PROMPT_H
#define MONITOR_PROMPT_H

#include "base/types.h"

struct monitor;

#define PROMPT_WIDTH 9 /* characters of the prompt itself */

/* history: a file, or NULL. */
void prompt_open(struct monitor *mon, const char *history);
void prompt_close(void);

enum prompt_state {
    PROMPT_TYPING, /* nothing complete yet */
    PROMPT_LINE,   /* a line was given */
    PROMPT_END,    /* Ctrl-D */
};

/* Shows the prompt if it is not there; takes what was typed. *line lives until the next call. */
enum prompt_state prompt_read(const char **line);
/* Takes the prompt away and gives the terminal back, as the machine will run. */
void prompt_remove(void);
/* Ctrl-C while it is there: a new empty line. */
void prompt_cancel(void);
/* Output comes while it is there: hide it before, show it afterwards. */
void prompt_hide(void);
void prompt_show(void);

/* Shows text, page by page if it is longer than the terminal; prompt_read goes on with it. */
void prompt_page(const char *text, size_t n);

#endif
