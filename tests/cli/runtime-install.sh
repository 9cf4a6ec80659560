#!/bin/sh
# segen runtime --install: what else is in the daemon's configuration stays, the daemon is
# told, and nothing is written where that would break something.
. "$(dirname "$0")/../lib.sh"
need python3 runc
need_segen runtime
export SEGEN_STATE="$T/state"
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

# A daemon that notes when it is to read its configuration.
sh -c 'trap "echo read >>reads" HUP; while :; do sleep 0.05; done' &
daemon=$!
defer "kill $daemon"
echo "$daemon" >pid

printf '{"debug": true, "runtimes": {"other": {"path": "/x"}}}\n' >"$json"
cp "$json" before
runtime --install
is "$st" 0 "--install" || diag_file err
is "$(path_of)" "$(dirname "$SEGEN")/segen-runtime" "the runtime is registered"
python3 -c 'import json, sys
new = json.load(open(sys.argv[1]))
sys.exit(not (new["debug"] is True and new["runtimes"]["other"] == {"path": "/x"}))' "$json"
ok $? "what was there stays"
same "$json.before-segen" before "the former file is kept"
wait_for 5 test -s reads
ok $? "the daemon reads it again"
for engine in docker: podman: containerd: 'kubernetes: .*RuntimeClass'; do
	has out "^$engine" "a line for ${engine%%:*}"
done
[ -d "$SEGEN_STATE/requests" ]
ok $? "there is room for requests"
cp "$json" installed
runtime --install
is "$st" 0 "--install again"
same "$json" installed "changes nothing"
runtime --status
has out "^docker +$(dirname "$SEGEN")/segen-runtime" "--status names it"

printf '{"default-runtime": "segen", "runtimes": {"segen": {"path": "/x"}}}\n' >"$json"
runtime --uninstall
is "$st" 1 "--uninstall: refused while it is the default"
has "$json" default-runtime "and nothing is changed"
cp installed "$json"
runtime --uninstall
is "$st $(path_of)" "0 None" "--uninstall"
has "$json" '"other"' "takes nothing else away"

printf '{"debug": tru' >"$json"
cp "$json" broken
runtime --install
is "$st" 1 "a configuration that is none is refused"
has err 'daemon.json' "by its name"
same "$json" broken "and left alone"
rm "$json"
runtime --install
is "$st $(path_of)" "0 $(dirname "$SEGEN")/segen-runtime" "without a file one is made"
done_testing
