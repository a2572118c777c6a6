/* SPDX-License-Identifier: MIT */
/*
 * exec.c - turns a program file into an address space.
 * Source: System V ABI, Intel386 supplement, figure 3-31 (stack); getauxval(3).
 *
 *   the stack of a new program, ending at c0000000:
 *     argc | argv[0] .. NULL | envp[0] .. NULL | auxiliary vector | strings of argv and envp | 0
 *     ^ ESP, on a multiple of 16
 *
 * A program that names an interpreter (PT_INTERP: its shared library) begins there, with the
 * library mapped from mapped_base upward; the auxiliary vector tells the library where the program
 * is, and it starts the program itself.
 */
#include "kernel/exec.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/abi.h"
#include "kernel/elf.h"
#include "kernel/inode.h"
#include "kernel/layout.h"
#include "kernel/mm.h"
#include "kernel/paging.h"
#include "kernel/proc.h"
#include "kernel/signal.h"
#include "kernel/timer.h"
#include "kernel/uaccess.h"
#include "kernel/x86.h"
#include "lib/string.h"

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
        {AT_PHENT, ELF_HEADER_SIZE},
        {AT_PHNUM, program->header_count},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_BASE, library->base},
        {AT_FLAGS, 0},
        {AT_ENTRY, program->entry},
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
    struct elf program, library = {0};
    int error = elf_map(m, file, false, &program);
    if (error)
        return error;
    m->brk_start = m->brk = program.end;
    *entry = program.entry;
    if (program.interpreter[0]) {
        struct inode *i = inode_find(program.interpreter);
        error = i ? elf_map(m, i, true, &library) : -ENOENT;
        inode_put(i);
        *entry = library.entry;
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
