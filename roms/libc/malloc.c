/* SPDX-License-Identifier: MIT */
/*
 * malloc.c - memory for programs, from two sources as in other C libraries on Linux:
 *   small blocks come from the heap, which brk() lets grow; free ones form a list in the order of
 *   their addresses, in which neighbours are joined, and malloc() takes the first that fits;
 *   blocks of MAPPED bytes or more get a mapping of their own, which free() gives back at once.
 * Every block begins with a header. The heap itself never shrinks.
 */
#include <stdlib.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct block {
    size_t size;        /* bytes, with this header; a multiple of sizeof(struct block) */
    struct block *next; /* the next free block, while it is free; itself, if it is a mapping */
};

enum { PAGE = 4096, GROW = 16 * PAGE, MAPPED = 128 << 10, LARGEST = 0x7ffff000 };

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

/* Makes the heap larger by at least size bytes. */
static bool grow(size_t size)
{
    uintptr_t old = (uintptr_t)sbrk(0);
    uintptr_t lead = -old % sizeof(struct block); /* a program may have left the break anywhere */
    size = (size + lead + GROW - 1) / GROW * GROW;
    if (sbrk((intptr_t)size) == (void *)-1)
        return false;
    struct block *b = (struct block *)(old + lead);
    b->size = (size - lead) / sizeof *b * sizeof *b;
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
        b->next = NULL;
        return b;
    }
    return NULL;
}

static struct block *map(size_t size)
{
    size = (size + PAGE - 1) / PAGE * PAGE;
    struct block *b = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED)
        return NULL;
    b->size = size;
    b->next = b;
    return b;
}

void *malloc(size_t size)
{
    struct block *b = NULL;
    if (size <= LARGEST) {
        size = (size + 2 * sizeof *b - 1) / sizeof *b * sizeof *b;
        if (size >= MAPPED)
            b = map(size);
        else if (!(b = take(size)) && grow(size))
            b = take(size);
    }
    if (b)
        return b + 1;
    errno = ENOMEM;
    return NULL;
}

void free(void *memory)
{
    struct block *b = (struct block *)memory - 1;
    if (!memory)
        return;
    if (b->next == b)
        munmap(b, b->size);
    else
        insert(b);
}

void *calloc(size_t count, size_t size)
{
    if (__builtin_mul_overflow(count, size, &size))
        size = SIZE_MAX; /* more than malloc() gives */
    void *memory = malloc(size);
    return memory ? memset(memory, 0, size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    if (!memory)
        return malloc(size);
    size_t room = ((struct block *)memory - 1)->size - sizeof(struct block);
    if (size <= room)
        return memory;
    void *larger = malloc(size);
    if (larger) {
        memcpy(larger, memory, room);
        free(memory);
    }
    return larger;
}
