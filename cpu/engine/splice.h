/* SPDX-License-Identifier: MIT */
/*
 * splice.h - the handlers of a block copied behind one another.
 *
 * A jump from handler to handler has many targets, and a processor needs several cycles to say which,
 * even when it is right. Where the code of the handlers can be copied (pieces.awk finds out at build time), a
 * block that is executed again gets copies of its own: who is done falls into the next one.
 *
 * A copy is the compiler's code of the same source (holes.h), in three ways different from the handler:
 * - What a record says of registers, displacements, immediates and where a branch leads is filled in. A processor hands a
 *   value that was just stored to a load at once if both name the place in the same plain way, which an offset
 *   from the record is not; and records, a cache line each, need not be read. Where stores into code change
 *   immediates or displacements, which is done in the record, handlers are not copied.
 * - Its slow cases begin the handler itself anew, at the same record; so they are nowhere twice, and rare.
 * - The register of the record lags, and is advanced where somebody else needs it.
 *
 * A record whose handler was copied names the copy; who comes from elsewhere enters there. Where all this does not
 * work (another processor than x86-64, sanitizers, no memory that may be executed) blocks are left as they are.
 */
#ifndef CPU_ENGINE_SPLICE_H
#define CPU_ENGINE_SPLICE_H

#include "cpu/engine/block.h"

struct splice;

/* NULL if there is nothing to copy, or no memory. free accepts NULL. */
struct splice *splice_new(void);
void splice_free(struct splice *s);

/* Is there too little room left for another block? */
bool splice_full(const struct splice *s);
/* Forgets all copies: no record may point to one any more. */
void splice_clear(struct splice *s);
/* The n records have their handlers; those that can be copied point to their copies then. There is room. */
void splice_block(struct splice *s, struct rec *r, unsigned n);

#endif
