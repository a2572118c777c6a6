/* SPDX-License-Identifier: MIT */
/* options_gdb.c - where --gdb listens: [ADDR:]PORT, unix:PATH or stdio. */
#include "monitor/gdb/link.h"
#include "options_values.h"

#include <stdio.h>
#include <string.h>

static bool refuse(const char *option, const char *text, struct error *err)
{
    return error_set(
        err,
        "%s %s: a port (:1234), ADDRESS:PORT, unix:PATH or stdio would be right; a port "
        "is 0 to 65535",
        option, text);
}

static bool parse_port(const char *port, char *digits, size_t room)
{
    unsigned value = 0;
    size_t n = strspn(port, "0123456789");

    if (!n || n > 5 || port[n] || sscanf(port, "%u", &value) != 1 || value > 65535)
        return false;
    snprintf(digits, room, "%u", value);
    return true;
}

static bool parse_path(const char *option, const char *text, struct gdb_address *a,
                       struct error *err)
{
    const char *path = text + strlen("unix:");

    a->place = GDB_UNIX;
    if (!*path || strlen(path) >= sizeof a->path)
        return error_set(err, "%s %s: a path of 1 to %zu characters would be right", option, text,
                         sizeof a->path - 1);
    snprintf(a->path, sizeof a->path, "%s", path);
    return true;
}

bool value_gdb(const char *option, const char *text, struct gdb_address *a, struct error *err)
{
    const char *host =
        strncmp(text, "tcp:", 4) == 0 ? text + 4 : text; /* as gdb and QEMU have it */
    const char *colon = strrchr(host, ':'), *port = colon ? colon + 1 : host;
    size_t n = colon ? (size_t)(colon - host) : 0;

    memset(a, 0, sizeof *a);
    if (strcmp(text, "stdio") == 0) {
        a->place = GDB_STDIO;
        return true;
    }
    if (strncmp(text, "unix:", 5) == 0)
        return parse_path(option, text, a, err);
    if (n >= 2 && host[0] == '[' && host[n - 1] == ']') { /* [::1]:1234 */
        host++;
        n -= 2;
    } else if (n && memchr(host, ':', n)) {
        return error_set(err, "%s %s: an IPv6 address goes into brackets, as [::1]:1234", option,
                         text);
    }
    if (n >= sizeof a->host || !parse_port(port, a->port, sizeof a->port))
        return refuse(option, text, err);
    memcpy(a->host, host, n);
    return true;
}
