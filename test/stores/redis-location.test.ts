import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRedisUrl } from '#stores/redis-location.ts'

describe('a URL of Redis', () => {
  const valid = {
    '/run/redis.sock': { kind: 'socket', path: '/run/redis.sock', addresses: [], tls: false },
    'redis://localhost': {
      kind: 'server',
      addresses: [{ host: 'localhost', port: 6379 }],
      tls: false,
      db: 0,
    },
    'rediss://user:p%40ss%2Fword@[::1]:7000/2': {
      kind: 'server',
      addresses: [{ host: '::1', port: 7000 }],
      tls: true,
      username: 'user',
      password: 'p@ss/word',
      db: 2,
    },
    'redis://:secret@host': {
      kind: 'server',
      addresses: [{ host: 'host', port: 6379 }],
      tls: false,
      password: 'secret',
      db: 0,
    },
    'redis-sentinel://user@a,b:1,[::1]/jobs': {
      kind: 'sentinel',
      addresses: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 1 },
        { host: '::1', port: 26379 },
      ],
      tls: false,
      username: 'user',
      primaryName: 'jobs',
      db: 0,
    },
    'rediss-sentinel://a/jobs/3': {
      kind: 'sentinel',
      addresses: [{ host: 'a', port: 26379 }],
      tls: true,
      primaryName: 'jobs',
      db: 3,
    },
    'rediss-cluster://a:1,b:2': {
      kind: 'cluster',
      addresses: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
      tls: true,
      db: 0,
    },
  }
  for (const [url, location] of Object.entries(valid)) {
    it(`may be ${url}`, () => assert.deepEqual(parseRedisUrl(url), location))
  }

  const invalid = {
    'localhost:6379': /none of the valid forms.*redis:\/\/.*redis-sentinel:.*redis-cluster:/,
    'http://:secret@localhost': /none of the valid forms/,
    'redis://:secret@host?db=1': /query options are not accepted.*redis:\/\/host:6379\/1/,
    'redis-sentinel://:secret@host/jobs?db=1': /query options are not accepted.*primary-name\/1/,
    'redis://': /each address must be/,
    'redis://:secret@host:70000': /each address must be/,
    'redis-cluster://a:1,,b:2': /each address must be/,
    'redis://:secret@a,b': /has one address/,
    'redis://:100%secret@a': /written as %25/,
    'redis://:secret@a/jobs': /number of a database/,
    'redis-sentinel://:secret@a:1': /name of the primary/,
    'redis-cluster://:secret@a:1/1': /only the database 0/,
  }
  for (const [url, reason] of Object.entries(invalid)) {
    it(`may not be ${url}, and the reason does not repeat it`, () =>
      assert.throws(
        () => parseRedisUrl(url),
        ({ message }: Error) => reason.test(message) && !message.includes('secret'),
      ))
  }
})
