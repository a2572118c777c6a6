/* SPDX-License-Identifier: MIT */
/*
 * test_ui_remote.c - the far ends of serial lines: bytes both ways through a pseudo terminal and through a
 * socket, clients that come and go, sockets' files that are in the way, a line that is full.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "machine/config.h"
#include "machine/machine.h"
#include "tests/report.h"
#include "ui/remote.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct machine *machine;
static char path[108];

static void say(struct remote *r, const char *text)
{
    while (*text)
        remote_byte(r, (uint8_t)*text++);
    remote_poll(r, machine, 1);
}

static bool hears(int fd, const char *text)
{
    char got[64];
    ssize_t n = read(fd, got, sizeof got);
    return n == (ssize_t)strlen(text) && memcmp(got, text, (size_t)n) == 0;
}

static void pty(void)
{
    struct error err = {.text = ""};
    struct remote *r = remote_open_pty(&err);
    CHECK(r != NULL, "a pseudo terminal: %s", err.text);
    if (!r)
        return;
    int fd = open(remote_name(r), O_RDWR | O_NOCTTY | O_NONBLOCK);
    unsigned room = machine_serial_room(machine, 1);
    say(r, "hello\r\n");
    CHECK(hears(fd, "hello\r\n"), "bytes come as they are");
    CHECK(write(fd, "a\n\3", 3) == 3, "typed");
    remote_poll(r, machine, 1);
    CHECK(machine_serial_room(machine, 1) == room - 3, "on COM2's line");
    CHECK(machine_serial_room(machine, 0) == room, "and on no other");
    close(fd);
    say(r, "while nobody is there");
    fd = open(remote_name(r), O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(hears(fd, "while nobody is there"), "the terminal outlives who has it open");
    close(fd);
    remote_close(r);
}

static int client(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    memcpy(at.sun_path, path, sizeof path);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    close(fd);
    return -1;
}

static void unix_socket(void)
{
    struct error err = {.text = ""};
    struct stat st;
    struct remote *r = remote_open_unix(path, &err);
    CHECK(r != NULL, "a socket: %s", err.text);
    if (!r)
        return;
    CHECK(stat(path, &st) == 0 && (st.st_mode & 077) == 0, "for its owner alone: %o", st.st_mode);
    say(r, "nobody hears this");
    int first = client(), second = client();
    remote_poll(r, machine, 1);
    say(r, "one");
    CHECK(hears(first, "one"), "a client hears what comes from then on");
    CHECK(!hears(second, "one") && second >= 0, "another one waits");
    unsigned room = machine_serial_room(machine, 1);
    CHECK(write(first, "xyz", 3) == 3, "sent");
    remote_poll(r, machine, 1);
    CHECK(machine_serial_room(machine, 1) == room - 3, "arrives");
    close(first);
    remote_poll(r, machine, 1);
    remote_poll(r, machine, 1);
    say(r, "two");
    CHECK(hears(second, "two"), "until the first has left");
    static char much[8192];
    CHECK(write(second, much, sizeof much) == (ssize_t)sizeof much, "more than the line holds");
    remote_poll(r, machine, 1);
    CHECK(machine_serial_room(machine, 1) == 0, "fills it");
    remote_poll(r, machine, 1);
    CHECK(machine_serial_room(machine, 1) == 0, "the rest waits outside");
    for (unsigned i = 0; i < 3u << 20; i++)
        remote_byte(r, 'x');
    remote_poll(r, machine, 1);
    size_t heard = 0;
    for (unsigned i = 0; i < 4096; i++) {
        ssize_t n = read(second, much, sizeof much);
        heard += n > 0 ? (size_t)n : 0;
        remote_poll(r, machine, 1);
    }
    CHECK(heard == 1u << 20, "a reader that does not read loses what is beyond a mebibyte: %zu",
          heard);
    CHECK(!remote_open_unix(path, &err) && strstr(err.text, path), "in use: %s", err.text);
    close(second);
    remote_close(r);
    CHECK(stat(path, &st) != 0, "the file is removed");
}

static void in_the_way(void)
{
    struct error err = {.text = ""};
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct stat st;
    char name[200];
    int fd = open(path, O_CREAT | O_RDWR, 0600);
    close(fd);
    CHECK(!remote_open_unix(path, &err) && stat(path, &st) == 0, "a file is not touched: %s",
          err.text);
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memcpy(at.sun_path, path, sizeof path);
    CHECK(bind(fd, (struct sockaddr *)&at, sizeof at) == 0, "a socket");
    close(fd); /* its owner is gone, its file is not */
    struct remote *r = remote_open_unix(path, &err);
    CHECK(r != NULL, "a stale one is replaced: %s", err.text);
    remote_close(r);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    CHECK(!remote_open_unix(name, &err) && strstr(err.text, "107 characters"), "too long");
    CHECK(!remote_open_unix("/dev/null/socket", &err), "no such folder: %s", err.text);
}

int main(void)
{
    struct config cfg = {.memory = 1u << 20, .insn_cost_log2 = 3, .machine = MACHINE_ISA};
    struct error err = {.text = ""};
    char folder[] = "/tmp/emu386-remote-XXXXXX";
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/com2", folder);
    machine = machine_new(&cfg, &err);
    CHECK(machine != NULL, "a machine: %s", err.text);
    if (machine) {
        pty();
        unix_socket();
        in_the_way();
    }
    machine_free(machine);
    rmdir(folder);
    return report_end();
}
