/* SPDX-License-Identifier: MIT */
/*
 * strings.c - REP string instructions in all directions and distances: 8 bytes to 1 MiB, every
 * width, unaligned, overlapping, backwards; and code that is written before it runs.
 */
#include "bench.h"

#define MIB (1u << 20)

static void fill(u32 *p, u32 words)
{
    for (u32 i = 0; i < words; i++)
        p[i] = i * 2654435761u;
}

/* What the eight bytes here and there were, so that nothing was for nothing. */
static u32 sample(const u8 *p, u32 bytes)
{
    u32 sum = 0;

    for (u32 at = 0; at + 8 <= bytes; at += bytes / 8)
        sum = mix(sum, *(const u32 *)(p + at) ^ *(const u32 *)(p + at + 4));
    return sum;
}

#define REP(name, op)                                                                              \
    static inline void name(void *to, const void *from, u32 count)                                 \
    {                                                                                              \
        __asm__ volatile(op                                                                        \
                         : "+D"(to), "+S"(from), "+c"(count)                                       \
                         : "a"(0x5a5a1234)                                                         \
                         : "memory", "cc");                                                        \
    }
REP(movsb, "rep movsb")
REP(movsw, "rep movsw")
REP(movsl, "rep movsl")
REP(stosb, "rep stosb")
REP(stosw, "rep stosw")
REP(stosl, "rep stosl")
REP(movsb_down, "std; rep movsb; cld")
REP(movsl_down, "std; rep movsl; cld")

/* A MiB at a time, aligned and not. */
u32 bench_replarge(u32 n)
{
    u8 *from = (u8 *)ARENA, *to = from + 2 * MIB;
    u32 sum = 0;

    fill((u32 *)from, MIB / 4);
    for (u32 round = 0; round < n * 8; round++) {
        movsl(to, from, MIB / 4);
        movsb(to + 1, from, MIB - 1);
        movsw(to, from + 1, MIB / 2 - 1);
        stosl(to + MIB / 2, 0, MIB / 16);
        stosw(to + 1, 0, MIB / 8);
        stosb(from + round, 0, 100);
        sum = mix(sum, sample(to, MIB));
    }
    return sum;
}

/* 8 to 64 bytes, as structures and short strings are. */
u32 bench_repsmall(u32 n)
{
    u8 *from = (u8 *)ARENA, *to = from + MIB;
    u32 sum = 0;

    fill((u32 *)from, 4096);
    for (u32 round = 0; round < n * 20000; round++) {
        u32 at = round * 24 & 0x3fff;

        movsl(to + at, from + at, 2);
        movsb(to + at + 3, from + at, 8 + (round & 7));
        stosl(to + at + 64, 0, 4);
        movsl(from + (at ^ 512), to + at, 16);
    }
    return mix(sum, sample(to, 0x4000) ^ sample(from, 0x4000));
}

/* Overlapping by little and by much, and backwards. */
u32 bench_repoverlap(u32 n)
{
    u8 *p = (u8 *)ARENA;
    u32 sum = 0;

    fill((u32 *)p, 0x8000);
    for (u32 round = 0; round < n * 20; round++) {
        movsb(p + 1, p, 0x4000); /* spreads one byte */
        movsl(p + 0x4004, p + 0x4000 + round * 4, 0x1000);
        movsb_down(p + 0xffff, p + 0xfff0, 0x4000);
        movsl_down(p + 0x1fffc, p + 0x1f000, 0x2000);
        sum = mix(sum, sample(p, 0x20000));
        fill((u32 *)p + (round & 0xff), 64);
    }
    return sum;
}

/* SCAS and CMPS of each width over 64 KiB without a hit. */
u32 bench_repscan(u32 n)
{
    u8 *a = (u8 *)ARENA, *b = a + MIB;
    u32 sum = 0;

    for (u32 i = 0; i < 0x4000; i++)
        ((u32 *)a)[i] = ((u32 *)b)[i] = (i & 0x3f3f3f) | 0x40404040;
    for (u32 round = 0; round < n * 10; round++) {
        u32 left, key = round & 0x3f;
        const void *x = a, *y = b;

        __asm__ volatile("repne scasb" : "=c"(left), "+D"(x) : "0"(0x10000), "a"(key) : "cc");
        sum = mix(sum, left + (u32)x + round);
        x = a + (round & 3);
        __asm__ volatile("repne scasl" : "=c"(left), "+D"(x) : "0"(0x3fff), "a"(key) : "cc");
        sum = mix(sum, left + (u32)x + round);
        x = a;
        __asm__ volatile("repe cmpsb" : "=c"(left), "+D"(x), "+S"(y) : "0"(0x10000) : "cc");
        sum = mix(sum, left + (u32)x + round);
        x = a;
        y = b;
        __asm__ volatile("repe cmpsl" : "=c"(left), "+D"(x), "+S"(y) : "0"(0x4000) : "cc");
        sum = mix(sum, left + (u32)x + round);
    }
    return sum;
}

/* A loop that counts in a variable 64 bytes behind its own code. */
u32 bench_codedata(u32 n)
{
    static const u8 loop[] = {
        0xff, 0x03,             /* 0: INC [EBX] */
        0x83, 0x43, 0x04, 0x03, /*    ADD [EBX + 4], 3 */
        0x49,                   /*    DEC ECX */
        0x75, 0xf7,             /*    JNZ 0 */
        0xc3,
    };
    u8 *code = (u8 *)ARENA;
    u32 *data = (u32 *)(code + 256), count = n * 100000;

    for (u32 i = 0; i < sizeof loop; i++)
        code[i] = loop[i];
    data[0] = data[1] = 0;
    __asm__ volatile("call *%1" : "+c"(count) : "r"(code), "b"(data) : "memory", "cc");
    return mix(data[0], data[1]);
}

/* Copies a function somewhere else and calls it there, again and again in 16 places. */
u32 bench_copyrun(u32 n)
{
    static const u8 body[] = {
        0x01, 0xc8,                   /* ADD EAX, ECX */
        0x35, 0x55, 0xaa, 0x55, 0xaa, /* XOR EAX, AA55AA55 */
        0xd1, 0xc0,                   /* ROL EAX, 1 */
        0xc3,
    };
    u32 sum = 0;

    for (u32 round = 0; round < n * 10000; round++) {
        u8 *code = (u8 *)ARENA + (round & 15) * 256;

        movsb(code, body, sizeof body);
        code[3] = (u8)round;
        __asm__ volatile("call *%1" : "+a"(sum) : "r"(code), "c"(round) : "memory", "cc");
    }
    return sum;
}
