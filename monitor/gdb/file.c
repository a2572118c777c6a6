/* SPDX-License-Identifier: MIT */
/*
 * file.c - the packets with which gdb reads files of the target's host (gdb manual, E.7). There is
 * one file: the kernel that was loaded. So symbols come by themselves, also from the kernel that is
 * built in, and from an emulator on another host. Nothing of the host's file system is visible.
 */
#include "monitor/gdb/stub.h"

#include <string.h>

/* The protocol's struct stat: big-endian fields. */
enum { STAT_SIZE = 64, STAT_MODE = 8, STAT_LENGTH = 28, MODE_READABLE = 0100444 };

/* File I/O errors have numbers of their own, which for these are the usual ones. */
static void say_failure(struct gdb *g, enum gdb_error e)
{
    g->reply_len = 0;
    gdb_say(g, "F-1,%x", e);
}

/* PATH,FLAGS,MODE; the path in hex digits. */
static void on_open(struct gdb *g, const char *args)
{
    char path[1024];
    size_t n = strcspn(args, ",") / 2;
    uint64_t flags;

    if (n >= sizeof path || !gdb_hex_bytes(&args, path, n) || *args++ != ',' ||
        !gdb_hex_number(&args, &flags)) {
        say_failure(g, GDB_E_INVAL);
        return;
    }
    path[n] = 0;
    if (!g->options.exec_name || strcmp(path, g->options.exec_name) != 0 || flags) {
        say_failure(g, GDB_E_NOENT); /* flags of 0: for reading */
        return;
    }
    g->file = 1;
    gdb_say(g, "F%x", g->file);
}

static bool parse_handle(struct gdb *g, const char **args)
{
    uint64_t fd;

    if (gdb_hex_number(args, &fd) && g->file >= 0 && fd == (uint64_t)g->file)
        return true;
    say_failure(g, GDB_E_BADF);
    return false;
}

/* FD,COUNT,OFFSET. Half a packet at a time: every byte might need an escape. */
static void on_pread(struct gdb *g, const char *args)
{
    uint64_t count, offset, left;

    if (!parse_handle(g, &args))
        return;
    if (*args++ != ',' || !gdb_hex_number(&args, &count) || *args++ != ',' ||
        !gdb_hex_number(&args, &offset)) {
        say_failure(g, GDB_E_INVAL);
        return;
    }
    left = offset < g->options.exec_size ? g->options.exec_size - offset : 0;
    if (count > left)
        count = left;
    if (count > GDB_REPLY_MAX - 16)
        count = GDB_REPLY_MAX - 16;
    gdb_say(g, "F%x;", (unsigned)count);
    if (count)
        gdb_say_bytes(g, (const char *)g->options.exec + offset, (size_t)count);
}

static void put_be(uint8_t *to, uint64_t value, unsigned size)
{
    while (size--) {
        to[size] = (uint8_t)value;
        value >>= 8;
    }
}

static void say_stat(struct gdb *g)
{
    uint8_t s[STAT_SIZE] = {0};

    put_be(s + STAT_MODE, MODE_READABLE, 4);
    put_be(s + STAT_LENGTH, g->options.exec_size, 8);
    gdb_say(g, "F%x;", STAT_SIZE);
    gdb_say_bytes(g, s, sizeof s);
}

static void on_close(struct gdb *g, const char *args)
{
    if (!parse_handle(g, &args))
        return;
    g->file = -1;
    gdb_say(g, "F0");
}

void gdb_on_file(struct gdb *g, const char *args, const char *end)
{
    if (strncmp(args, "setfs:", 6) == 0)
        gdb_say(g, "F0");
    else if (strncmp(args, "open:", 5) == 0)
        on_open(g, args + 5);
    else if (strncmp(args, "pread:", 6) == 0)
        on_pread(g, args + 6);
    else if (strncmp(args, "close:", 6) == 0)
        on_close(g, args + 6);
    else if (strncmp(args, "fstat:", 6) == 0) {
        args += 6;
        if (parse_handle(g, &args))
            say_stat(g);
    }
}
