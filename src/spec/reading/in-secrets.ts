const KEY = /(?<=^|[\s{,])["']?secrets["']?[ \t]*:/g;

/**
 * Whether a place of a text probably lies in the values of `secrets`: on the line of the key, or in
 * the deeper lines below it. Looked at where the text is no YAML, and nothing better tells.
 */
export function isInSecrets(text: string, at: number): boolean {
  const before = text.slice(0, at);
  const key = [...before.matchAll(KEY)].at(-1);
  if (key === undefined) return false;
  const depth = key.index - (before.lastIndexOf('\n', key.index) + 1);
  const [, ...below] = text.slice(key.index, endOfLine(text, at)).split('\n');
  return below.every((line) => line.trim() === '' || line.search(/\S/) > depth);
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}
