/* SPDX-License-Identifier: MIT */
/*
 * module.c - reads an ELF file for the i386 and its symbol table through libelf (System V ABI,
 * chapter 4).
 *
 * - A symbol with a size covers that many bytes; one without (assembler labels) reaches to the next
 *   symbol or to the end of its section. Absolute symbols are numbers and cover nothing.
 * - Files are hostile: what does not fit is refused or left out.
 * Not modelled: relocatable objects, separate debug files, symbols of shared libraries by version.
 */
#include "monitor/module.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

void module_free(struct module *m)
{
    if (!m)
        return;
    dwarf_close(m);
    elf_end(m->elf);
    free(m->bytes);
    free(m->name);
    free(m->segments);
    free(m->symbols);
    free(m->by_name);
    free(m->units);
    free(m);
}

static bool read_segments(struct module *m, struct error *err)
{
    size_t n = 0;
    if (elf_getphdrnum(m->elf, &n) != 0)
        n = 0;
    m->segments = calloc(n + 1, sizeof *m->segments);
    if (!m->segments)
        return error_set(err, "%s: no memory", m->name);
    m->low = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr p;
        if (!gelf_getphdr(m->elf, (int)i, &p) || p.p_type != PT_LOAD || !p.p_memsz)
            continue;
        struct segment g = {(uint32_t)p.p_vaddr, (uint32_t)p.p_paddr, (uint32_t)p.p_memsz};
        if (g.size - 1 > UINT32_MAX - g.lin || g.size - 1 > UINT32_MAX - g.phys)
            continue;
        m->segments[m->segment_count++] = g;
        if (g.lin < m->low)
            m->low = g.lin;
        if (g.lin + (g.size - 1) > m->high)
            m->high = g.lin + (g.size - 1);
    }
    return m->segment_count
               ? true
               : error_set(err, "%s: has no loadable segments: link it first", m->name);
}

static uint8_t rank_of(const GElf_Sym *y)
{
    unsigned type = GELF_ST_TYPE(y->st_info), bind = GELF_ST_BIND(y->st_info);
    bool thing = type == STT_FUNC || type == STT_OBJECT || type == STT_GNU_IFUNC;
    return (uint8_t)((thing ? RANK_THING : 0) + (bind == STB_GLOBAL || bind == STB_GNU_UNIQUE ? 2
                                                 : bind == STB_WEAK                           ? 1
                                                                                              : 0));
}

/* Names that no programmer wrote: of sections and files, of assembler-local labels. */
static bool is_wanted(const GElf_Sym *y, const char *name)
{
    unsigned type = GELF_ST_TYPE(y->st_info);
    return name && *name && y->st_shndx != SHN_UNDEF && y->st_shndx != SHN_COMMON &&
           type != STT_SECTION && type != STT_FILE && type != STT_TLS && strncmp(name, ".L", 2);
}

/* One past the last address of a section; 0 for what is none. */
static uint32_t section_end(Elf *elf, GElf_Section n)
{
    Elf_Scn *section = elf_getscn(elf, n);
    GElf_Shdr h;
    if (!section || !gelf_getshdr(section, &h) || !(h.sh_flags & SHF_ALLOC))
        return 0;
    uint64_t end = h.sh_addr + h.sh_size;
    return end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
}

static void take_symbol(struct module *m, const GElf_Sym *y, const char *name)
{
    struct symbol *s = &m->symbols[m->symbol_count++];
    uint32_t end = y->st_shndx == SHN_ABS ? 0 : section_end(m->elf, y->st_shndx);
    *s = (struct symbol){.addr = (uint32_t)y->st_value,
                         .name = name,
                         .order = (uint32_t)m->symbol_count,
                         .rank = rank_of(y),
                         .absolute = y->st_shndx == SHN_ABS};
    s->end = s->addr;
    if (s->absolute || end <= s->addr)
        return;
    s->end = y->st_size && y->st_size < end - s->addr ? s->addr + (uint32_t)y->st_size : end;
    if (!y->st_size)
        s->reach = 1; /* up to the next symbol: finish_symbols */
}

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

