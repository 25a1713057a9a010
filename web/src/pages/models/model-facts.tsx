import type { Model } from '@thresher/client'
import { Facts } from '../../components/facts.tsx'
import { Time } from '../../components/time.tsx'
import { formatBytes, formatCount, formatPercent } from '../../format/numbers.ts'
import { formatShape } from '../../format/shapes.ts'
import { linkTo } from '../../state/location.ts'

export function ModelFacts({ model }: { model: Model }) {
  const { parameters, inputShape, weights, jobId, checkpoint, metrics, createdAt, defaults } = model
  return (
    <Facts
      facts={[
        ['Id', <code key="id">{model.id}</code>],
        ['Input', formatShape(inputShape)],
        ['Parameters', formatCount(parameters)],
        ['Validation accuracy', shareOf(metrics?.validationAccuracy)],
        ['Sparsity', shareOf(metrics?.sparsity)],
        [
          'Weights',
          weights &&
            `${formatBytes(weights.sizeBytes)}${weights.hasState ? ', with the optimizer’s state' : ''}`,
        ],
        ['SHA-256', weights && <code key="sha256">{weights.sha256}</code>],
        [
          'Job',
          jobId && (
            <a key="job" href={linkTo(`/jobs/${jobId}`)}>
              {jobId}
            </a>
          ),
        ],
        ['Checkpoint', checkpoint && `epoch ${checkpoint.epoch}`],
        [
          'Dataset',
          defaults?.dataset && (
            <a key="dataset" href={linkTo(`/datasets/${defaults.dataset.id}`)}>
              {defaults.dataset.id}
            </a>
          ),
        ],
        ['Optimizer', defaults?.optimizer?.name],
        ['Epochs', defaults?.epochs],
        ['Created', createdAt && <Time key="created" at={createdAt} />],
      ]}
    />
  )
}

function shareOf(share: number | undefined): string | undefined {
  return share === undefined ? undefined : formatPercent(share)
}
