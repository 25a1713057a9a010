import { effect, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const STORED = 'thresher.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

export const theme = signal<Theme>((localStorage.getItem(STORED) as Theme | null) ?? 'system')

/** Whether the page is dark now, by the choice or by the system. */
export const isDark = signal(false)

const decide = () => {
  isDark.value = theme.value === 'dark' || (theme.value === 'system' && dark.matches)
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
}
dark.addEventListener('change', decide)

effect(() => {
  decide()
  if (theme.value === 'system') localStorage.removeItem(STORED)
  else localStorage.setItem(STORED, theme.value)
})
