import { acceleratorsForm } from './accelerators-form.ts';
import { anything, type KeyTable, list, mapOf, oneOrMany, record, truth } from './form.ts';
import { goalForm } from './goal-form.ts';
import { laterPricesForm } from './later-prices.ts';
import { outputBytes } from './outputs-form.ts';
import { progressForm } from './progress-form.ts';
import { acceleratorRequest, amount, memory, place } from './resource-forms.ts';
import { resourcesForm } from './resource-keys.ts';
import {
  amountOfWork,
  bytes,
  count,
  dollarsPerHour,
  duration,
  grams,
  hours,
  line,
  oneOf,
  positive,
  share,
  text,
  trainedPrecision,
  whole,
} from './scalar-forms.ts';
import { servingForm } from './serving-form.ts';
import { envs, fileMounts, modelForm, secrets, workdir } from './task-forms.ts';

const NODES_MAX = 100_000;

const trainingForm = record({
  method: {
    doc: 'full trains all weights, lora and qlora adapters, pretrain from scratch.',
    form: oneOf(['full', 'lora', 'qlora', 'pretrain']),
  },
  tokens: { doc: 'Tokens to train on, as 500M.', form: count },
  sequence_length: { doc: 'Tokens in one sequence.', form: count },
  global_batch: { doc: 'Sequences in one step, over all devices.', form: count },
  precision: { doc: 'Number format of the arithmetic; default bf16.', form: trainedPrecision },
  samples: { doc: 'Images or sequences to train on, of a model without tokens.', form: count },
  optimizer: {
    doc: 'What updates the weights; default adamw.',
    form: oneOf(['adamw', 'adamw-8bit', 'adafactor', 'sgd', 'lion']),
  },
  lora_rank: { doc: 'Rank of the adapters; default 16.', form: count },
});

const workForm = record({
  units: { doc: 'Units of work to do.', form: amountOfWork },
  per: {
    doc: 'Throughput is units an hour, or units that one hired machine does.',
    form: oneOf(['hour', 'machine']),
  },
  throughput: {
    doc: 'Units by offer, machine type, accelerator (H100, H100:8), or cpu, gpu, tpu.',
    form: mapOf(amountOfWork),
  },
  hours: { doc: 'Hours that the task takes.', form: hours },
  on: { doc: 'The machine on which the hours were measured, as H100:8.', form: acceleratorRequest },
});

const offerForm = record({
  name: { doc: 'A name for the offer.', form: line, required: true },
  price: { doc: 'Dollars an hour of one machine, as $1/h.', form: dollarsPerHour, required: true },
  count: { doc: 'How many can be had; default: any number.', form: whole(0, 1e9) },
  accelerators: { doc: 'The accelerators of one machine, as H100:8.', form: acceleratorRequest },
  cpus: { doc: 'vCPUs of one machine.', form: amount },
  memory: { doc: 'GiB of memory of one machine.', form: memory },
  region: { doc: 'Where it stands.', form: line },
  spot: { doc: 'It may be taken away.', form: truth },
  grams_per_hour: { doc: 'Grams of CO2e that a machine emits in an hour.', form: grams },
  later_prices: {
    doc: 'What it costs later, as [{after: 5h, price: $0.80/h}]; goal.start says how long to wait.',
    form: laterPricesForm,
  },
  paid_hours: {
    doc: 'Machine-hours of it that are paid for already, as reserved ones: they come first.',
    form: positive,
  },
});

const dataForm = record({
  from: { doc: 'Where the data lies, as s3://bucket/corpus.', form: line, required: true },
  size: { doc: 'How much it is, as 200GB.', form: bytes },
  class: { doc: 'What the data is, as personal.', form: line },
  region: { doc: 'Region of the place where it lies.', form: line },
});

const artifactForm = record({
  path: {
    doc: 'A file or folder, in the working directory or with the checkpoints.',
    form: line,
    required: true,
  },
  to: { doc: 'A folder of this machine that it is copied to as well.', form: line },
});

const placementForm = record({
  allow: { doc: 'The only places considered, as aws or gcp/europe-*.', form: oneOrMany(place) },
  deny: { doc: 'Places never considered.', form: oneOrMany(place) },
  residency: { doc: 'Jurisdiction or country that the place must lie in, as EU.', form: line },
  providers_min: {
    doc: 'At least so many providers do a part of the work; for work in units.',
    form: whole(1, 100),
  },
  provider_share_max: {
    doc: 'No provider does more than this share of the work, as 0.6; for work in units.',
    form: share,
  },
  apart: {
    doc: 'What no two tasks of the file share that say so: provider, region or zone.',
    form: oneOf(['provider', 'region', 'zone']),
  },
});

const checkpointForm = record({
  path: {
    doc: 'Where the task sees the folder that its attempts share: $KEDGE_CHECKPOINT_DIR.',
    form: line,
    required: true,
  },
  interval: { doc: 'How often the task writes one, as 10m.', form: duration },
  size: { doc: 'Size of one checkpoint, as 16GB.', form: bytes },
});

const SERVICE = 'there is no endpoint, replica or probe yet; one copy of `run` would start';

/**
 * Every key of a task document: Kedge's own (DESIGN, section 5), and SkyPilot's 0.14.1
 * (`sky/utils/schemas.py`, `get_task_schema`). Reading, hints and the editors' schema come of it.
 */
