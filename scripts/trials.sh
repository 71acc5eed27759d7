#!/usr/bin/env bash
# The programs of `make reliability` with small numbers, and without what depends on the speed of the machine.
#
#   scripts/trials.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/../Tests/Reliability"

program=$1
trial() {
    printf '\n-- %s\n' "$*"
    python3 -B "$@" --program "$program"
}

trial fuzz.py --requests 20000 --seed 7
trial crash.py --rounds 20 --seed 7
trial faults.py
trial slow_sockets.py --small
trial maintenance.py --carts 10000 --seed 7
trial nodes.py --seconds 20 --every 5 --seed 7
trial postgres_faults.py --small --seed 7
