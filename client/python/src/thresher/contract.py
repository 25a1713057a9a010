"""The answers of the service. Generated from openapi.yaml; do not edit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Dict, List, Literal, TypedDict, Union

if sys.version_info >= (3, 11):
    from typing import NotRequired
elif TYPE_CHECKING:
    from typing_extensions import NotRequired


class Job(TypedDict):
    id: str
    name: NotRequired[str]
    status: Literal["queued", "running", "restarting", "pausing", "paused", "cancelling", "succeeded", "failed", "cancelled"]
    spec: TrainingSpec
    clonedFrom: NotRequired[str]
    """The job that this job was cloned from."""
    continuedFrom: NotRequired[JobContinuedFrom]
    """The checkpoint of that job that this job continues from."""
    sweepId: NotRequired[str]
    """The sweep that submitted this job."""
    attempt: int
    restarts: int
    createdAt: str
    startedAt: NotRequired[str]
    finishedAt: NotRequired[str]
    metrics: NotRequired[EpochMetrics]
    best: NotRequired[JobBest]
    warnings: List[JobWarnings]
    error: NotRequired[JobError]
    worker: NotRequired[JobWorker]
    reason: NotRequired[Literal["finished", "early_stopped"]]
    """Of a job that has succeeded: whether it has trained all epochs."""
    resumesAt: NotRequired[str]
    """When a job that is paused because of a quota continues by itself."""
    keyId: NotRequired[str]
    """The key that submitted this job."""
    modelEpoch: NotRequired[int]
    """Of a job that has succeeded: the completed epochs of its model, which `earlyStopping` chooses."""
    peakMemoryBytes: NotRequired[int]
    """Peak memory of the training process."""
    latency: NotRequired[Latency]
    """How long the predictions of the model take, dense beside sparse, on the worker that trained it. Of a job that has succeeded; absent if the runtime refuses the network."""
    expired: NotRequired[JobExpired]
    """When checkpoints or artifacts were deleted, after the time in `expiresAfterSeconds`."""
    progress: JobProgress
    queuePosition: NotRequired[int]
    """While the job is queued: its place among the jobs of all tenants, by fair share; 1 is next."""
    estimatedStartAt: NotRequired[str]
    """While the job is queued: estimated from the running times of the last jobs."""
    waitsFor: NotRequired[JobWaitsFor]
    """While the job is queued: the quota that holds it back."""
    labels: Dict[str, str]
    priority: int
    links: Dict[str, str]


class TrainingSpec(TypedDict):
    dataset: TrainingSpecDataset
    model: Union[TrainingSpecModel1, TrainingSpecModel2]
    optimizer: Union[GrdaOptimizer, SgdOptimizer, AdagradOptimizer, AdamOptimizer, AdamwOptimizer, RmspropOptimizer]
    schedule: Union[ConstantSchedule, StepSchedule, MultiStepSchedule, ExponentialSchedule, CosineSchedule, PiecewiseLinearSchedule, Dict[str, Any]]
    loss: Literal["categoricalCrossentropy", "sparseCategoricalCrossentropy", "binaryCrossentropy", "meanSquaredError", "meanAbsoluteError"]
    batchSize: int
    epochs: int
    seed: int
    shuffle: bool
    validation: Union[Validation1, Validation2]
    augmentation: List[Union[Union[HorizontalFlipNamedAugmentation, RandomCropNamedAugmentation, RandomResizedCropNamedAugmentation], Union[Literal["horizontalFlip", "randomResizedCrop"], Augmentation22]]]
    """Applied to training images; empty for none."""
    checkpoint: CheckpointSpec
    earlyStopping: NotRequired[EarlyStopping]
    mask: NotRequired[Literal["support"]]
    """With `init`: weights that are zero at the start stay zero, whatever the optimizer does."""
    target: NotRequired[Target]
    finish: NotRequired[Finish]
    artifacts: List[Literal["sparse", "sparseZst", "safetensors", "keras", "kerasWeights", "tfjs", "onnx", "npz", "optimizerState"]]
    maxRestarts: int
    maxRuntimeSeconds: int
    """Running time over all attempts."""
    expiresAfterSeconds: NotRequired[ExpiresAfter]
    """When the files of the job are deleted, counted from its end. The default is that of the tenant; `{}` keeps them."""
    priority: int
    """A lower number runs sooner."""
    labels: Dict[str, str]
    init: NotRequired[Init]


class TrainingSpecDataset(TypedDict):
    id: str
    normalize: NotRequired[TrainingSpecDatasetNormalize]
    scale: NotRequired[Literal["unit", "none"]]
    """How byte values enter the network: `unit` as 0 to 1, `none` as 0 to 255. The default is `none` if the network starts with a Rescaling, Normalization or Embedding layer, `unit` otherwise."""
    upload: NotRequired[TrainingSpecDatasetUpload]


class TrainingSpecDatasetNormalize(TypedDict):
    mean: List[float]
    """One number per channel."""
    std: List[float]
    """One number per channel."""


class TrainingSpecDatasetUpload(TypedDict):
    dtype: Literal["uint8", "float32"]
    inputShape: List[int]
    """Of one example."""
    classes: List[str]
    """Class names by label; empty if examples have targets."""
    targets: NotRequired[int]
    """Target numbers of each example; absent for classes."""
    splits: TrainingSpecDatasetUploadSplits
    images: NotRequired[Literal["files"]]
    """Set if images differ in size: they are stored as files and decoded during training."""
    folder: NotRequired[str]
    """The folder in DATASETS_DIR that contains the images, if they are not stored."""
    columns: NotRequired[List[str]]
    """Names of the feature columns of a table, in the order of the values of an example."""
    labelColumns: NotRequired[List[str]]
    """Names of the label columns of a table."""
    sha256: str


class TrainingSpecDatasetUploadSplits(TypedDict):
    train: int
    test: int


class TrainingSpecModel1(TypedDict):
    preset: Literal["mnist-mlp", "mnist-lenet", "cifar10-cnn", "vgg16", "wrn-28-10", "resnet50"]
    """A built-in model with the training defaults of its original experiment."""
    classes: NotRequired[int]
    """Number of outputs; by default that of the original experiment."""


class TrainingSpecModel2(TypedDict):
    topology: TrainingSpecModel2Topology


class TrainingSpecModel2Topology(TypedDict):
    inputShape: List[int]
    layers: List[TrainingSpecModel2TopologyLayers]


class TrainingSpecModel2TopologyLayers(TypedDict):
    type: str
    name: str


class GrdaOptimizer(TypedDict):
    name: Literal["grda"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    c: float
    """Scale of the threshold; 0 is plain SGD."""
    mu: float
    """Growth of the threshold with the number of steps, 0 < mu <= 1."""
    exclude: List[str]
    """Variables that the threshold does not apply to: "bias", "batchNorm", or a layer's name."""
    group: NotRequired[Literal["outputChannels"]]
    """Applies the threshold to whole output channels of kernels, which vanish together with their bias, instead of to single weights."""
    clock: Literal["steps", "time"]
    """The quantity that the threshold grows with: the step number (the original), or the sum of learning rates."""


