/* SPDX-License-Identifier: MIT */
/*
 * commands_devices.c - dev: each chip in words, as it describes itself; info: the names under which
 * people of other debuggers look for things.
 */
#include "monitor/command.h"

#include "base/out.h"
#include "machine/inspect.h"
#include "monitor/answer.h"
#include "monitor/line.h"
#include "monitor/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void list_devices(struct answer *to)
{
    const struct inspect_device *d;
    answer_list(to, "devices");
    for (unsigned n = 0; (d = inspect_device(n)) != NULL; n++) {
        answer_object(to, NULL);
        answer_string(to, "name", d->name);
        answer_string(to, "summary", d->summary);
        answer_close(to);
        answer_text(to, "%-9s %s%s%s%s\n", d->name, d->summary, *d->aliases ? "  (" : "",
                    d->aliases, *d->aliases ? ")" : "");
    }
    answer_close(to);
}

/* What the chip says, line by line. */
static bool say_device(const struct machine *m, const struct inspect_device *d, struct answer *to,
                       struct error *err)
{
    char *text = NULL, *next;
    size_t size = 0;
    struct out out;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return error_set(err, "not enough memory");
    out_file(&out, memory);
    d->info(m, &out);
    if (fclose(memory) != 0) {
        free(text);
        return error_set(err, "not enough memory");
    }
    answer_string(to, "device", d->name);
    answer_list(to, "lines");
    for (char *at = text; *at; at = next) {
        next = at + strcspn(at, "\n");
        if (*next)
            *next++ = '\0';
        answer_string(to, NULL, at);
        answer_text(to, "%s\n", at);
    }
    answer_close(to);
    free(text);
    return true;
}

static bool show_dev(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char name[64];
    if (!line_more(line)) {
        list_devices(to);
        return true;
    }
    if (!line_word(line, "the name of a device", name, sizeof name, err) || !line_end(line, err))
        return false;
    if (strcmp(name, "list") == 0) {
        list_devices(to);
        return true;
    }
    const struct inspect_device *d = inspect_device_find(name);
    if (!d)
        return error_set(err, "there is no device '%s' (`dev` lists them)", name);
    return say_device(monitor_machine(mon), d, to, err);
}

/* gdb's and QEMU's words for our commands; what is not here is a command or a device of that name. */
static const struct {
    const char *word, *command;
} other_words[] = {
    {"breakpoints", "points"},
    {"break", "points"},
    {"b", "points"},
    {"watchpoints", "points"},
    {"w", "points"},
    {"registers", "r"},
    {"all-registers", "r"},
    {"float", "fpu"},
    {"mem", "maps"},
    {"stack", "bt"},
    {"frame", "bt"},
    {"s", "bt"},
    {"f", "bt"},
    {"interrupts", "ints"},
};

/* gdb's hands are used to `info reg`. */
static const char *begin_of_other_word(const char *word)
{
    for (size_t n = 0; n < ARRAY_LEN(other_words); n++) {
        if (strncmp(other_words[n].word, word, strlen(word)) == 0)
            return other_words[n].command;
    }
    return word;
}

static bool show_info(struct monitor *mon, struct line *line, struct answer *to, struct error *err)
{
    char word[64];
    struct error ignored;
    if (!line_more(line)) {
        answer_text(to,
                    "info WHAT is the command WHAT, or what a device says: info irq, info tlb,\n"
                    "info registers, info breakpoints, info mem, info pic ... (help and dev "
                    "list them)\n");
        return true;
    }
    if (!line_word(line, "what to show", word, sizeof word, err))
        return false;
    const char *name = word;
    for (size_t n = 0; n < ARRAY_LEN(other_words); n++) {
        if (strcmp(other_words[n].word, word) == 0)
            name = other_words[n].command;
    }
    if (!command_find(name, strlen(name), &ignored) && !inspect_device_find(name))
        name = begin_of_other_word(word);
    const struct inspect_device *d = inspect_device_find(name);
    const struct command *c = command_find(name, strlen(name), &ignored);
    bool exact = c && command_called(c, name, strlen(name));
    if (d && !exact)
        return line_end(line, err) && say_device(monitor_machine(mon), d, to, err);
    if (!c || (c->kind != COMMAND_LOOK && c->kind != COMMAND_EXPLAIN && c->kind != COMMAND_POINT) ||
        strcmp(c->name, "info") == 0)
        return error_set(err, "info knows no '%s'; `help` lists the commands, `dev` the devices",
                         word);
    return c->run(mon, line, to, err);
}

const struct command commands_devices[] = {
    {"dev", "device", "[NAME]", "the chips of the board, each in words",
     "Without a name: which there are. `dev memory` and `dev ports` say who answers where.",
     "dev\ndev pic\ndev pit\ndev memory", "device", COMMAND_LOOK, false, show_dev},
    {"info", "i", "WHAT", "gdb's and QEMU's way to ask: info registers, info mem, info pic",
     "Any command that only looks, or any device, by its name.",
     "info registers\ninfo irq\ninfo pic", "command device", COMMAND_LOOK, false, show_info},
    {.name = NULL},
};
