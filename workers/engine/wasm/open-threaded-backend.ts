import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm'

type Module = BackendWasm['wasm'] & {
  cwrap(name: string, returns: 'number' | null, parameters: string[]): (...values: number[]) => number
  PThread: { unusedWorkers: Worker[]; runningWorkers: Worker[] }
}
type Imports = { env: { emscripten_num_logical_cores: () => number } }

// Node has WebAssembly, but TypeScript declares it only among the browser's types.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  Instance: new (module: object, imports: Imports) => object
}

const require = createRequire(import.meta.url)
const PATH = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd'

/**
 * Starts the package's threaded binary, which uses at most 8 threads. The package itself does so in browsers only: it passes blob URLs to
 * its workers, which Node does not accept. Here they receive the script's text and a file path.
 */
export async function openThreadedBackend(threads: number): Promise<BackendWasm> {
  const module = await instantiate(threads)
  module.tfjs = bindBackendFunctions(module)
  setThreadsCount(threads)
  const backend = new BackendWasm(module)
  const { runningWorkers, unusedWorkers } = module.PThread
  // Idle workers must not keep the process alive.
  for (const worker of runningWorkers) worker.unref()
  // The binary creates eight workers before it knows how many it needs.
  await Promise.all(unusedWorkers.splice(0).map(worker => worker.terminate()))
  return backend
}

async function instantiate(threads: number): Promise<Module> {
  const factory: (settings: object) => Promise<Module> = require(`${PATH}.js`)
  const binary = await WebAssembly.compile(await readFile(require.resolve(`${PATH}.wasm`)))
  const withdrawWorker = offerWorker()
  try {
    return await factory({
      mainScriptUrlOrBlob: require.resolve(`${PATH}.js`),
      instantiateWasm: (imports: Imports, receive: (instance: object, module: object) => void) => {
        // The binary uses half of the logical cores, because it expects two on each core.
        imports.env.emscripten_num_logical_cores = () => 2 * threads
        receive(new WebAssembly.Instance(binary, imports), binary)
        return {}
      },
    })
  } finally {
    withdrawWorker()
  }
}

/** Defines the global `Worker` that the factory uses; the factory's own assignment to it has no effect. */
function offerWorker(): () => void {
  const { wasmWorkerContents } = require(`${PATH}.worker.js`) as { wasmWorkerContents: string }
  // The package stores the script in a template literal, in which its escaped newlines became real ones.
  const script = wasmWorkerContents.replaceAll('\n', '\\n')
  class KernelWorker extends Worker {
    constructor() {
      // No execArgv, because otherwise each worker would load the --import hooks of this process again.
      super(script, { eval: true, execArgv: [] })
    }
  }
  Object.defineProperty(globalThis, 'Worker', { value: KernelWorker, configurable: true })
  return () => Reflect.deleteProperty(globalThis, 'Worker')
}

/** Binds the functions that BackendWasm calls besides the kernels, as the package's own loader does. */
function bindBackendFunctions({ cwrap }: Module): Module['tfjs'] {
  const bind = (name: string, parameterCount: number, returns: 'number' | null = null) =>
    cwrap(name, returns, Array(parameterCount).fill('number')) as (...values: number[]) => never
  return {
    init: bind('init', 0),
    initWithThreadsCount: bind('init_with_threads_count', 1),
    getThreadsCount: bind('get_threads_count', 0, 'number'),
    registerTensor: bind('register_tensor', 3),
    disposeData: bind('dispose_data', 1),
    dispose: bind('dispose', 0),
  }
}
