/* SPDX-License-Identifier: MIT */
/*
 * native_enter.S - into 32-bit code with every register given, and out of a signal handler back to
 * the caller. Offsets are those of struct native_frame in native.c.
 *
 * SS with a 16-bit stack: IRETQ would leave bits 16-31 of ESP as they are here, so that case goes
 * through 32-bit code, where LSS loads all of ESP.
 */
#if defined(__x86_64__)
        .text

/* void native_enter(struct native_frame *f): returns when native_leave is called. */
        .globl native_enter
        .type native_enter, @function
native_enter:
        push %rbx
        push %rbp
        push %r12
        push %r13
        push %r14
        push %r15
        mov %rsp, 0(%rdi)
        fxrstor64 128(%rdi)
        mov 76(%rdi), %es
        mov 82(%rdi), %ds
        mov 86(%rdi), %gs
        mov 84(%rdi), %fs
        mov 88(%rdi), %r8               /* frame for IRETQ: where to start */
        mov 48(%rdi), %eax
        mov 52(%rdi), %ecx
        mov 56(%rdi), %edx
        mov 60(%rdi), %ebx
        mov 68(%rdi), %ebp
        mov 72(%rdi), %esi
        mov %r8, %rsp
        mov 64(%rdi), %edi
        iretq
        .size native_enter, . - native_enter

/* void native_leave(struct native_frame *f): from the signal handler. */
        .globl native_leave
        .type native_leave, @function
native_leave:
        mov 0(%rdi), %rsp
        pop %r15
        pop %r14
        pop %r13
        pop %r12
        pop %rbp
        pop %rbx
        ret
        .size native_leave, . - native_leave

/* Signal handler: the code may have set AC, which would fault in what follows, and NT, with which
   IRETQ would. */
        .globl native_signal
        .type native_signal, @function
native_signal:
        pushfq
        andl $~0x44000, (%rsp)
        popfq
        jmp native_caught
        .size native_signal, . - native_signal

/* Copied to SYSTEM_AREA: the way into a 16-bit stack. */
        .globl native_stub, native_stub_end
native_stub:
        .code32
        lss %cs:0x20000800, %esp
        ljmp *%cs:0x20000808
        .code64
native_stub_end:
#endif
        .section .note.GNU-stack, "", @progbits
