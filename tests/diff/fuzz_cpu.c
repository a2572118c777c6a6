/* SPDX-License-Identifier: MIT */
/*
 * fuzz_cpu.c - the differential fuzzer's command line.
 *
 *     fuzz_cpu [-n CASES] [-s SEED] [-j JOBS] [-c CASE] [-d COUNT] [-u] [-x] [-t]
 *
 * -n CASES to run (200000), -s their SEED (1), -j processes (1), -d COUNT differences to print (5).
 * -c runs one case by its number. -u shows how often undefined flags were as on the host, which is
 * no failure. -x lists the rows that are left out, with reasons, and the rows that were not met.
 * -t ends with the line of a suite: "N passed, N failed".
 *
 * Exit status 1 if there was a difference. Where the host cannot run 32-bit code, only the two
 * layers of emu386 are compared.
 */
#include "tests/diff/exclude.h"
#include "tests/diff/fuzz.h"
#include "tests/isa.h"
#include "tests/report.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct options {
    uint64_t cases, seed, only, show;
    unsigned jobs;
    bool one, undefined, excluded, suite;
};

static uint64_t load(const uint64_t *n)
{
    return __atomic_load_n(n, __ATOMIC_RELAXED);
}

static bool parse(int argc, char **argv, struct options *o)
{
    int c;
    *o = (struct options){.cases = 200000, .seed = 1, .jobs = 1, .show = 5};
    while ((c = getopt(argc, argv, "n:s:j:c:d:uxt")) != -1) {
        switch (c) {
        case 'n': o->cases = strtoull(optarg, NULL, 0); break;
        case 's': o->seed = strtoull(optarg, NULL, 0); break;
        case 'j': o->jobs = (unsigned)strtoul(optarg, NULL, 0); break;
        case 'd': o->show = strtoull(optarg, NULL, 0); break;
        case 'c':
            o->one = true;
            o->only = strtoull(optarg, NULL, 0);
            break;
        case 'u': o->undefined = true; break;
        case 'x': o->excluded = true; break;
        case 't': o->suite = true; break;
        default: return false;
        }
    }
    return optind == argc && o->jobs > 0 && o->jobs <= 64;
}

/* Cases first, first + step, ... of the whole. */
static int work(const struct options *o, struct tally *t, unsigned first)
{
    static struct fuzz f;
    static struct isa_counts counts;
    if (!fuzz_init(&f, o->seed, t))
        return 2;
    f.show = o->show;
    f.plain.cpu.row_count = counts.row;
    if (!f.native && first == 0)
        printf("not compared with the host: %s\n", f.why_not);
    (void)fflush(stdout);
    if (o->one) {
        fuzz_case(&f, o->only);
    } else {
        for (uint64_t n = first; n < o->cases; n += o->jobs)
            fuzz_case(&f, n);
    }
    for (unsigned row = 0; row < OPCODE_ROWS; row++)
        __atomic_fetch_add(&t->completed[row], counts.row[row], __ATOMIC_RELAXED);
    fuzz_fini(&f);
    return 0;
}

static void progress(const struct options *o, const struct tally *t)
{
    (void)fprintf(stderr, "\r%llu of %llu cases, %llu differences ",
                  (unsigned long long)load(&t->done), (unsigned long long)o->cases,
                  (unsigned long long)(load(&t->differences) + load(&t->layers)));
}

/* Waits for the workers; false if one of them died. */
static bool wait_for(const struct options *o, const struct tally *t)
{
    bool ok = true, tty = isatty(STDERR_FILENO);
    for (unsigned left = o->jobs; left > 0;) {
        int status;
        const struct timespec tenth = {.tv_nsec = 100000000};
        pid_t who = waitpid(-1, &status, WNOHANG);
        if (who > 0) {
            ok = ok && WIFEXITED(status) && WEXITSTATUS(status) == 0;
            left--;
            continue;
        }
        (void)nanosleep(&tenth, NULL);
        if (tty)
            progress(o, t);
    }
    if (tty)
        (void)fprintf(stderr, "\r%60s\r", "");
    return ok;
}

static bool run(const struct options *o, struct tally *t)
{
    (void)fflush(stdout);
    for (unsigned n = 0; n < o->jobs; n++) {
        pid_t child = fork();
        if (child < 0)
            return false;
        if (child == 0)
            _exit(work(o, t, n));
    }
    return wait_for(o, t);
}

static void list_excluded(const struct tally *t)
{
    for (unsigned row = 0; row < OPCODE_ROWS; row++) {
        const struct opcode *o = &opcodes[row];
        const char *why = row_reason(row);
        if (why && !strcmp(why, "no instruction"))
            continue;
        if (why)
            printf("%03x %-12s left out: %s\n", row, o->name, why);
        else if (!t->row[row])
            printf("%03x %-12s not met\n", row, o->name);
    }
}

static void list_undefined(const struct tally *t)
{
    static const char *const flags[FLAGS_COUNTED] = {"CF", "PF", "AF", "ZF", "SF", "OF"};
    for (unsigned row = 0; row < OPCODE_ROWS; row++) {
        bool any = false;
        for (unsigned n = 0; n < FLAGS_COUNTED; n++) {
            if (!t->undefined[row][n])
                continue;
            if (!any)
                printf("%03x %-8s", row, opcodes[row].name);
            any = true;
            printf("  %s %5.1f %%", flags[n],
                   100.0 * (double)t->as_host[row][n] / (double)t->undefined[row][n]);
        }
        if (any)
            printf("\n");
    }
}

/* The rows that were completed, for the coverage page. */
static bool record(const struct tally *t)
{
    struct isa_counts counts;
    memcpy(counts.row, t->completed, sizeof counts.row);
    return isa_write(&counts, "fuzz");
}

static unsigned rows_not_met(const struct tally *t)
{
    unsigned n = 0;
    for (unsigned row = 0; row < OPCODE_ROWS; row++)
        n += !row_reason(row) && !t->row[row];
    return n;
}

int main(int argc, char **argv)
{
    struct options o;
    if (!parse(argc, argv, &o)) {
        (void)fprintf(stderr, "usage: fuzz_cpu [-n CASES] [-s SEED] [-j JOBS] [-c CASE] "
                              "[-d COUNT] [-u] [-x] [-t]\n");
        return 2;
    }
    struct tally *t =
        mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        return 2;
    if (o.one)
        o.jobs = 1;
    bool ran = run(&o, t);
    uint64_t wrong = t->differences + t->layers;
    if (o.excluded)
        list_excluded(t);
    if (o.undefined)
        list_undefined(t);
    printf("%llu cases compared with the host, %llu left out\n", (unsigned long long)t->compared,
           (unsigned long long)t->left_out);
    printf("%llu cases, %llu differences\n", (unsigned long long)t->done,
           (unsigned long long)wrong);
    if (!o.suite)
        return !ran || wrong > 0;
    CHECK(ran, "a worker died");
    CHECK(t->done == o.cases, "%llu cases of %llu", (unsigned long long)t->done,
          (unsigned long long)o.cases);
    CHECK(record(t), "cannot write the recording");
    CHECK(t->layers == 0, "differences between the layers: %llu", (unsigned long long)t->layers);
    CHECK(t->left_out < o.cases / 4, "%llu cases left out", (unsigned long long)t->left_out);
    if (t->compared > 0) {
        CHECK(t->differences == 0, "from the host: %llu", (unsigned long long)t->differences);
        CHECK(rows_not_met(t) == 0, "%u rows", rows_not_met(t));
    }
    return report_end();
}
