/* SPDX-License-Identifier: MIT */
/*
 * audit.h - does every frame have exactly the users that it counts?
 */
#ifndef KERNEL_AUDIT_H
#define KERNEL_AUDIT_H

#include <stdint.h>

struct sink;

/* Looks at everything, prints a summary and each mistake; returns how many mistakes there are. */
unsigned audit(struct sink *s);

/* Silent as long as all is well; called when the system halts. */
void audit_or_panic(void);

#endif
