/* SPDX-License-Identifier: MIT */
/*
 * string.c - the string functions that only programs need, and the names of errors and signals.
 * Those that the kernel uses as well are in roms/lib/string.c.
 */
#include <string.h>

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

char *strcpy(char *dst, const char *src)
{
    memcpy(dst, src, strlen(src) + 1);
    return dst;
}

char *strcat(char *dst, const char *src)
{
    strcpy(dst + strlen(dst), src);
    return dst;
}

char *strrchr(const char *s, int c)
{
    const char *found = NULL;
    do {
        if (*s == (char)c)
            found = s;
    } while (*s++);
    return (char *)(uintptr_t)found;
}

char *strstr(const char *s, const char *part)
{
    size_t length = strlen(part);
    for (; strncmp(s, part, length) != 0; s++) {
        if (!*s)
            return NULL;
    }
    return (char *)(uintptr_t)s;
}

size_t strspn(const char *s, const char *set)
{
    size_t n = 0;
    while (s[n] && strchr(set, s[n]))
        n++;
    return n;
}

size_t strcspn(const char *s, const char *set)
{
    size_t n = 0;
    while (s[n] && !strchr(set, s[n]))
        n++;
    return n;
}

static char *text_of(const char *const *texts, size_t count, int number, const char *otherwise)
{
    size_t i = (size_t)number;
    return (char *)(uintptr_t)(i < count && texts[i] ? texts[i] : otherwise);
}

char *strerror(int error)
{
    static const char *const texts[] = {
        [0] = "Success",
        [EPERM] = "Operation not permitted",
        [ENOENT] = "No such file or directory",
        [ESRCH] = "No such process",
        [EINTR] = "Interrupted system call",
        [EIO] = "Input/output error",
        [E2BIG] = "Argument list too long",
        [ENOEXEC] = "Exec format error",
        [EBADF] = "Bad file descriptor",
        [ECHILD] = "No child processes",
        [EAGAIN] = "Resource temporarily unavailable",
        [ENOMEM] = "Cannot allocate memory",
        [EACCES] = "Permission denied",
        [EFAULT] = "Bad address",
        [EBUSY] = "Device or resource busy",
        [EEXIST] = "File exists",
        [ENODEV] = "No such device",
        [ENOTDIR] = "Not a directory",
        [EISDIR] = "Is a directory",
        [EINVAL] = "Invalid argument",
        [ENFILE] = "Too many open files in system",
        [EMFILE] = "Too many open files",
        [ENOTTY] = "Inappropriate ioctl for device",
        [ENOSPC] = "No space left on device",
        [ESPIPE] = "Illegal seek",
        [EROFS] = "Read-only file system",
        [EPIPE] = "Broken pipe",
        [ERANGE] = "Numerical result out of range",
        [ENAMETOOLONG] = "File name too long",
        [ENOSYS] = "Function not implemented",
        [ENOTEMPTY] = "Directory not empty",
        [EIDRM] = "Identifier removed",
        [EOVERFLOW] = "Value too large for defined data type",
    };
    return text_of(texts, sizeof texts / sizeof texts[0], error, "Unknown error");
}

char *strsignal(int signal)
{
    static const char *const texts[] = {
        [SIGHUP] = "Hangup",
        [SIGINT] = "Interrupt",
        [SIGQUIT] = "Quit",
        [SIGILL] = "Illegal instruction",
        [SIGTRAP] = "Trace/breakpoint trap",
        [SIGABRT] = "Aborted",
        [SIGBUS] = "Bus error",
        [SIGFPE] = "Floating point exception",
        [SIGKILL] = "Killed",
        [SIGUSR1] = "User defined signal 1",
        [SIGSEGV] = "Segmentation fault",
        [SIGUSR2] = "User defined signal 2",
        [SIGPIPE] = "Broken pipe",
        [SIGALRM] = "Alarm clock",
        [SIGTERM] = "Terminated",
        [SIGCHLD] = "Child exited",
        [SIGCONT] = "Continued",
        [SIGSTOP] = "Stopped",
    };
    return text_of(texts, sizeof texts / sizeof texts[0], signal, "Unknown signal");
}
