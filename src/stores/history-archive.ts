import type { JobEvent } from '#domain/event.ts'
import type { EpochMetrics } from '#optimization/epoch-metrics.ts'

type LayerFacts = Omit<EpochMetrics['layers'][number], 'nonzero'>
type EpochEvent = Extract<JobEvent, { type: 'epoch' }>
/** An epoch event, with the non-zero counts alone where its layers are those of the batch. */
type Compact = Omit<EpochEvent, 'jobId' | 'data'> & {
  data: Omit<EpochMetrics, 'layers'> & { layers: EpochMetrics['layers'] | number[] }
}

/** Events that were trimmed from a history together. */
interface Batch {
  /** Name, shape and size of the layers, which hardly ever change within a job. */
  layers: LayerFacts[]
  events: (Compact | Omit<JobEvent, 'jobId'>)[]
}

/**
 * The events of a trimmed part of a history from which the series of epochs and the forecasts of later jobs are made: the epochs and the
 * starts of attempts, without what repeats in every epoch.
 * @returns undefined if there are none
 */
export function encodeArchive(trimmed: readonly JobEvent[]): string | undefined {
  const kept = trimmed.filter(({ type }) => type === 'epoch' || type === 'started')
  if (kept.length === 0) return undefined
  const first = kept.find((event): event is EpochEvent => event.type === 'epoch')
  const layers = (first?.data.layers ?? []).map(factsOf)
  const text = JSON.stringify(layers)
  const events = kept.map(({ jobId: _, ...event }) => {
    if (event.type !== 'epoch' || JSON.stringify(event.data.layers.map(factsOf)) !== text) return event
    const counts = event.data.layers.map(({ nonzero }) => nonzero)
    return { ...event, data: { ...event.data, layers: counts } }
  })
  return JSON.stringify({ layers, events } satisfies Batch)
}

/** The events of `encodeArchive`, unchanged. */
export function decodeArchive(text: string, jobId: string): JobEvent[] {
  const { layers, events }: Batch = JSON.parse(text)
  const restored = (counts: number[]) => layers.map((facts, index) => ({ ...facts, nonzero: counts[index]! }))
  return events.map(event => {
    const found = event as Compact
    const counts = found.type === 'epoch' ? found.data.layers : []
    const isCompact = typeof counts[0] === 'number'
    const data = isCompact ? { ...found.data, layers: restored(counts as number[]) } : event.data
    return { ...event, jobId, data } as JobEvent
  })
}

function factsOf({ nonzero: _, ...facts }: EpochMetrics['layers'][number]): LayerFacts {
  return facts
}
