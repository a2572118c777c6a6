/* SPDX-License-Identifier: MIT */
/*
 * sys/utsname.h - who is the kernel: uname(2).
 */
#ifndef LIBC_SYS_UTSNAME_H
#define LIBC_SYS_UTSNAME_H

struct utsname {
    char sysname[65];    /* the system */
    char nodename[65];   /* this machine */
    char release[65];    /* version of the kernel */
    char version[65];    /* more about it */
    char machine[65];    /* the processor */
    char domainname[65]; /* not used */
};

int uname(struct utsname *u);

#endif
