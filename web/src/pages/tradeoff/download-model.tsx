import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../components/button.tsx'
import { FormField } from '../../components/form-field.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { formatBytes } from '../../format/numbers.ts'
import { client } from '../../state/session.ts'
import { downloadRequest, fileNameOf, MODEL_FILES, type ModelFile } from './model-files.ts'
import type { ModelPoint } from './model-points.ts'
import { saveVerified } from './save-verified.ts'

interface Download {
  isRunning?: boolean
  done?: { sizeBytes: number; digest: string | undefined }
  error?: Error
}

interface DownloadModelProps {
  model: ModelPoint
  /** So that Enter selects a model in the chart and Enter downloads it. */
  takesFocus: boolean
}

/** Downloads one model, in one of its file formats. */
export function DownloadModel({ model, takesFocus }: DownloadModelProps) {
  const [file, setFile] = useState<ModelFile>('model.sparse.safetensors')
  const [state, setState] = useState<Download>({})
  const area = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (takesFocus) area.current?.querySelector('button')?.focus({ preventScroll: true })
  }, [])
  const download = () => {
    setState({ isRunning: true })
    const { name, query } = downloadRequest(model, file)
    const answer = client.value.jobs.artifact(model.jobId, name, query)
    answer
      .then(found => saveVerified(found, fileNameOf(model, file)))
      .then(
        done => setState({ done }),
        error => setState({ error }),
      )
  }
  return (
    <div class="stack" ref={area}>
      <FormField label="File" hint={MODEL_FILES[file]}>
        {attributes => (
          <select
            {...attributes}
            value={file}
            onChange={({ currentTarget }) => setFile(currentTarget.value as ModelFile)}
          >
            {Object.keys(MODEL_FILES).map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
      </FormField>
      <Button kind="primary" disabled={state.isRunning ?? false} onClick={download}>
        {state.isRunning ? 'Downloading…' : 'Download this model'}
      </Button>
      {state.error && <ProblemNotice error={state.error} />}
      {state.done && <Saved {...state.done} />}
    </div>
  )
}

function Saved({ sizeBytes, digest }: NonNullable<Download['done']>) {
  return (
    <p class="hint" role="status">
      Saved {formatBytes(sizeBytes)}. {digest && <code class="digest">sha256 {digest}</code>}
    </p>
  )
}
