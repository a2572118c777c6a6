/* SPDX-License-Identifier: MIT */
/*
 * image.h - a plan: what has to lie where in the guest's memory, and in what state the
 * processor starts, before anything touches a machine. The format parsers (elf, multiboot1,
 * bootsector) fill a plan, boot.c applies it.
 *
 * - A piece is a run of bytes at a physical address, followed by a run of zeroes. Its bytes are
 *   borrowed from a file image or from memory that the plan owns (plan_alloc).
 * - plan_place refuses pieces outside RAM and pieces that overlap, with a message that says
 *   which, and how much memory would do.
 * - RAM is 0-640 KiB and 1 MiB up to plan.memory; between them lie the VGA and the ROMs.
 * - Not a parser itself: nothing here trusts or reads the contents of a file.
 */
#ifndef LOADER_IMAGE_H
#define LOADER_IMAGE_H

#include "base/types.h"
#include "machine/machine.h"

#define PLAN_LOW_END UINT32_C(0xa0000)    /* conventional memory ends here */
#define PLAN_HIGH_BASE UINT32_C(0x100000) /* extended memory begins here */
#define PLAN_MAX_PIECES 8192u             /* far more than any real image has */

struct plan_piece {
    char what[32];        /* for messages: "segment 2", "module 1" */
    phys_t phys;          /* where it goes */
    const uint8_t *bytes; /* what goes there, may be NULL when size is 0 */
    uint32_t size;        /* bytes of it */
    uint32_t zero;        /* zero bytes after them */
};

struct plan {
    const char *name;           /* the image, for messages; borrowed */
    const char *kind;           /* what it was recognised as, a string literal */
    const uint8_t *image;       /* the image's bytes, for symbols; owned or borrowed */
    size_t image_size;          /* how many */
    uint32_t memory;            /* bytes of RAM of the machine it is for */
    bool acpi;                  /* it will have ACPI tables */
    bool services;              /* it needs the BIOS services of roms/bios (config.services) */
    phys_t rsdp;                /* where a copy of their root pointer goes; 0: nowhere */
    struct plan_piece *pieces;  /* in order of placing, non-overlapping */
    unsigned count;             /* pieces used */
    unsigned room;              /* pieces allocated */
    void **owned;               /* memory freed with the plan */
    unsigned owned_count;       /* entries used */
    unsigned owned_room;        /* entries allocated */
    struct machine_entry entry; /* state at the first instruction */
};

void plan_init(struct plan *p, const char *name, uint32_t memory);
void plan_free(struct plan *p);

/* Zeroed memory that lives as long as the plan; NULL (and err) when the host has none. */
void *plan_alloc(struct plan *p, size_t size, struct error *err);
/* Hands malloc'ed memory over to the plan; on failure it is freed at once. */
bool plan_adopt(struct plan *p, void *memory, struct error *err);

/* Adds a piece named by the format. A piece of no bytes at all is accepted and ignored. */
bool plan_place(struct plan *p, phys_t phys, const uint8_t *bytes, uint64_t size, uint64_t zero,
                struct error *err, const char *what, ...) PRINTF_LIKE(7, 8);

/* Lowest address >= from where `size` free bytes of RAM lie; align is a power of two. */
bool plan_find(const struct plan *p, uint64_t size, uint32_t align, phys_t from, phys_t *found);

/* One past the highest byte placed; 0 for an empty plan. */
uint64_t plan_end(const struct plan *p);

/* Is the address inside a piece? */
bool plan_covers(const struct plan *p, phys_t phys);

/* The -m value (in MiB) with which memory would reach up to `end`. */
unsigned plan_mebibytes(uint64_t end);

#endif
