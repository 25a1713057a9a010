/** The result of one check of `thresher doctor`. */
export interface Check {
  name: string
  /** `info`: nothing is wrong, but it may explain something. */
  status: 'ok' | 'info' | 'failed'
  detail: string
  /** The command, or the sentence, that mends it. */
  remedy?: string
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail }
}

export function info(name: string, detail: string, remedy?: string): Check {
  return { name, status: 'info', detail, ...(remedy !== undefined && { remedy }) }
}

export function failed(name: string, detail: string, remedy: string): Check {
  return { name, status: 'failed', detail, remedy }
}
