/* SPDX-License-Identifier: MIT */
/*
 * test_taskfaults.S - task switches that fail: before the switch in the old task (descriptor,
 * privilege, busy, limit, gates, back link), after it in the new task (LDT, CS, SS, data segments,
 * EIP), with the error codes of the manual; and the inner stacks of a 16-bit TSS.
 *
 * Source: Intel SDM vol. 3, 7.3 with table 7-1, and 6.15 (#TS); vol. 2, JMP, CALL, INT n, IRET.
 * Faults after the switch are taken by a task of their own, for there may be no stack.
 */
#include "rt.inc"
#include "paging.inc"
#include "task.inc"

    .text
    .global test_main
test_main:
    call descriptors
    call gates
    call back_links
    call new_ldt
    call new_cs
    call new_ss
    call new_data
    call new_eip
    call recursion
    call small_stack
    call absent_pages
    ret

/* Nothing has happened: the old task is the current one, the new one not busy. */
.macro UNSWITCHED name, access=0x89
    str ax
    movzx eax, ax
    EQ "\name: task register", eax, TSSSEL
    ACCESS "\name: the old task is busy", TSSSEL, 0x8b
    ACCESS "\name: the new task is as before", SEL_B, \access
.endm

/* B as prepared fails when it is started, in its own context. */
.macro BAD name, vec, err
    EXC_TASK \vec
    mov dword ptr [seen_expect], \vec
    mov dword ptr [rt_resume], offset 771f
    mov dword ptr [rt_resume_esp], esp
    FARJMP SEL_B, 0
    jmp 772f
771:
    mov eax, [rec_vec]
    mov [seen_vec], eax
    mov eax, [rec_err]
    mov [seen_err], eax
772:
    mov dword ptr [rt_resume], 0
    EQ "\name: vector", [seen_vec], \vec
    EQ "\name: error code", [seen_err], \err
    EQ "\name: in the new task", [seen_link], SEL_B
    UNGATE \vec
.endm

.macro BAD_FIELD name, vec, err, field, value
    PREPARE task_jmp
    mov dword ptr [tss_b + \field], \value
    BAD "\name", \vec, \err
.endm

/* The same for a task of ring 3. */
.macro BAD_USER_FIELD name, vec, err, field, value
    PREPARE task_jmp
    call user_segments
    mov dword ptr [tss_b + \field], \value
    BAD "\name", \vec, \err
.endm

.macro DATA_FIELDS field, register
    BAD_FIELD "\register beyond the gdt", V_TS, 0x1000, \field, 0x1000
    BAD_FIELD "\register in an absent ldt", V_TS, 0x0c, \field, 0x0c
    BAD_FIELD "\register of a tss", V_TS, TSSSEL, \field, TSSSEL
    BAD_FIELD "\register execute-only", V_TS, SLOT(2), \field, SLOT(2)
    BAD_FIELD "\register not present", V_NP, SLOT(3), \field, SLOT(3)
    BAD_FIELD "\register with rpl above dpl", V_TS, KDATA, \field, KDATA + 3
    BAD_USER_FIELD "\register of dpl 0 in ring 3", V_TS, KDATA, \field, KDATA
.endm

