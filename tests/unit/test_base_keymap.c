/* SPDX-License-Identifier: MIT */
/*
 * Checks base/keymap: every printable character against a US layout read back from the strokes,
 * terminal sequences of xterm, rxvt and the Linux console, cuts at every byte, hostile input.
 */
#include "base/keymap.h"
#include "base/input.h"
#include "tests/report.h"

#include <string.h>

static void check_ascii(void)
{
    /* Usages written down from the HID tables, independently of the layout in keymap.c. */
    static const struct {
        char ch;
        uint8_t key, mods;
    } rows[] = {{'a', 0x04, 0},
                {'z', 0x1D, 0},
                {'A', 0x04, MOD_SHIFT},
                {'1', 0x1E, 0},
                {'0', 0x27, 0},
                {'!', 0x1E, MOD_SHIFT},
                {')', 0x27, MOD_SHIFT},
                {'-', 0x2D, 0},
                {'+', 0x2E, MOD_SHIFT},
                {'[', 0x2F, 0},
                {'}', 0x30, MOD_SHIFT},
                {'\\', 0x31, 0},
                {'|', 0x31, MOD_SHIFT},
                {';', 0x33, 0},
                {'"', 0x34, MOD_SHIFT},
                {'`', 0x35, 0},
                {'~', 0x35, MOD_SHIFT},
                {',', 0x36, 0},
                {'>', 0x37, MOD_SHIFT},
                {'/', 0x38, 0},
                {'?', 0x38, MOD_SHIFT},
                {' ', 0x2C, 0},
                {'\n', 0x28, 0},
                {'\r', 0x28, 0},
                {'\t', 0x2B, 0},
                {'\b', 0x2A, 0},
                {0x7F, 0x2A, 0},
                {0x1B, 0x29, 0},
                {0x03, 0x06, MOD_CTRL},
                {0x1C, 0x31, MOD_CTRL},
                {0x1F, 0x2D, MOD_CTRL | MOD_SHIFT}};
    bool used[2][256] = {{false}};
    struct keymap_stroke s;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CHECK(keymap_ascii((uint8_t)rows[i].ch, &s) && s.key == rows[i].key &&
                  s.mods == rows[i].mods,
              "character %02x gives key %02x mods %u", (unsigned)rows[i].ch, s.key, s.mods);
    for (unsigned ch = 0x20; ch < 0x7F; ch++) {
        bool ok = keymap_ascii((uint8_t)ch, &s);

        CHECK(ok && !(s.mods & ~MOD_SHIFT) && !used[s.mods & 1][s.key],
              "character %02x has a stroke of its own", ch);
        used[s.mods & 1][s.key] = true;
    }
    for (unsigned ch = 0x80; ch < 0x100; ch++)
        CHECK(!keymap_ascii((uint8_t)ch, &s) && !s.key, "byte %02x has no key", ch);
}

static void check_events(void)
{
    struct input in[KEYMAP_EVENTS];
    struct keymap_stroke all = {0x06, MOD_CTRL | MOD_ALT | MOD_SHIFT};
    bool held[256] = {false};
    unsigned n = keymap_events(all, in);

    CHECK(n == KEYMAP_EVENTS, "three modifiers and a key are %u events", n);
    for (unsigned i = 0; i < n; i++) {
        CHECK(in[i].kind == INPUT_KEY && held[in[i].key] != in[i].down, "event %u changes key %02x",
              i, in[i].key);
        held[in[i].key] = in[i].down;
        if (in[i].key == 0x06 && in[i].down)
            CHECK(held[0xE0] && held[0xE1] && held[0xE2], "modifiers are held around the key");
    }
    CHECK(!held[0x06] && !held[0xE0] && !held[0xE1] && !held[0xE2], "everything is released");
    CHECK(keymap_events((struct keymap_stroke){0x04, 0}, in) == 2, "a plain key is two events");
    CHECK(keymap_events((struct keymap_stroke){0, 0}, in) == 0, "no key is no event");
}

