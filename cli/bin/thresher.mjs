#!/usr/bin/env node
import module from 'node:module'

// Node 22 keeps the compiled code of the program, which halves the time to load it.
module.enableCompileCache?.()
await import('../dist/main.js').catch(error => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes('dist/main.js')) throw error
  console.error('The command line is not built yet. Run `npm run setup` in the root of the repository.')
  process.exitCode = 1
})
