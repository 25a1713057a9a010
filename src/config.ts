import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { plainMessage } from '#interchange/plain-message.ts'
import { networksOf } from '#webhooks/public-address.ts'

const AdminKey = z.string().regex(/^\S+$/, 'must be a key without spaces')

/** Requests a minute; 0: no limit. */
const Rate = z.coerce.number().int().min(0)

/** Addresses and networks, separated by commas. */
const Proxies = z
  .string()
  .transform(text => text.split(',').map(part => part.trim()))
  .refine(networks => networks.every(isNetwork), {
    error: 'must be IP addresses or networks such as 10.0.0.0/8, separated by commas',
  })

const ContentOfFile = z.string().transform(readTrimmed).pipe(z.string().min(1, 'the file is empty'))
const Certificate = ContentOfFile.refine(
  accepts(pem => new X509Certificate(pem)),
  {
    error: 'must be a file with a certificate in PEM',
  },
)
const PrivateKey = ContentOfFile.refine(accepts(createPrivateKey), {
  error: 'must be a file with a private key in PEM, without a passphrase',
})

/** What Redis requires of its clients beside the URL; the variables name files. */
const RedisEnvironment = z
  .object({
    REDIS_PASSWORD_FILE: ContentOfFile,
    REDIS_SENTINEL_USERNAME: z.string().min(1),
    REDIS_SENTINEL_PASSWORD_FILE: ContentOfFile,
    REDIS_TLS_CA_FILE: Certificate,
    REDIS_TLS_CERT_FILE: Certificate,
    REDIS_TLS_KEY_FILE: PrivateKey,
  })
  .partial()
  .refine(data => !data.REDIS_TLS_CERT_FILE === !data.REDIS_TLS_KEY_FILE, {
    path: ['REDIS_TLS_CERT_FILE'],
    error: 'requires REDIS_TLS_KEY_FILE, and the reverse',
  })

const Environment = z
  .object({
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
    DATA_DIR: z.string().min(1).default('./.thresher'),
    DATASETS_DIR: z.string().min(1).optional(),
    REDIS_URL: z.string().min(1).optional(),
    ARTIFACT_URL: z.string().min(1).optional(),
    ENGINE: z.enum(['auto', 'native', 'webgpu', 'wasm']).default('auto'),
    WORKER_MEMORY_MB: z.coerce.number().int().min(1).optional(),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    TRUST_PROXY: Proxies.default([]),
    RATE_LIMIT_REQUESTS_PER_MINUTE: Rate.default(12_000),
    RATE_LIMIT_READS_PER_MINUTE: Rate.default(6_000),
    RATE_LIMIT_SUBMISSIONS_PER_MINUTE: Rate.default(3_000),
    RATE_LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: Rate.default(60),
    SOCKETS_PER_KEY: z.coerce.number().int().min(0).default(1_000),
    USAGE_KEPT_DAYS: z.coerce.number().int().min(31).max(3650).default(400),
    HISTORY_EVENTS: z.coerce.number().int().min(100).max(1_000_000).default(20_000),
    AUDIT_KEPT_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
    AUDIT_KEPT_RECORDS: z.coerce.number().int().min(1000).default(1_000_000),
    WEBHOOK_ALLOWED_NETWORKS: z.string().default('').transform(readNetworks),
    ADMIN_KEY: AdminKey.optional(),
    ADMIN_KEY_FILE: z.string().transform(readTrimmed).pipe(AdminKey).optional(),
  })
  .and(RedisEnvironment)

/** What Redis requires of its clients beside the URL. The values are the contents of the files that the operator names. */
export interface RedisCredentials {
  /** Used if the URL has no password. */
  password?: string | undefined
  sentinelUsername?: string | undefined
  sentinelPassword?: string | undefined
  /** PEM: the CA that signed the certificate of Redis, and the certificate and key of this client. */
  tls: { ca?: string; cert?: string; key?: string }
}

/** The settings that an operator may give by environment variables; all are optional. */
export interface Config {
  host: string
  port: number
  dataDir: string
  /** The operator's folder of datasets that are not built in. */
  datasetsDir: string
  /** Undefined: `npm start` runs an embedded Redis. */
  redisUrl: string | undefined
  redisCredentials: RedisCredentials
  /** Where blobs are stored: by default a folder in the data directory. */
  artifactUrl: string
  engine: 'auto' | 'native' | 'webgpu' | 'wasm'
  /** The memory limit of a runner; undefined: the memory of the machine less a reserve. */
  workerMemoryBytes: number | undefined
  logLevel: string
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  trustProxy: string[]
  /** Requests a minute, of an address and of a key; 0: no limit. */
  rateLimits: Record<'address' | 'failedAuthentications' | 'reads' | 'submissions', number>
  /** Open WebSockets and event streams in one api process; 0: no limit. */
  socketsPerKey: number
  /** The most events that the history of a job keeps. */
  historyEvents: number
  /** How long the usage of a day is stored. */
  usageKeptDays: number
  auditKeptDays: number
  /** Of each tenant. */
  auditKeptRecords: number
  adminKey: string | undefined
  /** Networks, in CIDR notation, that webhooks may be sent to although they are not public. */
  webhookAllowedNetworks: readonly string[]
}

