/** Formats bytes as `1,234 MB`. */
export function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`
}
