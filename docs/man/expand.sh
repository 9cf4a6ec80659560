#!/bin/sh
# expand.sh PAGE: a page, with the parts that pages share in the place of "; include PART".
set -eu
while IFS= read -r line; do
	case $line in
	'; include '*) cat "$(dirname "$1")/${line#; include }" ;;
	*) printf '%s\n' "$line" ;;
	esac
done <"$1"
