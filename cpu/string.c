/* SPDX-License-Identifier: MIT */
/*
 * string.c - MOVS CMPS STOS LODS SCAS INS OUTS and REP (SDM vol. 2). Every iteration commits by
 * itself and counts as one instruction; between two iterations events and interrupts are served,
 * with EIP still at the REP prefix. A fault leaves the registers as the last whole iteration did.
 */
#include "cpu/bodies.h"

#include "cpu/engine/engine.h"
#include "cpu/flags.h"
#include "cpu/internal.h"
#include "cpu/scan.h"

#include "mmu/bus.h"
#include "mmu/paging.h"

static uint32_t get(const struct cpu *c, const struct insn *i, unsigned reg)
{
    return i->flags & INSN_AS32 ? c->gpr[reg] : c->gpr[reg] & 0xffff;
}

static void step_many(struct cpu *c, const struct insn *i, unsigned reg, uint32_t n)
{
    uint32_t by = c->eflags & FLAG_DF ? 0u - i->size : i->size;
    reg_set(c, reg * 4, c->gpr[reg] + by * n, i->flags & INSN_AS32 ? 4 : 2);
}

static void step(struct cpu *c, const struct insn *i, unsigned reg)
{
    step_many(c, i, reg, 1);
}

typedef void one_iteration(struct cpu *c, const struct insn *i);
/* Does up to n iterations at once if all is plain memory; gives how many it did, 0 if it cannot. */
typedef uint32_t many_iterations(struct cpu *c, const struct insn *i, uint32_t n);

/* Iterations that may still be done before the run loop wants to look, this one included. */
static uint64_t allowed(const struct cpu *c)
{
    return c->limit > c->icount ? c->limit - c->icount + 1 : 1;
}

/* until_zf: REPE and REPNE end on the flag (CMPS, SCAS). */
static void repeat(struct cpu *c, const struct insn *i, one_iteration *one, many_iterations *many,
                   bool until_zf)
{
    if (!(i->flags & (INSN_REP | INSN_REPNE))) {
        one(c, i);
        return;
    }
    unsigned size = i->flags & INSN_AS32 ? 4 : 2;
    uint32_t left = reg_get(c, ECX * 4, size);
    c->is_repeating = false;
    if (!left)
        return;
    for (;;) {
        uint64_t most = allowed(c);
        uint32_t done = many ? many(c, i, left < most ? left : (uint32_t)most) : 0;
        if (!done) {
            one(c, i);
            done = 1;
        }
        left -= done;
        c->icount += done - 1; /* charged; `ahead` stays 1: the iteration to come */
        reg_set(c, ECX * 4, left, size);
        if (!left || (until_zf && flag_zf(c->res) != !!(i->flags & INSN_REP)))
            return;
        if (c->icount >= c->limit) {
            c->next = c->eip;
            c->is_repeating = true;
            c->repeating = c->seg[CS].base + c->eip;
            return;
        }
        c->icount++;
    }
}

/* How many elements from off on, in string direction, lie within `room` bytes and one stretch of offsets,
   and the linear address of the lowest one. At most n; false: none. */
static bool stretch_of(const struct cpu *c, const struct insn *i, unsigned seg, uint32_t off,
                       uint32_t room, uint32_t *n, bool write, lin_t *lin)
{
    const struct seg *s = &c->seg[seg];
    bool down = c->eflags & FLAG_DF;
    uint32_t top = i->flags & INSN_AS32 ? UINT32_MAX : 0xffff;
    unsigned shift = i->size >> 1; /* size = 1 << this */
    uint32_t line = ((down ? off : top - off) >> shift) + (i->size == 1);
    if (room >> shift < *n)
        *n = room >> shift;
    if (line < *n)
        *n = line;
    if (!*n || (c->mode & MODE_ALIGN))
        return false;
    uint32_t bytes = *n * i->size, low = down ? off - (bytes - i->size) : off;
    uint64_t valid = write ? s->wr_bytes : s->rd_bytes;
    *lin = s->base + low;
    return (uint64_t)(uint32_t)(low - s->lo) + bytes <= valid;
}

