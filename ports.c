/* SPDX-License-Identifier: MIT */
/* ports.c - see ports.h. */
#include "ports.h"

#include "ui/remote.h"

#include <stdio.h>

static bool is_remote(enum options_port where)
{
    return where == OPTIONS_PORT_PTY || where == OPTIONS_PORT_UNIX;
}

static bool open_out(struct stdio_out *o, enum options_port where, const char *file,
                     struct error *err)
{
    return where == OPTIONS_PORT_NONE || is_remote(where) ||
           stdio_out_open(o, where == OPTIONS_PORT_FILE ? file : NULL, err);
}

static bool open_remote(struct ports *p, const struct options *o, unsigned n, struct error *err)
{
    struct error why = {.text = ""};
    if (!is_remote(o->serial[n]))
        return true;
    p->remote[n] = o->serial[n] == OPTIONS_PORT_PTY ? remote_open_pty(&why)
                                                    : remote_open_unix(o->serial_file[n], &why);
    if (!p->remote[n])
        return error_set(err, "--serial %.480s", why.text);
    if (o->serial[n] == OPTIONS_PORT_PTY)
        fprintf(stderr, "emu386: COM%u is at %s\n", n + 1, remote_name(p->remote[n]));
    return true;
}

void ports_serial(struct ports *p, unsigned line, uint8_t byte)
{
    if (p->remote[line])
        remote_byte(p->remote[line], byte);
    else
        stdio_out_byte(&p->out[PORT_COM1 + line], byte);
}

bool ports_open(struct ports *p, struct options *o, struct error *err)
{
    for (unsigned n = 0; n < OPTIONS_MAX_LINES; n++)
        if (!open_out(&p->out[PORT_COM1 + n], o->serial[n], o->serial_file[n], err) ||
            !open_remote(p, o, n, err))
            return false;
    if (!open_out(&p->out[PORT_LPT1], o->parallel, o->parallel_file, err) ||
        !open_out(&p->out[PORT_DEBUGCON], o->debugcon, o->debugcon_file, err))
        return false;
    o->config.parallel_write = p->out[PORT_LPT1].file ? stdio_out_byte : NULL;
    o->config.parallel_ctx = &p->out[PORT_LPT1];
    o->config.debugcon_write = p->out[PORT_DEBUGCON].file ? stdio_out_byte : NULL;
    o->config.debugcon_ctx = &p->out[PORT_DEBUGCON];
    return true;
}

bool ports_pending(const struct ports *p)
{
    bool pending = false;
    for (unsigned n = 0; n < PORTS; n++)
        pending = pending || p->out[n].pending;
    return pending;
}

void ports_flush(struct ports *p)
{
    for (unsigned n = 0; n < PORTS; n++)
        stdio_out_flush(&p->out[n]);
}

bool ports_poll(struct ports *p, struct machine *m)
{
    bool well = true;
    for (unsigned n = 0; n < OPTIONS_MAX_LINES; n++)
        if (p->remote[n])
            remote_poll(p->remote[n], m, (uint8_t)n);
    for (unsigned n = 0; n < PORTS; n++)
        well = well && !p->out[n].failed;
    return well;
}

const struct stdio_out *ports_close(struct ports *p)
{
    const struct stdio_out *lost = NULL;
    for (unsigned n = 0; n < OPTIONS_MAX_LINES; n++) {
        remote_close(p->remote[n]);
        p->remote[n] = NULL;
    }
    for (unsigned n = 0; n < PORTS; n++) {
        stdio_out_close(&p->out[n]);
        if (p->out[n].failed && !lost)
            lost = &p->out[n];
    }
    return lost;
}

bool ports_stdio(const struct options *o)
{
    return o->serial[0] == OPTIONS_PORT_STDIO || o->serial[1] == OPTIONS_PORT_STDIO ||
           o->parallel == OPTIONS_PORT_STDIO || o->debugcon == OPTIONS_PORT_STDIO;
}

bool ports_remote(const struct options *o)
{
    return is_remote(o->serial[0]) || is_remote(o->serial[1]);
}
