import { linkTo, path } from '../state/location.ts'

const PAGES = [
  ['/keys', 'Keys'],
  ['/keys/tenants', 'Tenants'],
  ['/keys/audit', 'Audit'],
] as const

/** Between the pages of administrators. */
export function AdminNav() {
  return (
    <nav class="sub-nav" aria-label="Administration">
      {PAGES.map(([to, word]) => (
        <a key={to} href={linkTo(to)} aria-current={path.value === to ? 'page' : undefined}>
          {word}
        </a>
      ))}
    </nav>
  )
}
