/* SPDX-License-Identifier: MIT */
/*
 * page.c - writes docs/monitor.md: the introduction, then every command from its row. The keys of the
 * JSON answers are those that the examples give on the built-in kernel, after a page fault.
 *
 *     page KERNEL INITRD INTRO            prints the page
 *     page KERNEL INITRD INTRO PAGE       checks that PAGE is what would be printed
 */
#include "base/out.h"
#include "loader/boot.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/debug.h"
#include "machine/machine.h"
#include "monitor/command.h"
#include "monitor/monitor.h"
#include "monitor/session.h"
#include "monitor/symbols.h"
#include "tests/report.h"

#include <string.h>

#define BOOT UINT64_C(200000000) /* instructions at most */
#define KEYS 200

struct keys {
    char path[KEYS][80]; /* "values[].address", each once, as they came */
    unsigned n;
};

static struct machine *m;
static struct monitor *mon;
static FILE *page;

static void die(const char *what)
{
    printf("%s\n", what);
    exit(1);
}

/* ---- The machine ----------------------------------------------------------------------- */

/* Runs to the first page fault that happens in user mode: everything is at work by then. */
static void run_to_fault(void)
{
    struct debug_spec spec = {.kind = DEBUG_EXC, .first = 14, .last = 14, .once = true};
    struct error err;

    for (int n = 0; n < 3; n++) {
        if (!debug_add(m, &spec, &err))
            die(err.text);
        if (machine_run(m, UINT64_MAX, BOOT) != MACHINE_BREAK)
            die("no page fault came");
    }
    debug_step(m, true);
    (void)machine_run(m, UINT64_MAX, BOOT); /* into its handler: now it has been delivered */
}

