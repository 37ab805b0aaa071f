/**
 * Runs the command that it is given, for any POSIX shell: says its pid, then becomes the command,
 * with the variables of the task and in its directory. The engine does not know the variables;
 * they are read from the task itself, a line each: NUL becomes the end of a line, and the end of a
 * line within a value a byte that no text has. Source: proc_pid_environ(5).
 */
export const EXEC_SCRIPT = `task=$(cat /kedge/task 2>/dev/null)
if [ -z "$task" ] || ! [ -r "/proc/$task/environ" ]; then echo -; exit 125; fi
echo $$
newline='
'
mark=$(printf '\\001')
while IFS= read -r line; do
  name=\${line%%=*}
  case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
  value=\${line#*=}
  case $value in
    *"$mark"*)
      value=$(printf '%s.' "$value" | tr '\\001' '\\n')
      value=\${value%.}
      ;;
  esac
  export "$name=$value"
done <<END
$(tr '\\000\\n' '\\n\\001' <"/proc/$task/environ")
END
cd /workdir
exec "$@"
`;

/** Ends the group of a command, which engines make it the leader of. */
export const END_SCRIPT = `kill -TERM -"$1" 2>/dev/null || exit 0
sleep 2
kill -KILL -"$1" 2>/dev/null
`;
