/* SPDX-License-Identifier: MIT */
/*
 * commands_memory.c - x, xp and p: memory and values in the formats that gdb's users know.
 *
 *     x/NFS ADDRESS     N units of size S (b h w g: 1 2 4 8 bytes) in format F
 *     F: x d u o t (binary) c (characters) s (strings) a (addresses) i (instructions)
 */
#include "monitor/command.h"

#include "cpu/insn.h"
#include "machine/debug.h"
#include "monitor/answer.h"
#include "monitor/expr.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/symbols.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAX_UNITS 65536
#define MAX_STRING 1024

struct format {
    uint64_t count;         /* units */
    char type;              /* F */
    unsigned size;          /* bytes */
    enum debug_space space; /* whose address it is */
};

/* "/8xw" directly behind the command's name. */
static bool take_format(struct line *l, struct format *f, struct error *err)
{
    bool counted = false;

    if (*l->at != '/')
        return true;
    for (l->at++; *l->at && *l->at != ' ' && *l->at != '\t'; l->at++) {
        char ch = *l->at;
        const char *size = strchr("bhw.g", ch);

        if (isdigit((unsigned char)ch)) {
            f->count = (counted ? f->count * 10 : 0) + (unsigned)(ch - '0');
            counted = true;
        } else if (size) {
            static const uint8_t sizes[] = {1, 2, 4, 0, 8};

            f->size = sizes[size - "bhw.g"];
        } else if (strchr("xduotcsai", ch)) {
            f->type = ch;
            if (ch == 'c' || ch == 's')
                f->size = 1;
        } else {
            return line_error(l, l->at, err, "'%c' is no format; x d u o t c s a i, b h w g", ch);
        }
        if (f->count > MAX_UNITS)
            return line_error(l, l->at, err, "at most %d units", MAX_UNITS);
    }
    return true;
}

static const char *digits(uint64_t value, unsigned bits, unsigned shift, char *text)
{
    char *at = text;

    for (unsigned n = (bits + shift - 1) / shift; n-- > 0;)
        *at++ = "0123456789abcdef"[value >> n * shift & ((1u << shift) - 1)];
    *at = 0;
    return text;
}

static void value_text(const struct monitor *mon, uint64_t value, char type, unsigned size,
                       char *text, size_t n)
{
    unsigned shift = 64 - 8 * size;
    int64_t wide = (int64_t)(value << shift) >> shift;
    char number[80], symbol[200];

    value = value << shift >> shift;
    switch (type) {
    case 'd': snprintf(text, n, "%" PRId64, wide); break;
    case 'u': snprintf(text, n, "%" PRIu64, value); break;
    case 'o': snprintf(text, n, "%s", digits(value, 8 * size, 3, number)); break;
    case 't': snprintf(text, n, "%s", digits(value, 8 * size, 1, number)); break;
    case 'c':
        if (value >= ' ' && value < 0x7F)
            snprintf(text, n, "'%c'", (char)value);
        else
            snprintf(text, n, "'\\x%02" PRIx64 "'", value & 0xFF);
        break;
    case 'a':
        if (symbols_text(mon->symbols, (uint32_t)session_reg(mon, "cr3"), (uint32_t)value, symbol,
                         sizeof symbol)) {
            snprintf(text, n, "%08" PRIx64 " <%s>", value, symbol);
            break;
        } /* fall through */
    default: snprintf(text, n, "%0*" PRIx64, (int)(2 * size), value);
    }
}

/* ---- x --------------------------------------------------------------------------------- */

static void address_text(const struct monitor *mon, enum debug_space space, uint32_t addr,
                         char *text, size_t n)
{
    char symbol[200];

    if (space != SPACE_PHYS &&
        symbols_text(mon->symbols, (uint32_t)session_reg(mon, "cr3"), addr, symbol, sizeof symbol))
        snprintf(text, n, "%08x <%s>:", addr, symbol);
    else
        snprintf(text, n, "%08x:", addr);
}

static bool nothing_there(const struct monitor *mon, enum debug_space space, uint32_t addr,
                          struct error *err)
{
    uint32_t phys;

    if (space == SPACE_PHYS)
        return error_set(err, "neither RAM nor ROM is at physical %08x", addr);
    if (!debug_translate(mon->machine, (uint32_t)session_reg(mon, "cr3"), addr, &phys))
        return error_set(err, "%08x is not mapped; page %#x shows why", addr, addr);
    if (phys == addr)
        return error_set(err, "neither RAM nor ROM is at %08x", addr);
    return error_set(err, "%08x is mapped to %08x, where neither RAM nor ROM is", addr, phys);
}

/* Columns that make a row of a readable width. */
static unsigned per_row(const struct format *f)
{
    switch (f->type) {
    case 'a': return 1;
    case 't': return f->size == 1 ? 8 : 16 / f->size > 1 ? 16 / f->size / 2 : 1;
    case 'c': return 8;
    default: return f->size == 1 ? 16 : 16 / f->size;
    }
}

