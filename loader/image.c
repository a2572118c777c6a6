/* SPDX-License-Identifier: MIT */
/*
 * image.c - plans: a checked list of pieces. Every sum is made in 64 bits, so that no address
 * or size out of a hostile file can wrap around.
 */
#include "loader/image.h"

#include "machine/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_HALF UINT32_C(0xc0000000) /* nobody means this as a physical address */

void plan_init(struct plan *p, const char *name, uint32_t memory)
{
    memset(p, 0, sizeof *p);
    p->name = name;
    p->memory = memory;
}

void plan_free(struct plan *p)
{
    for (unsigned i = 0; i < p->owned_count; i++)
        free(p->owned[i]);
    free(p->owned);
    free(p->pieces);
    memset(p, 0, sizeof *p);
}

bool plan_adopt(struct plan *p, void *memory, struct error *err)
{
    if (p->owned_count == p->owned_room) {
        unsigned room = p->owned_room ? p->owned_room * 2 : 16;
        void **grown = realloc(p->owned, room * sizeof *grown);

        if (!grown) {
            free(memory);
            return error_set(err, "%s: out of memory", p->name);
        }
        p->owned = grown;
        p->owned_room = room;
    }
    p->owned[p->owned_count++] = memory;
    return true;
}

void *plan_alloc(struct plan *p, size_t size, struct error *err)
{
    void *memory = calloc(1, size ? size : 1);

    if (!memory) {
        error_set(err, "%s: out of memory", p->name);
        return NULL;
    }
    return plan_adopt(p, memory, err) ? memory : NULL;
}

static uint64_t piece_end(const struct plan_piece *piece)
{
    return (uint64_t)piece->phys + piece->size + piece->zero;
}

unsigned plan_mebibytes(uint64_t end)
{
    return (unsigned)((end + 0xfffff) >> 20);
}

/* Where RAM is not, and what to do about it. */
static bool check_ram(const struct plan *p, const char *what, uint64_t start, uint64_t end,
                      struct error *err)
{
    if (end <= PLAN_LOW_END || (start >= PLAN_HIGH_BASE && end <= p->memory))
        return true;
    if (start < PLAN_HIGH_BASE && end <= PLAN_HIGH_BASE)
        return error_set(err,
                         "%s: %s (%llx-%llx) lies where there is no RAM: a0000-fffff belongs to "
                         "the VGA and the ROMs; use addresses below a0000 or from 100000",
                         p->name, what, (unsigned long long)start, (unsigned long long)end - 1);
    if (start < PLAN_HIGH_BASE)
        return error_set(err,
                         "%s: %s (%llx-%llx) runs into a0000-fffff, which belongs to the VGA and "
                         "the ROMs; link it at 100000 (1 MiB) or higher",
                         p->name, what, (unsigned long long)start, (unsigned long long)end - 1);
    if (end > CONFIG_MAX_MEMORY || start >= KERNEL_HALF)
        return error_set(err,
                         "%s: %s (%llx-%llx) lies beyond the end of RAM (%uM); a higher-half "
                         "kernel needs physical load addresses: AT() in its linker script",
                         p->name, what, (unsigned long long)start, (unsigned long long)end - 1,
                         p->memory >> 20);
    return error_set(err, "%s: %s (%llx-%llx) does not fit into %uM of RAM; use -m %uM or more",
                     p->name, what, (unsigned long long)start, (unsigned long long)end - 1,
                     p->memory >> 20, plan_mebibytes(end));
}

bool plan_place(struct plan *p, phys_t phys, const uint8_t *bytes, uint64_t size, uint64_t zero,
                struct error *err, const char *what, ...)
{
    char name[sizeof p->pieces->what];
    uint64_t end = phys + size + zero;
    va_list ap;

    va_start(ap, what);
    vsnprintf(name, sizeof name, what, ap);
    va_end(ap);

    if (size == 0 && zero == 0)
        return true;
    if (size > UINT32_MAX || zero > UINT32_MAX)
        return error_set(err, "%s: %s is larger than 4 GiB", p->name, name);
    if (!check_ram(p, name, phys, end, err))
        return false;
    for (unsigned i = 0; i < p->count; i++) {
        const struct plan_piece *other = &p->pieces[i];

        if (phys < piece_end(other) && other->phys < end)
            return error_set(err, "%s: %s (%x-%llx) overlaps %s (%x-%llx) in physical memory",
                             p->name, name, phys, (unsigned long long)end - 1, other->what,
                             other->phys, (unsigned long long)piece_end(other) - 1);
    }
    if (p->count == PLAN_MAX_PIECES)
        return error_set(err, "%s: more than %u pieces to load", p->name, PLAN_MAX_PIECES);
    if (p->count == p->room) {
        unsigned room = p->room ? p->room * 2 : 16;
        struct plan_piece *grown = realloc(p->pieces, room * sizeof *grown);

        if (!grown)
            return error_set(err, "%s: out of memory", p->name);
        p->pieces = grown;
        p->room = room;
    }

    struct plan_piece *piece = &p->pieces[p->count++];
    memcpy(piece->what, name, sizeof name);
    piece->phys = phys;
    piece->bytes = bytes;
    piece->size = (uint32_t)size;
    piece->zero = (uint32_t)zero;
    return true;
}

bool plan_find(const struct plan *p, uint64_t size, uint32_t align, phys_t from, phys_t *found)
{
    uint64_t at = from;
    bool moved;

    if (size == 0)
        size = 1;
    do {
        moved = false;
        at = (at + align - 1) & ~(uint64_t)(align - 1);
        if (at + size > PLAN_LOW_END && at < PLAN_HIGH_BASE)
            at = PLAN_HIGH_BASE;
        if (at + size > p->memory && at + size > PLAN_LOW_END)
            return false;
        for (unsigned i = 0; i < p->count; i++) {
            if (at < piece_end(&p->pieces[i]) && p->pieces[i].phys < at + size) {
                at = piece_end(&p->pieces[i]);
                moved = true;
            }
        }
    } while (moved);
    *found = (phys_t)at;
    return true;
}

uint64_t plan_end(const struct plan *p)
{
    uint64_t end = 0;

    for (unsigned i = 0; i < p->count; i++) {
        if (piece_end(&p->pieces[i]) > end)
            end = piece_end(&p->pieces[i]);
    }
    return end;
}

bool plan_covers(const struct plan *p, phys_t phys)
{
    for (unsigned i = 0; i < p->count; i++) {
        if (phys >= p->pieces[i].phys && phys < piece_end(&p->pieces[i]))
            return true;
    }
    return false;
}
