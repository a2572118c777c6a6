/* SPDX-License-Identifier: MIT */
/*
 * test_top_options.c - the command line as values: defaults, every option's effect, and the
 * arithmetic of sizes, speeds and dates. What is refused is the business of tests/boot/cli.sh.
 */
#include "base/trace.h"
#include "options.h"
#include "options_values.h"
#include "tests/report.h"

#include <getopt.h>
#include <string.h>

static bool parse(struct options *o, struct error *err, const char *const *words)
{
    char *argv[32] = {NULL};
    int argc = 1;

    argv[0] = (char *)(uintptr_t) "emu386";
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    optind = 0; /* glibc: begin anew */
    err->text[0] = 0;
    return options_parse(o, argc, argv, err);
}

#define PARSE(...) parse(&o, &err, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static void test_options(void)
{
    struct options o;
    struct error err;

    CHECK(PARSE(), "nothing at all: %s", err.text);
    CHECK(o.action == OPTIONS_RUN && !o.image && o.config.memory == 64u << 20 &&
              o.config.cpu == CPU_PPRO && o.config.engine == ENGINE_FAST &&
              o.config.insn_cost_log2 == 3 && o.config.on_triple_fault == TRIPLE_STOP &&
              o.config.rtc_start == 946684800 && o.display == UI_AUTO && o.pace == UI_PACE_AUTO &&
              o.serial[0] == OPTIONS_PORT_NONE && o.debugcon == OPTIONS_PORT_NONE &&
              o.max_insns == UINT64_MAX && o.timeout <= 0 && !o.trace_mask && !o.exit_on_halt,
          "defaults");
    CHECK(PARSE("-m", "8M", "k.elf", "-i", "a x", "--initrd=b", "-a", "quiet"), "%s", err.text);
    CHECK(o.config.memory == 8u << 20 && strcmp(o.image, "k.elf") == 0 && o.module_count == 2 &&
              strcmp(o.modules[0], "a x") == 0 && strcmp(o.modules[1], "b") == 0 &&
              strcmp(o.append, "quiet") == 0,
          "options around the image");
    CHECK(PARSE("--cpu", "386", "--engine", "lockstep", "--pace", "none", "--display", "term",
                "--serial", "file:s", "--debugcon", "none", "--on-triple-fault", "reset",
                "--exit-on-halt"),
          "%s", err.text);
    CHECK(o.config.cpu == CPU_386 && o.config.engine == ENGINE_LOCKSTEP && o.pace == UI_PACE_NONE &&
              o.display == UI_TERM && o.serial[0] == OPTIONS_PORT_FILE &&
              strcmp(o.serial_file[0], "s") == 0 && o.debugcon == OPTIONS_PORT_NONE &&
              o.config.on_triple_fault == TRIPLE_RESET && o.exit_on_halt,
          "choices");
    CHECK(PARSE("-S", "-g", ":1234", "--gdb-mode-switch"), "%s", err.text);
    CHECK(o.wait && o.gdb && o.gdb_mode_switch && o.gdb_address.place == GDB_TCP &&
              strcmp(o.gdb_address.host, "") == 0 && strcmp(o.gdb_address.port, "1234") == 0,
          "gdb's port: loopback");
    CHECK(PARSE("-g", "[::1]:0") && strcmp(o.gdb_address.host, "::1") == 0 &&
              strcmp(o.gdb_address.port, "0") == 0 && !o.wait,
          "an IPv6 address");
    CHECK(PARSE("--gdb=tcp:host:00080") && strcmp(o.gdb_address.host, "host") == 0 &&
              strcmp(o.gdb_address.port, "80") == 0,
          "as gdb writes it");
    CHECK(PARSE("-g1234") && strcmp(o.gdb_address.port, "1234") == 0, "a port alone");
    CHECK(PARSE("-g", "unix:a:b") && o.gdb_address.place == GDB_UNIX &&
              strcmp(o.gdb_address.path, "a:b") == 0,
          "a socket's path");
    CHECK(PARSE("-g", "stdio") && o.gdb_address.place == GDB_STDIO, "stdio");
    CHECK(PARSE("--max-insns", "18446744073709551615", "--timeout", "0.5", "--trace",
                "pit,summary,isa,kbd:t.txt", "--screenshot", "s.png"),
          "%s", err.text);
    CHECK(o.max_insns == UINT64_MAX && o.timeout > 0.49 && o.timeout < 0.51 && o.trace_summary &&
              o.config.count_rows && o.trace_mask == (1u << TRACE_PIT | 1u << TRACE_KBD) &&
              strcmp(o.trace_file, "t.txt") == 0 && strcmp(o.screenshot, "s.png") == 0,
          "limits and traces");
    CHECK(PARSE("--bios", "r.bin", "--post-port", "0x190", "--parallel", "file:p"), "%s", err.text);
    CHECK(strcmp(o.bios, "r.bin") == 0 && o.config.post_port == 0x190 && !o.image &&
              o.parallel == OPTIONS_PORT_FILE && strcmp(o.parallel_file, "p") == 0,
          "a ROM");
    CHECK(PARSE("--machine", "pc,hpet=off") && o.config.no_hpet, "without an HPET");
    CHECK(PARSE("--machine", "isa") && o.config.machine == MACHINE_ISA && !o.config.no_hpet, "isa");
    CHECK(PARSE("--post-port", "128") && o.config.post_port == 128, "a decimal port");
    CHECK(PARSE("--trace", "all") && o.trace_mask == (1u << TRACE_CATS) - 1 && !o.trace_file,
          "all categories");
    CHECK(PARSE("--", "--odd") && strcmp(o.image, "--odd") == 0, "after -- all is an image");
    CHECK(PARSE("--help", "exit") && o.action == OPTIONS_HELP && strcmp(o.topic, "exit") == 0,
          "a topic as a word of its own");
    CHECK(PARSE("--help", "-m", "3") && o.action == OPTIONS_HELP && !o.topic, "help comes first");
    CHECK(PARSE("--version", "--bogus") && o.action == OPTIONS_VERSION, "so does the version");
}

