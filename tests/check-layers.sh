# check-layers.sh: the rules of the source tree that a grep can keep: who includes whom,
# who may print or end the program, no conditional code in functions, no globals, no
# file too long.  Each rule is tried on a tree that breaks it, too.
. "$SRC/tests/lib.sh"

lines_max=500

# Each check is run in a source tree and prints what breaks its rule.

sources()
{
	find include tracer gen -name '*.[ch]' | sort
}

# The rows of the table of rooms, without blanks around its bars.
rooms()
{
	sed '/^#/d; /^$/d; s/[[:space:]]*|[[:space:]]*/|/g' "$SRC/tests/rooms.txt"
}

# Every source lies in a room.
check_rooms()
{
	sources | grep -v '^include/' | while read -r file; do
		rooms | grep -q "^${file%/*}|" || echo "$file: lies in no room"
	done
}

# A room may include headers of its own half in the rooms that its row names, as
# "room/header.h", and headers of include/segen/ that the named rooms implement.  Rows name
# rows above only, so there is no circle.
check_includes()
{
	rooms >"$T/rooms"
	sources | grep -v '^include/' | xargs grep -nE '^#[[:space:]]*include ("|<segen/)' |
		awk -F '|' '
		function folder(path) { sub("/[^/]*$", "", path); return path }
		NR == FNR {
			room = $1
			sub(".*/", "", room)
			n = split($2, names, " ")
			for (i = 1; i <= n; i++)
				if (!(names[i] in place))
					print "rooms.txt: " $1 " may not name " names[i]
			place[room] = $1
			sees[$1] = " " $2 " " room " "
			n = split($3, names, " ")
			for (i = 1; i <= n; i++)
				public[names[i] ".h"] = room
			next
		}
		{
			mine = folder(substr($0, 1, index($0, ":") - 1))
			header = $0
			if (sub(".*<segen/", "", header)) {
				sub(">.*", "", header)
				room = public[header]
			} else {
				sub("^[^\"]*\"", "", header)
				sub("\".*", "", header)
				room = header ~ "/" ? folder(header) : "none"
				if (folder(place[room]) != folder(mine))
					room = "none"
			}
			if (!index(sees[mine], " " room " "))
				print
		}' "$T/rooms" -
	find include -name '*.h' | xargs grep -n '^#include "'
	find include -name '*.h' | xargs grep -n '^#include <' | grep -Ev \
		'<(segen/[a-z]+|std(bool|def|int|io|lib)|unistd|errno|sys/types)\.h>'
}

