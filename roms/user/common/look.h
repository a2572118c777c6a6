/* SPDX-License-Identifier: MIT */
/*
 * look.h - for the programs that show something: what the kernel says about a process (/proc), and
 * facts that are checked where they are printed.
 */
#ifndef USER_COMMON_LOOK_H
#define USER_COMMON_LOOK_H

#include <stdbool.h>
#include <stdint.h>

/* What a page is, from /proc/PID/pagemap. */
struct page {
    bool present;   /* it has a frame */
    bool swapped;   /* its contents are in the swap area */
    uint32_t frame; /* number of the frame, its physical address / 4096 */
};

/* The page of an address in a process, 0 for this one. */
struct page page_of(int pid, const volatile void *address);

/* "frame 0x0012f", "no frame", or "swapped out": for printf. The text is good for four calls. */
const char *page_text(struct page p);

/* What /proc/PID/stat says, the columns that programs here use; see proc(5). */
struct process {
    int pid, parent;       /* numbers */
    char name[32];         /* without the brackets */
    char state;            /* R running, S sleeping, Z zombie, .. */
    uint32_t minor, major; /* page faults: without and with reading from a device */
    uint32_t ticks;        /* processor time */
    uint32_t size;         /* bytes of address space */
    uint32_t resident;     /* frames */
};

bool process_read(int pid, struct process *p); /* 0: this process */

/* A number behind a name, as in "MemFree:  123 kB" or "pgfault 17"; -1 when it is not there. */
long value_in(const char *path, const char *name);

/* Copies a file to standard output; false and errno when that is not possible. */
bool show_file(const char *path);

/* A line of /proc/self/maps. */
struct area {
    uint32_t start, end; /* addresses */
    char rights[5];      /* "rw-p": read, write, execute, private or shared */
    uint32_t offset;     /* in the file */
    char name[64];       /* file, [heap], [stack], or nothing */
};

/* The area that an address is in; false, with an empty name and "----", if there is none. */
bool area_of(const volatile void *address, struct area *a);

/* How many areas begin at or above low and below high. */
int areas_between(uint32_t low, uint32_t high);

/* Prints the lines of /proc/self/maps that contain the text, indented; "" for all. */
void show_maps(const char *part);

/* The same for the areas that begin at or above low and below high. */
void show_areas(uint32_t low, uint32_t high);

/* Prints a fact and whether it is one; false counts as a failure. */
bool check(bool holds, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Checks that a call failed, with -1 and that error: check_error((long)shmat(..), EINVAL, "..."). */
bool check_error(long result, int error, const char *what);

/* Prints the sum; the exit status: 0 if all facts held. */
int check_end(const char *program);

/* Waits for the child and says in words how it ended; its status in the shell's manner. */
int wait_and_tell(const char *who, int pid);

/* Runs that in a child, with the argument; says how it ended as wait_and_tell() does. */
int try_in_child(const char *who, void (*what)(uintptr_t), uintptr_t argument);

/* A decimal or 0x number that is the whole text, low to high. */
bool parse_number(const char *text, long low, long high, long *value);

#endif
