/* SPDX-License-Identifier: MIT */
/*
 * system.S - INT 15h: how much memory there is and where, the A20 gate, waiting, the configuration
 * table. INT 8h and 1Ah: ticks of the timer, date and time of the RTC.
 *
 * Sources: ACPI specification 6.2, 15.1 (E820h); Ralf Brown's Interrupt List (E801h, 88h, 24xxh, C0h).
 * Not here: block move (87h), mouse (C2h), APM (53h), SpeedStep (E980h): refused with AH = 86h.
 */
#include "bios/bios.inc"

#define SMAP 0x534d4150
#define HIGH_MEMORY 0x100000
#define BELOW_16M 0x3c00 /* KiB from 1 MiB on */
#define TICKS_A_DAY 0x1800b0

    .globl system_service
system_service:
    on_ax 0xe820, memory_map
    on_ax 0xe801, memory_in_two
    on  0x88, memory_in_one
    on  0x24, a20
    on  0x86, wait
    on  0xc0, configuration
    on  0xc1, where_ebda
    on  0x4f, keep_key
    on  0x90, done
    on  0x91, done
refused:
    mov byte ptr [bp + R_AH], 0x86
    answer_bad
    ret

done:
    mov byte ptr [bp + R_AH], 0
    answer_good
    ret

/* INT 9 offers every key: nobody takes it. */
keep_key:
    answer_bad
    ret

memory_map:
    cmp edx, SMAP
    jne refused
    cmp ecx, MAP_ENTRY
    jb  refused
    mov ds, [EBDA]
    movzx eax, word ptr [MAP_COUNT]
    cmp ebx, eax
    jae refused
    imul si, bx, MAP_ENTRY
    add si, MAP
    mov cx, MAP_ENTRY
    rep movsb
    inc ebx
    cmp ebx, eax
    jb  1f
    xor ebx, ebx /* that was the last */
1:  mov dword ptr [bp + R_EAX], SMAP
    mov [bp + R_EBX], ebx
    mov dword ptr [bp + R_ECX], MAP_ENTRY
    answer_good
    ret

/* EAX: KiB of RAM from 1 MiB on. */
extended:
    push ds
    mov ds, [EBDA]
    mov si, MAP
    mov cx, [MAP_COUNT]
    xor eax, eax
    jcxz 2f
1:  cmp dword ptr [si], HIGH_MEMORY
    je  3f
    add si, MAP_ENTRY
    loop 1b
2:  pop ds
    ret
3:  mov eax, [si + 8]
    shr eax, 10
    pop ds
    ret

memory_in_two:
    call extended
    mov edx, eax
    xor ecx, ecx
    cmp eax, BELOW_16M
    jbe 1f
    mov edx, BELOW_16M
    mov ecx, eax
    sub ecx, edx
    shr ecx, 6 /* units of 64 KiB */
1:  mov [bp + R_AX], dx
    mov [bp + R_CX], dx
    mov [bp + R_BX], cx
    mov [bp + R_DX], cx
    answer_good
    ret

memory_in_one:
    call extended
    cmp eax, 0xfc00
    jb  1f
    mov ax, 0xfc00
1:  mov [bp + R_AX], ax
    answer_good
    ret

a20:
    cmp al, 3
    ja  refused
    je  3f
    cmp al, 1
    in  al, 0x92
    jb  1f
    ja  2f
    or  al, 0x02
    and al, 0xfe
    out 0x92, al
    jmp done
1:  and al, 0xfc
    out 0x92, al
    call keyboard_takes /* the keyboard controller's gate is another: the line is open if one is */
    mov al, 0xd1
    out 0x64, al
    call keyboard_takes
    mov al, 0xdd
    out 0x60, al
    call keyboard_takes
    jmp done
2:  shr al, 1
    and al, 1
    mov [bp + R_AX], al
    jmp done
3:  mov word ptr [bp + R_BX], 3 /* by the keyboard controller and by port 92h */
    jmp done

