/* SPDX-License-Identifier: MIT */
/*
 * isolation.c - one address, two processes, two frames: what a process writes is nobody else's, and
 * what both want to know they have to send through the kernel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, CHILDREN = 3 };

static volatile uint32_t cell __attribute__((aligned(PAGE)));

/* What a child sends: its frame, and what it reads after all have written. */
struct report {
    uint32_t frame, value;
};

static void __attribute__((noreturn)) child(uint32_t number, int out, int go)
{
    struct report r;
    char c;
    cell = number * 1111;
    r.frame = page_of(0, &cell).frame;
    write(out, &r.frame, sizeof r.frame); /* written: now the others may */
    if (read(go, &c, 1) != 1)
        exit(1);
    r.value = cell;
    write(out, &r.value, sizeof r.value);
    exit(0);
}

int main(void)
{
    int from[CHILDREN][2], to[CHILDREN][2], pids[CHILDREN];
    struct report r[CHILDREN];
    cell = 9999;
    for (int i = 0; i < CHILDREN; i++) {
        if (pipe(from[i]) < 0 || pipe(to[i]) < 0 || (pids[i] = fork()) < 0) {
            perror("isolation");
            return 1;
        }
        if (pids[i] == 0)
            child((uint32_t)i + 1, from[i][1], to[i][0]);
        if (read(from[i][0], &r[i].frame, 4) != 4)
            return 1;
    }
    printf("%d processes have written to address %p\n", CHILDREN, (void *)(uintptr_t)&cell);
    for (int i = 0; i < CHILDREN; i++) {
        write(to[i][1], "g", 1);
        if (read(from[i][0], &r[i].value, 4) != 4)
            return 1;
        printf("  child %d: frame 0x%05x, reads %u\n", i + 1, r[i].frame, r[i].value);
        check(r[i].value == (uint32_t)(i + 1) * 1111, "it reads what it wrote");
    }
    struct page mine = page_of(0, &cell);
    printf("  parent:  %s, reads %u\n", page_text(mine), cell);
    check(cell == 9999, "so does the parent");
    bool distinct =
        r[0].frame != r[1].frame && r[0].frame != r[2].frame && r[1].frame != r[2].frame;
    for (int i = 0; i < CHILDREN; i++)
        distinct &= r[i].frame != mine.frame && r[i].frame != 0;
    check(distinct, "one address, %d different frames", CHILDREN + 1);
    for (int i = 0; i < CHILDREN; i++)
        check(wait_and_tell("a child", pids[i]) == 0, "as it should");
    return check_end("isolation");
}
