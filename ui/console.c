/* SPDX-License-Identifier: MIT */
/* console.c - see console.h. */
#include "ui/console.h"

#include "base/keymap.h"
#include "ui/canvas.h"
#include "ui/theme.h"

#include <stdio.h>
#include <string.h>

#define MARGIN 8
#define HEAD 24 /* the title */

static const char prompt_text[] = "(emu386) ";

/* ---- What was printed ---------------------------------------------------------------------- */

/* Room for n bytes: the oldest half goes, up to the end of a line. */
static void make_room(struct console *c, size_t n)
{
    const char *end;
    size_t drop;

    if (c->length + n <= CONSOLE_TEXT)
        return;
    drop = CONSOLE_TEXT / 2 < c->length ? CONSOLE_TEXT / 2 : c->length;
    end = memchr(c->text + drop, '\n', c->length - drop);
    if (end)
        drop = (size_t)(end - c->text) + 1;
    c->length -= drop;
    memmove(c->text, c->text + drop, c->length);
}

void console_print(struct console *c, const char *text, size_t n)
{
    while (n) {
        size_t part = n < CONSOLE_TEXT / 4 ? n : CONSOLE_TEXT / 4;

        make_room(c, part);
        memcpy(c->text + c->length, text, part);
        c->length += part;
        text += part;
        n -= part;
    }
    c->scroll = 0;
}

static void print(struct console *c, const char *text)
{
    console_print(c, text, strlen(text));
}

/* ---- The line ------------------------------------------------------------------------------ */

static void set_line(struct console *c, const char *text)
{
    snprintf(c->line, sizeof(c->line), "%s", text);
    c->len = c->cursor = strlen(c->line);
}

static void insert(struct console *c, char ch)
{
    if (c->len == CONSOLE_LINE)
        return;
    memmove(c->line + c->cursor + 1, c->line + c->cursor, c->len - c->cursor + 1);
    c->line[c->cursor++] = ch;
    c->len++;
}

static void erase(struct console *c, size_t from, size_t to)
{
    memmove(c->line + from, c->line + to, c->len - to + 1);
    c->len -= to - from;
    c->cursor = from;
}

static size_t word_before(const struct console *c)
{
    size_t at = c->cursor;

    while (at && c->line[at - 1] == ' ')
        at--;
    while (at && c->line[at - 1] != ' ')
        at--;
    return at;
}

static void enter(struct console *c)
{
    print(c, prompt_text);
    print(c, c->line);
    print(c, "\n");
    if (c->given_len + c->len + 1 <= CONSOLE_GIVEN) {
        memcpy(c->given + c->given_len, c->line, c->len);
        c->given_len += c->len + 1;
        c->given[c->given_len - 1] = '\n';
    }
    if (c->len &&
        (!c->entered || strcmp(c->history[(c->entered - 1) % CONSOLE_HISTORY], c->line) != 0))
        memcpy(c->history[c->entered++ % CONSOLE_HISTORY], c->line, sizeof(c->line));
    c->back = 0;
    set_line(c, "");
}

static void recall(struct console *c, int step)
{
    unsigned kept = c->entered < CONSOLE_HISTORY ? c->entered : CONSOLE_HISTORY;

    if (step > 0 ? c->back == kept : !c->back)
        return;
    c->back += (unsigned)step;
    set_line(c, c->back ? c->history[(c->entered - c->back) % CONSOLE_HISTORY] : "");
}

const char *console_take(struct console *c)
{
    const char *end = memchr(c->given, '\n', c->given_len);
    size_t n;

    if (!end)
        return NULL;
    n = (size_t)(end - c->given);
    memcpy(c->taken, c->given, n);
    c->taken[n] = 0;
    c->given_len -= n + 1;
    memmove(c->given, end + 1, c->given_len);
    return c->taken;
}

/* ---- Completion ---------------------------------------------------------------------------- */

struct candidates {
    struct console *console; /* for the list of them */
    char common[128];        /* what all of them begin with */
    unsigned count;          /* how many */
    bool list;               /* this time they are printed */
};

static void add_candidate(void *ctx, const char *word)
{
    struct candidates *all = ctx;
    size_t n = 0;

    if (all->list) {
        print(all->console, word);
        print(all->console, "  ");
        return;
    }
    if (!all->count++) {
        snprintf(all->common, sizeof(all->common), "%s", word);
        return;
    }
    while (all->common[n] && all->common[n] == word[n])
        n++;
    all->common[n] = 0;
}

static void complete(struct console *c)
{
    struct candidates all = {.console = c};
    size_t start = c->cursor, typed;

    if (!c->complete)
        return;
    c->complete(c->ctx, c->line, c->cursor, &start, add_candidate, &all);
    if (!all.count || start > c->cursor)
        return;
    typed = c->cursor - start;
    if (strlen(all.common) >= typed && strncmp(all.common, c->line + start, typed) == 0) {
        for (const char *rest = all.common + typed; *rest; rest++)
            insert(c, *rest);
    }
    if (all.count == 1) {
        insert(c, ' ');
    } else if (strlen(all.common) == typed) {
        all.list = true;
        print(c, prompt_text);
        print(c, c->line);
        print(c, "\n");
        c->complete(c->ctx, c->line, c->cursor, &start, add_candidate, &all);
        print(c, "\n");
    }
}

/* ---- Keys ---------------------------------------------------------------------------------- */

void console_type(struct console *c, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n' || *text == '\r')
            enter(c);
        else if (*text >= ' ' && *text <= '~')
            insert(c, *text);
    }
    c->scroll = 0;
}

