# resolve-docker.sh: the engine as oracle: a runtime that starts nothing keeps the
# config.json it is given; "segen export" must yield the same filter, rule for rule.
. "$SRC/tests/lib.sh"
. "$SRC/tests/engine.sh"

need_engine
need_segen export
need python3

profiles="$SRC/tests/data/profiles"
cp "$SRC/tests/docker/capture-runtime.sh" "$T/runtime"
engine_start --add-runtime "capture=$T/runtime"
image_import empty "$T/empty"

case $(docker_ version --format '{{.Server.Version}}') in
20.*) engine=docker-20.10 ;;
*) engine=docker ;;
esac

# same PROFILE NAME [DOCKER-ARG…]: for the same --cap-add and --cap-drop.
same_filter()
{
	profile=$1
	name=$2
	shift 2
	rm -f "$T/config.json"
	docker_ run --rm --network none --runtime capture \
		--security-opt "seccomp=$profile" "$@" empty /x >"$T/run.out" 2>&1
	[ -e "$T/config.json" ] || {
		ok 1 "$name: the engine takes the profile"
		diag_file "$T/run.out"
		return
	}
	"$SEGEN" export --format oci --engine "$engine" "$@" -o "$T/ours.json" \
		"$profile" 2>"$T/err" || {
		ok 1 "$name: segen takes the profile"
		diag_file "$T/err"
		return
	}
	python3 "$SRC/tests/docker/same-seccomp.py" "$T/config.json" "$T/ours.json" \
		>"$T/diff"
	ok $? "$name $*: resolved as by the engine" || diag_file "$T/diff"
}

# Every capability that a gate of Docker's names, and none.
gated="SYS_ADMIN SYS_PTRACE SYS_CHROOT SYS_MODULE SYS_TIME SYS_NICE SYS_RAWIO SYS_PACCT
SYS_BOOT SYS_TTY_CONFIG DAC_READ_SEARCH SYSLOG WAKE_ALARM"
docker_ info >/dev/null

every_caps()
{
	same_filter "$1" "$2"
	same_filter "$1" "$2" --cap-drop ALL
	same_filter "$1" "$2" --cap-add ALL
	for cap in $gated; do
		same_filter "$1" "$2" --cap-add "$cap"
	done
	same_filter "$1" "$2" --cap-drop ALL --cap-add SYS_CHROOT
	same_filter "$1" "$2" --cap-add SYS_TIME --cap-drop ALL
	same_filter "$1" "$2" --cap-add ALL --cap-drop SYS_ADMIN
	same_filter "$1" "$2" --cap-drop sys_chroot --cap-drop CAP_KILL
}

"$SEGEN" export --format docker docker >"$T/embedded.json" 2>"$T/err"
every_caps "$T/embedded.json" "the embedded base"
"$SEGEN" export --format docker docker-20.10 >"$T/embedded-20.10.json" 2>"$T/err"
every_caps "$T/embedded-20.10.json" "the embedded base of 20.10"

if [ -d "$SEGEN_REFERENCE/base" ]; then
	for base in "$SEGEN_REFERENCE"/base/*.json; do
		every_caps "$base" "$(basename "$base")"
	done
else
	skip "published bases" "no reference folder"
fi

for profile in "$profiles"/*.json; do
	name=$(basename "$profile" .json)
	same_filter "$profile" "$name"
	same_filter "$profile" "$name" --cap-drop ALL
	same_filter "$profile" "$name" --cap-add ALL
	same_filter "$profile" "$name" --cap-drop KILL --cap-add SYS_ADMIN
done

# What segen generates: an edited base, with gates of every kind.
if "$SEGEN" gen --tie chmod,fchmod,fchmodat=CAP_WAKE_ALARM --deny mkdir \
	-o "$T/tied.json" 2>"$T/err"; then
	every_caps "$T/tied.json" "generated: tied"
else
	ok 1 "gen: makes a profile"
	diag_file "$T/err"
fi

# What it makes of a trace: as it comes, and for another architecture as well.
"$SEGEN" trace -q --no-profile --mode=full -o "$T/sh.trace.json" -- \
	sh -c 'ls / >/dev/null; mkdir d; chmod 700 d; rmdir d; unshare -u true' 2>"$T/err"
for options in '' '--arch amd64,arm64 --portable' '--gates all --args prctl,mprotect'; do
	# shellcheck disable=SC2086
	if "$SEGEN" gen "$T/sh.trace.json" $options -o "$T/sh.json" 2>"$T/err"; then
		every_caps "$T/sh.json" "generated from a trace: ${options:-no options}"
	else
		ok 1 "gen $options: makes a profile from a trace"
		diag_file "$T/err"
	fi
done

# The engine's own default, as it was compiled in.
if [ "$engine" = docker-20.10 ]; then
	for caps in "" "--cap-drop ALL" "--cap-add ALL" "--cap-add SYS_ADMIN" \
		"--cap-add SYS_TIME" "--cap-add SYS_NICE" "--cap-add SYS_PTRACE"; do
		rm -f "$T/config.json"
		docker_ run --rm --network none --runtime capture $caps empty /x \
			>"$T/run.out" 2>&1
		"$SEGEN" export --engine "$engine" $caps -o "$T/ours.json" docker-20.10 \
			2>"$T/err"
		python3 "$SRC/tests/docker/same-seccomp.py" --sets "$T/config.json" \
			"$T/ours.json" >"$T/diff"
		ok $? "built-in default $caps: resolved as by the engine" || diag_file "$T/diff"
	done
else
	skip "built-in default" "the engine is newer than 20.10"
fi

# --privileged: up to 26 no filter at all, whatever the profile says; 27 obeys it.
rm -f "$T/config.json"
docker_ run --rm --network none --runtime capture --privileged \
	--security-opt "seccomp=$profiles/order.json" empty /x >"$T/run.out" 2>&1
case $(docker_ version --format '{{.Server.Version}}') in
2[0-6].*) ours=none ;;
*) "$SEGEN" export --caps all "$profiles/order.json" >"$T/ours.json" 2>"$T/err" ;;
esac
python3 "$SRC/tests/docker/same-seccomp.py" "$T/config.json" "${ours:-$T/ours.json}" \
	>"$T/diff"
ok $? "--privileged: resolved as by the engine" || diag_file "$T/diff"

done_testing
