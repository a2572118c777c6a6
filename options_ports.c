/* SPDX-License-Identifier: MIT */
/* options_ports.c - the options that say where the guest's ports lead to (see options_ports.h). */
#include "options_ports.h"

#include "options.h"
#include "options_values.h"

#include <string.h>

static const char *const places[] = {"none", "stdio", "file:F", NULL};
static const char *const serial_places[] = {"none", "stdio", "file:F", "pty", "unix:F", NULL};

static bool set_port(const char *option, const char *value, const char *const *names,
                     enum options_port *port, const char **file, struct error *err)
{
    unsigned n;

    if (strncmp(value, "file:", 5) == 0) {
        if (!value[5])
            return error_set(err, "%s file: needs a file name: file:F", option);
        *port = OPTIONS_PORT_FILE;
        *file = value + 5;
        return true;
    }
    if (!value_choice(option, value, names, &n, err))
        return false;
    *port = n == 0 ? OPTIONS_PORT_NONE : n == 3 ? OPTIONS_PORT_PTY : OPTIONS_PORT_STDIO;
    return true;
}

bool options_set_serial(struct options *o, const char *value, struct error *err)
{
    unsigned n = o->serial_count;

    if (n == OPTIONS_MAX_LINES)
        return error_set(err, "--serial %s: there are two serial ports, COM1 and COM2", value);
    o->serial_count++;
    if (strncmp(value, "unix:", 5) == 0 && value[5]) {
        o->serial[n] = OPTIONS_PORT_UNIX;
        o->serial_file[n] = value + 5;
        return true;
    }
    return set_port("--serial", value, serial_places, &o->serial[n], &o->serial_file[n], err);
}

bool options_set_parallel(struct options *o, const char *value, struct error *err)
{
    return set_port("--parallel", value, places, &o->parallel, &o->parallel_file, err);
}

bool options_set_debugcon(struct options *o, const char *value, struct error *err)
{
    return set_port("--debugcon", value, places, &o->debugcon, &o->debugcon_file, err);
}
