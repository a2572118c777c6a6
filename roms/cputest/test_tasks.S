/* SPDX-License-Identifier: MIT */
/*
 * test_tasks.S - hardware task switching that works: JMP, CALL, INT and exceptions through task
 * gates, IRET with NT, between 32-bit and 16-bit tasks, into ring 3 and virtual-8086 mode; what
 * is saved and loaded, busy bits, back link, NT, TS, LDT, CR3, the T bit.
 *
 * Source: Intel SDM vol. 3, chapter 7 (7.3 and table 7-2 above all). What fails is in
 * test_taskfaults.S.
 */
#include "rt.inc"
#include "paging.inc"
#include "task.inc"

    .text
    .global test_main
test_main:
    call jumps
    call calls
    call gates
    call saved_state
    call sixteen
    call exceptions
    call trap_bit
    call tables
    call user_tasks
    call v86_tasks
    call address_spaces
    ret

.macro KNOWN
    mov eax, 0xa0
    mov ecx, 0xa1
    mov edx, 0xa2
    mov ebx, 0xa3
    mov ebp, 0xa5
    mov esi, 0xa6
    mov edi, 0xa7
.endm

/* The registers of A are as KNOWN has left them. */
.macro KEPT name
    EQ "\name: eax is back", eax, 0xa0
    EQ "\name: ecx is back", ecx, 0xa1
    EQ "\name: edx is back", edx, 0xa2
    EQ "\name: ebx is back", ebx, 0xa3
    EQ "\name: ebp is back", ebp, 0xa5
    EQ "\name: esi is back", esi, 0xa6
    EQ "\name: edi is back", edi, 0xa7
    mov eax, esp
    EQ "\name: esp is back", eax, [saved_esp]
.endm

/* What CALL, INT and exceptions have in common, seen from B. */
.macro NESTED name
    EQ "\name: task register", [seen_tr], SEL_B
    EQ "\name: the old task stays busy", [seen_busy_a], 0x8b
    EQ "\name: the new task is busy", [seen_busy_b], 0x8b
    EQ "\name: back link", [seen_link], TSSSEL
    mov eax, [seen_flags]
    and eax, NT | TF | IF
    EQ "\name: nt is set", eax, NT
    mov eax, [seen_cr0]
    and eax, 8
    EQ "\name: ts is set", eax, 8
    str ax
    movzx eax, ax
    EQ "\name: back in the old task", eax, TSSSEL
    ACCESS "\name: the old task is busy after iret", TSSSEL, 0x8b
    ACCESS "\name: the new one is not", SEL_B, 0x89
    FLAGS "\name: nt is clear after iret", NT, 0
    mov eax, [tss_b + T_EFLAGS]
    and eax, NT
    EQ "\name: iret clears nt in the tss it leaves", eax, 0
    mov eax, [rt_tss]
    EQ "\name: the old task's own link stays", eax, 0xbeef
.endm

jumps:
    mov [saved_esp], esp
    PREPARE task_jmp
    KNOWN
    FARJMP SEL_B, 0x12345678 /* the offset does not count */
    KEPT "jmp"
    EQ "jmp: task register", [seen_tr], SEL_B
    EQ "jmp: the old task is not busy", [seen_busy_a], 0x89
    EQ "jmp: the new task is busy", [seen_busy_b], 0x8b
    EQ "jmp: no back link", [seen_link], 0xdead
    mov eax, [seen_flags]
    and eax, NT
    EQ "jmp: nt is clear", eax, 0
    EQ "jmp: eax", [seen_eax], 0xb0000000
    EQ "jmp: ecx", [seen_ecx], 0xb1111111
    EQ "jmp: edx", [seen_edx], 0xb2222222
    EQ "jmp: ebx", [seen_ebx], 0xb3333333
    EQ "jmp: esp", [seen_esp], "offset task_stack_b - 4"
    EQ "jmp: ebp", [seen_ebp], 0xb5555555
    EQ "jmp: esi", [seen_esi], 0xb6666666
    EQ "jmp: edi", [seen_edi], 0xb7777777
    ACCESS "jmp back: the first task is busy", TSSSEL, 0x8b
    ACCESS "jmp back: the second is not", SEL_B, 0x89
    mov eax, cr0
    and eax, 8
    EQ "jmp back: ts", eax, 8
    FARJMP SEL_B, 0
    EQ "jmp again goes on where it left", [seen_runs], 2
    EQ "jmp again: esp", [seen_esp], "offset task_stack_b - 4"
    PREPARE task_jmp
    FARJMP SEL_GATE, 0
    EQ "jmp through a task gate", [seen_tr], SEL_B
    EQ "jmp through a task gate: no back link", [seen_link], 0xdead
    ret

