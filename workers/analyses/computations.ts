import type { AnalysisKind } from '#analyses/analysis-request.ts'
import type { Computation } from './computation.ts'
import { connectivity } from './connectivity/connectivity.ts'
import { evaluation } from './evaluation/evaluation.ts'
import { hessian } from './hessian/hessian.ts'
import { layers } from './layers/layers.ts'
import { normRatio } from './norm-ratio/norm-ratio.ts'
import { plane } from './plane/plane.ts'
import { structure } from './structure/structure.ts'
import { tradeoff } from './tradeoff/tradeoff.ts'

/** One row per kind of analysis. */
const COMPUTATIONS: Record<AnalysisKind, Computation> = {
  evaluation,
  tradeoff,
  connectivity,
  plane,
  hessian,
  layers,
  normRatio,
  structure,
}

/** @throws Error for a kind of another version of the service */
export function computationOf(kind: string): Computation {
  if (!Object.hasOwn(COMPUTATIONS, kind)) throw new Error(`There is no kind of analysis "${kind}".`)
  return COMPUTATIONS[kind as AnalysisKind]
}
