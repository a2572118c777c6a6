/* SPDX-License-Identifier: MIT */
/*
 * rt.h - what a test written in C may use of the runtime (rt.S, report.c).
 *
 * A test defines test_main. A check that fails prints its name, what it got and what the
 * manual demands; a check that passes is only counted (printed with `verbose` on the command
 * line). Freestanding: no library, no 64-bit division, no floating point.
 */
#ifndef TESTS_GUEST_RT_H
#define TESTS_GUEST_RT_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

void test_main(void);

void rt_puts(const char *s);
void rt_puthex(u32 v);
void rt_putdec(u32 v);

/* `sparse` on the command line: where a table of operands is long, some of it will do. */
extern int rt_sparse;

/* One named check. */
void rt_report_eq(const char *name, u32 got, u32 want);
/* Counts a passed check without a name of its own (tables of thousands). */
void rt_report_pass(void);
void rt_report_fault(const char *name, u32 vec, u32 err, u32 eip);
void rt_real_results(void);

void rt_begin(const u32 *multiboot);
void rt_finish(void);
void rt_die(u32 vec, u32 err, u32 eip, u32 cr2) __attribute__((noreturn));

#endif
