/* SPDX-License-Identifier: MIT */
/*
 * expr.c - the parser of expressions: operators by precedence, evaluated while they are read. What
 * names stand for is in names.c. A part that && || ?: pass over is parsed without being evaluated.
 */
#include "monitor/expr.h"

#include "base/types.h"
#include "monitor/line.h"
#include "monitor/monitor.h"
#include "monitor/names.h"

#include <ctype.h>
#include <string.h>

#define MAX_DEPTH 100 /* nested operators and parentheses */

struct parse {
    struct line *l;    /* read from here */
    struct error *err; /* the first mistake */
    unsigned depth;    /* against a full stack */
    unsigned skip;     /* > 0: nothing is evaluated */
    unsigned no_colon; /* > 0: inside ?:, where a colon is the operator's */
};

static bool parse_ternary(struct parse *p, struct expr *out);
static bool parse_unary(struct parse *p, struct expr *out);

static void skip_blanks(struct parse *p)
{
    while (*p->l->at == ' ' || *p->l->at == '\t')
        p->l->at++;
}

static struct expr number(uint64_t value)
{
    return (struct expr){.value = value, .kind = EXPR_VALUE};
}

/* ---- Numbers and characters ------------------------------------------------------------ */

static int digit_value(char ch)
{
    return isdigit((unsigned char)ch)    ? ch - '0'
           : isxdigit((unsigned char)ch) ? tolower((unsigned char)ch) - 'a' + 10
                                         : 99;
}

static unsigned number_base(const char **at)
{
    const char *s = *at;

    if (s[0] != '0')
        return 10;
    switch (s[1]) {
    case 'x':
    case 'X': *at += 2; return 16;
    case 'b':
    case 'B': *at += 2; return 2;
    default: return 8;
    }
}

static bool parse_number(struct parse *p, struct expr *out)
{
    const char *start = p->l->at, *at = start, *first;
    unsigned base = number_base(&at);
    uint64_t value = 0;

    for (first = at; digit_value(*at) < (int)base; at++) {
        if (value > (UINT64_MAX - (unsigned)digit_value(*at)) / base)
            return line_error(p->l, start, p->err, "the number is larger than 64 bits");
        value = value * base + (unsigned)digit_value(*at);
    }
    if (at == first)
        return line_error(p->l, start, p->err, "digits are missing after %.2s", start);
    if (*at && strchr("KMG", *at)) {
        unsigned shift = *at == 'K' ? 10 : *at == 'M' ? 20 : 30;

        if (value > UINT64_MAX >> shift)
            return line_error(p->l, start, p->err, "the number is larger than 64 bits");
        value <<= shift;
        at++;
    }
    if (isalnum((unsigned char)*at) || *at == '_')
        return line_error(p->l, at, p->err, "'%c' is no digit of base %u", *at, base);
    p->l->at = at;
    *out = number(value);
    return true;
}

static bool parse_char(struct parse *p, struct expr *out)
{
    const char *start = p->l->at, *at = start + 1;
    char ch;

    if (!*at || *at == '\'' || !line_char(&at, &ch) || *at != '\'')
        return line_error(p->l, start, p->err, "a character is written 'a' or '\\n'");
    p->l->at = at + 1;
    *out = number((unsigned char)ch);
    return true;
}

/* ---- Memory ---------------------------------------------------------------------------- */

static bool load(struct parse *p, const char *at, enum debug_space space, uint64_t addr,
                 unsigned size, bool is_signed, struct expr *out)
{
    uint8_t bytes[8] = {0};
    uint64_t value = 0;

    if (p->skip) {
        *out = number(0);
        return true;
    }
    if (!line_is_address(addr))
        return line_error(p->l, at, p->err, "%#llx is no address of 32 bits",
                          (unsigned long long)addr);
    if (debug_peek(monitor_machine(p->l->mon), space, (uint32_t)addr, bytes, size) != size)
        return line_error(p->l, at, p->err, "cannot read memory at %08x: %s", (uint32_t)addr,
                          space == SPACE_PHYS ? "neither RAM nor ROM is there"
                                              : "not mapped, or neither RAM nor ROM is there");
    for (unsigned i = size; i-- > 0;)
        value = value << 8 | bytes[i];
    if (is_signed)
        value = (uint64_t)((int64_t)(value << (64 - 8 * size)) >> (64 - 8 * size));
    *out = (struct expr){
        .value = value, .kind = EXPR_MEMORY, .addr = (uint32_t)addr, .space = space, .size = size};
    return true;
}

