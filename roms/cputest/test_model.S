/* SPDX-License-Identifier: MIT */
/*
 * test_model.S - what a kernel asks a processor about itself: which EFLAGS bits exist, CPUID, the
 * time-stamp counter, model-specific registers, SYSENTER and SYSEXIT, CR4, and the alignment
 * check. A feature that CPUID does not announce must raise #UD; one that it does must work.
 *
 * Source: Intel SDM vol. 2 (CPUID, RDTSC, RDMSR, SYSENTER), vol. 3, 2.5, 5.8.7 and 6.15.
 */
#include "rt.inc"

#define AC 0x40000
#define ID 0x200000
#define CR0_AM 0x40000
#define CR4_TSD 4


#define F_TSC (1 << 4)
#define F_MSR (1 << 5)
#define F_CX8 (1 << 8)
#define F_SEP (1 << 11)
#define F_CMOV (1 << 15)

.macro ARMED name, vec, err, insn:vararg /* FAULT3 with EFLAGS.AC set */
    pushfd
    or dword ptr [esp], AC
    popfd
    FAULT3 "\name", \vec, \err, \insn
.endm

    .text
    .global test_main
test_main:
    call toggles
    call identify
    call time_stamps
    call registers
    call fast_calls
    call later_instructions
    call control_4
    call alignment
    ret

/* EAX: the EFLAGS bits of ECX that can be both set and cleared. */
toggle:
    pushfd
    pushfd
    or dword ptr [esp], ecx
    popfd
    pushfd
    pop eax
    push eax
    not ecx
    and dword ptr [esp], ecx
    not ecx
    popfd
    pushfd
    pop edx
    not edx
    and eax, edx
    and eax, ecx
    popfd
    ret

toggles:
    mov ecx, AC
    call toggle
    mov [has_ac], eax
    mov ecx, ID
    call toggle
    mov [has_id], eax
    mov ecx, 1 << 3 | 1 << 5 | 1 << 15 | 0xffc00000
    call toggle
    EQ "reserved flags cannot be changed", eax, 0
    pushfd
    pop eax
    and eax, 0xffc0802a
    EQ "reserved flags", eax, 2
    ret

identify:
    cmp dword ptr [has_id], 0
    jne 1f
    FAULT "cpuid without the ID flag", V_UD, 0, cpuid
    ret
1:  mov eax, 0
    cpuid
    mov [leaves], eax
    mov [vendor], ebx
    mov [vendor + 4], edx
    mov [vendor + 8], ecx
    cmp eax, 1
    sbb edx, edx
    EQ "there is a leaf 1", edx, 0
    mov eax, 1
    cpuid
    mov [signature], eax
    mov [features], edx
    shr eax, 8
    and eax, 15
    cmp eax, 4
    sbb edx, edx
    EQ "family 4 or later", edx, 0
    mov eax, 1
    cpuid
    EQ "the same answer twice", edx, [features]
    NOFAULT3 "cpuid in ring 3", nop
    RING3 cpuid_user
    EQ "cpuid in ring 3 gives the same", [user_edx], [features]
    ret
cpuid_user:
    mov eax, 1
    cpuid
    mov [user_edx], edx
    int V_END

time_stamps:
    test dword ptr [features], F_TSC
    jnz 1f
    FAULT "rdtsc without the feature", V_UD, 0, rdtsc
    ret
1:  rdtsc
    mov esi, eax
    mov edi, edx
    nop
    rdtsc
    sub eax, esi
    sbb edx, edi
    EQ "time goes forward: upper half", edx, 0
    cmp eax, 1
    sbb eax, eax
    EQ "time goes forward", eax, 0
    RING3 rdtsc_user
    EQ "rdtsc in ring 3", [rec_vec], V_END
    mov eax, cr4
    or eax, CR4_TSD
    mov cr4, eax
    FAULT3 "rdtsc in ring 3 with TSD", V_GP, 0, rdtsc
    rdtsc
    mov eax, cr4
    and eax, ~CR4_TSD
    mov cr4, eax
    RING3 rdtsc_user
    EQ "rdtsc in ring 3 without TSD", [rec_vec], V_END
    ret
