/* SPDX-License-Identifier: MIT */
/*
 * scan.c - blocks of elements compared at once, by the compiler's vectors: any host has them, at worst
 * made of words. Which element it was is looked for one by one in the block that has it.
 */
#include "cpu/scan.h"

#include "cpu/mem.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define VECTOR 16u /* bytes */
#define BLOCK 64u

typedef uint8_t vec8 __attribute__((vector_size(VECTOR)));
typedef uint16_t vec16 __attribute__((vector_size(VECTOR)));
typedef uint32_t vec32 __attribute__((vector_size(VECTOR)));
typedef uint64_t vec64 __attribute__((vector_size(VECTOR)));

INLINE vec64 vector_at(const uint8_t *p)
{
    vec64 v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Bits where these elements end the run, none if they do not. */
INLINE vec64 ends(vec64 a, vec64 b, unsigned size, bool equal)
{
    if (equal)
        return a ^ b;
    if (size == 1)
        return (vec64)((vec8)a == (vec8)b);
    if (size == 2)
        return (vec64)((vec16)a == (vec16)b);
    return (vec64)((vec32)a == (vec32)b);
}

/* y: NULL if x is compared with `value`, again and again an element. */
INLINE uint32_t scan(const uint8_t *x, const uint8_t *y, uint32_t value, uint32_t n, unsigned size,
                     bool down, bool equal)
{
    const vec64 values = (vec64)(vec32){value, value, value, value};
    uint32_t bytes = n * size, done = 0;
    for (; bytes - done >= BLOCK; done += BLOCK) {
        uint32_t at = down ? bytes - done - BLOCK : done;
        vec64 end = {0};
#pragma GCC unroll 4
        for (unsigned part = 0; part < BLOCK; part += VECTOR)
            end |=
                ends(vector_at(x + at + part), y ? vector_at(y + at + part) : values, size, equal);
        if (end[0] | end[1])
            break;
    }
    for (; bytes - done >= VECTOR; done += VECTOR) {
        uint32_t at = down ? bytes - done - VECTOR : done;
        vec64 end = ends(vector_at(x + at), y ? vector_at(y + at) : values, size, equal);
        if (end[0] | end[1])
            break;
    }
    for (; done < bytes; done += size) {
        uint32_t at = down ? bytes - done - size : done;
        uint32_t b = y ? host_get(y + at, size) : value & (UINT32_MAX >> (32 - 8 * size));
        if ((host_get(x + at, size) == b) != equal)
            break;
    }
    return done / size;
}

INLINE uint32_t scan_by_size(const uint8_t *x, const uint8_t *y, uint32_t value, uint32_t n,
                             unsigned size, bool down, bool equal)
{
    if (size == 1)
        return scan(x, y, value * 0x01010101, n, 1, down, equal);
    if (size == 2)
        return scan(x, y, value * 0x00010001, n, 2, down, equal);
    return scan(x, y, value, n, 4, down, equal);
}

uint32_t scan_pairs(const uint8_t *x, const uint8_t *y, uint32_t n, unsigned size, bool down,
                    bool equal)
{
    return equal ? scan_by_size(x, y, 0, n, size, down, true)
                 : scan_by_size(x, y, 0, n, size, down, false);
}

uint32_t scan_value(const uint8_t *x, uint32_t value, uint32_t n, unsigned size, bool down,
                    bool equal)
{
    return equal ? scan_by_size(x, NULL, value, n, size, down, true)
                 : scan_by_size(x, NULL, value, n, size, down, false);
}
