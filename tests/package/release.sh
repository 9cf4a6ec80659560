#!/bin/sh
# The static tarball: the same bytes from two folders, complete, and in need of nothing.
. "$(dirname "$0")/../lib.sh"
need meson ninja scdoc tar gzip sha256sum python3
need_segen
export SOURCE_DATE_EPOCH=1700000000

# copy FOLDER: the tree, without builds and history
copy()
{
	mkdir -p "$1" && (cd "$SRC" && tar -cf - --exclude=./build --exclude='./build-*' \
		--exclude=./.git --exclude=./b .) | tar -xf - -C "$1"
}

# release FOLDER ENV…: of the tree there, into $T/FOLDER.out
release()
{
	dir=$1
	shift
	copy "$T/$dir"
	run env OUT="$T/${dir%%/*}.out" "$@" sh "$T/$dir/samples/release.sh" 1.2-test
	is "$st" 0 "release from '$dir': status" || diag_file "$T/err"
}

release a JOBS=1 TZ=Asia/Tokyo CFLAGS=-O0
release b/deeper/than/that LC_ALL=C.UTF-8 DESTDIR=/nowhere
name=segen-1.2-test-linux-$(uname -m)
cmp "$T/a.out/$name.tar.gz" "$T/b.out/$name.tar.gz"
ok $? "reproducible: both tarballs have the same bytes"
(cd "$T/a.out" && sha256sum -c --quiet "$name.tar.gz.sha256")
ok $? "tarball: the sum is right"

run tar -tvzf "$T/a.out/$name.tar.gz"
cp "$T/out" "$T/list"
is "$(awk '{ print $2 }' "$T/list" | sort -u)" 0/0 "tarball: everything is root's"
is "$(awk '{ print $4 }' "$T/list" | sort -u)" 2023-11-14 "tarball: times are those of the sources"
tar -xzf "$T/a.out/$name.tar.gz" -C "$T"
root=$T/$name
for file in bin/segen share/doc/segen/LICENSE share/doc/segen/NEWS.md share/man/man1/segen.1 \
	share/man/man5/segen-trace.5 share/segen/schema/trace.schema.json \
	share/bash-completion/completions/segen.bash share/zsh/site-functions/_segen \
	share/fish/vendor_completions.d/segen.fish; do
	[ -s "$root/$file" ]
	ok $? "tarball: has $file"
done
grep -rlF "$T/" "$root" >"$T/out"
is "$(cat "$T/out")" "" "tarball: no file names the folder of the build"
! ldd "$root/bin/segen" >"$T/out" 2>&1
ok $? "tarball: the program is static"

# In an empty root, with a workload of Alpine's C library: a static program of musl.
if is_root; then
	mkdir -p "$T/empty"
	cp "$root/bin/segen" "$T/empty/"
	run chroot "$T/empty" /segen --version
	is "$st" 0 "empty root: --version"
	if [ -x "$WORKLOADS/alpine-app-musl" ]; then
		cp "$WORKLOADS/alpine-app-musl" "$T/empty/app"
		run timeout 20 chroot "$T/empty" /app
		alone=$st
		run timeout 20 chroot "$T/empty" /segen trace -o /t.json --profile /p.json -- /app
		is "$st" "$alone" "musl: segen gives back the status of a program of musl" ||
			diag_file "$T/err"
		run chroot "$T/empty" /segen gen /t.json
		is "$st" 0 "musl: a profile for a program of musl"
		has "$T/out" set_tid_address "musl: the profile has what musl's start calls"
	else
		skip "musl: a program of musl in the empty root" "'musl-gcc' is not installed"
	fi
else
	skip "empty root" "chroot needs root"
fi

run sh "$SRC/samples/release.sh" 1/0
is "$st" 1 "a version that is a path: refused"
done_testing
