/** What must not outlive this process. */
export type Endable = {
  /** In order; a second call waits for the first. */
  readonly stop: () => Promise<void>;
  /** At once, for nobody waits while a process exits. */
  readonly abandon: () => void;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<Endable>();

/** Ends it when this process exits, or is asked to end by a signal, unless it has ended before. */
export function endWithProcess(endable: Endable): void {
  if (running.size === 0) {
    process.on('exit', onExit);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  running.add(endable);
}

/** It has ended by itself. */
export function hasEnded(endable: Endable): void {
  running.delete(endable);
  if (running.size > 0) return;
  process.off('exit', onExit);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onExit(): void {
  for (const endable of running) endable.abandon();
}

/** Once all have ended nobody handles the signal any more: it does what it does by default. */
async function onSignal(signal: NodeJS.Signals): Promise<void> {
  await Promise.allSettled([...running].map((endable) => endable.stop()));
  process.kill(process.pid, signal);
}
