/* SPDX-License-Identifier: MIT */
/*
 * keyboard.S - INT 9h makes characters of the keyboard's scan codes (set 1, US layout) and puts them
 * into the ring of the data area; INT 16h gives them out.
 *
 * Source: IBM PS/2 and PC BIOS Interface Technical Reference, INT 09h and 16h; Ralf Brown's Interrupt
 * List. Not here: SysRq, Pause, Print Screen, Ctrl-Break, reset by Ctrl-Alt-Del, characters by
 * Alt and digits; the keyboard's lights.
 */
#include "bios/bios.inc"

/* KEY_SHIFTS */
#define RIGHT_SHIFT 0x01
#define LEFT_SHIFT 0x02
#define CTRL 0x04
#define ALT 0x08
#define SCROLL_LOCK 0x10
#define NUM_LOCK 0x20
#define CAPS_LOCK 0x40
/* KEY_STATE */
#define AFTER_E0 0x02

    .globl keyboard_line, keyboard_service

keyboard_line:
    pushad
    push ds
    push es
    push 0x40
    pop ds
    cld
    in  al, 0x64
    and al, 0x21 /* there is a byte, and it is the keyboard's */
    cmp al, 0x01
    jne 1f
    in  al, 0x60
    mov ah, 0x4f
    stc
    int 0x15
    jnc 1f
    call scan_code
1:  mov al, 0x20
    out 0x20, al
    pop es
    pop ds
    popad
    iret

scan_code:
    cmp al, 0xe0
    jne 1f
    or  byte ptr [KEY_STATE], AFTER_E0
    ret
1:  mov ah, [KEY_STATE]
    and byte ptr [KEY_STATE], 0xff - AFTER_E0
    and ah, AFTER_E0 /* AH: behind E0h */
    mov si, offset shifts
2:  mov bl, cs:[si]  /* a key that changes the state? */
    test bl, bl
    jz  5f
    mov bh, al
    and bh, 0x7f
    cmp bh, bl
    je  3f
    add si, 3
    jmp 2b
3:  test ah, ah
    jz  shift_key
    cmp bl, 0x1d /* the right Ctrl and Alt; E0h before the others is no key of theirs */
    je  shift_key
    cmp bl, 0x38
    je  shift_key
    ret
5:  test al, 0x80
    jnz 6f
    cmp al, 0x58
    ja  6f
    jmp key
6:  ret

/* Scan code, bit of KEY_SHIFTS, 1 if it is a lock. */
shifts:
    .byte 0x2a, LEFT_SHIFT, 0, 0x36, RIGHT_SHIFT, 0, 0x1d, CTRL, 0, 0x38, ALT, 0
    .byte 0x3a, CAPS_LOCK, 1, 0x45, NUM_LOCK, 1, 0x46, SCROLL_LOCK, 1, 0

shift_key:
    mov bx, cs:[si + 1]
    test bh, bh
    jnz 2f
    test al, 0x80
    jnz 1f
    or  [KEY_SHIFTS], bl
    ret
1:  not bl
    and [KEY_SHIFTS], bl
    ret
2:  test al, 0x80
    jnz 3f
    xor [KEY_SHIFTS], bl
3:  ret

/* The scan code AL was pressed, AH: behind E0h. */
key:
    mov dl, [KEY_SHIFTS]
    movzx si, al
    shl si, 3
    add si, offset keys
    test ah, ah
    jnz extended_key
    cmp al, 0x47
    jb  1f
    cmp al, 0x53
    ja  1f
    jmp keypad
1:  mov bx, 0 /* which of the four columns */
    mov cl, cs:[si]
    sub cl, 'a'
    cmp cl, 26
    jae 2f
    test dl, CAPS_LOCK
    jz  2f
    xor bx, 2
2:  test dl, LEFT_SHIFT + RIGHT_SHIFT
    jz  modified
    xor bx, 2
modified:
    test dl, CTRL
    jz  1f
    mov bx, 4
1:  test dl, ALT
    jz  2f
    mov bx, 6
2:  mov ax, cs:[bx + si]

/* Puts AX, a scan code and its character, into the ring, if that has room; 0 is no key. */
store:
    test ax, ax
    jz  2f
    mov bx, [KEY_TAIL]
    mov si, bx
    add bx, 2
    cmp bx, [KEY_END]
    jb  1f
    mov bx, [KEY_START]
1:  cmp bx, [KEY_HEAD]
    stc
    je  3f
    mov [si], ax
    mov [KEY_TAIL], bx
2:  clc
3:  ret

/* With Num Lock or Shift, not both, digits. */
keypad:
    mov bx, 0
    test dl, NUM_LOCK
    jz  1f
    xor bx, 2
1:  test dl, LEFT_SHIFT + RIGHT_SHIFT
    jz  modified
    xor bx, 2
    jmp modified

