#!/bin/sh
# segen runtime --list and --collect: what containers have left in the state folder.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen runtime
export SEGEN_STATE="$T/state"
PATH="$T/bin:$PATH" # docker and podman that know the container "one"
mkdir "$T/bin" "$T/state"
cd "$T" || exit 1
for engine in docker podman; do
	cat >bin/$engine <<-'EOF'
	#!/bin/sh
	for id; do :; done
	[ "$id" = one ] && echo '/web|nginx:1.27'
	EOF
	chmod 755 bin/$engine
done
run "$SEGEN" trace -q --no-profile -o a.json -- true
run "$SEGEN" trace -q --no-profile -o b.json -- true

# kept ID NAME FILE: as a recorder leaves it
kept()
{
	mkdir -p "state/$1"
	cp "$3" "state/$1/$2.trace.json"
}

kept one 1a21993ad00-52 a.json
kept one 1a21993ad01-53 b.json
kept two 1a21993adf1-54 b.json
mkdir state/three state/requests state/runtimes
: >state/three/1a21993adf2-55.part

run "$SEGEN" runtime --list
is "$st" 0 "--list: succeeds"
has out '^one +[-0-9]+ [:0-9]+ +stopped +2 +web +nginx:1.27$' \
	"--list: container, time, state, runs, name and image"
has out '^two +.* stopped +1 +- +-$' "--list: a container that no engine knows any more"
has out '^three +.* lost +0 ' "--list: a recording that was lost"
is "$(wc -l <out)" 4 "--list: nothing else"

run "$SEGEN" runtime --collect --all --keep -o all.json
is "$st" 0 "--collect --all: succeeds" || diag_file err
is "$(grep -c '"command"' all.json)" 2 "--collect --all: all runs are in one trace"
mkdir folder
run "$SEGEN" runtime --collect --all -o folder
is "$(ls folder | tr '\n' ' ')" "one.trace.json two.trace.json " \
	"--collect --all into a folder: a file for each"
is "$(ls state | tr '\n' ' ')" "requests runtimes three " \
	"--collect --all: what was collected is removed"
run "$SEGEN" runtime --collect --all -o all.json
is "$st" 1 "--collect --all without any: fails"
rm -r state
run "$SEGEN" runtime --list
has err 'nothing is kept' "--list without any: says so"
done_testing
