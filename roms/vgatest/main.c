/* SPDX-License-Identifier: MIT */
/*
 * main.c - the VGA test: words on the command line say what to show.
 *
 *     mode=NAME     one picture, then exit through port F4h (status 33, 35 after a failed check);
 *                   with `stay` behind it, after a byte has come on COM1
 *     (nothing)     all of them; after each the program waits for a byte on COM1
 *     motion=KIND   12, 13, 8, 32: the whole screen 60 times a second; frames=N of them
 *     list          the names
 *
 * `ready NAME` on COM1 and port E9h says that a picture is complete and a retrace has passed. Source:
 * Multiboot Specification 0.6.96 (command line); National Semiconductor 16550 (COM1).
 */
#include "vgatest.h"

enum { COM1 = 0x3f8 };

static u32 failed;

void say(const char *s)
{
    for (; *s; s++) {
        out8(0xe9, (u8)*s);
        for (u32 i = 0; i < 100000 && !(in8(COM1 + 5) & 0x20); i++)
            ;
        out8(COM1, (u8)*s);
    }
}

void check(const char *what, int ok)
{
    say(ok ? "ok " : "FAIL ");
    say(what);
    say("\n");
    failed += !ok;
}

static void leave(void)
{
    out32(0xf4, failed ? 0x11 : 0x10);
    for (;;)
        __asm__ volatile("cli; hlt");
}

static void graphics(const struct mode *m, int w, int h, u32 colours, u32 row,
                     void (*put)(int x, int y, u32 c), const char *title)
{
    struct canvas c = {w, h, colours, put};

    mode_set(m);
    if (colours == 256)
        dac_256(6);
    else if (m == &mode_0f)
        dac_mono();
    else if (m == &mode_10 || m == &mode_11 || m == &mode_12)
        dac_ega();
    else
        dac_cga();
    pitch = row;
    scene(&c, title);
}

static void show_01(void)
{
    show_text(&mode_01, 40, 25, 16, " 40 x 25, 9 x 16 ");
}
static void show_03(void)
{
    show_text(&mode_03, 80, 25, 16, " 80 x 25, 9 x 16 ");
}
static void show_03_50(void)
{
    show_text(&mode_03, 80, 50, 8, " 80 x 50, 9 x 8 ");
}
static void show_03_350(void)
{
    show_text(&mode_03_350, 80, 25, 14, " 80 x 25, 8 x 14 ");
}
static void show_03_200(void)
{
    show_text(&mode_03_200, 80, 25, 8, " 80 x 25, 8 x 8, double scan ");
}
static void show_04(void)
{
    graphics(&mode_04, 320, 200, 4, 80, put_cga4, "mode 4: 320 x 200 x 4");
}
static void show_06(void)
{
    graphics(&mode_06, 640, 200, 2, 80, put_cga2, "mode 6: 640 x 200 x 2");
}
static void show_0d(void)
{
    graphics(&mode_0d, 320, 200, 16, 40, put_planes, "mode 0Dh: 320 x 200 x 16");
}
static void show_0e(void)
{
    graphics(&mode_0e, 640, 200, 16, 80, put_planes, "mode 0Eh: 640 x 200 x 16");
}
static void show_0f(void)
{
    graphics(&mode_0f, 640, 350, 16, 80, put_planes, "mode 0Fh: 640 x 350 mono");
}
static void show_10(void)
{
    graphics(&mode_10, 640, 350, 16, 80, put_planes, "mode 10h: 640 x 350 x 16");
}
static void show_11(void)
{
    graphics(&mode_11, 640, 480, 2, 80, put_planes, "mode 11h: 640 x 480 x 2");
}
static void show_12(void)
{
    graphics(&mode_12, 640, 480, 16, 80, put_planes, "mode 12h: 640 x 480 x 16");
}
static void show_13(void)
{
    graphics(&mode_13, 320, 200, 256, 320, put_chain4, "mode 13h: 320 x 200 x 256");
}
static void show_x(void)
{
    graphics(&mode_x, 320, 240, 256, 80, put_unchained, "mode X: 320 x 240 x 256");
}
static void show_x400(void)
{
    graphics(&mode_x400, 320, 400, 256, 80, put_unchained, "320 x 400 x 256");
}
static void show_360(void)
{
    graphics(&mode_360, 360, 480, 256, 90, put_unchained, "360 x 480 x 256");
}
static void show_lfb8(void)
{
    dispi_lfb(640, 480, 8);
}
static void show_lfb15(void)
{
    dispi_lfb(800, 600, 15);
}
static void show_lfb16(void)
{
    dispi_lfb(800, 600, 16);
}
static void show_lfb24(void)
{
    dispi_lfb(1024, 768, 24);
}
static void show_lfb32(void)
{
    dispi_lfb(640, 480, 32);
}
static void show_large(void)
{
    dispi_checks();
    dispi_lfb(1600, 1200, 32);
}

