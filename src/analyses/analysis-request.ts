import { z } from 'zod'
import type { AnalysisKindDefinition } from './analysis-base.ts'
import { ConnectivityRequest, connectivity } from './connectivity.ts'
import { EvaluationRequest, evaluation } from './evaluation.ts'
import { HessianRequest, hessian } from './hessian.ts'
import { LayersRequest, layers } from './layers.ts'
import { NormRatioRequest, normRatio } from './norm-ratio.ts'
import { PlaneRequest, plane } from './plane.ts'
import { StructureRequest, structure } from './structure.ts'
import { TradeoffRequest, tradeoff } from './tradeoff.ts'

// A kind has one row in each of the two tables here, and one in workers/analyses/computations.ts.

/** The body of `POST /v1/analyses`. */
export const AnalysisRequest = z
  .discriminatedUnion('kind', [
    EvaluationRequest,
    TradeoffRequest,
    ConnectivityRequest,
    PlaneRequest,
    HessianRequest,
    LayersRequest,
    NormRatioRequest,
    StructureRequest,
  ])
  .meta({
    id: 'AnalysisRequest',
    examples: [
      { kind: 'evaluation', jobs: ['job_01h2xcejqtf2nbrexx3vqjhp41'] },
      {
        kind: 'evaluation',
        jobs: [
          'job_01h2xcejqtf2nbrexx3vqjhp41',
          { id: 'job_01h2xcejqtf2nbrexx3vqjhp42', checkpoint: 'best' },
        ],
        dataset: { id: 'mnist' },
        split: 'test',
      },
      { kind: 'tradeoff', jobs: ['job_01h2xcejqtf2nbrexx3vqjhp41'], levels: [0.965] },
      {
        kind: 'connectivity',
        jobs: ['job_01h2xcejqtf2nbrexx3vqjhp41', 'job_01h2xcejqtf2nbrexx3vqjhp42'],
        epochs: 10,
      },
    ],
  })
export type AnalysisRequest = z.infer<typeof AnalysisRequest>

export type AnalysisKind = AnalysisRequest['kind']

const KINDS: { [Kind in AnalysisKind]: AnalysisKindDefinition<Extract<AnalysisRequest, { kind: Kind }>> } = {
  evaluation,
  tradeoff,
  connectivity,
  plane,
  hessian,
  layers,
  normRatio,
  structure,
}

/** The results of all kinds, as the resource shows them. */
export const AnalysisResult = z.union(Object.values(KINDS).map(({ result }) => result.schema))
export type AnalysisResult = z.infer<typeof AnalysisResult>

export const ANALYSIS_KINDS = Object.keys(KINDS) as [AnalysisKind, ...AnalysisKind[]]

/** @throws Error for a kind of another version of the service */
export function kindOf(kind: string): AnalysisKindDefinition<AnalysisRequest> {
  if (!Object.hasOwn(KINDS, kind)) throw new Error(`There is no kind of analysis "${kind}".`)
  return KINDS[kind as AnalysisKind] as AnalysisKindDefinition<AnalysisRequest>
}
