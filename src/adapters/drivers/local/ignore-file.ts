/** True for a path, relative to the folder of the ignore file, that stays behind. */
export type Ignores = (entry: { readonly path: string; readonly isFolder: boolean }) => boolean;

/**
 * Reads `.kedgeignore`: the common lines of a .gitignore. `*`, `?` and `**`, a slash at the end
 * for folders, one elsewhere to anchor, `!` to take back, # for comments; the last match decides.
 * What is in an ignored folder is never looked at. Source: gitignore(5), PATTERN FORMAT, without
 * character classes and escapes.
 */
export function parseIgnoreFile(text: string): Ignores {
  const lines = text.split('\n').map((line) => line.trim());
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseRule);
  return ({ path, isFolder }) => {
    const last = rules.findLast((rule) => (isFolder || !rule.folders) && rule.pattern.test(path));
    return last?.ignore ?? false;
  };
}

function parseRule(line: string) {
  const ignore = !line.startsWith('!');
  const glob = line.replace(/^!/, '').replace(/\/+$/, '');
  const anchored = glob.includes('/');
  const body = glob.replace(/^\//, '').split('**').map(oneLevel).join('.*');
  // `**/x` is also x itself.
  const pattern = new RegExp(
    `^${anchored ? '' : '(?:.*/)?'}${body.replaceAll('.*/', '(?:.*/)?')}$`,
  );
  return { ignore, folders: line.endsWith('/'), pattern };
}

/** The part of a glob between two `**`: its stars stay within one name. */
function oneLevel(glob: string): string {
  return glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
}
