import type { EpochMs } from '../../base/time.ts';
import { type Alarm, type AlarmSubject, isSameAlarm } from '../../spec/alarm.ts';
import type { Run } from '../../spec/run.ts';

/** A run after an alarm; one that is raised already stays as it was told first. */
export function raiseAlarm(
  run: Run,
  alarm: AlarmSubject & Pick<Alarm, 'reason'>,
  raisedAt: EpochMs,
): Run {
  const isKnown = run.alarms.some((known) => isSameAlarm(known, alarm));
  if (isKnown || run.state === 'ended') return run;
  const { kind, allocation, attempt, rank, reason } = alarm;
  const raised = { kind, allocation, attempt, rank, reason, raisedAt };
  return { ...run, alarms: [...run.alarms, raised] };
}

export function clearAlarm(run: Run, alarm: AlarmSubject): Run {
  return { ...run, alarms: run.alarms.filter((known) => !isSameAlarm(known, alarm)) };
}

type NodeId = { readonly allocation: number; readonly attempt: number; readonly rank: number };

/** Nothing is wrong any more with a node that has ended. */
export function clearAlarmsOf(run: Run, { allocation, attempt, rank }: NodeId): Run {
  const alarms = run.alarms.filter((alarm) => {
    return alarm.allocation !== allocation || alarm.attempt !== attempt || alarm.rank !== rank;
  });
  return alarms.length === run.alarms.length ? run : { ...run, alarms };
}
