const TONES: Record<string, string> = {
  queued: 'waiting',
  pending: 'waiting',
  uploading: 'active',
  validating: 'active',
  running: 'active',
  restarting: 'active',
  pausing: 'waiting',
  paused: 'waiting',
  cancelling: 'muted',
  cancelled: 'muted',
  succeeded: 'good',
  finished: 'good',
  ready: 'good',
  failed: 'bad',
  invalid: 'bad',
}

/** The status of a record: a word with a coloured mark. */
export function StatusBadge({ status }: { status: string }) {
  return (
    <span class={`badge ${TONES[status] ?? 'muted'}`} data-status={status}>
      {status}
    </span>
  )
}
