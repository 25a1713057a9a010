import { useState } from 'preact/hooks'
import { saveAnswer } from '../state/save-answer.ts'
import { Button } from './button.tsx'

interface DownloadButtonProps {
  /** The name of the saved file. */
  name: string
  request: () => Promise<Response>
  onDone?: () => void
}

/** Downloads a file with the key of this tab, which a link could not send. A file that does not exist yet is created first. */
export function DownloadButton({ name, request, onDone }: DownloadButtonProps) {
  const [isLoading, setLoading] = useState(false)
  const [error, setError] = useState<Error>()
  const download = async () => {
    setLoading(true)
    setError(undefined)
    try {
      await saveAnswer(await request(), name)
      onDone?.()
    } catch (error) {
      setError(error as Error)
    } finally {
      setLoading(false)
    }
  }
  return (
    <span class="row small">
      {error && (
        <span class="field-error" role="alert">
          {error.message}
        </span>
      )}
      <Button label={`Download ${name}`} disabled={isLoading} onClick={download}>
        {isLoading ? 'Downloading…' : 'Download'}
      </Button>
    </span>
  )
}
