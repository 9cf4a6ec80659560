#!/bin/sh
# Native speed, the rare cases: a process gets its filter although it is disturbed, gets none
# where that is impossible, and segen says so.
. "$(dirname "$0")/../lib.sh"
need python3 timeout
need_segen

# fast ARGS…: a run in fast mode; output in $T/out, $T/err, status in $st
fast()
{
	rm -f "$T/trace.json"
	run timeout -k 5 60 "$SEGEN" trace --no-profile -o "$T/trace.json" "$@"
}

# notes ERE NAME: the trace and the summary both say it
notes()
{
	has "$T/trace.json" "$1" "$2: the trace says so"
	has "$T/err" "$1" "$2: the summary says so"
}

# Nothing of its own has changed.
for observe in base free; do
	fast --observe=$observe --patience=100 -- "$WORKLOADS/fast-state"
	has "$T/err" 'filtered: 1' "$observe: it has the filter"
	has "$T/out" 'registers kept: 400, masks kept: 400, maps kept: 1' \
		"$observe: registers, signal mask, memory map are as they were"
done

# Signals, even in the middle of it, do not keep a process from its filter.
for patience in 20 100 300; do
	fast --observe=free --patience=$patience -- "$WORKLOADS/fast-signals"
	hasnt "$T/trace.json" 'call by call' "signals while the filter is put on after $patience calls"
done

# What an interpreter is to do is told by its command line.
code='import os
for i in range(400): [f() for f in (os.getppid, os.getuid, os.geteuid, os.getgid, os.getegid)]'
echo "$code" >"$T/server.py"
python3 -c "$code"
ok $? "python: it runs"
fast -- python3 -c "$code"
has "$T/trace.json" '"at-least": true' "python -c: a filter soon"
fast -- python3 "$T/server.py"
hasnt "$T/trace.json" '"at-least"' "python FILE: not yet, it may be a server"
has "$T/trace.json" '"count": 400,' "python FILE: each call is counted"

# No memory for its filter.
fast --observe=free --patience=100 -- "$WORKLOADS/fast-state" no-memory
has "$T/err" 'filtered: 0' "no memory: no filter"
has "$T/out" 'registers kept: 400, masks kept: 400, maps kept: 1' "no memory: undisturbed"
notes "could not be given segen's filter .ENOMEM." "no memory"

# A process on the fast path has all CPUs again.
nproc=$(nproc)
if [ "$nproc" -gt 1 ] && [ -x "$WORKLOADS/../tests/bench/hot-loop" ]; then
	"$SEGEN" trace --quiet --observe=free --no-profile -o "$T/cpus.json" -- \
		"$WORKLOADS/../tests/bench/hot-loop" 1 100000000 >/dev/null 2>&1 &
	segen=$!
	child=/proc/$segen/task/$segen/children
	status() { cat "/proc/$(cut -d' ' -f1 "$child")/status"; }
	filtered() { status | grep -q 'Seccomp:.2'; }
	wait_for 20 filtered
	ok $? "a hot loop gets the filter"
	sleep 0.2
	is "$(status | sed -n 's/^Cpus_allowed:\t//p')" \
		"$(sed -n 's/^Cpus_allowed:\t//p' /proc/self/status)" \
		"it may run on every CPU again"
	kill -9 "$(cut -d' ' -f1 "$child")"
	wait $segen
else
	skip "it may run on every CPU again" "there is only one"
fi

# Stopped, continued, killed from outside while the filter is put on.
bad=
for seed in 1 2 3 4 5 6 7 8; do
	fast --observe=free --patience=$((seed * 15)) -- "$WORKLOADS/fast-stops" $seed
	[ "$st $(cat "$T/out")" = "0 40 stops, ended with 137" ] || bad="$bad $seed"
done
is "$bad" "" "stopped and continued at random moments: seeds that failed"
for how in kill stop; do
	for patience in 1 40; do
		python3 "$SRC/tests/cli/kill-at-random.py" $how "${KILLS:-60}" \
			"$SEGEN" trace --quiet --observe=free --no-profile -o "$T/kill.json" \
			--patience=$patience -- "$WORKLOADS/busy" 2>"$T/err"
		ok $? "$how at random moments, a filter after $patience calls" ||
			diag_file "$T/err"
		! pgrep -f "$WORKLOADS/busy" >/dev/null
		ok $? "$how at random moments: nothing is left running"
	done
done

# A filter around segen that forbids filters.
for way in errno trap kill; do
	run "$WORKLOADS/outer-filter" $way "$SEGEN" trace --observe=free --no-profile \
		--patience=50 -o "$T/trace.json" -- "$WORKLOADS/fast-state"
	is "$st" 0 "seccomp(2) forbidden by $way: the workload ends well"
	has "$T/out" 'registers kept: 400' "seccomp(2) forbidden by $way: undisturbed"
	has_call "$T/trace.json" "$(uname -m)" getppid
	ok $? "seccomp(2) forbidden by $way: the trace is there"
	notes 'forbids seccomp' "seccomp(2) forbidden by $way"
	run "$WORKLOADS/outer-filter" $way "$SEGEN" trace --observe=base --no-profile \
		-o "$T/base.json" -- true
	is "$st" 125 "seccomp(2) forbidden by $way: the base's rules cannot be had"
	has "$T/err" 'observe=free' "seccomp(2) forbidden by $way: says what to do"
