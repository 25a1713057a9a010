import type { EpochMetrics, TradeoffPoint } from '@thresher/client'
import { linePlot, type Series } from '#interchange/report/line-plot.ts'
import type { SweepName } from './sweeps.ts'
import type { Run } from './train.ts'

interface Picture {
  /** The sweeps whose runs it shows, in the order in which `draw` receives them. */
  sweeps: readonly SweepName[]
  draw(...runs: Run[][]): string
}

/** Where a network is useless, the curves would hide the rest of the picture. */
const LEAST_ACCURACY = 0.94
const LEAST_SPARSITY = 0.7

/** The pictures of docs/guide.md by name. */
export const PICTURES: Readonly<Record<string, Picture>> = {
  'mu-threshold': byEpoch('mu', 'threshold after each epoch', 'mu', ({ threshold }) => threshold!),
  'mu-sparsity': byEpoch('mu', 'zeros in % of all weights', 'mu', sparsity),
  'mu-accuracy': byEpoch('mu', 'test accuracy in %', 'mu', accuracy, 'least'),
  'c-sparsity': byEpoch('c', 'zeros in % of all weights', 'c', sparsity),
  'c-accuracy': byEpoch('c', 'test accuracy in %', 'c', accuracy, 'least'),
  'learning-rate-sparsity': byEpoch('learningRate', 'zeros in % of all weights', 'learningRate', sparsity),
  'learning-rate-accuracy': byEpoch('learningRate', 'test accuracy in %', 'learningRate', accuracy, 'least'),
  'batch-sparsity': {
    sweeps: ['c', 'batch'],
    draw: (c, batch) =>
      linePlot('zeros in % of all weights', 'epoch', [
        ...c
          .filter(({ values }) => values['optimizer.c'] === 0.002)
          .map(run => ({ name: 'batch 128, learning rate 0.3, c 0.002', points: pointsOf(run, sparsity) })),
        ...batch.map(run => ({
          name: `256, 0.6, c ${run.values['optimizer.c']}`,
          points: pointsOf(run, sparsity),
        })),
      ]),
  },
  layers: {
    sweeps: ['layers'],
    draw: ([run]) =>
      linePlot(
        'zeros in % of the weights of a layer',
        'epoch',
        run!.layers
          .filter(({ name }) => name.endsWith('/kernel'))
          .map(({ name, size, nonzero }) => ({
            name: `${name} (${size.toLocaleString('en')})`,
            points: nonzero.map((count, index) => [index + 1, 100 * (1 - count / size)] as const),
          })),
      ),
  },
  tradeoff: {
    sweeps: ['c', 'target'],
    draw: (c, target) =>
      linePlot(
        'test accuracy in % against zeros in %',
        'zeros in %',
        [
          { name: 'target', points: ascending(target.map(endOf)) },
          { name: 'constant c', points: ascending(c.map(endOf)).filter(isShown) },
          ...c
            .filter(({ values }) => [0, 0.002].includes(values['optimizer.c'] as number))
            .map(run => ({ name: `cut from c ${run.values['optimizer.c']}`, points: cutsOf(run) })),
        ],
        'least',
      ),
  },
}

function byEpoch(
  sweep: SweepName,
  title: string,
  field: string,
  read: (metrics: EpochMetrics) => number,
  yMin: 'zero' | 'least' = 'zero',
): Picture {
  const label = field === 'learningRate' ? 'learning rate' : field
  const seriesOf = (run: Run): Series => ({
    name: `${label} ${run.values[`optimizer.${field}`]}`,
    points: pointsOf(run, read),
  })
  return { sweeps: [sweep], draw: runs => linePlot(title, 'epoch', runs.map(seriesOf), yMin) }
}

type Point = readonly [number, number]

function pointsOf({ epochs }: Run, read: (metrics: EpochMetrics) => number): Point[] {
  return epochs.map(metrics => [metrics.epoch, read(metrics)])
}

function sparsity(metrics: EpochMetrics): number {
  return 100 * metrics.sparsity
}

function accuracy(metrics: EpochMetrics): number {
  return 100 * metrics.validationAccuracy!
}

function endOf({ epochs }: Run): Point {
  const last = epochs.at(-1)!
  return [sparsity(last), accuracy(last)]
}

/** The most accurate way to cut all weights of a trained model by their magnitude, without training it again. */
function cutsOf({ tradeoff }: Run): Point[] {
  const isGlobal = ({ rule, scope }: TradeoffPoint) => rule === 'magnitude' && scope === 'global'
  return tradeoff!.points
    .filter(isGlobal)
    .map(point => [100 * point.sparsity, 100 * point.validationAccuracy!] as const)
    .filter(isShown)
}

function isShown([x, y]: Point): boolean {
  return x >= 100 * LEAST_SPARSITY && y >= 100 * LEAST_ACCURACY
}

function ascending(points: Point[]): Point[] {
  return points.toSorted(([a], [b]) => a - b)
}
