/* SPDX-License-Identifier: MIT */
/*
 * abi.h - what kernel and programs agree on: numbers, errors, flags and structures of Linux on the
 * i386. `int $0x80`, EAX the number, EBX ECX EDX ESI EDI EBP the arguments, EAX the result or a
 * negative error. Sources: the Linux manual pages syscall(2), errno(3), signal(7), sigaction(2),
 * wait(2), mmap(2), open(2), getdents(2), stat(2), shmget(2), getauxval(3), termios(3).
 */
#ifndef LIB_ABI_H
#define LIB_ABI_H

#include <stdint.h>

/* clang-format off */
enum {
    SYS_EXIT = 1, SYS_FORK = 2, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_CLOSE = 6,
    SYS_WAITPID = 7, SYS_UNLINK = 10, SYS_EXECVE = 11, SYS_TIME = 13, SYS_LSEEK = 19,
    SYS_GETPID = 20, SYS_KILL = 37, SYS_DUP = 41, SYS_PIPE = 42, SYS_BRK = 45, SYS_IOCTL = 54,
    SYS_DUP2 = 63, SYS_GETPPID = 64, SYS_SIGACTION = 67, SYS_REBOOT = 88, SYS_MMAP = 90,
    SYS_MUNMAP = 91, SYS_WAIT4 = 114, SYS_IPC = 117, SYS_SIGRETURN = 119, SYS_UNAME = 122,
    SYS_MPROTECT = 125, SYS_SCHED_YIELD = 158, SYS_NANOSLEEP = 162, SYS_RT_SIGRETURN = 173,
    SYS_RT_SIGACTION = 174, SYS_MMAP2 = 192, SYS_STAT64 = 195, SYS_LSTAT64 = 196,
    SYS_FSTAT64 = 197, SYS_GETDENTS64 = 220, SYS_EXIT_GROUP = 252,
};

enum {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, E2BIG = 7, ENOEXEC = 8, EBADF = 9,
    ECHILD = 10, EAGAIN = 11, ENOMEM = 12, EACCES = 13, EFAULT = 14, EEXIST = 17, ENODEV = 19,
    ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOTTY = 25, EFBIG = 27,
    ENOSPC = 28, ESPIPE = 29, EROFS = 30, EPIPE = 32, ENAMETOOLONG = 36, ENOSYS = 38,
    EIDRM = 43,
};

enum {
    SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7,
    SIGFPE = 8, SIGKILL = 9, SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13,
    SIGALRM = 14, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGURG = 23,
    SIGWINCH = 28, SIGNALS = 32,
};
/* clang-format on */

/* The status that waitpid() stores: killed by a signal, or exit code in the second byte. */
#define WAIT_EXIT(code) (((code)&0xff) << 8)
#define WAIT_SIGNAL(status) ((status)&0x7f)
#define WAIT_CODE(status) ((status) >> 8 & 0xff)
#define WNOHANG 1

/* open(), lseek() and stat(). */
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_ACCMODE = 3 };
enum { O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000, O_APPEND = 02000, O_DIRECTORY = 0200000 };
enum { SEEK_SET, SEEK_CUR, SEEK_END };
enum { S_IFMT = 0170000, S_IFIFO = 010000, S_IFCHR = 020000, S_IFDIR = 040000, S_IFREG = 0100000 };

/* mmap(), mprotect(). */
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20 };

/* SYS_IPC: what is called, in EBX; keys, flags and commands of shared memory. */
enum { IPC_SHMAT = 21, IPC_SHMDT = 22, IPC_SHMGET = 23, IPC_SHMCTL = 24 };
enum { IPC_PRIVATE = 0, IPC_RMID = 0, IPC_STAT = 2, IPC_64 = 0x100 };
enum { IPC_CREAT = 01000, IPC_EXCL = 02000, SHM_RDONLY = 010000, SHM_RND = 020000 };

/* The auxiliary vector, above envp on the initial stack: pairs of words. */
enum {
    AT_NULL = 0,
    AT_PHDR = 3,   /* program headers of the program, in memory */
    AT_PHENT = 4,  /* size of one */
    AT_PHNUM = 5,  /* how many */
    AT_PAGESZ = 6, /* 4096 */
    AT_BASE = 7,   /* where the interpreter (the shared library) begins; 0: there is none */
    AT_FLAGS = 8,  /* 0 */
    AT_ENTRY = 9,  /* entry point of the program, not of the interpreter */
    AT_UID = 11,
    AT_EUID = 12,
    AT_GID = 13,
    AT_EGID = 14,
    AT_CLKTCK = 17, /* ticks per second of times() */
};

