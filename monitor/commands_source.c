/* SPDX-License-Identifier: MIT */
/*
 * commands_source.c - names and source: symbols, list, dis, bt. The text of an instruction is code.c,
 * the walk up the stack is unwind.c and backtrace.c, where source files are found is source.c.
 */
#include "monitor/command.h"

#include "cpu/cpu.h"
#include "machine/debug.h"
#include "machine/inspect.h"
#include "monitor/answer.h"
#include "monitor/backtrace.h"
#include "monitor/code.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/source.h"
#include "monitor/symbols.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_LINES 10u
#define DIS_INSNS 10u
#define DIS_FUNCTION 2000u /* instructions of a function that are shown at most */
#define MAX_INSNS 100000u

static uint32_t present_cr3(struct monitor *mon)
{
    return inspect_cpu(mon->machine)->mmu.cr3;
}

/* ---- symbols --------------------------------------------------------------------------- */

static void show_module(const struct symbols_info *i, struct answer *to)
{
    char space[32] = "";
    if (i->place.cr3_given)
        snprintf(space, sizeof space, "  cr3 %08x only", i->place.cr3);
    answer_text(to, "%08x-%08x  %6zu symbols%s%s  %s%s\n", i->place.at, i->end, i->count,
                i->lines ? ", lines" : "", i->frames ? ", frames" : "", i->name, space);
    answer_object(to, NULL);
    answer_string(to, "file", i->name);
    answer_number(to, "first", i->place.at);
    answer_number(to, "last", i->end);
    answer_number(to, "symbols", i->count);
    answer_bool(to, "lines", i->lines);
    answer_bool(to, "frames", i->frames);
    if (i->place.cr3_given)
        answer_number(to, "cr3", i->place.cr3);
    else
        answer_null(to, "cr3");
    answer_close(to);
}

static bool list_modules(struct monitor *mon, struct answer *to)
{
    struct symbols_info info;
    const char *folder;
    answer_list(to, "modules");
    for (unsigned n = 0; symbols_module(mon->symbols, n, &info); n++)
        show_module(&info, to);
    answer_close(to);
    if (!symbols_module(mon->symbols, 0, &info))
        answer_text(to,
                    "no symbols: the image has none; symbols FILE reads those of an ELF file\n");
    answer_list(to, "folders");
    for (unsigned n = 0; (folder = symbols_folder(mon->symbols, n)); n++) {
        answer_text(to, "sources also in %s\n", folder);
        answer_string(to, NULL, folder);
    }
    answer_close(to);
    return true;
}

static bool find_names(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char part[200];
    const char *name;
    unsigned found = 0;
    if (!line_word(line, "part of a name", part, sizeof part, err) || !line_end(line, err))
        return false;
    answer_list(to, "symbols");
    for (unsigned n = 0; (name = symbols_complete(mon->symbols, "", n)); n++) {
        uint32_t addr;
        if (!strstr(name, part) ||
            !symbols_find(mon->symbols, present_cr3(mon), name, strlen(name), &addr))
            continue;
        answer_text(to, "%08x  %s\n", addr, name);
        answer_object(to, NULL);
        answer_string(to, "name", name);
        answer_number(to, "address", addr);
        answer_close(to);
        found++;
    }
    answer_close(to);
    if (!found)
        answer_text(to, "no name contains \"%s\"\n", part);
    return true;
}

static bool add_module(struct monitor *mon, const char *file, struct line *line, struct answer *to,
                       struct error *err)
{
    struct symbols_place place = {.at_given = false};
    struct symbols_info info;
    unsigned n = 0;
    while (line_more(line)) {
        if (line_keyword(line, "at"))
            place.at_given = line_address(line, "load address", &place.at, err);
        else if (line_keyword(line, "cr3"))
            place.cr3_given = line_address(line, "address space", &place.cr3, err);
        else
            return error_set(err, "symbols: after the file come \"at ADDRESS\" and \"cr3 VALUE\"");
        if (err->text[0])
            return false;
    }
    if (!symbols_add_file(mon->symbols, file, &place, err))
        return false;
    while (symbols_module(mon->symbols, n, &info))
        n++;
    answer_list(to, "modules");
    show_module(&info, to);
    answer_close(to);
    return true;
}

