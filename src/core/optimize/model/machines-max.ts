/** Of one offer that does not tell how many can be had: more than anybody hands out at once. */
export const MACHINES_MAX = 10_000;
