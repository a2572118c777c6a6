/* SPDX-License-Identifier: MIT */
/*
 * inode.c - inodes and the page cache. See file.h.
 */
#include "kernel/file.h"

#include "boot/bootinfo.h"
#include "kernel/core.h"
#include "kernel/layout.h"
#include "kernel/page.h"
#include "kernel/paging.h"
#include "lib/abi.h"
#include "lib/archive.h"
#include "lib/string.h"

enum { FILE_LIMIT = 0x40000000 };

static struct cache inode_cache = CACHE_OF(inode);
static struct inode *first;
static uint32_t last_number;

struct inode *inode_new(const char *path, enum inode_kind kind, uint32_t device, uint32_t number)
{
    struct inode *i = cache_alloc(&inode_cache), **link = &first;
    if (!i)
        return NULL;
    strlcpy(i->path, path, sizeof i->path);
    i->kind = kind;
    i->device = device;
    i->number = number;
    i->refs = 1;
    while (*link)
        link = &(*link)->next;
    *link = i;
    return i;
}

struct inode *inode_next(const struct inode *i)
{
    return i ? i->next : first;
}

struct inode *inode_get(struct inode *i)
{
    if (i)
        i->refs++;
    return i;
}

void inode_put(struct inode *i)
{
    if (!i || --i->refs > 0)
        return;
    struct inode **link = &first;
    while (*link != i)
        link = &(*link)->next;
    *link = i->next;
    if (i->pages)
        pgdir_free(i->pages, 1024);
    cache_free(&inode_cache, i);
}

/* A segment or a removed file has no name that could be found. */
static struct inode *lookup(const char *path)
{
    for (struct inode *i = first; i; i = i->next) {
        if (i->device != DEV_SHM && strcmp(i->path, path) == 0)
            return i;
    }
    return NULL;
}

struct inode *inode_find(const char *path)
{
    return inode_get(lookup(path));
}

const char *inode_name_in(const struct inode *i, const struct inode *directory)
{
    size_t length = strlen(directory->path);
    const char *name = i->path + length + 1;
    bool inside = i != directory && i->device != DEV_SHM && strlen(i->path) > length &&
                  strncmp(i->path, directory->path, length) == 0 && name[-1] == '/';
    return inside && !strchr(name, '/') ? name : NULL;
}

static void must_make(const char *path, enum inode_kind kind)
{
    if (!lookup(path) && !inode_new(path, kind, DEV_NAMES, ++last_number))
        panic("no memory for %s", path);
}

/* Makes the directories that lead to a path. */
static void make_parents(const char *path)
{
    char part[INODE_PATH];
    for (size_t n = 1; path[n]; n++) {
        if (path[n] == '/') {
            strlcpy(part, path, n + 1);
            must_make(part, INODE_DIRECTORY);
        }
    }
}

void inode_init(const struct range *where)
{
    uint32_t room = where->end - where->start;
    struct archive_header h;
    if (room == 0)
        panic("no initrd: start with -initrd initrd.img");
    phys_read(&h, where->start, sizeof h);
    if (room < sizeof h || memcmp(h.magic, "RAMDISK1", 8) != 0)
        panic("the initrd is not an archive of this kernel");
    if (h.size > room || h.size < sizeof h ||
        h.count > (h.size - sizeof h) / sizeof(struct archive_file))
        panic("the initrd is cut off");
    must_make("", INODE_DIRECTORY);
    for (uint32_t n = 0; n < h.count; n++) {
        struct archive_file f;
        phys_read(&f, where->start + sizeof h + n * sizeof f, sizeof f);
        if (f.path[0] != '/' || f.path[sizeof f.path - 1] != '\0' || f.offset % PAGE_SIZE != 0 ||
            f.offset > h.size || f.size > h.size - f.offset || f.size > FILE_LIMIT)
            panic("the initrd is damaged at file %u", n);
        make_parents(f.path);
        struct inode *i = inode_new(f.path, INODE_INITRD, DEV_INITRD, n + 1);
        if (!i)
            panic("no memory for the initrd");
        i->size = f.size;
        i->data = where->start + f.offset;
    }
    must_make("/dev", INODE_DIRECTORY);
    must_make("/dev/null", INODE_NULL);
    must_make("/dev/tty", INODE_TTY);
    must_make("/dev/zero", INODE_ZERO);
    must_make("/proc", INODE_DIRECTORY);
    must_make("/tmp", INODE_DIRECTORY);
}

int inode_create(const char *path, struct inode **out)
{
    const char *name = path + 5;
    if (strncmp(path, "/tmp/", 5) != 0)
        return -EROFS;
    if (!*name || strchr(name, '/'))
        return -ENOENT;
    if (strlen(path) >= INODE_PATH)
        return -ENAMETOOLONG;
    *out = inode_new(path, INODE_MEMORY, DEV_TMP, ++last_number);
    return inode_get(*out) ? 0 : -ENOMEM;
}