static void characters(const uint8_t *bytes, size_t n, char *text)
{
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(bytes[i] >= ' ' && bytes[i] < 0x7F ? bytes[i] : '.');
    text[n] = 0;
}

static void print_row(struct monitor *mon, const struct format *f, uint32_t addr,
                      const uint8_t *bytes, unsigned units, unsigned columns, struct answer *to)
{
    char where[250], text[250];
    int used = 0;

    address_text(mon, f->space, addr, where, sizeof where);
    answer_text(to, "%s", where);
    for (unsigned i = 0; i < units; i++) {
        uint64_t value = 0;

        for (unsigned n = f->size; n-- > 0;)
            value = value << 8 | bytes[i * f->size + n];
        value_text(mon, value, f->type, f->size, text, sizeof text);
        answer_text(to, " %s", text);
        answer_number(to, NULL, value);
        used += 1 + (int)strlen(text);
    }
    if (f->type == 'x') {
        int full = (int)(columns * (2 * f->size + 1));

        characters(bytes, units * f->size, text);
        answer_text(to, "%*s  %s", full - used, "", text);
    }
    answer_text(to, "\n");
}

static bool examine_units(struct monitor *mon, const struct format *f, uint32_t *addr,
                          struct answer *to, struct error *err)
{
    unsigned columns = per_row(f);
    uint64_t left = f->count;

    answer_list(to, "values");
    while (left) {
        unsigned units = left < columns ? (unsigned)left : columns;
        uint8_t bytes[128];
        size_t got = debug_peek(mon->machine, f->space, *addr, bytes, units * f->size) / f->size;

        if (got)
            print_row(mon, f, *addr, bytes, (unsigned)got, columns, to);
        *addr += (uint32_t)got * f->size;
        left -= got;
        if (got < units && left == f->count)
            return nothing_there(mon, f->space, *addr, err);
        if (got < units) {
            struct error why;

            nothing_there(mon, f->space, *addr, &why);
            answer_text(to, "%s\n", why.text);
            break;
        }
    }
    answer_close(to);
    return true;
}

static bool examine_strings(struct monitor *mon, const struct format *f, uint32_t *addr,
                            struct answer *to, struct error *err)
{
    answer_list(to, "strings");
    for (uint64_t i = 0; i < f->count; i++) {
        char text[MAX_STRING + 1], where[250];
        size_t n = debug_peek(mon->machine, f->space, *addr, text, MAX_STRING), len;

        if (!n)
            return nothing_there(mon, f->space, *addr, err);
        text[n] = 0;
        len = strlen(text);
        address_text(mon, f->space, *addr, where, sizeof where);
        answer_text(to, "%s \"", where);
        for (size_t k = 0; k < len; k++) {
            unsigned char ch = (unsigned char)text[k];

            if (ch == '"' || ch == '\\')
                answer_text(to, "\\%c", ch);
            else if (ch >= ' ' && ch < 0x7F)
                answer_text(to, "%c", ch);
            else if (ch == '\n')
                answer_text(to, "\\n");
            else
                answer_text(to, "\\x%02x", ch);
        }
        answer_text(to, "\"%s\n", len == n ? "..." : "");
        answer_string(to, NULL, text);
        *addr += (uint32_t)(len + (len < n));
    }
    answer_close(to);
    return true;
}

static bool examine_code(struct monitor *mon, const struct format *f, uint32_t *addr,
                         struct answer *to, struct error *err)
{
    answer_list(to, "instructions");
    for (uint64_t i = 0; i < f->count; i++) {
        uint8_t code[INSN_MAX_LENGTH];
        size_t n = debug_peek(mon->machine, f->space, *addr, code, sizeof code);
        char text[120] = "(bad)", where[250], hex[2 * INSN_MAX_LENGTH + 1];
        struct insn insn;

        if (!n)
            return nothing_there(mon, f->space, *addr, err);
        if (decode(&insn, code, (unsigned)n, debug_code16(mon->machine)) == DECODE_OK)
            disasm(text, sizeof text, &insn, *addr);
        else
            insn.len = 1;
        for (unsigned k = 0; k < insn.len; k++)
            snprintf(hex + 2 * k, 3, "%02x", code[k]);
        address_text(mon, f->space, *addr, where, sizeof where);
        answer_text(to, "%-32s %-16s %s\n", where, hex, text);
        answer_object(to, NULL);
        answer_number(to, "address", *addr);
        answer_string(to, "bytes", hex);
        answer_string(to, "insn", text);
        answer_close(to);
        *addr += insn.len;
    }
    answer_close(to);
    return true;
}

