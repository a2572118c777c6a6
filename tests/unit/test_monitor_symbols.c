/* SPDX-License-Identifier: MIT */
/*
 * test_monitor_symbols.c KERNEL PROGRAM - names and lines of real ELF files. Every symbol is compared
 * with what nm prints, source positions with addr2line; then biases, address spaces, load addresses,
 * completion, and files that are damaged.
 */
#include "monitor/symbols.h"

#include "base/out.h"
#include "tests/report.h"

#include <string.h>

static FILE *run(const char *command, const char *file)
{
    char line[600];
    snprintf(line, sizeof line, command, file);
    return popen(line, "r");
}

/* Every symbol that nm lists is found by name; at its own address a name is found, with offset 0. */
static void test_against_nm(const char *file)
{
    struct symbols *s = symbols_new();
    struct error err = {""};
    CHECK(symbols_add_file(s, file, NULL, &err), "%s: %s", file, err.text);
    FILE *nm = run("nm --defined-only '%s'", file);
    char type, name[200];
    unsigned value, found_names = 0, found_addresses = 0, wrong = 0;
    while (nm && fscanf(nm, "%x %c %199s", &value, &type, name) == 3) {
        uint32_t addr = 0, offset = 1, other;
        const char *at;
        if (name[0] == '.')
            continue;
        found_names++;
        /* Several static functions may have one name: any of them will do, if it has it. */
        if (!symbols_find(s, 0, name, strlen(name), &addr) ||
            (addr != value && (type < 'a' || !strchr("tdbr", type))))
            wrong++;
        if (strchr("tT", type)) {
            found_addresses++;
            at = symbols_name(s, 0, value, &offset);
            if (!at || offset || !symbols_find(s, 0, at, strlen(at), &other))
                wrong++;
        }
    }
    if (nm)
        pclose(nm);
    CHECK(found_names > 20 && found_addresses > 10 && !wrong,
          "%s: %u names, %u addresses, %u wrong", file, found_names, found_addresses, wrong);
    symbols_free(s);
}

/* Source positions of every 7th byte of the code, as addr2line has them. */
static void test_against_addr2line(const char *file)
{
    struct symbols *s = symbols_new();
    struct symbols_info info = {0};
    uint32_t first = 0, from = 0, bytes = 0;
    unsigned compared = 0, wrong = 0;
    symbols_add_file(s, file, NULL, NULL);
    symbols_module(s, 0, &info);
    CHECK(info.lines && info.frames, "%s has lines and frames", file);
    char list[] = "/tmp/emu386-lines-XXXXXX";
    int fd = mkstemp(list);
    FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
    CHECK(to, "a temporary file");
    if (!to)
        return;
    FILE *sections = run("objdump -h '%s' | awk '$2 == \".text\" { print $4, $3 }'", file);
    CHECK(sections && fscanf(sections, "%x %x", &from, &bytes) == 2, "%s: .text", file);
    pclose(sections);
    for (first = from; first - from < bytes; first += 7)
        fprintf(to, "%x\n", first);
    fclose(to);
    char command[700], line[600];
    snprintf(command, sizeof command, "addr2line -e '%%s' <%s", list);
    FILE *oracle = run(command, file);
    for (uint32_t at = from; oracle && fgets(line, sizeof line, oracle); at += 7) {
        const char *name, *base;
        unsigned number, theirs;
        char *colon = strrchr(line, ':');
        bool have = symbols_line(s, 0, at, &name, &number);
        theirs = colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
        if (!theirs)
            continue;
        compared++;
        *colon = 0;
        base = strrchr(line, '/') ? strrchr(line, '/') + 1 : line;
        if (!have || number != theirs || strlen(name) < strlen(base) ||
            strcmp(name + strlen(name) - strlen(base), base) != 0) {
            if (!wrong++)
                printf("%08x: %s:%u, addr2line %s:%u\n", at, have ? name : "none", number, line,
                       theirs);
        }
    }
    if (oracle)
        pclose(oracle);
    remove(list);
    CHECK(compared > 400 && wrong == 0, "%s: %u positions, %u differ", file, compared, wrong);
    symbols_free(s);
}