static bool run_symbols(struct monitor *mon, struct line *line, struct answer *to,
                        struct error *err)
{
    char word[1024];
    if (!line_more(line))
        return list_modules(mon, to);
    if (line_keyword(line, "find"))
        return find_names(mon, line, to, err);
    bool source = line_keyword(line, "source"), drop = !source && line_keyword(line, "drop");
    if (!line_word(line, source ? "folder" : "file", word, sizeof word, err))
        return false;
    if (!source && !drop)
        return add_module(mon, word, line, to, err);
    if (!line_end(line, err))
        return false;
    if (source)
        return symbols_add_folder(mon->symbols, word, err);
    return symbols_remove(mon->symbols, word)
               ? true
               : error_set(err, "%s: no symbols were read from a file of this name", word);
}

/* ---- list ------------------------------------------------------------------------------ */

/* FILE:LINE, as it stands: the line need not have code. */
static bool take_file_line(struct monitor *mon, struct line *line, const char **file,
                           unsigned *number)
{
    size_t len = strcspn(line->at, " \t");
    const char *colon = memchr(line->at, ':', len);
    char *end;
    if (!colon || !isdigit((unsigned char)colon[1]))
        return false;
    unsigned long n = strtoul(colon + 1, &end, 10);
    const char *found =
        symbols_file(mon->symbols, present_cr3(mon), line->at, (size_t)(colon - line->at), NULL);
    if (!found || end != line->at + len || n > INT32_MAX)
        return false;
    *file = found;
    *number = (unsigned)n;
    line->at = end;
    return true;
}

static unsigned centre(unsigned line)
{
    return line > LIST_LINES / 2 ? line - LIST_LINES / 2 : 1;
}

/* Where `list` begins: what was asked for, in the middle. */
static bool find_lines(struct monitor *mon, struct line *line, const char **file, unsigned *number,
                       struct error *err)
{
    uint32_t addr = debug_pc(mon->machine);
    char *end;
    bool given = line_more(line);
    if (!given && mon->repeating && mon->next_list_line) {
        *file = mon->next_list_file;
        *number = mon->next_list_line;
        return true;
    }
    if (given && isdigit((unsigned char)*line->at) && mon->next_list_file[0]) {
        unsigned long n = strtoul(line->at, &end, 10);
        if ((!*end || isspace((unsigned char)*end)) && n <= INT32_MAX) { /* not 0x..., not f:1 */
            *file = mon->next_list_file;
            *number = centre((unsigned)n);
            line->at = end;
            return true;
        }
    }
    if (given && take_file_line(mon, line, file, number)) {
    } else if (given && !line_address(line, "place", &addr, err)) {
        return false;
    } else if (!symbols_line(mon->symbols, present_cr3(mon), addr, file, number)) {
        return error_set(err, "no source line is known for %08x", addr);
    }
    *number = centre(*number);
    return true;
}

static bool run_list(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct source source;
    const char *file = "", *text, *pc_file;
    char name[sizeof mon->next_list_file];
    unsigned first = 1, pc_line = 0, n;
    if (!find_lines(mon, line, &file, &first, err) || !line_end(line, err))
        return false;
    snprintf(name, sizeof name, "%s", file);
    if (!source_open(&source, mon->symbols, present_cr3(mon), name, err))
        return false;
    if (!symbols_line(mon->symbols, present_cr3(mon), debug_pc(mon->machine), &pc_file, &pc_line) ||
        strcmp(pc_file, name) != 0)
        pc_line = 0;
    bool good = source_line(&source, first);
    if (!good)
        error_set(err, "%s has %u lines", name, source.count);
    answer_text(to, "%s", good && !mon->repeating ? name : "");
    answer_text(to, "%s", good && !mon->repeating ? "\n" : "");
    answer_string(to, "file", name);
    answer_string(to, "path", source.path);
    answer_list(to, "lines");
    for (n = first; n < first + LIST_LINES && (text = source_line(&source, n)); n++) {
        answer_text(to, "%s%5u  %s\n", n == pc_line ? "=>" : "  ", n, text);
        answer_object(to, NULL);
        answer_number(to, "line", n);
        answer_string(to, "text", text);
        answer_bool(to, "current", n == pc_line);
        answer_close(to);
    }
    answer_close(to);
    source_close(&source);
    memcpy(mon->next_list_file, name, sizeof name);
    mon->next_list_line = n;
    return good;
}

/* ---- dis ------------------------------------------------------------------------------- */

