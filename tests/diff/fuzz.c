/* SPDX-License-Identifier: MIT */
/*
 * fuzz.c - one case: first the reference layer, instruction by instruction, which also finds out
 * whether the case can be compared; then the host, then the fast engine.
 *
 * Compared: registers, selectors, EIP, EFLAGS without what the manual leaves undefined, the
 * exception with its error code and address, and the writable memory. Between the layers: all of
 * it. Not compared: bit 4 of a page fault's code (instruction fetch), which a processor without
 * execute-disable does not have.
 */
#include "tests/diff/fuzz.h"

#include "cpu/internal.h"
#include "tests/diff/exclude.h"
#include "tests/diff/native.h"

#include <string.h>

#define STEPS 2500u /* instructions and iterations of one case */

static void count(uint64_t *n)
{
    __atomic_add_fetch(n, 1, __ATOMIC_RELAXED);
}

bool fuzz_init(struct fuzz *f, uint64_t seed, struct tally *t)
{
    memset(f, 0, sizeof *f);
    f->tally = t;
    f->show = 5;
    generator_init(&f->gen, seed);
    generator_pattern(seed, f->pattern);
    if (!emulated_init(&f->plain, false) || !emulated_init(&f->fast, true))
        return false;
    memcpy(emulated_window(&f->plain), f->pattern, WIN_SIZE);
    memcpy(emulated_window(&f->fast), f->pattern, WIN_SIZE);
    f->native = native_init(&f->why_not);
    if (f->native)
        native_fill(f->pattern);
    return true;
}

void fuzz_fini(struct fuzz *f)
{
    emulated_fini(&f->plain);
    emulated_fini(&f->fast);
}

/* ---- before and after ---- */

static void write_pokes(const struct experiment *x, uint8_t *window)
{
    for (unsigned n = 0; n < x->pokes; n++)
        memcpy(window + x->poke[n].at, &x->poke[n].value, x->poke[n].size);
}

static void begin(struct fuzz *f)
{
    const struct experiment *x = &f->x;
    write_pokes(x, emulated_window(&f->plain));
    write_pokes(x, emulated_window(&f->fast));
    emulated_code(&f->plain, x->code_at, x->code, x->code_bytes);
    emulated_code(&f->fast, x->code_at, x->code, x->code_bytes);
    if (f->native) {
        write_pokes(x, native_window());
        memcpy(native_code() + (x->code_at - WIN_CODE), x->code, x->code_bytes);
    }
}

static void end(struct fuzz *f)
{
    const struct experiment *x = &f->x;
    uint8_t *windows[] = {emulated_window(&f->plain), emulated_window(&f->fast), native_window()};
    uint8_t blank[CODE_MAX];
    memset(blank, 0xcc, sizeof blank);
    for (unsigned n = 0; n < (f->native ? 3 : 2); n++) {
        for (unsigned page = 0; page < WIN_PAGES; page++) {
            if (window_writable(page))
                memcpy(windows[n] + page * PAGE, f->pattern + page * PAGE, PAGE);
        }
    }
    emulated_code(&f->plain, x->code_at, blank, x->code_bytes);
    emulated_code(&f->fast, x->code_at, blank, x->code_bytes);
    if (f->native)
        memset(native_code() + (x->code_at - WIN_CODE), 0xcc, x->code_bytes);
}

/* ---- the reference layer ---- */

enum view {
    VIEW_INSN,    /* an instruction with a row, legal or not */
    VIEW_NOTHING, /* no code there, or not all of it: fetching faults */
    VIEW_FOREIGN, /* data, or an opcode without a row: no telling what it is to the host */
};

/* What is at CS:EIP. */
static enum view look(struct emulated *e, struct insn *i, const uint8_t **code)
{
    const struct cpu *c = &e->cpu;
    uint32_t at = c->seg[CS].base + c->eip - WIN;
    if (at < WIN_CODE || at >= WIN_CODE_END)
        return at < WIN_SIZE && window_mapped(at / PAGE) ? VIEW_FOREIGN : VIEW_NOTHING;
    *code = emulated_window(e) + at;
    switch (decode(i, *code, WIN_CODE_END - at, !(c->mode & MODE_CODE32))) {
    case DECODE_OK: return VIEW_INSN;
    case DECODE_UD: return i->row == ROW_NONE ? VIEW_FOREIGN : VIEW_INSN;
    default: return VIEW_NOTHING;
    }
}

/* An error code that names a selector of the host's GDT. */
static bool foreign_selector(const struct result *r)
{
    bool selector = r->vector >= EXC_TS && r->vector <= EXC_GP;
    uint32_t index = r->code & 0xfff8;
    return selector && !(r->code & 6) && index && index != (SEL_CODE & ~7u) &&
           index != (SEL_DATA & ~7u);
}

/* AddressSanitizer has its shadow in the upper half of the first 4 GiB. */
#ifdef __SANITIZE_ADDRESS__
#define SHADOW 0x7fff7000u
#else
#define SHADOW UINT32_MAX
#endif