calls:
    mov [saved_esp], esp
    PREPARE task_iret
    KNOWN
    FARCALL SEL_B, 0
    KEPT "call"
    NESTED "call"
    FARCALL SEL_B, 0
    EQ "call again", [seen_runs], 2
    PREPARE task_iret
    FARCALL SEL_GATE, 0
    NESTED "call through a task gate"
    /* through memory */
    PREPARE task_iret
    call fword ptr [far_b]
    EQ "call m16:32 to a tss", [seen_link], TSSSEL
    PREPARE task_jmp
    jmp fword ptr [far_b]
    EQ "jmp m16:32 to a tss", [seen_link], 0xdead
    ret

gates:
    mov [saved_esp], esp
    mov dword ptr [rt_idt + 8 * 0x38], SEL_B << 16
    mov dword ptr [rt_idt + 8 * 0x38 + 4], 0xe500
    PREPARE task_iret
    KNOWN
    int 0x38
    KEPT "int"
    NESTED "int"
    EQ "int pushes no error code", [seen_esp], "offset task_stack_b - 4"
    /* from ring 3, and back to it */
    PREPARE task_iret
    mov eax, 0x77
    RING3 int_user
    EQ "int in ring 3: goes on", [rec_vec], V_END
    EQ "int in ring 3: cs", [rec_cs], UCODE
    EQ "int in ring 3: eax", [rec_eax], 0x77
    EQ "int in ring 3: back link", [seen_link], TSSSEL
    EQ "int in ring 3: saved eip", [rt_tss + T_EIP], "offset int_user_next"
    EQ "int in ring 3: saved esp", [rt_tss + T_ESP], "offset rt_ustack_top"
    movzx eax, word ptr [rt_tss + T_CS]
    EQ "int in ring 3: saved cs", eax, UCODE
    mov dword ptr [rt_iopl], IF
    RING3 int_user
    mov eax, [seen_flags]
    and eax, IF
    EQ "if comes from the new tss", eax, 0
    mov eax, [rec_eflags]
    and eax, IF
    EQ "if comes back", eax, IF
    mov dword ptr [rt_iopl], 0
    mov byte ptr [rt_idt + 8 * 0x38 + 5], 0x85
    FAULT3 "int of a task gate of dpl 0 in ring 3", V_GP, 0x38*8+2, int 0x38
    mov byte ptr [rt_idt + 8 * 0x38 + 5], 0x65
    FAULT "int of an absent task gate", V_NP, 0x38*8+2, int 0x38
    /* the task gate's DPL counts, not that of the TSS */
    PREPARE task_iret
    mov byte ptr [rt_gdt + SEL_GATE + 5], 0xe5
    RING3 gate_user
    EQ "call through a task gate of dpl 3", [rec_vec], V_END
    EQ "it has run", [seen_runs], 1
    PREPARE task_iret
    mov byte ptr [rt_gdt + SEL_B + 5], 0xe9
    RING3 tss_user
    EQ "call of a tss of dpl 3", [rec_vec], V_END
    EQ "call of a tss of dpl 3 has run", [seen_runs], 1
    /* IRET with NT in a task of ring 3 */
    PREPARE task_iret
    mov dword ptr [tss_b + T_CS], UCODE
    mov dword ptr [tss_b + T_SS], UDATA
    mov dword ptr [tss_b + T_DS], UDATA
    mov dword ptr [tss_b + T_ES], UDATA
    mov dword ptr [tss_b + T_FS], UDATA
    mov dword ptr [tss_b + T_GS], UDATA
    FARCALL SEL_B, 0
    EQ "a task of ring 3 goes back by iret", [seen_cs], UCODE
    ret
