/* SPDX-License-Identifier: MIT */
/* names.c - see names.h. */
#include "monitor/names.h"

#include "machine/debug.h"
#include "monitor/expr.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/symbols.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX 256

/* ---- Events ---------------------------------------------------------------------------- */

enum { DATA = 1 << DEBUG_READ | 1 << DEBUG_WRITE | 1 << DEBUG_ACCESS, ALL = 1 << DEBUG_KINDS };

static const struct event_name {
    const char *name;
    unsigned kinds; /* events that have it; ALL */
} event_names[] = {
    {"address", DATA},
    {"phys", DATA},
    {"size", DATA | 1 << DEBUG_IO},
    {"old", DATA | 1 << DEBUG_CR | 1 << DEBUG_CPL | 1 << DEBUG_MODE | 1 << DEBUG_TASK},
    {"value",
     DATA | 1 << DEBUG_CR | 1 << DEBUG_IO | 1 << DEBUG_CPL | 1 << DEBUG_MODE | 1 << DEBUG_TASK},
    {"write", DATA | 1 << DEBUG_IO},
    {"vector", 1 << DEBUG_EXC | 1 << DEBUG_IRQ},
    {"code", 1 << DEBUG_EXC},
    {"cr2", 1 << DEBUG_EXC},
    {"software", 1 << DEBUG_EXC},
    {"line", 1 << DEBUG_IRQ},
    {"port", 1 << DEBUG_IO},
    {"number", 1 << DEBUG_CR},
    {"at", ALL},
};

static uint64_t event_value(const struct debug_event *e, const char *name)
{
    switch (name[0]) {
    case 'a': return name[1] == 'd' ? e->lin : e->eip;
    case 'p': return name[1] == 'h' ? e->phys : e->number;
    case 's': return name[1] == 'i' ? e->size : e->software;
    case 'o': return e->old;
    case 'w': return e->write;
    case 'c': return name[1] == 'r' ? e->cr2 : e->code;
    case 'v': return name[1] == 'a' ? e->now : e->kind == DEBUG_IRQ ? e->code : e->number;
    default: return e->number;
    }
}

static bool find_event(const struct monitor *mon, const char *name, struct expr *out)
{
    const struct debug_event *e = mon->event;

    for (size_t i = 0; e && i < ARRAY_LEN(event_names); i++) {
        if (strcmp(name, event_names[i].name) != 0 ||
            !(event_names[i].kinds & (1u << e->kind | ALL)))
            continue;
        *out = (struct expr){.value = event_value(e, name)};
        return true;
    }
    return false;
}

/* ---- Registers ------------------------------------------------------------------------- */

static const struct {
    const char *name, *whole;
    uint8_t shift, size; /* bits, bytes */
} parts[] = {
    {"ax", "eax", 0, 2}, {"cx", "ecx", 0, 2},       {"dx", "edx", 0, 2}, {"bx", "ebx", 0, 2},
    {"sp", "esp", 0, 2}, {"bp", "ebp", 0, 2},       {"si", "esi", 0, 2}, {"di", "edi", 0, 2},
    {"al", "eax", 0, 1}, {"cl", "ecx", 0, 1},       {"dl", "edx", 0, 1}, {"bl", "ebx", 0, 1},
    {"ah", "eax", 8, 1}, {"ch", "ecx", 8, 1},       {"dh", "edx", 8, 1}, {"bh", "ebx", 8, 1},
    {"ip", "eip", 0, 2}, {"flags", "eflags", 0, 2},
};

static uint64_t part_mask(unsigned size)
{
    return (UINT64_C(1) << 8 * size) - 1;
}

