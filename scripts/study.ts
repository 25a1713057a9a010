import { runNamed } from './run-named.ts'

// npm run study -- NAME [options]: runs NAME.study.ts, a check that takes too long for a test, and writes the result to bench/results.md.
await runNamed('npm run study', ['test/agreement', 'test/faults'], '.study.ts')