/** The only reader of `process.env`. If the environment is invalid, lists every problem and ends the process. */
export function loadConfig(): Config {
  // Compose files pass a variable that is not set as an empty string.
  const given = Object.entries(process.env).filter(([, value]) => value !== '')
  const { data, error } = Environment.safeParse(Object.fromEntries(given), { error: plainMessage })
  if (!data) {
    const problems = error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
    console.error(`The environment is not valid:\n${problems.join('\n')}`)
    process.exit(1)
  }
  const dataDir = resolve(data.DATA_DIR)
  return {
    host: data.HOST,
    port: data.PORT,
    dataDir,
    datasetsDir: resolve(data.DATASETS_DIR ?? resolve(dataDir, 'datasets')),
    redisUrl: data.REDIS_URL,
    redisCredentials: redisCredentialsOf(data),
    artifactUrl: data.ARTIFACT_URL ?? pathToFileURL(resolve(dataDir, 'blobs')).href,
    engine: data.ENGINE,
    workerMemoryBytes: data.WORKER_MEMORY_MB && data.WORKER_MEMORY_MB * 1e6,
    logLevel: data.LOG_LEVEL,
    trustProxy: data.TRUST_PROXY,
    rateLimits: {
      address: data.RATE_LIMIT_REQUESTS_PER_MINUTE,
      failedAuthentications: data.RATE_LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE,
      reads: data.RATE_LIMIT_READS_PER_MINUTE,
      submissions: data.RATE_LIMIT_SUBMISSIONS_PER_MINUTE,
    },
    socketsPerKey: data.SOCKETS_PER_KEY,
    usageKeptDays: data.USAGE_KEPT_DAYS,
    historyEvents: data.HISTORY_EVENTS,
    auditKeptDays: data.AUDIT_KEPT_DAYS,
    auditKeptRecords: data.AUDIT_KEPT_RECORDS,
    adminKey: data.ADMIN_KEY ?? data.ADMIN_KEY_FILE,
    webhookAllowedNetworks: data.WEBHOOK_ALLOWED_NETWORKS,
  }
}

/** Whether it is an IP address, or one with the length of a network's prefix. A network of all addresses would let every client choose its own. */
function isNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const version = isIP(address)
  const bits = Number(prefix ?? 1)
  return version !== 0 && bits >= 1 && bits <= (version === 4 ? 32 : 128)
}

function redisCredentialsOf(data: z.infer<typeof Environment>): RedisCredentials {
  const { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE: key } = data
  return {
    password: data.REDIS_PASSWORD_FILE,
    sentinelUsername: data.REDIS_SENTINEL_USERNAME,
    sentinelPassword: data.REDIS_SENTINEL_PASSWORD_FILE,
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  }
}

function accepts(read: (pem: string) => unknown): (pem: string) => boolean {
  return pem => {
    try {
      read(pem)
      return true
    } catch {
      return false
    }
  }
}

function readTrimmed(path: string, context: z.RefinementCtx): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    context.addIssue((error as Error).message)
    return z.NEVER
  }
}

function readNetworks(text: string, context: z.RefinementCtx): string[] {
  const networks = text.split(/[\s,]+/).filter(Boolean)
  try {
    networksOf(networks)
    return networks
  } catch (error) {
    context.addIssue((error as Error).message)
    return z.NEVER
  }
}

/** The variables that a process needs to find programs, libraries and devices. */
const HARMLESS =
  /^(PATH|HOME|TMPDIR|TZ|LANG|LC_.*|LD_LIBRARY_PATH|XDG_.*|CUDA_.*|NVIDIA_.*|VK_.*|TF_.*|XLA_.*|OMP_.*)$/

/** The environment for a process that must not have credentials. */
export function harmlessEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => HARMLESS.test(name))
  return Object.fromEntries(entries) as Record<string, string>
}

/** The environment variable with the id of a child's parent; the parent may have ended before the child could query it. */
export const PARENT_VARIABLE = 'THRESHER_PARENT'

/** The id of the process that started this child. */
export function parentId(): number {
  return Number(process.env[PARENT_VARIABLE])
}
