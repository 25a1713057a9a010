import type { Search } from './search.ts'
import { gridPoint, rangePaths, spaceSize } from './space.ts'

/** Every point of the space once, in the order of the lists. */
export const GRID: Search<'grid'> = {
  mistakes({ space }) {
    return rangePaths(space).map(path => ({
      path: `space.${path}`,
      message: 'must be a list of choices: a grid has no ranges. The method random draws from them',
    }))
  },

  mostTrials: ({ space }) => spaceSize(space),

  next({ request, trials }) {
    const index = trials.filter(({ kind }) => kind === 'trial').length
    if (index >= spaceSize(request.space)) return undefined
    return { type: 'start', kind: 'trial', values: gridPoint(request.space, index) }
  },
}
