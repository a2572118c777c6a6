/* SPDX-License-Identifier: MIT */
/*
 * test_irq.S - interrupts from the board: the shadow after STI and MOV SS, HLT, REP interrupted,
 * the 8254 and 8259A as interrupt sources.
 *
 * Source: 80386 Programmer's Reference Manual (STI, MOV SS, HLT, REP); 8254 and 8259A
 * datasheets. Nothing here needs real time, only that the counters run.
 */
#include "rt.inc"

#define PIC1 0x20
#define PIC2 0xa0

    .text
    .global test_main
test_main:
    mov dword ptr [rt_hook], offset irq_hook
    call pic_registers
    call sti_shadow
    call mov_ss_shadow
    call popf_and_iret
    call halt
    call rep_interrupted
    call pit_counts
    call pit_rate
    call from_ring3
    call priorities
    mov dword ptr [rt_hook], 0
    mov al, 0xff
    out 0x21, al
    out 0xa1, al
    ret

/* Counts interrupts of the master and returns; notes where they came in. */
irq_hook:
    mov eax, [rec_vec]
    sub eax, 0x20
    cmp eax, 16
    jae 1f
    inc dword ptr [irq_counts + 4 * eax]
    cmp dword ptr [irq_total], 0
    jne 2f
    push [rec_eip]
    pop [first_eip]
    push [rec_ecx]
    pop [first_ecx]
    push [rec_esp]
    pop [first_esp]
2:  inc dword ptr [irq_total]
    mov ecx, [irq_next]
    mov [irq_order + ecx], al
    inc ecx
    and ecx, 15
    mov [irq_next], ecx
    cmp eax, 8
    mov al, 0x20
    jb 2f
    out PIC2, al
2:  out PIC1, al
    mov eax, 1
    ret
1:  xor eax, eax
    ret

/* Channel 0, mode 0 (one edge when it reaches 0): EAX ticks. Clears the counts. IF stays 0. */
arm:
    mov dword ptr [irq_total], 0
    mov dword ptr [irq_counts], 0
    mov dword ptr [first_eip], 0
    push eax
    mov al, 0x30
    out 0x43, al
    pop eax
    out 0x40, al
    mov al, ah
    out 0x40, al
    mov al, 0xfe
    out 0x21, al
    ret

/* Waits with IF = 0 until IRQ 0 is requested; ZF = 1 when it never is. */
wait_request:
    push ecx
    mov ecx, 3000000
1:  mov al, 0x0a
    out PIC1, al
    in al, PIC1
    test al, 1
    jnz 2f
    loop 1b
    xor ecx, ecx
2:  pop ecx
    ret

pic_registers:
    mov al, 0x5a
    out 0xa1, al
    in al, 0xa1
    movzx eax, al
    EQ "interrupt mask reads back", eax, 0x5a
    mov al, 0xff
    out 0xa1, al
    mov al, 0x0b
    out PIC1, al
    in al, PIC1
    movzx eax, al
    EQ "nothing in service", eax, 0
    ret

/* STI lets one more instruction run; STI CLI lets nothing in. */
sti_shadow:
    mov eax, 20
    call arm
    call wait_request
    FLAGS "irq 0 is requested", ZF, 0
    EQ "nothing is delivered with if clear", [irq_total], 0
    sti
    cli
    EQ "sti cli: no window", [irq_total], 0
    sti
    nop
sti_after:
    nop
    cli
    EQ "sti nop: delivered", [irq_total], 1
    EQ "sti: after the next instruction", [first_eip], "offset sti_after"
    mov eax, 20
    call arm
    call wait_request
    sti
    sti /* a second STI gives no second shadow */
sti_after2:
    nop
    nop
    cli
    EQ "sti sti: after the second", [first_eip], "offset sti_after2"
    ret

mov_ss_shadow:
    mov eax, 20
    call arm
    call wait_request
    mov ebx, KDATA
    pushfd
    or dword ptr [esp], IF
    popfd
popf_after: /* POPF has no shadow: delivered here */
    nop
    cli
    EQ "popf: delivered at once", [first_eip], "offset popf_after"
    mov edi, 20
