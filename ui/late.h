/* SPDX-License-Identifier: MIT */
/*
 * late.h - libraries that are loaded when they are first wanted. A window, VNC and a network behind
 * the card come from libraries which bring sixty others along; most runs want none of them, and
 * loading them takes longer than everything else before a guest's first instruction.
 *
 * Call late_load before anything of the library. Its functions then have their own names, as ever:
 * the Makefile finds out which ones the files of ui/ call (late.c). Variables need late_variable.
 * Where there is no such thing (hosts other than x86-64) the libraries are linked as usual.
 */
#ifndef UI_LATE_H
#define UI_LATE_H

#include "base/types.h"

enum late_library { LATE_SDL, LATE_VNC, LATE_SLIRP };

bool late_load(enum late_library which, struct error *err);
/* Of a library that was loaded; NULL if it has no such variable. */
void *late_variable(const char *name);

#endif
