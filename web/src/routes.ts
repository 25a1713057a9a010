import type { ComponentType } from 'preact'

export interface PageProps {
  /** The parts of the path that the pattern names, for example `id` in `/jobs/:id`. */
  params: Record<string, string>
}

export interface Route {
  pattern: string
  /** The word in the navigation; absent for a page that others link to. */
  menu?: string
  load: () => Promise<ComponentType<PageProps>>
}

/** The parts that a pattern such as `/jobs/:id` names in a path, or null if the path does not match. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const names = pattern.split('/')
  const parts = path.split('/')
  if (names.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [index, name] of names.entries())
    if (name.startsWith(':')) params[name.slice(1)] = decodeURIComponent(parts[index]!)
    else if (name !== parts[index]) return null
  return params
}