static void start(char **argv)
{
    static struct out to;
    struct config cfg = {.memory = 64u << 20, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct boot_source module = {.name = argv[2]};
    struct boot_request r = {.image = {.name = argv[1]}, .memory = cfg.memory};
    struct plan plan = {0};
    struct error err;

    r.modules = &module;
    r.module_count = 1;
    m = machine_new(&cfg, &err);
    if (!m || !boot_plan(&plan, &r, &err) || !boot_apply(&plan, m, &err))
        die(err.text);
    mon = monitor_new(m, &to, true, &err);
    if (!mon || !symbols_add_file(monitor_symbols(mon), argv[1], NULL, &err))
        die(err.text);
    run_to_fault();
}

/* ---- Keys ------------------------------------------------------------------------------ */

static void add_key(struct keys *k, const char *path)
{
    for (unsigned n = 0; n < k->n; n++)
        if (strcmp(k->path[n], path) == 0)
            return;
    if (k->n < KEYS)
        snprintf(k->path[k->n++], sizeof k->path[0], "%s", path);
}

static const char *skip_string(const char *s)
{
    for (s++; *s && *s != '"'; s++)
        if (*s == '\\' && s[1])
            s++;
    return *s ? s + 1 : s;
}

/* Collects the paths of all keys of one JSON text. A list's elements share a path. */
static void collect(struct keys *k, const char *text)
{
    char path[400] = "";
    size_t len[32];
    unsigned depth = 0;

    for (const char *s = text; *s;) {
        if (*s == '"') {
            const char *end = skip_string(s);

            if (*end == ':' && depth > 0) {
                path[len[depth - 1]] = 0;
                snprintf(path + len[depth - 1], sizeof path - len[depth - 1], "%s%.*s",
                         len[depth - 1] ? "." : "", (int)(end - s - 2), s + 1);
                if (end[1] != '{' && end[1] != '[' && strcmp(path, "command") != 0)
                    add_key(k, path);
                if (end[1] == '[' && end[2] != '{' && end[2] != '[') {
                    strcat(path, "[]");
                    add_key(k, path);
                }
            }
            s = end;
            continue;
        }
        if ((*s == '{' || *s == '[') && depth < 32) {
            if (*s == '[' && (!path[0] || strcmp(path + strlen(path) - 2, "[]") != 0))
                strcat(path, "[]");
            len[depth++] = strlen(path);
        } else if ((*s == '}' || *s == ']') && depth > 0) {
            depth--;
            path[len[depth]] = 0;
        }
        s++;
    }
}

/* What the examples of a row answer. Those that change something or run are left alone. */
static void example_keys(const struct command *c, struct keys *k)
{
    const char *at = c->example;

    k->n = 0;
    if (c->kind != COMMAND_LOOK && c->kind != COMMAND_EXPLAIN)
        return;
    while (at && *at) {
        char line[200], *text = NULL;
        size_t size = 0, used = strcspn(at, "\n");
        FILE *memory = open_memstream(&text, &size);
        struct out to;
        enum monitor_want want;
        struct error err;

        snprintf(line, sizeof line, "%.*s", (int)used, at);
        out_file(&to, memory);
        monitor_redirect(mon, (struct monitor_face){&to, true});
        if (strcmp(c->name, "screenshot") != 0 && monitor_do(mon, line, &want, &err)) {
            fflush(memory);
            collect(k, text);
        }
        fclose(memory);
        free(text);
        at += used + (at[used] == '\n');
    }
}

/* ---- The page -------------------------------------------------------------------------- */

static const struct {
    enum command_kind kind;
    const char *title;
} kinds[] = {
    {COMMAND_RUN, "Run"},         {COMMAND_POINT, "Points"},  {COMMAND_LOOK, "Look"},
    {COMMAND_EXPLAIN, "Explain"}, {COMMAND_CHANGE, "Change"}, {COMMAND_META, "Session"},
};

static void indented(const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");

        fprintf(page, "    %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void one(const struct command *c)
{
    struct keys k;

    fprintf(page, "\n### %s\n\n    %s%s%s\n\n", c->name, c->name, *c->args ? " " : "", c->args);
    fprintf(page, "%c%s.",
            c->summary[0] >= 'a' && c->summary[0] <= 'z' ? c->summary[0] - 32 : c->summary[0],
            c->summary + 1);
    if (c->aliases && *c->aliases) {
        fprintf(page, " Also called");
        for (const char *s = c->aliases; *s;) {
            size_t n = strcspn(s, " ");

            fprintf(page, " `%.*s`", (int)n, s);
            s += n;
            s += strspn(s, " ");
        }
        fprintf(page, ".");
    }
    fprintf(page, "\n");
    if (c->detail) {
        fprintf(page, "\n");
        indented(c->detail);
    }
    if (c->example) {
        fprintf(page, "\nExample:\n\n");
        indented(c->example);
    }
    example_keys(c, &k);
    if (!k.n)
        return;
    fprintf(page, "\nJSON:");
    for (unsigned n = 0; n < k.n; n++)
        fprintf(page, " `%s`", k.path[n]);
    fprintf(page, "\n");
}

static void write_page(const char *intro)
{
    FILE *f = fopen(intro, "re");
    char buf[4096];
    size_t n;

    if (!f)
        die("no introduction");
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        fwrite(buf, 1, n, page);
    fclose(f);
    fprintf(page, "<!-- What follows is made from the commands' rows: make docs. -->\n");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        const struct command *c;

        fprintf(page, "\n## %s\n", kinds[i].title);
        for (unsigned k = 0; (c = command_at(k)); k++)
            if (c->kind == kinds[i].kind)
                one(c);
    }
}

/* ---- The rows --------------------------------------------------------------------------- */

/* Every name means one thing, every row says what a reader needs. */
static void check_rows(void)
{
    const struct command *a, *b;
    struct error err;

    for (unsigned n = 0; (a = command_at(n)); n++) {
        CHECK(a->summary && *a->summary && a->args, "%s has a summary", a->name);
        CHECK(command_find(a->name, strlen(a->name), &err) == a, "%s is found by its name",
              a->name);
        for (unsigned k = 0; k < n; k++) {
            b = command_at(k);
            CHECK(!command_called(b, a->name, strlen(a->name)), "%s and %s: one name", a->name,
                  b->name);
            for (const char *s = a->aliases; s && *s;) {
                size_t len = strcspn(s, " ");

                CHECK(!command_called(b, s, len), "%.*s: %s or %s?", (int)len, s, a->name, b->name);
                s += len;
                s += strspn(s, " ");
            }
        }
    }
}

/* The next line of a text, without its end. False: there is none. */
static bool next_line(const char **at, char *line, size_t n)
{
    size_t len = strcspn(*at, "\n");

    if (!**at)
        return false;
    snprintf(line, n, "%.*s", (int)len, *at);
    *at += len + ((*at)[len] == '\n');
    return true;
}

/* Is every key of one line in the other? Which keys come depends on what the guest does just now. */
static bool keys_known(const char *now, const char *known)
{
    char word[100];
    int used;

    for (now += 5; sscanf(now, " %99s%n", word, &used) == 1; now += used)
        if (!strstr(known, word))
            return false;
    return true;
}

static bool is_keys(const char *line)
{
    return strncmp(line, "JSON:", 5) == 0;
}

static void compare(const char *file, const char *text)
{
    static char old[1 << 20], a[8192], b[8192];
    FILE *f = fopen(file, "re");
    const char *at = old;
    unsigned line = 0;
    bool more = true;

    CHECK(f != NULL, "%s is there", file);
    if (!f)
        return;
    old[fread(old, 1, sizeof old - 1, f)] = 0;
    fclose(f);
    while (more && next_line(&text, b, sizeof b)) {
        more = next_line(&at, a, sizeof a);
        line++;
        if (more && is_keys(a) && !is_keys(b)) { /* these keys do not come just now */
            (void)next_line(&at, a, sizeof a);
            more = next_line(&at, a, sizeof a);
            line += 2;
        }
        more = more && (is_keys(a) && is_keys(b) ? keys_known(b, a) : strcmp(a, b) == 0);
    }
    CHECK(more && !*at, "%s is up to date: line %u differs (make docs)", file, line);
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t n = 0;

    if (argc < 4)
        die("usage: page KERNEL INITRD INTRO [PAGE]");
    start(argv);
    page = argc > 4 ? open_memstream(&text, &n) : stdout;
    write_page(argv[3]);
    fflush(page);
    if (argc == 4)
        return 0;
    check_rows();
    compare(argv[4], text);
    monitor_free(mon);
    machine_free(m);
    return report_end();
}
