/* SPDX-License-Identifier: MIT */
/*
 * test_debug.S - debug registers: breakpoints on execution, writes, accesses and ports with their
 * lengths and alignment, what DR6 and the pushed flags say, RF, GD, single steps through
 * REP, POPF, IRET and MOV SS, ICEBP, the local bits at a task switch.
 *
 * Source: Intel SDM vol. 3, chapter 17.2 and 17.3; 80386 Programmer's Reference Manual, chapter 12.
 * Not demanded: LE and GE, the Bn bits of breakpoints that are not enabled.
 */
#include "rt.inc"
#include "task.inc"

#define B0 1
#define B1 2
#define B2 4
#define B3 8
#define BD 0x2000
#define BS 0x4000
#define GD 0x2000
#define L(n) (1 << (2 * (n)))
#define G(n) (2 << (2 * (n)))
#define EXEC(n) 0
#define WRITE(n) (1 << (16 + 4 * (n)))
#define PORT(n) (2 << (16 + 4 * (n)))
#define ACCESS_(n) (3 << (16 + 4 * (n)))
#define LEN2(n) (1 << (18 + 4 * (n)))
#define LEN4(n) (3 << (18 + 4 * (n)))

    .text
    .global test_main
test_main:
    call registers
    call execution
    call lengths
    call data
    call stepping
    call detect
    call shadows
    call icebp
    call switches
    call ports
    ret

/* Breakpoint n at an address, and what DR7 shall be. Eats EAX. */
.macro BREAK n, address
    mov eax, offset \address
    mov dr\n, eax
.endm
.macro DR7 value
    xor eax, eax
    mov dr6, eax
    mov eax, \value
    mov dr7, eax
.endm
.macro DR6_IS name, bits
    mov eax, dr6
    and eax, 0xe00f
    EQ "\name: dr6", eax, \bits
.endm

/* One instruction in ring 0 with a #DB trap behind it. */
.macro TRAPS name, bits, insn:vararg
    mov dword ptr [rt_resume], offset .Lresume\@
    mov dword ptr [rt_resume_esp], esp
    \insn
.Lnext\@:
    call rt_none
.Lresume\@:
    push eax
    EQ "\name: vector", [rec_vec], V_DB
    EQ "\name: eip", [rec_eip], "offset .Lnext\@"
    DR6_IS "\name", \bits
    xor eax, eax
    mov dr6, eax
    pop eax
.endm

registers:
    mov eax, 0x12345678
    mov dr0, eax
    inc eax
    mov dr1, eax
    inc eax
    mov dr2, eax
    inc eax
    mov dr3, eax
    mov ecx, dr0
    EQ "dr0", ecx, 0x12345678
    mov ecx, dr1
    EQ "dr1", ecx, 0x12345679
    mov ecx, dr2
    EQ "dr2", ecx, 0x1234567a
    mov ecx, dr3
    EQ "dr3", ecx, 0x1234567b
    DR7 0
    pushfd /* bit 10 of DR7 is one since the 486, which has EFLAGS.AC */
    push 0x40002
    popfd
    pushfd
    pop edx
    popfd
    shr edx, 8
    and edx, 0x400
    mov ecx, dr7
    and ecx, 0xffff2fff
    EQ "dr7: bit 10 is one", ecx, edx
    mov eax, BS | B1
    mov dr6, eax
    mov eax, dr4
    and eax, 0xe00f
    EQ "dr4 is dr6", eax, BS | B1
    mov eax, 0x402
    mov dr5, eax
    mov eax, dr7
    and eax, ~0x400
    EQ "dr5 is dr7", eax, 2
    DR7 0
    ret

