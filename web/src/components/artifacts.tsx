import type { ManifestEntry } from '@thresher/client'
import { Artifact, type ArtifactRequest } from './artifact.tsx'

interface ArtifactsProps {
  entries: readonly ManifestEntry[]
  request: ArtifactRequest
  /** A file that did not exist has a size afterwards. */
  onDownload: () => void
}

/** Files with their sizes. One that does not exist yet is created when it is downloaded. */
export function Artifacts({ entries, request, onDownload }: ArtifactsProps) {
  return (
    <ul class="artifacts">
      {entries.map(entry => (
        <Artifact key={keyOf(entry)} entry={entry} request={request} onDownload={onDownload} />
      ))}
    </ul>
  )
}

function keyOf({ name, variant, cut, checkpoint }: ManifestEntry): string {
  return JSON.stringify([name, variant, cut, checkpoint])
}
