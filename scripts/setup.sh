#!/usr/bin/env bash
# Installs what the project needs and the machine lacks: as root with apt-get itself, otherwise it says what to install.
#
#   scripts/setup.sh build    what building and running need
#   scripts/setup.sh test     what the tests need besides
#   scripts/setup.sh measure  what the measurements need besides
#   scripts/setup.sh postgres what tests and trials over PostgreSQL need besides
#   scripts/setup.sh browser  what the tests of the dashboard need, in a browser and for its pictures
set -euo pipefail
cd "$(dirname "$0")/.."

purpose=${1:-test}
packages=()
others=()

# Whether PostgreSQL's server is installed, in whatever version: Debian has it outside of PATH.
has_server() {
    command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null ||
        [ -x "$(pg_config --bindir 2>/dev/null)/postgres" ]
}

# Fills `packages` (Debian's names) and `others` (for a person to install) with what is missing.
look() {
    packages=()
    others=()
    if ! swift --version >/dev/null 2>&1; then others+=("Swift 6.2 or later, from https://www.swift.org/install"); fi
    # On macOS the SDK brings SQLite's header and library; libpq of Homebrew is not where the compiler looks by itself.
    if [ "$(uname)" != Darwin ]; then
        if ! command -v pkg-config >/dev/null; then packages+=(pkg-config); fi
        if ! pkg-config --exists sqlite3 2>/dev/null; then packages+=(libsqlite3-dev); fi
        if ! pkg-config --exists libpq 2>/dev/null; then packages+=(libpq-dev); fi
    elif ! pkg-config --exists libpq 2>/dev/null; then
        others+=("libpq: brew install pkgconf libpq, and export PKG_CONFIG_PATH=\"\$(brew --prefix libpq)/lib/pkgconfig\"."
            "Or build without PostgreSQL: swift build --disable-default-traits")
    fi
    if [ "$purpose" = build ]; then return; fi
    if [ "$purpose" = postgres ]; then
        if ! command -v python3 >/dev/null; then packages+=(python3); fi
        if ! has_server; then packages+=(postgresql); fi
        if [ ! -x /usr/sbin/nginx ] && ! command -v nginx >/dev/null; then packages+=(nginx); fi
        return
    fi
    if [ "$purpose" = measure ] && ! command -v wrk >/dev/null; then packages+=(wrk); fi
    if ! command -v curl >/dev/null; then packages+=(curl); fi
    if ! command -v openssl >/dev/null; then packages+=(openssl); fi
    if [ "$purpose" = browser ]; then
        if [ ! -x /usr/bin/chromium ]; then packages+=(chromium); fi
        # Shoppers of the sample carts have names in many scripts.
        if [ ! -e /usr/share/fonts/truetype/noto/NotoSans-Regular.ttf ]; then packages+=(fonts-noto-core); fi
        if [ ! -e /usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf ]; then packages+=(fonts-droid-fallback); fi
        if ! command -v python3 >/dev/null || ! python3 -c 'import ensurepip' 2>/dev/null; then packages+=(python3 python3-venv); fi
        return
    fi
    if ! node --version >/dev/null 2>&1; then packages+=(nodejs); fi
    if ! command -v php >/dev/null; then
        packages+=(php-cli php-curl)
    elif ! php -r 'exit(extension_loaded("curl") ? 0 : 1);'; then
        packages+=(php-curl)
    fi
    if ! command -v python3 >/dev/null; then
        packages+=(python3 python3-requests python3-venv)
    elif ! python3 -c 'import requests' 2>/dev/null; then
        # Debian's module is seen by Debian's Python alone.
        if [ "$(command -v python3)" = /usr/bin/python3 ]; then
            packages+=(python3-requests)
        else
            others+=("the module requests for $(command -v python3)")
        fi
    fi
    if command -v python3 >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then packages+=(python3-venv); fi
}

look
if [ ${#packages[@]} -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    look
fi

# A Python that is not Debian's has a package manager of its own.
if [[ "${others[*]-}" == *"module requests"* ]] && [ "$(id -u)" = 0 ] && python3 -m pip --version >/dev/null 2>&1; then
    python3 -m pip install --quiet --root-user-action=ignore requests || true
    look
fi

# tools FOLDER REQUIREMENTS: Python's tools, in the versions that the tests were written with, in a folder of their own.
tools() {
    if ! cmp -s "$2" "$1/requirements.txt"; then
        echo "Installing the tools of $2 in $1"
        python3 -m venv --clear "$1"
        "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2"
        cp "$2" "$1/requirements.txt"
    fi
}
if [ ${#packages[@]} -eq 0 ] && [ ${#others[@]} -eq 0 ]; then
    case $purpose in
        test) tools .build/python Tests/OpenAPI/requirements.txt ;;
        browser) tools .build/browser Tests/Browser/requirements.txt ;;
    esac
fi

missing=(${packages[@]+"${packages[@]}"} ${others[@]+"${others[@]}"})
if [ ${#missing[@]} -gt 0 ]; then
    echo "Please install, and run this again:" >&2
    printf '  %s\n' "${missing[@]}" >&2
    if [ ${#packages[@]} -gt 0 ] && command -v apt-get >/dev/null; then
        echo "For instance: sudo apt-get install ${packages[*]}" >&2
    fi
    exit 1
fi