static bool control_key(struct console *c, uint8_t key)
{
    switch ('a' + key - KEY_A) {
    case 'a': c->cursor = 0; return true;
    case 'e': c->cursor = c->len; return true;
    case 'u': erase(c, 0, c->cursor); return true;
    case 'k': erase(c, c->cursor, c->len); return true;
    case 'w': erase(c, word_before(c), c->cursor); return true;
    case 'c': set_line(c, ""); return true;
    case 'l': c->length = 0; return true;
    case 'p': recall(c, 1); return true;
    case 'n': recall(c, -1); return true;
    default: return false;
    }
}

void console_key(struct console *c, uint8_t key, unsigned mods)
{
    if ((mods & CONSOLE_CTRL) && control_key(c, key))
        return;
    switch (key) {
    case KEY_ENTER:
    case 0x58: enter(c); break; /* and that of the keypad */
    case KEY_BACKSPACE:
        if (c->cursor)
            erase(c, c->cursor - 1, c->cursor);
        break;
    case KEY_DELETE:
        if (c->cursor < c->len)
            erase(c, c->cursor, c->cursor + 1);
        break;
    case KEY_LEFT: c->cursor -= c->cursor > 0; break;
    case KEY_RIGHT: c->cursor += c->cursor < c->len; break;
    case KEY_HOME: c->cursor = 0; break;
    case KEY_END: c->cursor = c->len; break;
    case KEY_UP: recall(c, 1); break;
    case KEY_DOWN: recall(c, -1); break;
    case KEY_TAB: complete(c); break;
    case KEY_PAGE_UP: console_scroll(c, c->page - 1); return;
    case KEY_PAGE_DOWN: console_scroll(c, 1 - c->page); return;
    default: return;
    }
    c->scroll = 0;
}

void console_scroll(struct console *c, int rows)
{
    c->scroll += rows;
    if (c->scroll < 0)
        c->scroll = 0;
}

/* ---- The picture --------------------------------------------------------------------------- */

/* The oldest half of the rows is forgotten if there are too many. */
static int add_row(struct console *c, int rows, size_t at)
{
    if (rows == CONSOLE_ROWS) {
        rows = CONSOLE_ROWS / 2;
        memmove(c->row, c->row + CONSOLE_ROWS - rows, (size_t)rows * sizeof(c->row[0]));
    }
    c->row[rows] = (uint32_t)at;
    return rows + 1;
}

/* Where the rows begin when a row has so many columns: behind line feeds, and where a line is too long,
   behind its last blank if there is one. How many there are. */
static int find_rows(struct console *c, size_t columns)
{
    size_t start = 0, blank = 0; /* of this row; behind its last blank */
    int rows = c->length ? add_row(c, 0, 0) : 0;

    for (size_t at = 0; at < c->length; at++) {
        bool feed = at && c->text[at - 1] == '\n';

        if (feed || (at - start == columns && c->text[at] != '\n')) {
            start = feed || blank <= start ? at : blank;
            rows = add_row(c, rows, start);
        }
        if (c->text[at] == ' ')
            blank = at + 1;
    }
    return rows;
}

static void draw_row(struct console *c, struct canvas *to, int y, int row, int rows)
{
    size_t end = row + 1 < rows ? c->row[row + 1] : c->length;
    size_t prompt = sizeof(prompt_text) - 1;
    bool typed =
        end - c->row[row] > prompt && memcmp(c->text + c->row[row], prompt_text, prompt) == 0;
    char text[2] = "";
    int x = MARGIN;

    for (size_t at = c->row[row]; at < end && c->text[at] != '\n'; at++) {
        text[0] = c->text[at] >= ' ' && c->text[at] <= '~' ? c->text[at] : '?';
        x = canvas_text(to, x, y, typed ? THEME_DIM : THEME_TEXT, text);
    }
}

static void draw_line(const struct console *c, struct canvas *to, int y, int columns)
{
    int x = canvas_text(to, MARGIN, y, THEME_ACCENT, prompt_text);
    size_t room = (size_t)(columns - (int)sizeof(prompt_text)), first = 0;
    int cursor_x;

    if (c->cursor > room)
        first = c->cursor - room;
    cursor_x = x + (int)(c->cursor - first) * CANVAS_CHAR_W;
    canvas_fill(to, cursor_x, y, CANVAS_CHAR_W, CANVAS_CHAR_H, THEME_MARK);
    canvas_printf(to, x, y, THEME_TEXT, "%.*s", (int)room + 1, c->line + first);
}

void console_draw(struct console *c, struct canvas *to, bool prompt)
{
    int columns = (to->width - 2 * MARGIN) / CANVAS_CHAR_W;
    int visible = (to->height - HEAD - MARGIN) / CANVAS_CHAR_H - 1;
    int rows, first, y = HEAD + 2;
    static const char hint[] = "Esc lets the machine go on";

    canvas_shade(to, 0, 0, to->width, to->height, THEME_PANEL, 236);
    canvas_fill(to, 0, HEAD - 3, to->width, 1, THEME_EDGE);
    canvas_text(to, MARGIN, 3, THEME_ACCENT, "Monitor");
    canvas_text(to, to->width - MARGIN - (int)(sizeof(hint) - 1) * CANVAS_CHAR_W, 3, THEME_DIM,
                hint);
    if (columns < (int)sizeof(prompt_text) + 8 || visible < 1)
        return;
    c->page = visible;
    rows = find_rows(c, (size_t)columns);
    if (c->scroll > rows - visible)
        c->scroll = rows > visible ? rows - visible : 0;
    first = rows - visible - c->scroll;
    for (int row = first < 0 ? 0 : first; row < rows - c->scroll; row++, y += CANVAS_CHAR_H)
        draw_row(c, to, y, row, rows);
    if (prompt && !c->scroll)
        draw_line(c, to, y, columns);
}
