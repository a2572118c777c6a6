/* SPDX-License-Identifier: MIT */
/*
 * linux.c - a static program that knows the kernel only by the numbers of Linux on the i386, from the
 * manual pages syscall(2) and following: no library, no header, int $0x80. The same file prints the
 * same text on a Linux host (tests/kernel/abi.sh runs it there), which shows that numbers, arguments,
 * structures and errors are Linux's.
 */
typedef unsigned int word;

enum { PAGE = 4096 };

static int calls, wrong;

static long call6(long number, word a, word b, word c, word d, word e, word f)
{
    long answer;
    const word args[7] = {a, b, c, d, e, f, (word)number}, *at = args;
    __asm__ volatile("pushl %%ebp\n\t"
                     "pushl %%ebx\n\t"
                     "movl 24(%1), %%eax\n\t"
                     "movl (%1), %%ebx\n\t"
                     "movl 4(%1), %%ecx\n\t"
                     "movl 8(%1), %%edx\n\t"
                     "movl 12(%1), %%esi\n\t"
                     "movl 20(%1), %%ebp\n\t"
                     "movl 16(%1), %%edi\n\t"
                     "int $0x80\n\t"
                     "popl %%ebx\n\t"
                     "popl %%ebp"
                     : "=&a"(answer), "+D"(at)
                     :
                     : "ecx", "edx", "esi", "memory", "cc");
    return answer;
}

static long call(long number, word a, word b, word c)
{
    return call6(number, a, b, c, 0, 0, 0);
}

static word length(const char *s)
{
    word n = 0;
    while (s[n])
        n++;
    return n;
}

static int equal(const char *a, const char *b, word n)
{
    for (word i = 0; i < n; i++) {
        if (a[i] != b[i])
            return 0;
    }
    return 1;
}

static void say(const char *text)
{
    call(4, 1, (word)text, length(text));
}

static void expect(int holds, const char *what)
{
    calls++;
    wrong += !holds;
    say(holds ? "  [ok] " : "  [WRONG] ");
    say(what);
    say("\n");
}

static void files(const char *self)
{
    char bytes[8] = "", path[] = "/nosuch/file";
    static word stat[24];
    long fd = call(5, (word)self, 0, 0);
    expect(fd == 3, "5 open: the lowest free number, 3");
    expect(call(3, 3, (word)bytes, 4) == 4 && equal(bytes, "\177ELF", 4), "3 read: 7f ELF");
    expect(call(19, 3, 1, 0) == 1 && call(3, 3, (word)bytes, 3) == 3 && equal(bytes, "ELF", 3),
           "19 lseek");
    long size = call(19, 3, 0, 2);
    expect(call(197, 3, (word)stat, 0) == 0 && (long)stat[11] == size &&
               (stat[4] & 0170000) == 0100000,
           "197 fstat64: the size is that of lseek to the end, a regular file");
    expect(call(195, (word)self, (word)stat, 0) == 0 && (long)stat[11] == size, "195 stat64");
    expect(call(41, 3, 0, 0) == 4, "41 dup: 4");
    expect(call(63, 3, 9, 0) == 9, "63 dup2: 9");
    expect(call(6, 3, 0, 0) == 0 && call(6, 4, 0, 0) == 0 && call(6, 9, 0, 0) == 0, "6 close");
    expect(call(6, 9, 0, 0) == -9, "6 close: EBADF is 9");
    expect(call(5, (word)path, 0, 0) == -2, "5 open: ENOENT is 2");
    expect(call(5, 0xc0000010, 0, 0) == -14 || call(5, 16, 0, 0) == -14, "5 open: EFAULT is 14");
    expect(call(54, 99, 0x5401, 0) == -9, "54 ioctl: EBADF");
    expect(call(0x7fff, 0, 0, 0) == -38, "32767 nothing: ENOSYS is 38");
}

static void pipes(void)
{
    int ends[2] = {-1, -1};
    char bytes[16] = "";
    expect(call(42, (word)ends, 0, 0) == 0 && ends[0] == 3 && ends[1] == 4, "42 pipe: 3 and 4");
    long pid = call(2, 0, 0, 0);
    if (pid == 0) {
        call(4, 4, (word) "from the child", 14);
        call(1, 7, 0, 0);
    }
    int status = -1;
    expect(pid > 0, "2 fork");
    expect(call(3, 3, (word)bytes, 16) == 14 && equal(bytes, "from the child", 14),
           "3 read: what the child wrote");
    expect(call(7, (word)pid, (word)&status, 0) == pid && status == 7 << 8,
           "7 waitpid: the status is 0700");
    expect(call(7, (word)-1, 0, 0) == -10, "7 waitpid: ECHILD is 10");
    expect(call6(114, (word)-1, 0, 1, 0, 0, 0) == -10, "114 wait4");
    call(6, 3, 0, 0);
    call(6, 4, 0, 0);
}

