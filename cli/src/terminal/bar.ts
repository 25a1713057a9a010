import type { Colors } from './terminal.ts'

/** A bar that is filled to a share between 0 and 1. */
export function bar(share: number, width: number, { cyan, dim }: Colors): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width)
  return cyan('━'.repeat(filled)) + dim('─'.repeat(width - filled))
}
