import type { HazardModel } from './hazard.ts';

/**
 * Fitted by tools/build-spot-model.ts on the first halves of 11 traces of spot availability
 * (AWS V100 and K80, October 2022 and August 2023), published with Wu et al., "Can't Be Late:
 * Optimizing Spot Instance Savings under Deadlines", NSDI 2024. Only these numbers are taken over.
 */
export const HAZARDS: HazardModel = {
  agesMinutes: [0, 10, 20, 40, 80, 160, 320, 640, 1280],
  perHour: [
    [2.55, 1.64, 0.947, 0.961, 0.474, 0.402, 0.228, 0.214, 0.0691],
    [1.92, 1.62, 0.979, 0.776, 0.549, 0.377, 0.335, 0.171, 0.232],
  ],
  levels: [0.5, 1, 2],
  persistenceH: [72, 144],
  foresightH: [18, 36],
};
