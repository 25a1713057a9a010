import type { Job } from '@thresher/client'
import { Panel } from '../../components/panel.tsx'
import { jobName } from '../../format/job-name.ts'
import { formatBytes, formatNumber, formatPercent } from '../../format/numbers.ts'
import { linkTo } from '../../state/location.ts'
import { DownloadModel } from './download-model.tsx'
import type { ModelPoint } from './model-points.ts'

interface ModelDetailsProps {
  model: ModelPoint | undefined
  job: Job | undefined
  /** Whether the button that downloads it receives the focus. */
  takesFocus: boolean
}

/** What the selected model is, and its download. */
export function ModelDetails({ model, job, takesFocus }: ModelDetailsProps) {
  if (!model || !job)
    return (
      <Panel title="Download">
        <p class="quiet">Select a model in the chart to see what it is and to download exactly that one.</p>
      </Panel>
    )
  return (
    <Panel title={model.label[0]!.toUpperCase() + model.label.slice(1)}>
      <div class="stack">
        <dl class="facts">
          <dt>Job</dt>
          <dd>
            <a href={linkTo(`/jobs/${job.id}`)}>{jobName(job)}</a>
          </dd>
          {model.accuracy !== undefined && (
            <>
              <dt>Validation accuracy</dt>
              <dd data-figure="accuracy">{formatPercent(model.accuracy)}</dd>
            </>
          )}
          <dt>Validation loss</dt>
          <dd data-figure="loss">{formatNumber(model.loss)}</dd>
          <dt>Sparsity</dt>
          <dd data-figure="sparsity">{formatPercent(model.sparsity)}</dd>
          <dt>Sparse file</dt>
          <dd data-figure="sizeBytes">{formatBytes(model.sizeBytes)}</dd>
        </dl>
        <DownloadModel model={model} takesFocus={takesFocus} />
      </div>
    </Panel>
  )
}
