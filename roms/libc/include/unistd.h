/* SPDX-License-Identifier: MIT */
/*
 * unistd.h - processes, file descriptors, the break. Each is a system call of that name, or a few
 * lines around one: -1 and errno when it failed.
 */
#ifndef LIBC_UNISTD_H
#define LIBC_UNISTD_H

#include <stddef.h>
#include <sys/types.h>

enum { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
enum { SEEK_SET, SEEK_CUR, SEEK_END };

extern char **environ;

/* Any system call by its number: the arguments as they are, -1 and errno when it failed. */
long syscall(long number, ...);

void _exit(int code) __attribute__((noreturn));
pid_t fork(void);
int execve(const char *path, char *const argv[], char *const envp[]);
int execvp(const char *name, char *const argv[]); /* looks in the directories of PATH */
pid_t getpid(void);
pid_t getppid(void);
unsigned sleep(unsigned seconds);

ssize_t read(int fd, void *dst, size_t n);
ssize_t write(int fd, const void *src, size_t n);
off_t lseek(int fd, off_t at, int whence);
int close(int fd);
int dup(int fd);
int dup2(int fd, int as);
int pipe(int ends[2]);
int isatty(int fd);
int unlink(const char *path);

int brk(void *end);
void *sbrk(intptr_t more);

#endif
