/* SPDX-License-Identifier: MIT */
/*
 * report.h - the whole test framework. CHECK reports one fact; a program of checks ends with
 * `return report_end();`, which prints "N passed, N failed" and gives the exit status.
 * Passing checks are silent unless TEST_VERBOSE is in the environment.
 */
#ifndef TESTS_REPORT_H
#define TESTS_REPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned report_passed, report_failed;

static inline bool report(bool ok, const char *file, int line, const char *text)
{
    if (ok)
        report_passed++;
    else
        report_failed++;
    if (!ok || getenv("TEST_VERBOSE"))
        printf("%s %s:%d: %s", ok ? "pass" : "FAIL", file, line, text);
    return ok;
}

/* CHECK(condition, "what, with %d arguments", n): true if the condition holds. */
#define CHECK(cond, ...)                                                                           \
    (report((cond), __FILE__, __LINE__, #cond)                                                     \
         ? (getenv("TEST_VERBOSE") ? (void)(printf(" - " __VA_ARGS__), printf("\n")) : (void)0)    \
         : (void)(printf(" - " __VA_ARGS__), printf("\n")))

static inline int report_end(void)
{
    printf("%u passed, %u failed\n", report_passed, report_failed);
    return report_failed != 0;
}

#endif
