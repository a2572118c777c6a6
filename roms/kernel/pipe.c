/* SPDX-License-Identifier: MIT */
/*
 * pipe.c - anonymous pipes. See file.h and pipe(2), pipe(7).
 * head and tail only move forward; byte p of the stream is in data[p % PAGE_SIZE]. Readers and
 * writers sleep on the pipe itself. System calls hand over pieces of at most 512 bytes, and a
 * piece is written when there is room for all of it, so that writes up to that size stay whole.
 */
#include "kernel/file.h"

#include <stddef.h>

#include "drivers/x86.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/proc.h"
#include "lib/abi.h"

struct pipe {
    char *data;                /* one page */
    uint32_t head, tail;       /* bytes read so far, bytes written so far */
    unsigned readers, writers; /* open ends: 0 or 1 each, descriptors share them */
};

static struct cache pipe_cache = CACHE_OF(pipe);

static int pipe_read(struct file *f, char *dst, size_t n, bool wait)
{
    struct pipe *p = f->pipe;
    cli();
    while (p->head == p->tail) {
        if (!p->writers || !wait || signal_pending(current)) {
            sti();
            return p->writers && wait ? -EINTR : 0;
        }
        proc_sleep(p);
    }
    sti();
    size_t done = 0;
    while (done < n && p->head != p->tail)
        dst[done++] = p->data[p->head++ % PAGE_SIZE];
    proc_wake(p);
    return (int)done;
}

static int pipe_write(struct file *f, const char *src, size_t n)
{
    struct pipe *p = f->pipe;
    cli();
    while (p->readers && PAGE_SIZE - (p->tail - p->head) < n) {
        if (signal_pending(current)) {
            sti();
            return -EINTR;
        }
        proc_sleep(p);
    }
    sti();
    if (!p->readers) {
        signal_send(current, SIGPIPE, SI_KERNEL);
        return -EPIPE;
    }
    for (size_t i = 0; i < n; i++)
        p->data[p->tail++ % PAGE_SIZE] = src[i];
    proc_wake(p);
    return (int)n;
}

static void release(struct pipe *p)
{
    proc_wake(p); /* who waits learns that nobody is left */
    if (p->readers || p->writers)
        return;
    page_put(lin_to_phys(p->data));
    cache_free(&pipe_cache, p);
}

static void release_reader(struct file *f)
{
    f->pipe->readers--;
    release(f->pipe);
}

static void release_writer(struct file *f)
{
    f->pipe->writers--;
    release(f->pipe);
}

static const struct file_ops reader_ops = {pipe_read, NULL, release_reader};
static const struct file_ops writer_ops = {NULL, pipe_write, release_writer};

int pipe_new(struct file *ends[2])
{
    struct pipe *p = cache_alloc(&pipe_cache);
    uint32_t page = p ? page_alloc(PAGE_BUFFER) : 0;
    if (page) {
        p->data = phys_to_lin(page);
        ends[0] = file_new(&(struct file){.ops = &reader_ops, .flags = O_RDONLY, .pipe = p});
        ends[1] = file_new(&(struct file){.ops = &writer_ops, .flags = O_WRONLY, .pipe = p});
        p->readers = ends[0] != NULL;
        p->writers = ends[1] != NULL;
        if (p->readers && p->writers)
            return 0;
        if (p->readers || p->writers) {
            file_close(ends[0] ? ends[0] : ends[1]);
            return -ENOMEM;
        }
        page_put(page);
    }
    if (p)
        cache_free(&pipe_cache, p);
    return -ENOMEM;
}

uint32_t pipe_page(const struct pipe *p)
{
    return lin_to_phys(p->data);
}
