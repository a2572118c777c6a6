/* SPDX-License-Identifier: MIT */
/*
 * video.S - INT 10h for the VGA's text mode 3, 80 by 25: what is there without a VGA BIOS, which takes
 * the vector over when it is initialised.
 *
 * Sources: IBM VGA/XGA Technical Reference Manual (registers of mode 3); Ralf Brown's Interrupt List.
 * The font is the one that the VGA is given when the machine starts: there is none in this ROM, so that
 * 11h only tells of it. Other modes are not known: setting one changes nothing, and 0Fh says so.
 */
#include "bios/bios.inc"

#define SCREEN 0xb800
#define PITCH 160
#define PAGE_BYTES 0x1000
#define CRTC 0x3d4
#define SEQUENCER 0x3c4
#define GRAPHICS 0x3ce
#define ATTRIBUTES 0x3c0
#define VGA_ROM 0xc000
#define ROM 0xf0000
#define LIMIT_4G 8
#define LIMIT_64K 16
#define VGA_SLOT 0x0010 /* bus 0, device 2, function 0, for the VGA BIOS */

    .globl screen_start, video_service

/* A VGA BIOS, if there is one and its bytes add up to 0; then mode 3. */
screen_start:
    mov ax, 0x40
    mov ds, ax
    mov ax, 3
    int 0x10
    mov ax, VGA_ROM
    mov es, ax
    cmp word ptr es:[0], 0xaa55
    jne 3f
    movzx ecx, byte ptr es:[2]
    shl ecx, 9
    xor esi, esi
    xor al, al
1:  add al, es:[si]
    inc si
    dec cx
    jnz 1b
    test al, al
    jnz 3f
    mov bx, LIMIT_4G
    call set_limits
    mov ax, VGA_SLOT
    .byte 0x9a /* call c000:0003 */
    .word 3, VGA_ROM
    mov bx, LIMIT_64K
    call set_limits
    cld
    mov ax, 3
    int 0x10
3:  ret

/* The initialisation of a PCI ROM may reach all of memory (PCI Firmware Specification 3.0, 5.2: big real
   mode): DS to GS get the limit of the descriptor BX, by way of protected mode. */
set_limits:
    cli
    lgdt cs:[limits]
    mov eax, cr0
    or  al, 1
    mov cr0, eax
    jmp 1f
1:  mov ds, bx
    mov es, bx
    mov fs, bx
    mov gs, bx
    and al, 0xfe
    mov cr0, eax
    jmp 2f
2:  mov bx, 0x40
    mov ds, bx
    mov es, bx
    mov fs, bx
    mov gs, bx
    ret

    .balign 8
limits:
    .word 23 /* the first descriptor is not used */
    .long ROM + limits
    .word 0
    .quad 0x00cf93000000ffff
    .quad 0x000093000000ffff

video_service:
    on  0x0e, teletype
    on  0x00, set_mode
    on  0x01, set_shape
    on  0x02, set_cursor
    on  0x03, get_cursor
    on  0x05, set_page
    on  0x06, scroll_up
    on  0x07, scroll_down
    on  0x08, read_cell
    on  0x09, write_cells
    on  0x0a, write_characters
    on  0x0f, get_mode
    on  0x11, font
    on  0x12, adapter
    on  0x13, write_string
    on_ax 0x1a00, display
    ret /* not known: AX stays as it is, which says so (4Fh as well) */

/* ---- Mode -------------------------------------------------------------------------------- */

set_mode:
    mov ah, al
    and al, 0x7f
    cmp al, 2
    je  1f
    cmp al, 3
    jne 9f
1:  push ax
    call registers
    pop ax
    and al, 0x7f
    mov [VIDEO_MODE], al
    mov word ptr [VIDEO_COLUMNS], 80
    mov word ptr [VIDEO_PAGE_SIZE], PAGE_BYTES
    mov word ptr [VIDEO_START], 0
    mov word ptr [VIDEO_SHAPE], 0x0607
    mov byte ptr [VIDEO_PAGE], 0
    mov word ptr [VIDEO_PORT], CRTC
    mov byte ptr [VIDEO_ROWS], 24
    mov word ptr [VIDEO_POINTS], 16
    mov byte ptr [VIDEO_INFO], 0x60 /* 256 KiB */
    mov byte ptr [VIDEO_SWITCHES], 0xf9
    mov byte ptr [VIDEO_FLAGS], 0x51
    mov byte ptr [VIDEO_DISPLAY], 0x08
    push ds
    pop es
    mov di, VIDEO_CURSOR
    mov cx, 8
    push ax
    xor ax, ax
    rep stosw
    pop ax
    test ah, 0x80 /* what is there stays */
    jnz 9f
    mov di, SCREEN
    mov es, di
    xor di, di
    mov ax, 0x0720
    mov cx, 0x4000
    rep stosw
9:  ret

/* CX values from CS:SI to index and data ports DX, from index AL on. */
indexed:
    mov ah, cs:[si]
    out dx, ax
    inc si
    inc al
    loop indexed
    ret

