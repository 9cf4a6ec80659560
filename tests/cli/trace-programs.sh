#!/bin/sh
# The programs of a trace: each by its own name, however often it ran before and wherever
# its path leads meanwhile.
. "$(dirname "$0")/../lib.sh"
is_root || skip_all "chroot and mounts need root"
need busybox python3 unshare
need_segen
mkdir -p "$T/bin" "$T/root$T/bin" "$T/elsewhere"
for folder in "$T" "$T/root$T" "$T/elsewhere"; do
	mkdir -p "$folder/bin"
	install "$(command -v busybox)" "$folder/bin/busybox"
done
install "$(command -v busybox)" "$T/bin/one"
install "$(command -v busybox)" "$T/bin/two"
ln -s one "$T/bin/link"
mv "$T/root$T/bin/busybox" "$T/root$T/bin/inside"
ln -s inside "$T/root$T/bin/busybox"
mv "$T/elsewhere/bin/busybox" "$T/elsewhere/bin/mounted"
ln -s mounted "$T/elsewhere/bin/busybox"

# programs: those of the trace, each without the folder $T
programs()
{
	python3 -c 'import json, sys
t = json.load(open(sys.argv[1]))
seen = {p for calls in t["calls"].values() for c in calls.values()
        for s in c["seen"].values() for p in s["programs"]}
print("\n".join(sorted(p for p in seen if p.startswith(sys.argv[2]))))' \
		"$T/t.json" "$T" | sed "s,$T/,,"
}

# twice COMMAND: each of its programs is known when it comes for the second time
twice()
{
	echo "for i in 1 2 3; do $1; done"
}

# traced NAME SCRIPT WANTED…: what runs, and the programs that the trace should have
traced()
{
	name=$1
	script=$2
	shift 2
	for mode in --mode=full --patience=5; do
		run "$SEGEN" trace --quiet $mode --observe=free --no-profile -o "$T/t.json" -- \
			sh -c "$script"
		programs >"$T/seen"
		printf '%s\n' "$@" >"$T/want"
		same "$T/seen" "$T/want" "$mode: $name" || diag_file "$T/err"
	done
}

one="$T/bin/one true"
traced "two programs in turn" "$(twice "$one; $T/bin/two true")" bin/one bin/two
traced "by a symbolic link" "$(twice "$T/bin/link true")" bin/one
traced "renamed" "$(twice "$one"); mv $T/bin/one $T/bin/three; $(twice "$T/bin/three true")
	mv $T/bin/three $T/bin/one" bin/one bin/three
traced "one name, another file" "$(twice "$one"); mv $T/bin/one $T/bin/old
	mv $T/bin/two $T/bin/one; $(twice "$T/bin/one true; $T/bin/old true")
	mv $T/bin/one $T/bin/two; mv $T/bin/old $T/bin/one" bin/old bin/one
traced "in another root" "$(twice "$T/bin/busybox true")
	$(twice "chroot $T/root $T/bin/busybox true")" bin/busybox bin/inside
traced "in another mount namespace" "$(twice "$T/bin/busybox true")
	unshare -m sh -c 'mount --bind $T/elsewhere/bin $T/bin
		$(twice "$T/bin/busybox true")'" bin/busybox bin/mounted

# Programs from a filesystem that a traced process serves: to ask it anything would be to
# wait for ever.
mkdir "$T/served"
defer "umount -l $T/served"
if "$WORKLOADS/self-served" "$T/served" >/dev/null; then
	for mode in --mode=full --patience=5 --mode=fast; do
		run timeout -s KILL 20 "$SEGEN" trace --quiet $mode --observe=free --no-profile \
			-o "$T/t.json" -- "$WORKLOADS/self-served" "$T/served"
		programs >"$T/seen"
		is "$st $(tr '\n' ' ' <"$T/out")$(cat "$T/seen")" \
			"0 served served served served/program" "$mode: from its own filesystem"
		umount -l "$T/served" 2>/dev/null
	done
	for way in deleted detached chrooted overlaid; do
		rm -rf "$T/served.root" "$T/served.over"
		run timeout -s KILL 20 "$SEGEN" trace --quiet --observe=free --no-profile \
			-o "$T/t.json" -- "$WORKLOADS/self-served" "$T/served" $way
		umount -l "$T/served" 2>/dev/null
		[ "$st" -ne 77 ] || {
			skip "a filesystem of its own, $way" "it may not be mounted so here"
			continue
		}
		is "$st $(sort -u "$T/out")" "0 served" \
			"a filesystem of its own, $way: nothing waits"
	done
	has "$T/t.json" '"run"' "a filesystem of its own: the trace is whole"
