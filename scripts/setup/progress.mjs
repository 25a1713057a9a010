const repeatAfterMs = process.stderr.isTTY ? 500 : 15_000
const erase = process.stderr.isTTY ? '\r\x1b[K' : ''

/** Writes a line to standard error, because progress is not a result. */
export function say(sentence) {
  process.stderr.write(`${erase}${sentence}\n`)
}

/**
 * Shows that `work` is in progress: one line that is updated on a terminal, a line every 15 s in a log. `detail` may return a description
 * of the progress.
 */
export async function showProgress(label, work, detail = () => '') {
  const startedAtMs = Date.now()
  const elapsed = () => `${Math.round((Date.now() - startedAtMs) / 1000)} s`
  const lineEnd = process.stderr.isTTY ? '' : '\n'
  process.stderr.write(`${erase}${label} …${lineEnd}`)
  const ticker = setInterval(() => {
    process.stderr.write(`${erase}${label} … ${elapsed()}${detail()}${lineEnd}`)
  }, repeatAfterMs)
  try {
    return await work
  } finally {
    clearInterval(ticker)
    process.stderr.write(erase)
  }
}
