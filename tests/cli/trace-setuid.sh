#!/bin/sh
# Set-user-ID programs: an unprivileged tracer makes the kernel ignore the bit; segen
# says so.  A privileged one changes nothing.
. "$(dirname "$0")/../lib.sh"
is_root || skip_all "installing a set-user-ID program needs root"
need setpriv
need_segen
install -D "$SEGEN" "$T/bin/segen"
install -m 4755 "$WORKLOADS/who" "$T/bin/who"
as_user "$T/bin/who" >"$T/native"
has "$T/native" "uid 65534 euid 0" "without segen the program gets its privileges" ||
	skip_all "set-user-ID programs do not work in $T"

for observe in base free; do
	as_user "$T/bin/segen" trace --mode=full --observe=$observe --no-profile -o t.json -- \
		"$T/bin/who" >"$T/out" 2>"$T/err"
	is $? 0 "$observe: the program runs"
	has "$T/out" "uid 65534 euid 65534" "$observe: the kernel gives no privileges"
	has "$T/err" "who.*(set-user-ID|setuid|privileges)|(set-user-ID|setuid).*who" \
		"$observe: segen says so"
	has "$T/home/t.json" '"notes"' "$observe: the trace says so"
done

# root tracing a user's session: as natively
setpriv --reuid=65534 --regid=65534 --clear-groups "$T/bin/who" >"$T/want"
run "$SEGEN" trace --mode=full --observe=free --no-profile -o "$T/t.json" -- \
	setpriv --reuid=65534 --regid=65534 --clear-groups "$T/bin/who"
same "$T/out" "$T/want" "traced by root the program gets its privileges"
done_testing
