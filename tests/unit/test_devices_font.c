/* SPDX-License-Identifier: MIT */
/*
 * Checks the built-in font (devices/vga_font.txt): every character is there and looks like no
 * other, letters keep their distance, and lines of boxes meet across cells whatever is beside
 * or below them, as the arms in the Unicode names of code page 437 say.
 */
#include "devices/vga_font.h"
#include "base/types.h"
#include "tests/report.h"

#include <string.h>

/* Arms of B3h-DAh: up, down, left, right; 0 none, 1 single, 2 double. */
static const struct {
    uint8_t code;
    const char *arms;
} boxes[] = {
    {0xB3, "1100"}, {0xB4, "1110"}, {0xB5, "1120"}, {0xB6, "2210"}, {0xB7, "0210"}, {0xB8, "0120"},
    {0xB9, "2220"}, {0xBA, "2200"}, {0xBB, "0220"}, {0xBC, "2020"}, {0xBD, "2010"}, {0xBE, "1020"},
    {0xBF, "0110"}, {0xC0, "1001"}, {0xC1, "1011"}, {0xC2, "0111"}, {0xC3, "1101"}, {0xC4, "0011"},
    {0xC5, "1111"}, {0xC6, "1102"}, {0xC7, "2201"}, {0xC8, "2002"}, {0xC9, "0202"}, {0xCA, "2022"},
    {0xCB, "0222"}, {0xCC, "2202"}, {0xCD, "0022"}, {0xCE, "2222"}, {0xCF, "1022"}, {0xD0, "2011"},
    {0xD1, "0122"}, {0xD2, "0211"}, {0xD3, "2001"}, {0xD4, "1002"}, {0xD5, "0102"}, {0xD6, "0201"},
    {0xD7, "2211"}, {0xD8, "1122"}, {0xD9, "1010"}, {0xDA, "0101"},
};

static const uint8_t *glyph(unsigned code)
{
    return vga_font_8x16[code];
}

/* The dots of the left (bit 7) or right (bit 0) column, as a bit per row. */
static unsigned column(unsigned code, unsigned bit)
{
    unsigned dots = 0;

    for (unsigned y = 0; y < 16; y++)
        dots |= (unsigned)(glyph(code)[y] >> bit & 1) << y;
    return dots;
}

static void check_boxes(void)
{
    /* What a single and a double line look like where they leave a cell. */
    unsigned across[3] = {0, column(0xC4, 7), column(0xCD, 7)};
    unsigned down[3] = {0, glyph(0xB3)[0], glyph(0xBA)[0]};

    CHECK(across[1] && across[2] && across[1] != across[2], "horizontal lines differ");
    CHECK(down[1] && down[2] && down[1] != down[2], "vertical lines differ");
    CHECK(boxes[ARRAY_LEN(boxes) - 1].code == 0xDA && ARRAY_LEN(boxes) == 40, "all 40 boxes");
    for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
        unsigned code = boxes[i].code;
        const char *arms = boxes[i].arms;

        CHECK(glyph(code)[0] == down[arms[0] - '0'], "%02Xh: upper edge", code);
        CHECK(glyph(code)[15] == down[arms[1] - '0'], "%02Xh: lower edge", code);
        CHECK(column(code, 7) == across[arms[2] - '0'], "%02Xh: left edge", code);
        CHECK(column(code, 0) == across[arms[3] - '0'], "%02Xh: right edge", code);
    }
}

static void check_blocks(void)
{
    unsigned lit[3] = {0};

    for (unsigned y = 0; y < 16; y++) {
        CHECK(glyph(0xDB)[y] == 0xFF, "full block, row %u", y);
        CHECK((glyph(0xDC)[y] ^ glyph(0xDF)[y]) == 0xFF, "halves complete each other, row %u", y);
        CHECK((glyph(0xDD)[y] ^ glyph(0xDE)[y]) == 0xFF, "sides complete each other, row %u", y);
        for (unsigned i = 0; i < 3; i++)
            lit[i] += (unsigned)__builtin_popcount(glyph(0xB0 + i)[y]);
    }
    CHECK(lit[0] == 32 && lit[1] == 64 && lit[2] == 96, "shades of 25, 50 and 75 percent");
}

static void check_text(void)
{
    static const uint8_t blank[16];
    static const char apart[] = "ABCDEFGHIJKLMNOPRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    for (unsigned code = 1; code < 256; code++) {
        if (code == ' ' || code == 0xFF)
            continue;
        CHECK(memcmp(glyph(code), blank, 16) != 0, "%02Xh is drawn", code);
        for (unsigned other = code + 1; other < 256; other++)
            CHECK(memcmp(glyph(code), glyph(other), 16) != 0, "%02Xh and %02Xh differ", code,
                  other);
    }
    CHECK(!memcmp(glyph(0), blank, 16) && !memcmp(glyph(' '), blank, 16), "blanks are blank");
    for (const char *c = apart; *c; c++) {
        CHECK(column((unsigned char)*c, 0) == 0, "%c leaves a gap to its right", *c);
        CHECK(glyph((unsigned char)*c)[0] == 0 && glyph((unsigned char)*c)[15] == 0,
              "%c leaves a gap above and below", *c);
        if (!strchr("Qgjpqy", *c))
            CHECK(glyph((unsigned char)*c)[11] && !glyph((unsigned char)*c)[12],
                  "%c stands on line 11", *c);
    }
}

int main(void)
{
    check_boxes();
    check_blocks();
    check_text();
    return report_end();
}
