/* SPDX-License-Identifier: MIT */
/*
 * elf.c - maps program files. See elf.h.
 */
#include "kernel/elf.h"

#include <stddef.h>

#include "kernel/abi.h"
#include "kernel/inode.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/uaccess.h"
#include "lib/string.h"

struct elf_header {
    uint8_t ident[16];                     /* 7f 'E' 'L' 'F', class, byte order, version */
    uint16_t type, machine;                /* ET_..., EM_386 */
    uint32_t version, entry, phoff, shoff; /* entry point, offset of the program headers */
    uint32_t flags;                        /* none on the i386 */
    uint16_t ehsize, phentsize, phnum;     /* sizes and number of headers */
    uint16_t shentsize, shnum, shstrndx;   /* sections; not used */
};

struct elf_segment {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

enum { ET_EXEC = 2, ET_DYN = 3, EM_386 = 3, PT_LOAD = 1, PT_INTERP = 3 };
enum { PF_X = 1, PF_W = 2, PF_R = 4, MAX_SEGMENTS = 16 };

#define SEGMENT_END (USER_END - STACK_LIMIT)

/* A file that is being mapped. */
struct loading {
    struct mm *m;                              /* where to */
    struct inode *inode;                       /* what */
    struct elf_header header;                  /* from its beginning */
    struct elf_segment segments[MAX_SEGMENTS]; /* header.phnum of them */
};

static uint32_t page_up(uint32_t lin)
{
    return (lin + PAGE_SIZE - 1) & PAGE_MASK;
}

static int read_headers(struct loading *l, bool library)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1 /* 32-bit */, 1 /* little-endian */, 1};
    struct elf_header *h = &l->header;
    int n = inode_read(l->inode, 0, h, sizeof *h);
    if (n < 0)
        return n;
    if (n != sizeof *h || memcmp(h->ident, ident, sizeof ident) != 0 ||
        h->type != (library ? ET_DYN : ET_EXEC) || h->machine != EM_386 ||
        h->phentsize != sizeof(struct elf_segment) || h->phnum > MAX_SEGMENTS)
        return -ENOEXEC;
    int size = h->phnum * (int)sizeof(struct elf_segment);
    n = inode_read(l->inode, h->phoff, l->segments, (size_t)size);
    return n < 0 ? n : n == size ? 0 : -ENOEXEC;
}

static bool segment_ok(const struct loading *l, const struct elf_segment *s, bool library)
{
    uint32_t size = l->inode->size;
    return (library || s->vaddr >= USER_LOW) && s->vaddr < SEGMENT_END && s->memsz > 0 &&
           s->memsz <= SEGMENT_END - s->vaddr && s->filesz <= s->memsz && s->offset <= size &&
           s->filesz <= size - s->offset && s->offset % PAGE_SIZE == s->vaddr % PAGE_SIZE;
}

/*
 * Makes the areas of one segment: what the file fills, then what is only zero (.bss). The rest of
 * the last page of the file's part is cleared: that is where .bss begins.
 */
static int map_segment(const struct loading *l, const struct elf_segment *s, uint32_t base)
{
    unsigned flags = (s->flags & PF_R ? VMA_READ : 0u) | (s->flags & PF_W ? VMA_WRITE : 0u) |
                     (s->flags & PF_X ? VMA_EXEC : 0u);
    uint32_t start = base + s->vaddr, lead = start % PAGE_SIZE;
    uint32_t file_end = s->filesz ? page_up(start + s->filesz) : start - lead;
    uint32_t end = page_up(start + s->memsz);
    int error = 0;
    if (s->filesz) {
        struct vma v = {.start = start - lead,
                        .end = file_end,
                        .flags = flags,
                        .inode = l->inode,
                        .offset = s->offset - lead};
        error = mm_map(l->m, &v);
    }
    if (!error && file_end < end) {
        struct vma v = {.start = file_end, .end = end, .flags = flags};
        error = mm_map(l->m, &v);
    }
    bool bss = s->memsz > s->filesz && flags & VMA_WRITE;
    for (uint32_t at = start + s->filesz, n; !error && bss && at < file_end; at += n) {
        static const uint8_t zeros[256];
        n = file_end - at < sizeof zeros ? file_end - at : sizeof zeros;
        error = user_write(l->m, at, zeros, n);
    }
    return error == -EINVAL ? -ENOEXEC : error;
}

/* A place for all segments of a library together; 0: it does not fit anywhere. */
static uint32_t find_base(const struct loading *l)
{
    uint32_t end = 0;
    for (unsigned i = 0; i < l->header.phnum; i++) {
        const struct elf_segment *s = &l->segments[i];
        if (s->type == PT_LOAD && segment_ok(l, s, true) && page_up(s->vaddr + s->memsz) > end)
            end = page_up(s->vaddr + s->memsz);
    }
    return end ? mm_find_free(l->m, 0, end) : 0;
}

static int read_interpreter(const struct loading *l, const struct elf_segment *s, char *path)
{
    if (s->filesz < 2 || s->filesz > ELF_INTERPRETER)
        return -ENOEXEC;
    int n = inode_read(l->inode, s->offset, path, s->filesz);
    if (n < 0)
        return n;
    return n == (int)s->filesz && path[n - 1] == '\0' ? 0 : -ENOEXEC;
}

int elf_map(struct mm *m, struct inode *i, bool library, struct elf *out)
{
    struct loading l = {.m = m, .inode = i};
    int error = read_headers(&l, library);
    if (error)
        return error;
    *out = (struct elf){.header_count = l.header.phnum};
    if (library && !(out->base = find_base(&l)))
        return -ENOEXEC;
    for (unsigned n = 0; !error && n < l.header.phnum; n++) {
        const struct elf_segment *s = &l.segments[n];
        if (s->type == PT_INTERP && !library)
            error = read_interpreter(&l, s, out->interpreter);
        if (s->type != PT_LOAD || s->memsz == 0)
            continue;
        if (!segment_ok(&l, s, library) || out->base > SEGMENT_END - s->memsz - s->vaddr)
            return -ENOEXEC;
        error = map_segment(&l, s, out->base);
        uint32_t end = page_up(out->base + s->vaddr + s->memsz);
        out->end = end > out->end ? end : out->end;
        if (l.header.phoff >= s->offset && l.header.phoff - s->offset < s->filesz)
            out->headers = out->base + s->vaddr + (l.header.phoff - s->offset);
        if (s->flags & PF_X && !library && !m->code_start) {
            m->code_start = s->vaddr;
            m->code_end = s->vaddr + s->filesz;
        }
    }
    out->entry = out->base + l.header.entry;
    const struct vma *v = mm_find(m, out->entry);
    return error ? error : v && v->flags & VMA_EXEC ? 0 : -ENOEXEC;
}
