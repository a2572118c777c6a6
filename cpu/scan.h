/* SPDX-License-Identifier: MIT */
/*
 * scan.h - how far SCAS and CMPS get in host memory (cpu/string.c).
 */
#ifndef CPU_SCAN_H
#define CPU_SCAN_H

#include "base/types.h"

/* The elements of `size` bytes (1, 2 or 4) at x beside those at y, n of them: how many, from the lowest
   on or (`down`) from the highest on, are equal (`equal`) or not equal, before the first that is not so. */
uint32_t scan_pairs(const uint8_t *x, const uint8_t *y, uint32_t n, unsigned size, bool down,
                    bool equal);
/* The same beside one value, of `size` bytes. */
uint32_t scan_value(const uint8_t *x, uint32_t value, uint32_t n, unsigned size, bool down,
                    bool equal);

#endif
