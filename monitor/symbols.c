/* SPDX-License-Identifier: MIT */
/*
 * symbols.c - the session's modules, and lookups by address and by name.
 *
 * - Of the functions and objects that cover an address the one that begins last counts, else of the
 *   labels; of several at one address a global one, else the one that the file names last.
 * - A module that belongs to the address space asked for comes before one that holds everywhere.
 */
#include "monitor/symbols.h"

#include "base/out.h"
#include "monitor/module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_MODULES 256u
#define MAX_FOLDERS 64u
#define MAX_FILE (UINT64_C(1) << 31)

struct symbols {
    struct module *module[MAX_MODULES]; /* in the order they were added */
    unsigned count;
    const char **names; /* of all modules, sorted, once each; made when first asked for (owned) */
    size_t name_count;
    char *folder[MAX_FOLDERS]; /* of sources (owned) */
    unsigned folders;
    bool (*translate)(void *ctx, uint32_t cr3, uint32_t lin, uint32_t *phys);
    void *translate_ctx;
};

struct symbols *symbols_new(void)
{
    return elf_version(EV_CURRENT) == EV_NONE ? NULL : calloc(1, sizeof(struct symbols));
}

static void forget_names(struct symbols *s)
{
    free(s->names);
    s->names = NULL;
    s->name_count = 0;
}

void symbols_free(struct symbols *s)
{
    if (!s)
        return;
    for (unsigned n = 0; n < s->count; n++)
        module_free(s->module[n]);
    for (unsigned n = 0; n < s->folders; n++)
        free(s->folder[n]);
    forget_names(s);
    free(s);
}

void symbols_set_paging(struct symbols *s,
                        bool (*translate)(void *ctx, uint32_t cr3, uint32_t lin, uint32_t *phys),
                        void *ctx)
{
    s->translate = translate;
    s->translate_ctx = ctx;
}

/* ---- Modules --------------------------------------------------------------------------- */

/* Takes bytes, which are malloc'ed, in either case. */
static bool add_module(struct symbols *s, const char *name, void *bytes, size_t size,
                       const struct symbols_place *place, struct error *err)
{
    struct module *m = calloc(1, sizeof *m);
    if (!m) {
        free(bytes);
        return error_set(err, "%s: no memory", name);
    }
    m->bytes = bytes;
    m->name = strdup(name);
    if (place)
        m->place = *place;
    m->elf = elf_memory(bytes, size);
    if (!m->name || s->count == MAX_MODULES || !module_read(m, err)) {
        if (!m->name || s->count == MAX_MODULES)
            error_set(err, "%s: there is no room for another file's symbols", name);
        module_free(m);
        return false;
    }
    s->module[s->count++] = m;
    forget_names(s);
    return true;
}

bool symbols_add(struct symbols *s, const char *name, const void *bytes, size_t size,
                 const struct symbols_place *place, struct error *err)
{
    void *copy = malloc(size ? size : 1);
    if (!copy)
        return error_set(err, "%s: no memory", name);
    memcpy(copy, bytes, size);
    return add_module(s, name, copy, size, place, err);
}

static void *read_whole(int fd, const char *file, size_t *size, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        error_set(err, "%s: is not a regular file", file);
        return NULL;
    }
    if (st.st_size <= 0 || (uint64_t)st.st_size > MAX_FILE) {
        error_set(err, "%s: is %s", file, st.st_size > 0 ? "larger than 2 GiB" : "empty");
        return NULL;
    }
    uint8_t *bytes = malloc((size_t)st.st_size);
    if (!bytes) {
        error_set(err, "%s: no memory", file);
        return NULL;
    }
    for (*size = 0; *size < (size_t)st.st_size;) {
        ssize_t n = read(fd, bytes + *size, (size_t)st.st_size - *size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        *size += (size_t)n;
    }
    return bytes;
}

bool symbols_add_file(struct symbols *s, const char *file, const struct symbols_place *place,
                      struct error *err)
{
    size_t size = 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, "%s: %s", file, strerror(errno));
    void *bytes = read_whole(fd, file, &size, err);
    close(fd);
    return bytes && add_module(s, file, bytes, size, place, err);
}

bool symbols_remove(struct symbols *s, const char *name)
{
    unsigned kept = 0, before = s->count;
    for (unsigned n = 0; n < before; n++) {
        if (strcmp(s->module[n]->name, name) == 0)
            module_free(s->module[n]);
        else
            s->module[kept++] = s->module[n];
    }
    s->count = kept;
    if (kept != before)
        forget_names(s);
    return kept != before;
}

bool symbols_module(const struct symbols *s, unsigned n, struct symbols_info *info)
{
    if (n >= s->count)
        return false;
    const struct module *m = s->module[n];
    *info = (struct symbols_info){.name = m->name,
                                  .place = m->place,
                                  .end = m->high + m->bias,
                                  .count = m->symbol_count,
                                  .lines = m->unit_count != 0,
                                  .frames = m->cfi[0] || m->cfi[1]};
    return true;
}

