/* SPDX-License-Identifier: MIT */
/*
 * options_net.c - reads --net, in the notation that people know from QEMU's -nic user:
 * user,hostfwd=tcp:[ADDR]:PORT-[ADDR]:PORT,model=ne2000,... ; pcap=FILE is the last one and takes
 * the rest of the text, so that a file's name may contain commas.
 */
#include "options_net.h"

#include "machine/config.h"
#include "options_values.h"
#include "ui/net.h"

#include <arpa/inet.h>
#include <string.h>

#define WORD 128u

static bool refuse(const char *word, const char *right, struct error *err)
{
    return error_set(err, "--net: %s: %s would be right", word, right);
}

/* [ADDR]:PORT up to the end of text, or to a dash; moves *text behind it. */
static bool take_place(const char **text, char end, uint32_t *address, uint16_t *port)
{
    const char *colon = strchr(*text, ':'), *stop = colon ? strchr(colon, end) : NULL;
    char number[8], dotted[INET_ADDRSTRLEN];
    struct in_addr parsed = {0};

    if (!stop || (size_t)(colon - *text) >= sizeof dotted ||
        (size_t)(stop - colon - 1) >= sizeof number)
        return false;
    snprintf(dotted, sizeof dotted, "%.*s", (int)(colon - *text), *text);
    snprintf(number, sizeof number, "%.*s", (int)(stop - colon - 1), colon + 1);
    if (dotted[0] && inet_pton(AF_INET, dotted, &parsed) != 1)
        return false;
    *address = parsed.s_addr;
    *text = stop + (*stop != 0);
    return value_port("--net", number, port, NULL);
}

/* tcp:[ADDR]:PORT-[GUEST]:PORT */
static bool set_forward(const char *value, struct net_options *net, struct error *err)
{
    struct net_forward *f = &net->forward[net->forwards];
    const char *p = value + 4;

    if (net->forwards == NET_FORWARDS)
        return error_set(err, "--net: hostfwd=%s: at most %u of them", value, NET_FORWARDS);
    *f = (struct net_forward){.udp = strncmp(value, "udp:", 4) == 0};
    if ((!f->udp && strncmp(value, "tcp:", 4) != 0) ||
        !take_place(&p, '-', &f->host_address, &f->host_port) ||
        !take_place(&p, 0, &f->guest_address, &f->guest_port))
        return error_set(err,
                         "--net: hostfwd=%s: tcp:[ADDR]:PORT-[GUEST]:PORT, as in tcp::2222-:22, "
                         "would be right",
                         value);
    if (!f->host_address)
        f->host_address = htonl(INADDR_LOOPBACK);
    net->forwards++;
    return true;
}

static bool set_model(const char *value, struct config *card, struct error *err)
{
    static const char *const names[] = {"ne2000", "e1000", NULL};
    static const enum config_nic cards[] = {NIC_NE2000, NIC_E1000};
    unsigned n;

    if (!value_choice("--net: model", value, names, &n, err))
        return false;
    card->nic = cards[n];
    return true;
}

static bool set_mac(const char *value, struct config *card, struct error *err)
{
    unsigned b[6];
    int end = 0;

    if (sscanf(value, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
               &end) != 6 ||
        end != 17 || value[end] || (b[0] & 1))
        return error_set(err,
                         "--net: mac=%s: an address of one card, as 52:54:00:12:34:56, "
                         "would be right",
                         value);
    for (unsigned i = 0; i < 6; i++)
        card->mac[i] = (uint8_t)b[i];
    return true;
}

static bool set_irq(const char *value, struct config *card, struct error *err)
{
    uint16_t line;

    if (!value_port("--net: irq", value, &line, NULL) || line < 3 || line > 15)
        return error_set(err, "--net: irq=%s: 3 to 15 would be right", value);
    card->nic_irq = (uint8_t)line;
    return true;
}

static bool set_port(const char *value, struct config *card, struct error *err)
{
    if (!value_port("--net: port", value, &card->nic_port, err))
        return false;
    if (card->nic_port % 32)
        return error_set(err, "--net: port=%s: a multiple of 32, as 0x300, would be right", value);
    return true;
}

static bool set_word(const char *word, struct config *card, struct net_options *net,
                     struct error *err)
{
    if (strncmp(word, "hostfwd=", 8) == 0)
        return set_forward(word + 8, net, err);
    if (strncmp(word, "model=", 6) == 0)
        return set_model(word + 6, card, err);
    if (strncmp(word, "mac=", 4) == 0)
        return set_mac(word + 4, card, err);
    if (strncmp(word, "irq=", 4) == 0)
        return set_irq(word + 4, card, err);
    if (strncmp(word, "port=", 5) == 0)
        return set_port(word + 5, card, err);
    if (strcmp(word, "dns") == 0)
        net->dns = true;
    else if (strcmp(word, "restrict") == 0)
        net->restricted = true;
    else
        return refuse(word, "hostfwd=, dns, restrict, model=, mac=, port=, irq= or pcap=", err);
    return true;
}

bool value_net(const char *value, struct config *card, struct net_options *net, struct error *err)
{
    static const uint8_t address[6] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    const char *p = value;
    char word[WORD];

    *net = (struct net_options){.user = strncmp(value, "user", 4) == 0 &&
                                        (!value[4] || value[4] == ',')};
    card->nic = NIC_NONE;
    if (strcmp(value, "none") == 0)
        return true;
    if (!net->user)
        return refuse(value, "none or user[,...]", err);
    card->nic = NIC_USUAL;
    memcpy(card->mac, address, sizeof address);
    for (p += 4; *p;) {
        size_t n = strcspn(++p, ",");

        if (strncmp(p, "pcap=", 5) == 0) {
            net->capture = p + 5;
            return p[5] || refuse(value, "a file's name after pcap=", err);
        }
        snprintf(word, sizeof word, "%.*s", (int)(n < WORD ? n : WORD), p);
        if (n >= WORD)
            return refuse(word, "less text", err);
        if (!set_word(word, card, net, err))
            return false;
        p += n;
    }
    return true;
}
