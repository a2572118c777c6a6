# SPDX-License-Identifier: MIT
#
# vga_font.awk - turns the drawing in vga_font.txt into the rows of a C table:
#     [0x41] = {0x00, 0x00, 0x38, ...},
# POSIX awk. Stops with a message when the drawing is not 32 bands of 16 lines of 8 glyphs.

function fail(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
    failed = 1
    exit 1
}

/^@/ {
    if (bands && line != 16)
        fail("the band above has " line " lines, not 16")
    if (substr($0, 2, 2) != sprintf("%02x", 8 * bands))
        fail("expected the band @" sprintf("%02x", 8 * bands))
    bands++
    line = 0
    next
}

bands && NF {
    if (NF != 8 || line == 16)
        fail("expected 16 lines of 8 glyphs")
    for (i = 1; i <= 8; i++) {
        if ($i !~ /^[.#][.#][.#][.#][.#][.#][.#][.#]$/)
            fail("'" $i "' is not 8 dots")
        dots = 0
        for (x = 1; x <= 8; x++)
            dots = 2 * dots + (substr($i, x, 1) == "#")
        code = 8 * (bands - 1) + i - 1
        rows[code] = rows[code] sprintf("%s0x%02x", line ? ", " : "", dots)
    }
    line++
}

END {
    if (failed)
        exit 1
    if (bands != 32 || line != 16)
        fail("expected 32 bands of 16 lines")
    for (code = 0; code < 256; code++)
        printf "[0x%02x] = {%s},\n", code, rows[code]
}