static void test_memory(void)
{
    static const struct {
        const char *text;
        uint32_t bytes;
    } rows[] = {
        {"1M", 1u << 20},       {"1024k", 1u << 20},
        {"1048576", 1u << 20},  {"1G", 1u << 30},
        {"3584M", 3584u << 20}, {"3g", 3u << 30},
        {"1028K", 1028 * 1024}, {"3758096384", 3584u << 20},
        {"16", 16u << 20},      {"3584", 3584u << 20},
        {"1", 1u << 20},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {""};
        uint32_t bytes = 0;

        CHECK(value_memory(rows[i].text, &bytes, &err) && bytes == rows[i].bytes, "%s: %u %s",
              rows[i].text, bytes, err.text);
    }
}

static void test_speed(void)
{
    static const struct {
        const char *text;
        unsigned log2;
    } rows[] = {{"1221", 0}, {"900", 0}, {"800", 1}, {"611", 1}, {"153", 3},
                {"150", 3},  {"100", 4}, {"10", 7},  {"2", 9},   {"1", 10}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {""};
        unsigned log2 = 99;

        CHECK(value_speed(rows[i].text, &log2, &err) && log2 == rows[i].log2, "%s: %u %s",
              rows[i].text, log2, err.text);
    }
}

static void test_date(void)
{
    static const struct {
        const char *text;
        int64_t seconds; /* from `date -u -d TEXT +%s` */
    } rows[] = {
        {"1970-01-01T00:00:00", 0},          {"1972-02-29T23:59:59", 68255999},
        {"1999-12-31T23:59:59", 946684799},  {"2000-02-29T12:00:00", 951825600},
        {"2000-03-01T00:00:00", 951868800},  {"2026-11-22T13:45:06", 1795355106},
        {"2099-12-31T23:59:59", 4102444799},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {""};
        int64_t seconds = -1;

        CHECK(value_date("--rtc", rows[i].text, &seconds, &err) && seconds == rows[i].seconds,
              "%s: %lld %s", rows[i].text, (long long)seconds, err.text);
    }
}

int main(void)
{
    test_options();
    test_memory();
    test_speed();
    test_date();
    return report_end();
}
