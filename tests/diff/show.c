/* SPDX-License-Identifier: MIT */
/* show.c - a difference in full: the code, the state before it, and both results. */
#include "tests/diff/fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct text {
    size_t n;
    char at[8192];
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *format, ...)
{
    va_list args;
    if (t->n >= sizeof t->at - 1)
        return;
    va_start(args, format);
    int n = vsnprintf(t->at + t->n, sizeof t->at - t->n, format, args);
    va_end(args);
    t->n += n > 0 ? (size_t)n : 0;
    if (t->n > sizeof t->at - 1)
        t->n = sizeof t->at - 1;
}

static void add_state(struct text *t, const char *name, const struct state *s)
{
    static const char *const names[] = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    add(t, "  %-9s", name);
    for (unsigned n = 0; n < 8; n++)
        add(t, " %s %08x%s", names[n], s->gpr[n], n == 3 ? "\n           " : "");
    add(t, "\n            eip %08x eflags %08x es %04x cs %04x ss %04x ds %04x fs %04x gs %04x\n",
        s->eip, s->eflags, s->sel[ES], s->sel[CS], s->sel[SS], s->sel[DS], s->sel[FS], s->sel[GS]);
}

static void add_fpu(struct text *t, const uint8_t *fpu)
{
    uint64_t m;
    uint16_t w[3];
    memcpy(w, fpu, 6);
    add(t, "            cw %04x sw %04x tags %02x\n           ", w[0], w[1], w[2] & 0xff);
    for (unsigned n = 0; n < 8; n++) {
        memcpy(&m, fpu + 32 + 16 * n, 8);
        memcpy(w, fpu + 40 + 16 * n, 2);
        add(t, " %04x:%016llx%s", w[0], (unsigned long long)m, n == 3 ? "\n           " : "");
    }
    add(t, "\n");
}

static bool uses_fpu(const struct fuzz *f)
{
    bool yes = false;
    for (unsigned n = 0; n < f->rows; n++)
        yes = yes || (opcodes[f->row[n]].flags & OPC_FPU);
    return yes;
}

static void add_result(struct text *t, const char *name, const struct result *r)
{
    add_state(t, name, &r->s);
    if (r->hung)
        add(t, "            did not end\n");
    else
        add(t, "            %s (%u), code %x, cr2 %08x\n", fault_name(r->vector), r->vector,
            r->code, r->cr2);
}

static void add_code(struct text *t, const struct experiment *x)
{
    uint16_t cs = x->start.sel[CS];
    bool code16 = (cs & 4) && !ldt_table[cs >> 3].big;
    for (unsigned at = 0; at < x->code_bytes;) {
        struct insn i;
        char line[96] = "(no instruction)";
        unsigned n = 1;
        if (decode(&i, x->code + at, x->code_bytes - at, code16) == DECODE_OK) {
            (void)disasm(line, sizeof line, &i, x->start.eip + at);
            n = i.len;
        }
        add(t, "  %08x ", x->start.eip + at);
        for (unsigned k = 0; k < n; k++)
            add(t, "%02x", x->code[at + k]);
        add(t, " %s\n", line);
        at += n;
    }
}

void show_difference(struct fuzz *f, const char *what, const char *name_a, const struct result *a,
                     const char *name_b, const struct result *b, const uint8_t *memory_a,
                     const uint8_t *memory_b)
{
    struct text t = {.n = 0};
    const struct experiment *x = &f->x;
    unsigned shown = 0;
    add(&t, "DIFFERENCE in %s, case %llu of seed %llu (undefined flags: %x)\n", what,
        (unsigned long long)x->number, (unsigned long long)f->gen.seed, f->undef);
    add_code(&t, x);
    add_state(&t, "start", &x->start);
    if (uses_fpu(f))
        add_fpu(&t, x->start.fpu);
    for (unsigned n = 0; n < x->pokes; n++)
        add(&t, "            [%08x] = %0*x\n", WIN + x->poke[n].at, 2 * x->poke[n].size,
            x->poke[n].value);
    add_result(&t, name_a, a);
    if (uses_fpu(f))
        add_fpu(&t, a->s.fpu);
    add_result(&t, name_b, b);
    if (uses_fpu(f))
        add_fpu(&t, b->s.fpu);
    for (unsigned at = 0; at < WIN_SIZE; at++) {
        if (window_writable(at / PAGE) && memory_a[at] != memory_b[at] && shown++ < 16)
            add(&t, "            [%08x] was %02x: %s %02x, %s %02x\n", WIN + at, f->pattern[at],
                name_a, memory_a[at], name_b, memory_b[at]);
    }
    if (write(STDOUT_FILENO, t.at, t.n) < 0)
        return;
}
