const LEVELS: Record<number, string> = { 40: 'warn', 50: 'error', 60: 'fatal' }

/** A line of the log of the service, which is JSON, as text: its level, its part and its message. */
export function logLine(line: string): string {
  const record = parse(line)
  if (typeof record?.msg !== 'string') return line
  const { level, msg, name } = record
  return [LEVELS[Number(level)] ?? 'info', ...(typeof name === 'string' ? [`${name}:`] : []), msg].join('  ')
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