# Some libraries' headers are for the rooms that name them.
check_third_party()
{
	while read -r name header; do
		with=$(rooms | awk -F '|' -v name="$name" '
			index(" " $4 " ", " " name " ") { printf "%s%s", sep, $1; sep = "|" }')
		sources | xargs grep -lE "^#[[:space:]]*include <$header" |
			grep -Ev "^($with)/[^/]*\$" | sed "s,\$,: includes <$header>,"
	done <<-EOF
	json-c json-c/
	seccomp seccomp\.h
	libunwind libunwind
	ptrace (sys|linux)/ptrace\.h
	EOF
}

# Library code returns errors; the out-of-memory path and forked children may leave.
check_no_printing()
{
	sources | grep -Ev '^gen/(cmd/(main|cmd-[a-z]+)|cli/(help|say))\.c$' | xargs grep -nE \
		'\<(v?f?printf|puts|fputs|putchar|perror|exit|_exit|abort)[[:space:]]*\(' |
		grep -Ev '^(tracer/(shared/util|run/spawn)|gen/oci/background)\.c:[0-9]+:.*_exit\(|format\(printf' |
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

checks='rooms includes third_party no_printing no_ifdef_in_functions no_globals
	banned_functions length first_line'

# --- the tree itself ------------------------------------------------------------------

for check in $checks; do
	(cd "$SRC" && check_"$check") >"$T/found"
	[ ! -s "$T/found" ]
	ok $? "$check" || diag_file "$T/found"
done

# The page for people has the same rooms, in the same order, from the top down.
tables()
{
	for half in tracer gen; do
		sed -n "/^.$half\/., top to bottom/,/^$half-end/p" "$SRC/docs/architecture.md" |
			awk -v half=$half '/^\| `/ { sub(/^\| `/, ""); sub(/`.*/, ""); print half "/" $0; inside = 1; next }
				inside && !/^\|/ { exit }'
	done
}
tables >"$T/page"
for half in tracer gen; do
	rooms | cut -d '|' -f 1 | grep "^$half/" | tac
done >"$T/table"
same "$T/page" "$T/table" 'docs/architecture.md: the rooms are those of rooms.txt, in their order'

# --- and one that breaks each rule ----------------------------------------------------

# plant CHECK FILE TEXT: what the check finds in a tree with this file goes to $T/found
plant()
{
	rm -rf "$T/tree"
	mkdir -p "$T/tree/include/segen" "$T/tree/${2%/*}" "$T/tree/tracer/stops"
	echo '/* util.h: x */' >"$T/tree/include/segen/util.h"
	echo '/* a.c: x */' >"$T/tree/tracer/stops/a.c"
	printf '/* %s: x */\n%b' "${2##*/}" "$3" >"$T/tree/$2"
	(cd "$T/tree" && check_"$1") >"$T/found"
}

# broken CHECK LINE FILE TEXT WHAT: the check finds the line, if there is one, of the file
broken()
{
	plant "$1" "$3" "$4"
	grep -q "^$3:$2" "$T/found"
	ok $? "$1 finds $5" || diag_file "$T/found"
}

# allowed CHECK FILE TEXT WHAT: the check has nothing to say of this one
allowed()
{
	plant "$1" "$2" "$3"
	[ ! -s "$T/found" ]
	ok $? "$1 allows $4" || diag_file "$T/found"
}

broken rooms '' tracer/b.c 'int b;\n' 'a file beside the rooms'
broken rooms '' gen/attic/b.c 'int b;\n' 'a room that is not in the table'
broken includes 2 tracer/stops/b.c '#include "target/caps.h"\n' 'gen/ in tracer/'
broken includes 2 gen/oci/b.c '#include "proc/program.h"\n' "tracer/'s own headers in gen/"
broken includes 2 tracer/stops/b.c '#include "../gen/target/caps.h"\n' 'a way around the rooms'
broken includes 2 tracer/stops/b.c '#include "handle.h"\n' 'a header without its room'
broken includes 2 tracer/proc/b.c '#include "state/tracee.h"\n' 'a room above'
broken includes 2 tracer/ptrace/b.c '#include <segen/trace.h>\n' "a public header of a room above"
broken includes 2 gen/generate/b.c '#include <segen/tracer.h>\n' 'the tracer in what is pure'
broken includes 2 include/segen/b.h '#include "util.h"\n' 'a local header in include/'
broken includes 2 include/segen/b.h '#include <json-c/json.h>\n' 'a third party in include/'
allowed includes tracer/stops/b.c '#include "state/tracee.h"\n#include <segen/trace.h>\n' \
	'rooms below and their public headers'
broken third_party '' tracer/stops/b.c '#include <json-c/json.h>\n' 'json-c'
broken third_party '' gen/generate/b.c '#include <seccomp.h>\n' 'libseccomp'
broken third_party '' tracer/stops/b.c '#include <libunwind-ptrace.h>\n' 'libunwind'
broken third_party '' gen/cmd/cmd-x.c '#include <linux/ptrace.h>\n' 'ptrace in gen/'
broken third_party '' tracer/proc/b.c '#include <sys/ptrace.h>\n' 'ptrace in a room that reads'
broken no_printing 2 tracer/stops/b.c '\tfprintf(stderr, "x");\n' 'fprintf'
broken no_printing 2 gen/generate/b.c '\tputs ("x");\n' 'puts'
broken no_printing 2 gen/generate/b.c '\texit(1);\n' 'exit'
broken no_printing 2 tracer/stops/b.c '\t_exit(1);\n' '_exit outside a child'
broken no_printing 2 tracer/shared/util.c '\texit(1);\n' 'exit where _exit may be'
broken no_ifdef_in_functions 4 tracer/stops/b.c 'int f(void)\n{\n#ifdef X\n#endif\n}\n' 'ifdef'
broken no_ifdef_in_functions 4 tracer/stops/b.c 'int f(void)\n{\n\t#if 1\n}\n' 'an indented if'
broken no_globals 2 tracer/stops/b.c 'static int count;\n' 'a counter'
broken no_globals 2 gen/generate/b.c 'struct x *current = NULL;\n' 'a pointer'
broken no_globals 2 gen/generate/b.c 'static struct x table[3] = {\n' 'a table that is not const'
broken no_globals 2 gen/generate/b.c 'char buf[100];\n' 'a buffer'
broken banned_functions 2 gen/generate/b.c '\tstrcpy(a, b);\n' 'strcpy'
broken banned_functions 2 gen/generate/b.c '\treturn system("x");\n' 'system'
broken length '' gen/generate/b.c "$(yes '\n' | head -n $lines_max | tr -d '\012')" 'a file too long'
echo '#include "x.h"' >"$T/tree/gen/generate/b.c"
(cd "$T/tree" && check_first_line) | grep -q '^gen/generate/b.c'
ok $? 'first_line finds a file without'

done_testing
