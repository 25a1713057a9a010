import { useEffect, useState } from 'preact/hooks'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { client } from '../../state/session.ts'
import { useLoaded } from '../../state/use-loaded.ts'

interface PictureProps {
  analysisId: string
  name: string
  title: string
  /** What it shows, in a sentence. */
  summary: string
}

/** The picture of a finished analysis, as its file has it. An image cannot send the key, so its bytes are fetched first. */
export function Picture({ analysisId, name, title, summary }: PictureProps) {
  const { analyses } = client.value
  const { data, error } = useLoaded(
    signal => analyses.artifact(analysisId, name, { signal }).then(answer => answer.blob()),
    [analysisId, name, analyses],
  )
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    if (!data) return
    const url = URL.createObjectURL(data)
    setAddress(url)
    return () => URL.revokeObjectURL(url)
  }, [data])
  if (error) return <ProblemNotice error={error} />
  if (!address) return <Skeleton lines={6} label="Loading the picture" />
  return (
    <figure>
      {/* biome-ignore lint/a11y/useSemanticElements: a region would repeat the heading of the panel around it */}
      <div
        class="picture-frame"
        role="group"
        aria-label={`Picture of ${title}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a frame that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <img class="picture" src={address} alt={title} />
      </div>
      <figcaption class="chart-note">{summary}</figcaption>
    </figure>
  )
}