/* Keys that the first keyboards did not have: E0h for a character, but Enter and the slash. */
extended_key:
    mov ah, 0xe0
    cmp al, 0x1c
    je  1f
    cmp al, 0x35
    je  1f
    cmp al, 0x47
    jb  3f
    xor bx, bx
    test dl, CTRL
    jz  2f
    mov bx, 4
2:  mov ax, cs:[bx + si]
    mov al, 0xe0
    jmp store
1:  mov al, cs:[si]
    jmp store
3:  ret

/* ---- INT 16h ----------------------------------------------------------------------------- */

keyboard_service:
    on  0x00, read_old
    on  0x10, read_key
    on  0x01, look_old
    on  0x11, look
    on  0x02, shift_state
    on  0x12, shift_states
    on  0x03, typematic
    on  0x05, push_key
    on  0x09, capabilities
    ret

read_old:
    call next_key
    call as_first_keyboards
    jmp 1f
read_key:
    call next_key
1:  mov [bp + R_AX], ax
    ret

/* Waits for AX. */
next_key:
    sti
1:  cli
    mov bx, [KEY_HEAD]
    cmp bx, [KEY_TAIL]
    jne 2f
    sti
    hlt
    jmp 1b
2:  mov ax, [bx]
    add bx, 2
    cmp bx, [KEY_END]
    jb  3f
    mov bx, [KEY_START]
3:  mov [KEY_HEAD], bx
    ret

/* AL = E0h says that a key is an additional one: not to those who do not know these. */
as_first_keyboards:
    cmp al, 0xe0
    jne 1f
    mov al, 0
1:  cmp ah, 0xe0
    jne 2f
    mov ah, 0x1c
    cmp al, '/'
    jne 2f
    mov ah, 0x35
2:  ret

/* ZF: there is none; else AX is the next, which stays. */
look_old:
    call waiting
    jz  no_key
    call as_first_keyboards
    jmp a_key
look:
    call waiting
    jz  no_key
a_key:
    mov [bp + R_AX], ax
    and byte ptr [bp + R_FLAGS], 0xbf
    ret
no_key:
    or  byte ptr [bp + R_FLAGS], 0x40
    ret

waiting:
    mov bx, [KEY_HEAD]
    mov ax, [bx]
    cmp bx, [KEY_TAIL]
    ret

shift_states:
    mov ah, [KEY_SHIFTS2]
    mov [bp + R_AH], ah
shift_state:
    mov al, [KEY_SHIFTS]
    mov [bp + R_AX], al
    ret

/* AL = 5: BH the delay, BL the rate. The keyboard says FAh to each byte. */
typematic:
    cmp al, 5
    jne 1f
    mov al, 0xf3
    call to_keyboard
    mov al, bh
    and al, 3
    shl al, 5
    and bl, 0x1f
    or  al, bl
    call to_keyboard
1:  ret

/* Sends AL and takes the answer, which takes two milliseconds on the wire. What would come later would
   be taken for something else by the kernel. */
to_keyboard:
    mov ah, al
    pushf
    cli
    push dx
    mov dx, 0x0002 /* room for a byte */
    call await
    mov al, ah
    out 0x60, al
    mov dx, 0x0101 /* a byte to read */
    call await
    jne 1f
    in  al, 0x60
1:  pop dx
    popf
    ret

/* Until the bits DL of the keyboard controller's status are DH: ZF. Not for longer than 30 ms, in which
   the refresh signal changes 2000 times (PS/2 reference, port 61h). */
await:
    push bx
    mov cx, 2000
1:  in  al, 0x61
    and al, 0x10
    mov bl, al
2:  in  al, 0x64
    and al, dl
    cmp al, dh
    je  3f
    in  al, 0x61
    and al, 0x10
    cmp al, bl
    je  2b
    loop 1b
3:  pop bx
    ret

push_key:
    mov ax, cx
    call store
    mov byte ptr [bp + R_AX], 0
    adc byte ptr [bp + R_AX], 0 /* 1: there is no room */
    ret

capabilities:
    mov byte ptr [bp + R_AX], 0x24 /* 10h to 12h; the rate can be set */
    ret

/* ---- Keys -------------------------------------------------------------------------------- */

/* By scan code: alone, with Shift, Ctrl, Alt; the high byte is what programs see as scan code. */
    .macro key4 alone, shift, ctrl, alt
    .word \alone, \shift, \ctrl, \alt
    .endm

    .macro no_such_key
    .word 0, 0, 0, 0
    .endm

    .macro letter scan, character
    .word (\scan << 8) + \character, (\scan << 8) + \character - 0x20
    .word (\scan << 8) + (\character & 0x1f), \scan << 8
    .endm

    .macro sign scan, alone, shift, alt
    .word (\scan << 8) + \alone, (\scan << 8) + \shift, 0, \alt << 8
    .endm

    .macro function scan, shift, ctrl, alt
    .word \scan << 8, \shift << 8, \ctrl << 8, \alt << 8
    .endm

    .macro pad scan, digit, ctrl
    .word \scan << 8, (\scan << 8) + \digit, \ctrl << 8, 0
    .endm