struct listing {
    struct monitor *mon;
    struct answer *to;
    uint32_t cr3;
    uint32_t pc;          /* marked */
    bool code16;          /* how to decode */
    bool with_source;     /* /s */
    uint32_t function;    /* where the symbol that was named last begins */
    bool named;           /* one was */
    const char *file;     /* of the last line shown, NULL: none */
    unsigned line;        /* and the line */
    struct source source; /* file, opened */
    const char *opened;   /* the file that it is, NULL: none */
};

static void show_source(struct listing *l, uint32_t lin)
{
    const char *file, *text;
    unsigned line;
    if (!l->with_source || !symbols_line(l->mon->symbols, l->cr3, lin, &file, &line) ||
        (l->file == file && l->line == line))
        return;
    if (l->opened != file) {
        if (l->opened)
            source_close(&l->source);
        l->opened = source_open(&l->source, l->mon->symbols, l->cr3, file, NULL) ? file : NULL;
    }
    text = l->opened ? source_line(&l->source, line) : NULL;
    answer_text(l->to, "%s:%u  %s\n", file, line, text ? text : "");
    l->file = file;
    l->line = line;
}

static void show_function(struct listing *l, uint32_t lin)
{
    uint32_t offset, start;
    const char *name = symbols_name(l->mon->symbols, l->cr3, lin, &offset);
    if (!name)
        return;
    start = lin - offset;
    if (l->named && start == l->function)
        return;
    if (offset)
        answer_text(l->to, "%s+0x%x:\n", name, offset);
    else
        answer_text(l->to, "%s:\n", name);
    l->named = true;
    l->function = start;
}

/* Does the user stop here? */
static bool has_point(struct machine *m, uint32_t lin)
{
    for (const struct debug_point *p = debug_after(m, 0); p; p = debug_after(m, p->id)) {
        if (p->enabled && p->spec.kind == DEBUG_EXEC && p->spec.where != WHERE_PHYSICAL &&
            lin >= p->spec.first && lin <= p->spec.last)
            return true;
    }
    return false;
}

static void show_code(struct listing *l, const struct code *c)
{
    char where[16], bytes[40], name[200];
    const char *file;
    unsigned line;
    bool point = has_point(l->mon->machine, c->lin);
    code_address(c, where, sizeof where);
    code_bytes(c, 8, bytes, sizeof bytes);
    answer_text(l->to, "%s%c%s  %-24s %s\n", c->lin == l->pc ? "=>" : "  ", point ? '*' : ' ',
                where, bytes, c->text);
    answer_object(l->to, NULL);
    answer_number(l->to, "address", c->lin);
    code_bytes(c, INSN_MAX_LENGTH, bytes, sizeof bytes);
    answer_string(l->to, "bytes", bytes);
    answer_string(l->to, "text", c->text);
    answer_bool(l->to, "current", c->lin == l->pc);
    answer_bool(l->to, "point", point);
    if (symbols_text(l->mon->symbols, l->cr3, c->lin, name, sizeof name))
        answer_string(l->to, "symbol", name);
    if (symbols_line(l->mon->symbols, l->cr3, c->lin, &file, &line)) {
        answer_string(l->to, "file", file);
        answer_number(l->to, "line", line);
    }
    answer_close(l->to);
}

/* n instructions from *lin, not beyond last; *lin is left behind them. */
static void show_insns(struct listing *l, uint32_t *lin, uint32_t last, unsigned n)
{
    struct code c;
    answer_list(l->to, "instructions");
    while (n-- && *lin <= last) {
        bool readable = code_read(&c, l->mon->machine, l->mon->symbols, l->cr3, *lin, l->code16);
        show_function(l, *lin);
        show_source(l, *lin);
        show_code(l, &c);
        if (!readable || *lin + c.len <= *lin)
            break;
        *lin += c.len;
    }
    answer_close(l->to);
    if (l->opened)
        source_close(&l->source);
}