/* Bytes from the element at lin on, in string direction, to the end of its page. */
static uint32_t page_room(const struct cpu *c, const struct insn *i, lin_t lin)
{
    uint32_t within = lin & PAGE_OFFSET_MASK;
    return c->eflags & FLAG_DF ? within + i->size : PAGE_SIZE - within;
}

/* The same, and on through pages that are neighbours in host memory as well: they have the same word. At
   most a page beyond `bytes`. */
static uint32_t host_room(const struct cpu *c, const struct insn *i, const uint64_t *table,
                          lin_t lin, uint64_t bytes)
{
    bool down = c->eflags & FLAG_DF;
    uint32_t room = page_room(c, i, lin);
    uint64_t word = table[lin >> 12];
    while (room < bytes) {
        lin_t next = down ? lin + i->size - room - 1 : lin + room;
        if (table[next >> 12] != word || (down ? next > lin : next < lin))
            break;
        room += PAGE_SIZE;
    }
    return room;
}

/* How many elements from off on lie in one stretch of host memory, at most n; the host address of the lowest
   one, NULL if it is not plain memory. */
static uint8_t *stretch(struct cpu *c, const struct insn *i, unsigned seg, uint32_t off,
                        uint32_t *n, bool write)
{
    const uint64_t *table = c->mmu.tlb.host[!!mem_user(c)] + (write ? HOST_STORES : 0);
    lin_t first = c->seg[seg].base + off, lin;
    if (!table[first >> 12] || mmu_crosses(first, i->size))
        return NULL;
    uint32_t room = host_room(c, i, table, first, (uint64_t)*n * i->size);
    if (!stretch_of(c, i, seg, off, room, n, write, &lin))
        return NULL;
    return tlb_host(table, lin);
}

/* The same for a destination that decoded code comes from, but not that of this instruction. */
static uint8_t *code_stretch(struct cpu *c, const struct insn *i, uint32_t off, uint32_t *n,
                             phys_t *phys)
{
    lin_t lin;
    phys_t here;
    if (!c->engine ||
        !stretch_of(c, i, ES, off, page_room(c, i, c->seg[ES].base + off), n, true, &lin) ||
        !mmu_remembers(&c->mmu, c->seg[CS].base + c->eip, &here))
        return NULL;
    uint8_t *host = mmu_store_seen(&c->mmu, mem_user(c), lin, *n * i->size, PAGE_CODE, phys);
    return (here ^ *phys) & PAGE_FRAME_MASK ? host : NULL;
}

/* Only bytes that change are told to the engine. */
static void replace_code(struct cpu *c, phys_t phys, uint8_t *to, const uint8_t *from, uint32_t n)
{
    uint32_t first = 0;
    while (first < n && to[first] == from[first])
        first++;
    while (n > first && to[n - 1] == from[n - 1])
        n--;
    if (n == first)
        return;
    memcpy(to + first, from + first, n - first);
    if (engine_invalidate(c->engine, phys + first, n - first))
        cpu_attend(c, ATT_CODE);
}

/* The first `have` of the bytes at p, again and again until `bytes` are full. */
static void spread(uint8_t *p, uint32_t have, uint32_t bytes)
{
    while (have < bytes) {
        uint32_t n = have < bytes - have ? have : bytes - have;
        memcpy(p + have, p, n);
        have += n;
    }
}

/* n elements as if one after the other: where the destination overlaps what is still to be read,
   the guest wants the pattern that this makes. */
static void move(uint8_t *to, const uint8_t *from, uint32_t n, unsigned size, bool down)
{
    if (down ? to >= from : to <= from) {
        memmove(to, from, n * size);
    } else if (!down && to - from >= size) {
        uint32_t period = (uint32_t)(to - from);
        spread(to - period, period, period + n * size);
    } else {
        for (uint32_t k = 0; k < n; k++) {
            uint32_t at = (down ? n - 1 - k : k) * size;
            host_put(to + at, host_get(from + at, size), size);
        }
    }
}