execution:
    BREAK 0, exec_at
    DR7 L(0)
    RING0 exec_code
    EQ "execution: vector", [rec_vec], V_DB
    EQ "execution: before the instruction", [rec_eip], "offset exec_at"
    EQ "execution: nothing is done yet", [rec_ecx], 1
    DR6_IS "execution", B0
    mov eax, [rec_eflags]
    and eax, RF
    EQ "execution: rf is pushed clear, unlike at faults", eax, 0
    DR7 G(0)
    RING0 exec_code
    EQ "execution, global: eip", [rec_eip], "offset exec_at"
    DR7 0
    RING0 exec_code
    EQ "execution, disabled", [rec_vec], V_END
    BREAK 3, exec_at
    DR7 (L(0) | G(3))
    RING0 exec_code
    DR6_IS "execution, two at once", B0 | B3
    DR7 L(3)
    RING3 exec_code
    EQ "execution in ring 3: vector", [rec_vec], V_DB
    EQ "execution in ring 3: cs", [rec_cs], UCODE
    /* IRET with RF goes on, and RF holds for one instruction only */
    BREAK 3, exec_sub
    mov dword ptr [rt_hook], offset count_hook
    mov dword ptr [hits], 0
    RING0 exec_twice
    EQ "iret with rf: ends", [rec_vec], V_END
    EQ "iret with rf: one #db each time", [hits], 2
    EQ "iret with rf: ecx", [rec_ecx], 3
    BREAK 3, exec_rep
    mov dword ptr [hits], 0
    mov esi, offset text
    mov edi, offset watch + 64
    mov ecx, 5
    RING0 exec_rep
    EQ "execution of rep movs: once", [hits], 1
    EQ "execution of rep movs: it completes", [rec_ecx], 0
    mov dword ptr [rt_hook], 0
    /* POPF does not load RF */
    BREAK 3, exec_popf_at
    RING0 exec_popf
    EQ "popf does not set rf", [rec_vec], V_DB
    /* only the first byte counts */
    BREAK 3, "exec_at + 1"
    RING0 exec_code
    EQ "execution: second byte of an instruction", [rec_vec], V_END
    DR7 0
    ret
exec_code:
    mov ecx, 1
exec_at:
    add ecx, 1
    int V_END
exec_twice:
    mov ecx, 1
    call exec_sub
    call exec_sub
    int V_END
exec_sub:
    add ecx, 1
    ret
exec_rep:
    rep movsb
    int V_END
exec_popf:
    push RF | 2
    popfd
exec_popf_at:
    nop
    int V_END
count_hook:
    xor eax, eax
    cmp dword ptr [rec_vec], V_DB
    jne 1f
    inc dword ptr [hits]
    mov eax, [hits]
    and eax, 15
    mov ecx, [rec_eip]
    mov [hit_eip + 4 * eax], ecx
    mov eax, [rec_frame] /* behind the segments, PUSHAD, vector and error code: EIP CS EFLAGS */
    or dword ptr [eax + 16 + 32 + 8 + 8], RF
    mov eax, 1
1:  ret

/* Which addresses a breakpoint covers. */
lengths:
    BREAK 1, "watch + 8"
    DR7 (L(1) | WRITE(1))
    xor eax, eax
    TRAPS "byte written", B1, mov byte ptr [watch + 8], al
    NOFAULT "byte below", mov byte ptr [watch + 7], al
    NOFAULT "byte above", mov byte ptr [watch + 9], al
    TRAPS "dword written over it", B1, mov dword ptr [watch + 5], eax
    TRAPS "word that ends there", B1, mov word ptr [watch + 7], ax
    NOFAULT "dword that ends before", mov dword ptr [watch + 4], eax
    DR7 (L(1) | WRITE(1) | LEN2(1))
    xor eax, eax
    TRAPS "word: second byte", B1, mov byte ptr [watch + 9], al
    NOFAULT "word: third byte", mov byte ptr [watch + 10], al
    DR7 (L(1) | WRITE(1) | LEN4(1))
    xor eax, eax
    TRAPS "dword: fourth byte", B1, mov byte ptr [watch + 11], al
    NOFAULT "dword: fifth byte", mov byte ptr [watch + 12], al
    TRAPS "dword: crossing into it", B1, mov dword ptr [watch + 6], eax
    TRAPS "dword: crossing out of it", B1, mov dword ptr [watch + 11], eax
    BREAK 1, "watch + 10"
    TRAPS "low address bits do not count", B1, mov byte ptr [watch + 8], al
    NOFAULT "low address bits do not count: above", mov byte ptr [watch + 12], al
    DR7 0
    ret