int_user:
    int 0x38
int_user_next:
    int V_END
gate_user:
    FARCALL SEL_GATE, 0
    int V_END
tss_user:
    FARCALL SEL_B, 0
    int V_END

/* What a switch writes into the old TSS and what not. */
saved_state:
    PREPARE task_jmp
    mov edi, offset rt_tss + 4
    mov ecx, 25
    mov eax, 0x5a5a5a5a
    push [rt_tss + T_ESP0]
    push [rt_tss + T_SS0]
    rep stosd
    mov eax, cr3
    mov [rt_tss + T_CR3], eax
    mov dword ptr [rt_tss + T_LDT], 0
    mov eax, SLOT(4)
    SETDESC 4, 0, 0xfffff, 0xf3, 0xc
    mov gs, eax
    mov ebx, 0x13579bdf
    stc
    FARJMP SEL_B, 0
saved_eip:
    pop [rt_tss + T_SS0]
    pop [rt_tss + T_ESP0]
    EQ "saved: eip", [rt_tss + T_EIP], "offset saved_eip"
    EQ "saved: ebx", [rt_tss + T_EBX], 0x13579bdf
    movzx eax, word ptr [rt_tss + T_GS]
    EQ "saved: gs", eax, SLOT(4)
    movzx eax, word ptr [rt_tss + T_SS]
    EQ "saved: ss", eax, KDATA
    mov eax, [rt_tss + T_EFLAGS]
    and eax, CF | NT
    EQ "saved: eflags", eax, CF
    EQ "not saved: stacks of rings 1 and 2", [rt_tss + 12], 0x5a5a5a5a
    mov eax, gs
    EQ "loaded: gs", eax, SLOT(4)
    mov eax, [rt_gdt + SLOT(4) + 4]
    mov ecx, KDATA
    mov gs, ecx
    EQ "tss link is not written by jmp", [rt_tss], 0xbeef
    mov word ptr [rt_tss + T_TRAP], 0
    mov word ptr [rt_tss + T_MAP], 104
    ret

/* 16-bit tasks: to and fro, nested both ways. */
sixteen:
    mov [saved_esp], esp
    PREPARE task_iret
    mov word ptr [task16_exit], offset task16_jmp
    KNOWN
    FARJMP SEL_C, 0
    KEPT "jmp to a 16-bit task"
    mov eax, [task16_seen]
    EQ "16-bit task: ax and sp", eax, 0x78001600
    movzx eax, word ptr [task16_seen + 4]
    EQ "16-bit task: task register", eax, SEL_C
    movzx eax, word ptr [task16_seen + 8]
    EQ "16-bit task: fs is null", eax, 0
    movzx eax, word ptr [task16_seen + 10]
    EQ "16-bit task: ds", eax, KDATA
    ACCESS "16-bit task: not busy afterwards", SEL_C, 0x81
    movzx eax, word ptr [tss_c + T16_IP]
    EQ "16-bit task: saved ip", eax, "offset task16_jmp + 5"
    movzx eax, word ptr [tss_c]
    EQ "16-bit task: no back link", eax, 0xdead
    EQ "16-bit task: 44 bytes", [tss_c + 44], 0
    PREPARE task_iret
    mov word ptr [task16_exit], offset task16_iret
    KNOWN
    FARCALL SEL_C, 0
    KEPT "call to a 16-bit task"
    movzx eax, word ptr [tss_c]
    EQ "call to a 16-bit task: back link", eax, TSSSEL
    movzx eax, word ptr [task16_seen + 6]
    and eax, NT
    EQ "call to a 16-bit task: nt", eax, NT
    ACCESS "call to a 16-bit task: not busy afterwards", SEL_C, 0x81
    movzx eax, word ptr [tss_c + T16_FLAGS]
    and eax, NT
    EQ "call to a 16-bit task: nt saved clear", eax, 0
    /* C calls B; B has a 16-bit caller */
    PREPARE task_iret
    mov word ptr [task16_exit], offset task16_call
    FARJMP SEL_C, 0
    EQ "from a 16-bit task: back link", [seen_link], SEL_C
    EQ "from a 16-bit task: b has run", [seen_runs], 1
    EQ "from a 16-bit task: eax", [seen_eax], 0xb0000000
    movzx eax, word ptr [task16_seen + 12]
    EQ "from a 16-bit task: ax is back", eax, 0x1600
    FLAGS "from a 16-bit task: nt is clear at the end", NT, 0
    ret

