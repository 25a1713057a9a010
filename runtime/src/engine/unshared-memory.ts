/** The import of a shared memory with a maximum: the names `env` and `memory` after their lengths, the kind, and the flags of its limits. */
const SHARED_MEMORY = '\x03env\x06memory\x02\x03'
const UNSHARED_WITH_MAXIMUM = 1

/**
 * The same WebAssembly module with a memory that is not shared, as pages without cross-origin isolation need it. Its atomic operations
 * remain valid, except that nothing may wait (WebAssembly threads proposal: atomic accesses, and the binary format of limits).
 *
 * @param module imports a shared memory as `env.memory`
 */
export function withUnsharedMemory(module: ArrayBuffer | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(module).slice()
  const imports = new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).indexOf(SHARED_MEMORY)
  if (imports < 0) throw new Error('The module imports no shared memory.')
  bytes[imports + SHARED_MEMORY.length - 1] = UNSHARED_WITH_MAXIMUM
  return bytes
}
