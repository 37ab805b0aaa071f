import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts';

/**
 * A duration as people read it, rounded up to what is shown: whoever allows so much allows enough.
 */
export function formatLimit(ms: number): string {
  if (ms < 10 * SECOND_MS) return formatDuration(Math.ceil(ms / 100) * 100);
  let unit = SECOND_MS;
  if (ms > HOUR_MS) unit = MINUTE_MS;
  if (ms > DAY_MS) unit = HOUR_MS;
  return formatDuration(Math.ceil(ms / unit) * unit);
}
