/* SPDX-License-Identifier: MIT */
/*
 * source.h - lines of source files, for `list` and `dis /s`. A file is looked for under the name that
 * DWARF has, in the folder where it was compiled, beside the image and in the folders above it, and
 * in the folders that `symbols source FOLDER` adds.
 */
#ifndef MONITOR_SOURCE_H
#define MONITOR_SOURCE_H

#include "base/types.h"

struct symbols;

struct source {
    char path[1024];    /* where it was found */
    char *text;         /* all of it (owned) */
    const char **lines; /* of the text, each ends in a zero (owned) */
    unsigned count;     /* of lines */
};

/* name as DWARF has it (symbols_line, symbols_file). */
bool source_open(struct source *f, const struct symbols *s, uint32_t cr3, const char *name,
                 struct error *err);
void source_close(struct source *f);
/* Line n from 1, NULL past the last. */
const char *source_line(const struct source *f, unsigned n);

#endif
