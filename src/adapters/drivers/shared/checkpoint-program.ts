/**
 * `kedge-checkpoint`, on the PATH of every task: saves checkpoints that are whole or not there, and
 * finds the newest one. For any POSIX shell with sha256sum (coreutils or busybox). A checkpoint
 * appears by one rename, and counts once `.kedge/complete`, written last, holds the SHA-256 of its
 * manifest (src/spec/checkpoint.ts); its bytes are on the disk before that.
 */
export const CHECKPOINT_PROGRAM = `#!/bin/sh
set -eu
usage='usage: kedge-checkpoint save STEP PATH...   save files and folders as a checkpoint
       kedge-checkpoint latest              print the path of the newest complete one'
kept=2

fail() {
  echo "kedge-checkpoint: $1" >&2
  exit "\${2:-1}"
}

hash_of() {
  sha256sum <"$1" | cut -c 1-64
}

is_complete() {
  [ -f "$1/.kedge/complete" ] && [ -f "$1/.kedge/manifest.json" ] &&
    [ "$(cat "$1/.kedge/complete")" = "$(hash_of "$1/.kedge/manifest.json")" ]
}

# Steps of all folders of that name, the newest first.
steps() {
  ls -1 "$dir" 2>/dev/null | sed -n 's/^step-\\([0-9][0-9]*\\)$/\\1/p' | sort -rn
}

to_disk() {
  sync -f "$1" 2>/dev/null || sync
}

write_manifest() {
  if find . -name '*[[:cntrl:]\\\\]*' | grep -q .; then
    fail 'a name has a line break or a backslash in it'
  fi
  find . -type f ! -path './.kedge/*' -exec sha256sum {} + >.kedge/sums
  separator=
  {
    printf '{"schema":"kedge.checkpoint/v1","step":%s,"files":[' "$step"
    while read -r sum path; do
      path=\${path#\\*}
      size=$(wc -c <"$path")
      name=$(printf '%s' "\${path#./}" | sed 's/"/\\\\"/g')
      printf '%s\\n{"path":"%s","size":%s,"sha256":"%s"}' "$separator" "$name" "$((size))" "$sum"
      separator=,
    done <.kedge/sums
    printf ']}\\n'
  } >.kedge/manifest.json
  rm .kedge/sums
}

save() {
  step=$1
  shift
  case $step in
    '' | *[!0-9]* | 0?*) fail "STEP is a whole number, not '$step'" 2 ;;
  esac
  [ "\${#step}" -le 15 ] || fail "STEP is too large: $step" 2
  mkdir -p "$dir"
  draft=$dir/.saving-$step-$$
  # What a full disk or a signal cuts leaves nothing but this.
  trap 'rm -rf "$draft"' EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  rm -rf "$draft"
  mkdir -p "$draft/.kedge"
  for path; do
    [ -e "$path" ] || fail "there is no $path"
    name=$(basename "$path")
    case $name in
      . | .. | /) ;;
      *) [ ! -e "$draft/$name" ] || fail "two of the paths are named $name" ;;
    esac
    cp -R "$path" "$draft/"
  done
  (cd "$draft" && write_manifest)
  to_disk "$draft"
  target=$dir/step-$step
  if [ -e "$target" ]; then
    # Saved again: what was saved before counts no longer.
    rm -f "$target/.kedge/complete"
    rm -rf "$target"
  fi
  mv "$draft" "$target"
  hash_of "$target/.kedge/manifest.json" >"$target/.kedge/complete"
  to_disk "$target"
  found=0
  for old in $(steps); do
    if is_complete "$dir/step-$old"; then
      found=$((found + 1))
      [ "$found" -gt "$kept" ] || continue
      rm -f "$dir/step-$old/.kedge/complete"
      rm -rf "$dir/step-$old"
    fi
  done
}

latest() {
  for step in $(steps); do
    if is_complete "$dir/step-$step"; then
      echo "$dir/step-$step"
      return 0
    fi
  done
  return 1
}

dir=\${KEDGE_CHECKPOINT_DIR-}
[ -n "$dir" ] || fail 'KEDGE_CHECKPOINT_DIR is not set: give the task a "checkpoint: {path: ...}"' 2
case \${1-} in
  save)
    [ "$#" -ge 3 ] || fail "$usage" 2
    shift
    save "$@"
    ;;
  latest) latest ;;
  *) fail "$usage" 2 ;;
esac
`;

/** Its name on the PATH. */
export const CHECKPOINT_COMMAND = 'kedge-checkpoint';