/* [A], byte [A], phys word [A]: at stands behind the words. */
static bool parse_brackets(struct parse *p, enum debug_space space, unsigned size, struct expr *out)
{
    const char *start = p->l->at++;
    unsigned colon = p->no_colon;
    struct expr addr;

    p->no_colon = 0;
    if (!parse_ternary(p, &addr))
        return false;
    p->no_colon = colon;
    skip_blanks(p);
    if (*p->l->at != ']')
        return line_error(p->l, p->l->at, p->err, "] is missing");
    p->l->at++;
    return load(p, start, space, addr.value, size, false, out);
}

/* True if words for memory were there: the brackets that have to follow are parsed. */
static bool memory_words(struct parse *p, struct expr *out, bool *ok)
{
    static const struct {
        const char *word;
        unsigned size;
    } sizes[] = {{"byte", 1}, {"word", 2}, {"dword", 4}, {"qword", 8}};
    const char *start = p->l->at;
    enum debug_space space = SPACE_LINEAR;
    unsigned size = 4;

    if (line_keyword(p->l, "phys"))
        space = SPACE_PHYS;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        if (line_keyword(p->l, sizes[i].word))
            size = sizes[i].size;
    skip_blanks(p);
    if (*p->l->at != '[') {
        p->l->at = start; /* a symbol of that name */
        return false;
    }
    *ok = parse_brackets(p, space, size, out);
    return true;
}

/* ---- Names, parentheses, casts --------------------------------------------------------- */

/* A C type name at `at`, with or without stars: its end, or NULL. */
static const char *type_name(const char *at, unsigned *size, bool *is_signed, bool *pointer)
{
    static const struct {
        const char *name;
        unsigned size;
        bool is_signed;
    } types[] = {
        {"unsigned char", 1, false},
        {"unsigned short", 2, false},
        {"unsigned int", 4, false},
        {"unsigned long", 4, false},
        {"unsigned", 4, false},
        {"char", 1, true},
        {"short", 2, true},
        {"int", 4, true},
        {"long long", 8, true},
        {"long", 4, true},
        {"uint8_t", 1, false},
        {"uint16_t", 2, false},
        {"uint32_t", 4, false},
        {"uint64_t", 8, false},
        {"int8_t", 1, true},
        {"int16_t", 2, true},
        {"int32_t", 4, true},
        {"int64_t", 8, true},
        {"u8", 1, false},
        {"u16", 2, false},
        {"u32", 4, false},
        {"u64", 8, false},
        {"s8", 1, true},
        {"s16", 2, true},
        {"s32", 4, true},
        {"s64", 8, true},
    };

    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        size_t len = strlen(types[i].name);

        if (strncmp(at, types[i].name, len) != 0 || isalnum((unsigned char)at[len]) ||
            at[len] == '_')
            continue;
        *size = types[i].size;
        *is_signed = types[i].is_signed;
        *pointer = false;
        for (at += len; *at == ' ' || *at == '*'; at++) {
            if (*at == '*' && *pointer)
                *size = 4;
            *pointer |= *at == '*';
        }
        return at;
    }
    return NULL;
}

static bool parse_cast(struct parse *p, unsigned size, bool is_signed, bool pointer,
                       struct expr *out)
{
    unsigned shift = 64 - 8 * size;

    bool ok;

    if (++p->depth > MAX_DEPTH)
        return line_error(p->l, p->l->at, p->err, "nested too deeply");
    ok = parse_unary(p, out);
    p->depth--;
    if (!ok)
        return false;
    *out = number(out->value);
    if (pointer) {
        out->width = size;
        out->target_signed = is_signed;
    } else if (is_signed) {
        out->value = (uint64_t)((int64_t)(out->value << shift) >> shift);
    } else {
        out->value = out->value << shift >> shift;
    }
    return true;
}

