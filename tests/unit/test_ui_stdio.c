/* SPDX-License-Identifier: MIT */
/*
 * test_ui_stdio.c - the serial line on the host's files: output is complete, a failing output is
 * noticed once and given up, and input is taken from a pipe only as far as the guest's line has
 * room, so that nothing is lost.
 */
#include "machine/config.h"
#include "machine/machine.h"
#include "tests/report.h"
#include "ui/stdio.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void test_out(const char *dir)
{
    struct stdio_out o;
    struct error err;
    char path[256], text[16] = "";
    FILE *f;

    snprintf(path, sizeof path, "%s/out", dir);
    CHECK(stdio_out_open(&o, path, &err), "%s", err.text);
    stdio_out_byte(&o, 'a');
    stdio_out_byte(&o, 0);
    stdio_out_byte(&o, 0xff);
    stdio_out_close(&o);
    CHECK(o.failed == 0, "written");
    f = fopen(path, "r");
    CHECK(f && fread(text, 1, sizeof text, f) == 3 && memcmp(text, "a\0\xff", 3) == 0,
          "every byte arrives unchanged");
    if (f)
        fclose(f);
    unlink(path);

    CHECK(!stdio_out_open(&o, "/nonexistent/out", &err) && strstr(err.text, "/nonexistent/out: "),
          "%s", err.text);
    CHECK(stdio_out_open(&o, "/dev/full", &err), "%s", err.text);
    stdio_out_byte(&o, 'a');
    stdio_out_flush(&o);
    CHECK(o.failed == ENOSPC, "a full disk is noticed");
    stdio_out_byte(&o, 'b');
    stdio_out_close(&o);
    CHECK(o.failed == ENOSPC, "and the first reason stays");
}

static void test_in(void)
{
    struct config cfg = {.memory = 1u << 20, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct error err;
    struct machine *m = machine_new(&cfg, &err);
    struct stdio_in in;
    char bytes[10000];
    unsigned room;
    int ends[2], left = 0, keep = dup(STDIN_FILENO);

    CHECK(m && pipe(ends) == 0, "a machine and a pipe: %s", err.text);
    if (!m)
        return;
    memset(bytes, 'x', sizeof bytes);
    CHECK(write(ends[1], bytes, sizeof bytes) == sizeof bytes, "filled");
    dup2(ends[0], STDIN_FILENO);
    room = machine_serial_room(m, 0);
    CHECK(room > 0 && room < sizeof bytes, "the line takes some of it: %u", room);

    stdio_in_open(&in, 0);
    stdio_in_poll(&in, m);
    CHECK(ioctl(ends[0], FIONREAD, &left) == 0 && left == (int)(sizeof bytes - room),
          "%d bytes stay in the pipe", left);
    CHECK(machine_serial_room(m, 0) == 0 && in.fd >= 0 && !in.quit, "full, not at its end");
    stdio_in_poll(&in, m);
    CHECK(ioctl(ends[0], FIONREAD, &left) == 0 && left == (int)(sizeof bytes - room),
          "and are not touched while there is no room");
    stdio_in_close(&in);
    machine_free(m);

    m = machine_new(&cfg, &err);
    CHECK(m && read(ends[0], bytes, (size_t)left) == left && write(ends[1], "\001x", 2) == 2,
          "two bytes left: %s", err.text);
    close(ends[1]);
    stdio_in_open(&in, 0);
    stdio_in_poll(&in, m);
    CHECK(machine_serial_room(m, 0) == room - 2 && !in.quit,
          "Ctrl-A is a byte like others in a pipe");
    CHECK(in.fd == -1, "the end of the pipe");
    stdio_in_poll(&in, m);
    stdio_in_close(&in);
    machine_free(m);
    close(ends[0]);
    dup2(keep, STDIN_FILENO);
    close(keep);
}

int main(void)
{
    char dir[] = P_tmpdir "/emu386-test-XXXXXX";

    if (!mkdtemp(dir)) {
        CHECK(false, "no temporary directory");
        return report_end();
    }
    test_out(dir);
    test_in();
    rmdir(dir);
    return report_end();
}
