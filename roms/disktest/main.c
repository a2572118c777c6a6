/* SPDX-License-Identifier: MIT */
/*
 * main.c - the disk test: a multiboot kernel that drives the disk on the first IDE channel and the CD-ROM
 * on the second as a driver does. Command line: `check` (facts, then "N passed, N failed" and the
 * exit port) or `write` (write.c); sectors=N blocks=N from=N.
 *
 * No interrupts, no BIOS: what it needs of a board is an IDE channel at 1F0h and 170h, COM1 and the
 * exit port at F4h.
 */
#include "disktest.h"

void disktest_main(uint32_t magic, const uint32_t *info);

static const char *command_line = "";
static uint32_t passed, failed;

static void put(char c)
{
    while (!(inb(0x3fd) & 0x20))
        continue;
    outb(0x3f8, (uint8_t)c);
}

void say(const char *text)
{
    while (*text)
        put(*text++);
}

void say_number(uint32_t v)
{
    if (v >= 10)
        say_number(v / 10);
    put((char)('0' + v % 10));
}

void say_hex(uint32_t v)
{
    if (v >= 16)
        say_hex(v / 16);
    put("0123456789abcdef"[v % 16]);
}

bool check(bool good, const char *what, uint32_t got, uint32_t want)
{
    passed += good;
    failed += !good;
    if (good)
        return true;
    say("FAIL ");
    say(what);
    say(": ");
    say_hex(got);
    say(", not ");
    say_hex(want);
    say("\n");
    return false;
}

/* Behind NAME in the command line; NULL: it is not there. */
static const char *find(const char *name)
{
    for (const char *at = command_line; *at; at++) {
        const char *s = at, *n = name;
        if (at != command_line && at[-1] != ' ')
            continue;
        while (*n && *s == *n)
            s++, n++;
        if (!*n)
            return s;
    }
    return 0;
}

bool word(const char *name)
{
    const char *end = find(name);
    return end && (!*end || *end == ' ');
}

uint32_t option(const char *name, uint32_t otherwise)
{
    const char *at = find(name);
    uint32_t v = 0;
    if (!at || *at != '=')
        return otherwise;
    for (at++; *at >= '0' && *at <= '9'; at++)
        v = v * 10 + (uint32_t)(*at - '0');
    return v;
}

void disktest_main(uint32_t magic, const uint32_t *info)
{
    if (magic == 0x2badb002 && info[0] & 4)
        command_line = (const char *)info[4];
    outb(0x3fb, 0x83);
    outb(0x3f8, 1);
    outb(0x3f9, 0);
    outb(0x3fb, 0x03);
    uint16_t master = ide_find_master();
    struct ide disk = {0x1f0, 0x3f6, master, 0};
    struct ide cdrom = {0x170, 0x376, master ? (uint16_t)(master + 8) : 0, 0};
    if (word("write")) {
        write_for_ever(&disk);
    } else {
        say(master ? "bus master\n" : "no bus master\n");
        test_disk(&disk);
        test_cdrom(&cdrom);
        say_number(passed);
        say(" passed, ");
        say_number(failed);
        say(" failed\n");
    }
    outb(0xf4, failed ? 1 : 0x10);
}
