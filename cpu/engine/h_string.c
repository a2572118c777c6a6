/* SPDX-License-Identifier: MIT */
/*
 * h_string.c - specialised handlers of MOVS, STOS, LODS, SCAS and CMPS with 32-bit addresses and
 * flat segments: alone in either direction, and with REP where everything lies in one page (SDM
 * vol. 2). Structures and short strings are what compilers and C libraries use REP for; beyond
 * REP_BYTES a call to the C library is worth its price, and cpu/string.c makes it.
 *
 * Every iteration counts as one instruction; the first is charged with the block. A REP that could
 * not be charged whole, and one that might stop in the middle, is that file's: h_careful, as it
 * may go on at itself.
 */
#include "cpu/engine/ops.h"

#include "cpu/opcodes.h"

#define REP_BYTES 1024u   /* at most copied or filled here */
#define REP_LOOKS 32u     /* elements at most looked at by SCAS and CMPS */
#define SPREAD_BYTES 128u /* at most spread here; more is doubled there */
#define CHUNK 16u

struct chunk {
    uint64_t v __attribute__((vector_size(CHUNK))); /* the bytes */
} __attribute__((packed, may_alias));
#define CHUNK_AT(host) (*(struct chunk *)(void *)(uintptr_t)(host))

struct at_uint64_t {
    uint64_t v; /* the value */
} __attribute__((packed, may_alias));

/* The host address of [lin, lin + bytes), all in one page. */
static inline bool stretch_at(const uint64_t *table, lin_t lin, uint32_t bytes, uint64_t *host)
{
    return !mmu_crosses(lin, bytes) &&
           __builtin_sub_overflow((uint64_t)lin, table[lin >> 12], host);
}

/* Upwards. Right for every element size if `to` is below `from` or CHUNK and more above it. */
static inline void copy_up(uint64_t to, uint64_t from, uint32_t bytes)
{
    uint32_t at = 0;
    for (; at + CHUNK <= bytes; at += CHUNK)
        CHUNK_AT(to + at) = CHUNK_AT(from + at);
#define COPY_REST(T)                                                                               \
    if (bytes & sizeof(T)) {                                                                       \
        AT(T, to + at) = AT(T, from + at);                                                         \
        at += sizeof(T);                                                                           \
    }
    COPY_REST(uint64_t)
    COPY_REST(uint32_t) COPY_REST(uint16_t) COPY_REST(uint8_t)
}

/* `pattern`: eight bytes of it, in whatever phase: at multiples of its period it is the same. */
static inline void fill_up(uint64_t to, uint64_t pattern, uint32_t bytes)
{
    struct chunk chunk = {{pattern, pattern}};
    uint32_t at = 0;
    for (; at + CHUNK <= bytes; at += CHUNK)
        CHUNK_AT(to + at) = chunk;
#define FILL_REST(T)                                                                               \
    if (bytes & sizeof(T)) {                                                                       \
        AT(T, to + at) = (T)pattern;                                                               \
        at += sizeof(T);                                                                           \
    }
    FILL_REST(uint64_t)
    FILL_REST(uint32_t) FILL_REST(uint16_t) FILL_REST(uint8_t)
}

/* AL, AX or EAX, by the type of the elements. */
#define EAX_AS(T) EAX_AS_##T
#define EAX_AS_uint8_t GET(low_t, EAX * 4)
#define EAX_AS_uint16_t GET(uint16_t, EAX * 4)
#define EAX_AS_uint32_t c->gpr[EAX]
#define PUT_EAX_uint8_t(value) PUT(low_t, EAX * 4, value)
#define PUT_EAX_uint16_t(value) PUT(uint16_t, EAX * 4, value)
#define PUT_EAX_uint32_t(value) (c->gpr[EAX] = (value))
#define DOWN (c->eflags & FLAG_DF)
#define STEP(T) (DOWN ? 0u - (uint32_t)sizeof(T) : (uint32_t)sizeof(T))
#define SLOW_REP() GO_TO(h_careful, ip)

