import { resolveNetwork } from '#network/network.ts'
import { PRESET_TOPOLOGIES } from '#network/presets/preset-topologies.ts'
import { stepFlops } from '#network/step-flops.ts'
import { median } from '#test/support/median.ts'
import type { Timing } from './peer.ts'
import type { Profile } from './profile.ts'
import type { Rates } from './rates.ts'
import { parameterCount, titleOf, type Workload } from './workloads.ts'

/** Seconds of the same number of steps of each, one after the other. */
export interface Pair {
  grda: number
  sgd: number
}

/** The measurements of one workload. */
export interface Measured {
  workload: Workload
  /** What computed, by peer, such as `JAX 0.10.2, NCHW`. */
  versions: Record<string, string>
  /** The timings of all rounds, by peer. */
  rounds: Record<string, Timing[]>
  pairs: readonly Pair[]
  /** The largest relative difference of each peer's first losses from Thresher's. */
  disagreement: Record<string, number>
  profile: Profile
}

const PEERS = [
  'PyTorch, original',
  'PyTorch, foreach',
  'PyTorch, inductor',
  'TensorFlow',
  'TensorFlow, XLA',
  'JAX',
]
const THRESHER = 'Thresher'
const AUGMENTED = 'Thresher, augmented'

/** A peer's time divided by Thresher's: the median over the rounds, because the machine's speed changes between them. */
function ratio({ rounds }: Measured, peer: string): number {
  return median(rounds[peer]!.map(({ seconds }, round) => seconds / rounds[THRESHER]![round]!.seconds))
}

/** Milliseconds of a step: the median of the rounds. */
export function stepMs({ rounds, workload }: Measured, peer: string): number {
  return median(rounds[peer]!.map(({ seconds }) => (1000 * seconds) / workload.steps))
}

export function describeRatios(all: readonly Measured[]): string {
  const peers = PEERS.filter(peer => all.some(({ versions }) => peer in versions))
  const rows = all.map(measured => {
    const cells = peers.map(peer =>
      measured.rounds[peer]
        ? `${stepMs(measured, peer).toFixed(2)} (${ratio(measured, peer).toFixed(2)})`
        : '–',
    )
    return [titleOf(measured.workload), stepMs(measured, THRESHER).toFixed(2), ...cells]
  })
  return [
    "Milliseconds for each step; in brackets the peer's time / Thresher's time:",
    '',
    table(['', THRESHER, ...peers], rows),
    '',
    ...(peers.length > 0 ? summarise(all, peers) : []),
    ...[THRESHER, ...peers].map(peer => `- ${peer}: ${versionsOf(peer, all)}`),
  ].join('\n')
}

/** Each workload may be fastest in another layout. */
function versionsOf(peer: string, all: readonly Measured[]): string {
  const compared = all.filter(({ versions }) => peer in versions)
  const distinct = [...new Set(compared.map(({ versions }) => versions[peer]!))]
  if (distinct.length === 1) return distinct[0]!
  const parts = distinct.map(version => {
    const titles = compared
      .filter(({ versions }) => versions[peer] === version)
      .map(({ workload }) => titleOf(workload))
    return `${version} (${titles.join(', ')})`
  })
  return parts.join('; ')
}

function summarise(all: readonly Measured[], peers: readonly string[]): string[] {
  const best = all.flatMap(measured => {
    const compared = peers.filter(peer => measured.rounds[peer])
    const ratios = compared.map(peer => [ratio(measured, peer), peer, titleOf(measured.workload)] as const)
    // A run can leave out all peers of a workload.
    return ratios.toSorted(([a], [b]) => a - b).slice(0, 1)
  })
  const named = best.map(([value, peer, title]) => `${title} ${value.toFixed(2)} (${peer})`)
  return [
    `Against the best of all peers on each workload, geometric mean: **${geometricMean(best.map(([value]) => value)).toFixed(2)}**. Of each: ${named.join(', ')}.`,
    '',
  ]
}

const COLUMNS = [
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
]

export function describeThresher(all: readonly Measured[], rates: Rates): string {
  return [
    `A product of two 1024 x 1024 matrices runs at ${rates.gemmGflops.toFixed(0)} GFLOP/s here. The floor is the time that the products and convolutions of a`,
    "step would take at that rate. The next columns show Thresher's share of that rate, and the shares of its time outside TensorFlow,",
    "waiting for batches, and waiting for batches with the preset's augmentation. Then follows what gRDA costs over SGD: the median of",
    `${Math.min(...all.map(({ pairs }) => pairs.length))} or more pairs of turns; the share of gRDA's whole update, including SGD's part of it, by the op's own clock, which is an upper bound of`,
    'that cost; and the floor of that cost: reading and writing as many numbers as there are parameters, for the accumulator, at the',
    "machine's best rate. A share of the GEMM rate above 100 % is possible, because products with zeros that max pooling makes are skipped.",
    '',
    table(
      COLUMNS,
      all.map(measured => cellsOf(measured, rates)),
    ),
  ].join('\n')
}

function cellsOf(measured: Measured, { gemmGflops, passMs }: Rates): string[] {
  const { workload, rounds, pairs, profile } = measured
  const ms = stepMs(measured, THRESHER)
  const gflop = (stepFlops(resolveNetwork(PRESET_TOPOLOGIES[workload.preset])) * workload.batchSize) / 1e9
  const floor = (1000 * gflop) / gemmGflops
  const share = (key: 'dataSeconds' | 'tensorflowSeconds', peer = THRESHER) =>
    median(rounds[peer]!.map(timing => timing[key]! / timing.seconds))
  return [
    titleOf(workload),
    gflop.toFixed(3),
    floor.toFixed(2),
    percent(floor / ms),
    percent(1 - share('tensorflowSeconds')),
    percent(share('dataSeconds')),
    AUGMENTED in rounds ? percent(share('dataSeconds', AUGMENTED)) : '–',
    percent(median(pairs.map(({ grda, sgd }) => grda / sgd)) - 1),
    percent((profile.kinds.get('our Grda') ?? 0) / profile.stepMs),
    percent(passMs[parameterCount(workload)]! / ms),
  ]
}

export function describeProfile(all: readonly Measured[]): string {
  const rows = all.map(({ workload, profile: { stepMs, kinds } }) => {
    const listed = [...kinds].filter(([, time]) => time > 0.02 * stepMs)
    const inside = listed.reduce((sum, [, time]) => sum + time, 0)
    const shares = listed.map(([kind, time]) => `${kind} ${percent(time / stepMs)}`)
    return [titleOf(workload), [...shares, `all else ${percent(1 - inside / stepMs)}`].join(', ')]
  })
  return [
    "Where a step's time goes, by the times of oneDNN's primitives and of Thresher's own ops, in a separate run:",
    '',
    table(['', 'share of the step'], rows),
  ].join('\n')
}

export function describeAgreement(all: readonly Measured[]): string {
  const peers = PEERS.filter(peer => all.some(({ rounds }) => peer in rounds))
  if (peers.length === 0) return ''
  const rows = all.map(({ workload, disagreement }) => [
    titleOf(workload),
    ...peers.map(peer => disagreement[peer]?.toExponential(1) ?? '–'),
  ])
  return [
    "The largest relative difference from Thresher's losses in the first three steps, without dropout:",
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
