# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # variables of lib.sh
# host.sh - for the tests of the network, after lib.sh: what is typed into a Linux with busybox, and the host's
# part of it. Partners on the host are python programs on ports of 127.0.0.1.
#     dhcp_and_ping            commands for a script: an address by DHCP, the gateway's answer
#     network_session SECONDS  these, and what the card then says of itself, from the boot to the end
#     with_host LABEL NET LINE plays a script that begins with LINE: a megabyte is fetched from the host, one
#                              comes in through a forward to port 7, nobody resolves names; checks it

dhcp_and_ping() {
    cat <<'END'
wait "# " on serial for 10 s
type "printf '#!/bin/sh\\n[ $1 = bound ] && ifconfig $interface $ip netmask $subnet && route add default gw $router; echo $1 by DHCP, names: [$dns]\\n' >/tmp/s; chmod +x /tmp/s\n" on serial
wait "# " on serial for 10 s
type "ifconfig eth0 up; sleep 3; udhcpc -i eth0 -n -q -s /tmp/s\n" on serial
wait "bound by DHCP" on serial for 20 s
wait "# " on serial for 10 s
type "ping -c 2 10.0.2.2\n" on serial
wait "packets received" on serial for 20 s
wait "# " on serial for 10 s
END
}

network_session() { # network_session SECONDS: the whole script, with so long to boot
    echo "wait \"GUEST-SHELL-READY\" on serial for $1 s"
    dhcp_and_ping
    cat <<'END'
type "cat /proc/interrupts; ifconfig eth0\n" on serial
wait "collisions" on serial for 10 s
wait "# " on serial for 10 s
quit
END
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Sends a file to a port and prints what comes back; tries until there is an answer.
write_sender() {
    cat >"$scratch/send.py" <<'END'
import socket, sys, time
data = open(sys.argv[2], "rb").read()
end = time.time() + 300
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
}

# While `run` goes on, python serves $scratch/www on port $web and sends its file to port $forward.
run_with_partners() { # run_with_partners LABEL NET
    local server sender
    python3 -m http.server --bind 127.0.0.1 --directory "$scratch/www" "$web" >/dev/null 2>&1 &
    server=$!
    python3 "$scratch/send.py" "$forward" "$scratch/www/data" >"$scratch/answer-$1" 2>&1 &
    sender=$!
    run "$1" 400 "$scratch/script" --net "$2"
    kill $server $sender 2>/dev/null
    wait $server $sender 2>/dev/null
}

choose_ports() {
    web=$(free_port)
    forward=$(free_port)
}

with_host() {
    local sum
    mkdir -p "$scratch/www"
    head -c 1000000 /dev/urandom >"$scratch/www/data"
    sum=$(md5sum <"$scratch/www/data")
    sum=${sum%% *}
    write_sender
    choose_ports
    {
        echo "$3"
        cat <<END
wait "# " on serial for 10 s
type "ifconfig eth0 10.0.2.15 up; route add default gw 10.0.2.2; sleep 3\n" on serial
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
    } | script
    run_with_partners "$1" "$2,hostfwd=tcp::$forward-:7"
    ends "$1" 0 'the guest fetches and serves'
    check 'a megabyte fetched from the host is the same' grep -q "^$sum  -" "$scratch/$1.serial"
    check 'a megabyte sent through the forward is the same' [ "$(cat "$scratch/answer-$1")" = "$sum" ]
    check 'names are not resolved: nobody asked for that' grep -q '^asked 1' "$scratch/$1.serial"
}
