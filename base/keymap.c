/* SPDX-License-Identifier: MIT */
/*
 * keymap.c - see keymap.h. The layout is a table by key, in the order of the HID usages: what
 * the key types alone and with Shift.
 */
#include "base/keymap.h"
#include "base/input.h"

#include <string.h>

#define ESC 0x1B
#define MAX_SEQUENCE 32 /* a longer control sequence is not one: its start is dropped */

/* clang-format off */
static const struct {
    uint8_t key;      /* HID usage of the first character */
    const char *base; /* characters of this key and the following ones */
    const char *shift;
} us_layout[] = {
    {KEY_A,     "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {KEY_1,     "1234567890",                 "!@#$%^&*()"},
    {KEY_SPACE, " -=[]\\",                    " _+{}|"},
    {0x33,      ";'`,./",                     ":\"~<>?"},
};

/* CSI n ~: VT220 editing and function keys (rxvt sends 7 and 8 for Home and End). */
static const uint8_t tilde_keys[] = {
    [1] = KEY_HOME, [2] = KEY_INSERT, [3] = KEY_DELETE, [4] = KEY_END, [5] = KEY_PAGE_UP,
    [6] = KEY_PAGE_DOWN, [7] = KEY_HOME, [8] = KEY_END,
    [11] = KEY_F1, [12] = KEY_F1 + 1, [13] = KEY_F1 + 2, [14] = KEY_F1 + 3, [15] = KEY_F1 + 4,
    [17] = KEY_F1 + 5, [18] = KEY_F1 + 6, [19] = KEY_F1 + 7, [20] = KEY_F1 + 8,
    [21] = KEY_F1 + 9, [23] = KEY_F11, [24] = KEY_F11 + 1,
};
/* clang-format on */

static bool layout_find(uint8_t ch, struct keymap_stroke *out)
{
    for (size_t i = 0; i < ARRAY_LEN(us_layout); i++) {
        const char *base = strchr(us_layout[i].base, ch);
        const char *shift = strchr(us_layout[i].shift, ch);

        if (!base && !shift)
            continue;
        out->key = (uint8_t)(us_layout[i].key +
                             (base ? base - us_layout[i].base : shift - us_layout[i].shift));
        out->mods = base ? 0 : MOD_SHIFT;
        return true;
    }
    return false;
}

bool keymap_ascii(uint8_t ch, struct keymap_stroke *out)
{
    *out = (struct keymap_stroke){0};
    switch (ch) {
    case '\n':
    case '\r': out->key = KEY_ENTER; return true;
    case '\t': out->key = KEY_TAB; return true;
    case '\b':
    case 0x7F: out->key = KEY_BACKSPACE; return true;
    case ESC: out->key = KEY_ESCAPE; return true;
    case 0: *out = (struct keymap_stroke){KEY_SPACE, MOD_CTRL}; return true;
    default: break;
    }
    if (ch >= 0x80)
        return false;
    if (ch >= 0x20)
        return layout_find(ch, out);
    /* A control code is its letter (or [ \ ] ^ _) with Ctrl. Ctrl-^ and Ctrl-_ need Shift too. */
    if (!layout_find(ch < 0x1B ? (uint8_t)(ch | 0x60) : (uint8_t)(ch | 0x40), out))
        return false;
    out->mods |= MOD_CTRL;
    return true;
}

/* clang-format off */
static const struct {
    const char *name;
    uint8_t key; /* HID usage */
} key_names[] = {
    {"enter", 0x28}, {"return", 0x28}, {"esc", 0x29}, {"escape", 0x29}, {"backspace", 0x2A},
    {"tab", 0x2B}, {"space", 0x2C}, {"minus", 0x2D}, {"caps", 0x39}, {"print", 0x46},
    {"scroll", 0x47}, {"pause", 0x48}, {"insert", 0x49}, {"ins", 0x49}, {"home", 0x4A},
    {"pgup", 0x4B}, {"del", 0x4C}, {"delete", 0x4C}, {"end", 0x4D}, {"pgdn", 0x4E},
    {"right", 0x4F}, {"left", 0x50}, {"down", 0x51}, {"up", 0x52}, {"num", 0x53}, {"menu", 0x65},
    {"f1", 0x3A}, {"f2", 0x3B}, {"f3", 0x3C}, {"f4", 0x3D}, {"f5", 0x3E}, {"f6", 0x3F},
    {"f7", 0x40}, {"f8", 0x41}, {"f9", 0x42}, {"f10", 0x43}, {"f11", 0x44}, {"f12", 0x45},
    {"ctrl", 0xE0}, {"shift", 0xE1}, {"alt", 0xE2}, {"gui", 0xE3},
    {"rctrl", 0xE4}, {"rshift", 0xE5}, {"ralt", 0xE6}, {"rgui", 0xE7},
};
/* clang-format on */

bool keymap_key(const char *name, size_t len, uint8_t *key)
{
    struct keymap_stroke stroke;

    for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
        if (strlen(key_names[i].name) == len && memcmp(key_names[i].name, name, len) == 0) {
            *key = key_names[i].key;
            return true;
        }
    }
    if (len != 1 || (uint8_t)name[0] <= 0x20 || !keymap_ascii((uint8_t)name[0], &stroke))
        return false;
    *key = stroke.key;
    return true;
}