/* Page faults in the system area, where the two sides differ, and at both ends of the address
   space: a segment without a limit may fault or not when an access wraps (SDM vol. 3, 5.3). */
static bool odd_address(const struct result *r)
{
    return r->vector == EXC_PF &&
           (r->cr2 - SYSTEM_AREA < SYSTEM_AREA_SIZE || r->cr2 + 64 < 128 || r->cr2 >= SHADOW);
}

/* Both misaligned and not there: the 486 looks at the page first, AMD at the alignment. */
static bool may_be_misaligned(const struct result *r)
{
    return r->vector == EXC_PF && (r->s.eflags & FLAG_AC);
}

/* Whether the instruction at which the case ended had been completed. */
static bool was_completed(const struct result *r, uint32_t eip)
{
    return r->vector == EXC_DB || r->vector == EXC_BP || r->vector == EXC_OF || r->s.eip != eip;
}

static void note_ignored(struct fuzz *f, const struct insn *i)
{
    uint32_t lin;
    unsigned bytes;
    if (f->ignored_n < ARRAY_LEN(f->ignored) && pointers_stored(&f->plain.cpu, i, &lin, &bytes)) {
        f->ignored[f->ignored_n].lin = lin;
        f->ignored[f->ignored_n++].bytes = bytes;
    }
}

/* Copies what is ignored from the host. */
static void copy_ignored(struct fuzz *f)
{
    for (unsigned n = 0; n < f->ignored_n; n++) {
        for (unsigned k = 0; k < f->ignored[n].bytes; k++) {
            uint32_t at = f->ignored[n].lin + k - WIN;
            if (at < WIN_SIZE && window_writable(at / PAGE))
                emulated_window(&f->plain)[at] = native_window()[at];
        }
    }
}

/* Runs the case; false if it cannot be compared. */
static bool run_plain(struct fuzz *f)
{
    struct emulated *e = &f->plain;
    struct insn i;
    const uint8_t *code;
    uint32_t pending = 0, eip = 0;
    enum partial partial = PARTIAL_NOTHING;
    bool in_user = true;
    f->undef = 0;
    f->undef_sw = 0;
    f->rows = f->ignored_n = 0;
    emulated_place(e, &f->x.start);
    for (unsigned n = 0; n < STEPS && in_user; n++) {
        f->undef |= pending;
        pending = 0;
        if (e->cpu.debug_hit && e->cpu.inhibit != INHIBIT_SS) {
            in_user = emulated_step(e); /* a trap comes before the next instruction */
            continue;
        }
        eip = e->cpu.eip;
        partial = PARTIAL_NOTHING;
        enum view view = look(e, &i, &code);
        if (view == VIEW_FOREIGN)
            return false;
        if (view == VIEW_INSN) {
            if (f->undef && *code != 0xcc)
                return false; /* it might look at them */
            if (f->undef_sw && (opcodes[i.row].flags & OPC_FPU))
                return false;
            if (exclude_form(&i, code) || exclude_state(e, &i) || undefined_result(&e->cpu, &i) ||
                row_reason(i.row))
                return false;
            partial = partial_effect(&i);
            note_ignored(f, &i);
            f->undef_sw |= undefined_status(&i);
            pending = undefined_flags(&e->cpu, &i);
            if (f->rows < ARRAY_LEN(f->row))
                f->row[f->rows++] = i.row;
        }
        in_user = emulated_step(e);
    }
    emulated_result(e, &f->expected);
    bool completed = was_completed(&f->expected, eip);
    if (completed)
        f->undef |= pending;
    f->any_stack = !completed && partial == PARTIAL_STACK;
    f->any_registers = !completed && partial == PARTIAL_REGISTERS;
    return !f->expected.hung && !foreign_selector(&f->expected) && !odd_address(&f->expected) &&
           !may_be_misaligned(&f->expected);
}

/* ---- comparing ---- */

/* The same but for what is below the stack pointer. */
static const char *compare_above(const struct state *s, const uint8_t *a, const uint8_t *b)
{
    uint32_t base = s->sel[SS] & 4 ? ldt_table[s->sel[SS] >> 3].base : 0;
    for (unsigned at = 0; at < WIN_SIZE; at++) {
        uint32_t below = s->gpr[ESP] - (WIN + at - base);
        if (window_writable(at / PAGE) && a[at] != b[at] && (below & 0xffff) > 256)
            return "memory";
    }
    return NULL;
}

static const char *compare_memory(const uint8_t *a, const uint8_t *b)
{
    for (unsigned page = 0; page < WIN_PAGES; page++) {
        if (window_writable(page) && memcmp(a + page * PAGE, b + page * PAGE, PAGE) != 0)
            return "memory";
    }
    return NULL;
}

/* A null selector loses its RPL on the way through the host's kernel (SDM vol. 2, IRET to an outer
   level). */