static void check_terminal(void)
{
    static const struct {
        const char *bytes;
        uint8_t key, mods;
    } rows[] = {{"a", 0x04, 0},
                {"\x1b[A", KEY_UP, 0},
                {"\x1bOB", KEY_DOWN, 0},
                {"\x1b[C", KEY_RIGHT, 0},
                {"\x1b[1;5D", KEY_LEFT, MOD_CTRL},
                {"\x1b[1;2A", KEY_UP, MOD_SHIFT},
                {"\x1b[H", KEY_HOME, 0},
                {"\x1bOF", KEY_END, 0},
                {"\x1b[1~", KEY_HOME, 0},
                {"\x1b[8~", KEY_END, 0},
                {"\x1b[2~", KEY_INSERT, 0},
                {"\x1b[3~", KEY_DELETE, 0},
                {"\x1b[3;5~", KEY_DELETE, MOD_CTRL},
                {"\x1b[5~", KEY_PAGE_UP, 0},
                {"\x1b[6~", KEY_PAGE_DOWN, 0},
                {"\x1bOP", KEY_F1, 0},
                {"\x1bOS", KEY_F1 + 3, 0},
                {"\x1b[1;3R", KEY_F1 + 2, MOD_ALT},
                {"\x1b[11~", KEY_F1, 0},
                {"\x1b[[E", KEY_F1 + 4, 0},
                {"\x1b[15~", KEY_F1 + 4, 0},
                {"\x1b[17~", KEY_F1 + 5, 0},
                {"\x1b[21~", KEY_F1 + 9, 0},
                {"\x1b[24~", KEY_F1 + 11, 0},
                {"\x1b[Z", KEY_TAB, MOD_SHIFT},
                {"\x1bx", 0x1B, MOD_ALT},
                {"\x1bX", 0x1B, MOD_ALT | MOD_SHIFT},
                {"\x1b[200~", 0, 0},
                {"\x1b[?1;2c", 0, 0},
                {"\xc3\xa9", 0, 0},
                {"\xe2\x82\xac", 0, 0}};
    struct keymap_stroke s;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const uint8_t *bytes = (const uint8_t *)rows[i].bytes;
        size_t n = strlen(rows[i].bytes);

        CHECK(keymap_terminal(bytes, n, false, &s) == n, "row %zu is taken whole", i);
        CHECK(s.key == rows[i].key && s.mods == rows[i].mods, "row %zu: key %02x mods %u", i, s.key,
              s.mods);
        for (size_t cut = 1; cut < n; cut++)
            CHECK(keymap_terminal(bytes, cut, false, &s) == 0, "row %zu waits after %zu bytes", i,
                  cut);
    }
    CHECK(keymap_terminal((const uint8_t *)"\x1b", 1, true, &s) == 1 && s.key == KEY_ESCAPE,
          "a final ESC is the Escape key");
    CHECK(keymap_terminal((const uint8_t *)"\x1b\x1b", 2, false, &s) == 1 && s.key == KEY_ESCAPE,
          "ESC ESC begins with the Escape key");
    CHECK(keymap_terminal((const uint8_t *)"\x1b[", 2, true, &s) == 2 && s.key == 0x2F &&
              s.mods == MOD_ALT,
          "a final ESC [ is Alt-[");
}

/* Any bytes: the decoder always goes forward, never past the end, and names only real keys. */
static void check_hostile(void)
{
    uint32_t seed = 386;
    bool forward = true, inside = true, keys = true;

    for (unsigned round = 0; round < 200000; round++) {
        uint8_t bytes[48], *exact;
        size_t n, took;
        struct keymap_stroke s;

        for (size_t i = 0; i < sizeof(bytes); i++) {
            static const uint8_t likely[] = "\x1b[O;0123456789~ABZ?\x80\xff";

            seed = seed * 1664525u + 1013904223u;
            bytes[i] = seed >> 31 ? likely[(seed >> 16) % sizeof(likely)] : (uint8_t)(seed >> 16);
        }
        n = 1 + (seed >> 8) % sizeof(bytes);
        exact = malloc(n); /* so that the address sanitizer sees a read past the end */
        if (!exact)
            abort();
        memcpy(exact, bytes, n);
        took = keymap_terminal(exact, n, false, &s);
        inside = inside && took <= n;
        forward = forward && (took || n < 32);
        took = keymap_terminal(exact, n, true, &s);
        inside = inside && took <= n;
        forward = forward && took;
        keys = keys && (s.key == 0 || (s.key >= KEY_A && s.key <= KEY_UP));
        free(exact);
    }
    CHECK(inside, "never more bytes than there are");
    CHECK(forward, "final input and long input always make progress");
    CHECK(keys, "only real keys");
}

int main(void)
{
    check_ascii();
    check_events();
    check_terminal();
    check_hostile();
    return report_end();
}
