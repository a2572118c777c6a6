/* SPDX-License-Identifier: MIT */
/*
 * test_loader_boot.c - recognising files by their contents, one clear line for each thing that
 * is no image, reading hostile files, and plans applied to a real machine which then runs them.
 */
#include "loader/boot.h"
#include "loader/file.h"
#include "loader/image.h"
#include "machine/config.h"
#include "machine/machine.h"
#include "mmu/bus.h"
#include "tests/report.h"
#include "tests/unit/loader_images.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY (16u << 20)

static bool plan_bytes(const uint8_t *data, size_t size, struct plan *p, struct error *err)
{
    struct boot_request r = {.image = {"file", data, size}, .memory = MEMORY};

    err->text[0] = 0;
    return boot_plan(p, &r, err);
}

static bool plan_path(const char *path, struct plan *p, struct error *err)
{
    struct boot_request r = {.image = {path, NULL, 0}, .memory = MEMORY};

    err->text[0] = 0;
    return boot_plan(p, &r, err);
}

static void check_refused(const char *label, const uint8_t *data, size_t size, const char *words)
{
    uint8_t *exact = malloc(size);
    struct error err;
    struct plan p;

    memcpy(exact, data, size);
    CHECK(!plan_bytes(exact, size, &p, &err), "%s is refused", label);
    CHECK(strstr(err.text, words) && strstr(err.text, "file: ") == err.text &&
              !strchr(err.text, '\n'),
          "%s: \"%s\" says \"%s\"", label, err.text, words);
    plan_free(&p);
    free(exact);
}

static void test_formats(void)
{
    static const struct {
        unsigned at;
        const char *magic;
        const char *words;
    } rows[] = {
        /* clang-format off */
        { 0x202,  "HdrS",             "Linux kernel with boot protocol 0.00" },
        { 0x8001, "CD001",            "ISO 9660" },
        { 0,      "QFI\xfb",          "QCOW2" },
        { 0,      "KDMV",             "VMDK" },
        { 0x40,   "\x7f\x10\xda\xbe", "VDI" },
        { 0,      "\x1f\x8b",         "gunzip" },
        { 0,      "\xfd" "7zXZ",      "unxz" },
        { 0,      "BZh",              "bunzip2" },
        { 0,      "\x28\xb5\x2f\xfd", "unzstd" },
        { 0,      "PK\x03\x04",       "ZIP" },
        { 0,      "!<arch>\n",        "archive" },
        { 257,    "ustar",            "tar" },
        { 0,      "MZ",               "EFI" },
        { 0,      "#!",               "script" },
        { 0,      "\xff\xfe",         "not recognised" },
        /* clang-format on */
    };
    uint8_t *data = malloc(65536);

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        memset(data, 0, 65536);
        memcpy(data + rows[i].at, rows[i].magic, strlen(rows[i].magic));
        data[510] = rows[i].at > 500 ? 0x55 : 0;
        data[511] = rows[i].at > 500 ? 0xaa : 0;
        check_refused(rows[i].words, data, 65536, rows[i].words);
    }
    memcpy(data, "# A heading\n\nSome text with \xc3\xa9.\n", 31);
    check_refused("text", data, 31, "text file");

    memset(data, 0, 65536);
    image_put32(data + 8, 0xe85250d6);
    image_put32(data + 16, 24);
    image_put32(data + 20, -(0xe85250d6 + 24));
    check_refused("multiboot 2", data, 65536, "has 0 bytes, 8 are left");

    image_bootsector(data);
    data[446] = 0x80;
    data[450] = 0x83;
    image_put32(data + 454, 1);
    image_put32(data + 458, 100);
    check_refused("disk", data, 65536, "hard disk image");

    image_elf(data, 0x100000, 0x100000, 0x100000);
    image_multiboot(data, 128, 3);
    data[136] ^= 1;
    check_refused("checksum", data, IMAGE_SIZE, "wrong checksum");
    image_elf(data, 0x100000, 0x100000, 0x100000);
    data[4] = 2;
    check_refused("64-bit", data, IMAGE_SIZE, "-m32");
    free(data);
}