/* Faults through task gates: the error code is on the new task's stack. */
exceptions:
    PREPARE task_error
    mov dword ptr [rt_idt + 8 * V_GP], SEL_B << 16
    mov dword ptr [rt_idt + 8 * V_GP + 4], 0x8500
    mov eax, 0x1000
    mov dword ptr [rt_target], offset 1f
    mov fs, eax
1:  EQ "#gp through a task gate: error code", [seen_err], 0x1000
    EQ "#gp through a task gate: esp", [seen_esp], "offset task_stack_b - 4"
    EQ "#gp through a task gate: eip of the instruction", [fault_eip], "offset 1b - 2"
    EQ "#gp through a task gate: back link", [seen_link], TSSSEL
    EQ "#gp through a task gate: eax is back", eax, 0x1000
    mov eax, [fault_flags]
    and eax, RF
    EQ "#gp through a task gate: rf saved", eax, RF
    UNGATE V_GP
    /* no error code */
    PREPARE task_iret
    mov dword ptr [rt_idt + 8 * V_BP], SEL_B << 16
    mov dword ptr [rt_idt + 8 * V_BP + 4], 0x8500
    int3
    EQ "int3 through a task gate", [seen_runs], 1
    EQ "int3 through a task gate: no error code", [seen_esp], "offset task_stack_b - 4"
    UNGATE V_BP
    /* a 16-bit handler gets a word */
    PREPARE task_iret
    mov dword ptr [rt_idt + 8 * V_GP], SEL_C << 16
    mov dword ptr [rt_idt + 8 * V_GP + 4], 0x8500
    mov word ptr [task16_exit], offset task16_error
    mov eax, 0x1000
    mov fs, eax
    movzx eax, word ptr [low_err]
    EQ "#gp through a 16-bit task gate: error code", eax, 0x1000
    movzx eax, word ptr [task16_seen + 2]
    EQ "#gp through a 16-bit task gate: sp", eax, 0x77fe
    UNGATE V_GP
    /* #DF: #GP cannot be delivered */
    PREPARE task_error
    mov byte ptr [rt_idt + 8 * V_GP + 5], 0x0e
    mov dword ptr [rt_idt + 8 * V_DF], SEL_B << 16
    mov dword ptr [rt_idt + 8 * V_DF + 4], 0x8500
    mov eax, 0x1000
    mov fs, eax
    EQ "#df through a task gate: error code", [seen_err], 0
    EQ "#df through a task gate: back link", [seen_link], TSSSEL
    UNGATE V_GP
    UNGATE V_DF
    /* the stack is unusable: only a task gate can take it. */
    PREPARE task_error
    mov dword ptr [rt_idt + 8 * V_SS], SEL_B << 16
    mov dword ptr [rt_idt + 8 * V_SS + 4], 0x8500
    SETDESC 4, 0, 0xfff, 0x93, 4
    mov eax, SLOT(4)
    mov [saved_esp], esp
    mov ss, eax
    mov esp, 0x2000
    mov eax, esp /* two bytes, as the instruction that faults */
    .byte 0xff, 0x34, 0x24 /* push [esp]: #SS */
    mov eax, KDATA
    mov ss, eax
    mov esp, [saved_esp]
    EQ "#ss through a task gate: error code", [seen_err], 0
    movzx eax, word ptr [rt_tss + T_SS]
    EQ "#ss through a task gate: saved ss", eax, SLOT(4)
    UNGATE V_SS
    ret