static uint32_t movs_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    uint8_t *to = stretch(c, i, ES, get(c, i, EDI), &n, true);
    phys_t phys;
    bool code = !to;
    if (code)
        to = code_stretch(c, i, get(c, i, EDI), &n, &phys);
    if (!to)
        return 0;
    uint32_t least = n;
    const uint8_t *from = stretch(c, i, i->seg, get(c, i, ESI), &least, false);
    if (!from)
        return 0;
    bool down = c->eflags & FLAG_DF;
    unsigned size = i->size;
    uint32_t skip = down ? (n - least) * size : 0; /* both must begin at the lowest of as many */
    to += skip;
    n = least;
    bool apart = to + n * size <= from || from + n * size <= to;
    if (code && !apart)
        return 0;
    if (code)
        replace_code(c, phys + skip, to, from, n * size);
    else if (apart)
        memcpy(to, from, n * size);
    else
        move(to, from, n, size, down);
    step_many(c, i, ESI, n);
    step_many(c, i, EDI, n);
    return n;
}

static uint32_t stos_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    uint8_t *to = stretch(c, i, ES, get(c, i, EDI), &n, true);
    if (!to)
        return 0;
    if (i->size == 1) {
        memset(to, (int)(c->gpr[EAX] & 0xff), n);
    } else {
        host_put(to, c->gpr[EAX], i->size);
        spread(to, i->size, n * i->size);
    }
    step_many(c, i, EDI, n);
    return n;
}

/* Element k in string direction of n whose lowest is at p. */
static uint32_t element(const struct cpu *c, const uint8_t *p, uint32_t k, uint32_t n,
                        unsigned size)
{
    return host_get(p + (c->eflags & FLAG_DF ? n - 1 - k : k) * size, size);
}

static uint32_t lods_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    const uint8_t *from = stretch(c, i, i->seg, get(c, i, ESI), &n, false);
    if (!from)
        return 0;
    reg_set(c, EAX * 4, element(c, from, n - 1, n, i->size), i->size);
    step_many(c, i, ESI, n);
    return n;
}

/* REPE goes on while elements are equal, REPNE while they are not; the flags are those of the last
   comparison. */
static uint32_t scas_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    const uint8_t *p = stretch(c, i, ES, get(c, i, EDI), &n, false);
    if (!p)
        return 0;
    uint32_t a = reg_get(c, EAX * 4, i->size);
    uint32_t k = scan_value(p, a, n, i->size, c->eflags & FLAG_DF, i->flags & INSN_REP);
    if (k == n)
        k--;
    flags_sub(c, i->size, a, element(c, p, k, n, i->size), 0);
    step_many(c, i, EDI, k + 1);
    return k + 1;
}

static uint32_t cmps_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    const uint8_t *y = stretch(c, i, ES, get(c, i, EDI), &n, false);
    if (!y)
        return 0;
    uint32_t least = n;
    const uint8_t *x = stretch(c, i, i->seg, get(c, i, ESI), &least, false);
    if (!x)
        return 0;
    if (c->eflags & FLAG_DF) /* both must begin at the lowest element of as many */
        y += (n - least) * i->size;
    n = least;
    uint32_t k = scan_pairs(x, y, n, i->size, c->eflags & FLAG_DF, i->flags & INSN_REP);
    if (k == n)
        k--;
    flags_sub(c, i->size, element(c, x, k, n, i->size), element(c, y, k, n, i->size), 0);
    step_many(c, i, ESI, k + 1);
    step_many(c, i, EDI, k + 1);
    return k + 1;
}

/* Does anybody look at every access to a port? */
static bool ports_watched(const struct cpu *c)
{
    return c->break_io || OBSERVED(c, OBSERVE_PORT);
}

static uint32_t ins_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    if ((c->eflags & FLAG_DF) || ports_watched(c))
        return 0;
    uint8_t *to = stretch(c, i, ES, get(c, i, EDI), &n, true);
    n = to ? bus_in_many(c->bus, (uint16_t)c->gpr[EDX], i->size, to, n) : 0;
    step_many(c, i, EDI, n);
    return n;
}