/* Declares n, the iterations; none or too many end here. */
#define REP_COUNT(T)                                                                               \
    uint32_t n = c->gpr[ECX];                                                                      \
    if (UNLIKELY(n - 1 >= REP_BYTES / sizeof(T))) {                                                \
        if (!n)                                                                                    \
            GO(ip + 1);                                                                            \
        SLOW_REP();                                                                                \
    }                                                                                              \
    if (UNLIKELY(left < (int64_t)n))                                                               \
    SLOW_REP()
/* All n were done. */
#define REP_DONE()                                                                                 \
    do {                                                                                           \
        c->gpr[ECX] = 0;                                                                           \
        c->is_repeating = false;                                                                   \
        left -= (int64_t)n - 1;                                                                    \
        GO(ip + 1);                                                                                \
    } while (0)

/* Upwards, to where is `far` bytes above from: what was copied is copied on. Once it is long enough, CHUNK
   bytes at a time: it repeats itself every `far` bytes, and so every `far` times a power of two.
   sizeof(T) <= far < CHUNK. */
#define SPREADING(T)                                                                               \
    static inline void spread_##T(uint64_t to, uint32_t far, uint32_t bytes)                       \
    {                                                                                              \
        uint32_t period = far << (__builtin_clz(far) - __builtin_clz(CHUNK)), at = 0;              \
        for (; at < bytes && at + far < period; at += (uint32_t)sizeof(T))                         \
            AT(T, to + at) = AT(T, to + at - far);                                                 \
        if (at < bytes)                                                                            \
            copy_up(to + at, to + at - period, bytes - at);                                        \
    }

