/* SPDX-License-Identifier: MIT */
/*
 * badelf.c - damaged programs. Takes a good one, /bin/true, damages one field of its headers after the
 * other, and tries to execute the result; then does the same with random bytes, the same ones for the
 * same SEED. The kernel must refuse, or the process must die of it; nothing else may happen.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/common/look.h"

enum { MAX_SIZE = 32768, REFUSED = 100, PATIENCE = 50 /* times 10 ms */ };

static const char *const original = "/bin/true", *const damaged = "/tmp/damaged";

static unsigned char good[MAX_SIZE], bad[MAX_SIZE];
static size_t size;

/* Where the first program header of a kind begins in the file. */
static size_t header_of(uint32_t type)
{
    const Elf32_Ehdr *e = (const Elf32_Ehdr *)good;
    size_t at = e->e_phoff;
    for (int i = 0; i < e->e_phnum; i++, at += sizeof(Elf32_Phdr)) {
        if (((const Elf32_Phdr *)(good + at))->p_type == type)
            break;
    }
    return at;
}

/* Executes the damaged file; REFUSED + errno, or how the process ended; -1 if it would not end. */
static int run_damaged(size_t length)
{
    const struct timespec nap = {0, 10000000};
    int fd = open(damaged, O_WRONLY | O_CREAT | O_TRUNC, 0777);
    if (fd < 0 || write(fd, bad, length) != (ssize_t)length) {
        perror(damaged);
        exit(1);
    }
    close(fd);
    int status, pid = fork();
    if (pid == 0) {
        char name[] = "damaged", *const argv[] = {name, NULL};
        for (int i = 0; i < 3; i++)
            close(i); /* whatever it does, it does in silence */
        execve(damaged, argv, environ);
        _exit(REFUSED + errno);
    }
    for (int i = 0; i < PATIENCE; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return WIFSIGNALED(status) ? -1000 - WTERMSIG(status) : WEXITSTATUS(status);
        nanosleep(&nap, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static const char *outcome(int result)
{
    static char text[48];
    if (result > REFUSED)
        snprintf(text, sizeof text, "refused: %s", strerror(result - REFUSED));
    else if (result < -1000)
        snprintf(text, sizeof text, "died: %s", strsignal(-1000 - result));
    else if (result < 0)
        snprintf(text, sizeof text, "did not end");
    else
        snprintf(text, sizeof text, "ran, and ended with %d", result);
    return text;
}

static void try_good(const char *what)
{
    memcpy(bad, good, size);
    int result = run_damaged(size);
    check(result == 0, "%-40s %s", what, outcome(result));
}

static void try_damage(const char *what, size_t at, int width, uint32_t value)
{
    memcpy(bad, good, size);
    memcpy(bad + at, &value, (size_t)width);
    int result = run_damaged(size);
    check(result > REFUSED || result < -1000, "%-40s %s", what, outcome(result));
}

static void try_sizes(void)
{
    static const size_t sizes[] = {0, 1, 4, 16, 51, 52, 60, 84, 200, 4095, 4096, 8191};
    memcpy(bad, good, size);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && sizes[i] < size; i++) {
        int result = run_damaged(sizes[i]);
        check(result > REFUSED || result < -1000, "only the first %4u bytes                 %s",
              (unsigned)sizes[i], outcome(result));
    }
}

static void try_header(void)
{
    try_damage("no 7f ELF", 0, 1, 0x7e);
    try_damage("64 bits wide", 4, 1, 2);
    try_damage("big-endian", 5, 1, 2);
    try_damage("an object file", offsetof(Elf32_Ehdr, e_type), 2, 1);
    try_damage("for another processor", offsetof(Elf32_Ehdr, e_machine), 2, 62);
    try_damage("entry point 0", offsetof(Elf32_Ehdr, e_entry), 4, 0);
    try_damage("entry point in the kernel", offsetof(Elf32_Ehdr, e_entry), 4, 0xc0100000);
    try_damage("program headers behind the end", offsetof(Elf32_Ehdr, e_phoff), 4, 0x100000);
    try_damage("program headers at ffffffe0", offsetof(Elf32_Ehdr, e_phoff), 4, 0xffffffe0);
    try_damage("program headers of 31 bytes", offsetof(Elf32_Ehdr, e_phentsize), 2, 31);
    try_damage("no program headers", offsetof(Elf32_Ehdr, e_phnum), 2, 0);
    try_damage("65535 program headers", offsetof(Elf32_Ehdr, e_phnum), 2, 65535);
}

static void try_segment(void)
{
    size_t at = header_of(PT_LOAD);
    try_damage("segment at 0", at + offsetof(Elf32_Phdr, p_vaddr), 4, 0);
    try_damage("segment at bffff000", at + offsetof(Elf32_Phdr, p_vaddr), 4, 0xbffff000);
    try_damage("segment in the kernel", at + offsetof(Elf32_Phdr, p_vaddr), 4, 0xc0100000);
    try_damage("segment at fffff000", at + offsetof(Elf32_Phdr, p_vaddr), 4, 0xfffff000);
    try_damage("segment of 3 GiB", at + offsetof(Elf32_Phdr, p_memsz), 4, 0xc0000000);
    try_damage("segment of 4 GiB - 1", at + offsetof(Elf32_Phdr, p_memsz), 4, 0xffffffff);
    try_damage("more in the file than in memory", at + offsetof(Elf32_Phdr, p_memsz), 4, 1);
    try_damage("file size behind the end of the file", at + offsetof(Elf32_Phdr, p_filesz), 4,
               0x7fffffff);
    try_damage("offset behind the end of the file", at + offsetof(Elf32_Phdr, p_offset), 4,
               0x7ffff000);
    try_damage("offset and address do not fit", at + offsetof(Elf32_Phdr, p_offset), 4, 0x10);
    try_damage("no right to execute", at + offsetof(Elf32_Phdr, p_flags), 4, PF_R);
    try_damage("two segments in one place",
               at + 2 * sizeof(Elf32_Phdr) + offsetof(Elf32_Phdr, p_vaddr), 4, 0x08048000);
}

static void try_interpreter(void)
{
    size_t at = header_of(PT_INTERP);
    uint32_t name = ((const Elf32_Phdr *)(good + at))->p_offset;
    try_damage("library that does not exist", name + 1, 1, 'x');
    try_damage("library with an endless name", at + offsetof(Elf32_Phdr, p_filesz), 4, 0x7fffffff);
    try_damage("library without a name", at + offsetof(Elf32_Phdr, p_filesz), 4, 0);
    try_damage("library name that does not end", at + offsetof(Elf32_Phdr, p_filesz), 4, 5);
    try_damage("library name behind the end", at + offsetof(Elf32_Phdr, p_offset), 4, 0x7ffffff0);
}

/* Marsaglia's xorshift with the triple 13, 17, 5. */
static uint32_t random32(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void try_at_random(uint32_t seed, long rounds)
{
    const Elf32_Ehdr *e = (const Elf32_Ehdr *)good;
    size_t headers = e->e_phoff + e->e_phnum * sizeof(Elf32_Phdr);
    int refused = 0, died = 0, ran = 0, stopped = 0;
    uint32_t state = seed * 2654435761u | 1;
    for (long i = 0; i < rounds; i++) {
        memcpy(bad, good, size);
        for (uint32_t n = random32(&state) % 4 + 1; n > 0; n--) {
            uint32_t r = random32(&state);
            bad[(r & 7 ? headers : size) * (uint64_t)(r >> 16) >> 16] = (unsigned char)(r >> 8);
        }
        int result = run_damaged(size);
        refused += result > REFUSED;
        died += result < -1000;
        ran += result >= 0 && result <= REFUSED;
        stopped += result == -1;
    }
    printf("%ld random ones: %d refused, %d died, %d ran nevertheless, %d had to be stopped\n",
           rounds, refused, died, ran, stopped);
}

int main(int argc, char **argv)
{
    long seed = 1, rounds = 60;
    if (argc > 3 || (argc > 1 && !parse_number(argv[1], 1, 1000000, &seed)) ||
        (argc > 2 && !parse_number(argv[2], 0, 1000000, &rounds))) {
        fprintf(stderr, "usage: badelf [SEED [ROUNDS]]\n");
        return 2;
    }
    FILE *f = fopen(original, "r");
    size = f ? fread(good, 1, sizeof good, f) : 0;
    if (f)
        fclose(f);
    if (size < sizeof(Elf32_Ehdr) || size == sizeof good) {
        fprintf(stderr, "badelf: %s cannot be used\n", original);
        return 1;
    }
    try_good("the good one");
    try_sizes();
    try_header();
    try_segment();
    try_interpreter();
    try_at_random((uint32_t)seed, rounds);
    try_good("the good one again");
    unlink(damaged);
    return check_end("badelf");
}