int inode_unlink(const char *path)
{
    struct inode *i = lookup(path);
    if (!i)
        return -ENOENT;
    if (i->kind != INODE_MEMORY)
        return i->kind == INODE_DIRECTORY ? -EISDIR : -EROFS;
    /* Who still has it open or mapped keeps it, without a name. */
    size_t length = strlen(i->path);
    strlcpy(i->path + length, " (deleted)", sizeof i->path - length);
    i->device = DEV_SHM;
    inode_put(i);
    return 0;
}

/* What the initrd has of the page; zeros behind the end of the file. */
static void read_initrd(const struct inode *i, uint32_t offset, uint32_t phys)
{
    uint32_t rest = offset < i->size ? i->size - offset : 0;
    uint32_t n = rest < PAGE_SIZE ? rest : PAGE_SIZE;
    uint8_t *page = kmap(phys);
    phys_read(page, i->data + offset, n);
    memset(page + n, 0, PAGE_SIZE - n);
    kunmap(page);
}

uint32_t inode_page(struct inode *i, uint32_t offset, bool *major)
{
    if (!i->pages) {
        uint32_t tree = page_alloc_zeroed(PAGE_TABLE);
        if (!tree)
            return 0;
        i->pages = phys_to_lin(tree);
    }
    uint32_t *entry = pgdir_pte(i->pages, offset, true);
    if (!entry)
        return 0;
    if (!(*entry & PTE_P)) {
        bool fresh = !*entry && i->kind != INODE_INITRD;
        uint32_t phys = fresh ? page_alloc_zeroed(PAGE_FILE) : page_alloc(PAGE_FILE);
        if (!phys)
            return 0;
        struct page *page = page_of(phys);
        if (*entry) {
            if (!swap_read(pte_slot(*entry), phys)) {
                page_put(phys);
                return PAGE_UNREADABLE;
            }
            page->slot = pte_slot(*entry); /* the entry's use of it becomes the frame's */
        } else if (!fresh) {
            read_initrd(i, offset, phys);
        }
        *major |= !fresh;
        page->inode = i;
        page->index = offset & PAGE_MASK;
        *entry = phys | PTE_P;
    }
    page_get(*entry & PAGE_MASK);
    return *entry & PAGE_MASK;
}

void inode_forget_page(struct inode *i, uint32_t offset)
{
    uint32_t *entry = pgdir_pte(i->pages, offset, false);
    uint32_t slot = page_of(*entry & PAGE_MASK)->slot;
    pte_drop(entry);
    if (slot) {
        swap_get(slot);
        *entry = pte_of_slot(slot);
    }
}

/* Copies between memory and one page of the file; *n is cut at the end of the page. */
static int copy(struct inode *i, uint32_t at, void *memory, size_t *n, bool write)
{
    bool major = false;
    uint32_t phys = inode_page(i, at, &major);
    if (phys < PAGE_SIZE)
        return phys == PAGE_UNREADABLE ? -EIO : -ENOMEM;
    if (*n > PAGE_SIZE - at % PAGE_SIZE)
        *n = PAGE_SIZE - at % PAGE_SIZE;
    uint8_t *page = kmap(phys);
    memcpy(write ? page + at % PAGE_SIZE : memory, write ? memory : page + at % PAGE_SIZE, *n);
    kunmap(page);
    page_of(phys)->referenced = true;
    page_of(phys)->dirty |= write;
    page_put(phys);
    return 0;
}

int inode_read(struct inode *i, uint32_t at, void *dst, size_t n)
{
    size_t done = 0;
    while (done < n && at + done < i->size) {
        size_t part = n - done < i->size - at - done ? n - done : i->size - at - done;
        int error = copy(i, at + done, (char *)dst + done, &part, false);
        if (error)
            return done ? (int)done : error;
        done += part;
    }
    return (int)done;
}

int inode_write(struct inode *i, uint32_t at, const void *src, size_t n)
{
    size_t done = 0;
    if (at > FILE_LIMIT || n > FILE_LIMIT - at)
        return -EFBIG;
    while (done < n) {
        size_t part = n - done;
        int error = copy(i, at + done, (char *)(uintptr_t)src + done, &part, true);
        if (error)
            return done ? (int)done : error == -EIO ? -EIO : -ENOSPC;
        done += part;
        if (at + done > i->size)
            i->size = at + done;
    }
    return (int)done;
}

void inode_truncate(struct inode *i)
{
    uint32_t *entry, end = (i->size + PAGE_SIZE - 1) & PAGE_MASK;
    for (uint32_t at = 0; i->pages && (entry = pgdir_next(i->pages, &at, end)); at += PAGE_SIZE) {
        if (*entry & PTE_P && page_of(*entry & PAGE_MASK)->refs > 1) {
            void *page = kmap(*entry & PAGE_MASK);
            memset(page, 0, PAGE_SIZE);
            kunmap(page);
            page_of(*entry & PAGE_MASK)->dirty = true;
        } else {
            pte_drop(entry);
        }
    }
    i->size = 0;
}
