import { anything, type KeyTable, list, mapOf, oneOrMany, record, truth } from './form.ts';
import {
  accelerators,
  amount,
  gib,
  image,
  jobRecovery,
  memory,
  place,
  port,
} from './resource-forms.ts';
import { dollarsPerHour, line, text, whole } from './scalar-forms.ts';

const NO_DISKS = 'machines come with the disks of their type';
const NOTHING_SHARED = 'no network, account or login of a provider is set up';

/**
 * Every key of `resources`, SkyPilot's 0.14.1 among them (`sky/utils/schemas.py`,
 * `get_resources_schema`). What is not honored says why, and whether something else would run.
 */
const ONE = {
  accelerators: {
    doc: 'The accelerators of each node, as H100:8; several are alternatives.',
    form: accelerators,
  },
  gpus: { doc: 'Another name of accelerators.', form: accelerators },
  cpus: { doc: 'vCPUs of each node: 8 is exactly eight, 8+ at least eight.', form: amount },
  memory: { doc: 'Memory of each node in GiB: 64, 64+, 64GB.', form: memory },
  instance_type: { doc: "A machine type by its provider's name, as p5.48xlarge.", form: line },
  infra: { doc: 'Provider, region and zone, as aws/us-east-1; * stands for any.', form: place },
  cloud: { doc: 'The provider; infra says more.', form: place },
  region: { doc: 'The region; infra says more.', form: line },
  zone: { doc: 'The zone; infra says more.', form: line },
  use_spot: { doc: 'True takes spot machines only, false none.', form: truth },
  max_hourly_cost: {
    doc: 'The most dollars that an hour of the task may cost.',
    form: dollarsPerHour,
  },
  image_id: {
    doc: 'The container image to run in, as docker:python:3.13-slim; it needs Docker or Podman.',
    form: image,
  },
  disk_size: {
    doc: 'Size of the disk in GiB.',
    form: gib,
    notHonored: { why: NO_DISKS, changesRun: false },
  },
  ephemeral_storage: {
    doc: 'The old name of disk_size.',
    form: gib,
    notHonored: { why: NO_DISKS, changesRun: false },
  },
  disk_tier: {
    doc: 'Speed of the disk.',
    form: text,
    notHonored: { why: NO_DISKS, changesRun: false },
  },
  local_disk: {
    doc: 'Local disks of the machine.',
    form: text,
    notHonored: { why: NO_DISKS, changesRun: false },
  },
  volumes: {
    doc: 'Disks to attach.',
    form: anything,
    notHonored: { why: 'no disks are attached', changesRun: true },
  },
  network_tier: {
    doc: 'Speed of the network.',
    form: text,
    notHonored: { why: 'machines come with the network of their type', changesRun: false },
  },
  ports: {
    doc: 'Ports to open to the outside.',
    form: oneOrMany(port),
    notHonored: { why: 'ports are not opened beyond the machine', changesRun: false },
  },
  labels: {
    doc: 'Labels for the machines.',
    form: mapOf(text),
    notHonored: { why: "machines carry Kedge's own labels only", changesRun: false },
  },
  autostop: {
    doc: 'When to stop an idle machine.',
    form: anything,
    notHonored: { why: 'a machine is given back as soon as its task ends', changesRun: false },
  },
  job_recovery: {
    doc: 'What to do when the task fails or its machine is lost; max_restarts_on_errors are retries.',
    form: jobRecovery,
  },
  priority: {
    doc: 'Priority among waiting tasks.',
    form: whole(-1000, 1000),
    notHonored: { why: 'tasks wait in the order in which they came', changesRun: false },
  },
  priority_class: {
    doc: 'Priority class among waiting tasks.',
    form: text,
    notHonored: { why: 'tasks wait in the order in which they came', changesRun: false },
  },
  accelerator_args: {
    doc: 'Settings of TPUs.',
    form: anything,
    notHonored: { why: 'TPUs run with the software that they come with', changesRun: true },
  },
  _no_missing_accel_warnings: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: 'it silences warnings that Kedge does not have', changesRun: false },
  },
  _docker_login_config: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: NOTHING_SHARED, changesRun: true },
  },
  _is_image_managed: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: 'no images are kept', changesRun: false },
  },
  _requires_fuse: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: 'no buckets are mounted', changesRun: false },
  },
  _cluster_config_overrides: {
    doc: "SkyPilot's own.",
    form: anything,
    internal: true,
    notHonored: { why: NOTHING_SHARED, changesRun: true },
  },
} as const satisfies KeyTable;

export const RESOURCE_KEYS = {
  ...ONE,
  any_of: {
    doc: 'Alternatives, each with keys of its own over the ones here; any will do.',
    form: list(record(ONE)),
  },
  ordered: {
    doc: 'Alternatives in order of preference, each with keys of its own over the ones here.',
    form: list(record(ONE)),
  },
} as const satisfies KeyTable;

export const resourcesForm = record(RESOURCE_KEYS);
