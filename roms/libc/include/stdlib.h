/* SPDX-License-Identifier: MIT */
/*
 * stdlib.h - memory, numbers, the environment, the end.
 */
#ifndef LIBC_STDLIB_H
#define LIBC_STDLIB_H

#include <stddef.h>

enum { EXIT_SUCCESS, EXIT_FAILURE };

/* Small blocks come from the heap (brk), blocks of 128 KiB and more have a mapping of their own. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);
void free(void *memory);

void exit(int code) __attribute__((noreturn));
void abort(void) __attribute__((noreturn));
char *getenv(const char *name);

int atoi(const char *text);
long strtol(const char *text, char **end, int base);
unsigned long strtoul(const char *text, char **end, int base);

#endif
