import { useState } from 'preact/hooks'
import { formatCount } from '../format/numbers.ts'
import { Button } from './button.tsx'
import { FreeText } from './free-text.tsx'

const FEW = 60

interface TagListProps {
  words: readonly string[]
  /** Shows the index of each, from 0. */
  numbered?: boolean
}

/** Words side by side; of many, the first until all are asked for. */
export function TagList({ words, numbered = false }: TagListProps) {
  const [showsAll, setShowsAll] = useState(false)
  const shown = showsAll ? words : words.slice(0, FEW)
  return (
    <>
      <ul class="tags">
        {shown.map((word, index) => (
          <li key={word} class="tag">
            {numbered && word !== String(index) && <span class="quiet">{index} </span>}
            <FreeText text={word} />
          </li>
        ))}
      </ul>
      {shown.length < words.length && (
        <Button kind="quiet" onClick={() => setShowsAll(true)}>
          Show all {formatCount(words.length)}
        </Button>
      )}
    </>
  )
}