/* The way back: the first address of a line has that line. */
static void test_lines_found(const char *file)
{
    struct symbols *s = symbols_new();
    uint32_t start = 0, addr = 0, other;
    const char *name = "", *found, *folder = NULL;
    unsigned line = 0, again = 0;
    symbols_add_file(s, file, NULL, NULL);
    CHECK(symbols_find(s, 0, "kmain", 5, &start), "the kernel has kmain");
    CHECK(symbols_line(s, 0, start, &name, &line), "kmain has a line");
    const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
    CHECK(symbols_find_line(s, 0, base, strlen(base), line, &addr) && addr == start,
          "%s:%u is at %08x, not %08x", base, line, start, addr);
    CHECK(symbols_find_line(s, 0, name, strlen(name), line, &addr) && addr == start,
          "by its whole name");
    CHECK(symbols_find_line(s, 0, base, strlen(base), line - 1, &other) &&
              symbols_line(s, 0, other, &found, &again) && again >= line - 1,
          "a line without code is the next one with code");
    CHECK(!symbols_find_line(s, 0, "ain.c", 5, line, &other), "part of a component is no name");
    CHECK(!symbols_find_line(s, 0, base, strlen(base), 1000000, &other), "no line behind the end");
    CHECK(!symbols_find_line(s, 0, base, strlen(base), 0, &other), "no line 0");
    found = symbols_file(s, 0, base, strlen(base), &folder);
    CHECK(found && strcmp(found, name) == 0 && folder, "%s is found as %s", base, name);
    symbols_free(s);
}

static bool identity(void *ctx, uint32_t cr3, uint32_t lin, uint32_t *phys)
{
    *phys = lin;
    return cr3 == *(uint32_t *)ctx;
}

/* Before paging the kernel runs where it was loaded, and its names shall be known there. */
static void test_load_address(const char *file)
{
    struct symbols *s = symbols_new();
    uint32_t start = 0, offset, unpaged = 0x1000, first, last;
    symbols_add_file(s, file, NULL, NULL);
    symbols_find(s, 0, "kmain", 5, &start);
    CHECK(start >= 0xc0100000, "it is a kernel of the upper half");
    uint32_t low = start - 0xc0000000;
    CHECK(!symbols_name(s, unpaged, low, &offset), "nothing is linked at %08x", low);
    symbols_set_paging(s, identity, &unpaged);
    const char *name = symbols_name(s, unpaged, low + 1, &offset);
    CHECK(name && strcmp(name, "kmain") == 0 && offset == 1, "kmain at its load address");
    CHECK(symbols_extent(s, unpaged, low + 1, &first, &last) && first == low && last > low,
          "its extent there");
    CHECK(!symbols_name(s, 0x2000, low, &offset), "not in an address space where it is not");
    name = symbols_name(s, unpaged, start, &offset);
    CHECK(name && strcmp(name, "kmain") == 0, "and where it was linked");
    symbols_free(s);
}

static void test_spaces(const char *kernel, const char *program)
{
    struct symbols *s = symbols_new();
    struct symbols_place in = {.cr3_given = true, .cr3 = 0x5000};
    struct symbols_place moved = {.at_given = true, .at = 0x40000000};
    struct symbols_info info;
    struct error err;
    uint32_t addr = 0, kmain = 0, offset = 0;
    CHECK(symbols_add_file(s, kernel, NULL, &err), "%s", err.text);
    CHECK(symbols_add_file(s, program, &in, &err), "%s", err.text);
    CHECK(symbols_find(s, 0x5000, "main", 4, &addr), "the program's main, where it runs");
    CHECK(symbols_find(s, 0x5018, "main", 4, &addr), "PCD and PWT in CR3 do not matter");
    CHECK(!symbols_find(s, 0x6000, "main", 4, &kmain), "no main in another address space");
    CHECK(symbols_name(s, 0x5000, addr, &offset) && !offset, "its name there");
    CHECK(!symbols_name(s, 0x6000, addr, &offset), "and nowhere else");
    CHECK(symbols_find(s, 0x6000, "kmain", 5, &kmain), "the kernel is everywhere");
    CHECK(symbols_add_file(s, program, &moved, &err), "%s", err.text);
    CHECK(symbols_module(s, 2, &info) && info.place.at == 0x40000000, "at its place");
    uint32_t bias = 0x40000000;
    CHECK(symbols_find(s, 0x6000, "main", 4, &kmain) && kmain >= bias, "moved, for all");
    CHECK(symbols_name(s, 0x6000, kmain, &offset) && !offset, "found at the moved address");
    CHECK(symbols_remove(s, program) && !symbols_module(s, 1, &info), "both are removed");
    CHECK(!symbols_remove(s, program), "nothing left to remove");
    CHECK(!symbols_find(s, 0x5000, "main", 4, &addr), "and main is gone");
    symbols_free(s);
}

