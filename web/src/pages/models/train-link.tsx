import type { Model } from '@thresher/client'
import { linkTo } from '../../state/location.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { modelReference } from './model-kind.ts'

/** The form of a job with this model, and with the settings of the job that trained it, if that job still exists. */
export function TrainLink({ model }: { model: Model }) {
  const { jobId } = model
  const { data: job } = useLoaded(
    async signal => (jobId === undefined ? undefined : client.value.jobs.get(jobId, { signal })),
    [client.value, jobId],
  )
  // The weights come from the model.
  const { init: _, ...settings } = job?.spec ?? {}
  const spec = JSON.stringify({ ...settings, model: modelReference(model) })
  return (
    <a class="button primary" href={linkTo('/submit', { spec })}>
      Train it
    </a>
  )
}