unsigned keymap_events(struct keymap_stroke stroke, struct input *out)
{
    static const struct {
        uint8_t mod, key;
    } mods[] = {{MOD_CTRL, KEY_LEFT_CTRL}, {MOD_ALT, KEY_LEFT_ALT}, {MOD_SHIFT, KEY_LEFT_SHIFT}};
    unsigned n = 0;

    if (!stroke.key)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(mods); i++)
        if (stroke.mods & mods[i].mod)
            out[n++] = (struct input){.kind = INPUT_KEY, .key = mods[i].key, .down = true};
    out[n++] = (struct input){.kind = INPUT_KEY, .key = stroke.key, .down = true};
    out[n++] = (struct input){.kind = INPUT_KEY, .key = stroke.key, .down = false};
    for (size_t i = ARRAY_LEN(mods); i-- > 0;)
        if (stroke.mods & mods[i].mod)
            out[n++] = (struct input){.kind = INPUT_KEY, .key = mods[i].key, .down = false};
    return n;
}

/* The key of CSI ... final or SS3 final, for finals that are letters. */
static uint8_t letter_key(uint8_t final)
{
    switch (final) {
    case 'A': return KEY_UP;
    case 'B': return KEY_DOWN;
    case 'C': return KEY_RIGHT;
    case 'D': return KEY_LEFT;
    case 'F': return KEY_END;
    case 'H': return KEY_HOME;
    case 'P':
    case 'Q':
    case 'R':
    case 'S': return (uint8_t)(KEY_F1 + (final - 'P'));
    default: return 0;
    }
}

static void csi_key(const unsigned params[2], uint8_t final, struct keymap_stroke *out)
{
    if (final == 'Z') {
        *out = (struct keymap_stroke){KEY_TAB, MOD_SHIFT};
        return;
    }
    if (final == '~')
        out->key = params[0] < ARRAY_LEN(tilde_keys) ? tilde_keys[params[0]] : 0;
    else
        out->key = letter_key(final);
    if (out->key && params[1] > 1) /* xterm: 1 + the sum of the modifiers */
        out->mods = (uint8_t)((params[1] - 1) & (MOD_SHIFT | MOD_ALT | MOD_CTRL));
}

/* bytes begin with ESC [. Returns the length, 0 if the end is not there yet. */
static size_t decode_csi(const uint8_t *bytes, size_t n, struct keymap_stroke *out)
{
    unsigned params[2] = {0}, at = 0;

    if (n >= 3 && bytes[2] == '[') { /* the Linux console's F1 to F5: ESC [ [ A */
        if (n >= 4 && bytes[3] >= 'A' && bytes[3] <= 'E')
            out->key = (uint8_t)(KEY_F1 + (bytes[3] - 'A'));
        return n >= 4 ? 4 : 0;
    }
    for (size_t i = 2; i < n && i < MAX_SEQUENCE; i++) {
        uint8_t c = bytes[i];

        if (c >= '0' && c <= '9' && at < 2 && params[at] < 1000)
            params[at] = params[at] * 10 + (c - '0');
        else if (c == ';')
            at++;
        else if (c >= 0x40 && c <= 0x7E) {
            csi_key(params, c, out);
            return i + 1;
        } else if (c < 0x20 || c > 0x3F) {
            return i; /* not part of any sequence: drop what led here */
        }
    }
    return n >= MAX_SEQUENCE ? MAX_SEQUENCE : 0;
}

/* bytes begin with ESC and there is a second one. */
static size_t decode_escape(const uint8_t *bytes, size_t n, struct keymap_stroke *out)
{
    if (bytes[1] == '[')
        return decode_csi(bytes, n, out);
    if (bytes[1] == 'O') {
        if (n < 3)
            return 0;
        out->key = letter_key(bytes[2]);
        return 3;
    }
    if (bytes[1] == ESC || bytes[1] >= 0x80) {
        out->key = KEY_ESCAPE;
        return 1;
    }
    if (keymap_ascii(bytes[1], out))
        out->mods |= MOD_ALT;
    return 2;
}

/* How many bytes a UTF-8 character takes by its first byte. */
static size_t utf8_length(uint8_t first)
{
    return first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t keymap_terminal(const uint8_t *bytes, size_t n, bool final, struct keymap_stroke *out)
{
    size_t took = 0;

    *out = (struct keymap_stroke){0};
    if (!n)
        return 0;
    if (bytes[0] >= 0x80) {
        size_t length = utf8_length(bytes[0]);

        return length <= n ? length : final ? n : 0;
    }
    if (bytes[0] != ESC) {
        keymap_ascii(bytes[0], out);
        return 1;
    }
    if (n > 1)
        took = decode_escape(bytes, n, out);
    if (took || !final)
        return took;
    /* Cut short. ESC [ and ESC O are then Alt with that key; anything longer is noise. */
    *out = (struct keymap_stroke){0};
    if (n == 1)
        out->key = KEY_ESCAPE;
    else if (n == 2 && keymap_ascii(bytes[1], out))
        out->mods |= MOD_ALT;
    return n;
}
