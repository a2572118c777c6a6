/* SPDX-License-Identifier: MIT */
/* commands.c - all rows of all tables, found by name, alias or unambiguous beginning. */
#include "monitor/command.h"
#include "monitor/session.h"

#include <stdio.h>
#include <string.h>

/* In the order of `help`. */
static const struct command *const tables[] = {
    commands_run,     commands_change, commands_points, commands_memory,  commands_registers,
    commands_pages,   commands_tables, commands_source, commands_devices, commands_drives,
    commands_history, commands_why,    commands_meta,
};

const struct command *command_at(unsigned n)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        for (const struct command *c = tables[i]; c->name; c++)
            if (n-- == 0)
                return c;
    return NULL;
}

/* Calls each name of a row: the first is its own. */
static const char *next_name(const struct command *c, unsigned n, size_t *len)
{
    const char *at = c->aliases;

    if (n == 0) {
        *len = strlen(c->name);
        return c->name;
    }
    while (at && *at) {
        *len = strcspn(at, " ");
        if (--n == 0)
            return at;
        at += *len;
        at += strspn(at, " ");
    }
    return NULL;
}

bool command_called(const struct command *c, const char *word, size_t len)
{
    const char *name;
    size_t name_len;

    for (unsigned n = 0; (name = next_name(c, n, &name_len)); n++)
        if (name_len == len && memcmp(name, word, len) == 0)
            return true;
    return false;
}

static bool begins_with(const struct command *c, const char *word, size_t len)
{
    const char *name;
    size_t name_len;

    for (unsigned n = 0; (name = next_name(c, n, &name_len)); n++)
        if (name_len > len && memcmp(name, word, len) == 0)
            return true;
    return false;
}

static const struct command *refuse(const char *word, size_t len, const char *choices,
                                    struct error *err)
{
    if (*choices)
        error_set(err, "'%.*s' is short for more than one command:%s", (int)len, word, choices);
    else
        error_set(err, "there is no command '%.*s'; help lists them", (int)(len < 40 ? len : 40),
                  word);
    return NULL;
}

const struct command *command_find(const char *word, size_t len, struct error *err)
{
    const struct command *c, *found = NULL;
    char choices[300] = "";
    size_t used = 0;
    unsigned count = 0;

    for (unsigned n = 0; (c = command_at(n)); n++)
        if (command_called(c, word, len))
            return c;
    for (unsigned n = 0; (c = command_at(n)); n++) {
        if (!begins_with(c, word, len))
            continue;
        found = c;
        count++;
        if (used < sizeof choices)
            used += (size_t)snprintf(choices + used, sizeof choices - used, " %s", c->name);
    }
    return count == 1 ? found : refuse(word, len, choices, err);
}
