/* SPDX-License-Identifier: MIT */
/*
 * lines.S - a guest for wait.sh: a few rows on the screen, a word on each serial line, and then what
 * comes on a serial line goes back on it.
 *
 *   row 0   top
 *   row 1   80 characters, the last three: end
 *   row 2   next
 *   row 3   (blank)
 *   row 4   # typed
 */
        .section .multiboot, "a"
        .long 0x1BADB002, 0, -0x1BADB002

        .text
        .globl start
start:  mov $0xB8000, %edi
        mov $text, %esi
        mov $0x07, %ah
1:      lodsb
        test %al, %al
        jz 3f
        cmp $'\n', %al
        jne 2f
        /* to the next row: the place is a multiple of 160 bytes from the first */
        lea -0xB8000(%edi), %eax
        xor %edx, %edx
        mov $160, %ecx
        div %ecx
        inc %eax
        mul %ecx
        lea 0xB8000(%eax), %edi
        mov $0x07, %ah
        jmp 1b
2:      stosw
        jmp 1b
3:      mov $0x3F8, %edx
        mov $first, %esi
        call say
        mov $0x2F8, %edx
        mov $second, %esi
        call say
echo:   mov $0x3F8, %edx
        call back
        mov $0x2F8, %edx
        call back
        jmp echo

/* The text at ESI to the port at EDX. */
say:    lodsb
        test %al, %al
        jz 4f
        call put
        jmp say
4:      ret

/* What has come there goes back. */
back:   add $5, %edx
        in %dx, %al
        sub $5, %edx
        test $1, %al
        jz 4b
        in %dx, %al
put:    mov %al, %bl
        add $5, %edx
5:      in %dx, %al
        test $0x20, %al
        jz 5b
        sub $5, %edx
        mov %bl, %al
        out %al, %dx
        ret

text:   .ascii "top\n"
        .fill 77, 1, '-'
        .ascii "endnext\n\n# typed\0"
first:  .asciz "one\r\n"
second: .asciz "two\r\n"
