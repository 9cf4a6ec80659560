# audit.sh: segen audit: exposure, use, coverage and kernel logs, in all formats.
. "$(dirname "$0")/../lib.sh"
need_segen audit
need python3

schema()
{
	python3 "$SRC/tests/schema.py" "$SRC/docs/audit.schema.json" "$1"
}

run "$SEGEN" audit docker
is "$st" 0 "docker's default: exit status 0"
has "$T/out" '^EXPOSURE [0-9]\.[0-9] of 10' "docker's default: its score"
has "$T/out" '- kernel-code +cannot load code' "docker's default: what it keeps out"
has "$T/out" "! process .*" "docker's default: what it lets in"

echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": []}' >"$T/open.json"
run "$SEGEN" audit "$T/open.json"
has "$T/out" '^EXPOSURE 10\.0 of 10, open' 'no restriction: 10 of 10'

# --- with traces ----------------------------------------------------------------------------

trace()
{
	"$SEGEN" trace -q --append -o "$T/app.trace.json" -- sh -c "$1" >/dev/null 2>&1
}
if trace 'mkdir / 2>/dev/null; chown 0:0 .' || [ -s "$T/app.trace.json" ]; then
	app=$T/app.seccomp.json
	run "$SEGEN" audit "$app" "$T/app.trace.json"
	is "$st" 0 'own profile: exit status 0'
	has "$T/out" 'PROBES, NEVER SUCCEEDED' 'own profile: probes'
	has "$T/out" 'docker run --cap-drop=ALL' 'own profile: the command line'
	has "$T/out" '1 run: too few for an estimate' 'one run: plain words'
	awk 'length($0) > 100 && !/seccomp.json/ { exit 1 }' "$T/out"
	ok $? 'text: fits 80 columns'
	run "$SEGEN" audit "$app" "$T/app.trace.json" --fail-on new,refused
	is "$st" 0 '--fail-on: nothing new, nothing refused'
	run "$SEGEN" audit "$app" "$T/app.trace.json" --fail-on unseen
	is "$st" 3 '--fail-on unseen: one run is too few'
	run "$SEGEN" audit docker "$T/app.trace.json" --fail-on unused
	is "$st" 3 "--fail-on unused: docker's default lets in much that was not used"
	has "$T/out" 'ALLOWED AND UNUSED: [0-9]+' "docker's default: what was not used"

	"$SEGEN" gen --deny mkdir,chown,fchownat,getuid,read -o "$T/tight.json" \
		"$T/app.trace.json" 2>/dev/null
	run "$SEGEN" audit "$T/tight.json" "$T/app.trace.json" --fail-on new
	is "$st" 3 '--fail-on new: what succeeded is not let in'
	has "$T/out" 'RECORDED, BUT NOT ALLOWED' 'tight profile: says what is missing'
	has "$T/out" '^  read +[0-9]+x by /' 'tight profile: and who needs it'

	for i in 1 2 3 4 5; do
		trace 'true'
	done
	run "$SEGEN" audit "$app" "$T/app.trace.json"
	tr -s '\n ' ' ' <"$T/out" >"$T/flat"
	has "$T/flat" '[0-9]+ of about [0-9]+ calls were seen' 'six runs: an estimate'
	has "$T/flat" 'nothing new in the last [1-9] run' 'six runs: how long nothing was new'
	has "$T/flat" 'calls by run( [0-9]+){6}' 'six runs: the curve over runs'
	has "$T/flat" 'calls by time 10%: [0-9]+,.*100%: [0-9]+' 'six runs: the curve over time'
	run "$SEGEN" audit --format json "$app" docker "$T/app.trace.json"
	schema "$T/out"
	ok $? 'json: follows docs/audit.schema.json'
	run "$SEGEN" audit --format markdown "$T/tight.json" "$T/app.trace.json"
	has "$T/out" '^\| ✅ \| cannot load code' 'markdown: a table of classes'
	has "$T/out" '^\*\*Recorded, but not allowed' 'markdown: what is missing'
	run "$SEGEN" audit --format sarif "$T/tight.json" "$T/app.trace.json"
	python3 -c '
import json, sys
run = json.load(open(sys.argv[1]))["runs"][0]
assert any(r["ruleId"] == "new" and r["level"] == "error" for r in run["results"])' "$T/out"
	ok $? 'sarif: what is missing is an error'
	run "$SEGEN" audit "$T/app.trace.json"
	has "$T/out" "^  docker; Docker's default" "a trace alone: docker's default is audited"
else
	skip 'traces' 'nothing can be traced here'
