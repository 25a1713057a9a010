import type { StructureResult } from '#analyses/structure.ts'
import { escapeHtml } from './escape-html.ts'
import { htmlTable } from './html-table.ts'
import { machine, milliseconds } from './latency-section.ts'

const count = (value: number) => value.toLocaleString('en')

/** The part of a report about the channels that do nothing. */
export function structureSection(result: StructureResult): string {
  const { layers, parameters, multiplyAdds } = result
  const rows = layers.map(({ layer, channels, live, kept, multiplyAdds: { before, after } }) => [
    escapeHtml(layer),
    ...[channels, live, kept, before, after].map(count),
  ])
  return `<h2>Channels that do nothing</h2>
<p>Without them the network has ${count(parameters.after)} of ${count(parameters.before)} parameters and needs ${count(multiplyAdds.after)} of ${count(multiplyAdds.before)} multiply-adds for an example. Its outputs are the same.</p>
${htmlTable(['layer', 'channels', 'live', 'kept', 'multiply-adds', 'after'], rows)}
${timesOf(result)}`
}

function timesOf({ times }: StructureResult): string {
  if (!times) return ''
  const { timings, ...timedOn } = times
  const rows = timings.map(({ batchSize, ...measured }) => [
    String(batchSize),
    milliseconds(measured.denseMilliseconds),
    milliseconds(measured.compactMilliseconds),
    milliseconds(measured.sparseMilliseconds),
    milliseconds(measured.compactSparseMilliseconds),
  ])
  const columns = ['examples', 'dense, ms', 'compact, ms', 'sparse, ms', 'compact and sparse, ms']
  return `<p>Predictions with the same runtime, on ${machine(timedOn)}; medians of alternating rounds.</p>
${htmlTable(columns, rows)}`
}