/* Where the TLB holds something else than the tables in memory, both views are worth knowing. */
static void warn_stale(const struct monitor *mon, uint32_t from, uint32_t to_addr,
                       struct answer *to)
{
    for (uint32_t page = from & ~UINT32_C(0xFFF); page < to_addr; page += 0x1000) {
        uint8_t tables[16], cpu[16];
        uint32_t at = page < from ? from : page;
        size_t a = debug_peek(mon->machine, SPACE_LINEAR, at, tables, sizeof tables);
        size_t b = debug_peek(mon->machine, SPACE_CPU, at, cpu, sizeof cpu);

        if (a == b && memcmp(tables, cpu, a) == 0)
            continue;
        answer_text(to,
                    "the processor sees something else at %08x: its TLB is stale there; "
                    "x -cpu shows it, tlb says why\n",
                    at);
        answer_bool(to, "stale", true);
        return;
    }
}

static bool examine(struct monitor *mon, struct line *line, struct format f, struct answer *to,
                    struct error *err)
{
    uint32_t addr, start;
    bool ok;

    if (line_keyword(line, "-p"))
        f.space = SPACE_PHYS;
    else if (line_keyword(line, "-cpu"))
        f.space = SPACE_CPU;
    else
        (void)line_keyword(line, "-v");
    if (mon->repeating)
        addr = mon->next_x;
    else if (!line_address(line, "address", &addr, err) || !line_end(line, err))
        return false;
    start = addr;
    answer_number(to, "address", addr);
    if (f.type == 's')
        ok = examine_strings(mon, &f, &addr, to, err);
    else if (f.type == 'i')
        ok = examine_code(mon, &f, &addr, to, err);
    else
        ok = examine_units(mon, &f, &addr, to, err);
    if (ok && f.space == SPACE_LINEAR && addr > start)
        warn_stale(mon, start, addr, to);
    mon->next_x = addr;
    return ok;
}

static bool run_x(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct format f = {.count = 16, .type = 'x', .size = 4, .space = SPACE_LINEAR};

    if (*line->at == '/')
        f.count = 1;
    return take_format(line, &f, err) && examine(mon, line, f, to, err);
}

static bool run_xp(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct format f = {.count = 16, .type = 'x', .size = 4, .space = SPACE_PHYS};

    if (*line->at == '/')
        f.count = 1;
    return take_format(line, &f, err) && examine(mon, line, f, to, err);
}

/* ---- p --------------------------------------------------------------------------------- */

static bool run_print(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct format f = {.count = 1, .type = 0, .size = 8};
    char text[250], symbol[200];
    uint64_t v;

    if (!take_format(line, &f, err) || !line_value(line, "expression", &v, err) ||
        !line_end(line, err))
        return false;
    if (f.type == 's' || f.type == 'i')
        return error_set(err, "p/%c: x/%c shows memory in that format", f.type, f.type);
    answer_number(to, "value", v);
    answer_format(to, "hex", "0x%" PRIx64, v);
    if (!symbols_text(mon->symbols, (uint32_t)session_reg(mon, "cr3"), (uint32_t)v, symbol,
                      sizeof symbol) ||
        v > UINT32_MAX)
        symbol[0] = 0;
    if (symbol[0])
        answer_string(to, "symbol", symbol);
    if (f.type) {
        unsigned size = f.type == 'a' || (v <= UINT32_MAX && f.type != 'd') ? 4 : 8;

        value_text(mon, v, f.type, f.size < 8 ? f.size : size, text, sizeof text);
        answer_text(to, "%s\n", text);
        answer_string(to, "text", text);
        return true;
    }
    answer_text(to, "0x%" PRIx64 "  %" PRId64, v, (int64_t)v);
    if (v > INT32_MAX && v <= UINT32_MAX)
        answer_text(to, "  %" PRId32, (int32_t)v);
    if (v >= ' ' && v < 0x7F)
        answer_text(to, "  '%c'", (char)v);
    answer_text(to, "%s%s%s\n", symbol[0] ? "  <" : "", symbol, symbol[0] ? ">" : "");
    return true;
}

const struct command commands_memory[] = {
    /* clang-format off */
    { "x", NULL, "[/NFS] [-p|-cpu] A", "memory at A",
      "N units of size S (b h w g: 1 2 4 8 bytes) in format F: x d u o t (binary) c s (strings)\n"
      "a (addresses) i (instructions). Without /NFS: 16 words. -p: A is physical. -cpu: as the\n"
      "processor sees it, through its TLB. An empty line shows what follows.",
      "x/8xw $esp\nx/4i $pc\nxp/16xb 0x100000", "symbol register", COMMAND_LOOK, true, run_x },
    { "xp", NULL, "[/NFS] A", "memory at physical address A", "As x -p.", "xp/4xw 0x100000",
      "symbol register", COMMAND_LOOK, true, run_xp },
    { "p", "print", "[/F] EXPR", "the value of an expression",
      "C operators; registers ($eax, cr3, $cs.base); symbols and source lines (kmain+4, vm.c:120) are\n"
      "addresses; memory is *A, *(u8 *)A, byte [A], phys word [A]; cs:eip and f000:fff0 are linear.\n"
      "/F: x d u o t c a.",
      "p *ticks\np/x cs:eip\np word [$esp] >> 8", "symbol register", COMMAND_LOOK, false, run_print },
    { .name = NULL },
    /* clang-format on */
};
