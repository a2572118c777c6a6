/* SPDX-License-Identifier: MIT */
/*
 * commands_change.c - commands that change the guest: registers and memory, events from outside, keys,
 * snapshots.
 */
#include "monitor/command.h"

#include "base/keymap.h"
#include "machine/debug.h"
#include "machine/inject.h"
#include "monitor/answer.h"
#include "monitor/events.h"
#include "monitor/expr.h"
#include "monitor/line.h"
#include "monitor/session.h"
#include "monitor/snapshot.h"
#include "monitor/stop.h"
#include "monitor/wait.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- set ------------------------------------------------------------------------------- */

static bool set_variable(struct monitor *mon, const char *name, uint64_t value, struct error *err)
{
    struct variable *v = mon->variables;

    while (v && strcmp(v->name, name) != 0)
        v = v->next;
    if (!v) {
        v = calloc(1, sizeof *v);
        if (!v)
            return error_set(err, "no memory for $%s", name);
        snprintf(v->name, sizeof v->name, "%s", name);
        v->next = mon->variables;
        mon->variables = v;
    }
    v->value = value;
    return true;
}

static bool set_part(struct monitor *mon, const struct expr *e, uint64_t value, struct error *err)
{
    uint64_t mask = ((UINT64_C(1) << 8 * e->size) - 1) << e->shift;
    uint64_t whole = debug_reg_get(mon->machine, e->reg);

    return debug_reg_set(mon->machine, e->reg, (whole & ~mask) | (value << e->shift & mask), err);
}

/* Negative numbers are good for any size. */
static bool fits(uint64_t value, unsigned size)
{
    int64_t high = size < 8 ? (int64_t)value >> (8 * size - 1) : 0;

    return high >= -1 && high <= 1;
}

