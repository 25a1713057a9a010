/** Whether Redis answers but refuses writes. It refuses PING too while its disk is full or failing. */
export function refusesWrites(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // In a transaction, each command has its own error.
  const { previousErrors = [] } = error as { previousErrors?: readonly Error[] }
  return [error, ...previousErrors].some(({ message }) => /^(MISCONF|OOM|READONLY|NOREPLICAS) /.test(message))
}
