/* SPDX-License-Identifier: MIT */
/*
 * shm.c - a System V shared memory segment: the same frames in two processes, where each of them wants
 * it; not inherited as a copy by fork(), and alive as long as somebody is attached.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, SIZE = 2 * PAGE, KEY = 0x5eed, STATUS_SEGV = 128 + SIGSEGV };

static char *const here = (char *)0x50000000;
static char *const there = (char *)0x51000000;

static void child(uintptr_t parents_frame)
{
    char first = *(volatile char *)here; /* a shared page need not be there before it is touched */
    struct page mine = page_of(0, here);
    printf("  child:  %p is %s\n", (void *)here, page_text(mine));
    check(first == 't' && mine.frame == parents_frame, "the child inherited the same frame");
    strcpy(here, "the child was here");
    strcpy(here + PAGE, "on both pages");
}

static void write_to(uintptr_t address)
{
    *(volatile char *)address = 1;
}

/* Attaching where and how it must not be. */
static void try_mistakes(int id)
{
    check_error((long)shmat(id, here + 100, 0), EINVAL, "shmat at 50000064");
    check_error((long)shmat(id, here, 0), EINVAL, "shmat where something is");
    check_error((long)shmat(id + 1, 0, 0), EINVAL, "shmat of no segment");
    check_error(shmdt(there), EINVAL, "shmdt of nothing");
    check_error(shmget(KEY, 0, IPC_CREAT), EINVAL, "shmget of no bytes");
    check_error(shmget(KEY + 1, PAGE, 0), ENOENT, "shmget of an unknown key");
    int key_id = shmget(KEY, PAGE, IPC_CREAT | IPC_EXCL | 0600);
    check(key_id >= 0 && shmget(KEY, PAGE, 0) == key_id, "two shmget with one key: one segment");
    check_error(shmget(KEY, PAGE, IPC_CREAT | IPC_EXCL), EEXIST, "shmget that must make a new one");
    check(shmctl(key_id, IPC_RMID, NULL) == 0, "shmctl removes it");
}

int main(void)
{
    int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
    if (id < 0) {
        perror("shmget");
        return 1;
    }
    printf("shmget(IPC_PRIVATE, 2 pages); shmat at %p\n", (void *)here);
    check(shmat(id, here, 0) == here, "attached where we asked");
    strcpy(here, "the parent was here");
    struct page mine = page_of(0, here);
    printf("  parent: %p is %s\n", (void *)here, page_text(mine));
    show_maps("SYSV");
    int status = try_in_child("the child", child, mine.frame);
    check(status == 0 && strcmp(here, "the child was here") == 0, "we read \"%s\" \"%s\"", here,
          here + PAGE);

    printf("attached a second time, read-only, at %p\n", (void *)there);
    check(shmat(id, there, SHM_RDONLY) == there, "that is possible");
    show_maps("SYSV");
    check(page_of(0, there).frame == mine.frame || strcmp(there, here) == 0,
          "it has the same contents: \"%s\"", there);
    check(page_of(0, there).frame == mine.frame, "and the same frame");
    check(try_in_child("a child that writes there", write_to, (uintptr_t)there) == STATUS_SEGV,
          "writing through this one is a segmentation fault");
    check(shmdt(there) == 0, "shmdt at %p", (void *)there);
    check(shmat(id, there + 100, SHM_RND) == there, "SHM_RND rounds 51000064 down");
    shmdt(there);

    printf("mistakes\n");
    try_mistakes(id);
    printf("the end\n");
    check(shmctl(id, IPC_RMID, NULL) == 0, "removed while we are attached");
    check(strcmp(here, "the child was here") == 0, "it is still there for us");
    check(shmdt(here) == 0 && areas_between(0x50000000, 0x50000001) == 0, "shmdt: now it is gone");
    check_error((long)shmat(id, here, 0), EINVAL, "shmat of what was removed");
    return check_end("shm");
}
