/* SPDX-License-Identifier: MIT */
/*
 * entry.S - a small BIOS for kernels that the emulator loads itself and that begin in real mode: Linux's
 * own setup code asks it for memory, screen and keyboard before it enters protected mode.
 *
 * Sources: IBM PS/2 and Personal Computer BIOS Interface Technical Reference (services, data area);
 * Ralf Brown's Interrupt List; Documentation/arch/x86/boot.rst of Linux (the state at its 16-bit entry).
 *
 * The ROM is the last 8 KiB below 1 MiB; bios_enter is its first byte. The chips are as a power-on
 * self test leaves them: the emulator has done that. BX: the segment of the kernel, CX: its SP;
 * it starts at offset 200h of that segment. A VGA BIOS at C000:0000 is initialised before.
 *
 * Not here: reading disks (disk.S), serial and printer services, APM, PCI BIOS.
 */
#include "bios/bios.inc"

    .section .entry, "ax"
    .globl bios_enter
bios_enter:
    cli
    cld
    xor ax, ax
    mov ss, ax
    mov sp, 0x7c00
    push bx
    push cx
    call make_vectors
    call make_data
    call make_disk_tables
    call clock_start
    call screen_start
    pop cx
    pop bx
    cli
    mov ds, bx
    mov es, bx
    mov fs, bx
    mov gs, bx
    mov ss, bx
    movzx esp, cx
    add bx, 0x20
    push bx
    push 0
    xor eax, eax
    xor ebx, ebx
    xor ecx, ecx
    xor edx, edx
    xor esi, esi
    xor edi, edi
    xor ebp, ebp
    retf

    .text
/* All vectors do nothing, but those of interrupt lines, and those in the table. */
make_vectors:
    xor di, di
    mov es, di
    mov ax, offset nothing
    mov cx, 256
    call fill_vectors
    mov di, 0x08 * 4
    mov ax, offset line_of_master
    mov cx, 8
    call fill_vectors
    mov di, 0x70 * 4
    mov ax, offset line_of_slave
    mov cx, 8
    call fill_vectors
    mov si, offset vectors
1:  lods ax, word ptr cs:[si]
    cmp ax, -1
    je  2f
    mov di, ax
    lods ax, word ptr cs:[si]
    mov cx, 1
    call fill_vectors
    jmp 1b
2:  xor eax, eax
    mov es:[0x1f * 4], eax /* fonts are the VGA BIOS's */
    mov es:[0x43 * 4], eax
    ret

/* CX vectors from ES:DI are AX of this segment. */
fill_vectors:
    stosw
    mov es:[di], cs
    add di, 2
    loop fill_vectors
    ret

    .macro vector number, routine
    .word \number * 4, \routine
    .endm

vectors:
    vector 0x08, timer_line
    vector 0x09, keyboard_line
    vector 0x10, video
    vector 0x11, equipment
    vector 0x12, memory_size
    vector 0x13, disk
    vector 0x14, no_serial
    vector 0x15, system
    vector 0x16, keyboard
    vector 0x17, no_printer
    vector 0x18, restart
    vector 0x19, restart
    vector 0x1a, time
    vector 0x75, line_of_x87
    .word -1

nothing:
    iret

line_of_master:
    push ax
    mov al, 0x20
    out 0x20, al
    pop ax
    iret

line_of_slave:
    push ax
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    pop ax
    iret

/* FERR#: acknowledged, and handed on as an NMI, where programs for an 8087 expect it. */
line_of_x87:
    push ax
    xor ax, ax
    out 0xf0, al
    mov al, 0x20
    out 0xa0, al
    out 0x20, al
    pop ax
    int 2
    iret

/* The data area: the chips say what there is. */
make_data:
    mov ax, 0x40
    mov es, ax
    mov ds, ax
    xor di, di
    xor ax, ax
    mov cx, 128
    rep stosw
    mov word ptr [0], 0x3f8
    mov word ptr [2], 0x2f8
    mov word ptr [8], 0x378
    mov word ptr [EBDA], 0x9fc0
    mov word ptr [MEMORY_SIZE], 639
    mov word ptr [KEY_HEAD], KEY_RING
    mov word ptr [KEY_TAIL], KEY_RING
    mov word ptr [KEY_START], KEY_RING
    mov word ptr [KEY_END], KEY_RING_END
    mov byte ptr [KEY_STATE], 0x10 /* 101 keys */
    mov al, 0x14                   /* CMOS: floppy drives, x87 */
    out 0x70, al
    in  al, 0x71
    and ax, 0x00c3
    or  ax, 0x4424                 /* printer, two serial ports, PS/2 mouse, 80 columns of colour */
    mov [EQUIPMENT], ax
    mov es, [EBDA]
    mov byte ptr es:[0], 1         /* KiB of the EBDA */
    ret

/* INT 18h and 19h, and a jump to the reset vector: the machine starts again. */
    .globl restart
restart:
    cli
    mov al, 0xfe /* the 8042's pulse of the reset line */
    out 0x64, al
1:  hlt
    jmp 1b

/* ---- How a service is called ------------------------------------------------------------- */

    .macro service name, routine
    .globl \name
\name:
    push offset \routine
    jmp serve
    .endm

    service video, video_service
    service system, system_service
    service keyboard, keyboard_service
    service time, time_service
    service disk, disk_service

serve:
    pushad
    push ds
    push es
    mov bp, sp
    push 0x40
    pop ds
    cld
    call word ptr [bp + 36]
    pop es
    pop ds
    popad
    add sp, 2
    iret

equipment:
    push ds
    push 0x40
    pop ds
    mov ax, [EQUIPMENT]
    pop ds
    iret

memory_size:
    push ds
    push 0x40
    pop ds
    mov ax, [MEMORY_SIZE]
    pop ds
    iret

/* A line that never becomes ready: bit 7 of AH. */
no_serial:
    mov ah, 0x80
    iret

no_printer:
    mov ah, 0x01
    iret

/* ---- Where the processor starts ---------------------------------------------------------- */

    .section .reset, "ax"
    .byte 0xea /* ljmp f000:restart */
    .word restart, 0xf000
    .ascii "11/22/26" /* the date of this BIOS, at F000:FFF5 */
    .byte 0
    .byte 0xfc /* an AT, at F000:FFFE */
    .byte 0
