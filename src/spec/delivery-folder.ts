/** The folder of this machine that `to` names, as it is written; null for a bucket elsewhere. */
export function deliveryFolder(to: string): string | null {
  if (/^file:\/\/\//i.test(to)) return decodeURIComponent(to.slice('file://'.length));
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(to) ? null : to;
}
