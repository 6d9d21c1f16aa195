#!/usr/bin/env bash
# Smooths a video, with nothing but curl: at once, and then through the queue. Prints the outputs, a line each.
#
#   FAL_KEY=... ./rife.sh https://example.com/in.mp4
#
# With FAL_BASE_URL in the environment it asks there, such as at falgen mock, and not at fal.
set -euo pipefail

base=${FAL_BASE_URL:-https:/} # what comes before /fal.run and /queue.fal.run
model=fal-ai/rife/video
input="{\"video_url\": \"$1\"}"

call() { # METHOD URL [ARGUMENT OF CURL...]
	curl --silent --show-error --fail-with-body --max-time 600 --request "$1" --url "$2" \
		--header "Authorization: Key $FAL_KEY" --header 'Content-Type: application/json' "${@:3}"
}

# The text that a JSON object has under a name.
text() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }

call POST "$base/fal.run/$model" --data "$input"
echo

ticket=$(call POST "$base/queue.fal.run/$model" --data "$input")
status_url=$(text status_url <<<"$ticket")
response_url=$(text response_url <<<"$ticket")

for ((tries = 0; tries < 600; tries++)); do
	state=$(call GET "$status_url" | text status)
	if [ "$state" = COMPLETED ]; then
		call GET "$response_url"
		echo
		exit
	fi
	sleep 1
done
echo "rife.sh: ten minutes later $status_url still says $state" >&2
exit 1
