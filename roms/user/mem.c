/* SPDX-License-Identifier: MIT */
/*
 * mem.c - page frames, by zone and by use.
 */
#include "user/lib/lib.h"

int main(void);

int main(void)
{
    return print_file("/proc/frames") < 0;
}