export const TASK_KEYS = {
  name: { doc: 'A name for the task.', form: line },
  kind: {
    doc: 'What the task is; default run.',
    form: oneOf(['run', 'train', 'finetune', 'batch', 'serve']),
  },
  model: { doc: 'A Hugging Face id, a local path, or the shape of the model.', form: modelForm },
  training: { doc: 'How the model is trained.', form: trainingForm },
  serving: { doc: 'What load the model serves.', form: servingForm },
  work: { doc: 'The work in units of your own, or in hours.', form: workForm },
  offers: { doc: 'The only offers considered, with their prices.', form: list(offerForm) },
  accelerators: {
    doc: 'Accelerators that Kedge does not know, for offers and resources to name.',
    form: acceleratorsForm,
  },
  data: {
    doc: 'Data that the task reads.',
    form: list(dataForm),
    notHonored: { why: 'data is not brought to the task', changesRun: true },
  },
  artifacts: {
    doc: 'What is kept of what the task leaves behind; `kedge pull` brings it.',
    form: list(artifactForm),
  },
  goal: { doc: 'What is wanted of the plan.', form: goalForm },
  placement: { doc: 'Where the task may run.', form: placementForm },
  resources: { doc: 'What the task asks of each machine.', form: resourcesForm },
  num_nodes: { doc: 'How many machines run the task together.', form: whole(1, NODES_MAX) },
  checkpoint: { doc: 'Where the task keeps what it needs to go on.', form: checkpointForm },
  progress: { doc: 'Where the task tells how far it is.', form: progressForm },
  retries: { doc: 'How often a task that fails is started again.', form: whole(0, 1000) },
  needs: { doc: 'Names of the tasks that must succeed before.', form: oneOrMany(line) },
  envs: { doc: 'Variables; one without a value must be given with --env.', form: envs },
  secrets: { doc: 'Secret variables; without a value it is taken from yours.', form: secrets },
  workdir: { doc: 'The folder that is copied to where the task runs.', form: workdir },
  file_mounts: {
    doc: 'Files and folders to copy: path of the task, local path.',
    form: fileMounts,
  },
  setup: { doc: 'Commands that prepare the machine.', form: text },
  run: { doc: 'Commands that are the task.', form: text },
  service: {
    doc: 'How the task is served.',
    form: anything,
    notHonored: { why: SERVICE, changesRun: true },
  },
  pool: {
    doc: 'A pool of workers.',
    form: anything,
    notHonored: { why: 'pools are not kept; the task would run once', changesRun: true },
  },
  volumes: {
    doc: 'Volumes to mount.',
    form: anything,
    notHonored: { why: 'volumes are not mounted', changesRun: true },
  },
  volume_mounts: {
    doc: "SkyPilot's own form of volumes.",
    form: anything,
    internal: true,
    notHonored: { why: 'volumes are not mounted', changesRun: true },
  },
  managed_secrets: {
    doc: 'Secrets kept by a SkyPilot server.',
    form: anything,
    notHonored: {
      why: 'name them in `secrets`, and set them where you call kedge',
      changesRun: true,
    },
  },
  config: {
    doc: 'Settings of SkyPilot for this task: containers, pods, hooks.',
    form: anything,
    notHonored: { why: "SkyPilot's settings and hooks do not apply here", changesRun: true },
  },
  event_callback: {
    doc: 'A command to run when the state of the task changes.',
    form: text,
    notHonored: { why: 'nothing is called when a task changes its state', changesRun: true },
  },
  api_server_access: {
    doc: "Whether the task may use SkyPilot's API.",
    form: truth,
    notHonored: { why: 'there is no SkyPilot server to use', changesRun: true },
  },
  inputs: {
    doc: 'Size of the input, for its transport costs.',
    form: anything,
    notHonored: { why: 'transport is not priced yet', changesRun: false },
  },
  outputs: {
    doc: 'How much each task that needs this one takes from it, as 50GB: its transport costs count.',
    form: outputBytes,
  },
  file_mounts_mapping: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: 'no files were uploaded to a SkyPilot server', changesRun: true },
  },
  _metadata: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: 'it says nothing about the task', changesRun: false },
  },
  _user_specified_yaml: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: 'it says nothing about the task', changesRun: false },
  },
} as const satisfies KeyTable;

export const taskForm = record(TASK_KEYS);

/** Keys of a document that comes before the tasks of a file and speaks of all of them. */
export const HEADER_KEYS = {
  name: { doc: 'A name for the whole.', form: line },
  execution: {
    doc: 'How the tasks run: serial, one after another, or parallel, all at once.',
    form: oneOf(['serial', 'parallel']),
  },
  primary_tasks: {
    doc: 'Tasks whose end ends the others.',
    form: anything,
    notHonored: { why: 'every task runs to its own end', changesRun: true },
  },
  termination_delay: {
    doc: 'How long the other tasks may go on.',
    form: anything,
    notHonored: { why: 'every task runs to its own end', changesRun: true },
  },
  inter_connection: {
    doc: 'Whether the tasks reach each other by name.',
    form: truth,
    notHonored: { why: 'tasks do not know the names of each other', changesRun: true },
  },
} as const satisfies KeyTable;

export const headerForm = record(HEADER_KEYS);
