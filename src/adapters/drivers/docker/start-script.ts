/**
 * The first process of a container, for any POSIX shell: sends all output to a file of ours, runs
 * setup and run, and leaves the code of the last one beside it. A second start of the same
 * container, by whomever, finds the mark of the first and does nothing. As process 1 of its own
 * namespace it reaches everything in the container with `kill -1`, and nothing else.
 * Sources: kill(2), pid_namespaces(7) (signals of process 1), POSIX Shell, `wait` and `trap`.
 */
export const START_SCRIPT = `mkdir /kedge/started 2>/dev/null || exit 125
# A shell tells of children that a signal has ended: nothing for the log.
exec </dev/null >/dev/null 2>&1
envs=$(cat /kedge/envs)
rm -f /kedge/envs
shell=sh
command -v bash >/dev/null 2>&1 && shell=bash
stopping=
trap 'stopping=1; kill -TERM -1 2>/dev/null' TERM INT HUP

end() {
  # What is left may still have output to write; asked to stop, it may take all of its grace.
  turns=0
  while kill -0 -1 2>/dev/null; do
    turns=$((turns + 1))
    [ -n "$stopping" ] || [ "$turns" -le 10 ] || break
    sleep 0.1 || sleep 1
  done
  echo "$1 $2" >/kedge/exit.part && mv /kedge/exit.part /kedge/exit
  exit "$2"
}

step() {
  [ -n "$stopping" ] && end "$1" 143
  ( exec >>/kedge/output.log 2>&1; eval "$envs"; exec "$shell" -c "$(cat "/kedge/$1")" ) &
  child=$!
  # Asked between the look above and the start.
  [ -n "$stopping" ] && kill -TERM "$child" 2>/dev/null
  while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
  done
}

if [ -e /kedge/setup ]; then
  step setup
  [ "$code" -eq 0 ] || end setup "$code"
fi
step run
end run "$code"
`;

/** Lines that set variables to exactly these values, whatever is in them. */
export function exportLines(envs: Readonly<Record<string, string>>): string {
  return Object.entries(envs)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}