done

# What is followed call by call for a reason.
fast --observe=free --patience=40 -- "$WORKLOADS/own-filter" errno 0 100
notes 'own-filter has a filter of its own: it was followed call by call' "a filter of its own"
if [ -x "$WORKLOADS/abi32" ]; then
	fast --observe=free --patience=3 -- "$WORKLOADS/abi32"
	notes 'abi32 makes (i386|arm) calls: it was followed call by call' "a 32-bit program"
else
	skip "a 32-bit program" "not built here"
fi
# where programs can make them
if [ -x "$WORKLOADS/foreign-abi" ]; then
	fast --observe=free --patience=1 -- "$WORKLOADS/foreign-abi"
	hasnt "$T/trace.json" 'call by call' "foreign calls among native ones: a filter"
fi

# Strict mode: the kernel refuses it to who has a filter, as it would in a container.
fast --observe=base --patience=50 -- "$WORKLOADS/own-filter" strict 100
is "$st" 1 "strict mode under a base: refused"
has "$T/err" 'strict: Invalid argument' "strict mode under a base: as in a container"
fast --observe=free --patience=50 -- "$WORKLOADS/own-filter" strict 100
is "$st" 137 "strict mode without a base: another call than its four kills"
notes 'own-filter entered seccomp strict mode' "strict mode without a base"

# Linux before 4.17 does not know SECCOMP_FILTER_FLAG_SPEC_ALLOW.
for observe in base free; do
	run "$WORKLOADS/outer-filter" old-kernel "$SEGEN" trace --observe=$observe \
		--no-profile --patience=50 -o "$T/trace.json" -- "$WORKLOADS/fast-state"
	is "$st" 0 "without SPEC_ALLOW, --observe=$observe: the workload ends well"
	has "$T/out" 'registers kept: 400' \
		"without SPEC_ALLOW, --observe=$observe: undisturbed"
	hasnt "$T/trace.json" "could not be given segen's filter" \
		"without SPEC_ALLOW, --observe=$observe: a filter all the same"
	has "$T/trace.json" 'segen itself runs under a filter' \
		"a filter around segen, --observe=$observe: the trace says what is not seen"
done

# Another user: the kernel asks for NO_NEW_PRIVS.
if is_root && command -v setpriv >/dev/null; then
	install -D "$SEGEN" "$T/bin/segen"
	install -m 4755 "$WORKLOADS/who" "$T/bin/who"
	for prog in fast-state non-dumpable own-filter pid-namespace; do
		install "$WORKLOADS/$prog" "$T/bin/$prog"
	done
	as_user "$T/bin/segen" trace --observe=free --patience=100 --no-profile -o t.json -- \
		"$T/bin/fast-state" >"$T/out" 2>"$T/err"
	has "$T/err" 'filtered: 1' "an unprivileged user's process gets the filter"
	has "$T/out" 'registers kept: 400, masks kept: 400, maps kept: 1' \
		"an unprivileged user's process: all is as it was"

	for way in state unasked; do
		as_user "$T/bin/own-filter" $way 200 >"$T/want"
		as_user "$T/bin/segen" trace --quiet --observe=free --patience=100 \
			--no-profile -o t.json -- "$T/bin/own-filter" $way 200 >"$T/out"
		same "$T/out" "$T/want" "an unprivileged user's process, $way: no difference"
	done

	as_user "$T/bin/segen" trace --observe=free --patience=4 --no-profile -o t.json -- \
		"$T/bin/non-dumpable" >"$T/out" 2>"$T/err"
	is "$?" 0 "an unprivileged user's non-dumpable process runs"
	as_user "$T/bin/segen" trace --quiet --observe=free --mode=full --no-profile \
		-o full.json -- "$T/bin/non-dumpable" >"$T/out" 2>&1
	calls_of "$T/home/t.json" | cut -d' ' -f1,2 >"$T/got"
	calls_of "$T/home/full.json" | cut -d' ' -f1,2 >"$T/want"
	same "$T/got" "$T/want" "an unprivileged user's non-dumpable process: same set"

	if as_user "$T/bin/pid-namespace" >"$T/want" 2>/dev/null; then
		as_user "$T/bin/segen" trace --quiet --observe=free --patience=3 \
			--no-profile -o t.json -- "$T/bin/pid-namespace" >"$T/out"
		same "$T/out" "$T/want" "a user namespace of its own: same output"
		has_call "$T/home/t.json" "$(uname -m)" getsid
		ok $? "a user namespace of its own: its calls are there"
	else
		skip "a user namespace of its own" "not permitted here"
	fi

	# root traces a user's session, which loses what it would have gained
	fast --observe=free --patience=150 -- setpriv --reuid=65534 --regid=65534 \
		--clear-groups sh -c "i=0; while [ \$i -lt 300 ]; do i=\$((i+1)); : <$T/bin; done
			$T/bin/who"
	has "$T/out" 'uid 65534 euid 65534' "a filter as a user: NO_NEW_PRIVS was set"
	notes 'who ran without its privileges.*--mode=full' "set-user-ID after that"
else
	skip "another user" "needs root and setpriv"
fi
done_testing
