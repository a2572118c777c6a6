/* SPDX-License-Identifier: MIT */
/* link.c - see link.h. Sockets are those of POSIX; addresses are resolved numerically or by name. */
#include "monitor/gdb/link.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_MAX (UINT32_C(8) << 20)    /* a client that leaves so much unread is dropped */
#define KEPT_MUCH (UINT32_C(256) << 10) /* and from here on is not listened to */

static void set_flags(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool is_loopback(const struct sockaddr *s)
{
    const struct sockaddr_in *v4 = (const void *)s;
    const struct sockaddr_in6 *v6 = (const void *)s;

    if (s->sa_family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    return s->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static void name_socket(struct gdb_link *l, int fd)
{
    struct sockaddr_storage at;
    socklen_t size = sizeof at;
    char host[256] = "?", port[32] = "?";

    if (getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        return;
    getnameinfo((struct sockaddr *)&at, size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(l->where, sizeof l->where, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    l->loopback = is_loopback((struct sockaddr *)&at);
}

static int listen_on(const struct addrinfo *at)
{
    int fd = socket(at->ai_family, SOCK_STREAM, 0), on = 1, reason;

    if (fd < 0)
        return -1;
    set_flags(fd);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, 4) == 0)
        return fd;
    reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static bool open_tcp(struct gdb_link *l, const struct gdb_address *a, struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list = NULL;
    int failure = getaddrinfo(*a->host ? a->host : "127.0.0.1", a->port, &hints, &list);

    if (failure)
        return error_set(err, "--gdb %s:%s: %s", a->host, a->port, gai_strerror(failure));
    for (const struct addrinfo *at = list; at && l->listener < 0; at = at->ai_next)
        l->listener = listen_on(at);
    failure = errno;
    freeaddrinfo(list);
    if (l->listener < 0)
        return error_set(err, "--gdb %s:%s: cannot listen there: %s", a->host, a->port,
                         strerror(failure));
    name_socket(l, l->listener);
    return true;
}

/* A socket that nobody listens on any more is replaced; anything else is left alone. */
static bool clear_path(const struct sockaddr_un *at, struct error *err)
{
    struct stat s;
    int fd, connected;

    if (lstat(at->sun_path, &s) != 0)
        return true;
    if (!S_ISSOCK(s.st_mode))
        return error_set(err, "--gdb unix:%s: there is a file of this name", at->sun_path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    connected = fd >= 0 ? connect(fd, (const struct sockaddr *)at, sizeof *at) : -1;
    if (fd >= 0)
        close(fd);
    if (connected == 0)
        return error_set(err, "--gdb unix:%s: somebody listens there already", at->sun_path);
    unlink(at->sun_path);
    return true;
}

static bool open_unix(struct gdb_link *l, const struct gdb_address *a, struct error *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    mode_t mask;

    memcpy(at.sun_path, a->path, sizeof at.sun_path);
    if (!clear_path(&at, err))
        return false;
    l->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    mask = umask(077); /* for its owner only */
    if (l->listener < 0 || bind(l->listener, (struct sockaddr *)&at, sizeof at) != 0 ||
        listen(l->listener, 4) != 0)
        error_set(err, "--gdb unix:%s: cannot listen there: %s", a->path, strerror(errno));
    else
        memcpy(l->path, a->path, sizeof l->path);
    umask(mask);
    if (!*l->path)
        return false;
    set_flags(l->listener);
    snprintf(l->where, sizeof l->where, "%s", l->path);
    l->loopback = true;
    return true;
}

bool gdb_link_open(struct gdb_link *l, const struct gdb_address *a, struct error *err)
{
    memset(l, 0, sizeof *l);
    l->place = a->place;
    l->listener = l->in = l->out = -1;
    if (a->place == GDB_TCP)
        return open_tcp(l, a, err);
    if (a->place == GDB_UNIX)
        return open_unix(l, a, err);
    l->in = STDIN_FILENO;
    l->out = STDOUT_FILENO;
    l->loopback = true;
    snprintf(l->where, sizeof l->where, "standard input and output");
    set_flags(l->in);
    set_flags(l->out);
    return true;
}

static void write_kept(struct gdb_link *l)
{
    while (l->out >= 0 && l->output_at < l->output_end) {
        ssize_t n = write(l->out, l->output + l->output_at, l->output_end - l->output_at);

        if (n > 0)
            l->output_at += (size_t)n;
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        else {
            l->output_at = l->output_end;
            gdb_link_drop(l);
        }
    }
    l->output_at = l->output_end = 0;
}

void gdb_link_drop(struct gdb_link *l)
{
    int in = l->in, out = l->out;

    if (out >= 0)
        write_kept(l);
    if (l->in < 0)
        return; /* writing found the same */
    l->in = l->out = -1;
    l->input_at = l->input_end = l->output_at = l->output_end = 0;
    if (l->place == GDB_STDIO)
        return;
    close(in);
    if (out != in)
        close(out);
}

void gdb_link_close(struct gdb_link *l)
{
    gdb_link_drop(l);
    if (l->listener >= 0)
        close(l->listener);
    if (*l->path)
        unlink(l->path);
    free(l->output);
    l->output = NULL;
    l->listener = -1;
    l->path[0] = 0;
}

bool gdb_link_connected(const struct gdb_link *l)
{
    return l->in >= 0;
}

static size_t kept(const struct gdb_link *l)
{
    return l->output_end - l->output_at;
}

static bool listens(const struct gdb_link *l)
{
    return l->in >= 0 && kept(l) < KEPT_MUCH;
}

unsigned gdb_link_files(const struct gdb_link *l, struct pollfd *files)
{
    unsigned n = 0;

    if (l->listener >= 0)
        files[n++] = (struct pollfd){.fd = l->listener, .events = POLLIN};
    if (l->in >= 0 && l->in == l->out)
        files[n++] = (struct pollfd){
            .fd = l->in, .events = (short)((listens(l) ? POLLIN : 0) | (kept(l) ? POLLOUT : 0))};
    else if (l->in >= 0) /* two files: whichever is in the way */
        files[n++] = kept(l) ? (struct pollfd){.fd = l->out, .events = POLLOUT}
                             : (struct pollfd){.fd = l->in, .events = POLLIN};
    return n;
}

static void accept_one(struct gdb_link *l)
{
    int fd = accept(l->listener, NULL, NULL), on = 1;

    if (fd < 0)
        return;
    if (l->in >= 0) {
        close(fd); /* one gdb at a time */
        return;
    }
    set_flags(fd);
    if (l->place == GDB_TCP) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    l->in = l->out = fd;
    l->input_at = l->input_end = l->output_at = l->output_end = 0;
}

static void read_more(struct gdb_link *l)
{
    ssize_t n;

    memmove(l->input, l->input + l->input_at, l->input_end - l->input_at);
    l->input_end -= l->input_at;
    l->input_at = 0;
    if (l->in < 0 || l->input_end == sizeof l->input || !listens(l))
        return;
    n = read(l->in, l->input + l->input_end, sizeof l->input - l->input_end);
    if (n > 0)
        l->input_end += (size_t)n;
    else if (n == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK))
        gdb_link_drop(l);
}

void gdb_link_serve(struct gdb_link *l)
{
    bool connected = l->in >= 0;

    if (connected) {
        write_kept(l);
        read_more(l);
    }
    /* Who comes after the one that has just gone waits until that has been noticed. */
    if (l->listener >= 0 && connected == (l->in >= 0))
        accept_one(l);
}

static bool make_room(struct gdb_link *l, size_t n)
{
    size_t room = l->output_room ? l->output_room : 65536;
    uint8_t *output;

    if (l->output_at) {
        memmove(l->output, l->output + l->output_at, kept(l));
        l->output_end -= l->output_at;
        l->output_at = 0;
    }
    while (room < l->output_end + n)
        room *= 2;
    if (room == l->output_room)
        return true;
    if (room > KEPT_MAX || !(output = realloc(l->output, room)))
        return false;
    l->output = output;
    l->output_room = room;
    return true;
}

void gdb_link_send(struct gdb_link *l, const void *bytes, size_t n)
{
    if (l->out < 0)
        return;
    if (!make_room(l, n)) {
        l->output_at = l->output_end = 0;
        gdb_link_drop(l);
        return;
    }
    memcpy(l->output + l->output_end, bytes, n);
    l->output_end += n;
    write_kept(l);
}