static const struct {
    const char *name;
    void (*show)(void);
} tests[] = {
    {"text40", show_01},
    {"text80", show_03},
    {"text50", show_03_50},
    {"text350", show_03_350},
    {"text200", show_03_200},
    {"text512", text_512},
    {"cursor", text_cursor},
    {"mono", text_mono},
    {"smooth", text_smooth},
    {"split", text_split},
    {"04", show_04},
    {"06", show_06},
    {"0d", show_0d},
    {"0e", show_0e},
    {"0f", show_0f},
    {"10", show_10},
    {"11", show_11},
    {"12", show_12},
    {"12ops", planar_features},
    {"12pan", planar_pan},
    {"0dsplit", planar_split},
    {"13", show_13},
    {"13split", chain4_split},
    {"x", show_x},
    {"xpages", unchained_pages},
    {"x400", show_x400},
    {"x360", show_360},
    {"planes4", dispi_planes},
    {"lfb8", show_lfb8},
    {"lfb15", show_lfb15},
    {"lfb16", show_lfb16},
    {"lfb24", show_lfb24},
    {"lfb32", show_lfb32},
    {"bank8", dispi_bank},
    {"virtual", dispi_virtual},
    {"large", show_large},
};

#define TESTS (sizeof tests / sizeof tests[0])

/* The value of `key` (with its `=`) in the command line, 0 if absent. */
static const char *find(const char *line, const char *key)
{
    for (const char *start = line; *line; line++) {
        u32 i = 0;

        while (key[i] && line[i] == key[i])
            i++;
        if (!key[i] && (line == start || line[-1] == ' '))
            return line + i;
    }
    return 0;
}

static int is_word(const char *line, const char *word)
{
    while (*word && *line == *word)
        line++, word++;
    return !*word && (!*line || *line == ' ');
}

static u32 number(const char *s)
{
    u32 n = 0;

    for (; s && *s >= '0' && *s <= '9'; s++)
        n = n * 10 + (u32)(*s - '0');
    return n;
}

static void show(u32 n)
{
    tests[n].show();
    wait_retrace();
    say("ready ");
    say(tests[n].name);
    say("\n");
}

static void wait_byte(void)
{
    while (!(in8(COM1 + 5) & 1))
        ;
    (void)in8(COM1);
}

static void show_all(void)
{
    for (u32 n = 0; n < TESTS; n++) {
        show(n);
        wait_byte();
    }
}

void vgatest_main(u32 magic, const u32 *info);

void vgatest_main(u32 magic, const u32 *info)
{
    const char *line = magic == 0x2badb002 && (info[0] & 4) ? (const char *)info[4] : "";
    const char *mode = find(line, "mode="), *kind = find(line, "motion=");
    u32 known = 0;

    out8(COM1 + 3, 0x80);
    out8(COM1, 1);
    out8(COM1 + 1, 0);
    out8(COM1 + 3, 3);
    find_lfb();
    if (find(line, "list")) {
        for (u32 n = 0; n < TESTS; n++) {
            say(tests[n].name);
            say("\n");
        }
        leave();
    }
    if (kind) {
        motion(kind, number(find(line, "frames=")));
        leave();
    }
    if (!mode)
        show_all();
    for (u32 n = 0; mode && n < TESTS; n++) {
        if (is_word(mode, tests[n].name)) {
            show(n);
            known++;
            if (find(line, "stay"))
                wait_byte();
        }
    }
    if (mode && !known)
        check("there is such a mode", 0);
    leave();
}
