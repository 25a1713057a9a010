// What browsers and Node both have, but the types of Node do not declare.
declare namespace WebAssembly {
  class Module {}
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  interface Instance {
    readonly exports: object
  }
  function validate(bytes: Uint8Array): boolean
  function compile(bytes: ArrayBuffer | Uint8Array): Promise<Module>
  function instantiate(module: Module, imports: object): Promise<Instance>
}

declare var crossOriginIsolated: boolean | undefined

declare class Worker {
  constructor(url: URL, options: { type: 'module' })
  onmessage: (() => void) | null
  onerror: ((event: { message: string }) => void) | null
  postMessage(message: unknown): void
  terminate(): void
}
