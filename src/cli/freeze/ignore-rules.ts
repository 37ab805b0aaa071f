/** The rules of one ignore file; `folder` is where it lies, empty at the root, else ending in `/`. */
export type IgnoreRule = {
  readonly folder: string;
  readonly ignore: boolean;
  readonly foldersOnly: boolean;
  readonly pattern: RegExp;
};

/**
 * Reads a .gitignore or .kedgeignore: comments, `!` to take back, a slash at the end for folders,
 * one elsewhere to anchor, `*`, `?`, `**`, classes in brackets and escapes.
 * Source: gitignore(5), PATTERN FORMAT.
 */
export function parseIgnoreRules(text: string, folder: string): readonly IgnoreRule[] {
  return text.split(/\r?\n/).flatMap((line) => parseRule(line, folder) ?? []);
}

/** True for a path that stays behind: the last rule that fits decides. */
export function isIgnored(
  rules: readonly IgnoreRule[],
  { path, isFolder }: { readonly path: string; readonly isFolder: boolean },
): boolean {
  const last = rules.findLast(
    (rule) =>
      (isFolder || !rule.foldersOnly) &&
      path.startsWith(rule.folder) &&
      rule.pattern.test(path.slice(rule.folder.length)),
  );
  return last?.ignore ?? false;
}

function parseRule(line: string, folder: string): IgnoreRule | null {
  // Spaces at the end count only when they are escaped.
  const text = line.replace(/(?<!\\)[ \t]+$/, '');
  if (text === '' || text.startsWith('#')) return null;
  const ignore = !text.startsWith('!');
  const glob = text.replace(/^!/, '').replace(/\/$/, '');
  const anchored = glob.includes('/');
  const body = glob.replace(/^\//, '').replace(TOKEN, translate);
  try {
    const pattern = new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}$`, 's');
    return { folder, ignore, foldersOnly: text.endsWith('/'), pattern };
  } catch {
    // A class that is none, as [z-a], fits nothing.
    return null;
  }
}

/** `**` between slashes, other stars, a question mark, a class, an escape, or any character. */
const TOKEN = /(?<=^|\/)(?:\*\*\/)+|(?<=^|\/)\*\*$|\*+|\?|\[[!^]?\]?(?:\\.|[^\]\\])*\]|\\.|./gs;

function translate(token: string): string {
  if (token.endsWith('**/')) return '(?:.*/)?';
  // Everything inside, and not the folder itself.
  if (token === '**') return '.+';
  if (token.startsWith('*')) return '[^/]*';
  if (token === '?') return '[^/]';
  if (token.length > 1 && token.startsWith('[')) return classOf(token);
  const character = token.length === 2 && token.startsWith('\\') ? token.slice(1) : token;
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&');
}

function classOf(token: string): string {
  const negated = /^\[[!^]/.test(token);
  const inside = token.slice(negated ? 2 : 1, -1).replace(/[[\]^]/g, '\\$&');
  return `(?!/)[${negated ? '^' : ''}${inside}]`;
}