fi

# --- logs -----------------------------------------------------------------------------------

cat >"$T/kern.log" <<'EOF'
[1.0] audit: type=1326 audit(1.0:1): pid=7 comm="app" exe="/app" sig=0 arch=c000003e syscall=435 compat=0 ip=0x1 code=0x7ffc0000
[1.1] audit: type=1326 audit(1.1:2): pid=7 comm="app" exe="/app" sig=0 arch=c000003e syscall=165 compat=0 ip=0x1 code=0x50000
[1.1] audit: type=1326 audit(1.1:3): pid=7 comm="app" exe="/app" sig=0 arch=c000003e syscall=165 compat=0 ip=0x1 code=0x50000
[1.2] audit: type=1326 audit(1.2:4): pid=8 comm="old" exe="/old" sig=31 arch=40000003 syscall=5 compat=1 ip=0x1 code=0x80000000
[1.3] kauditd_printk_skb: 31 callbacks suppressed
EOF
run "$SEGEN" audit --log "$T/kern.log"
is "$st" 0 'log: exit status 0'
has "$T/out" '^LOG: 4 seccomp lines, 3 different' 'log: lines are counted'
has "$T/out" '^  clone3 +1x by /app; allowed and logged; may stay ENOSYS' \
	'log: a call that has a fallback'
has "$T/out" '^  mount +2x by /app; refused with an errno' 'log: a refused call, counted'
grep -A2 '^  mount' "$T/out" | tr -s '\n ' ' ' >"$T/mount"
has "$T/mount" 'with CAP_SYS_ADMIN' "log: Docker's gate"
has "$T/out" '^  open +1x i386 by /old; kills the process' 'log: another ABI'
has "$T/out" 'left out lines' 'log: that lines are missing'
run "$SEGEN" audit --log "$T/kern.log" --fail-on refused
is "$st" 3 'log: --fail-on refused'
run "$SEGEN" audit --format json --log "$T/kern.log"
schema "$T/out"
ok $? 'log: JSON follows the schema'
printf '[1] type=1326 comm="x" exe="/\033[31m" arch=c000003e syscall=165 code=0x50000\n' >"$T/evil.log"
run "$SEGEN" audit --log "$T/evil.log"
hasnt "$T/out" "$(printf '\033')" 'log: control characters do not reach the terminal'

run "$SEGEN" audit
is "$st" 2 'nothing: a usage error'
run "$SEGEN" audit docker --fail-on nonsense
is "$st" 2 '--fail-on: an unknown word is a usage error'
# --- what runs ------------------------------------------------------------------------------

sleep 100 &
sleeper=$!
defer kill "$sleeper"
if is_root; then
	run "$SEGEN" audit -p "$sleeper"
	if [ "$st" -eq 0 ]; then
		has "$T/out" '^  sleep, process [0-9]+: 0 filters' '-p: names the process'
		has "$T/out" '^EXPOSURE 10\.0' '-p: without a filter all is let in'
		"$SEGEN" audit -p "$sleeper" --format json >"$T/out.json"
		schema "$T/out.json"
		ok $? '-p: JSON follows its schema'
		"$SEGEN" trace -q -o "$T/slept.json" --no-profile -- sleep 0
		run "$SEGEN" audit -p "$sleeper" "$T/slept.json" --fail-on unused
		is "$st" 3 '-p with a trace: --fail-on unused, as all is let in'
		has "$T/out" 'of them [0-9]+ recorded,' '-p with a trace: what of it was used'
		run "$SEGEN" audit -p "$sleeper" --fail-on refused
		is "$st" 0 '-p: --fail-on refused, and nothing was'
	else
		skip '-p' "$(cat "$T/err")"
	fi
fi
wait_for 20 grep -q '^State:.S' "/proc/$sleeper/status"
ok $? '-p: the process runs on'
run "$SEGEN" audit -p "$sleeper" docker
is "$st" 1 '-p: not with a profile'
has "$T/err" "'docker' is a profile; -p and --container take the place" '-p: not with a profile, as is said'
run "$SEGEN" audit -p "$sleeper" --html "$T/x.html"
is "$st" 2 '-p: not with --html'
run "$SEGEN" audit -p "$sleeper" --container web
is "$st" 2 '-p: not with --container'
run "$SEGEN" audit --all-containers --fail-on risky
is "$st" 2 '--all-containers: not with --fail-on'
run "$SEGEN" audit -p 0
is "$st" 2 '-p: a process has a number'
run "$SEGEN" audit -p 1073741824
is "$st" 1 '-p: no such process'

done_testing
