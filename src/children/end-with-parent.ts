// To be imported first by what another process starts: ends with that process, however it goes, and whether that is now or was
// while this one was still being loaded.

if (process.connected === false) process.exit(1)
process.once('disconnect', () => process.exit(1))
