import { REPORTED_KINDS, type ReportedKind, type ReportedResults } from '#analyses/reported-results.ts'
import { connectivitySection } from './connectivity-section.ts'
import { evaluationSection } from './evaluation-section.ts'
import { hessianSection } from './hessian-section.ts'
import { layersSection } from './layers-section.ts'
import { normRatioSection } from './norm-ratio-section.ts'
import { planeSection } from './plane-section.ts'
import { structureSection } from './structure-section.ts'

const SECTIONS: { [Kind in ReportedKind]: (result: NonNullable<ReportedResults[Kind]>) => string } = {
  evaluation: evaluationSection,
  connectivity: connectivitySection,
  plane: planeSection,
  hessian: hessianSection,
  layers: layersSection,
  normRatio: normRatioSection,
  structure: structureSection,
}

/** The parts of a report about the analyses of its model. */
export function analysisSections(results: ReportedResults): string[] {
  return REPORTED_KINDS.filter(kind => results[kind]).map(kind => {
    const section = SECTIONS[kind] as (result: unknown) => string
    return section(results[kind])
  })
}
