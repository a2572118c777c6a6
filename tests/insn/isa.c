/* SPDX-License-Identifier: MIT */
/*
 * isa.c - the coverage page: every row of the instruction set, and the tests that executed it.
 *
 *     isa RECORDING...                  prints the page
 *     isa --check REASONS RECORDING...  fails for a row that no test executed
 *
 * A recording holds the lines "isa ROW COUNT MNEMONIC" that `emu386 --trace isa:FILE` and
 * tests/isa.h write; the file's name is the name of the test. Only instructions that were
 * completed are counted, so a row is not covered by faults alone. REASONS lists the rows that
 * cannot be, as "ENCODING | REASON"; a line there that is not needed fails as well.
 *
 * Encodings are not taken from the rows but found by decoding every opcode with every ModRM byte:
 * a row that no code leads to is an error.
 */
#include "cpu/engine/block.h"
#include "cpu/insn.h"
#include "cpu/internal.h"
#include "cpu/opcodes.h"
#include "tests/report.h"

#include <inttypes.h>
#include <string.h>

#define TESTS 256u  /* recordings */
#define ALIASES 4u  /* opcodes that lead to one row */
#define ENCODING 64 /* room for an encoding as text */
#define NAMED 4u    /* tests that the page names for a row */

struct form {
    uint16_t op;        /* opcode; from 100h: after 0F */
    bool modrm;         /* has a ModRM byte */
    uint8_t legal[256]; /* ModRM bytes that are legal */
};

struct row {
    struct form form[ALIASES];
    unsigned forms;          /* how many */
    bool handler;            /* the engine has a specialised handler for some form */
    uint64_t count;          /* executions in all tests */
    uint8_t test[TESTS / 8]; /* which tests executed it, a bit for each */
};

struct page {
    struct row row[OPCODE_ROWS];
    char test[TESTS][64]; /* names */
    unsigned tests;       /* how many */
};

/* ---- encodings ---- */