keys:
    no_such_key
    key4 0x011b, 0x011b, 0x011b, 0x0100 /* Esc */
    sign 0x02, '1', '!', 0x78
    key4 0x0332, 0x0340, 0x0300, 0x7900 /* 2 @ */
    sign 0x04, '3', '#', 0x7a
    sign 0x05, '4', '$', 0x7b
    sign 0x06, '5', 0x25, 0x7c
    key4 0x0736, 0x075e, 0x071e, 0x7d00 /* 6 ^ */
    sign 0x08, '7', '&', 0x7e
    sign 0x09, '8', '*', 0x7f
    sign 0x0a, '9', 0x28, 0x80
    sign 0x0b, '0', 0x29, 0x81
    key4 0x0c2d, 0x0c5f, 0x0c1f, 0x8200 /* - _ */
    sign 0x0d, '=', '+', 0x83
    key4 0x0e08, 0x0e08, 0x0e7f, 0x0e00 /* Backspace */
    key4 0x0f09, 0x0f00, 0x9400, 0xa500 /* Tab */
    letter 0x10, 'q'
    letter 0x11, 'w'
    letter 0x12, 'e'
    letter 0x13, 'r'
    letter 0x14, 't'
    letter 0x15, 'y'
    letter 0x16, 'u'
    letter 0x17, 'i'
    letter 0x18, 'o'
    letter 0x19, 'p'
    key4 0x1a5b, 0x1a7b, 0x1a1b, 0x1a00 /* [ { */
    key4 0x1b5d, 0x1b7d, 0x1b1d, 0x1b00 /* ] } */
    key4 0x1c0d, 0x1c0d, 0x1c0a, 0x1c00 /* Enter */
    no_such_key                         /* Ctrl */
    letter 0x1e, 'a'
    letter 0x1f, 's'
    letter 0x20, 'd'
    letter 0x21, 'f'
    letter 0x22, 'g'
    letter 0x23, 'h'
    letter 0x24, 'j'
    letter 0x25, 'k'
    letter 0x26, 'l'
    sign 0x27, 0x3b, ':', 0x27
    sign 0x28, 0x27, 0x22, 0x28
    sign 0x29, 0x60, '~', 0x29
    no_such_key                         /* left Shift */
    key4 0x2b5c, 0x2b7c, 0x2b1c, 0x2b00 /* \ | */
    letter 0x2c, 'z'
    letter 0x2d, 'x'
    letter 0x2e, 'c'
    letter 0x2f, 'v'
    letter 0x30, 'b'
    letter 0x31, 'n'
    letter 0x32, 'm'
    sign 0x33, 0x2c, 0x3c, 0x33
    sign 0x34, '.', 0x3e, 0x34
    sign 0x35, '/', '?', 0x35
    no_such_key                         /* right Shift */
    key4 0x372a, 0x372a, 0x9600, 0x3700 /* * of the keypad */
    no_such_key                         /* Alt */
    key4 0x3920, 0x3920, 0x3920, 0x3920 /* Space */
    no_such_key                         /* Caps Lock */
    function 0x3b, 0x54, 0x5e, 0x68     /* F1 */
    function 0x3c, 0x55, 0x5f, 0x69
    function 0x3d, 0x56, 0x60, 0x6a
    function 0x3e, 0x57, 0x61, 0x6b
    function 0x3f, 0x58, 0x62, 0x6c
    function 0x40, 0x59, 0x63, 0x6d
    function 0x41, 0x5a, 0x64, 0x6e
    function 0x42, 0x5b, 0x65, 0x6f
    function 0x43, 0x5c, 0x66, 0x70
    function 0x44, 0x5d, 0x67, 0x71     /* F10 */
    no_such_key                         /* Num Lock */
    no_such_key                         /* Scroll Lock */
    pad 0x47, '7', 0x77                 /* Home */
    pad 0x48, '8', 0x8d                 /* Up */
    pad 0x49, '9', 0x84                 /* Page Up */
    key4 0x4a2d, 0x4a2d, 0x8e00, 0x4a00 /* - */
    pad 0x4b, '4', 0x73                 /* Left */
    pad 0x4c, '5', 0x8f
    pad 0x4d, '6', 0x74                 /* Right */
    key4 0x4e2b, 0x4e2b, 0x9000, 0x4e00 /* + */
    pad 0x4f, '1', 0x75                 /* End */
    pad 0x50, '2', 0x91                 /* Down */
    pad 0x51, '3', 0x76                 /* Page Down */
    pad 0x52, '0', 0x92                 /* Insert */
    pad 0x53, '.', 0x93                 /* Delete */
    no_such_key
    no_such_key
    key4 0x565c, 0x567c, 0, 0           /* the key beside left Shift: \ | */
    function 0x85, 0x87, 0x89, 0x8b     /* F11 */
    function 0x86, 0x88, 0x8a, 0x8c     /* F12 */
