/* SPDX-License-Identifier: MIT */
/*
 * sst286_rules.c - what a 386 does in real mode where the 286 that the vectors were captured from
 * does otherwise, by class of vector (sst286.md). Source: i386 Programmer's Reference Manual,
 * 14.6 (exceptions in real mode), 14.7 and 14.8 (differences from 8086 and 80286).
 */
#include "tests/insn/sst286.h"

#include "cpu/opcodes.h"

#include <string.h>

/* The instruction as a whole raises `vector`, with this return address and nothing changed. The
   handler is a HLT at a free place. */
static bool expect_exception(struct suite *s, struct test *t, int vector, uint16_t return_ip)
{
    struct expected *e = &t->e;
    uint32_t sp = t->init[W_SP], handler = 0x600;
    const uint16_t frame[3] = {(uint16_t)((t->init[W_FL] & FLAGS_SEEN) | FLAG_1), t->init[W_CS],
                               return_ip};
    memcpy(e->w, t->init, sizeof e->w);
    e->vector = vector;
    e->masked = false;
    if ((sp & 1) && sp < 6) {
        e->shutdown = true; /* a word does not fit at offset FFFF */
        return true;
    }
    for (unsigned n = 0; n < 3; n++) {
        sp -= 2;
        uint32_t at = real_address(t->init[W_SS], sp);
        if (memory_noted(t, at, 2))
            return false;
        s->want[at] = (uint8_t)frame[n];
        s->want[at + 1] = (uint8_t)(frame[n] >> 8);
        if (!memory_note(t, at, 2))
            return false;
    }
    uint32_t gate = 4 * (uint32_t)vector;
    if (!memory_noted(t, gate, 4)) { /* else the 286 went there as well */
        while (memory_noted(t, handler, 1))
            handler += 0x10010;
        if (!memory_note(t, gate, 4) || !memory_note(t, handler, 1))
            return false;
        memory_put(s, handler, 0xf4);
        memory_put(s, gate + 2, (uint8_t)(handler >> 4));
        memory_put(s, gate + 3, (uint8_t)(handler >> 12));
    }
    e->w[W_SP] = (uint16_t)sp;
    e->w[W_IP] = (uint16_t)((s->want[gate] | s->want[gate + 1] << 8) + 1);
    e->w[W_CS] = (uint16_t)(s->want[gate + 2] | s->want[gate + 3] << 8);
    e->w[W_FL] &= (uint16_t) ~(FLAG_TF | FLAG_IF);
    return true;
}

/* Vector 12 instead of 13: the same handler must be found there. */
static bool expect_stack_fault(struct suite *s, struct test *t)
{
    if (memory_noted(t, 4 * EXC_SS, 4) || !memory_note(t, 4 * EXC_SS, 4))
        return false;
    for (uint32_t n = 0; n < 4; n++)
        memory_put(s, 4 * EXC_SS + n, s->want[4 * EXC_GP + n]);
    t->e.vector = EXC_SS;
    return true;
}

static const uint8_t segment_prefixes[4] = {0x26, 0x2e, 0x36, 0x3e};

/* A 386 does an element of a string completely or not at all; the 286 had counted the one that
   faulted. The elements are words: bytes do not fault in real mode. */
static bool expect_restart(struct suite *s, struct test *t)
{
    bool repeated = memchr(t->code, 0xf2, t->length) || memchr(t->code, 0xf3, t->length);
    uint16_t done = repeated ? (uint16_t)(t->init[W_CX] - t->e.w[W_CX] - 1) : 0;
    uint16_t by = (uint16_t)(t->init[W_FL] & FLAG_DF ? -2 * done : 2 * done);
    if (repeated)
        t->e.w[W_CX]++;
    for (enum word w = W_SI; w <= W_DI; w++) {
        if (t->e.w[w] != t->init[w])
            t->e.w[w] = (uint16_t)(t->init[w] + by);
    }
    /* Only the source has a segment prefix; the last one counts. */
    unsigned prefix = t->length - 1;
    while (prefix && !memchr(segment_prefixes, t->code[prefix - 1], 4))
        prefix--;
    bool source = t->e.w[W_SI] == 0xffff && (t->code[t->length - 1] & 0xfe) != 0x6c;
    if (prefix && t->code[prefix - 1] == 0x36 && source)
        return expect_stack_fault(s, t);
    return true;
}

/* Longer than the 286 allows: as if the segment prefixes that a later one overrides were not
   there. Found by running it so, with NOPs in their place. */