static bool store(struct monitor *mon, enum debug_space space, uint32_t addr, unsigned size,
                  uint64_t value, struct error *err)
{
    uint8_t bytes[8];

    if (!fits(value, size))
        return error_set(err, "%#" PRIx64 " does not fit into %u bytes", value, size);
    for (unsigned i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    if (debug_poke(mon->machine, space, addr, bytes, size) == size)
        return true;
    return error_set(err, "cannot write at %08x: %s", addr,
                     space == SPACE_PHYS ? "neither RAM nor ROM is there"
                                         : "not mapped, or neither RAM nor ROM is there");
}

static bool assign(struct monitor *mon, struct line *line, const char *at, const struct expr *e,
                   uint64_t value, struct error *err)
{
    switch (e->kind) {
    case EXPR_REGISTER: return debug_reg_set(mon->machine, e->reg, value, err);
    case EXPR_PART: return set_part(mon, e, value, err);
    case EXPR_MEMORY: return store(mon, e->space, e->addr, e->size, value, err);
    case EXPR_SYMBOL: return store(mon, SPACE_LINEAR, e->addr, 4, value, err);
    case EXPR_VARIABLE: return set_variable(mon, e->name, value, err);
    case EXPR_VALUE: break;
    }
    return line_error(line, at, err, "this cannot be set; a register, memory (*A) or $name can");
}

static bool run_set(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    const char *at;
    struct expr e;
    uint64_t value;

    (void)line_keyword(line, "var"); /* gdb's word */
    (void)line_more(line);
    at = line->at;
    if (!expr_parse(line, "register or place", &e, err))
        return false;
    if (!line_more(line) || *line->at != '=')
        return line_error(line, line->at, err, "= is missing: set eax = 5");
    line->at++;
    if (!line_value(line, "value", &value, err) || !line_end(line, err))
        return false;
    answer_number(to, "value", value);
    return assign(mon, line, at, &e, value, err);
}

static bool run_poke(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    enum debug_space space = SPACE_LINEAR;
    unsigned size = 4, n = 0;
    uint32_t addr;

    if (*line->at == '/') {
        static const char letters[] = "bhwg";
        const char *letter = line->at[1] ? strchr(letters, line->at[1]) : NULL;

        if (!letter || (line->at[2] && line->at[2] != ' '))
            return line_error(line, line->at + 1, err, "the size is b, h, w or g: 1, 2, 4, 8");
        size = 1u << (letter - letters);
        line->at += 2;
    }
    if (line_keyword(line, "-p"))
        space = SPACE_PHYS;
    if (!line_address(line, "address", &addr, err))
        return false;
    do {
        uint64_t value;

        (void)line_keyword(line, ",");
        if (!line_value(line, "value", &value, err) ||
            !store(mon, space, addr + n * size, size, value, err))
            return false;
        n++;
    } while (line_more(line));
    answer_number(to, "address", addr);
    answer_number(to, "bytes", (uint64_t)n * size);
    return true;
}

/* ---- inject, reset --------------------------------------------------------------------- */

static bool inject_exc(struct monitor *mon, struct line *line, struct error *err)
{
    uint32_t vector, code = 0;

    if (!event_vector(line, &vector, err) ||
        (line_more(line) && !line_address(line, "error code", &code, err)) || !line_end(line, err))
        return false;
    return inject_exception(mon->machine, vector, code, err);
}

static bool run_inject(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    uint32_t n;

    if (line_keyword(line, "exc"))
        return inject_exc(mon, line, err);
    if (line_keyword(line, "irq"))
        return line_address(line, "line", &n, err) && line_end(line, err) &&
               inject_irq(mon->machine, n, err);
    if (line_keyword(line, "vector"))
        return line_address(line, "vector", &n, err) && line_end(line, err) &&
               inject_vector(mon->machine, n, err);
    if (!line_keyword(line, "nmi"))
        return line_error(line, line->at, err, "exc V [CODE], irq N, vector V or nmi");
    if (!line_end(line, err))
        return false;
    inject_nmi(mon->machine);
    return true;
}

static bool run_reset(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    if (!line_end(line, err))
        return false;
    debug_step_cancel(mon->machine);
    inject_reset(mon->machine);
    stop_place(mon, to);
    return true;
}

/* ---- Files ----------------------------------------------------------------------------- */

static bool load_bytes(struct monitor *mon, FILE *f, const char *name, enum debug_space space,
                       uint32_t addr, uint64_t *total, struct error *err)
{
    uint8_t bytes[4096];
    size_t n;

    *total = 0;
    while ((n = fread(bytes, 1, sizeof bytes, f)) > 0) {
        size_t done = *total + n > UINT64_C(0x100000000) - addr
                          ? 0
                          : debug_poke(mon->machine, space, addr + (uint32_t)*total, bytes, n);

        *total += done;
        if (done != n)
            return error_set(err,
                             "%s: there is no memory behind %08x; %" PRIu64 " bytes are loaded",
                             name, addr + (uint32_t)*total, *total);
    }
    return !ferror(f) || error_set(err, "%s: cannot read: %s", name, strerror(errno));
}

static bool run_load(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    enum debug_space space = SPACE_LINEAR;
    char name[1024];
    uint64_t total;
    uint32_t addr;
    FILE *f;
    bool ok;

    if (!line_word(line, "file", name, sizeof name, err))
        return false;
    (void)line_keyword(line, "at");
    if (line_keyword(line, "-p"))
        space = SPACE_PHYS;
    if (!line_address(line, "address", &addr, err) || !line_end(line, err))
        return false;
    f = fopen(name, "re");
    if (!f)
        return error_set(err, "%s: cannot read: %s", name, strerror(errno));
    ok = load_bytes(mon, f, name, space, addr, &total, err);
    fclose(f);
    answer_text(to, "%" PRIu64 " bytes at %08x\n", total, addr);
    answer_number(to, "address", addr);
    answer_number(to, "bytes", total);
    return ok;
}

static bool take_file(struct line *line, char *name, size_t n, struct error *err)
{
    return line_word(line, "file", name, n, err) && line_end(line, err);
}

static bool run_save(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char name[1024];

    if (!take_file(line, name, sizeof name, err) || !snapshot_save(mon->machine, name, err))
        return false;
    answer_text(to, "saved to %s\n", name);
    answer_string(to, "file", name);
    return true;
}

static bool run_restore(struct monitor *mon, struct line *line, struct answer *to,
                        struct error *err)
{
    char name[1024];

    if (!take_file(line, name, sizeof name, err))
        return false;
    debug_step_cancel(mon->machine);
    if (!snapshot_restore(mon->machine, name, err))
        return false;
    answer_string(to, "file", name);
    stop_place(mon, to);
    return true;
}

static bool run_screenshot(struct monitor *mon, struct line *line, struct answer *to,
                           struct error *err)
{
    enum monitor_picture what = PICTURE_DIRECTORY;
    char name[1024];
    uint32_t base = 0;
    bool mmu;

    if (!line_word(line, "file", name, sizeof name, err))
        return false;
    mmu = line_keyword(line, "--mmu");
    if (mmu && line_keyword(line, "frames"))
        what = PICTURE_FRAMES;
    else if (mmu && line_keyword(line, "table"))
        what = PICTURE_TABLE;
    if ((what == PICTURE_TABLE && !line_address(line, "address", &base, err)) ||
        !line_end(line, err))
        return false;
    if (!mon->host.screenshot || !mon->host.picture)
        return error_set(err, "screenshot: nobody here can write pictures");
    if (mmu) {
        answer_string(to, "file", name);
        return mon->host.picture(mon->host.ctx, mon->machine, what, base, name, err);
    }
    answer_string(to, "file", name);
    return mon->host.screenshot(mon->host.ctx, mon->machine, name, err);
}

/* ---- Keys ------------------------------------------------------------------------------ */

/* Enter on a terminal sends a carriage return. */
static unsigned serial_events(uint8_t c, uint8_t port, struct input *events)
{
    events[0] = (struct input){.kind = INPUT_SERIAL, .byte = c == '\n' ? '\r' : c, .port = port};
    return 1;
}

/* Where to type: at a serial line, or at the keyboard. */
static bool take_place(struct line *line, bool *serial, uint8_t *port, struct error *err)
{
    *port = line_keyword(line, "serial2") || line_keyword(line, "com2");
    *serial = *port || line_keyword(line, "serial") || line_keyword(line, "com1");
    return *serial || line_keyword(line, "keyboard") ||
           error_set(err, "type: on keyboard, on serial or on serial2 would be right");
}

static bool run_type(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char text[MONITOR_LINE];
    bool serial = false;
    uint8_t port = 0;

    if (!line_word(line, "text", text, sizeof text, err))
        return false;
    if (line_keyword(line, "on") && !take_place(line, &serial, &port, err))
        return false;
    if (!line_end(line, err))
        return false;
    for (const char *s = text; *s; s++) {
        struct input events[KEYMAP_EVENTS];
        struct keymap_stroke stroke;
        unsigned n;

        if (!serial && !keymap_ascii((uint8_t)*s, &stroke))
            return error_set(err, "type: no key types the character \\x%02x", (uint8_t)*s);
        n = serial ? serial_events((uint8_t)*s, port, events) : keymap_events(stroke, events);
        if (!wait_keys(mon, events, n))
            return error_set(err, "type: too much waits to be typed; let the machine run");
    }
    answer_string(to, "text", text);
    return true;
}

#define MAX_KEYS 8

/* "ctrl-alt-del": pressed in this order, released in the other. */
static bool press(struct monitor *mon, const char *names, struct error *err)
{
    struct input events[2 * MAX_KEYS];
    uint8_t keys[MAX_KEYS];
    unsigned n = 0;

    for (const char *at = names; *at;) {
        size_t len = 1 + strcspn(at + 1, "-"); /* a minus alone is a key */

        if (n == MAX_KEYS)
            return error_set(err, "key %s: at most %d at once", names, MAX_KEYS);
        if (!keymap_key(at, len, &keys[n]))
            return error_set(err, "key: there is no key '%.*s'; help key lists the names", (int)len,
                             at);
        n++;
        at += len;
        at += *at == '-';
    }
    for (unsigned i = 0; i < n; i++) {
        events[i] = (struct input){.kind = INPUT_KEY, .key = keys[i], .down = true};
        events[2 * n - 1 - i] = (struct input){.kind = INPUT_KEY, .key = keys[i]};
    }
    return wait_keys(mon, events, 2 * n) ||
           error_set(err, "key: too much waits to be typed; let the machine run");
}

static bool run_key(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char names[128];

    do {
        if (!line_word(line, "key", names, sizeof names, err) || !press(mon, names, err))
            return false;
    } while (line_more(line));
    return true;
}

/* A number of counts, with its sign. */
static bool counts(struct line *line, const char *what, int16_t *value, struct error *err)
{
    char word[16], *end;
    long v;

    if (!line_word(line, what, word, sizeof word, err))
        return false;
    v = strtol(word, &end, 10);
    if (end == word || *end || v < -32767 || v > 32767)
        return error_set(err, "mouse: %s is a number from -32767 to 32767, not '%s'", what, word);
    *value = (int16_t)v;
    return true;
}

static bool run_mouse(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } buttons[] = {{"left", INPUT_LEFT}, {"right", INPUT_RIGHT}, {"middle", INPUT_MIDDLE}};
    struct input event = {.kind = INPUT_MOUSE};
    unsigned i = 0;

    (void)to;
    if (!counts(line, "DX", &event.dx, err) || !counts(line, "DY", &event.dy, err) ||
        (line_keyword(line, "wheel") && !counts(line, "wheel", &event.dz, err)))
        return false;
    while (i < ARRAY_LEN(buttons)) { /* in any order */
        bool named = line_keyword(line, buttons[i].name);

        event.buttons |= named ? buttons[i].bit : 0;
        i = named ? 0 : i + 1;
    }
    if (!line_end(line, err))
        return false;
    return wait_keys(mon, &event, 1) ||
           error_set(err, "mouse: too much waits to be typed; let the machine run");
}

