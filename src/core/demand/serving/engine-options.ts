import type { Replica } from '../../../spec/demand.ts';

/**
 * With which options vLLM starts a replica so (docs.vllm.ai, "Parallelism and Scaling", "Data
 * Parallel Deployment" and "Expert Parallel Deployment": its experts lie on all of the tensor- and
 * data-parallel devices). What is 1 is its default.
 */
export function vllmOptions(replica: Replica): string {
  const { tensorParallel, pipelineParallel, attentionDataParallel, expertParallel } = replica;
  const sizes: readonly (readonly [option: string, size: number])[] = [
    ['--tensor-parallel-size', tensorParallel],
    ['--pipeline-parallel-size', pipelineParallel],
    ['--data-parallel-size', attentionDataParallel],
  ];
  const options = sizes.filter(([, size]) => size > 1).map(([option, size]) => `${option} ${size}`);
  return [...options, ...(expertParallel > 1 ? ['--enable-expert-parallel'] : [])].join(' ');
}

/** The same of SGLang, whose `--tp` counts all devices of a stage (docs.sglang.ai, "Server Arguments"). */
export function sglangOptions(replica: Replica): string {
  const { tensorParallel, pipelineParallel, attentionDataParallel: copies } = replica;
  const spread =
    copies === 1 ? [] : [`--dp ${copies} --enable-dp-attention`, `--ep ${replica.expertParallel}`];
  const stages = pipelineParallel === 1 ? [] : [`--pp ${pipelineParallel}`];
  return [`--tp ${tensorParallel * copies}`, ...stages, ...spread].join(' ');
}
