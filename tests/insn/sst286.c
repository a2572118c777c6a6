/* SPDX-License-Identifier: MIT */
/*
 * sst286.c - the instruction set against silicon: single instructions in real mode whose outcome
 * was captured from an 80286 (tests/insn/sst286.md: origin, licence, format of the vectors).
 *
 *     sst286 [-c] VECTORS EXCLUSIONS      -c: the numbers in EXCLUSIONS must be met exactly
 *
 * Every vector runs on a 386, in the reference layer and in the engine: registers and memory are
 * set, the processor runs to HLT, then all registers, the flags that are defined, the exceptions
 * delivered and every byte of memory are compared. Where the class of a vector says that a 386
 * differs from a 286, it is held to the rule of the 386 instead (sst286_rules.c). EXCLUSIONS
 * gives every such class its reason and its number; a class that is not listed there is a
 * failure. In each form one register, one byte of memory and the exception are also expected
 * wrongly, to see that the comparison notices.
 *
 * Not covered: upper halves of registers (they start as zero and must stay so), cycle counts.
 */
#include "tests/insn/sst286.h"

#include "tests/isa.h"
#include "tests/report.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN 30u /* disagreements that are explained */

/* ---- comparing ---- */

static void explain(struct suite *s, const struct test *t, enum layer layer, const char *what,
                    uint32_t got, uint32_t want)
{
    if (s->planting || s->shown++ >= SHOWN)
        return;
    printf("%s/%u (%s, %s):", s->form, t->index, t->class, layer == FAST ? "engine" : "reference");
    for (unsigned n = 0; n < t->length; n++)
        printf(" %02x", t->code[n]);
    printf(": %s is %x, must be %x\n", what, got, want);
}

/* The pushed FLAGS word counts only where the flags do. */
static void mask_pushed(struct suite *s, const struct test *t, const uint8_t *ram)
{
    uint32_t base = (uint32_t)t->e.w[W_SS] << 4;
    uint32_t second = t->e.pushed - base == 0xffff ? base : t->e.pushed + 1;
    uint8_t *low = &s->want[t->e.pushed], *high = &s->want[second];
    *low = (uint8_t)((*low & s->mask) | (ram[t->e.pushed] & ~s->mask));
    *high = (uint8_t)((*high & s->mask >> 8) | (ram[second] & ~(s->mask >> 8)));
}

static bool same_memory(struct suite *s, const struct test *t, enum layer layer)
{
    const uint8_t *ram = s->machine[layer].bus.ram;
    if (t->e.masked)
        mask_pushed(s, t, ram);
    if (!memcmp(ram, s->want, RAM))
        return true;
    uint32_t at = 0;
    while (ram[at] == s->want[at])
        at++;
    char what[32];
    (void)snprintf(what, sizeof what, "memory at %" PRIx32, at);
    explain(s, t, layer, what, ram[at], s->want[at]);
    return false;
}

static bool same_registers(struct suite *s, const struct test *t, enum layer layer)
{
    static const char *const names[WORDS] = {"ax", "bx", "cx", "dx", "cs", "ss", "ds",
                                             "es", "sp", "bp", "si", "di", "ip", "flags"};
    const struct cpu *c = &s->machine[layer].cpu;
    /* A HLT at FFFF leaves EIP at 10000: nothing wraps before the next fetch. */
    uint32_t high = c->eip - ((t->e.w[W_IP] - 1u) & 0xffff) - 1;
    for (enum word w = W_AX; w < WORDS; w++) {
        uint32_t mask = w == W_FL ? s->mask : 0xffff;
        uint32_t got = machine16_word(c, w) & mask, want = t->e.w[w] & mask;
        if (got != want) {
            explain(s, t, layer, names[w], got, want);
            return false;
        }
    }
    for (unsigned n = 0; n < 8; n++)
        high |= c->gpr[n];
    if (high >> 16)
        explain(s, t, layer, "an upper half", high >> 16, 0);
    return !(high >> 16);
}

static bool same_exception(struct suite *s, const struct test *t, enum layer layer)
{
    const struct cpu *c = &s->machine[layer].cpu;
    int got = c->deliveries ? c->delivery[0].vector : -1;
    if (got != t->e.vector)
        explain(s, t, layer, "the vector", (uint32_t)got, (uint32_t)t->e.vector);
    else if (c->deliveries > 1)
        explain(s, t, layer, "the number of exceptions", (uint32_t)c->deliveries, 1);
    return got == t->e.vector && c->deliveries <= 1;
}