descriptors:
    PREPARE task_jmp
    mov byte ptr [rt_gdt + SEL_B + 5], 0x09
    FAULT "jmp to an absent tss", V_NP, SEL_B, FARJMP SEL_B, 0
    FAULT "call to an absent tss", V_NP, SEL_B, FARCALL SEL_B, 0
    UNSWITCHED "absent tss", 0x09
    PREPARE task_jmp
    mov byte ptr [rt_gdt + SEL_B + 5], 0x8b
    FAULT "jmp to a busy tss", V_GP, SEL_B, FARJMP SEL_B, 0
    FAULT "call to a busy tss", V_GP, SEL_B, FARCALL SEL_B, 0
    mov byte ptr [rt_gdt + SEL_B + 5], 0x83
    FAULT "jmp to a busy 16-bit tss", V_GP, SEL_B, FARJMP SEL_B, 0
    FAULT "jmp to the current tss", V_GP, TSSSEL, FARJMP TSSSEL, 0
    FAULT "call to the current tss", V_GP, TSSSEL, FARCALL TSSSEL, 0
    mov byte ptr [rt_gdt + SEL_B + 5], 0x0b
    FAULT "busy comes before absent", V_GP, SEL_B, FARJMP SEL_B, 0
    PREPARE task_jmp
    mov word ptr [rt_gdt + SEL_B], 102
    FAULT "jmp to a tss with limit 66h", V_TS, SEL_B, FARJMP SEL_B, 0
    FAULT "call to a tss with limit 66h", V_TS, SEL_B, FARCALL SEL_B, 0
    UNSWITCHED "small tss"
    PREPARE task_jmp
    mov word ptr [rt_gdt + SEL_C], 42
    FAULT "jmp to a 16-bit tss with limit 2ah", V_TS, SEL_C, FARJMP SEL_C, 0
    PREPARE task_jmp
    FAULT "jmp with rpl 3 to a tss of dpl 0", V_GP, SEL_B, FARJMP (SEL_B + 3), 0
    FAULT3 "jmp in ring 3 to a tss of dpl 0", V_GP, SEL_B, FARJMP SEL_B, 0
    mov byte ptr [rt_gdt + SEL_B + 5], 0xc9
    FAULT3 "call in ring 3 to a tss of dpl 2", V_GP, SEL_B, FARCALL SEL_B, 0
    PREPARE task_jmp
    mov byte ptr [rt_gdt + SEL_B + 5], 0x82
    FAULT "jmp to an ldt", V_GP, SEL_B, FARJMP SEL_B, 0
    mov byte ptr [rt_gdt + SEL_B + 5], 0x8e
    FAULT "jmp to an interrupt gate", V_GP, SEL_B, FARJMP SEL_B, 0
    /* a TSS descriptor in the LDT is none */
    PREPARE task_jmp
    SETDESC_AT 12, ldt, 15, 0x82, 0
    mov eax, SLOT(12)
    lldt ax
    mov eax, [rt_gdt + SEL_B]
    mov [ldt + 8], eax
    mov eax, [rt_gdt + SEL_B + 4]
    mov [ldt + 12], eax
    FAULT "jmp to a tss in the ldt", V_GP, 0x0c, FARJMP 0x0c, 0
    mov dword ptr [rt_gdt + SEL_GATE], 0x0c << 16
    FAULT "task gate to a tss in the ldt", V_GP, 0x0c, FARJMP SEL_GATE, 0
    PREPARE task_jmp
    ret

gates:
    PREPARE task_jmp
    mov byte ptr [rt_gdt + SEL_GATE + 5], 0x05
    FAULT "jmp to an absent task gate", V_NP, SEL_GATE, FARJMP SEL_GATE, 0
    PREPARE task_jmp
    FAULT "jmp to a task gate with rpl 3", V_GP, SEL_GATE, FARJMP (SEL_GATE + 3), 0
    FAULT3 "jmp to a task gate of dpl 0 in ring 3", V_GP, SEL_GATE, FARJMP SEL_GATE, 0
    mov word ptr [rt_gdt + SEL_GATE + 2], 0
    FAULT "task gate to null", V_GP, 0, FARJMP SEL_GATE, 0
    mov word ptr [rt_gdt + SEL_GATE + 2], 0x1000
    FAULT "task gate beyond the gdt", V_GP, 0x1000, FARJMP SEL_GATE, 0
    mov word ptr [rt_gdt + SEL_GATE + 2], KDATA
    FAULT "task gate to data", V_GP, KDATA, FARCALL SEL_GATE, 0
    mov word ptr [rt_gdt + SEL_GATE + 2], TSSSEL
    FAULT "task gate to the current task", V_GP, TSSSEL, FARCALL SEL_GATE, 0
    mov word ptr [rt_gdt + SEL_GATE + 2], SEL_B
    mov byte ptr [rt_gdt + SEL_B + 5], 0x09
    FAULT "task gate to an absent tss", V_NP, SEL_B, FARCALL SEL_GATE, 0
    mov byte ptr [rt_gdt + SEL_B + 5], 0x89
    mov word ptr [rt_gdt + SEL_B], 50
    FAULT "task gate to a small tss", V_TS, SEL_B, FARCALL SEL_GATE, 0
    PREPARE task_jmp
    mov dword ptr [rt_idt + 8 * 0x38], SEL_B << 16
    mov dword ptr [rt_idt + 8 * 0x38 + 4], 0xe500
    mov byte ptr [rt_gdt + SEL_B + 5], 0x8b
    FAULT "int to a busy tss", V_GP, SEL_B, int 0x38
    mov byte ptr [rt_gdt + SEL_B + 5], 0x09
    FAULT "int to an absent tss", V_NP, SEL_B, int 0x38
    mov byte ptr [rt_gdt + SEL_B + 5], 0x89
    mov word ptr [rt_gdt + SEL_B], 102
    FAULT "int to a small tss", V_TS, SEL_B, int 0x38
    mov word ptr [rt_idt + 8 * 0x38 + 2], KDATA
    FAULT "int to data through a task gate", V_GP, KDATA, int 0x38
    mov word ptr [rt_idt + 8 * 0x38 + 2], 0x0c
    FAULT "int through a task gate to the ldt", V_GP, 0x0c, int 0x38
    mov word ptr [rt_idt + 8 * 0x38 + 2], 0
    FAULT "int through a task gate to null", V_GP, 0, int 0x38
    PREPARE task_jmp
    UNSWITCHED "bad gates"
    mov eax, 0x38
    call rt_reset_gate
    ret

