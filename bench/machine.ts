import { cpus, loadavg, totalmem } from 'node:os';

const GIB = 2 ** 30;

/** What the figures were measured on, in a line. */
export function thisMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.replace(/\s+/g, ' ').trim() || 'unknown processor';
  const memory = `${Math.round(totalmem() / GIB)} GiB`;
  return `${processors.length} × ${model}, ${memory}, ${process.platform}, Node ${process.version}`;
}

/** How many programs wanted a processor in the last minute; an idle machine has less than one. */
export function loadNow(): number {
  return loadavg()[0]!;
}
