#!/bin/sh
# Real programs, as a user would do it: "segen trace -- docker run …", then ROUNDS times the
# same docker run without segen under the profile that was written.  Output and status are
# those without any of it, each time, and nothing was added to the profile for the runtime.
#
# usage: workloads.sh KIND      KIND: small (busybox, musl, a pipeline, options of
#                               docker run), servers, languages
#
# Which calls nginx, redis, PostgreSQL, node and Java make is a matter of timing, too: they
# are recorded with --append until two runs in a row have changed nothing in the profile.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
. "$(dirname "$0")/../container.sh"
need python3
need_segen runtime
need_engine
kind=$1
export SEGEN_STATE="$T/state"
engine_start --add-runtime "segen=$(dirname "$SEGEN")/segen-runtime"
engine_images
engine_host_image
client="docker -H unix://$ENGINE/s"
mkdir "$T/w" && cd "$T" || exit 1
# the programs of this machine, and the folder w
programs="-v /usr:/usr:ro -v /etc:/etc:ro -v $T/w:/w:ro --tmpfs /tmp:exec"

# with PROGRAM NAME MODE OPTIONS…: a workload of this machine's programs, if it is here
with()
{
	with_program=$1 with_name=$2 with_mode=$3
	shift 3
	if ! command -v "$with_program" >/dev/null; then
		skip "$with_name" "'$with_program' is not installed"
	elif [ -z "$host_image" ]; then
		skip "$with_name" "the folders of this machine are laid out in another way"
	else
		proved "$with_mode" "$with_name" start $programs "$@"
	fi
}

# --- small ----------------------------------------------------------------------------

