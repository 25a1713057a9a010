import { ThresherError } from './errors.ts'
import { path, type Query, queryString } from './query.ts'
import type { ArtifactQuery } from './resources/jobs.ts'
import type { ModelArtifactQuery } from './resources/models.ts'
import type { Thresher } from './thresher.ts'

/** An artifact of a job, a model or an analysis; `query` selects its checkpoint, variant or point of the trade-off. */
export type ArtifactSource =
  | { jobId: string; name: string; query?: ArtifactQuery }
  | { modelId: string; name: string; query?: ModelArtifactQuery }
  | { analysisId: string; name: string; query?: undefined }

/** @returns the path of an artifact. @throws ThresherError for a URL of another service, which must not receive the key */
export function pathOf({ url }: Thresher, source: ArtifactSource | string): string {
  if (typeof source === 'object') return recordOf(source) + queryString(source.query as Query | undefined)
  if (source.startsWith('/')) return source
  if (source.startsWith(`${url}/`)) return source.slice(url.length)
  throw new ThresherError(`${source} is not a URL of ${url}.`)
}

function recordOf(source: ArtifactSource): string {
  if ('jobId' in source) return path`/v1/jobs/${source.jobId}/artifacts/${source.name}`
  if ('modelId' in source) return path`/v1/models/${source.modelId}/artifacts/${source.name}`
  return path`/v1/analyses/${source.analysisId}/artifacts/${source.name}`
}
