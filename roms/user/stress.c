/* SPDX-License-Identifier: MIT */
/*
 * stress.c - everything at once: up to WORKERS processes, each with a task that is chosen at random, in
 * more memory than there may be; now and then one is killed in the middle of its work. Every task checks
 * what it reads. The same SEED makes the same choices. What the kernel lost or confused would show in a
 * task that fails, in memory that does not come back, or in the kernel's own accounts when it halts.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/common/look.h"

enum { PAGE = 4096, WORDS = PAGE / 4, WORKERS = 8, RW = PROT_READ | PROT_WRITE };
enum { ANON = MAP_PRIVATE | MAP_ANONYMOUS };

/* How a task ends: all was right, something was not there to be had, something was wrong. */
enum { WELL = 0, SHORT = 1, WRONG = 2 };

static uint32_t state;
static long largest; /* pages: what a task may take at most */

/* Marsaglia's xorshift with the triple 13, 17, 5. */
static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return (uint32_t)((uint64_t)state * limit >> 32);
}

static uint32_t *map(long pages)
{
    return mmap(NULL, (size_t)pages * PAGE, RW, ANON, -1, 0);
}

/* Each page has its number, and a word that belongs to a task, at its beginning and its end. */
static void sign(uint32_t *memory, long page, uint32_t word)
{
    uint32_t *p = memory + page * WORDS;
    p[0] = (uint32_t)page;
    p[WORDS - 1] = word;
}

static bool is_signed(const uint32_t *memory, long page, uint32_t word)
{
    const uint32_t *p = memory + page * WORDS;
    return p[0] == (uint32_t)page && p[WORDS - 1] == word && p[WORDS / 2] == 0;
}

static bool all_signed(const uint32_t *memory, long pages, uint32_t word)
{
    long page = 0;
    while (page < pages && is_signed(memory, page, word))
        page++;
    return page == pages;
}

/* How a child ended; one that was killed for lack of memory, or by us, is nothing wrong. */
static int reap(int pid)
{
    int status;
    if (pid < 0)
        return SHORT;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return WRONG;
    }
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGKILL ? SHORT : WRONG;
    return WEXITSTATUS(status);
}

static int worse(int a, int b)
{
    return a > b ? a : b;
}

/* A lot of memory, in an order that helps nobody, with holes in the end. */
static int task_memory(void)
{
    const struct timespec nap = {0, 50000000};
    long pages = 1 + (long)random_below((uint32_t)largest);
    uint32_t word = state, *memory = map(pages);
    if (memory == MAP_FAILED)
        return SHORT;
    for (long i = 0; i < pages; i++)
        sign(memory, i, word);
    for (int round = 0; round < 3; round++) {
        nanosleep(&nap, NULL); /* the others shall want memory, too */
        for (long i = 0; i < pages; i++) {
            long page = (long)random_below((uint32_t)pages);
            if (!is_signed(memory, page, word))
                return WRONG;
        }
    }
    for (long i = 0; i < pages; i += 3)
        munmap(memory + i * WORDS, PAGE);
    for (long i = 1; i < pages; i += 3) {
        if (!is_signed(memory, i, word))
            return WRONG;
    }
    return WELL; /* the rest goes with the process */
}

/* A family that shares pages until somebody writes. */
static int task_cow(void)
{
    long pages = 1 + (long)random_below((uint32_t)largest / 4 + 1);
    uint32_t word = state, *memory = map(pages);
    int pids[3], result = WELL;
    if (memory == MAP_FAILED)
        return SHORT;
    for (long i = 0; i < pages; i++)
        sign(memory, i, word);
    for (int n = 0; n < 3; n++) {
        pids[n] = fork();
        if (pids[n] != 0)
            continue;
        if (!all_signed(memory, pages, word))
            exit(WRONG);
        for (long i = 0; i < pages; i++)
            sign(memory, i, word + (uint32_t)n + 1);
        sched_yield();
        exit(all_signed(memory, pages, word + (uint32_t)n + 1) ? WELL : WRONG);
    }
    for (long i = 0; i < pages; i += 2)
        sign(memory, i, word);
    for (int n = 0; n < 3; n++)
        result = worse(result, reap(pids[n]));
    return all_signed(memory, pages, word) ? result : WRONG;
}

