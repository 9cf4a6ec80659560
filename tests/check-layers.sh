# check-layers.sh: the rules of the source tree that a grep can keep: who includes whom,
# who may print or end the program, no conditional code in functions, no globals, no
# file too long.  Each rule is tried on a tree that breaks it, too.
. "$SRC/tests/lib.sh"

lines_max=400

# Each check is run in a source tree and prints what breaks its rule.

sources()
{
	find include tracer gen -name '*.[ch]' | sort
}

# Local headers lie beside the file, so tracer/ cannot see gen/, nor include/ either.
check_local_includes()
{
	sources | xargs grep -n '^#include "' | while IFS=: read -r file line text; do
		header=${text#*\"}
		[ -e "${file%/*}/${header%\"*}" ] && [ "${header#*/}" = "$header" ] ||
			echo "$file:$line: $text"
	done
	find include -name '*.h' | xargs grep -n '^#include "'
	find include -name '*.h' | xargs grep -n '^#include <' | grep -Ev \
		'<(segen/[a-z]+|std(bool|def|int|io|lib)|unistd|errno|sys/types)\.h>'
}

# A library's header and the files that may include it, as a pattern.
check_third_party()
{
	while read -r header files; do
		sources | xargs grep -ln "^#include <$header" | grep -Ev "^($files)\$" |
			sed "s|\$|: includes <$header>|"
	done <<-EOF
	json-c/ tracer/[a-z]+/(json|json-get|tracefile-[a-z]+)\.c|gen/[a-z]+/(daemon-json|emit|fields|known|oci-bundle|oci-request|profile(-[a-z]+)*)\.c
	seccomp.h tracer/[a-z]+/(arch|syscall|rules|trace)\.c|gen/cmd/main\.c
	libunwind tracer/[a-z]+/callsite-[a-z]+\.c|tracer/[a-z]+/return-address(-[a-z0-9]+\.c|\.h)
	sys/ptrace.h tracer/[a-z]+/[a-z0-9_-]+\.[ch]
	linux/ptrace.h tracer/[a-z]+/[a-z0-9_-]+\.[ch]
	segen/tracer.h tracer/[a-z]+/[a-z-]+\.[ch]|gen/cmd/cmd-[a-z]+\.c
	segen/attach.h tracer/[a-z]+/attach\.c|gen/container/attach-run\.[ch]
	segen/(follow|background).h tracer/[a-z]+/[a-z-]+\.[ch]|gen/oci/oci-[a-z]+\.c
	EOF
}

# Library code returns errors; the out-of-memory path and forked children may leave.
check_no_printing()
{
	sources | grep -Ev '^gen/[a-z]+/(main|help|say|cmd-[a-z]+)\.c$' | xargs grep -nE \
		'\<(v?f?printf|puts|fputs|putchar|perror|exit|_exit|abort)[[:space:]]*\(' |
		grep -Ev '^tracer/[a-z]+/(util|spawn|attention|background)\.c:[0-9]+:.*_exit\(|format\(printf' |
		grep -Ev '^[^:]+:[0-9]+:[[:space:]/]*\*'
}

check_no_ifdef_in_functions()
{
	sources | xargs awk '
		FNR == 1 { inside = 0 }
		/^[{]/ { inside = 1 }
		/^[}]/ { inside = 0 }
		inside && /^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|else|elif)/ {
			print FILENAME ":" FNR ": " $0
		}'
}

# Static or not: what has no parenthesis, no const, and a name at its end is a variable.
check_no_globals()
{
	find tracer gen -name '*.c' | sort | xargs grep -nE \
		'^(static |volatile |_Thread_local )*(struct |enum |unsigned |signed )?[a-z_0-9]+ \**[a-z_0-9]+(\[[^]]*\])*( = .*|;)$' |
		grep -Ev ':(typedef|return|extern|struct [a-z_0-9]+;)|\<const\>'
}

check_banned_functions()
{
	sources | xargs grep -nE \
		'\<(strcpy|strcat|sprintf|gets|system|popen|strtok|alloca|tmpnam|mktemp)[[:space:]]*\('
}

