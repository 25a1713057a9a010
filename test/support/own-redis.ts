import { startEmbeddedRedis } from '#stores/embedded-redis.ts'

// A child of the embedded Redis's test: owns a server and waits to be killed.

const { url } = await startEmbeddedRedis({ directory: process.argv[2]! })
process.send!(url)