static void memory(void)
{
    const word args[6] = {0, 2 * PAGE, 3, 0x22, (word)-1, 0};
    long end = call(45, 0, 0, 0);
    expect(call(45, (word)end + PAGE, 0, 0) == end + PAGE, "45 brk: up by a page");
    ((volatile char *)end)[PAGE - 1] = 1;
    expect(call(45, (word)end, 0, 0) == end, "45 brk: down again");
    long at = call(90, (word)args, 0, 0);
    expect((at & (PAGE - 1)) == 0 && at != 0, "90 mmap: two pages, arguments in memory");
    ((volatile char *)at)[PAGE] = 1;
    long other = call6(192, 0, PAGE, 1, 0x22, (word)-1, 0);
    expect(other != at && *(volatile char *)other == 0, "192 mmap2: a page of zeros");
    expect(call(125, (word)at, PAGE, 1) == 0, "125 mprotect");
    expect(call(125, (word)at + 1, PAGE, 1) == -22, "125 mprotect: EINVAL is 22");
    expect(call(91, (word)at, 2 * PAGE, 0) == 0 && call(91, (word)other, PAGE, 0) == 0,
           "91 munmap");
    expect(call6(192, 0, PAGE, 1, 0x20, (word)-1, 0) == -22,
           "192 mmap2: neither private nor shared");
}

static void shared_memory(void)
{
    word where = 0;
    long id = call6(117, 23, 0, PAGE, 01600, 0, 0);
    expect(id >= 0, "117 ipc 23: shmget");
    expect(call6(117, 21, (word)id, 0, (word)&where, 0x50000000, 0) == 0 && where == 0x50000000,
           "117 ipc 21: shmat at 50000000");
    *(volatile char *)where = 1;
    expect(call6(117, 24, (word)id, 0, 0, 0, 0) == 0, "117 ipc 24: shmctl IPC_RMID");
    expect(call6(117, 22, 0, 0, 0, where, 0) == 0, "117 ipc 22: shmdt");
    expect(call6(117, 22, 0, 0, 0, where, 0) == -22, "117 ipc 22: EINVAL");
}

static volatile int seen;

static void handler(int signal)
{
    seen = signal;
}

static void __attribute__((naked)) restorer(void)
{
    __asm__("popl %eax; movl $119, %eax; int $0x80");
}

static void signals(void)
{
    const word act[4] = {(word)handler, 0, 0x04000000, (word)restorer};
    word old[4] = {9, 9, 9, 9};
    long self = call(20, 0, 0, 0);
    expect(self > 0 && call(64, 0, 0, 0) >= 0, "20 getpid, 64 getppid");
    expect(call(67, 10, (word)act, (word)old) == 0 && old[0] == 0,
           "67 sigaction: it was the default");
    expect(call(37, (word)self, 10, 0) == 0 && seen == 10, "37 kill: the handler has run");
    expect(call(67, 9, (word)act, 0) == -22, "67 sigaction: not for SIGKILL");
    expect(call(37, 0x3fffffff, 15, 0) == -3, "37 kill: ESRCH is 3");
    expect(call(37, (word)self, 99, 0) == -22, "37 kill: EINVAL");
}

static void others(const char *self)
{
    static char names[6][65];
    const word nap[2] = {0, 1000000}, bad_nap[2] = {0, 1000000000};
    const char *const argv[] = {self, "end", 0};
    int status = -1;
    expect(call(122, (word)names, 0, 0) == 0 && names[0][0] && names[4][0] == 'i',
           "122 uname: i...");
    expect(call(162, (word)nap, 0, 0) == 0, "162 nanosleep: a millisecond");
    expect(call(162, (word)bad_nap, 0, 0) == -22, "162 nanosleep: EINVAL");
    expect(call(158, 0, 0, 0) == 0, "158 sched_yield");
    expect(call(88, 0, 0, 0) == -22 || call(88, 0, 0, 0) == -1,
           "88 reboot: not with these numbers");
    long pid = call(2, 0, 0, 0);
    if (pid == 0) {
        call(11, (word)self, (word)argv, 0);
        call(1, 1, 0, 0);
    }
    expect(call(7, (word)pid, (word)&status, 0) == pid && status == 42 << 8,
           "11 execve: the new program ends with 42");
    expect(call(11, (word) "/nosuch", (word)argv, 0) == -2, "11 execve: ENOENT");
}

__attribute__((noreturn, used)) static void run(const word *stack)
{
    word argc = stack[0];
    const char *const *argv = (const char *const *)(stack + 1);
    if (argc == 2 && equal(argv[1], "end", 4))
        call(1, 42, 0, 0);
    const char *self = "/bin/linux";
    for (const char *c = argv[0]; *c; c++)
        self = *c == '/' ? argv[0] : self; /* a path and not only a name */
    say("system calls of Linux on the i386, by number\n");
    files(self);
    pipes();
    memory();
    shared_memory();
    signals();
    others(self);
    say(wrong ? "linux: not all as expected\n" : "linux: all as expected\n");
    for (;;)
        call(1, (word)(wrong > 0), 0, 0);
}

__asm__(".section .text.start, \"ax\"\n"
        ".globl _start\n"
        "_start:\n"
        "    xorl %ebp, %ebp\n"
        "    movl %esp, %eax\n"
        "    andl $-16, %esp\n"
        "    subl $12, %esp\n"
        "    pushl %eax\n"
        "    call run\n"
        ".text\n");
