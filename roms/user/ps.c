/* SPDX-License-Identifier: MIT */
/*
 * ps.c - processes.
 */
#include "user/lib/lib.h"

int main(void);

int main(void)
{
    return print_file("/proc/processes") < 0;
}
