/* SPDX-License-Identifier: MIT */
/* float.c - x87: five bodies under gravity, as planets move; doubles, with a square root a pair. */
#include "bench.h"

#define BODIES 5

static struct body {
    double x, y, z, vx, vy, vz, mass;
} body[BODIES];

static double root(double v)
{
    __asm__("fsqrt" : "+t"(v));
    return v;
}

static void place(void)
{
    u32 seed = 7;

    for (u32 i = 0; i < BODIES; i++) {
        double *v = &body[i].x;

        for (u32 k = 0; k < 6; k++)
            v[k] = (double)(int)(next_random(&seed) >> 20) / (k < 3 ? 256.0 : 4096.0);
        body[i].mass = 1.0 / (double)(i + 1);
    }
}

static void advance(double dt)
{
    for (u32 i = 0; i < BODIES; i++) {
        struct body *a = &body[i];

        for (u32 j = i + 1; j < BODIES; j++) {
            struct body *b = &body[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz + 0.01;
            double pull = dt / (square * root(square));

            a->vx -= dx * b->mass * pull;
            a->vy -= dy * b->mass * pull;
            a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull;
            b->vy += dy * a->mass * pull;
            b->vz += dz * a->mass * pull;
        }
    }
    for (u32 i = 0; i < BODIES; i++) {
        body[i].x += dt * body[i].vx;
        body[i].y += dt * body[i].vy;
        body[i].z += dt * body[i].vz;
    }
}

u32 bench_nbody(u32 n)
{
    u32 sum = 0;

    __asm__ volatile("fninit");
    place();
    for (u32 step = 0; step < n * 2000; step++)
        advance(0.001);
    for (u32 i = 0; i < BODIES; i++)
        sum = mix(sum, (u32)(int)(body[i].x * 1024.0) ^ (u32)(int)(body[i].vy * 65536.0));
    return sum;
}
