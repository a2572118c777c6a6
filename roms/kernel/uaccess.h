/* SPDX-License-Identifier: MIT */
/*
 * uaccess.h - the only way the kernel touches user memory.
 * Every function checks each page against the areas of the address space, brings it in if it is
 * not there yet, and reaches it through the linear map. The kernel never dereferences a user
 * pointer, so a bad one is an error value and cannot be a fault, and the write protection that a
 * 386 does not enforce in ring 0 is enforced here.
 */
#ifndef KERNEL_UACCESS_H
#define KERNEL_UACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm;

/* Does lin..lin + n lie in the user half? If not, nothing of it is touched. */
bool user_range(uint32_t lin, uint32_t n);

/* 0, -EFAULT or -ENOMEM. */
int user_read(struct mm *m, void *dst, uint32_t lin, size_t n);
int user_write(struct mm *m, uint32_t lin, const void *src, size_t n);

/* Makes sure that a page can be written: 0, -EFAULT or -ENOMEM. */
int user_touch(struct mm *m, uint32_t lin);

/* Copies a string with its terminator: its length, -EFAULT, or -ENAMETOOLONG if size is short. */
int user_string(struct mm *m, char *dst, uint32_t lin, size_t size);

#endif