/* Keeps the error code and steps over the faulting instruction. */
task_error:
    pop [seen_err]
    call task_record
    mov eax, [rt_tss + T_EIP]
    mov [fault_eip], eax
    movzx ecx, byte ptr [eax]
    cmp ecx, 0xff
    setz cl
    movzx ecx, cl
    lea eax, [eax + ecx + 2]
    mov [rt_tss + T_EIP], eax
    mov eax, [rt_tss + T_EFLAGS]
    mov [fault_flags], eax
    iretd

/* The T bit of the new TSS: #DB before its first instruction. */
trap_bit:
    xor eax, eax
    mov dr6, eax
    PREPARE task_jmp
    mov word ptr [tss_b + T_TRAP], 1
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    FARJMP SEL_B, 0
    jmp 2f
1:  EQ "t bit: #db", [rec_vec], V_DB
    EQ "t bit: before the first instruction", [rec_eip], "offset task_jmp"
    EQ "t bit: the new task's registers", [rec_ecx], 0xb1111111
    mov eax, dr6
    and eax, 0xe00f
    EQ "t bit: bt in dr6", eax, 0x8000
    str ax
    movzx eax, ax
    EQ "t bit: in the new task", eax, SEL_B
2:  mov dword ptr [rt_resume], 0
    xor eax, eax
    mov dr6, eax
    ret

/* The LDT comes with the task. */
tables:
    SETDESC_AT 12, ldt, 15, 0x82, 0
    PREPARE task_iret
    mov dword ptr [tss_b + T_LDT], SLOT(12)
    mov dword ptr [tss_b + T_FS], 12
    mov dword ptr [0x5010], 0x55aa55aa
    FARCALL SEL_B, 0
    EQ "the new task's ldt", [seen_ldt], SLOT(12)
    EQ "a selector of that ldt", [seen_fs], 12
    sldt eax
    movzx eax, ax
    EQ "the old task's ldt is back", eax, 0
    movzx eax, word ptr [tss_b + T_LDT]
    EQ "the ldt field is not written", eax, SLOT(12)
    mov eax, [ldt + 12]
    and eax, 0x100
    EQ "a switch sets accessed bits", eax, 0x100
    ret

/* Into ring 3 by a switch; the way out uses the new task's stack 0. */
user_tasks:
    PREPARE task_user
    mov dword ptr [tss_b + T_CS], UCODE
    mov dword ptr [tss_b + T_SS], UDATA
    mov dword ptr [tss_b + T_DS], UDATA
    mov dword ptr [tss_b + T_ES], 0
    mov dword ptr [tss_b + T_FS], UDATA
    mov dword ptr [tss_b + T_GS], 3
    mov dword ptr [tss_b + T_EFLAGS], 0x3002
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    FARJMP SEL_B, 0
1:  EQ "ring 3 task: ends", [rec_vec], V_END
    EQ "ring 3 task: cs", [rec_cs], UCODE
    EQ "ring 3 task: esp", [rec_esp], "offset task_stack_b"
    EQ "ring 3 task: null es", [rec_es], 0
    mov eax, [rec_eflags]
    and eax, 0x3000
    EQ "ring 3 task: iopl from the tss", eax, 0x3000
    mov eax, [rec_frame]
    add eax, 16 + 32 + 8 + 20
    EQ "ring 3 task: esp0 of the new tss", eax, "offset task_stack_0"
    PREPARE task_iret
    ret
task_user:
    int V_END

