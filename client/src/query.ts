export type Query = Record<string, string | number | boolean | readonly string[] | undefined>

/** A query with its question mark; empty without a defined parameter. An array is a repeated parameter. */
export function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) parameters.append(name, String(one))
  return parameters.size > 0 ? `?${parameters}` : ''
}

/** A path whose interpolated values are encoded: path`/v1/jobs/${id}`. */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: parts }, ...values.map(encodeURIComponent))
}
