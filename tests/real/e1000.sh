#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# e1000.sh BUILD [short] - the PCI network card under the kernel of Debian 12 and its e1000 driver: DHCP,
# ping, and a megabyte each way between guest and host, with checksums and segmentation done by the card.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC1091
. "$(dirname "$0")/host.sh"
tools cpio gzip python3
packages linux-image-686 busybox-static
unpack linux-image-686 'lib/modules/*/kernel/drivers/net/ethernet/intel/e1000/e1000.ko'
driver=$unpacked
unpack linux-image-686 'boot/vmlinuz-*'
kernel=$unpacked
unpack busybox-static bin/busybox
busybox_initrd "$unpacked" "$scratch/initrd.gz" "$driver"

linux=(-m 128M -k "$kernel" -i "$scratch/initrd.gz" -a 'console=ttyS0,115200 nokaslr')
net=user,model=e1000
machine=("${linux[@]}" --net "$net" --pace none)
network_session 120 | script
boots
says 'e1000 0000:00:03\.0 eth0: .*52:54:00:12:34:56'
says 'e1000: eth0 NIC Link is Up 1000 Mbps Full Duplex'
says 'lease of 10\.0\.2\.15 obtained from 10\.0\.2\.2'
says '2 packets transmitted, 2 packets received, 0% packet loss'
says 'XT-PIC +eth0|IO-APIC.* eth0'
says 'RX packets:[1-9][0-9]* errors:0 dropped:0 overruns:0'
no_findings
if [ "$long" ]; then
    repeats
    resumes 'GUEST-SHELL-READY'
    lockstep 200000000
fi

machine=("${linux[@]}")
with_host host "$net" 'wait "GUEST-SHELL-READY" on serial for 120 s'
done_here
