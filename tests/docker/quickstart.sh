#!/bin/sh
# The quick start with a real engine: the container runs under the profile, and what the
# job never did is refused.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../engine.sh"
need meson ninja cc
need_segen
need_engine
engine_start
BUILD=$(cd "$(dirname "$SEGEN")/.." && pwd)
DOCKER_HOST=unix://$ENGINE/s
export BUILD DOCKER_HOST
mkdir "$T/mine"
cd "$T/mine" || exit 99

run sh "$SRC/samples/quickstart.sh"
is $st 0 'quick start: succeeds' || diag_file "$T/err"
files=$(ls "$SRC"/include/segen/*.h | wc -l)
has "$T/out" "^trace .* printed $((files + 1))$" 'the job is traced'
has "$T/out" "^proof .*container.* printed $((files + 1)), too$" \
	'the job prints the same in a container under its profile'
has "$T/out" "^refused .*mkdir: .*: Operation not permitted$" 'mkdir is refused in the container'
is "$(docker_ images -q)" '' 'no image is left behind'
is "$(docker_ ps -aq)" '' 'no container is left behind'

echo hello >data
run sh "$SRC/samples/quickstart.sh" -- sh -c 'cat data | tr a-z A-Z >copy; exit 5'
is $st 0 'quick start: takes another command' || diag_file "$T/err"
has "$T/out" '^proof .*container under the profile it ended with status 5, too' \
	'its status is the same in the container'
is "$(cat copy)" HELLO 'it can write to the current folder'
is "$(docker_ images -q)$(docker_ ps -aq)" '' 'nothing is left behind'

# The folder can be made once only, so the two runs end differently.
run sh "$SRC/samples/quickstart.sh" -- sh -c 'mkdir once 2>/dev/null || exit 1'
has "$T/err" 'traced, it ended with status 0, in the container with 1' \
	'a difference between both is reported'
isnt $st 0 'and is a failure'
done_testing
