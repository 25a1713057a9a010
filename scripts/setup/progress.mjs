const repeatAfterMs = process.stderr.isTTY ? 500 : 15_000
const erase = process.stderr.isTTY ? '\r\x1b[K' : ''

/** Progress is not a result: it goes to standard error. */
export function say(sentence) {
  process.stderr.write(`${erase}${sentence}\n`)
}

/**
 * Shows that `work` goes on: one line that counts on a terminal, a line now and then in a log.
 * `detail` may tell how far it is.
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