/* ---- By address ---------------------------------------------------------------------------- */

/* CR3 without the bits that are not part of the address. */
static bool same_space(uint32_t a, uint32_t b)
{
    return !((a ^ b) & ~UINT32_C(0x1f));
}

static bool holds_in(const struct module *m, uint32_t cr3)
{
    return !m->place.cr3_given || same_space(m->place.cr3, cr3);
}

/* What lies at addr is, in the module, what was linked for *local. */
static bool at_load_address(const struct symbols *s, const struct module *m, uint32_t cr3,
                            uint32_t addr, uint32_t *local)
{
    uint32_t phys;
    if (m->place.cr3_given || m->bias || !s->translate ||
        !s->translate(s->translate_ctx, cr3, addr, &phys))
        return false;
    for (size_t n = 0; n < m->segment_count; n++) {
        const struct segment *g = &m->segments[n];
        if (phys - g->phys < g->size) {
            *local = g->lin + (phys - g->phys);
            return true;
        }
    }
    return false;
}

/* Modules that may know addr, the most particular first: goes on from *n, which begins at 0. */
static const struct module *next_module(const struct symbols *s, uint32_t cr3, uint32_t addr,
                                        unsigned *n, uint32_t *local)
{
    for (; *n < 3 * s->count; ++*n) {
        unsigned pass = *n / s->count;
        const struct module *m = s->module[s->count - 1 - *n % s->count];
        if (!holds_in(m, cr3) || m->place.cr3_given != (pass == 0))
            continue;
        *local = addr - m->bias;
        bool inside = *local >= m->low && *local <= m->high;
        if (pass < 2 ? inside : !inside && at_load_address(s, m, cr3, addr, local)) {
            ++*n;
            return m;
        }
    }
    return NULL;
}

static const struct symbol *symbol_at(const struct module *m, uint32_t addr)
{
    size_t first = 0, past = m->symbol_count; /* the first that begins behind addr */
    while (first < past) {
        size_t middle = first + (past - first) / 2;
        if (m->symbols[middle].addr <= addr)
            first = middle + 1;
        else
            past = middle;
    }
    const struct symbol *label = NULL;
    for (; first > 0 && m->symbols[first - 1].reach > addr; first--) {
        const struct symbol *y = &m->symbols[first - 1];
        if (y->end > addr && y->rank >= RANK_THING)
            return y;
        if (y->end > addr && !label)
            label = y;
    }
    return label;
}

static const struct symbol *find_symbol(const struct symbols *s, uint32_t cr3, uint32_t addr,
                                        uint32_t *local)
{
    const struct module *m;
    for (unsigned n = 0; (m = next_module(s, cr3, addr, &n, local));) {
        const struct symbol *y = symbol_at(m, *local);
        if (y)
            return y;
    }
    return NULL;
}

const char *symbols_name(const struct symbols *s, uint32_t cr3, uint32_t addr, uint32_t *offset)
{
    uint32_t local;
    const struct symbol *y = s ? find_symbol(s, cr3, addr, &local) : NULL;
    if (!y)
        return NULL;
    *offset = local - y->addr;
    return y->name;
}

int symbols_text(const struct symbols *s, uint32_t cr3, uint32_t addr, char *text, size_t n)
{
    uint32_t offset;
    const char *name = symbols_name(s, cr3, addr, &offset);
    if (!name || !offset)
        return snprintf(text, n, "%s", name ? name : "");
    return snprintf(text, n, "%s+0x%x", name, offset);
}

bool symbols_extent(const struct symbols *s, uint32_t cr3, uint32_t addr, uint32_t *first,
                    uint32_t *last)
{
    uint32_t local;
    const struct symbol *y = s ? find_symbol(s, cr3, addr, &local) : NULL;
    if (!y)
        return false;
    *first = addr - (local - y->addr);
    *last = addr + (y->end - 1 - local);
    return true;
}

bool symbols_line(const struct symbols *s, uint32_t cr3, uint32_t addr, const char **file,
                  unsigned *line)
{
    const struct module *m;
    uint32_t local;
    for (unsigned n = 0; s && (m = next_module(s, cr3, addr, &n, &local));) {
        if (dwarf_line(m, local, file, line))
            return true;
    }
    return false;
}

bool symbols_unwind(const struct symbols *s, uint32_t cr3, uint32_t at, struct symbols_frame *f,
                    bool (*read)(void *ctx, uint32_t addr, uint32_t *value), void *ctx)
{
    const struct module *m;
    uint32_t local;
    for (unsigned n = 0; s && (m = next_module(s, cr3, at, &n, &local));) {
        if (dwarf_unwind(m, local, f, read, ctx))
            return true;
    }
    return false;
}

