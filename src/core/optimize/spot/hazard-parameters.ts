import type { HazardModel } from './hazard.ts';

/**
 * Fitted by tools/build-spot-model.ts on the first halves of 11 traces of spot availability
 * (AWS V100 and K80, October 2022 and August 2023), published with Wu et al., "Can't Be Late:
 * Optimizing Spot Instance Savings under Deadlines", NSDI 2024. Only these numbers are taken over.
 */
export const HAZARDS: HazardModel = {
  agesMinutes: [0, 10, 20, 40, 80, 160, 320, 640, 1280],
  perHour: [
    [2.51, 1.61, 0.937, 0.954, 0.472, 0.4, 0.224, 0.209, 0.0646],
    [1.83, 1.56, 0.949, 0.758, 0.544, 0.375, 0.333, 0.166, 0.22],
  ],
  levels: [0.5, 1, 2],
  persistenceH: 48,
};
