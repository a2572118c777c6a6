/* SPDX-License-Identifier: MIT */
/* test_base_out.c - the buffer sink truncates and terminates, the file sink writes, long lines. */
#include "base/out.h"
#include "tests/report.h"

#include <string.h>

static void test_buffer(void)
{
    char buf[8];
    struct out o;

    memset(buf, 'x', sizeof buf);
    out_buffer(&o, buf, sizeof buf);
    CHECK(buf[0] == '\0', "terminated before the first write");
    out_text(&o, "abc");
    out_printf(&o, "%d", 12);
    CHECK(strcmp(buf, "abc12") == 0 && o.len == 5, "text so far: %s", buf);
    out_text(&o, "3456");
    CHECK(strcmp(buf, "abc1234") == 0, "cut at the end: %s", buf);
    CHECK(o.len == 9, "len tells how much there was: %zu", o.len);
    out_text(&o, "more");
    CHECK(strcmp(buf, "abc1234") == 0 && o.len == 13, "a full buffer stays as it is");

    out_buffer(&o, buf, 1);
    out_text(&o, "abc");
    CHECK(buf[0] == '\0' && o.len == 3, "a buffer of one holds the end mark only");
}

static void test_long(void)
{
    static char big[3000], want[2000];
    struct out o;

    memset(want, 'q', sizeof want - 1);
    out_buffer(&o, big, sizeof big);
    out_printf(&o, "<%s>", want);
    CHECK(o.len == 2001 && big[0] == '<' && big[2000] == '>', "a long line is whole: %zu", o.len);
    for (int n = 500; n < 520; n++) { /* around the size of the buffer on the stack */
        out_buffer(&o, big, sizeof big);
        out_printf(&o, "%.*s", n, want);
        CHECK(strlen(big) == (size_t)n, "a line of %d is %zu long", n, strlen(big));
    }
}

static void test_file(void)
{
    char back[32] = "";
    struct out o;
    FILE *f = tmpfile();

    CHECK(f != NULL, "temporary file");
    if (!f)
        return;
    out_file(&o, f);
    out_printf(&o, "%s-%u\n", "line", 7u);
    rewind(f);
    CHECK(fgets(back, sizeof back, f) && strcmp(back, "line-7\n") == 0, "file holds: %s", back);
    (void)fclose(f);
}

int main(void)
{
    test_buffer();
    test_long();
    test_file();
    return report_end();
}
