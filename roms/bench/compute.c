/* SPDX-License-Identifier: MIT */
/*
 * compute.c - integer work: quicksort, CRC-32 (the reflected polynomial EDB88320h), sieve of
 * Eratosthenes, matrix product, recursion, SHA-1 rounds, a bytecode machine. About ten million
 * instructions for each n.
 */
#include "bench.h"

static void quicksort(u32 *v, int low, int high)
{
    while (low < high) {
        u32 pivot = v[(low + high) / 2];
        int i = low, j = high;

        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                u32 t = v[i];

                v[i++] = v[j];
                v[j--] = t;
            }
        }
        quicksort(v, low, j);
        low = i;
    }
}

u32 bench_sort(u32 n)
{
    u32 *v = ARENA, sum = 0, seed = 1;

    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < 60000; i++)
            v[i] = next_random(&seed);
        quicksort(v, 0, 59999);
        for (u32 i = 0; i < 60000; i += 97)
            sum = mix(sum, v[i]);
    }
    return sum;
}

u32 bench_crc32(u32 n)
{
    u32 *table = ARENA, crc = 0xffffffff, seed = 2;
    u8 *data = (u8 *)(ARENA + 256);

    for (u32 i = 0; i < 256; i++) {
        u32 c = i;

        for (u32 k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
        table[i] = c;
    }
    for (u32 i = 0; i < 65536; i++)
        data[i] = (u8)(next_random(&seed) >> 24);
    for (u32 round = 0; round < n * 20; round++)
        for (u32 i = 0; i < 65536; i++)
            crc = crc >> 8 ^ table[(crc ^ data[i]) & 255];
    return ~crc;
}

u32 bench_sieve(u32 n)
{
    u8 *composite = (u8 *)ARENA;
    u32 sum = 0;

    for (u32 round = 0; round < n * 4; round++) {
        u32 limit = 250000 + round, primes = 0;

        for (u32 i = 0; i <= limit; i++)
            composite[i] = 0;
        for (u32 i = 2; i <= limit; i++) {
            if (composite[i])
                continue;
            primes++;
            if (i <= 500)
                for (u32 j = i * i; j <= limit; j += i)
                    composite[j] = 1;
        }
        sum = mix(sum, primes);
    }
    return sum;
}

#define ORDER 96

u32 bench_matmul(u32 n)
{
    u32(*a)[ORDER] = (u32(*)[ORDER])ARENA, (*b)[ORDER] = a + ORDER, (*c)[ORDER] = b + ORDER;
    u32 seed = 3, sum = 0;

    for (u32 i = 0; i < ORDER; i++) {
        for (u32 j = 0; j < ORDER; j++) {
            a[i][j] = next_random(&seed);
            b[i][j] = next_random(&seed);
        }
    }
    for (u32 round = 0; round < n * 2; round++) {
        for (u32 i = 0; i < ORDER; i++) {
            for (u32 j = 0; j < ORDER; j++) {
                u32 s = 0;

                for (u32 k = 0; k < ORDER; k++)
                    s += a[i][k] * b[k][j];
                c[i][j] = s;
            }
        }
        a[round % ORDER][0] += 1;
        for (u32 i = 0; i < ORDER; i++)
            sum = mix(sum, c[i][i * 7 % ORDER]);
    }
    return sum;
}

static __attribute__((noinline, noipa)) u32 fib(u32 n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

u32 bench_fib(u32 n)
{
    u32 sum = 0;

    for (u32 round = 0; round < n; round++)
        sum = mix(sum, fib(28));
    return sum;
}

static u32 rotate(u32 v, u32 by)
{
    return v << by | v >> (32 - by);
}

u32 bench_sha(u32 n)
{
    u32 h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}, w[80], seed = 4;

    for (u32 block = 0; block < n * 8000; block++) {
        u32 a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

        for (u32 i = 0; i < 16; i++)
            w[i] = next_random(&seed);
        for (u32 i = 16; i < 80; i++)
            w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (u32 i = 0; i < 80; i++) {
            u32 f = i < 20   ? (b & c) | (~b & d)
                    : i < 40 ? b ^ c ^ d
                    : i < 60 ? (b & c) | (b & d) | (c & d)
                             : b ^ c ^ d;
            u32 k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
            u32 t = rotate(a, 5) + f + e + k + w[i];

            e = d;
            d = c;
            c = rotate(b, 30);
            b = a;
            a = t;
        }
        h[0] += a;
        h[1] += b;
        h[2] += c;
        h[3] += d;
        h[4] += e;
    }
    return h[0] ^ h[1] ^ h[2] ^ h[3] ^ h[4];
}

/* A register machine of eight operations, dispatched by a switch: indirect jumps. */
enum { LOADI, ADD, XOR, SHL, STORE, LOAD, DEC, JNZ };

u32 bench_interp(u32 n)
{
    static const u8 program[] = {
        LOADI,
        0,
        200, /* r0 = 200 * 256 rounds */
        SHL,
        0,
        8,
        LOADI,
        1,
        1,
        LOADI,
        2,
        77,
        /* 12: */
        ADD,
        1,
        2,
        SHL,
        2,
        1,
        XOR,
        2,
        1,
        STORE,
        1,
        0,
        LOAD,
        3,
        0,
        ADD,
        1,
        3,
        DEC,
        0,
        0,
        JNZ,
        0,
        12,
    };
    u32 sum = 0;

    for (u32 round = 0; round < n * 2; round++) {
        u32 r[4] = {0, 0, 0, 0}, memory[256], pc = 0;

        r[3] = round;
        for (u32 i = 0; i < 256; i++)
            memory[i] = i + round;
        while (pc < sizeof program) {
            u32 op = program[pc], x = program[pc + 1] & 3, y = program[pc + 2];

            pc += 3;
            switch (op) {
            case LOADI: r[x] = y; break;
            case ADD: r[x] += r[y & 3]; break;
            case XOR: r[x] ^= r[y & 3]; break;
            case SHL: r[x] <<= y & 31; break;
            case STORE: memory[r[y & 3] & 255] = r[x]; break;
            case LOAD: r[x] = memory[(r[y & 3] + 13) & 255]; break;
            case DEC: r[x]--; break;
            case JNZ:
                if (r[x])
                    pc = y;
                break;
            default: return 0;
            }
        }
        sum = mix(sum, r[1] ^ r[2]);
    }
    return sum;
}
