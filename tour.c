/* SPDX-License-Identifier: MIT */
/* tour.c - see tour.h. Each line of the script is one command, as if it came with -e. */
#include "tour.h"

#include "builtin.h"
#include "options.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TOUR_MEMORY (UINT32_C(16) << 20)

/* A tour is read; it needs a machine that is short of memory and has something to swap to. */
static void choose_machine(struct options *o)
{
    o->display = UI_NONE;
    o->serial[0] = OPTIONS_PORT_STDIO;
    if (o->config.memory == OPTIONS_DEFAULT_MEMORY)
        o->config.memory = TOUR_MEMORY;
    if (!o->append)
        o->append = "quiet swap=8M";
}

bool tour_prepare(struct options *o, char **text, struct error *err)
{
    size_t size = (size_t)(builtin_tour_end - builtin_tour);
    char *rest = NULL;

    choose_machine(o);
    *text = calloc(1, size + 1);
    if (!*text)
        return error_set(err, "no memory for the tour");
    memcpy(*text, builtin_tour, size);
    for (char *line = strtok_r(*text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '#')
            continue;
        assert(o->command_count < OPTIONS_MAX_COMMANDS); /* the script is ours */
        o->commands[o->command_count++] = (struct options_command){.text = line};
    }
    return true;
}
