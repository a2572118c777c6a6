/* SPDX-License-Identifier: MIT */
/*
 * keyboard.c - the PC keyboard: scan code set 1 (the 8042 translates), US layout.
 * Sources: IBM PC AT Technical Reference, "Keyboard Controller"; IBM PS/2 Hardware Interface
 * Technical Reference, "Keyboard", scan code tables.
 * Arrows, Home, End and Delete become the sequences of a VT100 and its successors, e.g. ESC [ A.
 * Not here: key repeat rates, LEDs, Alt, and the other keys that make no character (F1..).
 */
#include "drivers/drivers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/x86.h"

#define DATA 0x60
#define STATUS 0x64 /* read: status, write: command */

#define STATUS_OUTPUT_FULL 0x01
#define STATUS_INPUT_FULL 0x02
#define COMMAND_WRITE_MODE 0x60
#define COMMAND_ENABLE 0xae
#define MODE 0x65 /* keyboard interrupt, self-test passed, no mouse, translate to set 1 */
#define KEYBOARD_ENABLE 0xf4

#define EXTENDED 0xe0 /* prefix of the keys that the first PC did not have */
#define RELEASED 0x80 /* this bit of a scan code: the key went up */
#define KEY_CTRL 0x1d
#define KEY_SHIFT_LEFT 0x2a
#define KEY_SHIFT_RIGHT 0x36
#define KEY_CAPS_LOCK 0x3a
#define ESC 27
#define KEY_SLASH 0x35 /* extended: the one on the keypad */

/* clang-format off */
static const char plain[128] = {
    0, 27, '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-', '=', '\b', '\t',
    'q', 'w', 'e', 'r', 't', 'y', 'u', 'i', 'o', 'p', '[', ']', '\n', 0, 'a', 's',
    'd', 'f', 'g', 'h', 'j', 'k', 'l', ';', '\'', '`', 0, '\\', 'z', 'x', 'c', 'v',
    'b', 'n', 'm', ',', '.', '/', 0, '*', 0, ' ',
    [0x47] = '7', '8', '9', '-', '4', '5', '6', '+', '1', '2', '3', '0', '.',
    [0x56] = '\\',
};
static const char shifted[128] = {
    0, 27, '!', '@', '#', '$', '%', '^', '&', '*', '(', ')', '_', '+', '\b', '\t',
    'Q', 'W', 'E', 'R', 'T', 'Y', 'U', 'I', 'O', 'P', '{', '}', '\n', 0, 'A', 'S',
    'D', 'F', 'G', 'H', 'J', 'K', 'L', ':', '"', '~', 0, '|', 'Z', 'X', 'C', 'V',
    'B', 'N', 'M', '<', '>', '?', 0, '*', 0, ' ',
    [0x47] = '7', '8', '9', '-', '4', '5', '6', '+', '1', '2', '3', '0', '.',
    [0x56] = '|',
};
/* clang-format on */

static struct {
    bool shift_left, shift_right, ctrl; /* held down now */
    bool caps_lock;                     /* switched on */
    bool extended;                      /* the last byte was the prefix */
} keys;

static void (*input)(char c);

/* What an extended key sends after ESC [, or NULL. */
static const char *sequence(uint8_t code)
{
    switch (code) {
    case 0x47: return "H";  /* Home */
    case 0x48: return "A";  /* up */
    case 0x4b: return "D";  /* left */
    case 0x4d: return "C";  /* right */
    case 0x4f: return "F";  /* End */
    case 0x50: return "B";  /* down */
    case 0x53: return "3~"; /* Delete */
    default: return NULL;
    }
}

static void extended_key(uint8_t code)
{
    const char *text = sequence(code);
    if (code == KEY_SLASH || plain[code] == '\n')
        input(plain[code]);
    if (!text)
        return;
    input(ESC);
    input('[');
    while (*text)
        input(*text++);
}

static char character(uint8_t code)
{
    bool shift = keys.shift_left || keys.shift_right;
    char c = plain[code];
    if (keys.caps_lock && c >= 'a' && c <= 'z')
        shift = !shift;
    if (shift)
        c = shifted[code];
    if (keys.ctrl && ((c >= 'a' && c <= 'z') || (c >= '@' && c <= '_')))
        c &= 0x1f;
    return c;
}

static void scan_code(uint8_t byte)
{
    if (byte == EXTENDED) {
        keys.extended = true;
        return;
    }
    bool extended = keys.extended, down = !(byte & RELEASED);
    uint8_t code = byte & (uint8_t)~RELEASED;
    keys.extended = false;
    if (code == KEY_CTRL) {
        keys.ctrl = down;
    } else if (extended) {
        if (down)
            extended_key(code);
    } else if (code == KEY_SHIFT_LEFT) {
        keys.shift_left = down;
    } else if (code == KEY_SHIFT_RIGHT) {
        keys.shift_right = down;
    } else if (code == KEY_CAPS_LOCK) {
        keys.caps_lock ^= down;
    } else if (down && character(code)) {
        input(character(code));
    }
}

static void keyboard_interrupt(void)
{
    while (inb(STATUS) & STATUS_OUTPUT_FULL)
        scan_code(inb(DATA));
}

/* Waits until the controller takes a byte, but not forever: there may be no controller. */
static void send(uint16_t port, uint8_t byte)
{
    for (int tries = 0; tries < 100000 && (inb(STATUS) & STATUS_INPUT_FULL); tries++)
        continue;
    outb(port, byte);
}

static void drain(void)
{
    for (int tries = 0; tries < 64 && (inb(STATUS) & STATUS_OUTPUT_FULL); tries++)
        (void)inb(DATA);
}

void keyboard_init(void (*receive)(char c))
{
    input = receive;
    drain();
    send(STATUS, COMMAND_WRITE_MODE);
    send(DATA, MODE);
    send(STATUS, COMMAND_ENABLE);
    pic_handle(IRQ_KEYBOARD, keyboard_interrupt);
    /* Its answer FA arrives by interrupt and is no key: code 7Ah has no character. */
    send(DATA, KEYBOARD_ENABLE);
}
