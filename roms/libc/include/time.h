/* SPDX-License-Identifier: MIT */
/*
 * time.h - sleeping, and the time since the start.
 */
#ifndef LIBC_TIME_H
#define LIBC_TIME_H

#include <sys/types.h>

struct timespec {
    time_t tv_sec; /* whole seconds */
    long tv_nsec;  /* 0-999999999 */
};

time_t time(time_t *now);
int nanosleep(const struct timespec *time, struct timespec *left);

#endif
