/* SPDX-License-Identifier: MIT */
/* ldt.c - the segments of the differential fuzzer besides flat code and data. */
#include "tests/diff/case.h"

/* clang-format off */
const struct ldt_entry ldt_table[LDT_USED] = {
    [LDT_FLAT]       = {.limit = 0xfffff, .big = true, .pages = true, .loads_data = true, .loads_stack = true},
    [LDT_BASED]      = {.base = WIN, .limit = 0xffff, .big = true, .loads_data = true, .loads_stack = true},
    [LDT_BASED16]    = {.base = WIN, .limit = 0xffff, .loads_data = true, .loads_stack = true},
    [LDT_READ_ONLY]  = {.base = WIN, .limit = 0xffff, .big = true, .locked = true, .loads_data = true},
    [LDT_DOWN]       = {.base = WIN, .limit = 0x7ff, .big = true, .contents = 1, .loads_data = true, .loads_stack = true},
    [LDT_DOWN16]     = {.base = WIN, .limit = 0x7ff, .contents = 1, .loads_data = true, .loads_stack = true},
    [LDT_SHORT]      = {.base = WIN + 0x801, .limit = 0x3ffd, .big = true, .loads_data = true, .loads_stack = true},
    [LDT_CODE]       = {.limit = 0xfffff, .big = true, .pages = true, .contents = 2, .loads_data = true, .loads_code = true},
    [LDT_CODE_BASED] = {.base = WIN, .limit = 0x8fff, .big = true, .contents = 2, .locked = true, .loads_code = true},
    [LDT_CODE16]     = {.base = WIN, .limit = 0xffff, .contents = 2, .loads_data = true, .loads_code = true},
    [LDT_ABSENT]     = {.base = WIN, .limit = 0xffff, .big = true, .absent = true},
    [LDT_EMPTY]      = {.absent = true},
    [LDT_CONFORMING] = {.base = WIN, .limit = 0xffff, .big = true, .contents = 3, .absent = true},
};
/* clang-format on */
