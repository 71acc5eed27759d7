#!/usr/bin/env bash
# Fails if a Markdown file names something of the project that does not exist: in backticks a path such as `Sources/corral`, a
# file at the top such as `README.md`, or a Swift file by its name alone; and the target of any relative link.
set -euo pipefail
cd "$(dirname "$0")/.."

failures=0

missing() { # file, what it names
    echo "$1: $2 does not exist" >&2
    failures=$((failures + 1))
}

exists() { compgen -G "$1" >/dev/null; }

documents() {
    git ls-files --cached --others --exclude-standard -- '*.md' 2>/dev/null | grep . ||
        find . -name '*.md' -not -path './.build/*'
}

while IFS= read -r document; do
    [ -e "$document" ] || continue
    folder=$(dirname "$document")
    while IFS= read -r name; do
        case $name in
            *' '*) ;;
            Sources/* | Tests/* | docs/* | Examples/* | scripts/* | Benchmarks/* | .ci/*)
                exists "$name" || missing "$document" "$name" ;;
            */*) ;;
            *.swift)
                [ -e "$name" ] || [ -n "$(find Sources Tests -name "$name" -print -quit)" ] || missing "$document" "$name" ;;
            *.md | Makefile | LICENSE)
                [ -e "$name" ] || [ -e "$folder/$name" ] || missing "$document" "$name" ;;
        esac
    done < <(grep -oE '`[^`]+`' "$document" | tr -d '`' || true)
    while IFS= read -r target; do
        target=${target%%#*}
        case $target in
            '' | *:*) ;;
            *) exists "$folder/$target" || missing "$document" "the target of a link, $target," ;;
        esac
    done < <(grep -oE '\]\([^) ]+\)' "$document" | sed -E 's/^\]\((.*)\)$/\1/' || true)
done < <(documents)

if [ "$failures" -gt 0 ]; then exit 1; fi
echo "Every path that the documentation names exists."
