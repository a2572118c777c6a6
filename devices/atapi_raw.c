/* SPDX-License-Identifier: MIT */
/*
 * atapi_raw.c - a mode 1 sector as it is on the disc, made from its data (ECMA-130, 14 and annex A):
 *
 *     0 synchronisation   12 header   16 data   2064 EDC   2068 zeroes   2076 P parity   2248 Q parity
 *
 * The EDC is a CRC; P and Q are Reed-Solomon codes over GF(256) with x^8 + x^4 + x^3 + x^2 + 1, each
 * with two parity symbols, over the even and the odd bytes from the header on.
 */
#include "devices/atapi_parts.h"

#include <string.h>

enum { HEADER = 12, DATA = 16, EDC = 2064, P_PARITY = 2076, Q_PARITY = 2248 };

static uint8_t times_2(uint8_t v)
{
    return (uint8_t)(v << 1 ^ (v & 0x80 ? 0x1d : 0));
}

static uint8_t times(uint8_t a, uint8_t b)
{
    uint8_t sum = 0;
    for (; b; b >>= 1, a = times_2(a))
        sum ^= b & 1 ? a : 0;
    return sum;
}

/* The parity of n symbols, `first` and every `step` on, modulo `cycle`; `s` is at the header. */
static void parity(const uint8_t *s, unsigned first, unsigned step, unsigned cycle, unsigned n,
                   uint8_t *p0, uint8_t *p1)
{
    uint8_t plain = 0, weighted = 0;
    for (unsigned k = 0, at = first; k < n; k++, at = (at + step) % cycle) {
        plain ^= s[at];
        weighted = (uint8_t)(times_2(weighted) ^ s[at]);
    }
    weighted = times_2(times_2(weighted));
    /* p0 + p1 = plain and 2 p0 + p1 = weighted; F4h is 1/3. */
    *p0 = times((uint8_t)(plain ^ weighted), 0xf4);
    *p1 = plain ^ *p0;
}

static void put_codes(uint8_t *raw)
{
    uint32_t crc = 0;
    for (unsigned n = 0; n < EDC; n++) {
        crc ^= raw[n];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xd8018001 : 0);
    }
    for (unsigned n = 0; n < 4; n++)
        raw[EDC + n] = (uint8_t)(crc >> (8 * n));
    memset(raw + EDC + 4, 0, 8);
    for (unsigned n = 0; n < 86; n++) /* 43 columns of words */
        parity(raw + HEADER, n, 86, 26 * 86, 24, raw + P_PARITY + n, raw + P_PARITY + 86 + n);
    for (unsigned n = 0; n < 52; n++) /* 26 diagonals */
        parity(raw + HEADER, n / 2 * 86 + n % 2, 88, 26 * 86, 43, raw + Q_PARITY + n,
               raw + Q_PARITY + 52 + n);
}

static uint8_t bcd(uint8_t v)
{
    return (uint8_t)(v / 10 << 4 | v % 10);
}

uint32_t atapi_form_size(uint8_t form)
{
    switch (form) {
    case FORM_SYNC: return 12;
    case FORM_HEADER: return 4;
    case FORM_DATA: return 2048;
    case FORM_CODES: return 288;
    case FORM_SYNC | FORM_HEADER: return 16;
    case FORM_HEADER | FORM_DATA: return 2052;
    case FORM_DATA | FORM_CODES: return 2336;
    case FORM_SYNC | FORM_HEADER | FORM_DATA: return 2064;
    case FORM_HEADER | FORM_DATA | FORM_CODES: return 2340;
    case FORM_SYNC | FORM_HEADER | FORM_DATA | FORM_CODES: return 2352;
    default: return 0;
    }
}

void atapi_form(uint8_t *to, uint8_t form, uint32_t sector, const uint8_t *data)
{
    uint8_t raw[CD_RAW] = {0}, msf[3];
    memset(raw + 1, 0xff, 10);
    atapi_msf(msf, sector);
    for (unsigned n = 0; n < 3; n++)
        raw[HEADER + n] = bcd(msf[n]);
    raw[HEADER + 3] = 1;
    memcpy(raw + DATA, data, CD_SECTOR);
    put_codes(raw);
    unsigned first = form & FORM_SYNC     ? 0
                     : form & FORM_HEADER ? HEADER
                     : form & FORM_DATA   ? DATA
                                          : EDC;
    memcpy(to, raw + first, atapi_form_size(form));
}
