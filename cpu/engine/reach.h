/* SPDX-License-Identifier: MIT */
/*
 * reach.h - how handlers reach memory: by the host TLB, and what they do where it has no pointer. In
 * handlers alone (ops.h): ip, tlb and c are the handler's.
 */
#ifndef CPU_ENGINE_REACH_H
#define CPU_ENGINE_REACH_H

#include "cpu/engine/block.h"

#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* What a handler does where only a host pointer is missing, before anything is committed: once it is
   there, the handler is tried again. */
#ifdef FOR_COPIES
#define MISS(kind, lin) GO_TO(h_again, ip)
#else
#define MISS(kind, lin) GO_TO(h_miss_##kind, (c->missed = (lin_t)(lin), ip))
#endif

/* May [lin, lin + size) reach into the next page? An aligned access cannot; only the others look. */
static inline bool crosses(lin_t lin, unsigned size)
{
    return size > 1 && UNLIKELY(lin & (size - 1)) && mmu_crosses(lin, size);
}

/* The host address of lin by the host TLB's table. False: *host is lin, as words of missing pages are 0. */
static inline bool word_at(const uint64_t *table, lin_t lin, uint64_t *host)
{
    return __builtin_sub_overflow((uint64_t)lin, table[lin >> 12], host);
}

/* The host address of [lin, lin + size). */
static inline bool host_at(const uint64_t *table, lin_t lin, unsigned size, uint64_t *host)
{
    return !crosses(lin, size) && word_at(table, lin, host);
}

/* Windows (tlb.h), as offsets of the one for loads; behind each is one for stores. */
#define STACK_WINDOW 0
#define HAS_WINDOW(reg) ((reg) == ESP || (reg) == EBP)
#define WINDOW_OF(reg) (((reg)-ESP + 1) * 32)
#define FOR_LOADS 0
#define FOR_STORES 16
/* The one that begins so many bytes behind the first. */
#define WINDOW(at) ((uint64_t *)(void *)((uint8_t *)(tlb - WINDOW_WORDS) + (at)))

/* Declares `host`, where `bytes` from lin on are. How that is found by the words of the table comes last. A copy asks
   nothing but the window, if there is one (`windowed`); the handler moves it. */
#ifdef FOR_COPIES
#define LOCATE(windowed, window, bytes, lin, host, ...)                                            \
    uint64_t host;                                                                                 \
    if (windowed) {                                                                                \
        host = (uint64_t)(lin)-WINDOW(window)[WINDOW_PAGE];                                        \
        if (UNLIKELY(host > PAGE_SIZE - (bytes)))                                                  \
            GO_TO(h_again, ip);                                                                    \
        host += WINDOW(window)[WINDOW_HOST];                                                       \
        __asm__("" : "+r"(host)); /* not by two registers: one would have to be saved */           \
    } else {                                                                                       \
        __VA_ARGS__;                                                                               \
    }
#else
#define LOCATE(windowed, window, bytes, lin, host, ...)                                            \
    uint64_t host;                                                                                 \
    __VA_ARGS__;                                                                                   \
    if (windowed) {                                                                                \
        WINDOW(window)[WINDOW_PAGE] = (lin)&PAGE_FRAME_MASK;                                       \
        WINDOW(window)[WINDOW_HOST] = host - (lin) % PAGE_SIZE;                                    \
    }
#endif

/* Declares `host`, where [lin, lin + sizeof(T)) can be loaded or stored; else falls back. By the words alone, as the
   class of the address says (IN), at the top of the stack, or at a register and a displacement (BY). */
#define LOADABLE(T, lin, host) TO_LOAD(0, 0, T, lin, host)
#define LOADABLE_IN(class, T, lin, host) TO_LOAD(CLASS_##class == CLASS_w, REG_B, T, lin, host)
#define LOADABLE_ON_STACK(T, lin, host) TO_LOAD(1, STACK_WINDOW, T, lin, host)
#define LOADABLE_BY(reg, T, lin, host) TO_LOAD(HAS_WINDOW(reg), WINDOW_OF(reg), T, lin, host)
#define TO_LOAD(windowed, window, T, lin, host)                                                    \
    LOCATE(windowed, (window) + FOR_LOADS, sizeof(T), lin, host,                                   \
           if (UNLIKELY(crosses(lin, sizeof(T)))) FALL_BACK();                                     \
           if (UNLIKELY(!word_at(tlb, lin, &host))) MISS(load, host))
