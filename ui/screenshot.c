/* SPDX-License-Identifier: MIT */
/* screenshot.c - the guest's screen as a PNG file: machine_screen, render, write (ui/ui.h). */
#include "ui/ui.h"
#include "base/screen.h"
#include "machine/machine.h"
#include "ui/png.h"
#include "ui/render.h"

#include <stdlib.h>

bool ui_screenshot(const struct machine *m, const char *file, struct error *err)
{
    /* Fixed, so that one state of the machine is one file. */
    static const struct render_phase shown = {.text = true, .cursor = true};
    struct screen *s = calloc(1, sizeof(*s));
    uint32_t *guest = malloc(SCREEN_MAX_WIDTH * SCREEN_MAX_HEIGHT * sizeof(*guest));
    uint32_t *pixels = NULL;
    size_t width = 0;
    bool ok = false;

    if (s && guest) {
        s->pixels = guest;
        machine_screen(m, s);
        width = render_width(s);
        pixels = malloc(width * render_height(s) * sizeof(*pixels));
    }
    if (pixels) {
        render_draw(pixels, width, s, shown, NULL, shown);
        ok = ui_png_write(file, pixels, (unsigned)width, render_height(s), width, err);
    } else {
        error_set(err, "%s: no memory for a picture of the screen", file);
    }
    free(guest);
    free(pixels);
    free(s);
    return ok;
}
