/* SPDX-License-Identifier: MIT */
/*
 * net.h - what is at the other end of the network card's cable: libslirp, a small network of its own
 * in which the guest is 10.0.2.15 and the gateway, with DHCP and ping, 10.0.2.2. It reaches the
 * host's network as an ordinary program does, without privileges.
 *
 * - net_send is config.frame_write. Frames for the guest wait in a queue and enter by machine_input
 *   in net_poll, at virtual times that do not depend on how the run loop cuts its slices: what the
 *   guest asks of the network itself (ARP, DHCP, ping of the gateway) is answered at the same
 *   instruction in every run. What comes from the host comes when it comes.
 * - Names are resolved only when `dns` says so. `restricted` closes everything but the forwards.
 * - A forward listens on 127.0.0.1 unless it has an address.
 * - Everything sent and received can be written to a capture file (pcap), in virtual time.
 *
 * Connections are the host's: they are not in a snapshot, and are gone after going back to one.
 */
#ifndef UI_NET_H
#define UI_NET_H

#include "base/types.h"

struct machine;
struct net;

#define NET_FORWARDS 32u

struct net_forward {
    bool udp;               /* not TCP */
    uint32_t host_address;  /* where to listen, network byte order */
    uint32_t guest_address; /* 0: 10.0.2.15 */
    uint16_t host_port;     /* host byte order */
    uint16_t guest_port;    /* the same */
};

struct net_options {
    bool user;           /* there is a network at all */
    bool dns;            /* 10.0.2.3 resolves names through the host's name server */
    bool restricted;     /* the guest reaches nothing outside */
    const char *capture; /* file for what is sent and received, or NULL */
    struct net_forward forward[NET_FORWARDS];
    unsigned forwards; /* how many */
};

/* NULL and err: a port cannot be listened on, a file cannot be written. */
struct net *net_open(const struct net_options *options, struct error *err);
void net_close(struct net *n);
/* A frame from the guest; net: a struct net. */
void net_send(void *net, const uint8_t *frame, uint16_t length);
/* Before every slice: looks after the sockets, brings frames to the machine. */
void net_poll(struct net *n, struct machine *m);
/* Virtual time at which a slice has to end. */
uint64_t net_alarm(const struct net *n);
/* Why the capture file is incomplete: errno, or 0. */
int net_failed(const struct net *n);

#endif
