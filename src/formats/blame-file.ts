import { FormatError } from './format-error.ts'

/** What libraries say when they get no more memory. */
export const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc|cannot allocate|enlarge memory/i

/** Of libraries whose memory may be in disorder after a file that they could not read. */
export const BROKE_LIBRARY = { endsReader: true } as const

/**
 * What to throw when a library fails at a client's file: the client is told `message`, which names the file, and only the log has the
 * library's own words. What is no fault of the file stays as it is: a full disk, and memory that ran out.
 */
export function blameFile(
  error: unknown,
  message: string,
  { endsReader = false }: { endsReader?: boolean } = {},
): unknown {
  if (error instanceof FormatError || isOfSystem(error)) return error
  if (error instanceof Error && OUT_OF_MEMORY.test(error.message)) return error
  return new FormatError(message, { cause: error, endsReader })
}

/** Errors of the operating system say which call failed. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