static bool parse_parentheses(struct parse *p, struct expr *out)
{
    unsigned colon = p->no_colon, size;
    bool is_signed, pointer;
    const char *type;

    p->l->at++;
    skip_blanks(p);
    type = type_name(p->l->at, &size, &is_signed, &pointer);
    if (type && *type == ')') {
        p->l->at = type + 1;
        return parse_cast(p, size, is_signed, pointer, out);
    }
    p->no_colon = 0;
    if (!parse_ternary(p, out))
        return false;
    p->no_colon = colon;
    skip_blanks(p);
    if (*p->l->at != ')')
        return line_error(p->l, p->l->at, p->err, ") is missing");
    p->l->at++;
    return true;
}

static bool parse_primary(struct parse *p, struct expr *out)
{
    const char *at;
    bool ok;

    skip_blanks(p);
    at = p->l->at;
    if (*at == '(')
        return parse_parentheses(p, out);
    if (*at == '[')
        return parse_brackets(p, SPACE_LINEAR, 4, out);
    if (*at == '\'')
        return parse_char(p, out);
    if (names_hex_pair(p->l, out))
        return true;
    if (isdigit((unsigned char)*at))
        return parse_number(p, out);
    if (*at == '$' || *at == '_' || *at == '.' || isalpha((unsigned char)*at)) {
        if (memory_words(p, out, &ok))
            return ok;
        return names_find(p->l, out, p->err);
    }
    if (!*at)
        return line_error(p->l, at, p->err, "an expression is missing at the end");
    return line_error(p->l, at, p->err, "'%c' cannot stand here", *at);
}

/* seg:off, directly behind each other. */
static bool parse_far(struct parse *p, struct expr *out)
{
    const char *start;
    struct expr off;
    uint32_t base;

    skip_blanks(p);
    start = p->l->at;
    if (!parse_primary(p, out))
        return false;
    if (p->no_colon || *p->l->at != ':' || p->l->at[1] == ':')
        return true;
    p->l->at++;
    if (!parse_primary(p, &off))
        return false;
    if (p->skip)
        return true;
    if (!names_segment(p->l, out, start, &base, p->err))
        return false;
    *out = number((uint32_t)(base + off.value));
    return true;
}

/* ---- Operators ------------------------------------------------------------------------- */

static bool parse_unary(struct parse *p, struct expr *out)
{
    const char *start;
    char op;
    bool ok;

    skip_blanks(p);
    start = p->l->at;
    op = *start;
    if (!op || !strchr("-+!~*&", op))
        return parse_far(p, out);
    if (++p->depth > MAX_DEPTH)
        return line_error(p->l, start, p->err, "nested too deeply");
    p->l->at++;
    ok = parse_unary(p, out);
    p->depth--;
    if (!ok)
        return false;
    switch (op) {
    case '*':
        return load(p, start, SPACE_LINEAR, out->value, out->width ? out->width : 4,
                    out->target_signed, out);
    case '&':
        if (out->kind == EXPR_MEMORY || out->kind == EXPR_SYMBOL)
            *out = number(out->addr);
        else
            return line_error(p->l, start, p->err, "& needs a symbol or a place in memory");
        return true;
    case '-': *out = number(0 - out->value); return true;
    case '!': *out = number(!out->value); return true;
    case '~': *out = number(~out->value); return true;
    default: *out = number(out->value); return true;
    }
}

static const struct operator
{
    const char *text;
    unsigned level; /* higher binds tighter */
}
operators[] = {
    /* clang-format off */
    {"||", 1}, {"&&", 2}, {"<<", 8}, {">>", 8}, {"<=", 7}, {">=", 7}, {"==", 6}, {"!=", 6},
    {"|", 3}, {"^", 4}, {"&", 5}, {"<", 7}, {">", 7}, {"+", 9}, {"-", 9}, {"*", 10}, {"/", 10},
    {"%", 10},
    /* clang-format on */
};

/* The operator at the present place, or NULL. A minus may be an option's. */
static const struct operator* find_operator(struct parse *p)
{
    const char *before = p->l->at;

    skip_blanks(p);
    if (p->l->at != before && p->l->at[0] == '-' && isalpha((unsigned char)p->l->at[1])) {
        p->l->at = before;
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LEN(operators); i++)
        if (strncmp(p->l->at, operators[i].text, strlen(operators[i].text)) == 0)
            return &operators[i];
    p->l->at = before;
    return NULL;
}

