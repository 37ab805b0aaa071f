import type { Layer } from './layers.ts';

/** The layers as a table of ARCHITECTURE.md, so that text and test say the same. */
export function layersPicture(layers: readonly Layer[], stages: readonly string[]): string {
  const rows = layers.map(({ room, imports, types = [] }) => {
    const named = [...imports, ...types.map((type) => `${type} (types only)`)];
    return `| ${room} | ${named.join(', ') || 'nothing'} |`;
  });
  return [
    '| room | may import |',
    '| --- | --- |',
    ...rows,
    '',
    `Inside core: ${stages.join(' → ')}; a later stage may import an earlier one, never the reverse.`,
  ].join('\n');
}
