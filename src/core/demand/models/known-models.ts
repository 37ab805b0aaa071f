import type { ModelShape } from './architecture.ts';
import { denseDecoders } from './tables/dense-decoders.ts';
import { DIFFUSION_TRANSFORMERS, UNETS } from './tables/diffusion-models.ts';
import { encoderDecoders } from './tables/encoder-decoders.ts';
import { encoders } from './tables/encoders.ts';
import { gptDecoders } from './tables/gpt-decoders.ts';
import { IMAGE_NETWORKS } from './tables/image-networks.ts';
import { mixturesOfExperts } from './tables/mixtures-of-experts.ts';
import { RECOMMENDERS } from './tables/recommenders.ts';

/** What reads each model, by its id. */
type Readers = ReadonlyMap<string, () => ModelShape>;

let readersById: Readers | undefined;

/** Tasks name a model or two: of the others only the ids are read. */
function readers(): Readers {
  readersById ??= new Map(
    [
      ...denseDecoders(),
      ...mixturesOfExperts(),
      ...gptDecoders(),
      ...encoders(),
      ...encoderDecoders(),
      ...[...UNETS, ...DIFFUSION_TRANSFORMERS, ...IMAGE_NETWORKS, ...RECOMMENDERS].map((shape) => ({
        id: shape.id,
        read: () => shape,
      })),
    ].map(({ id, read }) => [id, read]),
  );
  return readersById;
}

let shapesById: ReadonlyMap<string, ModelShape> | undefined;

/** Every model of the tables by its id. */
export function knownModels(): ReadonlyMap<string, ModelShape> {
  shapesById ??= new Map([...readers()].map(([id, read]) => [id, read()]));
  return shapesById;
}

/** The ids of all of them. */
export function knownModelIds(): readonly string[] {
  return [...readers().keys()];
}

/**
 * The model that an id or a plain name means. Case does not matter, nor signs between words, nor
 * the owner (a copy under another name has the same shape), nor the endings of a tuned or quantized
 * release (`-Instruct`, `-chat-hf`, `-FP8`), whose shape is its base's. Undefined for one that the
 * tables do not have.
 */
export function findModel(id: string): ModelShape | undefined {
  const known = readers();
  const exact = known.get(id);
  if (exact !== undefined) return exact();
  idsByFolded ??= foldAll(known.keys());
  for (const folded of foldings(id)) {
    const read = known.get(idsByFolded.get(folded) ?? PLAIN_NAMES[folded] ?? '');
    if (read !== undefined) return read();
  }
  return undefined;
}

let idsByFolded: ReadonlyMap<string, string> | undefined;

