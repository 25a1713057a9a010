import type { Key } from '@thresher/client'

type State = 'active' | 'expired' | 'revoked'

const TONES: Record<State, string> = { active: 'good', expired: 'waiting', revoked: 'muted' }

export function stateOf({ revokedAt, expiresAt }: Key, now: number = Date.now()): State {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && Date.parse(expiresAt) <= now ? 'expired' : 'active'
}

export function KeyState({ state }: { state: State }) {
  return <span class={`badge ${TONES[state]}`}>{state}</span>
}
