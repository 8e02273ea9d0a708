#!/usr/bin/env bash
# Builds the image of deploy/Containerfile from the program as make build makes
# it, asks no registry for anything, and looks whether it works: out of the image
# as its whole file system, which it cannot write, under the account that the image
# names, it makes keys, serves and is ready. Leaves bin/nysreferral-image.tar.
# Wants root, or a sudo that asks nothing, for the mounts of the look.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$(dirname "$0")/.."

scripts/ensure-buildah.sh
make -s build

work=$(mktemp -d -t nysreferral-image.XXXXXX)
name=nysreferral
pid=""
container=""
# Images are kept in a folder of this run, so that none of the machine is touched.
b() { rooted buildah --root "$work/images" --runroot "$work/run" --storage-driver vfs "$@"; }
finish() {
	local code=$?
	trap - EXIT INT TERM
	if [ -n "$pid" ]; then
		rooted kill "$pid" 2>/dev/null || true
		wait 2>/dev/null || true
	fi
	if [ -n "$container" ]; then b rm "$container" >/dev/null 2>&1 || true; fi
	rooted rm -rf "$work"
	exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$work/context/data" "$work/context/keys" "$work/context/tmp" "$work/volumes/data" "$work/volumes/keys" "$work/root"
cp bin/nysreferral /etc/ssl/certs/ca-certificates.crt "$work/context/"
b build --isolation chroot --format oci --timestamp 0 --file deploy/Containerfile --tag "$name" "$work/context" >&2
rm -f bin/nysreferral-image.tar
b push "$name" "oci-archive:$PWD/bin/nysreferral-image.tar:$name" >&2
if [ "$(id -u)" -ne 0 ]; then rooted chown "$(id -u):$(id -g)" bin/nysreferral-image.tar; fi

# What the image says of itself.
account=$(b inspect --type image --format '{{.OCIv1.Config.User}}' "$name")
begins=$(b inspect --type image --format '{{index .OCIv1.Config.Entrypoint 0}}' "$name")
[ "${account%%:*}" != 0 ] && [ -n "$account" ] || { say "The image runs as root."; exit 1; }

container=$(b from --pull-never "$name")
tree=$(b mount "$container")
found=$(cd "$tree" && rooted find . -type f | sort | tr '\n' ' ')
[ "$found" = "./etc/ssl/certs/ca-certificates.crt ./nysreferral " ] || { say "The image holds other files than it should: $found"; exit 1; }
rooted chown -R "$account" "$work/volumes"

# inside runs the program with the image as its file system: read-only, but for
# the volumes, and in a namespace of mounts that ends with it.
inside() {
	# The variables are those of the inner shell.
	# shellcheck disable=SC2016
	rooted unshare --mount --propagation private bash -c '
		set -e
		tree=$1 root=$2 volumes=$3 account=$4; shift 4
		mount --bind "$tree" "$root"
		mount --bind "$volumes/data" "$root/data"
		mount --bind "$volumes/keys" "$root/keys"
		mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
		mount -o remount,bind,ro "$root"
		echo $$ >"$volumes/pid" # the program takes the place of this shell
		exec setpriv --no-new-privs chroot --userspec="$account" "$root" "$@"
	' inside "$tree" "$work/root" "$work/volumes" "$account" "$@"
}

inside "$begins" key new /keys/keys >&2
port=0
for _ in 1 2 3 4 5 6 7 8 9 10; do
	port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
	(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break # nobody listens there
done
inside "$begins" serve --pilot --fips required --addr "127.0.0.1:$port" --key-file /keys/keys --data /data >"$work/said" 2>&1 &
outer=$!

# answer prints what a path of the server says.
answer() {
	(
		exec 3<>"/dev/tcp/127.0.0.1/$port"
		printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
		cat <&3
	) 2>/dev/null || true
}

ready=""
for _ in $(seq 600); do
	case "$(answer /readyz)" in *" 200 "*) ready=yes; break ;; esac
	kill -0 "$outer" 2>/dev/null || break
	sleep 0.1
done
[ -n "$ready" ] || { cat "$work/said" >&2; say "The program in the image does not become ready."; exit 1; }
pid=$(cat "$work/volumes/pid")

runs=$(rooted awk '/^Uid:|^Gid:|^CapEff:|^NoNewPrivs:/ { printf "%s %s; ", $1, $2 }' "/proc/$pid/status")
case "$runs" in "Uid: ${account%%:*}; Gid: ${account##*:}; CapEff: 0000000000000000; NoNewPrivs: 1; ") ;; *) say "It does not run as it should: $runs"; exit 1 ;; esac
rooted awk '$5 == "/" { print $6 }' "/proc/$pid/mountinfo" | grep -q '^ro' || { say "Its file system can be written."; exit 1; }
case "$(answer /sign-in)" in *" 200 "*"<html"*) ;; *) say "It shows no page."; exit 1 ;; esac

rooted kill -TERM "$pid"
wait "$outer" || { cat "$work/said" >&2; say "It does not end in order."; exit 1; }
pid=""
say "The image runs read-only as $account, is ready, shows a page and ends in order: bin/nysreferral-image.tar, $(du -h bin/nysreferral-image.tar | cut -f1)."