v86_tasks:
    call rt_v86_gates
    PREPARE task_iret
    mov dword ptr [tss_b + T_EFLAGS], VM | 2
    mov dword ptr [tss_b + T_EIP], offset low_v86 - 0x100
    mov dword ptr [tss_b + T_CS], 0x10
    mov dword ptr [tss_b + T_SS], 0x100
    mov dword ptr [tss_b + T_ESP], 0x5000
    mov dword ptr [tss_b + T_DS], 0x500
    mov dword ptr [tss_b + T_ES], 0x1235
    mov dword ptr [tss_b + T_FS], 0xffff
    mov dword ptr [tss_b + T_GS], 3
    mov dword ptr [0x5010], 0x44332211
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    FARJMP SEL_B, 0
1:  EQ "v86 task: ends", [rec_vec], V_END
    mov eax, [rec_eflags]
    and eax, VM
    EQ "v86 task: vm", eax, VM
    EQ "v86 task: cs", [rec_cs], 0x10
    EQ "v86 task: ss", [rec_ss], 0x100
    EQ "v86 task: ds", [rec_vm_ds], 0x500
    EQ "v86 task: es", [rec_vm_es], 0x1235
    EQ "v86 task: gs", [rec_vm_gs], 3
    EQ "v86 task: base of ds", [rec_eax], 0x44332211
    /* INT through a task gate from V86 mode, and IRET back into it */
    PREPARE task_iret
    mov dword ptr [rt_idt + 8 * 0x38], SEL_B << 16
    mov dword ptr [rt_idt + 8 * 0x38 + 4], 0xe500
    mov dword ptr [rt_iopl], IOPL(3)
    mov dword ptr [vm_fs], 0x4711
    RUNV low_int
    EQ "task gate in v86: goes on", [rec_vec], V_END
    EQ "task gate in v86: ip", [rec_eip], "offset low_int + 3"
    EQ "task gate in v86: fs is back", [rec_vm_fs], 0x4711
    EQ "task gate in v86: b has run", [seen_runs], 1
    mov eax, [seen_flags]
    and eax, VM | NT
    EQ "task gate in v86: nt, not vm", eax, NT
    mov eax, [rt_tss + T_EFLAGS]
    and eax, VM
    EQ "task gate in v86: vm saved", eax, VM
    mov dword ptr [rt_iopl], 0
    UNGATE V_BP
    PREPARE task_iret
    ret

/* CR3 comes with the task: the same linear page shows another frame. */
address_spaces:
    PAGING_ON
    mov esi, PAGE_DIR
    mov edi, FRAME(4)
    mov ecx, 1024
    rep movsd
    mov dword ptr [FRAME(4) + 4 * (WINDOW >> 22)], FRAME(5) + P + RW + US
    mov dword ptr [FRAME(5)], FRAME(1) + P + RW + US
    mov dword ptr [FRAME(0)], 0xaaaa
    mov dword ptr [FRAME(1)], 0xbbbb
    PTE 0, FRAME(0), P+RW+US
    FLUSH
    PREPARE task_space
    mov dword ptr [tss_b + T_CR3], FRAME(4)
    mov dword ptr [rt_tss + T_CR3], PAGE_DIR
    EQ "address space of the first task", [W(0)], 0xaaaa
    FARCALL SEL_B, 0
    EQ "address space of the second task", [seen_edx], 0xbbbb
    EQ "cr3 of the second task", [seen_ebx], FRAME(4)
    EQ "address space of the first again", [W(0)], 0xaaaa
    mov eax, cr3
    EQ "cr3 of the first again", eax, PAGE_DIR
    EQ "cr3 is not saved", [tss_b + T_CR3], FRAME(4)
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    ret
task_space:
    mov edx, [W(0)]
    mov ebx, cr3
    call task_record
    iretd

    .section .low
    .code16
    .global low_err
task16_error: /* pop the error code, step over the instruction */
    pop word ptr [low_err]
    mov ebx, offset rt_tss
    add dword ptr [ebx + T_EIP], 2
    iret
low_v86:
    mov eax, [0x10]
    int3
low_int:
    int 0x38
    int3
    .align 4
low_err: .long 0
    .code32

    .data
    .align 8
ldt:
    .quad 0
    .long DESC_LO(0x5000, 0xfff), DESC_HI(0x5000, 0xfff, 0x92, 4)
far_b: .long 0
    .word SEL_B
    .align 4
saved_esp: .long 0
fault_eip: .long 0
fault_flags: .long 0
