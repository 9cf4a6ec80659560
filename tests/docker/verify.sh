#!/bin/sh
# segen verify -- docker run: the engine resolves the profile, the runtime starts the
# container under it, and what it denies to either is named.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen runtime
need_segen verify
need_engine
ROUNDS=${ROUNDS:-5}
export SEGEN_STATE="$T/state"
engine_start --add-runtime "segen=$(dirname "$SEGEN")/segen-runtime"
root_busybox "$T/bb"
image_import bb "$T/bb"
client="docker -H unix://$ENGINE/s"
cd "$T" || exit 1
job='mkdir /d && ls /d && rmdir /d; echo "status $?"'

# in_container COMMAND… -- OPTIONS… IMAGE CMD…
traced()
{
	# shellcheck disable=SC2086
	run "$SEGEN" trace -q -o t.json --profile p.json -- \
		$client run --rm --network none "$@"
}

# verified OPTIONS -- RUN-WORDS…: findings in out.json
verified()
{
	verified_opts=
	while [ "$1" != -- ]; do
		verified_opts="$verified_opts $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	rm -f out.json
	run "$SEGEN" verify --format json -o out.json $verified_opts -- \
		$client run --rm --network none "$@"
}

# calls: the denied calls, each once
calls()
{
	python3 -c 'import json
print(*sorted({f["call"] for f in json.load(open("out.json"))["findings"]}))'
}

# without NAME FROM TO
without()
{
	python3 - "$@" <<-'EOT'
	import json, sys
	name, source, target = sys.argv[1:4]
	p = json.load(open(source))
	for rule in p["syscalls"]:
	    rule["names"] = [n for n in rule["names"] if n != name]
	p["syscalls"] = [r for r in p["syscalls"] if r["names"]]
	json.dump(p, open(target, "w"))
	EOT
}

traced bb sh -c "$job"
is "$st" 0 'trace: the container is recorded' || diag_file err

bad=0
for _ in $(seq "$ROUNDS"); do
	verified p.json -- bb sh -c "$job"
	[ "$st" -eq 0 ] && [ "$(cat out)" = 'status 0' ] && [ -z "$(calls)" ] || {
		bad=$((bad + 1))
		cat err out.json >differs
	}
done
is "$bad" 0 "unchanged profile: nothing is denied in $ROUNDS starts" || diag_file differs
has out.json '"started-by": "docker and runc"' 'unchanged profile: the engine and its runtime are named'

# one needed call at a time: verify names it, and the engine's own container fails of it
for name in mkdir rmdir; do
	without $name p.json less.json
	verified --fixed fixed.json less.json -- bb sh -c "$job"
	is "$st" 3 "$name: exit status 3"
	is "$(calls)" "$name" "$name: exactly this call is named"
	has out.json '"program": "/bin/(busybox|sh|mkdir|rmdir)"' "$name: with its program"
	cp out verify.out
	drun --security-opt seccomp=less.json bb sh -c "$job" >engine.out 2>/dev/null
	same engine.out verify.out "$name: the container does what it does in the engine alone"
	run "$SEGEN" diff p.json fixed.json
	ok "$st" "$name: --fix gives the rules back" || diag_file out
	verified fixed.json -- bb sh -c "$job"
	is "$st" 0 "$name: nothing is denied under the widened profile"
done

# what the runtime itself needs
without capset p.json less.json
verified less.json -- bb sh -c "$job"
isnt "$st" 0 'a call of the runtime: the verdict is not good'
has out.json '"call": "capset"' 'a call of the runtime: it is named'

# mistakes
verified p.json -- --security-opt seccomp=unconfined bb true
is "$st" 125 'a profile in the command: exit status 125'
has err "leave out 'seccomp=unconfined'" 'a profile in the command: said what to do'
done_testing
