/* SPDX-License-Identifier: MIT */
/*
 * Checks the monitor's prompt in the window (ui/console.c): editing, history, completion, what happens to
 * more text than it keeps, and that nothing is drawn outside of the canvas. And the text screen's
 * selection (ui/select.c).
 */
#include "ui/console.h"
#include "base/keymap.h"
#include "base/screen.h"
#include "machine/machine.h"
#include "tests/report.h"
#include "ui/canvas.h"
#include "ui/select.h"

#include <stdlib.h>
#include <string.h>

static struct console c;

static void keys(const char *letters, unsigned mods)
{
    for (; *letters; letters++)
        console_key(&c, (uint8_t)(KEY_A + *letters - 'a'), mods);
}

static void check_line(const char *wanted)
{
    CHECK(strcmp(c.line, wanted) == 0, "the line is '%s', not '%s'", c.line, wanted);
}

static void check_editing(void)
{
    console_type(&c, "break at");
    console_key(&c, KEY_LEFT, 0);
    console_key(&c, KEY_BACKSPACE, 0);
    check_line("break t");
    console_key(&c, KEY_DELETE, 0);
    check_line("break ");
    console_key(&c, KEY_HOME, 0);
    console_type(&c, "x \x01\xc3\xa9");
    check_line("x break ");
    keys("e", CONSOLE_CTRL);
    keys("w", CONSOLE_CTRL);
    check_line("x ");
    console_type(&c, "info");
    keys("a", CONSOLE_CTRL);
    console_key(&c, KEY_RIGHT, 0);
    keys("k", CONSOLE_CTRL);
    check_line("x");
    keys("u", CONSOLE_CTRL);
    check_line("");
    console_key(&c, KEY_BACKSPACE, 0);
    console_key(&c, KEY_LEFT, 0);
    console_key(&c, KEY_DELETE, 0);
    check_line("");
    for (unsigned n = 0; n < 2 * CONSOLE_LINE; n++)
        console_type(&c, "y");
    CHECK(strlen(c.line) == CONSOLE_LINE, "a line has an end: %zu", strlen(c.line));
    keys("c", CONSOLE_CTRL);
    check_line("");
}

static void check_history(void)
{
    const char *line;

    CHECK(!console_take(&c), "nothing was entered");
    console_type(&c, "first\n");
    line = console_take(&c);
    CHECK(line && strcmp(line, "first") == 0, "a line is entered");
    CHECK(!console_take(&c), "once");
    console_type(&c, "one\ntwo\n");
    line = console_take(&c);
    CHECK(line && strcmp(line, "one") == 0, "pasted lines come one");
    line = console_take(&c);
    CHECK(line && strcmp(line, "two") == 0, "after the other");
    CHECK(!console_take(&c), "and that was all");
    for (unsigned n = 0; n < CONSOLE_GIVEN; n++)
        console_type(&c, "much\n");
    CHECK(c.given_len <= CONSOLE_GIVEN, "there is an end to it");
    while (console_take(&c))
        ;
    console_type(&c, "first\nsecond");
    console_key(&c, KEY_ENTER, 0);
    console_type(&c, "second\n");
    console_key(&c, KEY_UP, 0);
    check_line("second");
    console_key(&c, KEY_UP, 0);
    check_line("first");
    console_key(&c, KEY_UP, 0);
    check_line("much");
    console_key(&c, KEY_DOWN, 0);
    console_key(&c, KEY_DOWN, 0);
    console_key(&c, KEY_DOWN, 0);
    check_line("");
    for (unsigned n = 0; n < 3 * CONSOLE_HISTORY; n++) {
        console_type(&c, n & 1 ? "odd" : "even");
        console_key(&c, KEY_ENTER, 0);
    }
    for (unsigned n = 0; n < 3 * CONSOLE_HISTORY; n++)
        console_key(&c, KEY_UP, 0);
    check_line("even");
    keys("u", CONSOLE_CTRL);
    for (unsigned n = 0; n < 3 * CONSOLE_HISTORY; n++)
        console_key(&c, KEY_DOWN, 0);
    check_line("");
}

static void three_words(void *ctx, const char *line, size_t at, size_t *start,
                        void (*add)(void *add_ctx, const char *word), void *add_ctx)
{
    static const char *const words[] = {"step", "stepi", "stack"};

    (void)ctx;
    *start = at;
    while (*start && line[*start - 1] != ' ')
        --*start;
    for (size_t n = 0; n < ARRAY_LEN(words); n++)
        if (strncmp(words[n], line + *start, at - *start) == 0)
            add(add_ctx, words[n]);
}

static void check_completion(void)
{
    size_t printed;

    console_key(&c, KEY_TAB, 0);
    check_line("");
    c.complete = three_words;
    console_type(&c, "help s");
    console_key(&c, KEY_TAB, 0);
    check_line("help st");
    printed = c.length;
    console_key(&c, KEY_TAB, 0);
    check_line("help st");
    CHECK(c.length > printed, "what there is to choose from is listed");
    console_type(&c, "a");
    console_key(&c, KEY_TAB, 0);
    check_line("help stack ");
    console_type(&c, "zz");
    console_key(&c, KEY_TAB, 0);
    check_line("help stack zz");
    keys("u", CONSOLE_CTRL);
}

