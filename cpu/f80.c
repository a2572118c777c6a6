/* SPDX-License-Identifier: MIT */
/* f80.c - which implementation serves, and what both share (see f80.h). */
#include "cpu/f80.h"

struct f80_out f80_run(enum f80_op op, enum f80_kind kind, struct f80 a, struct f80 b, uint16_t cw)
{
#if F80_HOST
    return f80_host_run(op, kind, a, b, cw);
#else
    return f80_soft_run(op, kind, a, b, cw);
#endif
}

struct f80 f80_from_int(int64_t v)
{
    if (!v)
        return (struct f80){0};
    uint64_t m = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    unsigned shift = (unsigned)__builtin_clzll(m);
    return (struct f80){.m = m << shift,
                        .se = (uint16_t)((v < 0 ? 0x8000 : 0) | (16383 + 63 - shift))};
}

enum f80_class f80_classify(struct f80 v)
{
    unsigned e = v.se & 0x7fff;
    if (e == 0)
        return v.m ? F80_DENORMAL : F80_ZERO;
    if (!(v.m >> 63))
        return F80_UNSUPPORTED;
    if (e < 0x7fff)
        return F80_NORMAL;
    return v.m << 1 ? F80_NAN : F80_INFINITY;
}