else
	skip "a filesystem of its own" "it may not be mounted here"
fi

# A stack in a page that only the workload itself can provide: not read, and not waited for.
defer "rm -f /dev/shm/${T##*/}"
for file in '' "/dev/shm/${T##*/}"; do
	run timeout -s KILL 20 "$WORKLOADS/user-fault" $file
	if [ "$st" -ne 0 ]; then
		skip "a stack in a page of userfaultfd(2)$file" "status $st: it may not be made here"
		continue
	fi
	for mode in --mode=full --patience=5 --mode=fast; do
		run timeout -s KILL 20 "$SEGEN" trace --quiet $mode --observe=free --no-profile \
			-o "$T/t.json" -- "$WORKLOADS/user-fault" $file
		is "$st $(cat "$T/out")" '0 done' "$mode: a stack in a page of userfaultfd(2) $file"
		has "$T/t.json" '"getsid"' "$mode: its call is recorded $file"
	done
done

# The path of an execve in such a page, too.
run timeout -s KILL 20 "$WORKLOADS/user-fault" '' exec
if [ "$st" -eq 0 ]; then
	for mode in --mode=full --patience=5 --mode=fast; do
		run timeout -s KILL 20 "$SEGEN" trace --quiet $mode --observe=free --no-profile \
			-o "$T/t.json" -- "$WORKLOADS/user-fault" '' exec
		is "$st $(cat "$T/out")" '0 done' "$mode: a path in a page of userfaultfd(2)"
	done
	# where it is refused, its text is wanted for the trace
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
		[{"names": ["execve"], "action": "SCMP_ACT_ERRNO"}]}' >"$T/no-exec.json"
	run timeout -s KILL 20 "$SEGEN" verify "$T/no-exec.json" -- \
		"$WORKLOADS/user-fault" '' exec
	is "$st $(cat "$T/out")" '3 done' "verify: a refused path in a page of userfaultfd(2)"
else
	skip "a path in a page of userfaultfd(2)" "status $st: it may not be made here"
fi

# A file that becomes set-user-ID after it was seen.
if as_user true; then
	install -m 755 "$WORKLOADS/who" "$T/bin/who"
	install -D "$SEGEN" "$T/bin/segen"
	as_user "$T/bin/segen" trace --observe=free --no-profile -o t.json -- \
		sh -c "$T/bin/who; $T/bin/who; touch $T/home/ready
		while ! [ -u $T/bin/who ]; do sleep 0.1; done; $T/bin/who" \
		>"$T/out" 2>"$T/err" &
	traced_pid=$!
	wait_for 20 test -e "$T/home/ready"
	chmod 4755 "$T/bin/who"
	wait $traced_pid
	has "$T/err" "who.*(set-user-ID|setuid|privileges)" \
		"set-user-ID after it was seen: segen says so"
else
	skip "set-user-ID" "another user cannot be had here"
fi
# A path that changes while it is executed.
install "$WORKLOADS/flip-path" "$T/bin/copy"
for mode in --mode=full --patience=5; do
	run "$SEGEN" trace --quiet $mode --observe=free --no-profile -o "$T/t.json" -- \
		"$WORKLOADS/flip-path" 40 "$T/bin/two" "$T/bin/copy"
	is "$(python3 -c 'import json, sys
calls = json.load(open(sys.argv[1]))["calls"].values()
print(*{p for c in calls for s in c.get("getsid", {"seen": {}})["seen"].values()
        for p in s["programs"]})' "$T/t.json") $(cat "$T/out")" "$T/bin/copy ran: yes" \
		"$mode: a path that changes: the call is that of what was executed"
done

# Many programs make a call, and the base refuses the arguments of one.
cat >space.py <<'EOF'
import ctypes, os, platform
nr = {"x86_64": 56, "aarch64": 220}[platform.machine()]
if ctypes.CDLL(None).syscall(nr, 0x10000011, 0, 0, 0, 0) == 0:
    os._exit(0)
EOF
run "$SEGEN" trace -o space.json --profile space.seccomp.json -- \
	sh -c '(true); (exec python3 space.py); true'
python=$(readlink -f "$(command -v python3)")
has "$T/err" "arguments seen of 'clone' \('$python' made it" \
	"refused arguments: the program that gave them is named" ||
	diag_file "$T/err"
done_testing
