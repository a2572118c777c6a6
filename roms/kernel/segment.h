/* SPDX-License-Identifier: MIT */
/*
 * segment.h - flat segments and the one task state segment.
 */
#ifndef KERNEL_SEGMENT_H
#define KERNEL_SEGMENT_H

#include <stdint.h>

/* Loads GDT, segment registers and task register. */
void segment_init(void);

/* Where the processor puts the frame when it comes from ring 3. */
void segment_set_kernel_stack(uint32_t esp0);

#endif
