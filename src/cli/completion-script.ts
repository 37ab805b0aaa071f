export type CompletedCommand = {
  readonly name: string;
  readonly summary: string;
  /** Subcommands and options. */
  readonly words: readonly string[];
};

/** A completion script: commands first, then their words, then files. */
export function completionScript(
  shell: 'bash' | 'zsh' | 'fish',
  commands: readonly CompletedCommand[],
): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return `#compdef kedge\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`;
    case 'fish':
      return fish(commands);
  }
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, words }) => `    ${name}) words='${words.join(' ')}' ;;`);
  return `_kedge() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words='${commands.map(({ name }) => name).join(' ')} --help --version' ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${commands.map(({ name }) => name).join(' ')} --help --version'
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _kedge kedge
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, words }) => {
    const under = `-n '__fish_seen_subcommand_from ${name}'`;
    const options = words
      .filter((word) => word.startsWith('--'))
      .map((word) => `complete -c kedge ${under} -l ${word.slice(2)}`);
    const children = words
      .filter((word) => !word.startsWith('--'))
      .map((word) => `complete -c kedge ${under} -a ${word}`);
    const top = `complete -c kedge -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", '')}'`;
    return [top, ...children, ...options];
  });
  return `${lines.join('\n')}\n`;
}
