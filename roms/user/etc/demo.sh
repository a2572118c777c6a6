# What the shell can do; run it with: sh /etc/demo.sh
echo words "and  blanks" 'a $name' \| $PATH
echo one ; echo two
true && echo yes || echo no
nosuch && echo yes || echo no
echo the last status was $?
segv
echo the last status was $?
echo into a file > /tmp/demo ; echo and more >> /tmp/demo
cat < /tmp/demo
cat /etc/motd | hexdump | cat > /tmp/demo ; ls -l /tmp
cat /tmp/demo 2>&1 | cat | cat
nosuch 2> /tmp/demo ; cat /tmp/demo
cat /no/such/file 2>&1 | cat
| wrong
echo "wrong
sleep 1 & sleep 1
echo done
