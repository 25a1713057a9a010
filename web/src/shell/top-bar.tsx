import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import type { Route } from '../routes.ts'
import { linkTo } from '../state/location.ts'
import { hasKey, signOut } from '../state/session.ts'
import { isDark, theme } from '../state/theme.ts'

interface TopBarProps {
  routes: Route[]
  here: string
}

export function TopBar({ routes, here }: TopBarProps) {
  return (
    <header class="top-bar">
      <a class="brand" href={linkTo('/jobs')}>
        <Mark />
        Thresher
      </a>
      <Menu {...{ routes, here }} />
      <a class="button primary" href={linkTo('/submit')}>
        New job
      </a>
      <ThemeToggle />
      {hasKey.value && (
        <Button kind="quiet" onClick={signOut}>
          Sign out
        </Button>
      )}
    </header>
  )
}

/** On a phone it scrolls, so that the current page is in sight. */
function Menu({ routes, here }: TopBarProps) {
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' })
  }, [here])
  return (
    <nav ref={nav} aria-label="Pages">
      {routes.map(
        ({ pattern, menu }) =>
          menu && (
            <a
              key={pattern}
              href={linkTo(pattern)}
              aria-current={isWithin(here, pattern) ? 'page' : undefined}
            >
              {menu}
            </a>
          ),
      )}
      <a href="/docs">API</a>
    </nav>
  )
}

function ThemeToggle() {
  const next = isDark.value ? 'light' : 'dark'
  return (
    <Button
      kind="quiet"
      label={`Use the ${next} colours`}
      onClick={() => {
        theme.value = next
      }}
    >
      <span aria-hidden="true">{isDark.value ? '☀' : '☾'}</span>
    </Button>
  )
}

/** Few filled points among many empty ones: a sparse matrix. */
function Mark() {
  const filled = new Set([0, 5, 7])
  return (
    <svg class="mark" viewBox="0 0 18 18" aria-hidden="true">
      {Array.from({ length: 9 }, (_, point) => (
        <circle
          key={point}
          cx={3 + 6 * (point % 3)}
          cy={3 + 6 * Math.floor(point / 3)}
          r={filled.has(point) ? 2.3 : 1}
          class={filled.has(point) ? 'filled' : undefined}
        />
      ))}
    </svg>
  )
}

function isWithin(here: string, pattern: string): boolean {
  return here === pattern || here.startsWith(`${pattern}/`)
}
