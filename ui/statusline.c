/* SPDX-License-Identifier: MIT */
/* statusline.c - see statusline.h. */
#include "ui/statusline.h"

#include "ui/canvas.h"
#include "ui/display.h"
#include "ui/theme.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GAP 10     /* on both sides of the line between two fields */
#define TEXT_TOP 3 /* of the text in the line */

int statusline_mode(const struct ui_status *s, char *text, size_t n)
{
    const struct panel *p = &s->panel;

    switch (p->mode) {
    case PANEL_REAL: return snprintf(text, n, "real mode");
    case PANEL_V86: return snprintf(text, n, "virtual 8086");
    case PANEL_PROTECTED: break;
    }
    return snprintf(text, n, "ring %u%s%s", p->cpl, p->paging ? ", paging" : ", flat",
                    p->code32 ? "" : ", 16-bit");
}

static void time_text(uint64_t ns, char *text, size_t n)
{
    uint64_t s = ns / 1000000000;

    if (s < 60)
        snprintf(text, n, "%" PRIu64 " s", s);
    else if (s < 3600)
        snprintf(text, n, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
    else
        snprintf(text, n, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600, s / 60 % 60, s % 60);
}

static void rate_text(const struct ui_status *s, char *text, size_t n)
{
    if (s->running && s->panel.idle && s->rate < 1000000)
        snprintf(text, n, "idle");
    else if (s->rate >= 9950000)
        snprintf(text, n, "%" PRIu64 " MIPS", (s->rate + 500000) / 1000000);
    else
        snprintf(text, n, "%" PRIu64 ".%" PRIu64 " MIPS", s->rate / 1000000, s->rate / 100000 % 10);
}

static uint32_t state_color(const struct ui_status *s)
{
    if (s->running)
        return THEME_GOOD;
    return strcmp(s->state, "halted") == 0 || strcmp(s->state, "triple fault") == 0 ? THEME_BAD
                                                                                    : THEME_WAIT;
}

/* A field of text behind a dividing line; where the next one begins. */
static int field(struct canvas *c, int x, uint32_t color, const char *text)
{
    canvas_fill(c, x + GAP, 5, 1, STATUSLINE_HEIGHT - 9, THEME_EDGE);
    return canvas_text(c, x + 2 * GAP + 1, TEXT_TOP, color, text);
}

static int text_width(const char *text)
{
    return (int)strlen(text) * CANVAS_CHAR_W;
}

/* From the right edge to the left: what there is to light up. Gives the left end. */
static int draw_lamps(struct canvas *c, int left, const struct ui_status *s, unsigned lit)
{
    static const char *const lights[PANEL_LIGHTS] = {
        [PANEL_DISK] = "HD", [PANEL_CDROM] = "CD", [PANEL_FLOPPY] = "FD", [PANEL_NETWORK] = "NET"};
    static const struct {
        const char *name;
        unsigned bit;
    } lamps[] = {{"SCRL", PANEL_SCROLL}, {"CAPS", PANEL_CAPS}, {"NUM", PANEL_NUM}};
    int x = c->width;

    for (unsigned n = 0; n < ARRAY_LEN(lamps); n++) {
        int w = text_width(lamps[n].name) + GAP;

        if (x - w < left)
            return x;
        x -= w;
        canvas_text(c, x, TEXT_TOP, s->panel.lamps & lamps[n].bit ? THEME_GOOD : THEME_OFF,
                    lamps[n].name);
    }
    for (unsigned n = PANEL_LIGHTS; n-- > 0;) {
        int w = text_width(lights[n]) + 10 + GAP;

        if (!s->panel.fitted[n])
            continue;
        if (x - w < left)
            return x;
        x -= w;
        canvas_fill(c, x, 8, 6, 7, lit >> n & 1 ? THEME_WAIT : THEME_OFF);
        canvas_text(c, x + 10, TEXT_TOP, lit >> n & 1 ? THEME_TEXT : THEME_DIM, lights[n]);
    }
    return x;
}

void statusline_draw(struct canvas *c, const struct ui_status *s, unsigned lit)
{
    char text[64];
    int x = STATUSLINE_MENU;

    canvas_fill(c, 0, 0, c->width, c->height, THEME_PANEL);
    canvas_fill(c, 0, 0, c->width, 1, THEME_EDGE);
    for (int n = 0; n < 3; n++)
        canvas_fill(c, 14, 7 + 4 * n, 14, 2, THEME_ACCENT);
    canvas_fill(c, x - 1, 5, 1, STATUSLINE_HEIGHT - 9, THEME_EDGE);
    canvas_fill(c, x + GAP, 8, 7, 7, state_color(s));
    x = canvas_text(c, x + GAP + 12, TEXT_TOP, THEME_TEXT, s->state);
    statusline_mode(s, text, sizeof(text));
    x = field(c, x, THEME_TEXT, text);
    time_text(s->ns, text, sizeof(text));
    if (x + 2 * GAP + text_width(text) < c->width)
        x = field(c, x, THEME_DIM, text);
    rate_text(s, text, sizeof(text));
    if (s->running && x + 2 * GAP + text_width(text) < c->width)
        x = field(c, x, THEME_DIM, text);
    if (s->speed == 0)
        snprintf(text, sizeof(text), "unlimited");
    else
        snprintf(text, sizeof(text), "%u %%", s->speed);
    if (s->speed != 100 && x + 2 * GAP + text_width(text) < c->width)
        x = field(c, x, THEME_WAIT, text);
    (void)draw_lamps(c, x + GAP, s, lit);
}
