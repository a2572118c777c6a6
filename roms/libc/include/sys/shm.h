/* SPDX-License-Identifier: MIT */
/*
 * sys/shm.h - System V shared memory: shmget(2), shmop(2), shmctl(2).
 */
#ifndef LIBC_SYS_SHM_H
#define LIBC_SYS_SHM_H

#include <stddef.h>
#include <sys/types.h>

enum { IPC_PRIVATE = 0, IPC_CREAT = 01000, IPC_EXCL = 02000 };
enum { IPC_RMID = 0, IPC_SET = 1, IPC_STAT = 2 };
enum { SHM_RDONLY = 010000, SHM_RND = 020000 };

int shmget(key_t key, size_t size, int flags);
void *shmat(int id, const void *at, int flags);
int shmdt(const void *at);
int shmctl(int id, int command, void *buffer);

#endif