#define COPIES(T)                                                                                  \
    SPREADING(T)                                                                                   \
    STORING(movs_##T, {                                                                            \
        uint32_t from = c->gpr[ESI];                                                               \
        uint32_t to = c->gpr[EDI];                                                                 \
        uint32_t by = STEP(T);                                                                     \
        LOADABLE(T, from, source);                                                                 \
        STORE_TO_AFTER_LOAD(T, to, host);                                                          \
        AT(T, host) = AT(T, source);                                                               \
        c->gpr[ESI] = from + by;                                                                   \
        c->gpr[EDI] = to + by;                                                                     \
        GO(ip + 1);                                                                                \
    })                                                                                             \
    STORING(stos_##T, {                                                                            \
        uint32_t to = c->gpr[EDI];                                                                 \
        STORE_TO(T, to, host);                                                                     \
        AT(T, host) = EAX_AS(T);                                                                   \
        c->gpr[EDI] = to + STEP(T);                                                                \
        GO(ip + 1);                                                                                \
    })                                                                                             \
    HANDLER(lods_##T)                                                                              \
    {                                                                                              \
        uint32_t from = c->gpr[ESI];                                                               \
        LOADABLE(T, from, host);                                                                   \
        PUT_EAX_##T(AT(T, host));                                                                  \
        c->gpr[ESI] = from + STEP(T);                                                              \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(rep_movs_##T)                                                                          \
    {                                                                                              \
        REP_COUNT(T);                                                                              \
        uint32_t bytes = n * sizeof(T), by = DOWN ? 0u - bytes : bytes;                            \
        uint32_t low = DOWN ? bytes - (uint32_t)sizeof(T) : 0;                                     \
        uint64_t from, to;                                                                         \
        if (UNLIKELY(!stretch_at(tlb, c->gpr[ESI] - low, bytes, &from)) ||                         \
            UNLIKELY(!stretch_at(tlb + HOST_STORES, c->gpr[EDI] - low, bytes, &to)))               \
            SLOW_REP();                                                                            \
        uint64_t far = to - from;                                                                  \
        if (UNLIKELY(DOWN && far + bytes - 1 < 2 * (uint64_t)bytes - 1))                           \
            SLOW_REP();                                                                            \
        if (UNLIKELY(far - 1 < CHUNK - 1) && !DOWN) {                                              \
            if (far < sizeof(T) || bytes > SPREAD_BYTES)                                           \
                SLOW_REP();                                                                        \
            spread_##T(to, (uint32_t)far, bytes);                                                  \
        } else {                                                                                   \
            copy_up(to, from, bytes);                                                              \
        }                                                                                          \
        c->gpr[ESI] += by;                                                                         \
        c->gpr[EDI] += by;                                                                         \
        REP_DONE();                                                                                \
    }                                                                                              \
    HANDLER(rep_stos_##T)                                                                          \
    {                                                                                              \
        REP_COUNT(T);                                                                              \
        uint32_t bytes = n * sizeof(T), by = DOWN ? 0u - bytes : bytes;                            \
        uint64_t to;                                                                               \
        if (UNLIKELY(!stretch_at(tlb + HOST_STORES,                                                \
                                 c->gpr[EDI] - (DOWN ? bytes - (uint32_t)sizeof(T) : 0), bytes,    \
                                 &to)))                                                            \
            SLOW_REP();                                                                            \
        fill_up(to, EAX_AS(T) * (UINT64_MAX / (T)UINT64_MAX), bytes);                              \
        c->gpr[EDI] += by;                                                                         \
        REP_DONE();                                                                                \
    }
COPIES(uint8_t)
COPIES(uint16_t)
COPIES(uint32_t)

/* How many elements from lin on are in its page, at most n and REP_LOOKS. */
static inline uint32_t looks_at(lin_t lin, unsigned size, uint32_t n, bool down)
{
    uint32_t within = lin & PAGE_OFFSET_MASK;
    uint32_t room = (PAGE_SIZE - within) / size;
    if (down && room)
        room = within / size + 1;
    n = n < REP_LOOKS ? n : REP_LOOKS;
    return n < room ? n : room;
}

/* From the first on while (a ? b) says so: k are done, x and y the last compared. The end of what
   may be looked at is no end if there are more iterations. */
#define REP_LOOK(T, first, second, goes_on)                                                        \
    uint32_t k = 0;                                                                                \
    T x, y;                                                                                        \
    do {                                                                                           \
        if (UNLIKELY(k == most))                                                                   \
            SLOW_REP();                                                                            \
        x = (first);                                                                               \
        y = (second);                                                                              \
        k++;                                                                                       \
    } while ((x goes_on y) && k != n);                                                             \
    if (UNLIKELY(left < (int64_t)k))                                                               \
        SLOW_REP();                                                                                \
    (void)op_sub(T, x, y);                                                                         \
    c->gpr[ECX] = n - k;                                                                           \
    c->is_repeating = false;                                                                       \
    left -= (int64_t)k - 1

#define COMPARISONS(T)                                                                             \
    HANDLER(scas_##T)                                                                              \
    {                                                                                              \
        uint32_t lin = c->gpr[EDI], by = STEP(T);                                                  \
        LOADABLE(T, lin, host);                                                                    \
        (void)op_sub(T, EAX_AS(T), AT(T, host));                                                   \
        c->gpr[EDI] = lin + by;                                                                    \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(cmps_##T)                                                                              \
    {                                                                                              \
        uint32_t lin = c->gpr[ESI], other = c->gpr[EDI], by = STEP(T);                             \
        LOADABLE(T, lin, host);                                                                    \
        uint64_t host2;                                                                            \
        if (UNLIKELY(!host_at(tlb, other, sizeof(T), &host2)))                                     \
            SLOW();                                                                                \
        (void)op_sub(T, AT(T, host), AT(T, host2));                                                \
        c->gpr[ESI] = lin + by;                                                                    \
        c->gpr[EDI] = other + by;                                                                  \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    REP_COMPARISONS(T, repe, ==)                                                                   \
    REP_COMPARISONS(T, repne, !=)
/* How far element k is from the first one. */
#define FAR(k) (uint64_t)((int64_t)(int32_t)by * (k))
#define REP_COMPARISONS(T, prefix, goes_on)                                                        \
    HANDLER(prefix##_scas_##T)                                                                     \
    {                                                                                              \
        uint32_t n = c->gpr[ECX], lin = c->gpr[EDI], by = STEP(T);                                 \
        uint32_t most = looks_at(lin, sizeof(T), n, DOWN);                                         \
        uint64_t host;                                                                             \
        if (!n)                                                                                    \
            GO(ip + 1);                                                                            \
        if (UNLIKELY(!stretch_at(tlb, lin, 1, &host)))                                             \
            SLOW_REP();                                                                            \
        REP_LOOK(T, EAX_AS(T), AT(T, host + FAR(k)), goes_on);                                     \
        c->gpr[EDI] = lin + k * by;                                                                \
        GO(ip + 1);                                                                                \
    }                                                                                              \
    HANDLER(prefix##_cmps_##T)                                                                     \
    {                                                                                              \
        uint32_t n = c->gpr[ECX], lin = c->gpr[ESI], other = c->gpr[EDI], by = STEP(T);            \
        uint32_t most = looks_at(lin, sizeof(T), n, DOWN);                                         \
        most = looks_at(other, sizeof(T), most, DOWN);                                             \
        uint64_t host, host2;                                                                      \
        if (!n)                                                                                    \
            GO(ip + 1);                                                                            \
        if (UNLIKELY(!stretch_at(tlb, lin, 1, &host) || !stretch_at(tlb, other, 1, &host2)))       \
            SLOW_REP();                                                                            \
        REP_LOOK(T, AT(T, host + FAR(k)), AT(T, host2 + FAR(k)), goes_on);                         \
        c->gpr[ESI] = lin + k * by;                                                                \
        c->gpr[EDI] = other + k * by;                                                              \
        GO(ip + 1);                                                                                \
    }
COMPARISONS(uint8_t)
COMPARISONS(uint16_t)
COMPARISONS(uint32_t)

handler *pick_string(const struct rec *r, uint8_t mode)
{
#define BY_SIZE(name)                                                                              \
    {                                                                                              \
        name##_uint8_t, name##_uint16_t, name##_uint32_t                                           \
    }
    /* By what they do (A4-A7, AA-AF of the opcode map), their prefix and their size. */
    enum { MOVS, CMPS, STOS, LODS, SCAS, KINDS };
    static handler *const alone[KINDS][3] = {BY_SIZE(movs), BY_SIZE(cmps), BY_SIZE(stos),
                                             BY_SIZE(lods), BY_SIZE(scas)};
    static handler *const rep[KINDS][3] = {
        BY_SIZE(rep_movs), BY_SIZE(repe_cmps), BY_SIZE(rep_stos), {NULL}, BY_SIZE(repe_scas)};
    static handler *const repne[KINDS][3] = {
        BY_SIZE(rep_movs), BY_SIZE(repne_cmps), BY_SIZE(rep_stos), {NULL}, BY_SIZE(repne_scas)};
    unsigned row = r->i.row, size = r->i.size >> 1;
    if (row < 0xa4 || row > 0xaf || row == 0xa8 || row == 0xa9)
        return NULL;
    unsigned kind = row < 0xa8 ? (row - 0xa4) >> 1 : STOS + ((row - 0xaa) >> 1);
    bool source = kind == MOVS || kind == CMPS || kind == LODS;
    if (!(r->i.flags & INSN_AS32) || (kind != LODS && !(mode & MODE_FLAT_ES)) ||
        (source && flat_class(r, mode) < 0))
        return NULL;
    if (r->i.flags & INSN_REPNE)
        return repne[kind][size];
    return (r->i.flags & INSN_REP ? rep : alone)[kind][size];
}