small()
{
	script='test $$ -lt 50; echo $?; mkdir /tmp/d; for i in 1 2 3; do echo $i >/tmp/d/$i; done
		cat /tmp/d/* | wc -l; ls -l /bin/sh | cut -c1; rm -r /tmp/d
		echo hello 2>&1 | sed s/l/L/; (exit 3) || echo $?; id -u; exit 5'
	proved once busybox start bb sh -c "$script"
	proved once user start --user 1000:1000 bb sh -c "$script"
	proved once init start --init bb sh -c "$script; wait"
	proved once bare start --read-only --cap-drop ALL --tmpfs /tmp bb sh -c "$script"
	proved once nnp start --security-opt no-new-privileges --user 1000 --init \
		bb sh -c "$script"
	if [ -x "$T/musl/bin/alpine-app-musl" ]; then
		proved once musl start musl alpine-app-musl
	else
		skip musl "there is no musl-gcc"
	fi
	proved once glibc-user start user alpine-app
	with bash pipeline once host bash -c 'set -o pipefail
		tr -cs a-z "\n" </etc/services | sort | uniq -c | sort -k1,1nr -k2 |
			awk "NR < 4 { print \$2 }" | tee /tmp/words | xargs -n 1 echo
		find /etc/pam.d -type f | sort | xargs sha256sum | md5sum
		diff <(seq 9) <(seq 2 9); tar -C /etc -cf - pam.d | gzip | gunzip | tar -tf - |
			wc -l; exit 6'
}

# --- servers --------------------------------------------------------------------------

# serve_nginx: PID 1 is the server, its clients come by docker exec, docker stop ends it
serve_nginx()
{
	container=$name-$how-$slot
	start $programs --name "$container" --stop-signal QUIT host \
		nginx -c /w/nginx.conf >"$container.log" 2>&1 &
	server=$!
	wait_for 20 sh -c "$client exec $container test -e /tmp/nginx.pid"
	for path in / /big /none; do
		$client exec "$container" curl -s -o /tmp/got -w '%{http_code} %{size_download}\n' \
			"http://127.0.0.1:8080$path"
	done
	$client exec "$container" sh -c '
		for i in 1 2 3 4 5 6 7 8; do
			curl -s -d "x=$i" http://127.0.0.1:8080/ -o /dev/null &
		done; wait; nginx -c /w/nginx.conf -t 2>&1; kill -HUP 1; sleep 0.2
		curl -s http://127.0.0.1:8080/'
	$client stop "$container" >"$container.stop"
	wait "$server"
	echo "nginx: $?"
	sort "$container.log" | uniq -c
}

servers()
{
	cat >w/nginx.conf <<-'EOF2'
	daemon off;
	worker_processes 2;
	pid /tmp/nginx.pid;
	error_log stderr crit;
	events { }
	http {
		log_format short '$request $status';
		access_log /dev/stdout short;
		client_body_temp_path /tmp/body;
		proxy_temp_path /tmp/proxy;
		fastcgi_temp_path /tmp/fastcgi;
		uwsgi_temp_path /tmp/uwsgi;
		scgi_temp_path /tmp/scgi;
		server {
			listen 127.0.0.1:8080;
			root /w/www;
			error_page 405 =200 $uri;
		}
	}
	EOF2
	mkdir w/www
	echo hello >w/www/index.html
	seq 100000 >w/www/big
	cat >w/redis.sh <<-'EOF2'
	# Whether a shell has to sleep in its wait (rt_sigsuspend) is chance at the end.
	sleep 0.2 & wait
	redis-server --save '' --dir /tmp >/tmp/log 2>&1 &
	until redis-cli ping >/dev/null 2>&1; do sleep 0.1; done
	redis-benchmark -q -n 2000 -c 20 -t set,get,lpush,lrange_100 >/tmp/bench 2>&1
	echo "benchmark $?"
	redis-cli set k v
	redis-cli get k
	redis-cli bgsave >/dev/null
	# a log is begun in another way while it still saves
	until redis-cli info persistence | grep -q rdb_bgsave_in_progress:0; do sleep 0.1; done
	redis-cli config set appendonly yes
	redis-cli incr n
	# it refuses while it is about to write its first log
	while redis-cli shutdown save >/dev/null 2>&1; redis-cli ping >/dev/null 2>&1; do
		sleep 0.1
	done
	wait
	ls /tmp/dump.rdb
	EOF2
	cat >w/postgres.sh <<-'EOF2'
	PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
	initdb -D /data/d -A trust --no-locale -E UTF8 >/dev/null || exit 1
	pg_ctl -D /data/d -o '-k /tmp' -l /data/log -w start >/dev/null || exit 2
	psql -h /tmp -d postgres -qAt <<-'SQL'
		create table t (i int primary key, s text);
		insert into t select g, md5(g::text) from generate_series(1, 2000) g;
		select count(*), max(s) from t;
		create index on t (s);
		begin; delete from t where i % 2 = 0; commit;
		vacuum analyze t;
		select count(*) from t where s like 'a%';
		copy t to '/data/t.txt';
		checkpoint;
	SQL
	pgbench -h /tmp -i -q -s 1 postgres >/data/bench 2>&1
	pgbench -h /tmp -c 4 -t 25 postgres >>/data/bench 2>&1
	grep 'actually processed' /data/bench
	psql -h 127.0.0.1 -d postgres -qAt -c 'select sum(abalance) is null from pgbench_accounts'
	pg_ctl -D /data/d -m fast -w stop >/dev/null
	echo "stop $?"
	EOF2
	if command -v nginx >/dev/null && [ -n "$host_image" ]; then
		name=nginx
		proved settle nginx serve_nginx
	else
		skip nginx "'nginx' is not installed"
	fi
	with redis-server redis settle host sh /w/redis.sh
	uid=$(id -u postgres 2>/dev/null) gid=$(id -g postgres 2>/dev/null)
	with pg_ctlcluster postgres settle --user "$uid:$gid" \
		--tmpfs "/data:uid=$uid,gid=$gid,mode=700" host sh /w/postgres.sh
}

# --- languages ------------------------------------------------------------------------

languages()
{
	cp "$SRC"/tests/docker/programs/* w/
	with python3 python settle host python3 /w/work.py
	with node node settle host node /w/work.js
	with javac java settle host sh -c '
		javac -d /tmp /w/Work.java && exec java -Xmx64m -cp /tmp Work'
}

"$kind"
done_testing