static void test_complete(const char *file)
{
    struct symbols *s = symbols_new();
    const char *before = NULL, *name;
    unsigned n = 0;
    symbols_add_file(s, file, NULL, NULL);
    symbols_add_file(s, file, NULL, NULL); /* twice: each name once */
    for (; (name = symbols_complete(s, "page", n)); n++) {
        CHECK(strncmp(name, "page", 4) == 0, "%s begins with page", name);
        CHECK(!before || strcmp(before, name) < 0, "%s comes once, and in order", name);
        before = name;
    }
    CHECK(n > 2, "%u names begin with page", n);
    CHECK(!symbols_complete(s, "no_such_name", 0), "none begins with no_such_name");
    for (n = 0; symbols_complete(s, "", n);)
        n++;
    CHECK(n > 100, "%u names in all", n);
    symbols_free(s);
}

static void test_annotate(const char *file)
{
    struct symbols *s = symbols_new();
    char text[300], buf[400], want[400];
    uint32_t at = 0;
    struct out to;
    symbols_add_file(s, file, NULL, NULL);
    symbols_find(s, 0, "kmain", 5, &at);
    snprintf(text, sizeof text, "eip %08x wrote %08x, page %08xf, physical page %08x, 12345678",
             at + 4, at, at, at);
    snprintf(want, sizeof want,
             "eip %08x <kmain+0x4> wrote %08x <kmain>, page %08xf, physical page %08x, 12345678",
             at + 4, at, at, at);
    out_buffer(&to, buf, sizeof buf);
    symbols_annotate(s, 0, text, &to);
    CHECK(strcmp(buf, want) == 0, "got \"%s\"", buf);
    symbols_free(s);
}

static bool read_nothing(void *ctx, uint32_t addr, uint32_t *value)
{
    *value = addr;
    return addr & 4;
}

/* Files that are damaged anywhere are refused or read as far as they make sense. */
static void test_damaged(const char *file)
{
    FILE *f = fopen(file, "rb");
    static uint8_t bytes[1 << 20], copy[1 << 20];
    size_t size = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    uint32_t random = 12345;
    struct error err;
    unsigned refused = 0;
    if (f)
        fclose(f);
    CHECK(size > 4096, "%s was read", file);
    for (unsigned n = 0; n < 400; n++) {
        struct symbols *s = symbols_new();
        size_t cut = n < 40 ? size * n / 40 : size;
        memcpy(copy, bytes, size);
        for (unsigned k = 0; n >= 40 && k < 1 + n % 20; k++) {
            random = random * 1664525 + 1013904223;
            uint32_t where = n % 2 ? random % (uint32_t)size : (uint32_t)(random % 512);
            copy[where] = (uint8_t)(random >> 24);
        }
        err.text[0] = 0;
        if (!symbols_add(s, "damaged", copy, cut, NULL, &err)) {
            refused++;
            if (strncmp(err.text, "damaged: ", 9) != 0)
                CHECK(false, "case %u: the message names the file: %s", n, err.text);
        }
        for (uint32_t at = 0xc0100000; at < 0xc0102000; at += 16) {
            const char *name;
            unsigned line;
            uint32_t offset;
            symbols_line(s, 0, at, &name, &line);
            symbols_name(s, 0, at, &offset);
        }
        symbols_find_line(s, 0, "main.c", 6, 10, &(uint32_t){0});
        for (uint32_t at = 0xc0100000; at < 0xc0108000; at += 64) {
            struct symbols_frame frame = {.known = 0x1ff, .reg = {1, 2, 3, 4, 5, 6, 7, 8, at}};
            symbols_unwind(s, 0, at, &frame, read_nothing, NULL);
        }
        symbols_free(s);
    }
    CHECK(refused > 40 && refused < 400, "%u of 400 damaged files were refused", refused);
}

static void test_refused(void)
{
    struct symbols *s = symbols_new();
    struct error err = {""};
    CHECK(!symbols_add_file(s, "/nonexistent", NULL, &err) && strstr(err.text, "/nonexistent"),
          "%s", err.text);
    CHECK(!symbols_add_file(s, "/dev/zero", NULL, &err) && strstr(err.text, "regular"), "%s",
          err.text);
    CHECK(!symbols_add_file(s, "Makefile", NULL, &err) && strstr(err.text, "no ELF"), "%s",
          err.text);
    CHECK(!symbols_add_file(s, "/proc/self/exe", NULL, &err) &&
              strstr(err.text, "another processor"),
          "%s", err.text);
    symbols_free(s);
    symbols_free(NULL);
}

int main(int argc, char **argv)
{
    const char *kernel = argc > 1 ? argv[1] : "build/roms/kernel.elf";
    const char *program = argc > 2 ? argv[2] : "build/roms/bin/sh.elf";
    test_against_nm(kernel);
    test_against_nm(program);
    test_against_addr2line(kernel);
    test_against_addr2line(program);
    test_lines_found(kernel);
    test_load_address(kernel);
    test_spaces(kernel, program);
    test_complete(kernel);
    test_annotate(kernel);
    test_damaged(kernel);
    test_refused();
    return report_end();
}
