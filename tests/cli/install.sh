#!/bin/sh
# What is installed, and that neither tests nor warnings get into a packager's way.
. "$(dirname "$0")/../lib.sh"
need meson ninja python3
BUILD=$(cd "$(dirname "$SEGEN")/.." && pwd)
[ -e "$BUILD/build.ninja" ] || skip_all "'$BUILD' is not a build folder"
need_segen

# options BUILD KEY: what the build folder was configured with
option()
{
	meson introspect --buildoptions "$1" | python3 -c 'import json, sys
print(*[o["value"] for o in json.load(sys.stdin) if o["name"] == sys.argv[1]])' "$2"
}

# installed BUILD: the paths that it would install
installed()
{
	meson introspect --install-plan "$1" | python3 -c 'import json, sys
for kind in json.load(sys.stdin).values():
    for what in kind.values():
        print(what["destination"])' | sort
}

run env DESTDIR="$T/root" meson install -C "$BUILD" --no-rebuild
is "$st" 0 "DESTDIR: meson install" || diag_file "$T/out"
prefix=$T/root$(option "$BUILD" prefix)
data=$prefix/$(option "$BUILD" datadir)
outside=$(find "$T/root" ! -type d ! -path "$prefix/*")
is "$outside" "" "DESTDIR: nothing is outside of the prefix"

run "$prefix/bin/segen" --version
is "$st" 0 "installed: the program runs"
is "$(readlink "$prefix/bin/segen-runtime")" segen "installed: segen-runtime leads to it"
for file in doc/segen/LICENSE doc/segen/README.md doc/segen/NEWS.md \
	doc/segen/docs/trace-format.md doc/segen/docs/profile-format.md \
	bash-completion/completions/segen.bash zsh/site-functions/_segen \
	fish/vendor_completions.d/segen.fish pkgconfig/segen.pc; do
	[ -s "$data/$file" ]
	ok $? "installed: $file"
done
(cd "$SRC/docs" && ls ./*.schema.json) >"$T/want"
(cd "$data/segen/schema" && ls ./*) >"$T/got"
same "$T/want" "$T/got" "installed: all schemas"
(cd "$SRC/docs" && ls ./*.md) >"$T/want"
(cd "$data/doc/segen/docs" && ls ./*) >"$T/got"
same "$T/want" "$T/got" "installed: all documents"
for schema in "$data/segen/schema"/*; do
	python3 -m json.tool "$schema" >"$T/out" 2>&1
	ok $? "installed: ${schema##*/} is JSON"
done
# links of the installed pages lead to installed pages, except to what only the source has
(cd "$data/doc/segen" && grep -oE '\]\(docs/[^)#]+\.md' README.md | sed 's/^](//') >"$T/links"
while read -r link; do
	[ -e "$data/doc/segen/$link" ]
	ok $? "installed: README's link to $link leads somewhere"
done <"$T/links"
if command -v pkg-config >/dev/null; then
	dir=$(PKG_CONFIG_PATH=$data/pkgconfig pkg-config --variable=schemadir segen)
	is "$dir" "$(option "$BUILD" prefix)/$(option "$BUILD" datadir)/segen/schema" \
		"installed: pkg-config tells where the schemas are"
else
	skip "installed: pkg-config tells where the schemas are" "'pkg-config' is not installed"
fi
if command -v scdoc >/dev/null; then
	for page in "$SRC"/docs/man/segen*.scd; do
		page=$(basename "$page" .scd)
		[ -s "$prefix/$(option "$BUILD" mandir)/man${page##*.}/$page" ]
		ok $? "installed: $page"
	done
else
	skip "installed: man pages" "'scdoc' is not installed"
fi

# A user's build: what breaks the build of one compiler's next version is for developers.
run meson setup "$T/user" "$SRC"
is "$st" 0 "a user's build: is configured" || diag_file "$T/out"
is "$(option "$T/user" werror)" False "a user's build: warnings are warnings"
run meson setup -Dtests=false "$T/no-tests" "$SRC"
is "$st" 0 "-Dtests=false: is configured" || diag_file "$T/out"
is "$(meson introspect --tests "$T/no-tests")" "[]" "-Dtests=false: there are no tests"
meson introspect --targets "$T/no-tests" | python3 -c 'import json, sys
for target in json.load(sys.stdin):
    if target["type"] == "executable":
        print(target["name"])' >"$T/programs"
is "$(cat "$T/programs")" segen "-Dtests=false: the only program is segen"
hasnt "$T/out" 'json-c' "-Dtests=false: what only tests need is not looked for"
installed "$T/user" >"$T/user.files"
installed "$T/no-tests" >"$T/no-tests.files"
same "$T/user.files" "$T/no-tests.files" "-Dtests=false: the same is installed"
hasnt "$T/user.files" '(workloads|test)' "a user's build: no test is installed"
done_testing
