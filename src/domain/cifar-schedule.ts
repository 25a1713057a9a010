import type { ScheduleSpec } from './schedule-spec.ts'

/** The learning rate of the original's CIFAR runs: whole to half of the epochs, linear to 1 % at nine tenths, then flat. */
export const CIFAR_SCHEDULE: ScheduleSpec = {
  name: 'piecewiseLinear',
  points: [
    [0.5, 1],
    [0.9, 0.01],
  ],
  per: 'epoch',
}
