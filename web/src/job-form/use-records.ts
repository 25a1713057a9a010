import type { Dataset, Model } from '@thresher/client'
import type { Suggestion } from '../form/form-context.ts'
import { type Json, valueAt } from '../form/path.ts'
import { formatCount } from '../format/numbers.ts'
import { client } from '../state/session.ts'
import { useLoaded } from '../state/use-loaded.ts'

/** A list may have more; their ids can be pasted. */
const MOST = 200

/** The records that a job can name, for the fields of its form at `prefix`, and how to load them again. */
export function useRecords(prefix = '') {
  const datasets = useLoaded(
    signal => client.value.datasets.list({ limit: MOST }, { signal }),
    [client.value],
  )
  const models = useLoaded(signal => client.value.models.list({ limit: MOST }, { signal }), [client.value])
  const jobs = useLoaded(
    signal => client.value.jobs.list({ limit: 50, status: ['succeeded'] }, { signal }),
    [client.value],
  )
  const defaultsOf = (job: Json) => defaultsOfPreset(models.data?.data ?? [], job)
  const [presets, others] = split(models.data?.data ?? [])
  const suggestions: Record<string, Suggestion[]> = {
    [`${prefix}dataset.id`]: (datasets.data?.data ?? [])
      .filter(({ status }) => status === 'ready')
      .map(ofDataset),
    [`${prefix}model.preset`]: presets,
    [`${prefix}model.id`]: others,
    [`${prefix}init.modelId`]: others,
    [`${prefix}init.jobId`]: (jobs.data?.data ?? []).map(({ id, name }) => ({
      value: id,
      label: name ? `${name} (${id})` : id,
    })),
  }
  const labels = {
    [`${prefix}dataset.id`]: 'Data',
    [`${prefix}model.id`]: 'Model to train',
    [`${prefix}init`]: 'Initial weights',
    [`${prefix}finish`]: 'After the last epoch',
  }
  const prominent = new Set(['dataset.id', 'optimizer.c'].map(name => prefix + name))
  return { suggestions, labels, prominent, defaultsOf, reloadDatasets: datasets.reload }
}

/** What a preset sets, for a job that the service has not planned. */
function defaultsOfPreset(models: readonly Model[], job: Json): Json | undefined {
  const preset = valueAt(job, ['model', 'preset'])
  return models.find(({ id }) => id === preset)?.defaults as Json | undefined
}

function ofDataset({ id, name, splits }: Dataset): Suggestion {
  return { value: id, label: splits ? `${name}, ${formatCount(splits.train)} examples` : name }
}

function split(models: readonly Model[]): [Suggestion[], Suggestion[]] {
  const suggestion = ({ id, name, parameters }: Model) => ({
    value: id,
    label: `${name && name !== id ? `${name} (${id})` : id}, ${formatCount(parameters)} parameters`,
  })
  const isPreset = ({ createdAt }: Model) => createdAt === undefined
  return [models.filter(isPreset).map(suggestion), models.filter(model => !isPreset(model)).map(suggestion)]
}
