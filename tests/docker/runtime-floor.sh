#!/bin/sh
# What a runtime calls under the container's filter, as segen-runtime records it, is what
# was measured of it by other means (strace, tracepoints, profiles that kill): runc and crun,
# a container and docker exec, with and without no-new-privileges, as root and as a user.
#
# Where they differ, it is for one of these reasons:
# * runc is a Go program whose other threads are under the filter, too: what they call is a
#   matter of timing ("timing" and "timing_possible" in the measurement), and for
#   docker exec whether one has to be woken (futex). More of it comes when calls take
#   longer, as they do under a tracer.
# * runc calls fchown for a user who does not own the standard files; so does crun, but for
#   docker exec always.
#
# Then the profiles of what was recorded start containers again, for which it was not: with
# and without no-new-privileges, for a user, docker exec in each, and with all else killed.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3 crun
need_segen runtime
need_engine
measured=$SEGEN_REFERENCE/floor/runtime-floor.json
[ -n "$SEGEN_REFERENCE" ] && [ -r "$measured" ] || skip_all "no measurements here"
export SEGEN_STATE="$T/state"
RT=$(dirname "$SEGEN")/segen-runtime
crun_wrapper "$T/crun"
for runtime in runc crun; do
	real=$runtime
	[ $runtime = runc ] || real=$T/crun
	printf '#!/bin/sh\nSEGEN_RUNTIME="%s" exec "%s" "$@"\n' "$real" "$RT" >"$T/segen-$runtime"
	chmod 755 "$T/segen-$runtime"
done
engine_start --add-runtime "segen-runc=$T/segen-runc" \
	--add-runtime "segen-crun=$T/segen-crun" --add-runtime "crun=$T/crun"
root_busybox "$T/bb"
image_import bb "$T/bb"
cd "$T" || exit 1

# recorded PHASE: what the runtime called for the container, or for docker exec
recorded()
{
	python3 -c 'import json, sys
trace = json.load(open("t.json"))
runs = {r["id"] for r in trace["runs"]}
execs = {run for calls in trace["calls"].values() for call in calls.values()
         for run, seen in call["seen"].items() if "exec" in seen.get("phases", [])}
wanted = execs if sys.argv[1] == "exec" else runs - execs
for calls in trace["calls"].values():
    for name, call in calls.items():
        if any("runtime" in seen.get("phases", []) for run, seen in call["seen"].items()
               if run in wanted):
            print(name)' "$1" | sort -u
}

# compare RUNTIME KEY PHASE NAME WITHOUT: with the measurement KEY, less what is WITHOUT
compare()
{
	recorded "$3" >got.all
	python3 -c 'import json, sys
_, path, runtime, key, without = sys.argv
floor = json.load(open(path))
of = floor["runc_1_1_5_deb" if runtime == "runc" else "crun_1_8_1"]
timing = of.get("timing", []) + floor["runc_timing_possible"]["names"]
want = set(of[key]) - set(without.split())
got = set(open("got.all").read().split())
if runtime == "runc":
    got -= set(timing)
    if key.startswith("exec"):
        want.discard("futex")
        got.discard("futex")
with open("want", "w") as f:
    print(*sorted(want), sep="\n", file=f)
with open("got", "w") as f:
    print(*sorted(got), sep="\n", file=f)' "$measured" "$1" "$2" "$5"
	same want got "$4"
}

# container RUNTIME OPTIONS…: one in which something is executed, into t.json
container()
{
	container_runtime=$1
	shift
	id=$(docker_ run -d --network none --runtime "segen-$container_runtime" "$@" bb \
		sh -c 'echo ready; sleep 100')
	wait_for 20 sh -c "docker -H unix://$ENGINE/s logs $id | grep -q ready"
	docker_ exec "$id" true
	docker_ kill "$id" >/dev/null
	docker_ rm "$id" >/dev/null
	rm -f t.json
	run "$SEGEN" runtime --collect "$id" -o t.json
	ok "$st" "$container_runtime $*: recorded" || diag_file err
	has t.json "\"runtime\": \"$container_runtime\"" "$container_runtime $*: by its name"
}

# killing FILE: the same profile, but what is not let in ends the process
killing()
{
	python3 -c 'import json, sys
p = json.load(open(sys.argv[1]))
p["defaultAction"] = "SCMP_ACT_KILL_PROCESS"
json.dump(p, open(sys.argv[2], "w"))' "$1" "killing.$1"
}

# starts RUNTIME NAME PROFILE OPTIONS…: a container and docker exec in it, ROUNDS times
starts()
{
	starts_runtime=$1
	starts_name=$2
	starts_profile=$3
	shift 3
	bad=0
	: >starts.err
	for _ in $(seq "${ROUNDS:-3}"); do
		starts_id=$(docker_ run -d --network none --runtime "$starts_runtime" \
			--security-opt "seccomp=$starts_profile" "$@" bb \
			sh -c 'echo ready; sleep 100' 2>>starts.err) &&
			wait_for 20 sh -c \
				"docker -H unix://$ENGINE/s logs $starts_id | grep -q ready" &&
			docker_ exec "$starts_id" true >>starts.err 2>&1 ||
			bad=$((bad + 1))
		docker_ rm -f "$starts_id" >/dev/null 2>&1
	done
	is "$bad" 0 "$starts_name" || diag_file starts.err
}

# hold RUNTIME NAME: profiles of t.json start containers with and without no-new-privileges
hold()
{
	"$SEGEN" gen -o p.json t.json 2>err || diag_file err
	killing p.json
	for profile in p.json killing.p.json; do
		starts "$1" "$1: $2: $profile starts" $profile
		starts "$1" "$1: $2: $profile starts with no-new-privileges" $profile \
			--security-opt no-new-privileges
	done
	starts "$1" "$1: $2: p.json starts for a user" p.json --user 1000
}

for runtime in runc crun; do
	case $runtime-$($runtime --version) in
	"runc-runc version 1.1."* | "crun-crun version 1.8."*) ;;
	*)
		skip "$runtime" "this version of it was not measured"
		continue
		;;
	esac
	if ! drun --runtime "$runtime" bb true >/dev/null 2>&1; then
		skip "$runtime" "it runs no containers here"
		continue
	fi
	container $runtime
	hold $runtime "recorded"
	compare $runtime run container "$runtime: a container" fchown
	compare $runtime exec exec "$runtime: docker exec" \
		"$([ $runtime = crun ] || echo fchown)"
	container $runtime --user 1000
	compare $runtime run container "$runtime: a user's container" ''
	compare $runtime exec exec "$runtime: a user's docker exec" ''
	container $runtime --security-opt no-new-privileges
	hold $runtime "recorded with no-new-privileges"
	compare $runtime run_nnp container "$runtime: no-new-privileges" ''
	if [ $runtime = runc ]; then
		compare runc exec_nnp exec "runc: docker exec, no-new-privileges" ''
	fi
done
done_testing
