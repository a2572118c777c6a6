/* SPDX-License-Identifier: MIT */
/* headless.c - the display that is none: nothing is shown, nobody types. */
#include "ui/display.h"

static void *headless_open(const struct ui_options *options, struct error *err)
{
    (void)err;
    return (void *)(uintptr_t)options; /* any pointer that is not NULL: there is no state */
}

static void headless_close(void *display)
{
    (void)display;
}

static bool headless_poll(void *display, struct ui_user *user)
{
    (void)display;
    (void)user;
    return true;
}

const struct display_ops display_headless = {
    .kind = UI_NONE,
    .open = headless_open,
    .close = headless_close,
    .poll = headless_poll,
};