static bool run_test(struct suite *s, const struct test *t, enum layer layer)
{
    enum cpu_stop stop = machine16_run(&s->machine[layer], t);
    enum cpu_stop want = t->e.shutdown ? CPU_TRIPLE : CPU_HALT;
    if (stop != want) {
        explain(s, t, layer, "the way it ended", stop, want);
        return false;
    }
    return t->e.shutdown ||
           (same_exception(s, t, layer) && same_registers(s, t, layer) && same_memory(s, t, layer));
}

/* ---- reading ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Two digits at p, or -1. */
static int hex_byte(const char *p)
{
    int high = hex_digit(p[0]), low = high < 0 ? -1 : hex_digit(p[1]);
    return low < 0 ? -1 : high << 4 | low;
}

static bool read_words(const char *p, uint16_t *w)
{
    for (unsigned n = 0; n < WORDS; n++, p += 4) {
        int high = hex_byte(p), low = high < 0 ? -1 : hex_byte(p + 2);
        if (low < 0)
            return false;
        w[n] = (uint16_t)(high << 8 | low);
    }
    return *p == 0;
}

/* addr=bytes,addr=bytes: at the start, or only in what is wanted at the end. */
static bool read_memory(struct suite *s, struct test *t, const char *p, bool initial)
{
    if (!strcmp(p, "-"))
        return true;
    for (;;) {
        char *end;
        unsigned long at = strtoul(p, &end, 16);
        if (*end != '=' || at >= RAM)
            return false;
        uint32_t first = (uint32_t)at;
        int byte;
        for (p = end + 1; (byte = hex_byte(p)) >= 0 && at < RAM; p += 2, at++) {
            if (initial)
                memory_put(s, (uint32_t)at, (uint8_t)byte);
            else
                s->want[at] = (uint8_t)byte;
        }
        if (!memory_note(t, first, (uint32_t)at - first))
            return false;
        if (*p != ',')
            return *p == 0;
        p++;
    }
}

static bool read_code(struct test *t, const char *p)
{
    unsigned n = 0;
    int byte;
    for (; n < sizeof t->code && (byte = hex_byte(p)) >= 0; p += 2)
        t->code[n++] = (uint8_t)byte;
    t->length = n - 1;
    return *p == 0 && n > 1 && t->code[n - 1] == 0xf4;
}

/* vector:address, or "-" */
static bool read_exception(struct expected *e, const char *p)
{
    e->vector = -1;
    if (!strcmp(p, "-"))
        return true;
    char *end;
    e->vector = hex_byte(p);
    if (e->vector < 0 || p[2] != ':')
        return false;
    unsigned long at = strtoul(p + 3, &end, 16);
    e->pushed = (uint32_t)at;
    e->masked = true;
    return *end == 0 && at < RAM - 1;
}

static struct exclusion *find_exclusion(struct suite *s, const char *name)
{
    for (unsigned n = 0; n < s->exclusions; n++) {
        if (!strcmp(s->exclusion[n].name, name))
            return &s->exclusion[n];
    }
    return NULL;
}

static bool read_test(struct suite *s, struct test *t, char **field)
{
    char *end;
    memset(t, 0, sizeof *t);
    t->index = (unsigned)strtoul(field[0], &end, 10);
    (void)snprintf(t->class, sizeof t->class, "%s", field[1]);
    bool good = *end == 0 && read_exception(&t->e, field[2]) && read_code(t, field[3]) &&
                read_words(field[4], t->init) && read_memory(s, t, field[5], true);
    bool forget = good && rule_forgets_memory(t);
    good = good && read_words(field[6], t->e.w) && (forget || read_memory(s, t, field[7], false));
    return good;
}

/* Wrong expectations of a vector that has just agreed must be noticed. */
static void plant(struct suite *s, const struct test *t)
{
    struct test w = *t;
    unsigned which = s->vectors % WORDS;
    uint8_t *byte = &s->want[s->vectors * 7919 % RAM];
    s->planting = true;
    w.e.w[which] ^= which == W_FL ? FLAG_IF : 0x10;
    CHECK(!same_registers(s, &w, PLAIN), "%s: a wrong register was not noticed", s->form);
    w.e.vector = 99;
    CHECK(!same_exception(s, &w, PLAIN), "%s: a wrong exception was not noticed", s->form);
    *byte ^= 1;
    CHECK(!same_memory(s, t, PLAIN), "%s: a wrong byte in memory was not noticed", s->form);
    *byte ^= 1;
    s->planting = false;
}