keyboard_takes:
    in  al, 0x64
    test al, 0x02
    jnz keyboard_takes
    ret

/* CX:DX microseconds, counted in turns of the refresh bit: 15.085 of them each. */
wait:
    mov ax, cx
    shl eax, 16
    mov ax, dx
    xor edx, edx
    mov ebx, 15
    div ebx
    mov ecx, eax
    inc ecx
    sti
    in  al, 0x61
    mov ah, al
1:  in  al, 0x61
    xor al, ah
    test al, 0x10
    jz  1b
    xor ah, 0x10
    dec ecx
    jnz 1b
    jmp done

configuration:
    mov [bp + R_ES], cs
    mov word ptr [bp + R_BX], offset configuration_table
    jmp done

where_ebda:
    mov ax, [EBDA]
    mov [bp + R_ES], ax
    answer_good
    ret

configuration_table:
    .word 8
    .byte 0xfc, 1, 0 /* an AT */
    .byte 0x74       /* second 8259, RTC, INT 9 offers keys, EBDA */
    .byte 0, 0, 0, 0

/* ---- Time -------------------------------------------------------------------------------- */

    .globl timer_line, time_service, clock_start
timer_line:
    push ds
    push eax
    push 0x40
    pop ds
    mov eax, [TICKS]
    inc eax
    cmp eax, TICKS_A_DAY
    jb  1f
    xor eax, eax
    inc byte ptr [MIDNIGHT]
1:  mov [TICKS], eax
    int 0x1c
    mov al, 0x20
    out 0x20, al
    pop eax
    pop ds
    iret

time_service:
    on  0x00, get_ticks
    on  0x01, set_ticks
    on  0x02, get_time
    on  0x04, get_date
    answer_bad /* nothing else, and no PCI BIOS */
    ret

get_ticks:
    mov ax, [TICKS]
    mov [bp + R_DX], ax
    mov ax, [TICKS + 2]
    mov [bp + R_CX], ax
    xor al, al
    xchg al, [MIDNIGHT]
    mov [bp + R_AX], al
    answer_good
    ret

set_ticks:
    mov [TICKS], dx
    mov [TICKS + 2], cx
    mov byte ptr [MIDNIGHT], 0
    answer_good
    ret

/* AL: what the RTC has at AL, when it is not being updated. */
clock_read:
    push ax
1:  mov al, 0x0a
    out 0x70, al
    in  al, 0x71
    test al, 0x80
    jnz 1b
    pop ax
    out 0x70, al
    in  al, 0x71
    ret

get_time:
    mov al, 0
    call clock_read
    mov [bp + R_DX + 1], al
    mov al, 2
    call clock_read
    mov [bp + R_CX], al
    mov al, 4
    call clock_read
    mov [bp + R_CX + 1], al
    mov al, 0x0b
    call clock_read
    and al, 1 /* daylight saving */
    mov [bp + R_DX], al
    jmp done

get_date:
    mov al, 7
    call clock_read
    mov [bp + R_DX], al
    mov al, 8
    call clock_read
    mov [bp + R_DX + 1], al
    mov al, 9
    call clock_read
    mov [bp + R_CX], al
    mov al, 0x32
    call clock_read
    mov [bp + R_CX + 1], al
    jmp done

/* EAX: the RTC's register AL, from BCD. */
clock_number:
    call clock_read
    mov ah, al
    and al, 0x0f
    shr ah, 4
    aad
    movzx eax, al
    ret

/* The ticks since midnight: seconds times 1193182 / 65536. */
clock_start:
    mov al, 4
    call clock_number
    imul ebx, eax, 60
    mov al, 2
    call clock_number
    add ebx, eax
    imul ebx, ebx, 60
    mov al, 0
    call clock_number
    add eax, ebx
    mov edx, 1193182
    mul edx
    shrd eax, edx, 16
    mov [TICKS], eax
    ret
