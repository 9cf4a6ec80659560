# page.sh: segen audit --html: a page that works in a real browser, whatever names it holds.
. "$SRC/tests/lib.sh"
need_segen audit
need python3

cd "$T" || exit 99
for i in 1 2; do
	"$SEGEN" trace -q --append -o app.trace.json -- \
		sh -c "mkdir / 2>/dev/null; mount x y; ls; echo $i" >/dev/null 2>&1
done
[ -s app.trace.json ] || skip_all 'nothing can be traced here'

run "$SEGEN" audit --html app.html --against docker app.seccomp.json app.trace.json
is "$st" 0 'page: exit status 0'
is "$(cat out)" '' 'page: no text beside it'
is "$(stat -c %a app.html)" 600 'page: as private as a trace'
"$SEGEN" audit --format json --against docker app.seccomp.json app.trace.json >app.json
ok $? 'JSON: exit status 0'
python3 "$SRC/tests/schema.py" "$SRC/docs/audit.schema.json" app.json
ok $? 'JSON: with all calls and a difference it follows its schema'
run "$SEGEN" audit --html also.html --format markdown app.seccomp.json
has out '^#' 'page: the report is printed as well when its format is asked for'
run "$SEGEN" audit --html "$T/no/such/folder.html" docker
is "$st" 1 'page: a folder that is not there is an error'
run "$SEGEN" audit --against docker app.seccomp.json
is "$st" 2 '--against: refused where it would not show'
run "$SEGEN" audit --html x.html --against app.trace.json docker
has err 'is a trace; --against takes a profile' '--against: refuses a trace'
run "$SEGEN" audit --html - docker
has out '^<!DOCTYPE html>' 'page: on standard output'

for kind in hostile large; do
	python3 "$SRC/tests/page-input.py" $kind "$SEGEN" $kind.trace.json
	run "$SEGEN" audit --html $kind.html docker $kind.trace.json
	is "$st" 0 "$kind: a page"
done
grep -c '</script>' hostile.html >scripts
is "$(cat scripts)" 3 'hostile names: no end of a script but those of the page'
grep -oE '(src|href)="[^"]*"' hostile.html >links
is "$(cat links)" 'href="#calls-heading"' 'page: links to itself only'
"$SEGEN" audit --html two.html docker app.seccomp.json app.trace.json
ok $? 'two profiles: one page'

if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
	skip 'browser' "'chromium' and 'chromedriver' are not installed"
	done_testing
fi
mkdir downloads
timeout 150 python3 "$SRC/tests/page-check.py" "$T" >facts 2>check-errors
is $? 0 'browser: has been through all pages'
diag_file check-errors
while read -r failed title; do
	case $failed in
	\#) diag "$title" ;;
	*) ok "$failed" "$title" ;;
	esac
done <facts
done_testing
