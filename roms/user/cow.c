/* SPDX-License-Identifier: MIT */
/*
 * cow.c - copy-on-write. fork() copies no page: parent and child have the same frames, all read-only.
 * The first of them to write gets a copy in a frame of its own; the last one that still has the
 * old frame simply gets it back for writing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096 };

static char *const page =
    (char *)0x60000000; /* two pages of our own, where they are easily found */
static char *const other = (char *)0x60001000;

static uint32_t minor_faults(void)
{
    struct process p;
    return process_read(0, &p) ? p.minor : 0;
}

static void show(const char *when)
{
    struct page parent = page_of(getppid(), page), child = page_of(0, page);
    printf("%s: parent has %s, child has %s\n", when, page_text(parent), page_text(child));
}

/* The child's part; ends with how many facts did not hold. */
static void __attribute__((noreturn)) child(void)
{
    show("after fork()    ");
    struct page before = page_of(0, page), parent = page_of(getppid(), page);
    check(before.present && before.frame == parent.frame, "one frame at %p for both", (void *)page);
    check(strcmp(page, "written by the parent") == 0, "the child reads \"%s\"", page);

    uint32_t faults = minor_faults();
    faults = minor_faults(); /* the first one may have faulted itself */
    strcpy(page, "written by the child");
    faults = minor_faults() - faults;
    show("the child writes");
    struct page after = page_of(0, page);
    parent = page_of(getppid(), page);
    check(faults == 1, "the write took %u page fault", faults);
    check(after.present && after.frame != before.frame, "the child has a copy in another frame");
    check(parent.frame == before.frame, "the parent still has the old frame");
    check(page_of(0, other).frame == page_of(getppid(), other).frame,
          "a page that nobody wrote to is still shared");
    exit(check_end("child"));
}

int main(void)
{
    if (mmap(page, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
             0) != page) {
        perror("cow");
        return 1;
    }
    strcpy(page, "written by the parent");
    strcpy(other, "never written again");
    struct page before = page_of(0, page);
    printf("before fork()   : parent has %s\n", page_text(before));
    int pid = fork();
    if (pid == 0)
        child();
    if (pid < 0) {
        perror("cow");
        return 1;
    }
    check(wait_and_tell("the child", pid) == 0, "all as expected there");
    check(strcmp(page, "written by the parent") == 0, "the parent still reads \"%s\"", page);
    uint32_t faults = minor_faults();
    faults = minor_faults();
    strcpy(page, "written by the parent again");
    faults = minor_faults() - faults;
    struct page after = page_of(0, page);
    printf("the parent writes: it has %s\n", page_text(after));
    check(after.frame == before.frame, "the last owner keeps the frame; nothing is copied");
    check(faults <= 1, "at most one page fault, to make it writable again");
    return check_end("cow");
}
