/* SPDX-License-Identifier: MIT */
/*
 * record.h - the MMU view as a film: a PNG file for every tenth of a second of virtual time, named
 * FOLDER/mmu-00000.png and up. The same run gives the same pictures. Private to ui/.
 */
#ifndef UI_RECORD_H
#define UI_RECORD_H

#include "ui/mmuview.h"

struct record;

/* NULL and err if the folder cannot be written to. `folder` is borrowed. */
struct record *record_new(const char *folder, mmuview_namer *name, void *ctx, struct error *err);
void record_free(struct record *r);

/* Virtual ns at which the next picture is due. */
uint64_t record_due(const struct record *r);
/* Takes it. False and err: it cannot be written. */
bool record_take(struct record *r, const struct machine *m, struct error *err);

#endif
