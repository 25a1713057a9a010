import type { Explanation } from './explanation.ts'

/** Answers of the service with an error: the code of the problem. */
export const PROBLEMS: Readonly<Record<string, Explanation>> = {
  invalid_request: {
    meaning: 'Fields of the request are missing, unknown or not valid. Nothing was done.',
    remedy: 'Correct each field that the errors list by its path. `plan` checks a job without submitting it.',
  },
  malformed_body: {
    meaning: 'The body of the request is not valid JSON or not a valid form.',
    remedy: 'Send the body again as valid JSON.',
  },
  unauthenticated: {
    meaning:
      'The service needs a key, and the request had none or one that is not valid, expired or revoked.',
    remedy:
      'Start `thresher mcp` with the environment variable THRESHER_KEY, or store a key with `thresher login`.',
  },
  forbidden: {
    meaning: 'The key does not have the scope that the operation needs, or the tenant may not do it.',
    remedy: 'Use a key with the scope that the message names.',
  },
  not_found: {
    meaning: 'There is no such record, or it belongs to another tenant.',
    remedy: 'Check the id with `list_jobs`, `list_datasets` or `list_models`.',
  },
  method_not_allowed: {
    meaning: 'The route does not support this method.',
    remedy: 'Check that the versions of the client and of the service agree.',
  },
  body_timeout: {
    meaning: 'The body arrived too slowly.',
    remedy: 'Send it again over a faster connection.',
  },
  conflict: {
    meaning:
      'The state of the record does not allow the operation, for example to cancel a job that has ended.',
    remedy: 'Read the state with `get_job` and decide again.',
  },
  dataset_not_ready: {
    meaning: 'The dataset is still being uploaded or validated.',
    remedy: 'Wait until `list_datasets` shows it as ready, then submit the job again.',
  },
  tradeoff_not_ready: {
    meaning: 'The trade-off of the model has not been measured, so no point of it can be selected.',
    remedy: 'Call `tradeoff` with `measure`, or submit jobs with `"finish": { "tradeoff": true }`.',
  },
  artifact_not_ready: {
    meaning: 'The file does not exist yet: the job has not ended and is not paused.',
    remedy: 'Call `watch`, then ask for the file again.',
  },
  precondition_failed: {
    meaning: 'The file has changed since its earlier part was downloaded.',
    remedy: 'Download it from the start.',
  },
  body_too_large: {
    meaning: 'The body of the request is larger than the service accepts.',
    remedy: 'Send less at once. docs/limits.md lists the limits.',
  },
  unsupported_media_type: {
    meaning: 'The route does not accept this content type.',
    remedy: 'Send JSON.',
  },
  address_too_long: {
    meaning: 'The address of the request, with its query, is longer than 8 KB.',
    remedy: 'Send fewer or shorter parameters.',
  },
  artifact_expired: {
    meaning: 'The file was deleted after the retention period of its job (`expiresAfterSeconds`).',
    remedy: 'Train the job again with `expiresAfterSeconds` {}, or register the model before it expires.',
  },
  range_not_satisfiable: {
    meaning: 'The requested range is outside the file.',
    remedy: 'Download the file from the start.',
  },
  expectation_failed: {
    meaning: 'The header Expect of the request asks for something other than `100-continue`.',
    remedy: 'Send the request without it.',
  },
  invalid_dataset: {
    meaning: 'The uploaded files are not a valid dataset. The message names file, row and column.',
    remedy: 'Correct the files and upload them again.',
  },
  idempotency_key_reused: {
    meaning: 'The idempotency key was used with another job in the last 24 hours.',
    remedy: 'Use another key, or none.',
  },
  limit_exceeded: {
    meaning: 'The request exceeds a limit of the service or a quota on the size of jobs.',
    remedy: 'Shrink what the message names, or ask the operator for a higher quota.',
  },
  insufficient_memory: {
    meaning: 'No live worker has enough memory for the job.',
    remedy: 'Use a smaller `batchSize` or network, or start a worker with more memory.',
  },
  upgrade_required: {
    meaning: 'The route is a WebSocket.',
    remedy: 'Use `watch`.',
  },
  quota_exceeded: {
    meaning: 'A quota of the tenant or the key is used up, for example of queued jobs.',
    remedy: 'Wait for the time that the message names, end other jobs, or ask the operator for more.',
  },
  rate_limited: {
    meaning: 'There were too many requests in a short time.',
    remedy: 'Wait a moment, and poll less: `watch` waits without polling.',
  },
  headers_too_large: {
    meaning: 'The headers of the request are larger than 16 KB.',
    remedy: 'Send fewer or shorter headers.',
  },
  internal: {
    meaning: 'An error inside the service. The cause is in its log.',
    remedy: 'Try again. If it happens again, give the operator the id of the request.',
  },
  unavailable: {
    meaning: 'The service cannot do this now: it starts, is overloaded, or lacks Redis or storage.',
    remedy: 'Try again in a minute.',
  },
}