static bool find_register(struct monitor *mon, const char *name, struct expr *out)
{
    struct machine *m = mon->machine;
    int n = debug_reg_find(m, name, strlen(name));

    if (n >= 0) {
        *out = (struct expr){
            .value = debug_reg_get(m, (unsigned)n), .kind = EXPR_REGISTER, .reg = (unsigned)n};
        return true;
    }
    if (strcmp(name, "pc") == 0) {
        *out = (struct expr){.value = debug_pc(m)};
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strcmp(name, parts[i].name) != 0)
            continue;
        n = debug_reg_find(m, parts[i].whole, 3 + (parts[i].whole[3] ? 3 : 0));
        if (n < 0)
            return false;
        *out = (struct expr){.value = debug_reg_get(m, (unsigned)n) >> parts[i].shift &
                                      part_mask(parts[i].size),
                             .kind = EXPR_PART,
                             .reg = (unsigned)n,
                             .shift = parts[i].shift,
                             .size = parts[i].size};
        return true;
    }
    return false;
}

static bool find_variable(const struct monitor *mon, const char *name, struct expr *out)
{
    for (const struct variable *v = mon->variables; v; v = v->next) {
        if (strcmp(v->name, name) == 0) {
            *out = (struct expr){.value = v->value, .kind = EXPR_VARIABLE};
            memcpy(out->name, v->name, sizeof out->name);
            return true;
        }
    }
    return false;
}

/* $name. One that is not there yet is worth nothing and can be set. */
static bool dollar_name(struct line *l, const char *at, const char *name, struct expr *out,
                        struct error *err)
{
    if (find_register(l->mon, name, out) || find_variable(l->mon, name, out))
        return true;
    if (!*name || strlen(name) >= sizeof out->name)
        return line_error(l, at, err, "there is no register '$%s'", name);
    *out = (struct expr){.kind = EXPR_VARIABLE};
    memcpy(out->name, name, strlen(name) + 1);
    return true;
}

/* ---- Symbols --------------------------------------------------------------------------- */

static bool is_name(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_' || ch == '.' || ch == '$';
}

/* "dir/file.c:120" at the present place: NULL, or where the colon is. */
static const char *line_colon(const char *at)
{
    const char *dot = NULL;

    for (; is_name(*at) || *at == '/' || *at == '-' || *at == '+'; at++)
        if (*at == '.')
            dot = at;
    if (*at != ':' || !isdigit((unsigned char)at[1]) || !dot || dot + 1 == at)
        return NULL;
    for (const char *s = dot + 1; s < at; s++)
        if (!isalpha((unsigned char)*s))
            return NULL;
    return at;
}

static bool find_line(struct line *l, const char *colon, struct expr *out, struct error *err)
{
    const char *start = l->at;
    char *end;
    unsigned long number = strtoul(colon + 1, &end, 10);
    uint32_t addr;

    l->at = end;
    if (number > 10000000 ||
        !symbols_find_line(l->mon->symbols, (uint32_t)session_reg(l->mon, "cr3"), start,
                           (size_t)(colon - start), (unsigned)number, &addr))
        return line_error(l, start, err, "no code is known for '%.*s'", (int)(end - start), start);
    *out = (struct expr){.value = addr, .kind = EXPR_SYMBOL, .addr = addr};
    return true;
}

static bool find_symbol(struct line *l, const char *name, struct expr *out)
{
    uint32_t addr;

    if (!symbols_find(l->mon->symbols, (uint32_t)session_reg(l->mon, "cr3"), name, strlen(name),
                      &addr))
        return false;
    *out = (struct expr){.value = addr, .kind = EXPR_SYMBOL, .addr = addr};
    return true;
}

bool names_find(struct line *l, struct expr *out, struct error *err)
{
    const char *start = l->at, *colon = line_colon(start);
    char name[NAME_MAX];
    size_t len = 0;
    bool dollar = *start == '$';

    if (colon)
        return find_line(l, colon, out, err);
    while (is_name(start[dollar + len]))
        len++;
    if (len >= sizeof name)
        return line_error(l, start, err, "the name is too long");
    memcpy(name, start + dollar, len);
    name[len] = 0;
    l->at = start + dollar + len;
    if (dollar)
        return dollar_name(l, start, name, out, err);
    if (find_event(l->mon, name, out) || find_register(l->mon, name, out) ||
        find_symbol(l, name, out))
        return true;
    return line_error(l, start, err, "there is no register or symbol '%s'", name);
}

