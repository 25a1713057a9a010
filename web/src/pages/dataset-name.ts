import { client } from '../state/session.ts'
import { useLoaded } from '../state/use-loaded.ts'

/** The names of the datasets of the tenant by their ids; a built-in one, or one that is not loaded, has its id. */
export function useDatasetNames(): { ids: string[]; nameOf(id: string): string } {
  const { datasets } = client.value
  const { data } = useLoaded(signal => datasets.list({ limit: 100 }, { signal }), [datasets])
  const names = new Map(data?.data.map(({ id, name }) => [id, name]))
  return { ids: [...names.keys()], nameOf: id => names.get(id) ?? id }
}
