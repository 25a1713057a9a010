import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

interface PageHeaderProps {
  title: string
  /** Beside the title: a status, a count. */
  aside?: ComponentChildren
  /** Actions, at the right end. */
  children?: ComponentChildren
}

/** The heading of a page, which is also the title of the document. */
export function PageHeader({ title, aside, children }: PageHeaderProps) {
  useEffect(() => {
    // Isolated (Unicode's FSI and PDI): the name of a record may change the direction of writing.
    document.title = `\u2068${title}\u2069 · Thresher`
  }, [title])
  return (
    <header class="page-header">
      <h1>{title}</h1>
      {aside}
      {children && <div class="row end">{children}</div>}
    </header>
  )
}
