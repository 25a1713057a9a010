import { PRESETS } from '#domain/presets/presets.ts'
import { stepFlops } from '#network/step-flops.ts'
import { median } from '#test/support/median.ts'
import type { Answer } from './peer.ts'
import type { Profile } from './profile.ts'
import type { Rates } from './rates.ts'
import { parameterCount, titleOf, type Workload } from './workloads.ts'

/** Seconds of as many steps of each, one after the other. */
export interface Pair {
  grda: number
  sgd: number
}

/** What one workload came to. */
export interface Measured {
  workload: Workload
  /** By side, the answers of all rounds. */
  rounds: Record<string, Answer[]>
  pairs: readonly Pair[]
  /** The largest relative difference of a peer's first losses from ours. */
  disagreement: Record<string, number>
  profile: Profile
}

const PYTORCH = ['PyTorch, original', 'PyTorch, foreach']
const TENSORFLOW = 'TensorFlow'
const OURS = 'Thresher'
const AUGMENTED = 'Thresher, augmented'
const LARGE: readonly string[] = ['vgg16', 'resnet50']

/** How many times as long as `ours` another side took: the median over the rounds, as the machine's speed changes between them. */
function ratio({ rounds }: Measured, theirs: string, ours: string): number {
  return median(rounds[theirs]!.map(({ seconds }, round) => seconds / rounds[ours]![round]!.seconds))
}

/** Milliseconds a step: the median of the rounds. */
export function stepMs({ rounds, workload }: Measured, side: string): number {
  return median(rounds[side]!.map(({ seconds }) => (1000 * seconds) / workload.steps))
}

export function describeRatios(all: readonly Measured[], versions: Record<string, string>): string {
  const peers = [...PYTORCH, TENSORFLOW].filter(peer => peer in versions)
  const rows = all.map(measured => {
    const cells = peers.map(
      peer => `${stepMs(measured, peer).toFixed(2)} (${ratio(measured, peer, OURS).toFixed(2)})`,
    )
    return [titleOf(measured.workload), stepMs(measured, OURS).toFixed(2), ...cells]
  })
  return [
    'Milliseconds a step, and in brackets theirs / ours:',
    '',
    table(['', OURS, ...peers], rows),
    '',
    ...(peers.length > 0 ? summarise(all) : []),
    ...Object.entries(versions).map(([side, version]) => `- ${side}: ${version}`),
  ].join('\n')
}

function summarise(all: readonly Measured[]): string[] {
  const ratioTo = (measured: Measured, peers: readonly string[]) =>
    Math.min(...peers.map(peer => ratio(measured, peer, OURS)))
  const pytorch = all.map(measured => ratioTo(measured, PYTORCH))
  const small = all.filter(({ workload }) => !LARGE.includes(workload.preset))
  const tensorflow = small.map(measured => ratioTo(measured, [TENSORFLOW]))
  return [
    `Geometric mean against the better of PyTorch's two: **${geometricMean(pytorch).toFixed(2)}**, the least ${Math.min(...pytorch).toFixed(2)}.`,
    ...(small.length > 0
      ? [`Against TensorFlow over the small networks: **${geometricMean(tensorflow).toFixed(2)}**.`]
      : []),
    '',
  ]
}

export function describeOurs(all: readonly Measured[], { gemmGflops, passMs }: Rates): string {
  const rows = all.map(measured => {
    const { workload, rounds, pairs, profile } = measured
    const ms = stepMs(measured, OURS)
    const gflop = (stepFlops(PRESETS[workload.preset].topology) * workload.batchSize) / 1e9
    const floor = (1000 * gflop) / gemmGflops
    const share = (key: 'dataSeconds' | 'tensorflowSeconds', side = OURS) =>
      median(rounds[side]!.map(answer => answer[key]! / answer.seconds))
    return [
      titleOf(workload),
      gflop.toFixed(3),
      floor.toFixed(2),
      `${percent(floor / ms)}`,
      `${percent(1 - share('tensorflowSeconds'))}`,
      `${percent(share('dataSeconds'))}`,
      AUGMENTED in rounds ? percent(share('dataSeconds', AUGMENTED)) : '–',
      `${percent(median(pairs.map(({ grda, sgd }) => grda / sgd)) - 1)}`,
      `${percent((profile.kinds.get('our Grda') ?? 0) / profile.stepMs)}`,
      `${percent(passMs[parameterCount(workload)]! / ms)}`,
    ]
  })
  return [
    `A product of two 1024 x 1024 matrices runs at ${gemmGflops.toFixed(0)} GFLOP/s here. At that rate the products and convolutions of a step`,
    'would take the floor below; then our share of that rate, the share of the time outside TensorFlow, waiting for data, waiting for',
    `images that are varied as the preset says, and what gRDA costs over SGD: the median of ${all[0]!.pairs.length} pairs of turns. Beside it are the`,
    "share of gRDA's whole update, SGD's part in it included, by its own watch, which no cost can exceed however turns differ, and the",
    'floor of the difference: reading and writing as many numbers as there are parameters, the accumulator, at the best rate of this',
    'machine. A share of the GEMM rate above 100 % is possible, as products by what max pooling has made zero are left out.',
    '',
    table(
      [
        '',
        'GFLOP',
        'floor, ms',
        'of the GEMM rate',
        'outside',
        'waiting',
        'augmented',
        'gRDA over SGD',
        'its update',
        'floor',
      ],
      rows,
    ),
  ].join('\n')
}

export function describeProfile(all: readonly Measured[]): string {
  const rows = all.map(({ workload, profile: { stepMs, kinds } }) => {
    const told = [...kinds].filter(([, time]) => time > 0.02 * stepMs)
    const inside = told.reduce((sum, [, time]) => sum + time, 0)
    const shares = told.map(([kind, time]) => `${kind} ${percent(time / stepMs)}`)
    return [titleOf(workload), [...shares, `all else ${percent(1 - inside / stepMs)}`].join(', ')]
  })
  return [
    "Where a step's time goes, by oneDNN's account of its primitives and by that of the ops of our own, in a run of its own:",
    '',
    table(['', 'share of the step'], rows),
  ].join('\n')
}

export function describeAgreement(all: readonly Measured[]): string {
  const peers = [...PYTORCH, TENSORFLOW].filter(peer => all.every(({ rounds }) => peer in rounds))
  if (peers.length === 0) return ''
  const rows = all.map(({ workload, disagreement }) => [
    titleOf(workload),
    ...peers.map(peer => disagreement[peer]!.toExponential(1)),
  ])
  return [
    'The same maths: the largest relative difference from our losses in the first three steps, dropout off:',
    '',
    table(['', ...peers], rows),
  ].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
