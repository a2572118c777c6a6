#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# network.sh BUILD [short] - the NE2000, and the network behind it, used by Linux 6.1 and busybox: DHCP,
# ping, the interrupt, all at the same instruction in every run; then with the host: a megabyte into
# the guest through a forward on loopback, a file fetched by the guest, a guest that is shut in.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC1091
. "$(dirname "$0")/host.sh"
shared bzImage-6.1-tiny486sx initrd-486.gz
tools python3

linux=(--machine isa --cpu 486 -m 16M -k "$guests/bzImage-6.1-tiny486sx" -i "$guests/initrd-486.gz"
    -a 'console=ttyS0,115200 ne.io=0x300 ne.irq=9')
net=user,model=ne2000
machine=("${linux[@]}" --net "$net" --pace none)
network_session 60 | script
boots
says 'NE2000 found at 0x300, using IRQ 9'
says 'lease of 10\.0\.2\.15 obtained from 10\.0\.2\.2'
says 'bound by DHCP, names: \[\]'
says '2 packets transmitted, 2 packets received, 0% packet loss'
says '^ *9: +[1-9][0-9]* +XT-PIC +NE2000'
says 'RX packets:[1-9][0-9]* errors:0 dropped:0 overruns:0'
repeats
resumes 'GUEST-SHELL-READY'
no_findings
[ -z "$long" ] || {
    run lockstep "$RUN_LIMIT" "$scratch/script" --engine lockstep
    ends lockstep 0 'the engines agree to the end'
    same_as_first lockstep 'and it is the same run'
}

machine=("${linux[@]}")
with_host host "$net" 'wait "GUEST-SHELL-READY" on serial for 60 s'

script <<END
wait "GUEST-SHELL-READY" on serial for 60 s
wait "# " on serial for 10 s
type "ifconfig eth0 10.0.2.15 up; route add default gw 10.0.2.2\n" on serial
wait "# " on serial for 10 s
type "wget -T 2 -O /dev/null http://10.0.2.2:$web/data; echo went \$?\n" on serial
wait "went" on serial for 30 s
wait "# " on serial for 10 s
quit
END
machine+=(--pace none) # nobody outside is waited for
run_with_partners shut "$net,restrict,hostfwd=tcp::$forward-:7"
ends shut 0 'a guest that is shut in'
check 'fetches nothing' grep -q '^went 1' "$scratch/shut.serial"
done_here
