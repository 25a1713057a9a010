/** Whether Redis answers, but takes no writes. PING is refused, too, while its disk is full or failing. */
export function refusesWrites(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // Of a transaction, each command has been answered by itself.
  const { previousErrors = [] } = error as { previousErrors?: readonly Error[] }
  return [error, ...previousErrors].some(({ message }) => /^(MISCONF|OOM|READONLY|NOREPLICAS) /.test(message))
}
