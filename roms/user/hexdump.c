/* SPDX-License-Identifier: MIT */
/*
 * hexdump.c - a file, or with -m a piece of its own memory, as bytes and characters.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/common/look.h"

enum { LINE = 16 };

static void show_line(uint32_t address, const unsigned char *bytes, size_t n)
{
    char hex[64], text[LINE + 1] = "";
    int length = 0;
    for (size_t i = 0; i < LINE; i++) {
        const char *gap = i == LINE / 2 ? "  " : " ";
        length += snprintf(hex + length, sizeof hex - (size_t)length, i < n ? "%s%02x" : "%s  ",
                           gap, bytes[i % n]);
        if (i < n)
            text[i] = bytes[i] >= ' ' && bytes[i] < 127 ? (char)bytes[i] : '.';
    }
    printf("%08x %s  |%s|\n", address, hex, text);
}

static int show(int fd, long limit)
{
    unsigned char bytes[LINE];
    for (uint32_t at = 0; limit > 0; at += LINE, limit -= LINE) {
        size_t n = 0, want = limit < LINE ? (size_t)limit : LINE;
        ssize_t got = 1;
        while (n < want && (got = read(fd, bytes + n, want - n)) > 0)
            n += (size_t)got;
        if (n > 0)
            show_line(at, bytes, n);
        if (got <= 0)
            return (int)got;
    }
    return 0;
}

int main(int argc, char **argv)
{
    long from, size = 0x7fffffff;
    if (argc == 4 && strcmp(argv[1], "-m") == 0 && parse_number(argv[3], 1, 1 << 20, &size)) {
        char *end;
        from = (long)strtoul(argv[2], &end, 0);
        for (long at = 0; at < size; at += LINE)
            show_line((uint32_t)(from + at), (const unsigned char *)from + at,
                      (size_t)(size - at < LINE ? size - at : LINE));
        return 0;
    }
    if (argc > 3 || (argc > 1 && argv[1][0] == '-') ||
        (argc == 3 && !parse_number(argv[2], 1, 0x7fffffff, &size))) {
        fprintf(stderr, "usage: hexdump [FILE [BYTES]] or hexdump -m ADDRESS BYTES\n");
        return 2;
    }
    int fd = argc > 1 ? open(argv[1], O_RDONLY) : STDIN_FILENO;
    if (fd < 0 || show(fd, size) < 0) {
        fprintf(stderr, "hexdump: %s: %s\n", argc > 1 ? argv[1] : "standard input",
                strerror(errno));
        return 1;
    }
    return 0;
}
