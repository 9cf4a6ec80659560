#!/bin/sh
# Docker runs it: workloads traced on the host run in a real engine under the profile
# that segen trace wrote, with the same output and exit status as unconfined, each way of
# starting a container, ROUNDS times (5) without one failure.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3 setpriv
need_segen
need_engine
ROUNDS=${ROUNDS:-5}
crun_wrapper "$T/crun"
engine_start --add-runtime "crun=$T/crun"
engine_images
# On the host the programs are found by the same names as in the containers.
PATH=$PATH:$T/glibc/bin:$T/musl/bin
install -D "$SEGEN" "$T/bin/segen"
SEGEN=$T/bin/segen
mkdir -m 777 "$T/w"
cd "$T/w" || exit 1
umask 0

# as_app CMD…: as the user that containers run as with --user 1000
as_app()
{
	setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/ "$@"
}

# record NAME WHO CMD…: one run on the host, added to NAME.trace.json
record()
{
	name=$1 who=$2
	shift 2
	as=
	[ "$who" = root ] || as=as_app
	[ ! -e "$name.trace.json" ] || chmod 666 "$name".*.json
	$as "$SEGEN" trace -q --append -o "$name.trace.json" -- "$@" \
		</dev/null >"$T/out" 2>"$T/err"
	record_st=$?
	# replaced by rename: the next user must be able to write it
	chmod 666 "$name".*.json
	return $record_st
}

# once FILE PROFILE OPTIONS… IMAGE CMD…: output and status of one container
once()
{
	once_out=$1 once_profile=$2
	shift 2
	drun --security-opt "seccomp=$once_profile" "$@" </dev/null >"$once_out" 2>&1
	echo "status $?" >>"$once_out"
}

# rounds N NAME PROFILE OPTIONS… IMAGE CMD…: N times the same as unconfined, four
# containers at a time
rounds()
{
	rounds_n=$1 rounds_name=$2 rounds_profile=$3
	shift 3
	rm -f "$T"/once.*
	once "$T/want" unconfined "$@"
	for i in $(seq "$rounds_n"); do
		once "$T/once.$i" "$rounds_profile" "$@" &
		jobs="${jobs-} $!"
		[ $((i % 4)) -ne 0 ] || join_jobs
	done
	join_jobs
	bad=0
	for i in $(seq "$rounds_n"); do
		cmp -s "$T/once.$i" "$T/want" && continue
		bad=$((bad + 1))
		cp "$T/once.$i" "$T/differs"
	done
	is "$bad" 0 "$rounds_name: $rounds_n runs, each the same as unconfined" || {
		diag_file "$T/differs" 5
		diag "unconfined:"
		diag_file "$T/want" 5
	}
}

join_jobs()
{
	[ -z "$jobs" ] || wait $jobs
	jobs=
}

# every_way NAME IMAGE CMD…: all the ways to start this container
every_way()
{
	way=$1 way_image=$2 way_profile=$1.seccomp.json
	shift 2
	has "$way_profile" SCMP_ACT_ALLOW "$way: a profile was written"
	one_way '' "$ROUNDS" "$@"
	one_way '--security-opt no-new-privileges' "$ROUNDS" "$@"
	one_way '--user 1000' "$ROUNDS" "$@"
	one_way '--init' "$ROUNDS" "$@"
	one_way '--cap-drop ALL --read-only --tmpfs /tmp' 5 "$@"
	for opts in '' '--security-opt no-new-privileges' '--user 1000 --init'; do
		if [ -n "$crun" ]; then
			one_way "--runtime crun $opts" 5 "$@"
		else
			skip "$way --runtime crun $opts" "crun runs no containers here"
		fi
	done
}

# one_way OPTIONS N CMD…
one_way()
{
	way_opts=$1 way_n=$2
	shift 2
	rounds "$way_n" "$way $way_opts" "$way_profile" $way_opts "$way_image" "$@"
}

jobs=
crun=
drun --runtime crun bb true >/dev/null 2>&1 && crun=yes
script='busybox mkdir /tmp/d$$; cd /tmp/d$$ || exit 9
	for i in 1 2 3; do echo $i >f$i; done; busybox cat f1 f2 f3 | busybox wc -l
	test -s f2 && busybox mv f1 f4; busybox ls; cd ..; busybox rm -r d$$; exit 3'

record true root busybox true && record true app busybox true
is $? 0 "true: recorded"
every_way true bb busybox true

record script root busybox sh -c "$script"
record script app busybox sh -c "$script"
is $? 3 "script: recorded"
every_way script bb busybox sh -c "$script"

if [ -x "$T/musl/bin/alpine-app-musl" ]; then
	record musl root alpine-app-musl && record musl app alpine-app-musl
	is $? 17 "musl: recorded"
	every_way musl musl alpine-app-musl
else
	skip musl "there is no musl-gcc"
fi

record glibc root alpine-app
record glibc app alpine-app
is $? 17 "glibc: recorded"
every_way glibc glibc alpine-app

record user app alpine-app
is $? 17 "user: recorded"
rounds "$ROUNDS" "user: an image that is not run as root" user.seccomp.json user alpine-app
rounds "$ROUNDS" "user: with no-new-privileges" user.seccomp.json \
	--security-opt no-new-privileges user alpine-app

# A service, and docker exec into it.
"$SEGEN" trace -q -o serve.trace.json -- alpine-app serve "$T/sock" >"$T/out" 2>"$T/err" &
pid=$!
wait_for 10 grep -q ready "$T/out"
record serve-ask root alpine-app ask "$T/sock"
is "$? $(cat "$T/out")" "0 answer: pong" "serve: its client, recorded"
kill -TERM "$pid"
wait "$pid"
is "$? $(ls "$T/sock" 2>&1 | grep -c 'No such')" "0 1" "serve: recorded until SIGTERM"
run "$SEGEN" gen serve.trace.json serve-ask.trace.json -o serve.seccomp.json
is "$st" 0 "serve: one profile of two traces" || diag_file "$T/err"
for opts in '' '--security-opt=no-new-privileges' '--init' '--user=1000'; do
	id=$(docker_ run -d --network none $opts \
		--security-opt seccomp=serve.seccomp.json glibc alpine-app serve /tmp/s)
	wait_for 10 docker_ exec "$id" alpine-app ask /tmp/s
	bad=0
	for i in $(seq "$ROUNDS"); do
		[ "$(docker_ exec "$id" alpine-app ask /tmp/s 2>&1)" = "answer: pong" ] ||
			bad=$((bad + 1))
	done
	is "$bad" 0 "docker exec ${opts:-plain}: $ROUNDS times the right answer"
	docker_ stop "$id" >/dev/null
	is "$(docker_ logs "$id" 2>&1 | tr '\n' ' ')$(docker_ inspect -f \
		'{{.State.ExitCode}}' "$id")" "ready stopped 0" \
		"docker stop ${opts:-plain}: ends it as it should"
	docker_ rm "$id" >/dev/null
done

# And what was not recorded is refused.
probe='echo x >/tmp/f; busybox chmod 600 /tmp/f'
once "$T/once" unconfined bb busybox sh -c "$probe"
is "$(cat "$T/once")" "status 0" "unconfined: chmod works"
once "$T/once" script.seccomp.json bb busybox sh -c "$probe"
has "$T/once" "Operation not permitted" "call outside of the profile: is refused"
has "$T/once" "status 1" "call outside of the profile: the program notices"
done_testing
