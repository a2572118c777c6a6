/* SPDX-License-Identifier: MIT */
/*
 * shm.h - System V shared memory segments.
 */
#ifndef KERNEL_SHM_H
#define KERNEL_SHM_H

#include <stdint.h>

struct mm;

/* The system calls of the same names (shmget(2), shmop(2), shmctl(2)); 0 or more, or -errno. */
int shm_get(int32_t key, uint32_t size, uint32_t flags);
int shm_attach(struct mm *m, int id, uint32_t address, uint32_t flags, uint32_t *result);
int shm_detach(struct mm *m, uint32_t address);
int shm_control(struct mm *m, int id, uint32_t command, uint32_t buffer);

#endif
