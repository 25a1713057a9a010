/** A tenant with waiting jobs, in stride scheduling: the smallest pass is served next, and serving adds 1 / weight to it. */
export interface Share {
  tenant: string
  pass: number
  weight: number
  waiting: number
  /** Whether a quota holds back all of its jobs. */
  isHeldBack: boolean
}

const ROUNDING = 1e-9

/**
 * The number of jobs of other tenants that are served before a job, if no job is added meanwhile.
 * @param rank the number of jobs of its own tenant that are served before it
 */
export function servedBefore(
  own: Pick<Share, 'tenant' | 'pass' | 'weight'>,
  rank: number,
  others: readonly Share[],
): number {
  const pass = own.pass + rank / own.weight
  return others.reduce((sum, other) => {
    // The k-th job of the other tenant has the pass other.pass + k / other.weight; of equal passes, the smaller name is served first.
    const strides = (pass - other.pass) * other.weight
    const whole = Math.round(strides)
    const isEqual = Math.abs(strides - whole) < ROUNDING
    const served = isEqual ? whole + (other.tenant < own.tenant ? 1 : 0) : Math.ceil(strides)
    return sum + Math.min(Math.max(served, 0), other.waiting)
  }, 0)
}
