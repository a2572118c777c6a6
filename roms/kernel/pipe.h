/* SPDX-License-Identifier: MIT */
/*
 * pipe.h - anonymous pipes: a page of bytes between writers and readers.
 */
#ifndef KERNEL_PIPE_H
#define KERNEL_PIPE_H

#include <stdint.h>

struct file;
struct pipe;

/* The reading end and the writing end of a new pipe; 0 or -errno. */
int pipe_new(struct file *ends[2]);

/* The frame with its bytes, by its physical address. */
uint32_t pipe_page(const struct pipe *p);

#endif