/* Draws on a canvas with a margin around it that must stay as it is. */
static void check_drawing(int width, int height)
{
    enum { ROOM = 800 * 500, EDGE = 4000 };
    uint32_t *pixels = malloc((ROOM + 2 * EDGE) * sizeof(*pixels));
    struct canvas to = {
        .pixels = pixels + EDGE, .width = width, .height = height, .font = machine_font()};
    unsigned outside = 0, used = 0;

    for (int n = 0; n < ROOM + 2 * EDGE; n++)
        pixels[n] = 0x123456;
    console_draw(&c, &to, true);
    for (int n = 0; n < ROOM + 2 * EDGE; n++) {
        bool inside = n >= EDGE && n < EDGE + width * height;

        outside += !inside && pixels[n] != 0x123456;
        used += inside && pixels[n] != 0x123456;
    }
    CHECK(!outside, "%dx%d: %u pixels outside", width, height, outside);
    CHECK(used || !width || !height, "%dx%d: something is there", width, height);
    free(pixels);
}

static void check_much(void)
{
    static char text[3 * CONSOLE_TEXT];

    for (size_t n = 0; n < sizeof(text); n++)
        text[n] = n % 3 ? 'a' : '\n';
    console_print(&c, text, sizeof(text));
    CHECK(c.length <= CONSOLE_TEXT && c.length > CONSOLE_TEXT / 4, "%zu bytes are kept", c.length);
    CHECK(c.text[c.length - 1] == text[sizeof(text) - 1], "the last ones");
    check_drawing(720, 400);
    console_key(&c, KEY_PAGE_UP, 0);
    CHECK(c.scroll > 0, "one can page back");
    check_drawing(720, 400);
    console_scroll(&c, 1000000);
    check_drawing(720, 400);
    CHECK(c.scroll < CONSOLE_ROWS, "but not beyond what there is: %d", c.scroll);
    console_scroll(&c, -1000000);
    CHECK(c.scroll == 0, "and to the end");
    memset(text, 'x', sizeof(text));
    console_print(&c, text, sizeof(text));
    check_drawing(720, 400);
    check_drawing(100, 40);
    check_drawing(1, 1);
}

/* Lines that are too long are broken behind a blank, words that are, anywhere. */
static void check_wrapping(void)
{
    static const char text[] = "four words, three rows of it\n0123456789abcdefghijklm\n\nend\n";
    static const uint32_t wanted[] = {0, 18, 29, 49, 53, 54}; /* 20 columns */

    keys("l", CONSOLE_CTRL);
    console_print(&c, text, sizeof(text) - 1);
    check_drawing(20 * 8 + 16 + 7, 200);
    for (size_t n = 0; n < ARRAY_LEN(wanted); n++)
        CHECK(c.row[n] == wanted[n], "row %zu begins at %u, not %u", n, c.row[n], wanted[n]);
}

static void put(struct screen *s, unsigned row, const char *text)
{
    for (unsigned n = 0; text[n]; n++)
        s->cells[row * s->cols + n].ch = (uint8_t)text[n];
}

static void check_text(const struct select *sel, const struct screen *s, const char *wanted)
{
    char *text = select_text(sel, s);

    CHECK(text && strcmp(text, wanted) == 0, "selected '%s', not '%s'", text ? text : "", wanted);
    free(text);
}

static void check_selection(void)
{
    static struct screen s = {.kind = SCREEN_TEXT,
                              .cols = 20,
                              .rows = 3,
                              .cell_w = 9,
                              .cell_h = 16,
                              .scale_x = 2,
                              .scale_y = 1};
    struct select sel = {true, 2, 0, 4, 1};
    unsigned col, row;

    for (unsigned n = 0; n < s.rows; n++)
        s.row[n] = (struct screen_row){.y = (uint16_t)(16 * n), .lines = 16};
    put(&s, 0, "one two");
    put(&s, 1, "\xc9\xcd\xbb \x81");
    put(&s, 2, "end");
    check_text(&sel, &s, "e two\n╔═╗ ü");
    sel = (struct select){true, 4, 1, 2, 0};
    check_text(&sel, &s, "e two\n╔═╗ ü");
    sel = (struct select){true, 0, 0, 19, 2};
    check_text(&sel, &s, "one two\n╔═╗ ü\nend");
    sel = (struct select){true, 4, 0, 4, 0};
    select_word(&sel, &s);
    check_text(&sel, &s, "two");
    sel = (struct select){true, 10, 2, 10, 2};
    select_line(&sel, &s);
    check_text(&sel, &s, "end");
    sel.active = false;
    check_text(&sel, &s, "");
    CHECK(select_cell(&s, 37, 17, &col, &row) && col == 2 && row == 1, "cell %u,%u", col, row);
    CHECK(select_cell(&s, 100000, 100000, &col, &row) && col == 19 && row == 2, "the last cell");
    CHECK(select_cell(&s, -5, -5, &col, &row) && col == 0 && row == 0, "the first cell");
    s.kind = SCREEN_GRAPHICS;
    CHECK(!select_cell(&s, 0, 0, &col, &row), "graphics have no text");
}

int main(void)
{
    check_editing();
    check_history();
    check_completion();
    check_much();
    check_wrapping();
    check_selection();
    return report_end();
}