static void test_extras(void)
{
    uint8_t image[IMAGE_SIZE];
    struct boot_source module = {"m.img x", image, sizeof image};
    struct boot_request r = {.image = {"k.elf", image, sizeof image}, .memory = MEMORY};
    struct error err;
    struct plan p;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    CHECK(boot_plan(&p, &r, &err) && p.entry.protected_mode && p.entry.eip == 0x100000 &&
              strcmp(p.kind, "plain ELF") == 0,
          "plain ELF");
    plan_free(&p);
    r.append = "quiet";
    CHECK(!boot_plan(&p, &r, &err) && strstr(err.text, "--append"), "%s", err.text);
    plan_free(&p);
    r.append = NULL;
    r.modules = &module;
    r.module_count = 1;
    CHECK(!boot_plan(&p, &r, &err) && strstr(err.text, "--initrd"), "%s", err.text);
    plan_free(&p);
    image_multiboot(image, 128, 3);
    r.append = "quiet";
    CHECK(boot_plan(&p, &r, &err) && strcmp(p.kind, "multiboot 1 ELF") == 0, "both with multiboot");
    plan_free(&p);
    module = (struct boot_source){"/nonexistent/initrd.img a b", NULL, 0};
    CHECK(!boot_plan(&p, &r, &err) && strstr(err.text, "/nonexistent/initrd.img: no such file"),
          "a missing module is named without its arguments: %s", err.text);
    plan_free(&p);
}

static void test_files(const char *dir)
{
    static const struct {
        const char *path, *words;
    } rows[] = {
        {"/nonexistent/kernel", "no such file"},
        {"", "no such file"},
        {"/dev/null", "is a device"},
        {"/dev/zero", "is a device"},
        {"/", "is a directory"},
    };
    struct error err;
    struct plan p;
    char path[256];
    int fd, ends[2];
    uint8_t *data = NULL;
    size_t size = 0;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CHECK(!plan_path(rows[i].path, &p, &err) && strstr(err.text, rows[i].words), "%s: %s",
              rows[i].path, err.text);
        plan_free(&p);
    }

    snprintf(path, sizeof path, "%s/file", dir);
    fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(!plan_path(path, &p, &err) && strstr(err.text, "is empty"), "%s", err.text);
    plan_free(&p);
    CHECK(ftruncate(fd, (off_t)FILE_LIMIT + 1) == 0 && !plan_path(path, &p, &err) &&
              strstr(err.text, "too large"),
          "%s", err.text);
    plan_free(&p);
    CHECK(ftruncate(fd, 100000) == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
              !file_read_fd(fd, "f", 99999, &data, &size, &err),
          "limit");
    CHECK(file_read_fd(fd, "f", 100000, &data, &size, &err) && size == 100000, "exactly the limit");
    free(data);
    close(fd);
    unlink(path);

    CHECK(pipe(ends) == 0, "a pipe");
    CHECK(write(ends[1], "0123456789", 10) == 10, "filled");
    close(ends[1]);
    CHECK(file_read_fd(ends[0], "pipe", 100, &data, &size, &err) && size == 10 &&
              memcmp(data, "0123456789", 10) == 0,
          "a pipe is read to its end");
    free(data);
    close(ends[0]);
}

/* A path with a blank in it is a file if there is such a file. */
static void test_module_names(const char *dir)
{
    uint8_t image[IMAGE_SIZE];
    struct boot_source module = {0};
    struct boot_request r = {.image = {"k.elf", image, sizeof image},
                             .modules = &module,
                             .module_count = 1,
                             .memory = MEMORY};
    struct error err;
    struct plan p;
    char path[256], with_args[300];
    int fd;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    image_multiboot(image, 128, 3);
    snprintf(path, sizeof path, "%s/my disk", dir);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    CHECK(write(fd, "blank", 5) == 5, "written");
    close(fd);
    module.name = path;
    CHECK(boot_plan(&p, &r, &err), "name with a blank: %s", err.text);
    plan_free(&p);
    unlink(path);
    CHECK(!boot_plan(&p, &r, &err), "gone");
    plan_free(&p);

    snprintf(path, sizeof path, "%s/disk", dir);
    snprintf(with_args, sizeof with_args, "%s arg", path);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    CHECK(write(fd, "plain", 5) == 5, "written");
    close(fd);
    module.name = with_args;
    CHECK(boot_plan(&p, &r, &err), "name and argument: %s", err.text);
    plan_free(&p);
    unlink(path);
}

