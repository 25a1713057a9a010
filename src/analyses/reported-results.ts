import type { ConnectivityResult } from './connectivity.ts'
import type { EvaluationResult } from './evaluation-result.ts'

/** The results of analyses that the report of a job shows. */
export interface ReportedResults {
  evaluation?: EvaluationResult
  connectivity?: ConnectivityResult
}

export type ReportedKind = keyof ReportedResults

/** In the order of the report. */
export const REPORTED_KINDS = ['evaluation', 'connectivity'] as const satisfies readonly ReportedKind[]
