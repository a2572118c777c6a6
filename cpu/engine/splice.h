/* SPDX-License-Identifier: MIT */
#ifndef CPU_ENGINE_SPLICE_H
#define CPU_ENGINE_SPLICE_H
#include "cpu/engine/block.h"
struct splice *splice_new(void);
void splice_free(struct splice *s);
bool splice_full(const struct splice *s);
void splice_clear(struct splice *s);
void splice_block(struct splice *s, struct rec *r, unsigned n);
#endif