/* ---- seg:off --------------------------------------------------------------------------- */

static unsigned hex_digits(const char *at)
{
    unsigned n = 0;

    while (isxdigit((unsigned char)at[n]))
        n++;
    return n;
}

static bool real_addresses(const struct monitor *mon)
{
    return !(session_reg(mon, "cr0") & 1) || session_reg(mon, "eflags") & UINT32_C(1) << 17;
}

/* The base in the descriptor of a selector, as the tables in memory have it. */
static bool descriptor_base(const struct monitor *mon, uint32_t selector, uint32_t *base)
{
    const char *table = selector & 4 ? "ldtr" : "gdtr";
    uint32_t at = selector & 0xFFF8, limit;
    uint8_t d[8];
    char name[16];

    snprintf(name, sizeof name, "%s.limit", table);
    limit = (uint32_t)session_reg(mon, name);
    snprintf(name, sizeof name, "%s.base", table);
    at += (uint32_t)session_reg(mon, name);
    if (selector > 0xFFFF || (selector & 0xFFFF) < 4 || (selector & 0xFFF8) + 7 > limit ||
        debug_peek(mon->machine, SPACE_LINEAR, at, d, sizeof d) != sizeof d)
        return false;
    *base = d[2] | (uint32_t)d[3] << 8 | (uint32_t)d[4] << 16 | (uint32_t)d[7] << 24;
    return true;
}

static bool selector_base(const struct monitor *mon, uint64_t selector, uint32_t *base)
{
    if (selector > 0xFFFF)
        return false;
    if (!real_addresses(mon))
        return descriptor_base(mon, (uint32_t)selector, base);
    *base = (uint32_t)selector << 4;
    return true;
}

bool names_segment(struct line *l, const struct expr *seg, const char *at, uint32_t *base,
                   struct error *err)
{
    const struct debug_reg *r =
        seg->kind == EXPR_REGISTER ? debug_reg(l->mon->machine, seg->reg) : NULL;
    char name[16];

    if (r && strlen(r->name) == 2 && r->name[1] == 's') {
        snprintf(name, sizeof name, "%s.base", r->name);
        *base = (uint32_t)session_reg(l->mon, name);
        return true;
    }
    if (selector_base(l->mon, seg->value, base))
        return true;
    return line_error(l, at, err, "%#llx is no selector of a descriptor table",
                      (unsigned long long)seg->value);
}

bool names_hex_pair(struct line *l, struct expr *out)
{
    unsigned seg = hex_digits(l->at), off = 0;
    uint32_t base;

    if (seg == 4 && l->at[4] == ':')
        off = hex_digits(l->at + 5);
    if ((off != 4 && off != 8) || is_name(l->at[5 + off]))
        return false;
    if (!selector_base(l->mon, strtoul(l->at, NULL, 16), &base))
        return false;
    *out = (struct expr){.value = (uint32_t)(base + strtoul(l->at + 5, NULL, 16))};
    l->at += 5 + off;
    return true;
}

/* ---- Completion ------------------------------------------------------------------------ */

const char *names_register(struct monitor *mon, const char *prefix, unsigned n)
{
    const struct debug_reg *r;
    size_t len = strlen(prefix);

    for (unsigned i = 0; (r = debug_reg(mon->machine, i)); i++)
        if (strncmp(r->name, prefix, len) == 0 && n-- == 0)
            return r->name;
    return NULL;
}

const char *names_event(const char *prefix, unsigned n)
{
    size_t len = strlen(prefix);

    for (size_t i = 0; i < ARRAY_LEN(event_names); i++)
        if (strncmp(event_names[i].name, prefix, len) == 0 && n-- == 0)
            return event_names[i].name;
    return NULL;
}
