/* SPDX-License-Identifier: MIT */
/*
 * string.h - strings, and what error and signal numbers mean.
 */
#ifndef LIBC_STRING_H
#define LIBC_STRING_H

#include "lib/string.h"

char *strcpy(char *dst, const char *src);
char *strcat(char *dst, const char *src);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);
size_t strspn(const char *s, const char *set);
size_t strcspn(const char *s, const char *set);

char *strerror(int error);
char *strsignal(int signal);

#endif
