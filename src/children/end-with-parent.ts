// Must be the first import of a program that another process forks. Ends this process when its parent ends for any reason, even if
// that happened while this process was still loading.

if (process.connected === false) process.exit(1)
process.once('disconnect', () => process.exit(1))
