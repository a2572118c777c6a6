/* SPDX-License-Identifier: MIT */
/* keys.c - the ring of key events between a display and the run loop (ui/display.h). */
#include "ui/display.h"

unsigned ui_keys_room(const struct ui_keys *k)
{
    return UI_KEYS - k->count;
}

static void append(struct ui_keys *k, struct input event)
{
    k->events[(k->head + k->count) % UI_KEYS] = event;
    k->count++;
}

bool ui_keys_push(struct ui_keys *k, uint8_t key, bool down)
{
    if (!ui_keys_room(k))
        return false;
    append(k, (struct input){.kind = INPUT_KEY, .key = key, .down = down});
    return true;
}

bool ui_keys_type(struct ui_keys *k, struct keymap_stroke stroke)
{
    struct input events[KEYMAP_EVENTS];
    unsigned n = keymap_events(stroke, events);

    if (ui_keys_room(k) < n)
        return false;
    for (unsigned i = 0; i < n; i++)
        append(k, events[i]);
    return true;
}

bool ui_keys_take(struct ui_keys *k, struct input *out)
{
    if (!k->count)
        return false;
    *out = k->events[k->head];
    k->head = (k->head + 1) % UI_KEYS;
    k->count--;
    return true;
}
