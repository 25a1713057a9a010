import { z } from 'zod'
import { AnalysisProgress } from '#domain/analysis.ts'
import type { PositionStores } from '#jobs/queue-positions.ts'
import type { Stores } from '#stores/connect.ts'
import { analysisEvent } from './analysis-event.ts'
import { describeListed, ListedAnalysis } from './analysis-resource.ts'
import { shownFields } from './shown-fields.ts'
import type { StreamedKind } from './watch-record.ts'

/** Analyses in streams. A snapshot has no result, which may be large. */
export function streamedAnalyses(stores: PositionStores & Pick<Stores, 'analyses' | 'events'>): StreamedKind {
  return {
    store: stores.analyses,
    events: stores.events,
    describe: async record => ({ analysis: z.encode(ListedAnalysis, await describeListed(record, stores)) }),
    event: analysisEvent,
    progress: frame => shownFields(AnalysisProgress, frame as AnalysisProgress),
  }
}
