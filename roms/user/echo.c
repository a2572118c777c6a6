/* SPDX-License-Identifier: MIT */
/*
 * echo.c - prints its arguments.
 */
#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf(i < argc - 1 ? "%s " : "%s", argv[i]);
    putchar('\n');
    return 0;
}