static bool run_dis(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    struct listing l = {.mon = mon,
                        .to = to,
                        .cr3 = present_cr3(mon),
                        .pc = debug_pc(mon->machine),
                        .code16 = debug_code16(mon->machine),
                        .with_source = line_keyword(line, "/s")};
    uint32_t lin = mon->repeating ? mon->next_dis : l.pc, first, last = UINT32_MAX;
    uint64_t n = DIS_INSNS;
    bool given = false;
    while (line_keyword(line, "/16") || line_keyword(line, "/32") || line_keyword(line, "/s")) {
        if (line->at[-1] == 's')
            l.with_source = true;
        else
            l.code16 = line->at[-1] == '6';
    }
    if (line_more(line)) {
        given = true;
        if (!line_address(line, "address", &first, err))
            return false;
        if (!mon->repeating)
            lin = first;
        if (*line->at == ',')
            line->at++;
    }
    bool counted = line_more(line);
    if (counted && !line_value(line, "number of instructions", &n, err))
        return false;
    if (!line_end(line, err))
        return false;
    if (n > MAX_INSNS)
        return error_set(err, "dis: at most %u instructions at a time", MAX_INSNS);
    /* A function by its name: all of it. */
    if (given && !counted && !mon->repeating &&
        symbols_extent(mon->symbols, l.cr3, lin, &first, &last) && first == lin)
        n = DIS_FUNCTION;
    else
        last = UINT32_MAX;
    show_insns(&l, &lin, last, (unsigned)n);
    mon->next_dis = lin;
    return true;
}

/* ---- bt -------------------------------------------------------------------------------- */

static bool run_bt(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const struct cpu *c = inspect_cpu(mon->machine);
    struct unwind_from from = {.eip = c->eip, .esp = c->gpr[ESP], .ebp = c->gpr[EBP]};
    bool moved = false;
    uint64_t most = BACKTRACE_FRAMES;
    while (line_more(line)) {
        bool good;
        if (line_keyword(line, "cr3"))
            good = from.cr3_given = line_address(line, "address space", &from.cr3, err);
        else if (line_keyword(line, "eip"))
            good = line_address(line, "EIP", &from.eip, err);
        else if (line_keyword(line, "esp"))
            good = line_address(line, "ESP", &from.esp, err);
        else if (line_keyword(line, "ebp"))
            good = line_address(line, "EBP", &from.ebp, err);
        else if (!line_value(line, "number of frames", &most, err))
            return false;
        else if (!most)
            return error_set(err, "bt: the number of frames must be at least 1");
        else
            continue;
        if (!good)
            return false;
        moved = true;
    }
    backtrace_answer(mon->machine, mon->symbols, moved ? &from : NULL,
                     most > UNWIND_FRAMES ? UNWIND_FRAMES : (unsigned)most, to);
    return true;
}

const struct command commands_source[] = {
    /* clang-format off */
    { "dis", "u disassemble", "[/s] [/16|/32] [ADDRESS] [N]", "instructions as text",
      "Without an address: from the next instruction; an empty line goes on. A function by its name alone:\n"
      "all of it. => is the next instruction, * a breakpoint. /s shows the source lines; /16 and /32\n"
      "decode as 16- or 32-bit code, whatever the processor does now.",
      "dis kmain\ndis /s $eip 5", "symbol", COMMAND_LOOK, true, run_dis },
    { "list", "l", "[LINE|FILE:LINE|ADDRESS|FUNCTION]", "source lines",
      "Ten lines around the place, without one around the next instruction; an empty line goes on.\n"
      "Source files are looked for where the compiler found them, beside the image and in the folders\n"
      "above it, and in the folders of `symbols source`.",
      "list kmain", "symbol", COMMAND_LOOK, true, run_list },
    { "bt", "backtrace where", "[N] [eip A] [esp A] [ebp A] [cr3 X]", "who called: frames, the innermost first",
      "By DWARF frame information, else by EBP, else by looking for return addresses on the stack, which\n"
      "is marked ?. Interrupts, exceptions and system calls are crossed. With registers: from there\n"
      "instead, as for a process that sleeps.",
      "bt", "register symbol", COMMAND_LOOK, false, run_bt },
    { "symbols", "sym file add-symbol-file", "[FILE [at ADDRESS] [cr3 X] | find TEXT | drop FILE | source FOLDER]",
      "read names and lines of an ELF file, or list what was read",
      "The kernel's own are read by themselves. With at: its lowest byte lies there. With cr3: it counts in\n"
      "that address space only. find lists the names that contain TEXT, drop forgets a file, source adds\n"
      "a folder in which source files are looked for.",
      "symbols find page\nsymbols build/roms/bin/sh.elf cr3 $cr3", "file", COMMAND_META, false,
      run_symbols },
    { .name = NULL },
    /* clang-format on */
};
