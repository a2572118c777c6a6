/* SPDX-License-Identifier: MIT */
/* keys.c - what waits between a display and the run loop: keys, the mouse (ui/display.h). */
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

/* What a mouse can say at once; the rest stays for the next event. */
static int16_t clamp(int v)
{
    return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

void ui_mouse_push(struct ui_mouse *q, int dx, int dy, int dz, uint8_t buttons)
{
    struct input *last = q->count ? &q->events[(q->head + q->count - 1) % UI_BUTTONS] : NULL;

    if (!last || (last->buttons != buttons && q->count < UI_BUTTONS)) {
        last = &q->events[(q->head + q->count++) % UI_BUTTONS];
        *last = (struct input){.kind = INPUT_MOUSE};
    }
    last->dx = clamp(last->dx + dx);
    last->dy = clamp(last->dy + dy);
    last->dz = clamp(last->dz + dz);
    last->buttons = buttons;
}

bool ui_mouse_take(struct ui_mouse *q, struct input *out)
{
    if (!q->count)
        return false;
    *out = q->events[q->head];
    q->head = (q->head + 1) % UI_BUTTONS;
    q->count--;
    return true;
}