const struct command commands_change[] = {
    /* clang-format off */
    { "set", NULL, "PLACE = EXPR", "change a register, memory, or a variable of your own",
      "PLACE is a register ($eax, al, cs, cr3: with the checks of the processor), memory (*A, byte [A],\n"
      "a symbol: its 4 bytes), or $name.",
      "set eax = 5\nset *ticks = 0\nset $n = $esp + 8", "register symbol", COMMAND_CHANGE, false, run_set },
    { "poke", NULL, "[/b|h|w|g] [-p] A VALUE ...", "write memory; -p: physical",
      "Rights are ignored, ROM can be written, decoded code is forgotten. 4 bytes each without /.",
      "poke/b -p 0x1000 'A' 0x1f", "symbol", COMMAND_CHANGE, false, run_poke },
    { "inject", NULL, "exc V [CODE] | irq N | vector V | nmi", "an event from outside",
      "An exception is delivered at the present instruction. A request stays until it is taken: irq N goes\n"
      "by the pin of the I/O APIC if that is open (16-23: only there), else by the 8259s; vector V is a\n"
      "message to the local APIC.",
      "inject irq 1\ninject exc gp 0", "exc irq vector nmi", COMMAND_CHANGE, false, run_inject },
    { "load", NULL, "FILE at [-p] A", "the bytes of a file into memory", NULL,
      "load data.bin at -p 0x200000", "file", COMMAND_CHANGE, false, run_load },
    { "save", NULL, "FILE", "the whole machine into a file",
      "Written whole or not at all. What type and key have not typed yet is the session's and not in it:\n"
      "wait for what it brings about before.", "save now.e386", "file", COMMAND_CHANGE, false, run_save },
    { "restore", NULL, "FILE", "the whole machine from a file",
      "Of a machine with the same memory, --cpu and --speed. Points stay.", "restore now.e386", "file",
      COMMAND_CHANGE, false, run_restore },
    { "reset", NULL, "", "press the reset button", "The image starts again.", "reset", NULL,
      COMMAND_CHANGE, false, run_reset },
    { "type", NULL, "\"TEXT\" [on keyboard|serial|serial2]", "type at the guest's keyboard or a serial line",
      "A US keyboard; \\n is Enter. The keys go down while the machine runs. On a serial line (serial\n"
      "or com1, serial2 or com2) the bytes go there as the guest takes them.",
      "type \"ls -l\\n\"\ntype \"root\\n\" on serial", "on keyboard serial serial2 com1 com2", COMMAND_CHANGE, false, run_type },
    { "key", "sendkey", "KEY[-KEY ...] ...", "press keys together, one group after the other",
      "A key is a character, or enter esc tab space backspace del ins home end pgup pgdn up down left\n"
      "right minus f1-f12 caps num scroll print pause menu ctrl shift alt gui rctrl rshift ralt rgui.",
      "key ctrl-alt-del\nkey f1 enter", "ctrl alt shift enter esc tab space backspace del f1",
      COMMAND_CHANGE, false, run_key },
    { "mouse", NULL, "DX DY [wheel N] [left] [right] [middle]", "move the mouse, hold its buttons",
      "DX to the right and DY down, in the mouse's counts; a wheel turned away is negative. The buttons\n"
      "that are named are held from now on, the others are not.",
      "mouse 10 -5\nmouse 0 0 left\nmouse 0 0", "wheel left right middle", COMMAND_CHANGE, false, run_mouse },
    { "screenshot", NULL, "FILE [--mmu [frames | table VA]]", "the guest's screen, or the MMU view, as a PNG file",
      "--mmu: the page directory as a grid; with table VA the page table of those 4 MiB, with frames the "
      "frames of RAM by who uses them.", "screenshot now.png\nscreenshot directory.png --mmu", "file",
      COMMAND_LOOK, false, run_screenshot },
    { .name = NULL },
    /* clang-format on */
};