/** Names that people use and that folding does not lead to an id, as it writes them. */
const PLAIN_NAMES: Readonly<Record<string, string>> = {
  gpt3: 'openai/gpt-3-175b',
  gpt2small: 'openai-community/gpt2',
  gpt2124m: 'openai-community/gpt2',
  gpt2355m: 'openai-community/gpt2-medium',
  gpt2774m: 'openai-community/gpt2-large',
  'gpt21.5b': 'openai-community/gpt2-xl',
  'gpt21.6b': 'openai-community/gpt2-xl',
  gpt1t: 'nvidia/gpt-1008b',
  'gpt1008.0b': 'nvidia/gpt-1008b',
  gpt175b: 'nvidia/gpt-174.6b',
  gpt145b: 'nvidia/gpt-145.6b',
  gpt530b: 'nvidia/gpt-529.6b',
  gptj: 'EleutherAI/gpt-j-6b',
  gptneox: 'EleutherAI/gpt-neox-20b',
  'pythia1.0b': 'EleutherAI/pythia-1b',
  bloom176b: 'bigscience/bloom',
  bloom175b: 'bigscience/bloom',
  bloom7b: 'bigscience/bloom-7b1',
  'bloom1.1b': 'bigscience/bloom-1b1',
  'bloom1.7b': 'bigscience/bloom-1b7',
  bloomz: 'bigscience/bloom',
  llama33b: 'huggyllama/llama-30b',
  tinyllama: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
  'deepseekv3.1': 'deepseek-ai/DeepSeek-V3',
  kimik2: 'moonshotai/Kimi-K2-Instruct',
  llama4scout: 'meta-llama/Llama-4-Scout-17B-16E',
  llama4maverick: 'meta-llama/Llama-4-Maverick-17B-128E',
  nemotron3nano: 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16',
  nemotron3super: 'nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16',
  nemotron3ultra: 'nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16',
  'nemotron3.5lightning': 'nvidia/NVIDIA-Nemotron-3.5-Lightning-30B-A3B-BF16',
  olmo27b: 'allenai/OLMo-2-1124-7B',
  olmo213b: 'allenai/OLMo-2-1124-13B',
  olmo232b: 'allenai/OLMo-2-0325-32B',
  olmo37b: 'allenai/Olmo-3-1025-7B',
  olmo332b: 'allenai/Olmo-3-1125-32B',
  phi3mini: 'microsoft/Phi-3-mini-4k-instruct',
  phi3medium: 'microsoft/Phi-3-medium-4k-instruct',
  phi4mini: 'microsoft/Phi-4-mini-instruct',
  commandr: 'CohereForAI/c4ai-command-r-v01',
  'commandr+': 'CohereForAI/c4ai-command-r-plus',
  commandrplus: 'CohereForAI/c4ai-command-r-plus',
  grok: 'xai-org/grok-1',
  albertbase: 'albert/albert-base-v2',
  electrabase: 'google/electra-base-discriminator',
  distilbert: 'distilbert/distilbert-base-uncased',
  vitb16: 'google/vit-base-patch16-224',
  vitb32: 'google/vit-base-patch32-224',
  vitl16: 'google/vit-large-patch16-224',
  vith14: 'google/vit-huge-patch14-224',
  vitb: 'google/vit-base-patch16-224',
  vitl: 'google/vit-large-patch16-224',
  vith: 'google/vit-huge-patch14-224',
  vit: 'google/vit-base-patch16-224',
  vitbase: 'google/vit-base-patch16-224',
  vitbasebn: 'google/vit-base-patch16-224',
  vitlarge: 'google/vit-large-patch16-224',
  vithuge: 'google/vit-huge-patch14-224',
  clipbase: 'openai/clip-vit-base-patch32',
  clipvitb32: 'openai/clip-vit-base-patch32',
  clipvitb16: 'openai/clip-vit-base-patch16',
  cliplarge: 'openai/clip-vit-large-patch14',
  clipvitl14: 'openai/clip-vit-large-patch14',
  whisperlarge: 'openai/whisper-large-v2',
  stablediffusion: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  'stablediffusionv1.x': 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  'stablediffusion1.4': 'CompVis/stable-diffusion-v1-4',
  'stablediffusion1.5': 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  stablediffusion2: 'stabilityai/stable-diffusion-2-base',
  stablediffusion2baseunet: 'stabilityai/stable-diffusion-2-base',
  stablediffusionv2base: 'stabilityai/stable-diffusion-2-base',
  'stablediffusion2.1': 'stabilityai/stable-diffusion-2-1',
  stablediffusionxl: 'stabilityai/stable-diffusion-xl-base-1.0',
  stablediffusionxlbase: 'stabilityai/stable-diffusion-xl-base-1.0',
  sdxl: 'stabilityai/stable-diffusion-xl-base-1.0',
  'sd1.5': 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  'sd2.1': 'stabilityai/stable-diffusion-2-1',
  sd3: 'stabilityai/stable-diffusion-3-medium',
  'sd3.5large': 'stabilityai/stable-diffusion-3.5-large',
  flux: 'black-forest-labs/FLUX.1-dev',
  'flux.1': 'black-forest-labs/FLUX.1-dev',
  'wan2.11.3b': 'Wan-AI/Wan2.1-T2V-1.3B',
  'wan2.114b': 'Wan-AI/Wan2.1-T2V-14B',
  resnetv118: 'timm/resnet18',
  resnetv150: 'timm/resnet50',
  mobilenetv1: 'timm/mobilenetv1_100',
  mobilenetv2: 'timm/mobilenetv2_100',
  'mobilenetv21.0': 'timm/mobilenetv2_100',
  mobilenetv3: 'timm/mobilenetv3_large_100',
  'mobilenetv1ssd0.75300': 'tensorflow/ssd_mobilenet_v1_0.75',
  mobilenetv2ssd300: 'tensorflow/ssd_mobilenet_v2',
  ssd: 'torchvision/ssd300_vgg16',
  retinanet: 'mlcommons/retinanet-resnext50',
  unet3d: 'mlcommons/3d-unet',
};

function foldAll(known: Iterable<string>): ReadonlyMap<string, string> {
  const all = [...known].map((id) => ({ id, folded: foldings(id) }));
  const ids = new Map<string, string>();
  const deepest = Math.max(...all.map(({ folded }) => folded.length));
  for (let depth = 0; depth < deepest; depth++) {
    for (const { id, folded } of all) {
      const key = folded[depth];
      if (key !== undefined && !ids.has(key)) ids.set(key, id);
    }
  }
  return ids;
}

/** Endings that say how a release was tuned, stored or dated, one at a time. */
const ENDING =
  /[-_ ](hf|base|instruct|chat|it|pt|deduped|uncased|cased|discriminator|thinking|unet|class|v\d\.\d|\d{4}|\d\d-\d{4}|fp8|fp4|nvfp4|mxfp4|bf16|fp16|int4|int8|awq|gptq|gguf|bnb-4bit|\d\dk|\dk)$/;

/**
 * What of an id may tell the shape, the whole first:
 * `meta-llama/Meta-Llama-3-8B-Instruct` → …, `llama38binstruct`, `llama38b`.
 */
function foldings(id: string): string[] {
  const whole = id
    .slice(0, 128)
    .toLowerCase()
    .replace(/\([^)]*\)/g, '')
    .trim();
  const name = whole.replace(/^.*\//, '').replace(/^(meta|nvidia|huggingface)[- ]/, '');
  const found = [joined(whole), joined(name)];
  // A word for the tuning stands before the version too (`Mistral-7B-Instruct-v0.1`).
  let rest = name.replace(/[-_ ](instruct|chat)(?=[-_ ])/g, '');
  found.push(joined(rest));
  while (ENDING.test(rest)) {
    rest = rest.replace(ENDING, '').trim();
    found.push(joined(rest));
  }
  return found;
}

function joined(name: string): string {
  return name.replace(/[-_ /]/g, '');
}