/* IRET with NT looks at the back link only: it must name a busy TSS in the GDT. */
.macro NT_IRET name, vec, err, link
    mov word ptr [rt_tss], \link
    push NT | 2
    popfd
    FAULT "\name", \vec, \err, iretd
.endm
back_links:
    PREPARE task_jmp
    NT_IRET "iret with nt: null link", V_TS, 0, 0
    NT_IRET "iret with nt: link to data", V_TS, KDATA, KDATA
    NT_IRET "iret with nt: link beyond the gdt", V_TS, 0x1000, 0x1000
    NT_IRET "iret with nt: link into the ldt", V_TS, 0x0c, 0x0c
    NT_IRET "iret with nt: link to a tss that is not busy", V_TS, SEL_B, SEL_B
    mov byte ptr [rt_gdt + SEL_B + 5], 0x0b
    NT_IRET "iret with nt: link to an absent tss", V_NP, SEL_B, SEL_B
    mov byte ptr [rt_gdt + SEL_B + 5], 0x8b
    mov word ptr [rt_gdt + SEL_B], 102
    NT_IRET "iret with nt: link to a small tss", V_TS, SEL_B, SEL_B
    UNSWITCHED "bad back links", 0x8b
    /* NT in ring 3 as well */
    mov word ptr [rt_tss], 0
    mov dword ptr [rt_iopl], NT
    FAULT3 "iret with nt in ring 3: null link", V_TS, 0, iretd
    mov dword ptr [rt_iopl], 0
    /* a good one: nobody has called, and still it switches */
    PREPARE task_jmp
    mov byte ptr [rt_gdt + SEL_B + 5], 0x8b
    mov word ptr [rt_tss], SEL_B
    push NT | 2
    popfd
    iretd
    EQ "iret with a forged back link", [seen_runs], 1
    EQ "iret: the task it leaves is not busy", [seen_busy_a], 0x89
    EQ "iret: the task it enters is busy", [seen_busy_b], 0x8b
    ret

new_ldt:
    SETDESC_AT 12, ldt, 15, 0x82, 0
    SETDESC_AT 13, ldt, 15, 0x02, 0
    BAD_FIELD "ldt selector with ti", V_TS, 0x0c, T_LDT, 0x0c
    BAD_FIELD "ldt selector of data", V_TS, KDATA, T_LDT, KDATA
    BAD_FIELD "ldt selector beyond the gdt", V_TS, 0x1000, T_LDT, 0x1000
    BAD_FIELD "ldt not present", V_TS, SLOT(13), T_LDT, SLOT(13)
    PREPARE task_jmp
    ret

new_cs:
    SETDESC 2, 0, 0xfffff, 0x99, 0xc /* execute-only */
    SETDESC 3, 0, 0xfffff, 0x1b, 0xc /* not present */
    SETDESC 4, 0, 0xfffff, 0xff, 0xc /* conforming, DPL 3 */
    BAD_FIELD "null cs", V_TS, 0, T_CS, 0
    BAD_FIELD "cs beyond the gdt", V_TS, 0x1000, T_CS, 0x1000
    BAD_FIELD "cs of data", V_TS, KDATA, T_CS, KDATA
    BAD_FIELD "cs of a tss", V_TS, TSSSEL, T_CS, TSSSEL
    BAD_FIELD "cs not present", V_NP, SLOT(3), T_CS, SLOT(3)
    BAD_FIELD "cs of dpl 3 with rpl 0", V_TS, (UCODE-3), T_CS, (UCODE-3)
    BAD_FIELD "conforming cs with dpl above rpl", V_TS, SLOT(4), T_CS, SLOT(4)
    PREPARE task_jmp
    call user_segments
    mov dword ptr [tss_b + T_CS], KCODE + 3
    BAD "cs of dpl 0 with rpl 3", V_TS, KCODE
    PREPARE task_jmp
    ret

