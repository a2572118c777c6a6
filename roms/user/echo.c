/* SPDX-License-Identifier: MIT */
/*
 * echo.c - says its arguments.
 */
#include "user/lib/lib.h"

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("%s%s", i > 1 ? " " : "", argv[i]);
    printf("\n");
    return 0;
}
