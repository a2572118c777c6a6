/* SPDX-License-Identifier: MIT */
/*
 * lib.h - what programs can call: system calls, text output, memory.
 * System calls return a negative error number when they fail; there is no errno variable.
 */
#ifndef USER_LIB_H
#define USER_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi.h"
#include "lib/format.h"
#include "lib/string.h"

int syscall(int number, uint32_t a, uint32_t b, uint32_t c);

void exit(int code) __attribute__((noreturn));
int fork(void);
int read(int fd, void *dst, size_t n);
int write(int fd, const void *src, size_t n);
int open(const char *path, int flags);
int close(int fd);
int waitpid(int pid, int *status, int options);
int execve(const char *path, char *const *argv, char *const *envp);
int getpid(void);
int kill(int pid, int signal);
int brk(void *end);
int ioctl(int fd, uint32_t request, void *argument);
int reboot(uint32_t command);
int sched_yield(void);
int nanosleep(const struct timespec *t);

/* Formats as format.h says and writes it all with one system call if it is not too long. */
int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* What an error number means; both -ENOENT and ENOENT will do. */
const char *strerror(int error);

/* Memory from the heap; free() makes it available again. NULL when there is none. */
void *malloc(size_t size);
void free(void *memory);

/* The number in decimal text; false if there is anything else. */
bool parse_int(const char *text, int *value);

/* Copies a file to standard output; 0, or a negative error number. */
int print_file(const char *path);

#endif
