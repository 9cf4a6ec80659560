# trace-files.sh: where segen trace writes to, and how runs are added to a trace.
. "$(dirname "$0")/../lib.sh"
need_segen
need python3
cd "$T" || exit 99

# names FILE: all names that a profile allows, one a line
names()
{
	python3 - "$1" <<-'EOF2'
	import json, sys
	for rule in json.load(open(sys.argv[1]))["syscalls"]:
	    if rule["action"] == "SCMP_ACT_ALLOW":
	        print("\n".join(rule["names"]))
	EOF2
}

run "$SEGEN" trace -- /bin/true
is "$(ls ./*.json | tr '\n' ' ')" './true.seccomp.json ./true.trace.json ' \
	'the files are called after the command'
is "$(cat "$T/out")" '' 'nothing is printed on standard output'
python3 - "$T/err" <<-'EOF3'
	import re, sys
	line = re.search(r"allows (\d+) = (.*), of the", open(sys.argv[1]).read())
	sys.exit(int(line[1]) != sum(map(int, re.findall(r"\d+", line[2]))))
	EOF3
ok $? 'summary: the numbers add up'
has "$T/err" '^  note .*i386' 'summary: other ABIs are a note'
hasnt "$T/err" '^  warning' 'summary: other ABIs are no warning'
has "$T/err" 'docker run --security-opt seccomp=true.seccomp.json IMAGE /bin/true$' \
	'the summary says what to do next'
has "$T/err" 'calls +[0-9]+ distinct; the profile allows [0-9]+ = [0-9]+ seen \+ ' \
	'the summary counts'
rm -f ./*.json

mkdir d
run "$SEGEN" trace -q -o d/app.trace.json -- true
is "$(ls d | tr '\n' ' ')" 'app.seccomp.json app.trace.json ' \
	'the profile lies beside the trace'
run "$SEGEN" trace -q -o d/app.trace.json --profile p.json -- true
is "$(ls ./*.json)" ./p.json '--profile names the profile'

run "$SEGEN" trace -q -o - --no-profile -- true
is $st 0 "'-o -'"
has "$T/out" '"segen-trace": *1' 'the trace on standard output'
run "$SEGEN" trace -q -o t.json --profile - -- true
has "$T/out" '"defaultAction"' 'the profile on standard output'

# --append: the union of both runs
run "$SEGEN" trace -q -o a.trace.json -- mkdir new1
names a.seccomp.json >first
run "$SEGEN" trace -q --append -o a.trace.json -- rmdir new1
names a.seccomp.json >second
grep -qx mkdir first && ! grep -qx rmdir first
ok $? 'a first run: its calls'
grep -qx mkdir second && grep -qx rmdir second
ok $? '--append: the calls of both runs'
is "$(python3 -c '
import json
print(len(json.load(open("a.trace.json"))["runs"]))')" 2 'the trace holds two runs'
run "$SEGEN" gen -o again.json a.trace.json
same a.seccomp.json again.json 'segen gen makes the same profile of the trace'
for i in 1 2 3 4 5 6; do
	run "$SEGEN" trace --append --no-profile -o many.trace.json -- sh -c "exit $i"
	cat "$T/err"
done >summaries
is "$(sed -n "s/^segen: 'sh' ended with status \([0-9]\).*/\1/p" summaries |
	tr '\n' ' ')" '1 2 3 4 5 6 ' '--append: each summary is about its own run'
has summaries 'the trace holds 6 runs' '--append: each summary counts the runs of the trace'
run "$SEGEN" trace -q -o a.trace.json -- true
names a.seccomp.json >third
! grep -qx mkdir third
ok $? 'without --append an earlier trace is replaced'
run "$SEGEN" trace -q --append -o fresh.trace.json -- true
is $st 0 '--append without an earlier trace begins one'