registers:
    mov dx, 0x1ce /* the display interface is off */
    mov ax, 4
    out dx, ax
    inc dx
    xor ax, ax
    out dx, ax
    mov si, offset mode_3
    mov dx, 0x3c2
    mov al, cs:[si]
    inc si
    out dx, al
    mov dx, SEQUENCER
    mov al, 0
    mov cx, 5
    call indexed
    mov dx, CRTC
    mov ax, 0x0011 /* its first registers are no longer protected */
    out dx, ax
    mov al, 0
    mov cx, 25
    call indexed
    mov dx, GRAPHICS
    mov al, 0
    mov cx, 9
    call indexed
    mov dx, CRTC + 6
    in  al, dx /* the next write is an index */
    mov dx, ATTRIBUTES
    xor ah, ah
    mov cx, 21
1:  mov al, ah
    out dx, al
    lods al, byte ptr cs:[si]
    out dx, al
    inc ah
    loop 1b
    mov al, 0x20 /* the screen is on */
    out dx, al
    mov dx, 0x3c6
    mov al, 0xff
    out dx, al
    mov dx, 0x3c8
    xor al, al
    out dx, al
    inc dx
    xor bl, bl
2:  mov bh, 0x24 /* red: bits 5 and 2 of the index; green: 4 and 1; blue: 3 and 0 */
    call colour
    mov bh, 0x12
    call colour
    mov bh, 0x09
    call colour
    inc bl
    cmp bl, 64
    jb  2b
    ret

/* One of the 64 colours' components: the upper bit of the mask is a third, the lower two thirds. */
colour:
    mov al, bl
    and al, bh
    mov ah, 0
    test al, 0x38
    jz  1f
    mov ah, 0x15
1:  test al, 0x07
    jz  2f
    add ah, 0x2a
2:  mov al, ah
    out dx, al
    ret

mode_3:
    .byte 0x67                                                       /* miscellaneous output */
    .byte 0x03, 0x00, 0x03, 0x00, 0x02                               /* sequencer */
    .byte 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f             /* CRTC */
    .byte 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00
    .byte 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff
    .byte 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff       /* graphics controller */
    .byte 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07             /* palette, attributes */
    .byte 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f
    .byte 0x0c, 0x00, 0x0f, 0x08, 0x00

get_mode:
    mov al, [VIDEO_MODE]
    mov ah, [VIDEO_COLUMNS]
    mov [bp + R_AX], ax
    mov al, [VIDEO_PAGE]
    mov [bp + R_BX + 1], al
    ret

/* 1130h: lines of a character, rows of the screen, and where fonts would be. */
font:
    cmp al, 0x30
    jne 2f
    mov ax, [VIDEO_POINTS]
    mov [bp + R_CX], ax
    mov al, [VIDEO_ROWS]
    mov [bp + R_DX], al
    xor ax, ax
    mov es, ax
    mov si, 0x1f * 4
    test bh, bh
    jz  1f
    mov si, 0x43 * 4
1:  mov ax, es:[si]
    mov [bp + R_EBP], ax
    mov ax, es:[si + 2]
    mov [bp + R_ES], ax
2:  ret

/* BL = 10h: colour, 256 KiB, the switches of an EGA. */
adapter:
    cmp bl, 0x10
    jne 1f
    mov word ptr [bp + R_BX], 0x0003
    mov word ptr [bp + R_CX], 0x0009
1:  ret

/* A VGA with a colour screen, no other. */
display:
    mov byte ptr [bp + R_AX], 0x1a
    mov word ptr [bp + R_BX], 0x0008
    ret

/* ---- Cursor and pages -------------------------------------------------------------------- */

/* CRTC registers AL and AL + 1 are BX, high byte first. */
crtc_pair:
    mov dx, [VIDEO_PORT]
    mov ah, bh
    out dx, ax
    inc al
    mov ah, bl
    out dx, ax
    ret

/* Lines are of characters with 8 of them, when that is what they look like. */
set_shape:
    mov [VIDEO_SHAPE], cx
    mov bx, cx
    test cx, 0xd8f8
    jnz 1f
    add bx, bx
    shr cx, 2
    and cx, 0x0101
    add bx, cx
1:  mov al, 0x0a
    jmp crtc_pair

set_cursor:
    movzx si, bh
    and si, 7
    add si, si
    mov [si + VIDEO_CURSOR], dx
    cmp bh, [VIDEO_PAGE]
    jne 1f
show_cursor:
    mov bh, [VIDEO_PAGE]
    call cursor_cell
    mov bx, di
    shr bx, 1
    mov al, 0x0e
    jmp crtc_pair
1:  ret

get_cursor:
    movzx si, bh
    and si, 7
    add si, si
    mov ax, [si + VIDEO_CURSOR]
    mov [bp + R_DX], ax
    mov ax, [VIDEO_SHAPE]
    mov [bp + R_CX], ax
    ret

set_page:
    and al, 7
    mov [VIDEO_PAGE], al
    movzx bx, al
    shl bx, 12
    mov [VIDEO_START], bx
    shr bx, 1
    mov al, 0x0c
    call crtc_pair
    jmp show_cursor

