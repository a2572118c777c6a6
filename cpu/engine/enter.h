/* SPDX-License-Identifier: MIT */
/*
 * enter.h - how handlers go to other blocks, noting that in the trail (observe.h). In handlers alone: c, ip and left
 * are the handler's.
 */
#ifndef CPU_ENGINE_ENTER_H
#define CPU_ENGINE_ENTER_H

#include "cpu/engine/holes.h"
#include "cpu/engine/reach.h"
#include "cpu/trail.h"

/* Into a block, by its first record: its cost is subtracted already, and the trail notes where it
   begins. Only flat code is entered from other blocks: EIP is the linear address. */
#define ENTER(first)                                                                               \
    do {                                                                                           \
        const struct rec *to_ = (first);                                                           \
        uint32_t at_ = (uint32_t)(c->stop - (uint64_t)left) - to_->after;                          \
        *trail_at(c, at_) = (struct trail){.lin = to_->eip, .icount = at_};                        \
        GO(to_);                                                                                   \
    } while (0)

/* The branch at the n-th record is taken. As many instructions as have been charged for, but for those behind the
   branch, have been executed then. */
#define TAKE(n)                                                                                    \
    do {                                                                                           \
        uint32_t at_ = (uint32_t)(c->stop - (uint64_t)left);                                       \
        SUB_REST(n, at_);                                                                          \
        __asm__("" : "+r"(at_)); /* computed before `left` changes, so that it needs no copy */    \
        left -= ip[n].delta;                                                                       \
        if (UNLIKELY(left < 0))                                                                    \
            GO_TO(h_not_linked, ip + n);                                                           \
        const struct rec *to_ = ip[n].link;                                                        \
        struct trail *trail_ = trail_at(c, at_);                                                   \
        PUT_TO(n, trail_->lin);                                                                    \
        trail_->icount = at_;                                                                      \
        GO(to_);                                                                                   \
    } while (0)

/* On to EIP `to`, wherever that is: by the jump cache, or the run loop finds it. */
#define SEARCH(to)                                                                                 \
    do {                                                                                           \
        uint32_t eip_ = (to), at_ = (uint32_t)(c->stop - (uint64_t)left);                          \
        const struct jump *j_ = jump_slot(c->engine, eip_);                                        \
        __asm__("" : "+r"(at_)); /* as above */                                                    \
        if (j_->eip == eip_ && j_->key == jump_key(c)) {                                           \
            const struct rec *to_ = j_->rec;                                                       \
            left -= to_->after;                                                                    \
            __asm__("" : "+r"(left)); /* there and nowhere else */                                 \
            if (left >= 0) {                                                                       \
                *trail_at(c, at_) = (struct trail){.lin = eip_, .icount = at_};                    \
                GO(to_);                                                                           \
            }                                                                                      \
            left += to_->after;                                                                    \
        }                                                                                          \
        c->eip = eip_;                                                                             \
        GO_TO(h_search, NULL);                                                                     \
    } while (0)

#endif