new_ss:
    SETDESC 3, 0, 0xfffff, 0x13, 0xc /* not present */
    SETDESC 4, 0, 0xfffff, 0x91, 0xc /* read-only */
    BAD_FIELD "null ss", V_TS, 0, T_SS, 0
    BAD_FIELD "ss beyond the gdt", V_TS, 0x1000, T_SS, 0x1000
    BAD_FIELD "ss of code", V_TS, KCODE, T_SS, KCODE
    BAD_FIELD "ss read-only", V_TS, SLOT(4), T_SS, SLOT(4)
    BAD_FIELD "ss not present", V_SS, SLOT(3), T_SS, SLOT(3)
    BAD_FIELD "ss of dpl 3 in ring 0", V_TS, (UDATA-3), T_SS, (UDATA-3)
    BAD_FIELD "ss with rpl 3 in ring 0", V_TS, KDATA, T_SS, KDATA + 3
    BAD_USER_FIELD "ss of dpl 0 in ring 3", V_TS, KDATA, T_SS, KDATA + 3
    BAD_USER_FIELD "ss with rpl 0 in ring 3", V_TS, (UDATA-3), T_SS, (UDATA-3)
    PREPARE task_jmp
    ret

new_data:
    SETDESC 2, 0, 0xfffff, 0x99, 0xc /* execute-only */
    SETDESC 3, 0, 0xfffff, 0x13, 0xc /* not present */
    SETDESC 4, 0, 0xfffff, 0x9f, 0xc /* conforming, readable */
    DATA_FIELDS T_DS, ds
    DATA_FIELDS T_ES, es
    DATA_FIELDS T_FS, fs
    DATA_FIELDS T_GS, gs
    PREPARE task_jmp
    mov dword ptr [tss_b + T_FS], 3
    mov dword ptr [tss_b + T_GS], SLOT(4) + 3
    FARJMP SEL_B, 0
    EQ "null and conforming data segments are fine", [seen_fs], 3
    PREPARE task_jmp
    ret

new_eip:
    SETDESC 3, 0, 0xfff, 0x9b, 4
    PREPARE task_jmp
    mov dword ptr [tss_b + T_CS], SLOT(3)
    mov dword ptr [tss_b + T_EIP], 0x1000
    BAD "eip beyond the limit", V_GP, 0
    PREPARE task_jmp
    ret

/* A task that is nested cannot be called again. */
recursion:
    PREPARE task_calls_a
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    FARCALL SEL_B, 0
1:  EQ "call of the caller: #gp", [rec_vec], V_GP
    EQ "call of the caller: error code", [rec_err], TSSSEL
    EQ "call of the caller: eip", [rec_eip], "offset task_calls_a"
    str ax
    movzx eax, ax
    EQ "call of the caller: still in the called task", eax, SEL_B
    PREPARE task_jmp
    ret
task_calls_a:
    FARCALL TSSSEL, 0
    int V_END

/* The stacks of a 16-bit TSS: SS0:SP0 at 4 and 2. */
small_stack:
    PREPARE task_jmp
    mov eax, SEL_C
    ltr ax
    ACCESS "ltr of a 16-bit tss makes it busy", SEL_C, 0x83
    RING3 end_user
    EQ "16-bit tss: out of ring 3", [rec_vec], V_END
    mov eax, [rec_frame]
    add eax, 16 + 32 + 8 + 20
    EQ "16-bit tss: sp0", eax, 0x7400
    PREPARE task_jmp
    ret
end_user:
    int V_END

/* The new TSS lies in a page that is absent: #PF in the old task. */
absent_pages:
    PAGING_ON
    PTE 0, FRAME(0), P+RW+US
    PTE 1, 0, 0
    FLUSH
    PREPARE task_jmp
    SETDESC 8, (W(0) + 0xfd0), 103, 0x89, 0
    mov dword ptr [rt_resume], offset 1f
    mov dword ptr [rt_resume_esp], esp
    mov dword ptr [rec_vec], 0
    FARJMP SEL_B, 0
1:  EQ "tss in an absent page: #pf", [rec_vec], V_PF
    mov eax, [rec_err]
    and eax, 0xd
    EQ "tss in an absent page: supervisor access", eax, 0
    mov eax, [rec_cr2]
    and eax, 0xfffff000
    EQ "tss in an absent page: cr2", eax, W(1)
    EQ "tss in an absent page: cs", [rec_cs], KCODE
    UNSWITCHED "tss in an absent page"
    mov eax, cr0
    and eax, 0x7fffffff
    mov cr0, eax
    PREPARE task_jmp
    ret

user_segments:
    mov dword ptr [tss_b + T_CS], UCODE
    mov dword ptr [tss_b + T_SS], UDATA
    mov dword ptr [tss_b + T_DS], UDATA
    mov dword ptr [tss_b + T_ES], UDATA
    mov dword ptr [tss_b + T_FS], UDATA
    mov dword ptr [tss_b + T_GS], UDATA
    ret

    .data
    .align 8
ldt: .quad 0, 0
