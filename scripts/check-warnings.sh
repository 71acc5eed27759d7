#!/usr/bin/env bash
# Compiles all of the project's own code and fails if the compiler warns of any of it. Dependencies may warn.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# A build prints the warnings of what it compiles, so everything has to be compiled.
find Sources Tests -name '*.swift' -exec touch {} +
${SWIFT:-swift} build --build-tests 2>&1 | tee "$log"

# Checkouts of dependencies lie in .build. SwiftPM's own warnings about the package begin with its name.
package=$(basename "$PWD" | tr '[:upper:]' '[:lower:]')
found=$(
    { grep -F ': warning: ' "$log" | grep -F "$PWD/" | grep -vF "$PWD/.build/"
      grep -F "warning: '$package': " "$log"; } | sort -u || true)
if [ -n "$found" ]; then
    printf '\nThe compiler warns of the project'\''s own code:\n%s\n' "$found" >&2
    exit 1
fi
