/* SPDX-License-Identifier: MIT */
/*
 * swaparea.h - where the kernel may put pages that have no frame: what swap= on the command line says.
 */
#ifndef BOOT_SWAPAREA_H
#define BOOT_SWAPAREA_H

#include <stdint.h>

struct bootinfo;

struct swap_area {
    char name[8];    /* as /proc/swaps says it: hda, or memory */
    uint32_t places; /* pages, of which the first is not for the kernel; 0: there is no area */
    uint32_t base;   /* in memory: physical address */
    unsigned drive;  /* on disk: which one; IDE_DRIVES: it is in memory */
};

/*
 * Finds the area that is wanted; what is in memory is taken from b->ram. Says why when it cannot be had.
 * Called before page_init(), while interrupts are off.
 */
struct swap_area swaparea_find(struct bootinfo *b);

#endif
