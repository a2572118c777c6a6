/* SPDX-License-Identifier: MIT */
/*
 * stdio.h - text in and out. A stream that writes hands everything to the kernel at the end of each
 * call: what was printed is out before a crash, and fork() cannot print it twice.
 * lib/format.h says what the formats know.
 */
#ifndef LIBC_STDIO_H
#define LIBC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

#include "lib/format.h"

enum { EOF = -1, BUFSIZ = 1024 };

typedef struct file_stream FILE;

extern FILE *const stdin, *const stdout, *const stderr;

FILE *fopen(const char *path, const char *mode); /* "r" or "w" */
int fclose(FILE *f);
int fgetc(FILE *f);
char *fgets(char *line, int size, FILE *f);
size_t fread(void *dst, size_t size, size_t count, FILE *f);

int putchar(int c);
int puts(const char *text);
int fputs(const char *text, FILE *f);
int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int dprintf(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vfprintf(FILE *f, const char *fmt, va_list ap);
void perror(const char *what);

#endif
