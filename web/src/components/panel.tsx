import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface PanelProps {
  title: string
  /** Controls beside the title. */
  controls?: ComponentChildren
  children: ComponentChildren
}

/** A titled part of a page. */
export function Panel({ title, controls, children }: PanelProps) {
  const id = useId()
  return (
    <section class="panel" aria-labelledby={id}>
      <header class="panel-header">
        <h2 id={id}>{title}</h2>
        {controls}
      </header>
      {children}
    </section>
  )
}
