/* SPDX-License-Identifier: MIT */
/*
 * paging.h - page directories and page tables.
 *
 *   directory or table entry (80386 Programmer's Reference Manual, 5.2):
 *    31                    12 11   9  8 7  6   5  4 3   2     1     0
 *   +------------------------+------+----+---+---+----+-----+-----+---+
 *   | physical address       | free | 0 0| D | A | 0 0| U/S | R/W | P |
 *   +------------------------+------+----+---+---+----+-----+-----+---+
 *
 * Directory entries 768-1023 are the kernel half. They are filled in at boot, never change
 * afterwards, and are copied into every new directory; the tables behind them are shared.
 */
#ifndef KERNEL_PAGING_H
#define KERNEL_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTE_P 0x001u /* present */
#define PTE_W 0x002u /* writable; a 386 in ring 0 does not care */
#define PTE_U 0x004u /* ring 3 may use it */

#define KERNEL_PDE 768 /* first directory entry of the kernel half */

extern uint32_t kernel_pgdir[1024]; /* boot.S; what runs when no process does */

/* Prepares the window: the page at WINDOW can then show any physical page. */
void paging_init(void);

/* Copies n bytes from any physical address, mapped or not. */
void window_read(void *dst, uint32_t phys, size_t n);

/* A directory with the kernel half in place and an empty user half; NULL: out of memory. */
uint32_t *pgdir_new(void);

/* Frees the directory, its user tables, and drops every user frame. */
void pgdir_free(uint32_t *pgdir);

/* The page-table entry of a user address; NULL if the table is missing and not wanted or OOM. */
uint32_t *pgdir_pte(uint32_t *pgdir, uint32_t lin, bool create);

/* Drops the frames mapped in start..end. */
void pgdir_unmap(uint32_t *pgdir, uint32_t start, uint32_t end);

/* Gives the new directory an own copy of every user frame of the old one; false: out of memory. */
bool pgdir_copy(uint32_t *to, uint32_t *from);

void pgdir_switch(const uint32_t *pgdir);

/* Forgets cached translations: call it after taking pages or rights away. */
void pgdir_flush(void);

#endif