data:
    BREAK 2, watch
    DR7 (G(2) | WRITE(2) | LEN4(2))
    mov ecx, [watch]
    NOFAULT "a write breakpoint at a read", mov eax, [watch]
    NOFAULT "at a compare", cmp dword ptr [watch], 0
    TRAPS "at a read-modify-write", B2, inc dword ptr [watch]
    TRAPS "at xchg", B2, xchg [watch], ecx
    mov eax, [rec_eflags]
    and eax, RF
    EQ "a trap pushes rf clear", eax, 0
    EQ "the write is done", [watch], 0
    DR7 (G(2) | ACCESS_(2) | LEN4(2))
    TRAPS "an access breakpoint at a read", B2, mov eax, [watch]
    TRAPS "an access breakpoint at a write", B2, mov [watch], eax
    TRAPS "at a compare, too", B2, cmp dword ptr [watch], 0
    mov esi, offset watch
    TRAPS "at lods", B2, lodsd
    NOFAULT "not at lea", lea eax, [watch]
    NOFAULT "not at its execution", nop
    /* two breakpoints in one instruction */
    BREAK 0, "watch + 8"
    DR7 (L(2) | ACCESS_(2) | LEN4(2) | L(0) | WRITE(0) | LEN4(0))
    mov esi, offset watch
    mov edi, offset watch + 8
    TRAPS "movs: both", B0 | B2, movsd
    /* in the middle of a REP: EIP at the instruction, the count as it is */
    BREAK 0, "watch + 40"
    DR7 (L(0) | WRITE(0) | LEN4(0))
    mov edi, offset watch + 32
    mov ecx, 6
    RING0 rep_code
    EQ "rep stos: vector", [rec_vec], V_DB
    EQ "rep stos: eip", [rec_eip], "offset rep_code"
    EQ "rep stos: ecx", [rec_ecx], 3
    mov edi, offset watch + 32
    mov ecx, 3
    RING0 rep_code
    EQ "rep stos, last iteration: eip", [rec_eip], "offset rep_code + 2"
    /* a fault comes without the trap of what has been done before it */
    DR7 0
    BREAK 0, watch
    DR7 (L(0) | WRITE(0) | LEN4(0))
    xor edx, edx
    FAULT "a fault is no breakpoint", V_DE, 0, div edx
    DR6_IS "a fault", 0
    DR7 0
    ret
rep_code:
    rep stosd
    int V_END

stepping:
    mov dword ptr [rt_hook], offset count_hook
    DR7 0
    mov dword ptr [hits], 0
    RING0 step_code
    EQ "steps: ends", [rec_vec], V_END
    EQ "steps: four", [hits], 4
    EQ "steps: first", [hit_eip + 4], "offset step_1"
    EQ "steps: popf that clears tf is the last", [hit_eip + 16], "offset step_end"
    DR6_IS "steps", BS
    DR7 0
    mov dword ptr [hits], 0
    mov ecx, 4
    mov esi, offset text
    mov edi, offset watch + 64
    RING0 step_rep
    EQ "steps: each iteration of rep", [hits], 4 + 2
    mov dword ptr [hits], 0
    RING0 step_iret
    EQ "steps: iret that sets tf: first", [hit_eip + 4], "offset step_iret_next"
    EQ "steps: iret that sets tf: count", [hits], 2 + 1
    mov dword ptr [rt_hook], 0
    /* step and breakpoint in one */
    BREAK 0, watch
    DR7 (L(0) | WRITE(0) | LEN4(0))
    RING0 step_write
    EQ "step and write: eip", [rec_eip], "offset step_write_next"
    DR6_IS "step and write", BS | B0
    DR7 0
    ret
step_code:
    push TF | 2
    popfd
    nop
step_1:
    nop
    push 2
    popfd
step_end:
    nop
    int V_END
step_rep:
    push TF | 2
    popfd
    rep movsb
    push 2
    popfd
    int V_END
step_iret:
    push TF | 2
    push KCODE
    push offset 1f
    iretd
1:  nop
step_iret_next:
    push 2
    popfd
    int V_END
step_write:
    push TF | 2
    popfd
    mov [watch], eax
step_write_next:
    nop
    int V_END

