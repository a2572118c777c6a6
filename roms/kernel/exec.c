/* SPDX-License-Identifier: MIT */
/*
 * exec.c - turns a program file into an address space. See proc.h.
 * Sources: System V ABI, chapter 5 (ELF), and its Intel386 supplement, figure 3-31 (stack);
 * getauxval(3).
 *
 *   the stack of a new program, ending at c0000000:
 *     argc | argv[0] .. NULL | envp[0] .. NULL | auxiliary vector | strings of argv and envp | 0
 *     ^ ESP, on a multiple of 16
 *
 * A program that names an interpreter (PT_INTERP: its shared library) begins there, with the
 * library mapped from mapped_base upward; the auxiliary vector tells the library where the program
 * is, and it starts the program itself. Pages of either come when they are touched.
 */
#include "kernel/proc.h"

#include <stdbool.h>
#include <stddef.h>

#include "drivers/drivers.h"
#include "drivers/x86.h"
#include "kernel/core.h"
#include "kernel/file.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/paging.h"
#include "lib/abi.h"
#include "lib/elf.h"
#include "lib/string.h"

enum { MAX_SEGMENTS = 16 };

#define SEGMENT_END (USER_END - STACK_LIMIT)

/* A file that is being mapped, and what it is once it is. */
struct elf {
    struct mm *m;                              /* where to */
    struct inode *inode;                       /* what */
    bool library;                              /* ET_DYN, goes where there is room; else ET_EXEC */
    struct elf_header header;                  /* from its beginning */
    struct elf_segment segments[MAX_SEGMENTS]; /* header.phnum of them */
    uint32_t base;                             /* added to its addresses; 0 for a program */
    uint32_t headers;                          /* where segments[] is in memory; 0: nowhere */
    uint32_t end;                              /* the page after its last one */
    char interpreter[INODE_PATH];              /* path of the library that starts it, or empty */
};

static uint32_t page_up(uint32_t lin)
{
    return (lin + PAGE_SIZE - 1) & PAGE_MASK;
}

static int read_headers(struct elf *l)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1 /* 32-bit */, 1 /* little-endian */, 1};
    struct elf_header *h = &l->header;
    int n = inode_read(l->inode, 0, h, sizeof *h);
    if (n < 0)
        return n;
    if (n != sizeof *h || memcmp(h->ident, ident, sizeof ident) != 0 ||
        h->type != (l->library ? ET_DYN : ET_EXEC) || h->machine != EM_386 ||
        h->phentsize != sizeof(struct elf_segment) || h->phnum > MAX_SEGMENTS)
        return -ENOEXEC;
    int size = h->phnum * (int)sizeof(struct elf_segment);
    n = inode_read(l->inode, h->phoff, l->segments, (size_t)size);
    return n < 0 ? n : n == size ? 0 : -ENOEXEC;
}

static bool segment_ok(const struct elf *l, const struct elf_segment *s)
{
    uint32_t size = l->inode->size;
    return (l->library || s->vaddr >= USER_LOW) && s->vaddr < SEGMENT_END && s->memsz > 0 &&
           s->memsz <= SEGMENT_END - s->vaddr && s->filesz <= s->memsz && s->offset <= size &&
           s->filesz <= size - s->offset && s->offset % PAGE_SIZE == s->vaddr % PAGE_SIZE;
}

/*
 * Makes the areas of one segment: what the file fills, then what is only zero (.bss). The rest of
 * the last page of the file's part is cleared: that is where .bss begins.
 */
