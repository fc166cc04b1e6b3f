# Shared by installer/run and tests/run (bash, sourced): packages, compiler cache, configure, build.

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# packages KIND...: the names that installer/packages lists for these kinds.
packages() {
    local kind
    for kind in "$@"; do
        sed -n "s/^$kind //p" "$top/installer/packages"
    done | tr -s ' \n' '\n\n'
}

# missing_packages KIND...: those that are not installed here.
missing_packages() {
    local wanted installed
    wanted=$(packages "$@" | sort -u)
    # shellcheck disable=SC2086 # names, one word each
    installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null |
        sed -n 's/^.i *//p' | sort -u)
    comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$installed")
}

# install_packages KIND...: makes sure they are there; ends the script where it cannot.
install_packages() {
    local missing command as_root=
    if ! command -v dpkg-query >/dev/null; then
        say "This is no Debian: nothing is installed. Needed, by their Debian 12 names:"
        packages "$@" | paste -sd' ' | fold -s -w 90
        return 0
    fi
    missing=$(missing_packages "$@" | paste -sd' ')
    [ -n "$missing" ] || return 0
    command="apt-get install -y --no-install-recommends $missing"
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root="sudo -n"
        else
            say "These packages are missing, and installing them takes root rights:" >&2
            say "  $missing" >&2
            say "As root, run:" >&2
            say "  apt-get update && $command" >&2
            say "then this command again." >&2
            exit 1
        fi
    fi
    say "Installing: $missing"
    # A mirror that does not answer is not the end: what apt knows already may be enough.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q ||
        say "apt-get update failed; going on with the lists that are here" >&2
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive $command -q </dev/null ||
        fail "apt-get could not install the packages (see above); the command was: $command"
}

# engine_socket: where this user's engine listens.
engine_socket() {
    if [ "$(id -u)" -eq 0 ]; then
        say /run/portlight/engine.sock
    else
        say "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/portlight/engine.sock"
    fi
}

# make_docker_context: a docker context "portlight", or the one that is there with this user's socket. The
# context that is in use stays in use.
make_docker_context() {
    local verb=create
    command -v docker >/dev/null ||
        fail "the docker command is not installed; 'portlight ps' and its like do without it"
    if docker context inspect portlight >/dev/null 2>&1; then
        verb=update
    fi
    docker context "$verb" portlight --description "Portlight" --docker "host=unix://$(engine_socket)" \
        >/dev/null || fail "docker could not $verb the context (see above)"
    say "Context portlight: unix://$(engine_socket). Try: docker --context portlight ps"
}

# prepare_environment: caches and settings live in the build directory where the home cannot be written.
prepare_environment() {
    mkdir -p "$top/build" || fail "cannot write to $top/build"
    export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-4G}
    # Two checkouts of the same source share what they compiled.
    export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1
    # What ccache asks for before it takes a compile with a precompiled header.
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
        mkdir -p "$top/build/home"
        export HOME=$top/build/home
    fi
}

# build_preset PRESET [TARGET...]
build_preset() {
    local preset=$1
    shift
    (cd "$top" && cmake --preset "$preset" -D PORTLIGHT_PRECOMPILE="${PORTLIGHT_PRECOMPILE:-ON}" \
        -D PORTLIGHT_TESTS="${PORTLIGHT_TESTS:-all}" >"$top/build/configure-$preset.log" 2>&1) || {
        cat "$top/build/configure-$preset.log" >&2
        fail "cmake could not configure preset $preset"
    }
    cmake --build "$top/build/$preset" --parallel "${PORTLIGHT_JOBS:-$(nproc)}" \
        ${1:+--target "$@"} || fail "preset $preset does not build"
}