static bool is_prefix(unsigned op)
{
    static const uint8_t prefixes[] = {0x0f, 0x26, 0x2e, 0x36, 0x3e, 0x64,
                                       0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
    return op < 256 && memchr(prefixes, (int)op, sizeof prefixes);
}

static struct form *find_form(struct row *r, unsigned op)
{
    if (r->forms && r->form[r->forms - 1].op == op)
        return &r->form[r->forms - 1];
    if (r->forms == ALIASES)
        return NULL;
    r->form[r->forms].op = (uint16_t)op;
    return &r->form[r->forms++];
}

static void add_encoding(struct page *p, unsigned op, unsigned modrm)
{
    struct rec rec = {0};
    uint8_t code[INSN_MAX_LENGTH] = {0};
    unsigned at = 0;
    if (op >= 256)
        code[at++] = 0x0f;
    code[at++] = (uint8_t)op;
    code[at] = (uint8_t)modrm;
    if (decode(&rec.i, code, sizeof code, false) != DECODE_OK || rec.i.row >= OPCODE_ROWS)
        return;
    struct row *r = &p->row[rec.i.row];
    struct form *f = find_form(r, op);
    if (!f)
        return;
    f->legal[modrm] = 1;
    f->modrm |= rec.i.modrm != 0;
    r->handler |= handler_pick(&rec, 0x7f & (uint8_t)~MODE_USER) != NULL;
}

static void find_encodings(struct page *p)
{
    for (unsigned op = 0; op < 512; op++) {
        for (unsigned modrm = 0; modrm < 256 && !is_prefix(op); modrm++)
            add_encoding(p, op, modrm);
    }
}

/* "0f ba /4", "d9 c8", "0f 01 /2 m" */
static void print_form(const struct form *f, char *text, size_t n)
{
    unsigned regs = 0, count = 0, memory = 0, first = 0;
    for (unsigned m = 256; m-- > 0;) {
        if (!f->legal[m])
            continue;
        regs |= 1u << (m >> 3 & 7);
        memory += m < 0xc0;
        first = m;
        count++;
    }
    int at = snprintf(text, n, "%s%02x", f->op >= 256 ? "0f " : "", f->op & 255u);
    if (!f->modrm || at < 0 || (size_t)at >= n)
        return;
    text += at;
    n -= (size_t)at;
    if (count == 1)
        (void)snprintf(text, n, " %02x", first);
    else if (!(regs & (regs - 1)))
        (void)snprintf(text, n, " /%u%s", first >> 3 & 7,
                       !memory           ? " r"
                       : memory == count ? " m"
                                         : "");
    else
        (void)snprintf(text, n, " /r%s", !memory ? " r" : memory == count ? " m" : "");
}

static void print_encoding(const struct row *r, char *text, size_t n)
{
    size_t at = 0;
    for (unsigned k = 0; k < r->forms && at + 3 < n; k++) {
        at += (size_t)snprintf(text + at, n - at, "%s", k ? ", " : "");
        print_form(&r->form[k], text + at, n - at);
        at += strlen(text + at);
    }
}

/* ---- recordings ---- */

static void name_test(char *name, size_t n, const char *path)
{
    const char *slash = strrchr(path, '/');
    (void)snprintf(name, n, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot)
        *dot = 0;
}

static bool read_recording(struct page *p, const char *path)
{
    char line[256];
    FILE *f = fopen(path, "re");
    if (!f || p->tests == TESTS)
        return false;
    name_test(p->test[p->tests], sizeof p->test[0], path);
    while (fgets(line, sizeof line, f)) {
        unsigned row;
        uint64_t count;
        if (sscanf(line, "isa %x %" SCNu64, &row, &count) != 2 || row >= OPCODE_ROWS)
            continue;
        p->row[row].count += count;
        p->row[row].test[p->tests / 8] |= (uint8_t)(1 << p->tests % 8);
    }
    p->tests++;
    return fclose(f) == 0;
}

/* ---- the page ---- */

static const char *operand_name(unsigned o)
{
    /* clang-format off */
    static const char *const names[] = {
        [O_NONE] = "", [Eb] = "Eb",     [Ew] = "Ew",    [Ev] = "Ev",    [Gb] = "Gb",  [Gw] = "Gw",
        [Gv] = "Gv",   [Zb] = "Zb",     [Zv] = "Zv",    [Ib] = "Ib",    [Iw] = "Iw",  [Iv] = "Iv",
        [Is] = "sIb",  [Jb] = "Jb",     [Jv] = "Jv",    [Ob] = "Ob",    [Ov] = "Ov",  [Mx] = "M",
        [Mp] = "Mp",   [Ap] = "Ap",     [Rd] = "Rd",    [Mw_Rv] = "Mw/Rv", [Sw] = "Sw", [Sz] = "Sz",
        [Cd] = "Cd",   [Dd] = "Dd",     [Td] = "Td",    [R_AL] = "AL",  [R_AX] = "eAX", [R_CL] = "CL",
        [R_DX] = "DX", [N_1] = "1",     [N_3] = "3",    [Xb] = "Xb",    [Xv] = "Xv",  [Yb] = "Yb",
        [Yv] = "Yv",   [ST0] = "ST",    [STi] = "ST(i)", [N_AX] = "AX", [Mr4] = "M32fp", [Mr8] = "M64fp",
        [Mr10] = "M80fp", [Mi2] = "M16int", [Mi4] = "M32int", [Mi8] = "M64int", [Mb10] = "M80bcd",
        [Pq] = "Pq",   [Qq] = "Qq",     [Qd] = "Qd",    [Ed] = "Ed",
    };
    /* clang-format on */
    return o < ARRAY_LEN(names) && names[o] ? names[o] : "?";
}

static void print_operands(const struct opcode *o, char *text, size_t n)
{
    const unsigned operands[] = {o->dst, o->src, o->third};
    const char *comma = "";
    size_t at = 0;
    text[0] = 0;
    for (unsigned k = 0; k < ARRAY_LEN(operands); k++) {
        if (operands[k] == O_NONE || at >= n)
            continue;
        at += (size_t)snprintf(text + at, n - at, "%s%s", comma, operand_name(operands[k]));
        comma = ",";
    }
}

static void print_undefined(unsigned flags, char *text, size_t n)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {{FLAG_OF, "O"}, {FLAG_SF, "S"}, {FLAG_ZF, "Z"},
                 {FLAG_AF, "A"}, {FLAG_PF, "P"}, {FLAG_CF, "C"}};
    size_t at = 0;
    text[0] = 0;
    for (unsigned k = 0; k < ARRAY_LEN(names) && at < n; k++)
        at += (size_t)snprintf(text + at, n - at, "%s", flags & names[k].bit ? names[k].name : "");
}