/* ES:DI: the cell at row DH, column DL of page BH. */
cell:
    push ax
    mov ax, SCREEN
    mov es, ax
    movzx ax, bh
    and al, 7
    shl ax, 12
    mov di, ax
    mov al, PITCH
    mul dh
    add di, ax
    movzx ax, dl
    add di, ax
    add di, ax
    pop ax
    ret

/* The same for the cursor of page BH, which is in DX then. */
cursor_cell:
    movzx si, bh
    and si, 7
    add si, si
    mov dx, [si + VIDEO_CURSOR]
    jmp cell

/* ---- Characters -------------------------------------------------------------------------- */

read_cell:
    call cursor_cell
    mov ax, es:[di]
    mov [bp + R_AX], ax
    ret

/* CX times the character AL, of the attribute BL. */
write_cells:
    call cursor_cell
    mov ah, bl
    rep stosw
    ret

write_characters:
    call cursor_cell
    jcxz 2f
1:  stosb
    inc di
    loop 1b
2:  ret

teletype:
    mov bh, [VIDEO_PAGE]
    call put_character
    jmp show_cursor

/* AL at the cursor of page BH, which moves. */
put_character:
    mov cl, al
    call cursor_cell
    cmp cl, 0x07
    je  9f
    cmp cl, 0x08
    je  2f
    cmp cl, 0x0d
    je  3f
    cmp cl, 0x0a
    je  4f
    mov es:[di], cl
    inc dl
    cmp dl, [VIDEO_COLUMNS]
    jb  8f
    xor dl, dl
    jmp 4f
2:  test dl, dl
    jz  9f
    dec dl
    jmp 8f
3:  xor dl, dl
    jmp 8f
4:  inc dh
    cmp dh, [VIDEO_ROWS]
    jbe 8f
    mov dh, [VIDEO_ROWS]
    push dx
    push bx
    mov ah, es:[di + 1]
    mov al, 1
    xor cx, cx
    mov dl, 0xff
    call move_up
    pop bx
    pop dx
8:  movzx si, bh
    and si, 7
    add si, si
    mov [si + VIDEO_CURSOR], dx
9:  ret

/* The window from CH, CL to DH, DL by AL rows (0: all of it); new rows have the attribute BH. */
scroll_up:
    mov ah, bh
    mov bh, [VIDEO_PAGE]
    jmp move_up

scroll_down:
    mov ah, bh
    mov bh, [VIDEO_PAGE]

/* By AL rows, in the window CX to DX of page BH; new rows have the attribute AH. */
move_down:
    call clip
    jc  9f
    push dx
    mov dl, cl /* from the last row on */
    call cell
    pop dx
    mov bx, -PITCH
    jmp 1f
move_up:
    call clip
    jc  9f
    push dx
    mov dx, cx /* from the first row on */
    call cell
    pop dx
    mov bx, PITCH
1:  sub dx, cx
    add dx, 0x0101 /* DH rows, DL columns */
    test al, al
    jz  2f
    cmp al, dh
    jbe 3f
2:  mov al, dh
3:  push dx
    push ax
    mov ah, 0
    imul bx
    mov si, di
    add si, ax
    pop ax
    pop dx
    push ds
    push es
    pop ds
    sub dh, al
    jz  5f
4:  movzx cx, dl
    push si
    push di
    rep movsw
    pop di
    pop si
    add si, bx
    add di, bx
    dec dh
    jnz 4b
5:  mov dh, al
    mov al, ' '
6:  movzx cx, dl
    push di
    rep stosw
    pop di
    add di, bx
    dec dh
    jnz 6b
    pop ds
9:  ret

/* The part of the window CX to DX that is on the screen; carry: there is none. */
clip:
    push ax
    mov al, [VIDEO_COLUMNS]
    dec al
    cmp dl, al
    jbe 1f
    mov dl, al
1:  pop ax
    cmp dh, [VIDEO_ROWS]
    jbe 2f
    mov dh, [VIDEO_ROWS]
2:  cmp dh, ch
    jb  3f
    cmp dl, cl
3:  ret

/* CX characters at the caller's ES:BP, from row DH, column DL of page BH on. AL bit 0: the cursor
   moves; bit 1: each has its attribute behind it, else that is BL. */
write_string:
    jcxz 9f
    movzx si, bh
    and si, 7
    add si, si
    push [si + VIDEO_CURSOR]
    mov [si + VIDEO_CURSOR], dx
    push si
    mov si, [bp + R_EBP]
1:  push cx
    mov es, [bp + R_ES]
    mov cl, es:[si]
    inc si
    test al, 0x02
    jz  2f
    mov bl, es:[si]
    inc si
2:  push si
    push ax
    mov al, cl
    cmp al, 0x07 /* controls have no attribute */
    je  3f
    cmp al, 0x08
    je  3f
    cmp al, 0x0a
    je  3f
    cmp al, 0x0d
    je  3f
    call cursor_cell
    mov es:[di + 1], bl
3:  push bx
    call put_character
    pop bx
    pop ax
    pop si
    pop cx
    loop 1b
    pop si
    pop dx
    test al, 0x01
    jnz 4f
    mov [si + VIDEO_CURSOR], dx
4:  jmp show_cursor
9:  ret
