/* SPDX-License-Identifier: MIT */
/* e1000_sum.c - the Internet checksum (RFC 1071), as the e1000 computes it both ways. */
#include "devices/e1000_parts.h"

uint16_t e1000_fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* Big-endian words; an odd last byte is the upper half of one. */
uint16_t e1000_sum(const uint8_t *bytes, unsigned n, uint32_t start)
{
    uint32_t sum = start;
    for (unsigned i = 0; i + 1 < n; i += 2)
        sum = e1000_fold(sum + (uint32_t)(bytes[i] << 8 | bytes[i + 1]));
    if (n & 1)
        sum += (uint32_t)bytes[n - 1] << 8;
    return e1000_fold(sum);
}
