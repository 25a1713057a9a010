import type { Explanation } from './explanation.ts'

/** Warnings of jobs and dry runs, in the order of docs/guide.md: first those about the training. */
export const WARNINGS: Readonly<Record<string, Explanation>> = {
  plain_sgd: {
    meaning: 'c is 0, so there is no threshold: the job is SGD without momentum and prunes nothing.',
    remedy:
      'Leave it so for a dense run to compare with. Otherwise set `optimizer.c`, or leave it out and give a `target`.',
  },
  outside_recommended: {
    meaning:
      'The threshold is far too small or too large beside the initial weights, for this learning rate and number of steps: almost nothing, or almost everything, will become zero.',
    remedy:
      'Use a c in the range that the message names, ask a dry run for a recommendation with `sparsity`, or give a `target`.',
  },
  dead_layer: {
    meaning:
      'All weights of a layer are zero after this epoch. The layer passes no signal on, so its outputs no longer depend on its inputs.',
    remedy:
      'Lower c, mu or the sparsity of the target, or exclude the layer with `optimizer.exclude`. A model of an earlier epoch is at `?checkpoint=best`.',
  },
  best_chosen_on_test: {
    meaning:
      'The best checkpoint, or the epoch of early stopping, is chosen by its score on the test split, so this score is optimistic.',
    remedy:
      'Hold out training examples with `"validation": { "fraction": 0.1 }`, or report the score of the last epoch.',
  },
  limit_exceeded: {
    meaning:
      'Only in a dry run: the job exceeds a quota of the tenant or the key, so a submission would be refused.',
    remedy: 'Shorten or shrink the job as the message says, or ask the operator for a higher quota.',
  },
  insufficient_memory: {
    meaning:
      'Only in a dry run: no live worker has enough memory for the job, so a submission would be refused.',
    remedy: 'Use a smaller `batchSize` or network, or start a worker with more memory.',
  },
  not_adapted: {
    meaning:
      'The network has a Normalization layer without statistics, because a topology does not contain them. It starts with mean 0 and variance 1 and changes nothing.',
    remedy: 'Upload the model with its weights, or give the layer a mean and a variance.',
  },
  weights_replaced: {
    meaning: 'Both `model.id` and `init` have weights. `init` takes precedence.',
    remedy: 'Remove the one that you do not want, or set `model.weights` to false.',
  },
  trained_in_float32: {
    meaning: 'Layers of the file have another precision. Training and predictions are in float32.',
    remedy: 'Nothing has to be done. Export with `?dtype=bf16` if the weights must be small.',
  },
  layer_left_out: {
    meaning: 'A layer of the uploaded network leads to no output, so it is not part of the model.',
    remedy: 'Nothing has to be done, unless the layer should be connected: then upload a corrected network.',
  },
  tensors_left_out: {
    meaning: 'The uploaded file has more tensors than the network has variables. The others are ignored.',
    remedy: 'Check that file and network belong together.',
  },
  weights_left_out: {
    meaning:
      'The uploaded model.json refers to files with weights that were not uploaded, so the model has no weights.',
    remedy: 'Upload the model again together with those files.',
  },
  optimizer_state_left_out: {
    meaning:
      'The uploaded file contains the state of an optimizer, which is not read. Jobs start with a new state.',
    remedy: 'Nothing has to be done for a new training. gRDA’s state can be uploaded as the part `state`.',
  },
  not_trained_here: {
    meaning:
      'Of an uploaded model: this version of the service cannot train its network, for the reason in the message.',
    remedy: 'Upload a network without the layer or option that the message names.',
  },
  other_engine: {
    meaning:
      'The job continues from a checkpoint that was made by another engine, version or processor. The result is valid, but not bit-identical to an uninterrupted run.',
    remedy: 'Nothing has to be done, unless you need identical bits: then run all workers on equal machines.',
  },
  broken_checkpoint: {
    meaning:
      'A stored checkpoint could not be read. An earlier one is used, so the epochs in between are trained again.',
    remedy: 'Check the disk or the bucket of the blob store.',
  },
  checkpoint_lost: {
    meaning: 'A checkpoint could not be stored. Earlier ones are still there, and the training continues.',
    remedy: 'Check the blob store, and the space on the disk of the worker.',
  },
  storage_full: {
    meaning: 'The disk or its quota is full. The job waits and retries; its time limit is stopped meanwhile.',
    remedy: 'Free space. The job continues by itself.',
  },
  storage_failing: {
    meaning:
      'The disk or the blob store refuses writes. The job waits and retries; its time limit is stopped meanwhile.',
    remedy: 'Repair the storage. The job continues by itself.',
  },
  other_examples_held_out: {
    meaning:
      'Of an evaluation of two jobs: the second one has held out other examples than the first, so it was trained on some of those on which both are compared.',
    remedy: 'Train both jobs with the same `seed` and `validation.fraction`, or evaluate on the test split.',
  },
  webhook_attempts_failed: {
    meaning: 'Of a webhook: the last attempts to deliver an event have failed.',
    remedy: 'Repair the receiver. Deliveries are attempted again for a day.',
  },
  webhook_gone: {
    meaning: 'The receiver of a webhook answered 410, so the service has disabled the webhook.',
    remedy: 'Delete the webhook, or set `enabled` to true if the answer was a mistake.',
  },
  webhook_failing: {
    meaning:
      'A delivery failed for a day, and no other one succeeded, so the service has disabled the webhook.',
    remedy: 'Repair the receiver, then set `enabled` to true.',
  },
  webhook_overloaded: {
    meaning: 'A webhook had too many pending deliveries, so the service has disabled it.',
    remedy: 'Select fewer event types or answer faster, then set `enabled` to true.',
  },
}