static int map_segment(const struct elf *l, const struct elf_segment *s)
{
    unsigned flags = (s->flags & PF_R ? VMA_READ : 0u) | (s->flags & PF_W ? VMA_WRITE : 0u) |
                     (s->flags & PF_X ? VMA_EXEC : 0u);
    uint32_t start = l->base + s->vaddr, lead = start % PAGE_SIZE;
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
static uint32_t find_base(const struct elf *l)
{
    uint32_t end = 0;
    for (unsigned i = 0; i < l->header.phnum; i++) {
        const struct elf_segment *s = &l->segments[i];
        if (s->type == PT_LOAD && segment_ok(l, s) && page_up(s->vaddr + s->memsz) > end)
            end = page_up(s->vaddr + s->memsz);
    }
    return end ? mm_find_free(l->m, 0, end) : 0;
}

static int read_interpreter(struct elf *l, const struct elf_segment *s)
{
    if (s->filesz < 2 || s->filesz > sizeof l->interpreter)
        return -ENOEXEC;
    int n = inode_read(l->inode, s->offset, l->interpreter, s->filesz);
    if (n < 0)
        return n;
    return n == (int)s->filesz && l->interpreter[n - 1] == '\0' ? 0 : -ENOEXEC;
}

/* Maps the segments. The file is not trusted: -ENOEXEC if it fits not the user half or itself. */
static int map_file(struct elf *l)
{
    int error = read_headers(l);
    if (!error && l->library && !(l->base = find_base(l)))
        error = -ENOEXEC;
    for (unsigned n = 0; !error && n < l->header.phnum; n++) {
        const struct elf_segment *s = &l->segments[n];
        if (s->type == PT_INTERP && !l->library)
            error = read_interpreter(l, s);
        if (s->type != PT_LOAD || s->memsz == 0)
            continue;
        if (!segment_ok(l, s) || l->base > SEGMENT_END - s->memsz - s->vaddr)
            return -ENOEXEC;
        error = map_segment(l, s);
        uint32_t end = page_up(l->base + s->vaddr + s->memsz);
        l->end = end > l->end ? end : l->end;
        if (l->header.phoff >= s->offset && l->header.phoff - s->offset < s->filesz)
            l->headers = l->base + s->vaddr + (l->header.phoff - s->offset);
        if (s->flags & PF_X && !l->library && !l->m->code_start) {
            l->m->code_start = s->vaddr;
            l->m->code_end = s->vaddr + s->filesz;
        }
    }
    const struct vma *v = mm_find(l->m, l->base + l->header.entry);
    return error ? error : v && v->flags & VMA_EXEC ? 0 : -ENOEXEC;
}

int exec_args_add(struct exec_args *a, const char *string)
{
    size_t size = strlen(string) + 1;
    if (size > sizeof a->text - a->used)
        return -E2BIG;
    memcpy(a->text + a->used, string, size);
    a->used += size;
    return 0;
}

/* Words that are written one after the other into a new address space. */
struct writer {
    struct mm *m; /* where */
    uint32_t at;  /* the next address */
    int error;    /* of the first one that could not be written */
};

static void put_word(struct writer *w, uint32_t word)
{
    if (!w->error)
        w->error = user_write(w->m, w->at, &word, sizeof word);
    w->at += sizeof word;
}

/* Builds the initial stack and sets m->stack_start to its lowest address. */
static int build_stack(struct mm *m, const struct exec_args *a, const struct elf *program,
                       const struct elf *library)
{
    const uint32_t auxv[][2] = {
        {AT_PHDR, program->headers},
        {AT_PHENT, sizeof(struct elf_segment)},
        {AT_PHNUM, program->header.phnum},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_BASE, library->base},
        {AT_FLAGS, 0},
        {AT_ENTRY, program->header.entry},
        {AT_UID, 0},
        {AT_EUID, 0},
        {AT_GID, 0},
        {AT_EGID, 0},
        {AT_CLKTCK, TICKS_PER_SECOND},
        {AT_NULL, 0},
    };
    uint32_t strings = USER_END - 4 - a->used;
    uint32_t size = (a->argc + a->envc + 3) * 4 + sizeof auxv;
    struct writer w = {.m = m, .at = (strings - size) & ~15u};
    m->stack_start = w.at;
    struct vma stack = {.start = (w.at & PAGE_MASK) - PAGE_SIZE,
                        .end = USER_END,
                        .flags = VMA_READ | VMA_WRITE | VMA_GROWSDOWN};
    w.error = mm_map(m, &stack);
    if (!w.error)
        w.error = user_write(m, strings, a->text, a->used);
    put_word(&w, a->argc);
    const char *string = a->text;
    m->args_start = m->args_end = strings;
    for (uint32_t i = 0; i < a->argc + a->envc; i++) {
        if (i == a->argc)
            put_word(&w, 0);
        put_word(&w, strings + (uint32_t)(string - a->text));
        string += strlen(string) + 1;
        if (i < a->argc)
            m->args_end = strings + (uint32_t)(string - a->text);
    }
    /* The NULL that ends the environment, or both lists if there is none. */
    for (int i = a->envc ? 1 : 2; i > 0; i--)
        put_word(&w, 0);
    for (size_t i = 0; i < sizeof auxv / sizeof auxv[0]; i++) {
        put_word(&w, auxv[i][0]);
        put_word(&w, auxv[i][1]);
    }
    return w.error;
}

/* Maps the program, then the library it wants; *entry is where it begins. */
static int map_program(struct mm *m, struct inode *file, const struct exec_args *a, uint32_t *entry)
{
    struct elf program = {.m = m, .inode = file}, library = {.m = m, .library = true};
    int error = map_file(&program);
    m->brk_start = m->brk = program.end;
    *entry = program.header.entry;
    if (!error && program.interpreter[0]) {
        library.inode = inode_find(program.interpreter);
        error = library.inode ? map_file(&library) : -ENOENT;
        inode_put(library.inode);
        *entry = library.base + library.header.entry;
    }
    return error ? error : build_stack(m, a, &program, &library);
}

static void set_name(struct proc *p, const char *path)
{
    const char *name = path;
    for (const char *c = path; *c; c++)
        name = *c == '/' ? c + 1 : name;
    strlcpy(p->name, name, sizeof p->name);
}

int exec_program(struct proc *p, const char *path, const struct exec_args *a)
{
    struct inode *file = inode_find(path);
    if (!file)
        return -ENOENT;
    struct mm *m = mm_new(), *old = p->mm;
    uint32_t entry = 0;
    if (m && old)
        m->mapped_base = old->mapped_base;
    int error = !m ? -ENOMEM
                : file->kind == INODE_INITRD || file->kind == INODE_MEMORY
                    ? map_program(m, file, a, &entry)
                    : -EACCES;
    inode_put(file);
    if (error) {
        if (m)
            mm_free(m);
        return error;
    }

    p->mm = m;
    if (p == current)
        pgdir_switch(m->pgdir);
    if (old)
        mm_free(old);
    signal_exec(p);
    set_name(p, path);
    *p->tf = (struct trapframe){.ds = SEL_UDATA,
                                .es = SEL_UDATA,
                                .fs = SEL_UDATA,
                                .gs = SEL_UDATA,
                                .cs = SEL_UCODE,
                                .eip = entry,
                                .eflags = EFLAGS_IF | EFLAGS_ALWAYS,
                                .ss = SEL_UDATA,
                                .esp = m->stack_start};
    return 0;
}
