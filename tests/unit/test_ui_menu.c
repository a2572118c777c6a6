/* SPDX-License-Identifier: MIT */
/*
 * Checks the window's menu (ui/menu.c) by keys and by the mouse, the status line's words
 * (ui/statusline.c), and the queue of the mouse (ui/keys.c).
 */
#include "ui/menu.h"
#include "base/keymap.h"
#include "machine/machine.h"
#include "tests/report.h"
#include "ui/canvas.h"
#include "ui/display.h"
#include "ui/statusline.h"

#include <stdlib.h>
#include <string.h>

static const struct menu_state all = {.monitor = true, .power = true, .speed = 100};

static void check_keys(void)
{
    static const struct menu_state little = {.speed = 0};
    struct menu m = {0};

    menu_open(&m);
    CHECK(m.open && m.at == 0, "open at the top");
    CHECK(menu_key(&m, &all, KEY_UP) == MENU_NONE && m.at == MENU_ITEMS - 1, "round the top");
    CHECK(menu_key(&m, &all, KEY_DOWN) == MENU_NONE && m.at == 0, "and the bottom");
    CHECK(menu_key(&m, &all, KEY_ENTER) == MENU_PAUSE && !m.open, "Enter chooses and closes");
    menu_open(&m);
    CHECK(menu_key(&m, &all, KEY_F1 + 2) == MENU_SHOT && !m.open, "F3 is the screenshot");
    menu_open(&m);
    CHECK(menu_key(&m, &all, KEY_ESCAPE) == MENU_CLOSED && !m.open, "Esc closes");
    menu_open(&m);
    CHECK(menu_key(&m, &all, KEY_F1 + 3) == MENU_FASTER && m.open, "the speed leaves it open");
    CHECK(menu_key(&m, &all, KEY_LEFT) == MENU_SLOWER && m.open, "left is slower there");
    CHECK(menu_key(&m, &all, KEY_RIGHT) == MENU_FASTER, "right is faster");
    menu_key(&m, &all, KEY_DOWN);
    CHECK(menu_key(&m, &all, KEY_LEFT) == MENU_NONE, "and nothing elsewhere");
    CHECK(menu_key(&m, &little, KEY_F1 + 1) == MENU_NONE && m.open, "what cannot be had");
    CHECK(menu_key(&m, &all, KEY_A) == MENU_NONE && m.open, "a letter means nothing");
}

/* Every item is where it is drawn, and says what its key says. */
static void check_mouse(int width, int height)
{
    uint32_t *pixels = calloc((size_t)(width * height), sizeof(*pixels));
    struct canvas c = {.pixels = pixels, .width = width, .height = height, .font = machine_font()};
    struct menu m = {0};
    bool seen[MENU_ITEMS] = {false};
    unsigned items = 0;

    menu_open(&m);
    CHECK(menu_click(&m, &all, width / 2, height / 2) == MENU_CLOSED, "nothing was drawn yet");
    menu_open(&m);
    menu_draw(&m, &all, &c, 0);
    for (int y = 0; y < height; y++) {
        if (menu_point(&m, width / 2, y) || (m.at == 0 && !seen[0]))
            seen[m.at] = true;
    }
    for (int n = 0; n < MENU_ITEMS; n++)
        items += seen[n];
    CHECK(items == MENU_ITEMS, "the pointer comes by %u items of %d", items, MENU_ITEMS);
    CHECK(menu_click(&m, &all, width / 2, m.top + 3) == MENU_NONE && m.open, "the title");
    CHECK(menu_click(&m, &all, width / 2, m.top + 40) == MENU_PAUSE && !m.open, "an item");
    menu_open(&m);
    menu_draw(&m, &all, &c, 0);
    CHECK(menu_click(&m, &all, 1, 1) == MENU_CLOSED && !m.open, "outside of it");
    free(pixels);
}

static void check_words(void)
{
    struct ui_status s = {.state = "running", .running = true};
    uint32_t pixels[200 * STATUSLINE_HEIGHT];
    char text[64];

    statusline_mode(&s, text, sizeof(text));
    CHECK(strcmp(text, "real mode") == 0, "%s", text);
    s.panel = (struct panel){.mode = PANEL_PROTECTED, .cpl = 3, .paging = true, .code32 = true};
    statusline_mode(&s, text, sizeof(text));
    CHECK(strcmp(text, "ring 3, paging") == 0, "%s", text);
    s.panel = (struct panel){.mode = PANEL_PROTECTED};
    statusline_mode(&s, text, sizeof(text));
    CHECK(strcmp(text, "ring 0, flat, 16-bit") == 0, "%s", text);
    s.panel.mode = PANEL_V86;
    statusline_mode(&s, text, sizeof(text));
    CHECK(strcmp(text, "virtual 8086") == 0, "%s", text);
    memset(s.panel.fitted, true, sizeof(s.panel.fitted));
    for (int width = 1; width <= 200; width++) {
        struct canvas c = {
            .pixels = pixels, .width = width, .height = STATUSLINE_HEIGHT, .font = machine_font()};

        statusline_draw(&c, &s, 15);
    }
    CHECK(pixels[0] == pixels[1], "a narrow line is drawn as far as it goes");
}

static void check_mouse_queue(void)
{
    static struct ui_mouse q;
    struct input in;
    int taken = 0;

    CHECK(!ui_mouse_take(&q, &in), "nothing yet");
    ui_mouse_push(&q, 3, -4, 0, 0);
    ui_mouse_push(&q, 2, 1, 0, 0);
    ui_mouse_push(&q, 1, 0, 0, INPUT_LEFT);
    ui_mouse_push(&q, 0, 0, 1, INPUT_LEFT);
    CHECK(ui_mouse_take(&q, &in) && in.kind == INPUT_MOUSE && in.dx == 5 && in.dy == -3 &&
              in.buttons == 0,
          "movements add up: %d %d", in.dx, in.dy);
    CHECK(ui_mouse_take(&q, &in) && in.dx == 1 && in.dz == 1 && in.buttons == INPUT_LEFT,
          "but not over a change of the buttons");
    CHECK(!ui_mouse_take(&q, &in), "that was all");
    ui_mouse_push(&q, 30000, -30000, 0, 0);
    ui_mouse_push(&q, 30000, -30000, 0, 0);
    CHECK(ui_mouse_take(&q, &in) && in.dx == INT16_MAX && in.dy == INT16_MIN, "they have an end");
    for (unsigned n = 0; n < 3 * UI_BUTTONS; n++)
        ui_mouse_push(&q, 1, 0, 0, n & 1);
    while (ui_mouse_take(&q, &in))
        taken += in.dx;
    CHECK(taken == 3 * UI_BUTTONS && in.buttons == 1, "nothing is lost when it is full: %d", taken);
}

int main(void)
{
    check_keys();
    check_mouse(720, 400);
    check_mouse(640, 360);
    check_words();
    check_mouse_queue();
    return report_end();
}
