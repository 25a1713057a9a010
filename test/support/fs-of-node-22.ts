const inline = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`

const FS = inline("export * from 'node:fs'; export function globSync() {}")
const HOOKS = inline(`export const resolve = (specifier, context, next) =>
  specifier === 'fs' && context.parentURL?.includes('/@modelcontextprotocol/conformance/')
    ? { url: ${JSON.stringify(FS)}, shortCircuit: true }
    : next(specifier, context)`)

/**
 * For `node --import`: the conformance tests of the Model Context Protocol import `globSync` of Node 22, which their scenarios for servers
 * do not call.
 */
export const FS_OF_NODE_22 = inline(
  `import { register } from 'node:module'; register(${JSON.stringify(HOOKS)})`,
)
