/* SPDX-License-Identifier: MIT */
/*
 * pcap.h - a capture file of the network, as tcpdump and Wireshark read it, in virtual time.
 *
 * Source: the libpcap file format, pcap-savefile(5); nanosecond variant, link type 1 (Ethernet).
 */
#ifndef UI_PCAP_H
#define UI_PCAP_H

#include "base/types.h"

struct pcap;

struct pcap *pcap_open(const char *path, struct error *err);
/* units: virtual time (base/clock.h). */
void pcap_frame(struct pcap *p, uint64_t units, const void *bytes, size_t length);
/* errno of the first write that failed, or 0. */
int pcap_failed(struct pcap *p);
/* NULL is nothing. */
void pcap_close(struct pcap *p);

#endif
