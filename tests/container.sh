# container.sh: record containers as a user does, and run them under what came of it.
#
# Source after engine.sh.  $client is the command line of the engine's client up to its
# verb (no blanks within its words), $recording the one that is recorded if it is another,
# $as what goes before everything, $run_options are given to every container, and ROUNDS is
# how often a workload has to run under its profile.

ROUNDS=${ROUNDS:-4}
MOST=8 # recordings of one workload
AT_ONCE=4
client=
recording=
as=
run_options='--rm --network none'

# start OPTIONS… IMAGE CMD…: a container of the workload $name as $how says: plain,
# recorded, or confined to its profile.
start()
{
	case $how in
	plain) $as $client run $run_options "$@" ;;
	recorded)
		$as "$SEGEN" trace -q --append -o "$name.trace.json" -- \
			${recording:-$client} run $run_options "$@"
		;;
	confined)
		$as $client run $run_options --security-opt "seccomp=$name.seccomp.json" "$@"
		;;
	esac
}

# attempt OUT CMD…: all that comes out of it, and its status
attempt()
{
	attempt_out=$1
	shift
	"$@" </dev/null >"$attempt_out" 2>&1
	echo "status $?" >>"$attempt_out"
}

# judge OUT: whether it is as it was without segen
judge()
{
	cmp -s "$1" "$name.want" && return
	bad=$((bad + 1))
	cp "$1" "$name.differs"
}

# no_bad TEXT: the sum of several judgements
no_bad()
{
	is "$bad" 0 "$name: $1" || {
		diag_file "$name.differs"
		diag "without segen:"
		diag_file "$name.want"
	}
}

# rules PROFILE: what it says, but not in how many runs that was seen
rules()
{
	grep -v '"comment"' "$1" | tr -d ' \t,' | sort -u
}

# record MODE CMD…: into the trace of $name, once, or ("settle") until two runs in a row
# have changed nothing in the profile
record()
{
	mode=$1
	shift
	how=recorded n=0 bad=0 unchanged=0
	: >"$name.before"
	while [ "$n" -lt "$MOST" ]; do
		n=$((n + 1))
		attempt "$name.got" "$@"
		judge "$name.got"
		[ "$mode" = settle ] || break
		rules "$name.seccomp.json" >"$name.now"
		if cmp -s "$name.now" "$name.before"; then
			unchanged=$((unchanged + 1))
			[ "$unchanged" -lt 2 ] || break
		else
			unchanged=0
		fi
		mv "$name.now" "$name.before"
	done
	no_bad "recorded ($n), each run like one without segen"
	has "$name.seccomp.json" SCMP_ACT_ALLOW "$name: a profile is written"
	has "$name.seccomp.json" 'runtime floor' \
		"$name: the profile provides for other versions of the runtime"
}

# confine CMD…: ROUNDS times under the profile
confine()
{
	how=confined bad=0 jobs=
	for slot in $(seq "$ROUNDS"); do
		attempt "$name.got.$slot" "$@" &
		jobs="$jobs $!"
		[ $((slot % AT_ONCE)) -ne 0 ] || { wait $jobs && jobs=; }
	done
	[ -z "$jobs" ] || wait $jobs
	for slot in $(seq "$ROUNDS"); do
		judge "$name.got.$slot"
	done
	no_bad "$ROUNDS runs under its profile, each like one without"
}

# proved MODE NAME CMD…: MODE as for record.  CMD calls start, once.
proved()
{
	mode=$1 name=$2 slot=0 how=plain
	shift 2
	attempt "$name.want" "$@"
	record "$mode" "$@"
	confine "$@"
}
