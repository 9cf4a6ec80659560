#!/bin/sh
# segen trace -- docker compose up and run: a trace and a profile for each service, and an
# override with which the services run under their profiles.  The user's files stay as
# they are.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need python3
need_segen runtime
need_engine
docker compose version >/dev/null 2>&1 || skip_all "docker has no compose here"
export SEGEN_STATE="$T/state"
engine_start --add-runtime "segen=$(dirname "$SEGEN")/segen-runtime"
engine_images
mkdir "$T/p"
cd "$T/p" || exit 1
export DOCKER_HOST="unix://$ENGINE/s"
cat >compose.yaml <<'EOF'
name: t
services:
  web:
    image: bb
    network_mode: none
    command: ["sh", "-c", "chmod 700 /tmp; echo web; exit 0"]
  db:
    image: bb
    network_mode: none
    command: ["sh", "-c", "mkdir /tmp/d; echo db; exit 3"]
EOF
cat >compose.override.yaml <<'EOF'
services:
  web:
    environment:
      A: "1"
EOF
cat compose.yaml compose.override.yaml >before

# lines FILE: what services have said, in an order of its own
lines()
{
	grep -oE '(web|db)-1 +\| (web|db)$' "$1" | tr -d ' ' | sort | tr '\n' ' '
}

run docker compose up
lines "$T/out" >want
want_st=$st
docker compose down >/dev/null 2>&1
run "$SEGEN" trace -- docker compose up
is "$st" "$want_st" "compose up: the status is that of compose" || diag_file "$T/err"
is "$(lines "$T/out")" "$(cat want)" "compose up: the output is that of compose"
has web.trace.json '"chmod": *[{]' "compose up: the first service has a trace of its own"
hasnt web.trace.json '"mkdir": *[{]' "compose up: nothing of the other service is in it"
has db.trace.json '"mkdir": *[{]' "compose up: the second service has one, too"
has web.seccomp.json SCMP_ACT_ALLOW "compose up: there are profiles"
has "$T/err" "segen.override.yaml' gives each service its profile" \
	"compose up: the override is named"
has segen.override.yaml 'seccomp:.*/web.seccomp.json' "compose up: it has the profiles"
cat compose.yaml compose.override.yaml >after
same before after "compose up: the user's files are as they were"
is "$(ls "$SEGEN_STATE/requests")" "" "compose up: no request is left"
docker compose down >/dev/null 2>&1

run docker compose -f compose.yaml -f compose.override.yaml -f segen.override.yaml up
is "$(lines "$T/out")" "$(cat want)" "override: the services run under their profiles" ||
	diag_file "$T/err"
is "$(docker inspect -f '{{.State.ExitCode}}' t-db-1)" 3 \
	"override: with the exit status that they had"
has "$T/out" web "override: is read"
docker inspect -f '{{.HostConfig.SecurityOpt}}' t-web-1 >"$T/out"
has "$T/out" SCMP_ACT "override: the container has the profile"
docker compose down >/dev/null 2>&1

run "$SEGEN" trace -o run -- docker compose up
is "$st" 125 "compose up, no such folder: fails before anything is started"
has "$T/err" "'run' is none" "compose up, no such folder: segen says so"
mkdir run
run "$SEGEN" trace -q -o run -- docker compose -f compose.yaml run --rm web \
	sh -c 'rmdir /tmp; exit 6'
is "$st" 6 "compose run --rm: the status is the container's" || diag_file "$T/err"
has run/web.trace.json '"rmdir": *[{]' "compose run --rm: the service is recorded"
[ ! -e run/db.trace.json ]
ok $? "compose run --rm: another service is not"
done_testing
