#!/usr/bin/env node
// Compiles the native module of the runtime for this machine: node node_modules/@thresher/runtime/scripts/build-native.mjs
import { compileNative } from './compile-native.mjs'

try {
  const isNew = await compileNative(process.env.CXX || 'c++')
  console.log(isNew ? 'The native module is compiled.' : 'The native module is up to date.')
} catch (error) {
  console.error(`The native module could not be compiled: ${error.stderr || error.message}`)
  process.exitCode = 1
}
