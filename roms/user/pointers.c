/* SPDX-License-Identifier: MIT */
/*
 * pointers.c - gives bad pointers to the kernel, which answers with an error and lives on.
 * Prints one line per attempt; the exit status counts those that were answered wrongly.
 */
#include "user/lib/lib.h"

static const char constant[64] = "read-only";
static int failures;

static void expect(const char *what, int result, int expected)
{
    bool ok = result == expected;
    failures += !ok;
    printf("%-36s %s%s\n", what, result < 0 ? strerror(result) : "done", ok ? "" : "  WRONG");
}

static int read_file(void *dst, size_t n)
{
    int fd = open("/etc/motd", 0);
    int result = read(fd, dst, n);
    close(fd);
    return result;
}

int main(void);

int main(void)
{
    char *const stack_hole = (char *)0xbf000000, *const kernel = (char *)0xc0100000;
    char buffer[16];
    char *bad_argv[] = {(char *)0x10, NULL};

    expect("write from null", write(1, NULL, 5), -EFAULT);
    expect("write from kernel space", write(1, kernel, 5), -EFAULT);
    expect("write across the end of user space", write(1, (char *)0xbffffffc, 8), -EFAULT);
    expect("write around the end of memory", write(1, (char *)0xfffffffc, 8), -EFAULT);
    expect("read into null", read_file(NULL, 5), -EFAULT);
    expect("read into code", read_file((void *)main, 5), -EFAULT);
    expect("read into a constant", read_file((void *)(uintptr_t)constant, 5), -EFAULT);
    expect("read into kernel space", read_file(kernel, 5), -EFAULT);
    expect("read below the stack's limit", read_file(stack_hole, 5), -EFAULT);
    expect("read into the stack", read_file(buffer, sizeof buffer), sizeof buffer);
    expect("open null", open(NULL, 0), -EFAULT);
    expect("open kernel space", open(kernel, 0), -EFAULT);
    expect("open what is not there", open("/no/such/file", 0), -ENOENT);
    expect("execute null", execve(NULL, NULL, NULL), -EFAULT);
    expect("execute with a bad argument list", execve("/bin/echo", (char **)0x10, NULL), -EFAULT);
    expect("execute with a bad argument", execve("/bin/echo", bad_argv, NULL), -EFAULT);
    expect("execute a text", execve("/etc/motd", NULL, NULL), -ENOEXEC);
    expect("wait for nobody", waitpid(-1, NULL, 0), -ECHILD);
    expect("sleep at kernel space", nanosleep((void *)kernel), -EFAULT);
    expect("close what is not open", close(9), -EBADF);
    expect("read from what is not open", read(-1, buffer, 1), -EBADF);
    expect("kill nobody", kill(12345, SIGTERM), -ESRCH);
    expect("system call 0", syscall(0, 0, 0, 0), -ENOSYS);
    expect("system call 2^32 - 1", syscall(-1, 0, 0, 0), -ENOSYS);

    int status = 0, pid = fork();
    if (pid == 0)
        exit(3);
    expect("wait with a bad status pointer", waitpid(pid, (int *)0x10, 0), -EFAULT);
    pid = fork();
    if (pid == 0)
        exit(3);
    expect("wait for a child", waitpid(pid, &status, 0), pid);
    expect("its status", status, WAIT_EXIT(3));
    printf("%d wrong\n", failures);
    return failures;
}
