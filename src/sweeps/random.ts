import { drawTrial } from './draw-trial.ts'
import type { Search } from './search.ts'
import { spaceSize } from './space.ts'

/** Independent draws (Bergstra and Bengio 2012), reproducible from the seed, no point twice. */
export const RANDOM: Search<'random'> = {
  mistakes({ space, search }) {
    const size = spaceSize(space)
    if (search.trials <= size) return []
    return [{ path: 'search.trials', message: `must be at most ${size}: the space has no more points` }]
  },

  mostTrials: ({ search }) => search.trials,

  next(state) {
    const { search } = state.request
    const drawn = state.trials.filter(({ kind }) => kind === 'trial').length
    if (drawn >= search.trials) return undefined
    return { type: 'start', kind: 'trial', values: drawTrial(state, search.seed) }
  },
}
