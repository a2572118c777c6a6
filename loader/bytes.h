/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - a file in memory, and little-endian fields in it. The file is the user's, thus
 * hostile: every reader says whether the field is really there.
 */
#ifndef LOADER_BYTES_H
#define LOADER_BYTES_H

#include "base/types.h"

struct bytes {
    const uint8_t *data; /* first byte */
    size_t size;         /* how many there are */
};

static inline bool bytes_have(struct bytes b, uint64_t off, uint64_t n)
{
    return off <= b.size && n <= b.size - off;
}

/* Fields: the caller has checked with bytes_have. */
static inline uint16_t bytes_u16(struct bytes b, uint64_t off)
{
    return (uint16_t)(b.data[off] | b.data[off + 1] << 8);
}

static inline uint32_t bytes_u32(struct bytes b, uint64_t off)
{
    return bytes_u16(b, off) | (uint32_t)bytes_u16(b, off + 2) << 16;
}

static inline void bytes_put16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static inline void bytes_put32(uint8_t *to, uint32_t value)
{
    bytes_put16(to, (uint16_t)value);
    bytes_put16(to + 2, (uint16_t)(value >> 16));
}

#endif
