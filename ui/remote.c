/* SPDX-License-Identifier: MIT */
/* remote.c - see remote.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* posix_openpt, accept4 */
#endif
#include "ui/remote.h"

#include "base/input.h"
#include "machine/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#define WAITING_MAX (1u << 20)
#define CHUNK 256u

struct remote {
    char name[sizeof((struct sockaddr_un *)0)->sun_path]; /* of the terminal or the socket */
    int listener; /* a socket that clients connect to, or -1 */
    int fd;       /* the client, or the terminal's master; -1: nobody */
    int slave;    /* the terminal itself, kept open so that it stays when a program leaves; or -1 */
    uint8_t *waiting; /* from the guest, not written yet (owned) */
    size_t first;     /* where it begins */
    size_t count;     /* how much there is */
    size_t room;      /* of `waiting`, in all */
};

static struct remote *remote_new(struct error *err)
{
    struct remote *r = calloc(1, sizeof *r);
    if (!r) {
        error_set(err, "no memory for a serial line");
        return NULL;
    }
    r->listener = r->fd = r->slave = -1;
    return r;
}

static struct remote *refuse(struct remote *r, struct error *err, const char *what)
{
    error_set(err, "%s: %s", what, strerror(errno));
    remote_close(r);
    return NULL;
}

/* Bytes as they are: the guest's system edits and echoes. */
static bool make_raw(int fd)
{
    struct termios t;
    if (tcgetattr(fd, &t) != 0)
        return false;
    cfmakeraw(&t);
    return tcsetattr(fd, TCSANOW, &t) == 0;
}

struct remote *remote_open_pty(struct error *err)
{
    struct remote *r = remote_new(err);
    if (!r)
        return NULL;
    r->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (r->fd < 0 || grantpt(r->fd) != 0 || unlockpt(r->fd) != 0 ||
        ptsname_r(r->fd, r->name, sizeof r->name) != 0)
        return refuse(r, err, "pty: no pseudo terminal");
    r->slave = open(r->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (r->slave < 0 || !make_raw(r->slave))
        return refuse(r, err, r->name);
    return r;
}

/* A socket's file whose owner is gone. */
static bool is_stale(const struct sockaddr_un *at)
{
    struct stat st;
    if (lstat(at->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool refused = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return refused;
}

static bool listen_at(int fd, const struct sockaddr_un *at)
{
    mode_t mask = umask(077); /* from the first moment on */
    bool bound = bind(fd, (const struct sockaddr *)at, sizeof *at) == 0;
    int why = errno;
    umask(mask);
    errno = why;
    return bound && listen(fd, 1) == 0;
}

struct remote *remote_open_unix(const char *path, struct error *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof at.sun_path) {
        error_set(err, "unix:%s: a socket's name has at most %zu characters", path,
                  sizeof at.sun_path - 1);
        return NULL;
    }
    strcpy(at.sun_path, path);
    struct remote *r = remote_new(err);
    if (!r)
        return NULL;
    r->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (r->listener < 0)
        return refuse(r, err, path);
    if (is_stale(&at))
        (void)unlink(path);
    if (!listen_at(r->listener, &at))
        return refuse(r, err, path);
    strcpy(r->name, path);
    return r;
}

static void drop_client(struct remote *r)
{
    close(r->fd);
    r->fd = -1;
    r->first = r->count = 0;
}

void remote_close(struct remote *r)
{
    if (!r)
        return;
    if (r->fd >= 0)
        close(r->fd);
    if (r->slave >= 0)
        close(r->slave);
    if (r->listener >= 0)
        close(r->listener);
    if (r->listener >= 0 && *r->name)
        (void)unlink(r->name);
    free(r->waiting);
    free(r);
}

const char *remote_name(const struct remote *r)
{
    return r->name;
}

void remote_byte(struct remote *r, uint8_t byte)
{
    if (r->fd < 0 || r->count == WAITING_MAX)
        return;
    if (r->first + r->count == r->room) {
        if (r->first) {
            memmove(r->waiting, r->waiting + r->first, r->count);
            r->first = 0;
        } else {
            size_t room = r->room ? 2 * r->room : 4096;
            uint8_t *larger = realloc(r->waiting, room);
            if (!larger)
                return;
            r->waiting = larger;
            r->room = room;
        }
    }
    r->waiting[r->first + r->count++] = byte;
}

static bool later(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static void send_waiting(struct remote *r)
{
    while (r->fd >= 0 && r->count) {
        ssize_t n = write(r->fd, r->waiting + r->first, r->count);
        if (n <= 0) {
            if (r->listener >= 0 && !later())
                drop_client(r); /* it has left */
            return;
        }
        r->first += (size_t)n;
        r->count -= (size_t)n;
        if (!r->count)
            r->first = 0;
    }
}

static void receive(struct remote *r, struct machine *m, uint8_t port)
{
    unsigned room;
    while (r->fd >= 0 && (room = machine_serial_room(m, port)) > 0) {
        uint8_t bytes[CHUNK];
        ssize_t n = read(r->fd, bytes, room < CHUNK ? room : CHUNK);
        if (n <= 0) {
            if (r->listener >= 0 && (n == 0 || !later()))
                drop_client(r);
            return;
        }
        for (ssize_t i = 0; i < n; i++) {
            struct input in = {.kind = INPUT_SERIAL, .byte = bytes[i], .port = port};
            machine_input(m, &in);
        }
    }
}

void remote_poll(struct remote *r, struct machine *m, uint8_t port)
{
    if (r->listener >= 0 && r->fd < 0)
        r->fd = accept4(r->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    send_waiting(r);
    receive(r, m, port);
}
