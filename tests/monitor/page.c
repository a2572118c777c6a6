/* SPDX-License-Identifier: MIT */
/*
 * page.c - writes docs/monitor.md: the introduction, then every command from its row.
 *
 *     page INTRO            prints the page
 *     page INTRO PAGE       checks that PAGE is what would be printed, and that the rows are in order
 */
#include "monitor/command.h"
#include "monitor/session.h"
#include "tests/report.h"

#include <string.h>

static FILE *page;

static void die(const char *what)
{
    printf("%s\n", what);
    exit(1);
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

static void compare(const char *file, const char *text, size_t n)
{
    FILE *f = fopen(file, "re");
    size_t at = 0, line = 1;
    int ch = EOF;

    CHECK(f != NULL, "%s is there", file);
    if (!f)
        return;
    while ((ch = getc(f)) != EOF && at < n && ch == text[at]) {
        line += ch == '\n';
        at++;
    }
    fclose(f);
    CHECK(ch == EOF && at == n, "%s is up to date: line %zu differs (make docs)", file, line);
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t n = 0;

    if (argc < 2)
        die("usage: page INTRO [PAGE]");
    page = argc > 2 ? open_memstream(&text, &n) : stdout;
    write_page(argv[1]);
    fflush(page);
    if (argc == 2)
        return 0;
    check_rows();
    compare(argv[2], text, n);
    fclose(page);
    free(text);
    return report_end();
}
