# Sourced by the scripts that make archives for tests: an archive is made once per recipe.

# begin_archive DIRECTORY NAME RECIPE...: prints the archive's path and ends where it is there
# already; otherwise $archive is its path and $stage a directory that goes with the script. The
# recipe's files are part of the name: a changed one makes a new archive.
begin_archive() {
    local directory=$1 name=$2
    shift 2
    mkdir -p "$directory"
    exec 9>"$directory/lock-$name"
    flock 9
    archive=$directory/$name-$(cat "$@" "${BASH_SOURCE[0]}" | sha256sum | cut -c1-12).tar
    [ ! -f "$archive" ] || {
        echo "$archive"
        exit 0
    }
    stage=$(mktemp -d "$directory/stage.XXXXXX")
    trap 'rm -rf "$stage"' EXIT
}

# need TOOL...
need() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || {
            echo "$tool is not installed" >&2
            exit 1
        }
    done
}

# debian_root TAR ARGUMENT...: a Debian root with what mmdebstrap's arguments add to the essential
# packages, from the mirror that this machine uses, where it is a Debian.
debian_root() {
    local suite=bookworm mirror tar=$1
    shift
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 2>/dev/null | sed -n "s/ $suite main\$//p" | head -n 1)
    mmdebstrap --quiet --variant=essential \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        "$@" "$suite" "$tar" ${mirror:+"$mirror"} >&2
}

# The architecture as images name it.
image_architecture() {
    case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
    esac
}

# finish_archive FILE: gives it its name and prints that.
finish_archive() {
    chmod 0644 "$1"
    mv "$1" "$archive"
    echo "$archive"
}
