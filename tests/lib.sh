# lib.sh: what the shell tests share: TAP output, clean-up, waiting, other users.
#
# A test sources it first; it then runs with an empty folder of its own in $T, which is
# removed at the end together with whatever was given to defer.  Meson sets SEGEN (the
# program), WORKLOADS (the folder of the built samples), SRC (the source tree) and
# SEGEN_REFERENCE (published profiles, may be empty); by hand they default to build/.
# POSIX sh; nothing here knows containers (engine.sh does).

set -u
export LC_ALL=C TZ=UTC
export PATH="/usr/sbin:/usr/bin:/sbin:/bin:$PATH"

SRC=${SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
SEGEN=${SEGEN:-$SRC/build/gen/segen}
WORKLOADS=${WORKLOADS:-$SRC/build/samples}
SEGEN_REFERENCE=${SEGEN_REFERENCE-}
SEGEN_LATE=${SEGEN_LATE:-$(dirname "$SEGEN")/../tests/segen-late}
T=$(mktemp -d "${TMPDIR:-/tmp}/segen.XXXXXX") || exit 99
chmod 755 "$T"

tap_count=0
tap_failed=0
tap_done=
deferred=

# --- clean-up -------------------------------------------------------------------------

# defer CMD…: run it when the test ends, last one first.
defer()
{
	deferred="$*
$deferred"
}

tap_cleanup()
{
	trap '' INT TERM HUP
	printf '%s\n' "$deferred" | while IFS= read -r cmd; do
		eval "$cmd" </dev/null >/dev/null 2>&1
	done
	rm -rf "$T"
}

tap_exit()
{
	st=$?
	trap - EXIT
	tap_cleanup
	if [ -z "$tap_done" ]; then
		echo "Bail out! the test ended early (status $st)"
		exit 99
	fi
	exit "$st"
}
trap tap_exit EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- TAP ------------------------------------------------------------------------------

# skip_all REASON: the whole script says nothing about segen here.
skip_all()
{
	echo "1..0 # SKIP $*"
	tap_done=1
	exit 0
}

# ok STATUS NAME: the basic assertion; STATUS is an exit status, 0 is good.
ok()
{
	ok_status=$1
	shift
	tap_count=$((tap_count + 1))
	if [ "$ok_status" -eq 0 ]; then
		echo "ok $tap_count - $*"
	else
		echo "not ok $tap_count - $*"
		echo "# failed: $*" | keep
		tap_failed=$((tap_failed + 1))
	fi
	return "$ok_status"
}

# skip NAME REASON: one assertion that cannot be made here.
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# keep: stdin on stderr: of a test's stdout meson leaves nothing in the log of a full run.
keep()
{
	[ -t 2 ] && cat >/dev/null || cat >&2
}

# remark PREFIX: stdin, for people
remark()
{
	remark_text=$(sed "s/^/$1/")
	printf '%s\n' "$remark_text"
	printf '%s\n' "$remark_text" | keep
}

# diag TEXT…: a remark for people.
diag()
{
	printf '%s\n' "$*" | remark '# '
}

# diag_file FILE [LINES]: the end of a file as a remark.
diag_file()
{
	[ -r "$1" ] && tail -n "${2:-20}" "$1" | remark '# | '
	return 0
}

# is GOT WANT NAME: both texts are equal.
is()
{
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		diag "got:  $1"
		diag "want: $2"
		return 1
	fi
}

# isnt GOT UNWANTED NAME: both texts differ.
isnt()
{
	[ "$1" != "$2" ]
	ok $? "$3" || diag "got: $1"
}

# has FILE ERE NAME: some line of the file matches.
has()
{
	grep -Eq -e "$2" "$1"
	ok $? "$3" || {
		diag "no line matches: $2"
		diag_file "$1"
		return 1
	}
}

# hasnt FILE ERE NAME: no line of the file matches.
hasnt()
{
	! grep -Eq -e "$2" "$1"
	ok $? "$3" || {
		diag "unwanted: $(grep -E -e "$2" "$1" | head -n 3)"
		return 1
	}
}

# same FILE FILE NAME: equal files; shows how they differ.
same()
{
	diff -u "$1" "$2" >"$T/same.diff" 2>&1
	ok $? "$3" || {
		diag_file "$T/same.diff" 40
		return 1
	}
}

# done_testing: the last line of every test.
done_testing()
{
	echo "1..$tap_count"
	tap_done=1
	[ "$tap_failed" -eq 0 ] || exit 1
	exit 0
}

# --- running things -------------------------------------------------------------------

# run CMD…: with /dev/null as stdin; status in $st, output in $T/out and $T/err.
run()
{
	"$@" </dev/null >"$T/out" 2>"$T/err"
	st=$?
	return 0
}

# need PROGRAM…: the test makes no sense without them.
need()
{
	for need_prog; do
		command -v "$need_prog" >/dev/null 2>&1 ||
			skip_all "'$need_prog' is not installed"
	done
}

# need_segen [VERB]: the program is built and has the verb (trace).
need_segen()
{
	[ -x "$SEGEN" ] || skip_all "'$SEGEN' is not built"
	"$SEGEN" "${1:-trace}" --help >/dev/null 2>&1 ||
		skip_all "'$SEGEN' has no ${1:-trace} verb"
}

# wait_for SECONDS CMD…: poll until CMD succeeds; 1 when it never does.
wait_for()
{
	wait_left=$(($1 * 20))
	shift
	while [ "$wait_left" -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
		wait_left=$((wait_left - 1))
	done
	return 1
}

# gone PID: there is no such process (or only its zombie).
gone()
{
	case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) in
	'' | Z | X) return 0 ;;
	esac
	return 1
}

# is_root: the test may change users, mount, and start an engine.
is_root()
{
	[ "$(id -u)" -eq 0 ]
}

# as_user CMD…: as an unprivileged user with a home of its own and a clean environment.
as_user()
{
	if is_root; then
		mkdir -p "$T/home"
		chown 65534:65534 "$T/home"
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \
			env -i HOME="$T/home" PATH="$PATH" TMPDIR="$T/home" LC_ALL=C \
			sh -c 'cd "$HOME" && exec "$@"' sh "$@"
	else
		"$@"
	fi
}

# --- looking into what segen wrote ----------------------------------------------------

# calls_of TRACE: its calls, one "ABI NAME COUNT" per line, sorted.
calls_of()
{
	python3 "$SRC/tests/oracle/calls.py" segen "$1"
}

# has_call TRACE ABI NAME: the trace holds the call.
has_call()
{
	calls_of "$1" | grep "^$2 $3 " >/dev/null
}

# phase NAME TRACE: the names of the calls made in this phase, sorted
phase()
{
	python3 -c 'import json, sys
for calls in json.load(open(sys.argv[2]))["calls"].values():
    for name, call in calls.items():
        for seen in call["seen"].values():
            if sys.argv[1] in seen.get("phases", ["workload"]):
                print(name)' "$1" "$2" | sort -u
}
