import type { Job } from '@thresher/client'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { jobName } from '../../format/job-name.ts'
import { formatBytes, formatMilliseconds, formatNumber, formatPercent } from '../../format/numbers.ts'
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
  const { label, accuracy, loss, sparsity, sizeBytes, timing } = model
  return (
    <Panel title={label[0]!.toUpperCase() + label.slice(1)}>
      <div class="stack">
        <Facts
          facts={[
            [
              'Job',
              <a href={linkTo(`/jobs/${job.id}`)}>
                <bdi>{jobName(job)}</bdi>
              </a>,
            ],
            ['Validation accuracy', accuracy === undefined ? undefined : formatPercent(accuracy)],
            ['Validation loss', formatNumber(loss)],
            ['Sparsity', formatPercent(sparsity)],
            ['Sparse file', formatBytes(sizeBytes)],
            [
              'One prediction',
              timing &&
                `${formatMilliseconds(timing.sparseMilliseconds)}, dense ${formatMilliseconds(timing.denseMilliseconds)}`,
            ],
          ]}
        />
        <DownloadModel model={model} takesFocus={takesFocus} />
      </div>
    </Panel>
  )
}