class SgdOptimizer(TypedDict):
    name: Literal["sgd"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    momentum: float
    nesterov: bool


class AdagradOptimizer(TypedDict):
    name: Literal["adagrad"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    initialAccumulator: float
    epsilon: float
    """Avoids division by zero."""


class AdamOptimizer(TypedDict):
    name: Literal["adam"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    beta1: float
    beta2: float
    epsilon: float
    """Avoids division by zero."""
    amsgrad: bool
    """Divides by the largest second moment so far (Reddi et al. 2018)."""


class AdamwOptimizer(TypedDict):
    name: Literal["adamw"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    beta1: float
    beta2: float
    epsilon: float
    """Avoids division by zero."""
    amsgrad: bool
    """Divides by the largest second moment so far (Reddi et al. 2018)."""
    weightDecay: float
    """Each step subtracts this share of a weight, times the learning rate."""
    exclude: List[str]
    """Variables that do not decay: "bias", "batchNorm", or a layer's name."""


class RmspropOptimizer(TypedDict):
    name: Literal["rmsprop"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    rho: float
    momentum: float
    epsilon: float
    """Avoids division by zero."""


class ConstantSchedule(TypedDict):
    name: Literal["constant"]


class StepSchedule(TypedDict):
    name: Literal["step"]
    every: int
    factor: float
    per: Literal["epoch", "step"]
    """The unit in which the schedule counts, from 1. A change at unit e applies from the first step of e."""


class MultiStepSchedule(TypedDict):
    name: Literal["multiStep"]
    at: List[int]
    factor: float
    per: Literal["epoch", "step"]
    """The unit in which the schedule counts, from 1. A change at unit e applies from the first step of e."""


class ExponentialSchedule(TypedDict):
    name: Literal["exponential"]
    factor: float
    per: Literal["epoch", "step"]
    """The unit in which the schedule counts, from 1. A change at unit e applies from the first step of e."""


class CosineSchedule(TypedDict):
    name: Literal["cosine"]
    floor: float
    """The factor that the curve reaches one unit after the last."""
    per: Literal["epoch", "step"]
    """The unit in which the schedule counts, from 1. A change at unit e applies from the first step of e."""


class PiecewiseLinearSchedule(TypedDict):
    name: Literal["piecewiseLinear"]
    points: List[List[Any]]
    """[share of the training, factor]: linear between the points, constant outside them."""
    per: Literal["epoch", "step"]
    """The unit in which the schedule counts, from 1. A change at unit e applies from the first step of e."""


class Validation1(TypedDict):
    split: Literal["test"]


class Validation2(TypedDict):
    fraction: float
    """Share of the training split that is held out, stratified by class."""


class HorizontalFlipNamedAugmentation(TypedDict):
    name: Literal["horizontalFlip"]


class RandomCropNamedAugmentation(TypedDict):
    name: Literal["randomCrop"]
    padding: int
    """Width of the black border that is added before an image of the original size is cropped."""


class RandomResizedCropNamedAugmentation(TypedDict):
    name: Literal["randomResizedCrop"]


class Augmentation22(TypedDict):
    randomCrop: Crop


class Crop(TypedDict):
    padding: int
    """Width of the black border that is added before an image of the original size is cropped."""


class CheckpointSpec(TypedDict):
    everyEpochs: int
    """The last epoch always has a checkpoint."""
    keepLatest: int
    keepBest: int
    bestBy: Literal["validationAccuracy", "validationLoss"]


class EarlyStopping(TypedDict):
    metric: Literal["trainLoss", "trainAccuracy", "trainMeanAbsoluteError", "validationLoss", "validationAccuracy", "validationTop5Accuracy", "validationMeanAbsoluteError"]
    """Losses and errors should fall, accuracies should rise. The loss of the job must have it."""
    patience: int
    """The training stops after this number of epochs in a row without an improvement."""
    minDelta: float
    """An improvement must be larger than this. A smaller one counts as none."""
    restoreBest: bool
    """Whether the model of the job is that of its best epoch, also if the training does not stop early; otherwise it is that of the last epoch."""


class Target(TypedDict):
    sparsity: NotRequired[float]
    """Share of zeros among all trainable parameters."""
    sizeBytes: NotRequired[int]
    """Or the largest size of model.sparse.safetensors."""


class Finish(TypedDict):
    prune: NotRequired[Cut]
    fineTune: NotRequired[FineTune]
    tradeoff: bool


class Cut(TypedDict):
    sparsity: NotRequired[float]
    """Share of zeros among all trainable parameters."""
    sizeBytes: NotRequired[int]
    """Or the largest size of model.sparse.safetensors."""
    rule: Literal["magnitude", "threshold"]
    """`magnitude` keeps the largest weights unchanged; `threshold` moves the threshold of an optimizer that has one, which changes all weights."""
    scope: Literal["global", "layer"]
    """`global` compares the weights of all variables; `layer` sets the same share of each kernel to zero."""


class FineTune(TypedDict):
    epochs: int
    optimizer: Union[GrdaOptimizer, SgdOptimizer, AdagradOptimizer, AdamOptimizer, AdamwOptimizer, RmspropOptimizer]
    schedule: Union[ConstantSchedule, StepSchedule, MultiStepSchedule, ExponentialSchedule, CosineSchedule, PiecewiseLinearSchedule, Dict[str, Any]]


class ExpiresAfter(TypedDict):
    checkpoints: NotRequired[int]
    artifacts: NotRequired[int]
    """Also of the files that were made on request."""


class Init(TypedDict):
    jobId: NotRequired[str]
    """A job whose model has the same variables."""
    modelId: NotRequired[str]
    """Or an uploaded or registered model that has the same variables. A name without a version is its newest version; the spec of the job has the version."""
    checkpoint: NotRequired[Union[Literal["best"], int]]
    """`best`, or the number of an epoch; the model of the job by default: its last completed epoch, or its best one with `earlyStopping`."""
    optimizerState: bool
    """Whether to continue with the state of the optimizer: its slots, its step count and its threshold."""
    prune: NotRequired[Cut]
    """A cut of these weights, from which the job starts."""
    epoch: int
    sha256: str
    clock: InitClock
    """The clock of the optimizer at the checkpoint; with `optimizerState` it continues from there."""


class InitClock(TypedDict):
    step: int
    l1: NotRequired[float]
    time: NotRequired[float]


class JobContinuedFrom(TypedDict):
    epoch: int
    step: int


class EpochMetrics(TypedDict):
    epoch: int
    epochs: int
    step: int
    phase: NotRequired[Literal["train", "fineTune"]]
    """Present in a job with several phases. Epochs are numbered through all of them."""
    learningRate: float
    c: NotRequired[float]
    """The scale of the threshold in this epoch of a job with a `target`."""
    threshold: NotRequired[float]
    """The threshold l1 of gRDA after the last step of the epoch."""
    trainLoss: float
    trainAccuracy: NotRequired[float]
    """Absent, like the other accuracies, for a loss without classes."""
    trainMeanAbsoluteError: NotRequired[float]
    validationLoss: float
    validationAccuracy: NotRequired[float]
    validationTop5Accuracy: NotRequired[float]
    """Present with more than five classes."""
    validationMeanAbsoluteError: NotRequired[float]
    sparsity: float
    """Share of exact zeros among all trainable parameters."""
    weightSparsity: float
    """Share of exact zeros among the kernels."""
    regrown: int
    """Weights that were zero at the end of the previous epoch and are non-zero now."""
    layers: List[EpochMetricsLayers]
    examplesPerSecond: float
    seconds: float
    sparseBytes: int
    denseBytes: int


class EpochMetricsLayers(TypedDict):
    name: str
    shape: List[int]
    size: int
    nonzero: int
    zeroChannels: NotRequired[int]
    """Present for a kernel of gRDA with `group`: its output channels of which all weights and the bias are zero."""
    skipsZeros: NotRequired[bool]
    """Present if the zeros were left out of the products with this kernel, which is faster."""


class JobBest(TypedDict):
    epoch: int
    validationAccuracy: NotRequired[float]
    validationLoss: float


class JobWarnings(TypedDict):
    code: str
    path: str
    message: str


class JobError(TypedDict):
    code: Literal["invalid_data", "diverged", "out_of_memory", "device_fault", "worker_lost", "timed_out", "quota_exceeded", "internal"]
    message: str
    retryable: bool


class JobWorker(TypedDict):
    id: str
    engine: str
    device: str


class Latency(TypedDict):
    processor: str
    """As the operating system names it."""
    backend: str
    """The kernels of the runtime that predicted."""
    threads: int
    timings: List[Timing]


class Timing(TypedDict):
    batchSize: int
    """Examples of one prediction."""
    denseMilliseconds: float
    """With every weight, as the median of the rounds."""
    sparseMilliseconds: float
    """Without the zeros where that is faster, as the median of the same rounds."""


class JobExpired(TypedDict):
    checkpoints: NotRequired[str]
    artifacts: NotRequired[str]


class JobProgress(TypedDict):
    epoch: int
    """Completed epochs."""
    epochs: int
    step: int
    """Completed steps over the whole job."""
    stepsPerEpoch: int
    fraction: float
    etaSeconds: NotRequired[float]
    tradeoff: NotRequired[JobProgressTradeoff]
    """Measured points of the trade-off, and the number of all, at most."""


class JobProgressTradeoff(TypedDict):
    done: int
    total: int


class JobWaitsFor(TypedDict):
    quota: Literal["runningJobs", "deviceSecondsPerDay"]
    of: Literal["tenant", "key"]
    until: NotRequired[str]
    """When it has room again, if that is known."""


class DryRun(TypedDict):
    spec: TrainingSpec
    warnings: List[DryRunWarnings]
    plan: DryRunPlan
    memory: DryRunMemory
    queuePosition: int
    """1 is next."""
    estimatedStartAt: NotRequired[str]
    waitsFor: NotRequired[DryRunWaitsFor]
    """The quota that would hold the job back."""
    estimatedSeconds: NotRequired[float]
    """Running time, without the queue, from finished jobs of the model on the engines of the live workers; absent if there is none with a similar batch size."""
    recommendation: NotRequired[DryRunRecommendation]
    """The scale of the threshold for the query `sparsity`, or for the sparsity of `target`."""


class DryRunWarnings(TypedDict):
    code: str
    path: str
    message: str


class DryRunPlan(TypedDict):
    parameters: int
    trainingExamples: int
    stepsPerEpoch: int
    memoryBytes: int
    """Expected peak memory of the training process."""
    denseBytes: int
    forecastArtifactBytes: NotRequired[int]
    """Size of model.sparse.safetensors after the last epoch; absent if its sparsity is not known well enough."""
    initialWeightsHoldSteps: NotRequired[int]
    """The last step at which the initial weights alone forecast the sparsity, within 0.3 points."""
    epochs: List[DryRunPlanEpochs]


class DryRunPlanEpochs(TypedDict):
    epoch: int
    phase: NotRequired[Literal["train", "fineTune"]]
    """Present in a job with several phases."""
    learningRate: float
    """At the last step of the epoch, like the threshold."""
    threshold: NotRequired[float]
    initialSparsity: NotRequired[float]
    """Share of the initial weights within the threshold: the sparsity if no gradient moved a weight. Later epochs usually end below it."""
    forecastSparsity: NotRequired[float]
    """Expected sparsity; absent if it cannot be forecast from the initial weights or from finished jobs."""
    forecastError: NotRequired[float]
    """Nine of ten measured forecasts like this were within this of the trained sparsity."""
    forecastBasis: NotRequired[Literal["initialWeights", "finishedJobs", "cut"]]
    """`initialWeights`: it is early, and training has hardly moved the weights. `finishedJobs`: estimated from jobs with the same model and data. `cut`: the job cuts its weights to this sparsity."""


class DryRunMemory(TypedDict):
    neededBytes: int
    """Measured peak of the last similar training on the engine of the largest worker; the estimate of the plan if there is none."""
    largestWorkerBytes: NotRequired[int]
    """The highest memory limit of a live worker."""


class DryRunWaitsFor(TypedDict):
    quota: Literal["runningJobs", "deviceSecondsPerDay"]
    of: Literal["tenant", "key"]
    until: NotRequired[str]
    """When it has room again, if that is known."""


class DryRunRecommendation(TypedDict):
    c: float
    sparsity: float
    """The wanted sparsity; of a job with a target, that before the cut."""
    error: float
    """Nine of ten recommendations led to a sparsity within this of the wanted one."""
    basis: Literal["finishedJobs", "otherNetworks"]
    """`finishedJobs`: of the same model and data. `otherNetworks`: the initial weights, and how far other networks were pruned."""


class TradeoffPoint(TypedDict):
    rule: Literal["magnitude", "threshold"]
    """`magnitude` keeps the largest weights unchanged; `threshold` moves the threshold of an optimizer that has one, which changes all weights."""
    scope: Literal["global", "layer"]
    """`global` compares the weights of all variables; `layer` sets the same share of each kernel to zero."""
    sparsity: float
    """Share of zeros among all trainable parameters."""
    nonzero: int
    """Trainable parameters that are not zero."""
    validationLoss: float
    validationAccuracy: NotRequired[float]
    """Absent for a loss without classes."""
    validationTop5Accuracy: NotRequired[float]
    """Present with more than five classes."""
    validationMeanAbsoluteError: NotRequired[float]
    sizeBytes: TradeoffPointSizeBytes
    pareto: bool
    """Whether no other point has at most as many non-zero weights and scores at least as well."""
    own: NotRequired[Literal[True]]
    """The trained model itself, without a cut."""


class TradeoffPointSizeBytes(TypedDict):
    sparse: int
    """Exact size of model.sparse.safetensors at this point."""
    zst: int
    """Exact size of model.sparse.safetensors.zst at this point."""


class ManifestEntry(TypedDict):
    name: str
    mediaType: str
    sizeBytes: NotRequired[int]
    sha256: NotRequired[str]
    description: str
    variant: NotRequired[ManifestEntryVariant]
    """The query parameters that select this variant; absent for the usual form of the file."""
    epoch: NotRequired[int]
    """Completed epochs of its model, or of its metrics; absent if these are all epochs."""
    rounding: NotRequired[ManifestEntryRounding]
    structure: NotRequired[Structure]
    cut: NotRequired[MeasuredCut]
    """How its model was cut, and what it scores; absent for the trained model itself. The query parameters `rule`, `scope` and `sparsity` with these values select it."""
    made: bool
    """Whether the file exists. Otherwise it is created on its first request, and has a size and a digest from then on."""
    checkpoint: NotRequired[int]
    """The value of the query parameter `checkpoint` that selects it; absent for the checkpoint of the model."""
    variants: NotRequired[Dict[str, List[str]]]
    """Query parameters that select a variant of the file, with their values."""


class ManifestEntryVariant(TypedDict):
    layout: NotRequired[Literal["torch"]]
    """Kernels and names as in a PyTorch module's state_dict."""
    dtype: NotRequired[Literal["bf16", "int8"]]
    """Weights rounded to bfloat16, or kernels to int8 with a float32 scale for each output channel."""
    weights: NotRequired[Literal["dense"]]
    """Weights with their zeros stored."""
    graph: NotRequired[Literal["logits"]]
    """The network without its output activation (softmax or sigmoid, as the loss implies)."""
    preprocessing: NotRequired[Literal["none"]]
    """The network without preprocessing: it expects examples that are already scaled and normalized."""
    structure: NotRequired[Literal["compact"]]
    """The network without the channels and units that do nothing (docs/exports.md)."""
    runtime: NotRequired[Literal["browser"]]
    """A zip of the file, the runtime that predicts with it, and index.html, a page that runs the model in a browser without a server (docs/exports.md)."""


class ManifestEntryRounding(TypedDict):
    maxAbsoluteError: float
    """Largest change of a weight by rounding."""
    changedZeros: int
    """Non-zero weights that rounding made zero."""
    maxErrorInScales: NotRequired[float]
    """Largest change of a weight as a multiple of the scale of its channel; with int8 only."""
    validation: NotRequired[ManifestEntryRoundingValidation]
    """Present if it was measured, with int8 only."""
    notMeasured: NotRequired[str]
    """Why there is no `validation`, such as that the dataset was deleted; with int8 only."""


class ManifestEntryRoundingValidation(TypedDict):
    examples: int
    """Examples of the validation split that were measured."""
    of: int
    """Examples of the validation split."""
    before: ManifestEntryRoundingValidationBefore
    """Of the weights in float32."""
    after: ManifestEntryRoundingValidationAfter
    """Of the weights as the file contains them."""


class ManifestEntryRoundingValidationBefore(TypedDict):
    validationLoss: float
    validationAccuracy: NotRequired[float]
    """Absent for a loss without classes."""
    validationTop5Accuracy: NotRequired[float]
    """Present with more than five classes."""
    validationMeanAbsoluteError: NotRequired[float]


class ManifestEntryRoundingValidationAfter(TypedDict):
    validationLoss: float
    validationAccuracy: NotRequired[float]
    """Absent for a loss without classes."""
    validationTop5Accuracy: NotRequired[float]
    """Present with more than five classes."""
    validationMeanAbsoluteError: NotRequired[float]


class Structure(TypedDict):
    parameters: StructureParameters
    """Trainable parameters."""
    multiplyAdds: StructureMultiplyAdds
    """Multiply-adds of one example, in matrix products and convolutions, zeros included."""
    layers: List[StructureLayers]
    """The layers from which channels were removed, in model order."""


class StructureParameters(TypedDict):
    before: int
    after: int


class StructureMultiplyAdds(TypedDict):
    before: int
    after: int


class StructureLayers(TypedDict):
    layer: str
    channels: StructureLayersChannels
    """Filters or units."""


class StructureLayersChannels(TypedDict):
    before: int
    after: int


class MeasuredCut(TypedDict):
    rule: Literal["magnitude", "threshold"]
    """`magnitude` keeps the largest weights unchanged; `threshold` moves the threshold of an optimizer that has one, which changes all weights."""
    scope: Literal["global", "layer"]
    """`global` compares the weights of all variables; `layer` sets the same share of each kernel to zero."""
    sparsity: float
    """Share of zeros among all trainable parameters."""
    nonzero: int
    """Trainable parameters that are not zero."""
    validationLoss: float
    validationAccuracy: NotRequired[float]
    """Absent for a loss without classes."""
    validationTop5Accuracy: NotRequired[float]
    """Present with more than five classes."""
    validationMeanAbsoluteError: NotRequired[float]


class KeptCheckpoint(TypedDict):
    epoch: int
    """Completed epochs."""
    step: int
    """Completed steps over the whole job."""
    phase: NotRequired[Literal["prune", "fineTune"]]
    """Present after the weights were cut: `prune` at the end of training, or within `fineTune`."""
    validationAccuracy: NotRequired[float]
    """Absent, like the loss, if the checkpoint was made within an epoch."""
    validationLoss: NotRequired[float]
    improved: NotRequired[Literal[True]]
    """Its epoch was the best so far by `earlyStopping.metric`. The newest such checkpoint is the model of the job."""
    sizeBytes: int
    sha256: str
    kind: Literal["latest", "best", "model"]
    """Why the job keeps it; a checkpoint that is several of them is listed as often. `model` is the model that `earlyStopping` chooses."""
    resumable: bool


class Dataset(TypedDict):
    dtype: NotRequired[Literal["uint8", "float32"]]
    inputShape: NotRequired[List[int]]
    """Of one example."""
    classes: NotRequired[List[str]]
    """Class names by label; empty if examples have targets."""
    targets: NotRequired[int]
    """Target numbers of each example; absent for classes."""
    splits: NotRequired[DatasetSplits]
    images: NotRequired[Literal["files"]]
    """Set if images differ in size: they are stored as files and decoded during training."""
    folder: NotRequired[str]
    """The folder in DATASETS_DIR that contains the images, if they are not stored."""
    statistics: NotRequired[DatasetStatistics]
    """Mean and standard deviation of the training split by channel, as `normalize` accepts them."""
    columns: NotRequired[List[str]]
    """Names of the feature columns of a table, in the order of the values of an example."""
    labelColumns: NotRequired[List[str]]
    """Names of the label columns of a table."""
    notes: NotRequired[List[str]]
    """How the files were interpreted, one sentence each: what was skipped, how labels were mapped, what is unusual."""
    id: str
    name: str
    status: Literal["uploading", "validating", "ready", "invalid"]
    upload: NotRequired[DatasetUpload]
    """Present while the files are sent in chunks: the next chunk of a file begins at `receivedBytes`."""
    createdAt: NotRequired[str]
    """Present for uploads."""
    sha256: NotRequired[str]
    """Digest of the stored form of an upload."""
    sizeBytes: NotRequired[int]
    error: NotRequired[str]
    """The error of an invalid upload, with its place."""


class DatasetSplits(TypedDict):
    train: int
    test: int


class DatasetStatistics(TypedDict):
    mean: List[float]
    """One number per channel."""
    std: List[float]
    """One number per channel."""


class DatasetUpload(TypedDict):
    files: List[DatasetUploadFiles]


class DatasetUploadFiles(TypedDict):
    name: str
    sizeBytes: int
    receivedBytes: int


class Model(TypedDict):
    id: str
    """Of a registered model, its name and version: `digits@3`."""
    name: NotRequired[str]
    """Present for uploads and registered models."""
    version: NotRequired[int]
    """Present, like the next fields, for a registered model."""
    jobId: NotRequired[str]
    """The job that it was registered from, which may have been deleted."""
    checkpoint: NotRequired[Checkpoint]
    """The checkpoint of that job that it is."""
    metrics: NotRequired[EpochMetrics]
    """The metrics of the epoch of that checkpoint."""
    versions: NotRequired[List[ModelVersions]]
    """Present in the answer to a name without a version: its newest 100 versions at most, newest first."""
    classes: NotRequired[List[str]]
    """Class names by output; empty if there are no classes."""
    description: NotRequired[str]
    """Present for presets."""
    parameters: int
    inputShape: List[int]
    variables: List[ModelVariables]
    defaults: NotRequired[ModelDefaults]
    """The spec fields of a preset that a request may omit, if their dataset exists."""
    defaultsWithTarget: NotRequired[ModelDefaultsWithTarget]
    """In place of these `defaults`, for a request with a `target`."""
    weights: NotRequired[ModelWeights]
    """The weights of the model, if it has any: its jobs start from them."""
    warnings: NotRequired[List[ModelWarnings]]
    """Differences between the files of an upload and the training in this service. Its jobs have the same warnings."""
    createdAt: NotRequired[str]


class Checkpoint(TypedDict):
    epoch: int
    """Completed epochs."""
    step: int
    """Completed steps over the whole job."""
    phase: NotRequired[Literal["prune", "fineTune"]]
    """Present after the weights were cut: `prune` at the end of training, or within `fineTune`."""
    validationAccuracy: NotRequired[float]
    """Absent, like the loss, if the checkpoint was made within an epoch."""
    validationLoss: NotRequired[float]
    improved: NotRequired[Literal[True]]
    """Its epoch was the best so far by `earlyStopping.metric`. The newest such checkpoint is the model of the job."""
    sizeBytes: int
    sha256: str


class ModelVersions(TypedDict):
    id: str
    version: int
    createdAt: str
    jobId: str
    validationAccuracy: NotRequired[float]
    sparsity: NotRequired[float]


class ModelVariables(TypedDict):
    name: str
    shape: List[int]
    size: int


class ModelDefaults(TypedDict):
    name: NotRequired[str]
    dataset: ModelDefaultsDataset
    init: NotRequired[InitRequest]
    optimizer: NotRequired[Union[GrdaOptimizerRequest, SgdOptimizerRequest, AdagradOptimizerRequest, AdamOptimizerRequest, AdamwOptimizerRequest, RmspropOptimizerRequest]]
    schedule: NotRequired[Union[ConstantSchedule, StepSchedule, MultiStepSchedule, ExponentialSchedule, CosineSchedule, PiecewiseLinearSchedule, Dict[str, Any]]]
    loss: NotRequired[Literal["categoricalCrossentropy", "sparseCategoricalCrossentropy", "binaryCrossentropy", "meanSquaredError", "meanAbsoluteError"]]
    batchSize: NotRequired[int]
    epochs: NotRequired[int]
    seed: NotRequired[int]
    shuffle: NotRequired[bool]
    validation: NotRequired[Union[Validation1, Validation2]]
    augmentation: NotRequired[List[Union[Union[HorizontalFlipNamedAugmentation, RandomCropNamedAugmentation, RandomResizedCropNamedAugmentation], Union[Literal["horizontalFlip", "randomResizedCrop"], Augmentation22]]]]
    """Applied to training images; empty for none."""
    checkpoint: NotRequired[CheckpointSpec]
    earlyStopping: NotRequired[EarlyStopping]
    mask: NotRequired[Literal["support"]]
    """With `init`: weights that are zero at the start stay zero, whatever the optimizer does."""
    target: NotRequired[Target]
    """The sparsity or size of the model. It determines how the threshold of the optimizer grows, so `optimizer.c` may be left out."""
    finish: NotRequired[FinishRequest]
    artifacts: NotRequired[List[Literal["sparse", "sparseZst", "safetensors", "keras", "kerasWeights", "tfjs", "onnx", "npz", "optimizerState"]]]
    maxRestarts: NotRequired[int]
    maxRuntimeSeconds: NotRequired[int]
    """Running time over all attempts."""
    expiresAfterSeconds: NotRequired[ExpiresAfter]
    """When the files of the job are deleted, counted from its end. The default is that of the tenant; `{}` keeps them."""
    priority: NotRequired[int]
    """A lower number runs sooner."""
    labels: NotRequired[Dict[str, str]]


class ModelDefaultsDataset(TypedDict):
    id: str
    normalize: NotRequired[ModelDefaultsDatasetNormalize]
    scale: NotRequired[Literal["unit", "none"]]
    """How byte values enter the network: `unit` as 0 to 1, `none` as 0 to 255. The default is `none` if the network starts with a Rescaling, Normalization or Embedding layer, `unit` otherwise."""


class ModelDefaultsDatasetNormalize(TypedDict):
    mean: List[float]
    """One number per channel."""
    std: List[float]
    """One number per channel."""


class InitRequest(TypedDict):
    jobId: NotRequired[str]
    """A job whose model has the same variables."""
    modelId: NotRequired[str]
    """Or an uploaded or registered model that has the same variables. A name without a version is its newest version; the spec of the job has the version."""
    checkpoint: NotRequired[Union[Literal["best"], int]]
    """`best`, or the number of an epoch; the model of the job by default: its last completed epoch, or its best one with `earlyStopping`."""
    optimizerState: bool
    """Whether to continue with the state of the optimizer: its slots, its step count and its threshold."""
    prune: NotRequired[Cut]
    """A cut of these weights, from which the job starts."""
    epoch: NotRequired[int]
    """As in the spec of a job, like `sha256` and `clock`."""
    sha256: NotRequired[str]
    """The digest of the checkpoint; refused unless the job or model still has this checkpoint."""
    clock: NotRequired[InitRequestClock]
    """The clock of the optimizer at the checkpoint; with `optimizerState` it continues from there."""


class InitRequestClock(TypedDict):
    step: int
    l1: NotRequired[float]
    time: NotRequired[float]


class GrdaOptimizerRequest(TypedDict):
    name: Literal["grda"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    c: NotRequired[float]
    """Scale of the threshold; 0 is plain SGD."""
    mu: float
    """Growth of the threshold with the number of steps, 0 < mu <= 1."""
    exclude: List[str]
    """Variables that the threshold does not apply to: "bias", "batchNorm", or a layer's name."""
    group: NotRequired[Literal["outputChannels"]]
    """Applies the threshold to whole output channels of kernels, which vanish together with their bias, instead of to single weights."""
    clock: Literal["steps", "time"]
    """The quantity that the threshold grows with: the step number (the original), or the sum of learning rates."""


class SgdOptimizerRequest(TypedDict):
    name: Literal["sgd"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    momentum: float
    nesterov: bool


class AdagradOptimizerRequest(TypedDict):
    name: Literal["adagrad"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    initialAccumulator: float
    epsilon: float
    """Avoids division by zero."""


class AdamOptimizerRequest(TypedDict):
    name: Literal["adam"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    beta1: float
    beta2: float
    epsilon: float
    """Avoids division by zero."""
    amsgrad: bool
    """Divides by the largest second moment so far (Reddi et al. 2018)."""


class AdamwOptimizerRequest(TypedDict):
    name: Literal["adamw"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    beta1: float
    beta2: float
    epsilon: float
    """Avoids division by zero."""
    amsgrad: bool
    """Divides by the largest second moment so far (Reddi et al. 2018)."""
    weightDecay: float
    """Each step subtracts this share of a weight, times the learning rate."""
    exclude: List[str]
    """Variables that do not decay: "bias", "batchNorm", or a layer's name."""


class RmspropOptimizerRequest(TypedDict):
    name: Literal["rmsprop"]
    learningRate: float
    """Step size lr, before the schedule."""
    globalClipNorm: NotRequired[float]
    """Largest global norm of the gradients: all are scaled by one factor to have at most this norm together. Absent: no clipping."""
    rho: float
    momentum: float
    epsilon: float
    """Avoids division by zero."""


class FinishRequest(TypedDict):
    prune: NotRequired[Cut]
    fineTune: NotRequired[FineTuneRequest]
    tradeoff: NotRequired[bool]
    """Whether the job measures its accuracy at other sparsities. By default it does if this takes less than 5 % of the training."""


class FineTuneRequest(TypedDict):
    epochs: int
    optimizer: NotRequired[Union[GrdaOptimizer, SgdOptimizer, AdagradOptimizer, AdamOptimizer, AdamwOptimizer, RmspropOptimizer]]
    schedule: NotRequired[Union[ConstantSchedule, StepSchedule, MultiStepSchedule, ExponentialSchedule, CosineSchedule, PiecewiseLinearSchedule, Dict[str, Any]]]


class ModelDefaultsWithTarget(TypedDict):
    optimizer: NotRequired[Union[GrdaOptimizerRequest, SgdOptimizerRequest, AdagradOptimizerRequest, AdamOptimizerRequest, AdamwOptimizerRequest, RmspropOptimizerRequest]]
    schedule: NotRequired[Union[ConstantSchedule, StepSchedule, MultiStepSchedule, ExponentialSchedule, CosineSchedule, PiecewiseLinearSchedule, Dict[str, Any]]]
    epochs: NotRequired[int]


class ModelWeights(TypedDict):
    sha256: str
    sizeBytes: int
    hasState: bool
    """Whether it has the state of the optimizer, for `init.optimizerState`: of an upload, that of gRDA."""


class ModelWarnings(TypedDict):
    code: str
    path: str
    message: str


class Analysis(TypedDict):
    id: str
    status: Literal["queued", "running", "restarting", "cancelling", "succeeded", "failed", "cancelled"]
    name: NotRequired[str]
    attempt: int
    restarts: int
    createdAt: str
    startedAt: NotRequired[str]
    finishedAt: NotRequired[str]
    warnings: List[AnalysisWarnings]
    error: NotRequired[AnalysisError]
    worker: NotRequired[AnalysisWorker]
    peakMemoryBytes: NotRequired[int]
    """Peak memory of the training process."""
    kind: Literal["evaluation", "tradeoff", "connectivity", "plane", "hessian", "layers", "normRatio", "structure"]
    jobs: List[AnalysisJobs]
    options: Dict[str, Any]
    """With every default filled in."""
    progress: AnalysisProgress
    queuePosition: NotRequired[int]
    """While the analysis is queued: its place among the jobs and analyses of all tenants; 1 is next."""
    estimatedStartAt: NotRequired[str]
    """While the analysis is queued: estimated from the running times of the last jobs."""
    labels: Dict[str, str]
    priority: int
    maxRestarts: int
    maxRuntimeSeconds: int
    links: Dict[str, str]
    result: NotRequired[Union[EvaluationResult, Tradeoff, ConnectivityResult, PlaneResult, HessianResult, LayersResult, NormRatioResult, StructureResult]]
    """The content of its JSON artifact, once it has succeeded."""


class AnalysisWarnings(TypedDict):
    code: str
    path: str
    message: str


class AnalysisError(TypedDict):
    code: Literal["invalid_data", "diverged", "out_of_memory", "device_fault", "worker_lost", "timed_out", "quota_exceeded", "internal"]
    message: str
    retryable: bool


class AnalysisWorker(TypedDict):
    id: str
    engine: str
    device: str


class AnalysisJobs(TypedDict):
    id: str
    checkpoint: AnalysisJobsCheckpoint
    """The analysed checkpoint."""


class AnalysisJobsCheckpoint(TypedDict):
    epoch: int
    sha256: str


class AnalysisProgress(TypedDict):
    fraction: float
    done: NotRequired[int]
    """In a unit of the kind, such as examples; while the analysis runs."""
    total: NotRequired[int]


class EvaluationResult(TypedDict):
    dataset: EvaluationResultDataset
    split: Literal["validation", "test", "train"]
    source: Literal["train", "test"]
    """The split of the dataset that the indices of examples are in."""
    examples: int
    classes: NotRequired[List[str]]
    """Names; classes are numbered in this order, from 0."""
    models: List[EvaluationResultModels]
    """One for each job, in the order of the request."""
    comparison: NotRequired[EvaluationResultComparison]


class EvaluationResultDataset(TypedDict):
    id: str


class EvaluationResultModels(TypedDict):
    jobId: str
    metrics: EvaluationResultModelsMetrics
    perClass: NotRequired[List[EvaluationResultModelsPerClass]]
    """In the order of `classes`."""
    confusion: NotRequired[List[List[int]]]
    """Rows are classes, columns predicted classes. Absent with more than 100 classes."""
    calibration: NotRequired[EvaluationResultModelsCalibration]
    perTarget: NotRequired[List[EvaluationResultModelsPerTarget]]


class EvaluationResultModelsMetrics(TypedDict):
    loss: float
    accuracy: NotRequired[float]
    top5Accuracy: NotRequired[float]
    meanAbsoluteError: NotRequired[float]


class EvaluationResultModelsPerClass(TypedDict):
    support: int
    """Examples of the class."""
    predicted: int
    """Examples that the model assigns to the class."""
    precision: Union[float, None]
    """Null where it is undefined: 0 of 0."""
    recall: Union[float, None]
    """Null where it is undefined: 0 of 0."""
    f1: Union[float, None]
    """Null where it is undefined: 0 of 0."""


class EvaluationResultModelsCalibration(TypedDict):
    expectedCalibrationError: float
    bins: List[EvaluationResultModelsCalibrationBins]
    """15 bins of equal width."""


class EvaluationResultModelsCalibrationBins(TypedDict):
    above: float
    """The bin has the examples whose confidence is above this,"""
    upTo: float
    """and at most this."""
    count: int
    confidence: Union[float, None]
    """Mean probability of the predicted class."""
    accuracy: Union[float, None]
    """Null where it is undefined: 0 of 0."""


class EvaluationResultModelsPerTarget(TypedDict):
    name: NotRequired[str]
    meanAbsoluteError: float
    rootMeanSquaredError: float
    r2: Union[float, None]
    """Coefficient of determination; null if the target is constant."""


class EvaluationResultComparison(TypedDict):
    agreement: NotRequired[float]
    """Share of the examples for which both predict the same."""
    perClass: NotRequired[List[Dict[str, Any]]]
    """The change of recall, and of the correct examples, from the second job to the first."""
    costliest: NotRequired[List[int]]
    """The classes whose recall is lower for the first job, the largest loss first."""
    flipped: NotRequired[EvaluationResultComparisonFlipped]
    perTarget: NotRequired[List[EvaluationResultComparisonPerTarget]]
    """Mean absolute difference of the outputs, and the change of the mean absolute error."""


class EvaluationResultComparisonFlipped(TypedDict):
    count: int
    lost: int
    gained: int
    neither: int
    examples: List[EvaluationResultComparisonFlippedExamples]
    """The first 1,000; flipped.csv has all."""


class EvaluationResultComparisonFlippedExamples(TypedDict):
    index: int
    """Of the example in `source`, from 0."""
    label: int
    predicted: List[int]
    """By the first and by the second job."""
    probability: List[float]
    """Of the predicted classes."""
    change: Literal["lost", "gained", "neither"]
    """`lost`: only the second job is right; `gained`: only the first job is right."""


class EvaluationResultComparisonPerTarget(TypedDict):
    meanDifference: float
    meanAbsoluteErrorChange: float


class Tradeoff(TypedDict):
    step: int
    """Completed steps of the model."""
    parameters: int
    """Trainable parameters."""
    recalibration: NotRequired[TradeoffRecalibration]
    """The training batches, without augmentation, over which the statistics of batch normalizations were averaged at every point but the own one; absent if the network has none."""
    points: List[TradeoffPoint]
    """Each curve (rule and scope) in ascending order of sparsity."""
    latency: NotRequired[TradeoffLatency]
    """How long predictions of the model and of its cuts take. It depends on the machine and is not in tradeoff.json."""


class TradeoffRecalibration(TypedDict):
    batches: int
    batchSize: int


class TradeoffLatency(TypedDict):
    processor: str
    """As the operating system names it."""
    backend: str
    """The kernels of the runtime that predicted."""
    threads: int
    timings: List[Timing]
    cuts: List[TradeoffLatencyCuts]
    """The same for the points, without the model itself."""


class TradeoffLatencyCuts(TypedDict):
    rule: Literal["magnitude", "threshold"]
    """`magnitude` keeps the largest weights unchanged; `threshold` moves the threshold of an optimizer that has one, which changes all weights."""
    scope: Literal["global", "layer"]
    """`global` compares the weights of all variables; `layer` sets the same share of each kernel to zero."""
    nonzero: int
    """Trainable parameters that are not zero."""
    timings: List[Timing]


class ConnectivityResult(TypedDict):
    examples: ConnectivityResultExamples
    recalibration: NotRequired[ConnectivityResultRecalibration]
    """The training batches, without augmentation, over which the statistics of batch normalizations were averaged at every point; absent if the network has none."""
    models: List[ConnectivityResultModels]
    """At t = 0 and t = 1."""
    step: int
    """Updates of the bend."""
    distances: ConnectivityResultDistances
    """Euclidean distances between the ends and the bend."""
    barrier: Union[float, None]
    """The highest training loss on the curve minus that of the worse end; null if one is not finite."""
    points: List[ConnectivityResultPoints]
    """In the order of t."""


class ConnectivityResultExamples(TypedDict):
    training: int
    validation: int


class ConnectivityResultRecalibration(TypedDict):
    batches: int
    batchSize: int


class ConnectivityResultModels(TypedDict):
    jobId: str
    epoch: int


class ConnectivityResultDistances(TypedDict):
    ends: float
    firstToBend: float
    bendToLast: float


class ConnectivityResultPoints(TypedDict):
    trainLoss: Union[float, None]
    """Mean over the examples; null if it is not finite."""
    trainAccuracy: NotRequired[float]
    """Absent, like the other accuracy, for a loss without classes."""
    validationLoss: Union[float, None]
    """Mean over the examples; null if it is not finite."""
    validationAccuracy: NotRequired[float]
    """The test error is 1 minus this."""
    t: float


class PlaneResult(TypedDict):
    examples: PlaneResultExamples
    recalibration: NotRequired[PlaneResultRecalibration]
    """The training batches, without augmentation, over which the statistics of batch normalizations were averaged at every point; absent if the network has none."""
    models: List[PlaneResultModels]
    """In the order of the request."""
    analysisId: NotRequired[str]
    """The analysis whose bend is the third point."""
    axes: PlaneResultAxes
    """The Euclidean lengths of one unit: from the first to the second point, and from the line through both to the third."""
    third: PlaneResultThird
    """The coordinates of the third point. The first is at (0, 0), the second at (1, 0)."""
    xs: List[float]
    """The coordinates of the columns of the grid, and of its rows:"""
    ys: List[float]
    points: List[PlaneResultPoints]
    """Row by row, in the order of `ys`, and in each row in the order of `xs`."""


class PlaneResultExamples(TypedDict):
    training: int
    validation: int


class PlaneResultRecalibration(TypedDict):
    batches: int
    batchSize: int


class PlaneResultModels(TypedDict):
    jobId: str
    epoch: int


class PlaneResultAxes(TypedDict):
    x: float
    y: float


class PlaneResultThird(TypedDict):
    x: float
    y: float


class PlaneResultPoints(TypedDict):
    trainLoss: Union[float, None]
    """Mean over the examples; null if it is not finite."""
    trainAccuracy: NotRequired[float]
    """Absent, like the other accuracy, for a loss without classes."""
    validationLoss: Union[float, None]
    """Mean over the examples; null if it is not finite."""
    validationAccuracy: NotRequired[float]
    """The test error is 1 minus this."""


class HessianResult(TypedDict):
    examples: HessianResultExamples
    recalibration: NotRequired[HessianResultRecalibration]
    """The training batches, without augmentation, over which the statistics of batch normalizations were averaged at every point; absent if the network has none."""
    at: HessianResultAt
    """The model at which the Hessian is taken."""
    parameters: int
    products: int
    """Hessian-vector products of the iteration."""
    converged: bool
    """Whether every residual estimate is within the tolerance."""
    eps: float
    """Distance from the model at which gradients are taken for their differences."""
    asymmetry: float
    """The largest |u_i H u_j - u_j H u_i| over the eigenvectors: 0 for exact products."""
    eigenpairs: List[HessianResultEigenpairs]
    """The largest value first."""
    baseline: float
    """sqrt(eigenvectors / parameters): the root mean square of the projection of a random direction."""
    projections: List[HessianResultProjections]
    """Of every job but the last."""


class HessianResultExamples(TypedDict):
    training: int
    validation: int


class HessianResultRecalibration(TypedDict):
    batches: int
    batchSize: int


class HessianResultAt(TypedDict):
    jobId: str
    epoch: int


class HessianResultEigenpairs(TypedDict):
    value: float
    """Rayleigh quotient u H u."""
    residual: float
    """||H u - value u||."""
    differenceError: float
    """Estimated truncation error of H u: a third of the length of its change when eps is doubled."""


class HessianResultProjections(TypedDict):
    jobId: str
    epoch: int
    distance: float
    """||d||, the distance from the last model."""
    projection: float
    """||P d|| / ||d||, 0 to 1."""
    cosines: List[float]
    """u_i d / ||d||, in the order of the eigenpairs."""
    curvature: float
    """d H d / ||d||²: compare it with the eigenvalues."""


class LayersResult(TypedDict):
    models: List[LayersResultModels]
    layers: List[LayersResultLayers]
    """In model order."""
    variables: List[LayersResultVariables]


class LayersResultModels(TypedDict):
    jobId: str
    epoch: int
    sparsity: float
    """Share of exact zeros among all trainable parameters."""
    weightSparsity: float
    """Share of exact zeros among the kernels."""


class LayersResultLayers(TypedDict):
    layer: str
    size: int
    nonzero: List[int]
    """Weights that are not zero, in the order of `models`."""


class LayersResultVariables(TypedDict):
    name: str
    layer: str
    shape: List[int]
    size: int
    nonzero: List[int]
    """Weights that are not zero, in the order of `models`."""


class NormRatioResult(TypedDict):
    points: List[NormRatioResultPoints]
    """Job by job, by epoch."""


class NormRatioResultPoints(TypedDict):
    jobId: str
    epoch: int
    parameters: int
    nonzero: int
    l1: float
    """The sum of the magnitudes of all trainable parameters."""
    l2: float
    """Their Euclidean norm."""
    ratio: Union[float, None]
    """l2 / l1; null if all are zero."""
    effective: Union[float, None]
    """Effective number of weights, (l1 / l2)²: n equal magnitudes and zeros give n."""


class StructureResult(TypedDict):
    parameters: StructureResultParameters
    """Trainable parameters."""
    multiplyAdds: StructureResultMultiplyAdds
    """Multiply-adds of one example, in matrix products and convolutions, zeros included."""
    model: StructureResultModel
    layers: List[StructureResultLayers]
    """Every layer with kernels, in model order."""
    times: NotRequired[StructureResultTimes]
    """Absent if the runtime cannot compute the network."""


class StructureResultParameters(TypedDict):
    before: int
    after: int


class StructureResultMultiplyAdds(TypedDict):
    before: int
    after: int


class StructureResultModel(TypedDict):
    jobId: str
    epoch: int


class StructureResultLayers(TypedDict):
    layer: str
    channels: int
    """Filters or units."""
    live: int
    """Channels whose values the outputs of the network depend on."""
    kept: int
    """Channels of the smaller network: the live ones, and those that a tie or a rule keeps."""
    multiplyAdds: StructureResultLayersMultiplyAdds
    """Multiply-adds of one example, in matrix products and convolutions, zeros included."""


class StructureResultLayersMultiplyAdds(TypedDict):
    before: int
    after: int


class StructureResultTimes(TypedDict):
    processor: str
    """As the operating system names it."""
    backend: str
    """The kernels of the runtime that predicted."""
    threads: int
    timings: List[StructureResultTimesTimings]


class StructureResultTimesTimings(TypedDict):
    batchSize: int
    """Examples of one prediction."""
    denseMilliseconds: float
    """The whole network with every weight."""
    compactMilliseconds: float
    """The smaller network with every weight."""
    sparseMilliseconds: float
    """The whole network without the zeros where that is faster."""
    compactSparseMilliseconds: float
    """The smaller network without the zeros."""


class ListedAnalysis(TypedDict):
    id: str
    status: Literal["queued", "running", "restarting", "cancelling", "succeeded", "failed", "cancelled"]
    name: NotRequired[str]
    attempt: int
    restarts: int
    createdAt: str
    startedAt: NotRequired[str]
    finishedAt: NotRequired[str]
    warnings: List[ListedAnalysisWarnings]
    error: NotRequired[ListedAnalysisError]
    worker: NotRequired[ListedAnalysisWorker]
    peakMemoryBytes: NotRequired[int]
    """Peak memory of the training process."""
    kind: Literal["evaluation", "tradeoff", "connectivity", "plane", "hessian", "layers", "normRatio", "structure"]
    jobs: List[ListedAnalysisJobs]
    options: Dict[str, Any]
    """With every default filled in."""
    progress: ListedAnalysisProgress
    queuePosition: NotRequired[int]
    """While the analysis is queued: its place among the jobs and analyses of all tenants; 1 is next."""
    estimatedStartAt: NotRequired[str]
    """While the analysis is queued: estimated from the running times of the last jobs."""
    labels: Dict[str, str]
    priority: int
    maxRestarts: int
    maxRuntimeSeconds: int
    links: Dict[str, str]


class ListedAnalysisWarnings(TypedDict):
    code: str
    path: str
    message: str


class ListedAnalysisError(TypedDict):
    code: Literal["invalid_data", "diverged", "out_of_memory", "device_fault", "worker_lost", "timed_out", "quota_exceeded", "internal"]
    message: str
    retryable: bool


class ListedAnalysisWorker(TypedDict):
    id: str
    engine: str
    device: str


class ListedAnalysisJobs(TypedDict):
    id: str
    checkpoint: ListedAnalysisJobsCheckpoint
    """The analysed checkpoint."""


class ListedAnalysisJobsCheckpoint(TypedDict):
    epoch: int
    sha256: str


class ListedAnalysisProgress(TypedDict):
    fraction: float
    done: NotRequired[int]
    """In a unit of the kind, such as examples; while the analysis runs."""
    total: NotRequired[int]


class Sweep(TypedDict):
    id: str
    name: NotRequired[str]
    status: Literal["running", "cancelling", "cancelled", "finished"]
    method: str
    createdAt: str
    finishedAt: NotRequired[str]
    """When it became `finished` or `cancelled`."""
    counts: SweepCounts
    """The number of its trials by status."""
    best: NotRequired[Union[int, None]]
    """The id of the best trial, once the sweep has ended; null if no trial satisfies the constraints, or the objective has several metrics."""
    front: NotRequired[List[int]]
    """The ids of the trials that no other trial beats in every metric, the sparsest last; by default validation accuracy against sparsity."""
    learningRate: NotRequired[SweepLearningRate]
    """The result of a learning-rate range test."""
    links: SweepLinks
    request: SweepSpec
    """The request, with every default filled in."""
    trials: List[Trial]


class SweepCounts(TypedDict):
    pending: int
    running: int
    paused: int
    succeeded: int
    failed: int
    cancelled: int


class SweepLearningRate(TypedDict):
    recommended: float
    largest: float
    isAtEndOfRange: bool


class SweepLinks(TypedDict):
    self: str
    jobs: str


class SweepSpec(TypedDict):
    name: NotRequired[str]
    base: SweepSpecBase
    """A JobRequest; the space sets fields of it. Each trial is validated as a job is."""
    search: Union[GridSweepSearch, RandomSweepSearch, AshaSweepSearch, LargestCSweepSearch, LrRangeSweepSearch]
    space: Dict[str, Union[List[Any], SweepSpecSpace2, SweepSpecSpace3]]
    """By the path of the field, such as `optimizer.mu`, `target.sparsity` or `optimizer`."""
    objective: NotRequired[SweepSpecObjective]
    """Default: the highest validation accuracy; with largestC, sparsity."""
    maxTrials: int
    """A sweep that would take more is refused. The dense run of `withinOfDense` is not counted."""
    maxConcurrent: int
    """Trials that are queued or running at once."""


class SweepSpecBase(TypedDict):
    epochs: NotRequired[int]


class GridSweepSearch(TypedDict):
    method: Literal["grid"]


class RandomSweepSearch(TypedDict):
    method: Literal["random"]
    trials: int
    seed: int
    """Of the random draws: the same seed draws the same trials."""


class AshaSweepSearch(TypedDict):
    method: Literal["asha"]
    minEpochs: int
    """Epochs of the first rung."""
    reduction: int
    """One trial in this many is promoted, to this many times the epochs."""
    seed: int
    """Of the random draws: the same seed draws the same trials."""


class LargestCSweepSearch(TypedDict):
    method: Literal["largestC"]
    epochs: int
    """Epochs of the short runs; 1 to 5 are usual."""
    tolerance: float
    """Loss of validation accuracy, against the run with c = 0, that is accepted."""


class LrRangeSweepSearch(TypedDict):
    method: Literal["lrRange"]
    epochs: int


class SweepSpecSpace2(TypedDict):
    log: List[float]
    """From and to; uniform in the logarithm."""


class SweepSpecSpace3(TypedDict):
    uniform: List[float]
    """From and to."""


class SweepSpecObjective(TypedDict):
    maximize: NotRequired[Union[Literal["validationAccuracy", "validationTop5Accuracy", "validationLoss", "validationMeanAbsoluteError", "trainAccuracy", "trainLoss", "trainMeanAbsoluteError", "sparsity", "weightSparsity", "sparseBytes", "examplesPerSecond"], List[Literal["validationAccuracy", "validationTop5Accuracy", "validationLoss", "validationMeanAbsoluteError", "trainAccuracy", "trainLoss", "trainMeanAbsoluteError", "sparsity", "weightSparsity", "sparseBytes", "examplesPerSecond"]]]]
    minimize: NotRequired[Union[Literal["validationAccuracy", "validationTop5Accuracy", "validationLoss", "validationMeanAbsoluteError", "trainAccuracy", "trainLoss", "trainMeanAbsoluteError", "sparsity", "weightSparsity", "sparseBytes", "examplesPerSecond"], List[Literal["validationAccuracy", "validationTop5Accuracy", "validationLoss", "validationMeanAbsoluteError", "trainAccuracy", "trainLoss", "trainMeanAbsoluteError", "sparsity", "weightSparsity", "sparseBytes", "examplesPerSecond"]]]]
    subjectTo: NotRequired[SweepSpecObjectiveSubjectTo]


class SweepSpecObjectiveSubjectTo(TypedDict):
    validationAccuracy: NotRequired[SweepSpecObjectiveSubjectToValidationAccuracy]
    validationTop5Accuracy: NotRequired[SweepSpecObjectiveSubjectToValidationTop5Accuracy]
    validationLoss: NotRequired[SweepSpecObjectiveSubjectToValidationLoss]
    validationMeanAbsoluteError: NotRequired[SweepSpecObjectiveSubjectToValidationMeanAbsoluteError]
    trainAccuracy: NotRequired[SweepSpecObjectiveSubjectToTrainAccuracy]
    trainLoss: NotRequired[SweepSpecObjectiveSubjectToTrainLoss]
    trainMeanAbsoluteError: NotRequired[SweepSpecObjectiveSubjectToTrainMeanAbsoluteError]
    sparsity: NotRequired[SweepSpecObjectiveSubjectToSparsity]
    weightSparsity: NotRequired[SweepSpecObjectiveSubjectToWeightSparsity]
    sparseBytes: NotRequired[SweepSpecObjectiveSubjectToSparseBytes]
    examplesPerSecond: NotRequired[SweepSpecObjectiveSubjectToExamplesPerSecond]


class SweepSpecObjectiveSubjectToValidationAccuracy(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToValidationTop5Accuracy(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToValidationLoss(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToValidationMeanAbsoluteError(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToTrainAccuracy(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToTrainLoss(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToTrainMeanAbsoluteError(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToSparsity(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToWeightSparsity(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToSparseBytes(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class SweepSpecObjectiveSubjectToExamplesPerSecond(TypedDict):
    atLeast: NotRequired[float]
    atMost: NotRequired[float]
    withinOfDense: NotRequired[float]
    """How much worse than the same run with c = 0; the sweep trains that run too."""


class Trial(TypedDict):
    id: int
    """Counts from 0 in the order of submission."""
    kind: Literal["trial", "reference", "final", "rangeTest"]
    """`reference`: the dense run with c = 0. `final`: the full training of the best short run."""
    values: Dict[str, Any]
    """The value of each field of the space."""
    status: Literal["pending", "running", "paused", "succeeded", "failed", "cancelled"]
    """Of its last job. `pending`: not submitted yet; `running`: queued or running. A paused job holds its place among those that may run at once."""
    jobIds: List[str]
    """Its jobs, in order: a trial that is promoted continues in a new job. Empty before submission."""
    metrics: NotRequired[TrialMetrics]
    """Of its last epoch."""
    error: NotRequired[str]
    """Why its last job failed or was refused."""


class TrialMetrics(TypedDict):
    epoch: int
    learningRate: NotRequired[float]
    validationAccuracy: NotRequired[float]
    validationTop5Accuracy: NotRequired[float]
    validationLoss: NotRequired[float]
    validationMeanAbsoluteError: NotRequired[float]
    trainAccuracy: NotRequired[float]
    trainLoss: NotRequired[float]
    trainMeanAbsoluteError: NotRequired[float]
    sparsity: NotRequired[float]
    weightSparsity: NotRequired[float]
    sparseBytes: NotRequired[float]
    examplesPerSecond: NotRequired[float]


class ListedSweep(TypedDict):
    id: str
    name: NotRequired[str]
    status: Literal["running", "cancelling", "cancelled", "finished"]
    method: str
    createdAt: str
    finishedAt: NotRequired[str]
    """When it became `finished` or `cancelled`."""
    counts: ListedSweepCounts
    """The number of its trials by status."""
    best: NotRequired[Union[int, None]]
    """The id of the best trial, once the sweep has ended; null if no trial satisfies the constraints, or the objective has several metrics."""
    front: NotRequired[List[int]]
    """The ids of the trials that no other trial beats in every metric, the sparsest last; by default validation accuracy against sparsity."""
    learningRate: NotRequired[ListedSweepLearningRate]
    """The result of a learning-rate range test."""
    links: ListedSweepLinks


class ListedSweepCounts(TypedDict):
    pending: int
    running: int
    paused: int
    succeeded: int
    failed: int
    cancelled: int


class ListedSweepLearningRate(TypedDict):
    recommended: float
    largest: float
    isAtEndOfRange: bool


class ListedSweepLinks(TypedDict):
    self: str
    jobs: str


class Worker(TypedDict):
    id: str
    host: str
    pid: int
    engine: str
    engineVersion: str
    device: str
    threads: int
    memoryBytes: NotRequired[int]
    """Memory limit of a training process on this worker."""
    startedAt: str
    jobId: NotRequired[str]
    """The job that it trains now."""
