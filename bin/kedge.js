#!/usr/bin/env node
// Old syntax on purpose: a Node that is too old must get as far as the message.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < NODE_MAJOR_MIN) {
  const node = `Node ${NODE_MAJOR_MIN} or later`;
  console.error(`error: Kedge needs ${node}; this is ${process.version}`);
  console.error('  hint: in a checkout, `npx kedge` picks the right one after `npm ci`');
  process.exit(1);
}
module.enableCompileCache?.();
const root = new URL('..', import.meta.url);
const sources = new URL('src/main.ts', root);
const entry = existsSync(sources) ? sources : new URL('dist/main.js', root);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const { main } = await import(entry.href);
await main({ version, bin: fileURLToPath(import.meta.url) });