1:  mov eax, edi
    call arm
    call mov_ss_pairs
    mov eax, [first_eip]
    sub eax, offset mov_ss_start
    test al, 3
    jnz 2f
    inc edi
    cmp edi, 52
    jb 1b
2:  EQ "mov ss: never before the next instruction", edi, 52
    mov edi, 20
1:  mov eax, edi
    call arm
    call pop_ss_pairs
    mov eax, [first_eip]
    sub eax, offset pop_ss_start
    test al, 2
    jnz 2f
    inc edi
    cmp edi, 52
    jb 1b
2:  EQ "pop ss: never before the next instruction", edi, 52
    ret

/* Groups of four bytes: no interrupt may come in at the third byte of one. */
mov_ss_pairs:
    sti
    nop
mov_ss_start:
    .rept 100
    mov ss, bx
    mov ecx, esp
    .endr
    cli
    cmp dword ptr [irq_total], 0
    je mov_ss_pairs
    ret
pop_ss_pairs:
    sti
    nop
pop_ss_start:
    .rept 100
    push ebx
    pop ss
    mov ecx, esp
    .endr
    cli
    cmp dword ptr [irq_total], 0
    je pop_ss_pairs
    ret

popf_and_iret:
    mov eax, 20
    call arm
    call wait_request
    pushfd
    or dword ptr [esp], IF
    push cs
    push offset iret_after
    iretd
    nop
iret_after:
    nop
    cli
    EQ "iret: delivered at its target", [first_eip], "offset iret_after"
    mov eax, [rec_eflags]
    and eax, IF
    EQ "if is set in the saved flags", eax, IF
    ret

halt:
    mov eax, 2000
    call arm
    sti
    hlt
halt_after:
    cli
    EQ "hlt wakes", [irq_total], 1
    EQ "hlt: the saved eip is the next instruction", [first_eip], "offset halt_after"
    /* STI HLT with the request already there does not sleep for ever */
    mov eax, 20
    call arm
    call wait_request
    sti
    hlt
halt_after2:
    cli
    EQ "sti hlt with a pending request", [first_eip], "offset halt_after2"
    ret

/* A long REP is left between elements, with EIP at it, and continues. */
rep_interrupted:
    mov eax, 60
    call arm
    cld
    mov edi, 0x600000
    mov ecx, 0x100000
    mov eax, 0x77777777
    sti
rep_at:
    rep stosd
rep_after:
    nop
    cli
    EQ "rep stosd: interrupted once", [irq_total], 1
    EQ "rep stosd: finished, edi", edi, 0xa00000
    EQ "rep stosd: finished, ecx", ecx, 0
    EQ "rep stosd: saved eip", [first_eip], "offset rep_at"
    mov eax, [first_ecx]
    neg eax
    add eax, 0x100000
    cmp eax, 0x100000
    sbb edx, edx
    EQ "rep stosd: left in the middle", edx, -1
    mov edi, 0x600000
    mov ecx, 0x100000
    mov eax, 0x77777777
    repe scasd
    EQ "rep stosd: every element written", ecx, 0
    FLAGS "rep stosd: the last one, too", ZF, ZF
    ret

/* A latched count never goes up in mode 0, and the count of a stopped line is exact. */
pit_counts:
    mov al, 0xff
    out 0x21, al
    mov al, 0x30
    out 0x43, al
    mov al, 0x00
    out 0x40, al
    mov al, 0x80
    out 0x40, al
    mov ebx, 0x8000
    call wait_load
    mov ecx, 100
1:  mov al, 0x00 /* latch */
    out 0x43, al
    in al, 0x40
    mov dl, al
    in al, 0x40
    mov dh, al
    movzx edx, dx
    cmp edx, ebx
    ja 2f
    mov ebx, edx
    loop 1b
2:  EQ "mode 0 counts down", ecx, 0
    mov al, 0xe2 /* read back the status of channel 0 */
    out 0x43, al
    in al, 0x40
    and eax, 0x3f
    EQ "read-back status: both bytes, mode 0, binary", eax, 0x30
    mov al, 0x34 /* mode 2 */
    out 0x43, al
    mov al, 0xe2
    out 0x43, al
    in al, 0x40
    and eax, 0xff
    EQ "no count yet, out high in mode 2", eax, 0xf4
    mov al, 100
    out 0x40, al
    mov al, 0
    out 0x40, al
    call wait_load
    mov ecx, 1000
    xor ebx, ebx
