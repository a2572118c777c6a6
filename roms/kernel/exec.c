/* SPDX-License-Identifier: MIT */
/*
 * exec.c - turns an ELF program into an address space.
 * Source: System V ABI, chapter 4 and 5 (ELF), and its Intel386 supplement, figure 3-31 (stack).
 *
 *   the stack of a new program, ending at c0000000:
 *     argc | argv[0] .. NULL | envp[0] .. NULL | (aligned) strings of argv and envp | 0
 *     ^ ESP
 *
 * Nothing is read from the file here but its headers; pages come when they are touched. The file
 * is not trusted: whatever does not fit the user half or the file itself is -ENOEXEC.
 */
#include "kernel/exec.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/abi.h"
#include "kernel/initrd.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "kernel/uaccess.h"
#include "kernel/x86.h"
#include "lib/string.h"

struct elf_header {
    uint8_t ident[16];                     /* 7f 'E' 'L' 'F', class, byte order, version */
    uint16_t type, machine;                /* ET_EXEC, EM_386 */
    uint32_t version, entry, phoff, shoff; /* entry point, offset of the program headers */
    uint32_t flags;                        /* none on the i386 */
    uint16_t ehsize, phentsize, phnum;     /* sizes and number of headers */
    uint16_t shentsize, shnum, shstrndx;   /* sections; not used */
};

struct elf_segment {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

enum { ET_EXEC = 2, EM_386 = 3, PT_LOAD = 1, PF_X = 1, PF_W = 2, PF_R = 4, MAX_SEGMENTS = 16 };

static bool header_ok(const struct elf_header *h, const struct initrd_file *f)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1 /* 32-bit */, 1 /* little-endian */, 1};
    return f->size >= sizeof *h && memcmp(h->ident, ident, sizeof ident) == 0 &&
           h->type == ET_EXEC && h->machine == EM_386 &&
           h->phentsize == sizeof(struct elf_segment) && h->phnum <= MAX_SEGMENTS &&
           h->phoff % 4 == 0 && h->phoff <= f->size &&
           h->phnum * sizeof(struct elf_segment) <= f->size - h->phoff;
}

static bool segment_ok(const struct elf_segment *s, const struct initrd_file *f)
{
    return s->vaddr >= USER_LOW && s->vaddr < USER_END - STACK_LIMIT && s->memsz > 0 &&
           s->memsz <= USER_END - STACK_LIMIT - s->vaddr && s->filesz <= s->memsz &&
           s->offset <= f->size && s->filesz <= f->size - s->offset &&
           s->offset % PAGE_SIZE == s->vaddr % PAGE_SIZE;
}

static uint32_t page_up(uint32_t lin)
{
    return (lin + PAGE_SIZE - 1) & PAGE_MASK;
}

/* Makes the areas of one segment: what the file fills, then what is only zero (.bss). */
static int map_segment(struct mm *m, const struct elf_segment *s, const struct initrd_file *f)
{
    unsigned flags = (s->flags & PF_R ? VMA_READ : 0u) | (s->flags & PF_W ? VMA_WRITE : 0u) |
                     (s->flags & PF_X ? VMA_EXEC : 0u);
    uint32_t lead = s->vaddr % PAGE_SIZE; /* file bytes in the first page before the segment */
    uint32_t end = page_up(s->vaddr + s->memsz);
    uint32_t file_end = s->filesz ? page_up(s->vaddr + s->filesz) : s->vaddr - lead;
    if (s->filesz) {
        struct vma v = {.start = s->vaddr - lead,
                        .end = file_end,
                        .flags = flags,
                        .file = f,
                        .offset = s->offset - lead,
                        .file_bytes = lead + s->filesz};
        int error = mm_map(m, &v);
        if (error)
            return error;
    }
    if (file_end < end) {
        struct vma v = {.start = file_end, .end = end, .flags = flags};
        int error = mm_map(m, &v);
        if (error)
            return error;
    }
    if (end > m->brk_start)
        m->brk_start = m->brk = end;
    return 0;
}

static int map_file(struct mm *m, const struct initrd_file *f)
{
    const struct elf_header *h = (const void *)initrd_data(f);
    const struct elf_segment *s = (const void *)(initrd_data(f) + h->phoff);
    for (unsigned i = 0; i < h->phnum; i++) {
        if (s[i].type != PT_LOAD)
            continue;
        int error = segment_ok(&s[i], f) ? map_segment(m, &s[i], f) : -ENOEXEC;
        if (error)
            return error == -EINVAL ? -ENOEXEC : error;
    }
    const struct vma *v = mm_find(m, h->entry);
    return v && v->flags & VMA_EXEC ? 0 : -ENOEXEC;
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

/* Writes one word and moves *at behind it. */
static int put_word(struct mm *m, uint32_t *at, uint32_t word)
{
    int error = user_write(m, *at, &word, sizeof word);
    *at += sizeof word;
    return error;
}

/* Builds the initial stack; *esp becomes its lowest address. */
static int build_stack(struct mm *m, const struct exec_args *a, uint32_t *esp)
{
    uint32_t strings = USER_END - 4 - a->used;
    uint32_t words = a->argc + a->envc + 3, at = (strings & ~3u) - 4 * words;
    struct vma stack = {.start = (at & PAGE_MASK) - PAGE_SIZE,
                        .end = USER_END,
                        .flags = VMA_READ | VMA_WRITE | VMA_GROWSDOWN,
                        .label = "[stack]"};
    int error = mm_map(m, &stack);
    *esp = at;
    if (!error)
        error = user_write(m, strings, a->text, a->used);
    if (!error)
        error = put_word(m, &at, a->argc);
    const char *string = a->text;
    for (uint32_t i = 0; !error && i < a->argc + a->envc; i++) {
        if (i == a->argc)
            error = put_word(m, &at, 0);
        if (!error)
            error = put_word(m, &at, strings + (uint32_t)(string - a->text));
        string += strlen(string) + 1;
    }
    /* The NULL that ends the environment, or both lists if there is none. */
    for (int i = a->envc ? 1 : 2; !error && i > 0; i--)
        error = put_word(m, &at, 0);
    return error;
}

int exec_program(struct proc *p, const char *path, const struct exec_args *a)
{
    const struct initrd_file *f = initrd_find(path);
    if (!f)
        return -ENOENT;
    const struct elf_header *h = (const void *)initrd_data(f);
    if (!header_ok(h, f))
        return -ENOEXEC;
    struct mm *m = mm_new();
    uint32_t esp;
    int error = m ? map_file(m, f) : -ENOMEM;
    if (!error)
        error = build_stack(m, a, &esp);
    if (error) {
        if (m)
            mm_free(m);
        return error;
    }

    struct mm *old = p->mm;
    p->mm = m;
    if (p == current)
        pgdir_switch(m->pgdir);
    if (old)
        mm_free(old);
    const char *slash = path;
    for (const char *c = path; *c; c++)
        slash = *c == '/' ? c + 1 : slash;
    strlcpy(p->name, slash, sizeof p->name);
    *p->tf = (struct trapframe){.ds = SEL_UDATA,
                                .es = SEL_UDATA,
                                .fs = SEL_UDATA,
                                .gs = SEL_UDATA,
                                .cs = SEL_UCODE,
                                .eip = h->entry,
                                .eflags = EFLAGS_IF | EFLAGS_ALWAYS,
                                .ss = SEL_UDATA,
                                .esp = esp};
    return 0;
}
