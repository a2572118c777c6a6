/* SPDX-License-Identifier: MIT */
/*
 * rodata.c - string literals and code are read-only because their pages are: a write is a fault.
 * mprotect() can change the rights; then the first write gives the process its own copy of the page
 * (the file, and everybody else who runs it, keep the old one).
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "user/common/look.h"

enum { PAGE = 4096, STATUS_SEGV = 128 + SIGSEGV };

static const char literal[] = "constant";

static void write_to(uintptr_t address)
{
    *(volatile char *)address = 'X';
}

static void try_write(const char *what, uintptr_t address)
{
    struct area a;
    area_of((void *)address, &a);
    printf("%s is at %08x, in an area %s %s\n", what, (unsigned)address, a.rights, a.name);
    int status = try_in_child("a child that writes there", write_to, address);
    check(status == STATUS_SEGV, "the write is a segmentation fault");
}

int main(void)
{
    char *page = (char *)((uintptr_t)literal & ~(uintptr_t)(PAGE - 1));
    try_write("the literal", (uintptr_t)literal);
    try_write("main()", (uintptr_t)main);

    printf("mprotect(%p, 4096, PROT_READ | PROT_WRITE)\n", (void *)page);
    check(mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0, "the kernel allows it");
    struct page before = page_of(0, page);
    printf("  before the write: %s, shared with the file\n", page_text(before));
    write_to((uintptr_t)literal);
    struct page after = page_of(0, page);
    printf("  after the write:  %s, our own\n", page_text(after));
    check(*(volatile const char *)literal == 'X', "the literal has changed: \"%s\"", literal);
    check(before.present && after.present && before.frame != after.frame,
          "the page is in another frame now");
    show_maps("/bin/rodata");
    return check_end("rodata");
}