/* Numbers through a chain of processes; each adds one. */
static int task_pipe(void)
{
    enum { LINKS = 3, COUNT = 500 };
    int pids[LINKS + 1], in = -1, ends[2], result = WELL;
    for (int n = 0; n <= LINKS; n++) {
        if (pipe(ends) < 0)
            return SHORT;
        pids[n] = fork();
        if (pids[n] == 0) {
            uint32_t value;
            close(ends[0]);
            if (n == 0) {
                for (value = 0; value < COUNT; value++)
                    write(ends[1], &value, sizeof value);
                exit(WELL);
            }
            while (read(in, &value, sizeof value) == sizeof value) {
                value++;
                write(ends[1], &value, sizeof value);
            }
            exit(WELL);
        }
        close(ends[1]);
        if (in >= 0)
            close(in);
        in = ends[0];
    }
    uint32_t value, expected = 0;
    while (read(in, &value, sizeof value) == sizeof value) {
        if (value != LINKS + expected++)
            result = WRONG;
    }
    for (int n = 0; n <= LINKS; n++)
        result = worse(result, reap(pids[n]));
    return result == WELL && expected != COUNT ? WRONG : result;
}

/* Two processes and a shared segment. */
static int task_shm(void)
{
    long pages = 1 + (long)random_below(16);
    int id = shmget(IPC_PRIVATE, (size_t)pages * PAGE, IPC_CREAT | 0600);
    uint32_t word = state, *memory = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
    if (memory == (void *)-1) {
        if (id >= 0)
            shmctl(id, IPC_RMID, NULL);
        return SHORT;
    }
    shmctl(id, IPC_RMID, NULL); /* it lives as long as we are attached */
    int pid = fork();
    if (pid == 0) {
        for (long i = 0; i < pages; i++)
            sign(memory, i, word);
        exit(WELL);
    }
    int result = reap(pid);
    return result != WELL || all_signed(memory, pages, word) ? result : WRONG;
}

