/* SPDX-License-Identifier: MIT */
/*
 * ls.c - the entries of a folder in the order of their names; with -l kind and size as well.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/common/look.h"

enum { MAX_NAMES = 512, MAX_PATH = 256 };

static char *names[MAX_NAMES];
static int count;

/* Puts a copy of the name at its place. */
static void add(const char *name)
{
    char *copy = malloc(strlen(name) + 1);
    int at = count;
    if (!copy || count == MAX_NAMES)
        return;
    strcpy(copy, name);
    for (; at > 0 && strcmp(names[at - 1], name) > 0; at--)
        names[at] = names[at - 1];
    names[at] = copy;
    count++;
}

static void show(const char *path, const char *name, bool details)
{
    struct stat s;
    if (!details) {
        puts(name);
    } else if (stat(path, &s) < 0) {
        printf("?          ? %s\n", name);
    } else {
        char kind = S_ISDIR(s.st_mode) ? 'd' : S_ISCHR(s.st_mode) ? 'c' : '-';
        printf("%c%c%c%c %8u %s\n", kind, s.st_mode & 0400 ? 'r' : '-',
               s.st_mode & 0200 ? 'w' : '-', s.st_mode & 0100 ? 'x' : '-', (unsigned)s.st_size,
               name);
    }
}

static int list(const char *folder, bool details)
{
    char path[MAX_PATH];
    DIR *d = opendir(folder);
    if (!d && errno == ENOTDIR) {
        show(folder, folder, details);
        return 0;
    }
    if (!d) {
        fprintf(stderr, "ls: %s: %s\n", folder, strerror(errno));
        return 1;
    }
    count = 0;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (entry->d_name[0] != '.')
            add(entry->d_name);
    }
    closedir(d);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        show(path, names[i], details);
        free(names[i]);
    }
    return 0;
}

int main(int argc, char **argv)
{
    bool details = argc > 1 && strcmp(argv[1], "-l") == 0;
    int first = details ? 2 : 1, status = 0;
    if (first == argc)
        return list("/", details);
    for (int i = first; i < argc; i++) {
        if (argc - first > 1)
            printf("%s:\n", argv[i]);
        status |= list(argv[i], details);
    }
    return status;
}
