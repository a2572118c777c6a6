/* SPDX-License-Identifier: MIT */
/*
 * library.c - one library in two programs. Starts itself a second time, not as a copy by fork() but as a
 * new program, and compares: code and constants of library and program are in the same frames, read
 * from the file once for all; data is everybody's own as soon as it is written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/common/look.h"

static int own_data = 1;

/* What the two compare; written by the one, read by the other. */
struct places {
    uint32_t address[4], frame[4];
};

static const char *const names[] = {"printf(), in the library", "errors' names, in the library",
                                    "stdout's buffer, in the library", "a variable of the program"};

static void look(struct places *p)
{
    own_data = getpid(); /* written: now it is ours */
    const volatile void *at[] = {(void *)printf, strerror(EPERM), (void *)stdout, &own_data};
    for (int i = 0; i < 4; i++) {
        p->address[i] = (uint32_t)at[i];
        (void)*(const volatile char *)at[i]; /* it must be there to have a frame */
        p->frame[i] = page_of(0, at[i]).frame;
    }
}

/* The second program: tells the first, whose pipe is its standard output, and waits for its end. */
static int tell(void)
{
    struct places mine;
    char c;
    look(&mine);
    write(STDOUT_FILENO, &mine, sizeof mine);
    return read(STDIN_FILENO, &c, 1) != 0;
}

int main(int argc, char **argv)
{
    struct places mine, other;
    int from[2], to[2];
    if (argc == 2 && strcmp(argv[1], "tell") == 0)
        return tell();
    if (pipe(from) < 0 || pipe(to) < 0) {
        perror("library");
        return 1;
    }
    int pid = fork();
    if (pid == 0) {
        char word[] = "tell", *const again[] = {argv[0], word, NULL};
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        execve("/bin/library", again, environ);
        exit(1);
    }
    look(&mine);
    if (read(from[0], &other, sizeof other) != sizeof other)
        return 1;
    for (int i = 0; i < 4; i++) {
        printf("%s: %08x is frame 0x%05x here, frame 0x%05x in the other program\n", names[i],
               mine.address[i], mine.frame[i], other.frame[i]);
        check(mine.address[i] == other.address[i], "the address is the same");
        check((mine.frame[i] == other.frame[i]) == (i < 2),
              i < 2 ? "the frame as well" : "the frame is not");
    }
    show_maps("libc.so");
    close(to[1]);
    check(wait_and_tell("the other program", pid) == 0, "as it should");
    return check_end("library");
}
