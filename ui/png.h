/* SPDX-License-Identifier: MIT */
/*
 * png.h - writes a picture of 0x00RRGGBB pixels (ui/render.h) as an 8-bit RGB PNG file.
 *
 * The file appears complete or not at all: it is written beside its place and renamed. What is
 * there already and is not a regular file (a pipe, /dev/stdout) is written to directly.
 */
#ifndef UI_PNG_H
#define UI_PNG_H

#include "base/types.h"

bool ui_png_write(const char *file, const uint32_t *pixels, unsigned width, unsigned height,
                  size_t stride, struct error *err);

#endif
