/* SPDX-License-Identifier: MIT */
/*
 * syscall.h - system calls. Each function takes its arguments from the registers EBX, ECX, EDX,
 * ESI, EDI, EBP of the caller's frame, in this order, and returns the result or a negative error.
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

struct file;
struct trapframe;

/* Carries out the call in the frame and leaves the result in its EAX. */
void syscall(struct trapframe *tf);

/* syscall_file.c */
int sys_read(struct trapframe *tf);
int sys_write(struct trapframe *tf);
int sys_open(struct trapframe *tf);
int sys_close(struct trapframe *tf);
int sys_unlink(struct trapframe *tf);
int sys_lseek(struct trapframe *tf);
int sys_dup(struct trapframe *tf);
int sys_dup2(struct trapframe *tf);
int sys_pipe(struct trapframe *tf);
int sys_ioctl(struct trapframe *tf);
int sys_stat64(struct trapframe *tf);
int sys_fstat64(struct trapframe *tf);
int sys_getdents64(struct trapframe *tf);

/* The open file behind a descriptor; NULL: there is none. */
struct file *syscall_file(unsigned fd);

/* A path from user memory, made clean; 0 or -errno. */
enum { SYSCALL_PATH = 256 };
int syscall_path(char path[SYSCALL_PATH], unsigned address);

/* syscall_memory.c */
int sys_brk(struct trapframe *tf);
int sys_mmap(struct trapframe *tf);
int sys_mmap2(struct trapframe *tf);
int sys_munmap(struct trapframe *tf);
int sys_mprotect(struct trapframe *tf);
int sys_ipc(struct trapframe *tf);

#endif
