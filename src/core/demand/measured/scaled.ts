/** The search's own figure, moved by what the set-up makes of the formula's. */
export function scaled(
  own: number | null,
  { searched, stated }: { readonly searched: number | null; readonly stated: number | null },
): number | null {
  if (own === null || searched === null || stated === null) return stated;
  return (own * stated) / searched;
}