/* A file, written, mapped in both ways, and removed while it is mapped. */
static int task_file(void)
{
    char path[40];
    uint32_t buffer[WORDS], word = state;
    long pages = 1 + (long)random_below(8);
    snprintf(path, sizeof path, "/tmp/stress%d", getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return SHORT;
    memset(buffer, 0, sizeof buffer);
    for (long i = 0; i < pages; i++) {
        buffer[0] = (uint32_t)i;
        buffer[WORDS - 1] = word;
        if (write(fd, buffer, PAGE) != PAGE) {
            unlink(path);
            return SHORT;
        }
    }
    size_t size = (size_t)pages * PAGE;
    uint32_t *shared = mmap(NULL, size, RW, MAP_SHARED, fd, 0);
    uint32_t *private = mmap(NULL, size, RW, MAP_PRIVATE, fd, 0);
    close(fd);
    unlink(path);
    if (shared == MAP_FAILED || private == MAP_FAILED)
        return SHORT;
    if (!all_signed(shared, pages, word) || !all_signed(private, pages, word))
        return WRONG;
    sign(private, 0, ~word);
    sign(shared, pages - 1, word + 1);
    return is_signed(private, 0, ~word) && shared[0] == 0 && is_signed(shared, pages - 1, word + 1)
               ? WELL
               : WRONG;
}

static int recurse(int depth)
{
    volatile int frame[200];
    frame[depth % 200] = depth;
    return depth == 0 ? frame[0] : recurse(depth - 1) + (frame[depth % 200] == depth);
}

static int task_stack(void)
{
    int depth = 1 + (int)random_below(2000);
    return recurse(depth) == depth ? WELL : WRONG;
}

/* A program that ends well, and one that does not. */
static int task_exec(void)
{
    int pid = fork(), result;
    if (pid == 0) {
        char name[] = "true", *const argv[] = {name, NULL};
        execve("/bin/true", argv, environ);
        exit(SHORT); /* there was no memory for it */
    }
    result = reap(pid);
    pid = fork();
    if (pid == 0) {
        signal(SIGSEGV, SIG_DFL);
        kill(getpid(), SIGTERM);
        exit(WRONG);
    }
    int status;
    if (pid > 0 && waitpid(pid, &status, 0) == pid && WTERMSIG(status) != SIGTERM &&
        WTERMSIG(status) != SIGKILL)
        return WRONG;
    return result;
}

/* Memory is what this is about. */
static int (*const tasks[])(void) = {task_memory, task_memory, task_memory, task_cow,   task_cow,
                                     task_pipe,   task_shm,    task_file,   task_stack, task_exec};

enum { TASKS = sizeof tasks / sizeof tasks[0] };

struct totals {
    int started, well, little, wrong, killed; /* tasks: how they ended */
};

/* Waits for a worker, or only looks whether one has ended, and counts it. */
static bool collect(int workers[WORKERS], struct totals *t, int options)
{
    int status, pid = waitpid(-1, &status, options);
    if (pid <= 0)
        return false;
    for (int i = 0; i < WORKERS; i++) {
        if (workers[i] != pid)
            continue; /* all others are orphans of workers that were killed */
        workers[i] = 0;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
            t->killed++;
        else if (WIFSIGNALED(status) || WEXITSTATUS(status) == WRONG)
            t->wrong++;
        else if (WEXITSTATUS(status) == SHORT)
            t->little++;
        else
            t->well++;
    }
    return true;
}

static void start(int *worker, struct totals *t)
{
    uint32_t seed = random_below(0xffffffff) | 1, task = random_below(TASKS);
    int pid = fork();
    if (pid == 0) {
        state = seed;
        exit(tasks[task]());
    }
    if (pid > 0) {
        *worker = pid;
        t->started++;
    }
}

static void run(long seconds, struct totals *t)
{
    const struct timespec nap = {0, 20000000};
    int workers[WORKERS] = {0};
    for (time_t end = time(NULL) + (time_t)seconds; time(NULL) < end;) {
        int *worker = &workers[random_below(WORKERS)];
        if (!*worker)
            start(worker, t);
        else if (random_below(8) == 0)
            kill(*worker, SIGKILL);
        else
            nanosleep(&nap, NULL);
        while (collect(workers, t, WNOHANG))
            continue;
    }
    for (int i = 0; i < WORKERS; i++) {
        if (workers[i])
            kill(workers[i], SIGKILL);
    }
    while (collect(workers, t, 0))
        continue;
}

static long memory(void)
{
    return value_in("/proc/meminfo", "MemFree") + value_in("/proc/meminfo", "Cached") +
           value_in("/proc/meminfo", "SwapFree");
}

int main(int argc, char **argv)
{
    long seconds = 60, seed = 1;
    struct totals t = {0};
    if (argc > 3 || (argc > 1 && !parse_number(argv[1], 1, 100000, &seconds)) ||
        (argc > 2 && !parse_number(argv[2], 1, 1000000, &seed))) {
        fprintf(stderr, "usage: stress [SECONDS [SEED]]   (60 1)\n");
        return 2;
    }
    state = (uint32_t)seed * 2654435761u | 1;
    long before = memory();
    largest = before / 4 / 2 + 1; /* pages: half of everything, for each of them */
    run(seconds, &t);
    printf("%ld seconds: %d tasks, %d ended well, %d were killed, %d found too little memory\n",
           seconds, t.started, t.well, t.killed, t.little);
    printf("pages out %ld, in %ld; faults %ld, %ld of them major\n",
           value_in("/proc/vmstat", "pswpout"), value_in("/proc/vmstat", "pswpin"),
           value_in("/proc/vmstat", "pgfault"), value_in("/proc/vmstat", "pgmajfault"));
    check(t.started == t.well + t.killed + t.little + t.wrong, "all of them have ended");
    check(t.wrong == 0, "no task read anything that it had not written");
    check(t.well > t.started / 4, "enough of them came to their end");
    long lost = before - memory();
    check(lost < 512, "all memory is free again");
    printf("the kernel's own accounts, /proc/audit\n");
    show_file("/proc/audit");
    return check_end("stress");
}
