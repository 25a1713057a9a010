import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'

/** Paths of PEM files: a CA, and a certificate and key of both a server and a client that it has signed. The server is `hooks.test`. */
export interface Certificates {
  ca: string
  server: { cert: string; key: string }
  client: { cert: string; key: string }
  /** Of a CA that has signed neither. */
  otherCa: string
  remove(): Promise<void>
}

export async function makeCertificates(): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'thresher-certificates-'))
  const write = async (name: string, pem: string) => {
    const path = join(directory, name)
    await writeFile(path, pem, { mode: 0o600 })
    return path
  }
  const [ca, other] = await Promise.all([makeCa('Thresher test CA'), makeCa('Another CA')])
  const make = async (name: string) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
      ...KEYS,
      ca: { key: ca.private, cert: ca.cert },
      extensions: [
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'hooks.test' },
          ],
        },
      ],
    })
    return { cert: await write(`${name}.crt`, cert), key: await write(`${name}.key`, key) }
  }
  return {
    ca: await write('ca.crt', ca.cert),
    server: await make('server'),
    client: await make('client'),
    otherCa: await write('other-ca.crt', other.cert),
    remove: () => rm(directory, { recursive: true }),
  }
}

const KEYS = { keyType: 'ec', algorithm: 'sha256' } as const

function makeCa(name: string) {
  return generate([{ name: 'commonName', value: name }], {
    ...KEYS,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
}
