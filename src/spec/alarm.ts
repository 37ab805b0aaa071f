import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';

export const ALARMS = ['stall', 'memory', 'deadline', 'budget', 'over-provisioned'] as const;
export type AlarmKind = (typeof ALARMS)[number];

/** Whom an alarm is about: a node, or all of a line of the plan when attempt and rank are null. */
export const alarmSubject = {
  kind: z.enum(ALARMS),
  allocation: z.number().int().min(0),
  attempt: z.number().int().min(1).nullable(),
  rank: z.number().int().min(0).nullable(),
};

export const alarmSchema = z.object({
  ...alarmSubject,
  /** One sentence, with the numbers of the moment at which it was raised. */
  reason: z.string(),
  raisedAt: z.number().transform((value) => value as EpochMs),
});
export type Alarm = z.infer<typeof alarmSchema>;
export type AlarmSubject = Pick<Alarm, 'kind' | 'allocation' | 'attempt' | 'rank'>;

export function isSameAlarm(a: AlarmSubject, b: AlarmSubject): boolean {
  const isSameNode = a.attempt === b.attempt && a.rank === b.rank;
  return a.kind === b.kind && a.allocation === b.allocation && isSameNode;
}