check_length()
{
	sources | xargs wc -l | awk -v max=$lines_max \
		'$2 != "total" && $1 > max { print $2 ": " $1 " lines" }'
}

# What a module is for stands in its first line.
check_first_line()
{
	sources | xargs awk '
		FNR == 1 {
			name = FILENAME
			sub(".*/", "", name)
			if ($0 != "/*" && index($0, "/* " name ": ") != 1)
				print FILENAME ": does not begin with what it is for"
		}'
}

checks='local_includes third_party no_printing no_ifdef_in_functions no_globals
	banned_functions length first_line'

# --- the tree itself ------------------------------------------------------------------

for check in $checks; do
	(cd "$SRC" && check_"$check") >"$T/found"
	[ ! -s "$T/found" ]
	ok $? "$check" || diag_file "$T/found"
done

# --- and one that breaks each rule ----------------------------------------------------

# broken CHECK LINE FILE TEXT: the check finds the line, if there is one, of the file
broken()
{
	rm -rf "$T/tree"
	mkdir -p "$T/tree/include/segen" "$T/tree/tracer" "$T/tree/gen"
	echo '/* profile.h: x */' >"$T/tree/gen/profile.h"
	echo '/* util.h: x */' >"$T/tree/include/segen/util.h"
	echo '/* a.c: x */' >"$T/tree/tracer/a.c"
	printf '/* %s: x */\n%b' "${3##*/}" "$4" >"$T/tree/$3"
	(cd "$T/tree" && check_"$1") >"$T/found"
	grep -q "^$3:$2" "$T/found"
	ok $? "$1 finds $5" || diag_file "$T/found"
}

broken local_includes 2 tracer/b.c '#include "profile.h"\n' 'gen/ in tracer/'
broken local_includes 2 tracer/b.c '#include "../gen/profile.h"\n' 'a way around it'
broken local_includes 2 include/segen/b.h '#include "util.h"\n' 'a local header in include/'
broken local_includes 2 include/segen/b.h '#include <json-c/json.h>\n' 'a third party in include/'
broken third_party '' tracer/stop.c '#include <json-c/json.h>\n' 'json-c'
broken third_party '' gen/policy.c '#include <seccomp.h>\n' 'libseccomp'
broken third_party '' tracer/stop.c '#include <libunwind-ptrace.h>\n' 'libunwind'
broken third_party '' gen/policy.c '#include <segen/tracer.h>\n' 'the tracer outside its verb'
broken third_party '' gen/cmd/cmd-x.c '#include <linux/ptrace.h>\n' 'ptrace in gen/'
broken no_printing 2 tracer/b.c '\tfprintf(stderr, "x");\n' 'fprintf'
broken no_printing 2 gen/b.c '\tputs ("x");\n' 'puts'
broken no_printing 2 gen/b.c '\texit(1);\n' 'exit'
broken no_printing 2 tracer/b.c '\t_exit(1);\n' '_exit outside a child'
broken no_printing 2 tracer/util.c '\texit(1);\n' 'exit where _exit may be'
broken no_ifdef_in_functions 4 tracer/b.c 'int f(void)\n{\n#ifdef X\n#endif\n}\n' 'ifdef'
broken no_ifdef_in_functions 4 tracer/b.c 'int f(void)\n{\n\t#if 1\n}\n' 'an indented if'
broken no_globals 2 tracer/b.c 'static int count;\n' 'a counter'
broken no_globals 2 gen/b.c 'struct x *current = NULL;\n' 'a pointer'
broken no_globals 2 gen/b.c 'static struct x table[3] = {\n' 'a table that is not const'
broken no_globals 2 gen/b.c 'char buf[100];\n' 'a buffer'
broken banned_functions 2 gen/b.c '\tstrcpy(a, b);\n' 'strcpy'
broken banned_functions 2 gen/b.c '\treturn system("x");\n' 'system'
broken length '' gen/b.c "$(yes '\n' | head -n $lines_max | tr -d '\012')" 'a file too long'
echo '#include "x.h"' >"$T/tree/gen/b.c"
(cd "$T/tree" && check_first_line) | grep -q '^gen/b.c'
ok $? 'first_line finds a file without'

done_testing
