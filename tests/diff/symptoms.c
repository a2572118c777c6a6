/* SPDX-License-Identifier: MIT */
/*
 * symptoms.c - what the differential fuzzer found in emu386, one case each, named after the symptom
 * and with the right answer written down. Both layers of emu386 are asked, and the host, if it can
 * run 32-bit code: the answers are those on which processors and manual agree.
 */
#include "tests/diff/emulated.h"
#include "tests/diff/native.h"
#include "tests/report.h"

#include <string.h>

struct symptom {
    const char *name;   /* what was wrong */
    uint8_t code[12];   /* the instruction; INT3 follows */
    uint8_t bytes;      /* of it */
    uint16_t ss;        /* selector of the stack */
    uint32_t esp, ebp;  /* at the start */
    uint8_t vector;     /* of the exception that must come */
    uint32_t error;     /* its code */
    uint32_t after_ebp; /* EBP at the end */
};

/* clang-format off */
static const struct symptom symptoms[] = {
    /* SDM vol. 2, CALL: "IF stack not large enough for return address THEN #SS(0)" comes first. */
    {"far CALL to an offset beyond the limit looked at the limit before the stack",
     {0x9a, 0, 0, 0, 0x20, SEL_LDT(LDT_CODE_BASED), 0}, 7, SEL_LDT(LDT_SHORT), 4, 7, 12, 0, 7},
    {"far CALL to an offset beyond the limit, with room on the stack",
     {0x9a, 0, 0, 0, 0x20, SEL_LDT(LDT_CODE_BASED), 0}, 7, SEL_DATA, WIN + WIN_STACK + 64, 7, 13, 0, 7},
    /* SDM vol. 2, ENTER: FrameTemp is ESP with a 32-bit operand, whatever the stack's width. */
    {"ENTER on a 16-bit stack cleared the upper half of EBP",
     {0xc8, 8, 0, 0}, 4, SEL_LDT(LDT_BASED16), 0xabcd0000 + WIN_STACK + 64, 7, 3, 0,
     0xabcd0000 + WIN_STACK + 60},
    {"ENTER with a 16-bit operand leaves the upper half of EBP",
     {0x66, 0xc8, 8, 0, 0}, 5, SEL_LDT(LDT_BASED16), 0xabcd0000 + WIN_STACK + 64, 0x12340007, 3, 0,
     0x12340000 + WIN_STACK + 62},
    /* Test registers ended with the 486: no instruction, so not a privileged one. */
    {"MOV to a test register was #GP in user mode",
     {0x0f, 0x26, 0xf0}, 3, SEL_DATA, WIN + WIN_STACK + 64, 7, 6, 0, 7},
    {"MOV from a test register was #GP in user mode",
     {0x0f, 0x24, 0xf0}, 3, SEL_DATA, WIN + WIN_STACK + 64, 7, 6, 0, 7},
};
/* clang-format on */

static void begin(const struct symptom *y, struct state *s)
{
    memset(s, 0, sizeof *s);
    for (unsigned n = 0; n < SEGS; n++)
        s->sel[n] = n == CS ? SEL_CODE : n == SS ? y->ss : SEL_DATA;
    s->gpr[ESP] = y->esp;
    s->gpr[EBP] = y->ebp;
    s->eip = WIN + WIN_CODE;
    s->eflags = 0x202;
    s->fpu[0] = 0x7f;
    s->fpu[1] = 0x03;
    s->fpu[24] = 0x80;
    s->fpu[25] = 0x1f;
}

static void judge(const struct symptom *y, const char *who, const struct result *r)
{
    CHECK(!r->hung && r->vector == y->vector && r->code == y->error,
          "%s: %s raises exception %u with code %x", y->name, who, r->vector, r->code);
    CHECK(r->s.gpr[EBP] == y->after_ebp, "%s: %s has EBP %08x", y->name, who, r->s.gpr[EBP]);
}

static void ask_emulated(struct emulated *e, const struct symptom *y, const char *who)
{
    uint8_t blank[sizeof y->code];
    struct state s;
    struct result r;
    memset(blank, 0xcc, sizeof blank);
    begin(y, &s);
    emulated_code(e, WIN_CODE, blank, sizeof blank);
    emulated_code(e, WIN_CODE, y->code, y->bytes);
    emulated_place(e, &s);
    emulated_run(e, 10);
    emulated_result(e, &r);
    judge(y, who, &r);
}

static void ask_native(const struct symptom *y)
{
    struct state s;
    struct result r;
    begin(y, &s);
    memset(native_code(), 0xcc, sizeof y->code);
    memcpy(native_code(), y->code, y->bytes);
    do
        native_run(&s, &r);
    while (r.hung);
    judge(y, "the host", &r);
}

int main(void)
{
    static struct emulated plain, fast;
    const char *why_not = NULL;
    if (!emulated_init(&plain, false) || !emulated_init(&fast, true))
        return 2;
    bool native = native_init(&why_not);
    if (!native)
        printf("the host is not asked: %s\n", why_not);
    for (unsigned n = 0; n < ARRAY_LEN(symptoms); n++) {
        ask_emulated(&plain, &symptoms[n], "the reference layer");
        ask_emulated(&fast, &symptoms[n], "the engine");
        if (native)
            ask_native(&symptoms[n]);
    }
    emulated_fini(&plain);
    emulated_fini(&fast);
    return report_end();
}
