import { ASHA } from './asha.ts'
import { GRID } from './grid.ts'
import { LARGEST_C } from './largest-c.ts'
import { LR_RANGE } from './lr-range.ts'
import { RANDOM } from './random.ts'
import type { Search } from './search.ts'
import type { SearchMethod, SweepRequest } from './sweep-request.ts'

const SEARCHES: { [Method in SearchMethod]: Search<Method> } = {
  grid: GRID,
  random: RANDOM,
  asha: ASHA,
  largestC: LARGEST_C,
  lrRange: LR_RANGE,
}

/** The search that a request asks for. The request's own method picks it, so its type fits. */
export function searchOf({ search }: Pick<SweepRequest, 'search'>): Search<SearchMethod> {
  return SEARCHES[search.method] as unknown as Search<SearchMethod>
}
