/* SPDX-License-Identifier: MIT */
/*
 * stdio.c - stdin, stdout and files for the guest's serial line and debug console.
 */
#include "ui/stdio.h"

#include "base/input.h"
#include "machine/machine.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define CTRL_A 0x01
#define CTRL_C 0x03
#define CHUNK 256u

bool stdio_out_open(struct stdio_out *o, const char *path, struct error *err)
{
    memset(o, 0, sizeof *o);
    o->name = path ? path : "stdout";
    if (!path) {
        o->file = stdout;
        return true;
    }
    o->file = fopen(path, "we");
    if (!o->file)
        return error_set(err, "%s: cannot write: %s", path, strerror(errno));
    /* by lines: who follows the file sees one as soon as it is written */
    (void)setvbuf(o->file, NULL, _IOLBF, 0);
    o->owned = true;
    return true;
}

void stdio_out_byte(void *out, uint8_t byte)
{
    struct stdio_out *o = out;

    if (o->file && !o->failed && putc(byte, o->file) == EOF)
        o->failed = errno ? errno : EIO;
    o->last = (char)byte;
    o->pending = true;
}

void stdio_out_newline(struct stdio_out *o)
{
    if (o->last && o->last != '\n')
        stdio_out_byte(o, '\n');
}

void stdio_out_flush(struct stdio_out *o)
{
    o->pending = false;
    if (o->file && !o->failed && fflush(o->file) != 0)
        o->failed = errno ? errno : EIO;
}

void stdio_out_close(struct stdio_out *o)
{
    stdio_out_flush(o);
    if (o->owned && o->file && fclose(o->file) != 0 && !o->failed)
        o->failed = errno ? errno : EIO;
    o->file = NULL;
}

void stdio_in_none(struct stdio_in *in)
{
    memset(in, 0, sizeof *in);
    in->fd = -1;
}

/* Raw, but the kernel of the host still turns Ctrl-C into SIGINT, and output is left alone. */
static bool make_raw(int fd, struct termios *saved)
{
    struct termios raw;

    if (tcgetattr(fd, saved) != 0)
        return false;
    raw = *saved;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON | IXOFF);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN);
    raw.c_lflag |= ISIG;
    raw.c_cc[VINTR] = CTRL_C;
    raw.c_cc[VQUIT] = _POSIX_VDISABLE;
    raw.c_cc[VSUSP] = _POSIX_VDISABLE;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSADRAIN, &raw) == 0;
}

void stdio_in_open(struct stdio_in *in, uint8_t port)
{
    stdio_in_none(in);
    in->port = port;
    if (isatty(STDIN_FILENO)) {
        if (tcgetpgrp(STDIN_FILENO) != getpgrp())
            return;
        in->terminal = make_raw(STDIN_FILENO, &in->saved);
    }
    in->fd = STDIN_FILENO;
}

static void deliver(const struct stdio_in *in, struct machine *m, uint8_t byte)
{
    struct input input = {.kind = INPUT_SERIAL, .byte = byte, .port = in->port};

    machine_input(m, &input);
}

static void typed(struct stdio_in *in, struct machine *m, uint8_t byte)
{
    if (!in->terminal) {
        deliver(in, m, byte);
    } else if (in->escape) {
        in->escape = false;
        if (byte == 'x' || byte == 'X')
            in->quit = true;
        else if (byte == 'c')
            deliver(in, m, CTRL_C);
        else if (byte == 'a' || byte == CTRL_A)
            deliver(in, m, CTRL_A);
    } else if (byte == CTRL_A) {
        in->escape = true;
    } else {
        deliver(in, m, byte);
    }
}

static bool readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) > 0;
}

void stdio_in_poll(struct stdio_in *in, struct machine *m)
{
    while (in->fd >= 0) {
        uint8_t bytes[CHUNK];
        unsigned room = machine_serial_room(m, in->port);
        ssize_t n;

        /* A terminal is read even then: Ctrl-A x has to work when the guest is deaf. */
        if (room == 0 && in->terminal)
            room = 1;
        if (room == 0 || !readable(in->fd))
            return;
        n = read(in->fd, bytes, room < CHUNK ? room : CHUNK);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (n <= 0) {
            in->fd = -1;
            return;
        }
        for (ssize_t i = 0; i < n; i++)
            typed(in, m, bytes[i]);
    }
}

void stdio_in_close(struct stdio_in *in)
{
    if (in->terminal)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &in->saved);
    stdio_in_none(in);
}
