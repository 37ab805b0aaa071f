import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { assert } from '../../src/base/assert.ts';

/** A bridge of the cluster's own, and the addresses behind it. */
export type Bridge = {
  readonly name: string;
  /** Of the bridge: the node's address, and the gateway of its pods. */
  readonly address: string;
  readonly range: string;
};

const BRIDGES_MAX = 250;

/**
 * Makes the first that nobody has: `kedge0` with 10.213.0.0/24, `kedge1` with 10.213.1.0/24 … Whoever
 * makes a bridge of that name has its addresses, too.
 */
export function makeBridge(): Bridge {
  for (let index = 0; index < BRIDGES_MAX; index++) {
    const name = `kedge${index}`;
    if (exists(name) || !isMade(name)) continue;
    return { name, address: `10.213.${index}.1`, range: `10.213.${index}.0/24` };
  }
  assert(false, `there are ${BRIDGES_MAX} bridges already`);
}

/** False when somebody else has made it in the meantime. */
function isMade(name: string): boolean {
  try {
    execFileSync('ip', ['link', 'add', name, 'type', 'bridge'], { stdio: 'pipe' });
    return true;
  } catch (error) {
    if (exists(name)) return false;
    throw error;
  }
}

/** Gives it its address. */
export function openBridge({ name, address }: Bridge): void {
  execFileSync('ip', ['address', 'add', `${address}/24`, 'dev', name]);
  execFileSync('ip', ['link', 'set', name, 'up']);
}

/** With what is plugged into it: the kernel would remove that too, but in its own time. */
export function removeBridge(name: string): void {
  if (!exists(name)) return;
  for (const port of [...readdirSync(`/sys/class/net/${name}/brif`), name]) {
    try {
      execFileSync('ip', ['link', 'delete', port], { stdio: 'pipe' });
    } catch (error) {
      if (exists(port)) throw error;
    }
  }
}

function exists(name: string): boolean {
  return existsSync(`/sys/class/net/${name}`);
}
