import { KEEP_LIMITS, keepLogScript } from './keep-log-script.ts';

/**
 * The first process of a container, for any POSIX shell: keeps all output in files of ours, runs
 * setup and run, and leaves the code of the last one beside them. A second start of the same
 * container, by whomever, finds the mark of the first and does nothing. As process 1 of its own
 * namespace it reaches everything in the container with `kill -1`, and nothing else.
 * Sources: kill(2), pid_namespaces(7) (signals of process 1), proc_pid_stat(5), POSIX Shell, `wait`
 * and `trap`; Linux kernel, Documentation/admin-guide/cgroup-v2.rst (memory.events) and
 * cgroup-v1/memory.rst (memory.oom_control).
 */
export const START_SCRIPT = `# A full disk delays what must be written, and loses nothing (fault 12).
until mkdir /kedge/started 2>/dev/null; do
  [ -e /kedge/started ] && exit 125
  sleep 1
done
# A shell tells of children that a signal has ended: nothing for the log.
exec </dev/null >/dev/null 2>&1
envs=$(cat /kedge/envs)
rm -f /kedge/envs
shell=sh
command -v bash >/dev/null 2>&1 && shell=bash
stopping=
${keepLogScript(KEEP_LIMITS)}
# What keeps the log inherits this: it ends with the output, not before.
trap '' TERM INT HUP
if mkfifo -m 666 /kedge/output.pipe; then
  # Both ways at once, so that opening either end waits for nobody.
  exec 3<>/kedge/output.pipe 4>/kedge/output.pipe
  # By exec: a shell keeps copies of what it redirects for a while.
  ( exec </kedge/output.pipe 3>&- 4>&-; keep_log ) &
  keeper=$!
else
  # Some engines show folders of the machine that can hold no pipe: then all of it is kept.
  exec 3</dev/null 4>>/kedge/output.log
  keeper=
fi
trap 'stopping=1; kill -TERM -1 2>/dev/null' TERM INT HUP

# Does anything run but us and what keeps the log?
others() {
  for at in /proc/[0-9]*; do
    [ "\${at#/proc/}" = $$ ] || [ "\${at#/proc/}" = "$keeper" ] && continue
    read -r stat <"$at/stat" || continue
    # After the name, which may hold anything: state, parent, …
    stat=\${stat##*) }
    parent=\${stat#? }
    [ "\${stat%% *}" = Z ] || [ "\${parent%% *}" = "$keeper" ] || return 0
  done
  return 1
}

# A task that was killed for memory looks like one that somebody has killed.
memory() {
  for at in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$at" ] || continue
    while read -r key count; do
      [ "$key" = oom_kill ] && [ "$count" -gt 0 ] && echo ' oom'
    done <"$at"
  done
}

end() {
  exec 3>&- 4>&-
  # What is left may still have output to write; asked to stop, it may take all of its grace.
  turns=0
  while others; do
    turns=$((turns + 1))
    [ -n "$stopping" ] || [ "$turns" -le 10 ] || break
    sleep 0.1 || sleep 1
  done
  # Whoever holds the other end of the pipe by now has had its time.
  others || while [ -n "$keeper" ] && kill -0 "$keeper" 2>/dev/null; do wait "$keeper"; done
  words="$1 $2$(memory)\${stopping:+ asked}"
  until echo "$words" >/kedge/exit.part && mv /kedge/exit.part /kedge/exit; do sleep 1; done
  exit "$2"
}

step() {
  [ -n "$stopping" ] && end "$1" 143
  ( exec >&4 2>&4 3>&- 4>&-; eval "$envs"; exec "$shell" -c "$(cat "/kedge/$1")" ) &
  child=$!
  # Asked between the look above and the start.
  [ -n "$stopping" ] && kill -TERM "$child" 2>/dev/null
  # For those who want to do something beside it.
  echo "$child" >/kedge/task
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
