/* SPDX-License-Identifier: MIT */
/* options_net.h - the value of --net: the card in the machine and the network behind it. */
#ifndef OPTIONS_NET_H
#define OPTIONS_NET_H

#include "base/types.h"

struct config;
struct net_options;

/* none, or user[,OPTION...]; the options are those of --help network. */
bool value_net(const char *value, struct config *card, struct net_options *net, struct error *err);

#endif
