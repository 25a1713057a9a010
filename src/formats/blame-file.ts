import { FormatError } from './format-error.ts'

/** Messages of libraries that cannot allocate memory. */
export const OUT_OF_MEMORY = /out of memory|allocation failed|bad_alloc|cannot allocate|enlarge memory/i

/** For libraries whose memory may be corrupt after a file that they could not read. */
export const BROKE_LIBRARY = { endsReader: true } as const

/**
 * The error to throw when a library cannot read a client's file: the client gets `message`, which names the file, and only the log gets the
 * library's message. Errors that the file did not cause (a full disk, lack of memory) are returned unchanged.
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

/** Errors of the operating system name the system call. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
