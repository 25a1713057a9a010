import type { JobQuery } from '@thresher/client'
import { choiceCodec, choicesCodec, textCodec } from '../../state/codecs.ts'
import { STATUS_GROUP_NAMES, STATUS_GROUPS } from '../../state/job-status.ts'
import { changeQuery, type HistoryMode } from '../../state/location.ts'
import { urlState } from '../../state/url-state.ts'

const SORTS = ['createdAt', 'validationAccuracy', 'sparsity'] as const

/** What the list of jobs shows; all of it is in the address. */
export const filters = {
  status: urlState('status', choicesCodec(STATUS_GROUP_NAMES)),
  name: urlState('name', textCodec()),
  label: urlState('label', textCodec()),
  dataset: urlState('dataset', textCodec()),
  preset: urlState('preset', textCodec()),
  sweep: urlState('sweep', textCodec()),
  sort: urlState('sort', choiceCodec(SORTS, 'createdAt')),
  order: urlState('order', choiceCodec(['asc', 'desc'], 'desc')),
  after: urlState('after', textCodec()),
}

export type FilterName = 'name' | 'label' | 'dataset' | 'preset' | 'sweep'

/** Another filter begins with the first page again. */
export function changeFilter(changes: Record<string, string | null>, mode?: HistoryMode): void {
  changeQuery({ ...changes, after: null }, mode)
}

/** Whether any filter is set. */
export function isFiltered(): boolean {
  const { status, name, label, dataset, preset, sweep } = filters
  return status.value.length > 0 || [name, label, dataset, preset, sweep].some(filter => filter.value !== '')
}

/** The query of the list by the filters in the address. */
export function jobQuery(limit: number): JobQuery & { after?: string } {
  const { status, name, label, dataset, preset, sweep, sort, order, after } = filters
  const [key, value] = label.value.split('=')
  const statuses = status.value.flatMap(group => STATUS_GROUPS[group])
  return {
    limit,
    sort: sort.value,
    order: order.value,
    ...(statuses.length > 0 && { status: statuses }),
    ...(name.value && { name: name.value }),
    ...(key && value && { labels: { [key]: value } }),
    ...(dataset.value && { datasetId: dataset.value }),
    ...(preset.value && { preset: preset.value as NonNullable<JobQuery['preset']> }),
    ...(sweep.value && { sweepId: sweep.value }),
    ...(after.value && { after: after.value }),
  }
}
