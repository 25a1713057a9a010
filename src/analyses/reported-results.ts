import type { ConnectivityResult } from './connectivity.ts'
import type { EvaluationResult } from './evaluation-result.ts'
import type { HessianResult } from './hessian.ts'
import type { LayersResult } from './layers.ts'
import type { NormRatioResult } from './norm-ratio.ts'
import type { PlaneResult } from './plane.ts'
import type { StructureResult } from './structure.ts'

/** The results of analyses that the report of a job shows. */
export interface ReportedResults {
  evaluation?: EvaluationResult
  connectivity?: ConnectivityResult
  plane?: PlaneResult
  hessian?: HessianResult
  layers?: LayersResult
  normRatio?: NormRatioResult
  structure?: StructureResult
}

export type ReportedKind = keyof ReportedResults

/** In the order of the report. */
export const REPORTED_KINDS = [
  'evaluation',
  'connectivity',
  'plane',
  'hessian',
  'layers',
  'normRatio',
  'structure',
] as const satisfies readonly ReportedKind[]
