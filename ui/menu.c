/* SPDX-License-Identifier: MIT */
/* menu.c - see menu.h. */
#include "ui/menu.h"

#include "base/keymap.h"
#include "ui/canvas.h"
#include "ui/theme.h"

#include <stdio.h>
#include <string.h>

#define ROW 20      /* height of an item */
#define HEAD 30     /* of the title */
#define WIDTH 400   /* of the whole */
#define MARGIN 14   /* left and right of the text */
#define SEPARATOR 7 /* between groups */
#define NO_KEY 0

static const struct row {
    const char *text;   /* what it does */
    const char *hotkey; /* does it without the menu */
    uint8_t key;        /* does it in the menu */
    bool apart;         /* a line above it */
} rows[MENU_ITEMS] = {
    /* clang-format off */
    [MENU_PAUSE]   = {"Pause",             "Ctrl-Alt-P",   KEY_F1,      false},
    [MENU_MONITOR] = {"Monitor",           "Ctrl-Alt-D",   KEY_F1 + 1,  false},
    [MENU_SHOT]    = {"Screenshot",        "Ctrl-Alt-S",   KEY_F1 + 2,  false},
    [MENU_SPEED]   = {"Speed",             "",             KEY_F1 + 3,  false},
    [MENU_FULL]    = {"Full screen",       "Ctrl-Alt-F",   KEY_F1 + 4,  true},
    [MENU_SMOOTH]  = {"Smooth, 4:3",       "",             KEY_F1 + 5,  false},
    [MENU_STATUS]  = {"Status line",       "",             KEY_F1 + 6,  false},
    [MENU_VIEW]    = {"MMU view",          "Ctrl-Alt-M",   KEY_F1 + 7,  false},
    [MENU_GRAB]    = {"Mouse for guest",   "Ctrl-Alt-G",   KEY_F1 + 8,  true},
    [MENU_PASTE]   = {"Type clipboard",    "Ctrl-Shift-V", KEY_F1 + 9,  false},
    [MENU_CAD]     = {"Send Ctrl-Alt-Del", "",             KEY_F1 + 10, false},
    [MENU_RESET]   = {"Reset",             "",             KEY_F1 + 11, true},
    [MENU_POWER]   = {"Power button",      "",             NO_KEY,      false},
    [MENU_LEAVE]   = {"Quit emu386",       "Ctrl-Alt-Q",   NO_KEY,      false},
    /* clang-format on */
};

static int height(void)
{
    int h = HEAD + MARGIN / 2;

    for (int n = 0; n < MENU_ITEMS; n++)
        h += ROW + (rows[n].apart ? SEPARATOR : 0);
    return h;
}

/* Top of an item, from the top of the menu. */
static int item_top(int item)
{
    int y = HEAD;

    for (int n = 0; n <= item; n++)
        y += (n < item ? ROW : 0) + (rows[n].apart ? SEPARATOR : 0);
    return y;
}

static bool can(const struct menu_state *s, int item)
{
    return item == MENU_MONITOR ? s->monitor : item == MENU_POWER ? s->power : true;
}

void menu_open(struct menu *m)
{
    m->open = true;
    m->drawn = false;
    m->at = 0;
}

/* The speed can be changed on and on; everything else is done with a choice. */
static enum menu_choice choose(struct menu *m, const struct menu_state *s, int item)
{
    m->at = item;
    if (!can(s, item))
        return MENU_NONE;
    if (item == MENU_SPEED)
        return MENU_FASTER;
    m->open = false;
    return (enum menu_choice)item;
}

enum menu_choice menu_key(struct menu *m, const struct menu_state *s, uint8_t key)
{
    switch (key) {
    case KEY_ESCAPE: m->open = false; return MENU_CLOSED;
    case KEY_UP: m->at = (m->at + MENU_ITEMS - 1) % MENU_ITEMS; return MENU_NONE;
    case KEY_DOWN: m->at = (m->at + 1) % MENU_ITEMS; return MENU_NONE;
    case KEY_HOME: m->at = 0; return MENU_NONE;
    case KEY_END: m->at = MENU_ITEMS - 1; return MENU_NONE;
    case KEY_LEFT: return m->at == MENU_SPEED ? MENU_SLOWER : MENU_NONE;
    case KEY_RIGHT: return m->at == MENU_SPEED ? MENU_FASTER : MENU_NONE;
    case KEY_ENTER:
    case KEY_SPACE: return choose(m, s, m->at);
    default: break;
    }
    for (int n = 0; n < MENU_ITEMS; n++)
        if (rows[n].key != NO_KEY && rows[n].key == key)
            return choose(m, s, n);
    return MENU_NONE;
}

