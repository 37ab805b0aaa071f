/**
 * Which room may import which: the one list behind the tidy test and the picture in
 * ARCHITECTURE.md. A room is a folder of src/ (or main.ts); it may import itself and the rooms
 * named here. `types` are rooms of which only types may be imported.
 */
export type Layer = {
  readonly room: string;
  readonly imports: readonly string[];
  readonly types?: readonly string[];
};

export const LAYERS: readonly Layer[] = [
  { room: 'base', imports: [] },
  { room: 'spec', imports: ['base'] },
  { room: 'ports', imports: ['base', 'spec'] },
  { room: 'core', imports: ['base', 'spec'], types: ['ports'] },
  { room: 'adapters', imports: ['base', 'spec', 'ports'] },
  { room: 'app', imports: ['base', 'spec', 'ports', 'core'] },
  { room: 'engine', imports: ['base', 'spec', 'ports', 'core'] },
  { room: 'server', imports: ['base', 'spec', 'ports', 'core', 'engine'] },
  { room: 'sdk', imports: ['base', 'spec'] },
  { room: 'cli', imports: ['base', 'spec', 'sdk', 'app'], types: ['ports'] },
  {
    room: 'main.ts',
    imports: ['base', 'spec', 'ports', 'core', 'adapters', 'app', 'engine', 'server', 'sdk', 'cli'],
  },
];

/** Inside core a later stage may import an earlier one, never the reverse. */
export const CORE_STAGES: readonly string[] = [
  'demand',
  'catalog',
  'match',
  'optimize',
  'calibrate',
  'queue',
  'launch',
  'migrate',
  'monitor',
  'manifests',
];