static void finish_symbols(struct module *m)
{
    uint32_t reach = 0, next = UINT32_MAX;
    qsort(m->symbols, m->symbol_count, sizeof *m->symbols, by_address);
    for (size_t n = m->symbol_count; n-- > 0;) {
        struct symbol *s = &m->symbols[n];
        if (s->reach && next < s->end)
            s->end = next;
        if (!s->absolute && (n == 0 || m->symbols[n - 1].addr != s->addr))
            next = s->addr;
    }
    for (size_t n = 0; n < m->symbol_count; n++) {
        if (m->symbols[n].end > reach)
            reach = m->symbols[n].end;
        m->symbols[n].reach = reach;
    }
}

static int by_name(const void *a, const void *b)
{
    const struct symbol *x = *(const struct symbol *const *)a;
    const struct symbol *y = *(const struct symbol *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : x->rank != y->rank ? y->rank - x->rank : x < y ? -1 : x > y;
}

static void sort_names(struct module *m)
{
    for (size_t n = 0; n < m->symbol_count; n++)
        m->by_name[n] = &m->symbols[n];
    qsort(m->by_name, m->symbol_count, sizeof *m->by_name, by_name);
}

const struct symbol *module_find(const struct module *m, const char *name, size_t len)
{
    size_t first = 0, past = m->symbol_count; /* the first that is not before name */
    while (first < past) {
        size_t middle = first + (past - first) / 2;
        if (strncmp(m->by_name[middle]->name, name, len) < 0)
            first = middle + 1;
        else
            past = middle;
    }
    /* Of those that begin like it, the shortest comes first. */
    if (first == m->symbol_count || strncmp(m->by_name[first]->name, name, len) != 0 ||
        m->by_name[first]->name[len])
        return NULL;
    return m->by_name[first];
}

static bool read_table(struct module *m, Elf_Scn *section, const GElf_Shdr *h, struct error *err)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = data && h->sh_entsize ? data->d_size / sizeof(Elf32_Sym) : 0;
    m->symbols = calloc(n + 1, sizeof *m->symbols);
    m->by_name = calloc(n + 1, sizeof *m->by_name);
    if (!m->symbols || !m->by_name)
        return error_set(err, "%s: no memory for %zu symbols", m->name, n);
    for (size_t i = 1; i < n; i++) {
        GElf_Sym y;
        if (!gelf_getsym(data, (int)i, &y))
            break;
        const char *name = elf_strptr(m->elf, h->sh_link, y.st_name);
        if (is_wanted(&y, name))
            take_symbol(m, &y, name);
    }
    finish_symbols(m);
    sort_names(m);
    return true;
}

/* The full table, or, where that was stripped, the one for the dynamic linker. */
static bool read_symbols(struct module *m, struct error *err)
{
    Elf_Scn *best = NULL;
    GElf_Shdr h, best_header = {0};
    for (Elf_Scn *i = elf_nextscn(m->elf, NULL); i; i = elf_nextscn(m->elf, i)) {
        if (!gelf_getshdr(i, &h))
            continue;
        if (h.sh_type == SHT_SYMTAB || (h.sh_type == SHT_DYNSYM && !best)) {
            best = i;
            best_header = h;
        }
        if (h.sh_type == SHT_SYMTAB)
            break;
    }
    return !best || read_table(m, best, &best_header, err);
}

static bool check_header(struct module *m, struct error *err)
{
    GElf_Ehdr h;
    if (!m->elf || elf_kind(m->elf) != ELF_K_ELF || !gelf_getehdr(m->elf, &h))
        return error_set(err, "%s: is no ELF file, so it has no symbols", m->name);
    if (gelf_getclass(m->elf) != ELFCLASS32 || h.e_machine != EM_386)
        return error_set(err, "%s: is an ELF file for another processor than the i386", m->name);
    return true;
}

bool module_read(struct module *m, struct error *err)
{
    if (!check_header(m, err) || !read_segments(m, err) || !read_symbols(m, err))
        return false;
    if (m->place.at_given)
        m->bias = m->place.at - m->low;
    m->place.at = m->low + m->bias;
    dwarf_open(m);
    if (!m->symbol_count && !m->unit_count)
        return error_set(err, "%s: was stripped: it has neither symbols nor lines", m->name);
    return true;
}
