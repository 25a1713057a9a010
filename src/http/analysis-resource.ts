import { z } from 'zod'
import { ANALYSIS_KINDS, AnalysisResult } from '#analyses/analysis-request.ts'
import { AnalysisProgress } from '#domain/analysis.ts'
import { isTerminal, Job } from '#domain/job.ts'
import { type PositionStores, QueuePositions } from '#jobs/queue-positions.ts'
import { readResult } from '#jobs/read-analysis-file.ts'
import type { Stores } from '#stores/connect.ts'
import { shownFields } from './shown-fields.ts'

/** An id that is longer than any valid one is refused without a query to Redis. */
export const AnalysisParams = z.object({ analysisId: z.string().min(1).max(500) })

/** The fields of a stored analysis that clients see. */
const Shown = Job.pick({
  id: true,
  status: true,
  name: true,
  attempt: true,
  restarts: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  warnings: true,
  error: true,
  worker: true,
  peakMemoryBytes: true,
})

const JobOfAnalysis = z.object({
  id: z.string(),
  checkpoint: z.object({ epoch: z.int(), sha256: z.string() }).describe('The analysed checkpoint.'),
})

const Progress = z.object({
  fraction: z.number(),
  done: z.int().optional().describe('In a unit of the kind, such as examples; while the analysis runs.'),
  total: z.int().optional(),
})

const PLACE = {
  queuePosition: z
    .int()
    .optional()
    .describe(
      'While the analysis is queued: its place among the jobs and analyses of all tenants; 1 is next.',
    ),
  estimatedStartAt: z.iso
    .datetime()
    .optional()
    .describe('While the analysis is queued: estimated from the running times of the last jobs.'),
}

/** An analysis in a list or a snapshot, without its result. */
export const ListedAnalysis = Shown.extend({
  kind: z.enum(ANALYSIS_KINDS),
  status: Job.shape.status.exclude(['pausing', 'paused']),
  jobs: z.array(JobOfAnalysis),
  options: z.record(z.string(), z.unknown()).describe('With every default filled in.'),
  progress: Progress,
  ...PLACE,
  labels: z.record(z.string(), z.string()),
  priority: z.int(),
  maxRestarts: z.int(),
  maxRuntimeSeconds: z.int(),
  links: z.record(z.string(), z.string()),
}).meta({ id: 'ListedAnalysis' })
export type ListedAnalysis = z.infer<typeof ListedAnalysis>

/** An analysis as clients see it. */
export const AnalysisResource = ListedAnalysis.extend({
  result: AnalysisResult.optional().describe('The content of its JSON artifact, once it has succeeded.'),
}).meta({ id: 'Analysis' })
export type AnalysisResource = z.infer<typeof AnalysisResource>

/** The analysis with its progress, and with its result if it has succeeded. */
export async function describeAnalysis(
  analysis: Job,
  stores: PositionStores & Pick<Stores, 'events' | 'blobs'>,
): Promise<AnalysisResource> {
  const result = await readResult(stores, analysis)
  return { ...(await describeListed(analysis, stores)), ...(result && { result }) }
}

/**
 * The analysis with its progress and its place in the queue.
 * @param positions those of one answer share what they read
 */
export async function describeListed(
  analysis: Job,
  stores: PositionStores & Pick<Stores, 'events'>,
  positions = new QueuePositions(stores),
): Promise<ListedAnalysis> {
  const frame = isTerminal(analysis.status)
    ? undefined
    : await stores.events.lastProgress(analysis.id, AnalysisProgress)
  return { ...listedAnalysis(analysis, frame), ...(await positions.of(analysis)) }
}

/** @param frame its last progress; ignored if it belongs to another attempt */
export function listedAnalysis(record: Job, frame?: AnalysisProgress): ListedAnalysis {
  const { spec, analysis } = record
  const { id, status, ...fields } = shownFields(Shown, record)
  const { kind, options, jobs } = analysis!
  const { labels, priority, maxRestarts, maxRuntimeSeconds } = spec
  return {
    id,
    kind: kind as ListedAnalysis['kind'],
    status: status as ListedAnalysis['status'],
    ...fields,
    jobs: jobs.map(({ id, checkpoint: { epoch, sha256 } }) => ({ id, checkpoint: { epoch, sha256 } })),
    options,
    progress: progressOf(status, frame?.attempt === record.attempt ? frame : undefined),
    labels,
    priority,
    maxRestarts,
    maxRuntimeSeconds,
    links: linksOf(id),
  }
}

function progressOf(status: Job['status'], frame: AnalysisProgress | undefined): ListedAnalysis['progress'] {
  if (status === 'succeeded') return { fraction: 1 }
  if (!frame) return { fraction: 0 }
  const { done, total } = frame
  return { fraction: total > 0 ? done / total : 0, done, total }
}

function linksOf(analysisId: string): Record<string, string> {
  const self = `/v1/analyses/${analysisId}`
  const parts = ['events', 'stream', 'artifacts']
  return { self, ...Object.fromEntries(parts.map(part => [part, `${self}/${part}`])) }
}
