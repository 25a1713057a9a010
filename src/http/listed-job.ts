import { z } from 'zod'
import { DatasetSpec, UploadedData } from '#domain/dataset.ts'
import { ModelSpec } from '#domain/model-spec.ts'
import { TrainingSpec } from '#domain/training-spec.ts'
import { EpochMetrics } from '#optimization/epoch-metrics.ts'
import { JobResource } from './job-resource.ts'

/** Parts of a job that lists omit unless `include` names them. */
export const Included = z.enum(['topology', 'layers', 'dataset'])
export type Included = z.infer<typeof Included>

/** A job in a list, without the parts that grow with its network and its dataset. */
export const ListedJob = JobResource.extend({
  spec: TrainingSpec.extend({
    model: z.union([
      ...ModelSpec.options,
      z.object({ topology: z.null().describe('Omitted; request it with `include=topology`.') }),
    ]),
    dataset: DatasetSpec.extend({
      upload: UploadedData.partial({ classes: true })
        .optional()
        .describe('Without names of classes and columns; request them with `include=dataset`.'),
    }),
  }),
  metrics: EpochMetrics.partial({ layers: true })
    .optional()
    .describe('Without `layers`; request it with `include=layers`.'),
}).meta({ id: 'ListedJob' })
export type ListedJob = z.infer<typeof ListedJob>

export function listedJob(job: JobResource, included: ReadonlySet<Included>): ListedJob {
  const { spec, metrics } = job
  const isOwn = 'topology' in spec.model && !included.has('topology')
  return {
    ...job,
    spec: {
      ...spec,
      ...(isOwn && { model: { topology: null } }),
      ...(!included.has('dataset') && { dataset: shortDataset(spec.dataset) }),
    },
    ...(metrics && { metrics: included.has('layers') ? metrics : shortMetrics(metrics) }),
  }
}

function shortDataset({ upload, ...dataset }: DatasetSpec): ListedJob['spec']['dataset'] {
  if (!upload) return dataset
  const { dtype, inputShape, splits, sha256, targets } = upload
  return {
    ...dataset,
    upload: { dtype, inputShape, splits, sha256, ...(targets !== undefined && { targets }) },
  }
}

function shortMetrics({ layers: _, ...metrics }: EpochMetrics): Omit<EpochMetrics, 'layers'> {
  return metrics
}
