/* SPDX-License-Identifier: MIT */
/*
 * snap.h - symmetric snapshot stream: one function per component both saves and restores.
 *
 *     void pit_snap(struct pit *p, struct snap *s)
 *     {
 *         if (!snap_section(s, "pit", 1)) return;
 *         snap_u16(s, &p->count); ...
 *     }
 *
 * Saving appends each field to a growing buffer; loading reads the same fields back in the
 * same order. Little-endian, fixed widths. Errors stick: after the first one every call is a
 * no-op that leaves the field alone, and s->err names the section. A loaded value is the
 * guest's (hostile): a component that uses one as an index masks or checks it after loading
 * and calls snap_fail. The stream owns its buffer; snap_free releases it.
 */
#ifndef BASE_SNAP_H
#define BASE_SNAP_H

#include "base/types.h"

struct snap {
    uint8_t *buf;     /* the stream */
    size_t len;       /* bytes in it */
    size_t cap;       /* bytes allocated (0 = borrowed, loading only) */
    size_t pos;       /* next byte to read when loading */
    bool loading;     /* direction */
    char section[16]; /* the section we are in, for messages */
    struct error err; /* first error; err.text[0] == 0: none */
};

void snap_save_init(struct snap *s);
/* Borrows buf, which must live as long as s is used. */
void snap_load_init(struct snap *s, const uint8_t *buf, size_t len);
void snap_free(struct snap *s);

bool snap_ok(const struct snap *s);
void snap_fail(struct snap *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Opens a section. Returns its version (>= 1): the given one when saving, the stream's when
   loading; 0 after an error (wrong name, a version newer than ours). name: at most 15 chars. */
unsigned snap_section(struct snap *s, const char *name, unsigned version);

void snap_u8(struct snap *s, uint8_t *v);
void snap_u16(struct snap *s, uint16_t *v);
void snap_u32(struct snap *s, uint32_t *v);
void snap_u64(struct snap *s, uint64_t *v);
void snap_bool(struct snap *s, bool *v);
void snap_bytes(struct snap *s, void *p, size_t n);

#endif
