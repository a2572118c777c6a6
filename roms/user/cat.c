/* SPDX-License-Identifier: MIT */
/*
 * cat.c - shows files one after the other; without arguments, what is typed.
 */
#include "user/lib/lib.h"

int main(int argc, char **argv);

int main(int argc, char **argv)
{
    int status = 0;
    for (int i = 1; i < argc || argc == 1; i++) {
        const char *path = argc == 1 ? "/dev/tty" : argv[i];
        int error = print_file(path);
        if (error < 0) {
            printf("cat: %s: %s\n", path, strerror(error));
            status = 1;
        }
        if (argc == 1)
            break;
    }
    return status;
}