# A trace that knows less does not take the place of one that knows more.
mkdir less && cd less || exit 99
run "$SEGEN" trace -- sh -c 'mkdir d; rmdir d'
cp mkdir.trace.json more.json
run "$SEGEN" trace -o mkdir.trace.json -- true
is "$st" 0 'replaced: the run succeeds'
has "$T/err" '^  replaced .*mkdir.*it is kept as mkdir.trace.json.old' \
	'replaced: what is lost and where it is'
has "$T/err" '^ +segen merge -o mkdir.trace.json mkdir.trace.json.old mkdir.trace.json$' \
	'replaced: how to unite both'
same more.json mkdir.trace.json.old 'replaced: the earlier trace is kept'
run "$SEGEN" trace -o mkdir.trace.json --no-profile -- ls
run "$SEGEN" trace -o mkdir.trace.json --no-profile -- true
has mkdir.trace.json.old '"mkdir"' 'replaced twice: the first is still kept'
has mkdir.trace.json.old '"getdents64"' 'replaced twice: the second is kept as well'
cp mkdir.trace.json before.json
run "$SEGEN" trace -o mkdir.trace.json --no-profile -- ./no/such/program
is "$st" 127 'never started: status 127'
same before.json mkdir.trace.json 'never started: nothing is replaced'
run "$SEGEN" trace --append -o mkdir.trace.json --no-profile -- ./no/such/program
same before.json mkdir.trace.json 'never started, --append: nothing is changed'
run "$SEGEN" trace --append -o mkdir.trace.json --no-profile -- true
has "$T/err" '^  added +nothing new, for 1 run in a row$' '--append: nothing new'
run "$SEGEN" trace --append -o mkdir.trace.json --no-profile -- mkdir x
has "$T/err" '^  added +[0-9]+ calls? .*mkdir' '--append: what this run added'
cd "$T" || exit 99

# Command lines hold secrets.
run "$SEGEN" trace --no-profile -o secret.json -- sh -c 'true --password=x1y2; exit 0' TOKEN=x3y4
hasnt secret.json 'x1y2|x3y4' 'a trace: what looks like a secret is starred'
has secret.json 'password=\*\*\*' 'a trace: the rest of the command line is there'
run "$SEGEN" trace --no-profile --no-cmdline -o bare.json -- sh -c 'exit 0' word
has bare.json '"command": \["sh"\]' '--no-cmdline: the name is all'

# What was there keeps its mode; a link stays a link.
: >kept.json
chmod 640 kept.json
ln -s kept.json link.json
run "$SEGEN" trace -q --no-profile -o link.json -- true
is "$(stat -c %a kept.json)" 640 'the mode of a file is kept'
[ -L link.json ] && [ -s kept.json ]
ok $? 'a link is followed'
# Command lines hold passwords; a profile is for everybody.
umask 022
run "$SEGEN" trace -q -o modes.trace.json -- true
is "$(stat -c %a modes.trace.json)" 600 "a new trace is its owner's alone"
is "$(stat -c %a modes.seccomp.json)" 644 'a new profile can be read by all'

# A folder that all may write to, and what another user has put there.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 1777 open
	echo kept >victim
	ln -s ../victim open/app.trace.json
	chown -h 65534 open/app.trace.json
	run "$SEGEN" trace -q --no-profile -o open/app.trace.json -- touch ran
	is "$st" 125 "another user's link: status 125"
	has err "belongs to another user" "another user's link: the error says why"
	is "$(cat victim)" kept "another user's link: its target is left alone"
	[ ! -e ran ]
	ok $? "another user's link: the workload is not started"
	echo '{}' >open/file.json
	chown 65534 open/file.json
	chmod 666 open/file.json
	run "$SEGEN" trace -q --no-profile -o open/file.json -- true
	is "$st $(stat -c '%a %u' open/file.json)" "0 600 0" \
		"another user's file: replaced by one that is our own" || diag_file err
else
	skip "another user's files" 'takes root'
fi
done_testing