static uint32_t outs_many(struct cpu *c, const struct insn *i, uint32_t n)
{
    if ((c->eflags & FLAG_DF) || ports_watched(c))
        return 0;
    const uint8_t *from = stretch(c, i, i->seg, get(c, i, ESI), &n, false);
    n = from ? bus_out_many(c->bus, (uint16_t)c->gpr[EDX], i->size, from, n) : 0;
    step_many(c, i, ESI, n);
    return n;
}

static void movs(struct cpu *c, const struct insn *i)
{
    uint32_t v = mem_read(c, i->seg, get(c, i, ESI), i->size);
    mem_write(c, ES, get(c, i, EDI), v, i->size);
    step(c, i, ESI);
    step(c, i, EDI);
}

static void stos(struct cpu *c, const struct insn *i)
{
    mem_write(c, ES, get(c, i, EDI), reg_get(c, EAX * 4, i->size), i->size);
    step(c, i, EDI);
}

static void lods(struct cpu *c, const struct insn *i)
{
    reg_set(c, EAX * 4, mem_read(c, i->seg, get(c, i, ESI), i->size), i->size);
    step(c, i, ESI);
}

static void scas(struct cpu *c, const struct insn *i)
{
    uint32_t v = mem_read(c, ES, get(c, i, EDI), i->size);
    flags_sub(c, i->size, reg_get(c, EAX * 4, i->size), v, 0);
    step(c, i, EDI);
}

static void cmps(struct cpu *c, const struct insn *i)
{
    uint32_t a = mem_read(c, i->seg, get(c, i, ESI), i->size);
    uint32_t b = mem_read(c, ES, get(c, i, EDI), i->size);
    flags_sub(c, i->size, a, b, 0);
    step(c, i, ESI);
    step(c, i, EDI);
}

/* The destination is proven before the port is read: a device must not lose a byte to a fault. */
static void ins(struct cpu *c, const struct insn *i)
{
    uint32_t to = get(c, i, EDI);
    mem_probe(c, ES, to, i->size, true);
    cpu_sync_clock(c);
    debug_note_io(c, (uint16_t)c->gpr[EDX], i->size);
    uint32_t v = bus_in(c->bus, (uint16_t)c->gpr[EDX], i->size);
    observe_port(c, (uint16_t)c->gpr[EDX], i->size, false, v);
    cpu_attend(c, ATT_IO);
    mem_write(c, ES, to, v, i->size);
    step(c, i, EDI);
}

static void outs(struct cpu *c, const struct insn *i)
{
    uint32_t v = mem_read(c, i->seg, get(c, i, ESI), i->size);
    cpu_sync_clock(c);
    debug_note_io(c, (uint16_t)c->gpr[EDX], i->size);
    bus_out(c->bus, (uint16_t)c->gpr[EDX], v, i->size);
    observe_port(c, (uint16_t)c->gpr[EDX], i->size, true, v);
    cpu_attend(c, ATT_IO);
    step(c, i, ESI);
}

uint32_t x_movs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, movs, movs_many, false);
    return 0;
}

uint32_t x_stos(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, stos, stos_many, false);
    return 0;
}

uint32_t x_lods(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, lods, lods_many, false);
    return 0;
}

uint32_t x_scas(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, scas, scas_many, true);
    return 0;
}

uint32_t x_cmps(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    repeat(c, i, cmps, cmps_many, true);
    return 0;
}

uint32_t x_ins(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    task_check_io(c, (uint16_t)c->gpr[EDX], i->size);
    repeat(c, i, ins, ins_many, false);
    return 0;
}

uint32_t x_outs(struct cpu *c, const struct insn *i, uint32_t a, uint32_t b)
{
    task_check_io(c, (uint16_t)c->gpr[EDX], i->size);
    repeat(c, i, outs, outs_many, false);
    return 0;
}
