/** Throughputs and units are read to six decimals, as they are written. */
const DECIMALS_MAX = 6;
const NOISE = 1e-9;

/** The power of ten that makes all the numbers whole, as far as six decimals tell. */
export function wholeScale(numbers: readonly number[]): number {
  let scale = 1;
  for (let decimals = 0; decimals < DECIMALS_MAX; decimals++) {
    const now = scale;
    if (numbers.every((number) => isWhole(number * now))) break;
    scale *= 10;
  }
  return scale;
}

/** A number that floating point may have moved a little, rounded away from what helps. */
export function wholeAbove(value: number): number {
  return isWhole(value) ? Math.round(value) : Math.ceil(value);
}

export function wholeBelow(value: number): number {
  return isWhole(value) ? Math.round(value) : Math.floor(value);
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= NOISE;
}