#define STORABLE(T, lin, host) TO_STORE(0, 0, T, lin, host)
#define STORABLE_ON_STACK(T, lin, host) TO_STORE(1, STACK_WINDOW, T, lin, host)
#define TO_STORE(windowed, window, T, lin, host)                                                   \
    LOCATE(windowed, (window) + FOR_STORES, sizeof(T), lin, host,                                  \
           if (UNLIKELY(crosses(lin, sizeof(T)))) FALL_BACK();                                     \
           if (UNLIKELY(!word_at(tlb + HOST_STORES, lin, &host))) MISS(store, host))

/* The same for what has loaded before: it cannot be tried again, as the fetch may have changed what was loaded, where
   that is the very entry that maps the page (D is set). */
#define STORABLE_AFTER_LOAD(T, lin, host)                                                          \
    LOCATE(1, STACK_WINDOW + FOR_STORES, sizeof(T), lin, host,                                     \
           if (UNLIKELY(!host_at(tlb + HOST_STORES, lin, sizeof(T), &host))) FALL_BACK())

/* Pushes value, which must have been computed before; storable: STORABLE_ON_STACK or, behind a load,
   STORABLE_AFTER_LOAD. */
#define PUSH(storable, value)                                                                      \
    do {                                                                                           \
        uint32_t to_ = c->gpr[ESP] - 4;                                                            \
        storable(uint32_t, to_, stack_);                                                           \
        AT(uint32_t, stack_) = (value);                                                            \
        c->gpr[ESP] = to_;                                                                         \
    } while (0)

/* A handler that stores, and its twin for pages of decoded code, to which it falls back: that looks
   whether the store goes beside the code (tlb.h), out of line, as it needs more registers. The body
   says STORE_TO where others say STORABLE. */
#ifdef FOR_COPIES
#define STORING(name, ...)                                                                         \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        enum { beside = false };                                                                   \
        handler *const otherwise = h_again;                                                        \
        __VA_ARGS__                                                                                \
    }
#else
#define STORING(name, ...)                                                                         \
    __attribute__((noinline, cold)) HANDLER(name##_beside)                                         \
    {                                                                                              \
        enum { beside = true };                                                                    \
        handler *const otherwise = h_generic;                                                      \
        __VA_ARGS__                                                                                \
    }                                                                                              \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        enum { beside = false };                                                                   \
        handler *const otherwise = name##_beside;                                                  \
        __VA_ARGS__                                                                                \
    }
#endif
#define STORE_TO(T, lin, host) STORE_OR(0, 0, MISS(store, lin), T, lin, host)
#define STORE_TO_AFTER_LOAD(T, lin, host) STORE_OR(0, 0, SLOW(), T, lin, host)
#define STORE_TO_IN(class, T, lin, host)                                                           \
    STORE_OR(CLASS_##class == CLASS_w, REG_B, MISS(store, lin), T, lin, host)
#define STORE_TO_BY(reg, T, lin, host)                                                             \
    STORE_OR(HAS_WINDOW(reg), WINDOW_OF(reg), MISS(store, lin), T, lin, host)
#define STORE_OR(windowed, window, without, T, lin, host)                                          \
    LOCATE((windowed) && !beside, (window) + FOR_STORES, sizeof(T), lin, host,                     \
           if (UNLIKELY(beside ? !tlb_beside(&c->mmu.tlb, tlb, (lin), sizeof(T), &host)            \
                               : !host_at(tlb + HOST_STORES, (lin), sizeof(T), &host))) {          \
               if (beside)                                                                         \
                   without;                                                                        \
               GO_TO(otherwise, ip);                                                               \
           })

/* The host address of n dwords at lin, through a window, all in one page, for loads or stores. */
#define RUN_AT(kind, window, lin, n, host)                                                         \
    LOCATE(1, (window) + RUN_WINDOW_##kind, 4 * (n), lin, host,                                    \
           if (UNLIKELY(mmu_crosses(lin, 4 * (n)))) SLOW();                                        \
           if (UNLIKELY(!word_at(RUN_##kind, lin, &host))) MISS(run_##kind, host))
#define RUN_load tlb
#define RUN_store (tlb + HOST_STORES)
#define RUN_WINDOW_load FOR_LOADS
#define RUN_WINDOW_store FOR_STORES
#define RUN_WORD(host, n) AT(uint32_t, (host) + 4 * (n))

#endif