static void run_image(const char *label, const uint8_t *data, size_t size, phys_t where)
{
    struct config cfg = {.memory = MEMORY, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct error err;
    struct machine *m = machine_new(&cfg, &err);
    uint8_t byte = 0;
    struct plan p;

    CHECK(m, "a machine: %s", err.text);
    if (!m)
        return;
    /* Dirt where zeroes belong: applying a plan has to clear it. */
    bus_poke(machine_bus(m), 0x1001ff, "\xff", 1);
    CHECK(plan_bytes(data, size, &p, &err) && boot_apply(&p, m, &err), "%s: %s", label, err.text);
    CHECK(bus_peek(machine_bus(m), where, &byte, 1) == 1 && byte == 0xb0, "%s: code is there",
          label);
    if (where == 0x100000)
        CHECK(bus_peek(machine_bus(m), 0x1001ff, &byte, 1) == 1 && byte == 0, "%s: bss", label);
    CHECK(machine_run(m, UINT64_MAX, 1000) == MACHINE_EXITED && machine_exit_status(m) == 5,
          "%s runs and exits with (2 << 1) | 1", label);
    plan_free(&p);
    machine_free(m);
}

static void test_apply(void)
{
    uint8_t image[IMAGE_SIZE];
    struct config cfg = {.memory = 1u << 20, .cpu = CPU_PPRO, .insn_cost_log2 = 3};
    struct error err;
    struct machine *m;
    struct plan p;

    image_elf(image, 0x100000, 0x100000, 0x100000);
    run_image("plain ELF", image, sizeof image, 0x100000);
    image_multiboot(image, 128, 3);
    run_image("multiboot ELF", image, sizeof image, 0x100000);

    m = machine_new(&cfg, &err);
    CHECK(m && plan_bytes(image, sizeof image, &p, &err) && !boot_apply(&p, m, &err) &&
              strstr(err.text, "segment 0 at 100000"),
          "a plan for a larger machine: %s", err.text);
    plan_free(&p);
    machine_free(m);

    image_bootsector(image);
    run_image("boot sector", image, 512, 0x7c00);
}

static void test_fuzz(void)
{
    uint8_t image[IMAGE_SIZE];
    uint64_t seed = 3;
    unsigned planned = 0, refused = 0, silent = 0;

    for (unsigned i = 0; i < 60000; i++) {
        size_t size = i % 3 == 2 ? 512 : sizeof image;
        struct error err;
        struct plan p;
        uint8_t *mutant;

        if (i % 3 == 2)
            image_bootsector(image);
        else
            image_elf(image, 0x100000, 0x100000, 0x100000);
        if (i % 3 == 1)
            image_multiboot(image, 100, 3);
        size = image_mutate(&seed, image, size, 128, &mutant);
        if (size && plan_bytes(mutant, size, &p, &err)) {
            planned++;
        } else if (size) {
            refused++;
            silent += err.text[0] == 0;
        }
        if (size)
            plan_free(&p);
        free(mutant);
    }
    CHECK(silent == 0, "%u refusals without a message", silent);
    CHECK(planned > 1000 && refused > 1000, "%u planned, %u refused", planned, refused);
}

int main(void)
{
    char dir[] = P_tmpdir "/emu386-test-XXXXXX";

    if (!mkdtemp(dir)) {
        CHECK(false, "no temporary directory");
        return report_end();
    }
    test_formats();
    test_extras();
    test_files(dir);
    test_module_names(dir);
    test_apply();
    test_fuzz();
    rmdir(dir);
    return report_end();
}
