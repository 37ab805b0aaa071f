import { randomBytes } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that is planted, and what of it must be found nowhere. */
export type Canary = {
  /** Of its variable. */
  readonly name: string;
  readonly value: string;
  /** The value, its middle that is in it but once, and the value in base64. */
  readonly marks: readonly Buffer[];
};

/** What people have as secrets, and what programs stumble over, around a core that is unique. */
const SHAPES: readonly ((core: string) => string)[] = [
  (core) => `hf_${core}`,
  (core) => `pass word ${core} with spaces `,
  (core) => `it's "quoted" \\${core}\\ 'twice'`,
  (core) => `-----BEGIN KEY-----\n${core}\nsecond line of ${core}\n-----END KEY-----\n`,
  (core) => `schlüssel-🔑-${core}-钥匙`,
  (core) => `${core}${'0123456789abcdef'.repeat(256)}`.slice(0, 4096),
  (core) => `^(.*)[${core}]{2,}|$&+?`,
  (core) => `$(touch /tmp/${core}); \`id\` & ${core} > x #`,
  (core) => `https://user:${core}@host/?a=b%20c&d=e`,
  (core) => `{"type": "service_account", "key": "${core}"}`,
];

/** So many secrets, each different, of all shapes; every tenth is of four characters. */
export function plantCanaries(count: number): readonly Canary[] {
  return Array.from({ length: count }, (_, index) => {
    const shape = SHAPES[index % SHAPES.length]!;
    const core = randomBytes(9).toString('base64url').replace(/[-_]/g, 'x');
    // No text or table holds these four by chance.
    const value = index % 10 === 9 ? `~${(360 + index).toString(36)}^` : shape(core);
    const marks = [value, ...(value.includes(core) ? [core] : [])].map((text) => Buffer.from(text));
    const encoded = Buffer.from(Buffer.from(value).toString('base64').replace(/=+$/, ''));
    return { name: `CANARY_${index}`, value, marks: [...marks, encoded] };
  });
}

/** The names of those that these bytes give away. */
export function canariesIn(bytes: Uint8Array | string, canaries: readonly Canary[]): string[] {
  const all = Buffer.from(bytes);
  const isThere = ({ marks }: Canary): boolean => marks.some((mark) => all.includes(mark));
  return canaries.filter(isThere).map(({ name }) => name);
}

/** Where in a folder there are any: `path: names`; what `skip` names is not looked at. */
export function canariesBelow(
  folder: string,
  {
    canaries,
    skip = () => false,
  }: { canaries: readonly Canary[]; skip?: (path: string) => boolean },
): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    const inName = canariesIn(path, canaries).map((name) => `${path}: ${name} in its name`);
    if (skip(path)) return [];
    if (entry.isDirectory()) return [...inName, ...canariesBelow(path, { canaries, skip })];
    if (!entry.isFile()) return inName;
    return [...inName, ...canariesIn(contentOf(path), canaries).map((name) => `${path}: ${name}`)];
  });
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It has gone meanwhile.
    return [];
  }
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Environments that give any away, of servers and supervisors: what outlives a command. */
export function canariesInEnvironments(ofWhom: string, canaries: readonly Canary[]): string[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    const environment = contentOf(`/proc/${pid}/environ`);
    const words = contentOf(`/proc/${pid}/cmdline`).toString('latin1');
    const isOurs =
      environment.includes(ofWhom) && /\0server\0start\0|\/supervisor\.[jt]s\0/.test(words);
    return isOurs ? canariesIn(environment, canaries).map((name) => `${pid}: ${name}`) : [];
  });
}

/** Command lines that give any away, of processes whose environment holds a text. */
export function canariesInArguments(ofWhom: string, canaries: readonly Canary[]): string[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    if (!contentOf(`/proc/${pid}/environ`).includes(ofWhom)) return [];
    const words = contentOf(`/proc/${pid}/cmdline`);
    return canariesIn(words, canaries).map((name) => `${words.toString().slice(0, 80)}: ${name}`);
  });
}
