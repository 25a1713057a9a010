/** Grey lines in the place of content that is being loaded. */
export function Skeleton({ lines = 3, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} class={`bone w${line % 3}`} />
      ))}
    </div>
  )
}
