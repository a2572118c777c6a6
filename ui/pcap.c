/* SPDX-License-Identifier: MIT */
/* pcap.c - a capture file (see pcap.h). */
#include "ui/pcap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC_NS UINT32_C(0xa1b23c4d)

struct pcap {
    FILE *file; /* owned */
    int failed; /* errno of the first failed write */
};

static void put(struct pcap *p, const void *bytes, size_t n)
{
    if (!p->failed && fwrite(bytes, 1, n, p->file) != n)
        p->failed = errno ? errno : EIO;
}

struct pcap *pcap_open(const char *path, struct error *err)
{
    /* In the host's byte order, which the magic number tells. */
    const uint32_t magic = MAGIC_NS, rest[4] = {0, 0, 65535, 1}; /* zone, accuracy, longest, link */
    const uint16_t version[2] = {2, 4};
    struct pcap *p = calloc(1, sizeof *p);

    if (p && !(p->file = fopen(path, "wbe"))) {
        error_set(err, "--net: cannot write %s: %s", path, strerror(errno));
        free(p);
        return NULL;
    }
    if (!p) {
        error_set(err, "no memory for the capture file");
        return NULL;
    }
    put(p, &magic, sizeof magic);
    put(p, version, sizeof version);
    put(p, rest, sizeof rest);
    return p;
}

void pcap_frame(struct pcap *p, uint64_t units, const void *bytes, size_t length)
{
    uint64_t ns = units / 336 * 275 + units % 336 * 275 / 336;
    const uint32_t header[4] = {(uint32_t)(ns / 1000000000), (uint32_t)(ns % 1000000000),
                                (uint32_t)length, (uint32_t)length};

    put(p, header, sizeof header);
    put(p, bytes, length);
}

int pcap_failed(struct pcap *p)
{
    if (!p->failed && fflush(p->file) != 0)
        p->failed = errno;
    return p->failed;
}

void pcap_close(struct pcap *p)
{
    if (!p)
        return;
    fclose(p->file);
    free(p);
}
