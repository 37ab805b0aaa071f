import { asRate, type Micros, type Rate } from '../../base/money.ts';
import type { Candidate } from '../../spec/match.ts';
import { wayCost } from '../match/hire-cost.ts';

/**
 * What it takes to change places: the source is paid until the copy is verified, the target from
 * its start on, and neither works meanwhile.
 */
export type Changeover = { readonly hours: number };

/** To keep a task where it is, or to haul it elsewhere. */
export type Proposal =
  | {
      readonly kind: 'keep';
      /** One sentence. */
      readonly reason: string;
    }
  | {
      readonly kind: 'move';
      readonly to: Candidate;
      /** Over the rest of the task, after all that the move costs; null when nothing tells hours. */
      readonly savesMicros: Micros | null;
      /** An hour, once it has moved; null where it is dearer an hour and saves by being faster. */
      readonly savesNanosPerHour: Rate | null;
      /** Hours after which the move has paid for itself. */
      readonly paybackHours: number;
    };

/**
 * A move must save this share of what is left to pay, so that two places of nearly one price never
 * take turns (hysteresis). A tenth is about twice the day-to-day change of most GPU prices.
 */
export const LEAST_SAVING = 0.1;
/** Where nothing tells how long a task goes on, a move must have paid for itself within a day. */
export const PAYBACK_HOURS_MAX = 24;

/**
 * Whether a task that runs on one candidate should be hauled to another: the one that leaves least
 * to pay, if it saves enough to be worth a move. All candidates carry the task, so what is compared
 * is money alone. O(candidates).
 */
export function proposeMove(
  here: Candidate,
  others: readonly Candidate[],
  changeover: Changeover,
): Proposal {
  const stay = hourlyOf(here);
  let best: Extract<Proposal, { kind: 'move' }> | null = null;
  for (const to of others) {
    const isFaster = here.hours !== null && to.hours !== null && to.hours.mid < here.hours.mid;
    if (hourlyOf(to) >= stay && !isFaster) continue;
    const move = moveTo(here, to, changeover);
    if (best === null || isBetter(move, best)) best = move;
  }
  if (best === null) return { kind: 'keep', reason: 'no place that carries it costs less' };
  return isWorthIt(here, best) ?? best;
}

function moveTo(
  here: Candidate,
  to: Candidate,
  { hours }: Changeover,
): Extract<Proposal, { kind: 'move' }> {
  const [stay, leave] = [hourlyOf(here), hourlyOf(to)];
  const isCheaper = leave < stay;
  const paybackHours = isCheaper
    ? (hours * (stay + leave)) / (stay - leave)
    : hours + (to.hours?.mid ?? 0);
  const savesNanosPerHour = isCheaper ? asRate(stay - leave) : null;
  return {
    kind: 'move',
    to,
    savesMicros: savingOf(here, to, hours),
    savesNanosPerHour,
    paybackHours,
  };
}

/** Of the rest of the task; negative when the move costs more than it saves. */
function savingOf(here: Candidate, to: Candidate, hours: number): Micros | null {
  if (here.hours === null || to.hours === null) return null;
  const stay = wayCost(here, here.hours.mid);
  const leave = wayCost(here, hours) + wayCost(to, to.hours.mid + hours);
  return (stay - leave) as Micros;
}

/** The reason to keep it after all, or null for a move that is worth it. */
function isWorthIt(
  here: Candidate,
  { savesMicros, savesNanosPerHour, paybackHours, to }: Extract<Proposal, { kind: 'move' }>,
): Proposal | null {
  if (savesMicros === null || here.hours === null) {
    const share = (savesNanosPerHour ?? 0) / hourlyOf(here);
    if (share >= LEAST_SAVING && paybackHours <= PAYBACK_HOURS_MAX) return null;
    return keep(to, share);
  }
  const share = savesMicros / wayCost(here, here.hours.mid);
  return share >= LEAST_SAVING ? null : keep(to, share);
}

function keep({ offer }: Candidate, share: number): Proposal {
  const percent = Math.round(share * 1000) / 10;
  const words = share > 0 ? `saves ${percent} %` : `costs ${-percent} % more, with the move itself`;
  const least = LEAST_SAVING * 100;
  return { kind: 'keep', reason: `${offer.place} ${words}; a move must save ${least} %` };
}

function isBetter(
  one: Extract<Proposal, { kind: 'move' }>,
  other: Extract<Proposal, { kind: 'move' }>,
): boolean {
  const saves = (one.savesMicros ?? 0) - (other.savesMicros ?? 0);
  const hourly = saves || (one.savesNanosPerHour ?? 0) - (other.savesNanosPerHour ?? 0);
  return hourly === 0 ? one.to.offer.id < other.to.offer.id : hourly > 0;
}

function hourlyOf({ offer, machines }: Candidate): number {
  return offer.nanosPerHour * machines;
}
