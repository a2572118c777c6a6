/* SPDX-License-Identifier: MIT */
/* gdb_remote.c - see gdb_remote.h. */
#include "tests/diff/gdb_remote.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE = 30000, /* milliseconds that QEMU may take for a reply; the BIOS runs in one */
    MAX_OPTIONS = 48,
    G_REGS = 16, /* of the reply to g: 8 general, EIP, EFLAGS, 6 selectors */
};

bool remote_installed(const char *program)
{
    const char *path = getenv("PATH");
    char name[1024];
    if (strchr(program, '/'))
        return access(program, X_OK) == 0;
    for (const char *at = path; at && *at;) {
        int n = (int)strcspn(at, ":");
        (void)snprintf(name, sizeof name, "%.*s/%s", n, at, program);
        if (access(name, X_OK) == 0)
            return true;
        at += n + (at[n] == ':');
    }
    return false;
}

static void become(int fd, const char *program, const char *const *options)
{
    const char *argv[MAX_OPTIONS] = {
        program,     "-S",          "-m",         "16",       "-display",
        "none",      "-monitor",    "none",       "-serial",  "null",
        "-parallel", "null",        "-no-reboot", "-chardev", "socket,id=gdb,fd=3",
        "-gdb",      "chardev:gdb",
    };
    unsigned n = 0;
    while (argv[n])
        n++;
    while (*options && n + 1 < MAX_OPTIONS)
        argv[n++] = *options++;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (fd != 3)
        (void)dup2(fd, 3); /* the copy stays open in the new program */
    execvp(program, (char *const *)argv);
    _exit(127);
}

bool remote_start(struct remote *r, const char *program, const char *const *options,
                  struct error *err)
{
    int pair[2];
    memset(r, 0, sizeof *r);
    r->fd = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return error_set(err, "no socket pair");
    r->pid = fork();
    if (r->pid == 0) {
        close(pair[0]);
        become(pair[1], program, options);
    }
    close(pair[1]);
    r->fd = pair[0];
    return r->pid > 0 || error_set(err, "no process for %s", program);
}

void remote_stop(struct remote *r)
{
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
    if (r->pid > 0) {
        (void)kill(r->pid, SIGKILL);
        (void)waitpid(r->pid, NULL, 0);
    }
    r->pid = 0;
}

static bool send_packet(struct remote *r, const char *text)
{
    char packet[128];
    unsigned sum = 0;
    for (const char *p = text; *p; p++)
        sum += (unsigned char)*p;
    int n = snprintf(packet, sizeof packet, "$%s#%02x", text, sum & 0xff);
    return send(r->fd, packet, (size_t)n, MSG_NOSIGNAL) == n;
}

/* Takes a packet out of in[], if a whole one is there. */
static bool take_packet(struct remote *r)
{
    char *start = memchr(r->in, '$', r->have);
    char *end = start ? memchr(start, '#', r->have - (size_t)(start - r->in)) : NULL;
    if (!end || (size_t)(end - r->in) + 3 > r->have)
        return false;
    size_t n = (size_t)(end - start) - 1, used = (size_t)(end - r->in) + 3;
    memcpy(r->reply, start + 1, n);
    r->reply[n] = 0;
    memmove(r->in, r->in + used, r->have - used);
    r->have -= used;
    return true;
}

/* False with an empty err if the other side is gone. A request that follows acknowledges a reply. */
static bool ask(struct remote *r, const char *text, struct error *err)
{
    err->text[0] = 0;
    if (!send_packet(r, text))
        return false;
    while (!take_packet(r)) {
        struct pollfd p = {.fd = r->fd, .events = POLLIN};
        if (r->have == sizeof r->in)
            return error_set(err, "QEMU's reply to '%s' has no end", text);
        if (poll(&p, 1, PATIENCE) <= 0)
            return error_set(err, "QEMU does not answer '%s'", text);
        ssize_t n = recv(r->fd, r->in + r->have, sizeof r->in - r->have, 0);
        if (n <= 0)
            return false;
        r->have += (size_t)n;
    }
    return true;
}

/* The same where the other side must not be gone. */
static bool demand(struct remote *r, const char *text, struct error *err)
{
    return ask(r, text, err) || (err->text[0] ? false : error_set(err, "QEMU has ended"));
}

static bool unexpected(const struct remote *r, const char *what, struct error *err)
{
    return error_set(err, "QEMU answers '%.40s' to '%s'", r->reply, what);
}

bool remote_run_to(struct remote *r, uint32_t at, struct error *err)
{
    char text[32];
    (void)snprintf(text, sizeof text, "Z1,%x,1", at);
    if (!demand(r, text, err))
        return false;
    if (strcmp(r->reply, "OK") != 0)
        return unexpected(r, text, err);
    if (!demand(r, "c", err))
        return false;
    if (r->reply[0] != 'T')
        return unexpected(r, "c", err);
    text[0] = 'z';
    return demand(r, text, err);
}

bool remote_step(struct remote *r, struct error *err)
{
    if (!ask(r, "s", err))
        return false;
    if (r->reply[0] == 'W' || r->reply[0] == 'X')
        return false;
    return r->reply[0] == 'T' || unexpected(r, "s", err);
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* n bytes of hexadecimal digits. */
static bool bytes_of(const char *text, uint8_t *to, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        int hi = nibble(text[2 * k]), lo = hi < 0 ? -1 : nibble(text[2 * k + 1]);
        if (lo < 0)
            return false;
        to[k] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

bool remote_regs(struct remote *r, struct regs *to, struct error *err)
{
    static const uint8_t order[SEGS] = {CS, SS, DS, ES, FS, GS};
    uint8_t raw[4 * G_REGS];
    uint32_t v[G_REGS];
    if (!demand(r, "g", err))
        return false;
    if (!bytes_of(r->reply, raw, sizeof raw))
        return unexpected(r, "g", err);
    for (unsigned n = 0; n < G_REGS; n++)
        v[n] = raw[4 * n] | raw[4 * n + 1] << 8 | raw[4 * n + 2] << 16 |
               (uint32_t)raw[4 * n + 3] << 24;
    memcpy(to->gpr, v, sizeof to->gpr);
    to->eip = v[8];
    to->eflags = v[9];
    for (unsigned n = 0; n < SEGS; n++)
        to->sel[order[n]] = (uint16_t)v[10 + n];
    return true;
}

bool remote_memory(struct remote *r, phys_t at, uint8_t *to, uint32_t n, struct error *err)
{
    const uint32_t chunk = REMOTE_PACKET / 2 - 0x80; /* two digits a byte */
    char text[64];
    if (!demand(r, "Qqemu.PhyMemMode:1", err))
        return false;
    if (strcmp(r->reply, "OK") != 0)
        return unexpected(r, "Qqemu.PhyMemMode:1", err);
    for (uint32_t k = 0; k < n; k += chunk) {
        uint32_t part = n - k < chunk ? n - k : chunk;
        (void)snprintf(text, sizeof text, "m%x,%x", at + k, part);
        if (!demand(r, text, err))
            return false;
        if (!bytes_of(r->reply, to + k, part))
            return unexpected(r, text, err);
    }
    return true;
}
