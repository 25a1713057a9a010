import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useForm } from './form-context.ts'

interface FoldProps {
  summary: ComponentChildren
  /** The names of the fields within. */
  names: readonly string[]
  children: ComponentChildren
}

/** Fields that are folded until the reader opens them, or the service finds a mistake in one of them. */
export function Fold({ summary, names, children }: FoldProps) {
  const { mistakes } = useForm()
  const [isOpened, setOpened] = useState(false)
  const isWithin = (mistake: string) => names.some(name => mistake === name || mistake.startsWith(`${name}.`))
  return (
    <details
      class="section"
      open={isOpened || [...mistakes.keys()].some(isWithin)}
      onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
    >
      <summary>{summary}</summary>
      {children}
    </details>
  )
}
