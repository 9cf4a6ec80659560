#!/bin/sh
# segen trace -- docker run and podman run: which container it was, which runtime started
# it, from which image, and what is said when there is none.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3 crun unshare
need_segen runtime
need_engine
own_mounts "$0" "$@"
export SEGEN_STATE="$T/state"
RT=$(dirname "$SEGEN")/segen-runtime
crun_wrapper "$T/crun"
engine_start --add-runtime "segen=$RT" --add-runtime "crun=$T/crun"
engine_images
cd "$T" || exit 1
client="docker -H unix://$ENGINE/s"

# value FILE KEY: of the trace's first run
value()
{
	python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["runs"][0].get(sys.argv[2]))' "$1" "$2"
}

# traced NAME COMMAND…: recorded as NAME
traced()
{
	traced_name=$1
	shift
	run "$SEGEN" trace -o "$traced_name.trace.json" --profile "$traced_name.seccomp.json" \
		-- "$@"
}

# --- which runtime, which image ---------------------------------------------------------

traced plain $client run --rm --network none bb sh -c 'exit 4'
is "$st" 4 "docker run: the status is the container's" || diag_file err
is "$(value plain.trace.json runtime)" runc "docker run: recorded with the engine's runtime"
is "$(value plain.trace.json engine)" docker "docker run: the trace names the engine"
is "$(value plain.trace.json image)" bb "docker run: the trace names the image"
is "$(value plain.trace.json image-id)" "$(docker_ image inspect -f '{{.Id}}' bb)" \
	"docker run: the trace has the image's id"
noted=$(ls /run/segen/runtimes 2>/dev/null)
traced crun $client run --rm --network none --runtime crun bb sh -c 'exit 4'
is "$st" 4 "docker run --runtime crun: the status is the container's" || diag_file err
is "$(value crun.trace.json runtime)" crun "docker run --runtime crun: recorded with crun"
run drun --runtime crun --security-opt seccomp=crun.seccomp.json bb sh -c 'exit 4'
is "$st" 4 "docker run --runtime crun: runs under its profile" || diag_file err
is "$(ls /run/segen/runtimes)" "$noted" \
	"docker run --runtime crun: nothing is remembered of a container that is gone"

# --- behind other programs --------------------------------------------------------------

traced env env A=1 $client run --rm --network none bb sh -c 'exit 5'
is "$st" 5 "env docker run: the status is the container's"
is "$(value env.trace.json observe)" container "env docker run: the container is recorded"
traced shell sh -c "$client run --rm --network none bb false"
is "$st" 1 "sh -c 'docker run': the status is the container's"
is "$(value shell.trace.json observe)" container "sh -c 'docker run': the container is recorded"
traced list sh -c "true; $client run --rm --network none bb true"
has err 'not recorded.*segen trace -- docker run' \
	"script with docker run: segen says what to do"
run "$SEGEN" trace -- docker exec -it web sh
has err 'segen trace --container docker:web' "docker exec: segen says what to do"
run "$SEGEN" trace -- kubectl run web --image=nginx
has err 'segen trace --container' "kubectl run: segen says what to do"

# --- which container --------------------------------------------------------------------

# A client that takes its file with the id away again, as podman 5 does with --rm
mkdir late
cat >late/docker <<-EOF
#!/bin/sh
"$(command -v docker)" "\$@"
status=\$?
while [ \$# -gt 0 ]; do
	[ "\$1" != --cidfile ] || rm "\$2"
	shift
done
exit \$status
EOF
chmod 755 late/docker
traced late "$T/late/docker" -H "unix://$ENGINE/s" run --rm --network none bb \
	sh -c 'chmod 700 /tmp; exit 4'
is "$st" 4 "cidfile that is removed: the status is the container's" || diag_file err
has late.trace.json '"chmod"' "cidfile that is removed: the container is recorded"

# Health checks, the first of them as soon as can be
bad=0
for n in 1 2 3 4 5; do
	traced "health-$n" $client run --rm --network none --health-cmd 'exit 0' \
		--health-interval 50ms bb sh -c 'sleep 1; exit 9'
	grep -q "ended with status 9 " err || {
		bad=$((bad + 1))
		cp err differs
	}
done
is "$bad" 0 "health check at once: the summary tells of the container, 5 of 5 times" ||
	diag_file differs 3

# --- none -------------------------------------------------------------------------------

traced none $client run --rm --network none --pull never nosuch true
has err "has no image 'nosuch'" "missing image: segen says so"
traced none $client run --rm --network none bb /no/such/program
has err 'the workload of the container was not started' "missing program: segen says so"
is "$(ls "$SEGEN_STATE")" "requests" \
	"missing program: no folder is left"
traced none docker -H "unix://$T/nosuch" run --rm bb true
has err 'docker does not answer: .*(Cannot connect|failed to connect)' \
	"no daemon: segen says so"
done_testing