static bool divide(struct parse *p, const char *at, char op, int64_t a, int64_t b, uint64_t *r)
{
    if (p->skip) {
        *r = 0;
        return true;
    }
    if (b == 0)
        return line_error(p->l, at, p->err, "division by zero");
    if (b == -1)
        *r = op == '/' ? 0 - (uint64_t)a : 0;
    else
        *r = (uint64_t)(op == '/' ? a / b : a % b);
    return true;
}

static bool apply(struct parse *p, const char *at, const struct operator* op, struct expr *left,
                  struct expr right)
{
    uint64_t a = left->value, b = right.value, r = 0;
    int64_t sa = (int64_t)a, sb = (int64_t)b;

    switch (op->text[0]) {
    case '+': r = a + b; break;
    case '-': r = a - b; break;
    case '*': r = a * b; break;
    case '^': r = a ^ b; break;
    case '=': r = a == b; break;
    case '!': r = a != b; break;
    case '|': r = op->text[1] ? (a || b) : (a | b); break;
    case '&': r = op->text[1] ? (a && b) : (a & b); break;
    case '<':
        r = op->text[1] == '<' ? (b < 64 ? a << b : 0) : op->text[1] == '=' ? sa <= sb : sa < sb;
        break;
    case '>':
        r = op->text[1] == '>'   ? (uint64_t)(sa >> (b < 63 ? b : 63))
            : op->text[1] == '=' ? sa >= sb
                                 : sa > sb;
        break;
    default:
        if (!divide(p, at, op->text[0], sa, sb, &r))
            return false;
    }
    *left = number(r);
    return true;
}

static bool parse_binary(struct parse *p, unsigned level, struct expr *out)
{
    const struct operator* op;

    if (!parse_unary(p, out))
        return false;
    while ((op = find_operator(p)) && op->level >= level) {
        const char *at = p->l->at;
        bool pass = (op->level == 1 && out->value) || (op->level == 2 && !out->value);
        struct expr right;
        bool ok;

        p->l->at += strlen(op->text);
        p->skip += pass;
        ok = parse_binary(p, op->level + 1, &right);
        p->skip -= pass;
        if (!ok || !apply(p, at, op, out, right))
            return false;
    }
    return true;
}

static bool parse_choice(struct parse *p, struct expr *out)
{
    bool yes = out->value != 0, ok;
    struct expr other;

    p->l->at++;
    p->no_colon++;
    p->skip += !yes;
    ok = parse_ternary(p, out);
    p->skip -= !yes;
    p->no_colon--;
    if (!ok)
        return false;
    skip_blanks(p);
    if (*p->l->at != ':')
        return line_error(p->l, p->l->at, p->err, ": is missing (A ? B : C)");
    p->l->at++;
    p->skip += yes;
    ok = parse_ternary(p, &other);
    p->skip -= yes;
    *out = number(yes ? out->value : other.value);
    return ok;
}

static bool parse_ternary(struct parse *p, struct expr *out)
{
    const char *before;
    bool ok;

    if (++p->depth > MAX_DEPTH)
        return line_error(p->l, p->l->at, p->err, "nested too deeply");
    ok = parse_binary(p, 1, out);
    before = p->l->at;
    skip_blanks(p);
    if (ok && *p->l->at == '?')
        ok = parse_choice(p, out);
    else
        p->l->at = before;
    p->depth--;
    return ok;
}

static bool parse_all(struct parse *p, const char *what, struct expr *out)
{
    skip_blanks(p);
    if (!*p->l->at)
        return line_error(p->l, p->l->at, p->err, "%s is missing", what);
    return parse_ternary(p, out);
}

bool expr_parse(struct line *l, const char *what, struct expr *out, struct error *err)
{
    struct parse p = {.l = l, .err = err};

    return parse_all(&p, what, out);
}

bool expr_check(struct line *l, const char *what, struct error *err)
{
    struct parse p = {.l = l, .err = err, .skip = 1};
    struct expr unused;

    return parse_all(&p, what, &unused);
}
