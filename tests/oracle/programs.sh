# programs.sh: real programs for the comparison with strace.
#
# PROGRAMS has one row per program: NAME KIND EXIT NEEDS….  KIND says how runs compare:
# exact (same calls, same counts, every time) or sets (timing decides some of it); EXIT is
# the exit status it has by itself.  The function p_NAME runs it in an empty folder; "$@"
# is the tracer to start it under.  Whatever else a program needs (a server to ask, a
# client to ask it) runs untraced.  prepare makes the input for all of them in $INPUT.

PROGRAMS='
true          exact 0    true
ls            exact 0    ls
cat           exact 0    cat
dd            exact 0    dd
cp            exact 0    cp
tar           exact 0    tar
grep          exact 0    grep
sed           exact 0    sed
awk           exact 0    awk
gzip          exact 0    gzip
sha256sum     exact 0    sha256sum
date          exact 0    date
busybox_sh    exact 3    busybox
perl          exact 0    perl
sqlite3       exact 0    sqlite3
openssl       exact 0    openssl
abi32         exact 0
pipeline      sets  0    sort
find_exec     sets  0    find
xargs_P       sets  0    xargs
sort_parallel sets  0    sort
xz_T2         sets  0    xz
gcc           sets  0    gcc
make_j2       sets  0    make gcc
python3       sets  0    python3
git           sets  0    git
curl          sets  0    curl python3
nginx         sets  0    nginx curl
redis         sets  0    redis-server redis-cli
bash          sets  0    bash
musl          sets  17
go_threads    sets  0    go
stopped       sets  0
daemon        sets  3
timeout       sets  124  timeout
script        sets  0    script
'

# prepare: make $INPUT once.
prepare()
{
	mkdir -p "$INPUT/tree/a/b" "$INPUT/src" || return 1
	for i in 1 2 3 4 5 6 7 8; do
		seq 1 "${i}000" >"$INPUT/tree/a/b/$i.txt"
		printf 'int f%s(int x)\n{\n\treturn x * %s;\n}\n' "$i" "$i" \
			>"$INPUT/src/f$i.c"
	done
	ln -s a/b "$INPUT/tree/link"
	printf 'int f1(int);\nint main(void)\n{\n\treturn f1(0);\n}\n' >"$INPUT/src/main.c"
	cat >"$INPUT/src/Makefile" <<-'EOF'
	OBJS = main.o f1.o f2.o f3.o f4.o f5.o f6.o f7.o f8.o
	prog: $(OBJS); $(CC) -o $@ $(OBJS)
	EOF
	seq 200000 -1 1 >"$INPUT/numbers"
	make_go_program
	cp "$WORKLOADS/daemon" "$INPUT/"
	[ ! -x "$WORKLOADS/abi32" ] || cp "$WORKLOADS/abi32" "$INPUT/"
	[ ! -x "$WORKLOADS/alpine-app-musl" ] || cp "$WORKLOADS/alpine-app-musl" "$INPUT/"
	chmod -R a+rX "$INPUT"
}

make_go_program()
{
	if [ -x "$WORKLOADS/threads-go" ]; then
		cp "$WORKLOADS/threads-go" "$INPUT/"
		return
	fi
	command -v go >/dev/null 2>&1 || return 0
	cat >"$INPUT/threads.go" <<-'EOF'
	package main

	import (
		"fmt"
		"os"
		"runtime"
		"sync"
	)

	func main() {
		var wg sync.WaitGroup
		for i := 0; i < 20; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				runtime.LockOSThread()
				os.ReadFile("/proc/self/status")
			}()
		}
		wg.Wait()
		fmt.Println("done")
	}
	EOF
	(cd "$INPUT" && HOME=$INPUT GOCACHE=$INPUT/.cache GO111MODULE=off CGO_ENABLED=0 \
		go build -o threads-go threads.go)
	rm -rf "$INPUT/.cache"
}

p_true() { "$@" true; }
p_ls() { "$@" ls -lR "$INPUT/tree"; }
p_cat() { "$@" cat "$INPUT/numbers"; }
p_dd() { "$@" dd if="$INPUT/numbers" of=out bs=4k count=100 conv=fsync; }
p_cp() { "$@" cp -a "$INPUT/tree" copy; }
p_tar() { "$@" tar cf out.tar -C "$INPUT" tree; }
p_grep() { "$@" grep -r 777 "$INPUT/tree"; }
p_sed() { "$@" sed -n 's/7/seven/gp' "$INPUT/tree/a/b/2.txt"; }
p_awk() { "$@" awk '{ s += $1 } END { print s }' "$INPUT/tree/a/b/3.txt"; }
p_gzip() { "$@" gzip -c "$INPUT/numbers"; }
p_sha256sum() { "$@" sha256sum "$INPUT/numbers" "$INPUT/src/main.c"; }
p_date() { "$@" date -u +%Y; }
p_perl() { "$@" perl -e 'open F, ">", "o"; print F sort map { $_ * 2 } 1..99; close F'; }

p_busybox_sh()
{
	"$@" busybox sh -c 'mkdir d; cd d; for i in 1 2 3; do echo $i >f$i; done
		cat f*; test -s f2 && busybox mv f1 f4; cd ..; busybox rm -r d; exit 3'
}

p_sqlite3()
{
	"$@" sqlite3 db 'create table t(a, b); insert into t values(1, 2), (3, 4);
		create index i on t(a); select sum(b) from t; drop table t;'
}

