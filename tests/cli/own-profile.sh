#!/bin/sh
# segen's verbs that read what others have written, under docs/seccomp-segen.json: nothing
# that they need is denied.  RECORD=FILE makes the profile anew; a static and a dynamic
# program need different calls: SEGENS lists both.
. "$(dirname "$0")/../lib.sh"
need python3
need_segen verify
[ "$(uname -m)" = x86_64 ] || skip_all "the profile is for x86-64"
! grep -q __asan_init "$SEGEN" || skip_all "a sanitizer makes calls of its own"
cd "$T" || exit 99
SEGENS=${SEGENS:-$SEGEN}

# verbs: every one once, a line each; earlier ones make files for later ones
verbs()
{
	cat <<-EOT
		gen a.json -o new.json
		gen a.json --args clone -o new.json
		gen a.json b.json
		gen --deny mkdir -o edited.json
		gen no-such-file
		gen broken.json
		gen a.json -o /no/such/folder
		merge a.json b.json -o both.json
		merge a.json b.json
		export -f oci p.json
		export -f k8s p.json
		export -f systemd --approximate p.json
		audit p.json a.json
		audit --format json p.json
		audit --html page.html p.json a.json
		audit --log log p.json
		lint p.json
		lint broken.json
		lint --fix l.json
		why mkdir clone p.json a.json
		diff p.json new.json
		diff --all-targets p.json new.json
		diff a.json b.json
		facts clone3 mkdir
		completion bash
		--help
		--version
	EOT
}

run "$SEGEN" trace -q -o a.json --profile p.json -- sh -c 'ls; true'
run "$SEGEN" trace -q -o b.json --no-profile -- mkdir d
cp p.json l.json
echo broken >broken.json
echo 'type=1326 comm="app" exe="/app" sig=0 arch=c000003e syscall=165 code=0x50000' >log

if [ -n "${RECORD-}" ]; then
	for segen in $SEGENS; do
		install "$segen" segen
		verbs | while read -r args; do
			for observe in base free; do
				"$SEGEN" trace -q --append --observe=$observe --no-stacks \
					--no-cmdline --no-profile -o self.json -- ./segen $args \
					>/dev/null 2>&1
			done
		done
	done
	# what only failures and other kinds of files need
	"$SEGEN" gen self.json --portable --allow unlinkat,unlink,rename,mremap,ftruncate,lseek \
		-o "$RECORD"
	tap_done=1
	exit
fi

bad=
for segen in $SEGENS; do
	install "$segen" segen
	verbs >list
	while read -r args; do
		run "$SEGEN" verify "$SRC/docs/seccomp-segen.json" -- ./segen $args
		[ "$st" -eq 0 ] || {
			bad="$bad '$args'"
			grep '^DENIED' err | remark '# '
		}
	done <list
done
is "$bad" '' "segen's own profile: no verb that reads files is denied a call"
run "$SEGEN" verify "$SRC/docs/seccomp-segen.json" -- ./segen trace -q -o t.json -- true
is "$st" 3 "segen's own profile: it does not let segen trace"
has err '^DENIED  *seccomp ' "segen's own profile: a filter of segen's is denied" || diag_file err
"$SEGEN" lint "$SRC/docs/seccomp-segen.json" >out 2>&1
hasnt out 'error' "segen's own profile: lint finds no error" || diag_file out
done_testing
