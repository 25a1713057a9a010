import type { Suggestion } from '../../form/form-context.ts'
import { type Json, valueAt } from '../../form/path.ts'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'
import { analysisName } from '../analyses/kinds.ts'
import { choicesOf } from './job-choice.ts'

const MOST = 50

/** The curves that a plane through the two jobs of a request can be laid through, newest first. */
export function useCurves(request: Json): readonly Suggestion[] {
  const ids = choicesOf(request).map(({ id }) => id)
  const isNeeded = valueAt(request, ['kind']) === 'plane' && ids.length === 2 && !ids.includes('')
  const { data } = useLoaded(
    async signal => {
      if (!isNeeded) return []
      const query = {
        kind: 'connectivity' as const,
        jobId: ids[0]!,
        status: ['succeeded' as const],
        limit: MOST,
      }
      return (await client.value.analyses.list(query, { signal })).data
    },
    [isNeeded, ids.join(), client.value],
  )
  const ofBoth = (data ?? []).filter(({ jobs }) => jobs.map(({ id }) => id).join() === ids.join())
  return ofBoth.map(analysis => ({ value: analysis.id, label: `${analysisName(analysis)} (${analysis.id})` }))
}
