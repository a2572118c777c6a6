/* SPDX-License-Identifier: MIT */
/*
 * main.c - reads `bench=NAME n=COUNT` from the command line, runs the test, prints
 * `NAME checksum=XXXXXXXX` on COM1 and port E9h and leaves through port F4h (status 33; 35 for
 * an unknown name, with the list of names).
 */
#include "bench.h"

#define COM1 0x3f8

static const struct test {
    const char *name;
    u32 (*run)(u32 n); /* NULL: start-up only */
} tests[] = {
    {"empty", 0},
    {"sort", bench_sort},
    {"crc32", bench_crc32},
    {"sieve", bench_sieve},
    {"matmul", bench_matmul},
    {"fib", bench_fib},
    {"sha", bench_sha},
    {"interp", bench_interp},
    {"chase4k", bench_chase4k},
    {"chase256k", bench_chase256k},
    {"chase8m", bench_chase8m},
    {"string", bench_string},
    {"repmovs", bench_repmovs},
    {"tlb", bench_tlb},
    {"syscall", bench_syscall},
    {"fault", bench_fault},
    {"cr3", bench_cr3},
    {"cr3_1", bench_cr3_1},
    {"cr3_16", bench_cr3_16},
    {"cr3_64", bench_cr3_64},
    {"invlpg", bench_invlpg},
    {"sysenter", bench_sysenter},
    {"switch", bench_switch},
    {"timer", bench_timer},
    {"port", bench_port},
    {"smc", bench_smc},
    {"codedata", bench_codedata},
    {"copyrun", bench_copyrun},
    {"replarge", bench_replarge},
    {"repsmall", bench_repsmall},
    {"repoverlap", bench_repoverlap},
    {"repscan", bench_repscan},
    {"repsizes", bench_repsizes},
    {"nbody", bench_nbody},
};

void write_text(const char *s)
{
    for (; *s; s++) {
        port_write(0xe9, (u8)*s);
        for (u32 i = 0; i < 100000 && !(port_read(COM1 + 5) & 0x20); i++)
            ;
        port_write(COM1, (u8)*s);
    }
}

void wait_until_written(void)
{
    for (u32 i = 0; i < 100000 && !(port_read(COM1 + 5) & 0x40); i++)
        ;
}

static void leave(u32 code)
{
    wait_until_written();
    __asm__ volatile("outl %0, %1" : : "a"(code), "Nd"((u16)0xf4));
    for (const char *s = "Shutdown"; *s; s++)
        port_write(0x8900, (u8)*s); /* how Bochs is turned off */
    for (;;)
        __asm__ volatile("cli; hlt");
}

/* The value of `key` (with its `=`) in the command line, NULL if absent. */
static const char *find(const char *line, const char *key)
{
    for (; *line; line++) {
        u32 i = 0;

        while (key[i] && line[i] == key[i])
            i++;
        if (!key[i])
            return line + i;
    }
    return 0;
}

static int same_word(const char *word, const char *name)
{
    while (*name && *word == *name) {
        word++;
        name++;
    }
    return !*name && (*word == ' ' || *word == 0);
}

void bench_main(u32 magic, const u32 *info)
{
    const char *line = magic == 0x2badb002 && (info[0] & 4) ? (const char *)info[4] : "";
    const char *name = find(line, "bench="), *digits = find(line, "n=");
    u32 n = 0;

    for (; digits && *digits >= '0' && *digits <= '9'; digits++)
        n = n * 10 + (u32)(*digits - '0');
    port_write(COM1 + 1, 0);
    port_write(COM1 + 3, 0x80);
    port_write(COM1 + 0, 1);
    port_write(COM1 + 1, 0);
    port_write(COM1 + 3, 3);
    for (u32 i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        char hex[10];
        u32 sum;

        if (!name || !same_word(name, tests[i].name))
            continue;
        sum = tests[i].run ? tests[i].run(n ? n : 1) : 0;
        for (u32 d = 0; d < 8; d++)
            hex[d] = "0123456789abcdef"[sum >> (28 - 4 * d) & 15];
        hex[8] = '\n';
        hex[9] = 0;
        write_text(tests[i].name);
        write_text(" checksum=");
        write_text(hex);
        leave(0x10);
    }
    write_text("give bench=NAME and n=COUNT, NAME one of:");
    for (u32 i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        write_text(" ");
        write_text(tests[i].name);
    }
    write_text("\n");
    leave(0x11);
}
