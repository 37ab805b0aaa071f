/** What a name could carry to a shell or to the options of a program, around a command. */
const SHAPES: readonly ((command: string) => string)[] = [
  (command) => `$(${command})`,
  (command) => `\`${command}\``,
  (command) => `; ${command};`,
  (command) => `x && ${command} #`,
  (command) => `| ${command}`,
  (command) => `\n${command}\n`,
  (command) => `'; ${command}; '`,
  (command) => `"; ${command}; "`,
  (command) => `'"'"'$(${command})'"'"'`,
  (command) => `-oProxyCommand=${command}`,
  (command) => `--checkpoint-action=exec=${command}`,
  (command) => `--use-compress-program=${command}`,
  (command) => `-c${command}`,
  (command) => `\${IFS}$(${command.replaceAll(' ', `\${IFS}`)})`,
  (command) => `\\$(${command})\\`,
  (command) => `%0a${encodeURIComponent(command)}`,
  (command) => `() { :;}; ${command}`,
  (command) => `a[$(${command})]`,
  (command) => `<(${command})`,
  (command) => `x=1 ${command}`,
];
const AROUND = [
  '',
  '-',
  '--',
  '=',
  '..',
  '~',
  '*',
  '?',
  '!',
  '{a,b}',
  ' ',
  '\t',
  '\\',
  "'",
  '"',
  '#',
  'é',
];

/** So many different names, each of which runs the command wherever a shell would read it. */
export function hostileNames(count: number, command: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const shape = SHAPES[index % SHAPES.length]!;
    const turn = Math.floor(index / SHAPES.length);
    const before = AROUND[turn % AROUND.length]!;
    const after = AROUND[Math.floor(turn / AROUND.length) % AROUND.length]!;
    return `${before}${shape(command)}${after}${turn}`;
  });
}

const UP = [
  '..',
  '%2e%2e',
  '%252e%252e',
  '%c0%ae%c0%ae',
  '．．',
  '..;',
  '%2e.',
  '..%00',
  '.%2e',
  '....',
];
const SLASH = ['/', '%2f', '%252f', '%5c', '\\', '%c0%af', '%ef%bc%8f', '//', '/./', '%2F'];

/** So many ways to write a path upwards to a file, as URLs carry it. */
export function encodedPaths(count: number, file: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const up = UP[index % UP.length]!;
    const slash = SLASH[Math.floor(index / UP.length) % SLASH.length]!;
    const depth = 1 + (Math.floor(index / (UP.length * SLASH.length)) % 12);
    const end = ['', '%00', '%00.log', '?', '#', ';', '%20', '.log'][Math.floor(index / 1200) % 8];
    return `${`${up}${slash}`.repeat(depth)}${file.split('/').join(slash)}${end}`;
  });
}