static bool expect_without_prefixes(struct suite *s, struct test *t)
{
    struct machine16 *m = &s->machine[PLAIN];
    unsigned dropped = 0, prefixes = 0, kept = 0;
    uint8_t code[sizeof t->code];
    while (prefixes < t->length && memchr(segment_prefixes, t->code[prefixes], 4))
        prefixes++;
    if (t->length > INSN_MAX_LENGTH)
        return true; /* too long for both: as on the 286 */
    if (prefixes < 2)
        return false;
    dropped = prefixes - 1;
    memset(code, 0x90, dropped);
    for (unsigned n = dropped; n < t->length; n++)
        code[dropped + kept++] = t->code[n];
    uint32_t at = real_address(t->init[W_CS], t->init[W_IP]);
    if (t->init[W_IP] + t->length > 0xffff)
        return false;
    memcpy(m->bus.ram + at, code, t->length);
    enum cpu_stop stop = machine16_run(m, t);
    bool good = stop == CPU_HALT && m->cpu.deliveries == 0;
    memcpy(m->bus.ram + at, t->code, t->length);
    memcpy(s->want, m->bus.ram, RAM);
    memcpy(m->bus.ram, s->machine[FAST].bus.ram, RAM);
    for (enum word w = W_AX; w < WORDS; w++)
        t->e.w[w] = machine16_word(&m->cpu, w);
    t->e.vector = -1;
    t->e.masked = false;
    return good;
}

/* The 286 changes the flags before #DE; to a 386 they are undefined, here they stay. */
static bool expect_flags_kept(struct suite *s, struct test *t)
{
    t->e.w[W_FL] = (uint16_t)(t->init[W_FL] & ~(FLAG_TF | FLAG_IF));
    if (!t->e.masked)
        return false;
    s->want[t->e.pushed] = (uint8_t)t->init[W_FL];
    s->want[t->e.pushed + 1] = (uint8_t)(t->init[W_FL] >> 8);
    return true;
}

/* IDIV of a byte: a quotient from -128 to 127, or #DE. The 286 does otherwise at the edges. */
static bool expect_quotient(struct suite *s, struct test *t)
{
    struct machine16 *m = &s->machine[PLAIN];
    struct insn i;
    if (decode(&i, t->code, t->length, true) != DECODE_OK || i.row != G_F6 + 7)
        return false;
    machine16_set(m, t);
    int divisor = i.flags & INSN_MEM
                      ? (int8_t)s->want[real_address(m->cpu.seg[i.seg].sel, exec_ea(&m->cpu, &i))]
                      : (int8_t)reg_get(&m->cpu, i.rm, 1);
    int dividend = (int16_t)t->init[W_AX];
    int quotient = divisor ? dividend / divisor : 1000;
    if (quotient < -128 || quotient > 127)
        return expect_exception(s, t, EXC_DE, t->init[W_IP]);
    memcpy(t->e.w, t->init, sizeof t->e.w);
    t->e.vector = -1;
    t->e.masked = false;
    t->e.w[W_AX] = (uint16_t)((quotient & 0xff) | (dividend % divisor) << 8);
    t->e.w[W_IP] = (uint16_t)(t->init[W_IP] + t->length + 1);
    return true;
}

bool rule_forgets_memory(const struct test *t)
{
    return !strcmp(t->class, "lock") || !strcmp(t->class, "fpu") || !strcmp(t->class, "f1") ||
           !strcmp(t->class, "idivq");
}

bool rule_apply(struct suite *s, struct test *t)
{
    uint16_t ip = t->init[W_IP];
    if (!strcmp(t->class, "lock"))
        return expect_exception(s, t, EXC_UD, ip);
    if (!strcmp(t->class, "fpu")) {
        t->e.set_cr0 = CR0_EM | CR0_MP | CR0_TS; /* ESC and WAIT: #NM */
        return expect_exception(s, t, EXC_NM, ip);
    }
    if (!strcmp(t->class, "f1"))
        return expect_exception(s, t, EXC_DB, (uint16_t)(ip + t->length));
    if (!strcmp(t->class, "ss13"))
        return expect_stack_fault(s, t);
    if (!strcmp(t->class, "strflt"))
        return expect_restart(s, t);
    if (!strcmp(t->class, "len"))
        return expect_without_prefixes(s, t);
    if (!strcmp(t->class, "idivq"))
        return expect_quotient(s, t);
    if (!strcmp(t->class, "aam0"))
        return expect_flags_kept(s, t);
    return false;
}
