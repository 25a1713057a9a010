import type { ManifestEntry } from '@thresher/client'
import { useState } from 'preact/hooks'
import { formatBytes, formatPercent } from '../format/numbers.ts'
import { saveAnswer } from '../state/save-answer.ts'
import { useAction } from '../state/use-action.ts'
import { Button } from './button.tsx'
import { ProblemNotice } from './problem-notice.tsx'

/** Requests a file. @param query selects a variant */
export type ArtifactRequest = (name: string, query: Record<string, string>) => Promise<Response>

interface ArtifactProps {
  entry: ManifestEntry
  request: ArtifactRequest
  onDownload: () => void
}

/** One file with its variants. */
export function Artifact({ entry, request, onDownload }: ArtifactProps) {
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const action = useAction()
  const query = { ...entry.variant, ...cutQuery(entry), ...chosen }
  const download = () =>
    action.run(async () => {
      await saveAnswer(await request(entry.name, query), entry.name)
      onDownload()
    })
  return (
    <li class="artifact">
      <div class="artifact-name">
        <code>{entry.name}</code>
        {entry.cut && <span class="tag">cut to {formatPercent(entry.cut.sparsity)}</span>}
        {Object.values(entry.variant ?? {}).map(value => (
          <span key={value} class="tag">
            {value}
          </span>
        ))}
      </div>
      <p class="hint">{entry.description}</p>
      <div class="row end small">
        <Variants entry={entry} chosen={chosen} onChoose={setChosen} />
        <span class="artifact-size">
          {entry.sizeBytes === undefined ? 'on request' : formatBytes(entry.sizeBytes)}
        </span>
        <Button disabled={action.running} label={`Download ${entry.name}`} onClick={download}>
          {action.running ? 'Downloading' : 'Download'}
        </Button>
      </div>
      {action.error && <ProblemNotice error={action.error} />}
    </li>
  )
}

interface VariantsProps {
  entry: ManifestEntry
  chosen: Record<string, string>
  onChoose: (chosen: Record<string, string>) => void
}

/** A choice for each way in which the file can differ from its usual form. */
function Variants({ entry, chosen, onChoose }: VariantsProps) {
  return (
    <>
      {Object.entries(entry.variants ?? {}).map(([name, values]) => (
        <select
          key={name}
          aria-label={`${name} of ${entry.name}`}
          value={chosen[name] ?? ''}
          onChange={event => {
            const { [name]: _, ...rest } = chosen
            const { value } = event.currentTarget
            onChoose(value === '' ? rest : { ...rest, [name]: value })
          }}
        >
          <option value="">{name}</option>
          {values.map(value => (
            <option key={value}>{value}</option>
          ))}
        </select>
      ))}
    </>
  )
}

function cutQuery({ cut, checkpoint }: ManifestEntry): Record<string, string> {
  return {
    ...(checkpoint !== undefined && { checkpoint: String(checkpoint) }),
    ...(cut && { rule: cut.rule, scope: cut.scope, sparsity: String(cut.sparsity) }),
  }
}