static void print_tests(const struct page *p, const struct row *r, const struct opcode *o)
{
    unsigned named = 0;
    for (unsigned t = 0; t < p->tests; t++) {
        if (!(r->test[t / 8] >> t % 8 & 1))
            continue;
        if (named++ < NAMED)
            printf(" %s", p->test[t]);
    }
    if (named > NAMED)
        printf(" +%u", named - NAMED);
    printf("%s\n", named ? "" : " -");
}

static bool is_instruction(const struct opcode *o)
{
    return o->body; /* the others select further, or are empty */
}

static void print_page(const struct page *p)
{
    static const char *const models[] = {"386", "386", "386", "386", "486", "pentium", "ppro"};
    unsigned rows = 0, executed = 0, handlers = 0;
    printf("%-20s %-16s %-12s %-8s %-6s %-7s %12s  %s\n", "encoding", "mnemonic", "operands",
           "first", "undef", "handler", "executed", "tests");
    for (unsigned n = 0; n < OPCODE_ROWS; n++) {
        const struct opcode *o = &opcodes[n];
        const struct row *r = &p->row[n];
        char encoding[ENCODING] = "", operands[32], undefined[16];
        if (!is_instruction(o))
            continue;
        rows++;
        executed += r->count != 0;
        handlers += r->handler;
        print_encoding(r, encoding, sizeof encoding);
        print_operands(o, operands, sizeof operands);
        print_undefined(o->undef, undefined, sizeof undefined);
        printf("%-20s %-16s %-12s %-8s %-6s %-7s %12" PRIu64 " ", encoding, o->name, operands,
               o->level < ARRAY_LEN(models) ? models[o->level] : "?", undefined,
               r->handler ? "yes" : "", r->count);
        print_tests(p, r, o);
    }
    printf("%u rows, %u executed by %u tests, %u with a specialised handler\n", rows, executed,
           p->tests, handlers);
}

/* ---- the check ---- */

/* The reason why a row is not executed by any test, or NULL. */
static const char *find_reason(FILE *f, const char *encoding, char *line, int n)
{
    size_t length = strlen(encoding);
    rewind(f);
    while (fgets(line, n, f)) {
        if (!strncmp(line, encoding, length) && !strncmp(line + length, " | ", 3))
            return line + length + 3;
    }
    return NULL;
}

static void check_rows(const struct page *p, FILE *reasons)
{
    char line[256], encoding[ENCODING];
    unsigned used = 0, listed = 0;
    for (unsigned n = 0; n < OPCODE_ROWS; n++) {
        const struct row *r = &p->row[n];
        if (!is_instruction(&opcodes[n]))
            continue;
        CHECK(r->forms, "row %03x (%s): no code decodes to it", n, opcodes[n].name);
        if (!r->forms)
            continue;
        print_encoding(r, encoding, sizeof encoding);
        print_operands(&opcodes[n], line, sizeof line);
        CHECK(!strchr(line, '?'), "%s (%s): an operand has no name here", encoding,
              opcodes[n].name);
        const char *reason = find_reason(reasons, encoding, line, sizeof line);
        used += reason != NULL;
        CHECK(r->count || reason, "%s (%s): no test executes it", encoding, opcodes[n].name);
        CHECK(!r->count || !reason, "%s (%s): executed, and needs no reason why not", encoding,
              opcodes[n].name);
    }
    rewind(reasons);
    while (fgets(line, sizeof line, reasons))
        listed += line[0] != '#' && line[0] != '\n';
    CHECK(used == listed, "%u reasons are listed, %u are for rows that exist", listed, used);
}

int main(int argc, char **argv)
{
    static struct page p;
    bool check = argc > 2 && !strcmp(argv[1], "--check");
    find_encodings(&p);
    for (int n = check ? 3 : 1; n < argc; n++) {
        if (!read_recording(&p, argv[n])) {
            fprintf(stderr, "isa: cannot read %s\n", argv[n]);
            return 2;
        }
    }
    if (!check) {
        print_page(&p);
        return 0;
    }
    FILE *reasons = fopen(argv[2], "re");
    if (!reasons) {
        fprintf(stderr, "isa: cannot read %s\n", argv[2]);
        return 2;
    }
    check_rows(&p, reasons);
    fclose(reasons);
    return report_end();
}
