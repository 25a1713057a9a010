import { z } from 'zod'
import { CLOSE } from './frame-socket.ts'
import { AnalysisFrame, JobFrame, StreamCommand, StreamFrame } from './frames.ts'
import { type Dictionary, usedSchemas } from './used-schemas.ts'

/** The parts of the OpenAPI document that this document shares. */
interface Contract {
  info: { version: string; license?: object }
  paths?: Record<string, { get?: { parameters?: readonly unknown[] } } | undefined>
  components?: { schemas?: object }
}

interface Parameter {
  in: string
  name: string
  description?: string
  schema?: object
}

interface Channel {
  address: string
  title: string
  description: string
  frames: z.ZodUnion
  commands?: z.ZodUnion
}

const CHANNELS: Record<string, Channel> = {
  job: {
    address: '/v1/jobs/{jobId}/stream',
    title: 'One job',
    description:
      'A snapshot of the job, then every event with a seq greater than `after`, those of the past and new ones, with progress between them. A gap stands for events that were trimmed from a long history: reload the metrics then. After the last event comes one `end` frame, and the socket is closed with 1000. A close without `end` does not mean that the job has ended: connect again with the last seq.',
    frames: JobFrame,
  },
  analysis: {
    address: '/v1/analyses/{analysisId}/stream',
    title: 'One analysis',
    description: 'As the stream of a job, with the events of an analysis.',
    frames: AnalysisFrame,
  },
  jobs: {
    address: '/v1/stream',
    title: 'Many jobs',
    description:
      'The frames of every job to which the client subscribes, each with its `jobId`. An `end` frame ends a subscription and leaves the socket open.',
    frames: StreamFrame,
    commands: StreamCommand,
  },
}

const CLOSE_CODES: Record<keyof typeof CLOSE, string> = {
  normal: 'The job or analysis has ended.',
  shuttingDown: 'The service is shutting down. Connect again with the last seq.',
  tooLarge: 'The client has sent a frame of more than 64 KiB.',
  failed: 'The stream failed. Connect again with the last seq.',
  badFrame: 'The client has sent a frame that this stream does not accept.',
  unauthenticated: 'The ticket or the key is not valid, or no longer valid.',
  noSuchJob: 'The job or analysis does not exist.',
  tooSlow: 'The client reads too slowly. Connect again with the last seq.',
}

const SECURITY = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of the service, as the header `Authorization`.',
  },
  ticket: {
    type: 'httpApiKey',
    in: 'query',
    name: 'ticket',
    description: 'For browsers: a ticket of `POST /v1/tickets`, valid once within 30 s.',
  },
}

const ID = { description: 'The `id` of the job or analysis.' }

const SERVER = {
  host: '127.0.0.1:3000',
  protocol: 'ws',
  description: 'The default address of the service; `wss` behind a proxy with TLS.',
  security: Object.keys(SECURITY).map(name => ({ $ref: `#/components/securitySchemes/${name}` })),
}

/** The contract of the WebSockets (AsyncAPI 3), from the schemas of their frames. @param contract the OpenAPI document of the service */
export function asyncapiDocument(contract: Contract): object {
  const { info, components } = contract
  const channels = Object.entries(CHANNELS)
  const unions = channels.flatMap(([, { frames, commands }]) => [frames, ...(commands ? [commands] : [])])
  const messages = Object.assign({}, ...unions.map(messagesOf))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Thresher streams',
      version: info.version,
      description:
        'Events and progress of jobs and analyses over WebSockets. Each text message is one JSON frame. Frames of clients have at most 64 KiB. `x-close-codes` lists the codes with which the service closes a socket.',
      license: { name: 'All rights reserved' },
    },
    'x-close-codes': Object.fromEntries(
      Object.entries(CLOSE_CODES).map(([name, meaning]) => [CLOSE[name as keyof typeof CLOSE], meaning]),
    ),
    defaultContentType: 'application/json',
    servers: { service: SERVER },
    channels: Object.fromEntries(channels.map(([name, channel]) => [name, channelOf(channel, contract)])),
    operations: Object.assign({}, ...channels.map(([name, channel]) => operationsOf(name, channel))),
    components: {
      messages,
      schemas: withoutDiscriminators(
        usedSchemas(messages, { ...(components?.schemas as Dictionary), ...commandSchemas() }),
      ),
      securitySchemes: SECURITY,
    },
  }
}

function channelOf({ address, title, description, frames, commands }: Channel, { paths }: Contract) {
  const parameters = (paths?.[address]?.get?.parameters ?? []) as readonly Parameter[]
  const inPath = parameters.filter(each => each.in === 'path')
  const inQuery = parameters.filter(each => each.in === 'query')
  const messages = [...namesOf(frames), ...(commands ? namesOf(commands) : [])]
  return {
    address,
    title,
    description,
    ...(inPath.length > 0 && { parameters: Object.fromEntries(inPath.map(({ name }) => [name, ID])) }),
    messages: Object.fromEntries(messages.map(name => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { ws: { method: 'GET', query: querySchema(inQuery), bindingVersion: '0.1.0' } },
  }
}

function querySchema(parameters: readonly Parameter[]) {
  const properties = parameters.map(({ name, description, schema }) => [
    name,
    { ...schema, ...(description && { description }) },
  ])
  return { type: 'object', properties: Object.fromEntries(properties) }
}

/** The service sends frames and receives commands. */
function operationsOf(name: string, { title, frames, commands }: Channel) {
  const operation = (action: 'send' | 'receive', union: z.ZodUnion, summary: string) => ({
    action,
    channel: { $ref: `#/channels/${name}` },
    summary,
    messages: namesOf(union).map(message => ({ $ref: `#/channels/${name}/messages/${message}` })),
  })
  return {
    [`send.${name}`]: operation('send', frames, `Send the frames of a stream: ${title.toLowerCase()}.`),
    ...(commands && {
      [`receive.${name}`]: operation('receive', commands, 'Receive subscriptions and their ends.'),
    }),
  }
}

function messagesOf(union: z.ZodUnion) {
  return Object.fromEntries(
    (union.options as readonly z.ZodType[]).map(option => {
      const { id, description } = option.meta() ?? {}
      const payload = { $ref: `#/components/schemas/${id}` }
      return [id, { name: id, ...(description && { summary: description }), payload }]
    }),
  )
}

function namesOf(union: z.ZodUnion): string[] {
  return Object.keys(messagesOf(union))
}

/** Clients send commands, so fields with a default are optional. They are no part of the OpenAPI document. */
function commandSchemas(): Dictionary {
  const options = StreamCommand.options.map(option => z.toJSONSchema(option, { io: 'input' }).$defs)
  return Object.assign({}, ...options)
}

/** AsyncAPI has another form of them, without a mapping. */
function withoutDiscriminators(schemas: Dictionary): Dictionary {
  return JSON.parse(JSON.stringify(schemas), (key, value) =>
    key === 'discriminator' && value.mapping ? undefined : value,
  )
}
