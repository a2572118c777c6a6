/* SPDX-License-Identifier: MIT */
/*
 * mmapdemo.c - areas of memory, made and changed at run time: mmap(), mprotect() and munmap(), with
 * nothing behind them or with a file, private or shared, and what the kernel refuses.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, ANON = MAP_PRIVATE | MAP_ANONYMOUS, RW = PROT_READ | PROT_WRITE };
enum { STATUS_BUS = 128 + SIGBUS, STATUS_SEGV = 128 + SIGSEGV };

enum { LOW = 0x60000000, HIGH = 0x60010000 }; /* where we want our areas */

static char *const fixed = (char *)LOW;
static volatile int sink;

static void read_from(uintptr_t address)
{
    sink = *(volatile char *)address;
}

static void write_to(uintptr_t address)
{
    *(volatile char *)address = 'W';
}

/* Shows what is mapped at and above 60000000, and checks how many areas that is. */
static void expect_areas(int count)
{
    show_areas(LOW, HIGH);
    check(areas_between(LOW, HIGH) == count, "%d area%s", count, count == 1 ? "" : "s");
}

static void anonymous(void)
{
    printf("anonymous, private\n");
    char *free_choice = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0);
    check((uintptr_t)free_choice >= 0x40000000, "the kernel chooses a place above 40000000");
    check(free_choice[0] == 0 && free_choice[3 * PAGE - 1] == 0, "it is zero");
    check(munmap(free_choice, 3 * PAGE) == 0, "munmap");
    check(try_in_child("a child that reads there", read_from, (uintptr_t)free_choice) ==
              STATUS_SEGV,
          "then nothing is there");

    char *p = mmap(fixed, 5 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
    check(p == fixed, "5 pages at %p, as we asked", (void *)fixed);
    expect_areas(1);
    memset(p, 'x', 5 * PAGE);
    printf("mprotect makes the page in the middle read-only: the area is split\n");
    check(mprotect(p + 2 * PAGE, PAGE, PROT_READ) == 0, "mprotect");
    expect_areas(3);
    check(try_in_child("a child that writes there", write_to, (uintptr_t)p + 2 * PAGE) ==
              STATUS_SEGV,
          "the middle cannot be written to");
    printf("mprotect gives it back: the areas are joined\n");
    check(mprotect(p + 2 * PAGE, PAGE, RW) == 0, "mprotect");
    expect_areas(1);
    printf("munmap takes the page away: two areas with a hole\n");
    check(munmap(p + 2 * PAGE, PAGE) == 0, "munmap");
    expect_areas(2);
    check(p[0] == 'x' && p[5 * PAGE - 1] == 'x', "what is left has kept its contents");
    check(try_in_child("a child that reads there", read_from, (uintptr_t)p + 2 * PAGE) ==
              STATUS_SEGV,
          "in the hole is nothing");
    printf("mmap closes the hole\n");
    check(mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + 2 * PAGE, "mmap");
    expect_areas(1);
    check(p[2 * PAGE] == 0 && p[PAGE] == 'x', "with a page of zeros");
    printf("mmap over a part replaces it\n");
    check(mmap(p + PAGE, 2 * PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == p + PAGE, "mmap");
    expect_areas(3);
    check(p[PAGE] == 0 && p[0] == 'x', "only there");
    check(munmap(p, 5 * PAGE) == 0, "munmap of all three at once");
    check(areas_between(LOW, HIGH) == 0, "nothing is left");
}

static void shared(void)
{
    printf("anonymous, shared\n");
    char *p = mmap(fixed, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    check(p == fixed, "a page that fork() does not copy");
    show_areas(LOW, HIGH);
    try_in_child("a child that writes there", write_to, (uintptr_t)p);
    check(*p == 'W', "the parent sees it");
    munmap(p, PAGE);
}

static void file(void)
{
    const char *name = "/bin/mmapdemo";
    int fd = open(name, O_RDONLY);
    char head[4] = "";
    printf("the file %s\n", name);
    check(fd >= 0 && read(fd, head, 4) == 4, "opened");
    char *a = mmap(fixed, PAGE, RW, MAP_PRIVATE | MAP_FIXED, fd, 0);
    char *b = mmap(fixed + 2 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
    char *c = mmap(fixed + 4 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, PAGE);
    check(a != MAP_FAILED && b != MAP_FAILED && c != MAP_FAILED,
          "mapped privately, shared, and from its second page");
    show_areas(LOW, HIGH);
    check(memcmp(a, head, 4) == 0 && memcmp(b, head, 4) == 0, "the mappings show its contents");
    check(page_of(0, a).frame == page_of(0, b).frame, "with one frame for both");
    a[1] = 'e';
    check(page_of(0, a).frame != page_of(0, b).frame, "writing to the private one makes a copy");
    check(b[1] == 'E', "the file is as it was");
    check_error((long)mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EACCES,
                "shared and writable, of a file opened for reading");
    off_t size = lseek(fd, 0, SEEK_END);
    off_t last = (size - 1) / PAGE * PAGE;
    char *d = mmap(fixed + 6 * PAGE, 3 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, last);
    check(d != MAP_FAILED && d[PAGE - 1] == 0, "behind the end of the file is zero");
    check(try_in_child("a child that reads a page further", read_from, (uintptr_t)d + PAGE) ==
              STATUS_BUS,
          "where no page of the file is, there is a bus error");
    check(close(fd) == 0 && memcmp(b, head, 4) == 0, "the mappings outlive the descriptor");
    munmap(fixed, 16 * PAGE);
}

static void mistakes(void)
{
    char *p = mmap(fixed, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    printf("what the kernel refuses\n");
    check_error((long)mmap(fixed + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL,
                "mmap at 60000001");
    check_error((long)mmap(NULL, 0, RW, ANON, -1, 0), EINVAL, "mmap of no bytes");
    check_error((long)mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL,
                "neither private nor shared");
    check_error((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF, "mmap of no file");
    check_error((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 0, 100), EINVAL, "an offset of 100");
    check_error((long)mmap((void *)0xc0000000, PAGE, RW, ANON | MAP_FIXED, -1, 0), ENOMEM,
                "mmap in kernel space");
    check_error((long)mmap(NULL, 0xf0000000, RW, ANON, -1, 0), ENOMEM, "mmap of nearly everything");
    check_error(munmap(p + 1, PAGE), EINVAL, "munmap at 60000001");
    check_error(munmap(p, 0), EINVAL, "munmap of no bytes");
    check_error(mprotect(p + 1, PAGE, PROT_READ), EINVAL, "mprotect at 60000001");
    check_error(mprotect(p + PAGE, PAGE, PROT_READ), ENOMEM, "mprotect where nothing is");
    check(munmap(p + PAGE, PAGE) == 0, "munmap where nothing is: allowed");
    munmap(p, PAGE);
}

int main(void)
{
    anonymous();
    shared();
    file();
    mistakes();
    return check_end("mmapdemo");
}