1:  mov al, 0
    out 0x43, al
    in al, 0x40
    mov dl, al
    in al, 0x40
    mov dh, al
    movzx edx, dx
    dec edx
    cmp edx, 100 /* 1 to 100 */
    adc ebx, 0
    loop 1b
    EQ "mode 2 counts between n and 1", ebx, 1000
    ret

/* A written count is taken over at the next clock pulse of the 8254: let some pass. */
wait_load:
    mov ecx, 5000
1:  loop 1b
    ret

/* Twice the count takes twice the loops: exact where the clock counts instructions. */
pit_rate:
    mov eax, 2000
    call count_loops
    mov esi, ebx
    mov eax, 4000
    call count_loops
    mov edi, ebx
    mov eax, 6000
    call count_loops
    sub ebx, edi /* what 2000 more ticks take, twice measured */
    sub edi, esi
    mov eax, ebx
    sub eax, edi
    jns 1f
    neg eax
1:  imul eax, eax, 500 /* a count starts at a clock pulse: two ticks of jitter in 2000 */
    cmp edi, eax
    setae al
    movzx eax, al
    EQ "2000 ticks more take the same number of loops each time", eax, 1
    ret
count_loops:
    call arm
    xor ebx, ebx
    sti
1:  inc ebx
    cmp dword ptr [irq_total], 0
    je 1b
    cli
    ret

/* Out of ring 3 and back into the middle of its loop. */
from_ring3:
    mov eax, 500
    call arm
    mov dword ptr [rt_iopl], IF
    mov ebx, 0x12345678
    RING3 user_loop
    mov dword ptr [rt_iopl], 0
    EQ "ring 3 went on after the interrupt", [rec_vec], V_END
    EQ "one interrupt", [irq_total], 1
    EQ "interrupted in the loop", [in_loop], 1
    EQ "ring 3 stack on entry", [first_esp], "offset rt_ustack_top"
    EQ "registers survive", [rec_ebx], 0x12345678
    ret
user_loop:
    cmp dword ptr [irq_total], 0
    je user_loop
user_loop_end:
    cmp dword ptr [first_eip], offset user_loop
    jb 1f
    cmp dword ptr [first_eip], offset user_loop_end
    ja 1f
    mov dword ptr [in_loop], 1
1:  int V_END

/* Two requests at once: the lower number first; an unmasked one waits for its mask. */
priorities:
    /* the RTC's periodic interrupt: register A rate 6, register B PIE */
    mov al, 0xfe
    mov eax, 20
    call arm
    call wait_request
    mov al, 0x0a
    out 0x70, al
    mov al, 0x26
    out 0x71, al
    mov al, 0x0b
    out 0x70, al
    mov al, 0x42
    out 0x71, al
    mov al, 0x0c
    out 0x70, al
    in al, 0x71
    mov ecx, 3000000
1:  mov al, 0x0a
    out PIC2, al
    in al, PIC2
    test al, 1
    jnz 2f
    loop 1b
2:  FLAGS "irq 8 is requested", ZF, 0
    mov dword ptr [irq_next], 0
    mov dword ptr [irq_order], 0xffffffff
    mov dword ptr [irq_counts + 32], 0
    mov al, 0xfe
    out 0xa1, al
    mov al, 0xfa /* channels 0 and 2 */
    out 0x21, al
    sti
    nop
    nop
    nop
    cli
    mov al, 0xff
    out 0xa1, al
    mov al, 0x0b
    out 0x70, al
    mov al, 0x02
    out 0x71, al
    mov al, 0x0c
    out 0x70, al
    in al, 0x71
    EQ "irq 0 before irq 8", [irq_order], 0xffff0800
    EQ "irq 8 came through the slave", [irq_counts + 32], 1
    ret

    .data
    .align 4
irq_total: .long 0
irq_counts: .fill 16, 4, 0
irq_next: .long 0
irq_order: .fill 16, 1, 0xff
first_eip: .long 0
first_ecx: .long 0
first_esp: .long 0
in_loop: .long 0
