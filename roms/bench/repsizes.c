/* SPDX-License-Identifier: MIT */
/*
 * repsizes.c - REP MOVS, STOS, SCAS and CMPS of each width, from 8 bytes to 1 MiB, in all the ways
 * that two stretches can lie; the host takes the time of each (tests/bench-strings.sh).
 *
 * For each of them a line with its name is written, the work done, and an empty line written.
 */
#include "bench.h"

#define MIB (1u << 20)
#define KEY 0x5a5a5a5au /* is nowhere in memory, at no width */

/* Gives what is left of `count`. */
typedef u32 rep_t(u8 *to, const u8 *from, u32 count);

#define REP(name, op)                                                                              \
    static u32 name(u8 *to, const u8 *from, u32 count)                                             \
    {                                                                                              \
        __asm__ volatile(op : "+D"(to), "+S"(from), "+c"(count) : "a"(KEY) : "memory", "cc");      \
        return count;                                                                              \
    }
#define REP_BOTH_WAYS(name, op) REP(name, op) REP(name##_down, "std; " op "; cld")
REP_BOTH_WAYS(movsb, "rep movsb")
REP_BOTH_WAYS(movsw, "rep movsw")
REP_BOTH_WAYS(movsd, "rep movsl")
REP_BOTH_WAYS(stosb, "rep stosb")
REP_BOTH_WAYS(stosw, "rep stosw")
REP_BOTH_WAYS(stosd, "rep stosl")
REP_BOTH_WAYS(scasb, "repne scasb")
REP_BOTH_WAYS(scasw, "repne scasw")
REP_BOTH_WAYS(scasd, "repne scasl")
REP_BOTH_WAYS(cmpsb, "repe cmpsb")
REP_BOTH_WAYS(cmpsw, "repe cmpsw")
REP_BOTH_WAYS(cmpsd, "repe cmpsl")

/* How the stretches lie. The last two are for MOVS only: within one another. */
enum { ALIGNED, UNALIGNED, BACKWARDS, SPREAD, SHIFT, PLACES };
static const char *const places[PLACES] = {"aligned", "unaligned", "backwards", "spread", "shift"};

static const struct instruction {
    const char *name;
    rep_t *up, *down;
    u32 width;  /* of an element in bytes */
    u32 places; /* so many of `places` */
} instructions[] = {
    {"movsb", movsb, movsb_down, 1, PLACES}, {"movsw", movsw, movsw_down, 2, PLACES},
    {"movsd", movsd, movsd_down, 4, PLACES}, {"stosb", stosb, stosb_down, 1, SPREAD},
    {"stosw", stosw, stosw_down, 2, SPREAD}, {"stosd", stosd, stosd_down, 4, SPREAD},
    {"scasb", scasb, scasb_down, 1, SPREAD}, {"scasw", scasw, scasw_down, 2, SPREAD},
    {"scasd", scasd, scasd_down, 4, SPREAD}, {"cmpsb", cmpsb, cmpsb_down, 1, SPREAD},
    {"cmpsw", cmpsw, cmpsw_down, 2, SPREAD}, {"cmpsd", cmpsd, cmpsd_down, 4, SPREAD},
};

static const struct size {
    const char *name;
    u32 bytes, times; /* so often for each n */
} sizes[] = {
    {"8", 8, 40000},      {"64", 64, 40000},     {"512", 512, 10000},
    {"4096", 4096, 2500}, {"65536", 65536, 160}, {"1048576", MIB, 10},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Two stretches with the same bytes, none of them that of KEY. */
static void fill(void)
{
    for (u32 i = 0; i < MIB / 4 + 64; i++)
        ARENA[i] = ARENA[i + MIB] = (i * 2654435761u & 0x3f3f3f3f) | 0x80808080;
}

static u32 one(const struct instruction *it, u32 place, const struct size *size, u32 n)
{
    u8 *from = (u8 *)ARENA, *to = from + 4 * MIB;
    u32 count = size->bytes / it->width, times = n * size->times, left = 0;
    rep_t *run = place == BACKWARDS ? it->down : it->up;

    if (place == UNALIGNED) {
        from += 3;
        to += it->places == PLACES ? 1 : 3; /* CMPS is to see the same bytes */
    } else if (place == BACKWARDS) {
        from += size->bytes - it->width;
        to += size->bytes - it->width;
    } else if (place == SPREAD) {
        to = from + it->width;
    } else if (place == SHIFT) {
        to = from;
        from += 4;
    }
    write_text(it->name);
    write_text(" ");
    write_text(places[place]);
    write_text(" ");
    write_text(size->name);
    write_text("\n");
    wait_until_written();
    for (u32 i = 0; i < times; i++)
        left += run(to, from, count);
    write_text("\n");
    wait_until_written();
    return mix(left, *(const u32 *)to ^ *(const u32 *)from ^ ARENA[size->bytes / 8]);
}

u32 bench_repsizes(u32 n)
{
    u32 sum = 0;

    for (u32 i = 0; i < COUNT(instructions); i++)
        for (u32 place = 0; place < instructions[i].places; place++)
            for (u32 size = 0; size < COUNT(sizes); size++) {
                if (!size)
                    fill();
                sum = mix(sum, one(&instructions[i], place, &sizes[size], n));
            }
    return sum;
}
