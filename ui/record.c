/* SPDX-License-Identifier: MIT */
/* record.c - see record.h. */
#include "ui/record.h"
#include "ui/png.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVERY UINT64_C(100000000) /* virtual ns */

struct record {
    const char *folder;   /* borrowed */
    struct mmuview *view; /* owned */
    unsigned pictures;    /* taken so far */
    uint32_t pixels[MMUVIEW_WIDTH * MMUVIEW_HEIGHT];
};

struct record *record_new(const char *folder, mmuview_namer *name, void *ctx, struct error *err)
{
    struct record *r;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        error_set(err, "--mmu-record %s: cannot make this folder: %s", folder, strerror(errno));
        return NULL;
    }
    if (access(folder, W_OK | X_OK) != 0) {
        error_set(err, "--mmu-record %s: cannot write there: %s", folder, strerror(errno));
        return NULL;
    }
    r = calloc(1, sizeof(*r));
    if (r)
        r->view = mmuview_new(name, ctx);
    if (!r || !r->view) {
        free(r);
        error_set(err, "--mmu-record: no memory");
        return NULL;
    }
    r->folder = folder;
    return r;
}

void record_free(struct record *r)
{
    if (r)
        mmuview_free(r->view);
    free(r);
}

uint64_t record_due(const struct record *r)
{
    return r->pictures * EVERY;
}

bool record_take(struct record *r, const struct machine *m, struct error *err)
{
    char file[4096];

    if (snprintf(file, sizeof(file), "%s/mmu-%05u.png", r->folder, r->pictures) >=
        (int)sizeof(file))
        return error_set(err, "--mmu-record %s: the name is too long", r->folder);
    r->pictures++;
    mmuview_update(r->view, m);
    mmuview_draw(r->view, r->pixels);
    return ui_png_write(file, r->pixels, MMUVIEW_WIDTH, MMUVIEW_HEIGHT, MMUVIEW_WIDTH, err);
}
