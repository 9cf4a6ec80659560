#!/bin/sh
# segen trace -p sees what strace -f -p sees of programs that always do the same.
#
# restart_syscall is left out: it is what the kernel does to take up a call that the
# tracer itself interrupted, and strace counts it.  Threads that execute programs are not
# compared: strace hangs or loses them.
# usage: attach.sh [steady]
. "$(dirname "$0")/../lib.sh"
need strace python3 timeout
need_segen
cd "$T" || exit 1
CALLS=$SRC/tests/oracle/calls.py

# names FILE: "ABI NAME" lines
names()
{
	cut -d ' ' -f 1,2 "$1" | grep -v ' restart_syscall$' | sort -u
}

# strace_p PID FILE: for a second.  It may hang when it detaches from a vfork.
strace_p()
{
	timeout -k 1 -s INT 1.5 strace -f -qq -n -o log -p "$1" 2>/dev/null
	python3 "$CALLS" strace log >"$2"
}

segen_p()
{
	timeout -s KILL 30 "$SEGEN" trace -q --no-profile --for 1500ms -o trace.json -p "$1"
	python3 "$CALLS" segen trace.json >"$2"
}

# steady NAME CMD…: seen by both, twice each, in turns
steady()
{
	steady_name=$1
	shift
	"$@" </dev/null >/dev/null 2>&1 &
	steady_pid=$!
	defer "kill -9 $steady_pid"
	sleep 0.7
	for i in 1 2; do
		strace_p "$steady_pid" "strace.$i"
		segen_p "$steady_pid" "segen.$i"
	done
	cat strace.1 strace.2 >strace.all
	cat segen.1 segen.2 >segen.all
	names strace.all >want
	names segen.all >got
	[ "$(wc -l <want)" -ge 3 ]
	ok $? "$steady_name: strace sees something ($(wc -l <want) calls)"
	same want got "$steady_name: segen sees the same"
	kill -9 "$steady_pid"
	wait "$steady_pid" 2>/dev/null
}

steady forks "$WORKLOADS/restless" forks 60
steady shell sh -c 'while :; do mkdir d; (cd d; cat </dev/null | wc -c); rmdir d; sleep 0.05; done'
cat >threads.py <<-'EOF'
	import os, selectors, socket, subprocess, threading, time
	def clock():
	    while True:
	        time.sleep(0.02)
	        os.stat("/")
	def echo(a):
	    s = selectors.DefaultSelector()
	    s.register(a, selectors.EVENT_READ)
	    while True:
	        for key, _ in s.select():
	            a.send(a.recv(10))
	def short():
	    while True:
	        t = threading.Thread(target=os.getppid)
	        t.start()
	        t.join()
	        time.sleep(0.05)
	a, b = socket.socketpair()
	for f, args in (clock, ()), (echo, (a,)), (short, ()):
	    threading.Thread(target=f, args=args, daemon=True).start()
	while True:
	    b.send(b"x")
	    b.recv(10)
	    subprocess.run(["true"])
	    with open("f", "w") as f:
	        f.write("x")
EOF
steady python python3 threads.py
done_testing
