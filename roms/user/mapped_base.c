/* SPDX-License-Identifier: MIT */
/*
 * mapped_base.c - where mappings begin when nobody says where: TASK_UNMAPPED_BASE, 40000000. It is a
 * property of the process, in /proc/PID/mapped_base, that can be changed while it runs and that its
 * children inherit: the next program that one of them becomes has its library there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096 };

static uint32_t base(void)
{
    char text[32] = "";
    int fd = open("/proc/self/mapped_base", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
        perror("/proc/self/mapped_base");
    close(fd);
    return strtoul(text, NULL, 0);
}

/* 0; or -1 and errno. */
static int set_base(const char *text)
{
    int fd = open("/proc/self/mapped_base", O_WRONLY);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    if (fd >= 0)
        close(fd); /* leaves errno alone when it works */
    return n == (ssize_t)strlen(text) ? 0 : -1;
}

static uint32_t map_page(void)
{
    return (uint32_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* The second half, in a new program. */
static int after_exec(void)
{
    struct area a;
    area_of((void *)map_page(), &a);
    printf("a new program, started by the child\n");
    show_maps("libc");
    check(base() == 0x60000000, "it inherited the base, %08x", base());
    check(a.start >= 0x60000000, "its mappings are above it");
    check(areas_between(0x40000000, 0x60000000) == 0, "nothing is at 40000000");
    return check_end("the new program");
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "again") == 0)
        return after_exec();
    printf("base %08x: mmap(NULL) gives %08x\n", base(), map_page());
    check(base() == 0x40000000, "the base is TASK_UNMAPPED_BASE at first");
    show_maps("libc");
    check(set_base("0x50000000") == 0 && base() == 0x50000000, "it can be set to 50000000");
    uint32_t at = map_page();
    check(at == 0x50000000, "now mmap(NULL) gives %08x", at);
    check_error(set_base("0x50000001"), EINVAL, "50000001");
    check_error(set_base("0xc0000000"), EINVAL, "c0000000");
    check_error(set_base("nonsense"), EINVAL, "nonsense");
    check(set_base("1073741824") == 0 && base() == 0x40000000,
          "decimal numbers will do: 1073741824");
    int pid = fork();
    if (pid == 0) {
        char word[] = "again", *const again[] = {argv[0], word, NULL};
        if (set_base("0x60000000") == 0)
            execve("/bin/mapped_base", again, environ);
        perror("mapped_base");
        exit(1);
    }
    check(wait_and_tell("the child", pid) == 0, "as expected there");
    check(base() == 0x40000000, "the base of the parent is what it was");
    return check_end("mapped_base");
}
