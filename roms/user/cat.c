/* SPDX-License-Identifier: MIT */
/*
 * cat.c - files, one after the other, to standard output; without a name, standard input.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Copies everything from fd; false and errno when that is not possible. */
static int copy(int fd)
{
    char buffer[1024];
    ssize_t n;
    while ((n = read(fd, buffer, sizeof buffer)) > 0) {
        if (write(STDOUT_FILENO, buffer, (size_t)n) != n)
            return -1;
    }
    return (int)n;
}

int main(int argc, char **argv)
{
    int status = 0;
    if (argc == 1)
        return copy(STDIN_FILENO) < 0;
    for (int i = 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0 || copy(fd) < 0) {
            fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(errno));
            status = 1;
        }
        close(fd);
    }
    return status;
}
