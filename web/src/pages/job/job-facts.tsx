import type { Job, JobEvent } from '@thresher/client'
import type { ComponentChildren } from 'preact'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes, formatNumber, formatPercent } from '../../format/numbers.ts'
import { formatDuration } from '../../format/times.ts'
import { linkTo } from '../../state/location.ts'
import { useDatasetNames } from '../dataset-name.ts'
import { modelName } from '../model-name.ts'
import { Attempts } from './attempts.tsx'

interface JobFactsProps {
  job: Job
  events: readonly JobEvent[]
}

/** What the job trains, and where and when. */
export function JobFacts({ job, events }: JobFactsProps) {
  const { spec } = job
  const { nameOf } = useDatasetNames()
  return (
    <div class="stack">
      <Panel title="Details">
        <Facts facts={facts(job, nameOf)} />
        <details class="spec">
          <summary>Whole spec</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard */}
          <pre tabIndex={0}>{JSON.stringify(spec, null, 2)}</pre>
        </details>
      </Panel>
      <Attempts job={job} events={events} />
    </div>
  )
}

function facts(job: Job, nameOf: (id: string) => string): [string, ComponentChildren][] {
  const { spec } = job
  const { optimizer, target } = spec
  return [
    ['Model', modelName(spec.model)],
    [
      'Dataset',
      <a href={linkTo(`/datasets/${spec.dataset.id}`)} title={spec.dataset.id}>
        {nameOf(spec.dataset.id)}
      </a>,
    ],
    ['Optimizer', optimizerWords(optimizer)],
    ['Target', target && formatPercent(target.sparsity)],
    ['Batch size', spec.batchSize],
    ['Seed', spec.seed],
    ['Priority', job.priority],
    ['Submitted', <Time key="at" at={job.createdAt} />],
    ['Started', job.startedAt && <Time at={job.startedAt} />],
    ['Ended', job.finishedAt && <Time at={job.finishedAt} />],
    [
      'Took',
      job.startedAt && job.finishedAt && formatDuration(secondsBetween(job.startedAt, job.finishedAt)),
    ],
    ['Ended because', job.reason === 'early_stopped' ? 'the metric no longer improved' : undefined],
    ['Best', job.best && bestWords(job.best)],
    ['Worker', job.worker && <code>{job.worker.id}</code>],
    ['Peak memory', job.peakMemoryBytes && formatBytes(job.peakMemoryBytes)],
    ['Cloned from', job.clonedFrom && <a href={linkTo(`/jobs/${job.clonedFrom}`)}>{job.clonedFrom}</a>],
    ['Submitted by', job.keyId && <code>{job.keyId}</code>],
  ]
}

function optimizerWords(optimizer: Job['spec']['optimizer']): string {
  const options = ['learningRate', 'c', 'mu'].flatMap(name => {
    const value = (optimizer as Record<string, unknown>)[name]
    return typeof value === 'number'
      ? [`${name === 'learningRate' ? 'rate' : name} ${formatNumber(value)}`]
      : []
  })
  return [optimizer.name, ...options].join(', ')
}

function bestWords(best: NonNullable<Job['best']>): string {
  const score =
    best.validationAccuracy === undefined
      ? `loss ${formatNumber(best.validationLoss)}`
      : formatPercent(best.validationAccuracy)
  return `${score} after epoch ${best.epoch}`
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000
}