static bool same_selectors(const struct state *a, const struct state *b)
{
    for (unsigned n = 0; n < SEGS; n++) {
        bool null = !(a->sel[n] & ~3u) && !(b->sel[n] & ~3u);
        if (a->sel[n] != b->sel[n] && !null)
            return false;
    }
    return true;
}

/* Control, status and tag word, and the registers: 80 bits of 128 each. */
static bool same_fpu(const uint8_t *a, const uint8_t *b, uint16_t any)
{
    uint16_t sw = (uint16_t)(host_get(a + 2, 2) ^ host_get(b + 2, 2));
    for (unsigned n = 0; n < 8; n++) {
        if (memcmp(a + 32 + 16 * n, b + 32 + 16 * n, 10) != 0)
            return false;
    }
    return memcmp(a, b, 2) == 0 && !(sw & ~any) && a[4] == b[4];
}

/* What does not matter. */
struct leave {
    uint32_t flags; /* bits of EFLAGS */
    uint16_t sw;    /* bits of the x87's status word */
    bool registers; /* all but ESP */
};

static const char *compare(const struct result *a, const struct result *b, struct leave leave)
{
    if (a->hung != b->hung)
        return "end";
    if (a->vector != b->vector)
        return "exception";
    uint32_t code = a->vector == EXC_PF ? 7 : UINT32_MAX;
    if ((a->code ^ b->code) & code)
        return "error code";
    if (a->cr2 != b->cr2)
        return "CR2";
    if (a->s.eip != b->s.eip)
        return "EIP";
    if (a->s.gpr[ESP] != b->s.gpr[ESP] ||
        (!leave.registers && memcmp(a->s.gpr, b->s.gpr, sizeof a->s.gpr) != 0))
        return "registers";
    if ((a->s.eflags ^ b->s.eflags) & ~leave.flags)
        return "EFLAGS";
    if (!same_fpu(a->s.fpu, b->s.fpu, leave.sw))
        return "x87 state";
    return same_selectors(&a->s, &b->s) ? NULL : "selectors";
}

static void count_undefined(struct fuzz *f, const struct result *host)
{
    static const uint32_t flags[FLAGS_COUNTED] = {FLAG_CF, FLAG_PF, FLAG_AF,
                                                  FLAG_ZF, FLAG_SF, FLAG_OF};
    if (!f->rows || !f->undef)
        return;
    unsigned row = f->row[f->rows - 1];
    if (row == 0xcc && f->rows > 1)
        row = f->row[f->rows - 2];
    for (unsigned n = 0; n < FLAGS_COUNTED; n++) {
        if (!(f->undef & flags[n]))
            continue;
        count(&f->tally->undefined[row][n]);
        if (!((host->s.eflags ^ f->expected.s.eflags) & flags[n]))
            count(&f->tally->as_host[row][n]);
    }
}

static void differs(struct fuzz *f, uint64_t *counter, const char *what, const char *name,
                    const struct result *r, const uint8_t *memory)
{
    count(counter);
    if (__atomic_fetch_add(&f->tally->shown, 1, __ATOMIC_RELAXED) < f->show)
        show_difference(f, what, "emulated", &f->expected, name, r, emulated_window(&f->plain),
                        memory);
}

static void with_host(struct fuzz *f)
{
    struct result host;
    for (unsigned n = 0; n < 3; n++) {
        native_run(&f->x.start, &host);
        if (!host.hung)
            break;
        native_fill(f->pattern);
        write_pokes(&f->x, native_window());
    }
    struct leave leave = {.flags = f->undef, .sw = f->undef_sw, .registers = f->any_registers};
    const char *what = compare(&f->expected, &host, leave);
    copy_ignored(f);
    if (!what && f->any_stack)
        what = compare_above(&f->expected.s, emulated_window(&f->plain), native_window());
    else if (!what)
        what = compare_memory(emulated_window(&f->plain), native_window());
    if (what)
        differs(f, &f->tally->differences, what, "host", &host, native_window());
    count(&f->tally->compared);
    count(&f->tally->fault[host.vector]);
    count_undefined(f, &host);
    for (unsigned n = 0; n < f->rows; n++)
        count(&f->tally->row[f->row[n]]);
}

static void with_engine(struct fuzz *f)
{
    struct result fast;
    emulated_place(&f->fast, &f->x.start);
    emulated_run(&f->fast, STEPS);
    emulated_result(&f->fast, &fast);
    const char *what = compare(&f->expected, &fast, (struct leave){0});
    if (!what)
        what = compare_memory(emulated_window(&f->plain), emulated_window(&f->fast));
    if (what)
        differs(f, &f->tally->layers, what, "engine", &fast, emulated_window(&f->fast));
}

void fuzz_case(struct fuzz *f, uint64_t number)
{
    generator_make(&f->gen, number, &f->x);
    begin(f);
    if (run_plain(f)) {
        with_engine(f);
        if (f->native)
            with_host(f); /* changes the reference layer's memory */
    } else {
        count(&f->tally->left_out);
    }
    end(f);
    count(&f->tally->done);
}
