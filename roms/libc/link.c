/* SPDX-License-Identifier: MIT */
/*
 * link.c - the dynamic linker, a part of the library itself.
 * A program names the library as its interpreter (PT_INTERP). The kernel maps both and enters the
 * library, which, before anything else can work,
 *   1. finds its own tables (_DYNAMIC) and those of the program (AT_PHDR),
 *   2. relocates itself: it may have been mapped anywhere (AT_BASE),
 *   3. binds the program: each symbol that is missing there gets its address here.
 * A symbol is looked for in the program first, then in the library. So a variable of the library
 * that a program uses (`environ`) lives in the program's .bss, where step 3 copies it, and the
 * library uses that one as well. Functions inside the library reach each other directly.
 *
 * Source: System V ABI, chapter 5 (dynamic linking), and its Intel386 supplement, figure 4-4.
 * Not here: lazy binding, more than one library, thread-local storage, symbol versions.
 * Until step 2 is done nothing here may use a variable that programs can see.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "libc/kernel.h"

struct object {
    uint32_t base;            /* what to add to its addresses */
    const Elf32_Sym *symbols; /* DT_SYMTAB */
    const char *strings;      /* DT_STRTAB */
    const uint32_t *hash;     /* DT_HASH: counts of buckets and chains, buckets, chains */
    struct {
        const Elf32_Rel *at; /* the first */
        uint32_t count;      /* how many */
    } rel[2];                /* DT_REL, and DT_JMPREL for functions */
};

extern const Elf32_Dyn _DYNAMIC[] HIDDEN;
HIDDEN uint32_t link_program(const uint32_t *stack);

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void say(const char *text)
{
    uint32_t length = 0;
    while (text[length])
        length++;
    kernel_call(SYS_write, 2, text, length);
}

static void __attribute__((noreturn)) fail(const char *why, const char *name)
{
    enum { CANNOT_LINK = 127 };
    say("libc.so: ");
    say(why);
    say(name);
    say("\n");
    for (;;)
        kernel_call(SYS_exit, CANNOT_LINK);
}

static void read_dynamic(struct object *o, uint32_t base, const Elf32_Dyn *d)
{
    *o = (struct object){.base = base};
    for (; d->d_tag != DT_NULL; d++) {
        uint32_t address = base + d->d_val;
        switch (d->d_tag) {
        case DT_SYMTAB: o->symbols = (const Elf32_Sym *)address; break;
        case DT_STRTAB: o->strings = (const char *)address; break;
        case DT_HASH: o->hash = (const uint32_t *)address; break;
        case DT_REL: o->rel[0].at = (const Elf32_Rel *)address; break;
        case DT_RELSZ: o->rel[0].count = d->d_val / sizeof(Elf32_Rel); break;
        case DT_JMPREL: o->rel[1].at = (const Elf32_Rel *)address; break;
        case DT_PLTRELSZ: o->rel[1].count = d->d_val / sizeof(Elf32_Rel); break;
        }
    }
}

/* Chapter 5, "Hash Table". */
static uint32_t hash_of(const char *name)
{
    uint32_t h = 0;
    for (; *name; name++) {
        h = (h << 4) + (uint8_t)*name;
        uint32_t high = h & 0xf0000000;
        h ^= high >> 24;
        h &= ~high;
    }
    return h;
}

static const Elf32_Sym *find_in(const struct object *o, const char *name, uint32_t hash)
{
    if (!o->hash)
        return NULL;
    const uint32_t *bucket = o->hash + 2, *chain = bucket + o->hash[0];
    for (uint32_t i = bucket[hash % o->hash[0]]; i != 0; i = chain[i]) {
        const Elf32_Sym *s = &o->symbols[i];
        if (s->st_shndx != 0 && s->st_info >> 4 != STB_LOCAL &&
            equal(o->strings + s->st_name, name))
            return s;
    }
    return NULL;
}

/* The address of a symbol that the object uses: the first definition from scope[first] on. */
static uint32_t resolve(struct object *const scope[2], int first, const struct object *user,
                        const Elf32_Sym *s)
{
    const char *name = user->strings + s->st_name;
    uint32_t hash = hash_of(name);
    for (int i = first; i < 2; i++) {
        const Elf32_Sym *found = find_in(scope[i], name, hash);
        if (found)
            return scope[i]->base + found->st_value;
    }
    if (s->st_info >> 4 != STB_WEAK)
        fail("no such symbol: ", name);
    return 0;
}

static void relocate(struct object *const scope[2], struct object *o, const Elf32_Rel *r)
{
    uint32_t *place = (uint32_t *)(o->base + r->r_offset);
    const Elf32_Sym *s = &o->symbols[r->r_info >> 8];
    switch (r->r_info & 0xff) {
    case R_386_NONE: break;
    case R_386_RELATIVE: *place += o->base; break;
    case R_386_32: *place += resolve(scope, 0, o, s); break;
    case R_386_PC32: *place += resolve(scope, 0, o, s) - (uint32_t)place; break;
    case R_386_GLOB_DAT:
    case R_386_JMP_SLOT: *place = resolve(scope, 0, o, s); break;
    case R_386_COPY: {
        const volatile char *from = (const char *)resolve(scope, 1, o, s);
        for (uint32_t i = 0; i < s->st_size; i++)
            ((volatile char *)place)[i] = from[i];
        break;
    }
    default: fail("unknown kind of relocation for: ", o->strings + s->st_name);
    }
}

static void relocate_all(struct object *const scope[2], struct object *o)
{
    for (int table = 0; table < 2; table++) {
        for (uint32_t i = 0; i < o->rel[table].count; i++)
            relocate(scope, o, &o->rel[table].at[i]);
    }
}

/* Looks a value up in the auxiliary vector, which follows argv and envp on the stack. */
static uint32_t auxiliary(const uint32_t *stack, uint32_t type)
{
    const uint32_t *at = stack + 1 + *stack + 1; /* argc, argv, NULL */
    while (*at++)
        continue; /* envp, NULL */
    for (; *at != AT_NULL; at += 2) {
        if (*at == type)
            return at[1];
    }
    return 0;
}

/* Called by link_entry with the initial stack; returns where the program begins. */
uint32_t link_program(const uint32_t *stack)
{
    struct object program = {.base = 0}, library;
    struct object *const scope[2] = {&program, &library};
    const Elf32_Phdr *headers = (const Elf32_Phdr *)auxiliary(stack, AT_PHDR);
    uint32_t count = auxiliary(stack, AT_PHNUM), base = 0;
    const Elf32_Dyn *dynamic = NULL;

    for (uint32_t i = 0; i < count; i++) {
        if (headers[i].p_type == PT_PHDR)
            base = (uint32_t)headers - headers[i].p_vaddr; /* 0, if it is linked to its place */
        if (headers[i].p_type == PT_DYNAMIC)
            dynamic = (const Elf32_Dyn *)(base + headers[i].p_vaddr);
    }
    if (!dynamic)
        fail("the program has no dynamic section", "");
    read_dynamic(&program, base, dynamic);
    read_dynamic(&library, auxiliary(stack, AT_BASE), _DYNAMIC);
    relocate_all(scope, &library);
    relocate_all(scope, &program);
    return auxiliary(stack, AT_ENTRY);
}
