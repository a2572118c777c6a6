/* SPDX-License-Identifier: MIT */
/*
 * file.h - reads a whole file into memory. Regular files and pipes work; what a file says about
 * its size is not believed. Directories, devices, empty files and files beyond a limit are
 * refused with a message that names the file.
 */
#ifndef LOADER_FILE_H
#define LOADER_FILE_H

#include "base/types.h"

#define FILE_LIMIT (UINT64_C(1) << 30) /* bytes; no image for this machine is larger */

/* *data is malloc'ed (never NULL on success) and becomes the caller's. */
bool file_read(const char *path, uint8_t **data, size_t *size, struct error *err);

/* The same for an open descriptor, which stays open, with another limit. */
bool file_read_fd(int fd, const char *path, uint64_t limit, uint8_t **data, size_t *size,
                  struct error *err);

#endif
