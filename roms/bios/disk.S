/* SPDX-License-Identifier: MIT */
/*
 * disk.S - INT 13h has no drive: what this BIOS starts is loaded already, and reads its disks itself. What
 * is told of the first two hard disks is the tables behind the vectors 41h and 46h, which old kernels
 * take geometries from.
 *
 * Sources: IBM AT Technical Reference, fixed disk BIOS (table) and CMOS memory (12h, 19h to 23h, 24h to 2Ch:
 * a disk of type 47 has its numbers there); Ralf Brown's Interrupt List.
 */
#include "bios/bios.inc"

#define TABLES 0x200 /* in the EBDA: two of 16 bytes */
#define USERS_TYPE 47

    .globl disk_service, make_disk_tables

/* Reset succeeds, there is no drive of that number, the rest is refused. */
disk_service:
    on  0x00, 1f
    on  0x15, 1f /* AH 0: no drive */
    on  0x08, 2f
    mov byte ptr [bp + R_AH], 0x01
    answer_bad
    ret
1:  mov byte ptr [bp + R_AH], 0
    answer_good
    ret
2:  mov byte ptr [bp + R_AH], 0x07
    mov byte ptr [bp + R_DX], 0 /* how many there are */
    answer_bad
    ret

/* DS is the data area. A disk that is not there has a table of zeroes. */
make_disk_tables:
    xor di, di
    mov fs, di
    mov es, [EBDA]
    mov di, TABLES
    mov cx, 16
    xor ax, ax
    rep stosw
    mov ax, [EBDA]
    mov word ptr fs:[0x41 * 4], TABLES
    mov fs:[0x41 * 4 + 2], ax
    mov word ptr fs:[0x46 * 4], TABLES + 16
    mov fs:[0x46 * 4 + 2], ax
    mov al, 0x19
    mov ah, 0x1b
    mov di, TABLES
    call make_disk_table
    mov al, 0x1a
    mov ah, 0x24
    mov di, TABLES + 16

/* The table at ES:DI, from CMOS: the type is at AL, the numbers from AH on. */
make_disk_table:
    call cmos_byte
    cmp al, USERS_TYPE
    jne 2f
    mov si, offset places
    mov cx, 9
1:  mov al, ah
    call cmos_byte
    movzx bx, byte ptr cs:[si]
    mov es:[bx + di], al
    inc si
    inc ah
    loop 1b
2:  ret

/* Cylinders, heads, write precompensation, control byte, landing zone, sectors of a track. */
places:
    .byte 0, 1, 2, 5, 6, 8, 12, 13, 14

/* AL: CMOS memory at AL. */
cmos_byte:
    out 0x70, al
    in  al, 0x71
    ret
