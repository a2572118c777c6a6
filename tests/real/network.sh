#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# network.sh BUILD [short] - a network card, and the network behind it, used by Linux 6.1 and busybox: DHCP,
# ping, the interrupt, all at the same instruction in every run; then with the host: a megabyte into
# the guest through a forward on loopback, a file fetched by the guest, a guest that is shut in.
# CARD=MODEL: with that one only.

# shellcheck disable=SC1091,SC2034,SC2154 # read by lib.sh
. "$(dirname "$0")/lib.sh"
shared bzImage-6.1-tiny486sx initrd-486.gz
tools python3

linux=(--cpu 486 -m 16M -k "$guests/bzImage-6.1-tiny486sx" -i "$guests/initrd-486.gz"
    -a 'console=ttyS0,115200 ne.io=0x300 ne.irq=9')
net=user,model=ne2000,irq=9
machine=("${linux[@]}" --net "$net" --pace none)

# ---- By itself: everything is answered by the network, so everything repeats ---------------------

script <<'END'
wait "GUEST-SHELL-READY" on serial for 60 s
wait "# " on serial for 10 s
type "printf '#!/bin/sh\\n[ $1 = bound ] && ifconfig $interface $ip netmask $subnet && route add default gw $router; echo $1 by DHCP, names: [$dns]\\n' >/tmp/s; chmod +x /tmp/s\n" on serial
wait "# " on serial for 10 s
type "ifconfig eth0 up; udhcpc -i eth0 -n -q -s /tmp/s\n" on serial
wait "bound by DHCP" on serial for 20 s
wait "# " on serial for 10 s
type "ping -c 2 10.0.2.2\n" on serial
wait "packets received" on serial for 20 s
wait "# " on serial for 10 s
type "cat /proc/interrupts; ifconfig eth0\n" on serial
wait "collisions" on serial for 10 s
wait "# " on serial for 10 s
quit
END
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

# ---- With the host ---------------------------------------------------------------------------

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Sends a megabyte to the guest's md5sum and prints what comes back; tries until there is an answer.
cat >"$scratch/send.py" <<'END'
import socket, sys, time
data = open(sys.argv[2], "rb").read()
end = time.time() + 120
while time.time() < end:
    try:
        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
        s.settimeout(60)
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        answer = s.recv(100)
        if answer:
            print(answer.decode().split()[0])
            break
    except OSError:
        pass
    time.sleep(0.2)
END

# with_host LABEL NET: plays the script while python serves $scratch on port $web and sends to $forward
with_host() {
    python3 -m http.server --bind 127.0.0.1 --directory "$scratch/www" "$web" >/dev/null 2>&1 &
    local server=$!
    python3 "$scratch/send.py" "$forward" "$scratch/www/data" >"$scratch/$1.answer" 2>&1 &
    local sender=$!
    run "$1" 200 "$scratch/script" --net "$2"
    kill $server $sender 2>/dev/null
    wait $server $sender 2>/dev/null
}

mkdir "$scratch/www"
head -c 1000000 /dev/urandom >"$scratch/www/data"
sum=$(md5sum <"$scratch/www/data")
sum=${sum%% *}
web=$(free_port)
forward=$(free_port)

cat >"$scratch/script" <<END
wait "GUEST-SHELL-READY" on serial for 60 s
wait "# " on serial for 10 s
type "ifconfig eth0 10.0.2.15 up; route add default gw 10.0.2.2\n" on serial
wait "# " on serial for 10 s
type "wget -q -O - http://10.0.2.2:$web/data | md5sum\n" on serial
wait "  -" on serial for 100 s
wait "# " on serial for 10 s
type "nslookup localhost 10.0.2.3; echo asked \$?\n" on serial
wait "\nasked" on serial for 60 s
wait "# " on serial for 10 s
type "nc -l -p 7 -e /bin/md5sum; echo served\n" on serial
wait "\nserved" on serial for 100 s
wait "# " on serial for 10 s
quit
END
machine=("${linux[@]}")
with_host host "$net,hostfwd=tcp::$forward-:7"
ends host 0 'the guest fetches and serves'
check 'a megabyte fetched from the host is the same' grep -q "^$sum  -" "$scratch/host.serial"
check 'names are not resolved: nobody asked for that' grep -q '^asked 1' "$scratch/host.serial"
check 'a megabyte sent through the forward is the same' [ "$(cat "$scratch/host.answer")" = "$sum" ]

cat >"$scratch/script" <<END
wait "GUEST-SHELL-READY" on serial for 60 s
wait "# " on serial for 10 s
type "ifconfig eth0 10.0.2.15 up; route add default gw 10.0.2.2\n" on serial
wait "# " on serial for 10 s
type "wget -T 2 -O /dev/null http://10.0.2.2:$web/data; echo went \$?\n" on serial
wait "went" on serial for 30 s
wait "# " on serial for 10 s
type "ping -c 1 10.0.2.2; echo pinged \$?\n" on serial
wait "\npinged" on serial for 30 s
wait "# " on serial for 10 s
quit
END
machine+=(--pace none) # nobody outside is waited for
with_host shut "$net,restrict,hostfwd=tcp::$forward-:7"
ends shut 0 'a guest that is shut in'
check 'fetches nothing' grep -q '^went 1' "$scratch/shut.serial"
done_here