static bool inside(const struct menu *m, int x, int y)
{
    return m->drawn && x >= m->left && x < m->left + WIDTH && y >= m->top && y < m->top + height();
}

static int item_at(const struct menu *m, int x, int y)
{
    for (int n = 0; n < MENU_ITEMS && inside(m, x, y); n++)
        if (y >= m->top + item_top(n) && y < m->top + item_top(n) + ROW)
            return n;
    return MENU_NONE;
}

bool menu_point(struct menu *m, int x, int y)
{
    int item = item_at(m, x, y);

    if (item == MENU_NONE || item == m->at)
        return false;
    m->at = item;
    return true;
}

enum menu_choice menu_click(struct menu *m, const struct menu_state *s, int x, int y)
{
    int item = item_at(m, x, y);

    if (item != MENU_NONE)
        return choose(m, s, item);
    if (inside(m, x, y))
        return MENU_NONE;
    m->open = false;
    return MENU_CLOSED;
}

static void value_text(const struct menu_state *s, int item, char *text, size_t n)
{
    const bool *on = item == MENU_FULL     ? &s->full
                     : item == MENU_SMOOTH ? &s->smooth
                     : item == MENU_STATUS ? &s->status
                     : item == MENU_VIEW   ? &s->view
                     : item == MENU_GRAB   ? &s->grab
                                           : NULL;

    text[0] = 0;
    if (on)
        snprintf(text, n, "%s", *on ? "on" : "");
    else if (item == MENU_SPEED && s->speed)
        snprintf(text, n, "\x11 %u %% \x10", s->speed); /* between two arrows */
    else if (item == MENU_SPEED)
        snprintf(text, n, "\x11 unlimited \x10");
}

static void draw_item(const struct menu *m, const struct menu_state *s, struct canvas *c, int item)
{
    const struct row *r = &rows[item];
    int y = m->top + item_top(item), x = m->left + MARGIN;
    uint32_t color = can(s, item) ? THEME_TEXT : THEME_OFF;
    const char *text = item == MENU_PAUSE && s->paused ? "Continue" : r->text;
    char key[8] = "", value[32];

    if (r->apart)
        canvas_fill(c, m->left + 1, y - SEPARATOR / 2 - 1, WIDTH - 2, 1, THEME_EDGE);
    if (m->at == item)
        canvas_fill(c, m->left + 4, y, WIDTH - 8, ROW, THEME_MARK);
    if (r->key != NO_KEY)
        snprintf(key, sizeof(key), "F%d", r->key - KEY_F1 + 1);
    canvas_text(c, x, y + 2, can(s, item) ? THEME_ACCENT : THEME_OFF, key);
    x = canvas_text(c, x + 5 * CANVAS_CHAR_W, y + 2, color, text);
    value_text(s, item, value, sizeof(value));
    canvas_text(c, x + 2 * CANVAS_CHAR_W, y + 2, THEME_GOOD, value);
    canvas_text(c, m->left + WIDTH - MARGIN - (int)strlen(r->hotkey) * CANVAS_CHAR_W, y + 2,
                m->at == item ? THEME_TEXT : THEME_DIM, r->hotkey);
}

void menu_draw(struct menu *m, const struct menu_state *s, struct canvas *c, int below)
{
    static const char title[] = "emu386";
    static const char hint[] = "Esc closes";
    int h = height();

    m->left = (c->width - WIDTH) / 2;
    m->top = (c->height - below - h) / 2;
    if (m->left < 0)
        m->left = 0;
    if (m->top < 0)
        m->top = 0;
    m->drawn = true;
    canvas_shade(c, m->left + 6, m->top + 6, WIDTH, h, 0, 140); /* a shadow */
    canvas_fill(c, m->left, m->top, WIDTH, h, THEME_PANEL);
    canvas_frame(c, m->left, m->top, WIDTH, h, THEME_EDGE);
    canvas_text(c, m->left + MARGIN, m->top + 8, THEME_ACCENT, title);
    canvas_text(c, m->left + WIDTH - MARGIN - (int)strlen(hint) * CANVAS_CHAR_W, m->top + 8,
                THEME_DIM, hint);
    for (int n = 0; n < MENU_ITEMS; n++)
        draw_item(m, s, c, n);
}