/* GD: the next access to a debug register faults, and the handler can access them. */
detect:
    DR7 0
    DR7 GD
    FAULT "gd: mov from dr0", V_DB, 0, mov eax, dr0
    DR6_IS "gd", BD
    mov eax, dr7
    and eax, GD
    EQ "gd is clear in the handler", eax, 0
    DR7 0
    mov eax, GD
    mov dr7, eax
    FAULT "gd: mov to dr7", V_DB, 0, mov dr7, eax
    mov eax, GD
    mov dr7, eax
    FAULT "gd: mov to dr6", V_DB, 0, mov dr6, eax
    DR7 0
    ret

/* MOV SS and POP SS hold off what would come right behind them. */
shadows:
    mov dword ptr [watch], KDATA
    BREAK 0, watch
    DR7 (L(0) | ACCESS_(0) | LEN4(0))
    RING0 shadow_data
    EQ "data breakpoint at mov ss: vector", [rec_vec], V_DB
    EQ "data breakpoint at mov ss: after the next instruction", [rec_eip], "offset shadow_data_next"
    BREAK 0, shadow_exec_at
    DR7 L(0)
    RING0 shadow_exec
    EQ "execution breakpoint behind mov ss", [rec_vec], V_END
    DR7 0
    RING0 shadow_step
    EQ "single step over pop ss", [rec_eip], "offset shadow_step_next"
    ret
shadow_data:
    mov ss, [watch]
    nop
shadow_data_next:
    nop
    int V_END
shadow_exec:
    mov eax, KDATA
    mov ss, eax
shadow_exec_at:
    nop
    int V_END
shadow_step:
    push KDATA
    push TF | 2
    popfd
    pop ss
    nop
shadow_step_next:
    nop
    int V_END

icebp:
    DR7 0
    RING0 icebp_code
    EQ "icebp: vector", [rec_vec], V_DB
    EQ "icebp: eip", [rec_eip], "offset icebp_code + 1"
    DR6_IS "icebp", 0
    RING3 icebp_code
    EQ "icebp does not look at the gate's dpl", [rec_vec], V_DB
    ret
icebp_code:
    .byte 0xf1
    int V_END

/* A task switch clears the local bits. */
switches:
    DR7 0
    PREPARE task_dr7
    mov eax, 0x3ff
    mov dr7, eax
    FARCALL SEL_B, 0
    mov eax, [seen_ebx]
    and eax, 0xff
    EQ "a task switch clears l0 to l3, not g0 to g3", eax, 0xaa
    DR7 0
    PREPARE task_dr7
    ret
task_dr7:
    mov ebx, dr7
    mov eax, 0
    mov dr7, eax
    call task_record
    iretd

/* Ports, with CR4.DE; DR4 and DR5 are invalid then. */
ports:
    pushfd /* CPUID is there if ID can be changed */
    pop eax
    mov ecx, eax
    xor eax, 0x200000
    push eax
    popfd
    pushfd
    pop eax
    xor eax, ecx
    test eax, 0x200000
    jz 1f
    mov eax, 1
    .byte 0x0f, 0xa2 /* cpuid */
    test edx, 4
    jz 1f
    .byte 0x0f, 0x20, 0xe0 /* mov eax, cr4 */
    or eax, 8
    .byte 0x0f, 0x22, 0xe0 /* mov cr4, eax */
    FAULT "dr4 with de", V_UD, 0, mov eax, dr4
    FAULT "dr5 with de", V_UD, 0, mov dr5, eax
    mov eax, 0x80
    mov dr1, eax
    DR7 (L(1) | PORT(1))
    TRAPS "out to the port", B1, out 0x80, al
    TRAPS "in from the port", B1, in al, 0x80
    NOFAULT "another port", out 0x84, al
    NOFAULT "memory at that address", mov [0x80], eax
    mov edx, 0x80
    mov esi, offset text
    TRAPS "outs", B1, outsb
    DR7 0
    .byte 0x0f, 0x20, 0xe0
    and eax, ~8
    .byte 0x0f, 0x22, 0xe0
1:  ret

    .data
    .align 16
watch: .fill 128, 1, 0
text: .ascii "abcdefgh"
    .align 4
hits: .long 0
hit_eip: .fill 16, 4, 0
saved_esp: .long 0