rdtsc_user:
    rdtsc
    int V_END

registers:
    mov ecx, 0x10
    test dword ptr [features], F_MSR
    jnz 1f
    FAULT "rdmsr without the feature", V_UD, 0, rdmsr
    FAULT "wrmsr without the feature", V_UD, 0, wrmsr
    ret
1:  FAULT3 "rdmsr in ring 3", V_GP, 0, rdmsr
    FAULT3 "wrmsr in ring 3", V_GP, 0, wrmsr
    mov ecx, 0xdead0000
    FAULT "rdmsr of a register that is not there", V_GP, 0, rdmsr
    FAULT "wrmsr of a register that is not there", V_GP, 0, wrmsr
    test dword ptr [features], F_TSC
    jz 2f
    mov ecx, 0x10
    mov eax, 0x10000000
    xor edx, edx
    wrmsr
    rdtsc
    sub eax, 0x10000000
    shr eax, 28
    EQ "wrmsr sets the time", eax, 0
    EQ "and its upper half", edx, 0
2:  ret

fast_calls:
    /* early models announce SEP and do not have it: signature below 633h */
    test dword ptr [features], F_SEP
    jz 1f
    mov eax, [signature]
    and eax, 0xfff
    cmp eax, 0x633
    jae 2f
1:  ret
2:  mov ecx, 0x174
    xor eax, eax
    xor edx, edx
    wrmsr
    FAULT "sysenter with a null selector", V_GP, 0, sysenter
    FAULT3 "sysenter with a null selector in ring 3", V_GP, 0, sysenter
    FAULT "sysexit with a null selector", V_GP, 0, sysexit
    mov ecx, 0x174
    mov eax, KCODE
    xor edx, edx
    wrmsr
    mov ecx, 0x175
    mov eax, offset fast_stack_top
    wrmsr
    mov ecx, 0x176
    mov eax, offset fast_entry
    wrmsr
    rdmsr
    EQ "SYSENTER_EIP reads back", eax, "offset fast_entry"
    FAULT3 "sysexit in ring 3", V_GP, 0, sysexit
    pushfd
    or dword ptr [esp], 0x3000 /* IOPL 3: ring 3 may set IF */
    popfd
    RING3 fast_user
    pushfd
    and dword ptr [esp], ~0x3000
    popfd
    EQ "sysexit came back to ring 3", [rec_vec], V_END
    EQ "cs after sysexit", [rec_cs], UCODE
    EQ "ss after sysexit", [rec_ss], UDATA
    mov eax, [fast_cs]
    EQ "cs after sysenter", eax, KCODE
    mov eax, [fast_ss]
    EQ "ss after sysenter", eax, KDATA
    mov eax, [fast_esp]
    EQ "esp after sysenter", eax, "offset fast_stack_top"
    mov eax, [fast_flags]
    and eax, IF
    EQ "sysenter clears IF", eax, 0
    mov ecx, 0x174
    xor eax, eax
    xor edx, edx
    wrmsr
    ret
fast_user:
    mov ebp, esp
    sysenter
    ud2
fast_back:
    mov ax, UDATA
    mov ds, eax
    int V_END
fast_entry:
    mov [fast_esp], esp
    pushfd
    pop [fast_flags]
    mov eax, cs
    mov [fast_cs], eax
    mov eax, ss
    mov [fast_ss], eax
    mov ecx, ebp
    mov edx, offset fast_back
    sysexit

later_instructions:
    test dword ptr [features], F_CMOV
    jnz 1f
    FAULT "cmov without the feature", V_UD, 0, cmovc eax, ebx
1:  test dword ptr [features], F_CX8
    jnz 2f
    FAULT "cmpxchg8b without the feature", V_UD, 0, cmpxchg8b [scratch]
    jmp 3f
