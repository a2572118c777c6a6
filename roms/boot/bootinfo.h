/* SPDX-License-Identifier: MIT */
/*
 * bootinfo.h - what the boot loader told us, copied into the kernel before that memory is reused.
 */
#ifndef BOOT_BOOTINFO_H
#define BOOT_BOOTINFO_H

#include <stdbool.h>
#include <stdint.h>

/* Physical memory from start up to, not including, end. */
struct range {
    uint32_t start; /* first byte */
    uint32_t end;   /* one past the last byte */
};

struct bootinfo {
    struct range ram[32];    /* usable memory, whole pages, below 4 GiB */
    unsigned ram_count;      /* entries of ram in use */
    uint32_t mib;            /* size of RAM as the user would say it */
    struct range modules[2]; /* the initrd; the swap area */
    unsigned module_count;   /* entries of modules in use */
    char command_line[512];  /* what the user wrote, cut if longer */
};

/* Reads the multiboot information at physical address info. */
void bootinfo_read(struct bootinfo *b, uint32_t magic, uint32_t info);

/* The bytes that "NAME=SIZE" asks for, SIZE a number and K, M or G; 0: the option is not there. */
uint32_t bootinfo_size(const struct bootinfo *b, const char *name);

/* Takes size bytes from the end of RAM; an empty range if there is no such piece. */
struct range bootinfo_carve(struct bootinfo *b, uint32_t size);

/* The value of "NAME=" (up to the end of the line) or NULL. */
const char *bootinfo_option(const struct bootinfo *b, const char *name);

/* Is the word there, or, for "NAME=VALUE" given as one word, that choice? */
bool bootinfo_word(const struct bootinfo *b, const char *word);

#endif
