/* SPDX-License-Identifier: MIT */
/*
 * points.c - breakpoints and watchpoints. Each is a point of machine/debug.h at a linear address in
 * any address space; the guest's memory stays as it is, so they may lie anywhere, mapped or not.
 * Z0 and Z1 mean the same.
 */
#include "monitor/gdb/stub.h"

#include <stdlib.h>

#define POINTS_MAX 65536u
#define WATCH_MAX (UINT32_C(1) << 20) /* bytes of one watchpoint */

static const enum debug_kind kinds[] = {DEBUG_EXEC, DEBUG_EXEC, DEBUG_WRITE, DEBUG_READ,
                                        DEBUG_ACCESS};

/* TYPE,ADDR,KIND[;CONDITIONS] */
static bool parse(const char *args, struct gdb_point *p)
{
    uint64_t addr, size;

    p->type = *args++;
    if (p->type < '0' || p->type > '4' || *args++ != ',' || !gdb_hex_number(&args, &addr) ||
        *args++ != ',' || !gdb_hex_number(&args, &size) || (*args && *args != ';'))
        return false;
    p->addr = (uint32_t)addr;
    p->size = p->type < '2' ? 1 : (uint32_t)size;
    return p->type < '2' || (size >= 1 && size <= WATCH_MAX);
}

static struct gdb_point *find(struct gdb *g, const struct gdb_point *p)
{
    for (size_t i = 0; i < g->point_count; i++) {
        struct gdb_point *q = &g->points[i];

        if (q->addr == p->addr && q->type == p->type && q->size == p->size)
            return q;
    }
    return NULL;
}

static bool make_room(struct gdb *g)
{
    size_t room = g->point_room ? 2 * g->point_room : 64;
    struct gdb_point *more;

    if (g->point_count < g->point_room)
        return true;
    if (room > POINTS_MAX || !(more = realloc(g->points, room * sizeof *more)))
        return false;
    g->points = more;
    g->point_room = room;
    return true;
}

void gdb_on_Z(struct gdb *g, const char *args, const char *end)
{
    struct gdb_point p;
    struct debug_spec spec = {.where = WHERE_LINEAR};
    uint32_t last;

    if (!parse(args, &p)) {
        if (*args >= '0' && *args <= '4') /* another type is not supported: an empty answer */
            gdb_say_error(g, GDB_E_BAD);
        return;
    }
    last = p.addr + (p.size - 1);
    spec.kind = kinds[p.type - '0'];
    spec.first = p.addr;
    spec.last = last < p.addr ? UINT32_MAX : last;
    if (!find(g, &p)) { /* packets may be repeated */
        if (!make_room(g) || !(p.id = debug_add(g->m, &spec, NULL))) {
            gdb_say_error(g, GDB_E_NOMEM);
            return;
        }
        g->points[g->point_count++] = p;
    }
    gdb_say(g, "OK");
}

void gdb_on_z(struct gdb *g, const char *args, const char *end)
{
    struct gdb_point p, *q;

    if (!parse(args, &p)) {
        if (*args >= '0' && *args <= '4')
            gdb_say_error(g, GDB_E_BAD);
        return;
    }
    if ((q = find(g, &p))) {
        debug_remove(g->m, q->id);
        *q = g->points[--g->point_count];
    }
    gdb_say(g, "OK");
}

const struct gdb_point *gdb_point_find(const struct gdb *g, int id)
{
    for (size_t i = 0; i < g->point_count; i++) {
        if (g->points[i].id == id)
            return &g->points[i];
    }
    return NULL;
}

void gdb_points_clear(struct gdb *g)
{
    while (g->point_count)
        debug_remove(g->m, g->points[--g->point_count].id);
}