2:  FAULT "cmpxchg8b of a register", V_UD, 0, .byte 0x0f, 0xc7, 0xc8
    FAULT "lock cmpxchg8b of a register", V_UD, 0, .byte 0xf0, 0x0f, 0xc7, 0xc8
    mov eax, 1
    mov edx, 2
    mov ebx, 3
    mov ecx, 4
    mov dword ptr [scratch], 1
    mov dword ptr [scratch + 4], 2
    lock cmpxchg8b [scratch]
    sete al
    movzx eax, al
    EQ "cmpxchg8b finds the value", eax, 1
    EQ "cmpxchg8b stores EBX", [scratch], 3
    EQ "cmpxchg8b stores ECX", [scratch + 4], 4
    xor eax, eax
    cmpxchg8b [scratch]
    EQ "or loads EAX", eax, 3
    EQ "and EDX", edx, 4
3:  cmp dword ptr [has_ac], 0
    jne 4f
    FAULT "bswap on a 386", V_UD, 0, bswap eax
    FAULT "xadd on a 386", V_UD, 0, xadd [scratch], eax
    FAULT "cmpxchg on a 386", V_UD, 0, cmpxchg [scratch], eax
    FAULT "wbinvd on a 386", V_UD, 0, wbinvd
    FAULT "invlpg on a 386", V_UD, 0, invlpg [scratch]
    ret
4:  mov eax, 0x12345678
    bswap eax
    EQ "bswap", eax, 0x78563412
    ret

control_4:
    cmp dword ptr [has_id], 0
    jne 1f
    FAULT "mov from cr4 without cpuid", V_UD, 0, mov eax, cr4
    ret
1:  nop
    FAULT3 "mov from cr4 in ring 3", V_GP, 0, mov eax, cr4
    ret

alignment:
    cmp dword ptr [has_ac], 0
    jne 1f
    mov eax, cr0
    or eax, CR0_AM
    mov cr0, eax
    mov eax, cr0
    and eax, CR0_AM
    EQ "a 386 has no AM", eax, 0
    ret
1:  mov eax, cr0
    or eax, CR0_AM
    mov cr0, eax
    mov dword ptr [scratch], 0
    mov dword ptr [scratch + 4], 0
    mov ebx, offset scratch
    NOFAULT3 "crooked, AC clear", mov eax, [ebx + 1]
    pushfd
    or dword ptr [esp], AC
    popfd
    NOFAULT "crooked in ring 0", mov eax, [ebx + 1]
    ARMED "an aligned dword", NONE, 0, mov eax, [ebx + 4]
    ARMED "an aligned word", NONE, 0, mov ax, [ebx + 2]
    ARMED "a byte anywhere", NONE, 0, mov al, [ebx + 3]
    ARMED "a crooked dword", V_AC, 0, mov eax, [ebx + 1]
    ARMED "a dword at a word's address", V_AC, 0, mov eax, [ebx + 2]
    ARMED "a crooked word", V_AC, 0, mov ax, [ebx + 1]
    ARMED "a crooked store", V_AC, 0, mov [ebx + 1], eax
    ARMED "a crooked read-modify-write", V_AC, 0, add [ebx + 3], eax
    ARMED "a crooked string", V_AC, 0, .byte 0x36, 0xa5
    mov dword ptr [rt_user_esp], offset rt_ustack_top - 2
    ARMED "a crooked stack", V_AC, 0, push eax
    mov dword ptr [rt_user_esp], offset rt_ustack_top
    EQ "nothing was stored", [scratch], 0
    pushfd
    and dword ptr [esp], ~AC
    popfd
    mov eax, cr0
    and eax, ~CR0_AM
    mov cr0, eax
    ret

    .bss
    .align 8
scratch: .skip 16
has_ac: .skip 4
has_id: .skip 4
leaves: .skip 4
vendor: .skip 12
signature: .skip 4
features: .skip 4
user_edx: .skip 4
fast_cs: .skip 4
fast_ss: .skip 4
fast_esp: .skip 4
fast_flags: .skip 4
fast_stack: .skip 256
fast_stack_top:
