/* SPDX-License-Identifier: MIT */
/*
 * snap.c - the symmetric snapshot stream.
 *
 * A section is: length of its name (1 byte), the name, its version (4 bytes). Fields follow
 * without tags; the section names keep reader and writer in step. All numbers little-endian.
 */
#include "base/snap.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void snap_save_init(struct snap *s)
{
    *s = (struct snap){0};
}

void snap_load_init(struct snap *s, const uint8_t *buf, size_t len)
{
    /* cap stays 0: the bytes are borrowed and never written through this pointer. */
    *s = (struct snap){.buf = (uint8_t *)(uintptr_t)buf, .len = len, .loading = true};
}

void snap_free(struct snap *s)
{
    if (s->cap)
        free(s->buf);
    *s = (struct snap){0};
}

bool snap_ok(const struct snap *s)
{
    return s->err.text[0] == '\0';
}

void snap_fail(struct snap *s, const char *fmt, ...)
{
    char why[256];
    va_list ap;

    if (!snap_ok(s))
        return;
    va_start(ap, fmt);
    (void)vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    (void)error_set(&s->err, "snapshot, section '%s', at byte %zu: %s",
                    s->section[0] ? s->section : "(start)", s->loading ? s->pos : s->len, why);
}

static bool reserve(struct snap *s, size_t n)
{
    size_t cap = s->cap ? s->cap : 4096;
    uint8_t *buf;

    if (n <= s->cap - s->len)
        return true;
    while (cap - s->len < n) {
        if (cap > SIZE_MAX / 2) {
            snap_fail(s, "too large");
            return false;
        }
        cap *= 2;
    }
    buf = realloc(s->buf, cap);
    if (!buf) {
        snap_fail(s, "out of memory at %zu bytes", cap);
        return false;
    }
    s->buf = buf;
    s->cap = cap;
    return true;
}

void snap_bytes(struct snap *s, void *p, size_t n)
{
    if (!snap_ok(s) || n == 0)
        return;
    if (s->loading) {
        if (n > s->len - s->pos) {
            snap_fail(s, "the stream ends here, %zu bytes too early", n - (s->len - s->pos));
            return;
        }
        memcpy(p, s->buf + s->pos, n);
        s->pos += n;
    } else if (reserve(s, n)) {
        memcpy(s->buf + s->len, p, n);
        s->len += n;
    }
}

/* One little-endian number of n bytes; *v is left alone after an error. */
static void snap_number(struct snap *s, uint64_t *v, unsigned n)
{
    uint8_t raw[8];
    uint64_t got = 0;

    for (unsigned i = 0; i < n; i++)
        raw[i] = (uint8_t)(*v >> (8 * i));
    snap_bytes(s, raw, n);
    if (!snap_ok(s))
        return;
    for (unsigned i = 0; i < n; i++)
        got |= (uint64_t)raw[i] << (8 * i);
    *v = got;
}

void snap_u8(struct snap *s, uint8_t *v)
{
    snap_bytes(s, v, 1);
}

void snap_u16(struct snap *s, uint16_t *v)
{
    uint64_t n = *v;

    snap_number(s, &n, 2);
    *v = (uint16_t)n;
}

void snap_u32(struct snap *s, uint32_t *v)
{
    uint64_t n = *v;

    snap_number(s, &n, 4);
    *v = (uint32_t)n;
}

void snap_u64(struct snap *s, uint64_t *v)
{
    snap_number(s, v, 8);
}

void snap_bool(struct snap *s, bool *v)
{
    uint8_t b = *v;

    snap_u8(s, &b);
    if (b > 1)
        snap_fail(s, "a yes/no field holds %u", b);
    if (snap_ok(s))
        *v = b;
}

unsigned snap_section(struct snap *s, const char *name, unsigned version)
{
    size_t len = strlen(name);
    uint8_t n = (uint8_t)len;
    uint32_t v = version;
    char got[sizeof s->section] = {0};

    assert(len > 0 && len < sizeof s->section && version > 0);
    if (!snap_ok(s))
        return 0;
    memcpy(got, name, len);
    snap_u8(s, &n);
    if (snap_ok(s) && n != len)
        snap_fail(s, "section '%s' should follow, but something else does", name);
    snap_bytes(s, got, len);
    if (snap_ok(s) && memcmp(got, name, len) != 0)
        snap_fail(s, "section '%s' should follow, but something else does", name);
    snap_u32(s, &v);
    if (!snap_ok(s))
        return 0;
    memset(s->section, 0, sizeof s->section);
    memcpy(s->section, name, len);
    if (v == 0 || v > version) {
        snap_fail(s, "version %u, but this program knows 1 to %u", (unsigned)v, version);
        return 0;
    }
    return v;
}