p_openssl() { "$@" openssl dgst -sha512 "$INPUT/numbers"; }
p_abi32() { "$@" "$INPUT/abi32"; }
p_pipeline() { "$@" sh -c 'ls / | sort -r | uniq -c | wc -l'; }
p_find_exec() { "$@" find "$INPUT/tree" -name '*.txt' -exec wc -l {} \; ; }
p_xargs_P() { "$@" sh -c 'seq 20 | xargs -P 4 -n 1 sh -c "test \$0 -gt 0"'; }

p_sort_parallel()
{
	"$@" sort --parallel=4 -S 300K -T . -n "$INPUT/numbers"
}

p_xz_T2() { "$@" xz -T2 -0 --block-size=200KiB -c "$INPUT/numbers"; }
p_gcc() { "$@" gcc -O1 -o prog "$INPUT/src/main.c" "$INPUT/src/f1.c"; }

p_make_j2()
{
	cp "$INPUT"/src/* .
	"$@" make -s -j2
}

p_python3()
{
	"$@" python3 -c '
import json, os, socket, subprocess, tempfile, threading
t = [threading.Thread(target=os.getppid) for i in range(4)]
for x in t: x.start()
for x in t: x.join()
with tempfile.TemporaryFile() as f: f.write(b"x")
print(subprocess.run(["echo", "hi"], capture_output=True).stdout)
a, b = socket.socketpair(); a.send(b"x"); print(b.recv(1))'
}

p_git()
{
	HOME=$PWD "$@" sh -c '
		git init -q . && echo hello >f && git add f &&
		git -c user.name=me -c user.email=me@example.org commit -qm first &&
		git log --oneline && git clone -q . copy'
}

# A port that nobody listens on is found by binding it.
free_port()
{
	python3 -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

p_curl()
{
	port=$(free_port)
	python3 -m http.server -b 127.0.0.1 -d "$INPUT/tree" "$port" >/dev/null 2>&1 &
	server=$!
	wait_for 10 curl -s "http://127.0.0.1:$port/"
	"$@" curl -s "http://127.0.0.1:$port/a/b/1.txt"
	curl_st=$?
	kill "$server"
	wait "$server" 2>/dev/null
	return "$curl_st"
}

nginx_conf()
{
	cat <<-EOF
	daemon off;
	worker_processes 2;
	error_log stderr;
	pid $PWD/pid;
	events { worker_connections 32; }
	http {
		access_log $PWD/access.log;
		client_body_temp_path $PWD/body;
		proxy_temp_path $PWD/proxy;
		fastcgi_temp_path $PWD/fastcgi;
		uwsgi_temp_path $PWD/uwsgi;
		scgi_temp_path $PWD/scgi;
		server {
			listen 127.0.0.1:$1;
			root $INPUT/tree;
			location / { autoindex on; }
		}
	}
	EOF
}

p_nginx()
{
	port=$(free_port)
	nginx_conf "$port" >nginx.conf
	"$@" nginx -p "$PWD" -e stderr -c "$PWD/nginx.conf" &
	server=$!
	wait_for 20 curl -sf "http://127.0.0.1:$port/a/b/" || kill "$server" || return 1
	for i in 1 2 3 4 5 6 7 8 9 10; do
		curl -sf "http://127.0.0.1:$port/a/b/" >/dev/null
		curl -sf "http://127.0.0.1:$port/a/b/8.txt" >/dev/null
		curl -s "http://127.0.0.1:$port/missing" >/dev/null
	done
	kill -QUIT "$(cat pid)"
	wait "$server"
}

p_redis()
{
	"$@" redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" \
		--save 3600 1 --daemonize no --logfile "$PWD/log" &
	server=$!
	wait_for 20 redis-cli -s s ping || kill "$server" || return 1
	for i in 1 2 3 4 5; do
		redis-cli -s s set "k$i" "$i"
		redis-cli -s s incr "k$i"
		redis-cli -s s lpush list "$i"
	done >/dev/null
	redis-cli -s s bgsave >/dev/null
	wait_for 10 bgsave_reaped
	redis-cli -s s shutdown save
	wait "$server"
}

bgsave_reaped()
{
	redis-cli -s s info persistence | grep -q rdb_bgsave_in_progress:0
}

p_bash()
{
	"$@" bash -c 'a=($(seq 5)); while read -r x; do ((s += x)); done < <(printf "%s\n" \
		"${a[@]}"); echo $s; trap "echo bye" EXIT; (exit 4) || true; coproc cat
		echo hi >&"${COPROC[1]}"; read -r y <&"${COPROC[0]}"; echo "$y"'
}

p_musl() { "$@" "$INPUT/alpine-app-musl" "$PWD"; }

# Preemption by signals depends on how slow the program is, so on who watches it.
p_go_threads() { GODEBUG=asyncpreemptoff=1 "$@" "$INPUT/threads-go"; }

# A program that stops itself and is continued from outside.
p_stopped()
{
	"$@" sh -c 'echo $$ >pid; kill -STOP $$; echo went on' &
	job=$!
	wait_for 20 is_stopped pid || kill "$job" || return 1
	kill -CONT "$(cat pid)"
	wait "$job"
}

is_stopped()
{
	grep -q '^State:.*[Tt] ' "/proc/$(cat "$1")/status"
}

p_daemon()
{
	"$@" "$INPUT/daemon" "$PWD/file"
	daemon_st=$?
	wait_for 10 test -s file
	return "$daemon_st"
}

p_timeout() { "$@" timeout 0.2 sleep 5; }
p_script() { "$@" script -qec 'echo on a terminal; tty' /dev/null; }