static void do_test(struct suite *s, char **field)
{
    struct test t;
    bool wrong = false;
    if (!read_test(s, &t, field)) {
        CHECK(false, "%s/%s: not a vector", s->form, field[0]);
        memory_clear(s, &t, true);
        return;
    }
    s->vectors++;
    s->form_vectors++;
    char name[32];
    (void)snprintf(name, sizeof name, "%s/%u", s->form, t.index);
    struct exclusion *class = strcmp(t.class, "ok") ? find_exclusion(s, t.class) : NULL;
    struct exclusion *single = find_exclusion(s, name);
    if (class)
        class->met++;
    if (strcmp(t.class, "ok")) {
        CHECK(class, "%s: class %s is not in the list of exclusions", name, t.class);
        t.e.skip = !rule_apply(s, &t);
    }
    s->skipped += t.e.skip;
    for (enum layer n = PLAIN; n < LAYERS && !t.e.skip; n++)
        wrong |= !run_test(s, &t, n);
    if (wrong && single) {
        single->met++;
        s->shown = s->shown ? s->shown - 1 : 0;
    } else {
        s->form_wrong += wrong;
    }
    if (!wrong && !strcmp(t.class, "ok") && !t.e.masked && !s->form_planted) {
        plant(s, &t);
        s->form_planted = true;
    }
    memory_clear(s, &t, wrong || !strcmp(t.class, "len"));
}

static void end_form(struct suite *s)
{
    if (s->form[0])
        CHECK(!s->form_wrong && s->form_vectors, "opcode %s: %u of %u vectors disagree", s->form,
              s->form_wrong, s->form_vectors);
    s->form_wrong = s->form_vectors = 0;
    s->form_planted = false;
}

static void do_line(struct suite *s, char *line)
{
    char *field[9], *save = NULL;
    unsigned n = 0;
    for (char *p = strtok_r(line, " \n", &save); p && n < 9; p = strtok_r(NULL, " \n", &save))
        field[n++] = p;
    if (n == 0 || field[0][0] == '#')
        return;
    if (n == 3 && !strcmp(field[0], "F")) {
        end_form(s);
        (void)snprintf(s->form, sizeof s->form, "%s", field[1]);
        s->mask = (uint32_t)strtoul(field[2], NULL, 16) & FLAGS_SEEN;
    } else if (n == 9 && !strcmp(field[0], "T")) {
        do_test(s, field + 1);
    } else {
        CHECK(false, "neither a form nor a vector: %s", field[0]);
    }
}

static bool read_exclusions(struct suite *s, const char *file)
{
    char line[512];
    FILE *f = fopen(file, "re");
    if (!f)
        return false;
    while (fgets(line, sizeof line, f) && s->exclusions < ARRAY_LEN(s->exclusion)) {
        struct exclusion *x = &s->exclusion[s->exclusions];
        int at = 0;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        bool good = sscanf(line, "%31s %u %n", x->name, &x->expected, &at) == 2 && line[at];
        CHECK(good, "%s: not NAME NUMBER REASON: %s", file, line);
        s->exclusions += good;
    }
    return fclose(f) == 0;
}

static bool read_vectors(struct suite *s, const char *file)
{
    char *line = NULL;
    size_t room = 0;
    FILE *f = fopen(file, "re");
    if (!f)
        return false;
    while (getline(&line, &room, f) >= 0)
        do_line(s, line);
    end_form(s);
    free(line);
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    static struct suite s;
    static struct isa_counts counts;
    bool count = argc > 1 && !strcmp(argv[1], "-c");
    if (argc != 3 + count) {
        fprintf(stderr, "usage: sst286 [-c] VECTORS EXCLUSIONS\n");
        return 2;
    }
    s.want = calloc(1, RAM);
    if (!s.want || !machine16_init(&s.machine[PLAIN], false) ||
        !machine16_init(&s.machine[FAST], true)) {
        fprintf(stderr, "sst286: not enough memory\n");
        return 2;
    }
    s.machine[PLAIN].cpu.row_count = counts.row;
    CHECK(read_exclusions(&s, argv[2 + count]), "cannot read %s", argv[2 + count]);
    CHECK(read_vectors(&s, argv[1 + count]), "cannot read %s", argv[1 + count]);
    CHECK(s.vectors, "no vectors");
    for (unsigned n = 0; n < s.exclusions && count; n++)
        CHECK(s.exclusion[n].met == s.exclusion[n].expected, "exclusion %s: met %u times, not %u",
              s.exclusion[n].name, s.exclusion[n].met, s.exclusion[n].expected);
    CHECK(isa_write(&counts, "sst286"), "cannot write the recording");
    printf("%u vectors in both layers, %u skipped\n", s.vectors, s.skipped);
    for (unsigned n = 0; n < LAYERS; n++) {
        cpu_fini(&s.machine[n].cpu);
        bus_fini(&s.machine[n].bus);
    }
    free(s.want);
    return report_end();
}
