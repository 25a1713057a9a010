import type { ComponentChildren } from 'preact'

interface FigureProps {
  label: string
  children: ComponentChildren
  /** In small letters beside the figure. */
  note?: ComponentChildren
}

/** A figure under its label, within a list of class `figures`. */
export function Figure({ label, children, note }: FigureProps) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>
        {children} {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  )
}
