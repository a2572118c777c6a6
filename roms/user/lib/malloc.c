/* SPDX-License-Identifier: MIT */
/*
 * malloc.c - a heap on top of brk().
 * Every block begins with a header; the free ones form a list in the order of their addresses, in
 * which neighbours are joined. malloc() takes the first that is large enough and otherwise moves
 * the end of the heap. free() never gives memory back to the kernel.
 */
#include "user/lib/lib.h"

struct block {
    size_t size;        /* bytes, with this header; a multiple of sizeof(struct block) */
    struct block *next; /* the next free block, while it is free */
};

enum { GROW = 4096, LARGEST = 0x40000000 };

static struct block *free_list;

/* Puts a block into the list and joins it with the neighbours it touches. */
static void insert(struct block *b)
{
    struct block *before = NULL, *after = free_list;
    while (after && after < b) {
        before = after;
        after = after->next;
    }
    b->next = after;
    if (before)
        before->next = b;
    else
        free_list = b;
    if (after && (char *)b + b->size == (char *)after) {
        b->size += after->size;
        b->next = after->next;
    }
    if (before && (char *)before + before->size == (char *)b) {
        before->size += b->size;
        before->next = b->next;
    }
}

static bool grow_heap(size_t size)
{
    size = (size + GROW - 1) / GROW * GROW;
    uint32_t old = (uint32_t)brk(NULL);
    if ((uint32_t)brk((void *)(old + size)) != old + size)
        return false;
    struct block *b = (struct block *)old;
    b->size = size;
    insert(b);
    return true;
}

/* Takes size bytes out of the first free block that has them. */
static struct block *take(size_t size)
{
    for (struct block **link = &free_list; *link; link = &(*link)->next) {
        struct block *b = *link;
        if (b->size < size)
            continue;
        if (b->size > size) {
            struct block *rest = (struct block *)((char *)b + size);
            rest->size = b->size - size;
            rest->next = b->next;
            *link = rest;
            b->size = size;
        } else {
            *link = b->next;
        }
        return b;
    }
    return NULL;
}

void *malloc(size_t size)
{
    if (size > LARGEST)
        return NULL;
    size = (size + 2 * sizeof(struct block) - 1) / sizeof(struct block) * sizeof(struct block);
    struct block *b = take(size);
    if (!b && grow_heap(size))
        b = take(size);
    return b ? b + 1 : NULL;
}

void free(void *memory)
{
    if (memory)
        insert((struct block *)memory - 1);
}