/* Eight hexadecimal digits that stand alone, and do not count bytes on the physical bus. */
static bool is_address(const char *text, const char *at)
{
    static const char *const physical[] = {"physical address ", "physical page ", "frame "};
    if (strspn(at, "0123456789abcdef") != 8 || strchr("xghijklmnopqrstuvwyz_", at[8] ? at[8] : '!'))
        return false;
    for (size_t n = 0; n < ARRAY_LEN(physical); n++) {
        size_t len = strlen(physical[n]);
        if ((size_t)(at - text) >= len && memcmp(at - len, physical[n], len) == 0)
            return false;
    }
    return true;
}

void symbols_annotate(const struct symbols *s, uint32_t cr3, const char *text, struct out *to)
{
    bool inside = false; /* a word */
    for (const char *p = text; *p;) {
        bool letter = strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", *p);
        if (!letter || inside || !is_address(text, p)) {
            out_printf(to, "%c", *p++);
            inside = letter;
            continue;
        }
        char name[200];
        out_printf(to, "%.8s", p);
        if (symbols_text(s, cr3, (uint32_t)strtoul(p, NULL, 16), name, sizeof name))
            out_printf(to, " <%s>", name);
        p += 8;
    }
}

/* ---- By name ------------------------------------------------------------------------------- */

bool symbols_find(const struct symbols *s, uint32_t cr3, const char *name, size_t len,
                  uint32_t *addr)
{
    const struct symbol *best = NULL;
    bool particular = false; /* best is of a module of this address space only */
    for (unsigned n = 0; s && n < s->count; n++) {
        const struct module *m = s->module[n];
        const struct symbol *y = holds_in(m, cr3) ? module_find(m, name, len) : NULL;
        if (!y || (best && (particular && !m->place.cr3_given)) ||
            (best && particular == m->place.cr3_given && best->rank >= y->rank))
            continue;
        best = y;
        particular = m->place.cr3_given;
        *addr = y->addr + (y->absolute ? 0 : m->bias);
    }
    return best;
}

bool symbols_find_line(const struct symbols *s, uint32_t cr3, const char *file, size_t len,
                       unsigned line, uint32_t *addr)
{
    unsigned best = UINT32_MAX;
    for (unsigned n = 0; s && n < s->count; n++) {
        const struct module *m = s->module[n];
        uint32_t local;
        unsigned found;
        if (holds_in(m, cr3) && dwarf_find_line(m, file, len, line, &local, &found) &&
            found < best) {
            best = found;
            *addr = local + m->bias;
        }
    }
    return best != UINT32_MAX;
}

const char *symbols_file(const struct symbols *s, uint32_t cr3, const char *file, size_t len,
                         const char **folder)
{
    const char *found = NULL;
    for (unsigned n = 0; s && n < s->count && !found; n++) {
        if (holds_in(s->module[n], cr3))
            found = dwarf_file(s->module[n], file, len, folder);
    }
    return found;
}

bool symbols_add_folder(struct symbols *s, const char *folder, struct error *err)
{
    char *copy = s->folders < MAX_FOLDERS ? strdup(folder) : NULL;
    if (!copy)
        return error_set(err, "%s: there is no room for another folder", folder);
    s->folder[s->folders++] = copy;
    return true;
}

const char *symbols_folder(const struct symbols *s, unsigned n)
{
    return s && n < s->folders ? s->folder[n] : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void collect_names(struct symbols *s)
{
    size_t n = 0, total = 0, kept = 0;
    for (unsigned i = 0; i < s->count; i++)
        total += s->module[i]->symbol_count;
    s->names = total ? malloc(total * sizeof *s->names) : NULL;
    if (!s->names)
        return;
    for (unsigned i = 0; i < s->count; i++) {
        for (size_t k = 0; k < s->module[i]->symbol_count; k++)
            s->names[n++] = s->module[i]->symbols[k].name;
    }
    qsort(s->names, n, sizeof *s->names, by_name);
    for (size_t i = 0; i < n; i++) {
        if (!kept || strcmp(s->names[kept - 1], s->names[i]) != 0)
            s->names[kept++] = s->names[i];
    }
    s->name_count = kept;
}

const char *symbols_complete(struct symbols *s, const char *prefix, unsigned n)
{
    if (!s)
        return NULL;
    if (!s->names)
        collect_names(s);
    size_t first = 0, past = s->name_count, len = strlen(prefix);
    while (first < past) {
        size_t middle = first + (past - first) / 2;
        if (strcmp(s->names[middle], prefix) < 0)
            first = middle + 1;
        else
            past = middle;
    }
    if (n >= s->name_count - first || strncmp(s->names[first + n], prefix, len) != 0)
        return NULL;
    return s->names[first + n];
}
