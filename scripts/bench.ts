import { runNamed } from './run-named.ts'

// npm run bench -- NAME [options]: measures speed or memory with bench/NAME.bench.ts and writes the result to bench/results.md.
await runNamed('npm run bench', ['bench'], '.bench.ts')
