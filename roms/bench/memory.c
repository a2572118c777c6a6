/* SPDX-License-Identifier: MIT */
/*
 * memory.c - work of loads and stores: pointer chases over three footprints, byte string loops,
 * REP MOVS/STOS, one access a page over more pages than a TLB holds.
 */
#include "bench.h"

/* One cycle through every element, in a random order (Sattolo's shuffle). */
static u32 chase(u32 bytes, u32 steps)
{
    u32 *next = ARENA, count = bytes / 4, seed = 5, at = 0, sum = 0;

    for (u32 i = 0; i < count; i++)
        next[i] = i;
    for (u32 i = count - 1; i > 0; i--) {
        u32 j = (next_random(&seed) >> 7) % i, t = next[i];

        next[i] = next[j];
        next[j] = t;
    }
    for (u32 i = 0; i < steps; i++) {
        at = next[at];
        sum += at ^ i;
    }
    return sum;
}

u32 bench_chase4k(u32 n)
{
    return chase(4096, n * 2000000);
}

u32 bench_chase256k(u32 n)
{
    return chase(256 << 10, n * 2000000);
}

u32 bench_chase8m(u32 n)
{
    return chase(8 << 20, n * 500000);
}

static __attribute__((noinline, noipa)) u32 length(const u8 *s)
{
    u32 n = 0;

    while (s[n])
        n++;
    return n;
}

static __attribute__((noinline, noipa)) int compare(const u8 *a, const u8 *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a - *b;
}

static __attribute__((noinline, noipa)) void copy(u8 *to, const u8 *from)
{
    while ((*to++ = *from++) != 0)
        ;
}

u32 bench_string(u32 n)
{
    u8 *text = (u8 *)ARENA, *other = text + 65536;
    u32 sum = 0, seed = 6;

    for (u32 round = 0; round < n * 10000; round++) {
        u32 size = 20 + (next_random(&seed) >> 26), found, left;

        for (u32 i = 0; i < size; i++)
            text[i] = (u8)('a' + (round + i) % 26);
        text[size] = 0;
        copy(other, text);
        other[size / 2] ^= (u8)(round & 1);
        __asm__ volatile("repne scasb"
                         : "=c"(left), "=D"(found)
                         : "0"(100), "1"(text), "a"(0)
                         : "cc", "memory");
        sum = mix(sum, length(other) + (u32)compare(text, other) + left);
        sum += found - (u32)text;
    }
    return sum;
}

u32 bench_repmovs(u32 n)
{
    u32 *from = ARENA, *to = ARENA + 0x10000, sum = 0;

    for (u32 i = 0; i < 0x4000; i++)
        from[i] = i * 2654435761u;
    for (u32 round = 0; round < n * 50; round++) {
        void *d = to, *s = from;
        u32 c = 0x4000;

        __asm__ volatile("rep movsl" : "+D"(d), "+S"(s), "+c"(c) : : "memory");
        d = from;
        c = 0x3000;
        __asm__ volatile("rep stosl" : "+D"(d), "+c"(c) : "a"(round) : "memory");
        d = from;
        s = (u8 *)to + 1;
        c = 0xfff0;
        __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(c) : : "memory");
        sum = mix(sum, from[round % 0x3ff0] ^ to[0x3fff]);
    }
    return sum;
}

u32 bench_tlb(u32 n)
{
    u8 *base = (u8 *)ARENA;
    u32 sum = 0;

    for (u32 page = 0; page < 4096; page++)
        *(u32 *)(base + page * 4096 + page % 64 * 4) = page * 40503u;
    for (u32 round = 0; round < n * 200; round++) {
        for (u32 page = 0; page < 4096; page++) {
            u32 p = page * 1031 % 4096;

            sum += *(u32 *)(base + p * 4096 + p % 64 * 4) ^ round;
        }
    }
    return sum;
}