/* Signal actions and masks. */
#define SIG_DFL 0u
#define SIG_IGN 1u
#define SA_SIGINFO 0x00000004u   /* the handler gets (signal, siginfo *, ucontext *) */
#define SA_RESTORER 0x04000000u  /* restorer is the handler's return address */
#define SA_RESTART 0x10000000u   /* a call that the signal ended is made again */
#define SA_NODEFER 0x40000000u   /* the signal is not blocked while it is handled */
#define SA_RESETHAND 0x80000000u /* back to the default action before the handler runs */

/* The terminal. */
#define TCGETS 0x5401     /* struct termios from the terminal; also answers: is it one? */
#define TCSETS 0x5402     /* and back */
#define TIOCGPGRP 0x540f  /* which process does Ctrl-C stop? */
#define TIOCSPGRP 0x5410  /* let it stop this one */
#define TIOCGWINSZ 0x5413 /* struct winsize */
#define TERM_ISIG 1u      /* c_lflag: Ctrl-C is a signal */
#define TERM_ICANON 2u    /* c_lflag: lines, edited; otherwise every character at once */
#define TERM_ECHO 8u      /* c_lflag: show what is typed */

#define REBOOT_MAGIC1 0xfee1dead
#define REBOOT_MAGIC2 0x28121969
#define REBOOT_RESTART 0x01234567
#define REBOOT_HALT 0xcdef0123
#define REBOOT_POWER_OFF 0x4321fedc

struct timespec {
    int32_t seconds;     /* whole seconds */
    int32_t nanoseconds; /* 0-999999999 */
};

struct utsname {
    char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

/* The argument of SYS_MMAP (the old one); SYS_MMAP2 has them in registers, offset in pages. */
struct mmap_arguments {
    uint32_t address, length, protection, flags, fd, offset;
};

struct stat64 {
    uint64_t dev;                          /* device: major << 8 | minor */
    uint32_t pad0, ino32;                  /* low half of ino */
    uint32_t mode, links, uid, gid;        /* S_IF... | rights; directory entries; 0, 0 */
    uint64_t rdev;                         /* of a device file */
    uint32_t pad1;                         /* 0 */
    int64_t size;                          /* bytes */
    uint32_t block_size;                   /* 4096 */
    uint64_t blocks;                       /* of 512 bytes */
    uint32_t atime[2], mtime[2], ctime[2]; /* 0 */
    uint64_t ino;                          /* inode number */
} __attribute__((packed));

struct dirent64 {
    uint64_t ino;    /* inode number */
    int64_t offset;  /* position of the next entry */
    uint16_t length; /* bytes of this entry */
    uint8_t type;    /* DT_... */
    char name[64];   /* terminated; length tells how much there is */
} __attribute__((packed));

struct sigaction { /* SYS_SIGACTION */
    uint32_t handler, mask, flags, restorer;
};

struct rt_sigaction { /* SYS_RT_SIGACTION; the mask is 8 bytes long */
    uint32_t handler, flags, restorer, mask[2];
};

struct siginfo {
    int32_t signal, error, code; /* code: 1 not mapped, 2 rights (SIGSEGV); 0x80 the kernel */
    uint32_t address;            /* that faulted; of kill(): the sender */
    uint32_t more[28];           /* 0 */
};

struct sigcontext {
    uint32_t gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax;
    uint32_t trap, error, eip, cs, eflags, esp_at_signal, ss; /* trap, error: the exception */
    uint32_t fpstate, old_mask, cr2;                          /* cr2: address of a page fault */
};

struct ucontext {
    uint32_t flags, link, stack[3]; /* 0 */
    struct sigcontext context;      /* registers, that rt_sigreturn() loads again */
    uint32_t mask[2];               /* signals that were blocked */
};

struct shmid64 {
    int32_t key;                           /* as given to shmget() */
    uint32_t uid, gid, cuid, cgid, mode;   /* mode: rights */
    uint16_t sequence, pad;                /* 0 */
    uint32_t unused0[2];                   /* 0 */
    uint32_t size;                         /* bytes */
    uint32_t atime[2], dtime[2], ctime[2]; /* 0 */
    int32_t creator, last;                 /* processes */
    uint32_t attached;                     /* how many attachments */
    uint32_t unused1[2];                   /* 0 */
};

struct termios {
    uint32_t iflag, oflag, cflag, lflag; /* lflag: TERM_... */
    uint8_t line, control[19];           /* 0; special characters */
};

struct winsize {
    uint16_t rows, columns, width, height; /* the last two are 0 */
};

#endif
