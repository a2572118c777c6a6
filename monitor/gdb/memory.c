/* SPDX-License-Identifier: MIT */
/*
 * memory.c - the guest's memory by linear addresses: what its page tables map now, whatever the
 * rights, and physical addresses while paging is off. Reading changes nothing, device registers
 * are not read. QEMU's PhyMemMode switches to physical addresses.
 */
#define _GNU_SOURCE /* memmem */
#include "monitor/gdb/stub.h"

#include <stdlib.h>
#include <string.h>

static enum debug_space space(const struct gdb *g)
{
    return g->phys_mode ? SPACE_PHYS : SPACE_LINEAR;
}

/* ADDR,LENGTH and then `close` (0: the end). Addresses are 32 bits; gdb may extend their sign. */
static bool parse_range(const char **args, char close, uint32_t *addr, size_t *n)
{
    uint64_t a, length;

    if (!gdb_hex_number(args, &a) || **args != ',')
        return false;
    ++*args;
    if (!gdb_hex_number(args, &length) || **args != close)
        return false;
    if (close)
        ++*args;
    *addr = (uint32_t)a;
    *n = (size_t)length;
    return true;
}

/* What is there of at most `most` bytes; 0: nothing, and the error is said. */
static size_t read_range(struct gdb *g, const char *args, size_t most, uint8_t *bytes)
{
    uint32_t addr;
    size_t n;

    if (!parse_range(&args, 0, &addr, &n)) {
        gdb_say_error(g, GDB_E_BAD);
        return 0;
    }
    n = debug_peek(g->m, space(g), addr, bytes, n < most ? n : most);
    if (!n)
        gdb_say_error(g, GDB_E_FAULT);
    return n;
}

void gdb_on_m(struct gdb *g, const char *args, const char *end)
{
    uint8_t bytes[GDB_REPLY_MAX / 2];

    gdb_say_hex(g, bytes, read_range(g, args, sizeof bytes, bytes));
}

/* `b` and the bytes themselves: gdb 16 and later. */
void gdb_on_x(struct gdb *g, const char *args, const char *end)
{
    uint8_t bytes[GDB_REPLY_MAX - 1];
    size_t n = read_range(g, args, sizeof bytes, bytes);

    if (n) {
        gdb_say(g, "b");
        gdb_say_bytes(g, bytes, n);
    }
}

static void write_range(struct gdb *g, uint32_t addr, const void *bytes, size_t n)
{
    if (debug_poke(g->m, space(g), addr, bytes, n) == n)
        gdb_say(g, "OK");
    else
        gdb_say_error(g, GDB_E_FAULT);
}

void gdb_on_M(struct gdb *g, const char *args, const char *end)
{
    uint8_t bytes[GDB_PACKET_MAX / 2];
    uint32_t addr;
    size_t n;

    if (!parse_range(&args, ':', &addr, &n) || n > sizeof bytes || !gdb_hex_bytes(&args, bytes, n))
        gdb_say_error(g, GDB_E_BAD);
    else
        write_range(g, addr, bytes, n);
}

/* gdb asks with a length of 0 whether we know the packet. */
void gdb_on_X(struct gdb *g, const char *args, const char *end)
{
    uint32_t addr;
    size_t n;

    if (!parse_range(&args, ':', &addr, &n) || (size_t)(end - args) != n)
        gdb_say_error(g, GDB_E_BAD);
    else
        write_range(g, addr, args, n);
}

/* ---- Work that would take many packets -------------------------------------------------------- */

#define SPAN 4096u
#define SEARCH_MOST 1024u             /* longest pattern */
#define CRC_MOST (UINT32_C(64) << 20) /* what takes a second or less */

/* Bytes at addr up to the end of their page; memory ends where this is 0. */
static size_t read_page(const struct gdb *g, uint32_t addr, uint8_t *bytes, uint64_t most)
{
    size_t n = SPAN - addr % SPAN;

    return debug_peek(g->m, space(g), addr, bytes, n < most ? n : (size_t)most);
}

/* qSearch:memory:ADDR;LENGTH;PATTERN. 1,ADDR for the first place, or 0. The window holds the
   pattern's length less one of the bytes before, so that no place between two pages is missed. */
void gdb_on_search(struct gdb *g, const char *args, const char *end)
{
    uint8_t window[SEARCH_MOST + SPAN];
    uint64_t addr, length;
    size_t have = 0, n;
    const uint8_t *pattern;
    size_t want;

    if (!gdb_hex_number(&args, &addr) || *args++ != ';' || !gdb_hex_number(&args, &length) ||
        *args++ != ';' || args >= end || (size_t)(end - args) > SEARCH_MOST) {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    pattern = (const uint8_t *)args;
    want = (size_t)(end - args);
    addr &= UINT32_MAX;
    for (uint64_t at = addr; at - addr < length && at <= UINT32_MAX; at += n) {
        const uint8_t *found;

        n = read_page(g, (uint32_t)at, window + have, length - (at - addr));
        if (!n)
            break;
        have += n;
        found = memmem(window, have, pattern, want);
        if (found) {
            gdb_say(g, "1,%x", (uint32_t)(at + n - have + (size_t)(found - window)));
            return;
        }
        if (have >= want) {
            memmove(window, window + have - (want - 1), want - 1);
            have = want - 1;
        }
    }
    gdb_say(g, "0");
}

/* The sum of gdb's compare-sections: CRC-32, polynomial 04C11DB7h, highest bit first, from ones. */
static uint32_t crc32(uint32_t crc, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 31 ? UINT32_C(0x04c11db7) : 0);
    }
    return crc;
}

void gdb_on_crc(struct gdb *g, const char *args, const char *end)
{
    uint8_t page[SPAN];
    uint32_t addr, crc = UINT32_MAX;
    size_t length, n;

    if (!parse_range(&args, 0, &addr, &length) || length > CRC_MOST) {
        gdb_say_error(g, GDB_E_BAD);
        return;
    }
    for (; length; length -= n, addr += (uint32_t)n) {
        n = read_page(g, addr, page, length);
        if (!n) {
            gdb_say_error(g, GDB_E_FAULT);
            return;
        }
        crc = crc32(crc, page, n);
    }
    gdb_say(g, "C%x", crc);
}
