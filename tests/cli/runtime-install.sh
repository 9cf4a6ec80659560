#!/bin/sh
# segen runtime --install: what else is in the daemon's configuration stays, the daemon is
# told, and nothing is written where that would break something.
. "$(dirname "$0")/../lib.sh"
need python3 runc
need_segen runtime
export SEGEN_STATE="$T/state"
# nobody's engine but the test's
export DOCKER_HOST="unix://$T/none"
cd "$T" || exit 1
json=$T/daemon.json

runtime()
{
	run "$SEGEN" runtime "$@" --daemon-json "$json" --pidfile "$T/pid"
}

# path_of: the program that is registered
path_of()
{
	python3 -c 'import json, sys
print(json.load(open(sys.argv[1])).get("runtimes", {}).get("segen", {}).get("path"))' "$json"
}

# process PROGRAM FILE FLAG…: one that notes in FILE when it is to read its configuration
process()
{
	cp "$(command -v dash || command -v sh)" "$1"
	program=$1 reads=$2
	shift 2
	"$T/$program" -c 'trap "echo read >>$0" HUP; echo ready >$0
		while :; do sleep 0.05; done' "$reads" "$@" &
	defer "kill $!"
	echo "$!" >pid
	wait_for 5 test -s "$reads"
}

# --- into a configuration and out of it -------------------------------------------------

process dockerd reads --config-file "$json"
printf '{"debug": true, "runtimes": {"other": {"path": "/x"}}}\n' >"$json"
cp "$json" before
runtime --install
is "$st" 0 "--install: succeeds" || diag_file err
is "$(path_of)" "$(dirname "$SEGEN")/segen-runtime" "--install: the runtime is registered"
python3 -c 'import json, sys
new = json.load(open(sys.argv[1]))
sys.exit(not (new["debug"] is True and new["runtimes"]["other"] == {"path": "/x"}))' "$json"
ok $? "--install: what was there stays"
same "$json.before-segen" before "--install: the former file is kept"
wait_for 5 grep -q read reads
ok $? "--install: the daemon reads its configuration again"
for engine in docker: podman: containerd: 'kubernetes: .*RuntimeClass'; do
	has out "^$engine" "--install: there is a line for ${engine%%:*}"
done
[ -d "$SEGEN_STATE/requests" ]
ok $? "--install: there is room for requests"
cp "$json" installed
runtime --install
is "$st" 0 "--install a second time: succeeds"
same "$json" installed "--install a second time: changes nothing"
same "$json.before-segen" before "--install a second time: the former file is still the user's"
runtime --status
has out "^file .*daemon.json: $(dirname "$SEGEN")/segen-runtime" "--status: names the runtime"
has out '^docker +does not answer' "--status: asks the engine"
runtime --uninstall
is "$st" 0 "--uninstall: succeeds" || diag_file err
same "$json" before "--uninstall: the user's file is back as it was"
[ ! -e "$json.before-segen" ]
ok $? "--uninstall: no copy is left"

runtime --install
python3 -c 'import json, sys
d = json.load(open(sys.argv[1])); d["debug"] = False; json.dump(d, open(sys.argv[1], "w"))' "$json"
runtime --uninstall
is "$(path_of)" None "--uninstall after a change of the user's: the runtime is gone"
has "$json" '"debug": *false' "--uninstall after a change of the user's: the change stays"
same "$json.before-segen" before "--uninstall after a change of the user's: so does the copy"
rm "$json.before-segen"

printf '{"default-runtime": "segen", "runtimes": {"segen": {"path": "/x"}}}\n' >"$json"
runtime --uninstall
is "$st" 1 "--uninstall of the default runtime: is refused"
has "$json" default-runtime "--uninstall of the default runtime: nothing is changed"
printf '{"runtimes": {"segen": {"path": "/x"}}, "default-runtime": null}\n' >"$json"
runtime --uninstall
is "$st" 0 "--uninstall, default-runtime null: succeeds"
printf '{"debug": tru' >"$json"
cp "$json" broken
runtime --install
is "$st" 1 "--install into what is no configuration: is refused"
has err 'daemon.json' "--install into what is no configuration: the file is named"
same "$json" broken "--install into what is no configuration: it is left alone"
rm "$json"
runtime --install
is "$st $(path_of)" "0 $(dirname "$SEGEN")/segen-runtime" "--install without a file: makes one"
runtime --uninstall
[ ! -e "$json" ]
ok $? "--uninstall: a file that segen made is gone"

# --- which daemon -----------------------------------------------------------------------

printf '{}\n' >other.json
run "$SEGEN" runtime --install --daemon-json other.json --pidfile pid
is "$st" 1 "--daemon-json of another daemon: is refused"
has err "reads '$json'" "--daemon-json of another daemon: segen says what it reads"
is "$(cat other.json)" "{}" "--daemon-json of another daemon: is left alone"
run "$SEGEN" runtime --install --pidfile pid
is "$st $(path_of)" "0 $(dirname "$SEGEN")/segen-runtime" \
	"no --daemon-json: the daemon's own configuration is used"
run "$SEGEN" runtime --uninstall --pidfile pid

process dockerd flags --config-file="$json" --add-runtime other=/x
runtime --install
is "$st" 1 "daemon with --add-runtime: --install is refused"
has err "--add-runtime segen=" "daemon with --add-runtime: segen says what to do"
[ ! -e "$json" ]
ok $? "daemon with --add-runtime: nothing is written"

process stranger signals
runtime --install
is "$st" 0 "pid of another program: --install succeeds"
has err 'is not dockerd' "pid of another program: segen says so"
echo 4294967295 >pid
runtime --uninstall
has err 'does not hold a process id' "pid file with 4294967295: segen says so"
sleep 0.2
is "$(cat signals)" ready "pid of another program: it gets no signal"
rm -f pid
mkfifo pid
run timeout 5 "$SEGEN" runtime --status --daemon-json "$json" --pidfile pid
is "$st" 0 "FIFO as pid file: is not waited for"
rm pid

# --- containerd -------------------------------------------------------------------------

printf 'version = 3\n' >three.toml
printf 'version = 2\n' >two.toml
runtime --install --containerd-config three.toml
has out "plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.segen]" \
	"containerd, version = 3: its names are printed"
runtime --uninstall
runtime --install --containerd-config two.toml
has out "plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.segen]" \
	"containerd, version = 2: its names are printed"
runtime --uninstall

# --- --print: nothing is written --------------------------------------------------------

run "$SEGEN" runtime --print containerd --containerd-config three.toml
is "$st" 0 "--print containerd: succeeds" || diag_file err
has out "plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.segen]" \
	"--print containerd, version = 3: its names"
has out "^BinaryName = '/.*/segen-runtime'" "--print containerd: the path"
is "$(cat three.toml)" "version = 3" "--print containerd: the file is left alone"
run "$SEGEN" runtime --print containerd --containerd-config two.toml
has out "plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.segen]" \
	"--print containerd, version = 2: its names"
run "$SEGEN" runtime --print crio
has out '^runtime_path = "/.*/segen-runtime"' "--print crio: the path"
run "$SEGEN" runtime --print docker
is "$st" 1 "--print docker: fails"
has err "'containerd' or 'crio'" "--print docker: segen says what there is"
done_testing
