/* SPDX-License-Identifier: MIT */
/*
 * keys.c - the schema of the monitor's JSON, from what it says: reads answers, one a line, and writes
 * for each command and event the keys that were seen, with the types of their values. Lists add []
 * to a key, objects a dot: "entries[].value number". docs/monitor-json.md is this for the session of
 * keys.mon, and the test compares.
 *
 *     emu386 --json -x keys.mon KERNEL | keys
 *
 * Exit status 1 for a line that is not one JSON object.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_LEN 256

struct fact {
    char *topic; /* "page", or "event: stop" */
    char *path;  /* "entries[].value" */
    char *type;  /* "number" */
};

static struct fact *facts;
static size_t count, room;
static const char *at; /* what is left of the line */

static void fail(const char *line)
{
    fprintf(stderr, "keys: not a JSON object: %.200s\n", line);
    exit(1);
}

static char *copy(const char *text)
{
    char *p = strdup(text);
    if (!p)
        exit(2);
    return p;
}

static void add(const char *path, const char *type)
{
    if (count == room) {
        room = room ? 2 * room : 256;
        facts = realloc(facts, room * sizeof *facts);
        if (!facts)
            exit(2);
    }
    facts[count++] = (struct fact){NULL, copy(path), copy(type)};
}

/* A string, without its escapes being undone; false: there is none. */
static bool take_string(char *buf, size_t n)
{
    size_t len = 0;
    if (*at++ != '"')
        return false;
    for (; *at && *at != '"'; at++) {
        if (len + 1 < n)
            buf[len++] = *at;
        if (*at == '\\' && *++at == '\0')
            return false;
    }
    buf[len] = '\0';
    return *at++ == '"';
}

static bool take_value(const char *path);

static bool take_members(const char *path, char close)
{
    char key[PATH_MAX_LEN / 2], inner[PATH_MAX_LEN];
    if (*at == close)
        return at++, true;
    for (;;) {
        snprintf(inner, sizeof inner, "%s[]", path);
        if (close == '}') {
            if (!take_string(key, sizeof key) || *at++ != ':')
                return false;
            snprintf(inner, sizeof inner, "%.*s%s%s", PATH_MAX_LEN / 2 - 2, path, *path ? "." : "",
                     key);
        }
        if (!take_value(inner))
            return false;
        if (*at == close)
            return at++, true;
        if (*at++ != ',')
            return false;
    }
}

static bool take_value(const char *path)
{
    static const struct {
        const char *word, *type;
    } words[] = {{"true", "boolean"}, {"false", "boolean"}, {"null", "null"}};
    char ignored[8];
    if (*at == '{' || *at == '[') {
        char close = *at++ == '{' ? '}' : ']';
        if (*path)
            add(path, close == '}' ? "object" : "list");
        return take_members(path, close);
    }
    if (*at == '"') {
        add(path, "string");
        return take_string(ignored, sizeof ignored);
    }
    for (size_t n = 0; n < sizeof words / sizeof *words; n++) {
        if (strncmp(at, words[n].word, strlen(words[n].word)) == 0) {
            at += strlen(words[n].word);
            add(path, words[n].type);
            return true;
        }
    }
    size_t digits = strspn(at, "-0123456789.eE+");
    at += digits;
    add(path, "number");
    return digits > 0;
}

/* The value of a key at the beginning of the line. */
static void take_topic(const char *line, char *topic, size_t n)
{
    char name[64] = "";
    if (sscanf(line, "{\"command\":\"%63[^\"]\"", name) == 1)
        snprintf(topic, n, "%s", name);
    else if (sscanf(line, "{\"event\":\"%63[^\"]\"", name) == 1)
        snprintf(topic, n, "event: %s", name);
    else
        snprintf(topic, n, "error");
}

static void read_line(const char *line)
{
    char topic[128];
    size_t first = count;
    at = line;
    if (*line != '{' || !take_value("") || strcmp(at, "\n") != 0)
        fail(line);
    take_topic(line, topic, sizeof topic);
    for (size_t n = first; n < count; n++)
        facts[n].topic = copy(topic);
}

static int order(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    int topic = strcmp(x->topic, y->topic), path = strcmp(x->path, y->path);
    return topic ? topic : path ? path : strcmp(x->type, y->type);
}

static bool same_key(const struct fact *a, const struct fact *b)
{
    return strcmp(a->topic, b->topic) == 0 && strcmp(a->path, b->path) == 0;
}

static const char introduction[] =
    "# The monitor's answers as JSON\n"
    "\n"
    "With `--json`, or after `json on`, every command answers with one object on one line: its "
    "key\n"
    "`command` holds the name of the command, whatever alias was typed. A stop of the machine is "
    "an\n"
    "object with the key `event`, a command that failed one with the key `error`. The other keys "
    "follow\n"
    "here, with the types of their values: `a.b` is key b in the object at a, `a[]` an element of "
    "the\n"
    "list at a. Addresses and register values are numbers. A key that has nothing to say may be "
    "absent;\n"
    "keys are added over time, but none is renamed or gets another type. This page is written by\n"
    "`make docs-json` from a session (`tests/monitor/keys.mon`), and a test compares.\n";

/* Types that need no line of their own: the elements' keys say it. */
static bool is_implied(const struct fact *f)
{
    size_t n = strlen(f->path);
    return strcmp(f->path, "command") == 0 || strcmp(f->path, "event") == 0 ||
           (n > 2 && strcmp(f->path + n - 2, "[]") == 0 && strcmp(f->type, "object") == 0);
}

/* The facts about one topic, sorted; a key with several types is one line. */
static void write_topic(const struct fact *f, size_t n)
{
    const struct fact *last = NULL;
    printf("\n## %s\n\n", f->topic);
    for (size_t i = 0; i < n; i++) {
        if (is_implied(&f[i]) || (last && order(last, &f[i]) == 0))
            continue;
        if (last && same_key(last, &f[i]))
            printf(" or %s", f[i].type);
        else
            printf("%s    %-32s %s", last ? "\n" : "", f[i].path, f[i].type);
        last = &f[i];
    }
    printf("%s\n", last ? "" : "No further keys.");
}

int main(void)
{
    char *line = NULL;
    size_t size = 0, next;
    while (getline(&line, &size, stdin) > 0)
        read_line(line);
    qsort(facts, count, sizeof *facts, order);
    fputs(introduction, stdout);
    for (size_t n = 0; n < count; n = next) {
        next = n + 1;
        while (next < count && strcmp(facts[n].topic, facts[next].topic) == 0)
            next++;
        write_topic(&facts[n], next - n);
    }
    return 0;
}
